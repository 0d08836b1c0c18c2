//! Takes in the terminals that come by the socket, for as long as the hub lives.

use crate::transport::{port::HubPort, unix::Listener};
use std::{io::ErrorKind, time::Duration};
use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;

/// How long to wait when there is no descriptor or memory for a connection: it waits in the socket's queue meanwhile.
const BREATH: Duration = Duration::from_millis(250);

/// Hands every terminal that comes to `Hub::run`, until `stop` or the hub's end. What befalls one connection ends no other, nor this
/// (REL-28). The socket is gone when it returns.
pub async fn accept(listener: Listener, ports: mpsc::Sender<HubPort>, stop: CancellationToken) {
    // One line an episode, not one a try.
    let mut short = false;
    loop {
        let port = tokio::select! {
            () = stop.cancelled() => return,
            () = ports.closed() => return,
            port = listener.accept() => port,
        };
        match port {
            Ok(port) => {
                short = false;
                if ports.send(port).await.is_err() {
                    return;
                }
            }
            Err(error)
                if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ConnectionAborted) =>
            {
                tracing::warn!(%error, "a connection was turned away");
            }
            Err(error) => {
                if !std::mem::replace(&mut short, true) {
                    tracing::warn!(%error, "no terminal can be taken in for now; those that come wait");
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = sleep(BREATH) => {}
                }
            }
        }
    }
}

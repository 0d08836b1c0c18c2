//! The websocket to one backend: to 127.0.0.1 alone, past every proxy, no redirect followed, within bounds.
//!
//! The token stands in the address that is asked for, since Hermes takes it nowhere else. So the address is never printed, and
//! it goes out only after the port was seen to be the backend's own.

use super::launch::Control;
use super::rest::Door;
use crate::base::secret::Secret;
use crate::wire::OutFrame;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::{self, Message, client::IntoClientRequest, protocol::WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use zeroize::Zeroizing;

/// Bytes of one message or frame that are taken.
const MAX_MESSAGE: usize = 64 * 1024 * 1024;
/// Bytes that may wait to be written.
const MAX_WAITING: usize = 24 * 1024 * 1024;
/// Bytes of a frame to send; Hermes closes the connection over a larger one.
pub(super) const MAX_SENT: usize = 16 * 1024 * 1024;
/// How long a connection may take to be made. A backend's loop may stand still for seconds.
pub(super) const DIAL: Duration = Duration::from_secs(30);
/// The id of our own question whether anybody is there; its answer, mostly an error, goes no further.
const PING_ID: &str = "hermux-are-you-there";
/// Outgoing frames that wait for the socket; a full queue means that the backend takes nothing any more.
const OUTGOING: usize = 256;

pub(super) type Incoming = SplitStream<WebSocketStream<TcpStream>>;

/// A frame to write.
pub(super) enum Outgoing {
    /// Its text is wiped when it was written.
    Frame(OutFrame),
    /// A question that every Hermes answers, if only with "unknown method".
    Ping,
}

/// The ways to a backend while it is connected.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) frames: mpsc::Sender<Outgoing>,
    pub(super) door: Arc<Door>,
}

/// The ways of the present connection, if there is one.
#[derive(Debug, Clone, Default)]
pub(super) struct Outlet(Arc<Mutex<Option<Line>>>);

impl Outlet {
    /// False when the connection's queue is full.
    pub(super) fn send(&self, frame: Outgoing) -> bool {
        let outlet = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(
            outlet.as_ref().map(|line| line.frames.try_send(frame)),
            Some(Err(mpsc::error::TrySendError::Full(_)))
        )
    }

    pub(super) fn door(&self) -> Option<Arc<Door>> {
        let outlet = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        outlet.as_ref().map(|line| Arc::clone(&line.door))
    }

    pub(super) fn set(&self, to: Option<Line>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to;
    }
}

/// Why no connection was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DialError {
    /// Nobody listens there, or somebody else: the token was not sent.
    #[error("its port {0} is not open, or not its own")]
    NotOurs(u16),
    #[error("it refused hermux' credentials (HTTP {0})")]
    Refused(u16),
    #[error("it did not take the connection within {} s", DIAL.as_secs())]
    TimedOut,
    #[error("the connection could not be made: {0}")]
    Failed(String),
}

/// Both halves of a connection; the writer runs by itself until `send` is dropped or the socket is gone.
pub(super) struct Connected {
    pub(super) incoming: Incoming,
    pub(super) send: mpsc::Sender<Outgoing>,
}

/// Connects to the backend that `control` runs and that said `port`.
pub(super) async fn dial(
    port: u16,
    token: Arc<Secret>,
    control: Arc<dyn Control>,
) -> Result<Connected, DialError> {
    let dialed = async {
        is_ours(port, &control).await?;
        let stream =
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.map_err(|_| DialError::NotOurs(port))?;
        // Once more: it was ours when the connection was made as well.
        is_ours(port, &control).await?;
        // Small frames both ways: waiting to fill packets would only delay them. An error costs just that.
        let _ = stream.set_nodelay(true);
        upgrade(stream, port, &token).await
    };
    tokio::time::timeout(DIAL, dialed).await.unwrap_or(Err(DialError::TimedOut))
}

pub(super) async fn is_ours(port: u16, control: &Arc<dyn Control>) -> Result<(), DialError> {
    let control = control.clone();
    match tokio::task::spawn_blocking(move || control.listens(port)).await {
        Ok(true) => Ok(()),
        _ => Err(DialError::NotOurs(port)),
    }
}

async fn upgrade(stream: TcpStream, port: u16, token: &Secret) -> Result<Connected, DialError> {
    let address = Zeroizing::new(format!("ws://127.0.0.1:{port}/api/ws?token={}", token.expose()));
    let request =
        address.as_str().into_client_request().map_err(|_| DialError::Failed("bad address".into()))?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
        .max_write_buffer_size(MAX_WAITING);
    match client_async_with_config(request, stream, Some(config)).await {
        Ok((socket, _)) => {
            let (sink, incoming) = socket.split();
            let (send, frames) = mpsc::channel(OUTGOING);
            tokio::spawn(write(sink, frames));
            Ok(Connected { incoming, send })
        }
        Err(tungstenite::Error::Http(answer)) if matches!(answer.status().as_u16(), 401 | 403) => {
            Err(DialError::Refused(answer.status().as_u16()))
        }
        Err(tungstenite::Error::Http(answer)) => {
            Err(DialError::Failed(format!("HTTP {}", answer.status().as_u16())))
        }
        Err(error) => Err(DialError::Failed(error.to_string())),
    }
}

async fn write(
    mut sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    mut frames: mpsc::Receiver<Outgoing>,
) {
    while let Some(frame) = frames.recv().await {
        let message = match &frame {
            Outgoing::Frame(frame) => Message::text(frame.text()),
            Outgoing::Ping => Message::text(format!(
                r#"{{"jsonrpc":"2.0","id":"{PING_ID}","method":"ping","params":{{}}}}"#
            )),
        };
        if sink.send(message).await.is_err() {
            return;
        }
    }
    // Nobody will send any more. The goodbye is a courtesy.
    let _ = tokio::time::timeout(Duration::from_secs(1), sink.close()).await;
}

/// Whether `text` answers an [`Outgoing::Ping`].
pub(super) fn is_pong(text: &str) -> bool {
    // An answer to such a question is short; a long text is not searched.
    text.len() < 1024 && text.contains(PING_ID)
}

/// Whether `text` is the greeting with which every connection begins.
pub(super) fn is_greeting(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Frame<'a> {
        #[serde(borrow)]
        method: std::borrow::Cow<'a, str>,
        #[serde(borrow)]
        params: Params<'a>,
    }
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(borrow, rename = "type")]
        kind: std::borrow::Cow<'a, str>,
    }
    serde_json::from_str::<Frame<'_>>(text)
        .is_ok_and(|f| f.method == "event" && f.params.kind == "gateway.ready")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greeting_is_told_from_what_only_names_it() {
        assert!(is_greeting(
            r#"{"jsonrpc":"2.0","method":"event","params":{"type":"gateway.ready","payload":{}}}"#
        ));
        for other in [
            r#"{"method":"event","params":{"type":"message.delta","payload":{"text":"gateway.ready"}}}"#,
            r#"{"method":"gateway.ready","params":{}}"#,
            "gateway.ready",
            "",
        ] {
            assert!(!is_greeting(other), "{other}");
        }
    }
}

//! The in-memory connection of a terminal and a hub in one process.

use super::{
    codec,
    port::{Frame, HubPort, TO_HUB, TO_TERMINAL, TerminalPort},
};
use crate::proto::{ToHub, Update};
use tokio::sync::mpsc;

/// A connection that hands messages over as they are.
pub fn connect() -> (TerminalPort, HubPort) {
    let (to_hub, from_terminal) = mpsc::channel(TO_HUB);
    let (updates_in, updates) = mpsc::channel(TO_TERMINAL);
    (TerminalPort { to_hub, updates }, HubPort { from_terminal, updates: updates_in })
}

/// A connection that encodes and decodes every message as a socket would (I5). A message that does not survive ends the
/// connection, so that a test notices.
pub fn connect_encoded() -> (TerminalPort, HubPort) {
    let (terminal, mut hub) = connect();
    let (frames_in, from_terminal) = mpsc::channel(TO_HUB);
    // Holds one update at a time, so that a slow terminal is noticed as soon as without it.
    let (updates_in, mut updates_out) = mpsc::channel::<Update>(1);
    tokio::spawn(async move {
        while let Some(frame) = hub.from_terminal.recv().await {
            let frame = match frame {
                Frame::Message(message) => {
                    let Some(message) = recode::<ToHub>(&message) else { return };
                    Frame::Message(Box::new(message))
                }
                secret @ Frame::Secret { .. } => secret,
            };
            if frames_in.send(frame).await.is_err() {
                return;
            }
        }
    });
    tokio::spawn(async move {
        while let Some(update) = updates_out.recv().await {
            let Some(update) = recode::<Update>(&update) else { return };
            if hub.updates.send(update).await.is_err() {
                return;
            }
        }
    });
    (terminal, HubPort { from_terminal, updates: updates_in })
}

fn recode<T: serde::Serialize + serde::de::DeserializeOwned>(message: &T) -> Option<T> {
    let result = codec::encode(message).and_then(|bytes| codec::decode(&bytes));
    match result {
        Ok(message) => Some(message),
        Err(error) => {
            tracing::error!(%error, "a message did not survive encoding");
            None
        }
    }
}

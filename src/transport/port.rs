//! The two ends of a connection, whatever carries it.

use crate::{
    base::{ids::SecretHandle, secret::Secret},
    proto::{ToHub, Update},
};
use tokio::sync::mpsc;

/// What a terminal sends: a message, or a secret in a frame of its own (I12).
#[derive(Debug)]
pub enum Frame {
    Message(Box<ToHub>),
    Secret { handle: SecretHandle, secret: Secret },
}

/// A terminal's end.
#[derive(Debug)]
pub struct TerminalPort {
    /// Full only when the hub is stalled: the terminal then waits with its next command, and keeps drawing.
    pub to_hub: mpsc::Sender<Frame>,
    /// Closed when the hub is gone.
    pub updates: mpsc::Receiver<Update>,
}

/// The hub's end of one terminal.
#[derive(Debug)]
pub struct HubPort {
    pub from_terminal: mpsc::Receiver<Frame>,
    /// Full when the terminal does not keep up: the hub then marks it lagging, drops its patches, and sends one snapshot when
    /// there is room again.
    pub updates: mpsc::Sender<Update>,
}

/// Commands under way to the hub; a person's hand makes at most some dozens a second.
pub const TO_HUB: usize = 64;
/// Updates under way to a terminal: about four seconds of merged streaming at 60 updates a second.
pub const TO_TERMINAL: usize = 256;

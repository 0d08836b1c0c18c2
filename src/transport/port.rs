//! The two ends of a connection, whatever carries it, and what a terminal holds of all its connections.

use super::{link::FromHub, updates::Updates};
use crate::{
    base::{ids::SecretHandle, secret::Secret},
    proto::{ToHub, Update},
};
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

/// What a terminal sends: a message, or a secret in a frame of its own (I12).
#[derive(Debug)]
pub enum Frame {
    Message(Box<ToHub>),
    Secret { handle: SecretHandle, secret: Secret },
}

/// What a terminal's loop holds: one line to the hub, whatever becomes of the connections and hubs behind it.
#[derive(Debug)]
pub struct HubLine {
    /// Full only when the hub is stalled: the terminal then waits with its next command, and keeps drawing.
    pub to_hub: mpsc::Sender<Frame>,
    /// Closed when the hub ended for good, after its goodbye.
    pub from_hub: mpsc::Receiver<FromHub>,
    /// Told when the person wants another try now.
    pub again: Arc<Notify>,
}

/// A terminal's end of one connection.
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
    pub updates: Updates,
}

/// Commands under way to the hub; a person's hand makes at most some dozens a second.
pub const TO_HUB: usize = 64;
/// Updates handed on from a connection to its terminal's loop. Full when the loop does not keep up: the connection's own queue
/// fills then.
pub const HANDED_ON: usize = 16;
/// Updates under way to a terminal: about four seconds of merged streaming at 60 updates a second.
pub const TO_TERMINAL: usize = 256;
/// Updates that wait for a socket: their bytes are bounded too, so that this is for many small ones.
pub const TO_SOCKET: usize = 4096;

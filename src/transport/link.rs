//! How a terminal stands to its hub, as the one who keeps the connection tells it. Pure data.
//!
//! For: what a terminal shows while there is no hub to talk to. Not for: starting hubs and connecting to them, which `boot` does.

use crate::{base::clock::Tick, proto::Update};
use std::path::PathBuf;

/// What comes to a terminal's loop.
#[derive(Debug, Clone, PartialEq)]
pub enum FromHub {
    /// The hub says something. Only ever between an [`HubLink::Up`] and the next link.
    Update(Update),
    /// The connection to it changed.
    Link(HubLink),
}

/// The connection to the hub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HubLink {
    /// No hub runs: one is being started.
    Starting,
    /// It is being connected to. How every terminal begins.
    Connecting,
    /// A fresh connection, on which the terminal's hello is the first word. Whatever was asked on an earlier one was answered or
    /// refused before this.
    Up,
    /// The connection is gone; the next try is at `again_at` of this terminal's clock, or when the person asks for it.
    Lost { why: String, again_at: Tick },
    /// Nothing is tried any more until the person asks for it: no hub could be started, or it died too often. `log` says more.
    Down { why: String, log: Option<PathBuf> },
    /// The hub speaks the contract of this number. Nothing is tried any more until the person asks for it.
    WrongContract(u32),
}

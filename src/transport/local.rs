//! The in-memory connection of a terminal and a hub in one process: messages are handed over as they are.

use super::{
    port::{HubPort, TO_HUB, TerminalPort},
    updates::Updates,
};
use tokio::sync::mpsc;

pub fn connect() -> (TerminalPort, HubPort) {
    let (to_hub, from_terminal) = mpsc::channel(TO_HUB);
    let (updates_in, updates) = Updates::in_memory();
    (TerminalPort { to_hub, updates }, HubPort { from_terminal, updates: updates_in })
}

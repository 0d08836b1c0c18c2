//! What one terminal asked for and only it gets; never part of `World`.

use super::Report;
use crate::{
    base::{ids::SessionId, text::Untrusted},
    model::{listing::StoredRow, message::Message, slash::SlashCommand},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// Done; what came of it is in the world.
    Done,
    /// The session that a `NewSession` or `OpenStored` became.
    Opened(SessionId),
    /// At most 200 rows, newest first.
    Rows(Vec<StoredRow>),
    /// Older messages in order, at most 200; `more` when there are older ones still.
    Older { messages: Vec<Message>, more: bool },
    /// Text for this terminal alone: a slash command's output.
    Output { text: Untrusted, warning: Option<Untrusted> },
    /// What an emergency stop met: turns that it interrupts, texts that it took back.
    Stopped { turns: usize, texts: usize },
    /// Text that a slash command puts into the composer.
    Prefill(String),
    /// The slash commands of a profile; `None`: no backend of it has told yet, and none runs.
    Commands(Option<Vec<SlashCommand>>),
    /// How everything stands.
    Status(Box<Report>),
}

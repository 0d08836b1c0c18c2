//! What one terminal asked for and only it gets; never part of `World`.

use super::Report;
use crate::{
    base::{
        ids::{ProfileName, SessionId},
        text::Untrusted,
    },
    model::{
        fleet::Details,
        listing::{Found, Hit, Page, Peek, StoredRow},
        message::Message,
        settings::Choice,
        slash::SlashCommand,
    },
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// Done; what came of it is in the world.
    Done,
    /// The session that a `NewSession` or `OpenStored` became.
    Opened(SessionId),
    /// A page of a list.
    Page(Box<Page>),
    /// At most 200, best first; `of` is how many there are to be found at all.
    Found {
        rows: Vec<Found>,
        of: u64,
    },
    /// More of what a search found, newest first within its profile. After the piece that says `done` no other comes. `problems`
    /// says which profiles could not be searched.
    Hits {
        hits: Vec<Hit>,
        done: bool,
        problems: Vec<(ProfileName, Untrusted)>,
    },
    Peek(Box<Peek>),
    /// `None`: there is no such session in any profile that can be read.
    Located(Option<Box<StoredRow>>),
    /// The path of the file that was written.
    Exported(Untrusted),
    /// Older messages in order, at most 200; `more` when there are older ones still.
    Older {
        messages: Vec<Message>,
        more: bool,
    },
    /// Text for this terminal alone: a slash command's output.
    Output {
        text: Untrusted,
        warning: Option<Untrusted>,
    },
    /// What an emergency stop met: turns that it interrupts, texts that it took back.
    Stopped {
        turns: usize,
        texts: usize,
    },
    /// Text that a slash command puts into the composer.
    Prefill(String),
    /// The slash commands of a profile; `None`: no backend of it has told yet, and none runs.
    Commands(Option<Vec<SlashCommand>>),
    /// What can be set; `None`: nothing can be said without a backend, and none runs.
    Choices(Option<Vec<Choice>>),
    /// It was not set: the backend warns of this, and wants to be told again once the person has seen it.
    Unconfirmed(Untrusted),
    /// How everything stands.
    Status(Box<Report>),
    /// What a profile is.
    Details(Box<Details>),
    /// A SOUL.md; empty where there is none.
    Soul(Untrusted),
}

impl Answer {
    /// Whether another answer to the same command follows.
    pub fn is_piece(&self) -> bool {
        matches!(self, Self::Hits { done: false, .. })
    }
}

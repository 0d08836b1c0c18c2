//! A session's transcript as far as it is held in memory.

use super::message::Message;
use crate::base::{ids::MessageId, text::Untrusted};
use serde::{Deserialize, Serialize};

/// The most text of a body in the hub's memory, in bytes (SEC-41). Beyond it the oldest messages leave; they are read
/// again from `state.db` when somebody pages back.
pub const MAX_BODY_TEXT: u64 = 4 * 1024 * 1024;
/// The most messages of a body in the hub's memory (SEC-41).
pub const MAX_BODY_MESSAGES: usize = 2_000;
/// The most messages of a body that travel in one snapshot.
pub const TAIL_MESSAGES: usize = 200;
/// The most text of a body that travels in one snapshot, in bytes; the last message always travels.
pub const TAIL_TEXT: u64 = 256 * 1024;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Body {
    pub state: BodyState,
    /// Whether older messages exist than the first one here.
    pub older: bool,
    /// In order; ids rise.
    pub messages: Vec<Message>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum BodyState {
    /// Asked for and not here yet.
    Loading,
    #[default]
    Ready,
    /// Could not be read; the reason, in plain words.
    Unreadable(Untrusted),
}

impl Body {
    pub fn position(&self, id: MessageId) -> Option<usize> {
        self.messages.binary_search_by_key(&id, |m| m.id).ok()
    }

    pub fn get(&self, id: MessageId) -> Option<&Message> {
        self.messages.get(self.position(id)?)
    }

    pub fn get_mut(&mut self, id: MessageId) -> Option<&mut Message> {
        let at = self.position(id)?;
        self.messages.get_mut(at)
    }

    /// The index of the first message of the tail that travels in a snapshot.
    pub fn tail_start(&self) -> usize {
        let mut text = 0;
        let mut start = self.messages.len();
        while start > 0 {
            let next = self.messages.get(start - 1).map_or(0, Message::len);
            let full = self.messages.len() - start >= TAIL_MESSAGES || text + next > TAIL_TEXT;
            if full && start < self.messages.len() {
                break;
            }
            text += next;
            start -= 1;
        }
        start
    }

    /// This body from the message at `start` on.
    #[must_use]
    pub fn since(&self, start: usize) -> Self {
        let start = start.min(self.messages.len());
        Self {
            state: self.state.clone(),
            older: self.older || start > 0,
            messages: self.messages.get(start..).unwrap_or_default().to_vec(),
        }
    }

    /// How many of the oldest messages must leave for the body to be within its bounds. Costs the number of messages.
    pub fn surplus(&self) -> usize {
        let mut text: u64 = self.messages.iter().map(Message::len).sum();
        let mut drop = 0;
        while self.messages.len() - drop > 1
            && (text > MAX_BODY_TEXT || self.messages.len() - drop > MAX_BODY_MESSAGES)
        {
            text -= self.messages.get(drop).map_or(0, Message::len);
            drop += 1;
        }
        drop
    }
}

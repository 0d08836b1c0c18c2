//! Wrapped lines of messages, kept until the message, the width or what is unfolded changes.

use std::collections::HashMap;

use ratatui::text::Line;

use crate::base::ids::MessageId;

/// Messages whose lines are kept; beyond it those that are not on the screen go.
const KEPT: usize = 300;

/// What lines were made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub width: u16,
    /// Tool output and thoughts are shown whole.
    pub unfolded: bool,
    /// The message is the one that is walked on.
    pub chosen: bool,
}

/// The lines of one session's messages.
#[derive(Clone, Debug, Default)]
pub struct LineCache {
    entries: HashMap<MessageId, (Look, Vec<Line<'static>>)>,
}

impl LineCache {
    /// The lines of `message` as it looks now, made by `make` when they are not kept.
    pub fn fill(
        &mut self,
        message: MessageId,
        look: Look,
        make: impl FnOnce() -> Vec<Line<'static>>,
    ) -> usize {
        let entry = self.entries.entry(message).or_insert_with(|| (Look { width: 0, ..look }, Vec::new()));
        if entry.0 != look {
            *entry = (look, make());
        }
        entry.1.len()
    }

    /// Lines that were filled.
    pub fn get(&self, message: MessageId) -> &[Line<'static>] {
        self.entries.get(&message).map_or(&[], |(_, lines)| lines)
    }

    /// The message changed.
    pub fn forget(&mut self, message: MessageId) {
        self.entries.remove(&message);
    }

    /// The whole transcript changed.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Lets go of what `keep` does not name, when there is much.
    pub fn trim(&mut self, keep: impl Fn(MessageId) -> bool) {
        if self.entries.len() > KEPT {
            self.entries.retain(|id, _| keep(*id));
        }
    }
}

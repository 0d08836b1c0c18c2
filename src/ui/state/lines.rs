//! Wrapped lines of messages, kept until the message, the width or what is unfolded changes.
//!
//! A message that streams keeps the rows of its finished lines: a delta costs the last line, not the whole text.

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

/// How far the text at a message's end is laid out for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// The part that grows: the last one.
    pub part: usize,
    /// Bytes of it whose rows are final.
    pub bytes: usize,
    /// Rows of the whole message that are final.
    pub rows: usize,
    /// Those bytes end inside a block of code.
    pub code: bool,
}

/// One message laid out.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    pub rows: Vec<Line<'static>>,
    /// `None`: it does not grow, or not at its end.
    pub stream: Option<Stream>,
}

#[derive(Clone, Debug)]
struct Entry {
    look: Look,
    laid: Laid,
    grown: bool,
}

/// The lines of one session's messages.
#[derive(Clone, Debug, Default)]
pub struct LineCache {
    entries: HashMap<MessageId, Entry>,
}

impl LineCache {
    /// Has the lines of `message` ready as it looks now, and counts them. `make` lays out from nothing, `grow` goes on
    /// where a stream's final rows end.
    pub fn fill(
        &mut self,
        message: MessageId,
        look: Look,
        make: impl FnOnce() -> Laid,
        grow: impl FnOnce(&mut Vec<Line<'static>>, &mut Stream),
    ) -> usize {
        match self.entries.get_mut(&message) {
            Some(entry) if entry.look == look => {
                if let (true, Laid { rows, stream: Some(stream) }) = (entry.grown, &mut entry.laid) {
                    rows.truncate(stream.rows);
                    grow(rows, stream);
                    entry.grown = false;
                }
                entry.laid.rows.len()
            }
            _ => {
                let laid = make();
                let count = laid.rows.len();
                self.entries.insert(message, Entry { look, laid, grown: false });
                count
            }
        }
    }

    /// Lines that were filled.
    pub fn get(&self, message: MessageId) -> &[Line<'static>] {
        self.entries.get(&message).map_or(&[], |entry| &entry.laid.rows)
    }

    /// Text was added to a part of the message.
    pub fn grown(&mut self, message: MessageId, part: usize) {
        let Some(entry) = self.entries.get_mut(&message) else { return };
        if entry.laid.stream.is_some_and(|stream| stream.part == part) {
            entry.grown = true;
        } else {
            self.entries.remove(&message);
        }
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

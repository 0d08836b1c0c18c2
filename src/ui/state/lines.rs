//! Wrapped lines of messages, kept until the message, the width or what is unfolded changes.
//!
//! A message that streams keeps the rows of its finished lines: a delta costs the last line, not the whole text.

use std::collections::HashMap;

use ratatui::text::Line;

use crate::base::clock::Tick;
use crate::base::ids::MessageId;
use crate::model::link::SessionLink;
use crate::ui::render::markdown::Flow;

/// Messages whose lines are kept; beyond it those that are not on the screen go.
const KEPT: usize = 300;
/// Rows that are kept of all messages together: unfolded output is long, and a row takes some 200 bytes.
const KEPT_ROWS: usize = 20_000;

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
#[derive(Clone, Debug)]
pub struct Stream {
    /// The part that grows: the last one.
    pub part: usize,
    /// Rows of the whole message that are final.
    pub rows: usize,
    pub text: Growing,
}

/// A text that grows.
#[derive(Clone, Debug)]
pub enum Growing {
    Markdown(Box<Flow>),
    /// Bytes of it whose rows are final.
    Plain(usize),
}

/// One message laid out.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    pub rows: Vec<Line<'static>>,
    /// The rows before each part, and before what follows the last one: laying out can go on at any part.
    pub starts: Vec<usize>,
    /// Rows that show time passing, each with its part.
    pub live: Vec<(usize, usize)>,
    /// Rows that name what the message links to.
    pub links: Vec<(usize, SessionLink)>,
    /// `None`: it does not grow, or not at its end.
    pub stream: Option<Stream>,
}

impl Laid {
    /// What stands before `part`, or as much of it as there is, and the part at which laying out has to go on.
    fn before(mut self, part: usize) -> (Self, usize) {
        let part = part.min(self.starts.len().saturating_sub(1));
        let rows = self.starts.get(part).copied().unwrap_or(0);
        self.rows.truncate(rows);
        self.starts.truncate(part);
        self.live.retain(|(row, _)| *row < rows);
        self.links.clear();
        self.stream = None;
        (self, part)
    }
}

#[derive(Clone, Debug)]
struct Entry {
    look: Look,
    laid: Laid,
    /// Text was added to the stream.
    grown: bool,
    /// The stream is the last part no more, or its message is final.
    ended: bool,
    /// The first part that is not as it was laid out.
    stale: Option<usize>,
    /// When the rows that show time passing were made.
    at: Tick,
    /// This frame needed it.
    used: bool,
}

/// The lines of one session's messages.
#[derive(Clone, Debug, Default)]
pub struct LineCache {
    /// What the lines were drawn with.
    drawn_with: u64,
    entries: HashMap<MessageId, Entry>,
}

/// How one message is laid out.
pub trait Lay {
    /// Adds the parts from `from` on, and what follows the last one.
    fn parts(&self, laid: &mut Laid, from: usize);
    /// Goes on where a stream's final rows end; the others are gone from `rows`.
    fn grow(&self, rows: &mut Vec<Line<'static>>, stream: &mut Stream);
    /// The row of `part` that shows time passing, as it is now.
    fn live(&self, part: usize) -> Line<'static>;
}

impl LineCache {
    /// Lets go of everything that was drawn with anything else: another theme, another key in a hint.
    pub fn draw_with(&mut self, digest: u64) {
        if std::mem::replace(&mut self.drawn_with, digest) != digest {
            self.clear();
        }
    }

    /// Has the lines of `message` ready as it looks `now`, and counts them.
    pub fn fill(&mut self, message: MessageId, look: Look, now: Tick, lay: &impl Lay) -> usize {
        let entry = match self.entries.get_mut(&message) {
            Some(entry) if entry.look == look => entry,
            _ => {
                let laid = Laid::default();
                let fresh =
                    Entry { look, laid, grown: false, ended: false, stale: Some(0), at: now, used: true };
                self.entries.entry(message).insert_entry(fresh).into_mut()
            }
        };
        entry.used = true;
        let laid = &mut entry.laid;
        if let Some(part) = entry.stale.take() {
            let from;
            (*laid, from) = std::mem::take(laid).before(part);
            lay.parts(laid, from);
        } else if let (true, Some(stream)) = (entry.grown || entry.ended, &mut laid.stream) {
            laid.rows.truncate(stream.rows);
            lay.grow(&mut laid.rows, stream);
            if entry.ended {
                let next = stream.part + 1;
                laid.stream = None;
                laid.starts.truncate(next);
                lay.parts(laid, next);
            }
        }
        (entry.grown, entry.ended) = (false, false);
        // Each began at another moment, so their seconds turn at different ones.
        if std::mem::replace(&mut entry.at, now) != now {
            for (row, part) in &laid.live {
                if let Some(row) = laid.rows.get_mut(*row) {
                    *row = lay.live(*part);
                }
            }
        }
        laid.rows.len()
    }

    /// Lines that were filled.
    pub fn get(&self, message: MessageId) -> &[Line<'static>] {
        self.entries.get(&message).map_or(&[], |entry| &entry.laid.rows)
    }

    /// The rows that name what the message links to.
    pub fn links(&self, message: MessageId) -> &[(usize, SessionLink)] {
        self.entries.get(&message).map_or(&[], |entry| &entry.laid.links)
    }

    /// Text was added to a part of the message.
    pub fn grown(&mut self, message: MessageId, part: usize) {
        match self.entries.get_mut(&message) {
            Some(entry) if entry.laid.stream.as_ref().is_some_and(|stream| stream.part == part) => {
                entry.grown = true;
            }
            _ => self.changed(message, part),
        }
    }

    /// A part of the message is another one now.
    pub fn changed(&mut self, message: MessageId, part: usize) {
        if let Some(entry) = self.entries.get_mut(&message) {
            entry.stale = Some(entry.stale.map_or(part, |stale| stale.min(part)));
        }
    }

    /// The message's end is another one now: a part was added, or how it stands changed.
    pub fn ended(&mut self, message: MessageId) {
        let Some(entry) = self.entries.get_mut(&message) else { return };
        match &entry.laid.stream {
            // What is laid out of a long text stays.
            Some(Stream { text: Growing::Markdown(_), .. }) => entry.ended = true,
            Some(Stream { part, .. }) => {
                let part = *part;
                self.changed(message, part);
            }
            None => {
                let parts = entry.laid.starts.len().saturating_sub(1);
                self.changed(message, parts);
            }
        }
    }

    /// The whole transcript changed.
    pub fn clear(&mut self) {
        self.entries.clear();
    }

    /// Ends a frame: what it did not need goes, when there is much.
    pub fn trim(&mut self) {
        let rows: usize = self.entries.values().map(|entry| entry.laid.rows.len()).sum();
        let much = self.entries.len() > KEPT || rows > KEPT_ROWS;
        self.entries.retain(|_, entry| std::mem::take(&mut entry.used) || !much);
    }
}

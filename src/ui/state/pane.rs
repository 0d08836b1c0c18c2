//! What one session looks like on this screen: the text being written, the place in the transcript, what is unfolded.

use std::collections::HashSet;

use super::editor::{self, Chip, Editor, Linked, Unit};
use super::lines::LineCache;
use crate::base::clock::Tick;
use crate::base::ids::{MessageId, PromptId};
use crate::model::draft::{Draft, Piece};
use crate::model::message::Message;

/// Where a transcript stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Anchor {
    /// At the end, and stays there.
    #[default]
    Follow,
    /// This row of this message is the topmost one.
    At { message: MessageId, row: usize },
}

/// A stretch of a message's rows that is on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visible {
    pub message: MessageId,
    pub rows: std::ops::Range<usize>,
}

/// One session on this screen.
#[derive(Debug, Default)]
pub struct Pane {
    pub editor: Editor,
    /// What was said with the history keys: how many messages back, and the text that was there before.
    pub recall: Option<(usize, Vec<Unit>)>,
    pub anchor: Anchor,
    pub visible: Vec<Visible>,
    /// Rows to scroll at the next frame, up when negative.
    pub scroll: isize,
    /// Bring the chosen message on the screen at the next frame.
    pub reveal: bool,
    /// Pages to scroll at the next frame.
    pub pages: isize,
    /// The beginning of what is here is on the screen.
    pub at_top: bool,
    /// The last message when following was paused, and its length: what came after is new.
    pub seen: Option<(MessageId, u64)>,
    /// The message that the transcript's keys act on.
    pub chosen: Option<MessageId>,
    pub unfolded: HashSet<MessageId>,
    pub lines: LineCache,
    /// Messages before those that the mirror holds, asked for by this terminal.
    pub older: Vec<Message>,
    pub older_asked: bool,
    pub older_done: bool,
    pub card: CardView,
    /// Another terminal that writes in this draft, and until when that is said.
    pub other: Option<(String, Tick)>,
    /// The editor's revision that the hub has.
    saved: u64,
    /// The hub's draft revision that this editor continues.
    base: u64,
    edited: Option<Tick>,
}

/// How a card is shown here.
#[derive(Debug, Default)]
pub struct CardView {
    pub prompt: Option<PromptId>,
    /// Topmost row of the command.
    pub scroll: usize,
    /// The end of the command was on the screen.
    pub read: bool,
    /// A wide permission was chosen and waits for its second key.
    pub confirm: Option<Wide>,
    /// It could be answered when last looked.
    pub open: bool,
    /// It was answered or put away here.
    pub settled: bool,
    /// Enter on an empty field was pressed once.
    pub empty_once: bool,
    /// The person writes an answer of their own to a question that offers some.
    pub own: bool,
    /// The answer to an open question.
    pub answer: Editor,
}

/// A revision that no editor has: the hub has nothing of what is here.
const UNKNOWN: u64 = u64::MAX;

/// A permission for more than one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wide {
    Session,
    Always,
}

impl Pane {
    /// A pane that begins with the hub's draft.
    pub fn new(draft: &Draft) -> Self {
        let mut pane = Self::default();
        pane.adopt(draft);
        pane
    }

    /// Takes the hub's draft for its own.
    pub fn adopt(&mut self, draft: &Draft) {
        if self.editor.is_empty() || draft.is_empty() {
            self.editor.reset(units(&draft.pieces));
        } else {
            // What stood here can be brought back.
            self.editor.replace_all(units(&draft.pieces));
        }
        self.saved = self.editor.revision();
        self.base = draft.revision;
        self.edited = None;
    }

    /// The whole transcript changed: lines and older messages that were made for it go.
    pub fn forget_transcript(&mut self) {
        self.lines.clear();
        self.older.clear();
        self.older_done = false;
        self.older_asked = false;
    }

    /// Whether a text is here that the hub does not have.
    pub fn is_unsaved(&self) -> bool {
        self.editor.revision() != self.saved
    }

    /// The revision that this editor continues.
    pub fn base(&self) -> u64 {
        self.base
    }

    /// The hub has this text now, or is told it.
    pub fn mark_saved(&mut self) {
        self.saved = self.editor.revision();
        self.edited = None;
    }

    /// The hub numbered the draft that is here.
    pub fn set_base(&mut self, revision: u64) {
        self.base = self.base.max(revision);
    }

    /// A key changed the text at `now`.
    pub fn mark_edited(&mut self, now: Tick) {
        if self.is_unsaved() {
            self.edited = Some(now);
        }
    }

    /// The hub turned out not to have this text.
    pub fn mark_unsaved(&mut self, now: Tick) {
        self.saved = UNKNOWN;
        self.edited = Some(now);
    }

    /// Puts a text that comes back in front of what was written since.
    pub fn prepend(&mut self, pieces: &[Piece], now: Tick) {
        let mut all = units(pieces);
        if !self.editor.is_empty() {
            all.extend(editor::segment("\n"));
            all.extend(self.editor.units().iter().cloned());
        }
        self.editor.replace_all(all);
        self.mark_edited(now);
    }

    /// Puts a text behind what is here.
    pub fn append(&mut self, pieces: &[Piece], now: Tick) {
        let mut all = self.editor.units().to_vec();
        if !all.is_empty() {
            all.extend(editor::segment("\n"));
        }
        all.extend(units(pieces));
        self.editor.replace_all(all);
        self.mark_edited(now);
    }

    /// When the last unsaved change was made.
    pub fn edited(&self) -> Option<Tick> {
        self.edited
    }

    /// The text as the hub keeps it.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        for unit in self.editor.units() {
            match (unit, pieces.last_mut()) {
                (Unit::Text(text), Some(Piece::Text(run))) => run.push_str(text),
                (Unit::Text(text), _) => pieces.push(Piece::Text(text.to_string())),
                (Unit::Chip(chip), _) => pieces.push(chip.piece()),
            }
        }
        pieces
    }
}

/// A draft as an editor holds it.
pub fn units(pieces: &[Piece]) -> Vec<Unit> {
    let mut out = Vec::new();
    let mut pastes = 0;
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend(editor::segment(text)),
            Piece::Paste(text) => {
                pastes += 1;
                out.push(Unit::Chip(Chip::paste(pastes, text)));
            }
            Piece::Link { profile, id, title } => {
                let linked = Linked { profile: profile.clone(), id: id.clone(), title: title.clone() };
                out.push(Unit::Chip(Chip::link(linked)));
            }
        }
    }
    out
}

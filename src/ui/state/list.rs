//! The list of sessions at the side: what is known of each profile's stored sessions, the rows made of it, and where the person
//! is among them.
//!
//! Pure data with small methods. `update` asks for pages and makes the rows whenever something that they are made of changed;
//! `view` draws the few that are in sight.

pub mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::editor::Editor;
use crate::base::clock::Tick;
use crate::base::ids::{LineageRoot, ProfileName, SessionId, StoredId};
use crate::base::text::Untrusted;
use crate::model::listing::{Cursor, StoredRow};
use crate::model::shelf::{Group, ListPrefs};

/// Cells of a screen from which on the list stands beside the chat.
const BESIDE: u16 = 90;

/// Cells of a list beside the chat, its border counted.
const NARROW: u16 = 28;
const WIDE: u16 = 44;

/// The list.
#[derive(Debug, Default)]
pub struct List {
    /// As this terminal shows it. They are remembered for the next one.
    pub prefs: ListPrefs,
    /// The person changed them here: a hub's own do not count any more.
    pub arranged: bool,
    pub stored: BTreeMap<ProfileName, Stored>,
    /// What is looked for by name, once it was asked for.
    pub query: Option<Query>,
    pub rows: Vec<Row>,
    /// The row that the keys act on, by its place; a row of a kind that can be chosen, if there is one.
    pub at: usize,
    /// The topmost row in sight, and how many are.
    pub top: usize,
    pub room: usize,
    pub marks: Vec<Key>,
    /// What the rows were made of: other rows are made when this changes.
    pub made_of: u64,
    /// Grows with everything that an answer changed.
    pub data: u64,
    /// Which sort and filter the pages are of: an answer to an older question is not for this list.
    pub question: u64,
    /// The number of the last text that was looked for.
    pub lookup: u64,
    /// Every profile is shown.
    pub all: bool,
    /// The profiles whose pages are shown.
    pub shown: Vec<ProfileName>,
    /// What was deleted or archived when last looked.
    pub buried: BTreeSet<(ProfileName, LineageRoot)>,
}

/// What is known of one profile's stored sessions.
#[derive(Debug, Default)]
pub struct Stored {
    pub rows: Vec<Arc<StoredRow>>,
    /// How many there are to page through.
    pub total: u64,
    pub next: Option<Cursor>,
    /// Why they cannot be read now; the rows are those of before.
    pub problem: Option<Untrusted>,
    /// A page was had: until then they are being loaded (C26).
    pub known: bool,
    /// A page is on its way.
    pub asked: bool,
    /// The number of the profile's listing that the rows are of.
    pub of: Option<u64>,
    /// Not asked anew before this.
    pub rests: Tick,
    /// Pages of a new reading, until it holds as much as what it takes the place of.
    pub fresh: Vec<Arc<StoredRow>>,
    /// How many rows the new reading shall have; 0: none is under way.
    pub wanted: usize,
    /// The sort and filter that the rows are of.
    pub question: u64,
    /// The pins when last looked.
    pub pins: Vec<LineageRoot>,
    /// Pinned rows that no page had; `None`: there is no such session, or it was not told yet.
    pub pinned: BTreeMap<LineageRoot, Option<Arc<StoredRow>>>,
}

/// Sessions looked for by their names.
#[derive(Debug, Default)]
pub struct Query {
    pub text: Editor,
    /// It is being written.
    pub writing: bool,
    /// What the hub found, best first; `None`: nothing yet.
    pub found: Option<Vec<Arc<StoredRow>>>,
}

/// Who a row is, whatever its place: a conversation is known by its session here while it is open, and by the root of its
/// chain once it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub profile: ProfileName,
    pub session: Option<SessionId>,
    pub root: Option<LineageRoot>,
}

impl Key {
    /// Whether both name the same conversation.
    pub fn is(&self, other: &Self) -> bool {
        let both = |a: bool, b: bool| a && b;
        self.profile == other.profile
            && (both(self.session.is_some(), self.session == other.session)
                || both(self.root.is_some(), self.root == other.root))
    }
}

/// A conversation that something is done with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    pub profile: ProfileName,
    /// While it is open.
    pub session: Option<SessionId>,
    pub stored: Option<StoredId>,
    pub root: Option<LineageRoot>,
    /// Drawable.
    pub name: String,
    pub title: Untrusted,
    pub archived: bool,
    /// Another program may have it run.
    pub may_run: bool,
}

/// One row.
#[derive(Clone, Debug)]
pub enum Row {
    /// A profile's: its name, how much of it is here, a way to begin a session in it.
    Header(ProfileName),
    /// A heading that can be drawn; it leads nowhere.
    Section(String),
    Session(Entry),
    /// The next page of a profile.
    More(ProfileName),
    /// Stands for rows that are not here yet.
    Skeleton,
    /// Why a profile cannot be read; drawable.
    Problem(String),
    /// A remark in place of rows.
    Note(String),
}

/// A conversation in the list.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: Key,
    /// As it is stored, where a page or a pin had it.
    pub stored: Option<Arc<StoredRow>>,
    pub pinned: bool,
}

impl Row {
    /// Whether keys can act on it.
    pub fn can_be_chosen(&self) -> bool {
        matches!(self, Self::Header(_) | Self::Session(_) | Self::More(_))
    }

    /// Whether it is the same row as before, wherever it stands now.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Header(a), Self::Header(b)) | (Self::More(a), Self::More(b)) => a == b,
            (Self::Session(a), Self::Session(b)) => a.key.is(&b.key),
            _ => false,
        }
    }

    /// The profile that it belongs to.
    pub fn profile(&self) -> Option<&ProfileName> {
        match self {
            Self::Header(profile) | Self::More(profile) => Some(profile),
            Self::Session(entry) => Some(&entry.key.profile),
            _ => None,
        }
    }
}

impl Entry {
    /// The conversation's row at Hermes.
    pub fn stored_id(&self) -> Option<&StoredId> {
        self.stored.as_ref().map(|row| &row.id)
    }
}

impl List {
    /// Whether there is room for it beside the chat on a screen of this width.
    pub fn stands_beside(width: u16) -> bool {
        width >= BESIDE
    }

    /// Cells that it takes from the chat beside it, its border counted.
    pub fn takes(&self, width: u16) -> u16 {
        if self.prefs.open && Self::stands_beside(width) { (width / 4).clamp(NARROW, WIDE) } else { 0 }
    }

    /// Whether names are being written into it.
    pub fn writes(&self) -> bool {
        self.query.as_ref().is_some_and(|query| query.writing)
    }

    /// The text that is looked for; empty: none.
    pub fn sought(&self) -> String {
        self.query.as_ref().map(|query| query.text.text()).unwrap_or_default()
    }

    pub fn chosen(&self) -> Option<&Row> {
        self.rows.get(self.at).filter(|row| row.can_be_chosen())
    }

    /// Whether rows of several profiles stand together.
    pub fn is_flat(&self) -> bool {
        self.prefs.group != Group::Profile
    }

    /// Whether a profile's part is folded: not while a name is looked for in all of them.
    pub fn is_folded(&self, profile: &ProfileName) -> bool {
        self.prefs.folded.contains(profile) && self.sought().is_empty()
    }

    /// Whether `key` is marked.
    pub fn is_marked(&self, key: &Key) -> bool {
        self.marks.iter().any(|mark| mark.is(key))
    }

    /// Marks a row, or no longer.
    pub fn mark(&mut self, key: &Key) {
        match self.marks.iter().position(|mark| mark.is(key)) {
            Some(place) => {
                self.marks.remove(place);
            }
            None => self.marks.push(key.clone()),
        }
    }

    /// Other rows, the same one chosen where it is still there; else what stands in its place.
    pub fn set_rows(&mut self, rows: Vec<Row>) {
        // In place of "more" comes what there was more of.
        let chosen = self.chosen().filter(|row| !matches!(row, Row::More(_)));
        let place = chosen.and_then(|chosen| rows.iter().position(|row| row.is(chosen)));
        // What was scrolled to stays where it is, too.
        if let Some(place) = place.filter(|_| self.top > 0) {
            self.top = (self.top + place).saturating_sub(self.at);
        }
        self.at = place.unwrap_or(self.at);
        self.rows = rows;
        self.settle_choice();
        self.reveal();
    }

    /// Moves the choice by so many rows that can be chosen, stopping at both ends.
    pub fn step(&mut self, by: isize) {
        let up = by < 0;
        for _ in 0..by.unsigned_abs() {
            let below = || self.rows.iter().skip(self.at + 1).position(Row::can_be_chosen);
            let next = if up {
                self.rows.iter().take(self.at).rposition(Row::can_be_chosen)
            } else {
                below().map(|place| place + self.at + 1)
            };
            match next {
                Some(next) => self.at = next,
                // Headings above the first row come into sight with it.
                None if up => self.top = 0,
                None => break,
            }
        }
        self.reveal();
    }

    /// Chooses the row at `place`.
    pub fn choose(&mut self, place: usize) {
        self.at = place.min(self.rows.len().saturating_sub(1));
        self.settle_choice();
        self.reveal();
    }

    /// Scrolls by so many rows; the choice stays in sight.
    pub fn scroll(&mut self, by: isize) {
        let most = self.rows.len().saturating_sub(self.room);
        self.top = self.top.saturating_add_signed(by).min(most);
        let last = (self.top + self.room).saturating_sub(1);
        self.at = self.at.clamp(self.top, last.max(self.top));
        self.settle_choice();
    }

    /// The places of the rows that are in sight where there is room for so many.
    pub fn window(&mut self, room: usize) -> std::ops::Range<usize> {
        if self.room != room {
            self.room = room;
            self.reveal();
        }
        self.top = self.top.min(self.rows.len().saturating_sub(room));
        self.top..(self.top + room).min(self.rows.len())
    }

    /// The chosen place holds a row that can be chosen: the next one, else the last.
    fn settle_choice(&mut self) {
        let can = |row: &Row| row.can_be_chosen();
        let next = self.rows.iter().skip(self.at).position(can).map(|place| place + self.at);
        let next = next.or_else(|| self.rows.iter().take(self.at).rposition(can));
        self.at = next.unwrap_or(0);
    }

    fn reveal(&mut self) {
        self.top = self.top.min(self.at);
        if self.room > 0 && self.at >= self.top + self.room {
            self.top = self.at + 1 - self.room;
        }
        // A heading right above the first row belongs to it.
        let headed = self.at > 0 && self.rows.iter().take(self.at).all(|row| !row.can_be_chosen());
        if headed && self.at < self.room {
            self.top = 0;
        }
    }
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;

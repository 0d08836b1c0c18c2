//! What lies over the panes: palette, help, a question of hermux, text that was asked for. At most one at a time.

pub use super::confirm::{Choice, Deed, Dialog};
use super::editor::Editor;
use super::form::Form;
use super::manage::Manage;
use super::swatch::Swatch;
use crate::base::fuzzy;
use crate::base::ids::{ProfileName, QueueId, SessionId, StoredId};
use crate::model::link::SessionLink;
use crate::ui::intent::Intent;
use crate::ui::keymap::Scope;

/// The layer on top.
#[derive(Debug)]
pub enum Layer {
    Palette(Palette),
    Help {
        query: Editor,
        scroll: usize,
        /// Where the person was: what works there comes first.
        scopes: Vec<Scope>,
    },
    Dialog(Dialog),
    Entry(Entry),
    Form(Box<Form>),
    Swatch(Swatch),
    Manage(Manage),
    /// Text that a command answered with.
    Output {
        title: String,
        text: String,
        scroll: usize,
    },
}

/// A list to choose from by typing.
#[derive(Debug, Default)]
pub struct Palette {
    pub query: Editor,
    pub offer: Offer,
    pub rows: Vec<Row>,
    pub hits: Vec<fuzzy::Hit>,
    /// Place among the hits.
    pub selected: usize,
}

/// What a palette is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Offer {
    #[default]
    Everything,
    Profiles,
    /// Sessions alone, open and stored.
    Sessions,
    /// The queued messages of the session that is shown.
    Queue,
    /// Sessions to put a link to into the composer.
    Link,
    /// The sessions that a message links to.
    Links,
}

/// A text that is asked for.
#[derive(Debug)]
pub struct Entry {
    pub title: &'static str,
    /// What an empty text means.
    pub empty: &'static str,
    pub text: Editor,
    pub of: EntryOf,
}

/// What the text is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryOf {
    /// The session's title.
    Title(SessionId),
    /// A message that waits in its queue.
    Queued(SessionId, QueueId),
    /// Where new sessions of a profile work.
    Directory(ProfileName),
}

/// One thing that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub what: Target,
    /// What is matched and shown; drawable.
    pub text: String,
    /// Shown on the right, dim: keys, a profile, an age.
    pub note: String,
}

/// What a row leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Act(Intent),
    Session(SessionId),
    Profile(ProfileName),
    /// A theme by name.
    Theme(String),
    Stored(ProfileName, StoredId),
    Queued(SessionId, QueueId),
    /// What a message links to.
    Link(SessionLink),
}

impl Palette {
    /// Matches the rows against the query anew.
    pub fn search(&mut self) {
        self.hits = fuzzy::rank(&self.query.text(), self.rows.iter().map(|row| row.text.as_str()));
        self.selected = self.selected.min(self.hits.len().saturating_sub(1));
    }

    /// Other rows, the same choice where it is still there.
    pub fn set_rows(&mut self, rows: Vec<Row>) {
        if rows == self.rows {
            return;
        }
        let chosen = self.chosen().map(|row| row.what.clone());
        self.rows = rows;
        self.search();
        let place =
            self.hits.iter().position(|hit| self.rows.get(hit.index).map(|row| &row.what) == chosen.as_ref());
        if let (Some(place), true) = (place, chosen.is_some()) {
            self.selected = place;
        }
    }

    /// Moves the choice, stopping at both ends.
    pub fn step(&mut self, by: isize) {
        let last = self.hits.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
    }

    /// The row that Enter takes.
    pub fn chosen(&self) -> Option<&Row> {
        self.rows.get(self.hits.get(self.selected)?.index)
    }
}

//! A list to choose from by typing: its rows, what of them matches, and which one is chosen.
//!
//! Whoever opens one makes the rows; `view::picker` draws them. The choice never jumps under the finger: once the person moved it,
//! it stays on its row, whatever rows come and go; until then it is the best one. Pure.

use super::editor::Editor;
use super::rank::{self, Ranked};
use crate::base::clock::WallMs;
use crate::base::ids::{ProfileName, QueueId, SessionId, StoredId};
use crate::model::link::SessionLink;
use crate::model::profile::BackendState;
use crate::model::settings::{Setting, Topic};
use crate::model::status::Status;
use crate::ui::intent::Intent;

/// Rows, a query, and a choice.
#[derive(Debug, Default)]
pub struct Picker {
    pub query: Editor,
    pub rows: Vec<Row>,
    /// The rows that match, best first.
    pub hits: Vec<Ranked>,
    /// Place among the hits.
    pub selected: usize,
    /// The choice was moved by hand.
    held: bool,
    /// What of the query rows are matched against.
    needle: String,
}

/// One thing that can be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    pub what: Target,
    /// What is matched and shown; drawable.
    pub text: String,
    /// Shown on the right, dim: keys, an age, how it stands.
    pub note: String,
    pub mark: Mark,
    /// Whose it is, where a badge says it.
    pub profile: Option<ProfileName>,
    /// A second line below: drawable, and the characters of it that were searched for, as ranges.
    pub under: Option<(String, Vec<(u32, u32)>)>,
    /// What is said of it while it is chosen: drawable.
    pub hint: String,
    /// What it counts beside its text: [`rank::bonus`].
    pub bonus: u32,
}

/// The cell before a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    #[default]
    None,
    Session(Status),
    Backend(BackendState),
    /// What is in use of several.
    Current,
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
    /// A place in a stored session.
    Place(Box<Place>),
    /// A slash command, without its slash.
    Slash(String),
    Queued(SessionId, QueueId),
    /// What a message links to.
    Link(SessionLink),
    Topic(Topic),
    Set(Setting),
}

impl Default for Target {
    fn default() -> Self {
        Self::Act(Intent::Accept)
    }
}

/// Where a text was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub profile: ProfileName,
    pub stored: StoredId,
    /// When the message was written, which tells it from others.
    pub at: WallMs,
    /// How many messages come after it.
    pub back: u64,
    /// What of it was found, to know it again.
    pub words: Vec<String>,
}

impl Picker {
    /// Other rows, or another needle for the same ones.
    pub fn set(&mut self, rows: Vec<Row>, needle: &str) {
        if rows == self.rows && needle == self.needle {
            return;
        }
        let chosen = self.chosen().map(|row| row.what.clone()).filter(|_| self.held);
        self.rows = rows;
        needle.clone_into(&mut self.needle);
        self.hits = rank::order(&self.needle, &self.rows);
        let kept = chosen.and_then(|what| self.place_of(&what));
        let last = self.hits.len().saturating_sub(1);
        self.selected = kept.unwrap_or(if self.held { self.selected.min(last) } else { 0 });
    }

    fn place_of(&self, what: &Target) -> Option<usize> {
        self.hits.iter().position(|hit| self.rows.get(hit.row).is_some_and(|row| row.what == *what))
    }

    /// Nothing is typed, nothing is chosen by hand.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The query is another one: the best row is chosen again.
    pub fn typed(&mut self) {
        (self.held, self.selected) = (false, 0);
    }

    /// Moves the choice, stopping at both ends.
    pub fn step(&mut self, by: isize) {
        let last = self.hits.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(by).min(last);
        self.held = true;
    }

    /// Chooses what stands at a place among the hits.
    pub fn choose(&mut self, place: usize) {
        self.selected = place.min(self.hits.len().saturating_sub(1));
        self.held = true;
    }

    /// The row that Enter takes.
    pub fn chosen(&self) -> Option<&Row> {
        self.rows.get(self.hits.get(self.selected)?.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(names: &[&str]) -> Vec<Row> {
        let row = |name: &&str| Row {
            what: Target::Theme((*name).to_owned()),
            text: (*name).to_owned(),
            ..Row::default()
        };
        names.iter().map(row).collect()
    }

    fn chosen(picker: &Picker) -> &str {
        picker.chosen().map_or("", |row| row.text.as_str())
    }

    #[test]
    fn what_the_person_chose_stays_chosen_when_better_rows_come() {
        let mut picker = Picker::default();
        picker.set(rows(&["one", "two", "three"]), "");
        picker.step(1);
        picker.set(rows(&["zero", "one", "two", "three"]), "");
        assert_eq!((chosen(&picker), picker.selected), ("two", 2));
        picker.set(rows(&["zero", "one", "three"]), "");
        assert_eq!(picker.selected, 2, "gone: the same place");
        picker.set(rows(&["zero"]), "");
        assert_eq!(chosen(&picker), "zero");
    }

    #[test]
    fn until_somebody_moves_the_best_row_is_chosen() {
        let mut picker = Picker::default();
        picker.set(rows(&["one", "two"]), "");
        picker.set(rows(&["zero", "one", "two"]), "");
        assert_eq!(chosen(&picker), "zero");
        picker.step(2);
        picker.typed();
        picker.set(rows(&["zero", "one", "two"]), "o");
        assert_eq!(picker.selected, 0);
        assert_eq!(chosen(&picker), "one");
    }

    #[test]
    fn the_choice_stops_at_both_ends_and_an_empty_list_has_none() {
        let mut picker = Picker::default();
        picker.step(-1);
        picker.step(5);
        assert_eq!(picker.chosen(), None);
        picker.set(rows(&["one", "two"]), "");
        picker.step(-3);
        assert_eq!(chosen(&picker), "one");
        picker.choose(9);
        assert_eq!(chosen(&picker), "two");
    }
}

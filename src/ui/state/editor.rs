//! The text area: grapheme clusters and chips, a caret between them, undo.
//!
//! The buffer is a list of [`Unit`]s, so the caret stands on a grapheme boundary and a chip (a collapsed paste, a link
//! to a session) cannot be split, by construction. Every change goes through [`Editor::splice`], which re-segments
//! what it touches and can be undone exactly. Not here: drawing, keys, which session this is.

mod layout;
mod motion;
mod unit;

use std::collections::VecDeque;
use std::ops::Range;

use crate::model::link::{self, SessionLink};

pub use unit::{Chip, ChipOf, Linked, Unit, segment};

/// Edits that can be undone; the oldest are forgotten first.
const UNDO_DEPTH: usize = 1_000;
/// A paste of more lines than this becomes a chip.
const CHIP_LINES: usize = 20;
/// A paste of more characters than this becomes a chip.
const CHIP_CHARS: usize = 2_000;

/// A text area.
#[derive(Clone, Debug, Default)]
pub struct Editor {
    units: Vec<Unit>,
    caret: usize,
    undo: VecDeque<Edit>,
    redo: Vec<Edit>,
    group: u64,
    typing: bool,
    killed: Vec<Unit>,
    pastes: usize,
    column: Option<usize>,
    revision: u64,
}

/// One replacement, enough to go back and forth.
#[derive(Clone, Debug)]
struct Edit {
    at: usize,
    removed: Vec<Unit>,
    inserted: Vec<Unit>,
    before: usize,
    after: usize,
    group: u64,
}

impl Editor {
    /// An editor that holds `units`, caret at the end, nothing to undo.
    pub fn with_units(units: Vec<Unit>) -> Self {
        let mut editor = Self::default();
        editor.reset(units);
        editor
    }

    /// What it holds.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// Units before the caret.
    pub fn caret(&self) -> usize {
        self.caret
    }

    /// Grows with every change of the text, not with motion.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// The whole text with every chip's full text in its place: what is sent.
    pub fn text(&self) -> String {
        self.units.iter().map(Unit::full_text).collect()
    }

    /// Types one character or a short text at the caret. Runs of letters undo together, word by word.
    pub fn insert(&mut self, text: &str) {
        let word_goes_on = self.typing && !text.chars().all(char::is_whitespace);
        if !word_goes_on {
            self.group += 1;
        }
        self.splice(self.caret..self.caret, unit::segment(text));
        self.typing = true;
    }

    /// Takes a paste: a long one becomes a chip that holds the full text, a short one is inserted.
    pub fn paste(&mut self, text: &str) {
        self.begin();
        let text = unit::normalize(text);
        let lines = text.lines().count();
        if lines > CHIP_LINES || text.chars().nth(CHIP_CHARS).is_some() {
            self.pastes += 1;
            self.splice(self.caret..self.caret, vec![Unit::Chip(Chip::paste(self.pastes, &text))]);
        } else {
            self.splice(self.caret..self.caret, unit::with_links(&text));
        }
    }

    /// Puts a collapsed paste's text in its place. It is the chip before the caret, else the one behind it.
    pub fn expand_chip(&mut self) -> bool {
        let near = [self.caret.checked_sub(1), Some(self.caret)];
        let found = near.into_iter().flatten().find_map(|at| match self.units.get(at) {
            Some(Unit::Chip(chip)) if chip.of == ChipOf::Paste => Some((at, chip.text.clone())),
            _ => None,
        });
        let Some((at, text)) = found else { return false };
        self.begin();
        self.splice(at..at + 1, unit::segment(&text));
        true
    }

    /// Puts a link to a session at the caret, apart from the words around it.
    pub fn insert_link(&mut self, linked: Linked) {
        self.begin();
        let before = self.caret.checked_sub(1).and_then(|at| self.units.get(at));
        let apart = |unit: Option<&Unit>| unit.is_none_or(Unit::is_blank);
        let mut units = if apart(before) { Vec::new() } else { unit::segment(" ") };
        units.push(Unit::Chip(Chip::link(linked)));
        if !self.units.get(self.caret).is_some_and(Unit::is_blank) {
            units.extend(unit::segment(" "));
        }
        self.splice(self.caret..self.caret, units);
    }

    /// What stands in `range` as it is sent.
    pub fn written(&self, range: &Range<usize>) -> String {
        self.units.get(range.clone()).unwrap_or_default().iter().map(Unit::full_text).collect()
    }

    /// Puts `units` in the place of a word, and a blank behind them unless there is one.
    pub fn complete(&mut self, word: Range<usize>, mut units: Vec<Unit>) {
        self.begin();
        if !self.units.get(word.end).is_some_and(Unit::is_blank) {
            units.extend(unit::segment(" "));
        }
        self.splice(word, units);
    }

    /// What `link` names is known now: chips of it get their title, and where it stands as text without a profile it becomes a
    /// chip. False: nothing changed.
    pub fn name_links(&mut self, link: &SessionLink, linked: &Linked) -> bool {
        let before = self.revision;
        for unit in &mut self.units {
            if let Unit::Chip(chip) = unit
                && let ChipOf::Link(known) = &chip.of
                && known.id == link.id
                && known.title != linked.title
            {
                // Not a step of the person's: nothing to undo.
                *chip = Chip::link(Linked { title: linked.title.clone(), ..(**known).clone() });
                self.revision += 1;
            }
        }
        if link.profile.is_none() {
            let bare = format!("{}{}", link::PREFIX, link.id.as_str());
            while let Some(range) = self.find(&bare) {
                self.begin();
                self.splice(range, vec![Unit::Chip(Chip::link(linked.clone()))]);
            }
        }
        self.revision != before
    }

    /// Where a link stands as text.
    fn find(&self, link: &str) -> Option<Range<usize>> {
        let (mut text, mut starts) = (String::new(), Vec::new());
        for unit in &self.units {
            starts.push(text.len());
            // A chip is no part of what is written beside it.
            text.push_str(unit.text().unwrap_or("\u{fffc}"));
        }
        let (range, _) = link::links(&text).find(|(range, _)| text.get(range.clone()) == Some(link))?;
        let place = |at: usize| starts.partition_point(|start| *start < at);
        Some(place(range.start)..place(range.end))
    }

    /// Breaks the line at the caret.
    pub fn newline(&mut self) {
        self.begin();
        self.splice(self.caret..self.caret, unit::segment("\n"));
    }

    /// Turns a backslash right before the caret into a line break; false when there is none.
    pub fn backslash_newline(&mut self) -> bool {
        let Some(at) = self.caret.checked_sub(1) else { return false };
        if self.units.get(at).is_none_or(|unit| unit.text() != Some("\\")) {
            return false;
        }
        self.begin();
        self.splice(at..self.caret, unit::segment("\n"));
        true
    }

    /// Removes the unit before the caret.
    pub fn backspace(&mut self) {
        self.begin();
        self.splice(self.caret.saturating_sub(1)..self.caret, Vec::new());
    }

    /// Removes the unit behind the caret.
    pub fn delete(&mut self) {
        self.begin();
        self.splice(self.caret..(self.caret + 1).min(self.units.len()), Vec::new());
    }

    /// Removes everything; undo brings it back.
    pub fn clear(&mut self) {
        self.begin();
        self.splice(0..self.units.len(), Vec::new());
    }

    /// Replaces everything, as one step that can be undone; the caret goes to the end.
    pub fn replace_all(&mut self, units: Vec<Unit>) {
        self.begin();
        self.splice(0..self.units.len(), units);
        self.caret = self.units.len();
    }

    /// Replaces everything with nothing to undo: another terminal's draft, or an empty one after sending.
    pub fn reset(&mut self, units: Vec<Unit>) {
        let killed = std::mem::take(&mut self.killed);
        let (pastes, revision) = (self.pastes, self.revision + 1);
        *self = Self { killed, pastes, revision, ..Self::default() };
        self.units = unit::resegment(units);
        self.caret = self.units.len();
    }

    /// Removes `range` and keeps it for [`Editor::yank`].
    fn kill(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        self.begin();
        self.killed = self.units.get(range.clone()).unwrap_or_default().to_vec();
        self.splice(range, Vec::new());
    }

    /// Inserts what was last killed.
    pub fn yank(&mut self) {
        self.begin();
        self.splice(self.caret..self.caret, self.killed.clone());
    }

    /// Takes the last step back.
    pub fn undo(&mut self) -> bool {
        let Some(group) = self.undo.back().map(|edit| edit.group) else { return false };
        while self.undo.back().is_some_and(|edit| edit.group == group) {
            let Some(edit) = self.undo.pop_back() else { break };
            self.units.splice(edit.at..edit.at + edit.inserted.len(), edit.removed.iter().cloned());
            self.caret = edit.before;
            self.redo.push(edit);
        }
        self.touched();
        true
    }

    /// Takes the last undone step again.
    pub fn redo(&mut self) -> bool {
        let Some(group) = self.redo.last().map(|edit| edit.group) else { return false };
        while let Some(edit) = self.redo.pop_if(|edit| edit.group == group) {
            self.units.splice(edit.at..edit.at + edit.removed.len(), edit.inserted.iter().cloned());
            self.caret = edit.after;
            self.undo.push_back(edit);
        }
        self.touched();
        true
    }

    fn begin(&mut self) {
        self.group += 1;
        self.typing = false;
    }

    fn touched(&mut self) {
        self.typing = false;
        self.column = None;
        self.revision += 1;
    }

    /// The only change of the text. Neighbours are segmented anew with what comes in, since a joiner or a mark typed
    /// later belongs to the cluster before it.
    fn splice(&mut self, range: Range<usize>, insert: Vec<Unit>) {
        if range.is_empty() && insert.is_empty() {
            return;
        }
        let before = self.caret;
        let around = self.affected(&range, &insert);
        let head = self.units.get(around.start..range.start).unwrap_or_default();
        let tail = self.units.get(range.end..around.end).unwrap_or_default();
        let ahead: usize = head.iter().chain(&insert).map(Unit::weight).sum();
        let joined = head.iter().cloned().chain(insert).chain(tail.iter().cloned()).collect();
        let inserted = unit::resegment(joined);
        let mut passed = 0;
        let steps = inserted.iter().take_while(|unit| {
            let more = passed < ahead;
            passed += unit.weight();
            more
        });
        self.caret = around.start + steps.count();
        let at = around.start;
        let removed: Vec<Unit> = self.units.splice(around, inserted.iter().cloned()).collect();
        if self.undo.len() == UNDO_DEPTH {
            self.undo.pop_front();
        }
        self.undo.push_back(Edit { at, removed, inserted, before, after: self.caret, group: self.group });
        self.redo.clear();
        self.touched();
    }

    /// What has to be segmented anew: nothing more between plain ASCII, else the run of text around.
    fn affected(&self, range: &Range<usize>, insert: &[Unit]) -> Range<usize> {
        let neighbours = [range.start.checked_sub(1), Some(range.end)];
        let simple =
            neighbours.into_iter().flatten().filter_map(|at| self.units.get(at)).all(Unit::stands_alone);
        if simple && insert.iter().all(Unit::stands_alone) {
            return range.clone();
        }
        let in_run = |unit: &&Unit| unit.text().is_some_and(|text| text != "\n");
        let ahead = self.units.get(..range.start).unwrap_or_default().iter().rev().take_while(in_run).count();
        let behind = self.units.get(range.end..).unwrap_or_default().iter().take_while(in_run).count();
        range.start - ahead..range.end + behind
    }
}

#[cfg(test)]
#[path = "editor/editor_tests.rs"]
mod tests;

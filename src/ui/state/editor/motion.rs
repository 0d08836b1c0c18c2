//! Moving the caret, and killing what a motion passes over.

use super::{Editor, Unit};

impl Editor {
    /// One unit back.
    pub fn left(&mut self) {
        self.go(self.caret.saturating_sub(1));
    }

    /// One unit on.
    pub fn right(&mut self) {
        self.go(self.caret + 1);
    }

    /// To the beginning of the word.
    pub fn word_left(&mut self) {
        self.go(self.word_before());
    }

    /// Behind the end of the word.
    pub fn word_right(&mut self) {
        self.go(self.word_after());
    }

    /// To the beginning of the line as written.
    pub fn line_start(&mut self) {
        self.go(self.start_of_line());
    }

    /// To the end of the line as written.
    pub fn line_end(&mut self) {
        self.go(self.end_of_line());
    }

    /// To the very beginning.
    pub fn start(&mut self) {
        self.go(0);
    }

    /// To the very end.
    pub fn end(&mut self) {
        self.go(self.units.len());
    }

    /// Kills to the end of the line as written; at its end, the line break.
    pub fn kill_to_line_end(&mut self) {
        let end = self.end_of_line();
        let end = if end == self.caret { (end + 1).min(self.units.len()) } else { end };
        self.kill(self.caret..end);
    }

    /// Kills to the beginning of the line as written; at its beginning, the line break before.
    pub fn kill_to_line_start(&mut self) {
        let start = self.start_of_line();
        let start = if start == self.caret { start.saturating_sub(1) } else { start };
        self.kill(start..self.caret);
    }

    /// Kills back to a blank.
    pub fn kill_blank_word_back(&mut self) {
        let at = self.back_while(self.caret, Unit::is_blank);
        let at = self.back_while(at, |unit| !unit.is_blank());
        self.kill(at..self.caret);
    }

    /// Kills back to the beginning of the word.
    pub fn kill_word_back(&mut self) {
        self.kill(self.word_before()..self.caret);
    }

    /// Kills to the end of the word.
    pub fn kill_word(&mut self) {
        self.kill(self.caret..self.word_after());
    }

    /// One row up as drawn at `width`; false when there is none.
    pub fn up(&mut self, width: usize) -> bool {
        let (row, _) = self.caret_at(width);
        row.checked_sub(1).is_some_and(|above| self.go_to_row(width, above))
    }

    /// One row down as drawn at `width`; false when there is none.
    pub fn down(&mut self, width: usize) -> bool {
        let (row, _) = self.caret_at(width);
        self.go_to_row(width, row + 1)
    }

    fn go_to_row(&mut self, width: usize, row: usize) -> bool {
        let goal = self.column.unwrap_or_else(|| self.caret_at(width).1);
        let Some(at) = self.at_column(width, row, goal) else { return false };
        self.go(at);
        self.column = Some(goal);
        true
    }

    fn go(&mut self, at: usize) {
        self.caret = at.min(self.units.len());
        self.typing = false;
        self.column = None;
    }

    fn start_of_line(&self) -> usize {
        self.back_while(self.caret, |unit| !unit.is_newline())
    }

    fn end_of_line(&self) -> usize {
        self.on_while(self.caret, |unit| !unit.is_newline())
    }

    fn word_before(&self) -> usize {
        let at = self.back_while(self.caret, |unit| !unit.is_word());
        self.back_while(at, Unit::is_word)
    }

    fn word_after(&self) -> usize {
        let at = self.on_while(self.caret, |unit| !unit.is_word());
        self.on_while(at, Unit::is_word)
    }

    fn back_while(&self, from: usize, keep: impl Fn(&Unit) -> bool) -> usize {
        let head = self.units.get(..from).unwrap_or_default();
        from - head.iter().rev().take_while(|unit| keep(unit)).count()
    }

    fn on_while(&self, from: usize, keep: impl Fn(&Unit) -> bool) -> usize {
        let tail = self.units.get(from..).unwrap_or_default();
        from + tail.iter().take_while(|unit| keep(unit)).count()
    }
}

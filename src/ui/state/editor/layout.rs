//! Where units stand when drawn at a width: rows, and the caret's place in them.

use std::ops::Range;

use super::{Editor, Unit};

impl Editor {
    /// The rows as ranges of units, broken at blanks where there are any. A line break belongs to no row. Never empty.
    pub fn rows(&self, width: usize) -> Vec<Range<usize>> {
        let mut rows = Vec::new();
        let (mut start, mut used, mut gap) = (0, 0, None);
        for (at, unit) in self.units.iter().enumerate() {
            if unit.is_newline() {
                rows.push(start..at);
                (start, used, gap) = (at + 1, 0, None);
                continue;
            }
            let cells = unit.cells();
            if used + cells > width && at > start {
                let cut = gap.unwrap_or(at);
                rows.push(start..cut);
                used = self.cells(cut..at);
                (start, gap) = (cut, None);
            }
            used += cells;
            if unit.is_blank() {
                gap = Some(at + 1);
            }
        }
        rows.push(start..self.units.len());
        rows
    }

    /// Row and column of the caret at `width`.
    pub fn caret_at(&self, width: usize) -> (usize, usize) {
        let rows = self.rows(width);
        let row = rows.iter().rposition(|row| row.start <= self.caret).unwrap_or(0);
        let start = rows.get(row).map_or(0, |row| row.start);
        (row, self.cells(start..self.caret))
    }

    /// The place in `row` that is nearest to `column` from the left.
    pub(super) fn at_column(&self, width: usize, row: usize, column: usize) -> Option<usize> {
        let rows = self.rows(width);
        let range = rows.get(row)?.clone();
        // The end of a row that goes on below is the beginning of the next one; the caret stops before it.
        let goes_on = rows.get(row + 1).is_some_and(|next| next.start == range.end);
        let last = if goes_on { range.end.saturating_sub(1).max(range.start) } else { range.end };
        let mut used = 0;
        for at in range.start..last {
            used += self.units.get(at).map_or(0, Unit::cells);
            if used > column {
                return Some(at);
            }
        }
        Some(last)
    }

    fn cells(&self, range: Range<usize>) -> usize {
        self.units.get(range).unwrap_or_default().iter().map(Unit::cells).sum()
    }
}

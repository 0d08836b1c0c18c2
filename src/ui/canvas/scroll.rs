//! Rows that only moved are moved by the terminal, not sent again: a scroll region, lines deleted or inserted at its top,
//! and the region is the whole screen again.
//!
//! [`find`] compares two frames and knows nothing of what is on them: it takes what saves the most cells, or nothing. What
//! it takes need not be right about a single row, since the usual difference is sent afterwards, against the moved rows.
//! Lines are deleted and inserted rather than scrolled: that is as old as regions are, the Linux console has it, and
//! no terminal keeps deleted lines in its history. The rows that become free are blank in the plain background: terminals differ
//! in what else they would be.

use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;

use super::pen::{Pen, control};
use super::{forget, is_risky};

/// Cells that must be saved, or moving costs more than it is worth: about as many bytes as moving takes.
const WORTH: isize = 32;

/// Rows that move within a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    /// The region, of at least two rows.
    rows: Range<usize>,
    /// By how many rows, fewer than the region has.
    by: usize,
    up: bool,
}

/// What to move so that the fewest cells are left to be sent; `None` when it does not pay. Both are of one size.
pub(super) fn find(shown: &Buffer, next: &Buffer) -> Option<Shift> {
    let width = usize::from(next.area.width).max(1);
    let mut old: Vec<_> = shown.content.chunks(width).collect();
    let mut new: Vec<_> = next.content.chunks(width).collect();
    let by = distance(&old, &new)?;
    let (up, by) = (by > 0, by.unsigned_abs());
    if !up {
        // Down is up in a mirror.
        old.reverse();
        new.reverse();
    }
    let Range { start, end } = region(&old, &new, by)?;
    let rows = if up { start..end } else { old.len() - end..old.len() - start };
    Some(Shift { rows, by, up })
}

/// By how far most of the changed rows moved; up is positive.
fn distance(old: &[&[Cell]], new: &[&[Cell]]) -> Option<isize> {
    let height = new.len();
    // From one end of the screen to the other, the middle stands for not at all.
    let mut votes = vec![0_usize; 2 * height];
    for (to, row) in new.iter().enumerate() {
        if old.get(to) == Some(row) || row.iter().all(|cell| cell.symbol() == " ") {
            continue;
        }
        for (from, _) in old.iter().enumerate().filter(|(_, was)| *was == row) {
            if let Some(votes) = votes.get_mut(height + from - to) {
                *votes += 1;
            }
        }
    }
    let (at, _) = votes
        .iter()
        .enumerate()
        .filter(|(_, votes)| **votes > 0)
        .max_by_key(|(at, votes)| (**votes, std::cmp::Reverse(at.abs_diff(height))))?;
    Some(at.cast_signed() - height.cast_signed())
}

/// The rows that are best moved up by `by`, if any are.
fn region(old: &[&[Cell]], new: &[&[Cell]], by: usize) -> Option<Range<usize>> {
    // Sums over the rows above: cells saved where a row comes from below, cells lost where it becomes blank instead.
    let (mut saved, mut lost, mut sums) = (vec![0_isize], vec![0_isize], (0, 0));
    for (y, (was, row)) in old.iter().zip(new).enumerate() {
        let here = differing(was, row);
        sums.0 += old.get(y + by).map_or(0, |moved| here - differing(moved, row));
        sums.1 += row.iter().filter(|cell| **cell != Cell::EMPTY).count().cast_signed() - here;
        saved.push(sums.0);
        lost.push(sums.1);
    }
    let (mut best, mut top) = ((WORTH - 1, 0..0), 0);
    for end in by + 1..=new.len() {
        // Rows from `blank` on become free.
        let blank = end - by;
        if saved.get(blank - 1)? < saved.get(top)? {
            top = blank - 1;
        }
        let gain = saved.get(blank)? - saved.get(top)? - (lost.get(end)? - lost.get(blank)?);
        if gain > best.0 {
            best = (gain, top..end);
        }
    }
    Some(best.1).filter(|rows| !rows.is_empty())
}

fn differing(one: &[Cell], other: &[Cell]) -> isize {
    one.iter().zip(other).filter(|(one, other)| one != other).count().cast_signed()
}

impl Shift {
    /// Moves the rows of the terminal.
    pub(super) fn write(&self, pen: &mut Pen, out: &mut Vec<u8>) {
        let row = |row: usize| u16::try_from(row).unwrap_or(u16::MAX);
        pen.clean(out);
        control(out, &[row(self.rows.start + 1), row(self.rows.end)], 'r');
        // Setting a region sends the cursor to the top left, of the screen or (wrongly) of the region.
        pen.astray();
        pen.go(Position { x: 0, y: row(self.rows.start) }, out);
        control(out, &[row(self.by)], if self.up { 'M' } else { 'L' });
        control::<u16>(out, &[], 'r');
        pen.astray();
    }

    /// Moves the rows of what is known to be on the terminal.
    pub(super) fn apply(&self, shown: &mut Buffer) {
        let width = usize::from(shown.area.width);
        let Some(cells) = shown.content.get_mut(self.rows.start * width..self.rows.end * width) else {
            return;
        };
        let (moved, by) = (cells.len(), self.by * width);
        let free = if self.up {
            cells.rotate_left(by);
            moved - by..moved
        } else {
            cells.rotate_right(by);
            0..by
        };
        for cell in cells.get_mut(free).into_iter().flatten() {
            *cell = Cell::EMPTY;
        }
        // A row that the terminal may have torn, and the one it may have run into, are not worth moving (UX-25).
        let mut torn = false;
        for row in cells.chunks_mut(width) {
            let risky = is_risky(row);
            if risky || torn {
                forget(row);
            }
            torn = risky;
        }
    }
}

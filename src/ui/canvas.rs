//! From a painted buffer to bytes: only what changed, in one write, held back by the terminal until it is whole.
//!
//! A frame is made of text and the control sequences that docs/UI.md lists, and no others (SEC-02).

use std::io::{self, Write};

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::{Position, Rect};

use pen::Pen;

mod pen;
mod scroll;

/// Begin and end of a frame, for terminals that said they know them (synchronized output).
const HOLD: &[u8] = b"\x1b[?2026h";
const RELEASE: &[u8] = b"\x1b[?2026l";
const HIDE: &[u8] = b"\x1b[?25l";
const SHOW: &[u8] = b"\x1b[?25h";
const CLEAR: &[u8] = b"\x1b[2J";
/// Stands for what is not known of a cell that is shown; differs from all that is painted.
const UNKNOWN: &str = "\u{fffd}";

/// The terminal's screen as it was last painted.
pub struct Canvas<W: Write> {
    out: W,
    shown: Buffer,
    /// What is painted next; kept, so that a frame needs no memory of its own.
    next: Buffer,
    pen: Pen,
    cursor: Option<Position>,
    /// Nothing of what is on the terminal can be relied on.
    stale: bool,
    synchronized: bool,
    scrolls: bool,
}

impl<W: Write> Canvas<W> {
    /// A screen of `size` of which nothing is known.
    pub fn new(out: W, (width, height): (u16, u16)) -> Self {
        let shown = Buffer::empty(Rect::new(0, 0, width, height));
        let (next, pen) = (shown.clone(), Pen::default());
        Self { out, shown, next, pen, cursor: None, stale: true, synchronized: false, scrolls: true }
    }

    /// Frames may be held back.
    pub fn set_synchronized(&mut self, on: bool) {
        self.synchronized = on;
    }

    /// The terminal has scroll regions. Taken for granted until it is said that it has none.
    pub fn set_scrolls(&mut self, on: bool) {
        self.scrolls = on;
    }

    /// The screen has another size, or is to be painted anew.
    pub fn reset(&mut self, (width, height): (u16, u16)) {
        self.shown = Buffer::empty(Rect::new(0, 0, width, height));
        self.next = self.shown.clone();
        self.stale = true;
    }

    /// Paints a frame; writes nothing at all when nothing changed.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        self.next.reset();
        let cursor = paint(&mut self.next);
        let mut bytes = Vec::new();
        if self.stale {
            self.pen = Pen::default();
            bytes.extend_from_slice(HIDE);
            self.pen.clean(&mut bytes);
            bytes.extend_from_slice(CLEAR);
            self.shown.reset();
            self.cursor = None;
        } else if self.scrolls
            && let Some(shift) = scroll::find(&self.shown, &self.next)
        {
            shift.write(&mut self.pen, &mut bytes);
            shift.apply(&mut self.shown);
        }
        forget_doubtful(&mut self.shown, &self.next);
        for (x, y, cell) in self.shown.diff_iter(&self.next) {
            self.pen.put(Position { x, y }, cell, &self.next, &mut bytes);
        }
        if bytes.is_empty() && cursor == self.cursor {
            return Ok(());
        }
        // Where the terminal does not hold the frame back, the cursor would be seen running over it.
        let runs = !self.synchronized && !bytes.is_empty();
        if self.cursor.is_some() && (runs || cursor.is_none()) {
            bytes.splice(0..0, HIDE.iter().copied());
            self.cursor = None;
        }
        if let Some(at) = cursor {
            self.pen.go(at, &mut bytes);
            if self.cursor.is_none() {
                bytes.extend_from_slice(SHOW);
            }
        }
        let (hold, release) = if self.synchronized { (HOLD, RELEASE) } else { (&b""[..], &b""[..]) };
        self.out.write_all(&[hold, &bytes, release].concat())?;
        self.out.flush()?;
        std::mem::swap(&mut self.shown, &mut self.next);
        (self.cursor, self.stale) = (cursor, false);
        Ok(())
    }

    /// Writes what is no part of a frame: a title, a bell, a mode.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }
}

/// Terminals disagree on the width of joined clusters. A row with one is painted whole when anything in it changes, so a
/// misjudged cell cannot leave its neighbours torn (UX-25). They disagree also on what is left of a wide character of
/// which one half is overwritten: the other half is painted too.
fn forget_doubtful(shown: &mut Buffer, next: &Buffer) {
    let width = usize::from(next.area.width).max(1);
    for (old, new) in shown.content.chunks_mut(width).zip(next.content.chunks(width)) {
        if *old == *new {
            continue;
        }
        if is_risky(old) || is_risky(new) {
            forget(old);
            continue;
        }
        let mut torn = false;
        for (was, cell) in old.iter_mut().zip(new) {
            let tears = was.cell_width() > 1 && was != cell;
            if torn {
                was.set_symbol(UNKNOWN);
            }
            torn = tears;
        }
    }
}

fn is_risky(row: &[Cell]) -> bool {
    row.iter().any(|cell| cell.symbol().chars().nth(1).is_some())
}

/// Makes every cell of the row one that has to be painted.
fn forget(row: &mut [Cell]) {
    for cell in row {
        cell.set_symbol(UNKNOWN);
    }
}

#[cfg(test)]
#[path = "canvas_tests.rs"]
mod tests;

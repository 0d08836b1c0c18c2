//! From a painted buffer to bytes: only what changed, in one write, held back by the terminal until it is whole.

use std::io::{self, Write};

use ratatui::backend::{Backend, CrosstermBackend};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

/// Begin and end of a frame, for terminals that said they know them (synchronized output).
const HOLD: &[u8] = b"\x1b[?2026h";
const SHOW: &[u8] = b"\x1b[?2026l";

/// The terminal's screen as it was last painted.
pub struct Canvas<W: Write> {
    out: W,
    shown: Buffer,
    cursor: Option<Position>,
    /// Nothing of what is on the terminal can be relied on.
    stale: bool,
    synchronized: bool,
}

impl<W: Write> Canvas<W> {
    /// A screen of `size` of which nothing is known.
    pub fn new(out: W, (width, height): (u16, u16)) -> Self {
        let shown = Buffer::empty(Rect::new(0, 0, width, height));
        Self { out, shown, cursor: None, stale: true, synchronized: false }
    }

    /// Frames may be held back.
    pub fn set_synchronized(&mut self, on: bool) {
        self.synchronized = on;
    }

    /// The screen has another size, or is to be painted anew.
    pub fn reset(&mut self, (width, height): (u16, u16)) {
        self.shown = Buffer::empty(Rect::new(0, 0, width, height));
        self.stale = true;
    }

    /// Paints a frame; writes nothing at all when nothing changed.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> io::Result<()> {
        let mut next = Buffer::empty(self.shown.area);
        let cursor = paint(&mut next);
        let mut bytes = Vec::new();
        if self.stale {
            bytes.extend_from_slice(b"\x1b[0m\x1b[2J");
            self.shown.reset();
        }
        forget_risky_rows(&mut self.shown, &next);
        let changes = self.shown.diff(&next);
        if changes.is_empty() && cursor == self.cursor && !self.stale {
            return Ok(());
        }
        if !changes.is_empty() {
            bytes.extend_from_slice(b"\x1b[?25l");
            CrosstermBackend::new(&mut bytes).draw(changes.into_iter())?;
        }
        match cursor {
            Some(at) => {
                write!(bytes, "\x1b[{};{}H\x1b[?25h", u32::from(at.y) + 1, u32::from(at.x) + 1)?;
            }
            None => bytes.extend_from_slice(b"\x1b[?25l"),
        }
        let (hold, show) = if self.synchronized { (HOLD, SHOW) } else { (&b""[..], &b""[..]) };
        self.out.write_all(&[hold, &bytes, show].concat())?;
        self.out.flush()?;
        (self.shown, self.cursor, self.stale) = (next, cursor, false);
        Ok(())
    }

    /// Writes what is no part of a frame: a title, a bell, a mode.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }
}

/// Terminals disagree on the width of joined clusters. A row with one is painted whole when anything in it changes, so a
/// misjudged cell cannot leave its neighbours torn (UX-25).
fn forget_risky_rows(shown: &mut Buffer, next: &Buffer) {
    let width = usize::from(next.area.width).max(1);
    for (old, new) in shown.content.chunks_mut(width).zip(next.content.chunks(width)) {
        let risky = |cells: &[Cell]| cells.iter().any(|cell| cell.symbol().chars().nth(1).is_some());
        if *old != *new && (risky(old) || risky(new)) {
            for cell in old {
                cell.set_symbol("\u{fffd}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::style::Style;

    fn drawn(canvas: &mut Canvas<Vec<u8>>, text: &str, cursor: Option<Position>) -> String {
        canvas.out.clear();
        canvas
            .draw(|buffer| {
                buffer.set_string(0, 0, text, Style::default());
                cursor
            })
            .unwrap();
        String::from_utf8_lossy(&canvas.out).into_owned()
    }

    /// UX-21.
    /// B11.
    #[test]
    fn nothing_is_written_when_nothing_changed() {
        let mut canvas = Canvas::new(Vec::new(), (10, 2));
        assert!(drawn(&mut canvas, "hello", None).contains("hello"));
        assert_eq!(drawn(&mut canvas, "hello", None), "");
        let moved = drawn(&mut canvas, "hello", Some(Position::new(2, 1)));
        assert_eq!(moved, "\x1b[2;3H\x1b[?25h");
        let changed = drawn(&mut canvas, "hellO", Some(Position::new(2, 1)));
        assert!(changed.contains('O') && !changed.contains("hell"), "{changed:?}");
    }

    #[test]
    fn a_frame_is_held_back_only_where_the_terminal_said_it_can() {
        let mut canvas = Canvas::new(Vec::new(), (10, 2));
        assert!(!drawn(&mut canvas, "a", None).contains("2026"));
        canvas.set_synchronized(true);
        let frame = drawn(&mut canvas, "b", None);
        assert!(frame.starts_with("\x1b[?2026h") && frame.ends_with("\x1b[?2026l"));
    }

    /// UX-25.
    #[test]
    fn a_row_with_a_joined_cluster_is_painted_whole() {
        let mut canvas = Canvas::new(Vec::new(), (20, 1));
        drawn(&mut canvas, "👨‍👩‍👧 abc", None);
        let frame = drawn(&mut canvas, "👨‍👩‍👧 abd", None);
        assert!(frame.contains("👨‍👩‍👧") && frame.contains("abd"), "{frame:?}");
    }
}

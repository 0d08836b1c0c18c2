//! Text that came from a model, a tool, a file or a backend, and the one way to make it drawable.
//!
//! [`Untrusted`] carries such text and has no `Display`. [`drawable`] turns it into text that holds no control
//! character and hides nothing: what a terminal would obey, reorder or swallow becomes a visible token. Nothing is
//! removed, so that what a person decides on is what the request says. [`width`] measures in terminal cells.
//! Not here: styles, wrapping, anything about sessions.

mod classes;
pub mod colour;
pub mod inspect;
pub mod width;

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// Text of unknown intent. It reaches a screen only through [`drawable`].
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// Wraps `text` as it came.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The exact text, for sending back, comparing, measuring and hashing; never for drawing.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The exact text, given away.
    pub fn into_raw(self) -> String {
        self.0
    }

    /// Bytes of the exact text.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends a streamed piece.
    pub fn push_str(&mut self, piece: &str) {
        self.0.push_str(piece);
    }

    /// The text as it may be drawn.
    pub fn drawable(&self, mode: Mode) -> String {
        drawable(&self.0, mode)
    }

    /// One drawable line of at most `cells` cells, an ellipsis where it was cut.
    pub fn label(&self, cells: usize) -> String {
        label(&self.0, cells)
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// Escaped, so that a log line or a failed assertion cannot carry control characters either.
impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// How strictly text is made visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Running text: lines are kept, tabs are widened, hidden characters get a mark of one cell.
    Prose,
    /// What a person decides on: lines are kept, every hidden or look-alike-blank character is spelled out.
    Decide,
    /// One line of chrome (a title, a name): as `Decide`, and line ends are spelled out too.
    Label,
}

/// Stands in running text for a character that draws nothing.
pub const HIDDEN_MARK: char = '◦';
/// Cells between tab stops.
pub const TAB: usize = 4;
/// Combining characters of one grapheme that are passed on; more can crash or smear a terminal.
const MARKS: usize = 8;
/// Bytes of one grapheme that are passed on.
const GRAPHEME_BYTES: usize = 64;
/// Characters of one line of running text; the rest is counted, not drawn.
const LINE_CHARS: usize = 20_000;

/// Makes `text` drawable. The result holds no C0 but `\n`, no DEL, no C1, no bidirectional control and no lone
/// combining character, whatever went in.
pub fn drawable(text: &str, mode: Mode) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    if mode == Mode::Label {
        draw_line(text, mode, &mut out);
        return out;
    }
    for (n, line) in text.split('\n').enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let line = if mode == Mode::Prose { line.strip_suffix('\r').unwrap_or(line) } else { line };
        match cap_line(line, mode) {
            Some((head, rest)) => {
                draw_line(head, mode, &mut out);
                out.push_str(" … ");
                out.push_str(&rest.to_string());
                out.push_str(" more characters");
            }
            None => draw_line(line, mode, &mut out),
        }
    }
    out
}

/// One drawable line of at most `cells` cells, an ellipsis where it was cut.
pub fn label(text: &str, cells: usize) -> String {
    // Nothing draws in less than a fraction of a cell, so the tail of a giant title need not be looked at.
    let end =
        text.char_indices().nth(cells.saturating_mul(4).saturating_add(64)).map_or(text.len(), |(at, _)| at);
    width::truncate(&drawable(text.get(..end).unwrap_or(text), Mode::Label), cells)
}

/// Where a line of running text is cut, and how many characters that leaves out.
fn cap_line(line: &str, mode: Mode) -> Option<(&str, usize)> {
    if mode != Mode::Prose || line.len() <= LINE_CHARS {
        return None;
    }
    let (at, _) = line.char_indices().nth(LINE_CHARS)?;
    let (head, tail) = line.split_at_checked(at)?;
    Some((head, tail.chars().count()))
}

fn draw_line(line: &str, mode: Mode, out: &mut String) {
    draw_piece(line, mode, &mut 0, out);
}

/// Draws a piece of a line behind what `out` holds of it. `column`: where the piece begins, for its tabs; and where it ends.
pub fn draw_piece(piece: &str, mode: Mode, column: &mut usize, out: &mut String) {
    if piece.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        out.push_str(piece);
        *column += piece.len();
        return;
    }
    for grapheme in piece.graphemes(true) {
        let before = out.len();
        if grapheme == "\t" {
            let cells = TAB - *column % TAB;
            let lead = if mode == Mode::Prose { ' ' } else { '⇥' };
            out.push(lead);
            out.extend(std::iter::repeat_n(' ', cells - 1));
        } else {
            draw_grapheme(grapheme, mode, out);
        }
        *column += width::of(out.get(before..).unwrap_or(""));
    }
}

/// Draws one grapheme cluster, character by character, keeping what shapes a cluster (marks, emoji joiners). What is more than
/// a cell can hold is shown as hidden, whatever it is: letters of some scripts and emoji join without end too.
fn draw_grapheme(grapheme: &str, mode: Mode, out: &mut String) {
    let (mut kept, mut marks) = (0, 0);
    let mut previous = None;
    for c in grapheme.chars() {
        let joins = previous.is_some_and(|p| classes::shapes_emoji(p, c));
        let plain = if classes::is_mark(c) {
            marks += 1;
            if previous.is_none() {
                out.push('◌');
            }
            marks <= MARKS
        } else {
            classes::is_plain(c, mode != Mode::Prose)
        };
        if (plain || joins) && kept + c.len_utf8() <= GRAPHEME_BYTES {
            kept += c.len_utf8();
            out.push(c);
        } else {
            draw_hidden(c, mode, out);
        }
        previous = Some(c);
    }
}

/// The visible token of a character that must not reach the terminal as itself.
fn draw_hidden(c: char, mode: Mode, out: &mut String) {
    match c {
        '\u{1b}' => out.push('␛'),
        '\n' => out.push('␤'),
        '\0'..='\u{1f}' => {
            out.push('^');
            out.push(char::from(c as u8 ^ 0x40));
        }
        '\u{7f}' => out.push_str("^?"),
        // One mark for a run: a thousand of them are one remark, not a thousand.
        _ if mode == Mode::Prose && !c.is_control() => {
            if !out.ends_with(HIDDEN_MARK) {
                out.push(HIDDEN_MARK);
            }
        }
        _ => {
            let _ = write!(out, "<U+{:04X}>", u32::from(c));
        }
    }
}

#[cfg(test)]
#[path = "text/text_tests.rs"]
mod tests;

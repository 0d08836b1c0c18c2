//! What a call said, in its own colours: how it begins and ends when folded, all of it when unfolded.
//!
//! A line that is written over again and again (a bar of progress) shows its last state folded, each of them unfolded.

use ratatui::style::Style;
use ratatui::text::Line;

use super::{INDENT, args, behind, block, left_out};
use crate::base::text::{self, colour, width};
use crate::ui::render::ansi::Pen;
use crate::ui::render::wrap;
use crate::ui::view::marks;
use crate::ui::view::message::Paper;

/// Empty lines that follow each other are shown up to here, and counted beyond.
const EMPTY: usize = 8;

/// A call's output, and what it is drawn with.
#[derive(Clone, Copy)]
pub(super) struct Output<'a> {
    pub text: &'a str,
    /// Bytes of all of it, more than those of `text` when it was cut.
    pub whole: u64,
    pub cells: usize,
    pub paper: &'a Paper<'a>,
}

/// How many lines are shown of long output, at its beginning and at its end.
#[derive(Clone, Copy)]
pub(super) struct Folded {
    head: usize,
    tail: usize,
}

impl Folded {
    pub(super) const DONE: Self = Self { head: 2, tail: 2 };
    /// Errors stand at the end.
    pub(super) const FAILED: Self = Self { head: 1, tail: 5 };
}

impl Output<'_> {
    /// The first lines and the last ones, and how much lies between. Costs what is shown, and a look for colours at the rest.
    pub(super) fn ends(&self, folded: Folded) -> Vec<Line<'static>> {
        let text = self.text.trim_matches('\n');
        let mut pen = Pen::default();
        pen.skip(
            self.text.get(..self.text.len() - self.text.trim_start_matches('\n').len()).unwrap_or_default(),
        );
        let lines = text.split('\n').count();
        let cut = self.whole > self.text.len() as u64;
        if lines <= folded.head + folded.tail + 1 && !cut {
            return text.split('\n').map(|line| self.row(line, &mut pen)).collect();
        }
        let head = start_of_line(text, folded.head.min(lines));
        let tail = start_of_line(text, lines.saturating_sub(folded.tail).max(folded.head));
        let (first, rest) = text.split_at(head);
        let (between, last) = rest.split_at(tail - head);
        let shown = |part: &str, pen: &mut Pen| -> Vec<_> {
            let lines = part.strip_suffix('\n').unwrap_or(part).split('\n');
            lines.filter(|_| !part.is_empty()).map(|line| self.row(line, pen)).collect()
        };
        let mut out = shown(first, &mut pen);
        pen.skip(between);
        let unseen = self.whole.saturating_sub(self.text.len() as u64);
        let bytes = between.len() as u64 + unseen;
        let what = match lines.saturating_sub(folded.head + folded.tail) {
            0 => format!("{} more", marks::size(bytes)),
            1 => format!("1 line, {} more", marks::size(bytes)),
            more => format!("{more} lines, {} more", marks::size(bytes)),
        };
        out.push(left_out(super::GAP, &what, self.paper, self.cells));
        out.extend(shown(last, &mut pen));
        out
    }

    /// The first line that says something, and how many more there are.
    pub(super) fn first(&self) -> Vec<Line<'static>> {
        let gist = args::object(self.text).map(|fields| args::gist(&fields));
        let mut lines = gist.as_deref().unwrap_or(self.text).lines().filter(|line| !line.trim().is_empty());
        let Some(first) = lines.next() else { return Vec::new() };
        let more = match lines.count() {
            0 => String::new(),
            1 => "  +1 line".to_owned(),
            more => format!("  +{more} lines"),
        };
        let room = self.cells.saturating_sub(INDENT + width::of(&more));
        let first = text::label(colour::without(last_state(first)).trim(), room);
        let theme = self.paper.theme;
        let mut row = Line::styled(format!("{first}{more}"), theme.dim);
        row.spans.insert(0, ratatui::text::Span::styled(super::KNEE, theme.rule));
        vec![row]
    }

    /// All of it.
    pub(super) fn all(&self) -> Vec<Line<'static>> {
        let theme = self.paper.theme;
        let mut out = Vec::new();
        let mut pen = Pen::default();
        let mut empty = 0;
        for line in self.text.trim_end_matches('\n').split('\n') {
            empty = if line.is_empty() { empty + 1 } else { 0 };
            if empty > EMPTY {
                continue;
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            let mut states = line.split('\r').peekable();
            while let Some(state) = states.next() {
                if state.is_empty() && (states.peek().is_some() || state.len() < line.len()) {
                    continue;
                }
                let over = states.peek().is_some();
                let drawn = pen.line(state, &|style| self.ink(style));
                let style = if over { theme.dim } else { theme.text };
                out.extend(block(&drawn, self.cells, style).into_iter().map(|row| behind(row, theme)));
            }
        }
        let unseen = self.whole.saturating_sub(self.text.len() as u64);
        if unseen > 0 {
            let what = format!("… {} more, in Hermes' own record of this session", marks::size(unseen));
            let row = wrap::clip(&Line::styled(what, theme.dim), self.cells.saturating_sub(INDENT));
            out.push(behind(row, theme));
        }
        out
    }

    /// A line cut to one row, as it stood at its end.
    fn row(&self, line: &str, pen: &mut Pen) -> Line<'static> {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let last = last_state(line);
        pen.skip(line.get(..line.len() - last.len()).unwrap_or_default());
        // Nothing draws in less than a fraction of a cell: of a giant line only its beginning is looked at.
        let most = self.cells * 8 + 256;
        let end = last.char_indices().nth(most).map_or(last.len(), |(at, _)| at);
        let (shown, rest) = last.split_at(end);
        let mut drawn = pen.line(shown, &|style| self.ink(style));
        pen.skip(rest);
        if !rest.is_empty() {
            drawn.spans.push("…".into());
        }
        behind(wrap::clip(&drawn, self.cells.saturating_sub(INDENT)), self.paper.theme)
    }

    fn ink(&self, style: Style) -> Style {
        if self.paper.colours { self.paper.theme.foreign(style) } else { Style::new() }
    }
}

/// What a line shows after it was written over.
fn last_state(line: &str) -> &str {
    line.trim_end_matches('\r').rsplit('\r').next().unwrap_or(line)
}

/// Where line `n` begins, counted from 0; the end when there are fewer.
fn start_of_line(text: &str, n: usize) -> usize {
    match n.checked_sub(1) {
        None => 0,
        Some(before) => text.match_indices('\n').nth(before).map_or(text.len(), |(at, _)| at + 1),
    }
}

/// How large an output is, in lines.
pub(super) fn size(text: &str) -> Option<String> {
    match text.lines().count() {
        0 => None,
        1 => Some("1 line".to_owned()),
        lines => Some(format!("{lines} lines")),
    }
}

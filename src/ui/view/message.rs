//! One message as lines. Every foreign line stands behind a gutter of two cells that only hermux writes (SEC-10).

use std::hash::{DefaultHasher, Hash, Hasher};

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{failure, linked, notified, thought, tool};
use crate::base::clock::Tick;
use crate::base::text::{self, Mode};
use crate::model::message::{Level, Message, MessageState, Part, Role};
use crate::model::tool::ToolState;
use crate::ui::render::markdown::{Flow, Page};
use crate::ui::render::wrap;
use crate::ui::state::lines::{Growing, Laid, Lay, Look, Stream};
use crate::ui::state::titles::Titles;
use crate::ui::theme::Theme;

/// Cells of the gutter.
const GUTTER: usize = 2;
/// On wide screens lines stay readable.
const WIDEST: usize = 120;

/// What the messages of a session are laid out with.
#[derive(Clone, Copy)]
pub(super) struct Paper<'a> {
    /// Of the session's profile.
    pub accent: Style,
    pub theme: &'a Theme,
    /// The key that unfolds, where there is one.
    pub key: Option<&'a str>,
    /// Tool output is shown in its own colours.
    pub colours: bool,
    /// What linked sessions are called.
    pub titles: &'a Titles,
    /// The hub's time.
    pub now: Tick,
}

impl Paper<'_> {
    /// Of everything but the time: lines that were drawn with another one are no longer right.
    pub(super) fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.accent, self.theme, self.key, self.colours, self.titles.revision()).hash(&mut hasher);
        hasher.finish()
    }
}

/// A message, and what it is laid out with.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub message: &'a Message,
    pub look: Look,
    pub paper: Paper<'a>,
}

impl Lay for Sheet<'_> {
    /// The blank line above a message is its own.
    fn parts(&self, laid: &mut Laid, from: usize) {
        if laid.rows.is_empty() {
            laid.rows.push(Line::default());
        }
        let growing = self.growing();
        for (n, part) in self.message.parts.iter().enumerate().skip(from) {
            laid.starts.push(laid.rows.len());
            let lines = if growing == Some(n) { Vec::new() } else { self.part(part) };
            if lines.is_empty() && growing != Some(n) {
                continue;
            }
            if self.wants_air(laid, n) {
                laid.rows.push(self.behind(Line::default()));
            }
            if is_live(part) {
                laid.live.push((laid.rows.len(), n));
            }
            laid.rows.extend(lines.into_iter().map(|line| self.behind(line)));
            if growing == Some(n) {
                if is_live(part) {
                    laid.rows.push(self.live(n));
                }
                let text = match part {
                    Part::Reasoning { text, .. } => {
                        Growing::Plain(text.len() - text.raw().trim_start().len())
                    }
                    _ => Growing::Markdown(Box::default()),
                };
                let mut stream = Stream { part: n, rows: laid.rows.len(), text };
                self.grow(&mut laid.rows, &mut stream);
                laid.stream = Some(stream);
            }
        }
        laid.starts.push(laid.rows.len());
        let state = state_lines(self.message, self.cells(), self.paper.theme);
        laid.rows.extend(state.into_iter().map(|line| self.behind(line)));
        for (row, link) in linked::rows(self.message, self.cells(), self.look.chosen, &self.paper) {
            laid.links.push((laid.rows.len(), link));
            laid.rows.push(row);
        }
    }

    fn grow(&self, rows: &mut Vec<Line<'static>>, stream: &mut Stream) {
        let (cells, theme) = (self.cells(), self.paper.theme);
        let part = self.message.parts.get(stream.part);
        let Some(Part::Text(source) | Part::Reasoning { text: source, .. }) = part else { return };
        match &mut stream.text {
            Growing::Markdown(flow) => stream.rows = self.flow(flow, source.raw(), rows),
            Growing::Plain(bytes) => {
                let rest = source.raw().trim_end().get(*bytes..).unwrap_or_default();
                // A line is final once another one with text follows: blank ones at the end are not shown.
                let (done, open) = rest.split_at(rest.rfind('\n').map_or(0, |at| at + 1));
                for line in done.split_terminator('\n') {
                    rows.extend(thought::rows(line, cells, theme).into_iter().map(|row| self.behind(row)));
                }
                *bytes += done.len();
                stream.rows = rows.len();
                rows.extend(thought::rows(open, cells, theme).into_iter().map(|row| self.behind(row)));
            }
        }
    }

    fn live(&self, part: usize) -> Line<'static> {
        let cells = self.cells();
        self.behind(match self.message.parts.get(part) {
            Some(Part::Tool(call)) => tool::head(call, cells, &self.paper),
            Some(Part::Reasoning { text, started, ended }) => {
                thought::head(text.raw(), *started, *ended, &self.paper, cells, self.look.unfolded)
            }
            _ => Line::default(),
        })
    }
}

/// Whether the first row of a part shows time passing.
fn is_live(part: &Part) -> bool {
    match part {
        Part::Tool(call) => call.state == ToolState::Running,
        Part::Reasoning { ended, .. } => ended.is_none(),
        Part::Text(_) | Part::Note { .. } => false,
    }
}

impl Sheet<'_> {
    /// All its rows, for somebody who keeps none.
    pub(super) fn rows(&self) -> Vec<Line<'static>> {
        let mut laid = Laid::default();
        self.parts(&mut laid, 0);
        laid.rows
    }

    /// The part at the end of a message that streams, if only its last line has to be laid out anew.
    fn growing(&self) -> Option<usize> {
        let last = self.message.parts.len().checked_sub(1)?;
        let grows = match self.message.parts.get(last)? {
            Part::Text(text) => !text.raw().trim().is_empty(),
            Part::Reasoning { text, ended, .. } => {
                self.look.unfolded && ended.is_none() && !text.raw().trim().is_empty()
            }
            Part::Tool(_) | Part::Note { .. } => false,
        };
        let streams = self.message.role == Role::Assistant && self.message.state == MessageState::Streaming;
        (grows && streams).then_some(last)
    }

    /// Whether a blank row stands above part `n`: not at the top, not between calls, not between notes.
    fn wants_air(&self, laid: &Laid, n: usize) -> bool {
        let ends = laid.starts.iter().skip(1);
        let shown = laid.starts.iter().zip(ends).rposition(|(start, end)| end > start);
        let is_tool = |n: usize| matches!(self.message.parts.get(n), Some(Part::Tool(_)));
        let is_note = |n: usize| matches!(self.message.parts.get(n), Some(Part::Note { .. }));
        shown.is_some_and(|before| !(is_tool(before) && is_tool(n) || is_note(before) && is_note(n)))
    }

    fn cells(&self) -> usize {
        usize::from(self.look.width).saturating_sub(GUTTER + 1).clamp(1, WIDEST)
    }

    fn behind(&self, line: Line<'static>) -> Line<'static> {
        let mut line = linked::marked(line, self.paper.theme);
        let (accent, theme) = (self.paper.accent, self.paper.theme);
        let gutter = match (self.look.chosen, self.message.role) {
            (true, _) => Span::styled("┃ ", accent),
            (false, Role::User) => Span::styled("▌ ", accent),
            (false, Role::System) => Span::styled("· ", theme.dim),
            (false, Role::Assistant) => Span::styled("  ", theme.text),
        };
        line.spans.insert(0, gutter);
        line
    }

    /// Goes on with a model's text, and says how many rows are final.
    fn flow(&self, flow: &mut Flow, source: &str, rows: &mut Vec<Line<'static>>) -> usize {
        let mut more = Vec::new();
        let page = Page { cells: self.cells(), theme: self.paper.theme };
        let last = rows.len() + flow.grow(source, page, &mut more);
        rows.extend(more.into_iter().map(|row| self.behind(row)));
        last
    }

    fn part(&self, part: &Part) -> Vec<Line<'static>> {
        let (cells, theme, unfolded) = (self.cells(), self.paper.theme, self.look.unfolded);
        match part {
            Part::Text(source) if self.message.role == Role::Assistant => {
                let mut rows = Vec::new();
                Flow::default().grow(source.raw(), Page { cells, theme }, &mut rows);
                rows
            }
            Part::Text(source) => {
                let system = self.message.role == Role::System && !unfolded;
                if let Some(rows) =
                    system.then(|| notified::folded(source.raw(), cells, &self.paper)).flatten()
                {
                    return rows.into_iter().map(|row| wrap::clip(&row, cells)).collect();
                }
                let style = if self.message.role == Role::System { theme.dim } else { theme.text };
                plain(source.raw(), cells, style)
            }
            Part::Reasoning { text, started, ended } => {
                thought::lines(text.raw(), *started, *ended, &self.paper, cells, unfolded)
            }
            Part::Tool(call) => tool::lines(call, cells, unfolded, &self.paper),
            Part::Note { level, text: note } => {
                let (mark, style) = match level {
                    Level::Info => ("· ", theme.dim),
                    Level::Warning => ("⚠ ", theme.warn),
                    Level::Error => ("✗ ", theme.bad),
                };
                let drawn = text::drawable(note.raw(), Mode::Prose);
                let rows = drawn.lines().enumerate().flat_map(|(n, line)| {
                    let mark = if n == 0 { mark } else { "  " };
                    wrap::wrap(&Line::styled(format!("{mark}{line}"), style), cells, 2)
                });
                rows.map(|row| row.style(style)).collect()
            }
        }
    }
}

/// Lines of foreign text in one style.
pub(super) fn plain(source: &str, cells: usize, style: Style) -> Vec<Line<'static>> {
    let drawn = text::drawable(source, Mode::Prose);
    let rows = drawn.lines().flat_map(|line| wrap::wrap(&Line::raw(line.to_owned()), cells, 0));
    rows.map(|row| row.style(style)).collect()
}

/// What is to be said of a message's own fate.
fn state_lines(message: &Message, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (words, style) = match &message.state {
        MessageState::Sending => ("↑ sending".to_owned(), theme.dim),
        MessageState::Refused(why) => (format!("✗ not sent: {}", text::label(why.raw(), 200)), theme.bad),
        MessageState::Uncertain => (
            "~ uncertain: it may not have arrived; hermux does not send it again by itself".to_owned(),
            theme.warn,
        ),
        MessageState::Interrupted => ("◍ interrupted".to_owned(), theme.warn),
        MessageState::Failed => {
            let error = message.parts.iter().rev().find_map(|part| match part {
                Part::Note { level: Level::Error, text } => Some(failure::advice(text.raw())),
                _ => None,
            });
            let advice = error.unwrap_or_default();
            let gap = if advice.is_empty() { "" } else { " " };
            (format!("  {advice}{gap}hermux sends nothing again by itself; /retry does."), theme.dim)
        }
        MessageState::Streaming | MessageState::Done => return Vec::new(),
    };
    let rows = wrap::wrap(&Line::styled(words, style), cells, 2);
    rows.into_iter().map(|row| row.style(style)).collect()
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;

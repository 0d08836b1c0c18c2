//! A tool call: one line on what ran and how it went, and below it, behind a bar that only hermux draws, what it changed and
//! what it said. Folded it is a few rows; unfolded nothing is left out.

mod args;
mod change;
mod output;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::marks;
use super::message::Paper;
use crate::base::text::{self, Mode, width};
use crate::model::tool::{ToolCall, ToolState};
use crate::ui::render::diff::{self, Diff};
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

use args::Telling;
use output::Folded;

/// Before every row below a call's first one.
const BAR: &str = "  │ ";
/// Where rows are left out between others.
const GAP: &str = "  ┆ ";
/// Before the last row, and before a reason.
const KNEE: &str = "  └ ";
/// Cells of either.
const INDENT: usize = 4;
/// Cells that a call's argument shall have.
const TELLING: usize = 16;
/// Rows of a reason that are shown folded.
const REASON_ROWS: usize = 3;
/// Tools whose output tells the person little: folded, its size is enough.
const QUIET: [&str; 8] =
    ["read_file", "write_file", "patch", "skill_manage", "skill_view", "skills_list", "todo", "memory"];
/// Tools that run commands: how the output begins and ends matters.
const COMMANDS: [&str; 3] = ["terminal", "execute_code", "process"];

/// The lines of one call, in `cells` cells, without the gutter.
pub(super) fn lines(tool: &ToolCall, cells: usize, unfolded: bool, paper: &Paper<'_>) -> Vec<Line<'static>> {
    let theme = paper.theme;
    let diff = tool.diff.as_ref().map(|diff| diff::parse(diff.raw()));
    let (first, told_of) = top(tool, diff.as_ref(), cells, paper);
    let mut out = vec![first];
    out.extend(reason(tool, cells, unfolded, theme));
    if unfolded {
        let shown = told_of.as_ref().and_then(|told_of| told_of.whole);
        out.extend(args::all(tool, shown, diff.is_some(), cells, theme));
    }
    if let Some(diff) = &diff {
        let named = told_of.is_some_and(|told_of| told_of.path);
        out.extend(change::lines(diff, named, cells, unfolded, paper));
    }
    let output = output::Output { text: tool.output.raw(), whole: tool.output_len, cells, paper };
    let runs = COMMANDS.contains(&tool.name.raw());
    let failed = matches!(tool.state, ToolState::Failed(_));
    let same = told(&tool.state).is_some_and(|told| told == tool.output.raw().trim());
    if same || tool.output.raw().trim().is_empty() {
        return out;
    }
    if unfolded {
        let fields = (!runs).then(|| args::object(tool.output.raw())).flatten();
        out.extend(fields.map_or_else(|| output.all(), |fields| args::listing(&fields, cells, theme)));
    } else if matches!(tool.state, ToolState::Blocked(_)) || diff.is_some() && !failed {
    } else if runs {
        out.extend(output.ends(if failed { Folded::FAILED } else { Folded::DONE }));
    } else if failed || !QUIET.contains(&tool.name.raw()) {
        out.extend(output.first());
    }
    out
}

/// The line that says what ran and how it went.
pub(super) fn head(tool: &ToolCall, cells: usize, paper: &Paper<'_>) -> Line<'static> {
    let diff = tool.diff.as_ref().map(|diff| diff::parse(diff.raw()));
    top(tool, diff.as_ref(), cells, paper).0
}

fn top(
    tool: &ToolCall,
    diff: Option<&Diff<'_>>,
    cells: usize,
    paper: &Paper<'_>,
) -> (Line<'static>, Option<Telling>) {
    let theme = paper.theme;
    let (glyph, style) = match tool.state {
        ToolState::Running => ("◐", theme.warn),
        ToolState::Done => ("✓", theme.good),
        ToolState::Failed(_) => ("✗", theme.bad),
        ToolState::Blocked(_) => ("⊘", theme.bad),
        ToolState::Unknown => ("?", theme.dim),
    };
    let name = text::label(tool.name.raw(), cells / 2);
    let mut spans = vec![Span::styled(format!("{glyph} "), style), Span::styled(name, theme.strong)];
    let wide = |spans: &[Span<'_>]| spans.iter().map(|span| width::of(&span.content)).sum::<usize>();
    let mut tail = tail(tool, diff, cells, paper);
    let room = |tail: &[Span<'_>]| cells.saturating_sub(wide(&spans) + wide(tail) + 2);
    if room(&tail) < TELLING && tool.state == ToolState::Done && tool.millis.is_some() {
        // What was done says more than how long it took.
        tail.truncate(tail.len().saturating_sub(2));
    }
    let room = room(&tail);
    let telling = (room > 4).then(|| args::telling(tool, room)).flatten();
    spans.extend(telling.iter().map(|telling| Span::raw(format!("  {}", telling.text))));
    spans.extend(tail);
    (wrap::clip(&Line::from(spans), cells), telling)
}

/// How it went, behind what ran.
fn tail(tool: &ToolCall, diff: Option<&Diff<'_>>, cells: usize, paper: &Paper<'_>) -> Vec<Span<'static>> {
    let theme = paper.theme;
    let mut said: Vec<Vec<Span<'static>>> = Vec::new();
    if let Some(why) = short(&tool.state, cells) {
        said.push(vec![Span::styled(why, theme.bad)]);
    }
    if let Some(diff) = diff {
        said.push(change::counts(diff.added, diff.removed, theme));
    } else if tool.state == ToolState::Done && QUIET.contains(&tool.name.raw()) && tool.name.raw() != "todo" {
        said.extend(output::size(tool.output.raw()).map(|size| vec![Span::styled(size, theme.dim)]));
    }
    let time = match (&tool.state, tool.millis) {
        (ToolState::Running, _) => Some(marks::clock(paper.now.since(tool.started))),
        (ToolState::Unknown, _) => Some("no result came".to_owned()),
        (ToolState::Blocked(_), _) => Some("not run".to_owned()),
        (_, millis) => millis.map(marks::took),
    };
    said.extend(time.map(|time| vec![Span::styled(time, theme.dim)]));
    let mut out = Vec::new();
    said.retain(|spans| !spans.is_empty());
    for (n, spans) in said.into_iter().enumerate() {
        out.push(Span::styled(if n == 0 { "  " } else { " · " }, theme.dim));
        out.extend(spans);
    }
    out
}

/// Why a call failed or did not run, where that is known.
fn told(state: &ToolState) -> Option<&str> {
    match state {
        ToolState::Failed(why) | ToolState::Blocked(why) => {
            Some(why.raw().trim()).filter(|why| !why.is_empty())
        }
        ToolState::Running | ToolState::Done | ToolState::Unknown => None,
    }
}

/// A reason that fits beside what ran.
fn short(state: &ToolState, cells: usize) -> Option<String> {
    let why = told(state).filter(|why| why.len() < 24 && why.len() * 3 < cells && !why.contains('\n'));
    why.filter(|_| matches!(state, ToolState::Failed(_))).map(|why| text::label(why, cells))
}

/// A reason that wants rows of its own.
fn reason(tool: &ToolCall, cells: usize, unfolded: bool, theme: &Theme) -> Vec<Line<'static>> {
    let Some(why) = told(&tool.state).filter(|_| short(&tool.state, cells).is_none()) else {
        return Vec::new();
    };
    let mut why = why;
    if let (ToolState::Blocked(_), false) = (&tool.state, unfolded) {
        // What follows the first sentence is said to the model.
        why = why.split_inclusive(". ").next().unwrap_or(why).trim_end();
    }
    let drawn = text::drawable(why, Mode::Prose);
    let mut rows: Vec<_> =
        drawn.lines().flat_map(|line| block(&Line::raw(line.to_owned()), cells, theme.bad)).collect();
    if !unfolded && rows.len() > REASON_ROWS {
        rows.truncate(REASON_ROWS);
        if let Some(last) = rows.last_mut().and_then(|row| row.spans.last_mut()) {
            last.content.to_mut().push('…');
        }
    }
    for (n, row) in rows.iter_mut().enumerate() {
        row.spans.insert(0, Span::styled(if n == 0 { KNEE } else { "    " }, theme.rule));
    }
    rows
}

/// A line wrapped to the room behind a bar, in `style`.
fn block(line: &Line<'_>, cells: usize, style: Style) -> Vec<Line<'static>> {
    let rows = wrap::wrap(line, cells.saturating_sub(INDENT).max(1), 0);
    rows.into_iter().map(|row| row.style(style)).collect()
}

/// A row behind the bar.
fn behind(mut row: Line<'static>, theme: &Theme) -> Line<'static> {
    row.spans.insert(0, Span::styled(BAR, theme.rule));
    row
}

/// The row behind `mark` that says how much is left out, and which key shows it.
fn left_out(mark: &'static str, what: &str, paper: &Paper<'_>, cells: usize) -> Line<'static> {
    let key = paper.key.map(|key| format!(" · {key}")).unwrap_or_default();
    let mut row =
        wrap::clip(&Line::styled(format!("… {what}{key}"), paper.theme.dim), cells.saturating_sub(INDENT));
    row.spans.insert(0, Span::styled(mark, paper.theme.rule));
    row
}

#[cfg(test)]
#[path = "tool_tests.rs"]
mod tests;

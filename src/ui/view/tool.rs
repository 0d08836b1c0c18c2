//! A tool call's lines: what ran, how it went, its diff, its output when unfolded.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::marks;
use super::message::Paper;
use crate::base::clock::Tick;
use crate::base::text::{self, Mode, width};
use crate::model::tool::{ToolCall, ToolState};
use crate::ui::render::wrap;
use crate::ui::theme::Theme;

/// Lines of a diff that are shown folded.
const DIFF_LINES: usize = 12;
/// Lines of output or diff that are shown unfolded; the whole of it is in Hermes' own database.
const MOST_LINES: usize = 400;

/// The lines of one call, in `cells` cells, without the gutter.
pub(super) fn lines(tool: &ToolCall, cells: usize, unfolded: bool, paper: &Paper<'_>) -> Vec<Line<'static>> {
    let theme = paper.theme;
    let mut out = vec![head(tool, cells, theme, paper.now)];
    if let ToolState::Failed(reason) | ToolState::Blocked(reason) = &tool.state
        && !reason.is_empty()
    {
        let line = Line::styled(format!("  {}", text::label(reason.raw(), cells * 2)), theme.bad);
        out.extend(wrap::wrap(&line, cells, 2));
    }
    if let Some(diff) = &tool.diff {
        let most = if unfolded { MOST_LINES } else { DIFF_LINES };
        out.extend(block(diff.raw(), cells, most, theme, |line| diff_style(line, theme)));
    }
    if unfolded {
        if !tool.args.is_empty() {
            out.extend(block(tool.args.raw(), cells, MOST_LINES, theme, |_| theme.dim));
        }
        if !tool.output.is_empty() && tool.diff.is_none() {
            out.extend(block(tool.output.raw(), cells, MOST_LINES, theme, |_| theme.text));
        }
    } else if tool.diff.is_none() && !matches!(tool.state, ToolState::Failed(_) | ToolState::Blocked(_)) {
        out.extend(summary(tool, cells, theme));
    }
    out
}

/// The line that says what ran and how it went.
pub(super) fn head(tool: &ToolCall, cells: usize, theme: &Theme, now: Tick) -> Line<'static> {
    let (glyph, style) = match tool.state {
        ToolState::Running => ("◐", theme.warn),
        ToolState::Done => ("✓", theme.good),
        ToolState::Failed(_) => ("✗", theme.bad),
        ToolState::Blocked(_) => ("⊘", theme.bad),
        ToolState::Unknown => ("?", theme.dim),
    };
    let tail = match (&tool.state, tool.millis) {
        (ToolState::Running, _) => format!("  {}", marks::clock(now.since(tool.started))),
        (ToolState::Unknown, _) => "  no result came".to_owned(),
        (ToolState::Blocked(_), _) => "  not run".to_owned(),
        (_, Some(ms)) => format!("  {}", marks::took(ms)),
        (_, None) => String::new(),
    };
    let name = text::label(tool.name.raw(), cells / 2);
    let room = cells.saturating_sub(width::of(&name) + width::of(&tail) + 4);
    let mut spans = vec![Span::styled(format!("{glyph} "), style), Span::styled(name, theme.strong)];
    if !tool.context.is_empty() && room > 4 {
        spans.push(Span::raw(format!("  {}", text::label(tool.context.raw(), room))));
    }
    spans.push(Span::styled(tail, theme.dim));
    wrap::clip(&Line::from(spans), cells)
}

/// The output in one line: its first one, and how many more there are.
fn summary(tool: &ToolCall, cells: usize, theme: &Theme) -> Option<Line<'static>> {
    let plain = text::without_colour(tool.output.raw());
    let mut lines = plain.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next()?;
    let more = match lines.count() {
        0 => String::new(),
        1 => "  +1 line".to_owned(),
        more => format!("  +{more} lines"),
    };
    let room = cells.saturating_sub(4 + width::of(&more));
    Some(Line::styled(format!("  └ {}{more}", text::label(first.trim(), room)), theme.dim))
}

/// Lines of foreign text behind a bar of ours.
fn block(
    source: &str,
    cells: usize,
    most: usize,
    theme: &Theme,
    style: impl Fn(&str) -> Style,
) -> Vec<Line<'static>> {
    let plain = text::without_colour(source);
    let total = plain.lines().count();
    let mut out = Vec::new();
    for line in plain.lines().take(most) {
        let style = style(line);
        let drawn = Line::styled(text::drawable(line, Mode::Prose), style);
        for mut row in wrap::wrap(&drawn, cells.saturating_sub(4).max(1), 0) {
            row.style = style;
            row.spans.insert(0, Span::styled("  │ ", theme.rule));
            out.push(row);
        }
    }
    if total > most {
        out.push(Line::styled(format!("  └ {} more lines", total - most), theme.dim));
    }
    out
}

fn diff_style(line: &str, theme: &Theme) -> Style {
    match line.as_bytes().first() {
        Some(b'+') if !line.starts_with("+++") => theme.good,
        Some(b'-') if !line.starts_with("---") => theme.bad,
        Some(b'@') => theme.chip,
        _ => theme.dim,
    }
}

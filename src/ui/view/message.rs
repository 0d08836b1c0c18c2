//! One message as lines. Every foreign line stands behind a gutter of two cells that only hermux writes (SEC-10).

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{marks, prose, tool};
use crate::base::text::{self, Mode};
use crate::model::message::{Level, Message, MessageState, Part, Role};
use crate::ui::render::wrap;
use crate::ui::state::lines::Look;
use crate::ui::theme::Theme;

/// Cells of the gutter.
const GUTTER: usize = 2;
/// On wide screens lines stay readable.
const WIDEST: usize = 120;

/// The lines of `message`, the blank one above it included. `accent`: of the session's profile.
pub(super) fn lines(message: &Message, look: Look, accent: Style, theme: &Theme) -> Vec<Line<'static>> {
    let cells = usize::from(look.width).saturating_sub(GUTTER + 1).clamp(1, WIDEST);
    let mut body: Vec<Line<'static>> = Vec::new();
    let mut after_tool = false;
    for part in &message.parts {
        let rows = part_lines(part, message, cells, look.unfolded, theme);
        if rows.is_empty() {
            continue;
        }
        let is_tool = matches!(part, Part::Tool(_));
        if !(body.is_empty() || is_tool && after_tool) {
            body.push(Line::default());
        }
        after_tool = is_tool;
        body.extend(rows);
    }
    body.extend(state_line(message, theme).map(|line| wrap::clip(&line, cells)));
    let (bar, style) = match (look.chosen, message.role) {
        (true, _) => ("┃ ", accent),
        (false, Role::User) => ("▌ ", accent),
        (false, Role::System) => ("· ", theme.dim),
        (false, Role::Assistant) => ("  ", theme.text),
    };
    let mut out = vec![Line::default()];
    for mut row in body {
        row.spans.insert(0, Span::styled(bar, style));
        out.push(row);
    }
    out
}

fn part_lines(
    part: &Part,
    message: &Message,
    cells: usize,
    unfolded: bool,
    theme: &Theme,
) -> Vec<Line<'static>> {
    match part {
        Part::Text(source) if message.role == Role::Assistant => prose::lines(source.raw(), cells, theme),
        Part::Text(source) => {
            let style = if message.role == Role::System { theme.dim } else { theme.text };
            plain(source.raw(), cells, style)
        }
        Part::Reasoning { text: thought, started, ended } => {
            let head = match ended {
                None => "∴ thinking".to_owned(),
                Some(ended) if ended == started => "∴ thought".to_owned(),
                Some(ended) => format!("∴ thought for {}", marks::took(ended.since(*started))),
            };
            let mut rows = vec![Line::styled(head, theme.dim)];
            if unfolded {
                rows.extend(plain(thought.raw().trim(), cells, theme.thought));
            }
            rows
        }
        Part::Tool(call) => tool::lines(call, cells, unfolded, theme),
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

fn plain(source: &str, cells: usize, style: Style) -> Vec<Line<'static>> {
    let drawn = text::drawable(source, Mode::Prose);
    let rows = drawn.lines().flat_map(|line| wrap::wrap(&Line::raw(line.to_owned()), cells, 0));
    rows.map(|row| row.style(style)).collect()
}

/// What is to be said of a message's own fate.
fn state_line(message: &Message, theme: &Theme) -> Option<Line<'static>> {
    Some(match &message.state {
        MessageState::Sending => Line::styled("↑ sending", theme.dim),
        MessageState::Refused(why) => {
            Line::styled(format!("✗ not sent: {}", text::label(why.raw(), 200)), theme.bad)
        }
        MessageState::Uncertain => Line::styled(
            "~ may not have arrived: in the transcript, s sends it again, d drops it",
            theme.warn,
        ),
        MessageState::Interrupted => Line::styled("◍ interrupted", theme.warn),
        MessageState::Streaming | MessageState::Done | MessageState::Failed => return None,
    })
}

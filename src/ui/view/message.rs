//! One message as lines. Every foreign line stands behind a gutter of two cells that only hermux writes (SEC-10).

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{marks, prose, tool};
use crate::base::text::{self, Mode};
use crate::model::message::{Level, Message, MessageState, Part, Role};
use crate::ui::render::wrap;
use crate::ui::state::lines::{Laid, Look, Stream};
use crate::ui::theme::Theme;

/// Cells of the gutter.
const GUTTER: usize = 2;
/// On wide screens lines stay readable.
const WIDEST: usize = 120;

/// Lays `message` out, the blank line above it included. `accent`: of the session's profile.
pub(super) fn lay_out(message: &Message, look: Look, accent: Style, theme: &Theme) -> Laid {
    let cells = cells(look);
    let gutter = gutter(message, look, accent, theme);
    let growing = growing(message);
    let mut rows = vec![Line::default()];
    let mut after_tool = false;
    for (n, part) in message.parts.iter().enumerate() {
        if growing == Some(n) {
            if rows.len() > 1 {
                rows.push(behind(&gutter, Line::default()));
            }
            let mut stream = Stream { part: n, bytes: 0, rows: rows.len(), code: false };
            grow(message, look, accent, theme, &mut rows, &mut stream);
            return Laid { rows, stream: Some(stream) };
        }
        let lines = part_lines(part, message, cells, look.unfolded, theme);
        if lines.is_empty() {
            continue;
        }
        let is_tool = matches!(part, Part::Tool(_));
        if !(rows.len() == 1 || is_tool && after_tool) {
            rows.push(behind(&gutter, Line::default()));
        }
        after_tool = is_tool;
        rows.extend(lines.into_iter().map(|line| behind(&gutter, line)));
    }
    rows.extend(state_line(message, theme).map(|line| behind(&gutter, wrap::clip(&line, cells))));
    Laid { rows, stream: None }
}

/// The part at the end of a message that streams.
fn growing(message: &Message) -> Option<usize> {
    let last = message.parts.len().checked_sub(1)?;
    let text = matches!(message.parts.get(last), Some(Part::Text(text)) if !text.raw().trim().is_empty());
    let streams = message.role == Role::Assistant && message.state == MessageState::Streaming;
    (text && streams).then_some(last)
}

/// Lays out what came since: `rows` holds the final ones.
pub(super) fn grow(
    message: &Message,
    look: Look,
    accent: Style,
    theme: &Theme,
    rows: &mut Vec<Line<'static>>,
    stream: &mut Stream,
) {
    let Some(Part::Text(source)) = message.parts.get(stream.part) else { return };
    let gutter = gutter(message, look, accent, theme);
    let cells = cells(look);
    let rest = source.raw().trim_end().get(stream.bytes..).unwrap_or_default();
    // A line is final once another one with text follows: blank ones at the end are not shown.
    let (done, open) = rest.split_at(rest.rfind('\n').map_or(0, |at| at + 1));
    for line in done.split_terminator('\n') {
        rows.extend(
            prose::rows(line, &mut stream.code, cells, theme).into_iter().map(|row| behind(&gutter, row)),
        );
    }
    stream.bytes += done.len();
    stream.rows = rows.len();
    let mut code = stream.code;
    rows.extend(prose::rows(open, &mut code, cells, theme).into_iter().map(|row| behind(&gutter, row)));
}

fn cells(look: Look) -> usize {
    usize::from(look.width).saturating_sub(GUTTER + 1).clamp(1, WIDEST)
}

fn gutter(message: &Message, look: Look, accent: Style, theme: &Theme) -> Span<'static> {
    match (look.chosen, message.role) {
        (true, _) => Span::styled("┃ ", accent),
        (false, Role::User) => Span::styled("▌ ", accent),
        (false, Role::System) => Span::styled("· ", theme.dim),
        (false, Role::Assistant) => Span::styled("  ", theme.text),
    }
}

fn behind(gutter: &Span<'static>, mut line: Line<'static>) -> Line<'static> {
    line.spans.insert(0, gutter.clone());
    line
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::ids::MessageId;

    fn message(text: &str) -> Message {
        Message::text(MessageId(1), Role::Assistant, text, MessageState::Streaming)
    }

    proptest::proptest! {
        /// However a text streams in, its rows are those of the text laid out at once.
        #[test]
        fn a_stream_is_laid_out_as_the_whole(pieces in proptest::collection::vec("[a-c `#*\n-]{0,6}|```|\n\n|漢", 1..30)) {
            let look = Look { width: 12, unfolded: false, chosen: false };
            let (theme, accent) = (Theme::ansi(), Style::new());
            let mut text = format!("x{}", pieces.first().map_or("", String::as_str));
            let mut laid = lay_out(&message(&text), look, accent, &theme);
            for piece in pieces.iter().skip(1) {
                text.push_str(piece);
                let mut stream = laid.stream.unwrap();
                laid.rows.truncate(stream.rows);
                grow(&message(&text), look, accent, &theme, &mut laid.rows, &mut stream);
                laid.stream = Some(stream);
                let whole = lay_out(&message(&text), look, accent, &theme);
                proptest::prop_assert_eq!(&laid.rows, &whole.rows);
                let done = Message { state: MessageState::Done, ..message(&text) };
                proptest::prop_assert_eq!(&laid.rows, &lay_out(&done, look, accent, &theme).rows);
            }
        }
    }

    #[test]
    fn a_delta_costs_its_last_line() {
        let look = Look { width: 40, unfolded: false, chosen: false };
        let text = "line\n".repeat(10_000) + "end";
        let laid = lay_out(&message(&text), look, Style::new(), &Theme::ansi());
        let stream = laid.stream.unwrap();
        assert_eq!((stream.bytes, stream.rows), (50_000, 10_001));
    }
}

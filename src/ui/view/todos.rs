//! The todo list of a session, while it is worked on: one line, or all of it.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::base::text::{self, width};
use crate::model::tool::{Todo, TodoState};
use crate::ui::theme::Theme;

/// At most `rows` lines of `cells` cells. `open`: all of the list as far as there is room. `key`: what folds and unfolds it.
pub(super) fn lines(
    todos: &[Todo],
    open: bool,
    (cells, rows): (usize, usize),
    key: Option<&str>,
    theme: &Theme,
) -> Vec<Line<'static>> {
    if todos.is_empty() || rows == 0 {
        return Vec::new();
    }
    let open = open && rows >= 3;
    let mut out = vec![head(todos, open, cells, key, theme)];
    if !open {
        return out;
    }
    let room = rows - 1;
    let (from, until) = if todos.len() <= room { (0, todos.len()) } else { window(todos, room - 1) };
    out.extend(todos.iter().skip(from).take(until - from).map(|todo| row(todo, cells, theme)));
    let (before, after) = (from, todos.len() - until);
    if before + after > 0 {
        let words = match (before, after) {
            (0, after) => format!("    … {after} more"),
            (before, 0) => format!("    … {before} before"),
            (before, after) => format!("    … {before} before, {after} more"),
        };
        out.push(Line::styled(words, theme.dim));
    }
    out
}

/// How far the list is, in a few cells.
pub(super) fn count(todos: &[Todo]) -> String {
    format!("todo {}/{}", todos.iter().filter(|todo| todo.is_over()).count(), todos.len())
}

/// Which `room` entries are shown of a longer list: what is being done, and where there is room what was done before it.
fn window(todos: &[Todo], room: usize) -> (usize, usize) {
    let now = current(todos).map_or(0, |(at, _)| at);
    let from = now.saturating_sub(usize::from(room > 2)).min(todos.len() - room);
    (from, from + room)
}

/// What is being done, else what comes next.
fn current(todos: &[Todo]) -> Option<(usize, &Todo)> {
    let of = |state| todos.iter().enumerate().find(move |(_, todo)| todo.state == state);
    of(TodoState::InProgress).or_else(|| of(TodoState::Pending))
}

fn head(todos: &[Todo], open: bool, cells: usize, key: Option<&str>, theme: &Theme) -> Line<'static> {
    let count = count(todos);
    let hint = key
        .filter(|_| cells >= 60)
        .map(|key| format!("  {key} {}", if open { "folds" } else { "shows all" }));
    let hint = hint.unwrap_or_default();
    let mut line = Line::from(Span::styled(count, theme.strong));
    if !open {
        line.spans.push(Span::raw("  "));
    }
    match current(todos).filter(|_| !open) {
        Some((_, todo)) => {
            let (mark, style, _) = look(todo.state, theme);
            let room = cells.saturating_sub(line.width() + 3 + width::of(&hint));
            line.spans.push(Span::styled(format!("{mark} "), style));
            line.spans.push(Span::styled(text::label(todo.content.raw(), room), theme.text));
        }
        None if todos.iter().all(Todo::is_over) => line.spans.push(Span::styled("✓ all done", theme.good)),
        None => {}
    }
    line.spans.push(Span::styled(hint, theme.dim));
    line
}

fn row(todo: &Todo, cells: usize, theme: &Theme) -> Line<'static> {
    let (mark, style, words) = look(todo.state, theme);
    Line::from(vec![
        Span::styled(format!("  {mark} "), style),
        Span::styled(text::label(todo.content.raw(), cells.saturating_sub(5)), words),
    ])
}

/// Its mark, the mark's style and that of its words.
fn look(state: TodoState, theme: &Theme) -> (&'static str, Style, Style) {
    match state {
        TodoState::Pending => ("○", theme.dim, theme.text),
        TodoState::InProgress => ("▸", theme.needs, theme.strong),
        TodoState::Completed => ("✓", theme.good, theme.dim),
        TodoState::Cancelled => ("–", theme.dim, theme.dim.add_modifier(Modifier::CROSSED_OUT)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(states: &str) -> Vec<Todo> {
        let todo = |(at, state): (usize, char)| Todo {
            content: format!("step {at}").into(),
            state: match state {
                'x' => TodoState::Completed,
                '>' => TodoState::InProgress,
                '-' => TodoState::Cancelled,
                _ => TodoState::Pending,
            },
        };
        states.chars().enumerate().map(todo).collect()
    }

    fn drawn(states: &str, open: bool, rows: usize) -> Vec<String> {
        lines(&list(states), open, (40, rows), None, &Theme::ansi()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn one_line_counts_and_names_what_is_being_done() {
        assert_eq!(drawn("xx>. -", false, 9), ["todo 3/6  ▸ step 2"]);
        assert_eq!(drawn("x..", false, 9), ["todo 1/3  ○ step 1"], "else what comes next");
        assert_eq!(drawn("x-", false, 9), ["todo 2/2  ✓ all done"]);
        assert_eq!(drawn("", false, 9), Vec::<String>::new());
    }

    #[test]
    fn an_open_list_shows_what_is_being_done_whatever_room_there_is() {
        let states = "xxxxxx>...";
        for rows in 3..=12 {
            let drawn = drawn(states, true, rows);
            assert!(drawn.len() <= rows, "{drawn:?}");
            assert!(drawn.iter().any(|row| row.contains("▸ step 6")), "{rows}: {drawn:?}");
        }
        assert_eq!(drawn(states, true, 2), drawn(states, false, 2), "too little room for a list");
        assert_eq!(drawn(states, true, 5).last().unwrap(), "    … 5 before, 2 more");
    }

    proptest::proptest! {
        #[test]
        fn never_more_rows_than_there_are(states in "[x>. -]{0,20}", open: bool, rows in 0_usize..30) {
            proptest::prop_assert!(drawn(&states, open, rows).len() <= rows);
        }
    }
}

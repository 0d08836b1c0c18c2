//! What stands in a card, by the kind of its prompt.

use ratatui::text::{Line, Span};

use super::{Card, Content};
use crate::base::text::{self, Mode, Untrusted, inspect};
use crate::model::prompt::{PromptKind, PromptState};
use crate::ui::render::wrap;
use crate::ui::state::pane::Wide;

/// Cells of the class of danger that a wide permission covers.
const CLASS: usize = 240;

pub(super) fn content(card: &Card<'_>, cells: usize) -> Content {
    match &card.prompt.state {
        PromptState::Expired => return over(card, cells, &expired(&card.prompt.kind)),
        PromptState::Withdrawn(why) => {
            let why =
                if why.is_empty() { String::new() } else { format!(": {}", text::label(why.raw(), 160)) };
            return over(card, cells, &format!("The agent no longer asks{why}. Nothing was answered."));
        }
        PromptState::Open | PromptState::Answering | PromptState::Unanswered(_) => {}
    }
    match &card.prompt.kind {
        PromptKind::Approval { command, description, pattern, .. } => {
            approval(card, cells, command, description, pattern)
        }
        PromptKind::Clarify { question, choices } => clarify(card, cells, question, choices),
        PromptKind::Sudo => {
            let words = Line::raw("A command of this session needs your password for sudo.");
            secret(card, wrap::wrap(&words, cells, 0), cells)
        }
        PromptKind::Secret { prompt, env_var, skill, help } => {
            let mut rows = card.payload(prompt.raw(), cells);
            for (name, value) in [("variable", env_var), ("skill", skill), ("help", help)] {
                rows.extend((!value.is_empty()).then(|| fact(card, name, value, cells)));
            }
            secret(card, rows, cells)
        }
        PromptKind::TerminalRead { start, count } => {
            let which = match (start, count) {
                (Some(start), Some(count)) => format!(" ({count} lines from {start})"),
                (None, Some(count)) => format!(" ({count} lines)"),
                _ => String::new(),
            };
            let line =
                Line::raw(format!("The agent wants to read your terminal{which}. hermux shows it none."));
            Content { payload: wrap::wrap(&line, cells, 0), tail: Vec::new(), caret: None }
        }
        PromptKind::Unknown { method, summary } => {
            let mut payload = card.payload(summary.raw(), cells);
            payload.insert(0, fact(card, "request", method, cells));
            let tail =
                Line::styled("A newer Hermes asks this. hermux cannot answer it yet.", card.theme.warn);
            Content { payload, tail: wrap::wrap(&tail, cells, 0), caret: None }
        }
    }
}

fn over(card: &Card<'_>, cells: usize, words: &str) -> Content {
    let rows = wrap::wrap(&Line::styled(words.to_owned(), card.theme.warn), cells, 0);
    Content {
        payload: Vec::new(),
        tail: rows.into_iter().map(|row| row.style(card.theme.warn)).collect(),
        caret: None,
    }
}

/// Said plainly, and what follows from it.
fn expired(kind: &PromptKind) -> String {
    match kind {
        PromptKind::Approval { .. } => {
            "This approval ran out of time and was not given: the command did not run. Ask the agent again, or raise \
             approvals.timeout in the profile's config.yaml."
                .into()
        }
        PromptKind::Clarify { .. } => "This question ran out of time; the agent went on without an answer.".into(),
        _ => "This request ran out of time; nothing was handed over.".into(),
    }
}

fn approval(
    card: &Card<'_>,
    cells: usize,
    command: &Untrusted,
    description: &Untrusted,
    pattern: &Untrusted,
) -> Content {
    let theme = card.theme;
    let mut tail = Vec::new();
    if !description.is_empty() {
        let line = Line::styled(text::drawable(description.raw(), Mode::Label), theme.warn);
        tail.extend(wrap::wrap(&line, cells, 0).into_iter().take(3));
    }
    let odd = inspect::oddities(command.raw());
    let lines = command.raw().lines().count();
    let size = format!("{lines} {}, {} bytes", if lines == 1 { "line" } else { "lines" }, command.len());
    let mut facts = vec![Span::styled(size, theme.dim)];
    if !odd.is_empty() {
        let words: Vec<&str> = odd.into_iter().map(inspect::Oddity::text).collect();
        facts.push(Span::styled(format!("  ⚠ {}", words.join(", ")), theme.bad));
    }
    tail.extend(wrap::wrap(&Line::from(facts), cells, 2));
    if let Some(wide) = card.view.confirm {
        let scope = match wide {
            Wide::Session => "for this session",
            Wide::Always => "from now on, in every session of this profile",
        };
        // Short enough that the sentence is read from its beginning.
        let class = text::label(pattern.raw(), CLASS);
        let line = Line::styled(format!("Allow everything of this kind {scope}: {class}"), theme.needs);
        tail.extend(wrap::wrap(&line, cells, 0));
    }
    Content { payload: card.payload(command.raw(), cells), tail, caret: None }
}

fn clarify(card: &Card<'_>, cells: usize, question: &Untrusted, choices: &[Untrusted]) -> Content {
    let mut payload = card.payload(question.raw(), cells);
    if choices.is_empty() {
        let (row, column) = card.answer_row(cells);
        return Content { payload, tail: vec![Line::default(), row], caret: Some(column) };
    }
    payload.push(Line::default());
    for (n, choice) in choices.iter().enumerate() {
        let drawn = text::drawable(choice.raw(), Mode::Label);
        let line = Line::from(vec![Span::styled(format!("{} ", n + 1), card.theme.key), Span::raw(drawn)]);
        payload.extend(wrap::wrap(&line, cells, 2));
    }
    if card.view.own {
        let (row, column) = card.answer_row(cells);
        return Content { payload, tail: vec![row], caret: Some(column) };
    }
    Content { payload, tail: Vec::new(), caret: None }
}

fn secret(card: &Card<'_>, payload: Vec<Line<'static>>, cells: usize) -> Content {
    let dots = card.secret_chars.min(cells.saturating_sub(4));
    let row = Line::from(vec![Span::styled("› ", card.theme.key), Span::raw("•".repeat(dots))]);
    let note = Line::styled("It is handed over once and kept nowhere in hermux.", card.theme.dim);
    let mut tail = wrap::wrap(&note, cells, 0);
    tail.push(row);
    Content { payload, tail, caret: Some(dots + 2) }
}

fn fact(card: &Card<'_>, name: &str, value: &Untrusted, cells: usize) -> Line<'static> {
    Line::from(vec![
        Span::styled(format!("{name}: "), card.theme.dim),
        Span::raw(text::label(value.raw(), cells.saturating_sub(name.len() + 2))),
    ])
}

//! A form as a box in the middle: labels at the left, what stands in each field beside them, what is wrong under the field that it is about.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layer::{foot, middle};
use super::{Boxed, Over, field, motion};
use crate::base::clock::Tick;
use crate::base::text::width;
use crate::model::world::World;
use crate::ui::intent::Intent;
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::render::wrap;
use crate::ui::state::Hit;
use crate::ui::state::form::{Field, Form, NAME, Value};
use crate::ui::theme::Theme;

/// Cells of the labels.
const LABEL: usize = 11;
/// Rows of a text at most.
const ROWS: usize = 3;

/// What is drawn of a form before it is fitted into its box.
#[derive(Default)]
struct Drawn {
    rows: Vec<Line<'static>>,
    hits: Vec<(usize, usize, usize, Hit)>,
    caret: Option<(usize, usize)>,
    /// The row of the field that has the keys.
    focus: usize,
}

pub(super) fn boxed(
    form: &Form,
    world: &World,
    keymap: &Keymap,
    size: (u16, u16),
    (theme, now): (&Theme, Tick),
) -> Over {
    let cells = usize::from(size.0).saturating_sub(8).clamp(1, 68);
    let mut drawn = Drawn::default();
    // It is said once: under the field that it is about, else at the end.
    let mut error = form.error.as_ref();
    for (n, of) in form.fields.iter().enumerate() {
        drawn.field(form, (n, of), cells, theme);
        if n == NAME && form.names() && !form.line(NAME).is_empty() {
            let taken = world.profiles.iter().map(|profile| &profile.name);
            if let Err(wrong) = form.name(taken) {
                let refused = error.take_if(|error| **error == wrong).is_some();
                drawn.said(&wrong, if refused { theme.bad } else { theme.warn }, cells, LABEL);
            }
        }
    }
    drawn.rows.push(Line::default());
    for note in &form.notes {
        drawn.said(note, theme.dim, cells, 0);
    }
    match (error, form.busy) {
        (_, Some(_)) => {
            let words = format!("{} working …", motion::spinner(theme, now));
            drawn.rows.push(Line::styled(words, theme.warn));
        }
        (Some(error), None) => drawn.said(&format!("✗ {error}"), theme.bad, cells, 0),
        (None, None) => {}
    }
    drawn.buttons(form, theme);
    let high = u16::try_from(drawn.rows.len() + 2).unwrap_or(u16::MAX);
    let area = middle(size, u16::try_from(cells + 4).unwrap_or(u16::MAX), high);
    let room = usize::from(area.height).saturating_sub(2);
    // The field that has the keys is on the screen, then the end with what is wrong.
    let skip = drawn.rows.len().saturating_sub(room).min(drawn.focus);
    let place =
        |row: usize| u16::try_from(row.checked_sub(skip)?).ok().filter(|row| usize::from(*row) < room);
    let hit = |(row, x, wide, hit): &(usize, usize, usize, Hit)| {
        let x = area.x + 2 + u16::try_from(*x).ok()?;
        let rect = Rect::new(x, area.y + 1 + place(*row)?, u16::try_from(*wide).ok()?, 1);
        Some((rect.intersection(area), hit.clone()))
    };
    let says = [
        (Scope::Form, Intent::Accept, form.does),
        (Scope::Form, Intent::FocusNext, "next field"),
        (Scope::Form, Intent::Back, "cancels"),
    ];
    let boxed = Boxed {
        title: Line::styled(format!(" {} ", form.title), theme.strong),
        corner: Line::default(),
        foot: foot(keymap, &says, theme),
        caret: drawn.caret.and_then(|(x, row)| Some((x, usize::from(place(row)?)))),
        rows: drawn.rows.into_iter().skip(skip).collect(),
        border: theme.key,
    };
    let hits = drawn.hits.iter().filter_map(hit).collect();
    Over { area, boxed, hits }
}

impl Drawn {
    fn field(&mut self, form: &Form, (n, of): (usize, &Field), cells: usize, theme: &Theme) {
        let focused = form.focus == n && form.busy.is_none();
        let room = cells.saturating_sub(LABEL).max(1);
        let top = self.rows.len();
        let mut rows = match &of.value {
            Value::Text(editor) => {
                let typed = field::rows(editor, room.saturating_sub(1).max(1), ROWS, theme);
                if focused {
                    self.caret = Some((LABEL + typed.caret.0, top + typed.caret.1));
                }
                if editor.is_empty() {
                    vec![Line::styled(width::truncate(of.hint, room), theme.dim)]
                } else {
                    typed.rows
                }
            }
            Value::Choice(all, at) => {
                let word = all.get(*at).map_or("", String::as_str);
                let text = width::truncate(&format!("‹ {word} ›"), room);
                let style = if form.counts(n) { theme.text } else { theme.dim };
                vec![Line::styled(text, style)]
            }
            Value::Long(text) => {
                let words = match text {
                    None => of.hint.to_owned(),
                    Some(text) => match text.lines().count() {
                        1 => "1 line".to_owned(),
                        lines => format!("{lines} lines"),
                    },
                };
                let style = if text.is_some() { theme.text } else { theme.dim };
                vec![Line::styled(width::truncate(&words, room), style)]
            }
        };
        if focused {
            self.focus = top;
            if !matches!(of.value, Value::Text(_)) {
                for row in &mut rows {
                    row.spans.iter_mut().for_each(|span| span.style = span.style.patch(theme.chosen));
                }
            }
        }
        for (row, mut line) in rows.into_iter().enumerate() {
            let label = if row == 0 { of.label } else { "" };
            let style = if focused { theme.key } else { theme.dim };
            let label = format!("{}{}", label, " ".repeat(LABEL.saturating_sub(width::of(label))));
            line.spans.insert(0, Span::styled(label, style));
            self.hits.push((self.rows.len(), 0, cells, Hit::Field(n)));
            self.rows.push(line);
        }
    }

    fn said(&mut self, text: &str, style: ratatui::style::Style, cells: usize, indent: usize) {
        let line = Line::styled(text.to_owned(), style);
        for mut row in wrap::wrap(&line, cells.saturating_sub(indent).max(1), 0) {
            row.spans.insert(0, Span::raw(" ".repeat(indent)));
            self.rows.push(row);
        }
    }

    /// For the mouse; the keys are in the lower border.
    fn buttons(&mut self, form: &Form, theme: &Theme) {
        let row = self.rows.len();
        let mut line = Line::default();
        let mut x = 0;
        for (word, style, hit) in [(form.button, theme.key, Hit::Submit), ("cancel", theme.dim, Hit::Cancel)]
        {
            let text = format!("[ {word} ]");
            let wide = width::of(&text);
            self.hits.push((row, x, wide, hit));
            x += wide + 2;
            line.spans.push(Span::styled(text, style));
            line.spans.push(Span::raw("  "));
        }
        self.rows.push(line);
    }
}

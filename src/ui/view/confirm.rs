//! A question of hermux as a box in the middle: what is at stake, then the answers, the marked one in reverse.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layer::{foot, middle};
use super::{Boxed, Over, popover};
use crate::base::text::width;
use crate::ui::intent::Intent;
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::render::wrap;
use crate::ui::state::Hit;
use crate::ui::state::confirm::{Choice, Dialog};
use crate::ui::theme::Theme;

pub(super) fn boxed(dialog: &Dialog, keymap: &Keymap, size: (u16, u16), theme: &Theme) -> Over {
    let wide = dialog.options.iter().map(|option| width::of(option.label) + 8).max().unwrap_or(1).max(24);
    let most = if dialog.place.is_some() { wide } else { 64 };
    let cells = usize::from(size.0).saturating_sub(8).clamp(1, most);
    let mut rows: Vec<Line<'static>> =
        dialog.lines.iter().flat_map(|line| wrap::wrap(&Line::raw(line.clone()), cells, 2)).collect();
    if !rows.is_empty() {
        rows.push(Line::default());
    }
    let answers = rows.len();
    let options = dialog.options.iter().enumerate();
    rows.extend(options.map(|(n, option)| answer(option, n == dialog.focus, cells, theme)));
    let high = u16::try_from(rows.len() + 2).unwrap_or(u16::MAX);
    let wide = u16::try_from(cells + 4).unwrap_or(u16::MAX);
    let area =
        dialog.place.map_or_else(|| middle(size, wide, high), |at| popover::place(at, (wide, high), size));
    // The answers must be on the screen, whatever else is not.
    let room = usize::from(area.height).saturating_sub(2);
    let skip = rows.len().saturating_sub(room);
    let hit = |n: usize| {
        let row = u16::try_from((answers + n).checked_sub(skip)?).ok()?;
        let area = Rect::new(area.x + 1, area.y + 1 + row, area.width.saturating_sub(2), 1);
        Some((area, Hit::Option(n)))
    };
    let takes = if dialog.place.is_some() { "takes it" } else { "takes the marked one" };
    let says = [(Scope::Dialog, Intent::Accept, takes), (Scope::Dialog, Intent::Back, "cancels")];
    let boxed = Boxed {
        title: Line::styled(format!(" {} ", dialog.title), theme.strong),
        corner: Line::default(),
        foot: foot(keymap, &says, theme),
        rows: rows.into_iter().skip(skip).collect(),
        border: theme.needs,
        caret: None,
    };
    Over { area, boxed, hits: (0..dialog.options.len()).filter_map(hit).collect() }
}

/// A row of an answer. The mark is a glyph, too: without colour it must be seen.
fn answer(option: &Choice, marked: bool, cells: usize, theme: &Theme) -> Line<'static> {
    let label = if option.does.is_grave() { theme.bad } else { theme.text };
    let text = format!(" {}", option.label);
    let pad = " ".repeat(cells.saturating_sub(width::of(&text) + 4));
    let mark = if marked { "› " } else { "  " };
    let mut line = Line::from(vec![
        Span::styled(mark, theme.key),
        Span::styled(format!("{} ", option.key), theme.key),
        Span::styled(text, label),
        Span::raw(pad),
    ]);
    if marked {
        line.spans.iter_mut().for_each(|span| span.style = span.style.patch(theme.chosen));
    }
    line
}

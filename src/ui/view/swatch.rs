//! The popup of colours for a profile. What is marked is worn by everything at once, until it is taken or left.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layer::foot;
use super::{Boxed, Over, badge, popover};
use crate::base::text::width;
use crate::ui::intent::Intent;
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::state::Hit;
use crate::ui::state::swatch::{self, COLUMNS, Swatch};
use crate::ui::theme::Theme;

/// Cells of one swatch.
const CELL: usize = 12;

/// `plain`: the theme without the colours that profiles were given, for what Auto looks like.
pub(super) fn boxed(
    open: &Swatch,
    keymap: &Keymap,
    size: (u16, u16),
    (theme, plain): (&Theme, &Theme),
) -> Over {
    let wide = u16::try_from(CELL * COLUMNS + 4).unwrap_or(u16::MAX);
    let mut rows = vec![Line::default()];
    let mut hits = Vec::new();
    let area = popover::place(open.at, (wide, 7), size);
    for n in swatch::places() {
        let row = n.div_ceil(COLUMNS);
        let column = n.saturating_sub(1) % COLUMNS;
        let style = swatch::colour(n)
            .map_or_else(|| plain.accent(open.profile.as_str()), |colour| theme.shown(colour.rgb()));
        let marked = n == open.selected;
        let word = format!("{} ", swatch::name(n));
        let pad = " ".repeat(CELL.saturating_sub(width::of(&word) + 4));
        let word_style = if marked { theme.text.patch(theme.chosen) } else { theme.text };
        if rows.len() <= row {
            rows.push(Line::default());
        }
        if let Some(line) = rows.last_mut() {
            line.spans.push(Span::styled(if marked { "›" } else { " " }, theme.key));
            line.spans.push(Span::styled("■■ ", style));
            line.spans.push(Span::styled(word, word_style));
            line.spans.push(Span::raw(pad));
        }
        let x = area.x + 2 + u16::try_from(column * CELL).unwrap_or(0);
        let y = area.y + 1 + u16::try_from(row).unwrap_or(0);
        hits.push((Rect::new(x, y, u16::try_from(CELL).unwrap_or(1), 1).intersection(area), Hit::Swatch(n)));
    }
    let says = [(Scope::Dialog, Intent::Accept, "takes it"), (Scope::Dialog, Intent::Back, "leaves it")];
    let title = vec![
        Span::raw(" "),
        badge::of(open.profile.as_str(), theme),
        Span::styled(format!(" {} ", open.profile), theme.accent(open.profile.as_str())),
    ];
    let boxed = Boxed {
        title: Line::from(title),
        corner: Line::default(),
        foot: foot(keymap, &says, theme),
        rows,
        border: theme.key,
        caret: None,
    };
    Over { area, boxed, hits }
}

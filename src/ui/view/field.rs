//! A text being written, as rows with a caret.

use ratatui::text::{Line, Span};

use crate::ui::state::editor::{ChipOf, Editor, Unit};
use crate::ui::theme::Theme;

/// Rows of a text, and the caret among them (column, row).
pub(super) struct Field {
    pub rows: Vec<Line<'static>>,
    pub caret: (usize, usize),
}

/// At most `most` rows of `editor` at `width` cells, those around the caret.
pub(super) fn rows(editor: &Editor, width: usize, most: usize, theme: &Theme) -> Field {
    let all = editor.rows(width);
    let (row, column) = editor.caret_at(width);
    let first = (row + 1).saturating_sub(most.max(1));
    let shown = all.into_iter().skip(first).take(most.max(1));
    let rows = shown.map(|range| {
        let units = editor.units().get(range).unwrap_or_default();
        let mut line = Line::default();
        let mut run = String::new();
        for unit in units {
            if let Unit::Chip(chip) = unit {
                line.spans.push(Span::raw(std::mem::take(&mut run)));
                let style = match &chip.of {
                    ChipOf::Paste => theme.chip,
                    ChipOf::Link(linked) => theme.chip.patch(theme.accent(linked.profile.as_str())),
                };
                line.spans.push(Span::styled(unit.drawn().into_owned(), style));
            } else {
                run.push_str(&unit.drawn());
            }
        }
        line.spans.push(Span::raw(run));
        line
    });
    Field { rows: rows.collect(), caret: (column, row - first) }
}

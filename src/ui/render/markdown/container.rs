//! Quotes and list items: what stands before the rows of the text in them.

use ratatui::text::Span;

use crate::ui::theme::Theme;

/// Cells that are left to text by the quotes and lists around it.
const NARROWEST: usize = 10;

/// What text stands in.
#[derive(Clone, Debug)]
pub(super) enum Container {
    Quote,
    Item {
        /// Blanks that its text has before it.
        width: usize,
        kind: char,
        number: Option<u32>,
        done: Option<bool>,
        /// Its marker is drawn.
        marked: bool,
    },
}

impl Container {
    /// Whether its marker is still to be drawn.
    pub(super) fn is_unmarked(&self) -> bool {
        matches!(self, Self::Item { marked: false, .. })
    }

    /// Cells inside of it, of `cells` around it. Where there is no room it is drawn without its mark.
    pub(super) fn inside(cells: usize, container: &Self) -> usize {
        let mark = match container {
            Self::Quote | Self::Item { number: None, done: None, .. } => 2,
            Self::Item { number: None, .. } => 4,
            Self::Item { number: Some(number), done, .. } => {
                let digits = number.checked_ilog10().unwrap_or(0) as usize + 1;
                digits + 2 + if done.is_some() { 4 } else { 0 }
            }
        };
        if cells >= mark + NARROWEST { cells - mark } else { cells }
    }

    /// What stands before a row; an item's marker where `level` says how deep among those without numbers it is.
    pub(super) fn mark(
        &self,
        room: &mut usize,
        level: Option<usize>,
        theme: &Theme,
    ) -> Option<Span<'static>> {
        let inside = Self::inside(*room, self);
        let cells = std::mem::replace(room, inside) - inside;
        if cells == 0 {
            return None;
        }
        let tick = |done: bool| if done { "[x] " } else { "[ ] " };
        Some(match (self, level) {
            (Self::Quote, _) => Span::styled("│ ", theme.rule),
            (Self::Item { .. }, None) => Span::raw(" ".repeat(cells)),
            (Self::Item { number: Some(number), kind, done, .. }, _) => {
                Span::styled(format!("{number}{kind} {}", done.map_or("", tick)), theme.dim)
            }
            (Self::Item { done: Some(done), .. }, _) => {
                Span::styled(tick(*done), if *done { theme.good } else { theme.dim })
            }
            (Self::Item { .. }, Some(level)) => {
                Span::styled(if level % 2 == 1 { "• " } else { "– " }, theme.dim)
            }
        })
    }
}

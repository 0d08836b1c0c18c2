//! The walk through the sessions that were shown last: a small list under the tabs while it goes on (ASK-36).

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layer::Over;
use super::{Areas, Boxed, marks};
use crate::base::text::width;
use crate::model::status;
use crate::model::world::World;
use crate::ui::state::recent::Walk;
use crate::ui::theme::Theme;

/// Sessions on the screen at most.
const ROWS: usize = 8;
/// Cells of the list at most.
const WIDEST: u16 = 48;

/// The list's box; nothing where there is no room for it.
pub(super) fn over(walk: &Walk, world: &World, areas: &Areas, theme: &Theme) -> Option<Over> {
    let wide = WIDEST.min(areas.chat.width);
    let room = usize::from(areas.chat.height).saturating_sub(2).min(ROWS).min(walk.order.len());
    if room == 0 || wide < 12 {
        return None;
    }
    let inner = usize::from(wide) - 4;
    let from = (walk.at + 1).saturating_sub(room);
    let many = world.profiles.len() > 1;
    let shown = walk.order.iter().enumerate().skip(from).take(room);
    let rows = shown.filter_map(|(place, id)| {
        let session = world.sessions.get(id)?;
        let (mark, style) = marks::status(status::of(session), theme, None);
        let note = if many { session.profile.as_str() } else { "" };
        let name = status::name(session, inner.saturating_sub(width::of(note) + 4));
        let pad = " ".repeat(inner.saturating_sub(2 + width::of(&name) + width::of(note)));
        let mut line = Line::from(vec![
            Span::styled(format!("{mark} "), style),
            Span::styled(name, theme.text),
            Span::raw(pad),
            Span::styled(note.to_owned(), theme.accent(session.profile.as_str())),
        ]);
        if place == walk.at {
            line = line.patch_style(theme.chosen);
            line.spans.iter_mut().for_each(|span| span.style = span.style.patch(theme.chosen));
        }
        Some(line)
    });
    let boxed = Boxed {
        title: Line::styled(" Shown last ", theme.strong),
        corner: Line::styled(format!(" {} of {} ", walk.at + 1, walk.order.len()), theme.dim),
        foot: Line::default(),
        rows: rows.collect(),
        border: theme.key,
        caret: None,
    };
    let high = u16::try_from(room + 2).unwrap_or(areas.chat.height);
    let area = Rect::new(areas.chat.x, areas.chat.y, wide, high);
    Some(Over { area, boxed, hits: Vec::new() })
}

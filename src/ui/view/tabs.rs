//! The row of tabs: mark, place, title. The active one is always in view; what does not fit is counted at the ends.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{marks, window};
use crate::base::clock::Tick;
use crate::base::ids::SessionId;
use crate::base::text::width;
use crate::model::session::Session;
use crate::model::status;
use crate::model::status::name;
use crate::model::world::World;
use crate::ui::state::Hit;
use crate::ui::theme::Theme;

/// Cells of a title at most.
const TITLE: usize = 22;

struct Tab {
    id: SessionId,
    spans: Vec<Span<'static>>,
    cells: usize,
    closable: bool,
}

/// The row, and what a click on it means.
pub(super) fn row(
    world: &World,
    active: Option<SessionId>,
    area: Rect,
    theme: &Theme,
    now: Tick,
) -> (Line<'static>, Vec<(Rect, Hit)>) {
    let sessions: Vec<&Session> = world.tabs.iter().filter_map(|id| world.sessions.get(id)).collect();
    let room = usize::from(area.width);
    // Titles shrink to what fits, then to numbers alone.
    let share = room.saturating_sub(6) / sessions.len().max(1);
    let cells = share.saturating_sub(7).min(TITLE);
    let cells = if cells < 5 { 0 } else { cells };
    let shown = |n: usize, s: &Session, cells| tab(n, s, active == Some(s.id), cells, theme, now);
    let mut tabs: Vec<Tab> = sessions.iter().enumerate().map(|(n, s)| shown(n, s, cells)).collect();
    // What the others leave is the active one's.
    let used: usize = tabs.iter().map(|tab| tab.cells).sum();
    let left_over = room.saturating_sub(used + 6).min(TITLE);
    let place = sessions.iter().position(|s| active == Some(s.id)).filter(|_| cells == 0 && left_over >= 8);
    if let Some((n, tab)) = place.and_then(|n| Some((n, tabs.get_mut(n)?)))
        && let Some(session) = sessions.get(n)
    {
        *tab = shown(n, session, left_over - 2);
    }
    let chosen = tabs.iter().position(|tab| Some(tab.id) == active).unwrap_or(0);
    let widths: Vec<usize> = tabs.iter().map(|tab| tab.cells).collect();
    let (from, to) = window::around(&widths, chosen, room.saturating_sub(10));
    let mut line = Line::default();
    let mut hits = Vec::new();
    let mut x = area.x;
    let mut put = |spans: Vec<Span<'static>>, hit: Option<Hit>, line: &mut Line<'static>| {
        let cells = spans.iter().map(|span| width::of(&span.content)).sum::<usize>();
        let rect = Rect::new(x, area.y, u16::try_from(cells).unwrap_or(0), 1).intersection(area);
        hits.extend(hit.map(|hit| (rect, hit)));
        x = x.saturating_add(rect.width);
        line.spans.extend(spans);
        rect
    };
    // A click on a count goes to the nearest tab behind it.
    let hidden = |place: usize| tabs.get(place).map(|tab| Hit::Tab(tab.id));
    if from > 0 {
        put(vec![Span::styled(format!("‹{from} "), theme.dim)], hidden(from - 1), &mut line);
    }
    let mut closers = Vec::new();
    for tab in tabs.get(from..to).unwrap_or_default() {
        let rect = put(tab.spans.clone(), Some(Hit::Tab(tab.id)), &mut line);
        if tab.closable && rect.width >= 3 {
            closers.push((Rect::new(rect.right() - 2, rect.y, 1, 1), Hit::CloseTab(tab.id)));
        }
    }
    if to < tabs.len() {
        put(vec![Span::styled(format!(" {}›", tabs.len() - to), theme.dim)], hidden(to), &mut line);
    }
    put(vec![Span::styled(" + ", theme.dim)], Some(Hit::NewTab), &mut line);
    hits.extend(closers);
    (line, hits)
}

fn tab(n: usize, session: &Session, active: bool, cells: usize, theme: &Theme, now: Tick) -> Tab {
    let state = status::of(session);
    let accent = theme.accent(session.profile.as_str());
    let (mark, mark_style) = marks::status(state, theme, active.then_some(now));
    let title_style = if active { theme.strong } else { theme.dim };
    let mut spans = vec![Span::styled(if active { "▎" } else { " " }, accent)];
    spans.push(Span::styled(format!("{}", n + 1), if active { accent } else { theme.dim }));
    if mark != " " {
        spans.push(Span::styled(format!(" {mark}"), mark_style));
    }
    // "Needs me" and "works" are two things; the first wins the mark, the second stays visible.
    if state.needs_input() && status::is_working(session) {
        spans.push(Span::styled("▸", theme.good));
    }
    if cells > 0 {
        spans.push(Span::styled(format!(" {}", name(session, cells)), title_style));
    }
    let closable = active && cells > 0;
    spans.push(Span::styled(if closable { " × " } else { "  " }, theme.dim));
    let cells = spans.iter().map(|span| width::of(&span.content)).sum();
    Tab { id: session.id, spans, cells, closable }
}

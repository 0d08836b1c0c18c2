//! The palette: a query, the rows that match it, a word on the chosen one, and a look into it where there is room.

mod preview;
mod row;

pub(super) use preview::{Light, prepare};

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layer::{Over, foot, middle};
use super::{Boxed, field, motion};
use crate::base::clock::Tick;
use crate::base::text::width;
use crate::ui::intent::Intent;
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::render::wrap;
use crate::ui::state::Hit;
use crate::ui::state::palette::{Offer, PREFIXES, Palette, Side};
use crate::ui::state::setup::{self, Setup};
use crate::ui::theme::Theme;

/// Cells of a list without a look beside it, and with one.
const ALONE: u16 = 84;
const BESIDE: u16 = 156;
/// Rows of a list at most, its frame included.
const TALLEST: u16 = 34;

/// Where the parts of a palette have their places, in cells.
#[derive(Clone, Copy)]
struct Plan {
    area: Rect,
    inner: usize,
    /// Cells of a row.
    list: usize,
    /// Rows for the list, and for a look below it.
    rows: usize,
    side: Option<Side>,
    /// A look's cells and rows.
    look: (usize, usize),
    /// A word on the chosen row has room.
    hint: bool,
}

impl Plan {
    fn of(palette: &Palette, screen: (u16, u16)) -> Self {
        let side = palette.preview_place(screen);
        let wide = if side == Some(Side::Right) { BESIDE } else { ALONE };
        let area = middle(
            screen,
            wide,
            screen.1.saturating_sub(if screen.1 > 16 { 4 } else { 0 }).min(match side {
                Some(Side::Below) => screen.1,
                _ => TALLEST,
            }),
        );
        let inner = usize::from(area.width).saturating_sub(4).max(1);
        let hint = area.height >= 10;
        // The frame, the query and the rule under it; the word on the chosen row.
        let room = usize::from(area.height).saturating_sub(4 + usize::from(hint)).max(1);
        match side {
            Some(Side::Right) => {
                let list = inner * 9 / 20;
                Self { area, inner, list, rows: room, side, look: (inner - list - 3, room), hint }
            }
            Some(Side::Below) => {
                let look = room / 2;
                Self { area, inner, list: inner, rows: room - look - 1, side, look: (inner, look), hint }
            }
            None => Self { area, inner, list: inner, rows: room, side, look: (0, 0), hint },
        }
    }
}

/// What the palette is drawn with beside itself.
pub(super) struct Around<'a> {
    pub keymap: &'a Keymap,
    pub size: (u16, u16),
    pub theme: &'a Theme,
    pub now: Tick,
    /// The rows of the look, made by [`prepare`].
    pub look: Vec<Line<'static>>,
}

/// The palette's box.
pub(super) fn boxed(palette: &Palette, around: Around<'_>) -> Over {
    let Around { keymap, size, theme, now, look } = around;
    let plan = Plan::of(palette, size);
    let (typed, caret) = query(palette, plan.inner, theme);
    let mut rows = vec![typed, Line::styled("─".repeat(plan.inner), theme.rule)];
    let (list, places) = listed(palette, plan, (theme, now));
    let above = 1 + u16::try_from(rows.len()).unwrap_or(0);
    let hit = |(at, high, place): (usize, usize, usize)| {
        let (y, high) =
            (plan.area.y + above + u16::try_from(at).unwrap_or(0), u16::try_from(high).unwrap_or(1));
        let wide = u16::try_from(plan.list)
            .unwrap_or(u16::MAX)
            .saturating_add(2)
            .min(plan.area.width.saturating_sub(2));
        (Rect::new(plan.area.x + 1, y, wide, high), Hit::Row(place))
    };
    let hits = places.into_iter().map(hit).collect();
    match plan.side {
        Some(Side::Right) => {
            let mut looks = look.into_iter();
            for n in 0..plan.rows {
                let left = list.get(n).cloned().unwrap_or_default();
                let mut line = filled(&left, plan.list);
                line.spans.push(Span::styled(" │ ", theme.rule));
                line.spans.extend(looks.next().unwrap_or_default().spans);
                rows.push(line);
            }
        }
        Some(Side::Below) => {
            rows.extend((0..plan.rows).map(|n| list.get(n).cloned().unwrap_or_default()));
            rows.push(Line::styled("─".repeat(plan.inner), theme.rule));
            rows.extend(look);
        }
        None => rows.extend(list),
    }
    if plan.hint {
        let until = usize::from(plan.area.height).saturating_sub(3);
        rows.resize(until.max(rows.len()), Line::default());
        let says = palette.picker.chosen().map(|row| row.hint.as_str()).unwrap_or_default();
        let failed = palette.setup.as_ref().and_then(|setup| setup.failed.as_deref());
        let style = if failed.is_some() { theme.bad } else { theme.dim };
        rows.push(Line::styled(width::truncate(failed.unwrap_or(says), plan.inner), style));
    }
    let boxed = Boxed {
        title: Line::styled(title(palette), theme.strong),
        corner: corner(palette, theme, now),
        foot: keys(palette, keymap, plan.inner, theme),
        rows,
        border: theme.key,
        caret: Some((caret, 0)),
    };
    Over { area: plan.area, boxed, hits }
}

fn title(palette: &Palette) -> String {
    if let Some(setup) = &palette.setup {
        let name = setup.topic.map_or("Settings", setup::name);
        return format!(" {name} · {} ", setup.whose());
    }
    let name = match palette.offer {
        Offer::Settings => " Settings ",
        Offer::Everything => " Palette ",
        Offer::Sessions => " Sessions ",
        Offer::Profiles => " Profiles ",
        Offer::Queue => " Queued messages ",
        Offer::Themes => " Themes ",
        Offer::Link => " Link a session ",
        Offer::Links => " Linked sessions ",
        Offer::Search => " Search what was said ",
    };
    name.to_owned()
}

/// The query's row, and the column of its caret. An empty one says what may be written.
fn query(palette: &Palette, inner: usize, theme: &Theme) -> (Line<'static>, usize) {
    let room = inner.saturating_sub(2).max(1);
    let typed = field::rows(&palette.picker.query, room, 1, theme);
    let mut first = typed.rows.into_iter().next().unwrap_or_default();
    if palette.picker.query.is_empty() {
        let says = match palette.offer {
            Offer::Everything => "an action, a session, a profile",
            Offer::Sessions => "a session",
            Offer::Profiles => "switch to a profile",
            Offer::Queue => "which message",
            Offer::Themes => "a theme, until hermux ends",
            Offer::Link => "the session to link to",
            Offer::Links => "which session",
            Offer::Settings => "type to find",
            Offer::Search => "words that were said in any session of any profile",
        };
        first = Line::styled(says, theme.dim);
        if palette.offer == Offer::Everything {
            for (prefix, _, name) in PREFIXES {
                first.spans.push(Span::styled(format!("   {prefix}"), theme.key));
                first.spans.push(Span::styled(format!(" {name}"), theme.dim));
            }
        }
        // A prefix is shown whole or not at all.
        while first.width() > room && first.spans.len() > 2 {
            first.spans.truncate(first.spans.len() - 2);
        }
        first = wrap::clip(&first, room);
    }
    first.spans.insert(0, Span::styled("› ", theme.key));
    (first, typed.caret.0 + 2)
}

/// What is in sight of a list: its lines, and of each hit the first of its lines, how many, and its place.
type Listed = (Vec<Line<'static>>, Vec<(usize, usize, usize)>);

fn listed(palette: &Palette, plan: Plan, (theme, now): (&Theme, Tick)) -> Listed {
    let picker = &palette.picker;
    let high = |place: usize| {
        let hit = picker.hits.get(place).and_then(|hit| picker.rows.get(hit.row));
        if hit.is_some_and(|row| row.under.is_some()) { 2 } else { 1 }
    };
    // The chosen one is the lowest, unless everything above it fits.
    let mut from = picker.selected;
    let mut used = high(from);
    while from > 0 && used + high(from - 1) <= plan.rows {
        from -= 1;
        used += high(from);
    }
    let badged = picker.rows.iter().any(|row| row.profile.is_some());
    let mut rows: Vec<Line<'static>> = Vec::new();
    let mut places = Vec::new();
    for (place, hit) in picker.hits.iter().enumerate().skip(from) {
        let Some(row) = picker.rows.get(hit.row) else { continue };
        if rows.len() + high(place) > plan.rows.max(high(place)) {
            break;
        }
        let chosen = place == picker.selected;
        let drawn = row::lines(row, &hit.positions, (plan.list, badged), (theme, now));
        places.push((rows.len(), drawn.len(), place));
        rows.extend(
            drawn.into_iter().map(|line| if chosen { marked(&line, plan.list, theme) } else { line }),
        );
    }
    if picker.hits.is_empty() {
        rows.push(Line::styled(width::truncate(&nothing(palette), plan.list), theme.dim));
    }
    for (profile, why) in palette.search.problems.iter().filter(|_| palette.offer == Offer::Search) {
        if rows.len() < plan.rows {
            let says = format!("{profile} could not be searched: {}", why.label(200));
            rows.push(Line::styled(width::truncate(&says, plan.list), theme.warn));
        }
    }
    (rows, places)
}

/// Why there is no row.
fn nothing(palette: &Palette) -> String {
    let search = &palette.search;
    match palette.offer {
        Offer::Settings => setup_nothing(palette),
        Offer::Search if search.asked.is_some() || search.due.is_some() => "searching…".to_owned(),
        Offer::Search if search.text.is_empty() => String::new(),
        Offer::Search => "nobody said that".to_owned(),
        _ if palette.finding.is_some() => "looking…".to_owned(),
        _ => "nothing matches".to_owned(),
    }
}

fn setup_nothing(palette: &Palette) -> String {
    match &palette.setup {
        Some(setup) if setup.asked.is_some() => "asking the backend…".to_owned(),
        Some(setup) => setup.failed.clone().unwrap_or_else(|| "nothing matches".to_owned()),
        None => String::new(),
    }
}

/// The chosen row stands on its own ground, to its end.
fn marked(line: &Line<'static>, cells: usize, theme: &Theme) -> Line<'static> {
    let mut line = filled(line, cells);
    line.spans.iter_mut().for_each(|span| span.style = span.style.patch(theme.chosen));
    line
}

/// A line of exactly so many cells, whose style is in its parts, so that they can be put into another line.
fn filled(line: &Line<'static>, cells: usize) -> Line<'static> {
    let mut line = wrap::clip(line, cells);
    line.spans.iter_mut().for_each(|span| span.style = line.style.patch(span.style));
    let used: usize = line.spans.iter().map(|span| width::of(&span.content)).sum();
    line.spans.push(Span::raw(" ".repeat(cells.saturating_sub(used))));
    line
}

/// How many there are; of a search also whether it goes on (K06).
fn corner(palette: &Palette, theme: &Theme, now: Tick) -> Line<'static> {
    let search = &palette.search;
    let count = palette.picker.hits.len();
    match palette.offer {
        Offer::Search if search.asked.is_some() => {
            Line::styled(format!(" {} searching… {count} ", motion::spinner(theme, now)), theme.warn)
        }
        Offer::Settings if palette.setup.as_ref().is_some_and(Setup::waits) => {
            Line::styled(format!(" {} asking… ", motion::spinner(theme, now)), theme.warn)
        }
        Offer::Search if search.text.is_empty() => Line::default(),
        Offer::Search if search.cut => Line::styled(format!(" the newest {count} "), theme.dim),
        Offer::Search => Line::styled(format!(" ✓ {count} "), theme.dim),
        _ => Line::styled(format!(" {count} "), theme.dim),
    }
}

/// What keys do, as far as there is room for it.
fn keys(palette: &Palette, keymap: &Keymap, cells: usize, theme: &Theme) -> Line<'static> {
    let other = match palette.offer {
        Offer::Everything | Offer::Sessions => Some("searches what was said"),
        Offer::Search => Some("back to names"),
        Offer::Settings => match &palette.setup {
            Some(setup) if setup.session.is_none() => None,
            Some(setup) if setup.of_session => Some("the profile's"),
            _ => Some("this session's"),
        },
        _ => None,
    };
    let mut says = vec![(Scope::List, Intent::Accept, "takes it")];
    says.extend(other.map(|word| (Scope::List, Intent::OtherList, word)));
    says.push((Scope::List, Intent::Back, "closes"));
    let line = foot(keymap, &says, theme);
    if line.width() <= cells || says.len() < 3 {
        return line;
    }
    says.remove(1);
    foot(keymap, &says, theme)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands beside the list is as faint as it is alone.
    #[test]
    fn a_line_put_into_another_keeps_its_style() {
        let theme = Theme::ansi();
        let line = filled(&Line::styled("4 messages", theme.dim), 12);
        assert_eq!(line.spans.first().map(|span| span.style), Some(theme.dim));
        assert_eq!(line.width(), 12);
    }
}

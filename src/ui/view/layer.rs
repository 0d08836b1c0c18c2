//! What lies over the panes, as a box in the middle: palette, help, a question, an answer's text; and the keys that may
//! follow the leader.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{Boxed, confirm, field, palette};
use crate::base::clock::Tick;
use crate::base::text::{self, Mode, width};
use crate::ui::intent::Intent;
use crate::ui::keymap::{ACTIONS, Keymap, Scope};
use crate::ui::render::wrap;
use crate::ui::state::Hit;
use crate::ui::state::layer::{Entry, Layer};
use crate::ui::theme::Theme;

/// A box over the panes.
pub struct Over {
    pub area: Rect,
    pub boxed: Boxed,
    pub hits: Vec<(Rect, Hit)>,
}

/// The layer's box on a screen of `size`; none for those that need more than themselves to be drawn. `look`: what is shown beside a
/// palette.
pub(super) fn over(
    layer: &Layer,
    look: Vec<Line<'static>>,
    keymap: &Keymap,
    size: (u16, u16),
    (theme, now): (&Theme, Tick),
) -> Option<Over> {
    let over = match layer {
        Layer::Palette(open) => palette::boxed(open, palette::Around { keymap, size, theme, now, look }),
        Layer::Help { query, scroll, scopes } => {
            let area = middle(size, 84, size.1.saturating_sub(4).max(1));
            let cells = usize::from(area.width).saturating_sub(4);
            let typed = field::rows(query, cells.saturating_sub(2).max(1), 1, theme);
            let mut first = typed.rows.into_iter().next().unwrap_or_default();
            if query.is_empty() {
                first = Line::styled("a word or a key", theme.dim);
            }
            first.spans.insert(0, Span::styled("› ", theme.key));
            let rows = help_rows(&query.text(), keymap, scopes, cells, theme);
            let mut over = scrolled(area, "Keys", rows, *scroll, 2, (keymap, theme));
            over.boxed.rows.splice(0..0, [first, Line::styled("─".repeat(cells), theme.rule)]);
            over.boxed.caret = Some((typed.caret.0 + 2, 0));
            over
        }
        Layer::Output { title, text, scroll } => {
            let area = middle(size, 100, size.1.saturating_sub(4).max(1));
            let cells = usize::from(area.width).saturating_sub(4).max(1);
            let drawn = text::drawable(&text::colour::without(text), Mode::Prose);
            let rows =
                drawn.lines().flat_map(|line| wrap::wrap(&Line::raw(line.to_owned()), cells, 0)).collect();
            scrolled(area, title, rows, *scroll, 0, (keymap, theme))
        }
        Layer::Dialog(dialog) => confirm::boxed(dialog, keymap, size, theme),
        Layer::Form(_) | Layer::Swatch(_) | Layer::Manage(_) => return None,
        Layer::Entry(entry) => entry_box(entry, keymap, size, theme),
    };
    Some(over)
}

pub(super) fn middle((width, height): (u16, u16), wide: u16, high: u16) -> Rect {
    let wide = wide.min(width.saturating_sub(if width > 40 { 4 } else { 0 }));
    let high = high.min(height);
    Rect::new((width - wide) / 2, (height - high) / 2, wide, high)
}

/// What keys do, as a box says on its lower border.
pub(super) fn foot(keymap: &Keymap, says: &[(Scope, Intent, &str)], theme: &Theme) -> Line<'static> {
    let of = |(scope, intent, word): &(Scope, Intent, &str)| {
        Some(format!("{} {word}", keymap.hint_in(*scope, *intent)?))
    };
    let says: Vec<String> = says.iter().filter_map(of).collect();
    let text = if says.is_empty() { String::new() } else { format!(" {} ", says.join(" · ")) };
    Line::styled(text, theme.dim)
}

fn entry_box(entry: &Entry, keymap: &Keymap, size: (u16, u16), theme: &Theme) -> Over {
    let cells = usize::from(size.0).saturating_sub(8).clamp(1, 72);
    let most = usize::from(size.1).saturating_sub(4).clamp(1, 8);
    let typed = field::rows(&entry.text, cells, most, theme);
    let mut rows = typed.rows;
    if entry.text.is_empty() {
        rows = vec![Line::styled(width::truncate(&format!("Empty: {}", entry.empty), cells), theme.dim)];
    }
    let high = u16::try_from(rows.len() + 2).unwrap_or(u16::MAX);
    let area = middle(size, u16::try_from(cells + 4).unwrap_or(u16::MAX), high);
    let says =
        [(Scope::List, Intent::Accept, "takes it"), (Scope::List, Intent::Back, "leaves it as it was")];
    let boxed = Boxed {
        title: Line::styled(format!(" {} ", entry.title), theme.strong),
        corner: Line::default(),
        foot: foot(keymap, &says, theme),
        rows,
        border: theme.key,
        caret: Some(typed.caret),
    };
    Over { area, boxed, hits: Vec::new() }
}

/// Where the person was comes first, then what works everywhere, then how text is edited, then the rest.
fn rank(scope: Scope, here: &[Scope]) -> (usize, Scope) {
    let rank = match scope {
        Scope::Global => 1,
        Scope::Text if here.contains(&scope) => 2,
        _ if here.contains(&scope) => 0,
        _ => 3,
    };
    (rank, scope)
}

fn help_rows(
    query: &str,
    keymap: &Keymap,
    here: &[Scope],
    cells: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let words: Vec<String> = query.split_whitespace().map(str::to_lowercase).collect();
    let mut out = Vec::new();
    let mut scope = None;
    let mut actions: Vec<_> = ACTIONS.iter().collect();
    actions.sort_by_key(|action| rank(action.scope, here));
    for action in actions {
        let keys = keymap.keys_of(action.id).join("  ");
        let all = format!("{} {keys} {}", action.help, action.id).to_lowercase();
        if keys.is_empty() || !words.iter().all(|word| all.contains(word)) {
            continue;
        }
        if scope != Some(action.scope) {
            if scope.is_some() {
                out.push(Line::default());
            }
            scope = Some(action.scope);
            out.push(Line::styled(action.scope.title(), theme.strong));
        }
        let wide = (cells / 3).clamp(10, 26);
        let keys = width::truncate(&keys, wide);
        let pad = " ".repeat(wide - width::of(&keys));
        let row = Line::from(vec![Span::styled(format!("{keys}{pad}  "), theme.key), Span::raw(action.help)]);
        out.push(wrap::clip(&row, cells));
    }
    if out.is_empty() {
        out.push(Line::styled("no key matches", theme.dim));
    }
    out
}

/// `above`: rows that are kept free for something else.
fn scrolled(
    area: Rect,
    title: &str,
    rows: Vec<Line<'static>>,
    scroll: usize,
    above: usize,
    (keymap, theme): (&Keymap, &Theme),
) -> Over {
    let room = usize::from(area.height).saturating_sub(2 + above);
    let most = rows.len().saturating_sub(room);
    let from = scroll.min(most);
    let below = rows.len().saturating_sub(from + room);
    let corner = if below > 0 { format!(" ↓ {below} more ") } else { String::new() };
    let boxed = Boxed {
        title: Line::styled(format!(" {title} "), theme.strong),
        corner: Line::styled(corner, theme.dim),
        foot: foot(keymap, &[(Scope::List, Intent::Back, "closes")], theme),
        rows: rows.into_iter().skip(from).take(room).collect(),
        border: theme.key,
        caret: None,
    };
    Over { area, boxed, hits: Vec::new() }
}

/// What may follow the leader, at the bottom of the screen (KEY-03).
pub(super) fn after_leader(keymap: &Keymap, size: (u16, u16), theme: &Theme) -> Over {
    let all = keymap.after_leader();
    let inner = usize::from(size.0).saturating_sub(4).max(1);
    let columns = (inner / 36).max(1);
    let wide = inner / columns;
    let high = all.len().div_ceil(columns);
    let mut rows = vec![Line::default(); high];
    for (n, (key, help)) in all.into_iter().enumerate() {
        let Some(row) = rows.get_mut(n % high) else { continue };
        let help = width::truncate(help, wide.saturating_sub(9));
        let pad = " ".repeat(wide.saturating_sub(8 + width::of(&help)));
        row.spans.push(Span::styled(format!("{key:>6}"), theme.key));
        row.spans.push(Span::raw(format!("  {help}{pad}")));
    }
    let high = u16::try_from(high + 2).unwrap_or(u16::MAX).min(size.1);
    let area = Rect::new(0, size.1 - high, size.0, high);
    let boxed = Boxed {
        title: Line::styled(" then ", theme.strong),
        corner: Line::default(),
        foot: Line::styled(" Esc cancels ", theme.dim),
        rows,
        border: theme.key,
        caret: None,
    };
    Over { area, boxed, hits: Vec::new() }
}

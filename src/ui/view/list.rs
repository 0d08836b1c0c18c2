//! The list of sessions at the side: beside the chat where there is room, else over it. Only the rows in sight are laid out.

mod row;

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::field;
use crate::base::clock::Tick;
use crate::base::text::{self, width};
use crate::model::shelf::{Tomb, TombKind};
use crate::model::world::World;
use crate::ui::intent::{Intent, RowAct};
use crate::ui::keymap::Scope;
use crate::ui::render::wrap;
use crate::ui::state::list::{List, Row, words};
use crate::ui::state::{Focus, Hit, UiState};
use crate::ui::theme::Theme;

/// Milliseconds in which a deleted session can be taken back.
const UNDO_MS: u64 = 8_000;
/// Rows from which on the chosen row is described at the bottom.
const TALL: u16 = 14;

/// What a frame shows of the list.
pub struct Side {
    pub area: Rect,
    pub rows: Vec<Line<'static>>,
    /// The line on its right, where it stands beside the chat.
    pub border: Option<Style>,
    /// Column and row of the caret inside.
    pub caret: Option<(usize, usize)>,
}

/// What the rows are drawn with.
struct Paper<'a> {
    ui: &'a UiState,
    world: &'a World,
    theme: &'a Theme,
    home: &'a str,
    cells: usize,
    focused: bool,
    /// The hub's time.
    now: Tick,
}

/// The list in `area`, and what can be clicked in it.
pub(super) fn side(
    ui: &mut UiState,
    world: &World,
    area: Rect,
    (theme, home): (&Theme, &str),
    now: Tick,
) -> (Side, Vec<(Rect, Hit)>) {
    let beside = List::stands_beside(ui.size.0);
    let cells = usize::from(area.width.saturating_sub(if beside { 2 } else { 0 }));
    let focused = ui.focus == Focus::List && ui.layer.is_none();
    let first = usize::from(area.height);
    let paper = Paper { ui, world, theme, home, cells, focused, now };
    let mut rows = vec![paper.title()];
    let caret = paper.query().map(|(line, column)| {
        rows.push(line);
        (column, rows.len() - 1)
    });
    rows.extend(paper.filters());
    let foot = paper.foot(area.height);
    let head = rows.len();
    let room = first.saturating_sub(head + foot.len());
    let window = ui.list.window(room);
    let paper = Paper { ui, world, theme, home, cells, focused, now };
    let mut hits = vec![(area, Hit::List)];
    for place in window {
        let Some(row) = ui.list.rows.get(place) else { continue };
        let y = area.y + u16::try_from(rows.len()).unwrap_or(u16::MAX);
        let rect = Rect::new(area.x, y, area.width, 1);
        if row.can_be_chosen() {
            hits.push((rect, Hit::ListRow(place)));
        }
        if let Row::Header(profile) = row {
            let plus = u16::try_from(cells.saturating_sub(3)).unwrap_or(0);
            hits.push((Rect::new(area.x + plus, y, 3, 1), Hit::ListNew(profile.clone())));
        }
        rows.push(paper.row(row, place));
    }
    rows.resize(first.saturating_sub(foot.len()).max(rows.len().min(first)), Line::default());
    rows.extend(foot);
    rows.truncate(first);
    let border = beside.then_some(if focused { theme.key } else { theme.rule });
    (Side { area, rows, border, caret: caret.filter(|_| focused && ui.list.writes()) }, hits)
}

impl Paper<'_> {
    fn row(&self, row: &Row, place: usize) -> Line<'static> {
        let chosen = self.focused && place == self.ui.list.at;
        let line = match row {
            Row::Header(profile) => self.header(profile),
            Row::Section(title) => Line::styled(format!("  {title}"), self.theme.dim),
            Row::Session(entry) => self.session(entry),
            Row::More(profile) => self.more(profile),
            Row::Skeleton => {
                let cells = self.cells * (5 + place % 3 * 2) / 12;
                Line::styled(format!("   {}", "░".repeat(cells)), self.theme.rule)
            }
            Row::Problem(text) => Line::styled(format!("   {text}"), self.theme.warn),
            Row::Note(text) => Line::styled(format!("   {text}"), self.theme.dim),
        };
        let line = wrap::clip(&line, self.cells);
        if !chosen {
            return line;
        }
        let pad = self.cells.saturating_sub(line.width());
        let mut line = line;
        line.spans.push(Span::raw(" ".repeat(pad)));
        line.spans.iter_mut().for_each(|span| span.style = span.style.patch(self.theme.chosen));
        line.patch_style(self.theme.chosen)
    }

    /// Whose sessions these are, how many of them are here, and their order where it is not the usual one.
    fn title(&self) -> Line<'static> {
        let list = &self.ui.list;
        let one = list.shown.first().filter(|_| !list.all);
        let (name, style) = match one {
            Some(profile) if self.world.profiles.len() > 1 => {
                (profile.to_string(), self.theme.strong.patch(self.theme.accent(profile.as_str())))
            }
            Some(_) => ("Sessions".to_owned(), self.theme.strong),
            None => ("All profiles".to_owned(), self.theme.strong),
        };
        let count = one.and_then(|profile| row::count(list, profile)).unwrap_or_default();
        let order = match list.prefs.sort {
            crate::model::listing::Sort::Recent => String::new(),
            other => format!("{} · ", words::sort(other)),
        };
        row::ends(
            vec![Span::styled(format!(" {name}"), style)],
            vec![Span::styled(format!("{order}{count} "), self.theme.dim)],
            self.cells,
        )
    }

    /// The text that is looked for, and the caret's column.
    fn query(&self) -> Option<(Line<'static>, usize)> {
        let query = self.ui.list.query.as_ref()?;
        let typed = field::rows(&query.text, self.cells.saturating_sub(4).max(1), 1, self.theme);
        let mut line = typed.rows.into_iter().next().unwrap_or_default();
        line.spans.insert(0, Span::styled(" / ", self.theme.key));
        Some((line, typed.caret.0 + 3))
    }

    /// What is left out, and the key that shows it again.
    fn filters(&self) -> Option<Line<'static>> {
        let words = words::filters(&self.ui.list)?;
        let key = self.ui.keymap.hint(Intent::Row(RowAct::ClearFilters)).unwrap_or_default();
        let said = width::truncate(&words, self.cells.saturating_sub(8));
        let left = vec![Span::styled(format!(" only {said}"), self.theme.warn)];
        let right = vec![Span::styled(format!("{key} "), self.theme.key)];
        Some(row::ends(left, right, self.cells))
    }

    /// What the chosen row is about, what can be taken back, and keys.
    fn foot(&self, height: u16) -> Vec<Line<'static>> {
        let mut lines = Vec::new();
        if self.focused && height >= TALL {
            lines.push(Line::styled("─".repeat(self.cells), self.theme.rule));
            lines.extend(self.about().map(|line| wrap::clip(&line, self.cells)));
        }
        match self.undo() {
            Some(line) => lines.push(wrap::clip(&line, self.cells)),
            None if self.focused => lines.push(self.hints()),
            None => {}
        }
        lines
    }

    /// What was deleted last and can be taken back, and for how long.
    fn undo(&self) -> Option<Line<'static>> {
        let tomb = unsent(self.world)?;
        let left = tomb.since.plus(UNDO_MS).since(self.now).div_ceil(1_000);
        let key = self.ui.keymap.hint(Intent::Row(RowAct::Undo)).unwrap_or("the palette");
        let tail = vec![
            Span::styled(format!(" {key}"), self.theme.key),
            Span::styled(format!(" undoes {left}s "), self.theme.warn),
        ];
        let room = self.cells.saturating_sub(4 + tail.iter().map(Span::width).sum::<usize>());
        let name = tomb.name.label(room.max(4));
        Some(row::ends(vec![Span::styled(format!(" ✗ {name}"), self.theme.warn)], tail, self.cells))
    }

    /// Keys worth knowing here, as many as fit.
    fn hints(&self) -> Line<'static> {
        let marked = self.ui.list.marks.len();
        let enter = match self.ui.list.chosen() {
            Some(Row::Header(_)) => "folds",
            Some(Row::More(_)) => "loads more",
            _ => "opens",
        };
        let (back, all) = (if marked > 0 { "unmarks" } else { "back" }, "all keys");
        let acts = [
            (Intent::Accept, enter),
            (Intent::Row(RowAct::Seek), "finds"),
            (Intent::Back, back),
            (Intent::Help, all),
        ];
        let mut line = Line::default();
        let mut used = 0;
        if marked > 0 {
            let said = format!(" {marked} marked ");
            used = width::of(&said);
            line.spans.push(Span::styled(said, self.theme.strong));
        }
        for (intent, word) in acts {
            let Some(key) = self.ui.keymap.hint_in(Scope::Sessions, intent) else { continue };
            let cells = width::of(key) + width::of(word) + 3;
            if used + cells > self.cells {
                break;
            }
            used += cells;
            line.spans.push(Span::styled(format!(" {key}"), self.theme.key));
            line.spans.push(Span::styled(format!(" {word} "), self.theme.dim));
        }
        line
    }

    /// Two lines on the chosen row: how it began, and what it is.
    fn about(&self) -> [Line<'static>; 2] {
        let none = [Line::default(), Line::default()];
        let entry = match self.ui.list.chosen() {
            Some(Row::Session(entry)) => entry,
            Some(Row::Header(profile)) => {
                let of = self.world.profile(profile);
                let state = of.map(|known| format!(" backend {}", known.backend.word())).unwrap_or_default();
                let home =
                    of.map(|known| format!(" {}", text::label(&self.tilde(known.home.raw()), self.cells)));
                return [
                    Line::styled(state, self.theme.text),
                    Line::styled(home.unwrap_or_default(), self.theme.dim),
                ];
            }
            _ => return none,
        };
        let live = entry.key.session.and_then(|id| self.world.sessions.get(&id));
        let row = entry.stored.as_deref();
        let said = live.map(|session| &session.preview).filter(|text| !text.is_empty());
        let said =
            said.or(row.map(|row| &row.preview)).map(|text| text.label(self.cells)).unwrap_or_default();
        let messages = row.map(|row| match row.messages {
            1 => "1 message".to_owned(),
            many => format!("{many} messages"),
        });
        let other = row.map(|row| &row.source).filter(|source| !matches!(source.raw(), "" | "tui"));
        let cwd = live.and_then(|session| session.info.cwd.as_ref()).or(row.and_then(|row| row.cwd.as_ref()));
        let elsewhere = live.is_none() && self.runs_elsewhere(entry);
        let word = if self.works_elsewhere(entry) { "works" } else { "may work" };
        let elsewhere = elsewhere.then(|| format!("another program {word} in it"));
        let facts = [
            elsewhere,
            messages,
            other.map(|source| format!("from {}", source.label(12))),
            cwd.filter(|cwd| !cwd.is_empty()).map(|cwd| text::label(&self.tilde(cwd.raw()), self.cells)),
        ];
        let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        [Line::styled(format!(" {said}"), self.theme.text), Line::styled(format!(" {facts}"), self.theme.dim)]
    }

    /// A path with the person's home as `~`.
    fn tilde(&self, path: &str) -> String {
        let rest = path.strip_prefix(self.home).filter(|_| !self.home.is_empty());
        match rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            Some(rest) => format!("~{rest}"),
            None => path.to_owned(),
        }
    }
}

/// What was deleted last and has not left yet.
fn unsent(world: &World) -> Option<&Tomb> {
    world.tombs.iter().rev().find(|tomb| tomb.kind == TombKind::Deleted && !tomb.sent)
}

/// Whether the list counts seconds.
pub(super) fn counts(ui: &UiState, world: &World) -> bool {
    ui.shows_list() && unsent(world).is_some()
}

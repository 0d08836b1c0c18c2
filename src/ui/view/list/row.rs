//! One row of the list.

use ratatui::text::{Line, Span};

use super::super::{badge, marks};
use super::Paper;
use crate::base::ids::ProfileName;
use crate::base::text::{self, width};
use crate::model::status;
use crate::ui::state::list::{Entry, List};

/// Cells of an age, at least.
const AGE: usize = 3;

impl Paper<'_> {
    /// Mark, state, title, draft, age.
    pub(super) fn session(&self, entry: &Entry) -> Line<'static> {
        let theme = self.theme;
        let accent = theme.accent(entry.key.profile.as_str());
        let live = entry.key.session.and_then(|id| self.world.sessions.get(&id));
        let shown = live.is_some() && self.ui.active == entry.key.session;
        let tab = live.is_some_and(|session| self.world.tabs.contains(&session.id));
        let first = match (self.ui.list.is_marked(&entry.key), shown, tab) {
            (true, ..) => Span::styled("✓", theme.key),
            (_, true, _) => Span::styled("▎", accent),
            (_, _, true) => Span::styled("▏", accent),
            _ => Span::raw(" "),
        };
        let mut left = vec![first];
        // "Needs me" and "works" are two things (B06).
        if let Some(session) = live {
            let state = status::of(session);
            let (mark, style) = marks::status(state, theme, None);
            left.push(Span::styled(mark, style));
            if state.needs_input() && status::is_working(session) {
                left.push(Span::styled("▸", theme.good));
            }
        } else {
            let style = if self.works_elsewhere(entry) { theme.good } else { theme.dim };
            left.push(Span::styled(if self.runs_elsewhere(entry) { "▹" } else { " " }, style));
        }
        left.push(Span::raw(" "));
        let style = if shown || tab { theme.strong } else { theme.text };
        let title = match (live, entry.stored.as_deref()) {
            (Some(session), _) => status::name(session, self.cells),
            (None, Some(row)) if !row.name().is_empty() => row.name().label(self.cells),
            _ => "untitled".to_owned(),
        };
        let mut right = Vec::new();
        if live.is_some_and(|session| !session.draft.is_empty()) {
            right.push(Span::styled(" ✎", theme.chip));
        }
        if entry.stored.as_ref().is_some_and(|row| row.archived) {
            right.push(Span::styled(" archived", theme.dim));
        }
        if self.ui.list.all && self.ui.list.is_flat() {
            right.extend([Span::raw(" "), badge::of(entry.key.profile.as_str(), theme)]);
        }
        right.push(Span::styled(format!(" {:>AGE$} ", self.age(entry)), theme.dim));
        let room = self.cells.saturating_sub(cells(&left) + cells(&right));
        left.push(Span::styled(width::truncate(&title, room), style));
        ends(left, right, self.cells)
    }

    /// Whether its backend says that another program has it run.
    pub(super) fn works_elsewhere(&self, entry: &Entry) -> bool {
        entry.stored_id().is_some_and(|id| self.world.works_elsewhere(&entry.key.profile, id))
    }

    /// The same, or it may be so: nobody closed it, and something was said in it a moment ago.
    pub(super) fn runs_elsewhere(&self, entry: &Entry) -> bool {
        let may = || entry.stored.as_ref().is_some_and(|row| row.may_run(self.ui.wall));
        self.works_elsewhere(entry) || may()
    }

    /// How long ago something happened in it, in at most four cells.
    fn age(&self, entry: &Entry) -> String {
        let live = entry.key.session.and_then(|id| self.world.sessions.get(&id));
        let since = match (entry.stored.as_deref(), live) {
            (Some(row), _) => self.ui.wall.0.saturating_sub(row.last_active.0),
            (None, Some(session)) => self.now.since(session.touched),
            (None, None) => return String::new(),
        };
        let minutes = since / 60_000;
        match minutes {
            0 => "now".into(),
            1..=59 => format!("{minutes}m"),
            60..=1_439 => format!("{}h", minutes / 60),
            1_440..=525_599 => format!("{}d", minutes / 1_440),
            _ => format!("{}y", (minutes / 525_600).min(99)),
        }
    }

    /// A profile's header: folded or not, its backend, its name, how much of it is here, a way to begin in it.
    pub(super) fn header(&self, profile: &ProfileName) -> Line<'static> {
        let theme = self.theme;
        let list = &self.ui.list;
        let fold = if list.is_folded(profile) { "▸" } else { "▾" };
        let accent = theme.strong.patch(theme.accent(profile.as_str()));
        let mut left = vec![Span::styled(format!("{fold} "), theme.dim)];
        if let Some(known) = self.world.profile(profile) {
            let (mark, style) = marks::backend(&known.backend, theme, self.now);
            left.push(Span::styled(format!("{mark} "), style));
        }
        let tally = status::tally(self.world, profile);
        let count = count(list, profile).unwrap_or_default();
        let mut right = Vec::new();
        if tally.waiting > 0 {
            right.push(Span::styled(format!(" {}!", tally.waiting), theme.needs));
        }
        right.push(Span::styled(format!(" {count}"), theme.dim));
        right.push(Span::styled("  + ", theme.key));
        let room = self.cells.saturating_sub(cells(&left) + cells(&right));
        left.push(Span::styled(width::truncate(profile.as_str(), room), accent));
        ends(left, right, self.cells)
    }

    /// The next page of a profile.
    pub(super) fn more(&self, profile: &ProfileName) -> Line<'static> {
        let list = &self.ui.list;
        let Some(stored) = list.stored.get(profile) else { return Line::default() };
        let left = stored.total.saturating_sub(stored.rows.len() as u64);
        let of = if list.all && list.is_flat() { format!(" of {profile}") } else { String::new() };
        let word = if stored.asked { "loading" } else { "more" };
        Line::styled(format!("   ↓ {left} {word}{of}"), self.theme.dim)
    }
}

/// How much of a profile is here: `12 of 340`, or how many there are. `None`: not known yet.
pub(super) fn count(list: &List, profile: &ProfileName) -> Option<String> {
    let stored = list.stored.get(profile)?;
    let here = stored.rows.len() as u64;
    match (stored.known, stored.problem.is_some() && here == 0) {
        (_, true) => Some("✗".to_owned()),
        (false, _) => Some("…".to_owned()),
        _ if stored.next.is_some() => Some(format!("{here} of {}", stored.total.max(here))),
        _ => Some(stored.total.max(here).to_string()),
    }
}

/// One text at the left end of a row, one at the right.
pub(super) fn ends(left: Vec<Span<'static>>, right: Vec<Span<'static>>, room: usize) -> Line<'static> {
    let pad = room.saturating_sub(cells(&left) + cells(&right));
    let mut line = Line::from(left);
    line.spans.push(Span::raw(" ".repeat(pad)));
    line.spans.extend(right);
    line
}

fn cells(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| text::width::of(&span.content)).sum()
}

//! The strip: every profile with its backend and its counts, in sight wherever one is (UX-01). `default` and the scope of the list stand at
//! the left, a new profile and the Manage view at the right, the named ones between them, scrolled where they do not fit (E01).

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::{badge, marks, window};
use crate::base::clock::Tick;
use crate::base::ids::ProfileName;
use crate::base::text::width;
use crate::model::profile::Profile;
use crate::model::status::{self, Tally};
use crate::model::world::World;
use crate::ui::intent::{Intent, ProfileDeed};
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::state::strip::{MANY, Strip};
use crate::ui::state::{Focus, Hit, UiState};
use crate::ui::theme::Theme;

/// Cells of a profile's name at most.
const NAME: usize = 20;

/// What is needed to draw the strip.
struct Row<'a> {
    world: &'a World,
    strip: &'a Strip,
    active: Option<&'a ProfileName>,
    /// The strip has the keys.
    focused: bool,
    /// The list shows all profiles.
    all: bool,
    theme: &'a Theme,
    now: Tick,
    area: Rect,
    line: Line<'static>,
    hits: Vec<(Rect, Hit)>,
}

/// The row, and what a click on it means. With one profile there is nothing to switch: only its home and a way to make another
/// (E21, E22).
pub(super) fn row(
    world: &World,
    active: Option<&ProfileName>,
    ui: &UiState,
    area: Rect,
    theme: &Theme,
    now: Tick,
) -> (Line<'static>, Vec<(Rect, Hit)>) {
    let focused = ui.focus == Focus::Strip;
    let mut row = Row {
        world,
        strip: &ui.strip,
        active,
        focused,
        all: ui.list.prefs.open && ui.list.prefs.all,
        theme,
        now,
        area,
        line: Line::default(),
        hits: vec![(area, Hit::Strip)],
    };
    let room = usize::from(area.width);
    if let [only] = world.profiles.as_slice() {
        let (mark, style) = marks::backend(&only.backend, theme, now);
        row.put(vec![Span::raw(" ⌂ "), Span::styled(mark, style), Span::raw(" ")], None);
        row.put(vec![Span::styled(" + ", theme.dim)], Some(Hit::CreateProfile));
        row.hints(&ui.keymap, room);
        return (row.line, row.hits);
    }
    row.home();
    let pinned = 6;
    if world.profiles.len() > MANY {
        row.list(room.saturating_sub(pinned));
    } else {
        row.chips(room.saturating_sub(pinned));
    }
    row.hints(&ui.keymap, room.saturating_sub(pinned));
    row.fill(room.saturating_sub(pinned));
    row.put(vec![Span::styled(" + ", theme.dim)], Some(Hit::CreateProfile));
    row.put(vec![Span::styled(" ⚙ ", theme.dim)], Some(Hit::Manage));
    (row.line, row.hits)
}

impl Row<'_> {
    fn used(&self) -> usize {
        cells(&self.line.spans)
    }

    fn put(&mut self, spans: Vec<Span<'static>>, hit: Option<Hit>) {
        let x = usize::from(self.area.x) + self.used();
        let rect = Rect::new(clip(x), self.area.y, clip(cells(&spans)), 1).intersection(self.area);
        self.hits.extend(hit.map(|hit| (rect, hit)));
        self.line.spans.extend(spans);
    }

    fn fill(&mut self, to: usize) {
        let gap = to.saturating_sub(self.used());
        self.line.spans.push(Span::raw(" ".repeat(gap)));
    }

    /// `default`, and whether the list is of all profiles.
    fn home(&mut self) {
        let default = ProfileName::default_profile();
        let Some(profile) = self.world.profile(&default) else { return };
        let (edge, style) = self.edge(&default);
        let (mark, mark_style) = marks::backend(&profile.backend, self.theme, self.now);
        let icon = if self.all { "≡" } else { "⌂" };
        let icon = vec![edge, Span::styled(icon, style), Span::raw(" ")];
        self.put(icon, Some(Hit::Scope));
        let mut spans = vec![Span::styled(mark, mark_style)];
        // Where the row is short the icon says who it is.
        if self.area.width >= 60 {
            spans.extend([Span::raw(" "), Span::styled("default", style)]);
        }
        spans.extend(self.counts(status::tally(self.world, &default)));
        spans.push(Span::raw("  "));
        self.put(spans, Some(Hit::Profile(default)));
    }

    /// The left edge of a profile's chip, and how its name is written: the active one strong behind a bar of its accent (E30), the one
    /// that has the keys or is being dragged on the ground of what is chosen.
    fn edge(&self, name: &ProfileName) -> (Span<'static>, Style) {
        let accent = self.theme.accent(name.as_str());
        let is_active = self.active == Some(name);
        let chosen = self.focused && self.strip.chosen.as_ref() == Some(name);
        let dragged = self.strip.drag.as_ref().is_some_and(|drag| drag.name == *name);
        let mut style = if is_active { self.theme.strong.patch(accent) } else { accent };
        if chosen || dragged {
            style = style.patch(self.theme.chosen);
        }
        let bar = if dragged {
            "↔"
        } else if chosen {
            "›"
        } else if is_active {
            "▎"
        } else {
            " "
        };
        (Span::styled(bar, self.theme.strong.patch(accent)), style)
    }

    /// `small`: a badge stands for the name.
    fn chip(&self, profile: &Profile, small: bool) -> Vec<Span<'static>> {
        let name = &profile.name;
        let (edge, style) = self.edge(name);
        let (mark, mark_style) = marks::backend(&profile.backend, self.theme, self.now);
        let word = if small && self.active != Some(name) {
            badge::of(name.as_str(), self.theme).content.into_owned()
        } else {
            width::truncate(name.as_str(), NAME)
        };
        let mut spans = vec![edge, Span::styled(mark, mark_style), Span::raw(" "), Span::styled(word, style)];
        spans.extend(self.counts(status::tally(self.world, name)));
        spans.push(Span::raw("  "));
        spans
    }

    fn counts(&self, tally: Tally) -> Vec<Span<'static>> {
        let theme = self.theme;
        let all = [
            (tally.waiting, "!", theme.needs),
            (tally.working, "▸", theme.good),
            (tally.uncertain, "~", theme.warn),
            (tally.failed, "✗", theme.bad),
            (tally.unread, "•", theme.strong),
        ];
        let shown = all.into_iter().filter(|(count, ..)| *count > 0);
        shown.map(|(count, glyph, style)| Span::styled(format!(" {count}{glyph}"), style)).collect()
    }

    /// The chips of the named profiles: with names where all fit, else with badges, scrolled where not even these do.
    fn chips(&mut self, room: usize) {
        let room = room.saturating_sub(self.used());
        let named = self.strip.named(self.world);
        let of = |small| named.iter().map(|profile| self.chip(profile, small)).collect::<Vec<_>>();
        let mut chips = of(false);
        if chips.iter().map(|chip| cells(chip)).sum::<usize>() > room {
            chips = of(true);
        }
        let widths: Vec<usize> = chips.iter().map(|chip| cells(chip)).collect();
        let seen = if self.focused { self.strip.chosen.as_ref() } else { self.active };
        let keep = named.iter().position(|profile| Some(&profile.name) == seen).unwrap_or(0);
        let all = widths.iter().sum::<usize>() <= room;
        let inner = if all { room } else { room.saturating_sub(8) };
        let (from, to) = match self.strip.first {
            Some(first) if !all => window::from(&widths, first, inner),
            _ => window::around(&widths, keep, inner),
        };
        let order: Vec<ProfileName> = named.iter().map(|profile| profile.name.clone()).collect();
        let hidden = |range: &[ProfileName]| {
            let tallies: Vec<Tally> = range.iter().map(|name| status::tally(self.world, name)).collect();
            (range.len(), tallies.iter().any(|tally| tally.waiting > 0))
        };
        let (left, right) =
            (hidden(order.get(..from).unwrap_or_default()), hidden(order.get(to..).unwrap_or_default()));
        self.more(left, "‹", "");
        for (name, spans) in order.into_iter().zip(chips).take(to).skip(from) {
            self.put(spans, Some(Hit::Profile(name)));
        }
        self.more(right, "", "›");
    }

    /// How many profiles are out of sight at one end; it still says when one of them needs somebody.
    fn more(&mut self, (count, needs): (usize, bool), left: &str, right: &str) {
        if count == 0 {
            return;
        }
        let (mark, style) = if needs { ("!", self.theme.needs) } else { ("", self.theme.dim) };
        self.put(vec![Span::styled(format!("{left}{count}{mark}{right} "), style)], None);
    }

    /// One chip for all: the active profile, how many there are, and what the others want.
    fn list(&mut self, room: usize) {
        let active = self.active.filter(|name| !name.is_default());
        if let Some(profile) = active.and_then(|name| self.world.profile(name)) {
            let chip = self.chip(profile, self.area.width < 80);
            self.put(chip, Some(Hit::Profile(profile.name.clone())));
        }
        let count = self.world.profiles.len();
        let words = if room.saturating_sub(self.used()) >= 30 {
            format!("▾ {count} profiles")
        } else {
            format!("▾ {count}")
        };
        let mut others = Tally::default();
        let rest = self.world.profiles.iter().map(|profile| &profile.name);
        for name in rest.filter(|name| Some(*name) != active && !name.is_default()) {
            let tally = status::tally(self.world, name);
            others.waiting += tally.waiting;
            others.working += tally.working;
            others.uncertain += tally.uncertain;
            others.failed += tally.failed;
            others.unread += tally.unread;
        }
        let chosen = self.focused && self.strip.chosen.as_ref() == active;
        let style = if chosen { self.theme.chosen } else { self.theme.text };
        let mut spans = vec![Span::styled(words, style)];
        spans.extend(self.counts(others));
        spans.push(Span::raw("  "));
        self.put(spans, Some(Hit::AllProfiles));
    }

    /// Keys worth knowing, as many as fit up to `end`, at its right; the way to what waits first.
    fn hints(&mut self, keymap: &Keymap, end: usize) {
        let theme = self.theme;
        let room = end.saturating_sub(self.used() + 1);
        let waits = status::attention(self.world).len();
        let mut all: Vec<(Scope, Intent, String, Style)> = Vec::new();
        if self.focused {
            let on = [
                (ProfileDeed::Switch, "switches"),
                (ProfileDeed::Menu, "menu"),
                (ProfileDeed::MoveRight, "moves it"),
                (ProfileDeed::Colour, "colour"),
            ];
            all.extend(
                on.map(|(deed, word)| (Scope::Profiles, Intent::Profile(deed), word.to_owned(), theme.dim)),
            );
        } else {
            if waits > 0 {
                all.push((Scope::Global, Intent::NextAttention, format!("next of {waits}"), theme.needs));
            }
            all.push((Scope::Global, Intent::Palette, "palette".to_owned(), theme.dim));
            all.push((Scope::Global, Intent::Help, "keys".to_owned(), theme.dim));
        }
        let mut spans: Vec<Span<'static>> = Vec::new();
        for (scope, intent, word, style) in all {
            let Some(key) = keymap.hint_in(scope, intent) else { continue };
            let gap = if spans.is_empty() { 0 } else { 3 };
            if cells(&spans) + gap + width::of(key) + 1 + width::of(&word) > room {
                break;
            }
            spans.push(Span::raw(" ".repeat(gap)));
            spans.push(Span::styled(key.to_owned(), theme.key));
            spans.push(Span::styled(format!(" {word}"), style));
        }
        if !spans.is_empty() {
            self.fill(end.saturating_sub(cells(&spans) + 1));
            self.line.spans.extend(spans);
        }
    }
}

fn cells(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| width::of(&span.content)).sum()
}

fn clip(cells: usize) -> u16 {
    u16::try_from(cells).unwrap_or(u16::MAX)
}

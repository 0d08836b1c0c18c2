//! The Manage view: all profiles at the left (above, on narrow screens), beside them what the chosen one is and what can be done with it; what
//! cannot be undone stands apart (E29). Values of environment keys are nowhere in it.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layer::foot;
use super::{Boxed, Over, badge, marks};
use crate::base::clock::Tick;
use crate::base::text::width;
use crate::model::fleet::Details;
use crate::model::profile::Profile;
use crate::model::status;
use crate::model::world::World;
use crate::ui::intent::{Intent, ProfileDeed};
use crate::ui::keymap::{Keymap, Scope};
use crate::ui::render::wrap;
use crate::ui::state::Hit;
use crate::ui::state::manage::{Known, Manage, ManageOf};
use crate::ui::theme::Theme;

/// From this width on the list stands beside what is said of the chosen one.
const WIDE: u16 = 90;
/// Cells of the list beside it.
const LIST: usize = 34;
/// Cells of the labels.
const LABEL: usize = 11;
/// Rows that must be left for what cannot be undone to stand apart.
const APART: usize = 6;

/// What can be done with a profile, in the order it is offered; the grave ones are apart.
const DEEDS: [(ProfileDeed, &str); 10] = [
    (ProfileDeed::Switch, "switch to it"),
    (ProfileDeed::NewSession, "new session"),
    (ProfileDeed::Colour, "colour"),
    (ProfileDeed::Describe, "describe"),
    (ProfileDeed::Soul, "SOUL.md"),
    (ProfileDeed::Settings, "settings"),
    (ProfileDeed::Rename, "rename"),
    (ProfileDeed::Backend, "start or stop its backend"),
    (ProfileDeed::MoveLeft, "move up"),
    (ProfileDeed::MoveRight, "move down"),
];

/// What is needed to draw the view.
pub(super) struct View<'a> {
    pub manage: &'a Manage,
    pub known: &'a ManageOf,
    pub world: &'a World,
    pub active: Option<&'a crate::base::ids::ProfileName>,
    pub keymap: &'a Keymap,
    pub theme: &'a Theme,
    pub now: Tick,
}

/// Rows with what can be clicked in them: row, column, cells.
#[derive(Default)]
struct Part {
    rows: Vec<Line<'static>>,
    hits: Vec<(usize, usize, usize, Hit)>,
}

pub(super) fn boxed(view: &View<'_>, size: (u16, u16)) -> Over {
    let area = Rect::new(0, 0, size.0, size.1);
    let cells = usize::from(size.0).saturating_sub(4).max(1);
    let room = usize::from(size.1).saturating_sub(2);
    let beside = size.0 >= WIDE;
    let high = if beside { room } else { (room / 3).clamp(1, 8).min(view.world.profiles.len()) };
    let list = view.list(if beside { LIST } else { cells }, high);
    let (left, gap) = if beside { (LIST, 3) } else { (0, 0) };
    let below = if beside { 0 } else { list.rows.len() + 1 };
    let of = view.chosen().map(|profile| view.of(profile, cells - left - gap, room.saturating_sub(below)));
    let of = of.unwrap_or_default();
    let mut rows = Vec::new();
    let mut hits = Vec::new();
    let mut put = |part: &Part, x: usize, y: usize| {
        let inside = part.hits.iter().filter(|(row, ..)| y + row < room);
        hits.extend(inside.filter_map(|(row, column, wide, hit)| {
            let (x, y) = (u16::try_from(2 + x + column).ok()?, u16::try_from(1 + y + row).ok()?);
            Some((Rect::new(x, y, u16::try_from(*wide).ok()?, 1).intersection(area), hit.clone()))
        }));
    };
    put(&list, 0, 0);
    put(&of, left + gap, below);
    if beside {
        let (mut lists, mut ofs) = (list.rows.into_iter(), of.rows.into_iter());
        for _ in 0..room {
            let mut line = lists.next().unwrap_or_default();
            let pad = left.saturating_sub(line.width());
            line.spans.push(Span::raw(" ".repeat(pad)));
            line.spans.push(Span::styled(" │ ", view.theme.rule));
            let of = ofs.next().unwrap_or_default();
            let styled = |span: Span<'static>| Span { style: of.style.patch(span.style), ..span };
            line.spans.extend(of.spans.into_iter().map(styled));
            rows.push(line);
        }
    } else {
        rows.extend(list.rows);
        rows.push(Line::styled("─".repeat(cells), view.theme.rule));
        rows.extend(of.rows);
    }
    let says = [
        (Scope::Profiles, Intent::CreateProfile, "new profile"),
        (Scope::Profiles, Intent::Profile(ProfileDeed::Menu), "menu"),
        (Scope::Profiles, Intent::Back, "closes"),
    ];
    let boxed = Boxed {
        title: Line::styled(" Profiles ", view.theme.strong),
        corner: Line::styled(format!(" {} ", view.world.profiles.len()), view.theme.dim),
        foot: foot(view.keymap, &says, view.theme),
        rows,
        border: view.theme.rule,
        caret: None,
    };
    Over { area, boxed, hits }
}

impl View<'_> {
    fn chosen(&self) -> Option<&Profile> {
        self.manage.at(self.world)
    }

    fn list(&self, cells: usize, high: usize) -> Part {
        let mut part = Part::default();
        let theme = self.theme;
        let profiles = &self.world.profiles;
        let chosen = self.chosen().map(|profile| &profile.name);
        let at = profiles.iter().position(|profile| Some(&profile.name) == chosen).unwrap_or(0);
        let from = (at + 1).saturating_sub(high).min(profiles.len().saturating_sub(high));
        for profile in profiles.iter().skip(from).take(high) {
            let name = &profile.name;
            let marked = Some(name) == chosen;
            let (mark, mark_style) = marks::backend(&profile.backend, theme, self.now);
            let accent = theme.accent(name.as_str());
            let style = if self.active == Some(name) { theme.strong.patch(accent) } else { accent };
            let note = match self.known.get(name) {
                Some(Known::Is(details)) => match &details.sessions {
                    Ok(1) => "1 session".to_owned(),
                    Ok(count) => format!("{count} sessions"),
                    Err(_) => "not readable".to_owned(),
                },
                _ => String::new(),
            };
            let word = width::truncate(name.as_str(), cells.saturating_sub(10 + width::of(&note)).max(4));
            let pad = " ".repeat(cells.saturating_sub(8 + width::of(&word) + width::of(&note)));
            let mut line = Line::from(vec![
                Span::styled(if marked { "› " } else { "  " }, theme.key),
                badge::of(name.as_str(), theme),
                Span::raw(" "),
                Span::styled(mark, mark_style),
                Span::raw(" "),
                Span::styled(word, style),
                Span::raw(pad),
                Span::styled(note, theme.dim),
            ]);
            if marked {
                line.spans.iter_mut().for_each(|span| span.style = span.style.patch(theme.chosen));
            }
            part.hits.push((part.rows.len(), 0, cells, Hit::Managed(name.clone())));
            part.rows.push(line);
        }
        part
    }

    /// What is said of `profile`: what it is, what can be done with it, and apart from that what cannot be undone.
    fn of(&self, profile: &Profile, cells: usize, room: usize) -> Part {
        let theme = self.theme;
        let name = profile.name.as_str();
        let mut head = vec![
            badge::of(name, theme),
            Span::raw(" "),
            Span::styled(name.to_owned(), theme.strong.patch(theme.accent(name))),
        ];
        if self.active == Some(&profile.name) {
            head.push(Span::styled("  active", theme.good));
        }
        let mut part = Part { rows: vec![Line::from(head)], hits: Vec::new() };
        let details = match self.known.get(&profile.name) {
            Some(Known::Is(details)) => Some(&**details),
            Some(Known::Not(why)) => {
                part.said(why, theme.bad, cells);
                None
            }
            _ => None,
        };
        let description = profile.description.as_ref().map(|text| text.label(400)).unwrap_or_default();
        if description.is_empty() {
            part.said("no description", theme.dim, cells);
        } else {
            part.said(&description, theme.text, cells);
        }
        part.rows.push(Line::default());
        part.backend(profile, cells, theme);
        match details {
            Some(details) => part.details(self.world, profile, details, cells, theme),
            None => part.fact("", "reading …", theme.dim, cells, theme),
        }
        // What can be done is on the screen whatever is not.
        let mut deeds = Part::default();
        deeds.deeds(self.keymap, &DEEDS, cells, theme);
        if part.rows.len() + deeds.rows.len() + APART < room {
            deeds.rows.push(Line::default());
        }
        deeds.danger(profile, self.keymap, cells, theme);
        let left = room.saturating_sub(deeds.rows.len() + 1);
        part.rows.truncate(left.max(1));
        part.rows.push(Line::default());
        let below = part.rows.len();
        part.hits.extend(deeds.hits.into_iter().map(|(row, x, wide, hit)| (row + below, x, wide, hit)));
        part.rows.extend(deeds.rows);
        part
    }
}

impl Part {
    fn said(&mut self, text: &str, style: ratatui::style::Style, cells: usize) {
        self.rows.extend(wrap::wrap(&Line::styled(text.to_owned(), style), cells.max(1), 0));
    }

    fn fact(&mut self, label: &str, text: &str, style: ratatui::style::Style, cells: usize, theme: &Theme) {
        let room = cells.saturating_sub(LABEL).max(1);
        let rows = wrap::wrap(&Line::styled(text.to_owned(), style), room, 0);
        for (n, mut row) in rows.into_iter().enumerate() {
            let label = if n == 0 { label } else { "" };
            let label = format!("{label}{}", " ".repeat(LABEL.saturating_sub(width::of(label))));
            row.spans.insert(0, Span::styled(label, theme.dim));
            self.rows.push(row);
        }
    }

    fn backend(&mut self, profile: &Profile, cells: usize, theme: &Theme) {
        let why = profile.backend.why().map(|why| format!(": {}", why.label(120))).unwrap_or_default();
        let (_, style) = marks::backend(&profile.backend, theme, Tick(0));
        self.fact("Backend", &format!("{}{why}", profile.backend.word()), style, cells, theme);
        if let Some(problem) = &profile.problem {
            self.fact("Problem", &problem.label(200), theme.bad, cells, theme);
        }
    }

    fn details(&mut self, world: &World, profile: &Profile, details: &Details, cells: usize, theme: &Theme) {
        let model = details.model.as_ref().map(|model| model.label(80));
        let provider = details.provider.as_ref().map(|provider| format!(" · {}", provider.label(60)));
        let model = model.map(|model| format!("{model}{}", provider.unwrap_or_default()));
        self.fact("Model", model.as_deref().unwrap_or("none is set"), theme.text, cells, theme);
        let open = world.sessions.values().filter(|session| session.profile == profile.name).count();
        let running = status::tally(world, &profile.name).working;
        let sessions = match &details.sessions {
            Ok(count) => format!("{count} · {open} open · {running} at work"),
            Err(why) => format!("not readable: {}", why.label(120)),
        };
        self.fact("Sessions", &sessions, theme.text, cells, theme);
        let soul = details.soul.map_or_else(|| "none of its own".to_owned(), marks::size);
        self.fact("SOUL.md", &soul, theme.text, cells, theme);
        self.fact("Directory", &details.home.label(200), theme.dim, cells, theme);
        if details.keys.is_empty() {
            self.fact("Keys", "none in its .env", theme.dim, cells, theme);
        }
        for (n, key) in details.keys.iter().enumerate() {
            let (says, style) = if key.set { ("set", theme.good) } else { ("not set", theme.dim) };
            let label = if n == 0 { "Keys" } else { "" };
            self.fact(label, &format!("{} {says}", key.name.label(60)), style, cells, theme);
        }
        for problem in &details.problems {
            self.fact("", &problem.label(200), theme.warn, cells, theme);
        }
    }

    /// Keys with what they do, one behind another, each to be clicked as well.
    fn deeds(&mut self, keymap: &Keymap, deeds: &[(ProfileDeed, &str)], cells: usize, theme: &Theme) {
        let mut line = Line::default();
        let mut x = 0;
        for (deed, word) in deeds {
            let Some(key) = keymap.hint_in(Scope::Profiles, Intent::Profile(*deed)) else { continue };
            let wide = width::of(key) + 1 + width::of(word);
            if x > 0 && x + wide > cells {
                self.rows.push(std::mem::take(&mut line));
                x = 0;
            }
            self.hits.push((self.rows.len(), x, wide, Hit::Deed(*deed)));
            line.spans.push(Span::styled(key.to_owned(), theme.key));
            line.spans.push(Span::raw(format!(" {word}   ")));
            x += wide + 3;
        }
        self.rows.push(line);
    }

    /// What cannot be undone, apart from the rest.
    fn danger(&mut self, profile: &Profile, keymap: &Keymap, cells: usize, theme: &Theme) {
        let rule = "─".repeat(cells.saturating_sub(13));
        self.rows.push(Line::styled(format!("Danger zone {rule}"), theme.bad));
        if profile.name.is_default() {
            self.said("default is the Hermes home itself; it cannot be deleted", theme.dim, cells);
            return;
        }
        let from = self.rows.len();
        self.deeds(keymap, &[(ProfileDeed::Delete, "delete it with everything in it")], cells, theme);
        for line in self.rows.iter_mut().skip(from) {
            line.spans.iter_mut().skip(1).for_each(|span| span.style = theme.bad);
        }
    }
}

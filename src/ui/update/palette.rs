//! The palette: actions, open sessions, profiles and each profile's newest stored sessions, found by typing.

use super::{Step, keys};
use crate::base::text;
use crate::model::session::QueueEntry;
use crate::model::status;
use crate::proto::Command;
use crate::ui::action::Action;
use crate::ui::intent::Intent;
use crate::ui::keymap::{ACTIONS, Action as KeyAction, Scope};
use crate::ui::state::Ask;
use crate::ui::state::layer::{Layer, Offer, Palette, Row, Target};

/// Stored sessions asked for of each profile.
const STORED: u16 = 20;
/// Cells of a row's name at most.
const NAME: usize = 60;

impl Step<'_> {
    pub(super) fn open_palette(&mut self, offer: Offer) {
        if let Some(Layer::Palette(open)) = &self.ui.layer
            && open.offer == offer
        {
            self.ui.layer = None;
            return;
        }
        let mut palette = Palette { offer, ..Palette::default() };
        palette.rows = self.rows(offer);
        palette.search();
        self.ui.layer = Some(Layer::Palette(palette));
        if matches!(offer, Offer::Everything | Offer::Sessions | Offer::Link) {
            for profile in self.mirror.world().profiles.iter().map(|profile| profile.name.clone()) {
                self.command(Ask::List(profile.clone()), Command::List { profile, limit: STORED });
            }
        }
    }

    /// The open palette shows what is known now.
    pub(super) fn refresh_palette(&mut self) {
        let Some(Layer::Palette(open)) = &self.ui.layer else { return };
        let rows = self.rows(open.offer);
        if let Some(Layer::Palette(open)) = &mut self.ui.layer {
            open.set_rows(rows);
        }
    }

    fn rows(&self, offer: Offer) -> Vec<Row> {
        let world = self.mirror.world();
        let profiles = world.profiles.iter().map(|profile| Row {
            what: Target::Profile(profile.name.clone()),
            text: profile.name.to_string(),
            note: "profile".into(),
        });
        match offer {
            Offer::Profiles => return profiles.collect(),
            Offer::Queue => return self.queued(),
            Offer::Links => return self.linked_rows(),
            Offer::Everything | Offer::Sessions | Offer::Link => {}
        }
        let mut rows: Vec<Row> = Vec::new();
        let many = world.profiles.len() > 1;
        // Those that run on without a tab come after the tabs.
        let hidden = world.sessions.keys().filter(|id| !world.tabs.contains(id));
        for session in world.tabs.iter().chain(hidden).filter_map(|id| world.sessions.get(id)) {
            let state = status::words(status::of(session));
            let profile = if many { format!("{} · ", session.profile) } else { String::new() };
            rows.push(Row {
                what: Target::Session(session.id),
                text: crate::model::status::name(session, NAME),
                note: format!("{profile}{state}"),
            });
        }
        let all = offer == Offer::Everything;
        rows.extend(profiles.filter(|_| many && all));
        let open: Vec<_> = world.sessions.values().filter_map(|session| session.stored.as_ref()).collect();
        for row in self.ui.stored.values().flatten().filter(|row| !open.contains(&&row.id)) {
            let title = row.title.as_ref().unwrap_or(&row.preview);
            let profile = if many { format!("{} · ", row.profile) } else { String::new() };
            rows.push(Row {
                what: Target::Stored(row.profile.clone(), row.id.clone()),
                text: text::label(title.raw(), NAME),
                note: format!("{profile}{}", age(self.ui.wall.0, row.last_active.0)),
            });
        }
        if !all {
            return rows;
        }
        rows.extend(self.actions());
        let current = |name| if name == &self.ui.config.ui.theme { "in use" } else { "theme" };
        rows.extend(self.ui.themes.iter().map(|name| Row {
            what: Target::Theme(name.clone()),
            text: format!("Theme: {name}"),
            note: current(name).into(),
        }));
        rows
    }

    /// Every action that makes sense by its name alone, each meaning once. Not in it: motions in what is open, which a palette
    /// is not; and answers to cards, which want a fresh key on what was seen (SEC-20).
    fn actions(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for action in ACTIONS.iter().filter(|action| in_palette(action)) {
            let what = Target::Act(action.intent);
            if rows.iter().any(|row| row.what == what) {
                continue;
            }
            let place = match action.scope {
                Scope::Profiles => " (on the strip)".to_owned(),
                Scope::Text | Scope::Transcript => format!(" ({})", action.scope.title().to_lowercase()),
                _ => String::new(),
            };
            rows.push(Row {
                what,
                text: format!("{}{place}", action.help),
                note: self.ui.keymap.hint(action.intent).unwrap_or_default().to_owned(),
            });
        }
        rows
    }

    /// Another theme than the one in use, in the order of the list.
    pub(super) fn next_theme(&mut self) {
        let themes = &self.ui.themes;
        let at = themes.iter().position(|name| *name == self.ui.config.ui.theme);
        let next = themes.get(at.map_or(0, |at| at + 1)).or(themes.first()).cloned();
        self.out.extend(next.map(Action::Theme));
    }

    fn queued(&self) -> Vec<Row> {
        let Some(session) = self.session() else { return Vec::new() };
        let row = |entry: &QueueEntry| Row {
            what: Target::Queued(session.id, entry.id),
            text: text::label(&entry.text, NAME),
            note: String::new(),
        };
        session.queue.iter().map(row).collect()
    }

    /// What an open layer does with an intent. False: nothing, it is for the pane; ways out close the layer.
    pub(super) fn layer_intent(&mut self, intent: Intent) -> bool {
        let page = isize::try_from(self.ui.size.1 / 2).unwrap_or(1).max(1);
        let width = self.ui.composer_width();
        match &self.ui.layer {
            Some(Layer::Form(_)) => return self.form_intent(intent),
            Some(Layer::Swatch(_)) => return self.swatch_intent(intent),
            Some(Layer::Manage(_)) => return self.manage_intent(intent),
            _ => {}
        }
        let Some(layer) = &mut self.ui.layer else { return false };
        match (layer, intent) {
            (_, Intent::Back) => self.close_layer(),
            (Layer::Help { .. } | Layer::Output { .. }, Intent::Accept | Intent::Help) => {
                self.ui.layer = None;
            }
            (
                Layer::Dialog(_),
                Intent::Type(_)
                | Intent::Accept
                | Intent::ListUp
                | Intent::ListDown
                | Intent::FocusNext
                | Intent::FocusPrevious,
            ) => self.dialog_intent(intent),
            (Layer::Palette(palette), Intent::Type(c)) => {
                palette.query.insert(c.encode_utf8(&mut [0; 4]));
                palette.selected = 0;
                palette.search();
            }
            (Layer::Palette(palette), Intent::Edit(edit)) => {
                keys::apply(&mut palette.query, edit, width);
                palette.search();
            }
            (Layer::Palette(palette), Intent::ListUp) => palette.step(-1),
            (Layer::Palette(palette), Intent::ListDown) => palette.step(1),
            (Layer::Palette(palette), Intent::PageUp) => palette.step(-page),
            (Layer::Palette(palette), Intent::PageDown) => palette.step(page),
            (Layer::Palette(palette), Intent::Accept) => {
                let chosen = palette.chosen().map(|row| row.what.clone());
                self.take(chosen);
            }
            (Layer::Entry(entry), Intent::Type(c)) => entry.text.insert(c.encode_utf8(&mut [0; 4])),
            (Layer::Entry(entry), Intent::Edit(edit)) => {
                keys::apply(&mut entry.text, edit, width);
            }
            (Layer::Entry(_), Intent::Accept) => self.give_entry(),
            (Layer::Help { query, scroll, .. }, Intent::Type(c)) => {
                query.insert(c.encode_utf8(&mut [0; 4]));
                *scroll = 0;
            }
            (Layer::Help { query, scroll, .. }, Intent::Edit(edit)) => {
                keys::apply(query, edit, width);
                *scroll = 0;
            }
            (Layer::Help { scroll, .. } | Layer::Output { scroll, .. }, _) => match intent {
                Intent::ListUp | Intent::ScrollUp => *scroll = scroll.saturating_sub(1),
                Intent::ListDown | Intent::ScrollDown => *scroll += 1,
                Intent::PageUp => *scroll = scroll.saturating_sub(page.unsigned_abs()),
                Intent::PageDown => *scroll += page.unsigned_abs(),
                _ => return self.way_out(intent),
            },
            _ => return self.way_out(intent),
        }
        true
    }

    /// Navigation closes the layer and then happens (KEY-06).
    pub(super) fn way_out(&mut self, intent: Intent) -> bool {
        match intent {
            Intent::Palette | Intent::PickProfile | Intent::ToggleMouse | Intent::Redraw => {}
            Intent::Type(_) | Intent::Edit(_) | Intent::Accept | Intent::ListUp | Intent::ListDown => {
                return true;
            }
            _ => self.ui.layer = None,
        }
        false
    }

    /// Goes where a row leads.
    pub(super) fn take(&mut self, target: Option<Target>) {
        let Some(target) = target else { return };
        if self.ui.picks() {
            return self.pick(target);
        }
        let offer = match self.ui.layer.take() {
            Some(Layer::Palette(palette)) => palette.offer,
            _ => Offer::Everything,
        };
        match target {
            target if offer == Offer::Link => self.link_target(&target),
            Target::Act(intent) => self.intent(intent, None),
            Target::Session(id) => self.visit(id),
            Target::Theme(name) => self.out.push(Action::Theme(name)),
            Target::Profile(name) => self.switch_profile(&name),
            Target::Stored(profile, stored) => {
                self.command(Ask::Open, Command::OpenStored { profile, stored });
            }
            Target::Queued(session, entry) => self.ask_queued(session, entry),
            Target::Link(link) => self.follow(link),
        }
    }
}

/// Whether the palette offers `action`.
fn in_palette(action: &KeyAction) -> bool {
    let scope = matches!(
        action.scope,
        Scope::Global | Scope::Empty | Scope::Composer | Scope::Text | Scope::Transcript | Scope::Profiles
    );
    let of_row = action.scope == Scope::Sessions && matches!(action.intent, Intent::Row(_));
    let motion =
        action.scope == Scope::Profiles && matches!(action.intent, Intent::ListUp | Intent::ListDown);
    of_row || scope && action.intent != Intent::Back && !motion
}

/// How long ago, in one word. Both in wall milliseconds.
pub(super) fn age(now: u64, then: u64) -> String {
    let minutes = now.saturating_sub(then) / 60_000;
    match minutes {
        0 => "now".into(),
        1..=59 => format!("{minutes} min"),
        60..=1_439 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1_440),
    }
}

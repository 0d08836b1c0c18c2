//! The palette's keys, and where its rows lead. Its rows are made in `rows`, what it asks of the hub in `ask`, the place in a
//! transcript that a search leads to in `place`.

mod ask;
mod place;
mod rows;
mod setup;

pub(super) use ask::due;

use super::{Step, keys};
use crate::proto::Command;
use crate::ui::action::Action;
use crate::ui::intent::Intent;
use crate::ui::state::layer::Layer;
use crate::ui::state::palette::{Offer, Palette};
use crate::ui::state::picker::Target;
use crate::ui::state::{Ask, Focus};

impl Step<'_> {
    /// Opens a choice; the one that is open closes it.
    pub(super) fn open_palette(&mut self, offer: Offer) {
        if let Some(Layer::Palette(open)) = &self.ui.layer
            && open.offer == offer
        {
            self.ui.layer = None;
            return;
        }
        let scopes = self.scopes_below();
        self.ui.layer = Some(Layer::Palette(Box::new(Palette { offer, scopes, ..Palette::default() })));
        self.refresh_palette();
        self.ask_commands();
    }

    /// The open palette shows what is known now, and asks for what is not.
    pub(super) fn refresh_palette(&mut self) {
        self.stop_unseen_search();
        if !matches!(self.ui.layer, Some(Layer::Palette(_))) {
            return;
        }
        let Some(Layer::Palette(mut open)) = self.ui.layer.take() else { return };
        let (rows, needle) = self.rows(&open);
        open.picker.set(rows, &needle);
        self.seek_names(&mut open);
        self.search_due(&mut open);
        self.look_into(&mut open);
        self.ui.layer = Some(Layer::Palette(open));
    }

    /// What the palette does with an intent.
    pub(super) fn palette_intent(&mut self, intent: Intent, page: isize) -> bool {
        let width = self.ui.composer_width();
        let Some(Layer::Palette(open)) = &mut self.ui.layer else { return false };
        match intent {
            Intent::Type(c) => {
                open.picker.query.insert(c.encode_utf8(&mut [0; 4]));
                self.palette_typed();
            }
            Intent::Edit(edit) => {
                let before = open.picker.query.text();
                keys::apply(&mut open.picker.query, edit, width);
                if open.picker.query.text() != before {
                    self.palette_typed();
                }
            }
            Intent::ListUp => open.picker.step(-1),
            Intent::ListDown => open.picker.step(1),
            Intent::PageUp => open.picker.step(-page),
            Intent::PageDown => open.picker.step(page),
            Intent::ScrollUp => open.preview.scroll = open.preview.scroll.saturating_add(3),
            Intent::ScrollDown => open.preview.scroll = open.preview.scroll.saturating_sub(3),
            Intent::OtherList if open.setup.is_some() => self.other_scope(),
            Intent::OtherList => self.other_list(),
            Intent::Back => return self.back_to_settings(),
            Intent::Accept => self.accept(),
            _ => return false,
        }
        true
    }

    /// The query is another one.
    pub(super) fn palette_typed(&mut self) {
        let now = self.now;
        if let Some(Layer::Palette(open)) = &mut self.ui.layer {
            open.picker.typed();
            open.search.due = (open.offer == Offer::Search).then(|| now.plus(ask::SEARCH_AFTER));
        }
    }

    /// From names to what was said, and back, with the same words.
    fn other_list(&mut self) {
        let (now, picks) = (self.now, self.ui.picks());
        let Some(Layer::Palette(open)) = &mut self.ui.layer else { return };
        open.offer = match open.offer {
            Offer::Everything | Offer::Sessions => Offer::Search,
            Offer::Search if picks => Offer::Sessions,
            Offer::Search => Offer::Everything,
            _ => return,
        };
        open.picker.typed();
        open.sought = None;
        open.search.due = (open.offer == Offer::Search).then_some(now);
    }

    /// Takes the chosen row.
    pub(super) fn accept(&mut self) {
        if let Some(Layer::Palette(open)) = &self.ui.layer {
            let chosen = open.picker.chosen().map(|row| row.what.clone());
            self.take(chosen);
        }
    }

    /// Takes the row at a place among the hits.
    pub(super) fn accept_at(&mut self, place: usize) {
        if let Some(Layer::Palette(open)) = &mut self.ui.layer {
            open.picker.choose(place);
            self.accept();
        }
    }

    /// Goes where a row leads.
    fn take(&mut self, target: Option<Target>) {
        let Some(target) = target else { return };
        if self.ui.picks() {
            return self.pick(target);
        }
        match target {
            Target::Topic(topic) => return self.open_topic(topic),
            Target::Set(setting) => return self.set(setting),
            _ => {}
        }
        let Some(Layer::Palette(open)) = self.ui.layer.take() else { return };
        match target {
            target if open.offer == Offer::Link => self.link_target(&target, &open),
            Target::Act(intent) => {
                *self.ui.used.entry(intent).or_default() += 1;
                self.intent(intent, None);
            }
            Target::Session(id) => self.visit(id),
            Target::Theme(name) => self.out.push(Action::Theme(name)),
            Target::Profile(name) => self.switch_profile(&name),
            Target::Stored(profile, stored) => {
                self.command(Ask::Open, Command::OpenStored { profile, stored });
            }
            Target::Place(place) => {
                let (profile, stored) = (place.profile.clone(), place.stored.clone());
                self.command(Ask::OpenAt(place), Command::OpenStored { profile, stored });
            }
            Target::Slash(name) => self.begin_command(&name),
            Target::Queued(session, entry) => self.ask_queued(session, entry),
            Target::Link(link) => self.follow(link),
            Target::Topic(_) | Target::Set(_) => {}
        }
    }

    /// Begins a text with a slash command: what follows it is the person's.
    fn begin_command(&mut self, name: &str) {
        if self.composer_is_empty() {
            self.ui.focus = Focus::Composer;
            format!("/{name} ").chars().for_each(|c| self.type_into_composer(c));
        } else {
            self.say(format!("A command stands alone: send or clear the text, then write /{name}"));
        }
    }

    /// Another theme than the one in use, in the order of the list.
    pub(super) fn next_theme(&mut self) {
        let themes = &self.ui.themes;
        let at = themes.iter().position(|name| *name == self.ui.config.ui.theme);
        let next = themes.get(at.map_or(0, |at| at + 1)).or(themes.first()).cloned();
        self.out.extend(next.map(Action::Theme));
    }
}

//! Completion in the composer: sessions behind `@`, commands behind `/`. The list follows what is typed, and closes by itself.

use super::Step;
use crate::base::clock::ago;
use crate::base::text;
use crate::model::profile::BackendState;
use crate::model::status;
use crate::proto::Command;
use crate::ui::intent::Intent;
use crate::ui::state::completion::{Candidate, Completing, Completion, Kind, Puts, Word};
use crate::ui::state::editor::{Chip, Linked, Unit, segment};
use crate::ui::state::{Ask, Focus};

/// Cells of a candidate's name at most.
const NAME: usize = 48;
/// The commands that are hermux's own: a session is bound here and not at the backend.
const OWN: [(&str, &str); 2] = [
    ("clear", "Begin anew; this session stays in the list"),
    ("new", "Begin anew; this session stays in the list"),
];

impl Step<'_> {
    /// What an open list does with an intent. False: nothing, it is for the composer.
    pub(super) fn completion_intent(&mut self, intent: Intent) -> bool {
        let Some(open) = &mut self.ui.completing.open else { return false };
        let word = open.word.units.clone();
        match intent {
            Intent::ListUp => open.step(-1),
            Intent::ListDown => open.step(1),
            Intent::Complete => self.take_candidate(),
            Intent::Accept => {
                let written = self.ui.pane().map(|pane| pane.editor.written(&word)).unwrap_or_default();
                let open = self.ui.completing.open.as_ref();
                if open.is_some_and(|open| open.is_complete(&written)) {
                    self.send();
                } else {
                    self.take_candidate();
                }
            }
            Intent::Back => {
                self.ui.completing.closed = Some(word.start);
                self.ui.completing.open = None;
            }
            _ => return false,
        }
        true
    }

    pub(super) fn click_candidate(&mut self, place: usize) {
        if let Some(open) = &mut self.ui.completing.open {
            open.selected = place;
            self.take_candidate();
        }
    }

    fn take_candidate(&mut self) {
        let Some(open) = self.ui.completing.open.take() else { return };
        let Some(puts) = open.chosen().map(|one| one.puts.clone()) else { return };
        self.ui.completing = Completing::default();
        let units = match puts {
            Puts::Link(linked) => vec![Unit::Chip(Chip::link(linked))],
            Puts::Command(name, _) => segment(&format!("/{name}")),
        };
        self.write(|pane| pane.editor.complete(open.word.units, units));
    }

    /// After every happening: the list is that of the word before the caret.
    pub(super) fn refresh_completion(&mut self) {
        let composes =
            self.ui.focus == Focus::Composer && self.ui.layer.is_none() && self.ui.completing.typed;
        let word = self.ui.pane().filter(|_| composes).and_then(|pane| Word::at(&pane.editor));
        let Some(word) = word else {
            // Another text, another word: a list opens again when something is typed.
            self.ui.completing = Completing::default();
            return;
        };
        if self.ui.completing.closed == Some(word.units.start) {
            return;
        }
        self.ui.completing.closed = None;
        self.ask_candidates(&word);
        let known = self.ui.completing.open.as_ref().is_some_and(|open| open.word == word);
        if known && !std::mem::take(&mut self.ui.completing.stale) {
            return;
        }
        let candidates = match word.kind {
            Kind::Session => self.linkable(),
            Kind::Command => self.commands(),
        };
        let chosen =
            self.ui.completing.open.as_ref().filter(|_| known).and_then(|open| open.chosen().cloned());
        let mut open = Completion::of(word, candidates);
        if let (Some(open), Some(chosen)) = (&mut open, chosen) {
            let place = open.hits.iter().position(|hit| open.candidates.get(hit.index) == Some(&chosen));
            open.selected = place.unwrap_or(0);
        }
        self.ui.completing.open = open;
    }

    /// Asks the hub for what this terminal does not know, once a word.
    fn ask_candidates(&mut self, word: &Word) {
        if !self.ui.online {
            return;
        }
        let asked = match word.kind {
            Kind::Session => word.query.clone(),
            // Asked of a backend that runs: again when it has come up.
            Kind::Command => {
                let Some(profile) = self.session().map(|session| session.profile.clone()) else { return };
                let known = self.mirror.world().profile(&profile);
                let live = known.is_some_and(|profile| profile.backend == BackendState::Live);
                format!("/{profile} {live}")
            }
        };
        if self.ui.completing.asked.as_ref() == Some(&asked) {
            return;
        }
        self.ui.completing.asked = Some(asked);
        match word.kind {
            Kind::Session => {
                self.command(Ask::Complete, Command::Find { query: word.query.clone(), profile: None });
            }
            Kind::Command => {
                let Some(profile) = self.session().map(|session| session.profile.clone()) else { return };
                self.command(Ask::Slash(profile.clone()), Command::Commands { profile });
            }
        }
    }

    /// Stored sessions of all profiles but the one that is shown: the open ones, then those that the hub found.
    fn linkable(&self) -> Vec<Candidate> {
        let world = self.mirror.world();
        let many = world.profiles.len() > 1;
        let note =
            |profile: &str, rest: &str| if many { format!("{profile} · {rest}") } else { rest.to_owned() };
        let here = self.session().and_then(|session| session.stored.clone());
        let open = world.sessions.values().filter_map(|session| {
            let id = session.stored.clone().filter(|id| Some(id) != here.as_ref())?;
            let title = session.title.clone().unwrap_or_else(|| session.opening.clone());
            let linked = Linked { profile: session.profile.clone(), id, title };
            let state = status::words(status::of(session));
            Some((linked, status::name(session, NAME), note(session.profile.as_str(), state)))
        });
        let open: Vec<_> = open.collect();
        let known = |id: &_| here.as_ref() == Some(id) || open.iter().any(|(linked, ..)| linked.id == *id);
        let found = self.ui.completing.found.iter().filter(|row| !known(&row.id)).map(|row| {
            let linked =
                Linked { profile: row.profile.clone(), id: row.id.clone(), title: row.name().clone() };
            let age = ago(self.ui.wall.0.saturating_sub(row.last_active.0));
            (linked, text::label(row.name().raw(), NAME), note(row.profile.as_str(), &age))
        });
        let all: Vec<_> = found.collect();
        let candidate = |(linked, text, note): (Linked, String, String)| {
            let more = format!("{} {}", linked.profile, linked.id.as_str());
            Candidate { puts: Puts::Link(linked), text, more, note }
        };
        open.into_iter().chain(all).map(candidate).collect()
    }

    /// The commands of hermux, then those that the backend of the profile offers.
    fn commands(&self) -> Vec<Candidate> {
        let own = OWN.iter().map(|(name, about)| Candidate {
            puts: Puts::Command((*name).to_owned(), Vec::new()),
            text: (*name).to_owned(),
            more: String::new(),
            note: (*about).to_owned(),
        });
        let profile = self.session().map(|session| &session.profile);
        let told = profile.and_then(|profile| self.ui.slash.get(profile)).into_iter().flatten();
        let told = told.filter(|command| OWN.iter().all(|(name, _)| command.name.raw() != *name));
        let told = told.filter(|command| command.name.raw().chars().all(|c| c.is_ascii_graphic()));
        own.chain(told.map(|command| {
            let others: Vec<String> = command.aliases.iter().map(|other| other.raw().to_owned()).collect();
            Candidate {
                text: text::label(command.name.raw(), NAME),
                more: text::label(&others.join(" "), NAME),
                note: text::label(command.about.raw(), NAME),
                puts: Puts::Command(command.name.raw().to_owned(), others),
            }
        }))
        .collect()
    }
}

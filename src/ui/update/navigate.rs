//! Which session is shown: tabs, profiles, the next one that needs the person.

use super::Step;
use crate::base::ids::{ProfileName, SessionId};
use crate::config::settings::Prewarm;
use crate::model::listing::{Filter, Sort};
use crate::model::status;
use crate::proto::Command;
use crate::proto::command::CloseRunning;
use crate::ui::intent::Intent;
use crate::ui::state::completion::Completing;
use crate::ui::state::pane::Pane;
use crate::ui::state::{Ask, Focus, WATCHED};

impl Step<'_> {
    /// Shows a session. Running turns go on wherever they are (I7).
    pub(super) fn show(&mut self, id: SessionId) {
        let Some(session) = self.mirror.session(id) else {
            self.ui.awaited = Some(id);
            return;
        };
        self.ui.awaited = None;
        self.ui.layer = None;
        if self.ui.active == Some(id) {
            return;
        }
        if let Some(left) = self.ui.active {
            self.save_draft(left);
            self.ui.previous = Some(left);
        }
        let early = std::mem::take(&mut self.ui.early);
        let pane = self.ui.panes.entry(id).or_insert_with(|| Pane::new(&session.draft));
        if !early.editor.is_empty() {
            pane.append(&early.pieces(), self.now);
        }
        self.ui.active = Some(id);
        self.ui.completing = Completing::default();
        self.ui.recent.shown(id);
        let (profile, stored) = (session.profile.clone(), session.stored.is_some());
        self.ui.last_of.insert(profile, id);
        self.focus_composer();
        self.command(Ask::Quiet, Command::Focus { session: id });
        self.watch(id);
        if stored && self.ui.config.prewarm == Prewarm::Open {
            self.warm_up();
        }
    }

    /// Follows a session's transcript, and lets go of the one looked at longest ago.
    fn watch(&mut self, id: SessionId) {
        if let Some(at) = self.ui.watched.iter().position(|watched| *watched == id) {
            self.ui.watched.remove(at);
        } else {
            self.command(Ask::Quiet, Command::Watch { session: id });
        }
        self.ui.watched.push_back(id);
        if self.ui.watched.len() > WATCHED
            && let Some(session) = self.ui.watched.pop_front()
        {
            self.command(Ask::Quiet, Command::Unwatch { session });
        }
    }

    pub(super) fn focus_composer(&mut self) {
        self.ui.focus = Focus::Composer;
        self.ui.guard.leave();
        self.ui.secret.clear();
        if let Some(pane) = self.ui.pane_mut() {
            pane.card.confirm = None;
            pane.card.empty_once = false;
        }
    }

    /// Closes the topmost layer; never interrupts, never loses a draft.
    pub(super) fn back(&mut self) {
        if self.ui.focus != Focus::Composer {
            self.focus_composer();
        } else if !self.dismiss_dead_card() {
            self.ui.remark = None;
        }
    }

    pub(super) fn next_attention(&mut self) {
        let world = self.mirror.world();
        let keys: Vec<_> = status::attention(world)
            .into_iter()
            .filter_map(|id| world.sessions.get(&id))
            .map(|session| (status::of(session), session.touched, session.id))
            .collect();
        // The walk goes on from where it was, also when the visit settled what was visited.
        let after = self.ui.walk.filter(|(.., id)| self.ui.active == Some(*id));
        let onward = keys.iter().find(|key| after.is_some_and(|after| **key > after));
        let next = onward.or_else(|| keys.iter().find(|(.., id)| self.ui.active != Some(*id)));
        match next.copied() {
            Some(key) if self.ui.active != Some(key.2) => {
                self.visit(key.2);
                self.ui.walk = Some(key);
            }
            _ if keys.is_empty() => self.say("Nothing needs you"),
            _ => self.say("Only this one needs you"),
        }
    }

    /// Shows a session wherever it is: one that runs on without a tab gets its tab back.
    pub(super) fn visit(&mut self, id: SessionId) {
        let world = self.mirror.world();
        let known = world.sessions.get(&id).filter(|_| !world.tabs.contains(&id));
        match known.and_then(|session| Some((session.profile.clone(), session.stored.clone()?))) {
            Some((profile, stored)) => self.command(Ask::Open, Command::OpenStored { profile, stored }),
            None => self.show(id),
        }
    }

    pub(super) fn go_to_tab(&mut self, place: usize) {
        match self.mirror.world().tabs.get(place).copied() {
            Some(id) => self.show(id),
            None => self.say(format!("There is no tab {}", place + 1)),
        }
    }

    fn place(&self) -> Option<usize> {
        let active = self.ui.active?;
        self.mirror.world().tabs.iter().position(|id| *id == active)
    }

    pub(super) fn step_tab(&mut self, by: isize) {
        let tabs = &self.mirror.world().tabs;
        let Some(place) = self.place() else { return };
        let next = wrap(place, by, tabs.len());
        if let Some(id) = tabs.get(next).copied() {
            self.show(id);
        }
    }

    pub(super) fn last_tab(&mut self) {
        match self.ui.previous.filter(|id| self.mirror.session(*id).is_some()) {
            Some(id) => self.show(id),
            None => self.say("There is no tab before this one"),
        }
    }

    pub(super) fn move_tab(&mut self, by: isize) {
        let last = self.mirror.world().tabs.len().saturating_sub(1);
        if let (Some(session), Some(place)) = (self.ui.active, self.place()) {
            let to = place.saturating_add_signed(by).min(last);
            if to != place {
                self.command(Ask::Plain, Command::MoveTab { session, to });
            }
        }
    }

    pub(super) fn new_session(&mut self) {
        let profile = self.session().map_or_else(|| self.mirror.primary().clone(), |s| s.profile.clone());
        self.fresh(profile);
    }

    /// A fresh draft of a profile, shown when it is there.
    pub(super) fn fresh(&mut self, profile: ProfileName) {
        let cwd = self.ui.directories.get(&profile).unwrap_or(&self.ui.cwd).clone();
        self.command(Ask::Open, Command::NewSession { profile, cwd });
    }

    /// A switch shows a fresh draft; the active profile chosen again changes nothing (F01, F02).
    pub(super) fn switch_profile(&mut self, profile: &ProfileName) {
        self.ui.layer = None;
        self.leave_all();
        if self.session().is_some_and(|session| session.profile == *profile) {
            return;
        }
        if !self.ui.config.restore_last {
            self.fresh(profile.clone());
            return;
        }
        let last = self.ui.last_of.get(profile).copied();
        if let Some(last) = last.filter(|id| self.mirror.world().tabs.contains(id)) {
            self.show(last);
            return;
        }
        let (sort, filter, after) = (Sort::default(), Filter::default(), None);
        let newest = Command::Page { profile: profile.clone(), sort, filter, after, limit: 1 };
        self.command(Ask::Last(profile.clone()), newest);
    }

    pub(super) fn step_profile(&mut self, by: isize) {
        let profiles = &self.mirror.world().profiles;
        let active = self.session().map(|session| &session.profile);
        let place = profiles.iter().position(|profile| Some(&profile.name) == active).unwrap_or(0);
        let next = wrap(place, by, profiles.len());
        if let Some(name) = profiles.get(next).map(|profile| profile.name.clone()) {
            self.switch_profile(&name);
        }
    }

    pub(super) fn close_active(&mut self) {
        if let Some(id) = self.active() {
            self.close(id);
        }
    }

    /// Closes a tab; a running one asks first.
    pub(super) fn close(&mut self, id: SessionId) {
        match self.mirror.session(id) {
            Some(session) if status::is_working(session) => self.ask_close(id),
            Some(_) => {
                self.note_closed(id);
                self.save_draft(id);
                self.command(Ask::Close(id), Command::CloseTab { session: id, running: CloseRunning::Ask });
            }
            None => {}
        }
    }

    /// After the world changed: something usable is shown, whatever was closed.
    pub(super) fn stay_somewhere(&mut self) {
        if let Some(id) = self.ui.awaited.filter(|id| self.mirror.session(*id).is_some()) {
            self.show(id);
        }
        let world = self.mirror.world();
        let alive = |id: &SessionId| world.tabs.contains(id);
        self.ui.panes.retain(|id, _| world.sessions.contains_key(id));
        self.ui.watched.retain(|id| world.sessions.contains_key(id));
        self.ui.warmed.retain(|id| world.sessions.contains_key(id));
        let tabs = std::mem::replace(&mut self.ui.tabs_before, world.tabs.clone());
        let Some(gone) = self.ui.active.filter(|id| !alive(id)) else { return };
        let place = tabs.iter().position(|id| *id == gone).unwrap_or(0);
        let before = self.ui.previous.filter(alive);
        let next = before.or_else(|| world.tabs.get(place.min(world.tabs.len().saturating_sub(1))).copied());
        self.ui.active = None;
        self.ui.layer = None;
        self.focus_composer();
        match next {
            Some(id) => self.show(id),
            None => {
                self.fresh(self.ui.profile_before.clone().unwrap_or_else(|| self.mirror.primary().clone()));
            }
        }
    }

    pub(super) fn dismiss_notice(&mut self) {
        match self.mirror.world().notices.last() {
            Some(notice) => {
                let notice = notice.id;
                self.command(Ask::Plain, Command::DismissNotice { notice });
            }
            None => self.say("There is no notice"),
        }
    }

    /// The key that jumps to what waits, for hints.
    pub(super) fn attention_key(&self) -> String {
        self.ui.keymap.hint(Intent::NextAttention).unwrap_or("the palette").to_owned()
    }
}

/// The place `by` steps on among `count`, round the end.
fn wrap(place: usize, by: isize, count: usize) -> usize {
    let count = count.max(1);
    (place + count).saturating_add_signed(by) % count
}

//! What follows from every happening: something usable is shown, drafts are saved, a new question rings.

use std::collections::BTreeSet;

use super::{Step, compose, list, palette};
use crate::base::clock::Tick;
use crate::base::ids::SessionId;
use crate::model::session::Unread;
use crate::model::status;
use crate::proto::Command;
use crate::ui::action::Action;
use crate::ui::mirror::{Mirror, Touched};
use crate::ui::state::pane::{Anchor, Pane};
use crate::ui::state::{Ask, UiState};

impl Step<'_> {
    /// Lets go of what was made of data that changed.
    pub(super) fn touched(&mut self, touched: &BTreeSet<Touched>) {
        for what in touched {
            match what {
                Touched::World => {
                    // The transcripts may begin elsewhere now: what was paged in before them may not fit any more.
                    self.ui.panes.values_mut().for_each(Pane::forget_transcript);
                    // The hub says which transcripts are in its snapshot; those that are not are asked for again.
                    let mirror = self.mirror;
                    self.ui
                        .watched
                        .retain(|id| mirror.session(*id).is_some_and(|session| session.body.is_some()));
                    if let Some(active) = self.ui.active.filter(|id| !self.ui.watched.contains(id))
                        && mirror.session(active).is_some()
                    {
                        self.ui.watched.push_back(active);
                        self.command(Ask::Plain, Command::Watch { session: active });
                    }
                    let all: Vec<SessionId> = mirror.world().sessions.keys().copied().collect();
                    for id in all {
                        self.rename_links(id);
                        self.draft_changed(id);
                    }
                }
                Touched::Tabs => {}
                Touched::Session(id) => {
                    self.draft_changed(*id);
                    self.rename_links(*id);
                }
                Touched::Body(id) => {
                    if let Some(pane) = self.ui.panes.get_mut(id) {
                        pane.forget_transcript();
                    }
                    self.draft_changed(*id);
                }
                Touched::Grown(id, message, part) => {
                    if let Some(pane) = self.ui.panes.get_mut(id) {
                        pane.lines.grown(*message, *part as usize);
                    }
                }
                Touched::Message(id, message) => {
                    if let Some(pane) = self.ui.panes.get_mut(id) {
                        pane.lines.ended(*message);
                    }
                }
                Touched::Part(id, message, part) => {
                    if let Some(pane) = self.ui.panes.get_mut(id) {
                        pane.lines.changed(*message, *part as usize);
                    }
                }
            }
        }
    }

    /// After every happening.
    pub(super) fn settle(&mut self) {
        if self.ui.picks() {
            self.refresh_palette();
            if self.ui.online && self.ui.layer.is_none() {
                self.decline();
            }
            return;
        }
        if self.ui.recent.walk().is_some_and(|walk| walk.until <= self.now) {
            self.settle_recent();
        }
        self.stay_somewhere();
        if self.ui.layer.is_none() {
            self.ui.under = None;
        }
        self.follow_card();
        if self.ui.layer.is_some() || !self.ui.online {
            self.ui.guard.cover();
        }
        self.save_due_drafts();
        self.mark_read();
        self.ring();
        self.approach();
        self.refresh_palette();
        self.refresh_completion();
        self.tend_list();
        let here = self.session().map(|session| &session.profile);
        if here.is_some() && here != self.ui.profile_before.as_ref() {
            self.ui.strip.first = None;
        }
        self.ui.profile_before =
            self.session().map(|session| session.profile.clone()).or(self.ui.profile_before.take());
        if self.ui.remark.as_ref().is_some_and(|(_, until)| *until <= self.now) {
            self.ui.remark = None;
        }
    }

    /// The end of a session is on the screen of a person who looks: it is read.
    fn mark_read(&mut self) {
        let Some(session) = self.session() else { return };
        let follows = self.ui.pane().is_some_and(|pane| pane.anchor == Anchor::Follow);
        let looks = self.ui.terminal_focus != Some(false);
        let (id, unread) = (session.id, session.unread != Unread::None && self.ui.online);
        if !unread {
            self.ui.read_told = None;
        } else if follows && looks && self.ui.read_told != Some(id) {
            // Told once until it is answered: what happens meanwhile may raise the mark anew.
            self.ui.read_told = Some(id);
            self.command(Ask::Read, Command::MarkRead { session: id });
        }
    }

    /// Rings for sessions that need the person now and did not before.
    fn ring(&mut self) {
        let world = self.mirror.world();
        let needing: Vec<SessionId> =
            world.sessions.values().filter(|s| status::of(s).needs_input()).map(|s| s.id).collect();
        let new = needing.iter().any(|id| !self.ui.needing.contains(id));
        if new && self.ui.config.ui.bell {
            self.out.push(Action::Bell);
        }
        self.ui.needing = needing;
    }
}

/// When `tick` is wanted next, if nothing happens.
pub fn due(ui: &UiState, mirror: &Mirror) -> Option<Tick> {
    let drafts = ui.panes.values().filter_map(compose::save_due).filter(|_| ui.online);
    let remark = ui.remark.as_ref().map(|(_, until)| *until);
    let walk = ui.recent.walk().map(|walk| walk.until);
    let rest = drafts.chain(remark).chain(walk).chain(ui.gesture.due());
    rest.chain(list::due(ui, mirror)).chain(palette::due(ui)).min()
}

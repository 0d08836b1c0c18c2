//! Opening and closing: drafts, stored sessions, tabs. A conversation has one session and one tab however often it is opened
//! (INV14); reading one starts nothing (DECISIONS 16); there is always a tab (INV15).

use super::{Registry, input::Loaded};
use crate::{
    base::ids::{ProfileName, SessionId, StoredId},
    model::{
        body::{Body, BodyState},
        draft::{Draft, Piece},
        kept::Fate,
        message::MessageState,
        patch::{Change, Patch},
        session::Session,
        turn::TurnState,
    },
    proto::{Answer, Refusal, command::CloseRunning},
};

impl Registry {
    pub(super) fn on_new_session(
        &mut self,
        profile: &ProfileName,
        cwd: &str,
    ) -> Result<Option<Answer>, Refusal> {
        self.open_profile(profile)?;
        let cwd = match cwd.trim() {
            "" => self.usual_cwd(profile),
            trimmed => trimmed.to_owned(),
        };
        if self.world.directories.get(profile) != Some(&cwd) {
            self.emit(Patch::Directory { profile: profile.clone(), directory: cwd.clone() });
        }
        let session = match self.empty_draft(profile) {
            Some(session) => {
                self.set_cwd(session, cwd);
                self.look(profile);
                session
            }
            None => self.add_draft(profile, cwd)?,
        };
        Ok(Some(Answer::Opened(session)))
    }

    pub(super) fn on_set_directory(
        &mut self,
        profile: ProfileName,
        directory: &str,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(&profile).ok_or(Refusal::NoProfile)?;
        let directory = directory.trim().to_owned();
        if !directory.is_empty() && !directory.starts_with('/') {
            return Err(Refusal::NotAPath);
        }
        self.emit(Patch::Directory { profile, directory });
        Ok(Some(Answer::Done))
    }

    /// Where a new session of this profile runs when nobody says: DECISIONS 18.
    pub(super) fn usual_cwd(&self, profile: &ProfileName) -> String {
        let known = self.world.directories.get(profile).cloned();
        known.unwrap_or_else(|| self.settings.cwd.clone())
    }

    pub(super) fn empty_draft(&self, profile: &ProfileName) -> Option<SessionId> {
        let empty = |id: &&SessionId| {
            self.session(**id)
                .is_some_and(|known| known.profile == *profile && known.is_fresh() && known.draft.is_empty())
        };
        self.world.tabs.iter().find(empty).copied()
    }

    pub(super) fn add_draft(&mut self, profile: &ProfileName, cwd: String) -> Result<SessionId, Refusal> {
        let session = self.add_session(profile, None, Body::default())?;
        self.set_cwd(session, cwd);
        self.show_tab(session);
        self.look(profile);
        Ok(session)
    }

    pub(super) fn set_cwd(&mut self, session: SessionId, cwd: String) {
        let Some(mut info) = self.session(session).map(|known| known.info.clone()) else { return };
        let cwd = Some(cwd.into());
        if info.cwd != cwd {
            info.cwd = cwd;
            self.head(session, Change::Info(Box::new(info)));
        }
    }

    pub(super) fn add_session(
        &mut self,
        profile: &ProfileName,
        stored: Option<&StoredId>,
        body: Body,
    ) -> Result<SessionId, Refusal> {
        if self.world.sessions.len() >= self.settings.limits.sessions {
            return Err(Refusal::TooMany);
        }
        let id = SessionId(self.mint());
        let session = Session { body: Some(body), ..Session::new(id, profile.clone(), self.now) };
        self.emit(Patch::SessionAdded(Box::new(session)));
        if let Some(stored) = stored {
            self.bind_stored(id, profile, stored, None);
        }
        Ok(id)
    }

    pub(super) fn show_tab(&mut self, session: SessionId) {
        self.run(session).put_away = false;
        if !self.world.tabs.contains(&session) {
            let mut tabs = self.world.tabs.clone();
            tabs.push(session);
            self.emit(Patch::Tabs(tabs));
        }
    }

    pub(super) fn on_open_stored(
        &mut self,
        profile: &ProfileName,
        stored: &StoredId,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        let session = if let Some(session) = self.find_stored(profile, stored) {
            session
        } else {
            let body = Body { state: BodyState::Loading, ..Body::default() };
            self.add_session(profile, Some(stored), body)?
        };
        self.load(session);
        self.show_tab(session);
        Ok(Some(Answer::Opened(session)))
    }

    /// A stored session's tail was read.
    pub(super) fn on_loaded(&mut self, session: SessionId, loaded: Loaded) {
        if self.session(session).is_none() {
            return;
        }
        self.run(session).loading = false;
        let Some(known) = self.session(session) else { return };
        let profile = known.profile.clone();
        let wanted = known.body.as_ref().is_none_or(|body| body.state != BodyState::Ready);
        let lineage = loaded.row.as_ref().map(|row| row.lineage.clone());
        if let Some(twin) = self.twin(session, &profile, &loaded.stored, lineage.as_ref()) {
            return self.merge_into(session, twin);
        }
        let Some(known) = self.session(session) else { return };
        let (untitled, info) = (known.title.is_none(), known.info.clone());
        if self.run(session).live.is_none() {
            self.bind_stored(session, &profile, &loaded.stored, lineage.as_ref());
        }
        if let Some(row) = loaded.row {
            self.open_with(session, row.preview.raw());
            if untitled && row.title.is_some() {
                self.head(session, Change::Title(row.title));
            }
            let mut new = info.clone();
            new.model = new.model.or(row.model);
            new.cwd = new.cwd.or(row.cwd);
            if new != info {
                self.head(session, Change::Info(Box::new(new)));
            }
        }
        if wanted {
            self.find_in_store(session, &loaded.body.messages);
            self.put_before(session, loaded.body);
        }
        self.preview(session);
        self.advance(session);
    }

    /// Another open session of the same conversation.
    pub(super) fn twin(
        &self,
        session: SessionId,
        profile: &ProfileName,
        stored: &StoredId,
        lineage: Option<&crate::base::ids::LineageRoot>,
    ) -> Option<SessionId> {
        let wires = self.wires.get(profile)?;
        let other = wires.stored.get(stored).or_else(|| wires.lineage.get(lineage?)).copied();
        other.filter(|other| *other != session && self.session(*other).is_some())
    }

    /// Two opened sessions turn out to be one conversation: the later one goes, and what the person wrote in it moves.
    pub(super) fn merge_into(&mut self, session: SessionId, twin: SessionId) {
        let Some(known) = self.session(session) else { return };
        let (draft, queue) = (known.draft.clone(), known.queue.clone());
        let held = self.run(session).held;
        let mut unsettled = self.unsettled(session);
        let outgoing = self.run(session).outgoing.take();
        if let Some(out) = outgoing.as_ref().filter(|out| !out.stage.is_here()) {
            // It has left: what became of it is not told to this one any more.
            unsettled.extend(self.sent(session, out.message, Fate::Uncertain));
        }
        self.terminals.replace(session, Some(twin));
        let tabs = self.world.tabs.iter();
        let shown = self.world.tabs.contains(&twin);
        let tabs =
            tabs.filter(|id| !shown || **id != session).map(|id| if *id == session { twin } else { *id });
        let tabs = tabs.collect();
        self.emit(Patch::Tabs(tabs));
        self.remove_session(session);
        let Some(known) = self.session(twin) else { return };
        if !draft.is_empty() {
            let mut pieces = known.draft.pieces.clone();
            if !known.draft.is_empty() {
                pieces.push(Piece::Text("\n\n".to_owned()));
            }
            pieces.extend(draft.pieces);
            let revision = known.draft.revision + 1;
            self.head(twin, Change::Draft(Draft { pieces, revision, author: None }));
        }
        let Some(known) = self.session(twin) else { return };
        let mut all = known.queue.clone();
        all.extend(queue);
        if all.len() > known.queue.len() {
            self.head(twin, Change::Queue(all));
        }
        if let Some(out) = outgoing.filter(|out| out.stage.is_here()) {
            self.put_first(twin, out.text, out.reference);
        }
        self.run(twin).held |= held;
        for sent in unsettled {
            self.restore_sent(twin, sent);
        }
        self.next_in_queue(twin);
    }

    /// Puts a loaded transcript before what was said meanwhile.
    pub(super) fn put_before(&mut self, session: SessionId, loaded: Body) {
        let later = self.messages(session).iter().map(|message| (Some(message.id), message.clone()));
        let all = loaded.messages.into_iter().map(|message| (None, message)).chain(later).collect();
        self.set_body(session, loaded.state, loaded.older, 0, all);
    }

    pub(super) fn on_move_tab(&mut self, session: SessionId, to: usize) -> Result<Option<Answer>, Refusal> {
        let at = self.world.tabs.iter().position(|id| *id == session).ok_or(Refusal::NoSession)?;
        let mut tabs = self.world.tabs.clone();
        tabs.remove(at);
        tabs.insert(to.min(tabs.len()), session);
        if tabs != self.world.tabs {
            self.emit(Patch::Tabs(tabs));
        }
        Ok(Some(Answer::Done))
    }

    pub(super) fn on_close_tab(
        &mut self,
        session: SessionId,
        running: CloseRunning,
    ) -> Result<Option<Answer>, Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        let at = self.world.tabs.iter().position(|id| *id == session).ok_or(Refusal::NoSession)?;
        let (profile, state) = (known.profile.clone(), known.turn.state.clone());
        let fresh = known.is_fresh() && known.draft.is_empty();
        if self.run(session).uncertain > 0 && !self.is_running(session) {
            return Err(Refusal::Unsettled);
        }
        if !self.is_done(session) {
            match running {
                CloseRunning::Ask => return Err(Refusal::Running),
                CloseRunning::Keep => {}
                CloseRunning::Stop => {
                    match state {
                        // Not connected just now: as soon as the turn is found running again.
                        TurnState::Running if !self.interrupt(session) => self.run(session).stop = true,
                        TurnState::Sending => self.cancel_send(session),
                        _ => {}
                    }
                    self.head(session, Change::Queue(Vec::new()));
                    self.run(session).put_away = true;
                }
            }
        }
        if self.world.tabs.len() == 1 {
            if fresh {
                return Ok(Some(Answer::Done));
            }
            let cwd = self.usual_cwd(&profile);
            self.add_draft(&profile, cwd)?;
        }
        let mut tabs = self.world.tabs.clone();
        tabs.remove(at);
        self.emit(Patch::Tabs(tabs));
        if self.is_done(session) {
            self.remove_session(session);
        }
        Ok(Some(Answer::Done))
    }

    /// Whether nothing of a session needs it any more but its tab.
    fn is_done(&self, session: SessionId) -> bool {
        self.session(session).is_none_or(|known| known.queue.is_empty()) && !self.is_at_work(session)
    }

    /// A session whose tab was closed leaves as soon as nothing runs or waits in it; one with a text that only the person can
    /// decide about comes back instead. The backend's session stays.
    pub(super) fn leave_if_done(&mut self, session: SessionId) {
        if self.session(session).is_none() || self.world.tabs.contains(&session) || self.is_at_work(session) {
            return;
        }
        if self.has_texts(session) {
            self.show_tab(session);
        } else {
            self.remove_session(session);
        }
    }

    /// Whether a session holds a text of the person that has not gone its way.
    fn has_texts(&self, session: SessionId) -> bool {
        let open = |state: &MessageState| matches!(state, MessageState::Uncertain | MessageState::Refused(_));
        let put_away = self.runs.get(&session).is_some_and(|run| run.put_away);
        let typed = |known: &Session| !put_away && !known.draft.is_empty();
        self.session(session).is_some_and(|known| !known.queue.is_empty() || typed(known))
            || self.messages(session).iter().any(|message| open(&message.state))
    }

    pub(super) fn remove_session(&mut self, session: SessionId) {
        let Some(known) = self.session(session) else { return };
        let profile = known.profile.clone();
        let prompts: Vec<_> = known.prompts.iter().map(|prompt| prompt.id).collect();
        for prompt in prompts {
            self.remove_prompt(session, prompt);
        }
        self.refuse_wishes(session, &Refusal::NoSession);
        self.leave_built(session, &profile);
        self.unbind_all(session, &profile);
        self.timers.cancel(&super::timers::Key::Watch(session));
        self.timers.cancel(&super::timers::Key::Settle(session));
        self.runs.remove(&session);
        self.terminals.replace(session, None);
        self.emit(Patch::SessionRemoved(session));
    }
}

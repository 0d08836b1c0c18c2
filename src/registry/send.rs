//! A text on its way: shown at once, put on disk, sent when the backend is there and the turn before has ended, and never sent
//! twice (DECISIONS 12). Whatever goes wrong, the text stays where the person can see it.

use super::{
    Registry,
    effect::JobId,
    outbox::Job,
    runtime::{Kind, Outgoing, Stage},
};
use crate::{
    base::{
        clock::WallMs,
        ids::{AskId, ClientId, MessageId, SendRef, SessionId},
        text::Untrusted,
    },
    model::{
        agent::{Call, Reply, Submitted, UNREADABLE},
        draft::{Draft, Piece},
        kept::Fate,
        message::{Level, MessageState, Part, Role},
        patch::Change,
        profile::BackendState,
        session::Unread,
        turn::{Turn, TurnState},
    },
    proto::{Answer, Refusal},
};

impl Registry {
    pub(super) fn on_send(
        &mut self,
        (client, ask): (ClientId, AskId),
        session: SessionId,
        (text, reference): (String, SendRef),
        wall: WallMs,
    ) -> Result<Option<Answer>, Refusal> {
        if self.is_known(reference) {
            // It came before, and its answer was lost.
            self.answer_stored(client, ask);
            return Ok(None);
        }
        self.may_send(session, &text)?;
        if self.ending {
            return self.keep_for_the_next_hub((client, ask), session, (text, reference), wall);
        }
        if super::wishes::is_slash(&text) {
            self.clear_draft(session, client);
            self.wish_command((client, ask), session, text, reference);
            return Ok(None);
        }
        if self.run(session).uncertain > 0 {
            return Err(Refusal::Unsettled);
        }
        self.clear_unread(session);
        let queued = self.session(session).is_some_and(|known| !known.queue.is_empty());
        if self.is_busy(session) || queued || self.run(session).outgoing.is_some() {
            self.enqueue(session, (text, reference), wall, false)?;
            self.clear_draft(session, client);
            self.run(session).held = false;
            self.next_in_queue(session);
        } else {
            self.clear_draft(session, client);
            self.begin_send(session, text, reference);
        }
        self.learn(reference);
        self.answer_stored(client, ask);
        Ok(None)
    }

    /// hermux ends: the text waits in the queue, where the next hub finds it. A command of the moment is not kept.
    fn keep_for_the_next_hub(
        &mut self,
        (client, ask): (ClientId, AskId),
        session: SessionId,
        (text, reference): (String, SendRef),
        wall: WallMs,
    ) -> Result<Option<Answer>, Refusal> {
        if super::wishes::is_slash(&text) {
            return Err(Refusal::Ending);
        }
        self.enqueue(session, (text, reference), wall, false)?;
        self.run(session).held = true;
        self.clear_draft(session, client);
        self.learn(reference);
        self.answer_stored(client, ask);
        Ok(None)
    }

    pub(super) fn may_send(&self, session: SessionId, text: &str) -> Result<(), Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        if self.is_being_deleted(session) {
            return Err(Refusal::Deleted);
        }
        if text.trim().is_empty() {
            return Err(Refusal::EmptyText);
        }
        if text.len() > self.settings.limits.text {
            return Err(Refusal::TooLong);
        }
        let profile = self.world.profile(&known.profile).ok_or(Refusal::NoProfile)?;
        if matches!(profile.backend, BackendState::Elsewhere(_)) {
            return Err(Refusal::Elsewhere(known.profile.clone()));
        }
        Ok(())
    }

    pub(super) fn clear_draft(&mut self, session: SessionId, client: ClientId) {
        let Some(known) = self.session(session).filter(|known| !known.draft.is_empty()) else { return };
        let draft = Draft { pieces: Vec::new(), revision: known.draft.revision + 1, author: Some(client) };
        self.head(session, Change::Draft(draft));
    }

    /// Shown, and put on disk before anything else is done with it.
    pub(super) fn begin_send(&mut self, session: SessionId, text: String, reference: SendRef) {
        self.spare_row(session);
        self.open_with(session, &text);
        let part = Part::Text(text.as_str().into());
        let message = self.push_message(session, Role::User, vec![part], MessageState::Sending);
        self.take_out(session, message, reference);
        let run = self.run(session);
        run.held = false;
        // It was for what is over.
        run.stop = false;
        run.outgoing = Some(Outgoing { message, reference, text, stage: Stage::Waiting });
        self.set_turn(session, Turn { state: TurnState::Sending, started: None, quiet: false });
        if self.may_leave(session) {
            self.let_leave(session);
        } else {
            self.keep_waiting(session);
        }
        self.touch(session);
    }

    /// Whether nothing is in the way of a submit.
    fn may_leave(&self, session: SessionId) -> bool {
        let Some(known) = self.session(session) else { return false };
        let up = self.wires.get(&known.profile).is_some_and(|wires| wires.up && !wires.ending);
        up && !self.ending
            && self.runs.get(&session).is_some_and(|run| run.live.is_some() && !run.settling && !run.closing)
    }

    fn keep_waiting(&mut self, session: SessionId) {
        let Some(message) = self.run(session).outgoing.as_ref().map(|out| out.message) else { return };
        self.note(session, message, Fate::Waiting);
        self.stage(session, Stage::Storing);
    }

    fn let_leave(&mut self, session: SessionId) {
        let at = self.wall();
        let run = self.run(session);
        let Some(message) = run.outgoing.as_ref().map(|out| out.message) else { return };
        if let Some(sent) = run.sent.get_mut(&message) {
            sent.at = at;
        }
        self.note(session, message, Fate::Sending);
        self.stage(session, Stage::Leaving);
    }

    fn stage(&mut self, session: SessionId, of: fn(JobId) -> Stage) {
        let job = self.store(Job::Send(session));
        if let Some(out) = &mut self.run(session).outgoing {
            out.stage = of(job);
        }
    }

    /// It is on disk, or cannot be put there: then it is sent all the same (REL-10).
    pub(super) fn on_noted(&mut self, session: SessionId, job: JobId) {
        if self.session(session).is_none() {
            return;
        }
        let leaves = self.may_leave(session);
        let Some(out) = &mut self.run(session).outgoing else { return };
        match out.stage {
            Stage::Storing(noted) if noted == job => {
                out.stage = Stage::Waiting;
                self.advance(session);
            }
            Stage::Leaving(noted) if noted == job && leaves => self.submit(session),
            Stage::Leaving(noted) if noted == job => {
                // The backend went meanwhile: it has not left.
                out.stage = Stage::Waiting;
                let message = out.message;
                self.note(session, message, Fate::Waiting);
                self.advance(session);
            }
            _ => {}
        }
    }

    fn submit(&mut self, session: SessionId) {
        let Some(profile) = self.session(session).map(|known| known.profile.clone()) else { return };
        let timeout = self.settings.limits.submit_call;
        let run = self.run(session);
        if let (Some(live), Some(out)) = (run.live.clone(), &mut run.outgoing) {
            out.stage = Stage::Called;
            let (message, text) = (out.message, out.text.clone());
            self.set_built(session, true);
            self.call(&profile, Call::Submit { live, text }, timeout, Kind::Submit(session, message));
        }
    }

    /// Does the next thing that a session waits for: a backend, a built session, the end of the turn before, the submit.
    pub(super) fn advance(&mut self, session: SessionId) {
        let Some(profile) = self.session(session).map(|known| known.profile.clone()) else { return };
        let run = self.run(session);
        let sends = run.outgoing.as_ref().is_some_and(|out| out.stage == Stage::Waiting);
        if !sends && run.wants.is_empty() && !run.resume {
            return;
        }
        // What became of a text is looked up before anything is added to its history.
        if run.loading && run.uncertain > 0 {
            return;
        }
        // One that is being stopped is started again when it is gone.
        if self.ending || self.wire(&profile).ending || self.run(session).closing {
            return;
        }
        if !self.wire(&profile).up {
            if sends || !self.run(session).wants.is_empty() {
                self.wake(&profile, true);
            }
            return;
        }
        let Some(live) = self.run(session).live.clone() else { return self.build(session) };
        self.grant_wishes(session, &live);
        if sends && !self.run(session).settling {
            self.let_leave(session);
        }
    }

    /// A turn began: the text that was submitted is taken for its own. One that still waited goes back into the queue, for the
    /// turn began by itself.
    pub(super) fn outgoing_runs(&mut self, session: SessionId) {
        let Some(out) = self.run(session).outgoing.take() else { return };
        match out.stage {
            Stage::Called | Stage::Running => {
                self.set_state(session, out.message, MessageState::Done);
                self.run(session).outgoing = Some(Outgoing { stage: Stage::Running, ..out });
            }
            // It comes after what the backend did before it.
            Stage::Kept => {
                let on_disk = self.run(session).sent.remove(&out.message);
                self.remove_message(session, out.message);
                let part = Part::Text(out.text.into());
                let message = self.push_message(session, Role::User, vec![part], MessageState::Done);
                self.run(session).sent.extend(on_disk.map(|on_disk| (message, on_disk)));
            }
            Stage::Storing(_) | Stage::Waiting | Stage::Leaving(_) => {
                self.remove_message(session, out.message);
                self.put_first(session, out.text, out.reference);
            }
        }
    }

    /// A text in the backend's own queue is thrown away by an interrupt without a word (CHECK 30).
    pub(super) fn kept_is_dropped(&mut self, session: SessionId) {
        if let Some(out) = self.run(session).outgoing.take_if(|out| out.stage == Stage::Kept) {
            let why = "the backend had queued it and threw it away at the interrupt";
            self.set_state(session, out.message, MessageState::Refused(why.into()));
        }
    }

    pub(super) fn on_submitted(&mut self, session: SessionId, message: MessageId, reply: Reply) {
        let stage =
            self.run(session).outgoing.as_ref().filter(|out| out.message == message).map(|out| out.stage);
        match reply {
            Reply::Submitted(Submitted::Streaming) => {
                self.set_state(session, message, MessageState::Done);
                if stage == Some(Stage::Called) {
                    self.begin_turn(session);
                } else if stage == Some(Stage::Running) && !self.is_running(session) {
                    // What ended before this word may have been a turn that began by itself: then this one only begins.
                    self.settle(session);
                }
                if stage.is_some() {
                    self.run(session).outgoing = None;
                }
                self.look_for_provider(session);
            }
            // hermux never submits to a busy session; should it happen all the same, this is what the backend does with it.
            Reply::Submitted(how) => {
                let kept = how == Submitted::Queued;
                let words = if kept {
                    "the backend was busy: it has queued this text itself, and may interrupt its turn for it"
                } else {
                    "the backend was busy: it has given this text to the running turn"
                };
                self.set_state(session, message, MessageState::Done);
                self.note(session, message, if kept { Fate::Queued } else { Fate::Steered });
                self.push_note(session, Level::Warning, words);
                let run = self.run(session);
                match run.outgoing.as_mut().filter(|out| out.message == message) {
                    Some(out) if kept => out.stage = Stage::Kept,
                    Some(_) => run.outgoing = None,
                    None => {}
                }
                if stage == Some(Stage::Called) {
                    self.set_turn(
                        session,
                        Turn { state: TurnState::Running, started: Some(self.now), quiet: false },
                    );
                    let at = self.now.plus(self.settings.limits.watchdog);
                    self.timers.set(super::timers::Key::Watch(session), at);
                }
            }
            Reply::Failed { code, message: why } if code != UNREADABLE => {
                if stage == Some(Stage::Running) {
                    // The turn that began meanwhile is another's.
                    self.run(session).outgoing = None;
                    self.set_state(session, message, MessageState::Refused(why));
                } else if stage.is_some() {
                    self.give_back(session, &why);
                }
            }
            // Even if a turn began: it may have begun by itself.
            _ if matches!(stage, Some(Stage::Called | Stage::Running)) => {
                self.doubt(session, message);
                self.resume_again(session);
            }
            _ => {}
        }
        self.next_in_queue(session);
        self.leave_if_done(session);
    }

    /// Whether the backend has a text is not known.
    pub(super) fn doubt(&mut self, session: SessionId, message: MessageId) {
        self.run(session).outgoing = None;
        self.unsure(session, message);
    }

    /// One text more whose fate is not known; another may be on its way.
    pub(super) fn unsure(&mut self, session: SessionId, message: MessageId) {
        let run = self.run(session);
        run.uncertain += 1;
        run.held = true;
        let sends = run.outgoing.is_some();
        self.set_state(session, message, MessageState::Uncertain);
        if !sends && !self.is_running(session) {
            self.rest(session);
        }
        self.touch(session);
    }

    /// Nothing runs and nothing is on its way.
    fn rest(&mut self, session: SessionId) {
        let unsure = self.run(session).uncertain > 0;
        let state = if unsure { TurnState::Uncertain } else { TurnState::Idle };
        self.set_turn(session, Turn { state, ..Turn::default() });
    }

    /// A text that cannot be sent goes back to the person: it stays in the transcript with the reason, and returns to the
    /// composer if that is empty.
    pub(super) fn give_back(&mut self, session: SessionId, why: &Untrusted) {
        let Some(out) = self.run(session).outgoing.take() else { return };
        self.run(session).held = true;
        self.set_state(session, out.message, MessageState::Refused(why.clone()));
        self.restore_draft(session, out.text);
        self.rest(session);
        self.raise_unread(session, Unread::Failed);
        self.touch(session);
        self.leave_if_done(session);
    }

    /// The person thought better of a text that has not left yet; one that has left is interrupted as soon as its turn begins.
    pub(super) fn cancel_send(&mut self, session: SessionId) {
        let run = self.run(session);
        run.held = true;
        let Some(out) = run.outgoing.take_if(|out| out.stage.is_here()) else {
            run.stop = run.outgoing.is_some();
            return;
        };
        self.remove_message(session, out.message);
        if self.session(session).is_some_and(|known| known.draft.is_empty()) {
            self.restore_draft(session, out.text);
            self.remember_taken_back(session, out.reference);
        } else {
            self.put_first(session, out.text, out.reference);
        }
        self.rest(session);
        self.touch(session);
        self.leave_if_done(session);
    }

    pub(super) fn restore_draft(&mut self, session: SessionId, text: String) {
        let Some(known) = self.session(session).filter(|known| known.draft.is_empty()) else { return };
        let draft =
            Draft { pieces: vec![Piece::Text(text)], revision: known.draft.revision + 1, author: None };
        self.head(session, Change::Draft(draft));
    }
}

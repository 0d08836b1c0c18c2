//! A text on its way: shown at once, put on disk, sent when the backend is there and the turn before has ended, and never sent
//! twice (DECISIONS 12). Whatever goes wrong, the text stays where the person can see it.

use super::{
    Registry,
    effect::{Effect, JobId},
    runtime::{Kind, Outgoing, Stage},
};
use crate::{
    base::{
        digest::Digest,
        ids::{AskId, ClientId, MessageId, SessionId},
        text::Untrusted,
    },
    model::{
        agent::{Call, Reply, Submitted, UNREADABLE},
        draft::{Draft, Piece},
        message::{Level, MessageState, Part, Role},
        notice::About,
        patch::Change,
        profile::BackendState,
        session::Unread,
        turn::{Turn, TurnState},
    },
    proto::{Answer, Refusal, command::Settle},
};

impl Registry {
    pub(super) fn on_send(
        &mut self,
        client: ClientId,
        ask: AskId,
        session: SessionId,
        text: String,
        wall: crate::base::clock::WallMs,
    ) -> Result<Option<Answer>, Refusal> {
        self.may_send(session, &text)?;
        if super::wishes::is_slash(&text) {
            self.clear_draft(session, client);
            self.wish(session, client, ask, super::runtime::Wish::Slash(text));
            return Ok(None);
        }
        if self.run(session).uncertain > 0 {
            return Err(Refusal::Unsettled);
        }
        self.clear_unread(session);
        let queued = self.session(session).is_some_and(|known| !known.queue.is_empty());
        if self.is_busy(session) || queued || self.run(session).outgoing.is_some() {
            self.enqueue(session, text, wall, false)?;
            self.clear_draft(session, client);
            self.run(session).held = false;
            self.next_in_queue(session);
        } else {
            self.clear_draft(session, client);
            self.begin_send(session, text);
        }
        Ok(Some(Answer::Done))
    }

    pub(super) fn may_send(&self, session: SessionId, text: &str) -> Result<(), Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
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

    fn clear_draft(&mut self, session: SessionId, client: ClientId) {
        let Some(known) = self.session(session).filter(|known| !known.draft.is_empty()) else { return };
        let draft = Draft { pieces: Vec::new(), revision: known.draft.revision + 1, author: Some(client) };
        self.head(session, Change::Draft(draft));
    }

    /// The first of two steps: shown and put on disk.
    pub(super) fn begin_send(&mut self, session: SessionId, text: String) {
        self.open_with(session, &text);
        let part = Part::Text(text.as_str().into());
        let message = self.push_message(session, Role::User, vec![part], MessageState::Sending);
        let job = JobId(self.mint());
        let mut digest = Digest::new();
        digest.write(&text);
        let run = self.run(session);
        run.held = false;
        // It was for what is over.
        run.stop = false;
        run.outgoing = Some(Outgoing { message, text, stage: Stage::Storing(job) });
        self.jobs.insert(job, session);
        self.set_turn(session, Turn { state: TurnState::Sending, started: None, quiet: false });
        self.effect(Effect::Store { job, session, text_digest: digest.finish() });
        self.touch(session);
    }

    /// It is on disk, or cannot be put there: then it is sent all the same, and the person is told (REL-10).
    pub(super) fn on_stored(&mut self, job: JobId, result: Result<(), Untrusted>) {
        let Some(session) = self.jobs.remove(&job) else { return };
        if let Err(why) = result
            && !std::mem::replace(&mut self.unsafe_store, true)
        {
            self.tell(
                None,
                Level::Warning,
                About::Everything,
                super::notices::Words {
                    what: format!("hermux cannot note what it sends: {}", why.raw()).into(),
                    does: "It sends all the same, and keeps what is unsent in memory only.",
                    can: "Free the disk or make hermux's own directory writable.",
                },
            );
        }
        if self.session(session).is_none() {
            return;
        }
        if let Some(out) = self.run(session).outgoing.as_mut().filter(|out| out.stage == Stage::Storing(job))
        {
            out.stage = Stage::Waiting;
            self.advance(session);
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
        // One that is being stopped is started again when it is gone.
        if self.wire(&profile).ending || self.run(session).closing {
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
        let run = self.run(session);
        if run.settling {
            return;
        }
        if let Some(out) = run.outgoing.as_mut().filter(|out| out.stage == Stage::Waiting) {
            out.stage = Stage::Called;
            let (message, text) = (out.message, out.text.clone());
            self.set_built(session, true);
            let timeout = self.settings.limits.submit_call;
            self.call(&profile, Call::Submit { live, text }, timeout, Kind::Submit(session, message));
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
                self.remove_message(session, out.message);
                self.push_message(session, Role::User, vec![Part::Text(out.text.into())], MessageState::Done);
            }
            Stage::Storing(_) | Stage::Waiting => {
                self.remove_message(session, out.message);
                self.put_first(session, out.text);
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
        let run = self.run(session);
        run.outgoing = None;
        run.uncertain += 1;
        run.held = true;
        self.set_state(session, message, MessageState::Uncertain);
        if !self.is_running(session) {
            self.set_turn(session, Turn { state: TurnState::Uncertain, started: None, quiet: false });
        }
        self.touch(session);
    }

    /// A text that cannot be sent goes back to the person: it stays in the transcript with the reason, and returns to the
    /// composer if that is empty.
    pub(super) fn give_back(&mut self, session: SessionId, why: &Untrusted) {
        let Some(out) = self.run(session).outgoing.take() else { return };
        self.run(session).held = true;
        self.set_state(session, out.message, MessageState::Refused(why.clone()));
        self.restore_draft(session, out.text);
        self.set_turn(session, Turn::default());
        self.raise_unread(session, Unread::Failed);
        self.touch(session);
        self.leave_if_done(session);
    }

    /// The person thought better of a text that has not left yet; one that has left is interrupted as soon as its turn begins.
    pub(super) fn cancel_send(&mut self, session: SessionId) {
        let run = self.run(session);
        run.held = true;
        let Some(out) = run.outgoing.take_if(|out| matches!(out.stage, Stage::Storing(_) | Stage::Waiting))
        else {
            run.stop = run.outgoing.is_some();
            return;
        };
        self.remove_message(session, out.message);
        self.restore_draft(session, out.text);
        self.set_turn(session, Turn::default());
        self.touch(session);
        self.leave_if_done(session);
    }

    pub(super) fn restore_draft(&mut self, session: SessionId, text: String) {
        let Some(known) = self.session(session).filter(|known| known.draft.is_empty()) else { return };
        let draft =
            Draft { pieces: vec![Piece::Text(text)], revision: known.draft.revision + 1, author: None };
        self.head(session, Change::Draft(draft));
    }

    /// The person says what becomes of a text that was refused or whose fate is not known.
    pub(super) fn on_settle(
        &mut self,
        session: SessionId,
        message: MessageId,
        how: Settle,
    ) -> Result<Option<Answer>, Refusal> {
        self.session(session).ok_or(Refusal::NoSession)?;
        let known = self.message(session, message).ok_or(Refusal::NotQueued)?;
        let uncertain = known.state == MessageState::Uncertain;
        if !uncertain && !matches!(known.state, MessageState::Refused(_)) {
            return Err(Refusal::NotQueued);
        }
        let text = known.plain();
        if how == Settle::Resend {
            if self.is_busy(session) {
                return Err(Refusal::Running);
            }
            self.may_send(session, &text)?;
        }
        self.remove_message(session, message);
        if uncertain {
            self.certain(session);
        }
        if how == Settle::Resend {
            self.begin_send(session, text);
        }
        Ok(Some(Answer::Done))
    }

    /// One text fewer whose fate is not known.
    pub(super) fn certain(&mut self, session: SessionId) {
        let run = self.run(session);
        run.uncertain = run.uncertain.saturating_sub(1);
        if run.uncertain == 0
            && self.session(session).is_some_and(|known| known.turn.state == TurnState::Uncertain)
        {
            self.set_turn(session, Turn::default());
        }
    }
}

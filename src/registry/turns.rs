//! Turns: how one begins and how it ends, exactly once, on whichever sign of its end comes first.

use super::{
    Registry,
    effect::Effect,
    runtime::{Kind, Stage, StepHead},
    stream::repeats,
    timers::Key,
};
use crate::{
    base::{ids::SessionId, text::Untrusted},
    model::{
        agent::{Call, TurnOutcome},
        message::{Level, MessageState},
        patch::Change,
        session::Unread,
        turn::{Turn, TurnState},
        usage::Usage,
    },
};

/// How a turn ended.
pub(super) enum End {
    Complete,
    Interrupted,
    /// The words for people.
    Failed(Untrusted),
}

impl Registry {
    pub(super) fn is_running(&self, session: SessionId) -> bool {
        self.session(session)
            .is_some_and(|known| matches!(known.turn.state, TurnState::Running | TurnState::Stopping))
    }

    pub(super) fn is_busy(&self, session: SessionId) -> bool {
        self.session(session).is_some_and(|known| known.turn.is_busy())
    }

    pub(super) fn set_turn(&mut self, session: SessionId, turn: Turn) {
        if self.session(session).is_some_and(|known| known.turn != turn) {
            self.head(session, Change::Turn(turn));
        }
    }

    /// Something of a turn came: there is one, whether its start was heard or not.
    pub(super) fn ensure_turn(&mut self, session: SessionId) {
        if !self.is_running(session) {
            self.begin_turn(session);
        }
        self.run(session).begun = true;
    }

    /// The backend says that a turn began. It says so twice for a turn that began by itself (CHECK 18).
    pub(super) fn on_turn_started(&mut self, session: SessionId) {
        if self.is_running(session) && self.run(session).stream.is_some() {
            self.close_turn(session, End::Complete);
        }
        self.ensure_turn(session);
    }

    pub(super) fn begin_turn(&mut self, session: SessionId) {
        self.outgoing_runs(session);
        self.timers.cancel(&Key::Settle(session));
        let (now, silence) = (self.now, self.settings.limits.watchdog);
        let run = self.run(session);
        run.settling = false;
        run.begun = false;
        run.may_go_on = false;
        run.between_steps = false;
        run.turn_from = None;
        run.verdict = None;
        run.step = StepHead::default();
        run.heard = now;
        let stop = std::mem::take(&mut run.stop);
        self.set_turn(session, Turn { state: TurnState::Running, started: Some(now), quiet: false });
        self.timers.set(Key::Watch(session), now.plus(silence));
        self.put_away_what_is_over(session);
        self.touch(session);
        self.use_session(session);
        self.set_built(session, true);
        if stop {
            self.interrupt(session);
        }
    }

    pub(super) fn on_turn_ended(
        &mut self,
        session: SessionId,
        outcome: TurnOutcome,
        text: Option<Untrusted>,
        usage: Option<Usage>,
        warning: Option<Untrusted>,
    ) {
        self.set_usage(session, usage);
        if !self.expects_end(session) {
            return;
        }
        let text = text.unwrap_or_default();
        let said = if outcome == TurnOutcome::Error { "" } else { text.raw() };
        self.release_whole(session, said);
        // The text is that of the last step alone: it never replaces what was streamed (CHECK 13).
        let step = &self.run(session).step;
        let again = outcome == TurnOutcome::Interrupted && repeats(&step.before, said);
        if !said.is_empty() && step.text.is_empty() && !again {
            self.say(session, text.raw().to_owned());
        }
        if let Some(warning) = warning.filter(|warning| !warning.is_empty()) {
            self.add_note(session, Level::Warning, warning);
        }
        self.end_turn(
            session,
            match outcome {
                TurnOutcome::Complete => End::Complete,
                TurnOutcome::Interrupted => End::Interrupted,
                TurnOutcome::Error => End::Failed(text),
            },
        );
    }

    /// An error of the backend. It ends a turn, with or without another word (CHECK 12).
    pub(super) fn on_failed(&mut self, session: SessionId, text: Untrusted) {
        if self.expects_end(session) {
            self.end_turn(session, End::Failed(text));
        } else {
            self.push_note(session, Level::Error, text);
            self.raise_unread(session, Unread::Output);
            self.touch(session);
        }
    }

    /// Whether a sign of an end ends something. A turn may end before its start was heard.
    fn expects_end(&mut self, session: SessionId) -> bool {
        let submitted = self.run(session).outgoing.as_ref().is_some_and(|out| out.stage == Stage::Called);
        if !self.is_running(session) && submitted {
            self.begin_turn(session);
        }
        self.is_running(session)
    }

    /// Ends the running turn, and goes on with what waits for that.
    pub(super) fn end_turn(&mut self, session: SessionId, end: End) {
        if self.is_running(session) {
            self.close_turn(session, end);
            self.next_in_queue(session);
            self.leave_if_done(session);
        }
    }

    /// Ends the running turn. What it leaves open is closed with it: parts, calls, prompts, the watchdog.
    pub(super) fn close_turn(&mut self, session: SessionId, end: End) {
        let Some(known) = self.session(session) else { return };
        let stopped = known.turn.state == TurnState::Stopping;
        if !self.is_running(session) {
            return;
        }
        if matches!(end, End::Interrupted) && self.run(session).stream.is_none() {
            self.add_note(session, Level::Info, "interrupted before there was an answer");
        }
        let verdict = self.run(session).verdict.take();
        if let Some(verdict) =
            verdict.filter(|verdict| !matches!(&end, End::Failed(text) if is_told(verdict, text)))
        {
            self.add_note(session, Level::Warning, verdict);
        }
        if let End::Failed(text) = &end {
            self.add_note(session, Level::Error, text.clone());
        }
        self.close_stream(
            session,
            match end {
                End::Complete => MessageState::Done,
                End::Interrupted => MessageState::Interrupted,
                End::Failed(_) => MessageState::Failed,
            },
        );
        self.withdraw_prompts(session, "its turn has ended");
        if !matches!(end, End::Failed(_)) {
            self.settle_taken(session);
        }
        if matches!(end, End::Interrupted) {
            self.kept_is_dropped(session);
        }
        self.set_activity(session, None);
        // C11: what it said is in the list.
        if let Some(profile) = self.session(session).map(|known| known.profile.clone()) {
            self.effect(Effect::Reread { profile });
        }
        self.timers.cancel(&Key::Watch(session));
        let run = self.run(session);
        let go_on = std::mem::take(&mut run.go_on);
        run.held |= stopped && !go_on || matches!(end, End::Failed(_));
        if run.live.is_some() {
            self.settle(session);
        }
        match &end {
            End::Failed(_) => self.raise_unread(session, Unread::Failed),
            _ if stopped => {}
            _ => self.raise_unread(session, Unread::Finished),
        }
        let state = match end {
            End::Failed(text) => TurnState::Failed(text),
            _ if self.run(session).uncertain > 0 => TurnState::Uncertain,
            _ => TurnState::Idle,
        };
        self.set_turn(session, Turn { state, started: None, quiet: false });
        self.touch(session);
        self.use_session(session);
    }

    /// Nothing is submitted until the backend says that it is idle, or has had its time to say so.
    pub(super) fn settle(&mut self, session: SessionId) {
        self.run(session).settling = true;
        let at = self.now.plus(self.settings.limits.settle);
        self.timers.set(Key::Settle(session), at);
    }

    /// The backend is idle after the turn's end, or has had its time to say so.
    pub(super) fn settled(&mut self, session: SessionId) {
        if self.session(session).is_some() && std::mem::take(&mut self.run(session).settling) {
            self.timers.cancel(&Key::Settle(session));
            self.advance(session);
        }
    }

    /// Asks the backend to stop the running turn; its prompts are dead from now on (CHECK 10). Whether it was asked.
    pub(super) fn interrupt(&mut self, session: SessionId) -> bool {
        let Some(known) = self.session(session) else { return false };
        let (profile, turn) = (known.profile.clone(), known.turn.clone());
        if turn.state != TurnState::Running || !self.wire(&profile).up {
            return false;
        }
        let Some(live) = self.run(session).live.clone() else { return false };
        let timeout = self.settings.limits.call;
        self.call(&profile, Call::Interrupt { live }, timeout, Kind::Interrupt(session));
        self.set_turn(session, Turn { state: TurnState::Stopping, quiet: false, ..turn });
        self.withdraw_prompts(session, "the turn was interrupted");
        let at = self.now.plus(self.settings.limits.stop_wait);
        self.timers.set(Key::Watch(session), at);
        true
    }

    /// The interrupt did not reach the backend: the turn runs on.
    pub(super) fn not_interrupted(&mut self, session: SessionId, why: &Untrusted) {
        let Some(known) = self.session(session).filter(|known| known.turn.state == TurnState::Stopping)
        else {
            return;
        };
        let turn = Turn { state: TurnState::Running, ..known.turn.clone() };
        self.set_turn(session, turn);
        self.run(session).go_on = false;
        self.effect(Effect::Log { what: "an interrupt failed", detail: why.label(200) });
        let text = format!("the interrupt did not reach the backend: {}", why.raw());
        self.add_note(session, Level::Warning, text);
    }

    pub(super) fn set_usage(&mut self, session: SessionId, usage: Option<Usage>) {
        if let Some(usage) = usage
            && self.session(session).is_some_and(|known| known.usage != usage)
        {
            self.head(session, Change::Usage(Box::new(usage)));
        }
    }
}

/// Whether `error` gives the reason that `verdict` gave: `❌ API failed after 3 retries — reason`, `❌ … (HTTP 401): reason`.
fn is_told(verdict: &Untrusted, error: &Untrusted) -> bool {
    let verdict = verdict.raw();
    let reason =
        verdict.split_once(" — ").or_else(|| verdict.split_once("): ")).map_or("", |(_, reason)| reason);
    !reason.trim().is_empty() && error.raw().contains(reason.trim())
}

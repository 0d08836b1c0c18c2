//! Building a session at its backend, and taking up what the backend says of it: after a reconnect, a restart, or a first
//! use, nothing is shown twice and nothing is lost (REL-08). Texts whose fate was unknown are looked for in the history.

use super::{Registry, runtime::Kind, stream::squash, turns::End};
use crate::{
    base::{
        ids::{CallId, MessageId, ProfileName, SessionId},
        text::Untrusted,
    },
    model::{
        agent::{Built, Call, Fact, Reply},
        message::{Level, Message, MessageState, Role},
        patch::Change,
        prompt::PromptKind,
    },
    proto::Refusal,
};

/// Hermes' answer for a stored id that it does not know.
const UNKNOWN_STORED: i64 = 4007;

impl Registry {
    /// Has the session built: created when it is fresh, else resumed by its durable id (DECISIONS 11). One at a time.
    pub(super) fn build(&mut self, session: SessionId) {
        let Some(known) = self.session(session) else { return };
        let profile = known.profile.clone();
        let cwd = known.info.cwd.as_ref().map(|cwd| cwd.raw().to_owned());
        let stored = known.stored.clone();
        let run = self.run(session);
        let eager = run.outgoing.is_some() || !run.wants.is_empty();
        if run.build.is_some() || stored.is_none() && !eager {
            return;
        }
        let what = match stored {
            Some(stored) => Call::Resume { stored, eager },
            None => Call::Create { cwd: cwd.unwrap_or_else(|| self.usual_cwd(&profile)) },
        };
        let timeout = self.settings.limits.build_call;
        let call = self.call(&profile, what, timeout, Kind::Build(session));
        let run = self.run(session);
        run.build = Some(call);
        run.eager = eager;
        self.wire(&profile).builds += 1;
    }

    /// What a session's state is at the backend is in doubt: it is asked by resuming it.
    pub(super) fn resume_again(&mut self, session: SessionId) {
        let Some(known) = self.session(session).filter(|known| known.stored.is_some()) else { return };
        let profile = known.profile.clone();
        self.run(session).resume = true;
        if self.wire(&profile).up {
            self.unbind_live(session, &profile);
            self.advance(session);
        }
    }

    pub(super) fn on_built(&mut self, session: SessionId, profile: &ProfileName, call: CallId, reply: Reply) {
        let wires = self.wire(profile);
        wires.builds = wires.builds.saturating_sub(1);
        let up = wires.up;
        if self.session(session).is_none() {
            return self.let_go(session, profile, reply);
        }
        if self.run(session).build.take_if(|build| *build == call).is_none() {
            return;
        }
        match reply {
            Reply::Built(built) => self.take_up(session, profile, &built),
            Reply::Failed { code: UNKNOWN_STORED, message } if self.never_stored(session) => {
                self.start_anew(session, profile, &message);
            }
            Reply::Failed { message, .. } => self.build_failed(session, &message),
            Reply::Lost if !up => {}
            Reply::Lost => self.build_failed(session, &"the backend did not answer in time".into()),
            _ => self.build_failed(session, &"the backend's answer was not understood".into()),
        }
    }

    /// A tab was closed while its session was being built: an empty one would cost the backend 51 MiB for nothing (CHECK 52).
    fn let_go(&mut self, session: SessionId, profile: &ProfileName, reply: Reply) {
        let Reply::Built(built) = reply else { return };
        if !built.messages.is_empty() || built.running == Some(true) {
            return self.leave_live(session, profile, built.live, built.running == Some(true));
        }
        if self.wire(profile).up {
            let timeout = self.settings.limits.call;
            self.call(profile, Call::Close { live: built.live }, timeout, Kind::Farewell);
        }
    }

    fn build_failed(&mut self, session: SessionId, why: &Untrusted) {
        self.run(session).resume = false;
        self.refuse_wishes(session, &Refusal::Backend(why.clone()));
        self.give_back(session, why);
        let text = format!("this session could not be taken up again: {}", why.raw());
        if self.is_running(session) {
            self.end_turn(session, End::Failed(text.into()));
        }
    }

    /// Whether no text of this session can be in the backend's store: a session has no row before its first (CHECK 36).
    fn never_stored(&self, session: SessionId) -> bool {
        let sent = |message: &Message| message.role == Role::User && message.state == MessageState::Done;
        !self.messages(session).iter().any(sent)
    }

    /// The backend lost the session before anything was stored in it: it is created again under the same tab.
    fn start_anew(&mut self, session: SessionId, profile: &ProfileName, why: &Untrusted) {
        self.unbind_all(session, profile);
        self.set_built(session, false);
        self.head(session, Change::Ids { stored: None, lineage: None });
        self.run(session).resume = false;
        let doubted = self.doubted(session);
        for message in doubted {
            self.set_state(session, message, MessageState::Refused(why.clone()));
            self.certain(session);
        }
        self.advance(session);
    }

    pub(super) fn doubted(&self, session: SessionId) -> Vec<MessageId> {
        let messages = self.messages(session).iter();
        messages
            .filter(|message| message.state == MessageState::Uncertain)
            .map(|message| message.id)
            .collect()
    }

    /// The session is built: from here on its live id is known, and what came before the answer can be told apart.
    fn take_up(&mut self, session: SessionId, profile: &ProfileName, built: &Built) {
        let twin = built.stored.as_ref().and_then(|stored| self.twin(session, profile, stored, None));
        if let Some(twin) = twin {
            return self.merge_into(session, twin);
        }
        let run = self.run(session);
        run.resume = false;
        let running = built.running == Some(true);
        let early = untold(self.take_early(profile, &built.live), running);
        self.bind_live(session, profile, built.live.clone());
        if let Some(stored) = &built.stored {
            self.bind_stored(session, profile, stored, None);
        }
        self.take_info(session, profile, built.info.clone());
        self.set_activity(session, None);
        self.take_prompts(session, running, built.waiting);
        let last = self.last_sent(session);
        let kept = self.find_doubted(session, built);
        let goes_on = running && self.goes_on(session, built, self.last_sent(session) != last);
        if running {
            self.move_running_text(session, built, goes_on);
        }
        self.take_history(session, built, goes_on);
        if running {
            let answer = built.inflight.as_ref().map_or("", |inflight| inflight.assistant.raw());
            self.take_inflight(session, built, before(answer, &early), goes_on);
        } else if self.is_running(session) {
            self.end_turn(session, End::Complete);
            self.settled(session);
        }
        if self.session(session).is_none() {
            return;
        }
        if kept.is_some() {
            self.run(session).outgoing = kept;
        } else if let Some(queued) = &built.queued {
            let text = format!("the backend has queued a text by itself: {}", queued.raw());
            self.push_note(session, Level::Info, text);
        }
        if self.run(session).stop && self.is_running(session) {
            self.run(session).stop = false;
            self.interrupt(session);
        }
        for fact in early {
            self.on_session_fact(session, fact);
        }
        self.advance(session);
        self.next_in_queue(session);
        self.leave_if_done(session);
    }

    /// Which prompts are still asked. Of approvals the backend says nothing: they live by their own clock (CHECK 3).
    fn take_prompts(&mut self, session: SessionId, running: bool, waiting: bool) {
        if !running {
            self.withdraw_prompts(session, "its turn has ended");
        } else if !waiting {
            self.withdraw_where(session, "the backend no longer asks", |prompt| {
                !matches!(prompt.kind, PromptKind::Approval { .. } | PromptKind::Unknown { .. })
            });
        } else if self.session(session).is_some_and(|known| known.current_prompt().is_none()) {
            let text = "the backend waits for an answer to something that hermux did not see; interrupting ends the wait";
            self.push_note(session, Level::Warning, text);
        }
    }
}

/// Of the facts that came before the answer, those that it does not tell: it is of a later moment than all of them, so the turn
/// that it speaks of began, or ended, with the last such fact.
fn untold(early: Vec<Fact>, running: bool) -> Vec<Fact> {
    let told = |fact: &Fact| match fact {
        Fact::TurnStarted => running,
        Fact::TurnEnded { .. } => !running,
        Fact::Info(info) => !running && info.running == Some(false),
        _ => false,
    };
    let from = early.iter().rposition(told).map_or(0, |at| at + 1);
    early.into_iter().skip(from).collect()
}

/// The answer under way as it was before these facts, whose first texts it may end with.
fn before<'a>(answer: &'a str, facts: &[Fact]) -> &'a str {
    let mut joined = String::new();
    let mut told = 0;
    for fact in facts {
        if let Fact::Text { text, .. } = fact {
            joined.push_str(&squash(text.raw()));
            if squash(answer).ends_with(&joined) {
                told = joined.chars().count();
            }
        }
    }
    let first = answer.char_indices().rev().filter(|(_, c)| !c.is_whitespace()).take(told).last();
    first.map_or(answer, |(at, _)| answer.get(..at).unwrap_or_default())
}

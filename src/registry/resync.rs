//! Building a session at its backend, and taking up what the backend says of it: after a reconnect, a restart, or a first
//! use, nothing is shown twice and nothing is lost (REL-08). Texts whose fate was unknown are looked for in the history.

use super::{
    Registry,
    runtime::{Kind, Stage},
    turns::End,
};
use crate::{
    base::{
        ids::{CallId, LiveId, MessageId, ProfileName, SessionId},
        text::Untrusted,
    },
    model::{
        agent::{Built, Call, Fact, Inflight, Reply},
        body::{Body, BodyState},
        message::{Level, Message, MessageState, Role},
        patch::Change,
        prompt::PromptKind,
        turn::TurnState,
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
        self.run(session).build = Some(call);
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
        if self.session(session).is_none()
            || self.run(session).build.take_if(|build| *build == call).is_none()
        {
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
        self.head(session, Change::Ids { stored: None, lineage: None });
        self.run(session).resume = false;
        let doubted = self.doubted(session);
        for message in doubted {
            self.set_state(session, message, MessageState::Refused(why.clone()));
            self.certain(session);
        }
        self.advance(session);
    }

    fn doubted(&self, session: SessionId) -> Vec<MessageId> {
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
        run.orphaned = false;
        let early = self.take_early(profile, &built.live);
        self.bind_live(session, profile, built.live.clone());
        if let Some(stored) = &built.stored {
            self.bind_stored(session, profile, stored, None);
        }
        self.take_info(session, profile, built.info.clone());
        self.set_activity(session, None);
        let running = built.running == Some(true);
        self.take_prompts(session, running, built.waiting);
        self.take_history(session, built);
        if running {
            self.take_inflight(session, built);
        } else if self.is_running(session) {
            self.end_turn(session, End::Complete);
            self.settled(session);
        }
        if let Some(queued) = &built.queued {
            let text = format!("the backend has queued a text by itself: {}", queued.raw());
            self.push_note(session, Level::Info, text);
        }
        if self.run(session).stop && self.is_running(session) {
            self.run(session).stop = false;
            self.interrupt(session);
        }
        self.replay(session, built, early);
        self.advance(session);
        self.next_in_queue(session);
        self.leave_if_done(session);
    }

    /// Facts that came before the answer. What the answer tells already is not told again.
    fn replay(&mut self, session: SessionId, built: &Built, early: Vec<Fact>) {
        let facts = if built.running == Some(true) {
            let inflight = built.inflight.as_ref().map_or("", |inflight| inflight.assistant.raw());
            not_told(inflight, early)
        } else {
            let ended = |fact: &Fact| match fact {
                Fact::TurnEnded { .. } => true,
                Fact::Info(info) => info.running == Some(false),
                _ => false,
            };
            let from = early.iter().rposition(ended).map_or(0, |at| at + 1);
            early.into_iter().skip(from).collect()
        };
        for fact in facts {
            self.on_session_fact(session, fact);
        }
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

    /// Compares the transcript with the backend's own.
    fn take_history(&mut self, session: SessionId, built: &Built) {
        let ready = self
            .session(session)
            .and_then(|known| known.body.as_ref())
            .is_some_and(|body| body.state == BodyState::Ready);
        let known = self.messages(session).iter().any(|message| message.state != MessageState::Sending);
        if !ready || !known {
            if !ready || !built.messages.is_empty() {
                let body =
                    Body { state: BodyState::Ready, older: built.older, messages: built.messages.clone() };
                self.put_before(session, body);
            }
            return;
        }
        self.find_doubted(session, built);
        let Some(at) = self.messages(session).iter().rposition(is_sent) else { return };
        let text = self.messages(session).get(at).map(Message::plain).unwrap_or_default();
        // A running turn is not in the history yet.
        if self.is_running(session) && built.running == Some(true) && is_same_turn(&text, built) {
            return;
        }
        let Some(there) =
            built.messages.iter().rposition(|m| m.role == Role::User && m.plain().trim() == text.trim())
        else {
            return;
        };
        let theirs = built.messages.get(there + 1..).unwrap_or_default();
        let ours = self.messages(session).get(at + 1..).unwrap_or_default();
        let told = |messages: &[Message]| squash(&said(messages));
        if !theirs.iter().any(|m| m.role == Role::User) && told(ours).starts_with(&told(theirs)) {
            return;
        }
        let rest = ours.iter().filter(|m| m.role != Role::Assistant).map(|m| (Some(m.id), m.clone()));
        let then = theirs.iter().map(|m| (None, m.clone())).chain(rest).collect();
        let older =
            self.session(session).and_then(|known| known.body.as_ref()).is_some_and(|body| body.older);
        let run = self.run(session);
        run.stream = None;
        run.tools.clear();
        self.set_body(session, BodyState::Ready, older, at + 1, then);
    }

    /// Looks for texts whose fate is unknown: right after the last known one, and with exactly their words (REL-10).
    fn find_doubted(&mut self, session: SessionId, built: &Built) {
        let inflight = built.inflight.as_ref().and_then(|inflight| inflight.user.as_ref());
        for id in self.doubted(session) {
            let body = self.session(session).and_then(|known| known.body.as_ref());
            let whole = !built.older && body.is_some_and(|body| !body.older);
            let settled: Vec<String> = self
                .messages(session)
                .iter()
                .filter(|m| m.id < id && is_sent(m))
                .map(Message::plain)
                .collect();
            let history: Vec<String> =
                built.messages.iter().filter(|m| m.role == Role::User).map(Message::plain).collect();
            let Some(text) = self.message(session, id).map(Message::plain) else { continue };
            let runs = inflight.is_some_and(|user| user.raw().trim() == text.trim());
            if runs || arrived(&settled, &text, &history, whole) {
                self.set_state(session, id, MessageState::Done);
                self.certain(session);
            }
        }
    }

    /// Takes up a turn under way: what was missed of its text is added, nothing is said twice.
    fn take_inflight(&mut self, session: SessionId, built: &Built) {
        let Inflight { user, assistant } = built.inflight.clone().unwrap_or_default();
        let last = self.messages(session).iter().rposition(is_sent);
        let text = last.and_then(|at| self.messages(session).get(at)).map(Message::plain).unwrap_or_default();
        let same = is_same_turn(&text, built);
        if !self.is_running(session) {
            if let Some(user) = user.filter(|user| !same && !user.is_empty()) {
                let part = crate::model::message::Part::Text(user);
                self.push_message(session, Role::User, vec![part], MessageState::Done);
            }
            self.begin_turn(session);
        } else if let Some(user) = user.filter(|user| !same && !user.is_empty()) {
            // Another turn than the one that ran when the connection went.
            self.end_turn(session, End::Complete);
            let part = crate::model::message::Part::Text(user);
            self.push_message(session, Role::User, vec![part], MessageState::Done);
            self.begin_turn(session);
        }
        self.run(session).begun = true;
        self.run(session).heard = self.now;
        let from = self.messages(session).iter().rposition(is_sent).map_or(0, |at| at + 1);
        let ours = self.messages(session).get(from..).unwrap_or_default();
        let (had, has) = (squash(&said(ours)), squash(assistant.raw()));
        if has.len() > had.len() && has.starts_with(&had) {
            let missing = after(assistant.raw(), had.chars().count());
            let fresh = !matches!(
                self.run(session).stream.as_ref().map(|s| s.open),
                Some(super::runtime::Open::Text(..))
            );
            let missing = if fresh { missing.trim_start() } else { missing };
            self.say(session, missing.to_owned());
        } else if !had.starts_with(&has) {
            let old: Vec<MessageId> =
                ours.iter().filter(|m| m.role == Role::Assistant).map(|m| m.id).collect();
            let run = self.run(session);
            run.stream = None;
            run.tools.clear();
            for message in old {
                self.remove_message(session, message);
            }
            self.say(session, assistant.into_raw());
        }
        let live: Option<LiveId> = self.run(session).live.clone();
        let waits = self.run(session).outgoing.as_ref().is_some_and(|out| out.stage == Stage::Waiting);
        if live.is_some()
            && waits
            && self.session(session).is_some_and(|k| k.turn.state != TurnState::Sending)
        {
            self.outgoing_runs(session);
        }
    }
}

fn is_sent(message: &Message) -> bool {
    message.role == Role::User && message.state == MessageState::Done
}

/// Whether the turn that the backend runs is the one of this text: it says so, or the text is in no history yet.
fn is_same_turn(text: &str, built: &Built) -> bool {
    match built.inflight.as_ref().and_then(|inflight| inflight.user.as_ref()) {
        Some(user) if user.raw().trim() == text.trim() => true,
        _ => {
            !text.is_empty()
                && !built.messages.iter().any(|m| m.role == Role::User && m.plain().trim() == text.trim())
        }
    }
}

/// The answer text of these messages.
fn said(messages: &[Message]) -> String {
    messages.iter().filter(|m| m.role == Role::Assistant).map(Message::plain).collect()
}

/// Text without white space: steps are joined and stored with different amounts of it.
fn squash(text: &str) -> String {
    text.split_whitespace().collect()
}

/// What follows the first `chars` characters that are no white space.
fn after(text: &str, chars: usize) -> &str {
    if chars == 0 {
        return text;
    }
    let last = text.char_indices().filter(|(_, c)| !c.is_whitespace()).nth(chars - 1);
    last.and_then(|(at, c)| text.get(at + c.len_utf8()..)).unwrap_or_default()
}

/// Whether a text is in the history right after the settled ones. When both are known from their beginning, the count decides;
/// else the last ones must agree, and must not agree without it.
fn arrived(settled: &[String], text: &str, history: &[String], whole: bool) -> bool {
    const WINDOW: usize = 8;
    let same = |a: &String, b: &String| a.trim() == b.trim();
    if whole {
        return history.len() > settled.len()
            && history.iter().zip(settled).all(|(a, b)| same(a, b))
            && history.get(settled.len()).is_some_and(|there| there.trim() == text.trim());
    }
    let window = settled.get(settled.len().saturating_sub(WINDOW)..).unwrap_or_default();
    let ends = |tail: Vec<&String>| {
        history.len() >= tail.len() && history.iter().rev().zip(tail.iter().rev()).all(|(a, b)| same(a, b))
    };
    let text = text.to_owned();
    let with = ends(window.iter().chain([&text]).collect());
    let without = !window.is_empty() && ends(window.iter().collect());
    with && !without
}

/// Early facts less the text that the inflight answer holds already: the longest run of their first texts that it ends with.
fn not_told(inflight: &str, early: Vec<Fact>) -> Vec<Fact> {
    let mut joined = String::new();
    let mut told = 0;
    let texts = early.iter().filter_map(|fact| match fact {
        Fact::Text { text, .. } => Some(text.raw()),
        _ => None,
    });
    for (at, text) in texts.enumerate() {
        joined.push_str(text);
        if inflight.ends_with(&joined) {
            told = at + 1;
        }
    }
    let mut seen = 0;
    let keep = |fact: &Fact| {
        let text = matches!(fact, Fact::Text { .. });
        seen += usize::from(text);
        !text || seen > told
    };
    early.into_iter().filter(keep).collect()
}

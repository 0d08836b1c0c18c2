//! What the backend's own transcript says against ours, after a connection was lost: texts whose fate was unknown are looked
//! for in it (REL-10), what was missed is added, nothing is shown twice (REL-08, M16). What streamed stays where the history
//! does not say otherwise; it knows more of it.

use super::{
    Registry,
    runtime::{Open, Outgoing, Stage},
    stream::{HEAD, squash},
    turns::End,
};
use crate::{
    base::{
        ids::{MessageId, SessionId},
        text::Untrusted,
    },
    model::{
        agent::Built,
        body::{Body, BodyState},
        message::{Message, MessageState, Part, Role},
        outcome::clip,
    },
};

impl Registry {
    /// Compares the transcript with the backend's own.
    pub(super) fn take_history(&mut self, session: SessionId, built: &Built, goes_on: bool) {
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
        let messages = self.messages(session);
        let older =
            self.session(session).and_then(|known| known.body.as_ref()).is_some_and(|body| body.older);
        // The text of a running turn is not in the history yet, even if its words are.
        let sent: Vec<usize> =
            (0..messages.len()).filter(|at| messages.get(*at).is_some_and(is_sent)).collect();
        let runs = built.running == Some(true) && is_same_turn(&self.last_sent(session), built);
        let sent = sent.get(..sent.len() - usize::from(runs && !sent.is_empty())).unwrap_or_default();
        let Some((keep, from)) =
            anchor(messages, sent, &built.messages, goes_on || runs, !older && !built.older)
        else {
            return;
        };
        // What this turn wrote is no part of what is compared, nor is what was sent later.
        let turn = self.runs.get(&session).and_then(|run| run.turn_from).filter(|_| goes_on);
        let ends = |m: &Message| is_sent(m) || turn.is_some_and(|turn| m.id >= turn);
        let end =
            (keep..messages.len()).find(|at| messages.get(*at).is_some_and(ends)).unwrap_or(messages.len());
        let ours = messages.get(keep..end).unwrap_or_default();
        let theirs = built.messages.get(from..).unwrap_or_default();
        let told = |messages: &[Message]| squash(&said(messages));
        if !theirs.iter().any(|m| m.role == Role::User) && told(ours).starts_with(&told(theirs)) {
            return;
        }
        let gone: Vec<MessageId> = ours.iter().filter(|m| m.role == Role::Assistant).map(|m| m.id).collect();
        let rest = messages.get(keep..).unwrap_or_default().iter().filter(|m| !gone.contains(&m.id));
        let rest = rest.map(|m| (Some(m.id), m.clone()));
        let then = theirs.iter().map(|m| (None, m.clone())).chain(rest).collect();
        let run = self.run(session);
        run.stream.take_if(|stream| gone.contains(&stream.message));
        run.tools.retain(|tool| !gone.contains(&tool.message));
        self.set_body(session, BodyState::Ready, older, keep, then);
    }

    /// Looks for texts whose fate is unknown: right after the last known one, and with exactly their words (REL-10).
    /// Returns the one that the backend keeps in its own queue.
    pub(super) fn find_doubted(&mut self, session: SessionId, built: &Built) -> Option<Outgoing> {
        let mut found = None;
        let inflight = built.inflight.as_ref().and_then(|inflight| inflight.user.as_ref());
        // What is not loaded yet is looked for when it is.
        let ready = |body: &Body| body.state == BodyState::Ready;
        if !self.session(session).and_then(|known| known.body.as_ref()).is_some_and(ready) {
            return None;
        }
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
            let kept = built.queued.as_ref().is_some_and(|queued| queued.raw().trim() == text.trim());
            if kept {
                let reference = self.reference(session, id);
                found = Some(Outgoing { message: id, reference, text: text.clone(), stage: Stage::Kept });
            }
            if kept || runs || arrived(&settled, &text, &history, whole) {
                self.set_state(session, id, MessageState::Done);
                self.certain(session);
            }
        }
        found
    }

    /// The text of the last sent message.
    pub(super) fn last_sent(&self, session: SessionId) -> String {
        self.messages(session).iter().rev().find(|m| is_sent(m)).map(Message::plain).unwrap_or_default()
    }

    /// What the turn said that answers the last text.
    fn turn_messages(&self, session: SessionId) -> &[Message] {
        let messages = self.messages(session);
        let sent = messages.iter().rposition(is_sent).map_or(0, |at| at + 1);
        let from = self.runs.get(&session).and_then(|run| run.turn_from);
        let from = from.map_or(messages.len(), |from| messages.partition_point(|message| message.id < from));
        messages.get(sent.max(from)..).unwrap_or_default()
    }

    /// Whether the turn that the backend runs is the one that ran here when the connection went, or that was given up since.
    /// `doubted`: whether the text that it runs is known to run only now, so that what ran here may have been another's.
    pub(super) fn goes_on(&self, session: SessionId, built: &Built, doubted: bool) -> bool {
        if !self.is_running(session) && !self.runs.get(&session).is_some_and(|run| run.may_go_on) {
            return false;
        }
        let had = squash(&said(self.turn_messages(session)));
        let has = squash(built.inflight.as_ref().map_or("", |inflight| inflight.assistant.raw()));
        let same = is_same_turn(&self.last_sent(session), built);
        if had.is_empty() { same } else { has.starts_with(&had) || same && !doubted }
    }

    /// The text that runs now comes after all that the backend did before it, wherever it was shown while it waited.
    pub(super) fn move_running_text(&mut self, session: SessionId, built: &Built, goes_on: bool) {
        let messages = self.messages(session);
        let Some(at) = messages.iter().rposition(is_sent) else { return };
        let turn = self.runs.get(&session).and_then(|run| run.turn_from).filter(|_| goes_on);
        let turn = turn.map_or(messages.len(), |from| messages.partition_point(|message| message.id < from));
        let before = messages.get(at + 1..turn).unwrap_or_default();
        let runs = is_same_turn(&self.last_sent(session), built);
        if !runs || !before.iter().any(|message| message.role == Role::Assistant) {
            return;
        }
        let sent = messages.get(at..=at).unwrap_or_default();
        let then = before.iter().chain(sent).chain(messages.get(turn..).unwrap_or_default());
        let then = then.map(|message| (Some(message.id), message.clone())).collect();
        let older =
            self.session(session).and_then(|known| known.body.as_ref()).is_some_and(|body| body.older);
        self.set_body(session, BodyState::Ready, older, at, then);
    }

    /// Appends what a turn is about, unless it is Hermes' own words and was told before.
    fn push_prompt(&mut self, session: SessionId, text: Untrusted) {
        let role = Role::User.speaking(text.raw());
        let told = |message: &Message| message.role == role && message.plain() == text.raw();
        if role == Role::User || !self.messages(session).iter().rev().take(4).any(told) {
            self.push_message(session, role, vec![Part::Text(text)], MessageState::Done);
        }
    }

    /// Takes up a turn under way: what was missed of its text is added, nothing is said twice.
    pub(super) fn take_inflight(&mut self, session: SessionId, built: &Built, answer: &str, goes_on: bool) {
        let user = built.inflight.as_ref().and_then(|inflight| inflight.user.clone());
        let same = goes_on || is_same_turn(&self.last_sent(session), built);
        if !goes_on {
            self.close_turn(session, End::Complete);
            if let Some(user) = user.filter(|user| !same && !user.is_empty()) {
                self.push_prompt(session, user);
            }
        }
        if !self.is_running(session) {
            let from = self.run(session).turn_from.filter(|_| same);
            self.begin_turn(session);
            self.run(session).turn_from = from;
        }
        self.run(session).begun = true;
        self.run(session).heard = self.now;
        let ours = self.turn_messages(session);
        let (had, has) = (squash(&said(ours)), squash(answer));
        if has.len() > had.len() && has.starts_with(&had) {
            let missing = after(answer, had.chars().count());
            let blank = said(ours).chars().rev().take_while(|c| c.is_whitespace()).count();
            let open = self.run(session).stream.as_ref().map(|stream| stream.open);
            let missing = match open {
                Some(Open::Text(..)) => skip_blank(missing, blank),
                _ => missing.trim_start(),
            };
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
            self.say(session, answer.to_owned());
        }
        // What comes next may repeat this step's text, which may have come in two ways.
        let parts = self.turn_messages(session).iter().rev().flat_map(|message| message.parts.iter().rev());
        let step = parts.take_while(|part| !matches!(part, Part::Tool(_)));
        let texts: Vec<&str> = step
            .filter_map(|part| if let Part::Text(text) = part { Some(text.raw()) } else { None })
            .collect();
        let step: String = texts.into_iter().rev().collect();
        clip(&step, HEAD).clone_into(&mut self.run(session).step.text);
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

/// Up to where our transcript and the history tell the same: how many of our messages, how many of theirs. They are matched by
/// the person's last text that both have by its words; later ones only by their number, for the stored text differs from the
/// sent one when it had references (CHECK 41).
fn anchor(
    ours: &[Message],
    sent: &[usize],
    theirs: &[Message],
    runs: bool,
    whole: bool,
) -> Option<(usize, usize)> {
    let there: Vec<(usize, String)> = (0..)
        .zip(theirs)
        .filter(|(_, message)| message.role == Role::User)
        .map(|(at, message)| (at, message.plain()))
        .collect();
    let by_place = || Some((sent.last()? + 1, there.last()?.0 + 1));
    for (unmatched, at) in sent.iter().rev().enumerate() {
        let text = ours.get(*at).map(Message::plain).unwrap_or_default();
        if let Some(found) = there.iter().rposition(|(_, other)| other.trim() == text.trim()) {
            let later = there.len() - 1 - found;
            return match (unmatched, later) {
                (0, _) | (_, 0) => Some((at + 1, there.get(found)?.0 + 1)),
                _ if unmatched == later && !runs => by_place(),
                _ => None,
            };
        }
    }
    if whole && there.is_empty() {
        return Some((0, 0));
    }
    if whole && there.len() == sent.len() && !runs { by_place() } else { None }
}

/// What follows the first `chars` characters that are no white space.
fn after(text: &str, chars: usize) -> &str {
    if chars == 0 {
        return text;
    }
    let last = text.char_indices().filter(|(_, c)| !c.is_whitespace()).nth(chars - 1);
    last.and_then(|(at, c)| text.get(at + c.len_utf8()..)).unwrap_or_default()
}

/// Less its first white space, at most `most` characters of it.
fn skip_blank(text: &str, most: usize) -> &str {
    let skipped = text.chars().take(most).take_while(|c| c.is_whitespace()).map(char::len_utf8).sum();
    text.get(skipped..).unwrap_or_default()
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

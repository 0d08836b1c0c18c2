//! Small changes of a transcript, with what they weigh: ids are minted here, bytes are counted here, and the oldest messages
//! leave here when a transcript outgrows its bounds (SEC-41). Nothing here costs more the longer the transcript is.

use super::{Registry, runtime::Kind};
use crate::{
    base::{
        ids::{MessageId, SessionId},
        text::Untrusted,
    },
    model::{
        body::{Body, BodyState, MAX_BODY_MESSAGES, MAX_BODY_TEXT},
        message::{FIRST_ID, Level, Message, MessageState, Part, Role},
        patch::BodyChange,
        tool::ToolCall,
    },
};
use std::collections::BTreeMap;

impl Registry {
    pub(super) fn mint_message(&mut self, session: SessionId) -> MessageId {
        let run = self.run(session);
        run.minted += 1;
        MessageId(FIRST_ID + run.minted)
    }

    /// Appends a message of these parts.
    pub(super) fn push_message(
        &mut self,
        session: SessionId,
        role: Role,
        parts: Vec<Part>,
        state: MessageState,
    ) -> MessageId {
        let id = self.mint_message(session);
        let message = Message { id, role, parts, state, at: None };
        self.run(session).bytes += message.len();
        self.body(session, BodyChange::Message(Box::new(message)));
        self.trim(session);
        id
    }

    /// Appends a line that nobody's model said.
    pub(super) fn push_note(&mut self, session: SessionId, level: Level, text: impl Into<Untrusted>) {
        let note = Part::Note { level, text: text.into() };
        self.push_message(session, Role::System, vec![note], MessageState::Done);
    }

    pub(super) fn push_part(&mut self, session: SessionId, message: MessageId, part: Part) {
        self.run(session).bytes += part.len();
        self.body(session, BodyChange::Part { message, part: Box::new(part) });
        self.trim(session);
    }

    pub(super) fn append(
        &mut self,
        session: SessionId,
        message: MessageId,
        part: u32,
        at: u64,
        text: String,
    ) {
        self.run(session).bytes += text.len() as u64;
        self.body(session, BodyChange::Append { message, part, at, text });
        self.trim(session);
    }

    pub(super) fn set_tool(&mut self, session: SessionId, message: MessageId, part: u32, tool: ToolCall) {
        let old = self.message(session, message).and_then(|m| m.parts.get(part as usize)).map(Part::len);
        // A message that left memory needs no more changes.
        let Some(old) = old else { return };
        let part_of = Part::Tool(Box::new(tool));
        let run = self.run(session);
        run.bytes = (run.bytes + part_of.len()).saturating_sub(old);
        if let Part::Tool(tool) = part_of {
            self.body(session, BodyChange::Tool { message, part, tool });
        }
        self.trim(session);
    }

    pub(super) fn set_state(&mut self, session: SessionId, message: MessageId, state: MessageState) {
        if self.message(session, message).is_some_and(|known| known.state != state) {
            self.note_state(session, message, &state);
            self.body(session, BodyChange::State { message, state });
        }
    }

    pub(super) fn finish_message(&mut self, session: SessionId, message: MessageId, state: MessageState) {
        let Some(known) = self.message(session, message) else { return };
        let (len, digest) = (known.len(), known.digest());
        self.body(session, BodyChange::Finish { message, state, len, digest });
    }

    pub(super) fn remove_message(&mut self, session: SessionId, message: MessageId) {
        let Some(len) = self.message(session, message).map(Message::len) else { return };
        let run = self.run(session);
        run.bytes = run.bytes.saturating_sub(len);
        self.body(session, BodyChange::Removed(message));
        self.forget_sent(session, message);
    }

    /// Replaces the transcript by the first `keep` of its messages and `then`, which are numbered anew so that ids rise and none
    /// is used twice. Whoever refers to a message that was in the transcript and is in `then` is told its new id.
    pub(super) fn set_body(
        &mut self,
        session: SessionId,
        state: BodyState,
        older: bool,
        keep: usize,
        then: Vec<(Option<MessageId>, Message)>,
    ) {
        let mut messages: Vec<Message> = self.messages(session).iter().take(keep).cloned().collect();
        let mut moved = BTreeMap::new();
        for (old, message) in then {
            let id = self.mint_message(session);
            if let Some(old) = old {
                moved.insert(old, id);
            }
            messages.push(Message { id, ..message });
        }
        self.run(session).bytes = messages.iter().map(Message::len).sum();
        self.body(session, BodyChange::Set(Box::new(Body { state, older, messages })));
        self.renumber(session, &moved);
        self.trim(session);
    }

    fn renumber(&mut self, session: SessionId, moved: &BTreeMap<MessageId, MessageId>) {
        let to = |id: &mut MessageId| *id = *moved.get(id).unwrap_or(id);
        let run = self.run(session);
        if let Some(out) = &mut run.outgoing {
            to(&mut out.message);
        }
        if let Some(stream) = &mut run.stream {
            to(&mut stream.message);
        }
        run.turn_from.iter_mut().for_each(to);
        run.tools.iter_mut().for_each(|tool| to(&mut tool.message));
        run.sent = std::mem::take(&mut run.sent)
            .into_iter()
            .map(|(mut id, sent)| {
                to(&mut id);
                (id, sent)
            })
            .collect();
        for call in self.calls.values_mut() {
            if let Kind::Submit(of, message) = &mut call.kind
                && *of == session
            {
                to(message);
            }
        }
    }

    pub(super) fn message(&self, session: SessionId, message: MessageId) -> Option<&Message> {
        self.session(session)?.body.as_ref()?.get(message)
    }

    pub(super) fn messages(&self, session: SessionId) -> &[Message] {
        self.session(session).and_then(|known| known.body.as_ref()).map_or(&[], |body| &body.messages)
    }

    /// How many messages of the transcript in memory the store has, counted as it counts them: what a turn wrote is one message
    /// there, and hermux's own lines are none. What is still being written counts as none, so that paging back may show a
    /// message twice but leaves none out.
    pub(super) fn stored_messages(&self, session: SessionId) -> u64 {
        let mut last = None;
        let mut count = 0;
        for message in self.messages(session) {
            let said = message.parts.iter().any(|part| matches!(part, Part::Text(_)));
            let stored = match message.role {
                Role::User => message.state == MessageState::Done,
                Role::Assistant => message.state != MessageState::Streaming && last != Some(Role::Assistant),
                Role::System => said,
            };
            if stored {
                count += 1;
                last = Some(message.role);
            }
        }
        count
    }

    /// Drops the oldest messages beyond the bounds, an eighth at a time so that the cost is spread; never the last one.
    fn trim(&mut self, session: SessionId) {
        let bytes = self.run(session).bytes;
        let count = self.messages(session).len();
        if bytes <= MAX_BODY_TEXT && count <= MAX_BODY_MESSAGES {
            return;
        }
        let (mut left, mut at) = (bytes, 0);
        let messages = self.messages(session);
        while at + 1 < count && (left > MAX_BODY_TEXT / 8 * 7 || count - at > MAX_BODY_MESSAGES / 8 * 7) {
            left -= messages.get(at).map_or(0, Message::len);
            at += 1;
        }
        let Some(first) = messages.get(at).map(|message| message.id) else { return };
        if at > 0 {
            self.run(session).bytes = left;
            self.body(session, BodyChange::Trimmed { first });
        }
    }
}

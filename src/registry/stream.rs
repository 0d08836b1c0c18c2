//! What a turn says, put into the transcript: text, reasoning, tools, notes. Every delta lands on the session that owns the
//! stream, seen or not (I05), and costs the same however long the transcript is.

use super::{
    Registry,
    runtime::{Open, OpenTool, Stream},
};
use crate::{
    base::{
        ids::{SessionId, ToolId},
        text::Untrusted,
    },
    model::{
        agent::ToolResult,
        message::{Level, MessageState, Part, Role},
        outcome::clip,
        patch::{BodyChange, Change},
        tool::{ToolCall, ToolState},
    },
};

/// How much of a step is kept to know a repetition by, in bytes: Hermes cuts its repetition at 500 characters.
pub(super) const HEAD: usize = 2048;

impl Registry {
    pub(super) fn on_text(&mut self, session: SessionId, text: Untrusted, step_break: bool) {
        self.ensure_turn(session);
        let run = self.run(session);
        let new_step = std::mem::take(&mut run.between_steps);
        let text = text.into_raw();
        // The line feeds between steps are not part of the answer as stored (CHECK 14).
        let text = if step_break && new_step {
            text.strip_prefix("\n\n").map_or(text.clone(), str::to_owned)
        } else {
            text
        };
        if new_step {
            self.close_part(session);
        }
        self.say(session, text);
    }

    /// Adds answer text to the part that is open, or opens one.
    pub(super) fn say(&mut self, session: SessionId, text: String) {
        if text.is_empty() {
            return;
        }
        let step = &mut self.run(session).step;
        remember(&mut step.text, &text);
        // What was held back was this text, or it would have come as reasoning.
        if step.whole.as_ref().is_some_and(|whole| repeats(&step.text, whole.raw())) {
            step.whole = None;
        }
        match self.open_part(session) {
            (message, Open::Text(part, at)) => {
                self.opened(session, Open::Text(part, at + text.len() as u64), text.len());
                self.append(session, message, part, at, text);
            }
            (message, _) => {
                self.close_part(session);
                let len = text.len();
                let part = self.part_added(session, len);
                self.opened(session, Open::Text(part, len as u64), 0);
                self.push_part(session, message, Part::Text(text.into()));
            }
        }
        self.touch_sometimes(session);
    }

    pub(super) fn on_reasoning(&mut self, session: SessionId, text: Untrusted) {
        if text.is_empty() {
            return;
        }
        self.ensure_turn(session);
        remember(&mut self.run(session).step.reasoning, text.raw());
        match self.open_part(session) {
            (message, Open::Reasoning(part, at)) => {
                self.opened(session, Open::Reasoning(part, at + text.len() as u64), text.len());
                self.append(session, message, part, at, text.into_raw());
            }
            (message, _) => {
                self.close_part(session);
                let len = text.len();
                let part = self.part_added(session, len);
                self.opened(session, Open::Reasoning(part, len as u64), 0);
                let started = self.now;
                self.push_part(session, message, Part::Reasoning { text, started, ended: None });
            }
        }
    }

    /// A step's reasoning as a whole. Hermes sends the answer again under this name when the model did not think aloud
    /// (CHECK 15): that is no reasoning.
    pub(super) fn on_reasoning_whole(&mut self, session: SessionId, text: Untrusted) {
        // Also the text part that stands last: of a turn taken up again, or of a step after an unknown tool, no head is known.
        let last = self.messages(session).last().and_then(|message| {
            message.parts.iter().rev().find_map(|part| match part {
                Part::Text(text) => Some(text.raw()),
                _ => None,
            })
        });
        let again = last.is_some_and(|last| repeats(clip(last, HEAD), text.raw()));
        let step = &mut self.run(session).step;
        if again
            || text.raw().trim().is_empty()
            || repeats(&step.text, text.raw())
            || repeats(&step.reasoning, text.raw())
        {
            return;
        }
        if step.text.is_empty() {
            step.whole = Some(text);
        } else {
            self.add_whole(session, text);
        }
    }

    fn add_whole(&mut self, session: SessionId, text: Untrusted) {
        remember(&mut self.run(session).step.reasoning, text.raw());
        let at = self.now;
        self.add_part(session, Part::Reasoning { text, started: at, ended: Some(at) });
    }

    /// Shows the reasoning that was held back, unless it is what `said` says.
    pub(super) fn release_whole(&mut self, session: SessionId, said: &str) {
        if let Some(whole) = self.run(session).step.whole.take()
            && !repeats(said, whole.raw())
        {
            self.add_whole(session, whole);
        }
    }

    /// A line about the turn, in its message.
    pub(super) fn add_note(&mut self, session: SessionId, level: Level, text: impl Into<Untrusted>) {
        self.add_part(session, Part::Note { level, text: text.into() });
    }

    /// Adds a part that nothing continues.
    pub(super) fn add_part(&mut self, session: SessionId, part: Part) -> (crate::base::ids::MessageId, u32) {
        let (message, _) = self.open_part(session);
        self.close_part(session);
        let at = self.part_added(session, part.len() as usize);
        self.push_part(session, message, part);
        (message, at)
    }

    pub(super) fn on_tool_announced(&mut self, session: SessionId, name: &Untrusted) {
        self.ensure_turn(session);
        self.close_part(session);
        self.run(session).between_steps = true;
        self.set_activity(session, Some(format!("preparing {}", name.raw()).into()));
    }

    pub(super) fn on_tool_started(
        &mut self,
        session: SessionId,
        id: ToolId,
        name: Untrusted,
        context: Untrusted,
        args: Option<Untrusted>,
    ) {
        self.ensure_turn(session);
        if self.run(session).tools.iter().any(|tool| tool.id == id) {
            return;
        }
        self.release_whole(session, "");
        let tool = ToolCall {
            id: Some(id.clone()),
            name,
            context,
            args: args.unwrap_or_default(),
            state: ToolState::Running,
            started: self.now,
            millis: None,
            output: Untrusted::default(),
            output_len: 0,
            diff: None,
        };
        self.set_activity(session, None);
        let (message, part) = self.add_part(session, Part::Tool(Box::new(tool)));
        let run = self.run(session);
        run.tools.push(OpenTool { id, message, part });
        run.between_steps = true;
        run.step.next();
    }

    pub(super) fn on_tool_finished(&mut self, session: SessionId, result: ToolResult) {
        self.approvals_of_tool(session, result.id.as_ref(), &result.state);
        if let Some(todos) = result.todos.clone()
            && self.session(session).is_some_and(|known| known.todos != todos)
        {
            self.head(session, Change::Todos(todos));
        }
        let run = self.run(session);
        run.between_steps = true;
        run.step.next();
        let known = run.tools.iter().position(|tool| Some(&tool.id) == result.id.as_ref());
        let place = known.map(|at| run.tools.swap_remove(at)).map(|tool| (tool.message, tool.part));
        let place = place.or_else(|| self.late_tool(session, result.id.as_ref()));
        if let Some((message, part)) = place {
            let Some(Part::Tool(old)) =
                self.message(session, message).and_then(|m| m.parts.get(part as usize))
            else {
                return;
            };
            let tool = finished((**old).clone(), result);
            self.set_tool(session, message, part, tool);
        } else if self.is_running(session) {
            let blank = ToolCall {
                id: result.id.clone(),
                name: result.name.clone(),
                context: Untrusted::default(),
                args: Untrusted::default(),
                state: ToolState::Running,
                started: self.now,
                millis: None,
                output: Untrusted::default(),
                output_len: 0,
                diff: None,
            };
            self.add_part(session, Part::Tool(Box::new(finished(blank, result))));
        } else {
            self.log("a tool ended outside a turn", result.name.label(60));
        }
    }

    /// Where a call stands whose turn has ended already; only the last messages are looked at.
    fn late_tool(
        &self,
        session: SessionId,
        id: Option<&ToolId>,
    ) -> Option<(crate::base::ids::MessageId, u32)> {
        id?;
        self.messages(session).iter().rev().take(4).find_map(|message| {
            let part = message
                .parts
                .iter()
                .rposition(|part| matches!(part, Part::Tool(tool) if tool.id.as_ref() == id))?;
            Some((message.id, part as u32))
        })
    }

    /// Ends the message of a turn. Calls that never ended stay unknown (CHECK 23).
    pub(super) fn close_stream(&mut self, session: SessionId, state: MessageState) {
        self.close_part(session);
        for tool in std::mem::take(&mut self.run(session).tools) {
            let known = self.message(session, tool.message).and_then(|m| m.parts.get(tool.part as usize));
            if let Some(Part::Tool(old)) = known {
                let unknown = ToolCall { state: ToolState::Unknown, ..(**old).clone() };
                self.set_tool(session, tool.message, tool.part, unknown);
            }
        }
        if let Some(stream) = self.run(session).stream.take() {
            self.finish_message(session, stream.message, state);
        }
    }

    pub(super) fn set_activity(&mut self, session: SessionId, activity: Option<Untrusted>) {
        if self.session(session).is_some_and(|known| known.activity != activity) {
            self.head(session, Change::Activity(activity));
        }
    }

    /// The message that the turn writes and the part that is open in it. A message that grew large is finished and the turn
    /// goes on in a new one.
    fn open_part(&mut self, session: SessionId) -> (crate::base::ids::MessageId, Open) {
        let (bytes, parts) = (self.settings.limits.message_text, self.settings.limits.message_parts);
        let full = self
            .run(session)
            .stream
            .as_ref()
            .is_some_and(|stream| stream.bytes >= bytes || stream.parts >= parts);
        if full {
            self.close_part(session);
            if let Some(stream) = self.run(session).stream.take() {
                self.finish_message(session, stream.message, MessageState::Done);
            }
        }
        if let Some(stream) = &self.run(session).stream {
            return (stream.message, stream.open);
        }
        let message = self.push_message(session, Role::Assistant, Vec::new(), MessageState::Streaming);
        let run = self.run(session);
        run.stream = Some(Stream { message, parts: 0, bytes: 0, open: Open::None });
        run.turn_from.get_or_insert(message);
        (message, Open::None)
    }

    fn opened(&mut self, session: SessionId, open: Open, more: usize) {
        if let Some(stream) = &mut self.run(session).stream {
            stream.open = open;
            stream.bytes += more as u64;
        }
    }

    /// Counts a part in, and says which it is.
    fn part_added(&mut self, session: SessionId, bytes: usize) -> u32 {
        let Some(stream) = &mut self.run(session).stream else { return 0 };
        stream.bytes += bytes as u64;
        stream.parts += 1;
        stream.parts - 1
    }

    /// Nothing continues the open part any more.
    fn close_part(&mut self, session: SessionId) {
        let Some(stream) = &mut self.run(session).stream else { return };
        let (message, open) = (stream.message, std::mem::replace(&mut stream.open, Open::None));
        if let Open::Reasoning(part, _) = open {
            let at = self.now;
            self.body(session, BodyChange::ReasoningEnded { message, part, at });
        }
    }
}

fn finished(tool: ToolCall, result: ToolResult) -> ToolCall {
    ToolCall {
        args: result.args.unwrap_or(tool.args),
        state: result.state,
        millis: result.millis,
        output: result.output,
        output_len: result.output_len,
        diff: result.diff,
        ..tool
    }
}

fn remember(head: &mut String, more: &str) {
    if head.len() < HEAD {
        head.push_str(clip(more, HEAD - head.len()));
    }
}

/// Whether `text` is, or begins, what `said` says: or the other way about, as far as `said` was kept.
pub(super) fn repeats(said: &str, text: &str) -> bool {
    let kept = said.len() + 8 < HEAD;
    let (said, text) = (squash(said), squash(text));
    !said.is_empty() && (said.starts_with(&text) || !kept && text.starts_with(&said))
}

/// Text without white space: steps are joined and stored with different amounts of it.
pub(super) fn squash(text: &str) -> String {
    text.split_whitespace().collect()
}

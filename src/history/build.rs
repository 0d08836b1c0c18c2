//! From the stored rows of one message to a [`Message`]. Pure.
//!
//! An assistant's turn is many rows: a row a step, a row a tool result. They become one message, as the turn was when it ran.
//! However large the rows are, the message is bounded.

use super::{open::wall, rows::Stored};
use crate::{
    base::{
        clock::Tick,
        ids::{MessageId, ToolId},
        text::Untrusted,
    },
    model::{
        message::{Level, Message, MessageState, Part, Role},
        outcome::{self, clip},
        tool::{MAX_TOOL_TEXT, ToolCall, ToolState},
    },
};
use serde_json::Value;

/// The most text of one message, in bytes; what comes after is cut, and a note says so.
pub(super) const MAX_TEXT: usize = 1024 * 1024;
/// The most parts of one message.
const MAX_PARTS: usize = 2_000;
/// How Hermes begins a content that is a list of parts.
const PARTS: &str = "\0json:";
/// Fields of a call's arguments that say in one line what it does, best first.
const TELLING: [&str; 8] = ["command", "path", "file_path", "query", "pattern", "url", "goal", "question"];

/// A message in the making.
#[derive(Default)]
pub(super) struct Building {
    role: Option<Role>,
    at: Option<f64>,
    parts: Vec<Part>,
    text: usize,
    /// Something did not fit.
    cut: bool,
}

impl Building {
    /// Adds the next row.
    pub(super) fn add(&mut self, row: &Stored) {
        let content = match &row.content {
            Some(content) => plain(content),
            None if row.content_len == 0 => String::new(),
            None => format!("({} MB of text: too long to show)", row.content_len / 1_000_000),
        };
        let role = match row.role.as_str() {
            "user" => Role::User,
            "system" => Role::System,
            _ => Role::Assistant,
        };
        self.role.get_or_insert(if row.role == "tool" { role } else { role.speaking(&content) });
        self.at = self.at.or(row.at);
        if row.role == "tool" {
            self.result(row, &content);
            return;
        }
        if let Some(thought) = row.reasoning.as_deref().map(str::trim).filter(|thought| !thought.is_empty()) {
            let text = self.take(thought, usize::MAX);
            self.push(Part::Reasoning { text, started: Tick(0), ended: Some(Tick(0)) });
        }
        if !content.trim().is_empty() {
            let text = self.take(content.trim(), usize::MAX);
            self.push(Part::Text(text));
        }
        if let Some(Ok(Value::Array(calls))) = row.calls.as_deref().map(serde_json::from_str) {
            for call in &calls {
                let call = self.call(call);
                self.push(Part::Tool(Box::new(call)));
            }
        }
    }

    /// The message. Its id is given by the page.
    pub(super) fn finish(mut self) -> Message {
        let note = |text: &str| Part::Note { level: Level::Info, text: text.into() };
        if self.cut {
            self.parts.push(note("More of this message is stored than is shown here."));
        }
        if self.parts.is_empty() {
            self.parts.push(note("An empty message."));
        }
        Message {
            id: MessageId(0),
            role: self.role.unwrap_or(Role::System),
            parts: self.parts,
            state: MessageState::Done,
            at: self.at.map(|at| wall(Some(at))),
        }
    }

    fn call(&mut self, call: &Value) -> ToolCall {
        let function = call.get("function").unwrap_or(call);
        let args = match function.get("arguments") {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        ToolCall {
            id: call.get("id").and_then(Value::as_str).and_then(ToolId::new),
            name: clip(function.get("name").and_then(Value::as_str).unwrap_or("tool"), 200).into(),
            context: context(&args).into(),
            args: self.take(&args, MAX_TOOL_TEXT),
            state: ToolState::Unknown,
            started: Tick(0),
            millis: None,
            output: Untrusted::default(),
            output_len: 0,
            diff: None,
        }
    }

    /// Puts a result to its call; to the first one that waits for a result when it names none.
    fn result(&mut self, row: &Stored, content: &str) {
        let id = row.call.as_deref().and_then(ToolId::new);
        let place = self.parts.iter().position(|part| match part {
            Part::Tool(call) => call.state == ToolState::Unknown && (id.is_none() || call.id == id),
            _ => false,
        });
        let at = place.unwrap_or_else(|| {
            // A result without its call: the call was compacted away.
            let mut call = self.call(&Value::Null);
            call.id = id;
            call.name = clip(row.tool.as_deref().unwrap_or("tool"), 200).into();
            self.push(Part::Tool(Box::new(call)));
            self.parts.len().saturating_sub(1)
        });
        let got = outcome::of_text(content);
        let output = self.take(got.output.raw(), MAX_TOOL_TEXT);
        let diff = got.diff.map(|diff| self.take(diff.raw(), MAX_TOOL_TEXT));
        if let Some(Part::Tool(call)) = self.parts.get_mut(at)
            && call.state == ToolState::Unknown
        {
            call.state = got.state;
            call.output = output;
            call.output_len = got.output_len;
            call.diff = diff;
        }
    }

    fn take(&mut self, text: &str, most: usize) -> Untrusted {
        let room = MAX_TEXT - self.text;
        let text_in = clip(text, most.min(room));
        self.cut |= room < text.len().min(most);
        self.text += text_in.len();
        text_in.into()
    }

    fn push(&mut self, part: Part) {
        if self.parts.len() < MAX_PARTS {
            self.parts.push(part);
        } else {
            self.cut = true;
        }
    }
}

/// A content as text: pictures and sound are named.
fn plain(content: &str) -> String {
    let Some(json) = content.strip_prefix(PARTS) else { return content.to_owned() };
    match serde_json::from_str(json) {
        Ok(Value::Array(parts)) => {
            let texts: Vec<String> = parts.iter().map(plain_part).filter(|text| !text.is_empty()).collect();
            texts.join("\n")
        }
        Ok(part) => plain_part(&part),
        Err(_) => json.to_owned(),
    }
}

fn plain_part(part: &Value) -> String {
    if let Value::String(text) = part {
        return text.clone();
    }
    if let Some(text) = part.get("text").and_then(Value::as_str) {
        return text.to_owned();
    }
    match part.get("type").and_then(Value::as_str) {
        Some("image_url" | "input_image" | "image") => "[image]".to_owned(),
        Some("input_audio" | "audio") => "[audio]".to_owned(),
        Some(other) => format!("[{}]", clip(other, 40)),
        None => part.to_string(),
    }
}

/// What a call does, in one line, read off its arguments.
fn context(args: &str) -> String {
    let Ok(Value::Object(fields)) = serde_json::from_str(args) else { return String::new() };
    let telling = TELLING.iter().find_map(|key| fields.get(*key).and_then(Value::as_str));
    clip(telling.unwrap_or_default().lines().next().unwrap_or_default(), 160).to_owned()
}

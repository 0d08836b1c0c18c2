//! The transcript that an answer carries: the last messages of it, whatever its length.

use super::{
    json::{self, Fields},
    oddity::Oddities,
};
use crate::{
    base::{clock::Tick, ids::MessageId, text::Untrusted},
    model::{
        message::{Level, Message, MessageState, Part, Role},
        tool::{ToolCall, ToolState},
    },
};
use serde_json::value::RawValue;

/// The most messages that are kept of an answer; older ones are read from `state.db` (SEC-40).
pub(super) const MAX_MESSAGES: usize = 200;
/// The most bytes of them as JSON. The last message is kept whatever its size.
pub(super) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Reads the field `messages`; `true` when it had more than is kept. What follows a text of the person up to the next one
/// becomes one message, as it does while it streams.
pub(super) fn messages(fields: &Fields<'_>) -> (Vec<Message>, bool) {
    let (rows, dropped) = fields.tail("messages", MAX_MESSAGES).unwrap_or_default();
    let mut bytes = 0;
    let fits = rows.iter().rev().take_while(|row| {
        bytes += row.get().len();
        bytes <= MAX_BYTES
    });
    let kept = fits.count().max(1).min(rows.len());
    let skipped = rows.len() - kept;
    let mut list: Vec<Message> = Vec::with_capacity(kept);
    for row in rows.into_iter().skip(skipped) {
        let (role, parts) = read(row, fields.odd());
        if parts.is_empty() && role == Role::Assistant {
            continue;
        }
        let parts = if parts.is_empty() { vec![empty()] } else { parts };
        let run = list.last_mut().filter(|before| role == Role::Assistant && before.role == role);
        if let Some(before) = run {
            before.parts.extend(parts);
        } else {
            let id = MessageId(list.len() as u64);
            list.push(Message { id, role, parts, state: MessageState::Done, at: None });
        }
    }
    (list, dropped + skipped > 0)
}

fn read(row: &RawValue, odd: &Oddities) -> (Role, Vec<Part>) {
    let names = &[
        "role",
        "text",
        "content",
        "reasoning",
        "reasoning_content",
        "name",
        "context",
        // Known, and not needed.
        "reasoning_details",
    ];
    let fields = Fields::lenient(Some(row), "message", names, odd);
    let role = match fields.str("role").as_deref() {
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool") => return (Role::Assistant, vec![tool(&fields)]),
        Some("system") => Role::System,
        _ => {
            fields.wrong("role");
            Role::System
        }
    };
    let mut parts = Vec::new();
    if let Some(text) =
        fields.word("reasoning").or_else(|| fields.word("reasoning_content")).and_then(trimmed)
    {
        parts.push(Part::Reasoning { text, started: Tick(0), ended: Some(Tick(0)) });
    }
    let mut role = role;
    if let Some(text) = fields.word("text").or_else(|| content(&fields)).and_then(trimmed) {
        role = role.speaking(text.raw());
        parts.push(Part::Text(text));
    }
    (role, parts)
}

/// The text without the blanks around it, if there is more of it; as it is read from `state.db`.
fn trimmed(text: Untrusted) -> Option<Untrusted> {
    match text.raw().trim() {
        "" => None,
        inner if inner.len() == text.len() => Some(text),
        inner => Some(inner.into()),
    }
}

fn empty() -> Part {
    Part::Note { level: Level::Info, text: "An empty message.".into() }
}

/// The raw form of a message's text: a string, or a list with images in it.
fn content(fields: &Fields<'_>) -> Option<Untrusted> {
    let raw = fields.raw("content")?;
    let text = json::text(raw).map_or_else(|| json::compact(raw), Into::into);
    (!text.is_empty()).then(|| Untrusted::new(text))
}

/// A tool's row says neither arguments nor result.
fn tool(fields: &Fields<'_>) -> Part {
    Part::Tool(Box::new(ToolCall {
        id: None,
        name: fields.text_or_empty("name"),
        context: fields.text_or_empty("context"),
        args: Untrusted::default(),
        state: ToolState::Unknown,
        started: Tick(0),
        millis: None,
        output: Untrusted::default(),
        output_len: 0,
        diff: None,
    }))
}

//! How a tool call ended. Hermes has no error flag: it is read off the result, which can be any JSON value.

use super::json::{self, Fields};
use crate::{
    base::{ids::ToolId, text::Untrusted},
    model::{
        agent::{Fact, ToolResult},
        tool::{MAX_TOOL_TEXT, Subagent, SubagentState, Todo, TodoState, ToolState},
    },
};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The longest reason of a failure, in bytes; the whole text is in the output.
const MAX_REASON: usize = 600;
/// The most todos that are kept.
const MAX_TODOS: usize = 200;
/// How the terminal tool and others begin a refusal.
const BLOCKED: &str = "BLOCKED";

pub(super) const STARTED: &[&str] = &["tool_id", "name", "context", "args_text", "args"];

/// Reads `tool.start`. Without an id its end could not be told from another's: it is then only announced.
pub(super) fn started(fields: &Fields<'_>) -> Fact {
    let name = fields.text_or_empty("name");
    match fields.id("tool_id", ToolId::new) {
        Some(id) => Fact::ToolStarted {
            id,
            name,
            context: fields.text_or_empty("context"),
            args: fields.str("args_text").map(|args| keep(&args)),
        },
        None => Fact::ToolAnnounced(name),
    }
}

pub(super) const FINISHED: &[&str] = &[
    "tool_id",
    "name",
    "args",
    "duration_s",
    "result",
    "inline_diff",
    "todos",
    // Known, and not needed: `result` says it.
    "summary",
    "result_text",
];

/// Reads `tool.complete`.
pub(super) fn finished(fields: &Fields<'_>) -> Fact {
    let result = Outcome::read(fields);
    Fact::ToolFinished(Box::new(ToolResult {
        id: fields.id("tool_id", ToolId::new),
        name: fields.text_or_empty("name"),
        args: fields
            .raw("args")
            .map(|args| keep(&json::text(args).map_or_else(|| json::compact(args), Into::into))),
        state: result.state,
        millis: fields.float("duration_s").filter(|s| (0.0..1e12).contains(s)).map(|s| (s * 1000.0) as u64),
        output_len: result.output.len() as u64,
        output: keep(&result.output),
        // The plain diff of the result, where there is one: the inline one is drawn for a terminal, colours and all.
        diff: result
            .diff
            .or_else(|| fields.str("inline_diff").map(Cow::into_owned))
            .filter(|diff| !diff.is_empty())
            .map(|diff| keep(&diff)),
        todos: fields
            .tail("todos", MAX_TODOS)
            .map(|(items, _)| items.iter().map(|item| todo(item, fields)).collect()),
    }))
}

struct Outcome {
    state: ToolState,
    output: String,
    diff: Option<String>,
}

impl Outcome {
    fn read(fields: &Fields<'_>) -> Self {
        let Some(raw) = fields.raw("result") else {
            return Self { state: ToolState::Done, output: String::new(), diff: None };
        };
        if let Some(text) = json::text(raw) {
            let state =
                if text.starts_with(BLOCKED) { ToolState::Blocked(reason(&text)) } else { ToolState::Done };
            return Self { state, output: text.into_owned(), diff: None };
        }
        // What else a tool returns is its own affair: its fields are not counted as unknown.
        let nothing = super::oddity::Oddities::default();
        let names = &["output", "error", "exit_code", "status", "diff"];
        let Some(result) = Fields::read(raw.get(), "result", names, &nothing) else {
            return Self { state: ToolState::Done, output: json::compact(raw), diff: None };
        };
        let error = result.raw("error").and_then(said);
        let state = if result.str("status").is_some_and(|status| status == "blocked")
            || error.as_deref().is_some_and(|error| error.starts_with(BLOCKED))
        {
            ToolState::Blocked(reason(error.as_deref().unwrap_or_default()))
        } else if let Some(error) = &error {
            ToolState::Failed(reason(error))
        } else {
            match result.int("exit_code") {
                Some(0) | None => ToolState::Done,
                Some(code) => ToolState::Failed(Untrusted::new(format!("exit code {code}"))),
            }
        };
        let output = match (result.str("output"), error) {
            (Some(output), Some(error)) if output.is_empty() => error,
            (Some(output), _) => output.into_owned(),
            (None, _) => json::compact(raw),
        };
        Self { state, output, diff: result.str("diff").map(Cow::into_owned) }
    }
}

/// What an `error` says, if it says that there is one.
fn said(error: &RawValue) -> Option<String> {
    match json::text(error) {
        Some(text) if text.is_empty() => None,
        Some(text) => Some(text.into_owned()),
        None if error.get() == "false" => None,
        None => Some(json::compact(error)),
    }
}

fn reason(text: &str) -> Untrusted {
    Untrusted::new(json::cut(text, MAX_REASON))
}

/// As much of a tool's text as is kept.
fn keep(text: &str) -> Untrusted {
    Untrusted::new(json::cut(text, MAX_TOOL_TEXT))
}

fn todo(item: &RawValue, fields: &Fields<'_>) -> Todo {
    let item = Fields::lenient(Some(item), "todo", &["content", "status", "id"], fields.odd());
    let state = match item.str("status").as_deref() {
        Some("in_progress") => TodoState::InProgress,
        Some("completed") => TodoState::Completed,
        Some("cancelled") => TodoState::Cancelled,
        Some("pending") | None => TodoState::Pending,
        Some(_) => {
            item.wrong("status");
            TodoState::Pending
        }
    };
    Todo { content: item.text_or_empty("content"), state }
}

pub(super) const RISK: &[&str] = &["tool_id", "name", "risk", "findings", "redacted"];

/// Reads `tool.output_risk`.
pub(super) fn risk(fields: &Fields<'_>) -> Fact {
    let text = |name| {
        let raw = fields.raw(name);
        raw.map(|raw| keep(&json::text(raw).map_or_else(|| json::compact(raw), Into::into)))
            .unwrap_or_default()
    };
    Fact::ToolRisk {
        id: fields.id("tool_id", ToolId::new),
        name: fields.text_or_empty("name"),
        risk: text("risk"),
        findings: text("findings"),
    }
}

pub(super) const SUBAGENT: &[&str] = &[
    "subagent_id",
    "parent_id",
    "depth",
    "goal",
    "tool_count",
    "text",
    "tool_name",
    "tool_preview",
    "status",
    "summary",
    // Known, and not needed.
    "task_count",
    "task_index",
    "child_session_id",
    "model",
    "toolsets",
    "duration_seconds",
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "api_calls",
    "output_tail",
    "files_read",
    "files_written",
    "cost_usd",
];

/// Reads one of the `subagent.*` events; `step` is the word behind the dot.
pub(super) fn subagent(step: &str, fields: &Fields<'_>) -> Fact {
    let state = match (step, fields.str("status").as_deref()) {
        ("complete", Some("completed") | None) => SubagentState::Done,
        ("complete", Some(status)) => SubagentState::Failed(reason(status)),
        _ => SubagentState::Working,
    };
    let last = match (step, fields.str("tool_name")) {
        ("tool", Some(tool)) => reason(&format!("{tool} {}", fields.str("tool_preview").unwrap_or_default())),
        ("complete", _) => {
            fields.str("summary").or_else(|| fields.str("text")).map(|text| reason(&text)).unwrap_or_default()
        }
        _ => fields.str("text").map(|text| reason(&text)).unwrap_or_default(),
    };
    Fact::Subagent(Subagent {
        id: fields.text_or_empty("subagent_id"),
        parent: fields.word("parent_id"),
        depth: fields.count("depth").and_then(|depth| u16::try_from(depth).ok()).unwrap_or(0),
        goal: fields.text_or_empty("goal"),
        state,
        tools: fields.count("tool_count").and_then(|tools| u32::try_from(tools).ok()).unwrap_or(0),
        last,
    })
}

#[cfg(test)]
#[path = "tool_tests.rs"]
mod tests;

//! Tool calls and child agents. How a call ended is read off its result by [`outcome()`], as from a stored row.

use super::{
    inline_diff,
    json::{self, Fields},
    oddity::Oddities,
};
use crate::{
    base::{ids::ToolId, text::Untrusted},
    model::{
        agent::{Fact, SubagentFact, SubagentStep, ToolResult},
        outcome::{self, Outcome, clip, of_text},
        tool::{MAX_TOOL_TEXT, SubagentState, Todo, TodoState},
    },
};
use serde_json::{Map, Value, value::RawValue};

/// The longest text of a child agent's state, in bytes.
const MAX_REASON: usize = 600;
/// The most todos that are kept.
const MAX_TODOS: usize = 200;
/// The largest result that is read in full, in bytes of JSON. Read, it takes up to 30 times as much memory.
const MAX_PARSED: usize = 1024 * 1024;
/// What the end of a call is read off.
const TELLING: &[&str] =
    &["output", "content", "error", "exit_code", "exit_code_meaning", "status", "success", "message", "diff"];

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
    let result = fields.raw("result").map_or_else(|| outcome::outcome(&Value::Null), outcome);
    Fact::ToolFinished(Box::new(ToolResult {
        id: fields.id("tool_id", ToolId::new),
        name: fields.text_or_empty("name"),
        args: fields
            .raw("args")
            .map(|args| keep(&json::text(args).map_or_else(|| json::compact(args), Into::into))),
        state: result.state,
        millis: millis(fields, "duration_s"),
        output: result.output,
        output_len: result.output_len,
        // The plain diff of the result, where there is one: the inline one is drawn for a terminal, and may leave lines out.
        diff: result.diff.or_else(|| {
            let diff = inline_diff::plain(&fields.str("inline_diff")?);
            (!diff.is_empty()).then(|| keep(&diff))
        }),
        todos: fields
            .tail("todos", MAX_TODOS)
            .map(|(items, _)| items.iter().map(|item| todo(item, fields)).collect()),
    }))
}

/// Reads a result. A large one is not taken apart: only what its end is read off is.
fn outcome(raw: &RawValue) -> Outcome {
    let text = json::text(raw);
    if raw.get().len() <= MAX_PARSED {
        return match text {
            Some(text) => of_text(&text),
            None => of_value(json::compact(raw)),
        };
    }
    let mut small = Map::new();
    let nothing = Oddities::default();
    if let Some(fields) = Fields::read(raw.get(), "result", TELLING, &nothing) {
        let scalar = |raw: &RawValue| match json::text(raw) {
            Some(text) => Some(Value::from(text)),
            None => serde_json::from_str(raw.get())
                .ok()
                .filter(|value| matches!(value, Value::Number(_) | Value::Bool(_))),
        };
        small
            .extend(TELLING.iter().filter_map(|name| Some(((*name).to_owned(), scalar(fields.raw(name)?)?))));
    }
    if !small.contains_key("output") && !small.contains_key("content") {
        small.insert("output".to_owned(), text.map_or_else(|| Value::from(json::compact(raw)), Value::from));
    }
    outcome::outcome(&Value::Object(small))
}

/// Reads compact JSON; as plain text when it holds a number that is none here.
fn of_value(json: String) -> Outcome {
    let value = serde_json::from_str(&json)
        .unwrap_or_else(|_| Value::Object(Map::from_iter([("output".to_owned(), json.into())])));
    outcome::outcome(&value)
}

/// A stretch of time that is told in seconds.
fn millis(fields: &Fields<'_>, name: &str) -> Option<u64> {
    fields.float(name).filter(|s| (0.0..1e12).contains(s)).map(|s| (s * 1000.0) as u64)
}

/// A few words of a text.
fn reason(text: &str) -> Untrusted {
    clip(text, MAX_REASON).into()
}

/// As much of a tool's text as is kept.
fn keep(text: &str) -> Untrusted {
    Untrusted::new(clip(text, MAX_TOOL_TEXT))
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
    "task_index",
    "duration_seconds",
    // Known, and not needed.
    "task_count",
    "child_session_id",
    "model",
    "toolsets",
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
    let text = || fields.str("text").map(|text| reason(&text)).unwrap_or_default();
    let step = match step {
        "start" => SubagentStep::Started,
        "tool" => {
            let tool = fields.str("tool_name").unwrap_or_default();
            let on = fields.str("tool_preview").unwrap_or_default();
            SubagentStep::Tool(reason(format!("{tool} {on}").trim()))
        }
        "thinking" => SubagentStep::Thinks(text()),
        "complete" => SubagentStep::Ended {
            state: match fields.str("status").as_deref() {
                Some("completed" | "success") | None => SubagentState::Done,
                Some("interrupted") => SubagentState::Interrupted,
                Some(status) => SubagentState::Failed(reason(status)),
            },
            said: fields
                .str("summary")
                .filter(|said| !said.is_empty())
                .map_or_else(text, |said| reason(&said)),
            millis: millis(fields, "duration_seconds"),
        },
        _ => SubagentStep::Progress,
    };
    Fact::Subagent(SubagentFact {
        // Those that name none are told apart by their place, as far as that goes.
        id: fields
            .word("subagent_id")
            .unwrap_or_else(|| format!("#{}", fields.count("task_index").unwrap_or_default()).into()),
        parent: fields.word("parent_id"),
        depth: fields.count("depth").and_then(|depth| u16::try_from(depth).ok()).unwrap_or(0),
        goal: fields.text_or_empty("goal"),
        tools: fields.count("tool_count").and_then(|tools| u32::try_from(tools).ok()).unwrap_or(0),
        step,
    })
}

#[cfg(test)]
#[path = "tool_tests.rs"]
mod tests;

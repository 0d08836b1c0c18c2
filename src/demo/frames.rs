//! The shapes of what is sent: replies, errors, events, and the objects inside them.
//!
//! Only shapes: who gets a frame, and when, is decided elsewhere. `tests/demo_protocol.rs` holds every shape against
//! recordings of the real backend.

use super::config::Config;
use super::session::{Session, Usage};
use super::state::Row;
use super::tools;
use serde_json::{Map, Value, json};

/// A refusal: Hermes' code and its words.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub(super) code: i64,
    pub(super) message: String,
}

/// Shorthand for a [`Refusal`].
pub(super) fn refuse(code: i64, message: impl Into<String>) -> Refusal {
    Refusal { code, message: message.into() }
}

/// The answer to the request `id`.
pub(super) fn reply(id: &Value, result: &Result<Value, Refusal>) -> Value {
    match result {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(refusal) => json!({
            "jsonrpc": "2.0", "id": id, "error": { "code": refusal.code, "message": refusal.message },
        }),
    }
}

/// An event of the session `live`. A payload of `null` is left out, as `message.start` has none.
pub(super) fn event(live: &str, kind: &str, payload: Value) -> Value {
    let mut params = json!({ "type": kind, "session_id": live });
    if let (Some(map), false) = (params.as_object_mut(), payload.is_null()) {
        map.insert("payload".into(), payload);
    }
    json!({ "jsonrpc": "2.0", "method": "event", "params": params })
}

/// The first frame of every socket.
pub(super) fn gateway_ready() -> Value {
    let skin = json!({
        "name": "default",
        "colors": {
            "banner_border": "#CD7F32", "banner_title": "#FFD700", "banner_accent": "#FFBF00",
            "banner_dim": "#B8860B", "banner_text": "#FFF8DC", "ui_accent": "#FFBF00", "ui_label": "#DAA520",
            "ui_ok": "#4caf50", "ui_error": "#ef5350", "ui_warn": "#ffa726", "prompt": "#FFF8DC",
            "input_rule": "#CD7F32", "response_border": "#FFD700", "status_bar_bg": "#1a1a2e",
            "session_label": "#DAA520", "session_border": "#8B8682",
        },
        "branding": {
            "agent_name": "Hermes Agent (demo)", "welcome": "A scripted agent. Try /demo help.",
            "goodbye": "Goodbye!", "response_label": " Hermes ", "prompt_symbol": "❯",
            "help_header": "Available Commands",
        },
        "banner_logo": "", "banner_hero": "", "tool_prefix": "┊", "help_header": "Available Commands",
    });
    json!({
        "jsonrpc": "2.0", "method": "event",
        "params": { "type": "gateway.ready", "payload": { "skin": skin } },
    })
}

/// What a session is, while its agent is not built: the answer to create and to a cold resume.
pub(super) fn lazy_info(session: &Session, profile: &str) -> Value {
    json!({
        "model": session.model, "tools": {}, "skills": {}, "cwd": session.cwd, "branch": session.branch,
        "project": null, "lazy": true, "desktop_contract": 4, "profile_name": profile,
    })
}

/// What an activate says of a session without an agent: less still.
pub(super) fn bare_info(session: &Session) -> Value {
    json!({
        "cwd": session.cwd, "project": null, "lazy": true, "model": session.model, "skills": {}, "tools": {},
    })
}

/// The whole of `session.info`.
pub(super) fn full_info(session: &Session, profile: &str, config: &Config) -> Value {
    json!({
        "model": session.model, "provider": super::PROVIDER, "reasoning_effort": session.reasoning,
        "service_tier": "", "fast": false, "yolo": session.yolo, "approval_mode": config.approvals_mode,
        "tools": {
            "clarify": ["clarify"], "file": ["patch", "read_file", "write_file"],
            "skills": ["skill_view"], "terminal": ["terminal"], "todo": ["todo"],
            "delegation": ["delegate_task"],
        },
        "skills": { "general": [tools::SKILL] },
        "cwd": session.cwd, "branch": session.branch, "project": null, "personality": config.personality,
        "running": session.turn.is_some(), "title": session.title.clone().unwrap_or_default(),
        "stored_session_id": session.stored, "desktop_contract": 4, "version": "0.19.0",
        "release_date": "2026.7.20", "update_behind": 0,
        "update_command": "pip install --upgrade hermes-agent",
        "usage": usage(session), "profile_name": profile, "mcp_servers": [],
        "system_prompt": super::SYSTEM_PROMPT,
    })
}

/// The usage object. The context's size is unknown before the first call.
pub(super) fn usage(session: &Session) -> Value {
    let usage = &session.usage;
    let total = usage.input + usage.output;
    let mut object = json!({
        "model": session.model, "input": usage.input, "output": usage.output, "reasoning": 0, "prompt": usage.input,
        "completion": usage.output, "total": total, "calls": usage.calls,
        "compressions": usage.compressions, "active_subagents": session.children,
    });
    if let (Some(used), Some(map)) = (usage.context, object.as_object_mut()) {
        map.insert("context_used".into(), used.into());
        map.insert("context_max".into(), Usage::CONTEXT_MAX.into());
        map.insert("context_percent".into(), (used * 100 / Usage::CONTEXT_MAX).into());
    }
    object
}

/// The display history that a client gets: tools by name and context alone.
pub(super) fn messages(rows: &[Row]) -> Vec<Value> {
    let mut shown = Vec::new();
    let mut calls: Map<String, Value> = Map::new();
    for row in rows {
        for call in row.tool_calls.as_deref().map(tools::calls).unwrap_or_default() {
            calls.insert(call.id, tools::context(&call.name, &call.args).into());
        }
        if row.role == "tool" {
            let context = row.tool_call_id.as_deref().and_then(|id| calls.get(id));
            shown.push(json!({
                "role": "tool", "name": row.tool_name.clone().unwrap_or_default(),
                "context": context.cloned().unwrap_or_else(|| "".into()),
            }));
        } else if !row.content.is_empty() {
            let mut message = json!({ "role": row.role, "text": row.content });
            if let (Some(reasoning), Some(map)) = (&row.reasoning, message.as_object_mut()) {
                map.insert("reasoning".into(), reasoning.clone().into());
                map.insert("reasoning_content".into(), reasoning.clone().into());
            }
            shown.push(message);
        }
    }
    shown
}

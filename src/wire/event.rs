//! Events of a session as facts. Stateless: what depends on what came before is the registry's to decide.

use super::{
    ask,
    features::Features,
    info,
    json::Fields,
    oddity::{Oddities, Oddity},
    tool,
};
use crate::{
    base::{
        ids::{RequestId, StoredId},
        text::Untrusted,
    },
    model::{
        agent::{Fact, TurnOutcome},
        message::Level,
        outcome::clip,
    },
};
use serde_json::value::RawValue;

/// What is said of a turn that failed without a word.
const NO_REASON: &str = "the backend gave no reason";
/// The longest name of an unknown event that is passed on, in bytes.
const MAX_KIND: usize = 100;

/// Reads one event but `gateway.ready`. `None`: nothing that a chat needs, or what was streamed already.
pub fn fact(kind: &str, payload: Option<&RawValue>, features: &mut Features, odd: &Oddities) -> Option<Fact> {
    if ask::is_request(kind) {
        return Some(Fact::Asked(Box::new(ask::request(kind, payload, features, odd))));
    }
    if let Some(step) = kind.strip_prefix("subagent.")
        && matches!(step, "start" | "thinking" | "tool" | "progress" | "complete")
    {
        return Some(tool::subagent(step, &Fields::lenient(payload, "subagent", tool::SUBAGENT, odd)));
    }
    let read = |what, names| Fields::lenient(payload, what, names, odd);
    Some(match kind {
        "session.info" => {
            let info = info::info(payload, odd);
            features.contract(info.contract);
            Fact::Info(Box::new(info.fact))
        }
        "session.title" => {
            let fields = read("session.title", &["session_id", "title"]);
            Fact::Titled { stored: fields.id("session_id", StoredId::new), title: fields.text("title")? }
        }
        "message.start" => Fact::TurnStarted,
        "message.delta" => {
            let text = read("message.delta", &["text", "rendered"]).word("text")?;
            Fact::Text { step_break: text.raw().starts_with("\n\n"), text }
        }
        "message.interim" => {
            let fields = read("message.interim", &["text", "already_streamed"]);
            if fields.flag("already_streamed") == Some(true) {
                return None;
            }
            Fact::StepText(fields.word("text")?)
        }
        "message.complete" => turn_ended(&read(
            "message.complete",
            &["text", "usage", "status", "warning", "reasoning", "response_previewed", "rendered"],
        )),
        "thinking.delta" => Fact::Activity(read("thinking.delta", &["text"]).word("text")),
        "reasoning.delta" => Fact::Reasoning(read("reasoning.delta", &["text", "verbose"]).word("text")?),
        "reasoning.available" => {
            Fact::ReasoningWhole(read("reasoning.available", &["text", "verbose"]).word("text")?)
        }
        "tool.generating" => Fact::ToolAnnounced(read("tool.generating", &["name"]).text_or_empty("name")),
        "tool.start" => tool::started(&read("tool.start", tool::STARTED)),
        "tool.complete" => tool::finished(&read("tool.complete", tool::FINISHED)),
        "tool.output_risk" => tool::risk(&read("tool.output_risk", tool::RISK)),
        "sudo.expire" | "secret.expire" => {
            let request = read("expire", &["request_id"]).id("request_id", RequestId::new)?;
            Fact::Withdrawn { request, reason: None, expired: true }
        }
        // How newer generations withdraw a request of any kind.
        "request.cancel" => {
            let fields = read("request.cancel", &["id", "method", "reason"]);
            let reason = fields.word("reason");
            let expired = reason.as_ref().is_some_and(|reason| reason.raw() == "timeout");
            Fact::Withdrawn { request: fields.id("id", RequestId::new)?, reason, expired }
        }
        "status.update" => {
            let fields = read("status.update", &["kind", "text"]);
            Fact::Status { kind: fields.text_or_empty("kind"), text: fields.text_or_empty("text") }
        }
        "review.summary" => {
            Fact::Status { kind: "review".into(), text: read("review.summary", &["text"]).word("text")? }
        }
        "error" => {
            Fact::Failed(read("error", &["message"]).word("message").unwrap_or_else(|| NO_REASON.into()))
        }
        "background.complete" => {
            let fields = read("background.complete", &["task_id", "text"]);
            Fact::BackgroundDone { task: fields.text_or_empty("task_id"), text: fields.text_or_empty("text") }
        }
        "agent.terminal.output" => {
            let fields = read("agent.terminal.output", &["process_id", "chunk"]);
            Fact::ProcessOutput { process: fields.text_or_empty("process_id"), chunk: fields.word("chunk")? }
        }
        "notification.show" => {
            notified(&read("notification.show", &["text", "level", "kind", "ttl_ms", "key", "id"]))?
        }
        "notification.clear" => {
            Fact::NotificationCleared { key: read("notification.clear", &["key"]).text("key")? }
        }
        _ if is_for_others(kind) => return None,
        _ => {
            odd.note(Oddity::Event, kind);
            Fact::Unknown { kind: Untrusted::new(clip(kind, MAX_KIND)) }
        }
    })
}

/// Documented events that a chat has no use for: the looks and toys of other clients.
fn is_for_others(kind: &str) -> bool {
    matches!(
        kind,
        "skin.changed"
            | "reaction"
            | "moa.reference"
            | "moa.aggregating"
            | "terminal.close"
            | "browser.progress"
            | "voice.status"
            | "voice.transcript"
            | "billing.step_up.verification"
    ) || kind.starts_with("pet.")
        || kind.starts_with("preview.restart.")
}

fn turn_ended(fields: &Fields<'_>) -> Fact {
    let outcome = match fields.str("status").as_deref() {
        Some("complete") | None => TurnOutcome::Complete,
        Some("interrupted") => TurnOutcome::Interrupted,
        Some("error") => TurnOutcome::Error,
        Some(_) => {
            fields.wrong("status");
            TurnOutcome::Complete
        }
    };
    Fact::TurnEnded {
        outcome,
        text: fields.text("text"),
        usage: info::usage(fields),
        warning: fields.word("warning"),
    }
}

fn notified(fields: &Fields<'_>) -> Option<Fact> {
    let level = match fields.str("level").as_deref() {
        Some("error" | "critical") => Level::Error,
        Some("warning" | "warn") => Level::Warning,
        _ => Level::Info,
    };
    let key = fields.word("key").or_else(|| fields.word("id")).unwrap_or_default();
    Some(Fact::Notified { key, level, text: fields.word("text")? })
}

#[cfg(test)]
#[path = "event_tests.rs"]
mod tests;

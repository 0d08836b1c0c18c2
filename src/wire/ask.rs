//! Requests to the person. One that cannot be understood still becomes a card, one that cannot be answered: nobody is left
//! waiting for something that was never shown.

use super::{
    features::Features,
    json::{self, Fields},
    oddity::Oddities,
};
use crate::{
    base::{
        ids::{LiveId, RequestId},
        text::Untrusted,
    },
    model::{agent::Request, outcome::clip, prompt::PromptKind},
};
use serde_json::value::RawValue;

/// How long Hermes 0.19 waits for each kind, in milliseconds. Its approvals wait as its config says, and the request does not.
const CLARIFY_WAITS: u64 = 300_000;
const SUDO_WAITS: u64 = 120_000;
const SECRET_WAITS: u64 = 300_000;
const TERMINAL_WAITS: u64 = 30_000;
/// The most choices of one request that are kept.
const MAX_CHOICES: usize = 64;
/// The longest summary of a request that is not understood, in bytes.
const MAX_SUMMARY: usize = 4096;

const APPROVAL: &[&str] = &[
    "command",
    "description",
    "pattern_key",
    "choices",
    "request_id",
    // Known, and not needed: `choices` says it.
    "pattern_keys",
    "allow_permanent",
    "allow_session",
    "smart_denied",
    "tool_name",
    "gateway_session_id",
];

/// The events that ask the person something.
pub(super) fn is_request(kind: &str) -> bool {
    matches!(
        kind,
        "approval.request" | "clarify.request" | "sudo.request" | "secret.request" | "terminal.read.request"
    )
}

/// Reads one of them.
pub(super) fn request(
    kind: &str,
    payload: Option<&RawValue>,
    features: &mut Features,
    odd: &Oddities,
) -> Request {
    let read = match kind {
        "approval.request" => approval(payload, odd),
        "clarify.request" => clarify(payload, odd),
        "secret.request" => secret(payload, odd),
        "sudo.request" => sudo(payload, odd),
        _ => terminal(payload, odd),
    };
    let Some((id, kind, waits)) = read else {
        return Request { id: None, kind: unknown(kind, payload, odd), waits: None };
    };
    if id.is_some() && matches!(kind, PromptKind::Approval { .. }) {
        features.gave_approval_id();
    }
    // Newer generations wait as their config says.
    Request { id, kind, waits: waits.filter(|_| !features.is_newer()) }
}

type Read = Option<(Option<RequestId>, PromptKind, Option<u64>)>;

fn approval(payload: Option<&RawValue>, odd: &Oddities) -> Read {
    let fields = Fields::lenient(payload, "approval.request", APPROVAL, odd);
    let choices = match fields.raw("choices") {
        Some(_) => fields.texts("choices", MAX_CHOICES)?,
        // Hermes leaves them out in some cases, and takes these two in every case.
        None => vec![Untrusted::from("once"), Untrusted::from("deny")],
    };
    if choices.is_empty() {
        return None;
    }
    let kind = PromptKind::Approval {
        command: fields.text("command")?,
        description: fields.text_or_empty("description"),
        pattern: fields.text_or_empty("pattern_key"),
        choices,
    };
    Some((fields.id("request_id", RequestId::new), kind, None))
}

fn clarify(payload: Option<&RawValue>, odd: &Oddities) -> Read {
    let names = &["question", "choices", "request_id", "questions", "multi_select", "answers"];
    let fields = Fields::lenient(payload, "clarify.request", names, odd);
    let id = fields.id("request_id", RequestId::new)?;
    let choices = match fields.raw("choices") {
        Some(_) => fields.texts("choices", MAX_CHOICES)?,
        None => Vec::new(),
    };
    // Several questions at once are of a newer generation: a card that shows one of them would answer the others.
    if fields.raw("questions").is_some() {
        return None;
    }
    let kind = PromptKind::Clarify { question: fields.text("question")?, choices };
    Some((Some(id), kind, Some(CLARIFY_WAITS)))
}

fn sudo(payload: Option<&RawValue>, odd: &Oddities) -> Read {
    let fields = Fields::lenient(payload, "sudo.request", &["request_id", "command"], odd);
    Some((Some(fields.id("request_id", RequestId::new)?), PromptKind::Sudo, Some(SUDO_WAITS)))
}

fn secret(payload: Option<&RawValue>, odd: &Oddities) -> Read {
    let fields =
        Fields::lenient(payload, "secret.request", &["prompt", "env_var", "metadata", "request_id"], odd);
    let id = fields.id("request_id", RequestId::new)?;
    let about = fields.object("metadata", "secret.request.metadata", &["skill_name", "help", "required_for"]);
    let about = |name| about.as_ref().map(|about| about.text_or_empty(name)).unwrap_or_default();
    let kind = PromptKind::Secret {
        prompt: fields.text_or_empty("prompt"),
        env_var: fields.text_or_empty("env_var"),
        skill: about("skill_name"),
        help: about("help"),
    };
    Some((Some(id), kind, Some(SECRET_WAITS)))
}

fn terminal(payload: Option<&RawValue>, odd: &Oddities) -> Read {
    let fields = Fields::lenient(payload, "terminal.read.request", &["request_id", "start", "count"], odd);
    let id = fields.id("request_id", RequestId::new)?;
    let kind = PromptKind::TerminalRead { start: fields.int("start"), count: fields.int("count") };
    Some((Some(id), kind, Some(TERMINAL_WAITS)))
}

/// A request that is shown and cannot be answered: what it says, as well as can be told.
fn unknown(method: &str, params: Option<&RawValue>, odd: &Oddities) -> PromptKind {
    odd.note(super::oddity::Oddity::Method, method);
    let nothing = Oddities::default();
    let names =
        &["command", "question", "prompt", "description", "title", "text", "display_name", "site", "origin"];
    let fields = Fields::lenient(params, "request", names, &nothing);
    let said = names.iter().find_map(|name| fields.word(name)).map(Untrusted::into_raw);
    let said = said.or_else(|| params.map(json::compact)).unwrap_or_default();
    PromptKind::Unknown {
        method: Untrusted::new(clip(method, MAX_SUMMARY)),
        summary: Untrusted::new(clip(&said, MAX_SUMMARY)),
    }
}

/// Reads a server request of a newer generation, and the session that it names.
pub(super) fn server_request(
    id: &str,
    method: &str,
    params: Option<&RawValue>,
    odd: &Oddities,
) -> (Option<LiveId>, Request) {
    let nothing = Oddities::default();
    let fields = Fields::lenient(params, "request", &["session_id"], &nothing);
    let live = fields.id("session_id", LiveId::new);
    (live, Request { id: RequestId::new(id), kind: unknown(method, params, odd), waits: None })
}

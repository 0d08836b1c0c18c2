//! Results and errors of calls, read by what was asked.

use super::{
    ask, catalog, features::Features, frame::Outcome, info, json::Fields, oddity::Oddities, settings,
    transcript,
};
use crate::{
    base::{
        ids::{LiveId, StoredId},
        text::Untrusted,
    },
    model::{
        agent::{ActiveRow, ActiveState, Built, Call, Fact, Inflight, Reply, Submitted, UNREADABLE},
        outcome::clip,
        settings::Topic,
    },
};
use serde_json::value::RawValue;

/// The longest message of a refusal, in bytes.
const MAX_MESSAGE: usize = 8192;
/// The most rows of the list of live sessions.
const MAX_ROWS: usize = 4096;
/// The code of "nothing waits for this answer any more", and of other refusals that a busy session gives.
const NOTHING_PENDING: i64 = 4009;

/// Which reply a call waits for. It keeps nothing of the call itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    Built,
    ActiveList,
    Closed,
    Branched,
    Submitted,
    Interrupted,
    Approved,
    Answered,
    Titled,
    Setup,
    Catalog,
    Choices(Topic),
    Configured,
    Processes,
    Slash,
    Dispatch,
    Set,
    Done,
}

impl Expect {
    /// What `call` is answered with.
    pub fn of(call: &Call) -> Self {
        match call {
            Call::Create { .. } | Call::Resume { .. } => Self::Built,
            Call::ActiveList => Self::ActiveList,
            Call::Close { .. } => Self::Closed,
            Call::Branch { .. } => Self::Branched,
            Call::Submit { .. } => Self::Submitted,
            Call::Interrupt { .. } => Self::Interrupted,
            Call::Approve { .. } => Self::Approved,
            Call::Clarify { .. } | Call::Sudo { .. } | Call::Secret { .. } | Call::TerminalRead { .. } => {
                Self::Answered
            }
            Call::Title { .. } => Self::Titled,
            Call::StopProcesses => Self::Done,
            Call::Setup => Self::Setup,
            Call::Catalog => Self::Catalog,
            Call::Choices { topic, .. } => Self::Choices(*topic),
            Call::Configure { .. } => Self::Configured,
            Call::Processes { .. } => Self::Processes,
            Call::Slash { .. } => Self::Slash,
            Call::Dispatch { .. } => Self::Dispatch,
            Call::Set { .. } => Self::Set,
        }
    }
}

/// A reply, and the requests to the person that a newer backend repeats in it.
#[derive(Debug)]
pub struct Read {
    pub reply: Reply,
    pub open: Vec<(Option<LiveId>, Fact)>,
}

/// Reads `outcome` as the answer to what `expect` says. Total: an answer that cannot be read is a failure that says so.
pub fn read(expect: Expect, outcome: &Outcome<'_>, features: &mut Features, odd: &Oddities) -> Read {
    let mut open = Vec::new();
    let reply = match outcome {
        Outcome::Error { code, .. } if *code == NOTHING_PENDING && expect == Expect::Answered => {
            Reply::TooLate
        }
        Outcome::Error { code, message } => {
            Reply::Failed { code: *code, message: Untrusted::new(clip(message, MAX_MESSAGE)) }
        }
        Outcome::TooDeep => unreadable("the backend's answer is nested too deeply to be read"),
        Outcome::Result(raw) => result(expect, raw, features, odd, &mut open)
            .unwrap_or_else(|| unreadable("the backend's answer is not what it should be")),
    };
    Read { reply, open }
}

fn unreadable(why: &str) -> Reply {
    Reply::Failed { code: UNREADABLE, message: why.into() }
}

fn result(
    expect: Expect,
    raw: &RawValue,
    features: &mut Features,
    odd: &Oddities,
    open: &mut Vec<(Option<LiveId>, Fact)>,
) -> Option<Reply> {
    let read = |what, names| Fields::read(raw.get(), what, names, odd);
    Some(match expect {
        Expect::Built => {
            let fields = read("session", BUILT)?;
            *open = open_requests(&fields);
            Reply::Built(Box::new(built(&fields, features)?))
        }
        Expect::ActiveList => {
            let (rows, _) = read("session.active_list", &["sessions"])?.tail("sessions", MAX_ROWS)?;
            Reply::ActiveList(rows.into_iter().filter_map(|row| active_row(row, odd)).collect())
        }
        Expect::Processes => {
            let (rows, _) = read("process.list", &["processes"])?.tail("processes", MAX_ROWS)?;
            let ended = rows.iter().filter(|row| has_exited(row, odd)).count();
            Reply::Processes { running: rows.len() - ended, ended }
        }
        Expect::Closed => Reply::Closed(read("session.close", &["closed"])?.flag("closed")?),
        Expect::Submitted => {
            let fields = read("prompt.submit", &["status", "text"])?;
            match fields.str("status")?.as_ref() {
                "queued" => Reply::Submitted(Submitted::Queued),
                "steered" => Reply::Submitted(Submitted::Steered),
                status => {
                    // It was taken, whatever a newer backend calls that.
                    if status != "streaming" {
                        fields.wrong("status");
                    }
                    Reply::Submitted(Submitted::Streaming)
                }
            }
        }
        Expect::Interrupted => Reply::Interrupted,
        Expect::Approved => Reply::Approved(read("approval.respond", &["resolved"])?.count("resolved")?),
        Expect::Answered => match read("respond", &["status", "remaining"])?.str("status")?.as_ref() {
            "expired" => Reply::TooLate,
            _ => Reply::Answered,
        },
        Expect::Branched => {
            let fields = read("session.branch", &["session_id", "title", "parent"])?;
            let live = fields.id("session_id", LiveId::new)?;
            Reply::Branched { live, title: fields.text_or_empty("title") }
        }
        Expect::Titled => {
            let fields = read("session.title", &["title", "pending", "session_key"])?;
            Reply::Titled { title: fields.text("title")?, pending: fields.flag("pending").unwrap_or(false) }
        }
        Expect::Setup => {
            let fields = Fields::read(raw.get(), "setup.status", &["provider_configured"], odd)?;
            Reply::ProviderConfigured(fields.flag("provider_configured")?)
        }
        Expect::Catalog => Reply::Catalog(catalog::catalog(raw, odd)?),
        Expect::Choices(topic) => Reply::Choices(settings::choices(topic, raw, odd)?),
        Expect::Configured => settings::configured(&read("config.set", SET)?),
        Expect::Slash => {
            let fields = read("slash.exec", &["output", "warning"])?;
            Reply::Output { text: fields.text_or_empty("output"), warning: fields.word("warning") }
        }
        Expect::Dispatch => dispatched(&read("command.dispatch", DISPATCH)?)?,
        Expect::Set => set(&read("config.set", SET)?),
        Expect::Done => Reply::Done,
    })
}

const BUILT: &[&str] = &[
    "session_id",
    "stored_session_id",
    "session_key",
    "resumed",
    "messages",
    "info",
    "inflight",
    "running",
    "status",
    "queued",
    "open_requests",
    // Known, and not needed.
    "message_count",
    "started_at",
    "pending_approval",
    "pending_clarify",
    "todo_state",
];

fn built(fields: &Fields<'_>, features: &mut Features) -> Option<Built> {
    let stored = |name| fields.id(name, StoredId::new);
    let info = info::info(fields.raw("info"), fields.odd());
    features.contract(info.contract);
    let (messages, older) = transcript::messages(fields);
    let status = fields.str("status");
    let inflight = fields.object("inflight", "inflight", &["user", "assistant", "streaming"]);
    Some(Built {
        live: fields.id("session_id", LiveId::new)?,
        // The key is where it goes on: it can differ from what was asked for.
        stored: stored("session_key").or_else(|| stored("resumed")).or_else(|| stored("stored_session_id")),
        running: fields.flag("running").or(info.fact.running),
        waiting: status.as_deref() == Some("waiting"),
        info: info.fact,
        messages,
        older,
        inflight: inflight
            .map(|turn| Inflight { user: turn.word("user"), assistant: turn.text_or_empty("assistant") }),
        queued: fields.object("queued", "queued", &["user"]).and_then(|queued| queued.word("user")),
    })
}

/// What a newer backend still asks: `{id, method, params}` each.
fn open_requests(fields: &Fields<'_>) -> Vec<(Option<LiveId>, Fact)> {
    let Some((items, _)) = fields.tail("open_requests", 64) else { return Vec::new() };
    let asked = items.into_iter().filter_map(|item| {
        let item = Fields::read(item.get(), "open_request", &["id", "method", "params"], fields.odd())?;
        let (id, method) = (item.str("id")?, item.str("method")?);
        let (live, request) = ask::server_request(&id, &method, item.raw("params"), fields.odd());
        Some((live.or_else(|| fields.id("session_id", LiveId::new)), Fact::Asked(Box::new(request))))
    });
    asked.collect()
}

fn active_row(row: &RawValue, odd: &Oddities) -> Option<ActiveRow> {
    let names = &[
        "id",
        "session_key",
        "status",
        // Known, and not needed.
        "title",
        "preview",
        "model",
        "message_count",
        "last_active",
        "started_at",
        "current",
    ];
    let fields = Fields::read(row.get(), "session.active_list.session", names, odd)?;
    let state = match fields.str("status").as_deref() {
        Some("idle") => ActiveState::Idle,
        Some("starting") => ActiveState::Starting,
        Some("working") => ActiveState::Working,
        Some("waiting") => ActiveState::Waiting,
        _ => ActiveState::Unknown,
    };
    Some(ActiveRow {
        live: fields.id("id", LiveId::new)?,
        stored: fields.id("session_key", StoredId::new),
        state,
    })
}

/// Whether a row of the list of background processes says that it is over. One that does not say so runs.
fn has_exited(row: &RawValue, odd: &Oddities) -> bool {
    let names = &[
        "status",
        // Known, and not needed.
        "session_id",
        "command",
        "cwd",
        "pid",
        "started_at",
        "uptime",
        "uptime_seconds",
        "output_preview",
        "output_tail",
        "notify_on_complete",
        "watch_patterns",
        "watch_hit",
        "session_scoped",
        "exit_code",
        "detached",
    ];
    let fields = Fields::read(row.get(), "process.list.process", names, odd);
    fields.is_some_and(|fields| fields.str("status").as_deref() == Some("exited"))
}

const DISPATCH: &[&str] = &["type", "message", "notice", "output", "target", "name"];

fn dispatched(fields: &Fields<'_>) -> Option<Reply> {
    let message = || fields.str("message").map(std::borrow::Cow::into_owned);
    let notice = fields.word("notice");
    Some(match fields.str("type")?.as_ref() {
        "send" | "skill" => Reply::SendText { text: message()?, notice },
        "prefill" => Reply::Prefill { text: message()?, notice },
        "alias" => Reply::Alias(fields.str("target")?.trim_start_matches('/').to_owned()),
        _ => {
            Reply::Output { text: fields.text("output").or_else(|| fields.text("message"))?, warning: notice }
        }
    })
}

const SET: &[&str] = &[
    "value",
    "warning",
    "confirm_required",
    "confirm_message",
    // Known, and not needed.
    "key",
    "scope",
    "history_reset",
    "info",
    "display",
    "credential_warning",
];

/// A setting that the backend wants to be confirmed was not made, and the reply says what it warns of.
fn set(fields: &Fields<'_>) -> Reply {
    let confirm = fields.flag("confirm_required") == Some(true);
    let warning = if confirm { fields.word("confirm_message") } else { None };
    match warning.or_else(|| fields.word("warning")) {
        None => Reply::Done,
        warning => Reply::Output { text: fields.text_or_empty("value"), warning },
    }
}

#[cfg(test)]
#[path = "reply_tests.rs"]
mod tests;

//! The language between the registry and a backend, whatever its protocol: facts it tells, calls made to it, replies to
//! them, and how the link to it stands. The translators in `wire` make these of frames; the registry knows nothing else.

mod call;
mod rest;

pub use call::{ActiveRow, ActiveState, Built, Call, Inflight, Reply, Submitted, UNREADABLE};
pub use rest::Rest;

use super::{
    profile::BackendState,
    session::ApprovalMode,
    tool::{SubagentState, Todo, ToolState},
    usage::Usage,
};
use crate::base::{
    ids::{RequestId, StoredId, ToolId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

/// What a backend can do, as plain flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Capabilities {
    /// A generation that hermux does not speak in full: it says so, and what it does not know is shown, not dropped.
    pub newer: bool,
    /// Approvals carry an id of their own.
    pub approval_ids: bool,
}

/// What a backend told of one of its sessions. Past tense: it happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// The settings and state of the session; also the sign of its turn's end.
    Info(Box<InfoFact>),
    Titled {
        stored: Option<StoredId>,
        title: Untrusted,
    },
    TurnStarted,
    /// More answer text, as it came. `step_break`: it begins with two line feeds, which are still in it. The first text of
    /// every step but the first does, and there they are no part of the stored answer; a new paragraph inside a step does
    /// too. Only the registry can tell: when a tool was announced or ran since the last text, it cuts them off.
    Text {
        text: Untrusted,
        step_break: bool,
    },
    /// Text of a step that was not streamed; the repeated kind never becomes a fact.
    StepText(Untrusted),
    /// The last step's text only, or `None`.
    TurnEnded {
        outcome: TurnOutcome,
        text: Option<Untrusted>,
        usage: Option<Usage>,
        warning: Option<Untrusted>,
    },
    /// Spinner words; `None` clears them.
    Activity(Option<Untrusted>),
    Reasoning(Untrusted),
    /// A whole step's reasoning, from a model that did not stream it, or the answer again: the registry drops it when it has it.
    ReasoningWhole(Untrusted),
    /// The model is writing a call; it may never start.
    ToolAnnounced(Untrusted),
    ToolStarted {
        id: ToolId,
        name: Untrusted,
        context: Untrusted,
        args: Option<Untrusted>,
    },
    ToolFinished(Box<ToolResult>),
    ToolRisk {
        id: Option<ToolId>,
        name: Untrusted,
        risk: Untrusted,
        findings: Untrusted,
    },
    Asked(Box<Request>),
    /// The backend withdrew a request, or its time ran out.
    Withdrawn {
        request: RequestId,
        reason: Option<Untrusted>,
        expired: bool,
    },
    /// A line on what happens: a retry, a compaction. `kind` is the backend's word.
    Status {
        kind: Untrusted,
        text: Untrusted,
    },
    /// The turn, or the building of the agent, failed. May come without a `TurnEnded`.
    Failed(Untrusted),
    Subagent(SubagentFact),
    /// A background prompt is done.
    BackgroundDone {
        task: Untrusted,
        text: Untrusted,
    },
    /// A piece of a background process's output.
    ProcessOutput {
        process: Untrusted,
        chunk: Untrusted,
    },
    Notified {
        key: Untrusted,
        level: super::message::Level,
        text: Untrusted,
    },
    NotificationCleared {
        key: Untrusted,
    },
    /// A kind that hermux does not know. Counted and logged.
    Unknown {
        kind: Untrusted,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TurnOutcome {
    Complete,
    Interrupted,
    /// The text is a message for people.
    Error,
}

/// What `session.info` says. A field that the backend left out is `None`: the old value stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InfoFact {
    pub running: Option<bool>,
    pub stored: Option<StoredId>,
    pub title: Option<Untrusted>,
    pub model: Option<Untrusted>,
    pub provider: Option<Untrusted>,
    pub reasoning_effort: Option<Untrusted>,
    pub cwd: Option<Untrusted>,
    pub branch: Option<Untrusted>,
    pub approval_mode: Option<ApprovalMode>,
    pub yolo: Option<bool>,
    pub fast: Option<bool>,
    /// Empty: none.
    pub personality: Option<Untrusted>,
    pub usage: Option<Usage>,
    /// The profile that the backend says it is: it must be the one asked for.
    pub profile: Option<String>,
    pub version: Option<Untrusted>,
    pub warnings: Vec<Untrusted>,
}

/// What one child agent did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubagentFact {
    pub id: Untrusted,
    pub parent: Option<Untrusted>,
    pub depth: u16,
    pub goal: Untrusted,
    /// Calls of tools so far.
    pub tools: u32,
    pub step: SubagentStep,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubagentStep {
    Started,
    /// Uses a tool: its name and on what.
    Tool(Untrusted),
    Thinks(Untrusted),
    /// A summary of tools that were told of already.
    Progress,
    Ended {
        state: SubagentState,
        /// What came of it.
        said: Untrusted,
        millis: Option<u64>,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct ToolResult {
    pub id: Option<ToolId>,
    pub name: Untrusted,
    pub args: Option<Untrusted>,
    pub state: ToolState,
    pub millis: Option<u64>,
    pub output: Untrusted,
    pub output_len: u64,
    pub diff: Option<Untrusted>,
    pub todos: Option<Vec<Todo>>,
}

/// A request to the person.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub id: Option<RequestId>,
    pub kind: super::prompt::PromptKind,
    /// How long the backend waits, in milliseconds, where the request or the protocol says so.
    pub waits: Option<u64>,
}

/// How the link to a profile's backend changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// A new state to show. `Live` comes with `Up` first.
    State(BackendState),
    /// Connected and greeted: calls may be made. Nothing of an earlier connection is valid any more.
    Up { capabilities: Capabilities },
    /// It can do something else than its greeting said; the connection goes on.
    Learned { capabilities: Capabilities },
    /// What Hermes says is wrong with the profile's config file, which it ignores.
    BadConfig(Untrusted),
    /// The connection is gone. `process`: so is the process, and with it every live id, turn and request.
    Down { process: bool, why: Untrusted },
}

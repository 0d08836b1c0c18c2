//! One tool call of an assistant's message.

use crate::base::{clock::Tick, ids::ToolId, text::Untrusted};
use serde::{Deserialize, Serialize};

/// The most of a tool's arguments, output or diff that is kept, in bytes each. The rest is in `state.db`; a transcript
/// holds thousands of calls.
pub const MAX_TOOL_TEXT: usize = 64 * 1024;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The backend's id; absent in stored messages that carry none.
    pub id: Option<ToolId>,
    pub name: Untrusted,
    /// One line on what it does, by the backend.
    pub context: Untrusted,
    /// Arguments, as compact JSON or as text, cut at [`MAX_TOOL_TEXT`].
    pub args: Untrusted,
    pub state: ToolState,
    pub started: Tick,
    /// How long it ran, in milliseconds.
    pub millis: Option<u64>,
    /// Output as text, cut at [`MAX_TOOL_TEXT`].
    pub output: Untrusted,
    /// Bytes of the whole output, before the cut.
    pub output_len: u64,
    /// A unified diff of the files that the tool changed.
    pub diff: Option<Untrusted>,
}

/// How a call stands. Hermes has no error flag: the translator reads it off the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToolState {
    Running,
    Done,
    /// Failed, with a short reason where the result gave one.
    Failed(Untrusted),
    /// Refused by the approval rules, or not consented in time.
    Blocked(Untrusted),
    /// Its turn ended and no result ever came.
    Unknown,
}

/// One entry of a session's todo list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    pub content: Untrusted,
    pub state: TodoState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TodoState {
    Pending,
    InProgress,
    Completed,
    Cancelled,
}

/// A child agent at work for a session. Its events come on the parent's live id, mostly after the parent's turn ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subagent {
    pub id: Untrusted,
    pub parent: Option<Untrusted>,
    pub depth: u16,
    pub goal: Untrusted,
    pub state: SubagentState,
    /// Calls of tools so far.
    pub tools: u32,
    /// What it does just now, in a few words; once it has ended, what came of it.
    pub last: Untrusted,
    /// When it was first heard of.
    pub started: Tick,
    /// How long it worked, in milliseconds; `None` while it does.
    pub millis: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubagentState {
    Working,
    Done,
    /// Stopped by somebody, or with its backend.
    Interrupted,
    /// The backend's word for how: `failed`, `error`, `timeout`.
    Failed(Untrusted),
}

impl Subagent {
    pub fn is_working(&self) -> bool {
        self.state == SubagentState::Working
    }
}

impl Todo {
    /// Whether there is nothing more to do about it.
    pub fn is_over(&self) -> bool {
        matches!(self.state, TodoState::Completed | TodoState::Cancelled)
    }
}

//! One open conversation: everything that runs belongs to it, none of it to a pane.

use super::{
    body::Body,
    draft::Draft,
    prompt::Prompt,
    tool::{Subagent, Todo},
    turn::Turn,
    usage::Usage,
};
use crate::base::{
    clock::{Tick, WallMs},
    ids::{LineageRoot, ProfileName, QueueId, SendRef, SessionId, StoredId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

/// The most of a session's last text that its head carries, in characters.
pub const PREVIEW_CHARS: usize = 160;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub profile: ProfileName,
    /// Its durable id; `None` for a fresh draft until the first send.
    pub stored: Option<StoredId>,
    pub lineage: Option<LineageRoot>,
    /// Whether the backend has it built now. An open tab need not be.
    pub built: bool,
    pub title: Option<Untrusted>,
    /// The first thing that the person said in it, at most [`PREVIEW_CHARS`] characters: its name while it has no title.
    pub opening: Untrusted,
    pub info: SessionInfo,
    pub turn: Turn,
    /// In the order in which they were asked; the first open one is the one that an approval answers.
    pub prompts: Vec<Prompt>,
    pub queue: Vec<QueueEntry>,
    /// What is queued waits for the person: a turn was stopped or failed, or its hub is a new one.
    #[serde(default)]
    pub held: bool,
    pub usage: Usage,
    pub unread: Unread,
    pub draft: Draft,
    /// The last text, at most [`PREVIEW_CHARS`] characters.
    pub preview: Untrusted,
    /// What it does just now, in the backend's words: spinner words, a retry, a compaction.
    pub activity: Option<Untrusted>,
    pub todos: Vec<Todo>,
    pub subagents: Vec<Subagent>,
    /// When something last happened in it, for ordering by recency.
    pub touched: Tick,
    /// The transcript; `None` in a mirror that does not watch it.
    pub body: Option<Body>,
}

/// What the backend says of a session. What it has not said is `None`: shown as unknown, not guessed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SessionInfo {
    pub model: Option<Untrusted>,
    pub provider: Option<Untrusted>,
    pub reasoning_effort: Option<Untrusted>,
    /// Where its tools run. Always given when a session is created.
    pub cwd: Option<Untrusted>,
    pub branch: Option<Untrusted>,
    pub approval_mode: Option<ApprovalMode>,
    /// Approvals are bypassed for this session.
    pub yolo: bool,
    pub fast: bool,
    /// Empty: none.
    #[serde(default)]
    pub personality: Option<Untrusted>,
    /// Warnings of the backend about its install, config or credentials.
    pub warnings: Vec<Untrusted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApprovalMode {
    /// The person is asked for every dangerous command.
    Manual,
    /// A model decides first; the person is asked when it is unsure.
    Smart,
    /// Nobody is asked.
    Off,
    Other(Untrusted),
}

impl ApprovalMode {
    /// The mode that Hermes calls so.
    pub fn named(word: &str) -> Self {
        match word {
            "manual" => Self::Manual,
            "smart" => Self::Smart,
            "off" => Self::Off,
            _ => Self::Other(word.into()),
        }
    }

    /// What Hermes calls it.
    pub fn word(&self) -> &str {
        match self {
            Self::Manual => "manual",
            Self::Smart => "smart",
            Self::Off => "off",
            Self::Other(word) => word.raw(),
        }
    }
}

/// A text that waits for the running turn to end. The queue is hermux's: nothing of it is at the backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueEntry {
    pub id: QueueId,
    /// Of the send that it came with.
    pub reference: SendRef,
    pub text: String,
    pub at: WallMs,
}

/// What happened in a session since somebody saw its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Unread {
    #[default]
    None,
    /// New output.
    Output,
    /// A turn ended.
    Finished,
    /// A turn ended in an error.
    Failed,
}

impl Session {
    /// A fresh, empty session of `profile`.
    pub fn new(id: SessionId, profile: ProfileName, now: Tick) -> Self {
        Self {
            id,
            profile,
            stored: None,
            lineage: None,
            built: false,
            title: None,
            opening: Untrusted::default(),
            info: SessionInfo::default(),
            turn: Turn::default(),
            prompts: Vec::new(),
            queue: Vec::new(),
            held: false,
            usage: Usage::default(),
            unread: Unread::None,
            draft: Draft::default(),
            preview: Untrusted::default(),
            activity: None,
            todos: Vec::new(),
            subagents: Vec::new(),
            touched: now,
            body: Some(Body::default()),
        }
    }

    /// Whether nothing was ever sent in it.
    pub fn is_fresh(&self) -> bool {
        self.stored.is_none()
            && self.queue.is_empty()
            && !self.turn.is_busy()
            && self.body.as_ref().is_none_or(|body| body.messages.is_empty())
    }

    /// The first prompt that can be answered: prompts of one session are shown and answered strictly one at a time.
    pub fn current_prompt(&self) -> Option<&Prompt> {
        self.prompts.iter().find(|prompt| prompt.is_waiting())
    }

    /// The same session without its transcript: what every terminal gets of every open session.
    #[must_use]
    pub fn head(&self) -> Self {
        // Not `..self.clone()`: that would copy the transcript first.
        Self {
            id: self.id,
            profile: self.profile.clone(),
            stored: self.stored.clone(),
            lineage: self.lineage.clone(),
            built: self.built,
            title: self.title.clone(),
            opening: self.opening.clone(),
            info: self.info.clone(),
            turn: self.turn.clone(),
            prompts: self.prompts.clone(),
            queue: self.queue.clone(),
            held: self.held,
            usage: self.usage.clone(),
            unread: self.unread,
            draft: self.draft.clone(),
            preview: self.preview.clone(),
            activity: self.activity.clone(),
            todos: self.todos.clone(),
            subagents: self.subagents.clone(),
            touched: self.touched,
            body: None,
        }
    }
}

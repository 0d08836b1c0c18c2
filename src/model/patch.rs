//! The closed list of ways in which `World` may change.

use super::{
    body::Body,
    draft::Draft,
    listing::Elsewhere,
    message::{Message, MessageState, Part},
    notice::Notice,
    profile::Profile,
    prompt::Prompt,
    session::{QueueEntry, Session, SessionInfo, Unread},
    shelf::{Colour, ListPrefs, Tomb},
    terminal::Terminal,
    tool::{Subagent, Todo, ToolCall},
    turn::Turn,
    usage::Usage,
};
use crate::base::{
    clock::Tick,
    ids::{ClientId, LineageRoot, MessageId, NoticeId, ProfileName, SessionId, StoredId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Patch {
    /// A session is open; its transcript travels apart.
    SessionAdded(Box<Session>),
    SessionRemoved(SessionId),
    /// A change of one session.
    Session {
        session: SessionId,
        change: Change,
    },
    /// A change of one session's transcript, sent to those who watch it.
    Body {
        session: SessionId,
        change: BodyChange,
    },
    /// The tabs, in their order.
    Tabs(Vec<SessionId>),
    /// Added in its place in the order, or replaced.
    Profile(Box<Profile>),
    ProfileRemoved(ProfileName),
    /// It has another name, and so has everything that is of it.
    ProfileRenamed {
        from: ProfileName,
        to: ProfileName,
    },
    /// Added, or replaced where one of its id stands.
    Notice(Box<Notice>),
    NoticeRemoved(NoticeId),
    /// It attached.
    Terminal(Box<Terminal>),
    /// It is gone, however it went.
    TerminalRemoved(ClientId),
    /// The directory that is remembered for a profile; an empty one is forgotten (H01).
    Directory {
        profile: ProfileName,
        directory: String,
    },
    /// The pins of a profile, in their order.
    Pins {
        profile: ProfileName,
        pins: Vec<LineageRoot>,
    },
    /// The person's order of profiles; those that are there take their places in it.
    ProfileOrder(Vec<ProfileName>),
    /// The person's own colour of a profile; `None`: no longer.
    Colour {
        profile: ProfileName,
        colour: Option<Colour>,
    },
    /// How the list of sessions is shown.
    List(Box<ListPrefs>),
    /// Added at the end, or replaced where one of its conversation stands.
    Tomb(Box<Tomb>),
    /// What a backend has built that is not open here.
    Elsewhere {
        profile: ProfileName,
        rows: Vec<Elsewhere>,
    },
    TombRemoved {
        profile: ProfileName,
        lineage: LineageRoot,
    },
}

/// A change of a session's head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Change {
    Ids {
        stored: Option<StoredId>,
        lineage: Option<LineageRoot>,
    },
    Built(bool),
    Title(Option<Untrusted>),
    Opening(Untrusted),
    Info(Box<SessionInfo>),
    Turn(Turn),
    /// Added at the end, or replaced where one of its id stands.
    Prompt(Box<Prompt>),
    PromptRemoved(crate::base::ids::PromptId),
    Queue(Vec<QueueEntry>),
    Held(bool),
    Usage(Box<Usage>),
    Unread(Unread),
    Draft(Draft),
    Preview(Untrusted),
    Activity(Option<Untrusted>),
    Todos(Vec<Todo>),
    Subagents(Vec<Subagent>),
    Touched(Tick),
}

/// A change of a session's transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum BodyChange {
    /// The whole transcript, or for a terminal that begins to watch, its tail.
    Set(Box<Body>),
    /// This terminal no longer watches. Never in the hub's own `World`.
    Forget,
    /// At the end.
    Message(Box<Message>),
    /// At the end of a message.
    Part {
        message: MessageId,
        part: Box<Part>,
    },
    /// More text for a part; `at` must equal the bytes that it has.
    Append {
        message: MessageId,
        part: u32,
        at: u64,
        text: String,
    },
    ReasoningEnded {
        message: MessageId,
        part: u32,
        at: Tick,
    },
    Tool {
        message: MessageId,
        part: u32,
        tool: Box<ToolCall>,
    },
    State {
        message: MessageId,
        state: MessageState,
    },
    /// The message is final: its length in bytes and its digest must be those known.
    Finish {
        message: MessageId,
        state: MessageState,
        len: u64,
        digest: u64,
    },
    Removed(MessageId),
    /// The oldest messages left memory: all before this one.
    Trimmed {
        first: MessageId,
    },
}

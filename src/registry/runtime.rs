//! What the registry keeps beside the world: how each session and each profile is wired to its backend just now. None of it
//! is shown, none of it is sent, and all of it can be lost with the backend.

use super::{
    branch::Copied,
    catalog::Catalog,
    effect::JobId,
    residency::{Asked, Left, Spare, Who},
    writes::Row,
};
use crate::{
    base::{
        clock::{Tick, WallMs},
        ids::{
            AskId, CallId, ClientId, LineageRoot, LiveId, MessageId, NoticeId, ProfileName, PromptId,
            SendRef, SessionId, StoredId, ToolId,
        },
        text::Untrusted,
    },
    model::{
        agent::Fact,
        message::Level,
        settings::{Setting, Topic},
        shelf::Colour,
    },
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A session's wiring.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub live: Option<LiveId>,
    /// The create or resume that is under way.
    pub build: Option<CallId>,
    /// That one has an agent built at once.
    pub eager: bool,
    pub spare: Spare,
    /// It is being closed at the backend: nothing is asked of it until it is.
    pub closing: bool,
    /// It was built when the connection went: it is resumed when the next one is up.
    pub resume: bool,
    pub outgoing: Option<Outgoing>,
    /// The assistant's message that is being written.
    pub stream: Option<Stream>,
    /// The first message that this turn, or the last one, wrote.
    pub turn_from: Option<MessageId>,
    /// What the backend said of giving up; shown at the turn's end, unless its error says the same.
    pub verdict: Option<Untrusted>,
    /// A tool ran, or was announced, since the last text of the turn: the next text begins a step.
    pub between_steps: bool,
    pub step: StepHead,
    pub tools: Vec<OpenTool>,
    /// The last turn was given up by the watchdog, or the connection went before the backend said that it was over: the backend
    /// may say that it still runs.
    pub may_go_on: bool,
    /// The backend itself said that the running turn began, or sent something of it.
    pub begun: bool,
    /// The turn ended and the backend has not said that it is idle: nothing may be submitted yet.
    pub settling: bool,
    /// The person stopped the turn, or a send failed: the queue waits for the person.
    pub held: bool,
    /// The person stopped the turn for what is first in the queue.
    pub go_on: bool,
    /// Its tab was closed with "stop" before its turn could be interrupted.
    pub stop: bool,
    /// Its tab was closed with "stop", and what was typed in it goes with it.
    pub put_away: bool,
    /// Texts whose fate is not known.
    pub uncertain: usize,
    /// The messages that the outbox holds a text for, by what.
    pub sent: BTreeMap<MessageId, OnDisk>,
    /// Its stored transcript was asked for.
    pub loading: bool,
    pub wants: Vec<Want>,
    /// Copies that are being made of it.
    pub copies: usize,
    pub heard: Tick,
    pub previewed: Tick,
    /// How many messages were given an id.
    pub minted: u64,
    /// Bytes of the transcript in memory.
    pub bytes: u64,
    /// Which tool each waiting approval belongs to.
    pub approvals: BTreeMap<PromptId, Option<ToolId>>,
}

/// How the outbox knows a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct OnDisk {
    pub reference: SendRef,
    /// When it left, or was about to.
    pub at: WallMs,
    /// The backend has said that it has it.
    pub taken: bool,
}

/// A text on its way to the backend.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub message: MessageId,
    pub reference: SendRef,
    pub text: String,
    pub stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Being put on disk as a text that has not left.
    Storing(JobId),
    /// For a live link, a built session, or the end of the turn before.
    Waiting,
    /// Being noted as one that leaves; it does when that is on disk.
    Leaving(JobId),
    /// Submitted, no reply yet.
    Called,
    /// A turn began since: it is taken for this text's, until the reply says otherwise.
    Running,
    /// The backend keeps it in its own queue.
    Kept,
}

impl Stage {
    /// Whether the text is still hermux' own.
    pub(super) fn is_here(self) -> bool {
        matches!(self, Self::Storing(_) | Self::Waiting | Self::Leaving(_))
    }
}

#[derive(Debug)]
pub(super) struct Stream {
    pub message: MessageId,
    pub parts: u32,
    pub bytes: u64,
    pub open: Open,
}

/// The part that more text of its kind continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    None,
    Text(u32, u64),
    Reasoning(u32, u64),
}

/// The beginning of what a model's step said so far, to know a repetition by.
#[derive(Debug, Default)]
pub(super) struct StepHead {
    pub text: String,
    pub reasoning: String,
    /// A whole step's reasoning that came before any of its text: shown unless the text turns out to be the same.
    pub whole: Option<Untrusted>,
    /// What the last step before it said that said anything.
    pub before: String,
}

impl StepHead {
    /// A tool began or ended: what follows is another step.
    pub(super) fn next(&mut self) {
        let said = std::mem::take(&mut self.text);
        let before = std::mem::take(&mut self.before);
        *self = Self { before: if said.is_empty() { before } else { said }, ..Self::default() };
    }
}

#[derive(Debug)]
pub(super) struct OpenTool {
    pub id: ToolId,
    pub message: MessageId,
    pub part: u32,
}

/// What waits for a session to be built.
#[derive(Debug, Clone)]
pub(super) struct Want {
    pub client: ClientId,
    pub ask: AskId,
    pub what: Wish,
    /// Of a command that was sent and not yet called.
    pub reference: Option<SendRef>,
}

#[derive(Debug, Clone)]
pub(super) enum Wish {
    Title(String),
    Yolo(bool),
    Slash(String),
    /// The second route of a slash command.
    Dispatch(String),
    /// Of a profile.
    Describe(String),
    /// Of a profile; `new`: as the last step of its making.
    Soul {
        text: String,
        new: bool,
    },
    Choices(Topic),
    Configure(Setting),
    /// A copy of it.
    Branch,
}

/// A profile's wiring.
#[derive(Debug, Default)]
pub(super) struct Wires {
    /// Calls may be made.
    pub up: bool,
    /// A start was asked for and nothing was heard of it yet.
    pub starting: bool,
    /// Its end was asked for: that it goes is no news.
    pub ending: bool,
    /// It is to be started again once it has ended.
    pub anew: bool,
    /// The notice that its config file is not read.
    pub bad_config: Option<NoticeId>,
    pub live: BTreeMap<LiveId, SessionId>,
    pub stored: BTreeMap<StoredId, SessionId>,
    pub lineage: BTreeMap<LineageRoot, SessionId>,
    /// Creates and resumes under way: a fact of an unknown live id may belong to one of them.
    pub builds: usize,
    pub early: VecDeque<Early>,
    pub early_bytes: usize,
    /// The notice of the present trouble, and how bad it was told to be.
    pub trouble: Option<(NoticeId, Level)>,
    /// What must be answered before the backend is stopped.
    pub farewell: BTreeSet<CallId>,
    /// The watchdog's question.
    pub asking: Option<CallId>,
    pub open_prompts: usize,
    /// The backend's own notifications that stand, by its key.
    pub notified: BTreeMap<Untrusted, NoticeId>,
    /// When it was last used, and whether it may go.
    pub spare: Spare,
    /// What is still built of closed tabs.
    pub left: BTreeMap<LiveId, Left>,
    pub catalog: Catalog,
    /// What waits for its backend, of no session.
    pub wants: Vec<Want>,
    /// It will be asked what it has built.
    pub looks: bool,
    /// The colour that its directory names.
    pub own_colour: Option<Colour>,
    /// No longer on disk under its name: it leaves, or moves, when its backend is cold.
    pub gone: bool,
}

#[derive(Debug)]
pub(super) struct Early {
    pub at: Tick,
    pub live: LiveId,
    pub bytes: usize,
    pub fact: Fact,
}

/// A call that has no reply yet.
#[derive(Debug)]
pub(super) struct Pending {
    pub profile: ProfileName,
    pub kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Build(SessionId),
    Submit(SessionId, MessageId),
    Interrupt(SessionId),
    Prompt(SessionId, PromptId),
    Wish(SessionId, Want),
    /// Of a profile, for no session.
    Errand(Want),
    Setup,
    Catalog,
    ActiveList,
    /// Part of the write to a row that is under way.
    Write(Row),
    WriteClose(Row, LiveId),
    /// Where a copy is stored.
    Copied(SessionId, Box<Copied>),
    /// What is built that is not open here.
    Elsewhere,
    /// For the turn of a stored row; `None`: it is being interrupted.
    StopRow(ClientId, AskId, Option<StoredId>),
    /// For what runs in the background, before something is stopped or closed.
    Spare(Asked),
    Close(Who),
    /// Part of a stop on purpose.
    Farewell,
}

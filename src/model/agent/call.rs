//! Calls made to a backend, and the replies to them.

use super::InfoFact;
use crate::{
    base::{
        ids::{LiveId, RequestId, SecretHandle, StoredId},
        text::Untrusted,
    },
    model::{
        message::Message,
        settings::{Choice, Setting, Topic},
        slash::SlashCommand,
    },
};

use serde::{Deserialize, Serialize};

/// What the registry asks of a backend. The profile and the call's id travel beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    Create {
        cwd: String,
    },
    /// By durable id. Not lazy: `eager` builds the agent at once.
    Resume {
        stored: StoredId,
        eager: bool,
    },
    /// Every session that the process has built.
    ActiveList,
    Close {
        live: LiveId,
    },
    /// A copy of a built session, with an agent of its own.
    Branch {
        live: LiveId,
    },
    Submit {
        live: LiveId,
        text: String,
    },
    Interrupt {
        live: LiveId,
    },
    /// One of the offered choices, verbatim. `request` where the request had an id of its own; else the answer goes to the
    /// oldest of the session.
    Approve {
        live: LiveId,
        choice: String,
        request: Option<RequestId>,
    },
    Clarify {
        request: RequestId,
        answer: String,
    },
    /// `None`: no password.
    Sudo {
        request: RequestId,
        password: Option<SecretHandle>,
    },
    /// `None`: skipped.
    Secret {
        request: RequestId,
        value: Option<SecretHandle>,
    },
    TerminalRead {
        request: RequestId,
        text: String,
    },
    Title {
        live: LiveId,
        title: String,
    },
    /// Which background processes there are: of one session, or of the whole backend. Asking for a session has its agent built.
    Processes {
        live: Option<LiveId>,
    },
    /// Ends the background processes of the whole backend.
    StopProcesses,
    /// Whether a provider is configured.
    Setup,
    /// Which slash commands there are.
    Catalog,
    /// A slash command that is not hermux's own.
    Slash {
        live: LiveId,
        command: String,
    },
    /// The second route of a slash command that the first one refused.
    Dispatch {
        live: LiveId,
        name: String,
        arg: String,
    },
    /// Settings of one session: `yolo`, `model`, `reasoning`.
    Set {
        live: LiveId,
        key: String,
        value: String,
    },
    /// What can be set: for one session where `live` names it, else for the profile.
    Choices {
        live: Option<LiveId>,
        topic: Topic,
    },
    Configure {
        live: Option<LiveId>,
        setting: Setting,
    },
}

/// The reply to one call.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    Built(Box<Built>),
    ActiveList(Vec<ActiveRow>),
    /// `false`: it did not know the session.
    Closed(bool),
    Submitted(Submitted),
    Interrupted,
    /// How many approvals it settled; 0: too late.
    Approved(u64),
    /// A clarify, sudo, secret or terminal read was answered in time.
    Answered,
    /// It was too late.
    TooLate,
    Titled {
        title: Untrusted,
        pending: bool,
    },
    /// The copy, by its live id alone.
    Branched {
        live: LiveId,
        title: Untrusted,
    },
    /// How many stored rows are gone by it.
    Deleted(u64),
    ProviderConfigured(bool),
    /// Its slash commands.
    Catalog(Vec<SlashCommand>),
    /// How many background processes run, and how many have ended that the backend still tells of.
    Processes {
        running: usize,
        ended: usize,
    },
    /// Text for the person, from a slash command.
    Output {
        text: Untrusted,
        warning: Option<Untrusted>,
    },
    /// The command wants this text to be submitted.
    SendText {
        text: String,
        notice: Option<Untrusted>,
    },
    /// The command puts this text into the composer.
    Prefill {
        text: String,
        notice: Option<Untrusted>,
    },
    /// The command stands for this other one, without its slash: nothing was done yet.
    Alias(String),
    Choices(Vec<Choice>),
    /// It was not set: the backend warns of this first, and wants a person to have seen it.
    Unconfirmed(Untrusted),
    /// Done, with nothing to say.
    Done,
    /// The backend refused, or its answer could not be read ([`UNREADABLE`]): then what became of the call is not known.
    Failed {
        code: i64,
        message: Untrusted,
    },
    /// No reply will come: the connection ended, or the time for it is over. What became of the call is not known.
    Lost,
}

/// The code of a [`Reply::Failed`] that no backend sent: an answer came and could not be read. It is not asked for again.
pub const UNREADABLE: i64 = 0;

/// A session that the backend has built, for `Create` and `Resume`.
#[derive(Debug, Clone, PartialEq)]
pub struct Built {
    pub live: LiveId,
    pub stored: Option<StoredId>,
    pub info: InfoFact,
    /// The transcript as the backend shows it, at most the last 200 messages; ids count from 0.
    pub messages: Vec<Message>,
    /// Whether the backend had more messages than these.
    pub older: bool,
    /// How it stands, where the reply says so.
    pub running: Option<bool>,
    /// Waits for a clarify, sudo, secret or terminal read that this reply does not repeat.
    pub waiting: bool,
    /// The turn under way: what the person sent, and the answer's text so far.
    pub inflight: Option<Inflight>,
    /// A text in the backend's own queue, put there by somebody else.
    pub queued: Option<Untrusted>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inflight {
    pub user: Option<Untrusted>,
    pub assistant: Untrusted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveRow {
    pub live: LiveId,
    pub stored: Option<StoredId>,
    pub state: ActiveState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActiveState {
    Idle,
    Starting,
    Working,
    /// For a clarify, sudo, secret or terminal read; never for an approval.
    Waiting,
    Unknown,
}

/// What became of a submitted text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submitted {
    /// A turn runs with it.
    Streaming,
    /// The backend was busy after all and keeps it for later.
    Queued,
    Steered,
}

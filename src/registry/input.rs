//! Everything that can wake the registry.

use crate::{
    base::{
        clock::WallMs,
        ids::{AskId, CallId, ClientId, LineageRoot, LiveId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    model::{
        agent::{Fact, Link, Reply},
        body::Body,
        fleet::Seen,
        kept::Kept,
        listing::StoredRow,
        profile::BackendState,
        terminal::TerminalInfo,
    },
    proto::{Answer, Command, Refusal},
};

/// One input of the step.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// `terminal` is `None` for one that shows nothing: it asks something and goes.
    ClientJoined {
        client: ClientId,
        terminal: Option<TerminalInfo>,
    },
    /// It takes nothing with it: not a session, not a prompt.
    ClientLeft {
        client: ClientId,
    },
    /// `wall` is the time of day for what is shown, such as when a text was queued.
    Command {
        client: ClientId,
        ask: AskId,
        command: Command,
        wall: WallMs,
    },
    /// `live` is `None` for what concerns the whole backend.
    Fact {
        profile: ProfileName,
        live: Option<LiveId>,
        fact: Fact,
    },
    Reply {
        call: CallId,
        reply: Reply,
    },
    Link {
        profile: ProfileName,
        link: Link,
    },
    /// The profiles found on disk. One that is gone leaves when its backend is cold.
    ProfilesSeen(Seen),
    /// Something under the Hermes home came, moved or went.
    ProfilesChanged,
    /// What an `Effect::Operate` came to, and the disk afterwards where it could be looked at.
    Operated {
        id: u64,
        result: Result<(), Untrusted>,
        seen: Option<Seen>,
    },
    /// What an `Effect::Paint` came to.
    Painted {
        id: u64,
        result: Result<(), Untrusted>,
    },
    /// What an `Effect::Load` asked for.
    Loaded {
        session: SessionId,
        loaded: Loaded,
    },
    /// What an `Effect::Seek` found.
    Sought {
        profile: ProfileName,
        lineage: LineageRoot,
        sought: Result<Sought, Untrusted>,
    },
    /// What an `Effect::Look` saw.
    Looked {
        profile: ProfileName,
        /// What keeps its backend from starting, as the state to show.
        stuck: Option<BackendState>,
        /// Why its stored sessions cannot be read.
        store: Option<Untrusted>,
    },
    /// What an `Effect::Read` or `Effect::Report` asked for.
    Answered {
        client: ClientId,
        ask: AskId,
        answer: Result<Answer, Refusal>,
    },
    /// What is stored of this profile is not what it was.
    StoreChanged {
        profile: ProfileName,
    },
    /// What an earlier hub left behind, or why nothing of it can be had. Once, before `ProfilesSeen`.
    Restored {
        kept: Result<Box<Kept>, Untrusted>,
        wall: WallMs,
    },
    /// What these jobs asked for is on disk; or it, and whatever else changed, could not be put there (then it goes on all the
    /// same, and a notice says that crash safety is off).
    Stored {
        jobs: Vec<super::effect::JobId>,
        result: Result<(), Untrusted>,
    },
    /// A damaged file of the store was put aside; where.
    PutAside(Untrusted),
    /// hermux ends: settle what runs, as far as it can be within a moment, then `Effect::Exit`.
    Ending,
    /// The time of `Registry::next_timer` has come, or is past.
    Timer,
}

/// What is stored of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sought {
    /// All its rows; none: it is gone.
    pub rows: Vec<StoredId>,
    pub archived: bool,
}

/// A stored session, read from `state.db`.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// The id under which it goes on: the tip of its compression chain.
    pub stored: StoredId,
    /// Title, model and directory as stored; `None` when the row could not be read.
    pub row: Option<StoredRow>,
    /// The tail of its transcript; ids count from 0. `BodyState::Unreadable` says why there is none.
    pub body: Body,
}

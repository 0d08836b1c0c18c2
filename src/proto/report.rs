//! How a hub and everything that it runs stands: what `hermux status` shows. One terminal asks for it and gets it; it is never
//! part of `World`, which says the same of sessions and backends as it changes.
//!
//! Its fields are those of `hermux status --json`, so they keep their names: `docs/STATUS.md` lists them. Fields may be added.

use crate::{
    base::{
        clock::WallMs,
        ids::{ClientId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    model::status::Status,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub hub: HubReport,
    /// In the order of the strip.
    pub profiles: Vec<ProfileReport>,
    /// Open sessions: those with a tab in the order of the tabs, then the others.
    pub sessions: Vec<SessionReport>,
    /// What hermux has to tell: a backend in trouble, a disk that takes nothing.
    pub notices: Vec<NoticeReport>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HubReport {
    pub version: String,
    /// The number of the contract that it speaks.
    pub contract: u32,
    pub pid: u32,
    /// When it began, milliseconds since 1970.
    pub since_ms: WallMs,
    pub uptime_ms: u64,
    /// Its own process.
    pub memory: Option<Memory>,
    /// Where terminals attach; `None` where only its own process can.
    pub socket: Option<Untrusted>,
    /// Whose environment the backends run with.
    pub environment: Starter,
    /// How long it stays with no terminal and nothing at work; `None`: for ever.
    pub linger_ms: Option<u64>,
    /// When that is over, if it runs: milliseconds from now.
    pub ends_in_ms: Option<u64>,
    pub terminals: Vec<TerminalReport>,
}

/// Who started the hub: the backends run with the environment that this one had, not with that of terminals that came later.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Starter {
    /// Its terminal; `None` when it had none.
    pub tty: Option<Untrusted>,
    /// The directory it was started in.
    pub directory: Untrusted,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TerminalReport {
    pub id: ClientId,
    pub pid: u32,
    /// Its device, such as `/dev/pts/3`.
    pub tty: Option<Untrusted>,
    /// The pane of tmux that it lies in, such as `%4`.
    pub pane: Option<Untrusted>,
    /// Columns and rows when it attached.
    pub size: (u16, u16),
    /// The session that it shows.
    pub shows: Option<SessionId>,
    /// When it attached, milliseconds since 1970.
    pub since_ms: WallMs,
    /// It does not read what it is sent, and gets one snapshot when it does again.
    pub lagging: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileReport {
    pub name: ProfileName,
    /// How its backend stands, in one word.
    pub state: String,
    /// Why it stands so, where there is something to say.
    pub why: Option<Untrusted>,
    /// The backend's process.
    pub pid: Option<i32>,
    pub port: Option<u16>,
    /// How long this process runs.
    pub age_ms: Option<u64>,
    /// The backend and everything below it.
    pub memory: Option<Memory>,
    /// Open sessions.
    pub open: usize,
    /// Sessions that the backend has built.
    pub built: usize,
    pub working: usize,
    pub waiting: usize,
    /// Sessions with a send or turn whose fate is not known.
    pub uncertain: usize,
    pub failed: usize,
    pub unread: usize,
    /// Processes that were started in place of one that had ended by itself.
    pub restarts: u32,
    pub last_exit: Option<LastExit>,
}

/// How the last process of a backend ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastExit {
    pub why: Untrusted,
    /// Milliseconds since 1970.
    pub at_ms: WallMs,
}

/// Memory of a process, or of several, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Memory {
    /// What is shared counted in part; `None` where the system does not say it of all of them.
    pub pss_bytes: Option<u64>,
    pub rss_bytes: u64,
    pub processes: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionReport {
    pub id: SessionId,
    pub profile: ProfileName,
    /// Its id in Hermes; `None` for one that nothing was sent in.
    pub stored: Option<StoredId>,
    /// Its title, else how it began.
    pub title: Option<Untrusted>,
    pub status: Status,
    pub tab: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeReport {
    /// `None`: it concerns more than one profile.
    pub profile: Option<ProfileName>,
    pub what: Untrusted,
    /// What hermux does about it.
    pub does: Untrusted,
    /// What the person can do.
    pub can: Untrusted,
}

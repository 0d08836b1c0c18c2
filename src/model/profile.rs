//! A profile: one isolated agent with a home of its own, and how its backend stands.

use super::{agent::Capabilities, shelf::Colour};
use crate::base::{clock::Tick, ids::ProfileName, text::Untrusted};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    pub name: ProfileName,
    /// Its home directory, for display.
    pub home: Untrusted,
    pub backend: BackendState,
    /// What its backend can do; known once it was live.
    pub capabilities: Option<Capabilities>,
    /// Why it cannot be opened, where it cannot (a link out of the profiles directory, an unreadable home).
    pub problem: Option<Untrusted>,
    /// Whether a provider is configured, once the backend has said so.
    pub provider: Option<bool>,
    /// What Hermes says is wrong with the profile's config file, whose settings it then ignores.
    #[serde(default)]
    pub config: Option<Untrusted>,
    /// Why its stored sessions cannot be read, where they cannot.
    #[serde(default)]
    pub store: Option<Untrusted>,
    /// Grows when what is stored of it changed: a list that shows it is read anew (C11).
    #[serde(default)]
    pub listing: u64,
    /// Its colour: the person's own, else the one that its directory names; `None`: the one that follows from its name (E17).
    #[serde(default)]
    pub colour: Option<Colour>,
    /// What it is for, in the person's words.
    #[serde(default)]
    pub description: Option<Untrusted>,
}

/// The life of a profile's backend, as the person sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum BackendState {
    /// No process.
    #[default]
    Cold,
    /// Being started since `since`; `slow` after 20 s; `line` is the last thing it logged.
    Waking {
        since: Tick,
        slow: bool,
        line: Untrusted,
    },
    Live,
    /// Connected, but slow or misbehaving; the reason.
    Degraded(Untrusted),
    /// Process or socket lost; the next try is at `at`.
    Retrying {
        attempt: u32,
        at: Tick,
        why: Untrusted,
    },
    /// It cannot start or keeps ending: hermux waits for the person.
    Stuck(Box<Stuck>),
    Stopping,
    /// Another hermux owns this profile's backend; this one reads only. Who holds it.
    Elsewhere(Untrusted),
}

/// Why a backend does not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stuck {
    pub reason: StuckReason,
    pub what: Untrusted,
    /// What hermux does about it.
    pub does: Untrusted,
    /// What the person can do, a line each; a command stands after a colon and two blanks.
    pub can: Untrusted,
    /// The last lines it logged, oldest first, at most 50.
    pub log: Vec<Untrusted>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StuckReason {
    NoBinary,
    UnknownProfile,
    CrashAtStart,
    CrashLoop,
    NotReady,
    WrongProfile,
    Other,
}

impl BackendState {
    /// The one word that it is said in where there is no room for why.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Cold => "cold",
            Self::Waking { .. } => "waking",
            Self::Live => "live",
            Self::Degraded(_) => "degraded",
            Self::Retrying { .. } => "retrying",
            Self::Stuck(_) => "stuck",
            Self::Stopping => "stopping",
            Self::Elsewhere(_) => "elsewhere",
        }
    }

    /// What there is to say about it beside the word: the trouble, or the last line of a start.
    pub fn why(&self) -> Option<&Untrusted> {
        let why = match self {
            Self::Waking { line: why, .. }
            | Self::Degraded(why)
            | Self::Retrying { why, .. }
            | Self::Elsewhere(why) => why,
            Self::Stuck(stuck) => &stuck.what,
            Self::Cold | Self::Live | Self::Stopping => return None,
        };
        (!why.is_empty()).then_some(why)
    }

    /// Whether calls can be made now.
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live | Self::Degraded(_))
    }

    /// Whether it has, or is getting, a process: what counts against the pool's bound.
    pub fn is_running(&self) -> bool {
        matches!(
            self,
            Self::Waking { .. } | Self::Live | Self::Degraded(_) | Self::Retrying { .. } | Self::Stopping
        )
    }
}

impl Profile {
    pub fn new(name: ProfileName, home: impl Into<Untrusted>) -> Self {
        Self {
            name,
            home: home.into(),
            backend: BackendState::Cold,
            capabilities: None,
            problem: None,
            provider: None,
            config: None,
            store: None,
            listing: 0,
            colour: None,
            description: None,
        }
    }
}

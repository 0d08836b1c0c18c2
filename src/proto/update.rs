//! What the hub tells a terminal.

use super::{Answer, Refusal};
use crate::{
    base::{
        clock::Tick,
        ids::{AskId, ClientId, MessageId, ProfileName, SessionId},
    },
    model::{patch::Patch, world::World},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Update {
    /// The first message after a fitting hello.
    Welcome(Box<Welcome>),
    /// Changes, in order. `seq` grows by one with every `Patches`: a duplicate is ignored, a gap means a resync.
    Patches {
        seq: u64,
        list: Vec<Patch>,
    },
    Answer {
        ask: AskId,
        answer: Answer,
    },
    Refused {
        ask: AskId,
        reason: Refusal,
    },
    /// Somebody wants this terminal to show this session.
    Show {
        session: SessionId,
    },
    /// The terminal fell behind, or asked for it: everything anew.
    Lagged(Box<Snapshot>),
    Goodbye(Goodbye),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    pub contract: u32,
    pub client: ClientId,
    /// The profile that the hub was started with.
    pub primary: ProfileName,
    /// The session that any terminal showed last on this hub; `None` on a new one.
    #[serde(default)]
    pub last: Option<SessionId>,
    pub snapshot: Snapshot,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The number of the last patches that are in it.
    pub seq: u64,
    /// The hub's time when it was taken: what a terminal's own clock is set against.
    pub now: Tick,
    /// Which transcripts are in it, each from its first message here on.
    pub watched: BTreeMap<SessionId, Option<MessageId>>,
    pub world: World,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goodbye {
    /// The hub ends.
    Ending,
    /// Its contract has this number. The encoding of this stays for ever.
    WrongContract(u32),
    /// It has this many terminals already and takes no more.
    Full(u32),
}

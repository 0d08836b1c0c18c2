//! What the person is told outside a transcript.

use super::message::Level;
use crate::base::{
    clock::Tick,
    ids::{NoticeId, ProfileName, SessionId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

/// What happened, what hermux does about it, what the person can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub id: NoticeId,
    pub level: Level,
    pub about: About,
    pub what: Untrusted,
    pub does: Untrusted,
    pub can: Untrusted,
    pub at: Tick,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum About {
    Everything,
    Profile(ProfileName),
    Session(SessionId),
}

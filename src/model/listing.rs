//! Rows of stored sessions.

pub mod merge;

use crate::base::{
    clock::WallMs,
    ids::{LineageRoot, ProfileName, StoredId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

/// One stored session as Hermes itself lists it: the tip of its compression chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredRow {
    pub profile: ProfileName,
    pub id: StoredId,
    pub lineage: LineageRoot,
    pub title: Option<Untrusted>,
    /// The first user message, at most 63 characters.
    pub preview: Untrusted,
    pub last_active: WallMs,
    /// When the conversation began.
    #[serde(default)]
    pub started: WallMs,
    /// Whether Hermes closed it; it goes on all the same when it is resumed.
    #[serde(default)]
    pub ended: bool,
    #[serde(default)]
    pub archived: bool,
    pub messages: u64,
    pub source: Untrusted,
    pub model: Option<Untrusted>,
    pub cwd: Option<Untrusted>,
}

//! What outlives a hub: the part of [`World`](super::world::World) that the store keeps, and the outbox beside it.
//!
//! Transcripts are not here, Hermes keeps them. Neither are live ids, prompts, nor anything that dies with a backend; no secret
//! ever is.

use super::{
    draft::Draft,
    session::{QueueEntry, Unread},
    shelf::Shelf,
};
use crate::base::{
    clock::WallMs,
    digest::Digest,
    ids::{LineageRoot, ProfileName, SendRef, SessionId, StoredId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that a new hub begins with.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kept {
    /// In the order of their ids.
    pub sessions: Vec<KeptSession>,
    /// In their order; each is one of `sessions`.
    pub tabs: Vec<SessionId>,
    pub directories: BTreeMap<ProfileName, String>,
    pub shelf: Shelf,
    /// The outbox, oldest first.
    pub sends: Vec<Sent>,
    /// The highest session id that was ever kept: nothing may be named so again.
    pub highest: u64,
}

/// An open session as far as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptSession {
    pub head: KeptHead,
    pub draft: Draft,
    pub queue: Vec<QueueEntry>,
}

/// What is kept of a session beside what the person wrote in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHead {
    pub id: SessionId,
    pub profile: ProfileName,
    pub stored: Option<StoredId>,
    pub lineage: Option<LineageRoot>,
    pub title: Option<Untrusted>,
    pub opening: Untrusted,
    pub cwd: Option<Untrusted>,
    pub unread: Unread,
    /// A turn was under way.
    pub running: bool,
    /// When something last happened in it; for a running turn, when something last happened before it.
    pub touched: WallMs,
}

/// One text on its way, and what became of it (REL-10).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub reference: SendRef,
    pub session: SessionId,
    /// Empty once nobody needs it any more; then only the reference is remembered.
    pub text: String,
    pub digest: u64,
    /// When it was last noted that it leaves. The backend has it later than that, or not at all.
    pub at: WallMs,
    pub fate: Fate,
}

/// What is known of a text that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It has not left hermux.
    Waiting,
    /// It leaves now, or has left without a reply.
    Sending,
    /// The backend has taken it.
    Accepted,
    /// The backend was busy and queued it by itself.
    Queued,
    /// The backend was busy and gave it to the running turn.
    Steered,
    /// The backend refused it, in its words.
    Refused(Untrusted),
    /// Whether the backend has it is not known: only the person can say what becomes of it.
    Uncertain,
}

impl Sent {
    pub fn new(reference: SendRef, session: SessionId, text: String, at: WallMs, fate: Fate) -> Self {
        let mut digest = Digest::new();
        digest.write(&text);
        Self { reference, session, text, digest: digest.finish(), at, fate }
    }

    /// Nothing is left to be done for it or said of it: only its reference is remembered.
    #[must_use]
    pub fn settled(self, fate: Fate) -> Self {
        Self { text: String::new(), fate, ..self }
    }

    pub fn is_settled(&self) -> bool {
        self.text.is_empty()
    }
}

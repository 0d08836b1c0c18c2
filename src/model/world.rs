//! What all terminals share.

use super::{
    agent::ActiveState,
    listing::Elsewhere,
    notice::Notice,
    profile::Profile,
    session::Session,
    shelf::{Shelf, Tomb},
    terminal::Terminal,
};
use crate::base::ids::{ClientId, LineageRoot, MessageId, ProfileName, SessionId, StoredId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Open sessions, tabs and their order, profiles, notices, attached terminals, remembered directories. It changes only in
/// [`World::apply`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct World {
    pub sessions: BTreeMap<SessionId, Session>,
    /// Open tabs in their order, which changes only by the person's hand.
    pub tabs: Vec<SessionId>,
    /// In the order of the strip ([`Shelf::place`]).
    pub profiles: Vec<Profile>,
    pub notices: Vec<Notice>,
    /// In the order in which they attached.
    #[serde(default)]
    pub terminals: Vec<Terminal>,
    /// Where the last session of each profile was begun (H01). Never empty.
    #[serde(default)]
    pub directories: BTreeMap<ProfileName, String>,
    /// What the person arranged.
    #[serde(default)]
    pub shelf: Shelf,
    /// Rows that the person deleted or archived, oldest first; one a conversation.
    #[serde(default)]
    pub tombs: Vec<Tomb>,
    /// What backends have built that is not open here, as they said last. No list is empty.
    #[serde(default)]
    pub elsewhere: BTreeMap<ProfileName, Vec<Elsewhere>>,
}

impl World {
    pub fn profile(&self, name: &ProfileName) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == *name)
    }

    /// The tomb of a row, if it has one.
    pub fn tomb(&self, profile: &ProfileName, lineage: &LineageRoot) -> Option<&Tomb> {
        self.tombs.iter().find(|tomb| tomb.profile == *profile && tomb.lineage == *lineage)
    }

    /// Whether a turn runs, or waits, in a session that is not open here.
    pub fn works_elsewhere(&self, profile: &ProfileName, stored: &StoredId) -> bool {
        let at_work = |state| matches!(state, ActiveState::Working | ActiveState::Waiting);
        let others = self.elsewhere.get(profile).into_iter().flatten();
        others.into_iter().any(|other| other.stored == *stored && at_work(other.state))
    }

    /// An attached terminal.
    pub fn terminal(&self, id: ClientId) -> Option<&Terminal> {
        self.terminals.iter().find(|terminal| terminal.id == id)
    }

    /// What a terminal knows that watches the transcripts of `watched`, each from the given message on: all heads, those
    /// transcripts (I2).
    #[must_use]
    pub fn watched_by(&self, watched: &BTreeMap<SessionId, Option<MessageId>>) -> Self {
        let sessions = self.sessions.iter().map(|(id, session)| {
            let mut head = session.head();
            if let (Some(from), Some(body)) = (watched.get(id), &session.body) {
                let start = from.map_or(0, |from| body.messages.partition_point(|message| message.id < from));
                head.body = Some(body.since(start));
            }
            (*id, head)
        });
        Self {
            sessions: sessions.collect(),
            tabs: self.tabs.clone(),
            profiles: self.profiles.clone(),
            notices: self.notices.clone(),
            terminals: self.terminals.clone(),
            directories: self.directories.clone(),
            shelf: self.shelf.clone(),
            tombs: self.tombs.clone(),
            elsewhere: self.elsewhere.clone(),
        }
    }
}

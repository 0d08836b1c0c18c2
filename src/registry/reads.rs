//! Questions to what is stored: checked, given the profiles that they concern, and passed on. What is stored is no business of this
//! room; that it changed is, and every terminal is told (C11).

use super::{
    Registry,
    effect::{Effect, Read},
};
use crate::{
    base::ids::{AskId, ClientId, LineageRoot, ProfileName, StoredId},
    model::{
        patch::Patch,
        profile::Profile,
        status::{self, Status},
    },
    proto::{Answer, Refusal},
};

/// What a link to a session begins with (D08).
const LINK: &str = "@session:";

impl Registry {
    /// A question to one profile.
    pub(super) fn read_of(
        &mut self,
        client: ClientId,
        ask: AskId,
        profile: &ProfileName,
        read: Read,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        self.effect(Effect::Read { client, ask, read });
        Ok(None)
    }

    pub(super) fn on_find(
        &mut self,
        client: ClientId,
        ask: AskId,
        query: String,
        profile: Option<ProfileName>,
    ) -> Result<Option<Answer>, Refusal> {
        let profiles = self.asked(profile)?;
        let read = Read::Find { query, profiles, open: self.standing() };
        self.effect(Effect::Read { client, ask, read });
        Ok(None)
    }

    pub(super) fn on_search(
        &mut self,
        client: ClientId,
        ask: AskId,
        text: String,
        profile: Option<ProfileName>,
    ) -> Result<Option<Answer>, Refusal> {
        if text.len() > self.settings.limits.text {
            return Err(Refusal::TooLong);
        }
        let profiles = self.asked(profile)?;
        if profiles.is_empty() {
            return Ok(Some(Answer::Hits { hits: Vec::new(), done: true, problems: Vec::new() }));
        }
        self.effect(Effect::Read { client, ask, read: Read::Search { text, profiles } });
        Ok(None)
    }

    /// Finds the session of a link, or of a bare id, in any of the four ways in which one is written (D08): the profile that it
    /// names first, then the one that it was written in, then all others (D09).
    pub(super) fn on_locate(
        &mut self,
        client: ClientId,
        ask: AskId,
        id: &str,
        near: ProfileName,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(&near).ok_or(Refusal::NoProfile)?;
        let id = id.trim();
        let id = id.strip_prefix(LINK).unwrap_or(id);
        let (named, id) = match id.split_once('/') {
            Some((profile, id)) => (ProfileName::new(profile).ok(), id),
            None => (None, id),
        };
        let Some(id) = StoredId::new(id) else { return Ok(Some(Answer::Located(None))) };
        let mut profiles: Vec<ProfileName> = Vec::new();
        let all = self.world.profiles.iter().map(|profile| profile.name.clone());
        for profile in named.into_iter().chain([near]).chain(all) {
            if !profiles.contains(&profile) && self.world.profile(&profile).is_some() {
                profiles.push(profile);
            }
        }
        self.effect(Effect::Read { client, ask, read: Read::Locate { id, profiles } });
        Ok(None)
    }

    /// What is stored of a profile changed: a list that shows it is read anew.
    pub(super) fn on_store_changed(&mut self, profile: &ProfileName) {
        let Some(known) = self.world.profile(profile) else { return };
        let new = Profile { listing: known.listing + 1, ..known.clone() };
        self.emit(Patch::Profile(Box::new(new)));
        self.look_elsewhere_soon(profile);
    }

    /// The profile that was named, else all.
    fn asked(&self, profile: Option<ProfileName>) -> Result<Vec<ProfileName>, Refusal> {
        match profile {
            Some(profile) if self.world.profile(&profile).is_none() => Err(Refusal::NoProfile),
            Some(profile) => Ok(vec![profile]),
            None => Ok(self.world.profiles.iter().map(|profile| profile.name.clone()).collect()),
        }
    }

    /// How the open sessions that are stored stand.
    fn standing(&self) -> Vec<(ProfileName, LineageRoot, Status)> {
        let sessions = self.world.sessions.values();
        let standing = sessions.filter_map(|session| {
            let stored = || session.stored.as_ref().and_then(|id| LineageRoot::new(id.as_str()));
            let lineage = session.lineage.clone().or_else(stored)?;
            Some((session.profile.clone(), lineage, status::of(session)))
        });
        standing.collect()
    }
}

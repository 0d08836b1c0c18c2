//! The slash commands of each profile, asked of a live backend when somebody wants them, and kept for as long as they can be
//! believed (J02). Asking starts nothing.

use super::{Registry, effect::Effect, runtime::Kind};
use crate::{
    base::{
        clock::Tick,
        ids::{AskId, ClientId, ProfileName},
    },
    model::{
        agent::{Call, Reply},
        slash::SlashCommand,
    },
    proto::{Answer, Refusal},
};

/// How long a live backend's answer is believed, in milliseconds: a skill that was installed meanwhile is there soon.
const BELIEVED: u64 = 60_000;
/// Those who wait for one answer at most; each terminal asks once at a time.
const WAITING: usize = 64;

/// What is known of a profile's commands.
#[derive(Debug, Default)]
pub(super) struct Catalog {
    known: Option<Vec<SlashCommand>>,
    /// When it was told; `None`: it is not believed any more.
    told: Option<Tick>,
    /// Who waits for the answer that is under way.
    waiting: Vec<(ClientId, AskId)>,
}

impl Registry {
    pub(super) fn on_ask_commands(
        &mut self,
        client: ClientId,
        ask: AskId,
        profile: &ProfileName,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        let (now, timeout) = (self.now, self.settings.limits.call);
        let wires = self.wire(profile);
        let believed = wires.catalog.told.is_some_and(|at| now.since(at) < BELIEVED);
        if believed || !wires.up || wires.ending {
            return Ok(Some(Answer::Commands(wires.catalog.known.clone())));
        }
        if wires.catalog.waiting.len() >= WAITING {
            return Err(Refusal::TooMany);
        }
        let first = wires.catalog.waiting.is_empty();
        wires.catalog.waiting.push((client, ask));
        if first {
            self.call(profile, Call::Catalog, timeout, Kind::Catalog);
        }
        Ok(None)
    }

    pub(super) fn on_catalog(&mut self, profile: &ProfileName, reply: Reply) {
        let now = self.now;
        let catalog = &mut self.wire(profile).catalog;
        if let Reply::Catalog(list) = reply {
            (catalog.known, catalog.told) = (Some(list), Some(now));
        }
        // Where it could not be asked, what it said before is better than nothing.
        let known = catalog.known.clone();
        for (client, ask) in std::mem::take(&mut catalog.waiting) {
            self.effect(Effect::Answer { client, ask, answer: Answer::Commands(known.clone()) });
        }
    }

    /// Another process of the backend, or another setting of the profile, may have other commands.
    pub(super) fn doubt_commands(&mut self, profile: &ProfileName) {
        self.wire(profile).catalog.told = None;
    }
}

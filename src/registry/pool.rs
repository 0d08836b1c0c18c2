//! Which backends run on beside the primary (DECISIONS 5, A08, A11, A12): at most so many, none that works or waits is stopped, none
//! whose sessions have background processes, none that was used a moment ago. One that nobody used for long is stopped although there
//! is room. Whoever is stopped comes back at the next use.

use super::{
    Registry,
    bound::{Bound, Stay},
    residency::Asked,
    runtime::Kind,
};
use crate::{
    base::{clock::Tick, ids::ProfileName},
    model::agent::Call,
};

impl Registry {
    /// Asks the backends that could go whether they may. Returns when somebody goes by nothing but time.
    pub(super) fn review_pool(&mut self) -> Option<Tick> {
        let (bound, pool) = (self.pool_bound(), self.pool());
        for profile in bound.leave(&pool, self.now) {
            let timeout = self.settings.limits.call;
            let call =
                self.call(&profile, Call::Processes { live: None }, timeout, Kind::Spare(Asked::Backend));
            self.wire(&profile).spare.asked = Some(call);
        }
        bound.next(&pool, self.now)
    }

    /// It said that nothing runs beside its sessions: it goes, unless it was needed meanwhile.
    pub(super) fn spare_backend(&mut self, profile: &ProfileName) {
        if self.pool_bound().leave(&self.pool(), self.now).contains(profile) {
            self.stop(profile);
        }
    }

    fn pool_bound(&self) -> Bound {
        let limits = &self.settings.limits;
        Bound { most: limits.pool, fresh: limits.pool_fresh, idle: limits.idle_reap }
    }

    /// Every backend but the primary that has, or is getting, a process.
    fn pool(&self) -> Vec<Stay<ProfileName>> {
        let others = self.world.profiles.iter().filter(|profile| profile.name != self.settings.primary);
        let pool = others.filter_map(|profile| {
            let wires = self.wires.get(&profile.name)?;
            let counts = (profile.backend.is_running() || wires.starting) && !wires.ending;
            counts.then(|| Stay {
                who: profile.name.clone(),
                used: wires.spare.used,
                // One that is not connected cannot be asked whether it may go.
                needed: !wires.up || self.works(&profile.name),
                shown: self
                    .terminals
                    .show(|session| self.session(session).is_some_and(|known| known.profile == profile.name)),
                not_before: wires.spare.not_before,
                leaving: wires.spare.asked.is_some(),
            })
        });
        pool.collect()
    }
}

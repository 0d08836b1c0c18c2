//! Which backend makes room for another (DECISIONS 5). Pure policy: the bound is exceeded rather than work stopped.

use crate::base::{clock::Tick, ids::ProfileName};

/// A backend that has, or is getting, a process. The primary never counts and is never asked.
#[derive(Debug, Clone)]
pub(super) struct Pooled {
    pub profile: ProfileName,
    pub used: Tick,
    /// A turn runs, a text is on its way, a prompt or a child agent's result is awaited.
    pub working: bool,
}

/// The backend to stop before one more is started: the least recently used that neither works nor was used within `fresh`;
/// `None` while there is room, and when none can be spared.
pub(super) fn victim(pool: &[Pooled], bound: usize, fresh: u64, now: Tick) -> Option<ProfileName> {
    if pool.len() < bound {
        return None;
    }
    let spare = pool.iter().filter(|backend| !backend.working && now.since(backend.used) > fresh);
    spare.min_by_key(|backend| backend.used).map(|backend| backend.profile.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(backends: &[(&str, u64, bool)]) -> Vec<Pooled> {
        let pooled = |(name, used, working): &(&str, u64, bool)| Pooled {
            profile: ProfileName::new(name).unwrap(),
            used: Tick(*used),
            working: *working,
        };
        backends.iter().map(pooled).collect()
    }

    /// A11, A12, INV18.
    /// A08, A11, A12, INV18.
    #[test]
    fn the_bound_is_exceeded_rather_than_a_fresh_or_working_backend_stopped() {
        let now = Tick(200_000);
        assert_eq!(victim(&pool(&[("a", 0, false), ("b", 0, false)]), 3, 90_000, now), None);
        let busy = pool(&[("a", 0, true), ("b", 150_000, false), ("c", 1, true)]);
        assert_eq!(victim(&busy, 3, 90_000, now), None);
    }

    /// INV19.
    #[test]
    fn the_least_recently_used_stale_backend_makes_room() {
        let now = Tick(200_000);
        let stale = pool(&[("a", 50, false), ("b", 40, false), ("c", 1, true), ("d", 199_000, false)]);
        assert_eq!(victim(&stale, 3, 90_000, now), ProfileName::new("b").ok());
    }
}

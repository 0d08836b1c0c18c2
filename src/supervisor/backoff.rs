//! How long to wait before the next try. Pure: the chance comes from a seed.

/// Full jitter: anything from nothing to a bound that doubles with each try, so that many backends that fell together do not
/// rise together.
#[derive(Debug, Clone)]
pub struct Jitter(u64);

impl Jitter {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Milliseconds before the try after `failed` failed ones: from 0 to `base · 2^failed`, at most `cap`.
    pub fn delay(&mut self, failed: u32, base: u64, cap: u64) -> u64 {
        let bound = base.saturating_mul(1_u64.checked_shl(failed).unwrap_or(u64::MAX)).min(cap);
        self.next() % (bound + 1)
    }

    /// splitmix64: short, and even enough for this.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// REL-02, REL-07
    #[test]
    fn the_bound_doubles_to_its_cap_and_all_of_it_is_used() {
        for (failed, bound) in [(0, 500), (1, 1_000), (5, 16_000), (6, 30_000), (63, 30_000), (4_000, 30_000)]
        {
            let mut jitter = Jitter::new(7);
            let seen: Vec<u64> = (0..2_000).map(|_| jitter.delay(failed, 500, 30_000)).collect();
            assert!(seen.iter().all(|ms| *ms <= bound), "{failed}");
            assert!(seen.iter().any(|ms| *ms < bound / 10) && seen.iter().any(|ms| *ms > bound - bound / 10));
        }
    }

    #[test]
    fn two_seeds_do_not_rise_together() {
        let delays = |seed| (0..8).map(|n| Jitter::new(seed).delay(n, 300, 15_000)).collect::<Vec<_>>();
        assert_ne!(delays(1), delays(2));
    }
}

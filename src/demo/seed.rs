//! Repeatable choices: the same seed and the same words give the same reply.
//!
//! Not for ids or tokens: those must differ between two runs, and come from [`fresh_hex`].

/// A small generator (splitmix64): good enough to vary replies, and the same on every machine.
#[derive(Debug, Clone)]
pub(super) struct Seed(u64);

impl Seed {
    /// The generator of `seed` for the occasion that `words` name.
    pub(super) fn of(seed: u64, words: &[&str]) -> Self {
        // FNV-1a over the words, with a separator, so that ["ab", "c"] is not ["a", "bc"].
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
        for byte in words.iter().flat_map(|word| word.bytes().chain([0xff])) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// One of `choices`, or the default of the type when there is none.
    pub(super) fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let index = self.below(choices.len() as u64) as usize;
        choices.get(index).copied().unwrap_or_default()
    }

    /// `digits` lower-case hexadecimal digits (at most 16).
    pub(super) fn hex(&mut self, digits: usize) -> String {
        let text = format!("{:016x}", self.next());
        text.chars().take(digits).collect()
    }
}

/// `digits` hexadecimal digits (at most 16) that no other process and no earlier call had, as near as chance can
/// promise: live ids and request ids must not repeat after a restart.
pub(super) fn fresh_hex(digits: usize) -> String {
    use std::hash::{BuildHasher, Hasher};
    // The standard hasher's keys are drawn from the system once, and differ for each one built.
    let drawn = std::hash::RandomState::new().build_hasher().finish();
    Seed(drawn).hex(digits)
}

#[cfg(test)]
mod tests {
    use super::{Seed, fresh_hex};

    #[test]
    fn the_same_seed_and_words_choose_the_same() {
        let choose = |seed, words: &[&str]| Seed::of(seed, words).next();
        assert_eq!(choose(7, &["work", "hello"]), choose(7, &["work", "hello"]));
        assert_ne!(choose(7, &["work", "hello"]), choose(8, &["work", "hello"]));
        assert_ne!(choose(7, &["ab", "c"]), choose(7, &["a", "bc"]));
    }

    #[test]
    fn fresh_ids_differ() {
        let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| fresh_hex(8)).collect();
        assert!(ids.len() > 998, "32 bits should hardly ever repeat in 1000 draws");
    }
}

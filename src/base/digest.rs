//! A digest for noticing lost or changed text.

/// A running digest (FNV-1a, 64 bits): the same on every machine and in every build. It is no defence against somebody who
/// wants a collision.
#[derive(Debug, Clone, Copy)]
pub struct Digest(u64);

impl Digest {
    #[must_use]
    pub fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds a text; its length counts too, so that `("a", "b")` differs from `("ab", "")`.
    pub fn write(&mut self, text: &str) {
        for byte in text.bytes().chain((text.len() as u64).to_le_bytes()) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    pub fn finish(self) -> u64 {
        self.0
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

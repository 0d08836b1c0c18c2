//! Bytes that must not be seen: a token, a password, an answer to a secret prompt.

use std::fmt;
use zeroize::Zeroizing;

/// A secret text. Its memory is overwritten when dropped, and `Debug` prints `***`. It is neither `Clone` nor
/// serialisable on purpose: it travels in its own frame, once.
#[derive(PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Every caller is a place where it leaves hermux; there should be very few.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2".into())), "***");
    }
}

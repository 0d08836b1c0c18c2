//! Which Hermes a program is, by what it prints for `--version`. Pure.

use std::fmt;

/// A version of Hermes; the words after the three numbers say nothing here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u32, pub u32, pub u32);

/// The oldest Hermes that hermux works with.
pub const LEAST: Version = Version(0, 19, 0);
/// The newest Hermes that hermux was tried with. A newer one is served by what it offers.
pub const KNOWN: Version = Version(0, 19, u32::MAX);

/// What a program that is Hermes begins its answer with.
const NAME: &str = "Hermes Agent v";

impl Version {
    /// Reads the answer to `hermes --version`: its first line is `Hermes Agent v0.19.0 (2026.7.20)`.
    pub fn read(answer: &str) -> Option<Self> {
        let line = answer.lines().find_map(|line| line.trim_start().strip_prefix(NAME))?;
        let numbers = line.split(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
        let mut numbers = numbers.split('.').map(str::parse);
        let mut next = || numbers.next().map_or(Some(0), Result::ok);
        Some(Self(next()?, next()?, next()?))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_the_words_of_hermes_and_of_nothing_else() {
        let real = "Hermes Agent v0.19.0 (2026.7.20)\nInstall directory: /x\nPython: 3.11.7\n";
        assert_eq!(Version::read(real), Some(Version(0, 19, 0)));
        assert_eq!(Version::read("warning: x\nHermes Agent v0.21\n"), Some(Version(0, 21, 0)));
        assert_eq!(Version::read("Hermes Agent v1.2.3rc1"), Some(Version(1, 2, 3)));
        for other in
            ["", "Hermes JavaScript compiler\n  Hermes release version: 0.12.0", "Hermes Agent v", "0.19.0"]
        {
            assert_eq!(Version::read(other), None, "{other:?}");
        }
        assert!(Version(0, 18, 9) < LEAST && LEAST <= KNOWN && Version(0, 20, 0) > KNOWN);
    }
}

//! What is wrong with a config, all of it, each with its place and the nearest right word.

use super::source::Origin;
use std::fmt::{self, Write as _};
use std::path::PathBuf;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub origin: Origin,
    pub what: String,
}

impl Problem {
    /// `what` is wrong at `origin`.
    pub fn new(origin: Origin, what: impl Into<String>) -> Self {
        Self { origin, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.what)
    }
}

/// A config that cannot be used, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error(
        "the config file {path} cannot be read: {why}\nMake it readable, or move it away to use the defaults."
    )]
    Unreadable { path: PathBuf, why: String },
    #[error(
        "there is no config file {path}, which --config or HERMUX_CONFIG names\n`hermux config example > {path}` makes one."
    )]
    Missing { path: PathBuf },
    #[error("{}", told(path, problems))]
    Wrong { path: PathBuf, problems: Vec<Problem> },
}

impl Broken {
    /// In one line, for a remark.
    pub fn brief(&self) -> String {
        match self {
            Self::Unreadable { why, .. } => format!("it cannot be read ({why})"),
            Self::Missing { .. } => "it is gone".into(),
            Self::Wrong { problems, .. } => match problems.as_slice() {
                [only] => only.to_string(),
                [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
                [] => String::new(),
            },
        }
    }
}

fn told(path: &std::path::Path, problems: &[Problem]) -> String {
    let count = if problems.len() == 1 { "a problem".into() } else { format!("{} problems", problems.len()) };
    let mut out = format!("the config has {count}\n  in {}\n", path.display());
    for problem in problems {
        let _ = writeln!(out, "  {problem}");
    }
    out.push_str("Mend this and start again, or move the file away to use the defaults. ");
    out.push_str("`hermux config example` shows every key.");
    out
}

/// The one of `right` that `wrong` was probably meant to be.
pub fn nearest<'a>(wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Below this two words of a few letters have little in common.
    const ALIKE: f64 = 0.5;
    let wrong = wrong.to_lowercase();
    let alike = |word: &&str| strsim::normalized_damerau_levenshtein(&wrong, &word.to_lowercase());
    let near = right.into_iter().map(|word| (alike(&word), word)).filter(|(alike, _)| *alike >= ALIKE);
    near.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, word)| word)
}

/// `; did you mean …?`, or nothing.
pub fn meant<'a>(wrong: &str, right: impl IntoIterator<Item = &'a str>, quote: &str) -> String {
    nearest(wrong, right).map(|word| format!("; did you mean {quote}{word}{quote}?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_and_none_when_nothing_is_near() {
        let words = ["mouse", "bell", "title"];
        assert_eq!(nearest("muose", words), Some("mouse"));
        assert_eq!(nearest("Titel", words), Some("title"));
        assert_eq!(nearest("colour", words), None);
    }
}

//! What may be called a profile: Hermes' rule, checked while a person types, with reasons in plain words.
//!
//! Not here: the names on disk. A directory that breaks the rule is not a profile, and nobody is told why.

use super::ids::ProfileName;
use serde::{Deserialize, Serialize};

/// Names that Hermes gives to no profile that it makes. `default` is the Hermes home itself.
const RESERVED: [&str; 6] = ["hermes", ProfileName::DEFAULT, "test", "tmp", "root", "sudo"];

/// The longest name, in characters.
pub const LONGEST: usize = 64;

/// Why what was typed cannot be a new profile's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum NameProblem {
    #[error("a profile needs a name")]
    Empty,
    #[error("a name begins with a letter or a digit, not with {}", shown(*.0))]
    Beginning(char),
    #[error("{} cannot be in a name: letters a to z, digits, - and _ can", shown(*.0))]
    Character(char),
    #[error("a name has at most {LONGEST} characters; this one has {0}")]
    Long(usize),
    #[error("\"default\" is the profile that is always there")]
    Default,
    #[error("\"{0}\" is a name that Hermes keeps for itself")]
    Reserved(String),
    #[error("there is a profile \"{0}\" already")]
    Taken(ProfileName),
}

/// A character in a message: itself where it can be seen.
fn shown(c: char) -> String {
    match c {
        ' ' => "a blank".to_owned(),
        c if c.is_ascii_graphic() || c.is_alphanumeric() => format!("\"{c}\""),
        c => format!("the character U+{:04X}", u32::from(c)),
    }
}

/// Whether Hermes refuses to make, and to open, a profile of this name.
pub fn is_reserved(name: &ProfileName) -> bool {
    RESERVED.contains(&name.as_str())
}

/// The name that Hermes would give to a new profile for what was typed (blanks around it do not count, and capitals become small
/// letters), or why it would not.
pub fn check<'a>(
    typed: &str,
    taken: impl IntoIterator<Item = &'a ProfileName>,
) -> Result<ProfileName, NameProblem> {
    let name = typed.trim().to_ascii_lowercase();
    let is_inner = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-' || *c == '_';
    let first = name.chars().next().ok_or(NameProblem::Empty)?;
    if let Some(wrong) = name.chars().find(|c| !is_inner(c)) {
        return Err(NameProblem::Character(wrong));
    }
    if first == '-' || first == '_' {
        return Err(NameProblem::Beginning(first));
    }
    let new = ProfileName::new(&name).map_err(|_| NameProblem::Long(name.len()))?;
    if new.is_default() {
        return Err(NameProblem::Default);
    }
    if is_reserved(&new) {
        return Err(NameProblem::Reserved(name));
    }
    if taken.into_iter().any(|taken| *taken == new) {
        return Err(NameProblem::Taken(new));
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(typed: &str) -> String {
        let work = ProfileName::new("work").unwrap();
        check(typed, [&work]).map_or_else(|problem| problem.to_string(), |name| format!("ok {name}"))
    }

    /// E19: every line was tried with the real `hermes profile create`.
    #[test]
    fn a_name_is_what_hermes_would_make_of_it_or_the_reason_in_plain_words() {
        let long = "x".repeat(65);
        for (typed, want) in [
            ("mine", "ok mine"),
            (" Mine\n", "ok mine"),
            ("0-a_b", "ok 0-a_b"),
            // A subcommand of Hermes is a name like any other.
            ("chat", "ok chat"),
            ("", "a profile needs a name"),
            ("  ", "a profile needs a name"),
            ("-x", "a name begins with a letter or a digit, not with \"-\""),
            ("_x", "a name begins with a letter or a digit, not with \"_\""),
            ("a b", "a blank cannot be in a name: letters a to z, digits, - and _ can"),
            ("../x", "\".\" cannot be in a name: letters a to z, digits, - and _ can"),
            ("grün", "\"ü\" cannot be in a name: letters a to z, digits, - and _ can"),
            ("a\u{202e}b", "the character U+202E cannot be in a name: letters a to z, digits, - and _ can"),
            (&long, "a name has at most 64 characters; this one has 65"),
            ("Default", "\"default\" is the profile that is always there"),
            ("tmp", "\"tmp\" is a name that Hermes keeps for itself"),
            ("hermes", "\"hermes\" is a name that Hermes keeps for itself"),
            ("WORK", "there is a profile \"work\" already"),
        ] {
            assert_eq!(told(typed), want, "{typed:?}");
        }
    }
}

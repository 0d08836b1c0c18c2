//! The config file: every key optional, a wrong one an error that names its line.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The file's content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The `hermes` program; `None`: found on `PATH`.
    pub hermes: Option<PathBuf>,
    /// Backends besides the start profile's that may run at once, 1 to 64. More run rather than work being stopped.
    pub pool: Option<Pool>,
    /// Whether switching to a profile shows its last session in place of a fresh draft.
    pub restore_last: bool,
    /// When a stored session's backend starts.
    pub prewarm: Prewarm,
    pub ui: UiConfig,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub struct Pool(pub u8);

impl TryFrom<u8> for Pool {
    type Error = &'static str;
    fn try_from(n: u8) -> Result<Self, Self::Error> {
        if (1..=64).contains(&n) { Ok(Self(n)) } else { Err("pool must be 1 to 64") }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prewarm {
    /// When the session is opened.
    Open,
    /// When its composer gets the first key.
    #[default]
    Type,
    /// When a text is sent.
    Send,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UiConfig {
    /// Wheel and clicks. Off leaves selecting text to the terminal.
    pub mouse: bool,
    /// Ring when a session begins to need the person.
    pub bell: bool,
    /// Show what needs the person in the terminal's title.
    pub title: bool,
}

impl Default for UiConfig {
    fn default() -> Self {
        Self { mouse: true, bell: true, title: true }
    }
}

/// A config file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path} cannot be read: {error}")]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error(
        "{path} is not a config of hermux; mend the line below, or move the file away to use the defaults\n{error}"
    )]
    Wrong { path: PathBuf, error: Box<toml::de::Error> },
}

impl Config {
    /// Reads `path`; a file that does not exist means the defaults.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text)
                .map_err(|error| ConfigError::Wrong { path: path.to_owned(), error: Box::new(error) }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(ConfigError::Unreadable { path: path.to_owned(), error }),
        }
    }

    /// Parses the text of a config file.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_defaults() {
        assert_eq!(Config::parse("").expect("valid"), Config::default());
    }

    #[test]
    fn a_wrong_key_is_named_with_its_line() {
        let error = Config::parse("[ui]\nmuose = false\n").expect_err("wrong").to_string();
        assert!(error.contains("line 2") && error.contains("muose"), "{error}");
    }

    #[test]
    fn a_pool_out_of_bounds_is_an_error() {
        assert!(Config::parse("pool = 0").is_err());
        assert_eq!(Config::parse("pool = 5").expect("valid").pool, Some(Pool(5)));
    }
}

//! The few settings of a profile's `config.yaml` that the demo backend reads and writes.
//!
//! Not a YAML reader: it knows the two-level form that it writes itself, and ignores every other line.

use std::io;
use std::path::{Path, PathBuf};

/// What the demo's agent can be made to sound like.
pub(super) const PERSONALITIES: [(&str, &str); 3] =
    [("concise", "says it in one line"), ("teacher", "explains each step"), ("pirate", "talks like one")];

/// A profile's settings; the names are Hermes'.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Config {
    pub(super) model: String,
    /// `manual`, `smart` or `off`.
    pub(super) approvals_mode: String,
    /// Seconds an approval waits.
    pub(super) approvals_timeout: f64,
    /// `interrupt`, `queue` or `steer`.
    pub(super) busy: String,
    /// `off`, `new`, `all` or `verbose`.
    pub(super) tool_progress: String,
    /// Empty is the model's own.
    pub(super) reasoning: String,
    /// One of [`PERSONALITIES`]; empty: none.
    pub(super) personality: String,
    /// Skills and groups of tools that are off.
    pub(super) off: Vec<String>,
    /// Danger classes that were approved for always.
    pub(super) allowlist: Vec<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            model: super::MODELS[0].into(),
            approvals_mode: "manual".into(),
            approvals_timeout: 60.0,
            busy: "interrupt".into(),
            tool_progress: "all".into(),
            reasoning: String::new(),
            personality: String::new(),
            off: Vec::new(),
            allowlist: Vec::new(),
        }
    }
}

impl Config {
    /// Where a profile keeps it.
    pub(super) fn path(profile_home: &Path) -> PathBuf {
        profile_home.join("config.yaml")
    }

    /// Reads a profile's settings; what is missing or not understood has its default.
    pub(super) fn load(profile_home: &Path) -> Self {
        std::fs::read_to_string(Self::path(profile_home)).map(|text| Self::parse(&text)).unwrap_or_default()
    }

    /// Writes them, by way of a temporary file.
    pub(super) fn save(&self, profile_home: &Path) -> io::Result<()> {
        let path = Self::path(profile_home);
        let temporary = path.with_extension("yaml.tmp");
        std::fs::write(&temporary, self.render())?;
        std::fs::rename(&temporary, &path)
    }

    fn parse(text: &str) -> Self {
        let mut config = Self::default();
        let mut section = "";
        for line in text.lines() {
            let inner = line.strip_prefix("  ").map(str::trim);
            let Some(inner) = inner else {
                section = line.trim_end().trim_end_matches(':');
                continue;
            };
            let list = match section {
                "command_allowlist" => Some(&mut config.allowlist),
                "disabled" => Some(&mut config.off),
                _ => None,
            };
            if let Some(list) = list {
                list.extend(inner.strip_prefix("- ").map(|item| item.trim_matches('"').to_owned()));
                continue;
            }
            let Some((key, value)) = inner.split_once(':') else { continue };
            let value = value.trim().trim_matches('"').to_owned();
            match (section, key) {
                ("model", "default") => config.model = value,
                ("approvals", "mode") => config.approvals_mode = value,
                ("approvals", "timeout") => config.approvals_timeout = value.parse().unwrap_or(60.0),
                ("display", "busy_input_mode") => config.busy = value,
                ("display", "tool_progress") => config.tool_progress = value,
                ("display", "personality") => config.personality = value,
                ("agent", "reasoning_effort") => config.reasoning = value,
                _ => {}
            }
        }
        config
    }

    fn render(&self) -> String {
        let mut text = format!(
            "model:\n  default: {}\n  provider: {}\napprovals:\n  mode: {}\n  timeout: {}\ndisplay:\n  \
             busy_input_mode: {}\n  tool_progress: {}\n  personality: \"{}\"\nagent:\n  reasoning_effort: \"{}\"\n",
            self.model,
            super::PROVIDER,
            self.approvals_mode,
            self.approvals_timeout,
            self.busy,
            self.tool_progress,
            self.personality,
            self.reasoning
        );
        for (name, list) in [("command_allowlist", &self.allowlist), ("disabled", &self.off)] {
            if !list.is_empty() {
                text.extend([name, ":\n"]);
            }
            for item in list {
                text.extend(["  - \"", item, "\"\n"]);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn what_is_written_is_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config {
            model: "demo-mini".into(),
            approvals_mode: "off".into(),
            approvals_timeout: 2.5,
            busy: "queue".into(),
            reasoning: "high".into(),
            personality: "pirate".into(),
            off: vec!["web".into()],
            allowlist: vec!["recursive delete".into(), "pipe to shell".into()],
            ..Config::default()
        };
        config.save(dir.path()).unwrap();
        assert_eq!(Config::load(dir.path()), config);
    }

    #[test]
    fn a_missing_or_strange_file_gives_the_defaults() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Config::load(dir.path()), Config::default());
        std::fs::write(Config::path(dir.path()), "%%%\n\t- : :\nmodel: [1, 2]\n").unwrap();
        assert_eq!(Config::load(dir.path()), Config::default());
    }
}

//! Where the settings come from: the file, the environment, the command line; read together, the later before the earlier.

use super::parse;
use super::problem::{Broken, Problem};
use super::settings::{Config, SETTINGS, Setting};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    Default,
    /// The line of the file, from 1.
    Line(usize),
    /// The variable of the environment.
    Environment(String),
    /// The flag of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Environment(name) => f.write_str(name),
            Self::Flag(name) => f.write_str(name),
        }
    }
}

/// What the settings are read from, again whenever the file changes.
#[derive(Debug, Clone, Default)]
pub struct Source {
    pub path: PathBuf,
    /// The person named the file: it must exist.
    pub named: bool,
    /// The variables `HERMUX_…`; those that name a setting set it: `HERMUX_UI_MOUSE=false`.
    pub environment: BTreeMap<String, String>,
    /// Settings that flags set: path, flag, value.
    pub flags: Vec<(&'static str, &'static str, String)>,
}

/// What was read.
#[derive(Debug, Clone, Default)]
pub struct Read {
    pub config: Config,
    /// Where the settings come from that are not the defaults, by path.
    pub origins: BTreeMap<&'static str, Origin>,
    pub problems: Vec<Problem>,
    /// The file's text; `None` when there is none.
    pub text: Option<String>,
}

impl Read {
    /// Where the setting `path` comes from.
    pub fn origin(&self, path: &str) -> Origin {
        self.origins.get(path).cloned().unwrap_or(Origin::Default)
    }
}

impl Source {
    /// The file that `flag` or `$HERMUX_CONFIG` names, else `place`; with the environment of this process.
    pub fn from_env(flag: Option<PathBuf>, place: PathBuf) -> Self {
        let ours = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
            Some((name, value.to_string_lossy().into_owned()))
        });
        let environment: BTreeMap<String, String> = ours.collect();
        let variable = environment.get("HERMUX_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from);
        let named = flag.or(variable);
        Self { named: named.is_some(), path: named.unwrap_or(place), environment, flags: Vec::new() }
    }

    /// Reads all of it; what is wrong with it is in the result. A file that nobody named and that does not exist means the
    /// defaults.
    pub fn read(&self) -> Result<Read, Broken> {
        let text = match std::fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !self.named => {
                return Ok(self.read_text(""));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Broken::Missing { path: self.path.clone() });
            }
            Err(error) => {
                return Err(Broken::Unreadable { path: self.path.clone(), why: error.to_string() });
            }
        };
        Ok(Read { text: Some(text.clone()), ..self.read_text(&text) })
    }

    /// The directory of the person's own themes, beside the file.
    pub fn themes_dir(&self) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join("themes")
    }

    /// The names of the person's own themes, sorted. A directory that cannot be read has none.
    pub fn themes(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.themes_dir()).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?.strip_suffix(".toml")?.to_owned();
            is_theme_name(&name).then_some(name)
        });
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// As [`Source::read`], of a file that contains `text`.
    pub fn read_text(&self, text: &str) -> Read {
        let mut read = parse::text(text);
        for setting in SETTINGS {
            let name = format!("{PREFIX}{}", setting.path.replace('.', "_").to_uppercase());
            if let Some(value) = self.environment.get(&name) {
                read.put(setting, value, Origin::Environment(name));
            }
            for (.., flag, value) in self.flags.iter().filter(|(path, ..)| *path == setting.path) {
                read.put(setting, value, Origin::Flag(flag));
            }
        }
        read
    }
}

/// Whether `name` can be that of a theme: it becomes part of a path.
pub fn is_theme_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Begins the names of hermux' own variables.
const PREFIX: &str = "HERMUX_";

impl Read {
    /// A value that stands outside the file, where a text needs no quotes.
    fn put(&mut self, setting: &'static Setting, text: &str, origin: Origin) {
        let quoted = toml::Value::String(text.to_owned()).to_string();
        let put = [text, &quoted].into_iter().any(|text| {
            let value = toml::de::DeValue::parse(text).ok();
            value.and_then(|value| (setting.put)(&mut self.config, value.get_ref())).is_some()
        });
        if put {
            self.origins.insert(setting.path, origin);
        } else {
            self.problems.push(Problem::new(origin, parse::not_allowed(setting, text)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        Source {
            environment: [
                ("HERMUX_UI_MOUSE", "false"),
                ("HERMUX_HERMES", "/env/hermes"),
                ("HERMUX_POOL", "0"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
            flags: vec![("hermes", "--hermes", "/flag/hermes".into())],
            ..Source::default()
        }
    }

    #[test]
    fn a_flag_goes_before_the_environment_before_the_file_before_the_default() {
        let read = source().read_text("hermes = \"/file/hermes\"\n[ui]\nmouse = true\nbell = false\n");
        assert_eq!(read.config.hermes, "/flag/hermes");
        assert_eq!(read.origin("hermes"), Origin::Flag("--hermes"));
        assert!(!read.config.ui.mouse);
        assert_eq!(read.origin("ui.mouse"), Origin::Environment("HERMUX_UI_MOUSE".into()));
        assert_eq!((read.config.ui.bell, read.origin("ui.bell")), (false, Origin::Line(4)));
        assert_eq!((read.config.ui.title, read.origin("ui.title")), (true, Origin::Default));
    }

    #[test]
    fn a_wrong_variable_is_a_problem_with_its_name() {
        let problems: Vec<String> = source().read_text("").problems.iter().map(ToString::to_string).collect();
        assert_eq!(problems, ["HERMUX_POOL: `pool` is a whole number from 1 to 64, not 0"]);
    }

    #[test]
    fn only_a_file_that_was_named_must_exist() {
        let missing = PathBuf::from("/nonexistent/hermux/config.toml");
        let unnamed = Source { path: missing.clone(), ..Source::default() };
        assert_eq!(unnamed.read().expect("the defaults").config, Config::default());
        let named = Source { named: true, ..unnamed };
        assert_eq!(named.read().expect_err("missing"), Broken::Missing { path: missing });
    }
}

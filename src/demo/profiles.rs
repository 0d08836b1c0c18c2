//! `hermes profile …` as the demo has it: profiles of its home are made, renamed and deleted for real, with the real one's words.

use super::{config::Config, home, replies, state::Store};
use crate::base::{ids::ProfileName, name};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

/// What a new profile has of the one that it is copied from.
const COPIED: [&str; 3] = ["config.yaml", "SOUL.md", ".env"];

/// Does what stands after `profile` on the command line. An error is what the real one says on a line of its own.
pub(super) fn run(root: &Path, words: &[String]) -> Result<(), String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["create", name, options @ ..] => create(root, name, options),
        ["rename", from, to] => rename(root, from, to),
        ["delete", name, "-y"] => delete(root, name),
        // It makes no commands of its profiles' names.
        ["alias", _, "--remove"] => Ok(()),
        _ => Err(format!("hermes profile: unknown words: {}", words.join(" "))),
    }
}

fn create(root: &Path, typed: &str, options: &[&str]) -> Result<(), String> {
    let new = new_name(root, typed)?;
    let (mut source, mut all, mut description) = (None, false, None);
    let mut rest = options.iter();
    while let Some(option) = rest.next() {
        match *option {
            "--no-alias" => {}
            "--clone-all" => all = true,
            "--clone-from" => source = Some(existing(root, rest.next().copied().unwrap_or_default())?),
            other => match other.strip_prefix("--description=") {
                Some(text) => description = Some(text),
                None => return Err(format!("unrecognized arguments: {other}")),
            },
        }
    }
    let made = home::profile_home(root, new.as_str());
    let fill = || -> io::Result<()> {
        fs::create_dir_all(home::workspace(&made))?;
        if let Some(source) = &source {
            let from = home::profile_home(root, source.as_str());
            if all {
                copy(&from, &made)?;
            } else {
                for file in COPIED.iter().filter(|file| from.join(file).is_file()) {
                    fs::copy(from.join(file), made.join(file))?;
                }
            }
        }
        if !Config::path(&made).exists() {
            Config::default().save(&made)?;
        }
        if !made.join("SOUL.md").exists() {
            fs::write(made.join("SOUL.md"), replies::soul(new.as_str()))?;
        }
        if let Some(text) = description {
            fs::write(made.join("profile.yaml"), described(text))?;
        }
        Store::open(&made.join("state.db")).map(drop).map_err(io::Error::other)
    };
    fill().map_err(|error| error.to_string())
}

/// A profile's description as its file has it: a JSON string is a YAML one.
pub(super) fn described(text: &str) -> String {
    format!("description: {}\ndescription_auto: false\n", serde_json::Value::from(text))
}

/// Everything but past sessions, and no other profiles.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        let of_sessions = name.to_str().is_some_and(|name| name.starts_with("state.db"));
        if kind.is_dir() && name != OsStr::new("profiles") {
            fs::create_dir_all(to.join(&name))?;
            copy(&entry.path(), &to.join(&name))?;
        } else if kind.is_file() && !of_sessions {
            fs::copy(entry.path(), to.join(&name))?;
        }
    }
    Ok(())
}

fn rename(root: &Path, from: &str, to: &str) -> Result<(), String> {
    let (from, to) = (existing(root, from)?, new_name(root, to)?);
    if from.is_default() {
        return Err("Cannot rename the default profile.".to_owned());
    }
    let home = |name: &ProfileName| home::profile_home(root, name.as_str());
    fs::rename(home(&from), home(&to)).map_err(|error| error.to_string())
}

fn delete(root: &Path, name: &str) -> Result<(), String> {
    let name = existing(root, name)?;
    if name.is_default() {
        return Err("Cannot delete the default profile (~/.hermes).".to_owned());
    }
    fs::remove_dir_all(home::profile_home(root, name.as_str())).map_err(|error| error.to_string())
}

fn existing(root: &Path, name: &str) -> Result<ProfileName, String> {
    let known = ProfileName::new(name).ok().filter(|name| home::profile_home(root, name.as_str()).is_dir());
    known.ok_or_else(|| format!("Profile '{name}' does not exist."))
}

fn new_name(root: &Path, typed: &str) -> Result<ProfileName, String> {
    let name = name::check(typed, []).map_err(|problem| problem.to_string())?;
    let home = home::profile_home(root, name.as_str());
    if home.exists() {
        Err(format!("Profile '{name}' already exists at {}", home.display()))
    } else {
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(root: &Path, line: &str) -> Result<(), String> {
        super::run(root, &line.split('|').map(str::to_owned).collect::<Vec<_>>())
    }

    /// E19: what hermux asks of Hermes is what the demo understands.
    #[test]
    fn profiles_of_the_demo_are_made_renamed_and_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        home::prepare_home(root, 1).unwrap();
        run(root, "create|new|--no-alias|--description=-y \"quoted\": x").unwrap();
        let new = root.join("profiles/new");
        assert!(new.join("config.yaml").is_file() && new.join("state.db").is_file());
        let text = fs::read_to_string(new.join("profile.yaml")).unwrap();
        assert!(text.contains(r#"description: "-y \"quoted\": x""#), "{text}");
        fs::write(new.join("SOUL.md"), "mine").unwrap();
        fs::write(new.join("extra"), "e").unwrap();
        run(root, "create|few|--no-alias|--clone-from|new").unwrap();
        run(root, "create|all|--no-alias|--clone-from|new|--clone-all").unwrap();
        for (name, extra) in [("few", false), ("all", true)] {
            let made = root.join("profiles").join(name);
            assert_eq!(fs::read_to_string(made.join("SOUL.md")).unwrap(), "mine");
            assert_eq!(made.join("extra").exists(), extra);
        }
        run(root, "rename|new|other").unwrap();
        assert!(!new.exists() && root.join("profiles/other").is_dir());
        run(root, "delete|other|-y").unwrap();
        assert!(!root.join("profiles/other").exists());
        for refused in [
            "create|work",
            "create|tmp",
            "rename|default|x",
            "rename|x|y",
            "delete|default|-y",
            "delete|work",
        ] {
            assert!(run(root, refused).is_err(), "{refused}");
        }
        assert!(root.join("profiles/work").is_dir());
    }
}

//! What a profile is, as its files say it: read and never written, bounded, and without starting anything. Hermes' own answer would cost
//! a backend.
//!
//! A value of an environment file never leaves [`keys`], which tells names alone (I12).

use super::{profiles::home_of, yaml};
use crate::base::{ids::ProfileName, sys::process::Proc, text::Untrusted};
use crate::model::fleet::{Details, EnvKey};
use rustix::fs::{Mode, OFlags};
use serde::Deserialize;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// Where Hermes keeps what a profile is for.
pub(super) const DESCRIPTION_FILE: &str = "profile.yaml";
/// The most bytes of a file that are read.
const LARGEST: u64 = 512 * 1024;
/// The most names of an environment file that are told.
const KEYS: usize = 200;
/// The longest name of a variable.
const NAME: usize = 128;
/// The longest description that is shown, in characters.
const DESCRIPTION: usize = 2_000;

/// What the files of `profile` under the Hermes home `root` say; its sessions are counted elsewhere.
pub fn details(root: &Path, profile: &ProfileName, sessions: Result<u64, Untrusted>) -> Details {
    let home = home_of(root, profile);
    let mut problems: Vec<Untrusted> = Vec::new();
    let mut told = |file: &str, why: String| problems.push(format!("{file}: {why}").into());
    let description = description(&home).unwrap_or_else(|why| {
        told(DESCRIPTION_FILE, why);
        None
    });
    let config =
        file(&home.join("config.yaml"), LARGEST).map_err(|error| error.to_string()).and_then(|text| {
            let places: [&[&str]; 4] =
                [&["model", "default"], &["model", "model"], &["model"], &["model", "provider"]];
            yaml::values(&text.unwrap_or_default(), places)
        });
    let [default, model, plain, provider] = config.unwrap_or_else(|why| {
        told("config.yaml", why);
        [None, None, None, None]
    });
    let keys = keys(&home).unwrap_or_else(|why| {
        told(".env", why);
        Vec::new()
    });
    let soul = std::fs::metadata(home.join("SOUL.md")).ok().filter(std::fs::Metadata::is_file);
    Details {
        profile: profile.clone(),
        home: home.to_string_lossy().into_owned().into(),
        description: description.unwrap_or_default(),
        model: default.or(model).or(plain).map(Untrusted::from),
        provider: provider.map(Untrusted::from),
        sessions,
        keys,
        soul: soul.map(|meta| meta.len()),
        sticky: sticky(root) == *profile,
        gateway: gateway(&home),
        problems,
    }
}

/// The profile that `hermes` itself uses when none is named (C22).
fn sticky(root: &Path) -> ProfileName {
    let text = file(&root.join("active_profile"), LARGEST).ok().flatten().unwrap_or_default();
    ProfileName::new(text.trim()).unwrap_or_else(|_| ProfileName::default_profile())
}

/// The SOUL.md of the profile at `home`; empty where there is none.
pub fn soul(root: &Path, profile: &ProfileName) -> Result<Untrusted, Untrusted> {
    let text = file(&home_of(root, profile).join("SOUL.md"), LARGEST).map_err(|error| error.to_string())?;
    Ok(text.map(|text| text.as_str().into()).unwrap_or_default())
}

/// What the profile at `home` is for, where somebody said so.
pub(super) fn description(home: &Path) -> Result<Option<Untrusted>, String> {
    let Some(text) = file(&home.join(DESCRIPTION_FILE), LARGEST).map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let [description] = yaml::values(&text, [&["description"]])?;
    let shown = |text: String| text.trim().chars().take(DESCRIPTION).collect::<String>();
    Ok(description.map(shown).filter(|text| !text.is_empty()).map(Untrusted::from))
}

/// The text of a file, which may be a link; `None` when there is none. It may hold secrets, and is wiped.
fn file(path: &Path, largest: u64) -> io::Result<Option<Zeroizing<String>>> {
    // A pipe must not keep anybody waiting.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = match rustix::fs::open(path, flags, Mode::empty()).map_err(io::Error::from) {
        Ok(file) => File::from(file),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let meta = file.metadata()?;
    let refuse = |why: String| Err(io::Error::new(ErrorKind::InvalidData, why));
    if !meta.is_file() {
        return refuse("it is not a file".to_owned());
    }
    if meta.len() > largest {
        return refuse(format!("it is larger than {} KiB", largest / 1024));
    }
    // Room for all of it, so that no copy is left behind where it grew.
    let mut bytes = Zeroizing::new(Vec::with_capacity(meta.len() as usize + 1));
    file.take(largest).read_to_end(&mut bytes)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Some(Zeroizing::new(text.to_owned()))),
        Err(_) => refuse("it is not text".to_owned()),
    }
}

/// The names in the environment file at `home`, and whether each has a value. What stands within quotes over several lines is one
/// value: none of it is taken for a name.
fn keys(home: &Path) -> Result<Vec<EnvKey>, String> {
    let text = file(&home.join(".env"), LARGEST).map_err(|error| error.to_string())?.unwrap_or_default();
    let mut keys: Vec<EnvKey> = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        let line = line.trim_start();
        let line = line.strip_prefix("export ").map_or(line, str::trim_start);
        let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) else { continue };
        let (name, value) = (name.trim_end(), value.trim());
        let set = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            // Where the value ends decides where the next name may stand.
            Some(quote) => {
                let body = value.get(1..).unwrap_or_default();
                match closing(body, quote) {
                    Some(end) => end > 0,
                    None => match closing(rest, quote) {
                        Some(end) => {
                            rest = rest
                                .get(end..)
                                .and_then(|more| more.split_once('\n'))
                                .map_or("", |(_, more)| more);
                            true
                        }
                        None => return Err("a quote in it does not end".to_owned()),
                    },
                }
            }
            None => !value.is_empty() && !value.starts_with('#'),
        };
        let fits = |name: &str| {
            let bytes = name.as_bytes();
            let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
            bytes.len() <= NAME
                && bytes.iter().all(word)
                && bytes.first().is_some_and(|b| !b.is_ascii_digit())
        };
        if !fits(name) {
            continue;
        }
        // The last one counts.
        if let Some(key) = keys.iter_mut().find(|key| key.name.raw() == name) {
            key.set = set;
        } else if keys.len() < KEYS {
            keys.push(EnvKey { name: name.into(), set });
        }
    }
    Ok(keys)
}

/// Where `quote` ends what it began.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let ends = c == quote && !escaped;
        escaped = c == '\\' && !escaped;
        ends.then_some(at)
    })
}

/// Whether the process that the profile's messaging gateway noted is the one that runs under its number now.
fn gateway(home: &Path) -> bool {
    #[derive(Deserialize)]
    struct Noted {
        pid: i32,
        #[serde(default)]
        start_time: Option<u64>,
    }
    let text = file(&home.join("gateway.pid"), LARGEST).ok().flatten();
    let noted = text.and_then(|text| serde_json::from_str::<Noted>(&text).ok());
    noted.is_some_and(|noted| {
        Proc::of(noted.pid).is_some_and(|now| noted.start_time.is_none_or(|start| start == now.start))
    })
}

#[cfg(test)]
#[path = "details_tests.rs"]
mod tests;

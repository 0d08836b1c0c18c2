//! How a profile looks, as its directory says it: `profile-meta.json` (E26), read by whoever lists profiles and written when the person
//! gives a profile another colour, so that it travels with the directory (E24).
//!
//! It is the one file in a Hermes home that hermux writes, and it is not Hermes' own. It is replaced whole, with all that others put into
//! it, and only in the directory that was looked at: not through a link, not in one that took its place.

use super::profiles::home_of;
use crate::base::{ids::ProfileName, sys::files};
use crate::model::shelf::Colour;
use rustix::fs::{AtFlags, Mode, OFlags, fstat, openat, renameat, statat, unlinkat};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

pub(super) const FILE: &str = "profile-meta.json";
/// The most bytes of the file that are read: an avatar in it may be an image.
const LARGEST: u64 = 1024 * 1024;

/// Why a colour could not be written; the words are for people.
#[derive(Debug, thiserror::Error)]
pub enum Unpainted {
    #[error("the profile's directory cannot be opened: {0}")]
    Directory(io::Error),
    #[error("the profile's directory was replaced meanwhile; nothing was written")]
    Replaced,
    #[error("{FILE} is not a file of its own (a link, a directory or a device); nothing was written")]
    NotAFile,
    #[error("{FILE} is larger than {} KiB; nothing was written", LARGEST / 1024)]
    TooLarge,
    #[error("{FILE} is not a JSON object; nothing was written, so that what is in it is not lost")]
    NotAnObject,
    #[error("{FILE} could not be read or written: {0}")]
    Io(#[from] io::Error),
}

impl From<rustix::io::Errno> for Unpainted {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Io(error.into())
    }
}

/// The colour that the profile whose home is `home` names for itself. What cannot be read or understood names none.
pub(super) fn colour(home: &Path) -> Option<Colour> {
    let directory = open_directory(home).ok()?;
    let (content, _) = read(&directory).ok().flatten()?;
    parse(fields(&content).ok()?.get("color")?)
}

/// Writes the colour of `profile` under the Hermes home `root`; `None` takes it out. May wait for the disk.
pub fn paint(root: &Path, profile: &ProfileName, colour: Option<Colour>) -> Result<(), Unpainted> {
    let home = home_of(root, profile);
    let directory = open_directory(&home).map_err(Unpainted::Directory)?;
    let old = read(&directory)?;
    let (mut fields, mode) = match &old {
        Some((content, mode)) => (fields(content).map_err(|_| Unpainted::NotAnObject)?, *mode),
        None if colour.is_none() => return Ok(()),
        None => (BTreeMap::new(), Mode::RUSR | Mode::WUSR),
    };
    let was = fields.get("color").and_then(|value| parse(value));
    match colour {
        Some(Colour(rgb)) => {
            let text = serde_json::to_string(&format!("#{rgb:06x}")).and_then(RawValue::from_string);
            fields.insert("color".to_owned(), text.map_err(io::Error::from)?);
        }
        None => drop(fields.remove("color")),
    }
    if old.is_some() && was == colour && colour.is_some() {
        return Ok(());
    }
    let mut content = serde_json::to_vec_pretty(&fields).map_err(io::Error::from)?;
    content.push(b'\n');
    replace(&directory, &home, &content, mode)
}

fn open_directory(home: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(home, flags, Mode::empty())?)
}

/// The file's bytes and mode; `None` when there is none.
fn read(directory: &OwnedFd) -> Result<Option<(Vec<u8>, Mode)>, Unpainted> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = match openat(directory, FILE, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(rustix::io::Errno::LOOP) => return Err(Unpainted::NotAFile),
        Err(error) => return Err(error.into()),
    };
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(Unpainted::NotAFile);
    }
    let mut content = Vec::new();
    (&file).take(LARGEST + 1).read_to_end(&mut content)?;
    if content.len() as u64 > LARGEST {
        return Err(Unpainted::TooLarge);
    }
    Ok(Some((content, Mode::from_raw_mode(meta.permissions().mode() & 0o777))))
}

/// Its fields, each as it stands there.
fn fields(content: &[u8]) -> serde_json::Result<BTreeMap<String, Box<RawValue>>> {
    serde_json::from_slice(content)
}

/// `#rgb` or `#rrggbb`, as everyone who writes the file does.
fn parse(value: &RawValue) -> Option<Colour> {
    let text: String = serde_json::from_str(value.get()).ok()?;
    let digits =
        text.trim().strip_prefix('#').filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let number = u32::from_str_radix(digits, 16).ok()?;
    match digits.len() {
        6 => Some(Colour(number)),
        // Each digit stands for two.
        3 => Some(Colour(((number & 0xf00) << 8 | (number & 0xf0) << 4 | number & 0xf) * 0x11)),
        _ => None,
    }
}

/// Puts `content` in the file's place: written beside it and renamed, in the directory that is still `home`.
fn replace(directory: &OwnedFd, home: &Path, content: &[u8], mode: Mode) -> Result<(), Unpainted> {
    let beside = format!(".{FILE}.{}", files::random_hex(8)?);
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let written = (|| {
        let mut file = File::from(openat(directory, beside.as_str(), flags, Mode::RUSR | Mode::WUSR)?);
        file.write_all(content)?;
        rustix::fs::fchmod(&file, mode)?;
        file.sync_all()?;
        let (open, now) = (fstat(directory)?, rustix::fs::stat(home)?);
        if (open.st_dev, open.st_ino) != (now.st_dev, now.st_ino) {
            return Err(Unpainted::Replaced);
        }
        // Somebody may have put something else there since it was read.
        match statat(directory, FILE, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(there) if !rustix::fs::FileType::from_raw_mode(there.st_mode).is_file() => {
                return Err(Unpainted::NotAFile);
            }
            _ => {}
        }
        Ok(renameat(directory, beside.as_str(), directory, FILE)?)
    })();
    if written.is_err() {
        // It may not have been made at all.
        let _ = unlinkat(directory, beside.as_str(), AtFlags::empty());
    }
    written
}

#[cfg(test)]
#[path = "appearance_tests.rs"]
mod tests;

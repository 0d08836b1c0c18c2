//! Who owns a profile's backend: one hermux per Hermes home and profile, by a lock held for life, and a note of the
//! process it started, so that the next owner can end what a violent death left behind.

use crate::base::ids::ProfileName;
use crate::base::sys::{
    files::{self, Lock, LockError},
    guarding::MARK,
    process,
};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Random digits of a mark: an empty or short one would fit a stranger.
const MARK_DIGITS: usize = 32;

/// The right to run one profile's backend.
#[derive(Debug)]
pub struct Owner {
    _lock: Lock,
    dir: PathBuf,
    stem: String,
}

/// What is noted of a running backend. Never its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The guard's process.
    pub pid: i32,
    pub start: u64,
    pub boot: String,
    /// What every process below carries in its environment.
    pub mark: String,
    pub port: Option<u16>,
}

impl Owner {
    /// Takes the profile `profile` of the Hermes root `home`; `dir` is hermux' private runtime directory. Ends what a former
    /// owner left.
    pub fn take(dir: &Path, home: &Path, profile: &ProfileName) -> Result<Self, LockError> {
        Self::take_stem(dir, format!("{}-{profile}", files::identity(home)?))
    }

    fn take_stem(dir: &Path, stem: String) -> Result<Self, LockError> {
        let who = format!("hermux {}, process {}\n", crate::base::VERSION, std::process::id());
        let lock = files::lock(dir, &format!("{stem}.lock"), &who)?;
        let owner = Self { _lock: lock, dir: dir.to_owned(), stem };
        let ended = owner.sweep();
        if ended > 0 {
            tracing::warn!(
                of = owner.stem.as_str(),
                ended,
                "ended processes that a former hermux left behind"
            );
        }
        Ok(owner)
    }

    /// Notes the backend that runs now.
    pub fn note(&self, note: &Note) -> io::Result<()> {
        files::replace_private(&self.dir, &self.note_name(), &serde_json::to_vec(note)?)
    }

    /// It ended, and nothing is left of it.
    pub fn forget(&self) {
        // What is not there is forgotten already.
        let _ = std::fs::remove_file(self.dir.join(self.note_name()));
    }

    fn note_name(&self) -> String {
        format!("{}.run", self.stem)
    }

    /// Ends what is left of the backend in the note, if this is still the same run of the machine. How many processes.
    fn sweep(&self) -> usize {
        let Ok(content) = std::fs::read(self.dir.join(self.note_name())) else { return 0 };
        let note = serde_json::from_slice::<Note>(&content);
        let ended = note.map_or(0, |note| {
            if process::boot_id().ok().as_ref() == Some(&note.boot) { end_marked(&note.mark) } else { 0 }
        });
        self.forget();
        ended
    }
}

/// Kills every process that carries `mark`. How many.
pub fn end_marked(mark: &str) -> usize {
    if mark.len() < MARK_DIGITS {
        return 0;
    }
    let mut ended = 0;
    // Whoever forks while being looked for is found by the next look.
    for _ in 0..10 {
        let left = process::marked(MARK, mark);
        if left.is_empty() {
            break;
        }
        ended += left.iter().filter(|one| one.signal(rustix::process::Signal::KILL)).count();
    }
    ended
}

/// How many processes live that a former owner left and no present one looks after. Ends nothing.
pub fn left_behind(dir: &Path) -> usize {
    let Ok(boot) = process::boot_id() else { return 0 };
    let stems = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".run")?.to_owned()));
    stems
        // Held: its owner lives.
        .filter(|stem| files::lock(dir, &format!("{stem}.lock"), "").is_ok())
        .filter_map(|stem| {
            serde_json::from_slice::<Note>(&std::fs::read(dir.join(format!("{stem}.run"))).ok()?).ok()
        })
        .filter(|note| note.boot == boot && note.mark.len() >= MARK_DIGITS)
        .map(|note| process::marked(MARK, &note.mark).len())
        .sum()
}

/// Ends what former owners of any profile left, where none of them lives any more.
pub fn sweep(dir: &Path) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        if let Some(stem) = entry.file_name().to_str().and_then(|name| name.strip_suffix(".run")) {
            // Held: its owner lives and looks after it. Anything else is told again when the profile is started.
            let _ = Owner::take_stem(dir, stem.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test's own child")]
    fn child(mark: &str) -> std::process::Child {
        std::process::Command::new("sleep").arg("1000").env(MARK, mark).spawn().unwrap()
    }

    /// REL-24, FLT-23
    #[test]
    fn what_a_dead_owner_left_is_ended_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("run");
        let (ours, strange) = (files::random_hex(16).unwrap(), files::random_hex(16).unwrap());
        let (mut left, mut stranger) = (child(&ours), child(&strange));
        let boot = process::boot_id().unwrap();
        let profile = ProfileName::new("work").unwrap();
        // The recorded pid is now a stranger's: it is not the pid that decides.
        let pid = i32::try_from(stranger.id()).unwrap();
        let note = |boot: &str| Note { pid, start: 1, boot: boot.into(), mark: ours.clone(), port: Some(1) };

        let owner = Owner::take(&dir, dir.parent().unwrap(), &profile).unwrap();
        owner.note(&note("another boot")).unwrap();
        sweep(&dir);
        assert!(dir.join(owner.note_name()).exists(), "a living owner's note is let be");
        let name = owner.note_name();
        drop(owner);
        assert_eq!(left_behind(&dir), 0);
        sweep(&dir);
        assert_eq!(left.try_wait().unwrap(), None, "marks mean nothing after a reboot");
        assert!(!dir.join(&name).exists());

        Owner::take(&dir, dir.parent().unwrap(), &profile).unwrap().note(&note(&boot)).unwrap();
        assert_eq!(left_behind(&dir), 1);
        sweep(&dir);
        left.wait().unwrap();
        assert_eq!(stranger.try_wait().unwrap(), None);
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }

    /// REL-27, FLT-26
    #[test]
    fn a_profile_of_a_home_has_one_owner_through_every_link_to_it() {
        let root = tempfile::tempdir().unwrap();
        let (dir, home, link) = (root.path().join("run"), root.path().join("h"), root.path().join("l"));
        std::fs::create_dir(&home).unwrap();
        std::os::unix::fs::symlink(&home, &link).unwrap();
        let (work, other) = (ProfileName::new("work").unwrap(), ProfileName::new("other").unwrap());
        let _held = Owner::take(&dir, &home, &work).unwrap();
        let Err(LockError::Held(who)) = Owner::take(&dir, &link, &work) else { panic!("two owners") };
        assert!(who.contains(&format!("process {}", std::process::id())), "{who}");
        Owner::take(&dir, &home, &other).unwrap();
    }
}

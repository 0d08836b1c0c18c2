//! Notices that a profile came, moved or went in a Hermes home, or says something else of itself, by the kernel's word: nothing is polled,
//! and what Hermes writes all the time wakes nobody, since only names that come and go and files that are closed are asked for.
//!
//! Watched are the home, the directory of profiles in it, and each profile's own directory. Where the system has no inotify whoever wants
//! to know looks now and then.

use super::profiles::{self, TELLING};
use crate::base::sys::awaitable;
use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use tokio::io::unix::AsyncFd;

/// A watch of a Hermes home.
#[derive(Debug)]
pub struct Watch {
    inotify: AsyncFd<OwnedFd>,
    root: PathBuf,
    /// The number of the watch of the directory of profiles.
    profiles: Option<i32>,
}

impl Watch {
    /// Watches the home `root`. Must be called within a runtime.
    ///
    /// # Errors
    /// When the system has no watch to give, or `root` is not there.
    pub fn start(root: &Path) -> io::Result<Self> {
        let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        let mut watch = Self { inotify: awaitable(inotify)?, root: root.to_owned(), profiles: None };
        watch.look()?;
        Ok(watch)
    }

    fn add(&self, directory: &Path) -> io::Result<i32> {
        let what = WatchFlags::CREATE
            | WatchFlags::DELETE
            | WatchFlags::MOVE
            | WatchFlags::CLOSE_WRITE
            | WatchFlags::DELETE_SELF
            | WatchFlags::MOVE_SELF
            | WatchFlags::ONLYDIR;
        Ok(inotify::add_watch(&self.inotify, directory, what)?)
    }

    /// Watches what is there by now, too. A directory that is watched already stays so.
    fn look(&mut self) -> io::Result<()> {
        self.add(&self.root)?;
        // What cannot be watched is looked at when something else changes.
        self.profiles = self.add(&self.root.join("profiles")).ok();
        for profile in profiles::discover(&self.root).profiles {
            let _ = self.add(&profiles::home_of(&self.root, &profile.name));
        }
        Ok(())
    }

    /// Waits until something says that the profiles changed. Cancel-safe.
    ///
    /// # Errors
    /// When the home is gone, or the system takes the watch away.
    pub async fn changed(&mut self) -> io::Result<()> {
        loop {
            let mut ready = self.inotify.readable().await?;
            let told = said(ready.get_inner(), self.profiles)?;
            ready.clear_ready();
            if told {
                return self.look();
            }
        }
    }
}

/// Takes all that the kernel has to say; whether any of it concerns the profiles.
fn said(inotify: &OwnedFd, profiles: Option<i32>) -> io::Result<bool> {
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut reader = Reader::new(inotify, &mut buffer);
    let mut told = false;
    loop {
        match reader.next() {
            Ok(event) => {
                let itself = ReadFlags::DELETE_SELF | ReadFlags::MOVE_SELF | ReadFlags::QUEUE_OVERFLOW;
                let named = |names: &[&str]| {
                    event
                        .file_name()
                        .and_then(|name| name.to_str().ok())
                        .is_some_and(|name| names.contains(&name))
                };
                let is_profile = Some(event.wd()) == profiles && event.events().contains(ReadFlags::ISDIR);
                told |= is_profile || named(&TELLING) || event.events().intersects(itself);
            }
            Err(rustix::io::Errno::AGAIN) => return Ok(told),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{create_dir, create_dir_all, remove_dir_all, rename, write};

    /// The kernel queues what happened before the call that did it returns.
    fn told(watch: &mut Watch) -> bool {
        let told = said(watch.inotify.get_ref(), watch.profiles).unwrap();
        if told {
            watch.look().unwrap();
        }
        told
    }

    /// E26, REL-20: coming, moving, going and another look of a profile are told, and nothing that Hermes writes all the time is.
    #[tokio::test]
    async fn what_concerns_the_profiles_is_told_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let (root, profiles) = (dir.path().join("h"), dir.path().join("h/profiles"));
        create_dir(&root).unwrap();
        let mut watch = Watch::start(&root).unwrap();
        create_dir(root.join("logs")).unwrap();
        assert!(!told(&mut watch));
        create_dir(&profiles).unwrap();
        assert!(told(&mut watch), "the first profile");
        create_dir(profiles.join("work")).unwrap();
        assert!(told(&mut watch));
        for quiet in ["state.db", "state.db-wal", ".env", "SOUL.md"] {
            write(root.join(quiet), "x").unwrap();
            write(profiles.join("work").join(quiet), "x").unwrap();
        }
        create_dir_all(profiles.join("work/skills/x")).unwrap();
        write(profiles.join("a file"), "").unwrap();
        assert!(!told(&mut watch));
        write(profiles.join("work/profile.yaml"), "description: x").unwrap();
        assert!(told(&mut watch));
        write(profiles.join("work/.beside"), "{}").unwrap();
        rename(profiles.join("work/.beside"), profiles.join("work/profile-meta.json")).unwrap();
        assert!(told(&mut watch));
        rename(profiles.join("work"), profiles.join("play")).unwrap();
        assert!(told(&mut watch));
        write(profiles.join("play/profile.yaml"), "description: y").unwrap();
        assert!(told(&mut watch), "under its other name, too");
        remove_dir_all(profiles.join("play")).unwrap();
        assert!(told(&mut watch));
        remove_dir_all(&root).unwrap();
        assert!(watch.changed().await.is_err(), "there is nothing to watch any more");
        assert!(Watch::start(&root).is_err());
    }
}

//! Where the hub of one user and Hermes home is found, and how it is made sure that there is one at most.
//!
//! Two locks, both the kernel's, so none is ever stale: the hub holds its own for life; who starts one holds the other until it listens,
//! and hands it to the hub that it starts. So of many who find no hub, one starts it and the others wait, and wait no longer when the one
//! who starts it dies.

use crate::{
    base::sys::{
        files::{self, Lock},
        process::Proc,
    },
    config::paths::Paths,
};
use rustix::process::Signal;
use std::{
    fs::File,
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long a hub that begins waits for one that ends: ending takes 8 s at most.
const SUCCESSION: Duration = Duration::from_secs(10);

/// The files by which a hub is found, in the private runtime directory.
#[derive(Debug, Clone)]
pub struct Place {
    dir: PathBuf,
    stem: String,
}

/// Who holds the hub's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What it says of itself.
    pub says: String,
    /// Its process, where it is sure that it is the holder's.
    process: Option<Proc>,
}

impl Holder {
    /// Asks it to end. False when that is not possible.
    pub fn terminate(&self) -> bool {
        self.process.is_some_and(|process| process.signal(Signal::TERM))
    }

    /// Its process' number.
    pub fn pid(&self) -> Option<i32> {
        self.process.map(|process| process.pid)
    }
}

impl Place {
    pub fn of(paths: &Paths) -> Self {
        Self { dir: paths.runtime.clone(), stem: paths.identity() }
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        self.dir.join(format!("{}.sock", self.stem))
    }

    fn lock_name(&self) -> String {
        format!("{}.hub.lock", self.stem)
    }

    /// The hub's lock, for life.
    ///
    /// # Errors
    /// `Held` at once: somebody has it.
    pub(super) fn take(&self) -> Result<Lock, files::LockError> {
        files::lock(&self.dir, &self.lock_name(), &who())
    }

    /// The hub's lock, as soon as the one that ends lets go of it. Blocks.
    pub(super) fn take_over(&self) -> io::Result<Lock> {
        files::lock_waiting(&self.dir, &self.lock_name(), &who())
    }

    /// Whoever holds the hub's lock, which is a hub that runs, begins or ends.
    pub fn holder(&self) -> Option<Holder> {
        let path = self.dir.join(self.lock_name());
        let says = files::held(&path)?;
        let pid = says.rsplit_once("process ").and_then(|(_, pid)| pid.trim().parse().ok());
        let process = pid.and_then(Proc::of).filter(|process| holds(*process, &path));
        Some(Holder { says, process })
    }

    /// Comes back when nobody holds the hub's lock. Blocks.
    pub fn wait_gone(&self) -> io::Result<()> {
        match File::open(self.dir.join(self.lock_name())) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            // A share: a hub that begins just now takes no other for its holder.
            Ok(file) => file.lock_shared(),
        }
    }

    /// The right to start a hub, until the file and all that was made of it is closed. Blocks while somebody else has it.
    pub(super) fn start(&self) -> io::Result<File> {
        let file = files::private_file(&self.dir, &format!("{}.start.lock", self.stem))?;
        file.lock()?;
        Ok(file)
    }
}

/// Runs `work`, which waits for a lock, on a thread of its own, for as long as a hub may take to end. A thread that waits longer is
/// left to wait: it holds nothing.
pub(super) async fn patiently<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let waiting = tokio::time::timeout(SUCCESSION, tokio::task::spawn_blocking(work));
    waiting.await.map_err(|_| io::ErrorKind::TimedOut)?.map_err(io::Error::other)?
}

fn who() -> String {
    format!("hermux {}, process {}\n", crate::base::VERSION, std::process::id())
}

/// Whether `process` has the file at `path` open: a pid in a lock file may be that of an earlier holder, and a stranger's by now.
fn holds(process: Proc, path: &Path) -> bool {
    let Ok(lock) = path.metadata() else { return false };
    process.has_open(lock.dev(), lock.ino())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> (tempfile::TempDir, Place) {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("run");
        files::private_dir(&dir).unwrap();
        (root, Place { dir, stem: "1-2".into() })
    }

    /// FLT-23
    #[test]
    fn only_a_process_that_has_the_lock_open_is_its_holder() {
        let (_root, place) = place();
        assert_eq!(place.holder(), None);
        let lock = place.take().unwrap();
        let holder = place.holder().unwrap();
        assert_eq!(holder.pid(), i32::try_from(std::process::id()).ok());
        drop(lock);
        assert_eq!(place.holder(), None, "what is written in it is of no use any more");
        // Held by us, and says that it is the first process of the machine.
        let _lock = files::lock(&place.dir, &place.lock_name(), "hermux 9, process 1\n").unwrap();
        let holder = place.holder().unwrap();
        assert_eq!((holder.pid(), holder.says.as_str()), (None, "hermux 9, process 1"));
        assert!(!holder.terminate());
    }

    #[test]
    fn whoever_waits_for_a_hub_to_go_comes_back_when_it_has() {
        let (_root, place) = place();
        place.wait_gone().unwrap();
        let lock = place.take().unwrap();
        assert!(matches!(place.take(), Err(files::LockError::Held(_))));
        let waiting = place.clone();
        let waiter = std::thread::spawn(move || waiting.take_over().unwrap());
        drop(lock);
        let _second = waiter.join().unwrap();
        assert!(place.holder().is_some());
    }
}

//! Watches the config file, and reads it anew when it changed.
//!
//! Directories are watched, not the file: editors write a new file and rename it over the old one, and the file may be a link
//! or not exist yet. Waiting costs nothing: the task wakes only when something in one of these directories does. Where the
//! system has no inotify the file is read anew only when the person asks.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::mpsc;

use super::setup::{self, Ready};
use crate::config::problem::Broken;
use crate::config::source::Source;

/// After a change, until the file is read: some editors take several steps.
const SETTLE: Duration = Duration::from_millis(50);
/// Links followed from the file on; a ring of links ends there.
const LINKS: usize = 8;

/// What the file came to.
pub(super) type Reread = Result<Box<Ready>, Broken>;

/// Watches the file of `source`, which was read as `known`. One change under way is enough: the next one waits and reads what
/// is there then.
pub(super) fn spawn(source: Source, known: Option<String>) -> mpsc::Receiver<Reread> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        if let Err(error) = run(source, known, sender).await {
            tracing::warn!(%error, "the config file is not watched");
        }
    });
    receiver
}

/// Reads the file now.
pub(super) fn reread(source: &Source) -> Reread {
    setup::load(source).map(Box::new)
}

async fn run(source: Source, mut known: Option<String>, sender: mpsc::Sender<Reread>) -> std::io::Result<()> {
    loop {
        let places = places(&source.path);
        let watch = match inotify::Watch::begin(&places) {
            Ok(Some(watch)) => watch,
            Ok(None) => return Ok(()),
            // One of them was there a moment ago.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                tokio::time::sleep(SETTLE).await;
                continue;
            }
            Err(error) => return Err(error),
        };
        // After the watch has begun, so that no change falls between.
        let text = std::fs::read_to_string(&source.path).ok();
        if text != known {
            known = text;
            if sender.send(reread(&source)).await.is_err() {
                return Ok(());
            }
        }
        tokio::select! {
            changed = watch.changed() => changed?,
            () = sender.closed() => return Ok(()),
        }
        tokio::time::sleep(SETTLE).await;
    }
}

/// The directories in which something may happen to the file: its own, and those of what it links to. In place of one that
/// does not exist, the nearest one above it that does.
fn places(file: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut at = file.to_owned();
    for _ in 0..LINKS {
        let dir = at.parent().map(Path::to_owned).unwrap_or_default();
        out.extend(dir.ancestors().find(|dir| dir.is_dir()).map(Path::to_owned));
        match std::fs::read_link(&at) {
            Ok(target) => at = dir.join(target),
            Err(_) => break,
        }
    }
    out
}

#[cfg(target_os = "linux")]
mod inotify {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::PathBuf;

    use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
    use tokio::io::unix::AsyncFd;

    use crate::base::sys::awaitable;

    pub(super) struct Watch(AsyncFd<OwnedFd>);

    impl Watch {
        /// Watches `places`. `None` where there is nothing to watch with.
        pub(super) fn begin(places: &[PathBuf]) -> io::Result<Option<Self>> {
            let fd = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
            // Not MODIFY: a file is whole when it is closed. CREATE for links and directories.
            let happens =
                WatchFlags::CLOSE_WRITE | WatchFlags::CREATE | WatchFlags::DELETE | WatchFlags::MOVE;
            let own = WatchFlags::DELETE_SELF | WatchFlags::MOVE_SELF | WatchFlags::ONLYDIR;
            for place in places {
                add_watch(&fd, place, happens | own)?;
            }
            Ok(Some(Self(awaitable(fd)?)))
        }

        /// Until something happens there.
        pub(super) async fn changed(&self) -> io::Result<()> {
            self.0.readable().await.map(drop)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod inotify {
    pub(super) struct Watch;

    impl Watch {
        pub(super) fn begin(_: &[std::path::PathBuf]) -> std::io::Result<Option<Self>> {
            Ok(None)
        }

        pub(super) async fn changed(&self) -> std::io::Result<()> {
            std::future::pending().await
        }
    }
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;

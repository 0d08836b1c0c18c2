//! What hermux keeps on disk: one SQLite file in a private directory, used by one thread of its own.
//!
//! [`image`] is what the file should hold, a projection of the patches by which `World` changes, and the outbox; [`worker`]
//! brings the file there, many changes in one transaction. A job is answered when everything before it is on disk. Nothing here
//! waits for the disk but that thread. A disk that fails costs nothing but safety (REL-15): everything goes on in memory, the
//! jobs are answered with the reason, and when the disk works again the file is written anew from the image.
//! Not here: what is decided because of it. The registry decides.

mod file;
pub mod image;
mod rows;
mod schema;
mod worker;

use crate::{
    base::{
        clock::{Tick, WallMs},
        ids::SendRef,
    },
    model::{
        kept::{Kept, Sent},
        patch::Patch,
        world::World,
    },
};
use image::{Changes, Image};
use std::{path::PathBuf, sync::mpsc::SyncSender, thread::JoinHandle};
use tokio::sync::mpsc::Receiver;
use worker::{Batch, Said};

/// The name of the file in its directory.
pub const FILE: &str = "hermux.db";

/// How long after a failure the disk is tried again, in milliseconds, when nothing else asks for it.
const RETRY: u64 = 10_000;
/// How long a job may wait for the disk, in milliseconds: a disk that stalls must not keep a text from being sent.
const PATIENCE: u64 = 5_000;

/// The first word of a store.
#[derive(Debug)]
pub struct Opening {
    /// What was kept; why nothing can be, in plain words.
    pub kept: Result<Kept, String>,
    /// Where a damaged file was put.
    pub aside: Option<PathBuf>,
}

/// A commit, or why there was none.
#[derive(Debug, PartialEq, Eq)]
pub struct Committed {
    /// Which jobs it answers.
    pub jobs: Vec<u64>,
    pub result: Result<(), String>,
    /// Where a damaged file was put.
    pub aside: Option<PathBuf>,
}

/// The hub's hand on the store.
#[derive(Debug)]
pub struct Store {
    image: Image,
    /// Not handed over yet. Bounded by what the image holds: of one row, only its last state waits.
    changes: Changes,
    jobs: Vec<u64>,
    /// Since when a batch is with the thread; at most one is.
    busy: Option<Tick>,
    /// Whether that batch is everything.
    whole: bool,
    /// Jobs of that batch.
    handed: Vec<u64>,
    /// The file is not what the image was: it is written whole, at this time at the latest.
    behind: Option<Tick>,
    /// When tick 0 was.
    epoch: WallMs,
    to: Option<SyncSender<Batch>>,
    said: Receiver<Said>,
    thread: Option<JoinHandle<()>>,
}

impl Store {
    /// A store in `dir`, which its thread makes. `epoch` is the wall time of tick 0.
    pub fn open(dir: PathBuf, epoch: WallMs) -> Self {
        let (to, said, thread) = worker::start(dir);
        Self {
            image: Image::default(),
            changes: Changes::new(),
            jobs: Vec::new(),
            busy: None,
            whole: false,
            handed: Vec::new(),
            behind: None,
            epoch,
            to: Some(to),
            said,
            thread,
        }
    }

    /// What was kept. Once, before anything else; never returns earlier than the disk answers.
    pub async fn opened(&mut self) -> Opening {
        match self.said.recv().await {
            Some(Said::Opened { image, aside }) => {
                let kept = image.map(|image| {
                    self.image.merge(*image);
                    self.image.kept()
                });
                if kept.is_err() {
                    self.behind = Some(Tick(RETRY));
                }
                Opening { kept, aside }
            }
            _ => Opening { kept: Err(NO_THREAD.to_owned()), aside: None },
        }
    }

    /// The world changed by these patches.
    pub fn take(&mut self, patches: &[Patch], world: &World) {
        for patch in patches {
            image::project(patch, world, self.epoch, &mut |key, row| {
                self.image.set(key, row, &mut self.changes);
            });
        }
    }

    /// Notes a text on its way, or what became of it.
    pub fn keep(&mut self, sent: Sent) {
        self.image.keep(sent, &mut self.changes);
    }

    /// A text is no longer on its way: it waits or was given back, and is kept as what it is now.
    pub fn forget(&mut self, reference: SendRef) {
        self.image.set(image::Key::Send(reference), None, &mut self.changes);
    }

    /// Wants to hear when everything up to here is on disk.
    pub fn job(&mut self, job: u64) {
        self.jobs.push(job);
    }

    /// Hands over what waits, if the thread is free. While the disk fails only a job or the time makes it try.
    pub fn flush(&mut self, now: Tick) {
        let wanted = match self.behind {
            Some(at) => at <= now || !self.jobs.is_empty(),
            None => !self.jobs.is_empty() || !self.changes.is_empty(),
        };
        if self.busy.is_some() || !wanted {
            return;
        }
        let changes = std::mem::take(&mut self.changes);
        let whole = self.behind.is_some();
        let changes = if whole { self.image.all() } else { changes };
        // The thread holds none, so there is room; if it is gone, its end was told or is about to be.
        if let Some(to) = &self.to
            && to.try_send(Batch { changes, whole }).is_ok()
        {
            self.handed.append(&mut self.jobs);
            self.whole = whole;
            self.busy = Some(now);
        } else {
            self.behind = Some(now.plus(RETRY));
        }
    }

    /// When [`Store::flush`] or [`Store::overdue`] has something to do although nothing comes.
    pub fn deadline(&self) -> Option<Tick> {
        match self.busy {
            Some(since) if !self.handed.is_empty() || !self.jobs.is_empty() => Some(since.plus(PATIENCE)),
            Some(_) => None,
            None => self.behind,
        }
    }

    /// Jobs that the disk has kept waiting for too long: they are answered without it.
    pub fn overdue(&mut self, now: Tick) -> Option<Committed> {
        let stalls = self.busy.is_some_and(|since| since.plus(PATIENCE) <= now);
        let gone = self.to.is_none();
        if self.handed.is_empty() && self.jobs.is_empty() || !stalls && !gone {
            return None;
        }
        let mut jobs = std::mem::take(&mut self.handed);
        jobs.append(&mut self.jobs);
        let why = if gone { NO_THREAD } else { "the disk does not answer" };
        Some(Committed { jobs, result: Err(why.to_owned()), aside: None })
    }

    /// The next commit, as the thread says it. Cancel-safe; for ever pending when the thread is gone.
    pub async fn next(&mut self) -> Done {
        loop {
            match self.said.recv().await {
                Some(Said::Committed { result, aside, found }) => {
                    self.find(found);
                    return Done { result, aside };
                }
                Some(Said::Opened { image, .. }) => self.find(image.ok()),
                None => {
                    if self.to.take().is_some() {
                        return Done { result: Err(NO_THREAD.to_owned()), aside: None };
                    }
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    /// What was on the disk although it could not be read at the start: it is kept for the next hub.
    fn find(&mut self, found: Option<Box<Image>>) {
        if let Some(found) = found {
            self.image.merge(*found);
        }
    }

    /// Takes up what [`Store::next`] said. `None`: the file was deleted or damaged under way, or the disk failed once; it is
    /// written anew before anybody is told.
    pub fn committed(&mut self, done: Done, now: Tick) -> Option<Committed> {
        self.busy = None;
        if done.result.is_err() && !self.whole {
            self.behind = Some(now);
            self.flush(now);
            if self.busy.is_some() {
                return None;
            }
        }
        self.behind = done.result.is_err().then(|| now.plus(RETRY));
        Some(Committed { jobs: std::mem::take(&mut self.handed), result: done.result, aside: done.aside })
    }

    /// Puts on disk what waits, and ends the thread.
    pub async fn close(mut self, now: Tick) {
        while self.busy.is_some() || !self.changes.is_empty() && self.behind.is_none() {
            self.flush(now);
            if self.busy.is_none() {
                break;
            }
            let done = self.next().await;
            self.committed(done, now);
        }
        self.to = None;
        if let Some(thread) = self.thread.take() {
            // It has nothing left to do but to close the file.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

const NO_THREAD: &str = "hermux has no thread to write with";

/// What the thread said of a batch.
#[derive(Debug)]
pub struct Done {
    result: Result<(), String>,
    aside: Option<PathBuf>,
}

#[cfg(test)]
mod tests;

//! The thread that has the file to itself: takes a batch, commits it, says so.

use super::{
    file::{self, File, Trouble},
    image::{Changes, Image},
};
use std::{
    path::PathBuf,
    sync::mpsc::{self, SyncSender},
    thread::{self, JoinHandle},
};
use tokio::sync::mpsc::Receiver;

/// Changes for one transaction.
#[derive(Debug)]
pub(super) struct Batch {
    pub changes: Changes,
    /// They are all that there is to be: the file is opened anew and written whole.
    pub whole: bool,
}

/// What the thread says: first that it has opened the file, then a word for each batch.
#[derive(Debug)]
pub(super) enum Said {
    Opened {
        image: Result<Box<Image>, String>,
        aside: Option<PathBuf>,
    },
    /// `found`: what was in the file, when it could not be read before.
    Committed {
        result: Result<(), String>,
        aside: Option<PathBuf>,
        found: Option<Box<Image>>,
    },
}

/// Starts the thread. It ends when the sender is dropped.
pub(super) fn start(dir: PathBuf) -> (SyncSender<Batch>, Receiver<Said>, Option<JoinHandle<()>>) {
    // One batch: the next one is handed over when this one was answered.
    let (to, batches) = mpsc::sync_channel::<Batch>(1);
    // The first word and one answer; the thread waits when nobody listens.
    let (say, said) = tokio::sync::mpsc::channel(2);
    let thread = thread::Builder::new().name("store".to_owned()).spawn(move || {
        let mut worker = Worker { dir, file: None, read: false };
        let mut aside = None;
        let image = worker.open(&mut aside).map(Box::new).map_err(|trouble| trouble.to_string());
        worker.read = image.is_ok();
        let mut heard = say.blocking_send(Said::Opened { image, aside }).is_ok();
        while heard && let Ok(batch) = batches.recv() {
            let (mut aside, mut found) = (None, None);
            let result = worker.commit(&batch, &mut aside, &mut found);
            let result = result.map_err(|trouble| trouble.to_string());
            heard = say.blocking_send(Said::Committed { result, aside, found }).is_ok();
        }
    });
    let thread = thread.inspect_err(|error| tracing::error!(%error, "the store has no thread")).ok();
    (to, said, thread)
}

struct Worker {
    dir: PathBuf,
    file: Option<File>,
    /// What was in the file is known to the hub.
    read: bool,
}

impl Worker {
    fn open(&mut self, aside: &mut Option<PathBuf>) -> Result<Image, Trouble> {
        // The old one lets go of its locks first.
        self.file = None;
        let (file, image, put) = file::open(&self.dir)?;
        *aside = put;
        self.file = Some(file);
        Ok(image)
    }

    fn commit(
        &mut self,
        batch: &Batch,
        aside: &mut Option<PathBuf>,
        found: &mut Option<Box<Image>>,
    ) -> Result<(), Trouble> {
        // What the hub could not know of stays where it is.
        let wipe = batch.whole && self.read;
        if batch.whole {
            let image = self.open(aside)?;
            if !std::mem::replace(&mut self.read, true) {
                *found = Some(Box::new(image));
            }
        }
        let Some(file) = &mut self.file else { return Err(Trouble::Other("it is not open".to_owned())) };
        // What is written into a file that was deleted is on no disk.
        if !file.is_there() {
            return Err(Trouble::Other("the file is gone".to_owned()));
        }
        file.commit(&batch.changes, wipe)
    }
}

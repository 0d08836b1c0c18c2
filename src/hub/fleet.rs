//! The profiles on disk: looked at when something there changed, and changed by the `hermes` program at the registry's word. What comes of
//! it is an input like any other.

use super::run::Hub;
use crate::{
    base::{ids::ProfileName, text::Untrusted},
    model::{fleet::Operation, shelf::Colour},
    registry::Input,
    supervisor::{appearance, profiles},
};
use std::{
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::sync::{mpsc, watch};
use tokio_util::task::AbortOnDropHandle;

/// After a change, until the disk is looked at: a profile is made in several steps.
const SETTLE: Duration = Duration::from_millis(150);
/// Between two looks where nothing tells of changes and somebody is there to see.
const POLL: Duration = Duration::from_secs(2);

/// The hub's hand on the directories of profiles.
#[derive(Debug)]
pub(super) struct Fleet {
    /// The Hermes root.
    root: PathBuf,
    /// Full only when the hub is stalled; whoever has an answer then waits.
    answers: mpsc::Sender<Input>,
    /// Whether a terminal is attached.
    attached: watch::Sender<bool>,
    watching: Option<AbortOnDropHandle<()>>,
}

impl Fleet {
    pub(super) fn new(root: PathBuf, answers: mpsc::Sender<Input>) -> Self {
        Self { root, answers, attached: watch::Sender::new(false), watching: None }
    }

    /// Tells of every change from now on.
    pub(super) fn watch(&mut self) {
        let task = watching(self.root.clone(), self.answers.clone(), self.attached.subscribe());
        self.watching = Some(AbortOnDropHandle::new(tokio::spawn(task)));
    }

    /// Whether a terminal is attached: nobody looks now and then for nobody.
    pub(super) fn attached(&self, any: bool) {
        self.attached.send_if_modified(|known| std::mem::replace(known, any) != any);
    }

    fn answer(&self, input: impl Future<Output = Option<Input>> + Send + 'static) {
        let answers = self.answers.clone();
        tokio::spawn(async move {
            if let Some(input) = input.await {
                // The hub has ended: nobody wants to know.
                let _ = answers.send(input).await;
            }
        });
    }

    /// Looks which profiles there are. What cannot be looked at says nothing.
    pub(super) fn discover(&self, look: u64) {
        let root = self.root.clone();
        self.answer(async move { seen(root, look).await.map(Input::ProfilesSeen) });
    }

    /// Waits for what `carried_out` does, and looks at the disk then.
    fn operate(&self, id: u64, carried_out: impl Future<Output = Result<(), Untrusted>> + Send + 'static) {
        let root = self.root.clone();
        self.answer(async move {
            let result = carried_out.await;
            Some(Input::Operated { id, result, seen: seen(root, id).await })
        });
    }

    fn blocking(&self, work: impl FnOnce(&Path) -> Input + Send + 'static) {
        let root = self.root.clone();
        self.answer(async move { tokio::task::spawn_blocking(move || work(&root)).await.ok() });
    }

    /// Writes the colour that the person gave to a profile into its directory.
    pub(super) fn paint(&self, id: u64, profile: ProfileName, colour: Option<Colour>) {
        self.blocking(move |root| {
            let result = appearance::paint(root, &profile, colour).map_err(|why| why.to_string().into());
            Input::Painted { id, result }
        });
    }
}

impl Hub {
    pub(super) fn operate(&self, id: u64, operation: Operation) {
        self.fleet.operate(id, self.supervisor.operate(operation));
    }
}

async fn seen(root: PathBuf, look: u64) -> Option<crate::model::fleet::Seen> {
    match tokio::task::spawn_blocking(move || profiles::seen(&root, look)).await {
        Ok(Ok(seen)) => Some(seen),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the profiles cannot be looked at");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the look at the profiles panicked");
            None
        }
    }
}

/// Says when the disk is worth a look: by the kernel's word, else every [`POLL`] while a terminal is attached.
async fn watching(root: PathBuf, answers: mpsc::Sender<Input>, mut attached: watch::Receiver<bool>) {
    loop {
        told(&root, &answers).await;
        if attached.wait_for(|any| *any).await.is_err() {
            return;
        }
        tokio::time::sleep(POLL).await;
        if answers.send(Input::ProfilesChanged).await.is_err() {
            return;
        }
    }
}

/// As long as the kernel tells.
#[cfg(target_os = "linux")]
async fn told(root: &Path, answers: &mpsc::Sender<Input>) {
    let mut watch = match crate::supervisor::watch::Watch::start(root) {
        Ok(watch) => watch,
        Err(error) => return tracing::warn!(%error, "the profiles are not watched, but looked at"),
    };
    // What changed before the watch began.
    while answers.send(Input::ProfilesChanged).await.is_ok() {
        if let Err(error) = watch.changed().await {
            return tracing::warn!(%error, "the profiles are no longer watched");
        }
        tokio::time::sleep(SETTLE).await;
    }
}

#[cfg(not(target_os = "linux"))]
async fn told(_: &Path, _: &mpsc::Sender<Input>) {}

//! Reads of `state.db` and of what the system says of processes, on blocking threads, answered as inputs of the registry.

use crate::{
    base::{
        ids::{AskId, ClientId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    history,
    model::{
        body::{Body, BodyState},
        profile::BackendState,
    },
    proto::Report,
    registry::{Input, input::Loaded},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::{Semaphore, mpsc};

/// Reads at a time. A read takes milliseconds; more at once would only contend for the disk.
const AT_ONCE: usize = 4;

/// Hands reads to blocking threads.
#[derive(Debug, Clone)]
pub(super) struct Reads {
    /// The Hermes root.
    root: PathBuf,
    /// Full only when the hub is stalled; the reading thread then waits.
    answers: mpsc::Sender<Input>,
    places: Arc<Semaphore>,
}

impl Reads {
    pub(super) fn new(root: PathBuf, answers: mpsc::Sender<Input>) -> Self {
        Self { root, answers, places: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// The home of a profile: the root itself for `default`.
    fn home(&self, profile: &ProfileName) -> PathBuf {
        if profile.is_default() {
            self.root.clone()
        } else {
            self.root.join("profiles").join(profile.as_str())
        }
    }

    fn spawn(&self, work: impl FnOnce() -> Input + Send + 'static) {
        let (answers, places) = (self.answers.clone(), Arc::clone(&self.places));
        tokio::spawn(async move {
            let Ok(_place) = places.acquire().await else { return };
            match tokio::task::spawn_blocking(work).await {
                Ok(input) => {
                    // The hub has ended: nobody wants the answer.
                    let _ = answers.send(input).await;
                }
                Err(error) => tracing::error!(%error, "a read of the history panicked"),
            }
        });
    }

    pub(super) fn load(&self, session: SessionId, profile: ProfileName, stored: StoredId) {
        let home = self.home(&profile);
        self.spawn(move || {
            let loaded = match history::load(&home, &profile, &stored) {
                Ok(tail) => Loaded { stored: tail.stored, row: tail.row, body: tail.body },
                Err(error) => Loaded {
                    stored,
                    row: None,
                    body: Body { state: BodyState::Unreadable(error.to_string().into()), ..Body::default() },
                },
            };
            Input::Loaded { session, loaded }
        });
    }

    /// Looks whether a profile's backend could start (`looker` says what keeps it) and its sessions be read.
    pub(super) fn look(
        &self,
        profile: ProfileName,
        looker: impl FnOnce(&Path) -> Option<BackendState> + Send + 'static,
    ) {
        let home = self.home(&profile);
        self.spawn(move || Input::Looked {
            stuck: looker(&home),
            store: history::check(&home).err().map(|error| error.to_string().into()),
            profile,
        });
    }

    pub(super) fn list(&self, client: ClientId, ask: AskId, profile: ProfileName, limit: u16) {
        let home = self.home(&profile);
        self.spawn(move || {
            let rows = history::list(&home, &profile, usize::from(limit));
            Input::Listed { client, ask, rows: rows.map_err(|error| Untrusted::from(error.to_string())) }
        });
    }

    /// Looks at processes for a report.
    pub(super) fn report(
        &self,
        client: ClientId,
        ask: AskId,
        whole: impl FnOnce() -> Report + Send + 'static,
    ) {
        self.spawn(move || Input::Reported { client, ask, report: Box::new(whole()) });
    }

    pub(super) fn older(
        &self,
        client: ClientId,
        ask: AskId,
        profile: &ProfileName,
        stored: StoredId,
        skip: u64,
    ) {
        let (home, profile) = (self.home(profile), profile.clone());
        self.spawn(move || {
            let messages = history::older(&home, &profile, &stored, skip);
            Input::OlderRead {
                client,
                ask,
                messages: messages.map_err(|error| Untrusted::from(error.to_string())),
            }
        });
    }
}

//! Reads of `state.db` and of what the system says of processes, on blocking threads, answered as inputs of the registry.
//!
//! What is listed and found by name comes from the [`Library`]; the rest is read from the file each time. None of it starts a backend.

use super::library::{FindAsk, Library, PageAsk};
use crate::{
    base::{
        clock::Clock,
        ids::{AskId, ClientId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    history::{self, HistoryError},
    model::{
        body::{Body, BodyState},
        profile::BackendState,
    },
    proto::{Answer, Refusal, Report},
    registry::{Input, effect::Read, input::Loaded},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Semaphore, mpsc};

/// Reads of one profile at a time. A read takes milliseconds; more at once would only contend for the disk. One whose disk hangs keeps
/// no other waiting (A04).
const AT_ONCE: usize = 2;

/// Hands reads to blocking threads.
#[derive(Debug)]
pub(super) struct Reads {
    /// The Hermes root.
    root: PathBuf,
    /// Full only when the hub is stalled; the reading thread then waits.
    answers: mpsc::Sender<Input>,
    /// `None`: what concerns no profile, or several.
    places: BTreeMap<Option<ProfileName>, Arc<Semaphore>>,
    /// The newest search of each terminal, and whether it was superseded.
    searches: BTreeMap<ClientId, Arc<AtomicBool>>,
    pub(super) library: Library,
}

/// The home of a profile: the root itself for `default`.
pub(super) fn home(root: &Path, profile: &ProfileName) -> PathBuf {
    if profile.is_default() { root.to_owned() } else { root.join("profiles").join(profile.as_str()) }
}

impl Reads {
    pub(super) fn new(root: PathBuf, clock: Clock, answers: mpsc::Sender<Input>) -> Self {
        Self {
            library: Library::new(root.clone(), clock, answers.clone()),
            root,
            answers,
            places: BTreeMap::new(),
            searches: BTreeMap::new(),
        }
    }

    /// Where answers go that come later.
    pub(super) fn answers(&self) -> mpsc::Sender<Input> {
        self.answers.clone()
    }

    fn spawn(&mut self, of: Option<ProfileName>, work: impl FnOnce() -> Input + Send + 'static) {
        let places = self.places.entry(of).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)));
        let (answers, places) = (self.answers.clone(), Arc::clone(places));
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

    pub(super) fn load(&mut self, session: SessionId, profile: ProfileName, stored: StoredId) {
        let home = home(&self.root, &profile);
        self.spawn(Some(profile.clone()), move || {
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
        &mut self,
        profile: ProfileName,
        looker: impl FnOnce(&Path) -> Option<BackendState> + Send + 'static,
    ) {
        let home = home(&self.root, &profile);
        self.spawn(Some(profile.clone()), move || Input::Looked {
            stuck: looker(&home),
            store: history::check(&home).err().map(|error| error.to_string().into()),
            profile,
        });
    }

    /// Looks at processes for a report.
    pub(super) fn report(
        &mut self,
        client: ClientId,
        ask: AskId,
        whole: impl FnOnce() -> Report + Send + 'static,
    ) {
        self.spawn(None, move || {
            let answer = Ok(Answer::Status(Box::new(whole())));
            Input::Answered { client, ask, answer }
        });
    }

    /// Answers a question, or refuses it.
    pub(super) fn read(&mut self, client: ClientId, ask: AskId, read: Read) {
        let of = match &read {
            Read::List { profile, .. }
            | Read::Older { profile, .. }
            | Read::Peek { profile, .. }
            | Read::Export { profile, .. } => Some(profile.clone()),
            _ => None,
        };
        match read {
            Read::Page { profile, sort, filter, after, limit } => {
                self.library.page(PageAsk { client, ask, profile, sort, filter, after, limit });
            }
            Read::Find { query, profiles, open } => {
                self.library.find(FindAsk { client, ask, query, profiles, open });
            }
            read => {
                let root = self.root.clone();
                self.spawn(of, move || Input::Answered { client, ask, answer: answer(&root, read) });
            }
        }
    }

    pub(super) fn stop_search(&mut self, client: ClientId) {
        if let Some(old) = self.searches.remove(&client) {
            old.store(true, Ordering::Relaxed);
        }
    }

    /// Nobody waits for the answers of a client that left.
    pub(super) fn leave(&mut self, client: ClientId) {
        self.stop_search(client);
        self.library.leave(client);
    }
}

fn unreadable(error: &HistoryError) -> Refusal {
    Refusal::Unreadable(Untrusted::from(error.to_string()))
}

/// The answer to one question.
fn answer(root: &Path, read: Read) -> Result<Answer, Refusal> {
    let done = match read {
        Read::List { profile, limit } => {
            history::list(&home(root, &profile), &profile, usize::from(limit)).map(Answer::Rows)
        }
        Read::Older { profile, stored, skip } => {
            let older = history::older(&home(root, &profile), &profile, &stored, skip);
            older.map(|(messages, more)| Answer::Older { messages, more })
        }
        Read::Locate { id, profiles } => {
            // One that cannot be read does not hide that another has it.
            let mut found =
                profiles.iter().filter_map(|name| history::find(&home(root, name), name, &id).ok());
            Ok(Answer::Located(found.find_map(|row| row).map(Box::new)))
        }
        _ => return Err(Refusal::Unreadable("this version of hermux cannot do that yet".into())),
    };
    done.map_err(|error| unreadable(&error))
}

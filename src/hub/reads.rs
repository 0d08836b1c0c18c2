//! Reads of `state.db` and of what the system says of processes, on blocking threads, answered as inputs of the registry.

use crate::{
    base::{
        fuzzy,
        ids::{AskId, ClientId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    history::{self, HistoryError},
    model::{
        body::{Body, BodyState},
        listing::{Cursor, Found, Page, StoredRow},
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

/// Reads at a time. A read takes milliseconds; more at once would only contend for the disk.
const AT_ONCE: usize = 4;

/// Hands reads to blocking threads.
#[derive(Debug)]
pub(super) struct Reads {
    /// The Hermes root.
    root: PathBuf,
    /// Full only when the hub is stalled; the reading thread then waits.
    answers: mpsc::Sender<Input>,
    places: Arc<Semaphore>,
    /// The newest of each terminal, and whether it was superseded.
    finds: BTreeMap<ClientId, Arc<AtomicBool>>,
    searches: BTreeMap<ClientId, Arc<AtomicBool>>,
}

/// The home of a profile: the root itself for `default`.
fn home(root: &Path, profile: &ProfileName) -> PathBuf {
    if profile.is_default() { root.to_owned() } else { root.join("profiles").join(profile.as_str()) }
}

impl Reads {
    pub(super) fn new(root: PathBuf, answers: mpsc::Sender<Input>) -> Self {
        Self {
            root,
            answers,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            finds: BTreeMap::new(),
            searches: BTreeMap::new(),
        }
    }

    /// Where answers go that come later.
    pub(super) fn answers(&self) -> mpsc::Sender<Input> {
        self.answers.clone()
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
        let home = home(&self.root, &profile);
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
        let home = home(&self.root, &profile);
        self.spawn(move || Input::Looked {
            stuck: looker(&home),
            store: history::check(&home).err().map(|error| error.to_string().into()),
            profile,
        });
    }

    /// Looks at processes for a report.
    pub(super) fn report(
        &self,
        client: ClientId,
        ask: AskId,
        whole: impl FnOnce() -> Report + Send + 'static,
    ) {
        self.spawn(move || {
            let answer = Ok(Answer::Status(Box::new(whole())));
            Input::Answered { client, ask, answer }
        });
    }

    /// Answers a question, or refuses it.
    pub(super) fn read(&mut self, client: ClientId, ask: AskId, read: Read) {
        let newest = match read {
            Read::Find { .. } => supersede(&mut self.finds, client),
            Read::Search { .. } => supersede(&mut self.searches, client),
            _ => Arc::default(),
        };
        let root = self.root.clone();
        self.spawn(move || {
            let answer =
                if newest.load(Ordering::Relaxed) { Err(Refusal::Superseded) } else { answer(&root, read) };
            Input::Answered { client, ask, answer }
        });
    }

    pub(super) fn stop_search(&mut self, client: ClientId) {
        if let Some(old) = self.searches.remove(&client) {
            old.store(true, Ordering::Relaxed);
        }
    }

    /// Nobody waits for the answers of a client that left.
    pub(super) fn leave(&mut self, client: ClientId) {
        self.stop_search(client);
        if let Some(old) = self.finds.remove(&client) {
            old.store(true, Ordering::Relaxed);
        }
    }
}

/// Stops the older question of a client. What tells the new one that it was stopped, too.
fn supersede(asked: &mut BTreeMap<ClientId, Arc<AtomicBool>>, client: ClientId) -> Arc<AtomicBool> {
    let new = Arc::new(AtomicBool::new(false));
    if let Some(old) = asked.insert(client, Arc::clone(&new)) {
        old.store(true, Ordering::Relaxed);
    }
    new
}

fn unreadable(error: &HistoryError) -> Refusal {
    Refusal::Unreadable(Untrusted::from(error.to_string()))
}

/// The answer to one question.
fn answer(root: &Path, read: Read) -> Result<Answer, Refusal> {
    match read {
        Read::List { profile, limit } => {
            let rows = history::list(&home(root, &profile), &profile, usize::from(limit));
            rows.map(Answer::Rows).map_err(|error| unreadable(&error))
        }
        Read::Older { profile, stored, skip } => {
            let older = history::older(&home(root, &profile), &profile, &stored, skip);
            older.map(|(messages, more)| Answer::Older { messages, more }).map_err(|error| unreadable(&error))
        }
        Read::Page { profile, after, limit, .. } => {
            let rows = history::list(&home(root, &profile), &profile, usize::MAX);
            let mut rows = rows.map_err(|error| unreadable(&error))?;
            let total = rows.len() as u64;
            let key = |row: &StoredRow| Cursor {
                number: u64::MAX - row.last_active.0,
                text: String::new(),
                lineage: row.lineage.clone(),
            };
            rows.sort_by_key(key);
            rows.retain(|row| after.as_ref().is_none_or(|after| key(row) > *after));
            let more = rows.len() > usize::from(limit);
            rows.truncate(usize::from(limit));
            let next = rows.last().filter(|_| more).map(key);
            Ok(Answer::Page(Box::new(Page { profile, rows, total, next, problem: None })))
        }
        Read::Find { query, profiles, .. } => {
            let lists = profiles.iter().map(|name| history::list(&home(root, name), name, usize::MAX));
            let rows: Vec<StoredRow> = lists.flatten().flatten().collect();
            let best = fuzzy::rank(&query, rows.iter().map(|row| row.name().raw()));
            let found = best.iter().take(200).filter_map(|hit| {
                let row = rows.get(hit.index)?.clone();
                Some(Found { row, score: hit.score, positions: hit.positions.clone() })
            });
            Ok(Answer::Found { rows: found.collect(), of: rows.len() as u64 })
        }
        Read::Locate { id, profiles } => {
            let found =
                profiles.iter().find_map(|name| history::load(&home(root, name), name, &id).ok()?.row);
            Ok(Answer::Located(found.map(Box::new)))
        }
        Read::Search { .. } | Read::Peek { .. } | Read::Export { .. } => {
            Err(Refusal::Unreadable("this version of hermux cannot do that yet".into()))
        }
    }
}

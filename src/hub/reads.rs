//! Reads of `state.db` and of what the system says of processes, on blocking threads, answered as inputs of the registry.
//!
//! What is listed and found by name comes from the [`Library`]; the rest is read from the file each time. None of it starts a backend.

use super::{
    export,
    library::{FindAsk, Library, PageAsk},
};
use crate::{
    base::{
        clock::Clock,
        ids::{AskId, ClientId, LineageRoot, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    history::{self, HistoryError},
    model::{
        body::{Body, BodyState},
        listing::Hit,
        profile::BackendState,
    },
    proto::{Answer, Refusal, Report},
    registry::{
        Input,
        effect::Read,
        input::{Loaded, Sought},
    },
    supervisor::details,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{Semaphore, mpsc};

/// Reads of one profile at a time. A read takes milliseconds; more at once would only contend for the disk. One whose disk hangs keeps
/// no other waiting (A04).
const AT_ONCE: usize = 2;
/// Hits of one search in one profile; whoever wants others says more of what they look for.
const MOST_HITS: usize = 200;

/// What reads stand in line for. A search takes long, and stands in none but that of searches.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Profile(ProfileName),
    Search(ProfileName),
    /// What concerns no profile, or several.
    All,
}

/// A search under way in several profiles.
#[derive(Debug)]
struct Searching {
    /// Profiles that are not done.
    left: usize,
    problems: Vec<(ProfileName, Untrusted)>,
}

/// Hands reads to blocking threads.
#[derive(Debug)]
pub(super) struct Reads {
    /// The Hermes root.
    root: PathBuf,
    /// Full only when the hub is stalled; the reading thread then waits.
    answers: mpsc::Sender<Input>,
    places: BTreeMap<Place, Arc<Semaphore>>,
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

    fn place(&mut self, of: Place) -> Arc<Semaphore> {
        Arc::clone(self.places.entry(of).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))))
    }

    fn spawn(&mut self, of: Place, work: impl FnOnce() -> Input + Send + 'static) {
        let (answers, places) = (self.answers.clone(), self.place(of));
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
        self.spawn(Place::Profile(profile.clone()), move || {
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

    /// Looks what is stored of a conversation.
    pub(super) fn seek(&mut self, profile: ProfileName, lineage: LineageRoot, stored: StoredId) {
        let home = home(&self.root, &profile);
        self.spawn(Place::Profile(profile.clone()), move || {
            let by_root = || StoredId::new(lineage.as_str()).map(|root| history::family(&home, &root));
            let found = match history::family(&home, &stored) {
                Ok(family) if family.rows.is_empty() => by_root().unwrap_or(Ok(family)),
                other => other,
            };
            let sought = match found {
                Ok(history::Family { rows, archived }) => Ok(Sought { rows, archived }),
                Err(error) => Err(Untrusted::from(error.to_string())),
            };
            Input::Sought { profile, lineage, sought }
        });
    }

    /// Looks whether a profile's backend could start (`looker` says what keeps it) and its sessions be read.
    pub(super) fn look(
        &mut self,
        profile: ProfileName,
        looker: impl FnOnce(&Path) -> Option<BackendState> + Send + 'static,
    ) {
        let home = home(&self.root, &profile);
        self.spawn(Place::Profile(profile.clone()), move || Input::Looked {
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
        self.spawn(Place::All, move || {
            let answer = Ok(Answer::Status(Box::new(whole())));
            Input::Answered { client, ask, answer }
        });
    }

    /// Answers a question, or refuses it.
    pub(super) fn read(&mut self, client: ClientId, ask: AskId, read: Read) {
        let of = match &read {
            Read::Older { profile, .. } | Read::Peek { profile, .. } | Read::Export { profile, .. } => {
                Place::Profile(profile.clone())
            }
            _ => Place::All,
        };
        match read {
            Read::Page { profile, sort, filter, after, limit } => {
                self.library.page(PageAsk { client, ask, profile, sort, filter, after, limit });
            }
            Read::Find { query, profiles, open } => {
                self.library.find(FindAsk { client, ask, query, profiles, open });
            }
            Read::Search { text, profiles } => self.search(client, ask, &text, profiles),
            read => {
                let root = self.root.clone();
                self.spawn(of, move || Input::Answered { client, ask, answer: answer(&root, read) });
            }
        }
    }

    /// Searches in every profile at once; whoever is done last says so. An older search of the same terminal is over.
    fn search(&mut self, client: ClientId, ask: AskId, text: &str, profiles: Vec<ProfileName>) {
        self.stop_search(client);
        let stop = Arc::<AtomicBool>::default();
        self.searches.insert(client, Arc::clone(&stop));
        let state = Arc::new(Mutex::new(Searching { left: profiles.len(), problems: Vec::new() }));
        for profile in profiles {
            let (home, text, place) =
                (home(&self.root, &profile), text.to_owned(), self.place(Place::Search(profile.clone())));
            let (answers, stop, state) = (self.answers.clone(), Arc::clone(&stop), Arc::clone(&state));
            tokio::spawn(async move {
                let Ok(_place) = place.acquire().await else { return };
                let (pieces, stopped, name) = (answers.clone(), Arc::clone(&stop), profile.clone());
                let searched = tokio::task::spawn_blocking(move || {
                    let mut emit = |hits: Vec<Hit>| {
                        let piece = Answer::Hits { hits, done: false, problems: Vec::new() };
                        if !stopped.load(Ordering::Relaxed) {
                            let _ = pieces.blocking_send(Input::Answered { client, ask, answer: Ok(piece) });
                        }
                    };
                    history::search(&home, &name, &text, MOST_HITS, &stopped, &mut emit)
                });
                let problem = match searched.await {
                    Ok(Ok(searched)) => searched.problem.map(str::to_owned),
                    Ok(Err(error)) => Some(error.to_string()),
                    Err(error) => Some(format!("the search failed: {error}")),
                };
                if let Some(answer) = ended(&state, profile, problem) {
                    let answer =
                        if stop.load(Ordering::Relaxed) { Err(Refusal::Superseded) } else { Ok(answer) };
                    let _ = answers.send(Input::Answered { client, ask, answer }).await;
                }
            });
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

/// A profile was searched. The last word of the search, when it was the last profile.
fn ended(state: &Mutex<Searching>, profile: ProfileName, problem: Option<String>) -> Option<Answer> {
    let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
    state.problems.extend(problem.map(|problem| (profile, problem.into())));
    state.left -= 1;
    let problems = std::mem::take(&mut state.problems);
    if state.left == 0 {
        return Some(Answer::Hits { hits: Vec::new(), done: true, problems });
    }
    state.problems = problems;
    None
}

fn unreadable(error: &HistoryError) -> Refusal {
    Refusal::Unreadable(Untrusted::from(error.to_string()))
}

/// The answer to one question.
fn answer(root: &Path, read: Read) -> Result<Answer, Refusal> {
    let done = match read {
        Read::Older { profile, stored, skip } => {
            let older = history::older(&home(root, &profile), &profile, &stored, skip);
            older.map(|(messages, more)| Answer::Older { messages, more })
        }
        Read::Details { profile } => {
            let counted = history::count(&home(root, &profile)).map(|count| count.listed);
            let sessions = counted.map_err(|error| Untrusted::from(error.to_string()));
            Ok(Answer::Details(Box::new(details::details(root, &profile, sessions))))
        }
        Read::Soul { profile } => {
            return details::soul(root, &profile).map(Answer::Soul).map_err(Refusal::Unreadable);
        }
        Read::Locate { id, profiles } => {
            // One that cannot be read does not hide that another has it.
            let mut found =
                profiles.iter().filter_map(|name| history::find(&home(root, name), name, &id).ok());
            Ok(Answer::Located(found.find_map(|row| row).map(Box::new)))
        }
        Read::Peek { profile, stored } => {
            let peek = history::peek(&home(root, &profile), &profile, &stored);
            peek.map(|peek| Answer::Peek(Box::new(peek)))
        }
        Read::Export { profile, stored, dir } => {
            return export::export(&home(root, &profile), &profile, &stored, &dir).map(Answer::Exported);
        }
        // These are answered above.
        Read::Page { .. } | Read::Find { .. } | Read::Search { .. } => return Err(Refusal::Superseded),
    };
    done.map_err(|error| unreadable(&error))
}

#[cfg(test)]
#[path = "reads_tests.rs"]
mod tests;

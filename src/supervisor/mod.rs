//! Backend processes and their sockets: one process and one socket a profile, started when asked for, kept up while wanted.
//!
//! For: launching under a guard, readiness, the connection and its renewal, stopping so that nothing is left, ownership.
//! Not for: which profiles run, how many, and when one is stopped (the registry decides), nor for what the frames say (`wire`).
//! What one profile does costs the others nothing: each is a task of its own.

pub mod appearance;
pub mod backoff;
mod child;
pub mod details;
pub mod failure;
pub mod health;
pub mod launch;
mod link;
pub mod log;
mod operation;
pub mod owner;
mod probe;
pub mod profiles;
pub mod record;
pub mod rest;
pub mod slot;
pub mod slot_table;
mod socket;
pub mod state;
pub mod version;
mod warning;
#[cfg(target_os = "linux")]
pub mod watch;
mod yaml;

use crate::base::sys::files::LockError;
use crate::base::{
    clock::Clock,
    ids::{Epoch, ProfileName},
    text::Untrusted,
};
use crate::model::{fleet::Operation, profile::BackendState};
use crate::wire::{
    OutFrame,
    rest::{Request, Response},
};
use failure::Failure;
use launch::Launcher;
use link::Link;
use owner::Owner;
use record::Record;
use rest::RestError;
use socket::{Outgoing, Outlet};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Processes that start at the same time: each costs a second of a core.
const STARTS: usize = 2;
/// Events of all profiles under way to the hub. A full queue makes the readers of sockets wait; a reader of pipes never.
const EVENTS: usize = 1024;
/// Orders to one profile that wait; its task takes them at once, so a full queue is a task that is gone.
const ORDERS: usize = 64;

/// What a supervisor needs to know.
#[derive(Debug)]
pub struct Settings {
    /// The Hermes root; names, with the profile, who owns what.
    pub home: PathBuf,
    /// hermux' private runtime directory.
    pub runtime: PathBuf,
    pub launcher: Box<dyn Launcher>,
    /// What to call the program in messages.
    pub program: String,
    /// The hub's.
    pub clock: Clock,
    /// For the jitter of waits.
    pub seed: u64,
}

/// What became of a profile's backend.
#[derive(Debug)]
pub enum Event {
    /// To be shown. `Live` comes after `Connected` and the greeting's text.
    State(BackendState),
    /// A connection was made; nothing of an earlier one counts any more.
    Connected {
        epoch: Epoch,
    },
    Text {
        epoch: Epoch,
        text: String,
    },
    /// What Hermes says is wrong with the profile's config file. Comes before `Live`.
    BadConfig(Untrusted),
    /// A frame that is no text, which Hermes never sends.
    NotText {
        epoch: Epoch,
    },
    /// The connection is gone; with `process`, so is the process. Said once more, with `process`, when the process ends after
    /// its connection.
    Disconnected {
        epoch: Epoch,
        process: bool,
        why: Untrusted,
    },
}

/// What a profile's task is told.
#[derive(Debug)]
enum Order {
    Start,
    Stop,
    Shutdown,
    Reconnect(String),
    Reject(String),
}

/// What the tasks of all profiles share.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    events: mpsc::Sender<(ProfileName, Event)>,
    starts: Arc<Semaphore>,
    /// Events are not waited with any more.
    ending: CancellationToken,
}

#[derive(Debug)]
struct Handle {
    orders: mpsc::Sender<Order>,
    outlet: Outlet,
    record: Arc<Mutex<Record>>,
    task: JoinHandle<()>,
}

/// The backends of one Hermes root. Dropping it without [`Supervisor::shutdown`] ends them, too: their guards see to it.
#[derive(Debug)]
pub struct Supervisor {
    shared: Arc<Shared>,
    links: Mutex<BTreeMap<ProfileName, Handle>>,
    tasks: TaskTracker,
}

impl Supervisor {
    /// A supervisor without any backend, and where it tells what happens. Ends what a hermux that died left behind. Must be called
    /// within a runtime.
    pub fn new(settings: Settings) -> (Self, mpsc::Receiver<(ProfileName, Event)>) {
        owner::sweep(&settings.runtime);
        let (events, receiver) = mpsc::channel(EVENTS);
        let shared = Shared {
            settings,
            events,
            starts: Arc::new(Semaphore::new(STARTS)),
            ending: CancellationToken::new(),
        };
        (Self { shared: Arc::new(shared), links: Mutex::default(), tasks: TaskTracker::new() }, receiver)
    }

    /// Has this profile's backend running. Nothing for one that runs or wakes; ends the wait of one that retries or is stuck.
    pub fn start(&self, profile: &ProfileName) {
        if self.shared.ending.is_cancelled() {
            return;
        }
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let handle = links.entry(profile.clone()).or_insert_with(|| {
            let (orders, receiver) = mpsc::channel(ORDERS);
            let (outlet, record) = (Outlet::default(), Arc::default());
            let link = Link::new(profile.clone(), self.shared.clone(), outlet.clone(), Arc::clone(&record));
            let task = self.tasks.spawn(link.run(receiver));
            Handle { orders, outlet, record, task }
        });
        tell(profile, handle, Order::Start);
    }

    /// What keeps the backend of the profile at `home` from starting, by a look at files alone: it may be slow where the disk is.
    /// For a thread for such things.
    pub fn looker(&self) -> impl FnOnce(&Path) -> Option<BackendState> + Send + 'static {
        let shared = self.shared.clone();
        move |home| {
            let failure = look(&shared.settings, home).err()?;
            Some(failure.show(false, false, Vec::new()))
        }
    }

    /// What is remembered of each profile's processes; one that never had any is not in it.
    pub fn records(&self) -> BTreeMap<ProfileName, Record> {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let record = |handle: &Handle| handle.record.lock().unwrap_or_else(PoisonError::into_inner).clone();
        links.iter().map(|(profile, handle)| (profile.clone(), record(handle))).collect()
    }

    /// Ends this profile's backend: INT, then TERM, then KILL, and everything below it.
    pub fn stop(&self, profile: &ProfileName) {
        self.order(profile, Order::Stop);
    }

    /// Sends a frame on the present connection. Without one it goes nowhere: whoever waits for an answer was told that the
    /// connection is gone.
    pub fn send(&self, profile: &ProfileName, frame: OutFrame) {
        if frame.text().len() > socket::MAX_SENT {
            tracing::warn!(
                profile = profile.as_str(),
                method = frame.method(),
                "a frame too large for Hermes was not sent"
            );
            return;
        }
        let full = {
            let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
            links.get(profile).is_some_and(|handle| !handle.outlet.send(Outgoing::Frame(frame)))
        };
        if full {
            self.reconnect(profile, "it takes nothing that is sent to it");
        }
    }

    /// Makes a request to this profile's backend, over HTTP, as long as it is connected. What is dropped is hung up.
    pub fn rest(
        &self,
        profile: &ProfileName,
        request: Request,
    ) -> impl Future<Output = Result<Response, RestError>> + Send + 'static {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let door = links.get(profile).and_then(|handle| handle.outlet.door());
        async move {
            match door {
                Some(door) => door.ask(request).await,
                None => Err(RestError::NotConnected),
            }
        }
    }

    /// Has the program change the profiles, when nothing of hermux' is left in those that it touches: their tasks end, and no other
    /// hermux may own them meanwhile. An error is the program's words, or why it could not be asked.
    pub fn operate(
        &self,
        operation: Operation,
    ) -> impl Future<Output = Result<(), Untrusted>> + Send + 'static {
        let names: Vec<ProfileName> = operation.names().into_iter().cloned().collect();
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        // Without a hand on it each ends by itself, and lets go of its profile.
        let tasks: Vec<_> =
            names.iter().filter_map(|name| links.remove(name)).map(|handle| handle.task).collect();
        drop(links);
        let shared = self.shared.clone();
        async move {
            for task in tasks {
                // It is bounded by itself. One that panicked has ended, too.
                let _ = task.await;
            }
            let settings = &shared.settings;
            let mut owners = Vec::new();
            for name in &names {
                owners.push(Owner::take(&settings.runtime, &settings.home, name).map_err(
                    |error| match error {
                        LockError::Held(who) => format!("another hermux holds profile {name}: {who}"),
                        LockError::Io(error) => error.to_string(),
                    },
                )?);
            }
            settings.launcher.operate(&operation).await
        }
    }

    /// Drops the connection and makes another.
    pub fn reconnect(&self, profile: &ProfileName, why: &str) {
        self.order(profile, Order::Reconnect(why.to_owned()));
    }

    /// Ends a backend that serves another profile (`serves`) than it was started for.
    pub fn reject(&self, profile: &ProfileName, serves: String) {
        self.order(profile, Order::Reject(serves));
    }

    fn order(&self, profile: &ProfileName, order: Order) {
        let links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = links.get(profile) {
            tell(profile, handle, order);
        }
    }

    /// Ends every backend, all at the same time, and comes back when nothing of them is left: within 8 s. Nothing is started from
    /// now on. Events need not be received meanwhile.
    pub async fn shutdown(self) {
        self.shared.ending.cancel();
        for (profile, handle) in self.links.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            tell(profile, handle, Order::Shutdown);
        }
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Whether a backend could be started in `home`, as far as files say.
fn look(settings: &Settings, home: &Path) -> Result<(), Failure> {
    settings.launcher.check()?;
    if !settings.home.is_dir() {
        return Err(Failure::NoHome(settings.home.display().to_string()));
    }
    match std::fs::read_dir(home) {
        Ok(_) => Ok(()),
        // A profile that is not there: Hermes says so.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::Unreadable(home.display().to_string(), error.to_string())),
    }
}

fn tell(profile: &ProfileName, handle: &Handle, order: Order) {
    if let Err(error) = handle.orders.try_send(order) {
        tracing::error!(profile = profile.as_str(), %error, "a backend's task takes no orders");
    }
}

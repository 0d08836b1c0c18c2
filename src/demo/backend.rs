//! What the tasks of the backend share: the live sessions, the sockets, the settings and the database, under one lock that
//! is never held across an await; and how an event finds its socket.

use super::aside::Process;
use super::config::Config;
use super::frames;
use super::options::{Environment, Options};
use super::seed::fresh_hex;
use super::session::{Ask, AskKind, Session, SocketId};
use super::state::Store;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

/// How long a write waits for a slow socket, as in Hermes; then the frame is lost.
const WRITE_WAIT: Duration = Duration::from_secs(10);

/// Everything behind the lock.
#[derive(Debug)]
pub(super) struct State {
    pub(super) store: Store,
    pub(super) config: Config,
    pub(super) sessions: BTreeMap<String, Session>,
    pub(super) sockets: BTreeMap<SocketId, mpsc::Sender<Message>>,
    /// Danger classes approved for a stored session, until the process ends.
    pub(super) approved: BTreeMap<String, BTreeSet<String>>,
    /// The pretended processes that run beside the turns.
    pub(super) processes: BTreeMap<String, Process>,
    pub(super) next_socket: SocketId,
    pub(super) next_session: u64,
}

impl State {
    /// The live session with this id.
    pub(super) fn session(&mut self, live: &str) -> Option<&mut Session> {
        self.sessions.get_mut(live).filter(|session| !session.closed)
    }

    /// Takes a live session out. One with a running turn stays known to that turn alone.
    pub(super) fn close(&mut self, live: &str, reason: &str) -> bool {
        let Some(session) = self.session(live) else { return false };
        let stored = session.stored.clone();
        if session.turn.is_some() {
            session.closed = true;
        } else {
            self.sessions.remove(live);
        }
        note(self.store.end(&stored, reason, super::home::now()));
        true
    }
}

/// A failed write must not end a turn: it is said on standard error, where the real one says such things.
pub(super) fn note<T, E: std::fmt::Display>(outcome: Result<T, E>) -> Option<T> {
    use std::io::Write;
    // Nobody reading is no reason to stop.
    outcome.map_err(|error| writeln!(std::io::stderr(), "demo backend: {error}")).ok()
}

/// The running backend.
#[derive(Debug)]
pub(super) struct Backend {
    pub(super) options: Options,
    pub(super) environment: Environment,
    /// The profile that it says it is.
    pub(super) profile: String,
    /// The profile's home.
    pub(super) home: PathBuf,
    /// Frames written to sockets so far.
    pub(super) frames: std::sync::atomic::AtomicU64,
    /// Cancelled when the process is to end.
    pub(super) stop: CancellationToken,
    state: Mutex<State>,
}

impl Backend {
    pub(super) fn new(options: Options, environment: Environment, home: PathBuf, store: Store) -> Arc<Self> {
        let state = State {
            store,
            config: Config::load(&home),
            sessions: BTreeMap::new(),
            sockets: BTreeMap::new(),
            approved: BTreeMap::new(),
            processes: BTreeMap::new(),
            next_socket: 1,
            next_session: 1,
        };
        Arc::new(Self {
            profile: options.faults.report_profile.clone().unwrap_or_else(|| options.profile.clone()),
            options,
            environment,
            home,
            frames: std::sync::atomic::AtomicU64::new(0),
            stop: CancellationToken::new(),
            state: Mutex::new(state),
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves plain data behind; going on is what a backend does.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A waiting time of the script, at this launch's pace.
    pub(super) fn paced(&self, millis: u64) -> Duration {
        Duration::from_millis(millis * u64::from(self.options.pace) / 100)
    }

    /// Sends an event of the session `live` to the socket that owns its stream. Without a socket it is lost; of a session
    /// that is no more it goes to standard output.
    pub(super) async fn emit(&self, live: &str, kind: &str, payload: Value) {
        self.deliver(live, frames::event(live, kind, payload)).await;
    }

    /// As [`Self::emit`], for a frame that is made already.
    pub(super) async fn deliver(&self, live: &str, frame: Value) {
        let socket = {
            let state = self.lock();
            let session = state.sessions.get(live).filter(|session| !session.closed);
            session.map(|session| session.owner.and_then(|id| state.sockets.get(&id).cloned()))
        };
        match socket {
            Some(Some(socket)) => {
                // A slow reader loses frames, as with the real one; a closed channel is a socket that just went.
                let _ = tokio::time::timeout(WRITE_WAIT, socket.send(Message::text(frame.to_string()))).await;
            }
            Some(None) => {}
            None => super::pipes::stdout(format!("{frame}\n").into_bytes()).await,
        }
    }

    /// Sends `session.info` for `live`.
    pub(super) async fn emit_info(&self, live: &str) {
        let info = {
            let mut state = self.lock();
            let config = state.config.clone();
            state.sessions.get_mut(live).map(|session| frames::full_info(session, &self.profile, &config))
        };
        if let Some(info) = info {
            self.emit(live, "session.info", info).await;
        }
    }

    /// Builds the agent of `live`, after the time that takes: `session.info`, or an error without a provider. Once.
    pub(super) async fn build(&self, live: &str) {
        tokio::time::sleep(self.options.build_delay).await;
        let todo = match self.lock().sessions.get_mut(live) {
            Some(session) if !session.built => {
                session.built = !self.options.faults.no_provider;
                true
            }
            _ => false,
        };
        if todo && self.options.faults.no_provider {
            let message = format!("agent init failed: {}", super::NO_PROVIDER);
            self.emit(live, "error", serde_json::json!({ "message": message })).await;
        } else if todo {
            self.emit_info(live).await;
        }
    }

    /// Parks a prompt on `live`; the receiver gets the answer, or an error when the prompt is taken away.
    pub(super) fn park(&self, live: &str, kind: AskKind) -> (String, oneshot::Receiver<String>) {
        let (answer, receiver) = oneshot::channel();
        let request_id = fresh_hex(8);
        if let Some(session) = self.lock().sessions.get_mut(live) {
            session.asks.push_back(Ask { kind, request_id: request_id.clone(), answer });
        }
        (request_id, receiver)
    }

    /// Takes a prompt back that nobody waits for any more.
    pub(super) fn unpark(&self, live: &str, request_id: &str) {
        if let Some(session) = self.lock().sessions.get_mut(live) {
            session.asks.retain(|ask| ask.request_id != request_id);
        }
    }

    /// A socket went: its sessions lose their stream, and those idle at the end of the grace time are closed.
    pub(super) async fn socket_gone(self: Arc<Self>, socket: SocketId) {
        let mut orphans = Vec::new();
        {
            let mut state = self.lock();
            state.sockets.remove(&socket);
            let mut close = Vec::new();
            for session in state.sessions.values_mut().filter(|session| session.owner == Some(socket)) {
                session.owner = None;
                session.last_owner = socket;
                let list = if session.close_on_disconnect { &mut close } else { &mut orphans };
                list.push(session.live.clone());
            }
            for live in close {
                state.close(&live, "ws_disconnect");
            }
        }
        let Some(grace) = self.options.orphan_grace.or(self.environment.orphan_grace) else { return };
        tokio::time::sleep(grace).await;
        let mut state = self.lock();
        for live in orphans {
            let idle = state.session(&live).is_some_and(|session| {
                session.owner.is_none() && session.last_owner == socket && session.turn.is_none()
            });
            if idle {
                state.close(&live, "ws_orphan_reap");
            }
        }
    }
}

//! One profile's task: it lets [`Slot`] decide, and has the process, the connection and the clock that the slot has not.
//!
//! It never waits for anything but the next thing to happen, and for room in the hub's queue: that wait holds up this
//! profile's socket, and nothing else.

mod show;

use super::child::Child;
use super::failure::{Failure, LOG_LINES, Probe};
use super::health::{Act, Health};
use super::log::Log;
use super::owner::Owner;
use super::profiles;
use super::record::Record;
use super::rest::Door;
use super::slot::Slot;
use super::socket::{self, Connected, DialError, Incoming, Line, Outgoing, Outlet};
use super::state::{Effect, Event as Happened, State};
use super::{Event, Order, Shared, warning};
use crate::base::clock::{Clock, Tick};
use crate::base::ids::{Epoch, ProfileName};
use crate::base::sys::files::LockError;
use crate::model::profile::BackendState;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use std::future::pending;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_tungstenite::tungstenite::{self, Message};

/// Milliseconds between two looks at a starting backend: its ready file, and its last line for the person.
const LOOK_MS: u64 = 250;

/// A connection that stands.
struct Socket {
    incoming: Incoming,
    epoch: Epoch,
    greeted: bool,
    health: Health,
}

pub(super) struct Link {
    profile: ProfileName,
    shared: Arc<Shared>,
    outlet: Outlet,
    record: Arc<Mutex<Record>>,
    slot: Slot,
    /// The right to this profile, once it was needed; held for life.
    owner: Option<Owner>,
    /// Waiting for its turn to start.
    turn: Option<BoxFuture<'static, Option<OwnedSemaphorePermit>>>,
    /// Held until the process said its port, ended, or is called slow.
    starting: Option<OwnedSemaphorePermit>,
    child: Option<Child>,
    log: Arc<Log>,
    dial: Option<BoxFuture<'static, Result<Connected, DialError>>>,
    socket: Option<Socket>,
    /// The program is asked what it is, since it takes so long to get ready.
    probing: Option<BoxFuture<'static, Probe>>,
    /// It did not even answer that.
    silent: bool,
    epoch: u64,
    /// The process was greeted once.
    was_live: bool,
    /// The last trouble, in words.
    why: String,
    shown: BackendState,
    look_at: Tick,
}

/// What woke the task.
enum Wake {
    Order(Option<Order>),
    Turn(Option<OwnedSemaphorePermit>),
    Exit(Option<i32>),
    Port,
    Dialed(Result<Connected, DialError>),
    Frame(Option<Result<Message, tungstenite::Error>>),
    Probed(Probe),
    Time,
}

async fn maybe<F: Future + Unpin>(future: Option<&mut F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}

impl Link {
    pub(super) fn new(
        profile: ProfileName,
        shared: Arc<Shared>,
        outlet: Outlet,
        record: Arc<Mutex<Record>>,
    ) -> Self {
        // One seed a profile, so that those that fell together do not rise together.
        let seed =
            profile.as_str().bytes().fold(shared.settings.seed, |seed, b| seed.rotate_left(7) ^ u64::from(b));
        Self {
            profile,
            shared,
            outlet,
            record,
            slot: Slot::new(seed),
            owner: None,
            turn: None,
            starting: None,
            child: None,
            log: Arc::default(),
            dial: None,
            socket: None,
            probing: None,
            silent: false,
            epoch: 0,
            was_live: false,
            why: String::new(),
            shown: BackendState::Cold,
            look_at: Tick(0),
        }
    }

    /// Runs until a shutdown was ordered, or nobody is there to order anything, and the process is gone.
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut last = false;
        while !(last && self.child.is_none()) {
            match self.wait(&mut orders, last).await {
                Wake::Order(Some(Order::Start)) => self.happen(Happened::Start),
                Wake::Order(Some(Order::Stop)) => self.happen(Happened::Stop),
                Wake::Order(Some(Order::Shutdown) | None) => {
                    last = true;
                    self.happen(Happened::Shutdown);
                }
                Wake::Order(Some(Order::Reconnect(why))) => self.lost(&why).await,
                Wake::Order(Some(Order::Reject(serves))) => {
                    self.happen(Happened::Unfit(Failure::WrongProfile(serves)));
                }
                Wake::Turn(permit) => self.spawn(permit),
                Wake::Exit(code) => self.exited(code).await,
                Wake::Port => self.look(),
                Wake::Dialed(Ok(connected)) => self.connected(connected).await,
                Wake::Dialed(Err(error)) => {
                    self.dial = None;
                    self.why = error.to_string();
                    self.happen(Happened::Unconnected);
                }
                Wake::Frame(Some(Ok(message))) => self.frame(message).await,
                Wake::Frame(Some(Err(error))) => self.lost(&error.to_string()).await,
                Wake::Frame(None) => self.lost("it closed the connection").await,
                Wake::Probed(probe) => self.probed(&probe),
                Wake::Time => self.time().await,
            }
            self.show().await;
        }
    }

    async fn wait(&mut self, orders: &mut mpsc::Receiver<Order>, last: bool) -> Wake {
        let due = [
            self.slot.due(),
            self.socket.as_ref().map(|socket| socket.health.due()),
            matches!(self.slot.state(), State::Waking { .. }).then_some(self.look_at),
        ];
        let due = due.into_iter().flatten().min().map(|due| self.shared.settings.clock.instant(due));
        let (mut port, mut exit) = (None, None);
        if let Some(child) = &mut self.child {
            port = Some(Box::pin(child.port.changed()));
            exit = Some(&mut child.exit);
        }
        tokio::select! {
            order = orders.recv(), if !last => Wake::Order(order),
            permit = maybe(self.turn.as_mut()) => Wake::Turn(permit),
            code = maybe(exit) => Wake::Exit(code),
            Ok(()) = maybe(port.as_mut()) => Wake::Port,
            dialed = maybe(self.dial.as_mut()) => Wake::Dialed(dialed),
            probe = maybe(self.probing.as_mut()) => Wake::Probed(probe),
            frame = async { match &mut self.socket { Some(socket) => socket.incoming.next().await, None => pending().await } } => Wake::Frame(frame),
            () = async { match due { Some(due) => tokio::time::sleep_until(due).await, None => pending().await } } => Wake::Time,
        }
    }

    fn now(&self) -> Tick {
        self.shared.settings.clock.now()
    }

    /// Tells the slot, and does what it says.
    fn happen(&mut self, event: Happened) {
        for effect in self.slot.on(event, self.now()) {
            match effect {
                Effect::Spawn => {
                    let starts = self.shared.starts.clone();
                    self.turn = Some(Box::pin(async move { starts.acquire_owned().await.ok() }));
                    self.look_at = self.now();
                }
                Effect::CancelSpawn => self.turn = None,
                Effect::Dial => self.begin_dial(),
                Effect::HangUp => self.dial = None,
                Effect::Ask => self.with_child(|child| child.control.ask()),
                Effect::Kill => self.with_child(Child::kill),
            }
        }
    }

    fn note(&self, write: impl FnOnce(&mut Record)) {
        write(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn with_child(&self, act: impl FnOnce(&Child)) {
        if let Some(child) = &self.child {
            act(child);
        }
    }

    fn spawn(&mut self, permit: Option<OwnedSemaphorePermit>) {
        self.turn = None;
        match self.begin_process() {
            Ok(child) => {
                self.log = child.log.clone();
                let (guard, now) = (child.control.identity().map(|(pid, _)| pid), self.now());
                self.note(|record| record.started(guard, now));
                self.child = Some(child);
                self.starting = permit;
                (self.was_live, self.silent) = (false, false);
                self.happen(Happened::Spawned);
            }
            Err(failure) => {
                self.why = failure.what();
                self.happen(Happened::SpawnFailed(failure));
            }
        }
    }

    fn begin_process(&mut self) -> Result<Child, Failure> {
        let settings = &self.shared.settings;
        super::look(settings, &profiles::home_of(&settings.home, &self.profile))?;
        if self.owner.is_none() {
            self.owner =
                Some(Owner::take(&settings.runtime, &settings.home, &self.profile).map_err(|error| {
                    match error {
                        LockError::Held(who) => Failure::Elsewhere(who),
                        LockError::Io(error) => Failure::System(error.to_string()),
                    }
                })?);
        }
        let child = Child::start(&*settings.launcher, &self.profile, &settings.runtime)?;
        if let Some(owner) = &self.owner {
            child.note(owner, None);
        }
        tracing::info!(profile = self.profile.as_str(), "a backend was started");
        Ok(child)
    }

    /// Looks whether the port was announced, on a pipe or in the ready file.
    fn look(&mut self) {
        self.look_at = self.now().plus(LOOK_MS);
        if self.child.as_ref().and_then(Child::announced).is_none() {
            return;
        }
        self.starting = None;
        self.happen(Happened::Announced);
    }

    fn begin_dial(&mut self) {
        let Some(child) = &self.child else { return };
        let Some(port) = child.announced() else { return };
        self.note(|record| record.announced(port));
        if let Some(owner) = &self.owner {
            child.note(owner, Some(port));
        }
        self.dial = Some(Box::pin(socket::dial(port, child.token.clone(), child.control.clone())));
    }

    async fn connected(&mut self, connected: Connected) {
        self.dial = None;
        let Some((child, port)) = self.child.as_ref().and_then(|child| Some((child, child.announced()?)))
        else {
            return;
        };
        let door = Arc::new(Door::new(port, child.token.clone(), child.control.clone()));
        self.epoch += 1;
        let epoch = Epoch(self.epoch);
        let health = Health::new(self.now());
        self.socket = Some(Socket { incoming: connected.incoming, epoch, greeted: false, health });
        self.emit(Event::Connected { epoch }).await;
        // Only now: what the hub sends belongs to the connection that it was told of.
        self.outlet.set(Some(Line { frames: connected.send, door }));
    }

    async fn frame(&mut self, message: Message) {
        let now = self.now();
        let Some(socket) = &mut self.socket else { return };
        socket.health.heard(now);
        let epoch = socket.epoch;
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return self.emit(Event::NotText { epoch }).await,
            Message::Close(_) => return self.lost("it closed the connection").await,
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => return,
        };
        if socket::is_pong(&text) {
            return self.happen(Happened::Heard);
        }
        let greets = !socket.greeted && socket::is_greeting(&text);
        let greeted = socket.greeted;
        socket.greeted |= greets;
        self.emit(Event::Text { epoch, text: text.as_str().to_owned() }).await;
        if greets {
            if let Some(wrong) = warning::config(&self.log.tail(LOG_LINES)) {
                self.emit(Event::BadConfig(wrong)).await;
            }
            self.was_live = true;
            self.happen(Happened::Greeted);
        } else if greeted {
            self.happen(Happened::Heard);
        }
    }

    /// The connection is gone, or given up.
    async fn lost(&mut self, why: &str) {
        if self.drop_socket(why, false).await {
            self.happen(Happened::Unconnected);
        }
    }

    /// Whether there was one.
    async fn drop_socket(&mut self, why: &str, process: bool) -> bool {
        self.outlet.set(None);
        self.why = why.to_owned();
        let had = self.socket.take().is_some();
        if had || process && self.epoch > 0 {
            self.emit(Event::Disconnected { epoch: Epoch(self.epoch), process, why: why.into() }).await;
        }
        had
    }

    async fn exited(&mut self, code: Option<i32>) {
        let Some(child) = self.child.take() else { return };
        if let Some(owner) = &self.owner {
            owner.forget();
        }
        (self.starting, self.probing) = (None, None);
        let mut failure = child.failure(code, self.was_live, &self.shared.settings.program);
        if matches!(self.slot.state(), State::Waking { .. }) && failure.is_worth_a_probe() {
            tokio::select! {
                probe = self.shared.settings.launcher.probe() => {
                    failure = failure.knowing(&probe, &self.shared.settings.program);
                }
                () = self.shared.ending.cancelled() => {}
            }
        }
        tracing::info!(profile = self.profile.as_str(), code, how = failure.what(), "a backend ended");
        self.note(|record| record.ended(self.slot.state(), &failure, Clock::wall()));
        self.drop_socket(&failure.what(), true).await;
        self.happen(Happened::Exited(failure));
    }

    /// What a program says of itself that takes long to get ready.
    fn probed(&mut self, probe: &Probe) {
        self.probing = None;
        self.silent = *probe == Probe::Silent;
        let failure = Failure::NotReady.knowing(probe, &self.shared.settings.program);
        if failure != Failure::NotReady && matches!(self.slot.state(), State::Waking { .. }) {
            self.happen(Happened::Unfit(failure));
        }
    }

    async fn time(&mut self) {
        let now = self.now();
        if matches!(self.slot.state(), State::Waking { .. }) && self.look_at <= now {
            self.look();
        }
        self.happen(Happened::Time);
        if matches!(self.slot.state(), State::Waking { slow: true, .. }) {
            // Others need not wait for this one.
            if self.starting.take().is_some() {
                self.probing = Some(self.shared.settings.launcher.probe());
            }
        }
        let Some(socket) = &mut self.socket else { return };
        let act = socket.health.on_time(now);
        if act.is_some() && !socket.greeted {
            return self.lost("it did not greet hermux").await;
        }
        if act.is_some() {
            self.outlet.send(Outgoing::Ping);
        }
        if act == Some(Act::PingQuiet) {
            self.happen(Happened::Quiet);
        }
    }
}

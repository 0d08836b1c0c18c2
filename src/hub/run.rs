//! The hub's loop.

use super::{
    clients::{Clients, Room},
    fleet::Fleet,
    keeping, library,
    links::{Links, Outcome},
    reads::Reads,
    report::Identity,
    vault::Vault,
};
use crate::{
    base::{
        clock::{Clock, Tick, WallMs},
        ids::{ClientId, ProfileName},
    },
    model::{agent::Link, profile::Profile, terminal::TerminalInfo},
    proto::{CONTRACT, ToHub, Update, report::Starter, update::Goodbye},
    registry::{Input, Registry},
    store::{self, Store},
    supervisor::{Event, Supervisor},
    transport::{
        port::{Frame, HubPort},
        updates::Updates,
    },
};
use std::{
    collections::{BTreeMap, VecDeque},
    path::PathBuf,
    time::Duration,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Inputs taken before what changed is sent. Bounds how long a flood in one place holds up the others.
const BATCH: usize = 256;
/// Frames of all terminals under way to the loop; a full queue makes terminals wait with their next command.
const FRAMES: usize = 256;
/// Answers of reads under way to the loop; a full queue makes reads wait.
const READS: usize = 64;
/// Lagging terminals that found room at once; a full queue makes the next one wait for its snapshot.
const ROOMS: usize = 16;
/// How long the goodbye may take to be written to terminals that do not read.
const FAREWELL: Duration = Duration::from_millis(500);
/// Terminals at a time: each may cost some megabytes while it does not read.
const TERMINALS: u32 = 64;
/// How long a terminal may take to say who it is, in milliseconds. It says so in the breath in which it connects.
const HELLO: u64 = 5_000;

/// What a hub is made of.
#[derive(Debug)]
pub struct Settings {
    /// The Hermes root.
    pub root: PathBuf,
    /// The profiles found on disk, in their order.
    pub profiles: Vec<Profile>,
    /// The directory of what hermux keeps.
    pub store: PathBuf,
    pub clock: Clock,
    /// Who started it.
    pub starter: Starter,
    /// Where terminals of other processes attach.
    pub socket: Option<PathBuf>,
}

/// The hub: one task that owns everything that runs.
#[derive(Debug)]
pub struct Hub {
    pub(super) clock: Clock,
    pub(super) registry: Registry,
    pub(super) clients: Clients,
    pub(super) links: Links,
    pub(super) vault: Vault,
    pub(super) reads: Reads,
    pub(super) fleet: Fleet,
    pub(super) store: Store,
    pub(super) supervisor: Supervisor,
    /// Inputs that came of executing effects; stepped before anything else.
    pub(super) inputs: VecDeque<Input>,
    /// The registry has nothing more to wait for.
    pub(super) done: bool,
    pub(super) identity: Identity,
    profiles: Vec<Profile>,
    /// Terminals that have not said hello, and since when.
    strangers: BTreeMap<ClientId, (Updates, Tick)>,
    next_client: u64,
    frames_in: mpsc::Sender<(ClientId, Option<Frame>)>,
    frames: mpsc::Receiver<(ClientId, Option<Frame>)>,
    events: mpsc::Receiver<(ProfileName, Event)>,
    answers: mpsc::Receiver<Input>,
    rooms: mpsc::Receiver<Room>,
}

/// Whatever woke the loop.
enum Wake {
    Terminal(ClientId, Option<Frame>),
    Backend(ProfileName, Event),
    Input(Box<Input>),
    Room(Room),
    Stored(store::Done),
    News(library::News),
}

impl Hub {
    pub fn new(
        settings: Settings,
        registry: Registry,
        supervisor: Supervisor,
        events: mpsc::Receiver<(ProfileName, Event)>,
    ) -> Self {
        let (frames_in, frames) = mpsc::channel(FRAMES);
        let (answers_in, answers) = mpsc::channel(READS);
        let (rooms_in, rooms) = mpsc::channel(ROOMS);
        Self {
            clock: settings.clock,
            registry,
            clients: Clients::new(rooms_in),
            links: Links::default(),
            vault: Vault::default(),
            reads: Reads::new(settings.root.clone(), settings.clock, answers_in.clone()),
            fleet: Fleet::new(settings.root, answers_in),
            store: Store::open(
                settings.store,
                WallMs(Clock::wall().0.saturating_sub(settings.clock.now().0)),
            ),
            supervisor,
            inputs: VecDeque::new(),
            done: false,
            identity: Identity::new(settings.starter, settings.socket),
            profiles: settings.profiles,
            strangers: BTreeMap::new(),
            next_client: 1,
            frames_in,
            frames,
            events,
            answers,
            rooms,
        }
    }

    /// Runs until `stop`, then ends every backend and says goodbye. Terminals attach by `ports`. Cancels `stop` itself as soon as it is
    /// to end for another reason.
    pub async fn run(mut self, mut ports: mpsc::Receiver<HubPort>, stop: CancellationToken) {
        self.restore().await;
        let profiles = std::mem::take(&mut self.profiles);
        self.step(Input::ProfilesSeen(profiles.into()));
        self.fleet.watch();
        self.hand_over(self.clock.now());
        let mut ending = false;
        while !self.done {
            let deadline = self.deadline();
            let wake = tokio::select! {
                () = stop.cancelled(), if !ending => {
                    ending = true;
                    Some(Wake::Input(Box::new(Input::Ending)))
                }
                Some(port) = ports.recv() => {
                    self.attach(port);
                    None
                }
                Some((client, frame)) = self.frames.recv() => Some(Wake::Terminal(client, frame)),
                Some((profile, event)) = self.events.recv() => Some(Wake::Backend(profile, event)),
                Some(input) = self.answers.recv() => Some(Wake::Input(Box::new(input))),
                Some(room) = self.rooms.recv() => Some(Wake::Room(room)),
                done = self.store.next() => Some(Wake::Stored(done)),
                Some(news) = self.reads.library.next() => Some(Wake::News(news)),
                () = sleep_until(self.clock, deadline) => None,
            };
            if let Some(wake) = wake {
                self.wake(wake);
            }
            self.drain();
            self.timers();
            self.hand_over(self.clock.now());
            self.flush();
            if self.registry.is_ending() {
                // Whatever made it end: whoever comes now had better find the next hub.
                stop.cancel();
            }
        }
        let told = self.clients.dismiss(&Goodbye::Ending);
        self.supervisor.shutdown().await;
        keeping::close(self.store, self.clock.now()).await;
        // A terminal that is not told takes the hub for dead and starts another.
        let heard = async {
            for updates in told {
                updates.closed().await;
            }
        };
        let _ = tokio::time::timeout(FAREWELL, heard).await;
    }

    /// Takes what else is there, from each place in turn, so that a flood in one starves no other.
    fn drain(&mut self) {
        for _ in 0..BATCH / 4 {
            let mut idle = true;
            if let Ok((client, frame)) = self.frames.try_recv() {
                idle = false;
                self.wake(Wake::Terminal(client, frame));
            }
            if let Ok((profile, event)) = self.events.try_recv() {
                idle = false;
                self.wake(Wake::Backend(profile, event));
            }
            if let Ok(input) = self.answers.try_recv() {
                idle = false;
                self.wake(Wake::Input(Box::new(input)));
            }
            if let Ok(room) = self.rooms.try_recv() {
                idle = false;
                self.wake(Wake::Room(room));
            }
            if idle {
                return;
            }
        }
    }

    fn wake(&mut self, wake: Wake) {
        match wake {
            Wake::Terminal(client, Some(frame)) => self.frame(client, frame),
            Wake::Terminal(client, None) => self.leave(client),
            Wake::Backend(profile, event) => self.event(profile, event),
            Wake::Input(input) => self.step(*input),
            Wake::Stored(done) => {
                let committed = self.store.committed(done, self.clock.now());
                self.stored(committed);
            }
            Wake::News(news) => {
                if let Some(input) = self.reads.library.heard(news) {
                    self.step(input);
                }
            }
            Wake::Room(room) => self.clients.caught_up(room, self.registry.world(), self.clock.now()),
        }
    }

    /// Steps one input and everything that comes of it.
    pub(super) fn step(&mut self, input: Input) {
        self.inputs.push_back(input);
        while let Some(input) = self.inputs.pop_front() {
            let step = self.registry.step(input, self.clock.now());
            self.clients.push(&step.patches);
            self.store.take(&step.patches, self.registry.world());
            for effect in step.effects {
                self.execute(effect);
            }
        }
    }

    fn attach(&mut self, port: HubPort) {
        if self.strangers.len() + self.clients.len() >= TERMINALS as usize {
            tracing::warn!("a terminal was turned away: there are {TERMINALS}");
            // Its queue is empty yet; what is in it is written before the connection ends.
            let _ = port.updates.try_send(Update::Goodbye(Goodbye::Full(TERMINALS)));
            return;
        }
        let client = ClientId(self.next_client);
        self.next_client += 1;
        self.strangers.insert(client, (port.updates, self.clock.now()));
        let (frames, mut from_terminal) = (self.frames_in.clone(), port.from_terminal);
        tokio::spawn(async move {
            while let Some(frame) = from_terminal.recv().await {
                if frames.send((client, Some(frame))).await.is_err() {
                    return;
                }
            }
            // The hub has ended: nobody wants to know.
            let _ = frames.send((client, None)).await;
        });
    }

    fn frame(&mut self, client: ClientId, frame: Frame) {
        let message = match frame {
            Frame::Secret { handle, secret } if self.clients.knows(client) => {
                return self.vault.put(client, handle, secret, self.clock.now());
            }
            Frame::Secret { .. } => return tracing::warn!("a terminal gave a secret before its hello"),
            Frame::Message(message) => *message,
        };
        match message {
            ToHub::Hello { contract, terminal } => self.greet(client, contract, terminal),
            ToHub::Resync => self.clients.resync(client),
            ToHub::Bye => self.leave(client),
            ToHub::Command { ask, command } if self.clients.knows(client) => {
                self.step(Input::Command { client, ask, command, wall: Clock::wall() });
            }
            ToHub::Command { .. } => tracing::warn!("a terminal gave a command before its hello"),
        }
    }

    fn greet(&mut self, client: ClientId, contract: u32, terminal: Option<TerminalInfo>) {
        let Some((updates, _)) = self.strangers.remove(&client) else { return };
        if contract != CONTRACT {
            // A terminal that does not read its first update is gone already.
            let _ = updates.try_send(Update::Goodbye(Goodbye::WrongContract(CONTRACT)));
            return;
        }
        // First, so that it is in the world that it is welcomed to.
        self.step(Input::ClientJoined { client, terminal });
        let (now, last) = (self.clock.now(), self.registry.last_shown());
        let primary = self.registry.primary().clone();
        self.clients.join(client, updates, (primary, last), self.registry.world(), now);
        self.fleet.attached(true);
    }

    fn leave(&mut self, client: ClientId) {
        self.strangers.remove(&client);
        if self.clients.leave(client) {
            self.vault.wipe_client(client);
            self.reads.leave(client);
            self.fleet.attached(self.clients.len() > 0);
            self.step(Input::ClientLeft { client });
        }
    }

    fn event(&mut self, profile: ProfileName, event: Event) {
        let now = self.clock.now();
        match event {
            Event::State(state) => self.step(Input::Link { profile, link: Link::State(state) }),
            Event::BadConfig(wrong) => self.step(Input::Link { profile, link: Link::BadConfig(wrong) }),
            Event::Connected { epoch } => {
                let outcomes = self.links.connected(&profile, epoch);
                self.settle(&profile, outcomes);
            }
            Event::Text { epoch, text } => {
                let outcomes = self.links.text(&profile, epoch, &text, now);
                self.settle(&profile, outcomes);
            }
            Event::NotText { epoch } => {
                let outcomes = self.links.not_text(&profile, epoch, now);
                self.settle(&profile, outcomes);
            }
            Event::Disconnected { process, why, .. } => {
                // The registry hears of the end first, so that it knows what a lost reply means.
                let outcomes = self.links.disconnected(&profile);
                self.step(Input::Link { profile: profile.clone(), link: Link::Down { process, why } });
                self.settle(&profile, outcomes);
            }
        }
    }

    /// Carries out what came of something that a backend said.
    pub(super) fn settle(&mut self, profile: &ProfileName, outcomes: Vec<Outcome>) {
        for outcome in outcomes {
            match outcome {
                Outcome::Input(input) => self.step(*input),
                Outcome::Send(frame) => self.supervisor.send(profile, frame),
                Outcome::Reconnect(why) => self.supervisor.reconnect(profile, why),
                Outcome::Reject { serves } => self.supervisor.reject(profile, serves),
            }
        }
    }

    fn timers(&mut self) {
        let now = self.clock.now();
        for (profile, outcomes) in self.links.expire(now) {
            self.settle(&profile, outcomes);
        }
        self.vault.expire(now);
        for input in self.reads.library.turn(now) {
            self.step(input);
        }
        // Who is let go is hung up on.
        self.strangers.retain(|_, (_, since)| now.since(*since) < HELLO);
        if self.registry.next_timer().is_some_and(|at| at <= now) {
            self.step(Input::Timer);
        }
    }

    /// When the loop must wake although nothing comes.
    fn deadline(&self) -> Option<Tick> {
        let hello = self.strangers.values().map(|(_, since)| since.plus(HELLO)).min();
        let deadlines = [
            self.registry.next_timer(),
            self.links.next_deadline(),
            self.store.deadline(),
            self.vault.next_deadline(),
            self.reads.library.deadline(self.clock.now()),
            hello,
        ];
        deadlines.into_iter().flatten().min()
    }

    fn flush(&mut self) {
        for client in self.clients.flush() {
            self.leave(client);
        }
    }
}

/// Sleeps until `deadline`, for ever without one.
async fn sleep_until(clock: Clock, deadline: Option<Tick>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(clock.instant(at)).await,
        None => std::future::pending().await,
    }
}

//! The session-keyed runtime registry: a pure reducer over everything that happens.
//!
//! [`Registry::step`] takes one [`Input`] and the time, decides, and returns patches and effects. It waits for nothing, reads
//! no clock and touches nothing outside. There is no "current session": every input is resolved to its owner by session, or by
//! profile and live id (I7). The world changes only through `World::apply` (I1).

mod attention;
mod body;
mod bound;
mod branch;
mod catalog;
mod children;
mod configure;
pub mod effect;
mod elsewhere;
mod fleet;
pub mod input;
mod leaving;
mod linger;
mod looks;
mod notices;
mod on_command;
mod on_fact;
mod on_link;
mod on_reply;
mod opening;
mod outbox;
mod pool;
mod profiles;
mod prompts;
mod queue;
mod reads;
mod reconcile;
mod residency;
mod resolve;
mod restore;
mod resync;
mod review;
mod runtime;
mod send;
mod settle;
mod shelf;
mod stop_all;
mod stream;
mod terminals;
mod timers;
mod turns;
mod watchdog;
mod wishes;
mod writes;
mod writing;

pub use effect::{Effect, Step};
pub use input::Input;

use crate::{
    base::{
        clock::{Tick, WallMs},
        ids::{CallId, NoticeId, ProfileName, SendRef, SessionId},
    },
    config::limits::Limits,
    model::{
        agent::{Call, Rest},
        kept::Kept,
        patch::{BodyChange, Change, Patch},
        session::Session,
        world::World,
    },
};
use effect::JobId;
use fleet::Fleet;
use linger::Linger;
use outbox::Job;
use runtime::{Kind, Pending, Run, Wires};
use std::collections::{BTreeMap, VecDeque};
use terminals::Terminals;
use timers::{Key, Timers};
use writes::Writes;

/// What the registry is told once.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The profile that hermux was started with.
    pub primary: ProfileName,
    /// The directory that hermux was started in: where a session is created when nothing else is known.
    pub cwd: String,
    pub limits: Limits,
    /// The first number that may be minted: above every session id that was ever kept.
    pub first_id: u64,
}

#[derive(Debug)]
pub struct Registry {
    settings: Settings,
    world: World,
    runs: BTreeMap<SessionId, Run>,
    wires: BTreeMap<ProfileName, Wires>,
    calls: BTreeMap<CallId, Pending>,
    jobs: BTreeMap<JobId, Job>,
    /// The references of the last sends, oldest first.
    known: VecDeque<SendRef>,
    timers: Timers,
    terminals: Terminals,
    linger: Linger,
    fleet: Fleet,
    writes: Writes,
    /// The notice that crash safety is off.
    unsafe_store: Option<NoticeId>,
    /// What must be added to a tick to make wall time of it, as the last one who said knew it.
    epoch: WallMs,
    /// What was kept of sessions whose profile is not there (yet).
    absent: Kept,
    /// hermux ends: nothing new is begun.
    ending: bool,
    next_id: u64,
    now: Tick,
    out: Step,
}

impl Registry {
    pub fn new(settings: Settings) -> Self {
        Self {
            next_id: settings.first_id,
            settings,
            world: World::default(),
            runs: BTreeMap::new(),
            wires: BTreeMap::new(),
            calls: BTreeMap::new(),
            jobs: BTreeMap::new(),
            known: VecDeque::new(),
            timers: Timers::default(),
            terminals: Terminals::default(),
            linger: Linger::default(),
            fleet: Fleet::default(),
            writes: Writes::default(),
            unsafe_store: None,
            epoch: WallMs::default(),
            absent: Kept::default(),
            ending: false,
            now: Tick::default(),
            out: Step::default(),
        }
    }

    /// The profile that hermux was started with, by its present name; `default` once that one is gone.
    pub fn primary(&self) -> &ProfileName {
        &self.settings.primary
    }

    /// Whether it was told to end, or ends by itself: nothing new begins.
    pub fn is_ending(&self) -> bool {
        self.ending
    }

    /// What all terminals share.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// When the registry next wants an `Input::Timer`, if nothing else happens.
    pub fn next_timer(&self) -> Option<Tick> {
        self.timers.next()
    }

    /// Decides what follows from one input. Time never runs backwards here, whatever `now` says.
    pub fn step(&mut self, input: Input, now: Tick) -> Step {
        self.now = self.now.max(now);
        let told = matches!(input, Input::Fact { .. });
        match input {
            Input::ClientJoined { client, terminal } => self.on_joined(client, terminal),
            Input::ClientLeft { client } => self.on_left(client),
            Input::Command { client, ask, command, wall } => self.on_command(client, ask, command, wall),
            Input::Fact { profile, live, fact } => self.on_fact(&profile, live, fact),
            Input::Reply { call, reply } => self.on_reply(call, reply),
            Input::Link { profile, link } => self.on_link(&profile, link),
            Input::ProfilesSeen(seen) => self.on_profiles(seen),
            Input::ProfilesChanged => self.look_for_profiles(),
            Input::Operated { id, result, seen } => self.on_operated(id, result, seen),
            Input::Painted { id, result } => self.on_painted(id, result),
            Input::Loaded { session, loaded } => self.on_loaded(session, loaded),
            Input::Sought { profile, lineage, sought } => self.on_sought(profile, lineage, sought),
            Input::Looked { profile, stuck, store } => self.on_looked(&profile, stuck, store),
            Input::Answered { client, ask, answer } => self.effect(match answer {
                Ok(answer) => Effect::Answer { client, ask, answer },
                Err(reason) => Effect::Refuse { client, ask, reason },
            }),
            Input::StoreChanged { profile } => self.on_store_changed(&profile),
            Input::Restored { kept, wall } => self.on_restored(kept, wall),
            Input::Stored { jobs, result } => self.on_stored(jobs, result),
            Input::PutAside(place) => self.on_put_aside(&place),
            Input::Ending => self.on_ending(),
            Input::Timer => self.on_timer(),
        }
        if !told || self.out.patches.iter().any(review::concerns) {
            self.review();
        }
        self.note_all_held();
        std::mem::take(&mut self.out)
    }

    fn on_timer(&mut self) {
        while let Some(key) = self.timers.due(self.now) {
            match key {
                Key::Watch(session) => self.on_silence(session),
                Key::Prompt(session, prompt) => self.expire_prompt(session, prompt),
                Key::Settle(session) => self.settled(session),
                Key::Delete(profile, lineage) => self.on_delete_due(profile, lineage),
                Key::Elsewhere(profile) => self.look_elsewhere(&profile),
                Key::Early(profile) => self.forget_early(&profile),
                // It follows every step that is no fact.
                Key::Review => {}
            }
        }
    }

    fn mint(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn session(&self, id: SessionId) -> Option<&Session> {
        self.world.sessions.get(&id)
    }

    fn run(&mut self, id: SessionId) -> &mut Run {
        self.runs.entry(id).or_default()
    }

    fn wire(&mut self, profile: &ProfileName) -> &mut Wires {
        self.wires.entry(profile.clone()).or_default()
    }

    /// Changes the world, and says so.
    fn emit(&mut self, patch: Patch) {
        match self.world.apply(&patch) {
            Ok(()) => self.out.patches.push(patch),
            Err(error) => self.log("a patch did not fit", error.to_string()),
        }
    }

    fn head(&mut self, session: SessionId, change: Change) {
        self.emit(Patch::Session { session, change });
    }

    fn body(&mut self, session: SessionId, change: BodyChange) {
        self.emit(Patch::Body { session, change });
    }

    fn effect(&mut self, effect: Effect) {
        self.out.effects.push(effect);
    }

    fn log(&mut self, what: &'static str, detail: impl Into<String>) {
        self.effect(Effect::Log { what, detail: detail.into() });
    }

    /// Makes a request over HTTP. Only while the profile's link is up.
    fn ask_rest(&mut self, profile: &ProfileName, what: Rest, kind: Kind) {
        let (call, timeout) = (CallId(self.mint()), self.settings.limits.call);
        self.calls.insert(call, Pending { profile: profile.clone(), kind });
        self.effect(Effect::Rest { call, profile: profile.clone(), what, timeout });
    }

    /// Makes a call. Only while the profile's link is up.
    fn call(&mut self, profile: &ProfileName, what: Call, timeout: u64, kind: Kind) -> CallId {
        let call = CallId(self.mint());
        self.calls.insert(call, Pending { profile: profile.clone(), kind });
        self.effect(Effect::Call { call, profile: profile.clone(), what, timeout });
        call
    }
}

#[cfg(test)]
mod tests;

//! The life of one backend and of the connection to it, as a pure function of what happens: which state follows, and what is
//! to be done. No process, no socket and no clock here; `link` has those.
//!
//! There is at most one process, and a new one is asked for only after the former was seen to end. Once
//! [`Event::Shutdown`] came, nothing is ever started again.

use super::backoff::Jitter;
use super::failure::Failure;
use super::state::{
    CRASHES, Effect, Event, FAILED_STARTS, FORGIVEN_MS, GIVE_UP_MS, LOOP_MS, Lost, REDIAL_MS, RESTART_MS,
    SETTLED_MS, SLOW_MS, STOP_MS, State, Then,
};
use crate::base::clock::Tick;
use std::collections::VecDeque;

/// One backend's life.
#[derive(Debug, Clone)]
pub struct Slot {
    state: State,
    jitter: Jitter,
    /// The process runs.
    child: bool,
    /// It said its port.
    announced: bool,
    /// Failed tries to connect since the connection last stood.
    dials: u32,
    /// When to try next.
    dial_at: Option<Tick>,
    /// When this process was first greeted.
    live_since: Option<Tick>,
    /// When this connection was greeted.
    connected_since: Tick,
    /// When processes that had been live ended, the last [`CRASHES`] window.
    ends: VecDeque<Tick>,
    failed_starts: u32,
    /// Was stuck, and not forgiven since: the next end is enough.
    looping: bool,
    latched: bool,
}

impl Slot {
    pub fn new(seed: u64) -> Self {
        Self {
            state: State::Cold,
            jitter: Jitter::new(seed),
            child: false,
            announced: false,
            dials: 0,
            dial_at: None,
            live_since: None,
            connected_since: Tick(0),
            ends: VecDeque::new(),
            failed_starts: 0,
            looping: false,
            latched: false,
        }
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    /// Whether its process runs.
    pub fn has_process(&self) -> bool {
        self.child
    }

    /// When [`Event::Time`] is next needed.
    pub fn due(&self) -> Option<Tick> {
        match &self.state {
            State::Cold => None,
            State::Waking { since, slow } => {
                let limit = since.plus(if *slow { GIVE_UP_MS } else { SLOW_MS });
                [Some(limit).filter(|_| self.child), self.dial_at].into_iter().flatten().min()
            }
            State::Live | State::Degraded => {
                let settled = (self.dials > 0).then(|| self.connected_since.plus(SETTLED_MS));
                let guilty = self.looping || !self.ends.is_empty();
                let forgiven = self.live_since.filter(|_| guilty).map(|since| since.plus(FORGIVEN_MS));
                [settled, forgiven].into_iter().flatten().min()
            }
            State::Retrying { lost: Lost::Process, at, .. } => Some(*at),
            State::Retrying { lost: Lost::Socket, .. } => self.dial_at,
            State::Stuck { again, .. } => *again,
            State::Stopping { since, killed, .. } => (!killed).then(|| since.plus(STOP_MS)),
        }
    }

    /// Takes one event at `now`; says what to do.
    pub fn on(&mut self, event: Event, now: Tick) -> Vec<Effect> {
        match event {
            Event::Start => self.start(now),
            Event::Stop => self.stop(Then::Cold, now),
            Event::Shutdown => {
                self.latched = true;
                self.stop(Then::Cold, now)
            }
            Event::Spawned => self.spawned(now),
            Event::SpawnFailed(failure) => match self.state {
                State::Waking { .. } if !self.child => self.failed_start(failure, now),
                _ => Vec::new(),
            },
            Event::Announced => match self.state {
                State::Waking { .. } if self.child && !self.announced => {
                    self.announced = true;
                    vec![Effect::Dial]
                }
                _ => Vec::new(),
            },
            Event::Greeted => self.greeted(now),
            Event::Unconnected => self.disconnected(now),
            Event::Heard => {
                if self.is_connected() {
                    self.dials = 0;
                    self.state = State::Live;
                }
                Vec::new()
            }
            Event::Quiet => {
                if self.state == State::Live {
                    self.state = State::Degraded;
                }
                Vec::new()
            }
            Event::Exited(failure) => self.exited(failure, now),
            Event::Unfit(failure) => match self.state {
                State::Stopping { .. } => Vec::new(),
                _ if self.child => self.stop(Then::Fail(failure), now),
                _ => Vec::new(),
            },
            Event::Time => self.time(now),
        }
    }

    fn is_connected(&self) -> bool {
        matches!(self.state, State::Live | State::Degraded)
    }

    fn start(&mut self, now: Tick) -> Vec<Effect> {
        if self.latched {
            return Vec::new();
        }
        match &mut self.state {
            State::Waking { .. } | State::Live | State::Degraded => Vec::new(),
            State::Stopping { then, .. } => {
                *then = Then::Wake;
                Vec::new()
            }
            State::Retrying { lost: Lost::Socket, .. } => self.dial_now(now),
            State::Cold | State::Retrying { lost: Lost::Process, .. } => self.wake(now),
            State::Stuck { .. } => {
                self.forgive();
                self.wake(now)
            }
        }
    }

    /// Asks for a process. Only where there is none.
    fn wake(&mut self, now: Tick) -> Vec<Effect> {
        if self.latched {
            self.state = State::Cold;
            return Vec::new();
        }
        self.announced = false;
        self.dials = 0;
        self.dial_at = None;
        self.state = State::Waking { since: now, slow: false };
        vec![Effect::Spawn]
    }

    fn spawned(&mut self, now: Tick) -> Vec<Effect> {
        self.child = true;
        match &mut self.state {
            State::Waking { since, .. } => {
                // What it waited for its turn is not its own time.
                *since = now;
                Vec::new()
            }
            _ => self.stop(Then::Cold, now),
        }
    }

    fn stop(&mut self, next: Then, now: Tick) -> Vec<Effect> {
        self.live_since = None;
        self.dial_at = None;
        if let State::Stopping { then, .. } = &mut self.state {
            *then = next;
            return Vec::new();
        }
        if self.child {
            self.state = State::Stopping { since: now, killed: false, then: next };
            return vec![Effect::HangUp, Effect::Ask];
        }
        let waking = matches!(self.state, State::Waking { .. });
        self.state = State::Cold;
        if waking { vec![Effect::CancelSpawn] } else { Vec::new() }
    }

    fn greeted(&mut self, now: Tick) -> Vec<Effect> {
        if matches!(self.state, State::Waking { .. } | State::Retrying { lost: Lost::Socket, .. })
            && self.announced
        {
            self.state = State::Live;
            self.dial_at = None;
            self.failed_starts = 0;
            self.connected_since = now;
            // Only a process' first connection begins its good time; a dropped socket does not end it.
            self.live_since.get_or_insert(now);
        }
        Vec::new()
    }

    fn disconnected(&mut self, now: Tick) -> Vec<Effect> {
        if !self.announced || matches!(self.state, State::Stopping { .. } | State::Cold) || !self.child {
            return Vec::new();
        }
        let (base, cap) = REDIAL_MS;
        let at = now.plus(self.jitter.delay(self.dials, base, cap));
        self.dials = self.dials.saturating_add(1);
        self.dial_at = Some(at);
        if !matches!(self.state, State::Waking { .. }) {
            self.state = State::Retrying { lost: Lost::Socket, attempt: self.dials, at };
        }
        Vec::new()
    }

    fn dial_now(&mut self, now: Tick) -> Vec<Effect> {
        // None: a try is under way already.
        if self.dial_at.take().is_none() {
            return Vec::new();
        }
        if let State::Retrying { at, .. } = &mut self.state {
            *at = now;
        }
        vec![Effect::Dial]
    }

    fn exited(&mut self, failure: Failure, now: Tick) -> Vec<Effect> {
        self.child = false;
        self.dial_at = None;
        let was_live = self.live_since.take().is_some();
        let mut effects = vec![Effect::HangUp];
        effects.extend(match std::mem::replace(&mut self.state, State::Cold) {
            State::Stopping { then: Then::Wake, .. } => self.wake(now),
            State::Stopping { then: Then::Fail(failure), .. } => self.failed_start(failure, now),
            State::Waking { .. } => self.failed_start(failure, now),
            _ if was_live => self.ended(failure, now),
            _ => Vec::new(),
        });
        effects
    }

    /// A process that never was live ended.
    fn failed_start(&mut self, failure: Failure, now: Tick) -> Vec<Effect> {
        if !failure.is_worth_a_retry() {
            self.state = State::Stuck { failure, again: None };
            return Vec::new();
        }
        self.failed_starts = self.failed_starts.saturating_add(1);
        if self.looping || self.failed_starts >= FAILED_STARTS {
            return self.stuck(failure, now);
        }
        self.restart(self.failed_starts, now)
    }

    /// A process that had been live ended, and nobody asked it to.
    fn ended(&mut self, failure: Failure, now: Tick) -> Vec<Effect> {
        let (count, window) = CRASHES;
        self.ends.retain(|end| now.since(*end) < window);
        self.ends.push_back(now);
        if self.looping || self.ends.len() >= count {
            return self.stuck(failure, now);
        }
        self.restart(u32::try_from(self.ends.len()).unwrap_or(u32::MAX), now)
    }

    fn stuck(&mut self, failure: Failure, now: Tick) -> Vec<Effect> {
        self.looping = true;
        self.state = State::Stuck { failure, again: Some(now.plus(LOOP_MS)) };
        Vec::new()
    }

    /// The first time at once, then with growing patience.
    fn restart(&mut self, attempt: u32, now: Tick) -> Vec<Effect> {
        let (base, cap) = RESTART_MS;
        let wait = if attempt <= 1 { 0 } else { self.jitter.delay(attempt - 2, base, cap) };
        self.state = State::Retrying { lost: Lost::Process, attempt, at: now.plus(wait) };
        Vec::new()
    }

    fn forgive(&mut self) {
        self.ends.clear();
        self.failed_starts = 0;
        self.looping = false;
    }

    fn time(&mut self, now: Tick) -> Vec<Effect> {
        if self.due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        match &mut self.state {
            State::Waking { since, slow } => {
                if now >= since.plus(GIVE_UP_MS) {
                    return self.stop(Then::Fail(Failure::NotReady), now);
                }
                *slow = now >= since.plus(SLOW_MS);
                if self.dial_at.is_some_and(|at| at <= now) { self.dial_now(now) } else { Vec::new() }
            }
            State::Live | State::Degraded => {
                if now >= self.connected_since.plus(SETTLED_MS) {
                    self.dials = 0;
                }
                if self.live_since.is_some_and(|since| now >= since.plus(FORGIVEN_MS)) {
                    self.forgive();
                }
                Vec::new()
            }
            State::Retrying { lost: Lost::Socket, .. } => self.dial_now(now),
            State::Retrying { lost: Lost::Process, .. } | State::Stuck { .. } => self.wake(now),
            State::Stopping { killed, .. } => {
                *killed = true;
                vec![Effect::Kill]
            }
            State::Cold => Vec::new(),
        }
    }
}

//! Who stays live, held against a record of its own: what was used when, what is asked, what is stopped and closed.

use crate::world::{PROFILES, Rig, name, place};
use hermux::{
    base::ids::{CallId, ClientId, ProfileName, SessionId},
    model::{
        agent::{Call, Fact, Link, Reply},
        patch::{Change, Patch},
        session::Session,
        terminal::TerminalInfo,
        turn::TurnState,
        world::World,
    },
    proto::Command,
    registry::{Effect, Input},
};
use std::collections::BTreeMap;

pub(crate) const POOL: usize = 1;
pub(crate) const BUILT: usize = 2;
pub(crate) const LINGER: u64 = 120_000;
const FRESH: u64 = 90_000;
const IDLE: u64 = 600_000;

/// What was seen from outside.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    used: BTreeMap<ProfileName, u64>,
    /// When a turn of a closed tab's session was last told of.
    aside: BTreeMap<ProfileName, u64>,
    session_used: BTreeMap<SessionId, u64>,
    /// Who is asked for its processes.
    asking: BTreeMap<CallId, ProfileName>,
    /// Who was asked and may not go.
    refused: BTreeMap<ProfileName, u64>,
    shown: BTreeMap<ClientId, Option<SessionId>>,
    /// Since when no terminal was there and nothing worked.
    alone: Option<u64>,
    /// hermux has ended.
    pub(crate) over: bool,
    pub(crate) stopped: usize,
    pub(crate) closed: usize,
}

pub(crate) fn works(session: &Session) -> bool {
    session.turn.is_busy() || session.current_prompt().is_some()
}

fn running(state: &TurnState) -> bool {
    matches!(state, TurnState::Running | TurnState::Stopping)
}

impl Rig {
    /// What an input uses.
    pub(crate) fn see_input(&mut self, input: &Input) {
        match input {
            Input::Command {
                client,
                command:
                    command @ (Command::Focus { session }
                    | Command::Send { session, .. }
                    | Command::SaveDraft { session, .. }
                    | Command::Interrupt { session }
                    | Command::InterruptAndSend { session, .. }
                    | Command::EditQueued { session, .. }
                    | Command::Settle { session, .. }
                    | Command::Answer { session, .. }),
                ..
            } => {
                self.uses(*session);
                if matches!(command, Command::Focus { .. })
                    && let Some(shown) = self.seen.shown.get_mut(client)
                {
                    *shown = Some(*session);
                }
            }
            Input::ClientJoined { client, terminal: Some(_) } => {
                self.seen.shown.insert(*client, None);
            }
            Input::ClientLeft { client } => {
                self.seen.shown.remove(client);
            }
            Input::Reply { call, reply } => {
                if let Some(profile) = self.seen.asking.remove(call)
                    && !matches!(reply, Reply::Processes { running: 0, ended: 0 })
                {
                    self.seen.refused.insert(profile, self.now);
                }
            }
            Input::Fact { profile, live: Some(live), fact: Fact::TurnStarted | Fact::TurnEnded { .. } } => {
                let sim = &self.sims[place(profile)];
                let stored = sim.sessions.iter().find(|s| s.live.as_ref() == Some(live)).map(|s| &s.stored);
                let open = |s: &Session| s.profile == *profile && s.stored.as_ref() == stored;
                if !self.copy.sessions.values().any(open) {
                    self.seen.aside.insert(profile.clone(), self.now);
                }
            }
            Input::Link { profile, link: Link::Down { .. } } => {
                let lost: Vec<CallId> =
                    self.seen.asking.iter().filter(|(_, of)| *of == profile).map(|(call, _)| *call).collect();
                for call in lost {
                    self.seen.asking.remove(&call);
                    self.seen.refused.insert(profile.clone(), self.now);
                }
            }
            _ => {}
        }
    }

    fn uses(&mut self, session: SessionId) {
        self.seen.session_used.insert(session, self.now);
        if let Some(known) = self.copy.sessions.get(&session) {
            self.seen.used.insert(known.profile.clone(), self.now);
        }
    }

    /// What a patch shows of use. The copy is as it was before it.
    pub(crate) fn see_patch(&mut self, patch: &Patch) {
        let Patch::Session { session, change } = patch else { return };
        let was = self.copy.sessions.get(session).unwrap();
        let used = match change {
            Change::Turn(turn) => running(&was.turn.state) != running(&turn.state),
            Change::Prompt(prompt) => !was.prompts.iter().any(|known| known.id == prompt.id),
            _ => false,
        };
        if used {
            self.uses(*session);
        }
    }

    /// What the registry asks for must be right at this moment.
    pub(crate) fn see_effect(&mut self, effect: &Effect) {
        match effect {
            Effect::StartBackend { profile } => {
                self.seen.used.insert(profile.clone(), self.now);
            }
            Effect::Call { call, profile, what: Call::Processes { .. }, .. } => {
                self.seen.asking.insert(*call, profile.clone());
            }
            Effect::Call { profile, what: Call::StopProcesses, .. } if !self.seen.over && !self.ending() => {
                self.may_stop(profile);
            }
            Effect::Call { profile, what: Call::Close { live }, .. } if !self.leaves(profile) => {
                self.seen.closed += 1;
                let sim = &self.sims[place(profile)];
                let stored = sim.sessions.iter().find(|s| s.live.as_ref() == Some(live)).map(|s| &s.stored);
                let open = |s: &&Session| s.profile == *profile && s.stored.as_ref() == stored;
                if let Some(session) = self.copy.sessions.values().find(open) {
                    assert!(!works(session), "no session that works or waits is closed");
                    let shown = self.seen.shown.values().any(|shown| *shown == Some(session.id));
                    assert!(!shown, "no session that is shown is closed");
                    let used = self.seen.session_used.get(&session.id).copied().unwrap_or_default();
                    assert!(self.now - used > FRESH, "no session that was used a moment ago is closed");
                }
            }
            Effect::Exit => self.may_exit(),
            _ => {}
        }
    }

    /// The hub ends: everything is closed.
    fn ending(&self) -> bool {
        self.seen.shown.is_empty() && self.seen.alone.is_some_and(|since| self.now - since >= LINGER)
    }

    /// Its backend is being stopped on purpose.
    fn leaves(&self, profile: &ProfileName) -> bool {
        self.ending() || self.stopping.contains(profile)
    }

    /// INV19: the least recently used, stale, without work; or nobody used it for ten minutes.
    fn may_stop(&mut self, profile: &ProfileName) {
        self.stopping.insert(profile.clone());
        self.seen.stopped += 1;
        assert_ne!(*profile, name(0), "the primary stays");
        let world = &self.copy;
        let idle = |of: &ProfileName| self.now - self.seen.used.get(of).copied().unwrap_or_default();
        assert!(!world.sessions.values().any(|s| s.profile == *profile && works(s)), "nothing works there");
        assert!(idle(profile) > FRESH, "it was not used a moment ago");
        if idle(profile) >= IDLE {
            return;
        }
        let others: Vec<ProfileName> = pool(world).into_iter().filter(|other| other != profile).collect();
        assert!(others.len() >= POOL, "it had to make room: {others:?}");
        for other in &others {
            let excused = self.excused(other)
                || self.seen.asking.values().any(|asked| asked == other)
                || self.stopping.contains(other);
            assert!(excused || idle(other) <= idle(profile), "{other} was used before {profile}");
        }
    }

    /// Whether a backend may stay although there are too many: it works, is fresh, cannot be asked, or refused a moment ago.
    fn excused(&self, profile: &ProfileName) -> bool {
        // What is read of a stored transcript may use its backend, which is not seen from here.
        if self.disk.is_some() {
            return true;
        }
        let works = self.copy.sessions.values().any(|s| s.profile == *profile && works(s));
        let used = self.seen.used.get(profile).max(self.seen.aside.get(profile)).copied().unwrap_or_default();
        let refused = self.seen.refused.get(profile).is_some_and(|at| self.now - at <= FRESH);
        // A tab may be closed whose session works again by itself.
        let sim = &self.sims[place(profile)];
        let works = works || sim.sessions.iter().any(|session| session.turn.is_some());
        works || self.now - used <= FRESH || refused || !sim.connected
    }

    /// DECISIONS 9: exactly when nobody is there and nothing works, for so long.
    fn may_exit(&mut self) {
        assert!(self.seen.shown.is_empty(), "no terminal is attached");
        assert!(!self.copy.sessions.values().any(works), "nothing works or waits");
        let since = self.seen.alone.unwrap_or(self.now);
        assert!(self.now - since >= LINGER, "its linger time is over: {} {since}", self.now);
        self.seen.over = true;
    }

    /// After every step.
    pub(crate) fn see_rest(&mut self) {
        let alone = self.seen.shown.is_empty() && !self.copy.sessions.values().any(works);
        self.seen.alone = self.seen.alone.filter(|_| alone).or(alone.then_some(self.now));
    }

    /// INV18, A08: once everything that was asked is answered, more run than should only with an excuse.
    pub(crate) fn pool_holds(&self) {
        let pool = pool(&self.copy);
        let unexcused = pool.iter().filter(|profile| {
            let asking = self.seen.asking.values().any(|asked| asked == *profile);
            !self.excused(profile) && !asking && !self.stopping.contains(*profile)
        });
        assert!(pool.len() <= POOL || unexcused.count() == 0, "{pool:?}");
    }

    pub(crate) fn join(&mut self, client: ClientId) {
        if !self.seen.shown.contains_key(&client) {
            self.feed(Input::ClientJoined { client, terminal: Some(TerminalInfo::default()) }, 1);
        }
    }

    pub(crate) fn leave(&mut self, client: ClientId) {
        self.feed(Input::ClientLeft { client }, 1);
    }

    /// Everything is at rest and nothing runs in the background any more: only the primary stays, and no more sessions are built than
    /// should be; whatever is used again answers; and when the last terminal leaves, the hub ends in its time.
    pub(crate) fn comes_to_rest(&mut self) {
        for sim in &mut self.sims {
            sim.reap_orphans();
        }
        for _ in 0..12 {
            for session in self.sims.iter_mut().flat_map(|sim| &mut sim.sessions) {
                session.process = false;
            }
            self.wait(FRESH + 1);
        }
        assert_eq!(pool(&self.copy), [], "what nobody uses is stopped (A11)");
        for (at, sim) in self.sims.iter().enumerate().filter(|(_, sim)| sim.connected) {
            let built = sim.sessions.iter().filter(|session| session.built).count();
            assert!(built <= BUILT + 1, "{} keeps {built} built (DECISIONS 17)", PROFILES[at]);
        }
        self.every_session_answers();
        for client in self.seen.shown.keys().copied().collect::<Vec<_>>() {
            self.leave(client);
        }
        assert!(!self.seen.over, "its time begins now");
        for _ in 0..40 {
            for session in self.sims.iter_mut().flat_map(|sim| &mut sim.sessions) {
                session.process = false;
            }
            if !self.seen.over {
                self.wait(30_000);
            }
        }
        assert!(self.seen.over, "the hub ends (DECISIONS 9)");
    }

    fn every_session_answers(&mut self) {
        let world = self.reg.world();
        let open: Vec<SessionId> = world.sessions.keys().copied().collect();
        for session in open.into_iter().take(4) {
            if self.copy.sessions.get(&session).is_none_or(|known| !known.queue.is_empty()) {
                continue;
            }
            let Some(text) = self.send(session) else { continue };
            let took = |rig: &Self| rig.sims.iter().any(|sim| sim.taken.contains_key(&text));
            for _ in 0..20 {
                for at in 0..3 {
                    self.connect(at);
                }
                if took(self) && !self.copy.sessions[&session].turn.is_busy() {
                    break;
                }
                self.step_all();
            }
            assert!(took(self), "a session answers when it is used again: {text}");
        }
    }

    /// Every turn goes on, and everything that is on its way arrives.
    fn step_all(&mut self) {
        for at in 0..3 {
            for session in 0..self.sims[at].sessions.len() {
                if self.sims[at].sessions[session].turn.is_some() {
                    self.sims[at].go_on(session, 0);
                }
            }
        }
        self.wait(3_000);
    }
}

/// The backends beside the primary that count.
fn pool(world: &World) -> Vec<ProfileName> {
    let running = world.profiles.iter().filter(|profile| profile.backend.is_running());
    running.filter(|profile| profile.name != name(0)).map(|profile| profile.name.clone()).collect()
}

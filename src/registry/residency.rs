//! Which sessions stay built at their backend (DECISIONS 17): a built one is a worker of 51 MiB (CHECK 52). Beyond the bound those that
//! nobody needs are closed, the least recently used first, and come back by their stored id when they are used. Never closed is one that
//! works, waits, has a text on its way, wants something, is shown, or was used a moment ago; and as closing ends what an agent left running
//! in the background, each is asked for that first. A close never meets a turn (CHECK 44), nor a text, which waits for its reply.
//!
//! A closed tab leaves its session built at the backend (INV15); that counts, too.

use super::{
    Registry,
    bound::{Bound, Stay},
    runtime::Kind,
    stop_all::NAME,
};
use crate::{
    base::{
        clock::Tick,
        ids::{CallId, LiveId, ProfileName, SessionId},
    },
    model::{
        agent::{Call, Fact, Reply},
        patch::Change,
        status,
    },
};

const UNKNOWN_SESSION: i64 = 4001;
const UNKNOWN_METHOD: i64 = -32601;

/// When something was used last, and whether it may go.
#[derive(Debug, Default, Clone)]
pub(super) struct Spare {
    pub used: Tick,
    /// It is asked for its background processes, or closed.
    pub asked: Option<CallId>,
    /// It is left alone until then.
    pub not_before: Tick,
    /// Background processes that had ended when it was asked last.
    ended: usize,
}

impl Spare {
    /// Whether it may go by what it says of its background processes. One that has ended since it was asked last is yet to have a turn
    /// of its own (CHECK 18).
    pub(super) fn may_go(&mut self, reply: &Reply, look_again: Tick) -> bool {
        let may = match reply {
            Reply::Processes { running, ended } => {
                *running == 0 && std::mem::replace(&mut self.ended, *ended) >= *ended
            }
            // It does not know of such processes, or no longer of the session. Any other error says nothing.
            Reply::Failed { code: UNKNOWN_SESSION | UNKNOWN_METHOD, .. } => true,
            _ => false,
        };
        if !may {
            self.not_before = look_again;
        }
        may
    }
}

/// A session that is still built although its tab is closed.
#[derive(Debug)]
pub(super) struct Left {
    /// The session that it was, and its name.
    pub session: SessionId,
    pub name: String,
    spare: Spare,
    /// A turn runs that began by itself.
    pub running: bool,
}

/// Who is asked for its background processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Backend,
    Built(Who),
    /// All backends are, before the hub ends.
    Hub,
}

/// A built session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    Open(SessionId),
    /// Its tab is closed.
    Left(LiveId),
}

impl Registry {
    /// A session is used: it stays, and so does its backend.
    pub(super) fn use_session(&mut self, session: SessionId) {
        let now = self.now;
        if let Some(profile) = self.session(session).map(|known| known.profile.clone()) {
            self.run(session).spare.used = now;
            self.wire(&profile).spare.used = now;
        }
    }

    /// The backend has, or builds, an agent for a session; or has none any more.
    pub(super) fn set_built(&mut self, session: SessionId, built: bool) {
        if self.session(session).is_some_and(|known| known.built != built) {
            self.head(session, Change::Built(built));
        }
    }

    /// A tab is closed whose session is still built.
    pub(super) fn leave_built(&mut self, session: SessionId, profile: &ProfileName) {
        let built = self.session(session).is_some_and(|known| known.built);
        let run = self.run(session);
        if let Some(live) = run.live.clone().filter(|_| built && !run.closing) {
            self.leave_live(session, profile, live, false);
        }
    }

    /// Its tab was closed a moment ago.
    pub(super) fn leave_live(
        &mut self,
        session: SessionId,
        profile: &ProfileName,
        live: LiveId,
        running: bool,
    ) {
        let spare = Spare { used: self.now, ..Spare::default() };
        let name = self.session(session).map(|known| status::name(known, NAME));
        let name = name.unwrap_or_else(|| "a closed tab".to_owned());
        self.wire(profile).left.insert(live, Left { session, name, spare, running });
    }

    /// Something is told of a session whose tab is closed. Whether it was one.
    pub(super) fn on_left_fact(&mut self, profile: &ProfileName, live: &LiveId, fact: &Fact) -> bool {
        let now = self.now;
        let wires = self.wire(profile);
        let Some(left) = wires.left.get_mut(live) else { return false };
        left.spare.used = now;
        let runs = match fact {
            Fact::TurnStarted => true,
            Fact::TurnEnded { .. } | Fact::Failed(_) => false,
            Fact::Info(info) => info.running.unwrap_or(left.running),
            _ => left.running,
        };
        if std::mem::replace(&mut left.running, runs) != runs {
            wires.spare.used = now;
            self.review();
        }
        true
    }

    /// Asks the built sessions that could go whether they may. Returns when somebody goes by nothing but time.
    pub(super) fn review_built(&mut self) -> Option<Tick> {
        let bound = self.built_bound();
        let up = self.wires.iter().filter(|(_, wires)| wires.up && !wires.ending);
        let mut next = None;
        for profile in up.map(|(profile, _)| profile.clone()).collect::<Vec<_>>() {
            let built = self.built(&profile);
            for who in bound.leave(&built, self.now) {
                let Some(live) = self.live_of(&who) else { continue };
                let kind = Kind::Spare(Asked::Built(who.clone()));
                let what = Call::Processes { live: Some(live) };
                let call = self.call(&profile, what, self.settings.limits.call, kind);
                if let Some(spare) = self.spare(&profile, &who) {
                    spare.asked = Some(call);
                }
            }
            next = [next, bound.next(&built, self.now)].into_iter().flatten().min();
        }
        next
    }

    /// What a backend, or a session of it, says of its background processes.
    pub(super) fn on_processes(&mut self, profile: &ProfileName, call: CallId, asked: Asked, reply: &Reply) {
        let look_again = self.now.plus(self.settings.limits.look_again);
        let spare = match &asked {
            Asked::Built(who) => self.spare(profile, who),
            Asked::Backend | Asked::Hub => Some(&mut self.wire(profile).spare),
        };
        if let Some(spare) = spare {
            spare.asked.take_if(|asked| *asked == call);
        }
        match asked {
            Asked::Backend if self.wire(profile).spare.may_go(reply, look_again) => {
                self.spare_backend(profile);
            }
            Asked::Built(who) if self.spare(profile, &who).is_some_and(|s| s.may_go(reply, look_again)) => {
                self.close_built(profile, &who);
            }
            Asked::Hub => {
                let may = self.wire(profile).spare.may_go(reply, look_again);
                self.on_hub_asked(call, may || *reply == Reply::Lost);
            }
            Asked::Backend | Asked::Built(_) => {}
        }
    }

    /// It said that nothing runs beside it: it is closed, unless it was needed meanwhile.
    fn close_built(&mut self, profile: &ProfileName, who: &Who) {
        // What is being resumed may be what is closed.
        if matches!(who, Who::Left(_)) && self.wire(profile).builds > 0 {
            let look_again = self.now.plus(self.settings.limits.look_again);
            if let Some(spare) = self.spare(profile, who) {
                spare.not_before = look_again;
            }
            return;
        }
        let goes = self.built_bound().leave(&self.built(profile), self.now).contains(who);
        let Some(live) = self.live_of(who).filter(|_| goes && self.wire(profile).up) else {
            return;
        };
        let timeout = self.settings.limits.call;
        let call = self.call(profile, Call::Close { live }, timeout, Kind::Close(who.clone()));
        if let Some(spare) = self.spare(profile, who) {
            spare.asked = Some(call);
        }
        if let Who::Open(session) = who {
            self.run(*session).closing = true;
        }
    }

    pub(super) fn on_closed(&mut self, profile: &ProfileName, who: Who, reply: &Reply) {
        let look_again = self.now.plus(self.settings.limits.look_again);
        let failed = matches!(reply, Reply::Failed { .. });
        if let Some(spare) = self.spare(profile, &who) {
            spare.asked = None;
            spare.not_before = look_again;
        }
        match who {
            Who::Left(live) if !failed => {
                self.wire(profile).left.remove(&live);
            }
            Who::Open(session) if self.session(session).is_some() => {
                self.run(session).closing = false;
                // With the connection the live id went before.
                if !failed && self.wire(profile).up {
                    self.unbind_live(session, profile);
                    self.set_built(session, false);
                    // A turn that began by itself meanwhile goes on unseen; what became of it is asked.
                    if *reply == Reply::Lost || self.is_running(session) {
                        self.resume_again(session);
                    }
                }
                self.advance(session);
                self.next_in_queue(session);
            }
            _ => {}
        }
    }

    fn built_bound(&self) -> Bound {
        let limits = &self.settings.limits;
        Bound { most: limits.built, fresh: limits.pool_fresh, idle: None }
    }

    /// The built sessions of a backend.
    fn built(&self, profile: &ProfileName) -> Vec<Stay<Who>> {
        let Some(wires) = self.wires.get(profile) else { return Vec::new() };
        let open = wires.live.values().filter_map(|session| {
            let (known, run) = (self.session(*session)?, self.runs.get(session)?);
            let needed = self.is_at_work(*session)
                || run.settling
                || run.may_go_on
                || self.terminals.show(|shown| shown == *session);
            known.built.then(|| stay(Who::Open(*session), &run.spare, needed))
        });
        let left =
            wires.left.iter().map(|(live, left)| stay(Who::Left(live.clone()), &left.spare, left.running));
        open.chain(left).collect()
    }

    fn live_of(&self, who: &Who) -> Option<LiveId> {
        match who {
            Who::Open(session) => self.runs.get(session)?.live.clone(),
            Who::Left(live) => Some(live.clone()),
        }
    }

    fn spare(&mut self, profile: &ProfileName, who: &Who) -> Option<&mut Spare> {
        match who {
            Who::Open(session) => self.runs.get_mut(session).map(|run| &mut run.spare),
            Who::Left(live) => self.wires.get_mut(profile)?.left.get_mut(live).map(|left| &mut left.spare),
        }
    }
}

fn stay(who: Who, spare: &Spare, needed: bool) -> Stay<Who> {
    let Spare { used, not_before, .. } = *spare;
    Stay { who, used, needed, shown: false, not_before, leaving: spare.asked.is_some() }
}

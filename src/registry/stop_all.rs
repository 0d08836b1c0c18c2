//! The emergency stop, and the end on request: what either finds running or waiting, in all profiles at once.

use super::{Registry, runtime::Kind};
use crate::{
    base::ids::SessionId,
    model::{
        agent::Call,
        status::{self, Status},
        tool::Subagent,
        turn::TurnState,
    },
    proto::{Answer, Refusal, refusal::AtWork},
};

/// The most of a session's name that a refusal carries, in cells.
pub(super) const NAME: usize = 40;

impl Registry {
    /// Interrupts every turn of every profile, takes back what is on its way, and holds what is queued until the person says more.
    /// What can not be reached just now is interrupted as soon as it is found running.
    pub(super) fn on_stop_all(&mut self) -> Answer {
        let (mut turns, mut texts) = (0, 0);
        for session in self.world.sessions.keys().copied().collect::<Vec<_>>() {
            let state = self.session(session).map(|known| known.turn.state.clone()).unwrap_or_default();
            let run = self.run(session);
            run.go_on = false;
            run.held = true;
            texts += run.wants.len();
            self.refuse_wishes(session, &Refusal::Stopped);
            match state {
                TurnState::Running => {
                    turns += 1;
                    if !self.interrupt(session) {
                        self.run(session).stop = true;
                    }
                }
                TurnState::Sending => {
                    texts += 1;
                    self.cancel_send(session);
                }
                _ => {}
            }
        }
        // Of closed tabs, too: theirs began by themselves.
        let up = self.wires.iter().filter(|(_, wires)| wires.up);
        let left = up.flat_map(|(profile, wires)| {
            let running = wires.left.iter().filter(|(_, left)| left.running);
            running.map(|(live, _)| (profile.clone(), live.clone()))
        });
        for (profile, live) in left.collect::<Vec<_>>() {
            turns += 1;
            let timeout = self.settings.limits.call;
            self.call(&profile, Call::Interrupt { live }, timeout, Kind::Farewell);
        }
        Answer::Stopped { turns, texts }
    }

    /// Ends hermux; without `force` only when nothing is lost by it.
    pub(super) fn on_shutdown(&mut self, force: bool) -> Result<Option<Answer>, Refusal> {
        let at_work = self.at_work();
        if !force && !at_work.is_empty() {
            return Err(Refusal::AtWork(at_work));
        }
        self.on_ending();
        Ok(Some(Answer::Done))
    }

    /// Every session in which something runs, waits for the person or is on its way.
    pub(super) fn at_work(&self) -> Vec<AtWork> {
        let sessions = self.world.sessions.values().filter(|known| self.is_at_work(known.id));
        let at_work = sessions.map(|known| AtWork {
            session: known.id,
            profile: known.profile.clone(),
            name: status::name(known, NAME),
            status: status::of(known),
        });
        let left = self.wires.iter().flat_map(|(profile, wires)| {
            let running = wires.left.values().filter(|left| left.running);
            running.map(|left| AtWork {
                session: left.session,
                profile: profile.clone(),
                name: left.name.clone(),
                status: Status::Working,
            })
        });
        at_work.chain(left).collect()
    }

    /// Whether something of a session would be lost with its backend.
    pub(super) fn is_at_work(&self, session: SessionId) -> bool {
        let run = self.runs.get(&session);
        self.session(session).is_some_and(|known| {
            known.turn.is_busy()
                || known.current_prompt().is_some()
                || known.subagents.iter().any(Subagent::is_working)
                || run.is_some_and(|run| run.outgoing.is_some() || !run.wants.is_empty() || run.copies > 0)
        })
    }
}

//! When the hub ends by itself (DECISIONS 9): no terminal is attached, nothing runs, waits, is queued or on its way, and its linger time
//! is over. What agents left running in the background counts as running: every backend is asked before the end.

use super::{Registry, residency::Asked, runtime::Kind};
use crate::{
    base::{
        clock::Tick,
        ids::{CallId, ProfileName},
    },
    model::{agent::Call, session::Session},
};
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub(super) struct Linger {
    /// Since when there was no terminal and nothing at work.
    since: Option<Tick>,
    /// Something still ran beside the sessions; not before this.
    not_before: Tick,
    /// The backends that were asked before the end and have not answered.
    asked: BTreeSet<CallId>,
    /// One of them still has something to do.
    refused: bool,
}

impl Registry {
    /// Whether the hub may end now; returns when that is to be looked at again by nothing but time.
    pub(super) fn review_linger(&mut self) -> Option<Tick> {
        self.settings.limits.linger?;
        if self.terminals.any() || self.is_anything_at_work() {
            self.linger.since = None;
            self.linger.asked.clear();
            return None;
        }
        self.linger.since.get_or_insert(self.now);
        let at = self.lingers_until()?;
        if at > self.now {
            return Some(at);
        }
        if self.linger.asked.is_empty() {
            self.ask_before_the_end();
        }
        None
    }

    /// When the hub ends if nothing happens until then; `None` while something keeps it, or where it stays for ever.
    pub fn lingers_until(&self) -> Option<Tick> {
        let (linger, since) = (self.settings.limits.linger?, self.linger.since?);
        let first = if self.terminals.ever() { 0 } else { self.settings.limits.first_terminal };
        Some(since.plus(linger.max(first)).max(self.linger.not_before))
    }

    /// Milliseconds that the hub stays with nobody and nothing to stay for; `None`: for ever.
    pub fn lingers(&self) -> Option<u64> {
        self.settings.limits.linger
    }

    fn is_anything_at_work(&self) -> bool {
        let goes_on = |run: &super::runtime::Run| !run.held && run.uncertain == 0;
        let queued =
            |known: &Session| !known.queue.is_empty() && self.runs.get(&known.id).is_none_or(goes_on);
        !self.writes.is_empty()
            || self.world.sessions.values().any(queued)
            || self.wires.keys().any(|profile| self.works(profile))
    }

    fn ask_before_the_end(&mut self) {
        let up = self.wires.iter().filter(|(_, wires)| wires.up && !wires.ending);
        let up: Vec<ProfileName> = up.map(|(profile, _)| profile.clone()).collect();
        self.linger.refused = false;
        for profile in up {
            let timeout = self.settings.limits.call;
            let call = self.call(&profile, Call::Processes { live: None }, timeout, Kind::Spare(Asked::Hub));
            self.linger.asked.insert(call);
        }
        if self.linger.asked.is_empty() {
            self.on_ending();
        }
    }

    /// What one backend said. An answer for an end that is off means nothing.
    pub(super) fn on_hub_asked(&mut self, call: CallId, may: bool) {
        if !self.linger.asked.remove(&call) {
            return;
        }
        self.linger.refused |= !may;
        if !self.linger.asked.is_empty() {
        } else if self.linger.refused {
            self.linger.not_before = self.now.plus(self.settings.limits.look_again);
        } else {
            self.on_ending();
        }
    }
}

//! The registry's own sorted list of times. The hub sleeps until the first one; a late or needless wake is harmless.

use crate::base::{
    clock::Tick,
    ids::{LineageRoot, ProfileName, PromptId, SessionId},
};
use std::collections::{BTreeMap, BTreeSet};

/// What a timer is for. There is at most one of each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The silence of a running turn.
    Watch(SessionId),
    /// The time in which a prompt may be answered.
    Prompt(SessionId, PromptId),
    /// After a turn's end: the next text need not wait for the backend's word any longer.
    Settle(SessionId),
    /// Facts for a session that is not known yet.
    Early(ProfileName),
    /// A delete is sent.
    Delete(ProfileName, LineageRoot),
    /// What a backend has built is asked.
    Elsewhere(ProfileName),
    /// Who stays live.
    Review,
}

#[derive(Debug, Default)]
pub(super) struct Timers {
    at: BTreeMap<Key, Tick>,
    order: BTreeSet<(Tick, Key)>,
}

impl Timers {
    pub(super) fn set(&mut self, key: Key, at: Tick) {
        self.cancel(&key);
        self.order.insert((at, key.clone()));
        self.at.insert(key, at);
    }

    pub(super) fn cancel(&mut self, key: &Key) {
        if let Some(at) = self.at.remove(key) {
            self.order.remove(&(at, key.clone()));
        }
    }

    pub(super) fn next(&self) -> Option<Tick> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes one timer whose time has come.
    pub(super) fn due(&mut self, now: Tick) -> Option<Key> {
        if self.next()? > now {
            return None;
        }
        let (_, key) = self.order.pop_first()?;
        self.at.remove(&key);
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_set_again_fires_once_at_its_new_time() {
        let mut timers = Timers::default();
        timers.set(Key::Watch(SessionId(1)), Tick(5));
        timers.set(Key::Settle(SessionId(1)), Tick(7));
        timers.set(Key::Watch(SessionId(1)), Tick(9));
        assert_eq!(timers.next(), Some(Tick(7)));
        assert_eq!(timers.due(Tick(6)), None);
        assert_eq!(timers.due(Tick(100)), Some(Key::Settle(SessionId(1))));
        assert_eq!(timers.due(Tick(100)), Some(Key::Watch(SessionId(1))));
        assert_eq!(timers.due(Tick(100)), None);
        timers.set(Key::Watch(SessionId(1)), Tick(5));
        timers.cancel(&Key::Watch(SessionId(1)));
        assert_eq!(timers.next(), None);
    }
}

//! Sessions in the order in which this terminal showed them, the walk through them, and those whose tabs were closed here.
//!
//! While somebody walks the order stands still, and each step shows another session; only what they stay at counts as shown
//! (ASK-36). Pure.

use crate::base::clock::Tick;
use crate::base::ids::{ProfileName, SessionId, StoredId};

/// How long a walk waits for its next step, in milliseconds: shorter and the list is gone before it is read.
const PAUSE: u64 = 1_500;
/// Closed tabs that can be opened again.
const CLOSED: usize = 20;

/// A walk: what there is, where it stands, and when it is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// The one it began at comes first.
    pub order: Vec<SessionId>,
    pub at: usize,
    pub until: Tick,
}

/// What was shown here.
#[derive(Debug, Default)]
pub struct Recent {
    /// The newest first.
    order: Vec<SessionId>,
    walk: Option<Walk>,
    /// The newest last.
    closed: Vec<(ProfileName, StoredId)>,
}

impl Recent {
    /// The walk that is under way.
    pub fn walk(&self) -> Option<&Walk> {
        self.walk.as_ref()
    }

    /// A session is shown now.
    pub fn shown(&mut self, id: SessionId) {
        if self.walk.as_ref().is_some_and(|walk| walk.order.get(walk.at) == Some(&id)) {
            return;
        }
        self.walk = None;
        self.order.retain(|other| *other != id);
        self.order.insert(0, id);
    }

    /// One step back in time, or on again, among `tabs`, round the ends. Tabs that were never shown here are the oldest.
    pub fn step(&mut self, tabs: &[SessionId], by: isize, now: Tick) -> Option<SessionId> {
        if self.walk.as_ref().is_none_or(|walk| walk.order.iter().any(|id| !tabs.contains(id))) {
            self.order.retain(|id| tabs.contains(id));
            let unseen = tabs.iter().filter(|id| !self.order.contains(id));
            let order = self.order.iter().chain(unseen).copied().collect();
            self.walk = Some(Walk { order, at: 0, until: now });
        }
        let walk = self.walk.as_mut()?;
        let count = walk.order.len();
        walk.at = (walk.at + count).saturating_add_signed(by) % count.max(1);
        walk.until = now.plus(PAUSE);
        walk.order.get(walk.at).copied()
    }

    /// The walk is over where it stands: the session that was there before it, if that is another one.
    pub fn settle(&mut self) -> Option<SessionId> {
        let walk = self.walk.take()?;
        let (first, last) = (walk.order.first().copied()?, walk.order.get(walk.at).copied()?);
        self.shown(last);
        (first != last).then_some(first)
    }

    /// A tab is closed here.
    pub fn closes(&mut self, profile: ProfileName, stored: StoredId) {
        self.closed.retain(|(_, other)| *other != stored);
        if self.closed.len() == CLOSED {
            self.closed.remove(0);
        }
        self.closed.push((profile, stored));
    }

    /// The tab that was closed last.
    pub fn reopens(&mut self) -> Option<(ProfileName, StoredId)> {
        self.closed.pop()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[u64]) -> Vec<SessionId> {
        ids.iter().copied().map(SessionId).collect()
    }

    /// ASK-36: two steps lead to the one before the last, and the order changes only where the walk ends.
    #[test]
    fn a_walk_reshuffles_nothing_until_it_is_over() {
        let mut recent = Recent::default();
        let tabs = ids(&[1, 2, 3, 4]);
        for id in [1, 3, 2] {
            recent.shown(SessionId(id));
        }
        for (by, want) in [(1, 3), (1, 1), (1, 4), (1, 2), (-1, 4), (-1, 1)] {
            let id = recent.step(&tabs, by, Tick(0)).unwrap();
            assert_eq!(id, SessionId(want));
            recent.shown(id);
            assert_eq!(recent.walk().unwrap().order, ids(&[2, 3, 1, 4]));
        }
        assert_eq!(recent.settle(), Some(SessionId(2)));
        assert_eq!(recent.step(&tabs, 1, Tick(0)), Some(SessionId(2)), "1 was shown last, before it 2");
        assert_eq!(recent.walk().unwrap().order, ids(&[1, 2, 3, 4]));
        recent.shown(SessionId(4));
        assert_eq!(recent.walk(), None, "another way of going somewhere ends it");
    }

    #[test]
    fn a_tab_that_is_gone_is_no_step() {
        let mut recent = Recent::default();
        for id in [1, 2, 3] {
            recent.shown(SessionId(id));
        }
        recent.step(&ids(&[1, 2, 3]), 1, Tick(0));
        assert_eq!(recent.step(&ids(&[1, 3]), 1, Tick(0)), Some(SessionId(1)));
        assert_eq!(Recent::default().step(&[], 1, Tick(0)), None);
    }

    #[test]
    fn tabs_open_again_in_the_order_in_which_they_were_closed_and_not_for_ever() {
        let mut recent = Recent::default();
        let name = ProfileName::default_profile();
        for n in 0..25 {
            recent.closes(name.clone(), StoredId::new(&format!("s{n}")).unwrap());
        }
        let back: Vec<_> = std::iter::from_fn(|| recent.reopens()).collect();
        assert_eq!((back.len(), back[0].1.as_str(), back[19].1.as_str()), (CLOSED, "s24", "s5"));
    }
}

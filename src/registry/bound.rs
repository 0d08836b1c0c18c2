//! Who has to leave when there are more than a bound: the one policy for backends and for built sessions. It is exceeded rather than
//! something stopped that is needed, or was used a moment ago (DECISIONS 5 and 17).

use crate::base::clock::Tick;

/// Something that costs memory while it stays.
#[derive(Debug, Clone)]
pub(super) struct Stay<T> {
    pub who: T,
    pub used: Tick,
    /// Work would be lost with it.
    pub needed: bool,
    /// A terminal shows it: it goes after those that none shows.
    pub shown: bool,
    /// It was asked whether it may go, and may not before this.
    pub not_before: Tick,
    /// It is being asked, or is on its way out: one fewer of the others has to go.
    pub leaving: bool,
}

/// Of how many, and how soon.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bound {
    pub most: usize,
    /// Who was used within so many milliseconds stays.
    pub fresh: u64,
    /// Who was not used for so long goes even when there is room.
    pub idle: Option<u64>,
}

impl Bound {
    /// Who goes now, the least recently used first.
    pub(super) fn leave<T: Clone>(&self, all: &[Stay<T>], now: Tick) -> Vec<T> {
        let leaving = all.iter().filter(|one| one.leaving).count();
        let surplus = all.len().saturating_sub(self.most).saturating_sub(leaving);
        let mut spare: Vec<&Stay<T>> = all.iter().filter(|one| self.free_at(one) <= Some(now)).collect();
        spare.retain(|one| self.free_at(one).is_some());
        spare.sort_by_key(|one| (one.shown, one.used));
        let goes = |(place, one): &(usize, &Stay<T>)| {
            *place < surplus || self.idle_at(one).is_some_and(|at| at <= now)
        };
        spare.into_iter().enumerate().filter(goes).map(|(_, one)| one.who.clone()).collect()
    }

    /// When somebody goes by nothing but time.
    pub(super) fn next<T>(&self, all: &[Stay<T>], now: Tick) -> Option<Tick> {
        let leaving = all.iter().filter(|one| one.leaving).count();
        let surplus = all.len() - leaving > self.most;
        let free = all.iter().filter(|_| surplus).filter_map(|one| self.free_at(one));
        let idle = all.iter().filter_map(|one| self.idle_at(one));
        free.chain(idle).filter(|at| *at > now).min()
    }

    /// From when on it can be spared; `None` while it is needed, or goes already.
    fn free_at<T>(&self, one: &Stay<T>) -> Option<Tick> {
        let stale = one.used.plus(self.fresh).plus(1);
        (!one.needed && !one.leaving).then(|| stale.max(one.not_before))
    }

    fn idle_at<T>(&self, one: &Stay<T>) -> Option<Tick> {
        Some(self.free_at(one)?.max(one.used.plus(self.idle?)))
    }
}

#[cfg(test)]
#[path = "bound_tests.rs"]
mod tests;

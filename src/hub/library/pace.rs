//! When a profile is read anew after something was written, and for how long what was read is kept. Pure: time is an argument.

use crate::base::clock::Tick;

/// From the first sign of a change until it is read, in milliseconds: what is written together is read together.
const SETTLE: u64 = 100;
/// From one reading to the next, at least.
const PAUSE: u64 = 500;
/// A reading that took long is not repeated before so many times its length: at most a tenth of a processor goes to it.
const SHARE: u64 = 10;
/// But the list is never older than this.
const LONGEST: u64 = 10_000;
/// How long the rows of a profile are kept after the last question.
const FORGET: u64 = 10 * 60 * 1_000;

/// When to read.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Something changed that is not read; when it will be.
    due: Option<Tick>,
    /// The earliest time of the next reading.
    free: Tick,
    reading: bool,
}

impl Pace {
    /// Something was written.
    pub(super) fn changed(&mut self, now: Tick) {
        let at = now.plus(SETTLE).max(self.free);
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Somebody waits for the first reading.
    pub(super) fn wanted(&mut self, now: Tick) {
        if !self.reading {
            self.due = Some(now);
        }
    }

    pub(super) fn due(&self) -> Option<Tick> {
        self.due.filter(|_| !self.reading)
    }

    /// A reading begins. What changes from here on is for the next one.
    pub(super) fn begin(&mut self) {
        self.due = None;
        self.reading = true;
    }

    /// It has ended, and took so long.
    pub(super) fn ended(&mut self, now: Tick, took: u64) {
        self.reading = false;
        self.free = now.plus(took.saturating_mul(SHARE).clamp(PAUSE, LONGEST));
        self.due = self.due.map(|due| due.max(self.free));
    }
}

/// What is wanted of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Want {
    /// Its rows.
    Rows,
    /// To be told when something changes: a list shows it, and nothing changed for long.
    News,
    Nothing,
}

/// Who wants to know of a profile.
#[derive(Debug, Default)]
pub(super) struct Interest {
    /// The last question.
    asked: Tick,
    /// Since when it has been told that something changed, and nobody asked.
    told: Option<Tick>,
}

impl Interest {
    pub(super) fn asked(&mut self, now: Tick) {
        *self = Self { asked: now, told: None };
    }

    pub(super) fn told(&mut self, now: Tick) {
        self.told.get_or_insert(now);
    }

    /// What is wanted now. `shown`: a terminal is attached that has shown its list.
    pub(super) fn want(&self, shown: bool, now: Tick) -> Want {
        if now.since(self.asked) < FORGET {
            Want::Rows
        } else if shown && self.told.is_none_or(|told| now.since(told) < FORGET) {
            Want::News
        } else {
            Want::Nothing
        }
    }

    /// When less is wanted, if nothing happens.
    pub(super) fn until(&self, now: Tick) -> Option<Tick> {
        let told = self.told.map(|told| told.plus(FORGET));
        [Some(self.asked.plus(FORGET)), told].into_iter().flatten().filter(|at| *at > now).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    /// C11: whatever is written while it is read is read afterwards, and what is written together is read once.
    #[test]
    fn the_last_change_is_never_lost() {
        let mut pace = Pace::default();
        pace.wanted(Tick(0));
        assert_eq!(pace.due(), Some(Tick(0)));
        pace.begin();
        pace.changed(Tick(3));
        pace.changed(Tick(4));
        assert_eq!(pace.due(), None, "not two readings at once");
        pace.ended(Tick(5), 5);
        assert_eq!(pace.due(), Some(Tick(505)));
        pace.begin();
        pace.ended(Tick(510), 5);
        assert_eq!(pace.due(), None, "nothing changed");
    }

    /// REL-18: one who writes without a pause costs a reading a pause, and a long reading makes a long pause.
    #[test]
    fn a_profile_that_is_always_written_is_read_at_a_bounded_rate() {
        for (took, readings) in [(1, 20), (20, 20), (100, 10), (60_000, 1)] {
            let mut pace = Pace::default();
            let (mut count, mut now) = (0, 0);
            while now < 10_000 {
                pace.changed(Tick(now));
                if pace.due().is_some_and(|due| due <= Tick(now)) {
                    pace.begin();
                    count += 1;
                    pace.ended(Tick(now), took);
                }
                now += 1;
            }
            assert_eq!(count, readings, "{took} ms");
        }
    }

    #[test]
    fn a_change_after_quiet_is_read_soon_however_many_follow() {
        let mut pace = Pace::default();
        for now in [1_000, 1_050, 1_099] {
            pace.changed(Tick(now));
        }
        assert_eq!(pace.due(), Some(Tick(1_100)));
    }

    /// What is kept in memory is bounded in time, and idle means zero wakes: a list that is shown waits for news without a clock.
    #[test]
    fn rows_are_forgotten_ten_minutes_after_the_last_question() {
        let mut interest = Interest::default();
        interest.asked(Tick(1_000));
        let end = Tick(1_000 + FORGET);
        assert_eq!(interest.until(Tick(1_000)), Some(end));
        assert_eq!(interest.want(true, Tick(end.0 - 1)), Want::Rows);
        assert_eq!((interest.want(true, end), interest.want(false, end)), (Want::News, Want::Nothing));
        assert_eq!(interest.until(end), None);
        // It was told and nobody asked: nobody looks at it.
        interest.told(end);
        interest.told(end.plus(5_000));
        assert_eq!(interest.until(end), Some(end.plus(FORGET)));
        assert_eq!(interest.want(true, end.plus(FORGET - 1)), Want::News);
        assert_eq!(interest.want(true, end.plus(FORGET)), Want::Nothing);
        interest.asked(end.plus(FORGET));
        assert_eq!(interest.want(false, end.plus(FORGET + 1)), Want::Rows);
    }
}

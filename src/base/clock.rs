//! Where time comes from. Pure rooms take a [`Tick`] as an argument; only loops own a [`Clock`].

use serde::{Deserialize, Serialize};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Milliseconds since this hub's start, monotonic. All of `World` uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tick(pub u64);

impl Tick {
    /// `ms` milliseconds later; stays at the end of time rather than wrapping.
    #[must_use]
    pub fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`; 0 when `earlier` is later.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Wall time in milliseconds since 1970, for display only: nothing is ordered or timed by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WallMs(pub u64);

impl WallMs {
    /// The date and the time of day in Greenwich: `2026-11-21 14:17:14`.
    pub fn utc(self) -> String {
        let (days, second) = (self.0 / 86_400_000, self.0 / 1_000 % 86_400);
        // Howard Hinnant's days-to-civil: years that begin in March make the leap day the last of its year.
        let shifted = days + 719_468;
        let era = shifted / 146_097;
        let day_of_era = shifted % 146_097;
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + u64::from(month <= 2);
        let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
    }
}

/// So many milliseconds ago, in one word.
pub fn ago(ms: u64) -> String {
    match ms / 60_000 {
        0 => "now".to_owned(),
        minutes @ 1..=59 => format!("{minutes} min"),
        minutes @ 60..=1_439 => format!("{} h", minutes / 60),
        minutes => format!("{} d", minutes / 1_440),
    }
}

/// The clock of one process. Follows tokio's clock, so a test that pauses tokio pauses this.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    /// A clock that shows 0 now.
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Now, in milliseconds since the start.
    pub fn now(&self) -> Tick {
        Tick(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    /// The moment of `tick`, to sleep until.
    pub fn instant(&self, tick: Tick) -> Instant {
        // 30 years: far enough to be never, near enough not to overflow the platform's clock.
        self.start + Duration::from_millis(tick.0.min(946_080_000_000))
    }

    /// The wall time, for display.
    #[expect(clippy::disallowed_methods, reason = "this is where wall time comes from")]
    pub fn wall() -> WallMs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        WallMs(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_is_told_as_a_date() {
        assert_eq!(WallMs(0).utc(), "1970-01-01 00:00:00");
        assert_eq!(WallMs(951_782_399_999).utc(), "2000-02-28 23:59:59");
        assert_eq!(WallMs(1_709_164_800_000).utc(), "2024-02-29 00:00:00");
        assert_eq!(WallMs(1_795_230_061_500).utc(), "2026-11-21 03:01:01");
        assert!(!WallMs(u64::MAX).utc().is_empty());
    }
}

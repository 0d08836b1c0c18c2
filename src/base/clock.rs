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

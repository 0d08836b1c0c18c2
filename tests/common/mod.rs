//! What the tests that run the real binary share: a terminal to run it in, a model to talk to, homes to run
//! in, and a look at which processes live.
//!
//! Nothing here sleeps. Everything waits for a named condition with a deadline, and says what it saw when the
//! deadline passes.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of this")]
#![expect(clippy::expect_used, clippy::panic, reason = "test support says what is wrong by failing the test")]

pub mod cli;
pub mod home;
pub mod model;
pub mod person;
pub mod procs;
pub mod pty;
pub mod sequences;

use std::time::{Duration, Instant};

/// The bound that hermux promises, or four times that where the machine is shared (`CI=true`).
pub fn patience(promised: Duration) -> Duration {
    if std::env::var("CI").is_ok_and(|ci| ci == "true") { promised * 4 } else { promised }
}

/// A point in time to wait until.
#[derive(Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    #[expect(clippy::disallowed_methods, reason = "a test's deadline is real time")]
    pub fn after(promised: Duration) -> Self {
        Self(Instant::now() + patience(promised))
    }

    /// What is left; zero when it has passed.
    #[expect(clippy::disallowed_methods, reason = "a test's deadline is real time")]
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    pub fn passed(self) -> bool {
        self.left().is_zero()
    }
}

pub const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

/// Waits until `is`, which nothing wakes, such as a file that comes to be.
#[track_caller]
pub fn until(what: &str, is: impl Fn() -> bool) {
    let deadline = Deadline::after(seconds(20));
    while !is() {
        assert!(!deadline.passed(), "{what}: the time is over");
        let pause = rustix::event::Timespec { tv_sec: 0, tv_nsec: 5_000_000 };
        let _ = rustix::event::poll(&mut [], Some(&pause));
    }
}

//! The words of a backend's life: its states, what happens to it, what is to be done, and after how long.

use super::failure::Failure;
use crate::base::clock::Tick;

/// Milliseconds after which a start is called slow. A warm one takes 0.9 s, a first one several.
pub const SLOW_MS: u64 = 20_000;
/// Milliseconds after which a start is given up: the process is stopped and counted as failed.
pub const GIVE_UP_MS: u64 = 180_000;
/// First bound and cap, in milliseconds, of the wait before a process is started again.
pub const RESTART_MS: (u64, u64) = (500, 30_000);
/// First bound and cap, in milliseconds, of the wait before a connection is tried again.
pub const REDIAL_MS: (u64, u64) = (300, 15_000);
/// This many ends within this many milliseconds are a crash loop.
pub const CRASHES: (usize, u64) = (5, 60_000);
/// This many failed starts in a row are, too.
pub const FAILED_STARTS: u32 = 3;
/// Milliseconds between two tries in a crash loop.
pub const LOOP_MS: u64 = 300_000;
/// Milliseconds a connection must stand for the count of tries to begin anew.
pub const SETTLED_MS: u64 = 30_000;
/// Milliseconds a backend must be live for its former ends to be forgotten.
pub const FORGIVEN_MS: u64 = 600_000;
/// Milliseconds after which a guard that was asked to stop is killed. Its own ladder comes to KILL after 7 s (INT 5 s, TERM 2 s),
/// and a stop is promised within 8 s.
pub const STOP_MS: u64 = 7_400;

/// Where one backend's life is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Cold,
    /// A process is wanted, begun, or up and not yet connected. `since`: when it was begun.
    Waking {
        since: Tick,
        slow: bool,
    },
    Live,
    /// Connected, and silent for too long.
    Degraded,
    Retrying {
        lost: Lost,
        attempt: u32,
        at: Tick,
    },
    /// It waits for the person; a crash loop also tries by itself `again`.
    Stuck {
        failure: Failure,
        again: Option<Tick>,
    },
    Stopping {
        since: Tick,
        killed: bool,
        then: Then,
    },
}

/// What has to be had again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    Process,
    Socket,
}

/// What follows once a stopping process has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Then {
    Cold,
    Wake,
    Fail(Failure),
}

/// What happens to a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It is wanted, or wanted now.
    Start,
    Stop,
    /// Stop, and never start again.
    Shutdown,
    /// The process that was asked for runs.
    Spawned,
    SpawnFailed(Failure),
    /// It said its port.
    Announced,
    /// Connected and greeted.
    Greeted,
    /// The connection is gone, or was not made.
    Unconnected,
    /// Something came after the greeting.
    Heard,
    /// Nothing came, not even an answer to a question.
    Quiet,
    /// The process and everything below it has ended.
    Exited(Failure),
    /// It is not what was asked for; it must go.
    Unfit(Failure),
    /// Time passed.
    Time,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Spawn,
    /// The process asked for last has not begun and is not wanted any more.
    CancelSpawn,
    Dial,
    /// Drop the connection, or the try to make one.
    HangUp,
    /// Ask the guard to stop its backend.
    Ask,
    /// Kill the guard and whatever carries its mark.
    Kill,
}

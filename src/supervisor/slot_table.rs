//! Every way a slot goes from one state to another, as a table: what the tests drive the slot against, and what
//! `docs/SUPERVISION.md` shows. What is not in the table changes nothing.

use super::state::{Event, Lost, State};
use std::fmt::Write as _;

/// A state without what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    Cold,
    /// Its process has not begun.
    Queued,
    /// Its process has begun.
    Waking,
    Live,
    Degraded,
    Redialing,
    Restarting,
    Stuck,
    Stopping,
}

/// An event without what it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    Start,
    Stop,
    Shutdown,
    Spawned,
    SpawnFailed,
    Announced,
    Greeted,
    Unconnected,
    Heard,
    Quiet,
    Exited,
    Unfit,
    Time,
}

impl At {
    pub const ALL: [Self; 9] = [
        Self::Cold,
        Self::Queued,
        Self::Waking,
        Self::Live,
        Self::Degraded,
        Self::Redialing,
        Self::Restarting,
        Self::Stuck,
        Self::Stopping,
    ];

    /// `child`: its process runs.
    pub fn of(state: &State, child: bool) -> Self {
        match state {
            State::Cold => Self::Cold,
            State::Waking { .. } if child => Self::Waking,
            State::Waking { .. } => Self::Queued,
            State::Live => Self::Live,
            State::Degraded => Self::Degraded,
            State::Retrying { lost: Lost::Socket, .. } => Self::Redialing,
            State::Retrying { lost: Lost::Process, .. } => Self::Restarting,
            State::Stuck { .. } => Self::Stuck,
            State::Stopping { .. } => Self::Stopping,
        }
    }
}

impl On {
    pub const ALL: [Self; 13] = [
        Self::Start,
        Self::Stop,
        Self::Shutdown,
        Self::Spawned,
        Self::SpawnFailed,
        Self::Announced,
        Self::Greeted,
        Self::Unconnected,
        Self::Heard,
        Self::Quiet,
        Self::Exited,
        Self::Unfit,
        Self::Time,
    ];

    pub fn of(event: &Event) -> Self {
        match event {
            Event::Start => Self::Start,
            Event::Stop => Self::Stop,
            Event::Shutdown => Self::Shutdown,
            Event::Spawned => Self::Spawned,
            Event::SpawnFailed(_) => Self::SpawnFailed,
            Event::Announced => Self::Announced,
            Event::Greeted => Self::Greeted,
            Event::Unconnected => Self::Unconnected,
            Event::Heard => Self::Heard,
            Event::Quiet => Self::Quiet,
            Event::Exited(_) => Self::Exited,
            Event::Unfit(_) => Self::Unfit,
            Event::Time => Self::Time,
        }
    }
}

/// One row: in `at`, `on` leads to one of `to`; when, in words.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    pub at: At,
    pub on: On,
    pub to: &'static [At],
    pub when: &'static str,
}

const fn row(at: At, on: On, to: &'static [At], when: &'static str) -> Row {
    Row { at, on, to, when }
}

use At::{Cold, Degraded, Live, Queued, Redialing, Restarting, Stopping, Stuck, Waking};

/// Every transition, also those that lead back to the same state but do something.
pub const TABLE: &[Row] = &[
    row(Cold, On::Start, &[Queued], "asks for a process"),
    row(Queued, On::Spawned, &[Waking], "its turn came"),
    row(Queued, On::SpawnFailed, &[Restarting, Stuck], "stuck when no retry can help, or for the third time"),
    row(Queued, On::Stop, &[Cold], "gives its turn up"),
    row(Queued, On::Shutdown, &[Cold], "gives its turn up"),
    row(Waking, On::Announced, &[Waking], "connects"),
    row(Waking, On::Unconnected, &[Waking], "connects again after a wait"),
    row(Waking, On::Greeted, &[Live], "its port was announced and it greeted hermux"),
    row(Waking, On::Time, &[Waking, Stopping], "slow at 20 s; given up at 180 s; the next try to connect"),
    row(Waking, On::Exited, &[Restarting, Stuck], "stuck when no retry can help, or for the third time"),
    row(Live, On::Quiet, &[Degraded], "two questions were not answered"),
    row(Degraded, On::Heard, &[Live], "anything came"),
    row(Live, On::Unconnected, &[Redialing], "the process lives on"),
    row(Degraded, On::Unconnected, &[Redialing], "the process lives on"),
    row(Redialing, On::Unconnected, &[Redialing], "for ever, while the process lives"),
    row(Redialing, On::Time, &[Redialing], "connects"),
    row(Redialing, On::Start, &[Redialing], "connects now"),
    row(Redialing, On::Greeted, &[Live], ""),
    row(Live, On::Exited, &[Restarting, Stuck], "stuck at the fifth end in 60 s, or while not forgiven"),
    row(Degraded, On::Exited, &[Restarting, Stuck], "stuck at the fifth end in 60 s, or while not forgiven"),
    row(Redialing, On::Exited, &[Restarting, Stuck], "stuck at the fifth end in 60 s, or while not forgiven"),
    row(Restarting, On::Time, &[Queued], "the wait is over"),
    row(Restarting, On::Start, &[Queued], "the person does not wait"),
    row(Restarting, On::Stop, &[Cold], ""),
    row(Restarting, On::Shutdown, &[Cold], ""),
    row(Stuck, On::Time, &[Queued], "every 5 min in a crash loop; never when no retry can help"),
    row(Stuck, On::Start, &[Queued], "forgiven"),
    row(Stuck, On::Stop, &[Cold], ""),
    row(Stuck, On::Shutdown, &[Cold], ""),
    row(Waking, On::Stop, &[Stopping], "hangs up and asks the guard"),
    row(Live, On::Stop, &[Stopping], "hangs up and asks the guard"),
    row(Degraded, On::Stop, &[Stopping], "hangs up and asks the guard"),
    row(Redialing, On::Stop, &[Stopping], "hangs up and asks the guard"),
    row(Waking, On::Shutdown, &[Stopping], "hangs up and asks the guard"),
    row(Live, On::Shutdown, &[Stopping], "hangs up and asks the guard"),
    row(Degraded, On::Shutdown, &[Stopping], "hangs up and asks the guard"),
    row(Redialing, On::Shutdown, &[Stopping], "hangs up and asks the guard"),
    row(Waking, On::Unfit, &[Stopping], "it serves another profile; stuck when it has ended"),
    row(Live, On::Unfit, &[Stopping], "it serves another profile; stuck when it has ended"),
    row(Degraded, On::Unfit, &[Stopping], "it serves another profile; stuck when it has ended"),
    row(Redialing, On::Unfit, &[Stopping], "it serves another profile; stuck when it has ended"),
    row(Stopping, On::Start, &[Stopping], "begins anew when it has ended"),
    row(Stopping, On::Stop, &[Stopping], "stays cold when it has ended"),
    row(Stopping, On::Shutdown, &[Stopping], "stays cold when it has ended"),
    row(Stopping, On::Time, &[Stopping], "kills the guard after 7.4 s"),
    row(Stopping, On::Exited, &[Cold, Queued, Restarting, Stuck], "what was wanted, or why it was stopped"),
];

/// The table as Markdown.
pub fn render() -> String {
    let mut text = "| state | event | next | |\n|---|---|---|---|\n".to_owned();
    for Row { at, on, to, when } in TABLE {
        let to: Vec<String> = to.iter().map(|to| format!("{to:?}")).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {at:?} | {on:?} | {} | {when} |", to.join(", "));
    }
    text
}

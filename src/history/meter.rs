//! What the queries of this thread cost, for the tests.

use rusqlite::{Statement, StatementStatus};
use std::cell::Cell;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Meter {
    pub queries: u64,
    /// Of one query, in steps of SQLite's machine.
    pub most_steps: i32,
    /// The longest that a query was let go on for, in milliseconds.
    pub longest: u64,
}

thread_local! {
    static METER: Cell<Meter> = const { Cell::new(Meter { queries: 0, most_steps: 0, longest: 0 }) };
}

pub(super) fn take() -> Meter {
    METER.take()
}

pub(super) fn query(statement: &Statement<'_>) {
    let Meter { queries, most_steps, longest } = METER.get();
    let steps = statement.reset_status(StatementStatus::VmStep);
    METER.set(Meter { queries: queries + 1, most_steps: most_steps.max(steps), longest });
}

pub(super) fn check(went_on: u64, over: bool) {
    if !over {
        METER.set(Meter { longest: METER.get().longest.max(went_on), ..METER.get() });
    }
}

//! What is remembered of one profile's processes, for whoever asks how things stand. Pure; the profile's task writes it.

use super::failure::Failure;
use super::state::{State, Then};
use crate::base::clock::{Tick, WallMs};
use crate::base::text::Untrusted;

/// One profile's present process, and what became of the ones before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Record {
    pub running: Option<Running>,
    /// Processes that were started in place of one that had ended by itself.
    pub restarts: u32,
    /// How the last one ended, and when.
    pub last_exit: Option<(Untrusted, WallMs)>,
    /// The last one ended by itself.
    fell: bool,
}

/// A process that runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// The guard's process id, where it is known: the backend and its tools are below it.
    pub guard: Option<i32>,
    pub since: Tick,
    /// What it announced.
    pub port: Option<u16>,
}

impl Record {
    pub(super) fn started(&mut self, guard: Option<i32>, since: Tick) {
        self.restarts = self.restarts.saturating_add(u32::from(std::mem::take(&mut self.fell)));
        self.running = Some(Running { guard, since, port: None });
    }

    pub(super) fn announced(&mut self, port: u16) {
        if let Some(running) = &mut self.running {
            running.port = Some(port);
        }
    }

    /// The process ended while its life was in `state`, as `failure` says.
    pub(super) fn ended(&mut self, state: &State, failure: &Failure, at: WallMs) {
        self.running = None;
        let why = match state {
            State::Stopping { then: Then::Cold | Then::Wake, .. } => None,
            State::Stopping { then: Then::Fail(failure), .. } => Some(failure),
            _ => Some(failure),
        };
        self.fell = why.is_some();
        self.last_exit = Some((why.map_or_else(|| "hermux stopped it".into(), |why| why.what().into()), at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_in_place_of_one_that_fell_is_a_restart() {
        let mut record = Record::default();
        let stopping = |then| State::Stopping { since: Tick(0), killed: false, then };
        let fell = Failure::Ended("it ended with exit code 3".into());
        record.started(Some(7), Tick(5));
        record.announced(4_000);
        assert_eq!(record.running, Some(Running { guard: Some(7), since: Tick(5), port: Some(4_000) }));
        for (state, why, restarts) in [
            (State::Live, "it ended with exit code 3", 1),
            (stopping(Then::Cold), "hermux stopped it", 1),
            (stopping(Then::Wake), "hermux stopped it", 1),
            (stopping(Then::Fail(Failure::UnknownProfile)), "Hermes does not know this profile", 2),
        ] {
            record.ended(&state, &fell, WallMs(9));
            assert_eq!((record.running, &record.last_exit), (None, &Some((why.into(), WallMs(9)))));
            record.started(None, Tick(6));
            assert_eq!(record.restarts, restarts, "{why}");
        }
    }
}

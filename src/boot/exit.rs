//! What a run ends with, for whoever started it (UX-40). One list, used by every subcommand; `--help` and the README repeat it.
//! Not here: the guard's and the demo backend's codes, which are those of the program that they stand for.

use std::process::ExitCode;

/// The exit codes of hermux, other than 128 and a signal's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    /// It failed; a message says how. `doctor`: there are warnings.
    Failure = 1,
    /// The command line is wrong, or there is no terminal to run on. `doctor`: something does not work.
    Usage = 2,
    /// The config file cannot be used.
    Config = 3,
    /// No backend, or no hub, could be started or reached.
    NoBackend = 4,
    /// A provider refused the credentials.
    Auth = 5,
    /// The session waits for a person.
    Waiting = 6,
    /// The time that was given is over.
    Timeout = 7,
    /// Whether a message arrived is not known.
    Uncertain = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The end that a signal's own default would have been.
pub fn of_signal(number: i32) -> ExitCode {
    ExitCode::from(u8::try_from(number).map_or(Exit::Failure as u8, |number| number.saturating_add(128)))
}

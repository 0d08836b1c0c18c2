//! Why a backend does not run, in words for the person: what happened, and what they can do.

use crate::base::{sys::guarding, text::Untrusted};
use crate::model::profile::{BackendState, Stuck, StuckReason};

/// Log lines shown with a failure.
pub const LOG_LINES: usize = 50;

/// Why a backend could not start, or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The program is not there, or cannot be run; its name.
    NoBinary(String),
    UnknownProfile,
    /// There is no Hermes home at this place.
    NoHome(String),
    /// It did not understand its command line: most likely too old.
    BadCommand,
    /// It serves another profile, whose name is given.
    WrongProfile(String),
    /// It did not get ready in time.
    NotReady,
    /// It ended; how, in words.
    Ended(String),
    /// Another hermux owns this profile; who.
    Elsewhere(String),
    /// The system did not let hermux start it.
    System(String),
}

impl Failure {
    /// What an exit means. `code` is the guard's, which hands on the backend's own.
    pub fn of_exit(code: Option<i32>, ready: bool, program: &str, log: &[Untrusted]) -> Self {
        let said = |what: &str| log.iter().any(|line| line.raw().contains(what));
        match code {
            _ if ready => {}
            Some(code) if code == i32::from(guarding::NOT_FOUND) || code == i32::from(guarding::NOT_RUN) => {
                return Self::NoBinary(program.to_owned());
            }
            Some(2) => return Self::BadCommand,
            // The words of `hermes` 0.19; another wording is a failed start like any other.
            Some(1) if said("Error: Profile '") && said("does not exist") => return Self::UnknownProfile,
            _ => {}
        }
        Self::Ended(match code {
            Some(code @ 129..=192) => format!("it was ended by signal {}", code - 128),
            Some(code) => format!("it ended with exit code {code}"),
            None => "its guard was killed".to_owned(),
        })
    }

    /// Whether trying again may help although nobody did anything.
    pub fn is_worth_a_retry(&self) -> bool {
        matches!(self, Self::NotReady | Self::Ended(_) | Self::System(_))
    }

    /// What happened, in half a sentence.
    pub fn what(&self) -> String {
        match self {
            Self::NoBinary(program) => format!("the program {program} was not found or cannot be run"),
            Self::UnknownProfile => "Hermes does not know this profile".into(),
            Self::NoHome(place) => format!("there is no Hermes home at {place}"),
            Self::BadCommand => "Hermes did not understand how hermux starts it".into(),
            Self::WrongProfile(serves) => {
                format!("it serves the profile {serves:?}, not this one, so hermux stopped it")
            }
            Self::NotReady => "it did not get ready within 180 s, so hermux stopped it".into(),
            Self::Ended(how) => how.clone(),
            Self::Elsewhere(who) => format!("it belongs to {who}"),
            Self::System(error) => format!("the system did not start it: {error}"),
        }
    }

    fn can(&self, looping: bool) -> &'static str {
        match self {
            Self::NoBinary(_) => {
                "Install Hermes, or name its program with --hermes or `hermes =` in the config; `hermux demo` needs none"
            }
            Self::UnknownProfile => "Create it with `hermes profile create`, then try again",
            Self::NoHome(_) => {
                "Install Hermes and run `hermes setup`, or name another home with --home; `hermux demo` needs none"
            }
            Self::BadCommand => "Update Hermes to 0.19 or later, then try again",
            Self::WrongProfile(_) => "Check HERMES_HOME and the profile's directory, then try again",
            Self::Elsewhere(_) => "Work there, or end that hermux",
            Self::NotReady | Self::Ended(_) | Self::System(_) if looping => {
                "hermux tries again every 5 min; its log says more; try again now when it is mended"
            }
            Self::NotReady | Self::Ended(_) | Self::System(_) => "Its log says more; try again",
        }
    }

    /// The state to show. `started`: it had been live, so it crashes rather than cannot start.
    pub fn show(&self, looping: bool, started: bool, log: Vec<Untrusted>) -> BackendState {
        let reason = match self {
            Self::Elsewhere(who) => return BackendState::Elsewhere(who.as_str().into()),
            Self::NoBinary(_) => StuckReason::NoBinary,
            Self::UnknownProfile => StuckReason::UnknownProfile,
            Self::WrongProfile(_) => StuckReason::WrongProfile,
            Self::NotReady => StuckReason::NotReady,
            Self::Ended(_) if started => StuckReason::CrashLoop,
            Self::Ended(_) => StuckReason::CrashAtStart,
            Self::BadCommand | Self::NoHome(_) | Self::System(_) => StuckReason::Other,
        };
        let (what, can) = (self.what().into(), self.can(looping).into());
        BackendState::Stuck(Box::new(Stuck { reason, what, can, log }))
    }
}

//! Why a backend does not run, in words for the person: what happened, what hermux does, and what they can do.

use super::version::{LEAST, Version};
use crate::base::{sys::guarding, text::Untrusted};
use crate::model::profile::{BackendState, Stuck, StuckReason};

/// Log lines shown with a failure.
pub const LOG_LINES: usize = 50;

/// Why a backend could not start, or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The program is not there; its name.
    NoBinary(String),
    /// It is there, and may not be run; its place.
    NotExecutable(String),
    /// It is there, and the system cannot run it: its name, and what the system says.
    CannotRun(String, String),
    /// It is another program of that name: its name, and what it says of itself.
    NotHermes(String, String),
    /// It is a Hermes from before hermux: its name and version.
    TooOld(String, Version),
    UnknownProfile,
    /// There is no Hermes home at this place.
    NoHome(String),
    /// The home is there and cannot be read: its place, and why.
    Unreadable(String, String),
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

/// What a program says of itself when asked for its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    Hermes(Version),
    /// Not Hermes; the first line that it wrote.
    Other(String),
    /// It said nothing and did not end.
    Silent,
    /// It was not asked, or could not be.
    Unknown,
}

impl Failure {
    /// What an exit means. `code` is the guard's, which hands on the backend's own.
    pub fn of_exit(code: Option<i32>, ready: bool, program: &str, log: &[Untrusted]) -> Self {
        let said = |what: &str| log.iter().any(|line| line.raw().contains(what));
        match code {
            _ if ready => {}
            Some(code) if code == i32::from(guarding::NOT_FOUND) || code == i32::from(guarding::NOT_RUN) => {
                // The program was there a moment ago, so that it is the system that has something against it.
                let why = log.iter().rev().find_map(|line| line.raw().split_once(guarding::NOT_STARTED));
                let why = why.map_or_else(String::new, |(_, why)| why.trim().to_owned());
                return Self::CannotRun(program.to_owned(), why);
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

    /// Whether the program's version may say more about this failed start.
    pub fn is_worth_a_probe(&self) -> bool {
        matches!(self, Self::BadCommand | Self::Ended(_))
    }

    /// The same failure, knowing what `program` says of itself.
    #[must_use]
    pub fn knowing(self, probe: &Probe, program: &str) -> Self {
        match probe {
            Probe::Hermes(found) if *found < LEAST => Self::TooOld(program.to_owned(), *found),
            Probe::Other(says) => Self::NotHermes(program.to_owned(), says.clone()),
            Probe::Hermes(_) | Probe::Silent | Probe::Unknown => self,
        }
    }

    /// Whether trying again may help although nobody did anything.
    pub fn is_worth_a_retry(&self) -> bool {
        matches!(self, Self::NotReady | Self::Ended(_) | Self::System(_))
    }

    /// What happened, in half a sentence.
    pub fn what(&self) -> String {
        match self {
            Self::NoBinary(program) if program.contains('/') => format!("there is no program {program}"),
            Self::NoBinary(program) => {
                format!("the program {program} was not found in any directory of PATH")
            }
            Self::NotExecutable(place) => format!("{place} is there, but may not be run"),
            Self::CannotRun(program, why) => {
                format!("{program} is there, but the system cannot run it: {why}")
            }
            Self::NotHermes(program, says) => {
                format!("{program} is another program, not Hermes. It says of itself: {says}")
            }
            Self::TooOld(program, found) => {
                format!("{program} is Hermes {found}; hermux needs {LEAST} or newer")
            }
            Self::UnknownProfile => "Hermes does not know this profile".into(),
            Self::NoHome(place) => format!("there is no Hermes home at {place} yet"),
            Self::Unreadable(place, why) => format!("its home {place} cannot be read: {why}"),
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

    /// What hermux does about it.
    fn does(&self, looping: bool) -> &'static str {
        match self {
            Self::NoBinary(_) | Self::NotExecutable(_) | Self::NoHome(_) | Self::Unreadable(..) => {
                "hermux has started nothing"
            }
            _ if looping => "hermux tries again every 5 min",
            _ => "hermux has stopped trying",
        }
    }

    /// What the person can do, a line each: `why:  command`.
    pub fn can(&self) -> &'static str {
        match self {
            Self::NoBinary(_) => {
                "install it:  pip install 'hermes-agent[web]'\nor say where it is:  hermux --hermes PATH\n\
                 or try without:  hermux demo"
            }
            Self::NotExecutable(_) => {
                "let it run:  chmod +x its file\nor name another:  hermux --hermes PATH\nor try without:  hermux demo"
            }
            Self::CannotRun(..) => {
                "install it anew:  pip install --force-reinstall 'hermes-agent[web]'\n\
                 or name another:  hermux --hermes PATH\nor try without:  hermux demo"
            }
            Self::NotHermes(..) => {
                "say where Hermes is:  hermux --hermes PATH\nor install it:  pip install 'hermes-agent[web]'\n\
                 or try without:  hermux demo"
            }
            Self::TooOld(..) | Self::BadCommand => {
                "update it:  hermes update\nor name a newer one:  hermux --hermes PATH\nor try without:  hermux demo"
            }
            Self::UnknownProfile => "make it:  hermes profile create NAME\nlook closer:  hermux doctor",
            Self::NoHome(_) => {
                "make one:  hermes setup\nor say where it is:  hermux --home DIR\nor try without:  hermux demo"
            }
            Self::Unreadable(..) => "see whose it is:  ls -ld its home\nlook closer:  hermux doctor",
            Self::WrongProfile(_) => "check:  echo $HERMES_HOME\nlook closer:  hermux doctor",
            Self::Elsewhere(_) => "work there, or leave it there and try again here",
            Self::NotReady | Self::Ended(_) | Self::System(_) => {
                "look closer:  hermux doctor\nask Hermes itself:  hermes doctor\nor try without:  hermux demo"
            }
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
            Self::NotExecutable(_)
            | Self::CannotRun(..)
            | Self::NotHermes(..)
            | Self::TooOld(..)
            | Self::NoHome(_)
            | Self::Unreadable(..)
            | Self::BadCommand
            | Self::System(_) => StuckReason::Other,
        };
        let (what, does, can) = (self.what().into(), self.does(looping).into(), self.can().into());
        BackendState::Stuck(Box::new(Stuck { reason, what, does, can, log }))
    }
}

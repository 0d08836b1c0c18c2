//! Why a command was not carried out.

use crate::{
    base::{
        ids::{ProfileName, SessionId},
        name::NameProblem,
        text::Untrusted,
    },
    model::status::{self, Status},
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Refusal {
    #[error("this session is no longer open")]
    NoSession,
    #[error("that terminal is gone")]
    NoTerminal,
    #[error("this profile is not known")]
    NoProfile,
    #[error("a turn is running in this session")]
    Running,
    #[error("this session is being deleted")]
    Deleted,
    #[error("it was sent already and cannot be taken back")]
    Sent,
    #[error("nothing is running in this session")]
    NotRunning,
    #[error("this prompt is no longer open")]
    PromptGone,
    #[error("this prompt is not the one that was shown")]
    PromptChanged,
    #[error("this prompt waits behind an earlier one of the session")]
    PromptNotFirst,
    #[error("the time to answer this prompt is over")]
    PromptLate,
    #[error("that is not one of the offered answers")]
    BadAnswer,
    #[error("that cannot be set: it is not one of the offered words, or no absolute path")]
    BadSetting,
    #[error("there is no text to send")]
    EmptyText,
    #[error("the text is too long to send")]
    TooLong,
    #[error("there are too many already")]
    TooMany,
    #[error("this entry is no longer in the queue")]
    NotQueued,
    #[error("an earlier text of this session has an unknown fate; settle it first")]
    Unsettled,
    #[error("another hermux holds profile {0}; it can only be read here")]
    Elsewhere(ProfileName),
    #[error("it could not be read")]
    Unreadable(Untrusted),
    #[error("the file could not be written")]
    NotWritten(Untrusted),
    #[error("a directory begins with a slash")]
    NotAPath,
    #[error("something newer was asked for")]
    Superseded,
    #[error("the backend refused")]
    Backend(Untrusted),
    #[error("{}", told(.0))]
    AtWork(Vec<AtWork>),
    #[error("everything was stopped before it was done")]
    Stopped,
    #[error("{0}")]
    Name(NameProblem),
    #[error("the profile default is the Hermes home itself: it can be neither renamed nor deleted")]
    Default,
    #[error("the name that was confirmed is not the profile's; nothing was deleted")]
    NotConfirmed,
    #[error("profile {0} is just being created, renamed or deleted; try again in a moment")]
    Changing(ProfileName),
    /// The `hermes` program did not do it; its own words.
    #[error("hermes did not do it")]
    Hermes(Untrusted),
    #[error("hermux is ending")]
    Ending,
    /// Said in the terminal itself, for a hub that cannot.
    #[error("the hub cannot be reached now; try again when it is back")]
    NoHub,
}

/// A session that works, or waits for the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtWork {
    pub session: SessionId,
    pub profile: ProfileName,
    /// Its name as it is shown.
    pub name: String,
    pub status: Status,
}

/// What still runs or waits, for people: a few by name, the others as a number.
fn told(at_work: &[AtWork]) -> String {
    const NAMED: usize = 5;
    let named = at_work.iter().take(NAMED);
    let mut list: Vec<String> =
        named.map(|at| format!("{} \"{}\" ({})", at.profile, at.name, status::words(at.status))).collect();
    if at_work.len() > NAMED {
        list.push(format!("{} more", at_work.len() - NAMED));
    }
    let sessions = if at_work.len() == 1 { "a session is" } else { "sessions are" };
    format!("{sessions} at work: {}; nothing was ended. Force ends them, too", list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_at_work_is_named_and_the_list_is_short() {
        let at = |n: u64| AtWork {
            session: SessionId(n),
            profile: ProfileName::default_profile(),
            name: format!("t{n}"),
            status: Status::Working,
        };
        assert_eq!(
            Refusal::AtWork(vec![at(1)]).to_string(),
            "a session is at work: default \"t1\" (working); nothing was ended. Force ends them, too"
        );
        let many = Refusal::AtWork((1..8).map(at).collect()).to_string();
        assert!(many.contains("\"t5\" (working), 2 more;"), "{many}");
    }
}

//! Why a command was not carried out.

use crate::base::{ids::ProfileName, text::Untrusted};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum Refusal {
    #[error("this session is no longer open")]
    NoSession,
    #[error("this profile is not known")]
    NoProfile,
    #[error("a turn is running in this session")]
    Running,
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
    #[error("the backend refused")]
    Backend(Untrusted),
    #[error("hermux is ending")]
    Ending,
}

//! Settings of a session or of a profile: what its backend offers, and what a person chooses of it.
//!
//! What is offered is an answer to the one who asked, never part of the world: it is the backend's own, and changes outside hermux.

use super::session::ApprovalMode;
use crate::base::text::Untrusted;
use serde::{Deserialize, Serialize};

/// Something that can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Topic {
    Models,
    /// How long a model thinks.
    Effort,
    /// Whether the provider's faster, dearer tier is used.
    Fast,
    /// Who decides on dangerous commands.
    Approvals,
    Personality,
    /// Groups of tools, each on or off.
    Toolsets,
    /// Each on or off.
    Skills,
}

/// One thing that a topic offers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Choice {
    /// What is told to the backend when it is chosen.
    pub value: Untrusted,
    /// What it belongs to, as the backend names it: a model's provider, a skill's category. Empty: to nothing, or to the provider in
    /// use, which need not be named, and which Hermes does not always know by its name.
    pub group: Untrusted,
    /// The group's name for people.
    pub group_name: Untrusted,
    /// What it is, in the backend's words.
    pub about: Untrusted,
    /// It is the one that is set; where each can be on or off, it is on.
    pub on: bool,
}

/// A wish to have something set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// `provider`: empty for the one in use. `confirmed`: the person saw what the backend warned of.
    Model {
        model: String,
        provider: String,
        confirmed: bool,
    },
    Effort(String),
    Fast(bool),
    Approvals(ApprovalMode),
    /// `none` clears it.
    Personality(String),
    Toolset {
        name: String,
        on: bool,
    },
    Skill {
        name: String,
        on: bool,
    },
    /// Where the session's tools run.
    Directory(String),
}

impl Topic {
    /// Whether Hermes keeps it for one session apart from its profile. What it does not is the profile's alone.
    pub fn is_of_session(self) -> bool {
        matches!(self, Self::Models | Self::Effort | Self::Fast)
    }

    /// Whether each choice is on or off by itself; else exactly one is set.
    pub fn is_many(self) -> bool {
        matches!(self, Self::Toolsets | Self::Skills)
    }
}

impl Setting {
    /// What it is a choice of; a directory is none.
    pub fn topic(&self) -> Option<Topic> {
        Some(match self {
            Self::Model { .. } => Topic::Models,
            Self::Effort(_) => Topic::Effort,
            Self::Fast(_) => Topic::Fast,
            Self::Approvals(_) => Topic::Approvals,
            Self::Personality(_) => Topic::Personality,
            Self::Toolset { .. } => Topic::Toolsets,
            Self::Skill { .. } => Topic::Skills,
            Self::Directory(_) => return None,
        })
    }
}

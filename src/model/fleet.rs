//! What is said of the profiles themselves beside how they stand: a new one, what is to be done to one, and what one is.

use super::profile::Profile;
use crate::base::{ids::ProfileName, text::Untrusted};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A profile that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProfile {
    pub name: ProfileName,
    /// Copy this one's settings, keys, SOUL.md and skills.
    #[serde(default)]
    pub clone: Option<ProfileName>,
    /// Copy all that it has but its past sessions. Means nothing without `clone`.
    #[serde(default)]
    pub clone_all: bool,
    /// What it is for; empty for nothing.
    #[serde(default)]
    pub description: String,
    /// What its SOUL.md is to be; `None`: what Hermes, or the one that is copied, has.
    #[serde(default)]
    pub soul: Option<String>,
}

/// What can be said of a profile without starting anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    pub profile: ProfileName,
    pub home: Untrusted,
    pub description: Untrusted,
    /// As its config file says; `None` where that says nothing.
    pub model: Option<Untrusted>,
    pub provider: Option<Untrusted>,
    /// How many sessions its list has, or why that cannot be known.
    pub sessions: Result<u64, Untrusted>,
    /// The names in its `.env`, in their order, at most 200.
    pub keys: Vec<EnvKey>,
    /// Bytes of its SOUL.md, if it has one.
    pub soul: Option<u64>,
    /// It is the one that `hermes` itself uses when none is named.
    pub sticky: bool,
    /// Its messaging gateway runs.
    pub gateway: bool,
    /// What could not be read, and why.
    pub problems: Vec<Untrusted>,
}

/// A name in an environment file. The value is nowhere (I12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvKey {
    pub name: Untrusted,
    /// Whether it has a value that is not empty.
    pub set: bool,
}

/// What is to be done to the profiles. The `hermes` program does it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    Create(Box<NewProfile>),
    Rename { profile: ProfileName, to: ProfileName },
    Delete(ProfileName),
}

impl Operation {
    /// The profile that it is about: the new one where one is made.
    pub fn profile(&self) -> &ProfileName {
        match self {
            Self::Create(new) => &new.name,
            Self::Rename { profile, .. } | Self::Delete(profile) => profile,
        }
    }

    /// Every name whose directory it touches.
    pub fn names(&self) -> Vec<&ProfileName> {
        match self {
            Self::Rename { profile, to } => vec![profile, to],
            _ => vec![self.profile()],
        }
    }
}

/// Where a directory is, whatever its name: by this a profile is known again that was renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub device: u64,
    pub inode: u64,
}

/// The profiles that one look at the disk found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Seen {
    /// A later look has a higher number; 0 before the first one that was asked for.
    pub look: u64,
    /// In their order.
    pub profiles: Vec<Profile>,
    /// Where those are that are directories of their own.
    pub places: BTreeMap<ProfileName, Place>,
}

impl From<Vec<Profile>> for Seen {
    fn from(profiles: Vec<Profile>) -> Self {
        Self { profiles, ..Self::default() }
    }
}

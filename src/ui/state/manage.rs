//! The Manage view: every profile and what can be said of it. The view holds which one is chosen; what the hub said of each is kept beside
//! it, since questions about a profile need it as well.

use std::collections::BTreeMap;

use crate::base::ids::ProfileName;
use crate::model::fleet::Details;
use crate::model::profile::Profile;
use crate::model::world::World;

/// The open view.
#[derive(Clone, Debug, Default)]
pub struct Manage {
    /// The profile that keys act on.
    pub chosen: Option<ProfileName>,
}

/// What the hub said of profiles, as of the last time each was asked about.
pub type ManageOf = BTreeMap<ProfileName, Known>;

/// What is known of a profile.
#[derive(Clone, Debug, PartialEq)]
pub enum Known {
    Is(Box<Details>),
    /// It cannot be said, and why.
    Not(String),
}

impl Manage {
    /// The chosen profile; the first, when that one is gone.
    pub fn at<'a>(&self, world: &'a World) -> Option<&'a Profile> {
        let chosen = self.chosen.as_ref().and_then(|name| world.profile(name));
        chosen.or(world.profiles.first())
    }

    /// Chooses the one `by` further on, stopping at both ends.
    pub fn step(&mut self, world: &World, by: isize) {
        let names = || world.profiles.iter().map(|profile| &profile.name);
        let at = self.at(world).and_then(|at| names().position(|name| *name == at.name)).unwrap_or(0);
        let last = world.profiles.len().saturating_sub(1);
        self.chosen = names().nth(at.saturating_add_signed(by).min(last)).cloned();
    }
}

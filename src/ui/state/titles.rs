//! What linked sessions are called, as far as this terminal was told: for the links in messages that are on the screen.

use std::collections::HashMap;

use crate::base::ids::{ProfileName, StoredId};
use crate::base::text::Untrusted;

/// Links that are known at most; then all are forgotten, and those on the screen asked for again.
const MOST: usize = 500;

/// Links of one text or message that are looked up, and shown below it, at most.
pub const AT_ONCE: usize = 8;

/// What is known of a linked session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// The hub is asked.
    Asked,
    Session(ProfileName, Untrusted),
    /// No profile has it.
    Absent,
}

/// Sessions that messages link to. Ids are unique across profiles.
#[derive(Debug, Default)]
pub struct Titles {
    known: HashMap<StoredId, Known>,
    revision: u64,
}

impl Titles {
    /// What is known of `id`; `None`: nobody asked.
    pub fn get(&self, id: &StoredId) -> Option<&Known> {
        self.known.get(id)
    }

    /// Grows with what would be drawn differently.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Notes what a link leads to.
    pub fn set(&mut self, id: &StoredId, known: Known) {
        if self.known.len() >= MOST && !self.known.contains_key(id) {
            self.known.clear();
        }
        if self.known.get(id) != Some(&known) {
            self.revision += u64::from(known != Known::Asked);
            self.known.insert(id.clone(), known);
        }
    }
}

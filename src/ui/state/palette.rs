//! The palette: one list over everything that can be done or gone to, the search of what was said, and the choices made of a part
//! of it. Beside it a look into the session that is chosen.
//!
//! What is stored is asked of the hub; what came last stays until something newer comes.

use std::collections::VecDeque;

use super::picker::{Picker, Target};
use super::setup::Setup;
use crate::base::clock::Tick;
use crate::base::ids::{AskId, ProfileName, SessionId, StoredId};
use crate::base::text::Untrusted;
use crate::model::listing::{Hit, Peek, StoredRow};
use crate::ui::keymap::Scope;

#[derive(Debug, Default)]
pub struct Palette {
    pub offer: Offer,
    pub picker: Picker,
    /// Where the person was: which keys work there.
    pub scopes: Vec<Scope>,
    /// Stored sessions by name, as the hub found them last.
    pub found: Vec<StoredRow>,
    /// The question for them that is under way, and the newest that was asked.
    pub finding: Option<AskId>,
    pub sought: Option<String>,
    /// The sum of what the profiles count of their writes: another one, and everything is asked anew.
    pub written: u64,
    pub search: Search,
    pub preview: Preview,
    /// Whose settings, where they are what is offered.
    pub setup: Option<Setup>,
}

/// What a palette is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Offer {
    #[default]
    Everything,
    Profiles,
    /// Sessions alone, open and stored.
    Sessions,
    /// The queued messages of the session that is shown.
    Queue,
    Themes,
    /// Sessions to put a link to into the composer.
    Link,
    /// The sessions that a message links to.
    Links,
    /// What was said, in every session.
    Search,
    /// Settings of a profile or a session.
    Settings,
}

/// A part of everything, named by the first character of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    All,
    Actions,
    Sessions,
    Profiles,
    Models,
    Slash,
}

/// What a query may begin with, and what it then is about.
pub const PREFIXES: [(char, Part, &str); 5] = [
    ('>', Part::Actions, "actions"),
    ('@', Part::Sessions, "sessions"),
    ('#', Part::Profiles, "profiles"),
    ('%', Part::Models, "models"),
    ('/', Part::Slash, "commands"),
];

/// What a query is about, and what is looked for in it.
pub fn part(query: &str) -> (Part, &str) {
    let of =
        |(prefix, part, _): &(char, Part, &str)| Some((*part, query.strip_prefix(*prefix)?.trim_start()));
    PREFIXES.iter().find_map(of).unwrap_or((Part::All, query))
}

/// The search of what was said.
#[derive(Debug, Default)]
pub struct Search {
    /// Newest first.
    pub hits: Vec<Hit>,
    /// Why some profiles could not be searched.
    pub problems: Vec<(ProfileName, Untrusted)>,
    /// What `hits` are of.
    pub text: String,
    /// The search that is under way. Its first piece takes the place of what was found before.
    pub asked: Option<AskId>,
    pub begun: bool,
    /// When the query is to be searched for.
    pub due: Option<Tick>,
    /// There are more hits than are shown.
    pub cut: bool,
}

impl Search {
    /// Hits that are kept of one search.
    pub const MOST: usize = 500;

    /// Takes a piece of what `ask` finds. False: enough was found.
    pub fn take(&mut self, hits: Vec<Hit>, done: bool, problems: Vec<(ProfileName, Untrusted)>) -> bool {
        // What was found before stays until there is something in its place.
        if !self.begun && (done || !hits.is_empty()) {
            self.hits.clear();
            self.problems.clear();
            (self.begun, self.cut) = (true, false);
        }
        self.hits.extend(hits);
        self.hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
        self.problems.extend(problems);
        if done {
            self.asked = None;
        }
        let more = self.hits.len() > Self::MOST;
        self.hits.truncate(Self::MOST);
        self.cut |= more;
        !more
    }
}

/// What is looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Open(SessionId),
    Stored(ProfileName, StoredId),
}

/// A look into the session that is chosen. It marks nothing read and starts nothing.
#[derive(Debug, Default)]
pub struct Preview {
    pub of: Option<Seen>,
    /// When it is to be asked for: the choice may move on before.
    pub due: Option<Tick>,
    /// What was looked into, newest last, and whether nothing was written since.
    kept: VecDeque<(Peek, bool)>,
    /// Why what is chosen could not be read.
    pub failed: Option<String>,
    /// Rows up from the end.
    pub scroll: usize,
}

impl Preview {
    /// Looks that are kept: walking up and down a list asks once for each.
    const KEPT: usize = 8;

    pub fn keep(&mut self, peek: Peek) {
        self.kept.retain(|(kept, _)| (&kept.row.profile, &kept.row.id) != (&peek.row.profile, &peek.row.id));
        self.kept.push_back((peek, true));
        if self.kept.len() > Self::KEPT {
            self.kept.pop_front();
        }
    }

    /// What is known of a stored session.
    pub fn peek(&self, profile: &ProfileName, stored: &StoredId) -> Option<&Peek> {
        self.known(profile, stored).map(|(peek, _)| peek)
    }

    /// Whether what is known of a stored session is of now.
    pub fn is_fresh(&self, profile: &ProfileName, stored: &StoredId) -> bool {
        self.known(profile, stored).is_some_and(|(_, fresh)| *fresh)
    }

    fn known(&self, profile: &ProfileName, stored: &StoredId) -> Option<&(Peek, bool)> {
        self.kept.iter().find(|(kept, _)| (&kept.row.profile, &kept.row.id) == (profile, stored))
    }

    /// Something was written: what is kept is shown until it was read anew.
    pub fn doubt(&mut self) {
        self.kept.iter_mut().for_each(|(_, fresh)| *fresh = false);
        self.of = None;
    }
}

impl Palette {
    /// What the query is about, and what is looked for.
    pub fn part(&self) -> (Part, String) {
        let query = self.picker.query.text();
        match self.offer {
            Offer::Everything => {
                let (part, needle) = part(&query);
                (part, needle.to_owned())
            }
            _ => (Part::All, query),
        }
    }

    /// Whether stored sessions are among what is offered now.
    pub fn wants_stored(&self) -> bool {
        match self.offer {
            Offer::Sessions | Offer::Link => true,
            Offer::Everything => matches!(self.part().0, Part::All | Part::Sessions),
            _ => false,
        }
    }

    /// What the chosen row is a look into.
    pub fn shows(&self) -> Option<Seen> {
        match &self.picker.chosen()?.what {
            Target::Session(id) => Some(Seen::Open(*id)),
            Target::Stored(profile, stored) => Some(Seen::Stored(profile.clone(), stored.clone())),
            Target::Place(place) => Some(Seen::Stored(place.profile.clone(), place.stored.clone())),
            _ => None,
        }
    }

    /// Where a look into a session has its place on a screen of `size`.
    pub fn preview_place(&self, (width, height): (u16, u16)) -> Option<Side> {
        let sessions =
            matches!(self.offer, Offer::Everything | Offer::Sessions | Offer::Link | Offer::Search);
        match (width, height) {
            _ if !sessions => None,
            (100.., 16..) => Some(Side::Right),
            (60.., 40..) => Some(Side::Below),
            _ => None,
        }
    }
}

/// Beside a list or under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Right,
    Below,
}

#[cfg(test)]
#[path = "palette_tests.rs"]
mod tests;

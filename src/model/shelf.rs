//! What the person arranged: pins, the order and the colours of profiles, how the list of sessions is shown; and the rows that are
//! on their way out of it.
//!
//! A [`Shelf`] is kept and shared by all terminals; a [`Tomb`] is shared and ends with the hub. Not here: what is stored at Hermes,
//! which has none of this.

use super::listing::{Filter, Sort};
use crate::base::{
    clock::Tick,
    ids::{LineageRoot, ProfileName, StoredId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the person arranged.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Shelf {
    /// Pinned conversations in the order of their pins, by the id that survives every compression (C18). No list is empty.
    pub pins: BTreeMap<ProfileName, Vec<LineageRoot>>,
    /// Profiles in the person's order; see [`Shelf::place`]. It may name some that are not there.
    pub order: Vec<ProfileName>,
    /// The person's own colours (E17).
    pub colours: BTreeMap<ProfileName, Colour>,
    pub list: ListPrefs,
}

/// A colour as 0xRRGGBB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Colour(pub u32);

/// How the list of sessions is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ListPrefs {
    pub open: bool,
    /// Every profile, not only the active one.
    pub all: bool,
    pub group: Group,
    pub sort: Sort,
    pub filter: Filter,
    /// Only rows that stand so just now.
    pub state: Option<StateFilter>,
    /// Profiles whose group is folded.
    pub folded: BTreeSet<ProfileName>,
}

/// What rows are put together by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Group {
    /// Nothing: one list of all.
    None,
    #[default]
    Profile,
    Workspace,
    Age,
}

/// How a row stands: known to hermux alone, not to what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateFilter {
    /// A turn runs.
    Working,
    /// It waits for the person.
    Waiting,
    /// Something in it was not seen.
    Unread,
    /// It is pinned.
    Pinned,
    /// It has a tab.
    Open,
}

/// A row that the person deleted or archived: no list shows it, whatever an older page says (C17), until its profile's own listing
/// has lost it or the write was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tomb {
    pub profile: ProfileName,
    pub lineage: LineageRoot,
    pub stored: StoredId,
    /// What the row was called, as it was shown.
    pub name: Untrusted,
    pub kind: TombKind,
    pub since: Tick,
    /// It has left for the backend: it cannot be taken back.
    pub sent: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TombKind {
    Deleted,
    Archived,
}

impl Colour {
    /// A colour of the circle, with the saturation and lightness that Hermes' own desktop program gives its profiles. `hue`: degrees.
    pub fn of_hue(hue: u16) -> Self {
        // hsl(hue, 68 %, 58 %): its channels lie between these two.
        const LOW: u16 = 75;
        const HIGH: u16 = 221;
        let (sixth, within) = (hue % 360 / 60, hue % 60);
        let rise = LOW + (HIGH - LOW) * within / 60;
        let fall = HIGH - (HIGH - LOW) * within / 60;
        let (r, g, b) = match sixth {
            0 => (HIGH, rise, LOW),
            1 => (fall, HIGH, LOW),
            2 => (LOW, HIGH, rise),
            3 => (LOW, fall, HIGH),
            4 => (rise, LOW, HIGH),
            _ => (HIGH, LOW, fall),
        };
        Self(u32::from(r) << 16 | u32::from(g) << 8 | u32::from(b))
    }

    /// Red, green and blue.
    pub fn rgb(self) -> (u8, u8, u8) {
        let [_, r, g, b] = self.0.to_be_bytes();
        (r, g, b)
    }
}

impl Shelf {
    /// Where a profile stands among others (INV25): those that the person ordered in that order, then `default`, then by name.
    pub fn place<'a>(&self, profile: &'a ProfileName) -> impl Ord + use<'a> {
        let ordered = self.order.iter().position(|name| name == profile).unwrap_or(usize::MAX);
        (ordered, !profile.is_default(), profile)
    }

    /// A profile has another name: what was arranged of it is that one's.
    pub(super) fn rename(&mut self, from: &ProfileName, to: &ProfileName) {
        if let Some(pins) = self.pins.remove(from) {
            self.pins.insert(to.clone(), pins);
        }
        if let Some(colour) = self.colours.remove(from) {
            self.colours.insert(to.clone(), colour);
        }
        if self.order.contains(from) {
            self.order.retain(|name| name != to);
            self.order.iter_mut().filter(|name| *name == from).for_each(|name| name.clone_from(to));
        }
        if self.list.folded.remove(from) {
            self.list.folded.insert(to.clone());
        }
    }

    pub fn is_pinned(&self, profile: &ProfileName, lineage: &LineageRoot) -> bool {
        self.pins.get(profile).is_some_and(|pins| pins.contains(lineage))
    }
}

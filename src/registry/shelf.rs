//! What the person arranges: pins, the order and the colours of profiles. All of it is the world's, and so it is kept.

use super::{Registry, effect::Effect, writes::Row};
use crate::{
    base::{
        ids::{AskId, ClientId, LineageRoot, ProfileName},
        text::Untrusted,
    },
    model::{
        patch::Patch,
        shelf::{Colour, Shelf},
    },
    proto::{Answer, Refusal},
};
use std::collections::BTreeSet;

/// Colours that wait to be written; a person gives one at a time.
const PAINTS: usize = 32;

/// A colour that is being written into a profile's directory, or waits for that.
#[derive(Debug)]
pub(super) struct Painting {
    id: u64,
    asked: (ClientId, AskId),
    profile: ProfileName,
    colour: Option<Colour>,
    /// The person's and the directory's before.
    was: (Option<Colour>, Option<Colour>),
}

impl Painting {
    pub(super) fn profile(&self) -> &ProfileName {
        &self.profile
    }
}

impl Registry {
    /// What was arranged under an earlier hub.
    pub(super) fn restore_shelf(&mut self, Shelf { pins, order, colours, list }: Shelf) {
        for (profile, pins) in pins {
            self.emit(Patch::Pins { profile, pins });
        }
        for (profile, colour) in colours {
            self.emit(Patch::Colour { profile, colour: Some(colour) });
        }
        if !order.is_empty() {
            self.emit(Patch::ProfileOrder(order));
        }
        if list != self.world.shelf.list {
            self.emit(Patch::List(Box::new(list)));
        }
    }

    pub(super) fn on_pin(
        &mut self,
        profile: &ProfileName,
        lineage: LineageRoot,
        on: bool,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        if on && self.pins(profile).len() >= self.settings.limits.pins {
            return Err(Refusal::TooMany);
        }
        if on != self.world.shelf.is_pinned(profile, &lineage) {
            let mut pins = self.pins(profile).to_vec();
            if on {
                pins.push(lineage);
            } else {
                pins.retain(|pin| *pin != lineage);
            }
            self.emit(Patch::Pins { profile: profile.clone(), pins });
        }
        Ok(Some(Answer::Done))
    }

    /// Its row goes: so does its pin (C17).
    pub(super) fn unpin(&mut self, (profile, lineage): &Row) {
        if self.world.shelf.is_pinned(profile, lineage) {
            let pins = self.pins(profile).iter().filter(|pin| *pin != lineage).cloned().collect();
            self.emit(Patch::Pins { profile: profile.clone(), pins });
        }
    }

    /// Its row is back: so is its pin.
    pub(super) fn pin_at(&mut self, (profile, lineage): &Row, place: usize) {
        if !self.world.shelf.is_pinned(profile, lineage) {
            let mut pins = self.pins(profile).to_vec();
            pins.insert(place.min(pins.len()), lineage.clone());
            self.emit(Patch::Pins { profile: profile.clone(), pins });
        }
    }

    pub(super) fn pins(&self, profile: &ProfileName) -> &[LineageRoot] {
        self.world.shelf.pins.get(profile).map_or(&[], Vec::as_slice)
    }

    /// A conversation turns out to have begun earlier than was known: its pin stays where it is (C18).
    pub(super) fn move_pin(&mut self, profile: &ProfileName, old: &LineageRoot, root: LineageRoot) {
        let Some(at) = self.pins(profile).iter().position(|pin| pin == old) else { return };
        let mut pins = self.pins(profile).to_vec();
        if pins.contains(&root) {
            pins.remove(at);
        } else if let Some(pin) = pins.get_mut(at) {
            *pin = root;
        }
        self.emit(Patch::Pins { profile: profile.clone(), pins });
    }

    pub(super) fn on_order_profiles(&mut self, order: Vec<ProfileName>) -> Result<Option<Answer>, Refusal> {
        if order.len() > self.settings.limits.ordered {
            return Err(Refusal::TooMany);
        }
        let mut seen = BTreeSet::new();
        let order: Vec<_> = order.into_iter().filter(|name| seen.insert(name.clone())).collect();
        if order != self.world.shelf.order {
            self.emit(Patch::ProfileOrder(order));
        }
        Ok(Some(Answer::Done))
    }

    /// What was arranged of a profile that is gone: another one of its name begins anew.
    pub(super) fn forget_arrangement(&mut self, profile: &ProfileName) {
        let profile = profile.clone();
        if self.world.directories.contains_key(&profile) {
            self.emit(Patch::Directory { profile: profile.clone(), directory: String::new() });
        }
        if self.world.shelf.pins.contains_key(&profile) {
            self.emit(Patch::Pins { profile: profile.clone(), pins: Vec::new() });
        }
        if self.world.shelf.colours.contains_key(&profile) {
            self.emit(Patch::Colour { profile: profile.clone(), colour: None });
        }
        if self.world.shelf.order.contains(&profile) {
            let order = self.world.shelf.order.iter().filter(|name| **name != profile).cloned().collect();
            self.emit(Patch::ProfileOrder(order));
        }
        if self.world.shelf.list.folded.contains(&profile) {
            let mut list = self.world.shelf.list.clone();
            list.folded.remove(&profile);
            self.emit(Patch::List(Box::new(list)));
        }
        let tombs = self.world.tombs.iter().filter(|tomb| tomb.profile == profile);
        for lineage in tombs.map(|tomb| tomb.lineage.clone()).collect::<Vec<_>>() {
            self.emit(Patch::TombRemoved { profile: profile.clone(), lineage });
        }
    }

    /// Kept by hermux, and written into the profile's directory, so that it travels with it (E24).
    pub(super) fn on_recolour(
        &mut self,
        asked: (ClientId, AskId),
        profile: &ProfileName,
        colour: Option<Colour>,
    ) -> Result<Option<Answer>, Refusal> {
        let known = self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        let may_write = known.problem.is_none();
        if self.fleet.paints.len() >= PAINTS {
            return Err(Refusal::TooMany);
        }
        let colour = colour.map(|Colour(rgb)| Colour(rgb & 0x00ff_ffff));
        let own = self.wires.get(profile).and_then(|wires| wires.own_colour);
        let was = (self.world.shelf.colours.get(profile).copied(), own);
        if !may_write {
            self.set_colour(profile, colour, own);
            return Ok(Some(Answer::Done));
        }
        self.set_colour(profile, colour, colour);
        let id = self.mint();
        self.fleet.paints.push_back(Painting { id, asked, profile: profile.clone(), colour, was });
        if self.fleet.paints.len() == 1 {
            self.paint_next();
        }
        Ok(None)
    }

    /// One after the other: the last colour is the one that stays.
    fn paint_next(&mut self) {
        if let Some(Painting { id, profile, colour, .. }) = self.fleet.paints.front() {
            let effect = Effect::Paint { id: *id, profile: profile.clone(), colour: *colour };
            self.effect(effect);
        }
    }

    /// What could not be written is not shown either (E31).
    pub(super) fn on_painted(&mut self, id: u64, result: Result<(), Untrusted>) {
        if self.fleet.paints.front().is_none_or(|first| first.id != id) {
            return;
        }
        let Some(painted) = self.fleet.paints.pop_front() else { return };
        let Painting { asked: (client, ask), profile, colour, was, .. } = painted;
        match result {
            Ok(()) => self.effect(Effect::Answer { client, ask, answer: Answer::Done }),
            Err(why) => {
                let later = self.fleet.paints.iter_mut().find(|later| later.profile == profile);
                match later {
                    // Should that one fail, too, it goes back to what was before both.
                    Some(later) => later.was = was,
                    None if self.world.shelf.colours.get(&profile).copied() == colour => {
                        self.set_colour(&profile, was.0, was.1);
                    }
                    None => {}
                }
                self.effect(Effect::Refuse { client, ask, reason: Refusal::NotWritten(why) });
            }
        }
        self.paint_next();
    }

    /// The person's colour of a profile, and its directory's.
    fn set_colour(&mut self, profile: &ProfileName, colour: Option<Colour>, own: Option<Colour>) {
        if self.world.profile(profile).is_none() {
            return;
        }
        self.wire(profile).own_colour = own;
        if self.world.shelf.colours.get(profile).copied() != colour {
            self.emit(Patch::Colour { profile: profile.clone(), colour });
        }
        let shown = self.colour(profile);
        self.change_profile(profile, |known| known.colour = shown);
    }

    /// The colour that a profile is shown in, if not the one of its name: the person's own wins (E17).
    pub(super) fn colour(&self, profile: &ProfileName) -> Option<Colour> {
        let own = || self.wires.get(profile).and_then(|wires| wires.own_colour);
        self.world.shelf.colours.get(profile).copied().or_else(own)
    }
}

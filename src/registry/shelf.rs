//! What the person arranges: pins, the order and the colours of profiles. All of it is the world's, and so it is kept.

use super::Registry;
use crate::{
    base::ids::{LineageRoot, ProfileName},
    model::{
        patch::Patch,
        shelf::{Colour, Shelf},
    },
    proto::{Answer, Refusal},
};
use std::collections::BTreeSet;

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

    pub(super) fn on_recolour(
        &mut self,
        profile: &ProfileName,
        colour: Option<Colour>,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        let colour = colour.map(|Colour(rgb)| Colour(rgb & 0x00ff_ffff));
        if self.world.shelf.colours.get(profile).copied() != colour {
            self.emit(Patch::Colour { profile: profile.clone(), colour });
            let shown = self.colour(profile);
            self.change_profile(profile, |known| known.colour = shown);
        }
        Ok(Some(Answer::Done))
    }

    /// The colour that a profile is shown in, if not the one of its name: the person's own wins (E17).
    pub(super) fn colour(&self, profile: &ProfileName) -> Option<Colour> {
        let own = || self.wires.get(profile).and_then(|wires| wires.own_colour);
        self.world.shelf.colours.get(profile).copied().or_else(own)
    }
}

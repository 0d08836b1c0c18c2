//! What this terminal does with the strip of profiles: which one the keys are on, what is scrolled, what is being dragged. The order
//! itself is the hub's; an order is shown here before the hub has it only while it is dragged or under way.

use ratatui::layout::Rect;

use crate::base::ids::ProfileName;
use crate::model::profile::Profile;
use crate::model::world::World;

/// With more profiles than this the strip is a list: one chip that opens it.
pub const MANY: usize = 13;

/// The strip of this terminal.
#[derive(Clone, Debug, Default)]
pub struct Strip {
    /// The profile that keys act on while the strip has them.
    pub chosen: Option<ProfileName>,
    /// The first chip in sight, once the wheel turned; else the active one is in sight.
    pub first: Option<usize>,
    pub drag: Option<Drag>,
    /// An order that the hub does not have yet.
    pub order: Option<Vec<ProfileName>>,
}

/// A chip that is being dragged.
#[derive(Clone, Debug)]
pub struct Drag {
    pub name: ProfileName,
    /// The chips in sight when it began, from the left: it snaps to their places, so it cannot leave them (E08, E09).
    slots: Vec<(ProfileName, Rect)>,
    /// The order before.
    base: Vec<ProfileName>,
}

impl Drag {
    pub fn new(name: ProfileName, slots: Vec<(ProfileName, Rect)>, base: Vec<ProfileName>) -> Self {
        Self { name, slots, base }
    }

    /// The order with the pointer in this column: the chip stands where the one under the pointer stood.
    pub fn order(&self, column: u16) -> Vec<ProfileName> {
        let under = self.slots.iter().take_while(|(_, slot)| slot.x <= column).last().or(self.slots.first());
        let to = under.and_then(|(name, _)| self.base.iter().position(|known| known == name));
        to.map_or_else(|| self.base.clone(), |to| moved(&self.base, &self.name, to))
    }

    /// Whether `order` is the one that it began with.
    pub fn is_unmoved(&self, order: &[ProfileName]) -> bool {
        self.base == order
    }
}

/// `order` with `name` at a place.
pub fn moved(order: &[ProfileName], name: &ProfileName, to: usize) -> Vec<ProfileName> {
    let mut rest: Vec<ProfileName> = order.iter().filter(|other| *other != name).cloned().collect();
    rest.insert(to.min(rest.len()), name.clone());
    rest
}

impl Strip {
    /// The named profiles as they stand in the strip; `default` has a place of its own before them.
    pub fn named<'a>(&self, world: &'a World) -> Vec<&'a Profile> {
        let mut named: Vec<&Profile> =
            world.profiles.iter().filter(|profile| !profile.name.is_default()).collect();
        if let Some(order) = &self.order {
            let place = |profile: &&Profile| {
                order.iter().position(|name| *name == profile.name).unwrap_or(usize::MAX)
            };
            named.sort_by_key(place);
        }
        named
    }

    /// Their names.
    pub fn order(&self, world: &World) -> Vec<ProfileName> {
        self.named(world).into_iter().map(|profile| profile.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(n: usize) -> ProfileName {
        ProfileName::new(&format!("p{n}")).unwrap()
    }

    /// `count` profiles, those from `from` on in sight, 5 cells each from column 10 on.
    fn drag(count: usize, from: usize, which: usize) -> Drag {
        let base: Vec<ProfileName> = (0..count).map(name).collect();
        let slot = |n: usize| (name(n), Rect::new(10 + 5 * (n - from) as u16, 3, 5, 1));
        Drag::new(name(which), (from..count).map(slot).collect(), base)
    }

    /// E03, E08: one whole place for each chip that is crossed.
    #[test]
    fn a_dragged_chip_snaps_to_whole_places() {
        let at = |column| {
            let order = drag(4, 0, 1).order(column);
            order.iter().map(|name| name.as_str().trim_start_matches('p').to_owned()).collect::<String>()
        };
        let rows = [(15, "0123"), (19, "0123"), (20, "0213"), (24, "0213"), (25, "0231"), (14, "1023")];
        for (column, order) in rows {
            assert_eq!(at(column), order, "{column}");
        }
    }

    proptest! {
        /// E09: wherever the pointer is, nobody is lost, all others keep their order, and the chip stays among those in sight.
        #[test]
        fn a_drag_only_moves_its_chip_and_stays_in_the_strip(
            count in 2usize..10, column in 0u16..200, which in 0usize..10, from in 0usize..10,
        ) {
            let (from, which) = (from % count, which % count);
            let which = which.max(from);
            let order = drag(count, from, which).order(column);
            let rest: Vec<_> = order.iter().filter(|other| **other != name(which)).cloned().collect();
            let want: Vec<_> = (0..count).filter(|n| *n != which).map(name).collect();
            prop_assert_eq!(rest, want);
            let place = order.iter().position(|other| *other == name(which)).unwrap();
            prop_assert!((from..count).contains(&place));
        }
    }
}

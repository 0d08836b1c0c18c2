//! The person arranges things among everything else that happens: it is as it was arranged, for every hub that comes.

use crate::world::{Rig, name};
use hermux::{
    model::{
        listing::Sort,
        shelf::{Colour, ListPrefs, Shelf},
    },
    proto::Command,
};

impl Rig {
    /// One thing is arranged.
    pub(crate) fn arranges(&mut self, n: usize) {
        let profile = name(n / 7);
        let command = match n % 5 {
            0 => Command::OrderProfiles { order: vec![name(n / 5), name(n / 11), name(n / 5)] },
            1 => {
                let colour = n.is_multiple_of(3).then_some(Colour(n as u32));
                Command::Recolour { profile, colour }
            }
            2 => {
                let list = ListPrefs { all: n.is_multiple_of(2), sort: Sort::Title, ..ListPrefs::default() };
                Command::Arrange(Box::new(list))
            }
            _ => {
                let known = self.some(n / 5).and_then(|id| self.reg.world().sessions.get(&id));
                let Some((profile, Some(lineage))) =
                    known.map(|known| (known.profile.clone(), known.lineage.clone()))
                else {
                    return;
                };
                let on = !n.is_multiple_of(3);
                let pinned = Command::Pin { profile: profile.clone(), lineage: lineage.clone(), on };
                self.ask(pinned).unwrap();
                assert_eq!(self.reg.world().shelf.is_pinned(&profile, &lineage), on);
                return;
            }
        };
        self.ask(command).unwrap();
    }

    /// INV25, E05, E17: the strip is in order at any moment, and the person's colour wins.
    pub(crate) fn is_arranged(&self) {
        let world = self.reg.world();
        let places = world.profiles.iter().map(|profile| {
            let at = world.shelf.order.iter().position(|name| *name == profile.name);
            (at.unwrap_or(usize::MAX), profile.name.as_str())
        });
        assert!(places.is_sorted(), "{:?}", world.profiles);
        for profile in &world.profiles {
            assert_eq!(profile.colour, world.shelf.colours.get(&profile.name).copied());
        }
        for pins in world.shelf.pins.values() {
            assert!(
                !pins.is_empty() && (1..pins.len()).all(|at| !pins[..at].contains(&pins[at])),
                "{pins:?}"
            );
        }
    }

    /// C18, E04: what the disk had of it is what the next hub begins with.
    pub(crate) fn is_on_the_shelf(&self, kept: &Shelf) {
        assert_eq!(&self.reg.world().shelf, kept);
    }
}

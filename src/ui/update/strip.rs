//! The strip: keys on it, its chips dragged and held, the menu of a profile.

use super::Step;
use crate::base::ids::ProfileName;
use crate::proto::Command;
use crate::ui::intent::{Intent, ProfileDeed};
use crate::ui::state::confirm::{Choice, Deed, Dialog};
use crate::ui::state::gesture::{Drags, Grip, Place};
use crate::ui::state::layer::{Layer, Offer};
use crate::ui::state::strip::{Drag, MANY, moved};
use crate::ui::state::{Ask, Focus, Hit};

impl Step<'_> {
    /// Turns the keys to the strip.
    pub(super) fn focus_strip(&mut self) {
        self.focus_composer();
        self.ui.focus = Focus::Strip;
        self.ui.strip.first = None;
        self.ui.strip.chosen = self.profile_here();
    }

    /// The profile of what is shown.
    pub(super) fn profile_here(&self) -> Option<ProfileName> {
        self.session().map(|session| session.profile.clone()).or_else(|| self.ui.profile_before.clone())
    }

    /// What the strip does with an intent while it has the keys. False: nothing.
    pub(super) fn strip_intent(&mut self, intent: Intent) -> bool {
        match intent {
            Intent::ListUp => self.step_strip(-1),
            Intent::ListDown => self.step_strip(1),
            _ => return false,
        }
        true
    }

    fn step_strip(&mut self, by: isize) {
        let world = self.mirror.world();
        if world.profiles.len() > MANY {
            return self.open_palette(Offer::Profiles);
        }
        let mut all = vec![ProfileName::default_profile()];
        all.extend(self.ui.strip.order(world));
        let at = all.iter().position(|name| Some(name) == self.ui.strip.chosen.as_ref()).unwrap_or(0);
        self.ui.strip.chosen =
            all.into_iter().nth((at.saturating_add_signed(by)).min(world.profiles.len() - 1));
    }

    /// The wheel over the strip scrolls its chips (E10).
    pub(super) fn wheel_strip(&mut self, by: isize) {
        let order = self.ui.strip.order(self.mirror.world());
        let seen: Vec<usize> = self
            .chips()
            .iter()
            .filter_map(|(name, _)| order.iter().position(|known| known == name))
            .collect();
        let (Some(first), Some(last)) = (seen.first(), seen.last()) else { return };
        if by < 0 || last + 1 < order.len() {
            self.ui.strip.first = Some(first.saturating_add_signed(by));
        }
    }

    /// The chips of named profiles as the last frame drew them, from the left.
    fn chips(&self) -> Vec<(ProfileName, ratatui::layout::Rect)> {
        let of = |(area, hit): &(ratatui::layout::Rect, Hit)| match hit {
            Hit::Profile(name) if !name.is_default() => Some((name.clone(), *area)),
            _ => None,
        };
        self.ui.hits.iter().filter_map(of).collect()
    }

    /// What can be done with a chip beside clicking it. `default` stands where it stands and has no colour of its own; where the strip
    /// is a list nothing can be dragged.
    pub(super) fn grip(&self, hit: &Hit) -> Grip {
        match hit {
            Hit::Profile(name) if !name.is_default() && self.mirror.world().profiles.len() <= MANY => {
                Grip { drags: Drags::Along, holds: true }
            }
            Hit::Tab(_) | Hit::ListRow(_) => Grip { drags: Drags::Anywhere, holds: false },
            _ => Grip::default(),
        }
    }

    /// A chip is dragged to this column.
    pub(super) fn drag_chip(&mut self, name: &ProfileName, column: u16) {
        if self.ui.strip.drag.is_none() {
            let base = self.ui.strip.order(self.mirror.world());
            self.ui.strip.drag = Some(Drag::new(name.clone(), self.chips(), base));
        }
        if let Some(drag) = &self.ui.strip.drag {
            self.ui.strip.order = Some(drag.order(column));
        }
    }

    /// It is let go there.
    pub(super) fn drop_chip(&mut self, column: u16) {
        let Some(drag) = self.ui.strip.drag.take() else { return };
        let order = drag.order(column);
        if drag.is_unmoved(&order) {
            self.ui.strip.order = None;
        } else {
            self.reorder(order);
        }
    }

    /// What is being dragged goes back to where it was. False: nothing is.
    pub(super) fn cancel_drag(&mut self) -> bool {
        self.ui.gesture.cancel();
        let dragged = self.ui.strip.drag.take().is_some();
        if dragged {
            self.ui.strip.order = None;
        }
        dragged
    }

    /// Moves a profile among the named ones.
    pub(super) fn move_profile(&mut self, name: &ProfileName, by: isize) {
        if name.is_default() {
            return self.say("default stands before all others");
        }
        let order = self.ui.strip.order(self.mirror.world());
        let Some(at) = order.iter().position(|known| known == name) else { return };
        let to = at.saturating_add_signed(by).min(order.len() - 1);
        if to != at {
            self.reorder(moved(&order, name, to));
        }
    }

    /// The order is shown at once, and for good when the hub has it.
    fn reorder(&mut self, order: Vec<ProfileName>) {
        self.ui.strip.order = Some(order.clone());
        let order = std::iter::once(ProfileName::default_profile()).chain(order).collect();
        self.command(Ask::Reorder, Command::OrderProfiles { order });
    }

    /// Home, and from there to the list of all profiles (E01).
    pub(super) fn go_home(&mut self) {
        let default = ProfileName::default_profile();
        let at_home = self.profile_here().is_some_and(|name| name == default);
        if at_home && !(self.ui.list.prefs.open && self.ui.list.prefs.all) {
            self.arrange(|prefs| (prefs.open, prefs.all) = (true, true));
        } else {
            self.switch_profile(&default);
        }
    }

    /// Where a popup of a profile belongs: at its chip, its row of the Manage view, else at the strip.
    pub(super) fn anchor(&self, name: &ProfileName) -> Place {
        let of = |hit: &Hit| matches!(hit, Hit::Profile(of) | Hit::Managed(of) if of == name);
        let area = self.ui.hits.iter().rev().find(|(area, hit)| of(hit) && !area.is_empty());
        area.map_or(Place { column: 0, row: self.ui.size.1.saturating_sub(1) }, |(area, _)| Place {
            column: area.x,
            row: area.y,
        })
    }

    /// The menu of a profile (E13).
    pub(super) fn open_menu(&mut self, profile: &ProfileName) {
        let world = self.mirror.world();
        let Some(known) = world.profile(profile) else { return };
        let backend = if known.backend.is_running() { "stop its backend" } else { "start its backend" };
        let all = [
            ('o', "switch to it", ProfileDeed::Switch),
            ('n', "new session", ProfileDeed::NewSession),
            ('c', "colour…", ProfileDeed::Colour),
            ('e', "describe…", ProfileDeed::Describe),
            ('s', "SOUL.md in your editor", ProfileDeed::Soul),
            ('t', "settings…", ProfileDeed::Settings),
            ('b', backend, ProfileDeed::Backend),
            ('r', "rename…", ProfileDeed::Rename),
            ('D', "delete…", ProfileDeed::Delete),
        ];
        let named = |deed: ProfileDeed| {
            !matches!(deed, ProfileDeed::Colour | ProfileDeed::Rename | ProfileDeed::Delete)
        };
        let offered = all.into_iter().filter(|(.., deed)| !profile.is_default() || named(*deed));
        let options = offered
            .map(|(key, label, deed)| Choice { key, label, does: Deed::Profile(profile.clone(), deed) })
            .collect();
        let menu = Dialog::new(profile.to_string(), Vec::new(), options).at(self.anchor(profile));
        self.open_over(Layer::Dialog(menu));
    }
}

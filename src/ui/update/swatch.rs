//! Recolouring a profile: the popup, and what becomes of its choice.

use super::Step;
use crate::base::ids::ProfileName;
use crate::proto::Command;
use crate::ui::intent::Intent;
use crate::ui::state::layer::Layer;
use crate::ui::state::swatch::Swatch;
use crate::ui::state::{Ask, Errand};

impl Step<'_> {
    pub(super) fn open_swatch(&mut self, profile: &ProfileName) {
        if profile.is_default() {
            return self.say("default has the colour of the interface");
        }
        let Some(known) = self.mirror.world().profile(profile) else { return };
        let swatch = Swatch::new(profile.clone(), self.anchor(profile), known.colour);
        self.open_over(Layer::Swatch(swatch));
    }

    /// What an intent means to the open popup. False: nothing, it is for the pane.
    pub(super) fn swatch_intent(&mut self, intent: Intent) -> bool {
        let Some(Layer::Swatch(swatch)) = &mut self.ui.layer else { return false };
        match intent {
            Intent::Back => self.close_layer(),
            Intent::Accept => self.take_swatch(),
            Intent::ListUp => swatch.step_row(-1),
            Intent::ListDown => swatch.step_row(1),
            Intent::FocusPrevious => swatch.step(-1),
            Intent::FocusNext => swatch.step(1),
            _ => return self.way_out(intent),
        }
        true
    }

    pub(super) fn click_swatch(&mut self, place: usize) {
        if let Some(Layer::Swatch(swatch)) = &mut self.ui.layer {
            swatch.selected = place;
            self.take_swatch();
        }
    }

    /// The popup closes and with it what it showed before; the colour is there when the hub says so (E31).
    fn take_swatch(&mut self) {
        let Some(Layer::Swatch(swatch)) = &self.ui.layer else { return };
        let (profile, colour) = (swatch.profile.clone(), swatch.colour());
        self.close_layer();
        if self.mirror.world().profile(&profile).is_some_and(|known| known.colour == colour) {
            return;
        }
        let errand = Errand::of(format!("{profile} keeps its colour"));
        self.command(Ask::Errand(errand), Command::Recolour { profile, colour });
    }
}

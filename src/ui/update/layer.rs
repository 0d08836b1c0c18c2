//! What an open layer does with an intent, before anything else gets it.

use super::{Step, keys};
use crate::ui::intent::Intent;
use crate::ui::state::layer::Layer;

impl Step<'_> {
    /// What an open layer does with an intent. False: nothing, it is for the pane; ways out close the layer.
    pub(super) fn layer_intent(&mut self, intent: Intent) -> bool {
        let page = isize::try_from(self.ui.size.1 / 2).unwrap_or(1).max(1);
        let width = self.ui.composer_width();
        if self.palette_intent(intent, page) {
            return true;
        }
        match &self.ui.layer {
            Some(Layer::Form(_)) => return self.form_intent(intent),
            Some(Layer::Swatch(_)) => return self.swatch_intent(intent),
            Some(Layer::Manage(_)) => return self.manage_intent(intent),
            _ => {}
        }
        let Some(layer) = &mut self.ui.layer else { return false };
        match (layer, intent) {
            (_, Intent::Back) => self.close_layer(),
            (Layer::Help { .. } | Layer::Output { .. }, Intent::Accept | Intent::Help) => {
                self.ui.layer = None;
            }
            (
                Layer::Dialog(_),
                Intent::Type(_)
                | Intent::Accept
                | Intent::ListUp
                | Intent::ListDown
                | Intent::FocusNext
                | Intent::FocusPrevious,
            ) => self.dialog_intent(intent),
            (Layer::Entry(entry), Intent::Type(c)) => entry.text.insert(c.encode_utf8(&mut [0; 4])),
            (Layer::Entry(entry), Intent::Edit(edit)) => {
                keys::apply(&mut entry.text, edit, width);
            }
            (Layer::Entry(_), Intent::Accept) => self.give_entry(),
            (Layer::Help { query, scroll, .. }, Intent::Type(c)) => {
                query.insert(c.encode_utf8(&mut [0; 4]));
                *scroll = 0;
            }
            (Layer::Help { query, scroll, .. }, Intent::Edit(edit)) => {
                keys::apply(query, edit, width);
                *scroll = 0;
            }
            (Layer::Help { scroll, .. } | Layer::Output { scroll, .. }, _) => match intent {
                Intent::ListUp | Intent::ScrollUp => *scroll = scroll.saturating_sub(1),
                Intent::ListDown | Intent::ScrollDown => *scroll += 1,
                Intent::PageUp => *scroll = scroll.saturating_sub(page.unsigned_abs()),
                Intent::PageDown => *scroll += page.unsigned_abs(),
                _ => return self.way_out(intent),
            },
            _ => return self.way_out(intent),
        }
        true
    }

    /// Navigation closes the layer and then happens (KEY-06).
    pub(super) fn way_out(&mut self, intent: Intent) -> bool {
        match intent {
            Intent::Palette
            | Intent::Search
            | Intent::PickTheme
            | Intent::PickProfile
            | Intent::ToggleMouse
            | Intent::Redraw => {}
            Intent::Type(_)
            | Intent::Edit(_)
            | Intent::Accept
            | Intent::ListUp
            | Intent::ListDown
            | Intent::OtherList => return true,
            _ => self.ui.layer = None,
        }
        false
    }
}

//! The mouse: wheel and clicks on what the last frame drew. Every click has a key.

use super::Step;
use crate::ui::events::{Mouse, MouseDeed};
use crate::ui::intent::Intent;
use crate::ui::state::layer::Layer;
use crate::ui::state::{Focus, Hit};

impl Step<'_> {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        match mouse.deed {
            MouseDeed::WheelUp => self.wheel(-3),
            MouseDeed::WheelDown => self.wheel(3),
            MouseDeed::Press => self.click(mouse.column, mouse.row),
        }
    }

    fn wheel(&mut self, rows: isize) {
        match &mut self.ui.layer {
            Some(Layer::Palette(palette)) => palette.step(rows.signum()),
            Some(Layer::Help { scroll, .. } | Layer::Output { scroll, .. }) => {
                *scroll = scroll.saturating_add_signed(rows);
            }
            Some(Layer::Dialog(_) | Layer::Entry(_)) => {}
            None if self.ui.focus == Focus::Card => self.scroll_card(rows),
            None => self.scroll(rows),
        }
    }

    fn click(&mut self, column: u16, row: u16) {
        let inside =
            |area: &ratatui::layout::Rect| area.contains(ratatui::layout::Position::new(column, row));
        let hit = self.ui.hits.iter().rev().find(|(area, _)| inside(area)).map(|(_, hit)| hit.clone());
        if let Some(Hit::Row(place)) = hit {
            if let Some(Layer::Palette(palette)) = &mut self.ui.layer {
                palette.selected = place;
                let chosen = palette.chosen().map(|row| row.what.clone());
                self.take(chosen);
            }
            return;
        }
        if self.ui.layer.is_some() {
            return;
        }
        match hit {
            Some(Hit::Tab(id)) => self.show(id),
            Some(Hit::CloseTab(id)) => self.close(id),
            Some(Hit::NewTab) => self.new_session(),
            Some(Hit::Profile(name)) => self.switch_profile(&name),
            Some(Hit::Card) if self.ui.focus != Focus::Card => self.intent(Intent::FocusCard, None),
            Some(Hit::Composer) => self.focus_composer(),
            Some(Hit::Transcript) if self.ui.focus == Focus::Composer => self.focus_transcript(),
            Some(Hit::End) => self.scroll_end(),
            Some(Hit::Card | Hit::Transcript | Hit::Row(_)) | None => {}
        }
    }
}

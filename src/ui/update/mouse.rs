//! The mouse: wheel and gestures on what the last frame drew. Everything it does has a key.

use ratatui::layout::Position;

use super::Step;
use crate::ui::events::{Mouse, MouseDeed};
use crate::ui::intent::Intent;
use crate::ui::state::gesture::{Became, Place};
use crate::ui::state::layer::{Layer, Offer};
use crate::ui::state::{Focus, Hit};

impl Step<'_> {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        let place = Place { column: mouse.column, row: mouse.row };
        let became = match mouse.deed {
            MouseDeed::WheelUp | MouseDeed::WheelLeft if self.is_on_strip(place) => {
                return self.wheel_strip(-1);
            }
            MouseDeed::WheelDown | MouseDeed::WheelRight if self.is_on_strip(place) => {
                return self.wheel_strip(1);
            }
            MouseDeed::WheelUp => return self.wheel(-3, place),
            MouseDeed::WheelDown => return self.wheel(3, place),
            MouseDeed::WheelLeft | MouseDeed::WheelRight => return,
            MouseDeed::RightPress => {
                if let Some(Hit::Profile(name) | Hit::Managed(name)) = self.hit(place) {
                    self.open_menu(&name);
                }
                return;
            }
            MouseDeed::Press => {
                self.cancel_drag();
                match self.hit(place) {
                    Some(hit) => {
                        let grip = self.grip(&hit);
                        self.ui.gesture.press(hit, grip, place, self.now);
                    }
                    None => self.leave_popup(),
                }
                return;
            }
            MouseDeed::Drag => self.ui.gesture.moved(place, self.now),
            MouseDeed::Release => self.ui.gesture.released(place, self.now),
        };
        self.became(became);
    }

    /// What a press of the left button has become.
    pub(super) fn became(&mut self, became: Became<Hit>) {
        match became {
            Became::Click(hit) => self.click(hit),
            // A hand that trembles within one thing means it all the same.
            Became::Away(hit, place) if self.hit(place).as_ref() == Some(&hit) => self.click(hit),
            Became::Drag(Hit::Tab(id), place) => self.carry_link(self.as_link(id), place),
            Became::Drop(Hit::Tab(id), place) => self.drop_link(self.as_link(id), place),
            Became::Drag(Hit::ListRow(row), place) => self.carry_link(self.row_link(row), place),
            Became::Drop(Hit::ListRow(row), place) => self.drop_link(self.row_link(row), place),
            Became::Hold(Hit::Profile(name), _) => self.open_swatch(&name),
            Became::Drag(Hit::Profile(name), place) => self.drag_chip(&name, place.column),
            Became::Drop(Hit::Profile(_), place) => self.drop_chip(place.column),
            Became::Nothing | Became::Away(..) | Became::Hold(..) | Became::Drag(..) | Became::Drop(..) => {}
        }
    }

    fn wheel(&mut self, rows: isize, place: Place) {
        let at = Position::new(place.column, place.row);
        let over_list = self.ui.hits.iter().any(|(area, hit)| *hit == Hit::List && area.contains(at));
        match &mut self.ui.layer {
            Some(Layer::Palette(palette)) => palette.picker.step(rows.signum()),
            Some(Layer::Help { scroll, .. } | Layer::Output { scroll, .. }) => {
                *scroll = scroll.saturating_add_signed(rows);
            }
            Some(Layer::Manage(_)) => {
                self.manage_intent(if rows < 0 { Intent::ListUp } else { Intent::ListDown });
            }
            Some(Layer::Dialog(_) | Layer::Entry(_) | Layer::Form(_) | Layer::Swatch(_)) => {}
            None if over_list => self.ui.list.scroll(rows),
            None if self.ui.focus == Focus::Card => self.scroll_card(rows),
            None => self.scroll(rows),
        }
    }

    /// What is at a cell of the screen, of the open layer alone where there is one.
    pub(super) fn hit(&self, place: Place) -> Option<Hit> {
        let at = Position::new(place.column, place.row);
        let (_, hit) = self.ui.hits.iter().rev().find(|(area, _)| area.contains(at))?;
        let of_layer = matches!(
            hit,
            Hit::Over
                | Hit::Row(_)
                | Hit::Option(_)
                | Hit::Swatch(_)
                | Hit::Field(_)
                | Hit::Submit
                | Hit::Cancel
                | Hit::Managed(_)
                | Hit::Deed(_)
        );
        (of_layer == self.ui.layer.is_some()).then(|| hit.clone())
    }

    fn is_on_strip(&self, place: Place) -> bool {
        let at = Position::new(place.column, place.row);
        let strip = self.ui.hits.iter().any(|(area, hit)| *hit == Hit::Strip && area.contains(at));
        strip && self.ui.layer.is_none()
    }

    /// A press beside a popup closes it.
    fn leave_popup(&mut self) {
        let popup = match &self.ui.layer {
            Some(Layer::Swatch(_)) => true,
            Some(Layer::Dialog(dialog)) => dialog.place.is_some(),
            _ => false,
        };
        if popup {
            self.close_layer();
        }
    }

    fn click(&mut self, hit: Hit) {
        match hit {
            Hit::Row(place) => self.accept_at(place),
            Hit::Option(place) => self.click_option(place),
            Hit::Swatch(place) => self.click_swatch(place),
            Hit::Field(place) => self.click_field(place),
            Hit::Submit => self.submit_form(),
            Hit::Cancel => self.close_layer(),
            Hit::Managed(name) => {
                if let Some(Layer::Manage(manage)) = &mut self.ui.layer {
                    manage.chosen = Some(name);
                }
            }
            Hit::Deed(deed) => self.profile_intent(deed),
            Hit::Scope => self.go_home(),
            Hit::CreateProfile => self.open_create(),
            Hit::Manage => self.open_manage(),
            Hit::AllProfiles => self.open_palette(Offer::Profiles),
            Hit::Tab(id) => self.show(id),
            Hit::CloseTab(id) => self.close(id),
            Hit::NewTab => self.new_session(),
            Hit::Profile(name) => self.switch_profile(&name),
            Hit::List => self.focus_list(),
            Hit::ListRow(place) => {
                self.ui.list.choose(place);
                self.focus_list();
                self.take_row();
            }
            Hit::ListNew(profile) => self.fresh(profile),
            Hit::Card if self.ui.focus != Focus::Card => self.intent(Intent::FocusCard, None),
            Hit::Composer => self.focus_composer(),
            Hit::Transcript if matches!(self.ui.focus, Focus::Composer | Focus::List) => {
                self.focus_transcript();
            }
            Hit::Candidate(place) => self.click_candidate(place),
            Hit::Link(link) => self.follow(link),
            Hit::End => self.scroll_end(),
            Hit::Card | Hit::Transcript | Hit::Strip | Hit::Over => {}
        }
    }
}

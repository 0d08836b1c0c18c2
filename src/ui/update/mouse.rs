//! The mouse: wheel and gestures on what the last frame drew. Everything it does has a key.

use ratatui::layout::Position;

use super::Step;
use crate::ui::events::{Mouse, MouseDeed};
use crate::ui::intent::Intent;
use crate::ui::state::gesture::{Became, Drags, Grip, Place};
use crate::ui::state::layer::Layer;
use crate::ui::state::{Focus, Hit};

impl Step<'_> {
    pub(super) fn mouse(&mut self, mouse: Mouse) {
        let place = Place { column: mouse.column, row: mouse.row };
        let became = match mouse.deed {
            MouseDeed::WheelUp => return self.wheel(-3, place),
            MouseDeed::WheelDown => return self.wheel(3, place),
            MouseDeed::WheelLeft | MouseDeed::WheelRight | MouseDeed::RightPress => return,
            MouseDeed::Press => {
                self.ui.gesture.cancel();
                if let Some(hit) = self.hit(place) {
                    let drags = if matches!(hit, Hit::Tab(_) | Hit::ListRow(_)) {
                        Drags::Anywhere
                    } else {
                        Drags::No
                    };
                    self.ui.gesture.press(hit, Grip { drags, holds: false }, place, self.now);
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
            Became::Nothing | Became::Away(..) | Became::Hold(..) | Became::Drag(..) | Became::Drop(..) => {}
        }
    }

    fn wheel(&mut self, rows: isize, place: Place) {
        let at = Position::new(place.column, place.row);
        let over_list = self.ui.hits.iter().any(|(area, hit)| *hit == Hit::List && area.contains(at));
        match &mut self.ui.layer {
            Some(Layer::Palette(palette)) => palette.step(rows.signum()),
            Some(Layer::Help { scroll, .. } | Layer::Output { scroll, .. }) => {
                *scroll = scroll.saturating_add_signed(rows);
            }
            Some(Layer::Dialog(_) | Layer::Entry(_)) => {}
            None if over_list => self.ui.list.scroll(rows),
            None if self.ui.focus == Focus::Card => self.scroll_card(rows),
            None => self.scroll(rows),
        }
    }

    /// What is at a cell of the screen, of the open layer alone where there is one.
    pub(super) fn hit(&self, place: Place) -> Option<Hit> {
        let at = Position::new(place.column, place.row);
        let (_, hit) = self.ui.hits.iter().rev().find(|(area, _)| area.contains(at))?;
        let of_layer = matches!(hit, Hit::Row(_) | Hit::Option(_));
        (of_layer == self.ui.layer.is_some()).then(|| hit.clone())
    }

    fn click(&mut self, hit: Hit) {
        match hit {
            Hit::Row(place) => {
                if let Some(Layer::Palette(palette)) = &mut self.ui.layer {
                    palette.selected = place;
                    let chosen = palette.chosen().map(|row| row.what.clone());
                    self.take(chosen);
                }
            }
            Hit::Option(place) => self.click_option(place),
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
            Hit::Card | Hit::Transcript => {}
        }
    }
}

//! A choice of sessions for another terminal: the palette alone. It shows no session itself, and ends with the choice or without one.

use super::Step;
use crate::base::ids::SessionId;
use crate::proto::Command;
use crate::ui::action::{Action, Next};
use crate::ui::state::layer::{Offer, Target};
use crate::ui::state::{Ask, Start};

impl Step<'_> {
    /// The hub said hello: there is something to choose from.
    pub(super) fn begin_pick(&mut self) {
        if self.ui.layer.is_none() {
            self.open_palette(Offer::Sessions);
        }
    }

    /// Opens the choice where it was asked for.
    pub(super) fn pick(&mut self, target: Target) {
        match target {
            // One that runs on without a tab gets it back.
            Target::Session(id) => match self.mirror.session(id) {
                Some(session) if !self.mirror.world().tabs.contains(&id) && session.stored.is_some() => {
                    let (profile, stored) = (session.profile.clone(), session.stored.clone());
                    if let Some(stored) = stored {
                        self.command(Ask::Picked, Command::OpenStored { profile, stored });
                    }
                }
                _ => self.picked(id),
            },
            Target::Place(place) => {
                let (profile, stored) = (place.profile, place.stored);
                self.command(Ask::Picked, Command::OpenStored { profile, stored });
            }
            Target::Stored(profile, stored) => {
                self.command(Ask::Picked, Command::OpenStored { profile, stored });
            }
            _ => {}
        }
    }

    /// It is open: have it shown.
    pub(super) fn picked(&mut self, session: SessionId) {
        let Start::Pick { terminal, pane } = &self.ui.start else { return };
        let terminals = &self.mirror.world().terminals;
        let of_pane = terminals.iter().rev().find(|other| pane.is_some() && other.info.multiplexer == *pane);
        let terminal = terminal.or(of_pane.map(|other| other.id));
        self.command(Ask::Shown, Command::Show { terminal, session });
    }

    /// It is shown there, and nothing is left to do here.
    pub(super) fn shown(&mut self) {
        self.out.push(Action::Leave(Next::Nothing));
    }

    /// Without a list there is nothing to choose, and without a hub nobody to tell.
    pub(super) fn decline(&mut self) {
        self.out.push(Action::Leave(Next::Declined));
    }
}

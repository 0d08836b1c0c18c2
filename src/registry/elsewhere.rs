//! What a backend has built that is no open session here: other clients of it began it, or its tab was closed. A list shows such a row
//! as running (the backend's own list is asked when something was written, never by a clock alone), and its turn can be stopped.

use super::{Registry, effect::Effect, runtime::Kind, timers::Key};
use crate::{
    base::ids::{AskId, ClientId, ProfileName, StoredId},
    model::{
        agent::{ActiveRow, ActiveState, Call, Reply},
        listing::Elsewhere,
        patch::Patch,
        turn::TurnState,
    },
    proto::{Answer, Refusal},
};

/// How long after something was written the backend is asked, in milliseconds: a turn writes many times in a row.
const AFTER: u64 = 1_000;

impl Registry {
    /// Something was written: who else is at work may be another.
    pub(super) fn look_elsewhere_soon(&mut self, profile: &ProfileName) {
        let at = self.now.plus(AFTER);
        let wires = self.wire(profile);
        if wires.up && !std::mem::replace(&mut wires.looks, true) {
            self.timers.set(Key::Elsewhere(profile.clone()), at);
        }
    }

    pub(super) fn look_elsewhere(&mut self, profile: &ProfileName) {
        self.wire(profile).looks = false;
        if self.wire(profile).up && !self.wire(profile).ending {
            let timeout = self.settings.limits.call;
            self.call(profile, Call::ActiveList, timeout, Kind::Elsewhere);
        }
    }

    pub(super) fn see_elsewhere(&mut self, profile: &ProfileName, rows: &[ActiveRow]) {
        let Some(wires) = self.wires.get(profile) else { return };
        let others = rows.iter().filter(|row| {
            let left = wires.left.contains_key(&row.live) && row.state == ActiveState::Idle;
            !left && !wires.live.contains_key(&row.live)
        });
        let mut others: Vec<Elsewhere> = others
            .filter_map(|row| Some(Elsewhere { stored: row.stored.clone()?, state: row.state }))
            .filter(|other| !wires.stored.contains_key(&other.stored))
            .collect();
        others.sort_by(|a, b| a.stored.cmp(&b.stored));
        self.set_elsewhere(profile, others);
    }

    pub(super) fn set_elsewhere(&mut self, profile: &ProfileName, rows: Vec<Elsewhere>) {
        if self.world.elsewhere.get(profile).map_or(&[][..], Vec::as_slice) != rows {
            self.emit(Patch::Elsewhere { profile: profile.clone(), rows });
        }
    }

    /// The row's own turn, whatever is shown (I16, INV7).
    pub(super) fn on_stop_stored(
        &mut self,
        client: ClientId,
        ask: AskId,
        profile: &ProfileName,
        stored: StoredId,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        if let Some(session) = self.find_stored(profile, &stored)
            && self.session(session).is_some_and(|known| known.turn.state != TurnState::Idle)
            && self.is_busy(session)
        {
            return self.on_interrupt(session);
        }
        if !self.wire(profile).up {
            return Err(Refusal::NotRunning);
        }
        let timeout = self.settings.limits.call;
        self.call(profile, Call::ActiveList, timeout, Kind::StopRow(client, ask, Some(stored)));
        Ok(None)
    }

    /// What the backend has built; then, what became of the interrupt.
    pub(super) fn on_stop_row(
        &mut self,
        profile: &ProfileName,
        client: ClientId,
        ask: AskId,
        stored: Option<StoredId>,
        reply: Reply,
    ) {
        let refuse = |reason| Effect::Refuse { client, ask, reason };
        let effect = match (stored, reply) {
            (_, Reply::Failed { message, .. }) => refuse(Refusal::Backend(message)),
            (_, Reply::Lost) => refuse(Refusal::Backend("its answer was lost; it may have been done".into())),
            (Some(stored), Reply::ActiveList(rows)) => {
                self.see_elsewhere(profile, &rows);
                let is =
                    |row: &&ActiveRow| row.stored.as_ref() == Some(&stored) && row.state != ActiveState::Idle;
                if let Some(live) = rows.iter().find(is).map(|row| row.live.clone()) {
                    let timeout = self.settings.limits.call;
                    let kind = Kind::StopRow(client, ask, None);
                    self.call(profile, Call::Interrupt { live }, timeout, kind);
                    return;
                }
                refuse(Refusal::NotRunning)
            }
            _ => {
                self.look_elsewhere_soon(profile);
                Effect::Answer { client, ask, answer: Answer::Done }
            }
        };
        self.effect(effect);
    }
}

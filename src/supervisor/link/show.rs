//! What the hub is told of one backend's life.

use super::Link;
use crate::{
    model::profile::BackendState,
    supervisor::{
        Event,
        failure::LOG_LINES,
        state::{Lost, State},
    },
};

impl Link {
    /// Tells the state when it changed; a connection that a stop or a wait leaves behind is dropped before.
    pub(super) async fn show(&mut self) {
        if matches!(self.slot.state(), State::Stopping { .. } | State::Cold | State::Stuck { .. }) {
            self.drop_socket_of_stopping().await;
        }
        let state = self.state();
        if state != self.shown {
            self.shown = state.clone();
            self.emit(Event::State(state)).await;
        }
    }

    async fn drop_socket_of_stopping(&mut self) {
        if self.socket.is_some() {
            self.drop_socket("hermux stops this backend", false).await;
        }
    }

    fn state(&self) -> BackendState {
        match self.slot.state() {
            State::Cold => BackendState::Cold,
            State::Waking { since, slow } => BackendState::Waking {
                since: *since,
                slow: *slow,
                line: if self.turn.is_some() {
                    "waiting for its turn to start".into()
                } else if self.silent {
                    format!("{} does not even say its version: is it Hermes?", self.shared.settings.program)
                        .into()
                } else {
                    self.log.last()
                },
            },
            State::Live => BackendState::Live,
            State::Degraded => BackendState::Degraded("it has not answered for half a minute".into()),
            State::Retrying { lost, attempt, at } => BackendState::Retrying {
                attempt: *attempt,
                at: *at,
                why: match lost {
                    Lost::Process => self.why.as_str().into(),
                    Lost::Socket => format!("connection lost: {}", self.why).into(),
                },
            },
            State::Stuck { failure, again } => {
                failure.show(again.is_some(), self.was_live, self.log.tail(LOG_LINES))
            }
            State::Stopping { .. } => BackendState::Stopping,
        }
    }

    pub(super) async fn emit(&mut self, event: Event) {
        tokio::select! {
            // A hub that is gone needs no news.
            _ = self.shared.events.send((self.profile.clone(), event)) => {}
            () = self.shared.ending.cancelled() => {}
        }
    }
}

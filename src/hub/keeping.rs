//! The store beside the loop: what was kept is taken up before anything else, what changed is handed over after each pass, and
//! what the disk says goes to the registry.

use super::run::Hub;
use crate::{
    base::clock::{Clock, Tick},
    registry::{Input, effect::JobId},
    store::{Committed, Opening, Store},
};
use std::{path::Path, time::Duration};

/// How long the start waits for what was kept. A disk that needs longer is gone on without; nothing on it is lost.
const OPENING: Duration = Duration::from_secs(5);
/// How long the end waits for the disk.
const CLOSING: Duration = Duration::from_secs(2);

impl Hub {
    /// Takes up what an earlier hub left behind.
    pub(super) async fn restore(&mut self) {
        let opening = tokio::time::timeout(OPENING, self.store.opened()).await;
        let Opening { kept, aside } = opening
            .unwrap_or_else(|_| Opening { kept: Err("the disk does not answer".to_owned()), aside: None });
        let kept = kept.map(Box::new).map_err(Into::into);
        self.step(Input::Restored { kept, wall: Clock::wall() });
        self.was_put_aside(aside.as_deref());
    }

    /// The disk answered.
    pub(super) fn stored(&mut self, committed: Option<Committed>) {
        let Some(Committed { jobs, result, aside }) = committed else { return };
        let jobs = jobs.into_iter().map(JobId).collect();
        self.step(Input::Stored { jobs, result: result.map_err(Into::into) });
        self.was_put_aside(aside.as_deref());
    }

    fn was_put_aside(&mut self, aside: Option<&Path>) {
        if let Some(place) = aside {
            self.step(Input::PutAside(place.to_string_lossy().into_owned().into()));
        }
    }

    /// Hands over what changed, and gives up what the disk does not answer.
    pub(super) fn hand_over(&mut self, now: Tick) {
        self.store.flush(now);
        let overdue = self.store.overdue(now);
        self.stored(overdue);
    }
}

/// Puts on disk what is not yet there.
pub(super) async fn close(store: Store, now: Tick) {
    if tokio::time::timeout(CLOSING, store.close(now)).await.is_err() {
        tracing::error!("the disk does not answer: the last changes may not be kept");
    }
}

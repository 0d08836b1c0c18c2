//! After what may have changed who is needed: who stays live is looked at anew, and the next time to look is set. What only adds to a
//! transcript changes nothing here, so that an event costs the same however many sessions are open.

use super::{Registry, timers::Key};
use crate::model::patch::{Change, Patch};

impl Registry {
    pub(super) fn review(&mut self) {
        let next = if self.ending {
            None
        } else {
            let times = [self.review_pool(), self.review_built(), self.review_linger()];
            times.into_iter().flatten().min()
        };
        match next {
            Some(at) => self.timers.set(Key::Review, at),
            None => self.timers.cancel(&Key::Review),
        }
    }
}

/// Whether a patch may change who is needed.
pub(super) fn concerns(patch: &Patch) -> bool {
    match patch {
        Patch::Session { change, .. } => matches!(
            change,
            Change::Turn(_)
                | Change::Prompt(_)
                | Change::PromptRemoved(_)
                | Change::Queue(_)
                | Change::Subagents(_)
                | Change::Built(_)
        ),
        Patch::Body { .. } | Patch::Tabs(_) | Patch::Notice(_) | Patch::NoticeRemoved(_) => false,
        _ => true,
    }
}

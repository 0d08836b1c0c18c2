//! Drafts: sent whole, 200 ms after the last key and when focus leaves; a foreign one is taken when ours is sent.

use super::{Step, compose};
use crate::base::ids::SessionId;
use crate::proto::Command;
use crate::ui::state::Ask;
use crate::ui::state::pane::Pane;

/// How long the other terminal that writes is named after its last save, in milliseconds.
const OTHER_MS: u64 = 10_000;

impl Step<'_> {
    /// Saves what is due.
    pub(super) fn save_due_drafts(&mut self) {
        let now = self.now;
        let due = |pane: &Pane| compose::save_due(pane).is_some_and(|at| at <= now);
        let sessions: Vec<SessionId> =
            self.ui.panes.iter().filter(|(_, pane)| due(pane)).map(|(session, _)| *session).collect();
        for session in sessions {
            self.save_draft(session);
        }
    }

    /// Saves a session's draft now, if the hub does not have it.
    pub(super) fn save_draft(&mut self, session: SessionId) {
        // Without a hub it waits here.
        if !self.ui.online {
            return;
        }
        let Some(pane) = self.ui.panes.get_mut(&session).filter(|pane| pane.is_unsaved()) else { return };
        let (pieces, base) = (pane.pieces(), pane.base());
        pane.mark_saved();
        self.command(Ask::Draft(session), Command::SaveDraft { session, pieces, base });
    }

    /// The hub's draft of a session changed, or may have.
    pub(super) fn draft_changed(&mut self, id: SessionId) {
        let Some(session) = self.mirror.session(id) else { return };
        let Some(pane) = self.ui.panes.get_mut(&id) else { return };
        let draft = &session.draft;
        let client = self.mirror.client();
        let other = draft.author.filter(|author| Some(*author) != client);
        let other = other.and_then(|author| self.mirror.world().terminal(author));
        if draft.revision <= pane.base() {
            return;
        }
        if let Some(other) = other.filter(|_| !draft.is_empty()) {
            pane.other = Some((other.info.name(), self.now.plus(OTHER_MS)));
        }
        if draft.author.is_some() && draft.author == client {
            pane.set_base(draft.revision);
        } else if !pane.is_unsaved() && pane.pieces() != draft.pieces {
            pane.adopt(draft);
        } else {
            pane.set_base(draft.revision);
        }
    }
}

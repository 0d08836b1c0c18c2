//! Tabs by when they were shown: walking back through them, opening closed ones again, closing all others.

use super::Step;
use super::dialog::{NAMED, name};
use crate::base::ids::SessionId;
use crate::model::session::Session;
use crate::model::status;
use crate::proto::Command;
use crate::proto::command::CloseRunning;
use crate::ui::state::Ask;
use crate::ui::state::layer::{Choice, Deed};

impl Step<'_> {
    /// Shows the session that was shown before this one, or on again (ASK-36).
    pub(super) fn step_recent(&mut self, by: isize) {
        let world = self.mirror.world();
        match self.ui.recent.step(&world.tabs, by, self.now) {
            Some(id) if Some(id) != self.ui.active => self.show(id),
            _ if world.tabs.len() < 2 => {
                self.ui.recent.settle();
                self.say("There is no other tab");
            }
            _ => {}
        }
    }

    /// The walk is over: where it stands counts as shown, and "the tab before" is where it began.
    pub(super) fn settle_recent(&mut self) {
        if let Some(first) = self.ui.recent.settle() {
            self.ui.previous = Some(first);
        }
    }

    /// A tab is about to be closed here: it can be opened again.
    pub(super) fn note_closed(&mut self, id: SessionId) {
        let known = self.mirror.session(id).map(|session| (session.profile.clone(), session.stored.clone()));
        if let Some((profile, Some(stored))) = known {
            self.ui.recent.closes(profile, stored);
        }
    }

    /// Opens the tab again that was closed last and is not open.
    pub(super) fn reopen(&mut self) {
        while let Some((profile, stored)) = self.ui.recent.reopens() {
            let world = self.mirror.world();
            let open = world.tabs.iter().filter_map(|id| world.sessions.get(id));
            if open.into_iter().all(|session| session.stored.as_ref() != Some(&stored)) {
                self.command(Ask::Open, Command::OpenStored { profile, stored });
                return;
            }
        }
        self.say("No tab was closed here");
    }

    /// Closes every tab but the one that is shown. What would be stopped or lost is named first, once.
    pub(super) fn close_others(&mut self) {
        let world = self.mirror.world();
        let others: Vec<&Session> = world
            .tabs
            .iter()
            .filter(|id| Some(**id) != self.ui.active)
            .filter_map(|id| world.sessions.get(id))
            .collect();
        let ids: Vec<SessionId> = others.iter().map(|session| session.id).collect();
        let (working, rest): (Vec<&Session>, Vec<&Session>) =
            others.into_iter().partition(|session| status::is_working(session));
        let typed = |session: &Session| {
            self.ui.panes.get(&session.id).map_or(!session.draft.is_empty(), |pane| !pane.editor.is_empty())
        };
        let mut lines: Vec<String> =
            working.iter().map(|session| format!("{} is still at work.", name(session))).collect();
        let drafts = rest.into_iter().filter(|session| typed(session));
        lines.extend(drafts.map(|session| format!("{} has a text that was not sent.", name(session))));
        if ids.is_empty() {
            self.say("There is no other tab");
        } else if lines.is_empty() {
            self.close_all(&ids, CloseRunning::Ask);
        } else {
            let more = lines.len().saturating_sub(NAMED);
            lines.truncate(NAMED);
            lines.extend((more > 0).then(|| format!("and {more} more")));
            let close = |running| Deed::CloseOthers(ids.clone(), running);
            let cancel = Choice { key: 'c', label: "cancel", does: Deed::Cancel };
            let options = if working.is_empty() {
                vec![Choice { key: 'y', label: "close them", does: close(CloseRunning::Keep) }, cancel]
            } else {
                vec![
                    Choice { key: 's', label: "stop them and close", does: close(CloseRunning::Stop) },
                    Choice { key: 'k', label: "close, keep them running", does: close(CloseRunning::Keep) },
                    cancel,
                ]
            };
            self.open_dialog("Close all other tabs?".into(), lines, options);
        }
    }

    pub(super) fn close_all(&mut self, ids: &[SessionId], running: CloseRunning) {
        for id in ids {
            self.save_draft(*id);
            self.note_closed(*id);
            self.command(Ask::Close(*id), Command::CloseTab { session: *id, running });
        }
    }
}

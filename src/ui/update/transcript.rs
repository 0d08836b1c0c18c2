//! The transcript: scrolling, walking, unfolding, copying.

use super::Step;
use crate::base::ids::MessageId;
use crate::model::message::{Message, MessageState};
use crate::proto::Command;
use crate::proto::command::Settle;
use crate::ui::action::Action;
use crate::ui::render::markdown;
use crate::ui::state::pane::Anchor;
use crate::ui::state::{Ask, Focus};

impl Step<'_> {
    pub(super) fn focus_transcript(&mut self) {
        let last = self.messages().last().map(|message| message.id);
        let Some(pane) = self.ui.pane_mut() else { return };
        // Begin with what is on the screen, not with what was looked at long ago.
        let chosen = match pane.anchor {
            Anchor::Follow => last,
            Anchor::At { .. } => pane.visible.last().map(|visible| visible.message),
        };
        if chosen.is_none() {
            self.say("There is nothing in the transcript yet");
            return;
        }
        pane.chosen = chosen;
        self.ui.guard.leave();
        self.ui.focus = Focus::Transcript;
    }

    /// All messages that are here, oldest first.
    pub(super) fn messages(&self) -> Vec<&Message> {
        let older = self.ui.pane().into_iter().flat_map(|pane| &pane.older);
        older
            .chain(self.session().into_iter().flat_map(|s| &s.body).flat_map(|body| &body.messages))
            .collect()
    }

    pub(super) fn scroll(&mut self, rows: isize) {
        if let Some(pane) = self.ui.pane_mut() {
            pane.scroll += rows;
        }
    }

    pub(super) fn page(&mut self, pages: isize) {
        if let Some(pane) = self.ui.pane_mut() {
            pane.pages += pages;
        }
    }

    pub(super) fn scroll_top(&mut self) {
        let messages = self.messages();
        let first = messages.first().map(|message| message.id);
        let last = messages.last().map(|message| (message.id, message.len()));
        let walking = self.ui.focus == Focus::Transcript;
        if let (Some(message), Some(pane)) = (first, self.ui.pane_mut()) {
            pane.anchor = Anchor::At { message, row: 0 };
            pane.seen = last;
            pane.chosen = if walking { Some(message) } else { pane.chosen };
        }
    }

    pub(super) fn scroll_end(&mut self) {
        let last = self.messages().last().map(|message| message.id);
        let walking = self.ui.focus == Focus::Transcript;
        if let Some(pane) = self.ui.pane_mut() {
            pane.anchor = Anchor::Follow;
            pane.scroll = 0;
            pane.pages = 0;
            pane.chosen = if walking { last } else { pane.chosen };
        }
    }

    pub(super) fn step_item(&mut self, by: isize) {
        let ids: Vec<MessageId> = self.messages().iter().map(|message| message.id).collect();
        let Some(pane) = self.ui.pane_mut() else { return };
        let place = pane.chosen.and_then(|id| ids.iter().position(|other| *other == id)).unwrap_or(ids.len());
        let next = place.saturating_add_signed(by).min(ids.len().saturating_sub(1));
        pane.chosen = ids.get(next).copied();
        pane.reveal = true;
    }

    pub(super) fn toggle_item(&mut self) {
        let Some(pane) = self.ui.pane_mut() else { return };
        let Some(chosen) = pane.chosen else { return };
        if !pane.unfolded.remove(&chosen) {
            pane.unfolded.insert(chosen);
        }
        pane.reveal = true;
    }

    pub(super) fn toggle_todos(&mut self) {
        match self.session().filter(|session| !session.todos.is_empty()) {
            Some(session) => self.ui.todos_whole = Some(!self.ui.shows_todos_whole(session)),
            None => self.say("This session has no todo list"),
        }
    }

    pub(super) fn toggle_detail(&mut self) {
        self.ui.unfold_all = !self.ui.unfold_all;
        self.say(if self.ui.unfold_all {
            "Tool output and thoughts are shown"
        } else {
            "Tool output and thoughts are folded"
        });
    }

    pub(super) fn chosen(&self) -> Option<&Message> {
        let chosen = self.ui.pane()?.chosen?;
        self.messages().into_iter().find(|message| message.id == chosen)
    }

    pub(super) fn copy_message(&mut self) {
        match self.chosen().map(Message::plain).filter(|text| !text.is_empty()) {
            Some(text) => self.out.push(Action::Copy(text)),
            None => self.say("This message has no text to copy"),
        }
    }

    pub(super) fn copy_code(&mut self) {
        match self.chosen().map(Message::plain).as_deref().and_then(markdown::last_code) {
            Some(code) => self.out.push(Action::Copy(code)),
            None => self.say("This message has no code block"),
        }
    }

    /// The text to settle: the chosen one, else the first whose fate is not known.
    fn unsettled(&self) -> Option<&Message> {
        let open =
            |message: &&Message| matches!(message.state, MessageState::Uncertain | MessageState::Refused(_));
        let uncertain = |message: &&Message| message.state == MessageState::Uncertain;
        let walking = self.ui.focus == Focus::Transcript;
        let chosen = self.chosen().filter(|_| walking).filter(open);
        chosen.or_else(|| self.messages().into_iter().find(uncertain))
    }

    pub(super) fn settle_uncertain(&mut self, how: Settle) {
        let Some(session) = self.active() else { return };
        match self.unsettled().map(|message| message.id) {
            Some(message) => self.command(Ask::Plain, Command::Settle { session, message, how }),
            None => self.say("The fate of every text here is known; nothing to settle"),
        }
    }

    pub(super) fn copy_uncertain(&mut self) {
        match self.unsettled().map(Message::plain) {
            Some(text) => self.out.push(Action::Copy(text)),
            None => self.say("The fate of every text here is known; nothing to settle"),
        }
    }

    /// Older messages, when the beginning of those here is on the screen and the person went there.
    pub(super) fn ask_older(&mut self) {
        let online = self.ui.online;
        let aims = self.approach();
        let Some(session) = self.session() else { return };
        let (id, body) = (session.id, session.body.as_ref());
        let exist = body.is_some_and(|body| body.older);
        let first = body.and_then(|body| body.messages.first()).map(|message| message.id);
        let Some(pane) = self.ui.pane_mut() else { return };
        let wanted = aims || pane.at_top && pane.anchor != Anchor::Follow;
        if !online || !exist || !wanted || pane.older_asked || pane.older_done {
            return;
        }
        pane.older_asked = true;
        let skip = pane.older.len() as u64;
        self.command(Ask::Older(id), Command::Older { session: id, first, skip });
    }
}

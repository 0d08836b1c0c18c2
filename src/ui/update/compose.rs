//! The composer: writing, recalling, sending, interrupting.

use super::{Step, keys};
use crate::base::clock::Tick;
use crate::config::settings::Prewarm;
use crate::model::draft::Piece;
use crate::model::message::{Message, Role};
use crate::model::status;
use crate::proto::Command;
use crate::proto::command::CloseRunning;
use crate::ui::intent::{Edit, Intent};
use crate::ui::state::editor;
use crate::ui::state::pane::Pane;
use crate::ui::state::{Ask, Focus, Text};

impl Step<'_> {
    pub(super) fn type_into_composer(&mut self, c: char) {
        self.write(|pane| pane.editor.insert(c.encode_utf8(&mut [0; 4])));
        self.ui.completing.typed = true;
    }

    pub(super) fn paste_into_composer(&mut self, text: &str) {
        self.ui.focus = Focus::Composer;
        self.write(|pane| pane.editor.paste(text));
        self.name_pasted(text);
    }

    /// Changes the text, and what follows from its being changed by hand.
    pub(super) fn write(&mut self, change: impl FnOnce(&mut Pane)) {
        let now = self.now;
        let Some(pane) = self.ui.pane_mut() else { return };
        pane.recall = None;
        change(pane);
        pane.mark_edited(now);
        self.warm();
    }

    pub(super) fn edit_composer(&mut self, edit: Edit) {
        let width = self.ui.composer_width();
        match edit {
            Edit::Up | Edit::Down => {
                let moved = self.ui.pane_mut().is_some_and(|pane| keys::apply(&mut pane.editor, edit, width));
                if !moved {
                    self.recall(edit == Edit::Up);
                }
            }
            Edit::ExpandChip => {
                let mut found = false;
                self.write(|pane| found = pane.editor.expand_chip());
                if !found {
                    self.say("There is no collapsed paste beside the caret");
                }
            }
            _ => self.write(|pane| {
                keys::apply(&mut pane.editor, edit, width);
            }),
        }
    }

    /// What was said before in this session, one back or on (UX-08). Only from an empty text or while recalling.
    fn recall(&mut self, back: bool) {
        let Some(session) = self.session() else { return };
        let newer = session.body.iter().flat_map(|body| &body.messages);
        let said: Vec<String> = self
            .ui
            .pane()
            .into_iter()
            .flat_map(|pane| &pane.older)
            .chain(newer)
            .filter(|message| message.role == Role::User)
            .map(Message::plain)
            .filter(|text| !text.is_empty())
            .collect();
        let now = self.now;
        let Some(pane) = self.ui.pane_mut() else { return };
        let (place, kept) = match pane.recall.take() {
            Some((place, kept)) => (if back { place + 1 } else { place - 1 }, kept),
            None if back && pane.editor.is_empty() => (1, pane.editor.units().to_vec()),
            None => return,
        };
        if place == 0 {
            pane.editor.replace_all(kept);
        } else if let Some(text) = said.len().checked_sub(place).and_then(|at| said.get(at)) {
            pane.editor.replace_all(editor::segment(text));
            pane.recall = Some((place, kept));
        } else {
            pane.recall = Some((place - 1, kept));
        }
        pane.mark_edited(now);
    }

    pub(super) fn send(&mut self) {
        let Some((session, profile)) = self.session().map(|session| (session.id, session.profile.clone()))
        else {
            // Where it would go is not on the screen yet.
            self.say("There is no session to send it to yet; it is kept");
            return;
        };
        let now = self.now;
        let Some(pane) = self.ui.pane_mut() else { return };
        if pane.editor.backslash_newline() {
            pane.mark_edited(now);
            return;
        }
        let Some((text, pieces)) = self.take_text() else { return };
        if CLEAR.contains(&text.trim()) {
            self.clear();
            return;
        }
        let sent = Ask::Send(Text { session, profile, pieces });
        self.deliver(sent, |reference| Command::Send { session, text, reference });
        self.scroll_end();
    }

    /// Leaves the conversation where it is and begins anew in its profile: a session that is at work goes on in its tab, an idle
    /// one gives it up.
    fn clear(&mut self) {
        let Some(session) = self.session() else { return };
        let (id, profile, idle) = (session.id, session.profile.clone(), !status::is_working(session));
        self.fresh(profile);
        if idle {
            self.command(Ask::Close(id), Command::CloseTab { session: id, running: CloseRunning::Ask });
        }
    }

    pub(super) fn interrupt_and_send(&mut self) {
        let Some(session) = self.session() else { return };
        let (session, profile) = (session.id, session.profile.clone());
        let Some((text, pieces)) = self.take_text() else { return };
        let sent = Ask::Send(Text { session, profile, pieces });
        self.deliver(sent, |reference| Command::InterruptAndSend { session, text, reference });
        self.scroll_end();
    }

    /// Empties the composer for sending; `None` when it holds nothing but blanks.
    fn take_text(&mut self) -> Option<(String, Vec<Piece>)> {
        let pane = self.ui.pane_mut()?;
        let text = pane.editor.text();
        if text.trim().is_empty() {
            return None;
        }
        let pieces = pane.pieces();
        pane.editor.reset(Vec::new());
        pane.recall = None;
        // The hub empties its draft with the send; saving the empty one too would only race with it.
        pane.mark_saved();
        Some((text, pieces))
    }

    /// A text comes back: in front of what was written since, or in a new draft when its session is gone. Says which.
    pub(super) fn give_back(&mut self, text: Text) -> &'static str {
        let Some(known) = self.mirror.session(text.session) else {
            let cwd = self.ui.cwd.clone();
            self.command(Ask::Carry(text.pieces), Command::NewSession { profile: text.profile, cwd });
            return "Its session is gone, the text goes into a new draft";
        };
        let pane = self.ui.panes.entry(text.session).or_insert_with(|| Pane::new(&known.draft));
        pane.prepend(&text.pieces, self.now);
        "The text is back in the composer"
    }

    /// A text for which there is no other place is put before the person.
    pub(super) fn put_here(&mut self, pieces: &[Piece]) {
        let now = self.now;
        if let Some(pane) = self.ui.pane_mut() {
            pane.prepend(pieces, now);
        } else {
            self.ui.early.prepend(pieces, now);
        }
    }

    /// Takes the last queued text back into the composer.
    pub(super) fn take_back(&mut self) {
        let Some(session) = self.session() else { return };
        let (id, profile, last) = (session.id, session.profile.clone(), session.queue.last().cloned());
        let Some(entry) = last else {
            self.say("Nothing is queued here");
            return;
        };
        if !self.ui.online {
            self.say("Not taken back: there is no hub to take it from");
            return;
        }
        let text = Text { session: id, profile, pieces: vec![Piece::Text(entry.text)] };
        // It comes when the hub has taken it out: it may be on its way to the agent already.
        self.command(Ask::TakeBack(text), Command::RemoveQueued { session: id, entry: entry.id });
    }

    /// Text first, then the turn, then a word on how to leave (DECISIONS: leaving and interrupting).
    pub(super) fn cancel(&mut self) {
        if !self.composer_is_empty() {
            self.write(|pane| pane.editor.clear());
            let undo = self.ui.keymap.hint(Intent::Edit(Edit::Undo)).unwrap_or("undo").to_owned();
            self.say(format!("Cleared; {undo} brings it back"));
        } else if self.session().is_some_and(|session| session.turn.is_busy()) {
            self.interrupt();
        } else {
            let key = self.ui.keymap.hint(Intent::Quit).unwrap_or("the palette").to_owned();
            self.say(format!("Nothing to clear or interrupt; {key} leaves hermux"));
        }
    }

    pub(super) fn interrupt(&mut self) {
        let Some(session) = self.active() else { return };
        if self.session().is_some_and(|session| session.turn.is_busy()) {
            self.command(Ask::Plain, Command::Interrupt { session });
        } else {
            self.say("Nothing is running here");
        }
    }

    /// Hermes' own command takes the failed prompt out of the context and sends it again.
    pub(super) fn retry_turn(&mut self) {
        let Some(session) = self.session() else { return };
        if !matches!(session.turn.state, crate::model::turn::TurnState::Failed(_)) {
            self.say("No turn has failed here");
            return;
        }
        let (session, text) = (session.id, "/retry".to_owned());
        self.deliver(Ask::Plain, |reference| Command::Send { session, text, reference });
        self.scroll_end();
    }

    /// The composer's first key: have the backend warm when Enter comes.
    fn warm(&mut self) {
        if self.ui.config.prewarm != Prewarm::Send {
            self.warm_up();
        }
    }

    /// Has the backend of what is shown started, once, if it is cold.
    pub(super) fn warm_up(&mut self) {
        let Some(session) = self.active() else { return };
        let profile = self.session().map(|session| session.profile.clone());
        let cold = profile
            .as_ref()
            .and_then(|name| self.mirror.world().profile(name))
            .is_some_and(|profile| profile.backend == crate::model::profile::BackendState::Cold);
        if let (Some(profile), true, false) = (profile, cold, self.ui.warmed.contains(&session)) {
            self.ui.warmed.push(session);
            self.command(Ask::Plain, Command::Wake { profile });
        }
    }

    pub(super) fn wake_active(&mut self) {
        if self.reach_again() {
            return;
        }
        let Some(profile) = self.session().map(|session| session.profile.clone()) else { return };
        self.say(format!("Starting {profile}"));
        self.command(Ask::Plain, Command::Wake { profile });
    }
}

/// The slash commands that are hermux' own, since a session is bound here and not at the backend; all others go to the session.
const CLEAR: [&str; 2] = ["/clear", "/new"];

/// How long the last key must lie back before a draft is saved, in milliseconds.
pub(super) const SAVE_AFTER: u64 = 200;

/// When the draft of `pane` is to be saved.
pub(super) fn save_due(pane: &Pane) -> Option<Tick> {
    pane.edited().map(|at| at.plus(SAVE_AFTER))
}

//! What terminals ask for. Each command names its session or profile and gets exactly one answer or refusal, at once or later.

use super::{
    Registry,
    effect::{Effect, Read},
    runtime::Wish,
    writes::Edit,
};
use crate::{
    base::{
        clock::WallMs,
        ids::{AskId, ClientId, MessageId, ProfileName, SessionId},
    },
    model::{
        body::{BodyState, TAIL_MESSAGES},
        draft::{Draft, Piece},
        patch::{Change, Patch},
        profile::BackendState,
    },
    proto::{Answer, Command, Refusal},
};

/// The session that a command uses, for who stays live. Looking at one, or closing it, is no use.
fn uses(command: &Command) -> Option<SessionId> {
    match command {
        Command::Focus { session }
        | Command::Send { session, .. }
        | Command::SaveDraft { session, .. }
        | Command::Interrupt { session }
        | Command::InterruptAndSend { session, .. }
        | Command::EditQueued { session, .. }
        | Command::RemoveQueued { session, .. }
        | Command::Answer { session, .. }
        | Command::Settle { session, .. }
        | Command::Rename { session, .. }
        | Command::SetYolo { session, .. } => Some(*session),
        _ => None,
    }
}

/// The most rows of one answer.
const MAX_ROWS: u16 = 200;

impl Registry {
    pub(super) fn on_command(&mut self, client: ClientId, ask: AskId, command: Command, wall: WallMs) {
        self.set_wall(wall);
        self.note_use(client, &command);
        match self.obey(client, ask, command, wall) {
            Ok(Some(answer)) => self.effect(Effect::Answer { client, ask, answer }),
            // The answer comes later.
            Ok(None) => {}
            Err(reason) => self.effect(Effect::Refuse { client, ask, reason }),
        }
    }

    fn obey(
        &mut self,
        client: ClientId,
        ask: AskId,
        command: Command,
        wall: WallMs,
    ) -> Result<Option<Answer>, Refusal> {
        // What the person typed is kept to the last: the next hub has it.
        let typed = matches!(
            command,
            Command::SaveDraft { .. } | Command::Send { .. } | Command::InterruptAndSend { .. }
        );
        if self.ending && !typed {
            return Err(Refusal::Ending);
        }
        if let Some(session) = uses(&command) {
            self.use_session(session);
        }
        match command {
            Command::Watch { session } => {
                let known = self.session(session).ok_or(Refusal::NoSession)?;
                if known.body.as_ref().is_some_and(|body| body.state == BodyState::Loading) {
                    self.load(session);
                }
                self.effect(Effect::Watch { client, session });
                Ok(Some(Answer::Done))
            }
            Command::Unwatch { session } => {
                self.effect(Effect::Unwatch { client, session });
                Ok(Some(Answer::Done))
            }
            Command::Show { terminal, session } => self.on_show(terminal, session),
            Command::NewSession { profile, cwd } => self.on_new_session(&profile, &cwd),
            Command::OpenStored { profile, stored } => self.on_open_stored(&profile, &stored),
            Command::EditStored { profile, stored, lineage, name, edit } => {
                self.on_edit_stored(client, ask, Edit { profile, stored, lineage, name, what: edit })
            }
            Command::UndoDelete { profile, lineage } => self.on_undo_delete(profile, lineage),
            Command::Branch { profile, stored } => self.on_branch(client, ask, &profile, &stored),
            Command::StopStored { profile, stored } => self.on_stop_stored(client, ask, &profile, stored),
            Command::CloseTab { session, running } => self.on_close_tab(session, running),
            Command::MoveTab { session, to } => self.on_move_tab(session, to),
            Command::Pin { profile, lineage, on } => self.on_pin(&profile, lineage, on),
            Command::OrderProfiles { order } => self.on_order_profiles(order),
            Command::Recolour { profile, colour } => self.on_recolour((client, ask), &profile, colour),
            Command::Arrange(list) => {
                self.emit(Patch::List(list));
                Ok(Some(Answer::Done))
            }
            Command::Send { session, text, reference } => {
                self.on_send((client, ask), session, (text, reference), wall)
            }
            Command::SaveDraft { session, pieces, base } => self.on_save_draft(client, session, pieces, base),
            Command::Interrupt { session } => self.on_interrupt(session),
            Command::InterruptAndSend { session, text, reference } => {
                self.on_interrupt_and_send((client, ask), session, (text, reference), wall)
            }
            Command::GoOn { session } => self.on_go_on(session),
            Command::EditQueued { session, entry, text } => self.on_edit_queued(session, entry, text),
            Command::RemoveQueued { session, entry } => self.on_remove_queued(session, entry),
            Command::Answer { session, prompt, digest, answer } => {
                self.on_answer(session, prompt, digest, answer)
            }
            Command::DismissPrompt { session, prompt } => self.on_dismiss(session, prompt),
            Command::Settle { session, message, how } => self.on_settle(session, message, how),
            Command::MarkRead { session } => {
                self.session(session).ok_or(Refusal::NoSession)?;
                self.clear_unread(session);
                Ok(Some(Answer::Done))
            }
            Command::Rename { session, title } => {
                self.may_send(session, &title)?;
                self.wish(session, client, ask, Wish::Title(title));
                Ok(None)
            }
            Command::SetYolo { session, on } => {
                self.session(session).ok_or(Refusal::NoSession)?;
                self.wish(session, client, ask, Wish::Yolo(on));
                Ok(None)
            }
            Command::Wake { profile } => {
                match self.open_profile(&profile) {
                    // Whoever held it may have left.
                    Ok(()) | Err(Refusal::Elsewhere(_)) => {}
                    Err(reason) => return Err(reason),
                }
                if !self.look_again(&profile) {
                    self.wake(&profile, true);
                }
                Ok(Some(Answer::Done))
            }
            Command::StopBackend { profile, force } => self.on_stop_backend(&profile, force),
            Command::SetDirectory { profile, directory } => self.on_set_directory(profile, &directory),
            Command::DismissNotice { notice } => {
                self.emit(Patch::NoticeRemoved(notice));
                Ok(Some(Answer::Done))
            }
            Command::Page { profile, sort, filter, after, limit } => {
                let limit = limit.min(MAX_ROWS);
                self.read_of(
                    client,
                    ask,
                    &profile.clone(),
                    Read::Page { profile, sort, filter, after, limit },
                )
            }
            Command::Find { query, profile } => self.on_find(client, ask, query, profile),
            Command::Search { text, profile } => self.on_search(client, ask, text, profile),
            Command::StopSearch => {
                self.effect(Effect::StopSearch { client });
                Ok(Some(Answer::Done))
            }
            Command::Peek { profile, stored } => {
                self.read_of(client, ask, &profile.clone(), Read::Peek { profile, stored })
            }
            Command::Locate { id, near } => self.on_locate(client, ask, &id, near),
            Command::Export { profile, stored, dir } => {
                self.read_of(client, ask, &profile.clone(), Read::Export { profile, stored, dir })
            }
            Command::Older { session, first, skip } => self.on_ask_older(client, ask, session, first, skip),
            Command::Commands { profile } => self.on_ask_commands(client, ask, &profile),
            Command::Choices { profile, session, topic, wake } => {
                self.on_choices((client, ask), &profile, session, topic, wake)
            }
            Command::Configure { profile, session, setting } => {
                self.on_configure((client, ask), &profile, session, setting)
            }
            Command::Focus { session } => self.on_focus(client, session),
            Command::StopAll => Ok(Some(self.on_stop_all())),
            Command::Shutdown { force } => self.on_shutdown(force),
            Command::Status { processes } => {
                self.effect(Effect::Report { client, ask, processes });
                Ok(None)
            }
            Command::CreateProfile(new) => self.on_create_profile((client, ask), new),
            Command::RenameProfile { profile, to, force } => {
                self.on_rename_profile((client, ask), (profile, to), force)
            }
            Command::DeleteProfile { profile, confirm, force } => {
                self.on_delete_profile((client, ask), (profile, &confirm), force)
            }
            Command::Describe { profile, text } => self.on_describe((client, ask), &profile, &text),
            Command::WriteSoul { profile, text } => self.on_write_soul((client, ask), &profile, text),
            Command::ReadSoul { profile } => {
                self.read_of(client, ask, &profile.clone(), Read::Soul { profile })
            }
            Command::ProfileDetails { profile } => {
                self.read_of(client, ask, &profile.clone(), Read::Details { profile })
            }
            Command::DropSecret { handle } => {
                self.effect(Effect::DropSecret { handle });
                Ok(Some(Answer::Done))
            }
        }
    }

    /// A profile whose backend hermux may start.
    pub(super) fn open_profile(&self, profile: &ProfileName) -> Result<(), Refusal> {
        let known = self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        if self.fleet.holds(profile) {
            return Err(Refusal::Changing(profile.clone()));
        }
        match (&known.backend, &known.problem) {
            (BackendState::Elsewhere(_), _) => Err(Refusal::Elsewhere(profile.clone())),
            (_, Some(problem)) => Err(Refusal::Unreadable(problem.clone())),
            _ => Ok(()),
        }
    }

    /// Saves a terminal's whole draft: the last hand wins. Commands of one terminal come in order, so what it saves after a
    /// send is never the text that it sent.
    fn on_save_draft(
        &mut self,
        client: ClientId,
        session: SessionId,
        pieces: Vec<Piece>,
        base: u64,
    ) -> Result<Option<Answer>, Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        let size: usize = pieces.iter().map(|piece| piece.text().len()).sum();
        if size > self.settings.limits.text {
            return Err(Refusal::TooLong);
        }
        let old = &known.draft;
        if pieces != old.pieces {
            let draft = Draft { pieces, revision: old.revision.max(base) + 1, author: Some(client) };
            self.head(session, Change::Draft(draft));
        }
        Ok(Some(Answer::Done))
    }

    fn on_ask_older(
        &mut self,
        client: ClientId,
        ask: AskId,
        session: SessionId,
        first: Option<MessageId>,
        skip: u64,
    ) -> Result<Option<Answer>, Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        let profile = known.profile.clone();
        let older = known.body.as_ref().is_some_and(|body| body.older);
        // The terminal may have been sent a tail of what is in memory.
        let held = known.body.as_ref().map_or(&[][..], |body| &body.messages);
        let held = held.get(..held.partition_point(|message| Some(message.id) < first)).unwrap_or_default();
        let end = held.len().saturating_sub(usize::try_from(skip).unwrap_or(usize::MAX));
        if let page @ [_, ..] = held.get(end.saturating_sub(TAIL_MESSAGES)..end).unwrap_or_default() {
            let more = older || end > TAIL_MESSAGES;
            return Ok(Some(Answer::Older { messages: page.to_vec(), more }));
        }
        let skip = skip.saturating_sub(held.len() as u64);
        let Some(stored) = known.stored.clone().filter(|_| older) else {
            return Ok(Some(Answer::Older { messages: Vec::new(), more: false }));
        };
        let skip = skip.saturating_add(self.stored_messages(session));
        self.effect(Effect::Read { client, ask, read: Read::Older { profile, stored, skip } });
        Ok(None)
    }
}

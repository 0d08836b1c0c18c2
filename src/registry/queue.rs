//! Texts that wait for the running turn to end. The queue is hermux's alone: an entry goes to the backend only after the turn
//! ended, in order and unmerged (DECISIONS 22). After the person stopped a turn, or one failed, it waits for the person.

use super::Registry;
use crate::{
    base::{
        clock::WallMs,
        ids::{AskId, ClientId, QueueId, SendRef, SessionId},
    },
    model::{
        patch::{Change, Patch},
        session::QueueEntry,
        turn::TurnState,
    },
    proto::{Answer, Refusal},
};

impl Registry {
    pub(super) fn enqueue(
        &mut self,
        session: SessionId,
        (text, reference): (String, SendRef),
        at: WallMs,
        first: bool,
    ) -> Result<(), Refusal> {
        self.may_queue(session)?;
        let mut queue = self.session(session).map(|known| known.queue.clone()).unwrap_or_default();
        let entry = QueueEntry { id: QueueId(self.mint()), reference, text, at };
        queue.insert(if first { 0 } else { queue.len() }, entry);
        self.head(session, Change::Queue(queue));
        Ok(())
    }

    fn may_queue(&self, session: SessionId) -> Result<(), Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        if known.queue.len() >= self.settings.limits.queue { Err(Refusal::TooMany) } else { Ok(()) }
    }

    /// A text that was on its way waits again, before all others.
    pub(super) fn put_first(&mut self, session: SessionId, text: String, reference: SendRef) {
        let Some(known) = self.session(session) else { return };
        let at = known.queue.first().map(|entry| entry.at).unwrap_or_default();
        let mut queue = known.queue.clone();
        let entry = QueueEntry { id: QueueId(self.mint()), reference, text, at };
        queue.insert(0, entry);
        self.head(session, Change::Queue(queue));
    }

    /// Sends the first entry if nothing is in its way.
    pub(super) fn next_in_queue(&mut self, session: SessionId) {
        let busy = self.is_busy(session);
        let ending = self.ending;
        let run = self.run(session);
        if ending || busy || run.held || run.outgoing.is_some() || run.uncertain > 0 {
            return;
        }
        let Some(mut queue) = self.session(session).map(|known| known.queue.clone()) else { return };
        if queue.is_empty() {
            return;
        }
        let entry = queue.remove(0);
        self.head(session, Change::Queue(queue));
        self.begin_send(session, entry.text, entry.reference);
    }

    /// The person has seen the held queue and wants it sent.
    pub(super) fn on_go_on(&mut self, session: SessionId) -> Result<Option<Answer>, Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        if known.queue.is_empty() {
            return Err(Refusal::NotQueued);
        }
        if self.run(session).uncertain > 0 {
            return Err(Refusal::Unsettled);
        }
        self.run(session).held = false;
        self.next_in_queue(session);
        self.note_held(session);
        Ok(Some(Answer::Done))
    }

    /// Says of every session that this step changed whether its queue waits for the person now.
    pub(super) fn note_all_held(&mut self) {
        let changed = self.out.patches.iter().filter_map(|patch| match patch {
            Patch::Session { session, .. } => Some(*session),
            Patch::SessionAdded(session) => Some(session.id),
            _ => None,
        });
        let mut changed: Vec<SessionId> = changed.collect();
        changed.sort_unstable();
        changed.dedup();
        for session in changed {
            self.note_held(session);
        }
    }

    fn note_held(&mut self, session: SessionId) {
        let Some(known) = self.session(session) else { return };
        let run = self.runs.get(&session);
        let waits = run.is_some_and(|run| run.held || run.uncertain > 0) && !self.is_busy(session);
        let held = waits && !known.queue.is_empty();
        if held != known.held {
            self.head(session, Change::Held(held));
        }
    }

    pub(super) fn on_edit_queued(
        &mut self,
        session: SessionId,
        entry: QueueId,
        text: String,
    ) -> Result<Option<Answer>, Refusal> {
        self.may_send(session, &text)?;
        self.change_queue(session, entry, |queue, at| {
            if let Some(entry) = queue.get_mut(at) {
                entry.text = text;
            }
        })
    }

    pub(super) fn on_remove_queued(
        &mut self,
        session: SessionId,
        entry: QueueId,
    ) -> Result<Option<Answer>, Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        if let Some(queued) = known.queue.iter().find(|queued| queued.id == entry) {
            let reference = queued.reference;
            self.remember_taken_back(session, reference);
        }
        self.change_queue(session, entry, |queue, at| {
            queue.remove(at);
        })
    }

    fn change_queue(
        &mut self,
        session: SessionId,
        entry: QueueId,
        change: impl FnOnce(&mut Vec<QueueEntry>, usize),
    ) -> Result<Option<Answer>, Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        let at = known.queue.iter().position(|queued| queued.id == entry).ok_or(Refusal::NotQueued)?;
        let mut queue = known.queue.clone();
        change(&mut queue, at);
        self.head(session, Change::Queue(queue));
        self.leave_if_done(session);
        Ok(Some(Answer::Done))
    }

    /// Stops the running turn for this text: it is sent as soon as the turn has ended, before all others.
    pub(super) fn on_interrupt_and_send(
        &mut self,
        (client, ask): (ClientId, AskId),
        session: SessionId,
        (text, reference): (String, SendRef),
        wall: WallMs,
    ) -> Result<Option<Answer>, Refusal> {
        let state = self.session(session).map(|known| known.turn.state.clone()).unwrap_or_default();
        let running = matches!(state, TurnState::Running | TurnState::Stopping);
        if !running || self.ending || self.is_known(reference) {
            return self.on_send((client, ask), session, (text, reference), wall);
        }
        self.may_send(session, &text)?;
        self.may_queue(session)?;
        if state == TurnState::Running && !self.interrupt(session) {
            return Err(Refusal::Backend("its backend is not connected".into()));
        }
        self.enqueue(session, (text, reference), wall, true)?;
        self.clear_draft(session, client);
        self.run(session).go_on = true;
        self.learn(reference);
        self.answer_stored(client, ask);
        Ok(None)
    }

    pub(super) fn on_interrupt(&mut self, session: SessionId) -> Result<Option<Answer>, Refusal> {
        let state = self.session(session).ok_or(Refusal::NoSession)?.turn.state.clone();
        match state {
            TurnState::Running if self.interrupt(session) => Ok(Some(Answer::Done)),
            TurnState::Running => Err(Refusal::Backend("its backend is not connected".into())),
            TurnState::Stopping => Ok(Some(Answer::Done)),
            TurnState::Sending => {
                self.cancel_send(session);
                Ok(Some(Answer::Done))
            }
            _ => Err(Refusal::NotRunning),
        }
    }
}

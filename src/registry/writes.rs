//! Writes to stored sessions: titles, archive, delete. They are the backend's own doing (DECISIONS 10); what is decided here is when.
//!
//! A row that goes is out of every list at once (C17): its tomb stands until what is stored has lost it, or the write was refused, and
//! then row and pin are back. A delete is held for some seconds, in which it can be taken back; a hub that ends meanwhile has not sent
//! it. The writes of one row are made in their order, each only once the one before it is answered. One whose answer was lost is made
//! once more: none of them does harm twice. Rows never vanish under a session that is built of them (CHECK 45): it is closed first, and
//! where a turn runs in it nothing is deleted.

use super::{Registry, effect::Effect, timers::Key};
use crate::{
    base::{
        ids::{AskId, ClientId, LineageRoot, NoticeId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    model::{
        patch::Patch,
        shelf::{Tomb, TombKind},
    },
    proto::{Answer, Refusal, command::RowEdit},
};
use std::collections::{BTreeMap, VecDeque};

/// A conversation of a profile.
pub(super) type Row = (ProfileName, LineageRoot);

/// The writes under way, by row in their order; no list is empty.
#[derive(Debug, Default)]
pub(super) struct Writes {
    pub(super) rows: BTreeMap<Row, VecDeque<Write>>,
    /// The notices that a backend is started for writes.
    pub(super) told: BTreeMap<ProfileName, NoticeId>,
}

#[derive(Debug)]
pub(super) struct Write {
    pub stored: StoredId,
    pub name: Untrusted,
    pub edit: RowEdit,
    /// Who waits for its answer.
    pub who: Option<(ClientId, AskId)>,
    /// The place of the pin that its row had.
    pub pin: Option<usize>,
    pub stage: Stage,
    /// It was lost once.
    pub again: bool,
}

#[derive(Debug)]
pub(super) enum Stage {
    /// A delete that can be taken back.
    Held,
    /// For those before it, or for its backend.
    Waits,
    /// Which rows its conversation has is being read.
    Reads,
    /// The backend is asked what it has built of these rows.
    Asks(Vec<StoredId>),
    /// That is being closed; so many are left.
    Closes(Vec<StoredId>, usize),
    Sent,
}

/// What a terminal wants written.
pub(super) struct Edit {
    pub profile: ProfileName,
    pub stored: StoredId,
    pub lineage: LineageRoot,
    pub name: Untrusted,
    pub what: RowEdit,
}

impl Writes {
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Registry {
    pub(super) fn on_edit_stored(
        &mut self,
        client: ClientId,
        ask: AskId,
        Edit { profile, stored, lineage, name, what: edit }: Edit,
    ) -> Result<Option<Answer>, Refusal> {
        self.open_profile(&profile)?;
        if self.writes.rows.values().map(VecDeque::len).sum::<usize>() >= self.settings.limits.writes {
            return Err(Refusal::TooMany);
        }
        let row = (profile.clone(), lineage);
        if self.world.tomb(&row.0, &row.1).is_some_and(|tomb| tomb.kind == TombKind::Deleted) {
            return if edit == RowEdit::Delete { Ok(Some(Answer::Done)) } else { Err(Refusal::Deleted) };
        }
        let goes = match edit {
            RowEdit::Delete if self.runs_in(&row, &stored) => return Err(Refusal::Running),
            RowEdit::Delete => Some(TombKind::Deleted),
            RowEdit::Archive(true) => Some(TombKind::Archived),
            RowEdit::Archive(false) => {
                self.dig_up(&row);
                None
            }
            RowEdit::Title(_) => None,
        };
        let stage = if edit == RowEdit::Delete { Stage::Held } else { Stage::Waits };
        let who = goes.is_none().then_some((client, ask));
        let pin = goes.and_then(|_| self.pins(&row.0).iter().position(|pin| *pin == row.1));
        if let Some(kind) = goes {
            let tomb = Tomb {
                profile: row.0.clone(),
                lineage: row.1.clone(),
                stored: stored.clone(),
                name: name.clone(),
                kind,
                since: self.now,
                sent: false,
            };
            self.emit(Patch::Tomb(Box::new(tomb)));
            self.unpin(&row);
        }
        if edit == RowEdit::Delete {
            let at = self.now.plus(self.settings.limits.undo);
            self.timers.set(Key::Delete(row.0.clone(), row.1.clone()), at);
        }
        let write = Write { stored, name, edit, who, pin, stage, again: false };
        self.writes.rows.entry(row).or_default().push_back(write);
        self.advance_writes(&profile);
        Ok(goes.map(|_| Answer::Done))
    }

    /// A delete that was not sent is taken back.
    pub(super) fn on_undo_delete(
        &mut self,
        profile: ProfileName,
        lineage: LineageRoot,
    ) -> Result<Option<Answer>, Refusal> {
        let row = (profile, lineage);
        if self.take_back(&row) {
            return Ok(Some(Answer::Done));
        }
        match self.world.tomb(&row.0, &row.1) {
            Some(tomb) if tomb.kind == TombKind::Deleted => Err(Refusal::Sent),
            _ => Ok(Some(Answer::Done)),
        }
    }

    fn take_back(&mut self, row: &Row) -> bool {
        let Some(writes) = self.writes.rows.get_mut(row) else { return false };
        if !matches!(writes.back(), Some(Write { stage: Stage::Held, .. })) {
            return false;
        }
        let pin = writes.pop_back().and_then(|write| write.pin);
        if writes.is_empty() {
            self.writes.rows.remove(row);
        }
        self.timers.cancel(&Key::Delete(row.0.clone(), row.1.clone()));
        self.come_back(row, pin);
        true
    }

    /// A text goes into a session: whoever writes to it does not want it gone.
    pub(super) fn spare_row(&mut self, session: SessionId) {
        if let Some(row) = self.row_of(session) {
            self.take_back(&row);
        }
    }

    /// Whether a session is just being deleted: nothing may go into it.
    pub(super) fn is_being_deleted(&self, session: SessionId) -> bool {
        self.row_of(session).is_some_and(|(profile, lineage)| {
            self.world
                .tomb(&profile, &lineage)
                .is_some_and(|tomb| tomb.kind == TombKind::Deleted && tomb.sent)
        })
    }

    fn row_of(&self, session: SessionId) -> Option<Row> {
        let known = self.session(session)?;
        let stored = || LineageRoot::new(known.stored.as_ref()?.as_str());
        Some((known.profile.clone(), known.lineage.clone().or_else(stored)?))
    }

    /// The time in which a delete could be taken back is over.
    pub(super) fn on_delete_due(&mut self, profile: ProfileName, lineage: LineageRoot) {
        let row = (profile, lineage);
        for write in self.writes.rows.get_mut(&row).into_iter().flatten() {
            if matches!(write.stage, Stage::Held) {
                write.stage = Stage::Waits;
            }
        }
        self.advance_writes(&row.0);
    }

    /// There will be no backend: what waits for it will not be written.
    pub(super) fn give_writes_back(&mut self, profile: &ProfileName, why: &Untrusted) {
        self.writes_need_not_wait(profile);
        let rows: Vec<Row> = self.writes.rows.keys().filter(|row| row.0 == *profile).cloned().collect();
        for row in rows {
            while self.front(&row).is_some_and(|write| !matches!(write.stage, Stage::Held)) {
                self.refuse_write(&row, why);
            }
        }
    }

    /// hermux ends, or the profile is gone: nothing more is written. A delete that was not sent is none.
    pub(super) fn drop_writes(&mut self, of: Option<&ProfileName>) {
        let rows: Vec<Row> = self.writes.rows.keys().cloned().collect();
        for row in rows.into_iter().filter(|row| of.is_none_or(|profile| row.0 == *profile)) {
            self.timers.cancel(&Key::Delete(row.0.clone(), row.1.clone()));
            for write in self.writes.rows.remove(&row).into_iter().flatten() {
                if let Some((client, ask)) = write.who {
                    let reason = if of.is_some() { Refusal::NoProfile } else { Refusal::Ending };
                    self.effect(Effect::Refuse { client, ask, reason });
                }
                if let Some(place) = write.pin {
                    self.pin_at(&row, place);
                }
            }
        }
        let gone = |tomb: &&Tomb| of.is_none_or(|profile| tomb.profile == *profile);
        let tombs: Vec<_> = self.world.tombs.iter().filter(gone).cloned().collect();
        for tomb in tombs {
            self.dig_up(&(tomb.profile, tomb.lineage));
        }
    }

    /// A row is back, with the pin that it had.
    pub(super) fn come_back(&mut self, row: &Row, pin: Option<usize>) {
        self.dig_up(row);
        if let Some(place) = pin {
            self.pin_at(row, place);
        }
        // Lists have dropped it.
        self.on_store_changed(&row.0);
    }

    pub(super) fn dig_up(&mut self, (profile, lineage): &Row) {
        if self.world.tomb(profile, lineage).is_some() {
            self.emit(Patch::TombRemoved { profile: profile.clone(), lineage: lineage.clone() });
        }
    }

    /// The open session of a row, if there is one.
    pub(super) fn open_of(&self, row: &Row, stored: &StoredId) -> Option<SessionId> {
        let by_root = || self.wires.get(&row.0)?.lineage.get(&row.1).copied();
        self.find_stored(&row.0, stored).or_else(by_root)
    }

    /// Whether something runs or waits in a row, as far as it is known.
    pub(super) fn runs_in(&self, row: &Row, stored: &StoredId) -> bool {
        self.open_of(row, stored).is_some_and(|session| self.is_at_work(session))
            || self.world.works_elsewhere(&row.0, stored)
    }
}

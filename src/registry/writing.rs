//! The steps of one write to a stored session: its backend woken, what is built of its rows closed, the request, and what it was
//! answered. Which writes there are, and their tombs, is in `writes`.

use super::{
    Registry,
    effect::Effect,
    input::Sought,
    notices::Words,
    residency::Who,
    runtime::Kind,
    writes::{Row, Stage, Write},
};
use crate::{
    base::{
        ids::{LineageRoot, LiveId, ProfileName, StoredId},
        text::Untrusted,
    },
    model::{
        agent::{ActiveRow, ActiveState, Call, Reply, Rest},
        message::Level,
        notice::About,
        patch::{Change, Patch},
        shelf::Tomb,
    },
    proto::{
        Answer, Refusal,
        command::{CloseRunning, RowEdit},
    },
};
use std::collections::VecDeque;

const RUNS: &str = "a turn runs in it";
const LOST: &str = "its answer was lost; it may have been done";
const UNKNOWN_SESSION: i64 = 4001;

impl Registry {
    /// Makes what can be made of a profile's writes; wakes its backend where there is one to be made.
    pub(super) fn advance_writes(&mut self, profile: &ProfileName) {
        let waits =
            |writes: &VecDeque<Write>| matches!(writes.front(), Some(Write { stage: Stage::Waits, .. }));
        let of = self.writes.rows.iter().filter(|(row, writes)| row.0 == *profile && waits(writes));
        let rows: Vec<Row> = of.map(|(row, _)| row.clone()).collect();
        if rows.is_empty() || self.ending {
            return;
        }
        if !self.wire(profile).up || self.wire(profile).ending {
            self.say_it_wakes(profile);
            return self.wake(profile, true);
        }
        let now = self.now;
        self.wire(profile).spare.used = now;
        for row in rows {
            self.begin_write(&row);
        }
    }

    fn say_it_wakes(&mut self, profile: &ProfileName) {
        if self.writes.told.contains_key(profile) {
            return;
        }
        let words = Words {
            what: format!("Something is to be written to a session of profile {profile}.").into(),
            does: "hermux starts its backend for it, and writes when it is there.",
            can: "Nothing need be done.",
        };
        let id = self.tell(None, Level::Info, About::Profile(profile.clone()), words);
        self.writes.told.insert(profile.clone(), id);
    }

    /// The backend is there, or will not be.
    pub(super) fn writes_need_not_wait(&mut self, profile: &ProfileName) {
        if let Some(id) = self.writes.told.remove(profile)
            && self.world.notices.iter().any(|notice| notice.id == id)
        {
            self.emit(Patch::NoticeRemoved(id));
        }
    }

    pub(super) fn front(&mut self, row: &Row) -> Option<&mut Write> {
        self.writes.rows.get_mut(row)?.front_mut()
    }

    fn begin_write(&mut self, row: &Row) {
        let Some(write) = self.front(row) else { return };
        let stored = write.stored.clone();
        let what = match &write.edit {
            RowEdit::Title(title) => Some(Rest::Title { stored: stored.clone(), title: title.clone() }),
            RowEdit::Archive(on) => Some(Rest::Archive { stored: stored.clone(), on: *on }),
            RowEdit::Delete => None,
        };
        write.stage = if what.is_some() { Stage::Sent } else { Stage::Reads };
        if let Some(tomb) = self.world.tomb(&row.0, &row.1).filter(|tomb| !tomb.sent).cloned() {
            self.emit(Patch::Tomb(Box::new(Tomb { sent: true, ..tomb })));
        }
        match what {
            Some(what) => self.ask_rest(&row.0, what, Kind::Write(row.clone())),
            None => self.seek(row, stored),
        }
    }

    fn seek(&mut self, row: &Row, stored: StoredId) {
        let (profile, lineage) = row.clone();
        self.effect(Effect::Seek { profile, lineage, stored });
    }

    /// What is stored of a conversation: before it is deleted, and after it was said to be gone.
    pub(super) fn on_sought(
        &mut self,
        profile: ProfileName,
        lineage: LineageRoot,
        sought: Result<Sought, Untrusted>,
    ) {
        let row = (profile, lineage);
        let up = self.wire(&row.0).up;
        let Some(write) = self.front(&row) else {
            // The tomb of a write that is answered has nothing to hide any more. What cannot be read is not shown either.
            if sought.is_ok() && self.world.tomb(&row.0, &row.1).is_some_and(|tomb| tomb.sent) {
                self.dig_up(&row);
            }
            return;
        };
        if !matches!(write.stage, Stage::Reads) {
            return;
        }
        match sought {
            Err(why) => self.fail_write(&row, &why),
            Ok(Sought { rows, .. }) if rows.is_empty() => self.confirm_write(&row),
            Ok(Sought { rows, .. }) if up => {
                write.stage = Stage::Asks(rows);
                let timeout = self.settings.limits.call;
                self.call(&row.0, Call::ActiveList, timeout, Kind::Write(row.clone()));
            }
            Ok(_) => self.write_is_lost(&row),
        }
    }

    pub(super) fn on_write_reply(&mut self, row: &Row, reply: Reply) {
        let Some(write) = self.front(row) else { return };
        match (&mut write.stage, reply) {
            (_, Reply::Lost) => self.write_is_lost(row),
            (_, Reply::Failed { message, .. }) => self.fail_write(row, &message),
            (Stage::Asks(rows), Reply::ActiveList(live)) => {
                let rows = std::mem::take(rows);
                self.see_elsewhere(&row.0, &live);
                self.close_before_delete(row, rows, &live);
            }
            (Stage::Sent, Reply::Titled { title, .. }) => {
                let stored = write.stored.clone();
                if let Some(session) = self.open_of(row, &stored) {
                    self.head(session, Change::Title(Some(title).filter(|title| !title.is_empty())));
                }
                self.confirm_write(row);
            }
            (Stage::Sent, _) => self.confirm_write(row),
            _ => self.fail_write(row, &"the backend's answer was not understood".into()),
        }
    }

    /// Closes what the backend has built of these rows, or gives up where that works.
    fn close_before_delete(&mut self, row: &Row, rows: Vec<StoredId>, live: &[ActiveRow]) {
        let built: Vec<&ActiveRow> = live
            .iter()
            .filter(|built| built.stored.as_ref().is_some_and(|stored| rows.contains(stored)))
            .collect();
        let works = |built: &&ActiveRow| matches!(built.state, ActiveState::Working | ActiveState::Waiting);
        let stored = self.front(row).map(|write| write.stored.clone());
        if built.iter().any(works) || stored.is_some_and(|stored| self.runs_in(row, &stored)) {
            return self.fail_write(row, &RUNS.into());
        }
        if built.is_empty() {
            return self.send_delete(row, rows);
        }
        if let Some(write) = self.front(row) {
            write.stage = Stage::Closes(rows, built.len());
        }
        for live in built.into_iter().map(|built| built.live.clone()) {
            if let Some(session) = self.owner(&row.0, &live) {
                self.run(session).closing = true;
            }
            let timeout = self.settings.limits.call;
            self.call(
                &row.0,
                Call::Close { live: live.clone() },
                timeout,
                Kind::WriteClose(row.clone(), live),
            );
        }
    }

    /// One of them is closed, or was not there any more.
    pub(super) fn on_write_close(&mut self, row: &Row, live: LiveId, reply: &Reply) {
        let who = self.owner(&row.0, &live).map_or(Who::Left(live), Who::Open);
        self.on_closed(&row.0, who, reply);
        let Some(Write { stage: Stage::Closes(rows, left), .. }) = self.front(row) else { return };
        *left = left.saturating_sub(1);
        let (left, rows) = (*left, rows.clone());
        match reply {
            Reply::Lost => self.write_is_lost(row),
            Reply::Failed { code, message } if *code != UNKNOWN_SESSION => self.fail_write(row, message),
            _ if left == 0 => self.send_delete(row, rows),
            _ => {}
        }
    }

    fn send_delete(&mut self, row: &Row, rows: Vec<StoredId>) {
        if let Some(write) = self.front(row) {
            write.stage = Stage::Sent;
        }
        self.ask_rest(&row.0, Rest::Delete { rows }, Kind::Write(row.clone()));
    }

    /// Whether it was done is not known: it is made once more, when the backend is there.
    fn write_is_lost(&mut self, row: &Row) {
        let Some(write) = self.front(row) else { return };
        if std::mem::replace(&mut write.again, true) {
            return self.fail_write(row, &LOST.into());
        }
        write.stage = Stage::Waits;
        if self.wire(&row.0).up {
            self.advance_writes(&row.0);
        }
    }

    fn pop_write(&mut self, row: &Row) -> Option<Write> {
        let writes = self.writes.rows.get_mut(row)?;
        let write = writes.pop_front();
        if writes.is_empty() {
            self.writes.rows.remove(row);
        }
        write
    }

    fn confirm_write(&mut self, row: &Row) {
        let Some(write) = self.pop_write(row) else { return };
        if let Some((client, ask)) = write.who {
            self.effect(Effect::Answer { client, ask, answer: Answer::Done });
        }
        if write.edit == RowEdit::Delete
            && let Some(session) = self.open_of(row, &write.stored)
            && self.on_close_tab(session, CloseRunning::Ask).is_err()
        {
            self.leave_if_done(session);
        }
        self.effect(Effect::Reread { profile: row.0.clone() });
        if self.world.tomb(&row.0, &row.1).is_some() && !self.writes.rows.contains_key(row) {
            self.seek(row, write.stored);
        }
        self.advance_writes(&row.0);
    }

    fn fail_write(&mut self, row: &Row, why: &Untrusted) {
        self.refuse_write(row, why);
        self.advance_writes(&row.0);
    }

    pub(super) fn refuse_write(&mut self, row: &Row, why: &Untrusted) {
        let Some(Write { name, edit, who, pin, .. }) = self.pop_write(row) else { return };
        if let Some((client, ask)) = who {
            self.effect(Effect::Refuse { client, ask, reason: Refusal::Backend(why.clone()) });
        } else {
            self.come_back(row, pin);
            let (done, can) = match edit {
                RowEdit::Delete => {
                    ("deleted", "If a turn runs in it, stop that first; then delete it again.")
                }
                _ => ("archived", "Try it again."),
            };
            let what = format!("\"{}\" of profile {} was not {done}: {}", name.raw(), row.0, why.raw());
            let does = "It is back in the list.";
            let words = Words { what: what.into(), does, can };
            self.tell(None, Level::Warning, About::Profile(row.0.clone()), words);
        }
    }
}

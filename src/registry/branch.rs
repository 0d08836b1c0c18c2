//! Going on in a copy of a session. The backend makes the copy of a session that it has built, so the original is taken up first, without
//! a tab where it has none; it names the copy by its live id alone (CHECK 37), and its list says under which id that is stored.

use super::{
    Registry,
    effect::Effect,
    runtime::{Kind, Want, Wish},
};
use crate::{
    base::{
        ids::{AskId, ClientId, LiveId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    model::{
        agent::{Call, Reply},
        body::{Body, BodyState},
        patch::Change,
    },
    proto::{Answer, Refusal},
};

/// A copy that was made and is not open yet.
#[derive(Debug)]
pub(super) struct Copied {
    want: Want,
    live: LiveId,
    title: Untrusted,
}

impl Registry {
    pub(super) fn on_branch(
        &mut self,
        client: ClientId,
        ask: AskId,
        profile: &ProfileName,
        stored: &StoredId,
    ) -> Result<Option<Answer>, Refusal> {
        self.open_profile(profile)?;
        let session = if let Some(session) = self.find_stored(profile, stored) {
            session
        } else {
            let body = Body { state: BodyState::Loading, ..Body::default() };
            self.add_session(profile, Some(stored), body)?
        };
        if self.is_being_deleted(session) {
            return Err(Refusal::Deleted);
        }
        self.wish(session, client, ask, Wish::Branch);
        Ok(None)
    }

    /// The backend has made the copy, or not.
    pub(super) fn on_branched(&mut self, session: SessionId, want: Want, reply: Reply) {
        let Some(profile) = self.session(session).map(|known| known.profile.clone()) else { return };
        match reply {
            Reply::Branched { live, title } => {
                let timeout = self.settings.limits.call;
                let copied = Kind::Copied(session, Box::new(Copied { want, live, title }));
                self.call(&profile, Call::ActiveList, timeout, copied);
            }
            reply => {
                self.end_copy(session, &profile, &want);
                self.refuse_copy(&want, reply);
                self.leave_if_done(session);
            }
        }
    }

    fn refuse_copy(&mut self, want: &Want, reply: Reply) {
        let why = match reply {
            Reply::Failed { message, .. } => message,
            _ => "its answer was lost; if the copy was made, it is in the list".into(),
        };
        let Want { client, ask, .. } = *want;
        self.effect(Effect::Refuse { client, ask, reason: Refusal::Backend(why) });
    }

    /// Where the copy is stored: it is opened.
    pub(super) fn on_copied(
        &mut self,
        session: SessionId,
        profile: &ProfileName,
        copied: Copied,
        reply: Reply,
    ) {
        let Copied { want, live, title } = copied;
        self.end_copy(session, profile, &want);
        let rows = if let Reply::ActiveList(rows) = &reply { rows.as_slice() } else { &[] };
        let stored = rows.iter().find(|row| row.live == live).and_then(|row| row.stored.clone());
        let Some(stored) = stored else {
            self.refuse_copy(&want, reply);
            return self.leave_if_done(session);
        };
        let Want { client, ask, .. } = want;
        let opened = self.open_copy(session, profile, live, &stored, title);
        self.effect(match opened {
            Ok(copy) => Effect::Answer { client, ask, answer: Answer::Opened(copy) },
            Err(reason) => Effect::Refuse { client, ask, reason },
        });
        self.effect(Effect::Reread { profile: profile.clone() });
        self.leave_if_done(session);
    }

    fn open_copy(
        &mut self,
        session: SessionId,
        profile: &ProfileName,
        live: LiveId,
        stored: &StoredId,
        title: Untrusted,
    ) -> Result<SessionId, Refusal> {
        let body = Body { state: BodyState::Loading, ..Body::default() };
        let copy = match self.add_session(profile, Some(stored), body) {
            Ok(copy) => copy,
            Err(reason) => {
                let timeout = self.settings.limits.call;
                self.call(profile, Call::Close { live }, timeout, Kind::Farewell);
                return Err(reason);
            }
        };
        if let Some(info) = self.session(session).map(|known| known.info.clone()) {
            self.head(copy, Change::Info(Box::new(info)));
        }
        self.head(copy, Change::Title(Some(title).filter(|title| !title.is_empty())));
        let early = self.take_early(profile, &live);
        self.bind_live(copy, profile, live);
        self.set_built(copy, true);
        for fact in early {
            self.on_session_fact(copy, fact);
        }
        self.load(copy);
        self.show_tab(copy);
        Ok(copy)
    }

    /// A copy is being made: its first events may come before its name, and its original stays until it is there.
    pub(super) fn begin_copy(&mut self, session: SessionId, want: &Want) {
        let profile = self.session(session).map(|known| known.profile.clone());
        if let (Wish::Branch, Some(profile)) = (&want.what, profile) {
            self.wire(&profile).builds += 1;
            self.run(session).copies += 1;
        }
    }

    pub(super) fn end_copy(&mut self, session: SessionId, profile: &ProfileName, want: &Want) {
        if matches!(want.what, Wish::Branch) {
            let wires = self.wire(profile);
            wires.builds = wires.builds.saturating_sub(1);
            if let Some(run) = self.runs.get_mut(&session) {
                run.copies = run.copies.saturating_sub(1);
            }
        }
    }
}

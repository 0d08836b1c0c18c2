//! Which terminals are attached, and what each of them shows. Focus stays the terminal's own (I7): what is noted here decides only
//! who stays live, and what a terminal that comes back finds. None of it is shown to the others, and it leaves with its terminal.

use super::Registry;
use crate::{
    base::ids::{ClientId, SessionId},
    proto::{Answer, Refusal},
};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(super) struct Terminals {
    /// The attached ones, each with the session that it shows, once it has said so.
    shown: BTreeMap<ClientId, Option<SessionId>>,
    last: Option<SessionId>,
}

impl Terminals {
    pub(super) fn join(&mut self, client: ClientId) {
        self.shown.entry(client).or_default();
    }

    pub(super) fn leave(&mut self, client: ClientId) {
        self.shown.remove(&client);
    }

    /// A session left; `twin` is the one that goes on in its place.
    pub(super) fn replace(&mut self, session: SessionId, twin: Option<SessionId>) {
        for shown in self.shown.values_mut().chain([&mut self.last]).filter(|shown| **shown == Some(session))
        {
            *shown = twin;
        }
    }
}

impl Registry {
    /// The attached terminals, each with the session that it shows, once it has said so.
    pub fn terminals(&self) -> &BTreeMap<ClientId, Option<SessionId>> {
        &self.terminals.shown
    }

    /// The session that a terminal showed last, of those that are still open.
    pub fn last_shown(&self) -> Option<SessionId> {
        self.terminals.last
    }

    pub(super) fn on_focus(
        &mut self,
        client: ClientId,
        session: SessionId,
    ) -> Result<Option<Answer>, Refusal> {
        self.session(session).ok_or(Refusal::NoSession)?;
        self.terminals.shown.insert(client, Some(session));
        self.terminals.last = Some(session);
        Ok(Some(Answer::Done))
    }
}

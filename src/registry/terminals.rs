//! Which terminals are attached, what each of them shows, and which was used last. Focus stays the terminal's own (I7): what is noted
//! here decides only who stays live, and what a terminal that comes back finds. The others are told who is attached, not what it
//! shows; it leaves with its terminal. A client that shows nothing is none of these.

use super::{Registry, effect::Effect};
use crate::{
    base::ids::{ClientId, SessionId},
    model::{
        patch::Patch,
        terminal::{Terminal, TerminalInfo},
    },
    proto::{Answer, Command, Refusal},
};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(super) struct Terminals {
    /// The attached ones, each with the session that it shows, once it has said so.
    shown: BTreeMap<ClientId, Option<SessionId>>,
    last: Option<SessionId>,
    /// The attached ones, the one that was used last at the end.
    used: Vec<ClientId>,
    /// One has attached.
    ever: bool,
}

impl Terminals {
    /// Whether a terminal shows a session that is one of these.
    pub(super) fn show(&self, is: impl Fn(SessionId) -> bool) -> bool {
        self.shown.values().flatten().any(|session| is(*session))
    }

    /// Whether one is attached.
    pub(super) fn any(&self) -> bool {
        !self.shown.is_empty()
    }

    /// Whether one has ever been.
    pub(super) fn ever(&self) -> bool {
        self.ever
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
        if let Some(shown) = self.terminals.shown.get_mut(&client) {
            *shown = Some(session);
            self.terminals.last = Some(session);
        }
        Ok(Some(Answer::Done))
    }

    pub(super) fn on_joined(&mut self, client: ClientId, terminal: Option<TerminalInfo>) {
        let Some(info) = terminal else { return };
        self.terminals.shown.insert(client, None);
        self.terminals.ever = true;
        self.terminals.used.push(client);
        self.emit(Patch::Terminal(Box::new(Terminal { id: client, info: info.bounded() })));
    }

    pub(super) fn on_left(&mut self, client: ClientId) {
        self.terminals.used.retain(|id| *id != client);
        if self.terminals.shown.remove(&client).is_some() {
            self.emit(Patch::TerminalRemoved(client));
        }
    }

    /// A command that a hand gave says which terminal a person sits at.
    pub(super) fn note_use(&mut self, client: ClientId, command: &Command) {
        let by_itself = matches!(
            command,
            Command::Watch { .. }
                | Command::Unwatch { .. }
                | Command::MarkRead { .. }
                | Command::Page { .. }
                | Command::Peek { .. }
                | Command::Older { .. }
        );
        let used = &mut self.terminals.used;
        if let Some(at) = used.iter().position(|id| *id == client).filter(|_| !by_itself) {
            used.remove(at);
            used.push(client);
        }
    }

    pub(super) fn on_show(
        &mut self,
        terminal: Option<ClientId>,
        session: SessionId,
    ) -> Result<Option<Answer>, Refusal> {
        self.session(session).ok_or(Refusal::NoSession)?;
        let client = terminal.or_else(|| self.terminals.used.last().copied());
        let client = client.filter(|id| self.world.terminal(*id).is_some()).ok_or(Refusal::NoTerminal)?;
        self.effect(Effect::Show { client, session });
        Ok(Some(Answer::Done))
    }
}

//! A terminal's copy of the world over a bad line (I2): updates come twice, or not at all; a gap makes it ask for a snapshot.

use hermux::{
    base::ids::{MessageId, SessionId},
    model::{
        patch::{BodyChange, Patch},
        world::World,
    },
};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(crate) struct Mirror {
    seq: u64,
    world: World,
    /// What it watches, each from the first message that it was sent.
    pub(crate) watched: BTreeMap<SessionId, Option<MessageId>>,
    broken: bool,
}

impl Mirror {
    /// Takes one numbered list of patches: once, twice or not at all.
    pub(crate) fn take(&mut self, seq: u64, patches: &[Patch], times: u8) {
        for _ in 0..times {
            if seq <= self.seq || self.broken {
                continue;
            }
            if seq > self.seq + 1 {
                self.broken = true;
                continue;
            }
            self.seq = seq;
            for patch in patches {
                self.apply(patch);
            }
        }
    }

    fn apply(&mut self, patch: &Patch) {
        if let Patch::Body { session, change } = patch {
            match (self.watched.get(session), change) {
                (None, _) => return,
                (Some(_), BodyChange::Set(_)) => {
                    self.watched.insert(*session, None);
                }
                (Some(Some(first)), change) if message_of(change).is_some_and(|id| id < *first) => return,
                _ => {}
            }
        }
        self.world.apply(patch).unwrap();
        if let Patch::SessionAdded(session) = patch {
            self.world.sessions.get_mut(&session.id).unwrap().body = None;
        }
    }

    pub(crate) fn watch(&mut self, session: SessionId, world: &World, seq: u64) {
        let Some(body) = world.sessions.get(&session).and_then(|known| known.body.as_ref()) else { return };
        let start = body.tail_start();
        let first = body.messages.get(start).map(|message| message.id);
        self.watched.insert(session, first);
        if !self.broken && self.seq == seq {
            let tail = BodyChange::Set(Box::new(body.since(start)));
            self.world.apply(&Patch::Body { session, change: tail }).unwrap();
        }
    }

    pub(crate) fn unwatch(&mut self, session: SessionId) {
        self.watched.remove(&session);
        if let Some(known) = self.world.sessions.get_mut(&session) {
            known.body = None;
        }
    }

    /// A mirror that noticed a gap has asked for everything anew; either way it now equals what it watches of the world.
    pub(crate) fn check(&mut self, world: &World, seq: u64) {
        if self.broken || self.seq < seq {
            self.world = world.watched_by(&self.watched);
            self.seq = seq;
            self.broken = false;
        }
        assert_eq!(self.world, world.watched_by(&self.watched), "a mirror equals what it watches");
    }
}

fn message_of(change: &BodyChange) -> Option<MessageId> {
    match change {
        BodyChange::Part { message, .. }
        | BodyChange::Append { message, .. }
        | BodyChange::ReasoningEnded { message, .. }
        | BodyChange::Tool { message, .. }
        | BodyChange::State { message, .. }
        | BodyChange::Finish { message, .. }
        | BodyChange::Removed(message) => Some(*message),
        _ => None,
    }
}

//! The attached terminals: what each watches, what it has been told, and whether it keeps up.
//!
//! Patches of a terminal that does not keep up are dropped, and one snapshot replaces them when it has room again. Answers,
//! refusals and the goodbye are never dropped. A terminal that lets more than [`MAX_HELD`] answers pile up is broken: it is let go.

use super::merge;
use crate::{
    base::{
        clock::{Clock, Tick, WallMs},
        ids::{ClientId, MessageId, ProfileName, SessionId},
    },
    model::{
        patch::{BodyChange, Patch},
        world::World,
    },
    proto::{
        CONTRACT, Update,
        update::{Goodbye, Snapshot, Welcome},
    },
};
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::mpsc::{self, OwnedPermit, error::TrySendError};

/// Answers held for a terminal that does not read, before it is let go.
const MAX_HELD: usize = 4096;

/// A terminal has room again: its snapshot can be sent.
#[derive(Debug)]
pub(super) struct Room {
    client: ClientId,
    permit: OwnedPermit<Update>,
}

#[derive(Debug)]
struct Client {
    updates: mpsc::Sender<Update>,
    /// The number of the last patches sent.
    seq: u64,
    watched: BTreeMap<SessionId, Option<MessageId>>,
    /// Patches since the last flush, or since the last answer among them.
    patches: Vec<Patch>,
    /// What goes out at the next flush, in order.
    out: VecDeque<Update>,
    lagging: bool,
    /// When it came, in milliseconds since 1970.
    since: WallMs,
}

#[derive(Debug)]
pub(super) struct Clients {
    list: BTreeMap<ClientId, Client>,
    /// Where a lagging terminal's room is told; one place for each terminal is enough.
    room: mpsc::Sender<Room>,
}

impl Clients {
    pub(super) fn new(room: mpsc::Sender<Room>) -> Self {
        Self { list: BTreeMap::new(), room }
    }

    pub(super) fn knows(&self, id: ClientId) -> bool {
        self.list.contains_key(&id)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Greets a terminal with everything but transcripts: the profile that the hub began with, and what was shown last.
    pub(super) fn join(
        &mut self,
        id: ClientId,
        updates: mpsc::Sender<Update>,
        (primary, last): (ProfileName, Option<SessionId>),
        world: &World,
        now: Tick,
    ) {
        let watched = BTreeMap::new();
        let snapshot = Snapshot { seq: 0, now, world: world.watched_by(&watched), watched };
        let welcome =
            Update::Welcome(Box::new(Welcome { contract: CONTRACT, client: id, primary, last, snapshot }));
        let client = Client {
            updates,
            seq: 0,
            watched: BTreeMap::new(),
            patches: Vec::new(),
            out: VecDeque::from([welcome]),
            lagging: false,
            since: Clock::wall(),
        };
        self.list.insert(id, client);
    }

    /// When a client came, and whether it lags.
    pub(super) fn standing(&self, id: ClientId) -> Option<(WallMs, bool)> {
        self.list.get(&id).map(|client| (client.since, client.lagging))
    }

    /// Whether it was here.
    pub(super) fn leave(&mut self, id: ClientId) -> bool {
        self.list.remove(&id).is_some()
    }

    /// Adds what a step changed to everybody's next flush.
    pub(super) fn push(&mut self, patches: &[Patch]) {
        for client in self.list.values_mut() {
            for patch in patches {
                client.push(patch);
            }
        }
    }

    /// Adds an answer, a refusal or a goodbye for one terminal.
    pub(super) fn tell(&mut self, id: ClientId, update: Update) {
        if let Some(client) = self.list.get_mut(&id) {
            client.seal();
            client.out.push_back(update);
        }
    }

    /// Begins a transcript for a terminal, with its tail as it stands now.
    pub(super) fn watch(&mut self, id: ClientId, session: SessionId, world: &World) {
        let Some(client) = self.list.get_mut(&id) else { return };
        let Some(body) = world.sessions.get(&session).and_then(|session| session.body.as_ref()) else {
            return;
        };
        let tail = body.since(body.tail_start());
        client.watched.insert(session, tail.messages.first().map(|message| message.id));
        client.add(Patch::Body { session, change: BodyChange::Set(Box::new(tail)) });
    }

    pub(super) fn unwatch(&mut self, id: ClientId, session: SessionId) {
        let Some(client) = self.list.get_mut(&id) else { return };
        if client.watched.remove(&session).is_some() {
            client.add(Patch::Body { session, change: BodyChange::Forget });
        }
    }

    /// Sends a terminal everything anew at the next chance.
    pub(super) fn resync(&mut self, id: ClientId) {
        if let Some(client) = self.list.get_mut(&id) {
            client.lag(id, &self.room);
        }
    }

    /// Sends what has come together. Returns the terminals that are gone.
    pub(super) fn flush(&mut self) -> Vec<ClientId> {
        let mut gone = Vec::new();
        for (id, client) in &mut self.list {
            client.seal();
            if !client.send(*id, &self.room) || client.out.len() > MAX_HELD {
                gone.push(*id);
            }
        }
        gone
    }

    /// Sends the snapshot for which a lagging terminal has room now.
    pub(super) fn caught_up(&mut self, room: Room, world: &World, now: Tick) {
        let Some(client) = self.list.get_mut(&room.client) else { return };
        client.lagging = false;
        let watched: BTreeMap<_, _> = client
            .watched
            .keys()
            .filter_map(|session| {
                let body = world.sessions.get(session)?.body.as_ref()?;
                Some((*session, body.messages.get(body.tail_start()).map(|message| message.id)))
            })
            .collect();
        client.watched.clone_from(&watched);
        client.patches.clear();
        let snapshot = Snapshot { seq: client.seq, now, world: world.watched_by(&watched), watched };
        room.permit.send(Update::Lagged(Box::new(snapshot)));
    }

    /// Says goodbye to all and lets them go. Each is closed once it was told.
    pub(super) fn dismiss(&mut self, why: &Goodbye) -> Vec<mpsc::Sender<Update>> {
        let told = std::mem::take(&mut self.list).into_values().filter_map(|client| {
            // A terminal with a full queue notices by its end.
            client.updates.try_send(Update::Goodbye(why.clone())).ok()?;
            Some(client.updates)
        });
        told.collect()
    }
}

impl Client {
    fn push(&mut self, patch: &Patch) {
        match patch {
            Patch::Body { session, .. } if !self.watched.contains_key(session) => {}
            // A transcript that was set anew travels as its tail, like any other snapshot of one.
            Patch::Body { session, change: BodyChange::Set(body) } => {
                let tail = body.since(body.tail_start());
                self.watched.insert(*session, tail.messages.first().map(|message| message.id));
                self.add(Patch::Body { session: *session, change: BodyChange::Set(Box::new(tail)) });
            }
            Patch::SessionAdded(session) => self.add(Patch::SessionAdded(Box::new(session.head()))),
            Patch::SessionRemoved(session) => {
                self.watched.remove(session);
                self.add(patch.clone());
            }
            _ => self.add(patch.clone()),
        }
    }

    fn add(&mut self, patch: Patch) {
        // What a lagging terminal misses is in its snapshot.
        if !self.lagging {
            merge::push(&mut self.patches, patch);
        }
    }

    /// Numbers the patches that have come together.
    fn seal(&mut self) {
        if !self.patches.is_empty() {
            self.seq += 1;
            self.out.push_back(Update::Patches { seq: self.seq, list: std::mem::take(&mut self.patches) });
        }
    }

    /// Sends as far as there is room. `false`: the terminal is gone.
    fn send(&mut self, id: ClientId, room: &mpsc::Sender<Room>) -> bool {
        if self.lagging {
            return !self.updates.is_closed();
        }
        while let Some(update) = self.out.pop_front() {
            match self.updates.try_send(update) {
                Ok(()) => {}
                Err(TrySendError::Closed(_)) => return false,
                Err(TrySendError::Full(update)) => {
                    self.out.push_front(update);
                    self.lag(id, room);
                    break;
                }
            }
        }
        true
    }

    /// Marks the terminal as lagging: its patches go, its answers stay, and a task waits for room.
    fn lag(&mut self, id: ClientId, room: &mpsc::Sender<Room>) {
        if self.lagging {
            return;
        }
        self.lagging = true;
        self.patches.clear();
        self.out.retain(|update| !matches!(update, Update::Patches { .. }));
        let (updates, room) = (self.updates.clone(), room.clone());
        tokio::spawn(async move {
            if let Ok(permit) = updates.reserve_owned().await {
                let _ = room.send(Room { client: id, permit }).await;
            }
        });
    }
}

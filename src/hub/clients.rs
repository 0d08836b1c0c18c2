//! The attached terminals: what each watches, what it has been told, and whether it keeps up.
//!
//! A patch is kept, joined to others and encoded once, for all who get it. Patches of a terminal that does not keep up are dropped,
//! and one snapshot replaces them when it has room again. Answers, refusals and the goodbye are never dropped. A terminal that lets
//! more than [`MAX_HELD`] bytes of answers pile up is broken: it is let go.

use super::merge;
use crate::{
    base::{
        clock::{Clock, Tick, WallMs},
        ids::{ClientId, ProfileName, SessionId},
    },
    model::{
        patch::{BodyChange, Patch},
        world::World,
    },
    proto::{
        CONTRACT, Update,
        update::{Goodbye, Snapshot, Welcome},
    },
    transport::{
        codec,
        updates::{self, NotSent, Outgoing, Shared, Updates},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
};
use tokio::sync::mpsc;

/// Bytes of answers held for a terminal that does not read, before it is let go. One that waits for its answers has asked for a few.
const MAX_HELD: usize = 16 << 20;

/// A terminal has room again: its snapshot can be sent.
#[derive(Debug)]
pub(super) struct Room {
    client: ClientId,
    room: updates::Room,
}

#[derive(Debug)]
struct Client {
    updates: Updates,
    /// The number of the last patches sent.
    seq: u64,
    watched: BTreeSet<SessionId>,
    /// How many of [`Clients::shared`] it has taken.
    taken: usize,
    /// Patches since the last flush, or since the last answer among them.
    patches: Vec<Arc<Shared>>,
    /// What goes out at the next flush, in order.
    out: VecDeque<Outgoing>,
    lagging: bool,
    /// Bytes of what it was told while it lagged.
    held: usize,
    /// When it came, in milliseconds since 1970.
    since: WallMs,
}

#[derive(Debug)]
pub(super) struct Clients {
    list: BTreeMap<ClientId, Client>,
    /// What changed and nobody has taken: more may still be joined to it.
    fresh: Vec<Patch>,
    /// What changed since the last flush and somebody has taken.
    shared: Vec<Arc<Shared>>,
    /// Where a lagging terminal's room is told; one place for each terminal is enough.
    room: mpsc::Sender<Room>,
}

impl Clients {
    pub(super) fn new(room: mpsc::Sender<Room>) -> Self {
        Self { list: BTreeMap::new(), fresh: Vec::new(), shared: Vec::new(), room }
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
        updates: Updates,
        (primary, last): (ProfileName, Option<SessionId>),
        world: &World,
        now: Tick,
    ) {
        self.freeze();
        let watched = BTreeMap::new();
        let snapshot = Snapshot { seq: 0, now, world: world.watched_by(&watched), watched };
        let welcome =
            Update::Welcome(Box::new(Welcome { contract: CONTRACT, client: id, primary, last, snapshot }));
        let client = Client {
            updates,
            seq: 0,
            watched: BTreeSet::new(),
            taken: self.shared.len(),
            patches: Vec::new(),
            out: VecDeque::from([welcome.into()]),
            lagging: false,
            held: 0,
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
        for patch in patches {
            let patch = match patch {
                Patch::Body { session, .. } if !self.is_watched(*session) => continue,
                // A transcript that was set anew travels as its tail, like any other snapshot of one.
                Patch::Body { session, change: BodyChange::Set(body) } => {
                    let tail = body.since(body.tail_start());
                    Patch::Body { session: *session, change: BodyChange::Set(Box::new(tail)) }
                }
                Patch::SessionAdded(session) => Patch::SessionAdded(Box::new(session.head())),
                other => other.clone(),
            };
            merge::push(&mut self.fresh, patch);
        }
    }

    fn is_watched(&self, session: SessionId) -> bool {
        self.list.values().any(|client| client.watched.contains(&session))
    }

    /// From here on nothing is joined to what came before.
    fn freeze(&mut self) {
        self.shared.extend(self.fresh.drain(..).map(Shared::new));
    }

    /// A terminal that has taken all that came before.
    fn up_to_date(&mut self, id: ClientId) -> Option<&mut Client> {
        self.freeze();
        let client = self.list.get_mut(&id)?;
        client.take(&self.shared);
        Some(client)
    }

    /// Adds an answer, a refusal or a goodbye for one terminal.
    pub(super) fn tell(&mut self, id: ClientId, update: Update) {
        let Some(client) = self.up_to_date(id) else { return };
        client.seal();
        if client.lagging {
            client.held += codec::size(&update);
        }
        client.out.push_back(update.into());
    }

    /// Begins a transcript for a terminal, with its tail as it stands now.
    pub(super) fn watch(&mut self, id: ClientId, session: SessionId, world: &World) {
        let Some(client) = self.up_to_date(id) else { return };
        let Some(body) = world.sessions.get(&session).and_then(|session| session.body.as_ref()) else {
            return;
        };
        client.watched.insert(session);
        let tail = body.since(body.tail_start());
        client.add(Shared::new(Patch::Body { session, change: BodyChange::Set(Box::new(tail)) }));
    }

    pub(super) fn unwatch(&mut self, id: ClientId, session: SessionId) {
        let Some(client) = self.up_to_date(id) else { return };
        if client.watched.remove(&session) {
            client.add(Shared::new(Patch::Body { session, change: BodyChange::Forget }));
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
        self.freeze();
        for client in self.list.values_mut() {
            client.take(&self.shared);
            client.seal();
            client.taken = 0;
        }
        self.shared.clear();
        let mut gone = Vec::new();
        for (id, client) in &mut self.list {
            if !client.send(*id, &self.room) || client.held > MAX_HELD {
                gone.push(*id);
            }
        }
        gone
    }

    /// Sends the snapshot for which a lagging terminal has room now.
    pub(super) fn caught_up(&mut self, room: Room, world: &World, now: Tick) {
        // What has not been flushed yet is in the snapshot.
        let Some(client) = self.up_to_date(room.client) else { return };
        client.lagging = false;
        client.held = 0;
        let watched: BTreeMap<_, _> = client
            .watched
            .iter()
            .filter_map(|session| {
                let body = world.sessions.get(session)?.body.as_ref()?;
                Some((*session, body.messages.get(body.tail_start()).map(|message| message.id)))
            })
            .collect();
        client.watched = watched.keys().copied().collect();
        let snapshot = Snapshot { seq: client.seq, now, world: world.watched_by(&watched), watched };
        room.room.send(Update::Lagged(Box::new(snapshot)));
    }

    /// Says goodbye to all and lets them go. Each is closed once it was told.
    pub(super) fn dismiss(&mut self, why: &Goodbye) -> Vec<Updates> {
        let told = std::mem::take(&mut self.list).into_values().filter_map(|client| {
            // A terminal with a full queue notices by its end.
            client.updates.try_send(Update::Goodbye(why.clone())).ok()?;
            Some(client.updates)
        });
        told.collect()
    }
}

impl Client {
    /// Takes what came since it last did.
    fn take(&mut self, shared: &[Arc<Shared>]) {
        for patch in shared.get(self.taken..).unwrap_or_default() {
            match patch.patch() {
                Patch::Body { session, .. } if !self.watched.contains(session) => continue,
                Patch::SessionRemoved(session) => {
                    self.watched.remove(session);
                }
                _ => {}
            }
            self.add(Arc::clone(patch));
        }
        self.taken = shared.len();
    }

    fn add(&mut self, patch: Arc<Shared>) {
        // What a lagging terminal misses is in its snapshot.
        if !self.lagging {
            self.patches.push(patch);
        }
    }

    /// Numbers the patches that have come together.
    fn seal(&mut self) {
        if !self.patches.is_empty() {
            self.seq += 1;
            self.out.push_back(Outgoing::Patches { seq: self.seq, list: std::mem::take(&mut self.patches) });
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
                Err(NotSent::Closed) => return false,
                Err(NotSent::Full(update)) => {
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
        self.out.retain(|update| !matches!(update, Outgoing::Patches { .. }));
        let (updates, room) = (self.updates.clone(), room.clone());
        tokio::spawn(async move {
            if let Some(found) = updates.room().await {
                let _ = room.send(Room { client: id, room: found }).await;
            }
        });
    }
}

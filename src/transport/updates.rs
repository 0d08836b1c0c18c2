//! What waits to be read by one terminal: bounded in number, and on a socket in bytes.
//!
//! A patch that goes to several terminals is shared between them and encoded once. Nothing here waits for a terminal: what finds no
//! place comes back, and its sender asks for [`Updates::room`].

use super::{
    codec,
    port::{TO_SOCKET, TO_TERMINAL},
};
use crate::{model::patch::Patch, proto::Update};
use serde::Serialize;
use std::sync::{Arc, OnceLock};
use tokio::sync::{
    OwnedSemaphorePermit, Semaphore,
    mpsc::{self, OwnedPermit, error::TrySendError},
};

/// The most bytes that wait for a terminal on a socket; a snapshot, of which there is at most one, comes on top.
pub const UNREAD: u32 = 4 << 20;

/// A patch on its way to terminals.
#[derive(Debug)]
pub struct Shared {
    patch: Patch,
    json: OnceLock<Option<Vec<u8>>>,
}

impl Shared {
    pub fn new(patch: Patch) -> Arc<Self> {
        Arc::new(Self { patch, json: OnceLock::new() })
    }

    pub fn patch(&self) -> &Patch {
        &self.patch
    }

    /// Encoded by whoever asks first.
    fn json(&self) -> Option<&[u8]> {
        self.json.get_or_init(|| encode(&self.patch)).as_deref()
    }
}

/// An update before it is known how it travels.
#[derive(Debug)]
pub enum Outgoing {
    Patches { seq: u64, list: Vec<Arc<Shared>> },
    Update(Box<Update>),
}

impl From<Update> for Outgoing {
    fn from(update: Update) -> Self {
        Self::Update(Box::new(update))
    }
}

/// Why an update did not get through.
#[derive(Debug)]
pub enum NotSent {
    /// The terminal does not keep up.
    Full(Outgoing),
    /// It is gone, or cannot be spoken to.
    Closed,
}

/// The hub's way to one terminal.
#[derive(Debug, Clone)]
pub struct Updates(Way);

#[derive(Debug, Clone)]
enum Way {
    Memory(mpsc::Sender<Update>),
    Socket { queue: mpsc::Sender<Queued>, unread: Arc<Semaphore> },
}

/// What a socket's writer takes.
#[derive(Debug)]
pub(super) enum Queued {
    /// A message and the place that it takes until it is written.
    Encoded { json: Vec<u8>, _place: OwnedSemaphorePermit },
    /// The goodbye. It takes no place: whoever waits for room has them all.
    Last(Vec<u8>),
    /// A welcome or a snapshot, which is long, and is encoded by the writer.
    Snapshot(Box<Update>),
}

/// A place for one update.
#[derive(Debug)]
pub struct Room(Place);

#[derive(Debug)]
enum Place {
    Memory(OwnedPermit<Update>),
    Socket(OwnedPermit<Queued>),
}

impl Updates {
    /// To a terminal in this process. Full with [`TO_TERMINAL`] updates.
    pub(super) fn in_memory() -> (Self, mpsc::Receiver<Update>) {
        let (queue, updates) = mpsc::channel(TO_TERMINAL);
        (Self(Way::Memory(queue)), updates)
    }

    /// To a socket's writer. Full with [`TO_SOCKET`] updates or [`UNREAD`] bytes.
    pub(super) fn to_socket() -> (Self, mpsc::Receiver<Queued>) {
        let (queue, written) = mpsc::channel(TO_SOCKET);
        (Self(Way::Socket { queue, unread: Arc::new(Semaphore::new(UNREAD as usize)) }), written)
    }

    pub fn is_closed(&self) -> bool {
        match &self.0 {
            Way::Memory(queue) => queue.is_closed(),
            Way::Socket { queue, .. } => queue.is_closed(),
        }
    }

    /// Returns when the terminal is gone or was told goodbye.
    pub async fn closed(&self) {
        match &self.0 {
            Way::Memory(queue) => queue.closed().await,
            Way::Socket { queue, .. } => queue.closed().await,
        }
    }

    pub fn try_send(&self, outgoing: impl Into<Outgoing>) -> Result<(), NotSent> {
        let outgoing = outgoing.into();
        match &self.0 {
            Way::Memory(queue) => match queue.try_reserve() {
                Ok(place) => {
                    place.send(outgoing.into_update());
                    Ok(())
                }
                Err(TrySendError::Full(())) => Err(NotSent::Full(outgoing)),
                Err(TrySendError::Closed(())) => Err(NotSent::Closed),
            },
            Way::Socket { queue, unread } => match queue.try_reserve() {
                Ok(slot) => {
                    let outgoing = match outgoing {
                        Outgoing::Update(long) if matches!(*long, Update::Welcome(_) | Update::Lagged(_)) => {
                            slot.send(Queued::Snapshot(long));
                            return Ok(());
                        }
                        other => other,
                    };
                    let json = outgoing.json().ok_or(NotSent::Closed)?;
                    if matches!(&outgoing, Outgoing::Update(update) if matches!(**update, Update::Goodbye(_)))
                    {
                        slot.send(Queued::Last(json));
                        return Ok(());
                    }
                    // One that is longer than the bound goes when nothing else waits.
                    let bytes = u32::try_from(json.len()).unwrap_or(UNREAD).min(UNREAD);
                    let Ok(place) = Arc::clone(unread).try_acquire_many_owned(bytes) else {
                        return Err(NotSent::Full(outgoing));
                    };
                    slot.send(Queued::Encoded { json, _place: place });
                    Ok(())
                }
                Err(TrySendError::Full(())) => Err(NotSent::Full(outgoing)),
                Err(TrySendError::Closed(())) => Err(NotSent::Closed),
            },
        }
    }

    /// Waits until there is a place in memory, or until all that waited for a socket was written. `None`: the terminal is gone.
    pub async fn room(self) -> Option<Room> {
        let place = match self.0 {
            Way::Memory(queue) => Place::Memory(queue.reserve_owned().await.ok()?),
            Way::Socket { queue, unread } => {
                // A writer that ends gives back what it held, and then there is no slot.
                drop(unread.acquire_many_owned(UNREAD).await);
                Place::Socket(queue.reserve_owned().await.ok()?)
            }
        };
        Some(Room(place))
    }
}

impl Room {
    /// Sends a snapshot.
    pub fn send(self, snapshot: Update) {
        match self.0 {
            Place::Memory(place) => drop(place.send(snapshot)),
            Place::Socket(place) => drop(place.send(Queued::Snapshot(Box::new(snapshot)))),
        }
    }
}

impl Outgoing {
    fn into_update(self) -> Update {
        match self {
            Self::Patches { seq, list } => {
                let own = |shared| {
                    Arc::try_unwrap(shared)
                        .map_or_else(|shared: Arc<Shared>| shared.patch.clone(), |own| own.patch)
                };
                Update::Patches { seq, list: list.into_iter().map(own).collect() }
            }
            Self::Update(update) => *update,
        }
    }

    /// The same bytes as those of the [`Update`] that it stands for.
    fn json(&self) -> Option<Vec<u8>> {
        match self {
            Self::Patches { seq, list } => {
                let mut json = format!("{{\"Patches\":{{\"seq\":{seq},\"list\":[").into_bytes();
                for (n, shared) in list.iter().enumerate() {
                    if n > 0 {
                        json.push(b',');
                    }
                    json.extend_from_slice(shared.json()?);
                }
                json.extend_from_slice(b"]}}");
                Some(json)
            }
            Self::Update(update) => encode(update),
        }
    }
}

/// `None` would be a programming error: its terminal is let go.
fn encode(message: &impl Serialize) -> Option<Vec<u8>> {
    let encoded = codec::encode(message);
    if let Err(error) = &encoded {
        tracing::error!(%error, "an update cannot be encoded");
    }
    encoded.ok()
}

#[cfg(test)]
#[path = "updates_tests.rs"]
mod tests;

//! What the file should hold: rows by their keys, a projection of the patches (pure), and the outbox.

use crate::{
    base::{
        clock::WallMs,
        ids::{LineageRoot, ProfileName, SendRef, SessionId},
    },
    model::{
        draft::Draft,
        kept::{Kept, KeptHead, KeptSession, Sent},
        patch::{Change, Patch},
        session::{QueueEntry, Session},
        shelf::{Colour, ListPrefs},
        turn::TurnState,
        world::World,
    },
};
use std::collections::BTreeMap;

/// Settled sends whose references are remembered. A terminal hands over again what it had no answer to, which is at most a few.
const SETTLED: usize = 256;

/// What names a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Session(SessionId),
    Draft(SessionId),
    Queue(SessionId),
    Tabs,
    Directory(ProfileName),
    Pins(ProfileName),
    /// The order of profiles.
    Order,
    Colour(ProfileName),
    List,
    Send(SendRef),
    /// The highest session id ever.
    Highest,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    Session(KeptHead),
    Draft(Draft),
    Queue(Vec<QueueEntry>),
    Tabs(Vec<SessionId>),
    Directory(String),
    Pins(Vec<LineageRoot>),
    Order(Vec<ProfileName>),
    Colour(Colour),
    List(ListPrefs),
    Send(Sent),
    Highest(u64),
}

/// Rows as they are to be; `None` for one that goes.
pub type Changes = BTreeMap<Key, Option<Row>>;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Image {
    rows: BTreeMap<Key, Row>,
}

impl Image {
    /// The image of these rows.
    pub(super) fn of(rows: impl IntoIterator<Item = (Key, Row)>) -> Self {
        Self { rows: rows.into_iter().collect() }
    }

    /// Takes up rows that were on the disk; what is here is newer.
    pub(super) fn merge(&mut self, found: Self) {
        let highest = self.highest().max(found.highest());
        for (key, row) in found.rows {
            self.rows.entry(key).or_insert(row);
        }
        if highest > 0 {
            self.rows.insert(Key::Highest, Row::Highest(highest));
        }
    }

    /// Puts a row in place, or removes it with what belongs to it, and notes in `changes` what that changes.
    pub fn set(&mut self, key: Key, row: Option<Row>, changes: &mut Changes) {
        match (&key, &row) {
            (Key::Session(id), Some(_)) if self.highest() < id.0 => {
                self.put(Key::Highest, Row::Highest(id.0), changes);
            }
            (Key::Session(id), None) => self.remove_of(*id, changes),
            _ => {}
        }
        match row {
            Some(row) => self.put(key, row, changes),
            None => {
                if self.rows.remove(&key).is_some() {
                    changes.insert(key, None);
                }
            }
        }
    }

    fn put(&mut self, key: Key, row: Row, changes: &mut Changes) {
        if self.rows.get(&key) != Some(&row) {
            changes.insert(key.clone(), Some(row.clone()));
            self.rows.insert(key, row);
        }
    }

    fn remove_of(&mut self, session: SessionId, changes: &mut Changes) {
        let sends = self.sends().filter(|sent| sent.session == session).map(|sent| Key::Send(sent.reference));
        for key in sends.chain([Key::Draft(session), Key::Queue(session)]).collect::<Vec<_>>() {
            if self.rows.remove(&key).is_some() {
                changes.insert(key, None);
            }
        }
    }

    /// Notes a send, and forgets the oldest settled ones beyond what is remembered. One of a session that was closed is not
    /// kept: nobody could be told of it.
    pub fn keep(&mut self, sent: Sent, changes: &mut Changes) {
        if !self.rows.contains_key(&Key::Session(sent.session)) {
            return;
        }
        self.put(Key::Send(sent.reference), Row::Send(sent), changes);
        let mut settled: Vec<_> =
            self.sends().filter(|sent| sent.is_settled()).map(|sent| (sent.at, sent.reference)).collect();
        if settled.len() > SETTLED {
            settled.sort_unstable();
            settled.truncate(settled.len() - SETTLED);
            for (_, reference) in settled {
                self.set(Key::Send(reference), None, changes);
            }
        }
    }

    fn sends(&self) -> impl Iterator<Item = &Sent> {
        let from = self.rows.range(Key::Send(SendRef(0))..);
        from.filter_map(|(_, row)| if let Row::Send(sent) = row { Some(sent) } else { None })
    }

    fn highest(&self) -> u64 {
        if let Some(Row::Highest(id)) = self.rows.get(&Key::Highest) { *id } else { 0 }
    }

    /// Every row.
    pub fn all(&self) -> Changes {
        self.rows.iter().map(|(key, row)| (key.clone(), Some(row.clone()))).collect()
    }

    /// What a new hub begins with.
    pub fn kept(&self) -> Kept {
        let mut kept = Kept { highest: self.highest(), ..Kept::default() };
        for (key, row) in &self.rows {
            match row {
                Row::Session(head) => kept.sessions.push(self.session(head)),
                Row::Send(sent) => kept.sends.push(sent.clone()),
                Row::Tabs(tabs) => {
                    let known = |id: &&SessionId| self.rows.contains_key(&Key::Session(**id));
                    kept.tabs = tabs.iter().filter(known).copied().collect();
                }
                Row::Order(order) => kept.shelf.order.clone_from(order),
                Row::List(list) => kept.shelf.list.clone_from(list),
                Row::Directory(_) | Row::Pins(_) | Row::Colour(_) => of_profile(key, row, &mut kept),
                Row::Draft(_) | Row::Queue(_) | Row::Highest(_) => {}
            }
        }
        kept.sends.sort_by_key(|sent| (sent.at, sent.reference));
        kept
    }

    fn session(&self, head: &KeptHead) -> KeptSession {
        let draft = self.rows.get(&Key::Draft(head.id));
        let draft = if let Some(Row::Draft(draft)) = draft { draft.clone() } else { Draft::default() };
        let queue = self.rows.get(&Key::Queue(head.id));
        let queue = if let Some(Row::Queue(queue)) = queue { queue.clone() } else { Vec::new() };
        KeptSession { head: head.clone(), draft, queue }
    }
}

/// Takes up a row that stands under a profile's name.
fn of_profile(key: &Key, row: &Row, kept: &mut Kept) {
    match (key, row) {
        (Key::Directory(profile), Row::Directory(directory)) => {
            kept.directories.insert(profile.clone(), directory.clone());
        }
        (Key::Pins(profile), Row::Pins(pins)) => {
            kept.shelf.pins.insert(profile.clone(), pins.clone());
        }
        (Key::Colour(profile), Row::Colour(colour)) => {
            kept.shelf.colours.insert(profile.clone(), *colour);
        }
        _ => {}
    }
}

/// Which rows a patch changes, and to what. `world` is at least as new as the patch: a row is what `world` says.
pub fn project(patch: &Patch, world: &World, epoch: WallMs, set: &mut impl FnMut(Key, Option<Row>)) {
    let id = match patch {
        Patch::SessionAdded(session) => session.id,
        Patch::SessionRemoved(id) | Patch::Session { session: id, .. } => *id,
        Patch::Tabs(_) => return set(Key::Tabs, Some(Row::Tabs(world.tabs.clone()))),
        Patch::Directory { profile, .. } => {
            let directory = world.directories.get(profile).cloned();
            return set(Key::Directory(profile.clone()), directory.map(Row::Directory));
        }
        Patch::Pins { profile, .. } => {
            let pins = world.shelf.pins.get(profile).cloned();
            return set(Key::Pins(profile.clone()), pins.map(Row::Pins));
        }
        Patch::Colour { profile, .. } => {
            let colour = world.shelf.colours.get(profile).copied();
            return set(Key::Colour(profile.clone()), colour.map(Row::Colour));
        }
        Patch::ProfileRenamed { from, to } => return renamed(from, to, world, epoch, set),
        Patch::ProfileOrder(_) => return set(Key::Order, Some(Row::Order(world.shelf.order.clone()))),
        Patch::List(_) => return set(Key::List, Some(Row::List(world.shelf.list.clone()))),
        Patch::Body { .. }
        | Patch::Profile(_)
        | Patch::ProfileRemoved(_)
        | Patch::Notice(_)
        | Patch::NoticeRemoved(_)
        | Patch::Terminal(_)
        | Patch::TerminalRemoved(_)
        | Patch::Tomb(_)
        | Patch::Elsewhere { .. }
        | Patch::TombRemoved { .. } => return,
    };
    let Some(session) = world.sessions.get(&id) else { return set(Key::Session(id), None) };
    let Patch::Session { change, .. } = patch else {
        set(Key::Session(id), Some(Row::Session(head(session, epoch))));
        set(Key::Draft(id), draft(session));
        return set(Key::Queue(id), queue(session));
    };
    match change {
        Change::Draft(_) => set(Key::Draft(id), draft(session)),
        Change::Queue(_) => set(Key::Queue(id), queue(session)),
        Change::Ids { .. }
        | Change::Title(_)
        | Change::Opening(_)
        | Change::Info(_)
        | Change::Turn(_)
        | Change::Unread(_) => set(Key::Session(id), Some(Row::Session(head(session, epoch)))),
        // It ticks while a turn streams: its end says it once.
        Change::Touched(_) if !is_running(session) => {
            set(Key::Session(id), Some(Row::Session(head(session, epoch))));
        }
        Change::Touched(_)
        | Change::Built(_)
        | Change::Prompt(_)
        | Change::PromptRemoved(_)
        | Change::Usage(_)
        | Change::Held(_)
        | Change::Preview(_)
        | Change::Activity(_)
        | Change::Todos(_)
        | Change::Subagents(_) => {}
    }
}

/// Everything that is kept under a profile's name, and every session of it, is kept under the other one.
fn renamed(
    from: &ProfileName,
    to: &ProfileName,
    world: &World,
    epoch: WallMs,
    set: &mut impl FnMut(Key, Option<Row>),
) {
    for name in [from, to] {
        set(Key::Directory(name.clone()), world.directories.get(name).cloned().map(Row::Directory));
        set(Key::Pins(name.clone()), world.shelf.pins.get(name).cloned().map(Row::Pins));
        set(Key::Colour(name.clone()), world.shelf.colours.get(name).copied().map(Row::Colour));
    }
    set(Key::Order, Some(Row::Order(world.shelf.order.clone())));
    set(Key::List, Some(Row::List(world.shelf.list.clone())));
    for session in world.sessions.values().filter(|session| session.profile == *to) {
        set(Key::Session(session.id), Some(Row::Session(head(session, epoch))));
    }
}

fn is_running(session: &Session) -> bool {
    matches!(session.turn.state, TurnState::Running | TurnState::Stopping)
}

fn head(session: &Session, epoch: WallMs) -> KeptHead {
    KeptHead {
        id: session.id,
        profile: session.profile.clone(),
        stored: session.stored.clone(),
        lineage: session.lineage.clone(),
        title: session.title.clone(),
        opening: session.opening.clone(),
        cwd: session.info.cwd.clone(),
        unread: session.unread,
        running: is_running(session),
        touched: WallMs(epoch.0.saturating_add(session.touched.0)),
    }
}

/// Its author is a terminal of this hub: that is not kept.
fn draft(session: &Session) -> Option<Row> {
    let kept = Draft { author: None, ..session.draft.clone() };
    (kept != Draft::default()).then_some(Row::Draft(kept))
}

fn queue(session: &Session) -> Option<Row> {
    (!session.queue.is_empty()).then(|| Row::Queue(session.queue.clone()))
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;

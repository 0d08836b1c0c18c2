//! This terminal's copy of the world: snapshots and patches in, nothing decided here.
//!
//! Invariants: patches are applied in the order of their numbers and by the same function that the hub uses; one that
//! was applied already is ignored; after a gap or a misfit nothing is applied until a snapshot comes (I1, I2).

use std::collections::BTreeSet;

use crate::base::clock::Tick;
use crate::base::ids::{ClientId, MessageId, ProfileName, SessionId};
use crate::model::patch::{BodyChange, Patch};
use crate::model::session::Session;
use crate::model::world::World;
use crate::proto::update::{Snapshot, Update};

/// What a terminal knows of the hub's world.
#[derive(Clone, Debug)]
pub struct Mirror {
    world: World,
    seq: u64,
    lost: bool,
    client: Option<ClientId>,
    primary: ProfileName,
    /// The hub's clock less this terminal's, in milliseconds.
    ahead: i128,
}

/// What an update changed, as far as somebody caches it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touched {
    /// Everything.
    World,
    /// Which sessions are open, or in which order.
    Tabs,
    /// A session's head.
    Session(SessionId),
    /// A whole transcript.
    Body(SessionId),
    /// A message's end: it is new, a part was added, or how it stands changed.
    Message(SessionId, MessageId),
    /// This part of a message.
    Part(SessionId, MessageId, u32),
    /// Text was added to this part of a message, and nothing else.
    Grown(SessionId, MessageId, u32),
}

/// What applying an update came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    pub touched: BTreeSet<Touched>,
    /// Something was missed: ask for a snapshot. Said once an episode.
    pub resync: bool,
}

impl Default for Mirror {
    fn default() -> Self {
        Self {
            world: World::default(),
            seq: 0,
            lost: true,
            client: None,
            primary: ProfileName::default_profile(),
            ahead: 0,
        }
    }
}

impl Mirror {
    /// What is known.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// An open session.
    pub fn session(&self, id: SessionId) -> Option<&Session> {
        self.world.sessions.get(&id)
    }

    /// Who this terminal is to the hub, once it was welcomed.
    pub fn client(&self) -> Option<ClientId> {
        self.client
    }

    /// The profile that the hub was started with.
    pub fn primary(&self) -> &ProfileName {
        &self.primary
    }

    /// The hub's time at this terminal's `now`: what every tick in the world is compared with.
    pub fn hub_time(&self, now: Tick) -> Tick {
        Tick(u64::try_from(i128::from(now.0) + self.ahead).unwrap_or(0))
    }

    /// This terminal's time at the hub's `tick`.
    pub fn own_time(&self, tick: Tick) -> Tick {
        Tick(u64::try_from(i128::from(tick.0) - self.ahead).unwrap_or(0))
    }

    /// Takes what changes the world; answers, refusals and farewells are not its business.
    pub fn apply(&mut self, update: &Update, now: Tick) -> Applied {
        match update {
            Update::Welcome(welcome) => {
                self.client = Some(welcome.client);
                self.primary = welcome.primary.clone();
                self.reset(&welcome.snapshot, now)
            }
            Update::Lagged(snapshot) => self.reset(snapshot, now),
            Update::Patches { seq, list } => self.patch(*seq, list),
            Update::Answer { .. } | Update::Refused { .. } | Update::Show { .. } | Update::Goodbye(_) => {
                Applied::default()
            }
        }
    }

    fn reset(&mut self, snapshot: &Snapshot, now: Tick) -> Applied {
        self.world = snapshot.world.clone();
        self.seq = snapshot.seq;
        self.ahead = i128::from(snapshot.now.0) - i128::from(now.0);
        self.lost = false;
        Applied { touched: BTreeSet::from([Touched::World]), resync: false }
    }

    fn patch(&mut self, seq: u64, list: &[Patch]) -> Applied {
        let mut applied = Applied::default();
        if self.lost || seq <= self.seq {
            return applied;
        }
        if seq != self.seq + 1 {
            self.lost = true;
            applied.resync = true;
            return applied;
        }
        for patch in list {
            applied.touched.extend(touched(patch));
            match patch {
                Patch::ProfileRenamed { from, to } if *from == self.primary => self.primary.clone_from(to),
                Patch::ProfileRemoved(name) if *name == self.primary => {
                    self.primary = ProfileName::default_profile();
                }
                _ => {}
            }
            if self.world.apply(patch).is_err() {
                self.lost = true;
                applied.resync = true;
                return applied;
            }
        }
        self.seq = seq;
        applied
    }
}

fn touched(patch: &Patch) -> Option<Touched> {
    Some(match patch {
        Patch::SessionAdded(session) => Touched::Body(session.id),
        Patch::Session { session, .. } => Touched::Session(*session),
        Patch::SessionRemoved(_) | Patch::Tabs(_) => Touched::Tabs,
        // Of every session of it.
        Patch::ProfileRenamed { .. } => Touched::World,
        Patch::Body { session, change } => match change {
            BodyChange::Message(message) => Touched::Message(*session, message.id),
            BodyChange::Append { message, part, .. } => Touched::Grown(*session, *message, *part),
            BodyChange::ReasoningEnded { message, part, .. } | BodyChange::Tool { message, part, .. } => {
                Touched::Part(*session, *message, *part)
            }
            BodyChange::Part { message, .. }
            | BodyChange::State { message, .. }
            | BodyChange::Finish { message, .. } => Touched::Message(*session, *message),
            BodyChange::Set(_) | BodyChange::Forget | BodyChange::Removed(_) | BodyChange::Trimmed { .. } => {
                Touched::Body(*session)
            }
        },
        Patch::Profile(_)
        | Patch::ProfileRemoved(_)
        | Patch::Notice(_)
        | Patch::NoticeRemoved(_)
        | Patch::Terminal(_)
        | Patch::TerminalRemoved(_)
        | Patch::Directory { .. }
        | Patch::Pins { .. }
        | Patch::ProfileOrder(_)
        | Patch::Colour { .. }
        | Patch::List(_)
        | Patch::Tomb(_)
        | Patch::Elsewhere { .. }
        | Patch::TombRemoved { .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::Profile;

    fn profile(name: &str) -> Patch {
        Patch::Profile(Box::new(Profile::new(ProfileName::new(name).unwrap(), "")))
    }

    fn names(mirror: &Mirror) -> Vec<&str> {
        mirror.world().profiles.iter().map(|p| p.name.as_str()).collect()
    }

    fn snapshot(seq: u64) -> Update {
        let now = Tick(5_000);
        Update::Lagged(Box::new(Snapshot {
            seq,
            now,
            watched: std::collections::BTreeMap::default(),
            world: World::default(),
        }))
    }

    fn patches(seq: u64, name: &str) -> Update {
        Update::Patches { seq, list: vec![profile(name)] }
    }

    /// I2.
    #[test]
    fn a_duplicate_is_ignored_and_after_a_gap_nothing_is_applied_until_a_snapshot() {
        let mut mirror = Mirror::default();
        assert_eq!(mirror.apply(&patches(1, "early"), Tick(0)), Applied::default());
        mirror.apply(&snapshot(7), Tick(0));
        mirror.apply(&patches(8, "a"), Tick(0));
        mirror.apply(&patches(8, "b"), Tick(0));
        assert_eq!(names(&mirror), ["a"]);
        assert!(mirror.apply(&patches(10, "c"), Tick(0)).resync);
        assert!(!mirror.apply(&patches(11, "d"), Tick(0)).resync, "asked once");
        mirror.apply(&patches(9, "e"), Tick(0));
        assert_eq!(names(&mirror), ["a"]);
        mirror.apply(&snapshot(11), Tick(0));
        mirror.apply(&patches(12, "f"), Tick(0));
        assert_eq!(names(&mirror), ["f"]);
    }

    #[test]
    fn a_patch_that_does_not_fit_asks_for_a_snapshot() {
        let mut mirror = Mirror::default();
        mirror.apply(&snapshot(0), Tick(0));
        let misfit = Patch::Body { session: SessionId(3), change: BodyChange::Removed(MessageId(1)) };
        assert!(mirror.apply(&Update::Patches { seq: 1, list: vec![misfit] }, Tick(0)).resync);
    }

    #[test]
    fn the_hubs_clock_is_translated_both_ways() {
        let mut mirror = Mirror::default();
        mirror.apply(&snapshot(0), Tick(1_000));
        assert_eq!(mirror.hub_time(Tick(1_500)), Tick(5_500));
        assert_eq!(mirror.own_time(Tick(5_500)), Tick(1_500));
        assert_eq!(mirror.own_time(Tick(0)), Tick(0));
    }
}

//! What an earlier hub left behind, taken up: tabs, drafts, queues, and texts whose fate must be looked up. Nothing is sent by
//! itself: what had not left waits in its queue for the person, what had is looked for in the session's history (REL-10).

use super::{Registry, effect::Effect, runtime::OnDisk};
use crate::{
    base::{
        clock::{Tick, WallMs},
        ids::{QueueId, SessionId},
        text::Untrusted,
    },
    model::{
        body::{Body, BodyState},
        kept::{Fate, Kept, KeptSession, Sent},
        message::{Level, Message, MessageState, Part, Role},
        patch::Patch,
        session::{QueueEntry, Session, SessionInfo, Unread},
        turn::{Turn, TurnState},
    },
};
use std::collections::BTreeMap;

/// What is said of a turn that ended with the hub before this one.
const ENDED: &str = "hermux ended in the middle of this turn, and its backend with it";

impl Registry {
    /// Held until the profiles are seen: a session belongs to one.
    pub(super) fn on_restored(&mut self, kept: Result<Box<Kept>, Untrusted>, wall: WallMs) {
        self.set_wall(wall);
        let mut kept = match kept {
            Ok(kept) => *kept,
            Err(why) => return self.store_fails(&why),
        };
        self.next_id = self.next_id.max(kept.highest);
        for sent in &kept.sends {
            self.learn(sent.reference);
        }
        for entry in kept.sessions.iter().flat_map(|session| &session.queue) {
            self.learn(entry.reference);
            self.next_id = self.next_id.max(entry.id.0);
        }
        for (profile, directory) in std::mem::take(&mut kept.directories) {
            self.emit(Patch::Directory { profile, directory });
        }
        self.restore_shelf(std::mem::take(&mut kept.shelf));
        kept.sessions.sort_by_key(|session| (session.head.touched, session.head.id));
        // Their ticks say their order, and everything from now on is later.
        self.now = self.now.max(Tick(kept.sessions.len() as u64));
        self.absent = kept;
    }

    /// Brings back the sessions of profiles that are there. Those of a profile that is gone stay on disk as they are.
    pub(super) fn restore_present(&mut self) {
        if self.absent.sessions.is_empty() {
            return;
        }
        let mut sends: BTreeMap<SessionId, Vec<Sent>> = BTreeMap::new();
        for sent in &self.absent.sends {
            sends.entry(sent.session).or_default().push(sent.clone());
        }
        let all = std::mem::take(&mut self.absent.sessions);
        let (present, absent) =
            all.into_iter().partition(|kept| self.world.profile(&kept.head.profile).is_some());
        self.absent.sessions = absent;
        let mut back = Vec::new();
        for (rank, kept) in (0..).zip::<Vec<KeptSession>>(present) {
            back.push(kept.head.id);
            let sends = sends.remove(&kept.head.id).unwrap_or_default();
            self.restore(kept, Tick(rank), sends);
        }
        let mut tabs = self.world.tabs.clone();
        let ordered = self.absent.tabs.iter().filter(|id| back.contains(id));
        // One without a tab ran in the background: it is shown, for it ended there.
        let ordered: Vec<_> = ordered.chain(&back).copied().collect();
        for id in ordered {
            if !tabs.contains(&id) && self.session(id).is_some() {
                tabs.push(id);
            }
        }
        if tabs != self.world.tabs {
            self.emit(Patch::Tabs(tabs));
        }
    }

    fn restore(&mut self, kept: KeptSession, touched: Tick, sends: Vec<Sent>) {
        let KeptSession { head, draft, queue } = kept;
        let id = head.id;
        let state = if head.stored.is_some() { BodyState::Loading } else { BodyState::Ready };
        let wires = self.wire(&head.profile);
        if let Some(stored) = &head.stored {
            wires.stored.insert(stored.clone(), id);
        }
        if let Some(lineage) = &head.lineage {
            wires.lineage.insert(lineage.clone(), id);
        }
        let queued = unsent(&sends).map(|sent| QueueEntry {
            id: QueueId(self.mint()),
            reference: sent.reference,
            text: sent.text.clone(),
            at: sent.at,
        });
        let queue: Vec<QueueEntry> = queued.collect::<Vec<_>>().into_iter().chain(queue).collect();
        let held = !queue.is_empty();
        let session = Session {
            stored: head.stored,
            lineage: head.lineage,
            title: head.title,
            opening: head.opening,
            info: SessionInfo { cwd: head.cwd, ..SessionInfo::default() },
            unread: head.unread,
            draft,
            queue,
            body: Some(Body { state, ..Body::default() }),
            ..Session::new(id, head.profile, touched)
        };
        self.emit(Patch::SessionAdded(Box::new(session)));
        for sent in unsent(&sends) {
            self.effect(Effect::Forget { reference: sent.reference });
        }
        self.run(id).held = held;
        for sent in sends {
            self.restore_sent(id, sent);
        }
        if head.running {
            self.revive(id);
        }
        if held {
            let text = "hermux was started anew: what is queued here waits until you send it on";
            self.push_note(id, Level::Info, text);
        }
    }

    /// A text that may have left, or was refused, is in the transcript again.
    pub(super) fn restore_sent(&mut self, session: SessionId, sent: Sent) {
        let taken = match sent.fate {
            Fate::Waiting => return,
            _ if sent.is_settled() => return,
            Fate::Accepted | Fate::Queued | Fate::Steered => true,
            Fate::Sending | Fate::Uncertain | Fate::Refused(_) => false,
        };
        let uncertain = !matches!(sent.fate, Fate::Refused(_));
        let state = match &sent.fate {
            Fate::Refused(why) => MessageState::Refused(why.clone()),
            _ => MessageState::Uncertain,
        };
        let message = self.push_message(session, Role::User, vec![Part::Text(sent.text.into())], state);
        let on_disk = OnDisk { reference: sent.reference, at: sent.at, taken };
        self.run(session).sent.insert(message, on_disk);
        self.note(session, message, if sent.fate == Fate::Sending { Fate::Uncertain } else { sent.fate });
        if uncertain {
            self.unsure(session, message);
            self.load(session);
        }
    }

    /// What was running ended with its backend: it is resumed and shown as it is.
    fn revive(&mut self, session: SessionId) {
        if self.run(session).uncertain == 0 {
            self.set_turn(session, Turn { state: TurnState::Failed(ENDED.into()), ..Turn::default() });
        }
        self.push_note(session, Level::Warning, ENDED);
        self.raise_unread(session, Unread::Failed);
        let Some(known) = self.session(session).filter(|known| known.stored.is_some()) else { return };
        let profile = known.profile.clone();
        self.run(session).resume = true;
        self.wake(&profile, false);
    }

    /// Has the stored transcript read, if it is not here and not on its way.
    pub(super) fn load(&mut self, session: SessionId) {
        let Some(known) = self.session(session) else { return };
        let here = known.body.as_ref().is_some_and(|body| body.state == BodyState::Ready);
        let (profile, Some(stored)) = (known.profile.clone(), known.stored.clone()) else { return };
        if !here && !std::mem::replace(&mut self.run(session).loading, true) {
            self.effect(Effect::Load { session, profile, stored });
        }
    }

    /// Looks in the stored transcript, which is shown from now on, for texts whose fate is unknown: one is there that has exactly
    /// its words and is not older than its send. Of one that the backend had said it has, the words may differ: Hermes puts
    /// files in the place of references (CHECK 41).
    pub(super) fn find_in_store(&mut self, session: SessionId, stored: &[Message]) {
        let mut free: Vec<(String, u64)> = stored
            .iter()
            .filter(|message| message.role == Role::User)
            // Hermes has fractions of a second, rounded.
            .filter_map(|message| Some((message.plain(), message.at?.0.saturating_add(1))))
            .collect();
        for id in self.doubted(session) {
            let Some(OnDisk { at, taken, .. }) = self.run(session).sent.get(&id).copied() else { continue };
            let text = self.message(session, id).map(Message::plain).unwrap_or_default();
            let same = |(other, when): &(String, u64)| other.trim() == text.trim() && *when >= at.0;
            let found = free.iter().position(same);
            let found = found.or_else(|| free.iter().position(|(_, when)| taken && *when >= at.0));
            if let Some(found) = found {
                free.remove(found);
                self.settle_sent(session, id);
                self.remove_message(session, id);
                self.certain(session);
            }
        }
    }
}

/// What had not left.
fn unsent(sends: &[Sent]) -> impl Iterator<Item = &Sent> {
    sends.iter().filter(|sent| sent.fate == Fate::Waiting && !sent.is_settled())
}

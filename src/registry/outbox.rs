//! The outbox (REL-10): what is noted of a text before it leaves and of what became of it; which sends are known; and who waits
//! for the disk.
//!
//! A text is noted twice: as one that waits, and as one that leaves, each time before the next thing is done with it. So a hub
//! that died tells a text that never left from one whose fate is unknown.

use super::{
    Registry,
    effect::{Effect, JobId},
    notices::Words,
    runtime::{OnDisk, Stage},
};
use crate::{
    base::{
        clock::WallMs,
        ids::{AskId, ClientId, MessageId, SendRef, SessionId},
        text::Untrusted,
    },
    model::{
        kept::{Fate, Sent},
        message::{Level, Message, MessageState},
        notice::About,
        patch::Patch,
    },
    proto::Answer,
};

/// References that are remembered: more than terminals can have under way.
const KNOWN: usize = 1024;

/// Who waits for the disk.
#[derive(Debug)]
pub(super) enum Job {
    Send(SessionId),
    Answer(ClientId, AskId),
}

impl Registry {
    /// The time of day.
    pub(super) fn wall(&self) -> WallMs {
        WallMs(self.epoch.0.saturating_add(self.now.0))
    }

    pub(super) fn set_wall(&mut self, wall: WallMs) {
        self.epoch = WallMs(wall.0.saturating_sub(self.now.0));
    }

    pub(super) fn store(&mut self, whose: Job) -> JobId {
        let job = JobId(self.mint());
        self.jobs.insert(job, whose);
        self.effect(Effect::Store { job });
        job
    }

    /// Answers a command when everything that it did is on disk.
    pub(super) fn answer_stored(&mut self, client: ClientId, ask: AskId) {
        self.store(Job::Answer(client, ask));
    }

    pub(super) fn is_known(&self, reference: SendRef) -> bool {
        self.known.contains(&reference)
    }

    pub(super) fn learn(&mut self, reference: SendRef) {
        self.known.push_back(reference);
        if self.known.len() > KNOWN {
            self.known.pop_front();
        }
    }

    /// By what a text in the transcript is known.
    pub(super) fn reference(&mut self, session: SessionId, message: MessageId) -> SendRef {
        let known = self.run(session).sent.get(&message).map(|sent| sent.reference);
        known.unwrap_or_else(|| SendRef(self.mint()))
    }

    /// A text of this reference is in the transcript from here on as `message`.
    pub(super) fn take_out(&mut self, session: SessionId, message: MessageId, reference: SendRef) {
        let at = self.wall();
        self.run(session).sent.insert(message, OnDisk { reference, at, taken: false });
    }

    /// Notes what is known of a text. Nothing is noted of one that left memory: what is on disk of it stands.
    pub(super) fn note(&mut self, session: SessionId, message: MessageId, fate: Fate) {
        if let Some(sent) = self.sent(session, message, fate) {
            self.effect(Effect::Keep(Box::new(sent)));
        }
    }

    pub(super) fn sent(&self, session: SessionId, message: MessageId, fate: Fate) -> Option<Sent> {
        let OnDisk { reference, at, .. } = *self.runs.get(&session)?.sent.get(&message)?;
        let text = self.message(session, message).map(Message::plain)?;
        Some(Sent::new(reference, session, text, at, fate))
    }

    /// The message's state changed: so did what is known of its text.
    pub(super) fn note_state(&mut self, session: SessionId, message: MessageId, state: &MessageState) {
        let fate = match state {
            MessageState::Done => Fate::Accepted,
            MessageState::Refused(why) => Fate::Refused(why.clone()),
            MessageState::Uncertain => Fate::Uncertain,
            _ => return,
        };
        if let Some(sent) = self.run(session).sent.get_mut(&message) {
            sent.taken |= fate == Fate::Accepted;
            self.note(session, message, fate);
        }
    }

    /// The texts of a session that only the person can settle.
    pub(super) fn unsettled(&mut self, session: SessionId) -> Vec<Sent> {
        let ids: Vec<MessageId> = self.run(session).sent.keys().copied().collect();
        let of = |id: MessageId| match self.message(session, id)?.state.clone() {
            MessageState::Uncertain => self.sent(session, id, Fate::Uncertain),
            MessageState::Refused(why) => self.sent(session, id, Fate::Refused(why)),
            _ => None,
        };
        ids.into_iter().filter_map(of).collect()
    }

    /// The backend has a text and has written it down: only its reference is kept.
    pub(super) fn settle_sent(&mut self, session: SessionId, message: MessageId) {
        if let Some(sent) = self.sent(session, message, Fate::Accepted) {
            self.effect(Effect::Keep(Box::new(sent.settled(Fate::Accepted))));
            self.run(session).sent.remove(&message);
        }
    }

    /// A turn ended well: what it was begun with is in Hermes' history.
    pub(super) fn settle_taken(&mut self, session: SessionId) {
        let run = self.run(session);
        let kept = run.outgoing.as_ref().filter(|out| out.stage == Stage::Kept).map(|out| out.message);
        let taken = run.sent.iter().filter(|(id, sent)| sent.taken && Some(**id) != kept);
        for message in taken.map(|(id, _)| *id).collect::<Vec<_>>() {
            self.settle_sent(session, message);
        }
    }

    /// A message goes: its text is elsewhere, or was put away.
    pub(super) fn forget_sent(&mut self, session: SessionId, message: MessageId) {
        if let Some(OnDisk { reference, .. }) = self.run(session).sent.remove(&message) {
            self.effect(Effect::Forget { reference });
        }
    }

    /// The person took a text back before it left. Its terminal may not have been answered yet: should that hand it over to the
    /// next hub, it is known.
    pub(super) fn remember_taken_back(&mut self, session: SessionId, reference: SendRef) {
        let sent = Sent::new(reference, session, String::new(), self.wall(), Fate::Waiting);
        self.effect(Effect::Keep(Box::new(sent)));
    }

    /// What these jobs waited for is on disk, or cannot be put there: then all goes on the same, and the person is told.
    pub(super) fn on_stored(&mut self, jobs: Vec<JobId>, result: Result<(), Untrusted>) {
        match result {
            Ok(()) => self.store_works(),
            Err(why) => self.store_fails(&why),
        }
        for job in jobs {
            match self.jobs.remove(&job) {
                Some(Job::Send(session)) => self.on_noted(session, job),
                Some(Job::Answer(client, ask)) => {
                    self.effect(Effect::Answer { client, ask, answer: Answer::Done });
                }
                None => {}
            }
        }
    }

    fn store_works(&mut self) {
        if let Some(id) = self.unsafe_store.take()
            && self.world.notices.iter().any(|notice| notice.id == id)
        {
            self.emit(Patch::NoticeRemoved(id));
        }
    }

    /// REL-15: told once, for as long as it lasts.
    pub(super) fn store_fails(&mut self, why: &Untrusted) {
        if self.unsafe_store.is_some() {
            return;
        }
        let told = self.tell(
            None,
            Level::Warning,
            About::Everything,
            Words {
                what: format!("Crash safety is off: hermux cannot write what it keeps: {}", why.raw()).into(),
                does: "Everything goes on, and what you send is sent; drafts, queues and tabs are in memory only.",
                can: "Free the disk, or make hermux's state directory writable; it tries again by itself.",
            },
        );
        self.unsafe_store = Some(told);
    }

    pub(super) fn on_put_aside(&mut self, place: &Untrusted) {
        self.tell(
            None,
            Level::Warning,
            About::Everything,
            Words {
                what: "The file in which hermux keeps tabs, drafts and queues was damaged.".into(),
                does: &format!("hermux put it aside as {} and began a new one.", place.raw()),
                can: "Conversations are Hermes' and are not touched; open them again from the palette.",
            },
        );
    }
}

//! Hubs that die at any moment, what the disk had of them by then, and the hubs that begin with it. A terminal hands over again,
//! under its reference, what was not answered. Every text whose send was answered must be in one place that the person sees.

use crate::{
    mirror::Mirror,
    sim,
    stay::Seen,
    world::{CLIENT, Rig, place, reference, registry},
};
use hermux::{
    base::{
        clock::WallMs,
        ids::{AskId, SessionId},
    },
    model::{
        body::{Body, BodyState},
        message::{Message, MessageState, Role},
        session::Session,
        world::World,
    },
    proto::{
        Answer, Command,
        command::{CloseRunning, Settle},
    },
    registry::{Effect, Input, Step, effect::JobId, input::Loaded},
    store::image::{self, Changes, Image, Key},
};
use std::collections::{BTreeMap, BTreeSet};

/// The disk, and what the person knows of the texts that a hub said are on it. Texts are known by their roots.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    /// What should be on it.
    image: Image,
    /// What is.
    written: Image,
    /// Jobs that were not handed over yet, and what was: it may be on disk, but nobody has heard of it.
    waiting: Vec<JobId>,
    handed: Option<(Image, Vec<JobId>)>,
    stalls: bool,
    /// What the terminal was not answered, oldest first.
    unanswered: BTreeMap<AskId, Said>,
    done: BTreeMap<String, SessionId>,
    refused: BTreeSet<String>,
    /// The person put it away.
    gone: BTreeSet<String>,
    /// The person sent it again, so often.
    again: BTreeMap<String, usize>,
    /// The person changed its place.
    jumped: BTreeSet<String>,
    closed: BTreeSet<SessionId>,
    /// The person settled here what the backend may have.
    settled: BTreeSet<SessionId>,
    pub(crate) died: usize,
}

#[derive(Debug)]
struct Said {
    session: SessionId,
    text: String,
    command: Command,
}

/// What a text was before it was edited.
fn root(text: &str) -> String {
    text.split('e').next().unwrap().to_owned()
}

fn number(text: &str) -> Option<u64> {
    root(text).split_once("#u")?.1.parse().ok()
}

impl Rig {
    fn disk(&mut self) -> &mut Disk {
        self.disk.as_mut().unwrap()
    }

    /// One thing happens that concerns what is kept.
    pub(crate) fn keep_on(&mut self, kind: u8, at: usize, n: usize) {
        let Some(session) = self.some(n / 4) else { return };
        match kind {
            0 => self.hub_dies(n),
            1 if self.disk().stalls => self.disk_works(),
            1 => self.disk().stalls = true,
            2 | 3 if self.disk().stalls => self.disk_goes_on(),
            4 => self.settles(n),
            5 => self.interrupts_and_sends(session),
            6 | 7 => self.edits(session, at, kind == 6),
            8 => {
                for _ in 0..3 {
                    self.send(session);
                }
            }
            _ => self.read_store(),
        }
    }

    /// What the step changes of what is kept, and what it answers.
    pub(crate) fn keep(&mut self, step: &Step) {
        let Some(disk) = &mut self.disk else { return };
        let mut changes = Changes::new();
        for patch in &step.patches {
            image::project(patch, self.reg.world(), WallMs(0), &mut |key, row| {
                disk.image.set(key, row, &mut changes);
            });
        }
        for effect in &step.effects {
            match effect {
                Effect::Keep(sent) => disk.image.keep((**sent).clone(), &mut changes),
                Effect::Forget { reference } => disk.image.set(Key::Send(*reference), None, &mut changes),
                Effect::Answer { ask, answer: Answer::Done, .. } => {
                    if let Some(said) = disk.unanswered.remove(ask) {
                        disk.done.insert(root(&said.text), said.session);
                    }
                }
                Effect::Refuse { ask, .. } => {
                    if let Some(said) = disk.unanswered.remove(ask) {
                        disk.refused.insert(root(&said.text));
                    }
                }
                _ => {}
            }
        }
    }

    pub(crate) fn store(&mut self, job: JobId) -> Vec<Effect> {
        if let Some(disk) = &mut self.disk {
            if disk.stalls {
                disk.waiting.push(job);
                return Vec::new();
            }
            disk.written = disk.image.clone();
        }
        self.feed(Input::Stored { jobs: vec![job], result: Ok(()) }, 1)
    }

    /// What was handed over is on disk; or the next batch is handed over.
    fn disk_goes_on(&mut self) {
        let disk = self.disk();
        match disk.handed.take() {
            Some((image, jobs)) => {
                disk.written = image;
                self.feed(Input::Stored { jobs, result: Ok(()) }, 1);
            }
            None => disk.handed = Some((disk.image.clone(), std::mem::take(&mut disk.waiting))),
        }
    }

    pub(crate) fn disk_works(&mut self) {
        if self.disk.is_none() {
            return;
        }
        self.disk().stalls = false;
        while self.disk().handed.is_some() || !self.disk().waiting.is_empty() {
            self.disk_goes_on();
        }
    }

    /// The stored transcripts that were asked for are read.
    pub(crate) fn read_store(&mut self) {
        while let Some((session, profile, stored)) = self.loads.pop_front() {
            let there = self.sims[place(&profile)].session(&stored);
            let messages = there.map(sim::Session::messages).unwrap_or_default();
            let state =
                if messages.is_empty() { BodyState::Unreadable("no row".into()) } else { BodyState::Ready };
            let body = Body { state, messages, ..Body::default() };
            self.feed(Input::Loaded { session, loaded: Loaded { stored, row: None, body } }, 1);
        }
    }

    /// Somebody looks at every session.
    pub(crate) fn look_at_all(&mut self) {
        if self.disk.is_some() {
            for session in self.reg.world().sessions.keys().copied().collect::<Vec<_>>() {
                self.command(Command::Watch { session });
            }
            self.read_store();
        }
    }

    /// The hub dies, and its backends with it. What was answered is on disk; what else is, is left to chance.
    fn hub_dies(&mut self, n: usize) {
        let disk = self.disk();
        disk.died += 1;
        let handed = disk.handed.take().map(|(image, _)| image);
        let image = match n % 4 {
            0 => disk.written.clone(),
            1 => handed.unwrap_or_else(|| disk.written.clone()),
            _ => disk.image.clone(),
        };
        disk.waiting.clear();
        disk.stalls = false;
        disk.image = image.clone();
        disk.written = image.clone();
        let unanswered = std::mem::take(&mut disk.unanswered);
        for sim in self.sims.iter_mut().filter(|sim| sim.running) {
            sim.crash();
        }
        for sim in &mut self.sims {
            sim.meant.clear();
        }
        let mut seen = Seen::default();
        (seen.stopped, seen.closed) = (self.seen.stopped, self.seen.closed);
        self.seen = seen;
        self.loads.clear();
        self.stopping.clear();
        self.told.clear();
        self.episodes.clear();
        (self.turns_begun, self.turns_ended, self.seq) = (0, 0, 0);
        (self.copy, self.mirror) = (World::default(), Mirror::default());
        self.reg = registry(self.now << 20);
        let kept = image.kept();
        let arranged = kept.shelf.clone();
        let drafts = kept.sessions.iter().map(|session| {
            let text = session.draft.text();
            assert!(text.is_empty() || text.starts_with(&format!("{}#", session.head.id.0)), "{text}");
            (session.head.id, if self.sent.contains_key(&text) { String::new() } else { text })
        });
        self.drafts = drafts.collect();
        self.feed(Input::Restored { kept: Ok(Box::new(kept)), wall: WallMs(self.now) }, 1);
        self.profiles_seen();
        self.is_on_the_shelf(&arranged);
        self.join(CLIENT);
        self.all_are_somewhere();
        let held = |session: &Session| session.queue.is_empty() || session.held;
        assert!(self.reg.world().sessions.values().all(held), "a queue waits for the person");
        for said in unanswered.into_values() {
            self.hand_in(said.session, &said.text, said.command);
        }
    }

    /// A terminal hands over a text.
    pub(crate) fn hand_in(&mut self, session: SessionId, text: &str, command: Command) {
        let (Command::Send { reference, .. } | Command::InterruptAndSend { reference, .. }) = &command else {
            panic!("{command:?}")
        };
        let ours = self.disk().image.kept();
        let queued = ours.sessions.iter().flat_map(|session| &session.queue).map(|entry| entry.reference);
        let known =
            ours.sends.iter().map(|sent| sent.reference).chain(queued).any(|other| other == *reference);
        if !known && self.session(session).is_some() && !self.is_uncertain(session) {
            self.put_away_draft(session);
            self.drafts.insert(session, String::new());
        }
        let said = Said { session, text: text.to_owned(), command: command.clone() };
        let ask = AskId(self.asks + 1);
        self.disk().unanswered.insert(ask, said);
        self.say(command);
    }

    pub(crate) fn was_refused(&mut self, text: &str) -> bool {
        self.disk().refused.contains(text)
    }

    pub(crate) fn is_uncertain(&self, session: SessionId) -> bool {
        self.session(session).is_some_and(|known| {
            let doubted = |m: &Message| m.state == MessageState::Uncertain;
            known.body.as_ref().unwrap().messages.iter().any(doubted)
        })
    }

    fn interrupts_and_sends(&mut self, session: SessionId) {
        self.texts += 1;
        let text = format!("{}#u{}", session.0, self.texts);
        self.sent.insert(text.clone(), session);
        self.disk().jumped.insert(text.clone());
        // It is what was in the composer.
        self.put_away_draft(session);
        self.drafts.insert(session, String::new());
        self.ask(Command::SaveDraft { session, pieces: Vec::new(), base: 0 }).unwrap();
        let reference = reference(self.texts);
        let send = Command::InterruptAndSend { session, text: text.clone(), reference };
        self.hand_in(session, &text, send);
    }

    /// The person settles a text that was refused or whose fate is not known.
    fn settles(&mut self, n: usize) {
        let open = |session: &Session| {
            let messages = session.body.as_ref().unwrap().messages.iter();
            let open = messages.filter(|message| {
                matches!(message.state, MessageState::Uncertain | MessageState::Refused(_))
            });
            open.map(|message| (session.id, message.id, message.plain())).collect::<Vec<_>>()
        };
        let all: Vec<_> = self.reg.world().sessions.values().flat_map(open).collect();
        let Some((session, message, text)) = all.get(n / 2 % all.len().max(1)).cloned() else { return };
        let how = if n.is_multiple_of(2) { Settle::Resend } else { Settle::Discard };
        let uncertain = self.is_uncertain(session);
        if self.ask(Command::Settle { session, message, how }).is_err() {
            return;
        }
        let disk = self.disk();
        if uncertain {
            disk.settled.insert(session);
        }
        match how {
            Settle::Resend => *disk.again.entry(root(&text)).or_default() += 1,
            Settle::Discard => {
                disk.gone.insert(root(&text));
            }
        }
    }

    /// The person edits a text in a queue, or takes it out.
    fn edits(&mut self, session: SessionId, at: usize, edit: bool) {
        let queue = self.session(session).map(|known| known.queue.clone()).unwrap_or_default();
        let Some(entry) = queue.get(at % queue.len().max(1)).cloned() else { return };
        if edit {
            self.texts += 1;
            let text = format!("{}e{}", root(&entry.text), self.texts);
            self.sent.insert(text.clone(), session);
            self.ask(Command::EditQueued { session, entry: entry.id, text }).unwrap();
        } else {
            self.disk().gone.insert(root(&entry.text));
            self.ask(Command::RemoveQueued { session, entry: entry.id }).unwrap();
        }
    }

    /// What the person wrote over is put away.
    pub(crate) fn put_away_draft(&mut self, session: SessionId) {
        let text = self.session(session).map(|known| known.draft.text()).unwrap_or_default();
        if let Some(disk) = &mut self.disk
            && self.sent.contains_key(&text)
        {
            disk.gone.insert(root(&text));
        }
    }

    /// The person stops a text that may not have left.
    pub(crate) fn calls_back(&mut self, session: SessionId) {
        let Some(known) = self.reg.world().sessions.get(&session) else { return };
        let Some(disk) = &mut self.disk else { return };
        let sending = known.body.as_ref().unwrap().messages.iter();
        let sending = sending.filter(|message| message.state == MessageState::Sending);
        disk.jumped.extend(sending.map(|message| root(&message.plain())));
    }

    pub(crate) fn closes(&mut self, session: SessionId, running: CloseRunning) {
        let Some(disk) = &mut self.disk else { return };
        disk.closed.insert(session);
        if running == CloseRunning::Stop {
            let texts = self.sent.iter().filter(|(_, of)| **of == session);
            disk.gone.extend(texts.map(|(text, _)| root(text)));
        }
    }

    pub(crate) fn sent_again(&self, text: &str) -> usize {
        self.disk.as_ref().and_then(|disk| disk.again.get(&root(text))).copied().unwrap_or_default()
    }

    /// Whether the backend may have a text that the person put away or sent again because nobody knew.
    pub(crate) fn is_settled(&self, session: SessionId) -> bool {
        self.disk.as_ref().is_some_and(|disk| disk.settled.contains(&session))
    }

    /// FLT-10: a queue is in the order of its sends, but for what the person moved.
    pub(crate) fn queue_is_in_order(&self, session: &Session) {
        let Some(disk) = &self.disk else { return };
        let moved = |text: &String| disk.jumped.contains(text) || disk.again.contains_key(text);
        let queue = session.queue.iter().filter(|entry| !moved(&root(&entry.text)));
        let numbers: Vec<_> = queue.map(|entry| number(&entry.text)).collect();
        assert!(numbers.is_sorted(), "a queue keeps its order: {:?}", session.queue);
    }

    /// SYS-1, SYS-2: what was answered is in one place; what was refused is with its terminal alone.
    pub(crate) fn all_are_somewhere(&self) {
        let Some(disk) = &self.disk else { return };
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        for (text, times) in self.sims.iter().flat_map(|sim| &sim.taken) {
            *taken.entry(root(text)).or_default() += times;
        }
        for (text, times) in &taken {
            assert!(*times <= 1 + self.sent_again(text), "nothing is sent twice: {text}");
            assert!(disk.gone.contains(text) || !disk.refused.contains(text), "refused: {text}");
        }
        for (text, session) in &disk.done {
            let Some(known) = self.session(*session) else {
                assert!(disk.closed.contains(session), "a session vanished with {text}");
                continue;
            };
            let is = |other: &str| root(other) == *text;
            let body = known.body.as_ref().unwrap();
            let said = body.messages.iter().filter(|m| m.role == Role::User && is(&m.plain())).count();
            let mut places = said + known.queue.iter().filter(|entry| is(&entry.text)).count();
            if body.state != BodyState::Ready && said == 0 {
                let there = known.stored.as_ref().and_then(|id| self.sims[place(&known.profile)].session(id));
                let there = there.iter().flat_map(|there| &there.history);
                places += there.filter(|(role, other, _)| *role == Role::User && is(other)).count();
            }
            let back = is(&known.draft.text()) || disk.gone.contains(text);
            assert!(places > 0 || back, "{text} vanished: {known:#?}");
            assert!(places <= 1 + self.sent_again(text), "{text} is in {places} places: {known:#?}");
        }
    }
}

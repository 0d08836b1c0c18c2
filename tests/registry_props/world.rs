//! The hub, the person and the time around a registry under test, and what must hold after every step.

use crate::{
    Op,
    kept::Disk,
    mirror::Mirror,
    sim::{Frame, Sim},
    stay::{self, Seen},
};
use hermux::{
    base::{
        clock::{Tick, WallMs},
        ids::{AskId, ClientId, ProfileName, SendRef, SessionId, StoredId},
    },
    config::limits::Limits,
    model::{
        agent::{Call, Capabilities, Link},
        draft::Piece,
        message::{Message, MessageState, Part, Role},
        patch::{Change, Patch},
        profile::{BackendState, Profile},
        prompt::{PromptAnswer, PromptKind, PromptState},
        session::Session,
        status,
        turn::TurnState,
        world::World,
    },
    proto::{Answer, Command, Refusal, command::CloseRunning},
    registry::{Effect, Input, Registry, Settings},
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(crate) const PROFILES: [&str; 3] = ["default", "research", "work"];
pub(crate) const CLIENT: ClientId = ClientId(1);
/// A second terminal, which comes and goes.
const OTHER: ClientId = ClientId(2);

pub(crate) struct Rig {
    pub(crate) reg: Registry,
    pub(crate) now: u64,
    pub(crate) seq: u64,
    pub(crate) copy: World,
    pub(crate) mirror: Mirror,
    pub(crate) sims: Vec<Sim>,
    pub(crate) seen: Seen,
    /// Backends that are being stopped on purpose.
    pub(crate) stopping: BTreeSet<ProfileName>,
    pub(crate) asks: u64,
    pub(crate) texts: u64,
    faults: bool,
    /// What is to be read of stored transcripts.
    pub(crate) loads: VecDeque<(SessionId, ProfileName, StoredId)>,
    /// What is kept, when hubs die, too.
    pub(crate) disk: Option<Disk>,
    pub(crate) drafts: BTreeMap<SessionId, String>,
    /// Texts by session, as the person sent them.
    pub(crate) sent: BTreeMap<String, SessionId>,
    /// The notice ids that were told of each profile, and how often its link was lost.
    pub(crate) told: BTreeMap<ProfileName, BTreeSet<u64>>,
    pub(crate) episodes: BTreeMap<ProfileName, usize>,
    pub(crate) turns_begun: usize,
    pub(crate) turns_ended: usize,
    slow: bool,
}

pub(crate) fn name(at: usize) -> ProfileName {
    ProfileName::new(PROFILES[at % 3]).unwrap()
}

pub(crate) fn place(profile: &ProfileName) -> usize {
    PROFILES.iter().position(|name| *name == profile.as_str()).unwrap()
}

pub(crate) fn reference(text: u64) -> SendRef {
    SendRef(text | 1 << 63)
}

pub(crate) fn registry(first_id: u64) -> Registry {
    let limits =
        Limits { pool: stay::POOL, built: stay::BUILT, linger: Some(stay::LINGER), ..Limits::default() };
    Registry::new(Settings { primary: name(0), cwd: "/start".to_owned(), limits, first_id })
}

impl Rig {
    pub(crate) fn new(faults: bool, hubs_die: bool) -> Self {
        let sims = PROFILES.map(|name| Sim { name: name.to_owned(), ..Sim::default() });
        let mut rig = Self {
            reg: registry(0),
            now: 1_000,
            seq: 0,
            copy: World::default(),
            mirror: Mirror::default(),
            sims: sims.into(),
            seen: Seen::default(),
            stopping: BTreeSet::new(),
            asks: 0,
            texts: 0,
            faults,
            loads: VecDeque::new(),
            disk: hubs_die.then(Disk::default),
            drafts: BTreeMap::new(),
            sent: BTreeMap::new(),
            told: BTreeMap::new(),
            episodes: BTreeMap::new(),
            turns_begun: 0,
            turns_ended: 0,
            slow: false,
        };
        rig.profiles_seen();
        rig.join(CLIENT);
        for at in 0..9 {
            let session = rig.open(at);
            rig.send(session);
        }
        rig
    }

    pub(crate) fn profiles_seen(&mut self) {
        let profiles = PROFILES.map(|n| Profile::new(ProfileName::new(n).unwrap(), "/home"));
        self.feed(Input::ProfilesSeen(profiles.to_vec().into()), 1);
    }

    /// One thing happens.
    pub(crate) fn act(&mut self, (what, who, how): Op) {
        self.now += 1;
        let (at, n) = (usize::from(who), usize::from(how));
        if self.seen.over {
            return;
        }
        let kinds = if self.disk.is_some() { 36 } else { 26 };
        match what % kinds {
            26.. => self.keep_on(what % kinds - 26, at, n),
            0..=8 => {
                let sim = &mut self.sims[at % 3];
                if sim.running && !sim.sessions.is_empty() {
                    let session = n % sim.sessions.len();
                    sim.go_on(session, how / 7);
                }
                self.deliver(at % 3, 1 + n % 3, how);
            }
            9..=11 => {
                self.sims[at % 3].serve(n);
                self.deliver(at % 3, n % 3, how);
            }
            12 => self.deliver(at % 3, 100, how),
            13 | 14 => {
                if let Some(session) = self.some(n) {
                    self.send(session);
                }
            }
            15 => self.answer(n),
            16 => {
                if let Some(session) = self.some(n) {
                    self.interrupt(session);
                }
            }
            17 if at % 5 == 4 => self.arranges(n),
            17 => {
                if let Some(session) = self.some(n) {
                    self.save_draft(session);
                }
            }
            18 => {
                self.open(at);
            }
            19 => self.close(n, at),
            20 => {
                if let Some(session) = self.some(n) {
                    if at.is_multiple_of(2) {
                        self.mirror.watch(session, self.reg.world(), self.seq);
                    } else {
                        self.mirror.unwatch(session);
                    }
                }
            }
            21 => {
                let sim = &mut self.sims[at % 3];
                if sim.running && !sim.sessions.is_empty() {
                    let session = n % sim.sessions.len();
                    sim.wake_up(session);
                }
            }
            24 => {
                if let Some(session) = self.some(n) {
                    self.command(Command::Focus { session });
                }
            }
            // When a hub ends by itself is held where hubs live.
            25 if self.disk.is_some() => {}
            25 => match n % 4 {
                0 | 1 => self.join(CLIENT),
                2 => self.leave(CLIENT),
                _ if at.is_multiple_of(2) => self.join(OTHER),
                _ => self.leave(OTHER),
            },
            22 => self.wait([500, 3_000, 30_000, 70_000, 600_000][n % 5]),
            _ if self.faults => match n % 4 {
                0 | 1 => self.drop_socket(at % 3, n % 5),
                2 => self.crash(at % 3),
                _ => self.slow = !self.slow,
            },
            _ => self.deliver(at % 3, 5, how),
        }
        self.connect(at % 3);
        if how % 8 == 0 {
            self.mirror.check(self.reg.world(), self.seq);
        }
    }

    /// Everything comes to rest, and then everybody agrees on what was said.
    pub(crate) fn quiesce(&mut self) {
        if self.seen.over {
            return;
        }
        self.slow = false;
        self.disk_works();
        self.join(CLIENT);
        self.look_at_all();
        for _ in 0..400 {
            let mut quiet = true;
            for at in 0..3 {
                self.connect(at);
                while !self.sims[at].inbox.is_empty() {
                    self.sims[at].serve(0);
                }
                for session in 0..self.sims[at].sessions.len() {
                    if self.sims[at].sessions[session].turn.is_some()
                        || self.sims[at].sessions[session].queued.is_some()
                    {
                        quiet = false;
                        self.sims[at].go_on(session, 0);
                    }
                }
                quiet &= self.sims[at].out.is_empty() && self.sims[at].inbox.is_empty();
                self.deliver(at, usize::MAX, 1);
            }
            self.wait(if quiet { 600_000 } else { 61_000 });
            let busy = self.reg.world().sessions.values().any(|session| session.turn.is_busy());
            if quiet && !busy {
                break;
            }
        }
        let world = self.reg.world().clone();
        for session in world.sessions.values() {
            assert!(!session.turn.is_busy(), "everything comes to rest: {:?}", session.turn);
            assert!(session.current_prompt().is_none(), "nothing waits for ever");
            self.agrees(session);
        }
        if !self.faults {
            let ended: usize = self.sims.iter().map(|sim| sim.ended).sum();
            assert!(self.turns_ended <= ended, "no turn ends twice");
        }
        assert_eq!(self.turns_begun, self.turns_ended, "every turn ends");
        for (text, taken) in self.sims.iter().flat_map(|sim| &sim.taken) {
            assert!(*taken <= 1 + self.sent_again(text), "nothing is sent twice: {text}");
        }
        self.all_are_somewhere();
        self.mirror.check(&world, self.seq);
        self.comes_to_rest();
    }

    /// INV13: the transcript is that of the session alone.
    fn agrees(&self, session: &Session) {
        let Some(stored) = session.stored.as_ref().filter(|_| !self.is_settled(session.id)) else { return };
        let sim = &self.sims[place(&session.profile)];
        let Some(there) = sim.session(stored) else { return };
        let messages = &session.body.as_ref().unwrap().messages;
        let users = |role: Role| {
            there.history.iter().filter(move |(of, ..)| *of == role).map(|(_, text, _)| text.as_str())
        };
        let ours: Vec<String> = messages
            .iter()
            .filter(|m| m.role == Role::User && m.state == MessageState::Done)
            .map(Message::plain)
            .collect();
        // A text that the backend keeps in its own queue dies with its process.
        let theirs: Vec<&str> = users(Role::User).collect();
        assert_eq!(ours, theirs, "both have the same texts of the person, in order");
        let said: String =
            messages.iter().filter(|m| m.role == Role::Assistant).map(Message::plain).collect();
        let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
        let here = words(&said.replace(stored.as_str(), &format!(" {}", stored.as_str())));
        let has = words(&users(Role::Assistant).collect::<Vec<_>>().join(" "));
        if there.crashed {
            // What was streaming when the process died is shown and not stored; nothing that is stored is missing.
            let mut rest = here.iter();
            assert!(
                has.iter().all(|word| rest.any(|other| other == word)),
                "nothing stored is missing: {here:?} {has:?}"
            );
        } else {
            assert_eq!(here, has, "both have the same answers, in order");
        }
    }

    /// The session at a place among the open ones.
    pub(crate) fn some(&self, at: usize) -> Option<SessionId> {
        let sessions = &self.reg.world().sessions;
        sessions.keys().nth(at % sessions.len().max(1)).copied()
    }

    fn open(&mut self, at: usize) -> SessionId {
        match self.ask(Command::NewSession { profile: name(at), cwd: "/w".to_owned() }) {
            Ok(Answer::Opened(session)) => session,
            other => panic!("{other:?}"),
        }
    }

    /// The text, if it was taken.
    pub(crate) fn send(&mut self, session: SessionId) -> Option<String> {
        self.texts += 1;
        let text = format!("{}#u{}", session.0, self.texts);
        let uncertain = self.is_uncertain(session);
        self.sent.insert(text.clone(), session);
        if !uncertain {
            self.put_away_draft(session);
            self.drafts.insert(session, String::new());
        }
        // INV28: nothing but a text of unknown fate in the same session keeps a text from it.
        let expected = if uncertain { Err(Refusal::Unsettled) } else { Ok(Answer::Done) };
        let send = Command::Send { session, text: text.clone(), reference: reference(self.texts) };
        if self.disk.is_some() {
            self.hand_in(session, &text, send);
            assert_eq!(self.was_refused(&text), uncertain);
        } else {
            assert_eq!(self.ask(send), expected);
        }
        (!uncertain).then_some(text)
    }

    fn save_draft(&mut self, session: SessionId) {
        self.texts += 1;
        let text = format!("{}#d{}", session.0, self.texts);
        let base = self.session(session).unwrap().draft.revision;
        let pieces = vec![Piece::Text(text.clone())];
        self.put_away_draft(session);
        self.drafts.insert(session, text);
        self.ask(Command::SaveDraft { session, pieces, base }).unwrap();
    }

    pub(crate) fn interrupt(&mut self, session: SessionId) {
        self.calls_back(session);
        let command = Command::Interrupt { session };
        let effects = self.command(command);
        self.interrupts_only(session, &effects);
    }

    /// INV7, INV15: an interrupt reaches its own session, once.
    fn interrupts_only(&self, session: SessionId, effects: &[Effect]) {
        let mut count = 0;
        for effect in effects {
            if let Effect::Call { what: Call::Interrupt { live }, profile, .. } = effect {
                count += 1;
                let known = self.reg.world().sessions.get(&session).unwrap();
                let stored = &self.sims[place(profile)]
                    .sessions
                    .iter()
                    .find(|s| s.live.as_ref() == Some(live))
                    .unwrap()
                    .stored;
                assert_eq!((profile, Some(stored)), (&known.profile, known.stored.as_ref()));
            }
        }
        assert!(count <= 1, "one interrupt at most");
    }

    fn close(&mut self, n: usize, at: usize) {
        let Some(session) = self.some(n) else { return };
        let running = [CloseRunning::Ask, CloseRunning::Stop, CloseRunning::Keep][at % 3];
        self.closes(session, running);
        let effects = self.command(Command::CloseTab { session, running });
        if running == CloseRunning::Stop {
            if self.session(session).is_some() {
                self.interrupts_only(session, &effects);
            }
        } else {
            let interrupts = |e: &Effect| matches!(e, Effect::Call { what: Call::Interrupt { .. }, .. });
            assert!(!effects.iter().any(interrupts), "nothing is stopped that was not to be");
        }
    }

    /// The person answers the current prompt of a session that has one.
    fn answer(&mut self, n: usize) {
        let waiting: Vec<_> = self
            .reg
            .world()
            .sessions
            .values()
            .filter_map(|session| {
                Some((session.id, session.profile.clone(), session.current_prompt()?.clone()))
            })
            .collect();
        let Some((session, profile, prompt)) = waiting.get(n % waiting.len().max(1)).cloned() else { return };
        let answer = match &prompt.kind {
            PromptKind::Approval { .. } => PromptAnswer::Choice(n % 3),
            _ => PromptAnswer::Text("yes".to_owned()),
        };
        let digest = prompt.digest() ^ u64::from(n.is_multiple_of(11));
        let effects = self.command(Command::Answer { session, prompt: prompt.id, digest, answer });
        for effect in effects {
            if let (
                Effect::Call { call, what: Call::Approve { .. }, .. },
                PromptKind::Approval { command, .. },
            ) = (effect, &prompt.kind)
            {
                self.sims[place(&profile)].meant.insert(call, command.raw().to_owned());
            }
        }
    }

    pub(crate) fn wait(&mut self, ms: u64) {
        for at in 0..3 {
            self.connect(at);
            while self.sims[at].connected && !self.sims[at].inbox.is_empty() {
                self.sims[at].serve(0);
            }
            self.sims[at].wait(ms);
            self.deliver(at, usize::MAX, 1);
        }
        self.read_store();
        let end = self.now + ms;
        while let Some(at) = self.reg.next_timer().filter(|at| at.0 <= end) {
            self.now = self.now.max(at.0);
            self.feed(Input::Timer, 1);
            self.say_what_runs();
        }
        self.now = end;
        if !self.slow {
            self.pool_holds();
        }
    }

    /// While time passes backends answer what they are asked, and what ended is idle.
    fn say_what_runs(&mut self) {
        for at in 0..3 {
            while self.sims[at].connected && !self.sims[at].inbox.is_empty() {
                self.sims[at].serve(0);
                self.sims[at].wait(0);
                self.deliver(at, usize::MAX, 1);
            }
        }
    }

    /// What is on a backend's socket arrives.
    fn deliver(&mut self, at: usize, count: usize, how: u16) {
        for _ in 0..count {
            let Some(frame) = self.sims[at].out.pop_front() else { break };
            let input = match frame {
                Frame::Event(live, fact) => Input::Fact { profile: name(at), live: Some(live), fact },
                Frame::Reply(call, reply) => Input::Reply { call, reply },
            };
            self.feed(input, [1, 1, 1, 2, 0][usize::from(how) % 5]);
        }
    }

    pub(crate) fn drop_socket(&mut self, at: usize, taken: usize) {
        if self.sims[at].connected {
            self.sims[at].drop_socket(taken);
            *self.episodes.entry(name(at)).or_default() += 1;
            self.link(at, Link::Down { process: false, why: "dropped".into() });
            let retry = |attempt| BackendState::Retrying { attempt, at: Tick(0), why: "dropped".into() };
            // One that was being stopped has ended with its connection.
            for attempt in (1..4).filter(|_| self.sims[at].running).collect::<Vec<_>>() {
                self.link(at, Link::State(retry(attempt)));
            }
        }
    }

    fn crash(&mut self, at: usize) {
        if self.sims[at].running && self.sims[at].connected {
            self.sims[at].crash();
            *self.episodes.entry(name(at)).or_default() += 1;
            self.link(at, Link::Down { process: true, why: "died".into() });
            let retry = BackendState::Retrying { attempt: 1, at: Tick(0), why: "died".into() };
            self.link(at, Link::State(retry));
            self.sims[at].running = true;
        }
    }

    /// The supervisor: what runs is connected, unless it is slow just now.
    pub(crate) fn connect(&mut self, at: usize) {
        let sim = &mut self.sims[at];
        if sim.running && !sim.connected && !self.slow {
            sim.connected = true;
            self.link(at, Link::Up { capabilities: Capabilities::default() });
            self.link(at, Link::State(BackendState::Live));
        }
    }

    fn link(&mut self, at: usize, link: Link) {
        self.feed(Input::Link { profile: name(at), link }, 1);
    }

    pub(crate) fn session(&self, session: SessionId) -> Option<&Session> {
        self.reg.world().sessions.get(&session)
    }

    pub(crate) fn command(&mut self, command: Command) -> Vec<Effect> {
        let effects = self.say(command);
        let answers = |effect: &&Effect| matches!(effect, Effect::Answer { .. } | Effect::Refuse { .. });
        assert_eq!(effects.iter().filter(answers).count(), 1, "a command is answered once");
        effects
    }

    /// Says something of which the answer may come later.
    pub(crate) fn say(&mut self, command: Command) -> Vec<Effect> {
        self.asks += 1;
        let ask = AskId(self.asks);
        self.feed(Input::Command { client: CLIENT, ask, command, wall: WallMs(self.now) }, 1)
    }

    pub(crate) fn ask(&mut self, command: Command) -> Result<Answer, Refusal> {
        let effects = self.command(command);
        let mut answers = effects.into_iter().filter_map(|effect| match effect {
            Effect::Answer { answer, .. } => Some(Ok(answer)),
            Effect::Refuse { reason, .. } => Some(Err(reason)),
            _ => None,
        });
        answers.next().unwrap()
    }

    /// One step of the registry, what the hub does after it, and what must hold then.
    pub(crate) fn feed(&mut self, input: Input, times: u8) -> Vec<Effect> {
        if self.seen.over {
            return Vec::new();
        }
        for sim in &mut self.sims {
            sim.now = self.now;
        }
        self.see_input(&input);
        let owner = match &input {
            Input::Fact { profile, live: Some(live), .. } => {
                let sim = &self.sims[place(profile)];
                let stored =
                    sim.sessions.iter().find(|s| s.live.as_ref() == Some(live)).map(|s| s.stored.clone());
                Some(stored)
            }
            _ => None,
        };
        let step = self.reg.step(input, Tick(self.now));
        self.seq += 1;
        self.mirror.take(self.seq, &step.patches, if self.faults { times } else { 1 });
        for patch in &step.patches {
            self.look(patch, owner.as_ref());
            self.see_patch(patch);
            self.copy.apply(patch).unwrap();
        }
        assert_eq!(self.copy, *self.reg.world(), "the world changes by patches alone");
        self.holds();
        self.is_arranged();
        for effect in &step.effects {
            self.see_effect(effect);
        }
        self.keep(&step);
        self.see_rest();
        let mut effects = step.effects.clone();
        for effect in step.effects {
            effects.extend(self.carry_out(effect));
        }
        effects
    }

    /// What one patch may do.
    fn look(&mut self, patch: &Patch, owner: Option<&Option<hermux::base::ids::StoredId>>) {
        let of = match patch {
            Patch::Session { session, .. } | Patch::Body { session, .. } => Some(*session),
            _ => None,
        };
        if let (Some(session), Some(owner)) = (of, owner) {
            let known = self.copy.sessions.get(&session).unwrap();
            assert_eq!(known.stored, *owner, "a fact changes its own session alone (I7): {patch:?}");
        }
        if let Patch::Session { session, change: Change::Turn(turn) } = patch {
            let was = &self.copy.sessions.get(session).unwrap().turn;
            let running = |state: &TurnState| matches!(state, TurnState::Running | TurnState::Stopping);
            self.turns_begun += usize::from(!running(&was.state) && running(&turn.state));
            self.turns_ended += usize::from(running(&was.state) && !running(&turn.state));
        }
        if let Patch::Notice(notice) = patch
            && let hermux::model::notice::About::Profile(profile) = &notice.about
        {
            self.told.entry(profile.clone()).or_default().insert(notice.id.0);
            let told = self.told.get(profile).unwrap().len();
            let episodes = self.episodes.get(profile).copied().unwrap_or_default();
            assert!(told <= episodes, "one notice an episode (INV23): {notice:?}");
        }
    }

    /// What must hold at every moment.
    fn holds(&self) {
        let world = self.reg.world();
        let tabs: BTreeSet<_> = world.tabs.iter().collect();
        assert!(!tabs.is_empty() || world.profiles.is_empty(), "there is always a tab (INV15)");
        assert_eq!(tabs.len(), world.tabs.len(), "a session has one tab");
        assert!(tabs.iter().all(|id| world.sessions.contains_key(id)), "a tab is of an open session");
        let mut stored = BTreeSet::new();
        for session in world.sessions.values() {
            if let Some(id) = &session.stored {
                assert!(stored.insert((&session.profile, id)), "a conversation is open once (INV14)");
            }
            self.pure(session);
            self.queue_is_in_order(session);
            let open = session.prompts.iter().filter(|p| p.state == PromptState::Answering).count();
            assert!(open <= 1, "prompts are answered one at a time");
            if let Some(prompt) = session.current_prompt() {
                assert!(status::of(session).needs_input(), "{prompt:?}");
            }
            let expected = self.drafts.get(&session.id).map_or("", String::as_str);
            let draft = session.draft.text();
            // A text that could not be sent comes back to an empty composer.
            let back = expected.is_empty() && self.sent.get(&draft) == Some(&session.id);
            assert!(draft == expected || back, "a draft is its session's alone (INV27): {draft} {expected}");
        }
    }

    /// SYS-05, INV13: nothing of another session, nothing twice, nothing out of order.
    fn pure(&self, session: &Session) {
        let mut seen = BTreeSet::new();
        for message in &session.body.as_ref().unwrap().messages {
            let mut last = 0;
            for part in &message.parts {
                let text = match part {
                    Part::Text(text) | Part::Reasoning { text, .. } => text.raw(),
                    Part::Tool(tool) => tool.output.raw(),
                    Part::Note { .. } => continue,
                };
                if message.role == Role::User && !text.contains(':') {
                    assert_eq!(
                        self.sent.get(text),
                        Some(&session.id),
                        "a text is in the session that it was sent to"
                    );
                    let once = seen.insert(text.to_owned()) || self.sent_again(text) > 0;
                    assert!(once, "no text twice: {text}");
                    continue;
                }
                for word in text.split_whitespace() {
                    let (tag, word) = word.split_once(':').unwrap();
                    assert_eq!(
                        Some(tag),
                        session.stored.as_ref().map(hermux::base::ids::StoredId::as_str),
                        "no word of another session"
                    );
                    if let Some(n) = word.strip_prefix('w') {
                        let n: u64 = n.parse().unwrap();
                        assert!(n > last, "words come in order");
                        last = n;
                        assert!(
                            matches!(part, Part::Text(_)) && seen.insert(word.to_owned()),
                            "no word twice: {word}"
                        );
                    }
                }
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Vec<Effect> {
        match effect {
            Effect::Store { job } => self.store(job),
            Effect::Paint { id, .. } => self.feed(Input::Painted { id, result: Ok(()) }, 1),
            Effect::Load { session, profile, stored } => {
                self.loads.push_back((session, profile, stored));
                Vec::new()
            }
            Effect::Call { call, profile, what, .. } => {
                let sim = &mut self.sims[place(&profile)];
                assert!(sim.connected, "calls are made on a living link: {what:?}");
                sim.inbox.push_back((call, what));
                Vec::new()
            }
            Effect::StartBackend { profile } => {
                let at = place(&profile);
                let backend = &self.reg.world().profile(&profile).unwrap().backend;
                if matches!(backend, BackendState::Retrying { .. }) {
                    return Vec::new();
                }
                assert!(!self.sims[at].running, "one process a profile (A18)");
                self.sims[at].running = true;
                let waking = BackendState::Waking { since: Tick(self.now), slow: false, line: "".into() };
                self.feed(Input::Link { profile, link: Link::State(waking) }, 1)
            }
            Effect::StopBackend { profile } => {
                let works = self.reg.world().sessions.values().any(|session| {
                    session.profile == profile
                        && (session.turn.state == TurnState::Running || session.current_prompt().is_some())
                });
                assert!(!works, "no backend that works makes room (INV19)");
                let at = place(&profile);
                self.stopping.remove(&profile);
                self.sims[at].crash();
                let mut effects = Vec::new();
                let links = [
                    Link::State(BackendState::Stopping),
                    Link::Down { process: true, why: "stopped".into() },
                    Link::State(BackendState::Cold),
                ];
                for link in links {
                    effects.extend(self.feed(Input::Link { profile: profile.clone(), link }, 1));
                }
                effects
            }
            Effect::Log { what: what @ "a patch did not fit", detail } => panic!("{what}: {detail}"),
            _ => Vec::new(),
        }
    }
}

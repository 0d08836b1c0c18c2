//! hermux' own pieces in one thread, joined as hub and terminal join them: text frames go in, bytes for a terminal come out.
//!
//! No socket, no task, no waiting for a frame's time: what is measured is hermux' own work. The backend's part is played by
//! [`frames`]; everything else is what runs in the program.
#![allow(dead_code, reason = "each bench uses a part of this")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench says what is wrong by failing")]

pub(crate) mod frames;
pub(crate) mod screen;

use hermux::{
    base::{
        clock::{Tick, WallMs},
        ids::{AskId, ClientId, Epoch, MessageId, ProfileName, SendRef, SessionId, StoredId},
    },
    config::limits::Limits,
    model::{
        agent::Link,
        body::Body,
        message::Message,
        profile::{BackendState, Profile},
    },
    proto::{Answer, Command, ToHub, Update},
    registry::{Effect, Input, Registry, Settings, effect::Read, input::Loaded},
    ui::state::{
        Start,
        pane::{Anchor, Pane},
    },
    wire::{Feed, Out},
};
use screen::Screen;

/// Whether this is a measurement; else every bench runs once, to see that it still can.
pub(crate) fn measuring() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}

const NAMES: [&str; 3] = ["default", "research", "work"];
const TERMINAL: ClientId = ClientId(1);
/// Nobody's terminal: opens sessions and sends texts.
const SOMEBODY: ClientId = ClientId(2);
/// Bytes of a message under way, beyond which the next one begins.
const MESSAGE: usize = 4_096;
/// Messages that are read from disk at a time.
const PAGE: usize = 200;
/// Milliseconds from one delta to the next.
pub(crate) const PACE: u64 = 7;

/// An open session and how far its model has come.
#[derive(Clone)]
pub(crate) struct Open {
    pub id: SessionId,
    pub live: String,
    /// Its profile's place.
    pub home: usize,
    /// Bytes of the message under way.
    said: usize,
}

pub(crate) struct Rig {
    pub registry: Registry,
    feeds: Vec<Feed>,
    /// The first is the one that the terminal shows.
    pub open: Vec<Open>,
    pub screen: Option<Screen>,
    pub now: Tick,
    words: Vec<&'static str>,
    word: usize,
    asks: u64,
    opened: Option<SessionId>,
    /// The live id of the session that is created next.
    next_live: String,
    disk: Disk,
}

/// A stored session that says the same on every page.
#[derive(Default)]
struct Disk {
    page: Vec<Message>,
    /// Pages that were not read yet.
    left: usize,
}

impl Rig {
    /// A hub with three profiles, and a terminal when `attached`.
    pub(crate) fn new(attached: bool) -> Self {
        Self::starting(attached, Start::Draft, Disk::default())
    }

    fn starting(attached: bool, start: Start, disk: Disk) -> Self {
        let names = NAMES.map(|name| ProfileName::new(name).unwrap());
        let settings = Settings {
            primary: ProfileName::default_profile(),
            cwd: "/home/user/work".to_owned(),
            limits: Limits { sessions: 10_000, ..Limits::default() },
            first_id: 100,
        };
        let mut rig = Self {
            registry: Registry::new(settings),
            feeds: names.iter().map(|name| Feed::new(name.clone(), Epoch(1))).collect(),
            open: Vec::new(),
            screen: None,
            now: Tick(1_000),
            words: frames::words(),
            word: 0,
            asks: 0,
            opened: None,
            next_live: String::new(),
            disk,
        };
        rig.step(Input::ProfilesSeen(
            names.map(|name| Profile::new(name, "/home/user/.hermes")).to_vec().into(),
        ));
        if attached {
            let mut screen = Screen::new(start);
            let welcome =
                Screen::welcome(TERMINAL, ProfileName::default_profile(), rig.registry.world(), rig.now);
            let said = screen.heard(welcome, rig.now);
            rig.screen = Some(screen);
            rig.said(said);
            rig.show();
        }
        rig
    }

    /// As many sessions, each with a transcript of so many messages and a turn under way.
    pub(crate) fn streaming(sessions: usize, messages: usize) -> Self {
        let mut rig = Self::new(true);
        for _ in 0..sessions {
            let at = rig.add();
            rig.talk(at, messages);
        }
        for at in 0..sessions {
            rig.begin(at);
        }
        rig
    }

    /// A terminal with a stored session that has paged in this many messages, as when somebody went back to its beginning. It
    /// shows the middle.
    pub(crate) fn paged(messages: usize) -> Self {
        let mut source = Self::new(false);
        let at = source.add();
        source.talk(at, PAGE);
        let page = source.body(at).messages[..PAGE].to_vec();
        let stored = StoredId::new("20261121_040000_00000001").unwrap();
        let start = Start::Stored(ProfileName::default_profile(), stored);
        let mut rig = Self::starting(true, start, Disk { page, left: messages / PAGE });
        rig.show();
        while rig.disk.left > 0 {
            rig.go_to(|_| MessageId(0));
            rig.draw();
        }
        assert_eq!(rig.pane().older.len() + PAGE, messages);
        rig.go_to(|older| older[older.len() / 2].id);
        rig.draw();
        rig
    }

    /// Puts a message at the top of the screen.
    fn go_to(&mut self, message: impl Fn(&[Message]) -> MessageId) {
        let pane = self.pane();
        pane.anchor = Anchor::At { message: message(&pane.older), row: 0 };
    }

    pub(crate) fn pane(&mut self) -> &mut Pane {
        self.screen.as_mut().and_then(|screen| screen.ui.pane_mut()).unwrap()
    }

    /// Opens one more session and has it built, idle, with nothing said but a "hi" and its answer. Returns its place.
    pub(crate) fn add(&mut self) -> usize {
        let (place, home) = (self.open.len(), self.open.len() % NAMES.len());
        self.next_live = format!("{place:08x}");
        let profile = ProfileName::new(NAMES[home]).unwrap();
        self.command(SOMEBODY, Command::NewSession { profile, cwd: "/home/user/work/project".to_owned() });
        let id = self.opened.take().unwrap();
        self.open.push(Open { id, live: self.next_live.clone(), home, said: 0 });
        self.begin(place);
        self.end(place);
        place
    }

    /// Plays whole turns until the transcript has `messages` more messages, two a turn.
    pub(crate) fn talk(&mut self, at: usize, messages: usize) {
        for number in 0..messages / 2 {
            self.begin(at);
            for frame in frames::turn(&self.open[at].live, number) {
                self.frame(at, &frame);
            }
            self.end(at);
        }
    }

    /// A turn begins and says a first word.
    pub(crate) fn begin(&mut self, at: usize) {
        let Open { id, live, .. } = self.open[at].clone();
        let text = "and what about the rest of them? please look at it once more".to_owned();
        let reference = SendRef(self.asks);
        self.command(SOMEBODY, Command::Send { session: id, text, reference });
        self.frame(at, &frames::event(&live, "message.start", &serde_json::Value::Null));
        self.frame(at, &frames::delta(&live, "Well, "));
        self.open[at].said = 0;
    }

    /// The message under way becomes longer by about so many bytes.
    pub(crate) fn lengthen(&mut self, at: usize, bytes: usize) {
        let text = self.words.concat();
        let frame = frames::delta(&self.open[at].live, &text);
        for _ in 0..bytes / text.len() {
            self.frame(at, &frame);
        }
    }

    /// Opens a stored session of which `body` is read.
    pub(crate) fn read(&mut self, body: Body) {
        let profile = ProfileName::default_profile();
        self.asks += 1;
        let stored = StoredId::new(&format!("20261121_040000_{:08}", self.asks)).unwrap();
        self.command(SOMEBODY, Command::OpenStored { profile, stored: stored.clone() });
        let session = self.opened.take().unwrap();
        if let Some(screen) = &mut self.screen {
            screen.watch(session, self.registry.world());
        }
        self.step(Input::Loaded { session, loaded: Loaded { stored, row: None, body } });
        self.show();
    }

    /// The terminal follows this session's transcript, whatever it shows.
    pub(crate) fn watch(&mut self, at: usize) {
        if let Some(screen) = &mut self.screen {
            screen.watch(self.open[at].id, self.registry.world());
        }
        self.show();
    }

    pub(crate) fn body(&self, at: usize) -> &Body {
        let session = self.registry.world().sessions.get(&self.open[at].id);
        session.and_then(|session| session.body.as_ref()).unwrap()
    }

    fn end(&mut self, at: usize) {
        for frame in frames::end(&self.open[at].live) {
            self.frame(at, &frame);
        }
    }

    /// What the last delta said.
    pub(crate) fn word(&self) -> &'static str {
        self.words[self.word]
    }

    /// The next delta of a session, as its frame; a message that grew long is ended before it. Time goes on. What was measured
    /// before is brought to the terminal.
    pub(crate) fn delta(&mut self, at: usize) -> String {
        self.show();
        if self.open[at].said > MESSAGE {
            self.end(at);
            self.begin(at);
        }
        self.now = self.now.plus(PACE);
        self.word = (self.word + 1) % self.words.len();
        let word = self.words[self.word];
        self.open[at].said += word.len();
        frames::delta(&self.open[at].live, word)
    }

    /// A frame's whole way to the terminal's state.
    pub(crate) fn frame(&mut self, at: usize, text: &str) {
        let home = self.open[at].home;
        self.backend_says(home, text);
        self.show();
    }

    pub(crate) fn decode(&mut self, at: usize, frame: &str) -> Vec<Out> {
        self.feeds[self.open[at].home].text(frame, self.now)
    }

    /// Steps what was decoded; the terminal's part of the patches is put together.
    pub(crate) fn decide(&mut self, at: usize, outs: Vec<Out>) {
        let home = self.open[at].home;
        for out in outs {
            self.out(home, out);
        }
    }

    pub(crate) fn seal(&mut self) -> Option<Update> {
        self.screen.as_mut()?.seal()
    }

    pub(crate) fn heard(&mut self, update: Update) {
        let now = self.now;
        let said = self.screen.as_mut().map(|screen| screen.heard(update, now));
        self.said(said.unwrap_or_default());
    }

    pub(crate) fn draw(&mut self) -> u64 {
        let now = self.now;
        let Some(screen) = &mut self.screen else { return 0 };
        let (bytes, said) = screen.draw(now, || ());
        self.said(said);
        bytes
    }

    /// Brings the terminal's state up to date.
    pub(crate) fn show(&mut self) {
        while let Some(update) = self.seal() {
            self.heard(update);
        }
    }

    pub(crate) fn step(&mut self, input: Input) {
        let step = self.registry.step(input, self.now);
        if let Some(screen) = &mut self.screen {
            screen.push(step.patches);
        }
        for effect in step.effects {
            self.effect(effect);
        }
    }

    fn command(&mut self, client: ClientId, command: Command) {
        self.asks += 1;
        self.step(Input::Command { client, ask: AskId(self.asks), command, wall: WallMs(0) });
        self.show();
    }

    fn said(&mut self, said: Vec<ToHub>) {
        for said in said {
            match said {
                ToHub::Command { ask, command } => {
                    self.step(Input::Command { client: TERMINAL, ask, command, wall: WallMs(0) });
                }
                ToHub::Resync => panic!("the mirror missed something"),
                ToHub::Hello { .. } | ToHub::Bye => {}
            }
        }
    }

    fn backend_says(&mut self, home: usize, text: &str) {
        for out in self.feeds[home].text(text, self.now) {
            self.out(home, out);
        }
    }

    fn out(&mut self, home: usize, out: Out) {
        let profile = ProfileName::new(NAMES[home]).unwrap();
        match out {
            Out::Fact { live, fact } => self.step(Input::Fact { profile, live, fact }),
            Out::Reply { call, reply } => self.step(Input::Reply { call, reply }),
            Out::Up { capabilities } => {
                self.step(Input::Link { profile: profile.clone(), link: Link::Up { capabilities } });
                self.step(Input::Link { profile, link: Link::State(BackendState::Live) });
            }
            Out::Send(frame) => {
                let answer = frames::answer(frame.text(), &self.next_live, NAMES[home]);
                self.backend_says(home, &answer);
            }
            Out::Log { .. } => {}
            Out::Learned { .. } | Out::WrongProfile { .. } | Out::Disconnect { .. } => panic!("{out:?}"),
        }
    }

    fn effect(&mut self, effect: Effect) {
        let place = |name: &ProfileName| NAMES.iter().position(|known| *known == name.as_str()).unwrap();
        match effect {
            Effect::StartBackend { profile } => self.backend_says(place(&profile), &frames::ready()),
            Effect::Call { call, profile, what, timeout } => {
                let home = place(&profile);
                let frame = self.feeds[home].call(call, &what, timeout, self.now, |_| None).unwrap();
                let answer = frames::answer(frame.text(), &self.next_live, NAMES[home]);
                self.backend_says(home, &answer);
            }
            Effect::Load { session, stored, .. } if self.disk.left > 0 => {
                self.disk.left -= 1;
                let body = Body { older: true, messages: self.disk.page.clone(), ..Body::default() };
                self.step(Input::Loaded { session, loaded: Loaded { stored, row: None, body } });
            }
            Effect::Read { client, ask, read: Read::Older { .. } } => {
                self.disk.left -= 1;
                let more = self.disk.left > 0;
                let answer = Ok(Answer::Older { messages: self.disk.page.clone(), more });
                self.step(Input::Answered { client, ask, answer });
            }
            Effect::Store { job } => self.step(Input::Stored { jobs: vec![job], result: Ok(()) }),
            Effect::Answer { client: SOMEBODY, answer: Answer::Opened(id), .. } => self.opened = Some(id),
            Effect::Answer { client: TERMINAL, ask, answer } => {
                // What a command changed is known before its answer, as from the hub.
                self.show();
                self.heard(Update::Answer { ask, answer });
            }
            Effect::Watch { client: TERMINAL, session } => {
                if let Some(screen) = &mut self.screen {
                    screen.watch(session, self.registry.world());
                }
            }
            Effect::Refuse { .. } => panic!("{effect:?}"),
            _ => {}
        }
    }
}

//! Everything between a backend's frame and a terminal's screen, joined as the program joins it: frames are decoded, stepped,
//! mirrored, laid out, painted and written as bytes, which a terminal emulator reads.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use std::rc::Rc;

use hermux::base::clock::{Tick, WallMs};
use hermux::base::ids::{AskId, ClientId, Epoch, ProfileName, SendRef, SessionId};
use hermux::config::limits::Limits;
use hermux::model::agent::Link;
use hermux::model::listing::Found;
use hermux::model::profile::{BackendState, Profile};
use hermux::proto::{Answer, Command, Update};
use hermux::registry::{Effect, Input, Registry, Settings, effect::Read, input::Loaded};
use hermux::ui::canvas::Canvas;
use hermux::ui::events;
use hermux::ui::term;
use hermux::wire::{Feed, Out};
use ratatui::buffer::Buffer;
use serde_json::{Value, json};

use crate::stage::Stage;
use crate::stage::worlds::name;

pub(crate) const TERMINAL: ClientId = ClientId(1);
/// The live id of the session that is shown.
pub(crate) const LIVE: &str = "live0001";

/// The emulator's terminal is so much wider: it stands for one that does not wrap, which is what hermux asks for.
const BEYOND: u16 = 64;

/// What a program writes.
#[derive(Clone, Default)]
struct Wire(Rc<RefCell<Vec<u8>>>);

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(crate) struct Rig {
    registry: Registry,
    feeds: BTreeMap<ProfileName, Feed>,
    pub(crate) stage: Stage,
    /// The session that is shown.
    pub(crate) session: SessionId,
    wire: Wire,
    canvas: Canvas<Wire>,
    vt: vt100::Parser,
    /// Answers that the backend gives to calls, by method, as JSON; else it gives its usual one.
    pub(crate) answers: BTreeMap<&'static str, String>,
    /// What the hub reads when it is asked for a list or a stored session.
    pub(crate) listed: Option<Vec<hermux::model::listing::StoredRow>>,
    pub(crate) loaded: Option<Loaded>,
    asks: u64,
    epochs: u64,
}

/// One frame.
pub(crate) struct Shot {
    pub(crate) buffer: Buffer,
    pub(crate) rows: Vec<String>,
    pub(crate) bytes: Vec<u8>,
}

impl Rig {
    /// A terminal of `size` that shows a session which was built and is idle.
    pub(crate) fn new(size: (u16, u16)) -> Self {
        let settings = Settings {
            primary: ProfileName::default_profile(),
            cwd: "/home/me/code".to_owned(),
            limits: Limits::default(),
            first_id: 100,
        };
        let mut registry = Registry::new(settings);
        let now = Tick(110_000);
        let profiles = ["default", "work"].map(|profile| Profile::new(name(profile), "/home/me/.hermes"));
        registry.step(Input::ProfilesSeen(profiles.to_vec().into()), now);
        let opened = registry.step(
            Input::Command {
                client: TERMINAL,
                ask: AskId(1),
                command: Command::NewSession { profile: name("default"), cwd: "/home/me/code".to_owned() },
                wall: WallMs(0),
            },
            now,
        );
        let opened = opened.effects.iter().find_map(|effect| match effect {
            Effect::Answer { answer: Answer::Opened(id), .. } => Some(*id),
            _ => None,
        });
        let session = opened.expect("a session is opened");
        let stage = Stage::showing(registry.world().clone(), session.0, size);
        let wire = Wire::default();
        let mut rig = Self {
            registry,
            feeds: BTreeMap::new(),
            stage,
            session,
            canvas: Canvas::new(wire.clone(), size),
            wire,
            vt: vt100::Parser::new(size.1, size.0 + BEYOND, 0),
            answers: BTreeMap::new(),
            listed: None,
            loaded: None,
            asks: 1_000,
            epochs: 0,
        };
        rig.say("hello");
        rig.event("message.start", "{}");
        rig.finish();
        rig
    }

    pub(crate) fn resize(&mut self, size: (u16, u16)) {
        self.stage.ui.size = size;
        self.canvas = Canvas::new(self.wire.clone(), size);
        self.vt = vt100::Parser::new(size.1, size.0 + BEYOND, 0);
    }

    fn now(&self) -> Tick {
        Tick(self.stage.now + 100_000)
    }

    /// The person sends a text.
    pub(crate) fn say(&mut self, text: &str) {
        self.command(Command::Send {
            session: self.session,
            text: text.to_owned(),
            reference: SendRef(self.asks),
        });
    }

    pub(crate) fn command(&mut self, command: Command) {
        self.asks += 1;
        self.input(Input::Command { client: ClientId(9), ask: AskId(self.asks), command, wall: WallMs(0) });
    }

    /// The turn ends well.
    pub(crate) fn finish(&mut self) {
        self.event("message.complete", r#"{"text": "", "status": "complete"}"#);
        self.event("session.info", r#"{"running": false}"#);
    }

    /// The backend says something of the session; `payload` is JSON.
    pub(crate) fn event(&mut self, kind: &str, payload: &str) {
        self.frame(&format!(
            r#"{{"jsonrpc": "2.0", "method": "event", "params": {{"type": "{kind}", "session_id": "{LIVE}", "payload": {payload}}}}}"#
        ));
    }

    pub(crate) fn frame(&mut self, frame: &str) {
        let profile = ProfileName::default_profile();
        let now = self.now();
        let outs = self.feeds.get_mut(&profile).expect("a connection").text(frame, now);
        for out in outs {
            self.out(&profile, out);
        }
    }

    pub(crate) fn link(&mut self, state: BackendState) {
        self.input(Input::Link { profile: ProfileName::default_profile(), link: Link::State(state) });
    }

    /// One step, and all that follows from it.
    pub(crate) fn input(&mut self, input: Input) {
        let mut inbox = VecDeque::from([input]);
        while let Some(input) = inbox.pop_front() {
            let now = self.now();
            let step = self.registry.step(input, now);
            if !step.patches.is_empty() {
                self.stage.patch(step.patches);
            }
            for effect in step.effects {
                self.effect(effect, &mut inbox);
            }
        }
    }

    fn effect(&mut self, effect: Effect, inbox: &mut VecDeque<Input>) {
        match effect {
            Effect::StartBackend { profile } => {
                self.epochs += 1;
                self.feeds.insert(profile.clone(), Feed::new(profile.clone(), Epoch(self.epochs)));
                let ready = json!({"jsonrpc": "2.0", "method": "event", "params": {"type": "gateway.ready", "payload": {}}});
                self.backend(&profile, &ready.to_string(), inbox);
            }
            Effect::Call { call, profile, what, timeout } => {
                let now = self.now();
                let feed = self.feeds.get_mut(&profile).expect("a connection");
                let frame = feed.call(call, &what, timeout, now, |_| None).expect("a call is encoded");
                let answer = self.answer(frame.text());
                self.backend(&profile, &answer, inbox);
            }
            Effect::Store { job } => inbox.push_back(Input::Stored { jobs: vec![job], result: Ok(()) }),
            Effect::Read { client, ask, read: Read::Find { .. } } => {
                let rows = self.listed.clone().unwrap_or_default();
                let found = |row| Found { row, score: 1, positions: Vec::new() };
                let (of, rows) = (rows.len() as u64, rows.into_iter().map(found).collect());
                inbox.push_back(Input::Answered { client, ask, answer: Ok(Answer::Found { rows, of }) });
            }
            Effect::Load { session, .. } => {
                let loaded = self.loaded.take().expect("something to read");
                inbox.push_back(Input::Loaded { session, loaded });
            }
            Effect::Answer { client: TERMINAL, ask, answer } => {
                self.stage.hear(Update::Answer { ask, answer });
            }
            Effect::Refuse { client: TERMINAL, ask, reason } => {
                self.stage.hear(Update::Refused { ask, reason });
            }
            _ => {}
        }
    }

    fn backend(&mut self, profile: &ProfileName, frame: &str, inbox: &mut VecDeque<Input>) {
        let now = self.now();
        let outs = self.feeds.get_mut(profile).expect("a connection").text(frame, now);
        for out in outs {
            inbox.extend(Self::understood(profile, out));
        }
    }

    fn out(&mut self, profile: &ProfileName, out: Out) {
        for input in Self::understood(profile, out) {
            self.input(input);
        }
    }

    fn understood(profile: &ProfileName, out: Out) -> Vec<Input> {
        let profile = profile.clone();
        match out {
            Out::Fact { live, fact } => vec![Input::Fact { profile, live, fact }],
            Out::Reply { call, reply } => vec![Input::Reply { call, reply }],
            Out::Up { capabilities } | Out::Learned { capabilities } => vec![
                Input::Link { profile: profile.clone(), link: Link::Up { capabilities } },
                Input::Link { profile, link: Link::State(BackendState::Live) },
            ],
            Out::Send(_) | Out::Log { .. } => Vec::new(),
            Out::WrongProfile { .. } | Out::Disconnect { .. } => panic!("{out:?}"),
        }
    }

    fn answer(&mut self, request: &str) -> String {
        let request: Value = serde_json::from_str(request).expect("a request");
        let (id, method) = (&request["id"], request["method"].as_str().unwrap_or_default());
        if let Some(said) = self.answers.get(method) {
            return format!(r#"{{"jsonrpc": "2.0", "id": {id}, {said}}}"#);
        }
        let result = match method {
            "session.create" => {
                json!({"session_id": LIVE, "stored_session_id": "20261121_030005_abcdef", "message_count": 0,
                "messages": [], "info": {"model": "a-model", "cwd": "/home/me/code", "branch": "main", "profile_name": "default"}})
            }
            "prompt.submit" => json!({"status": "streaming"}),
            "setup.status" => json!({"provider_configured": true}),
            _ => json!({}),
        };
        json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string()
    }

    /// The person does something; what the terminal asks of the hub is asked.
    pub(crate) fn does(&mut self, input: events::Input) {
        self.stage.input(input);
        self.said();
    }

    /// Presses keys, named as in the key table.
    pub(crate) fn keys(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.stage.keys(key);
            self.said();
        }
    }

    fn said(&mut self) {
        let asked = self.stage.asked();
        self.stage.done.clear();
        for (ask, command) in asked {
            self.input(Input::Command { client: TERMINAL, ask, command, wall: WallMs(0) });
        }
    }

    /// Draws a frame, writes it and the title, and holds the emulator's screen to it.
    pub(crate) fn shoot(&mut self) -> Shot {
        let buffer = self.stage.buffer();
        self.wire.0.borrow_mut().clear();
        let cursor = self.stage.cursor;
        let painted = self.canvas.draw(|cells| {
            cells.clone_from(&buffer);
            cursor
        });
        painted.expect("bytes are written");
        self.wire.0.borrow_mut().extend(term::titled(&self.stage.title).into_bytes());
        let bytes = self.wire.0.borrow().clone();
        self.vt.process(&bytes);
        let rows = super::check::rows(&buffer);
        Shot { buffer, rows, bytes }
    }

    pub(crate) fn screen(&self) -> &vt100::Screen {
        self.vt.screen()
    }
}

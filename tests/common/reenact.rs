//! A recording acted out again: the person of the recording works with hermux, the recorded backend answers it. What the recorder's
//! client asked becomes commands; what the registry then asks is answered by the recorded answers; every event goes its way.
//!
//! The recorder did things that hermux never does (a second text to a busy session, a close in mid turn, a second client).
//! Those are left out here and stand as what another client did: their events still come.

use super::transcript::paths;
use hermux::{
    base::{
        clock::{Tick, WallMs},
        ids::{
            AskId, CallId, ClientId, Epoch, LineageRoot, LiveId, ProfileName, RequestId, SecretHandle,
            SendRef, SessionId, StoredId,
        },
        secret::Secret,
    },
    config::limits::Limits,
    model::{
        agent::{Call, Link},
        body::Body,
        patch::{Change, Patch},
        profile::{BackendState, Profile},
        prompt::{PromptAnswer, PromptKind},
        world::World,
    },
    proto::{Answer, Command, command::CloseRunning},
    registry::{Effect, Input, Registry, Settings, input::Loaded},
    wire::{Feed, Out},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    path::PathBuf,
};

const ME: ClientId = ClientId(1);

/// A request of the recorder's client, its answer once that was seen, and the call of hermux that it answers.
struct Request {
    id: Value,
    method: String,
    params: Value,
    /// The stored session that it resumes.
    stored: Option<StoredId>,
    answer: Option<Value>,
    call: Option<Value>,
}

/// An id that a session got: its stored one, its root, and its place among the tabs then.
pub(crate) type Named = (SessionId, Option<StoredId>, Option<LineageRoot>, Option<usize>);

pub(crate) struct Reenactment {
    pub(crate) name: String,
    /// How each session stood when it was closed, and those that stood open at the end.
    pub(crate) text: String,
    /// Every id that a session got, in order, and its place among the tabs then.
    pub(crate) ids: Vec<Named>,
    registry: Registry,
    mirror: World,
    profile: ProfileName,
    feed: Option<Feed>,
    conn: String,
    requests: Vec<Request>,
    /// Calls of hermux that no recorded request was found for yet: their frames' ids.
    calls: Vec<(Call, Value)>,
    /// The sessions that hermux opened, by their live id in the recording.
    sessions: BTreeMap<String, SessionId>,
    inbox: VecDeque<Input>,
    stepping: bool,
    /// The live id of the session that is to be made next.
    wanted: String,
    now: Tick,
    asks: u64,
    epochs: u64,
}

/// Acts out every recording.
pub(crate) fn all() -> Vec<Reenactment> {
    paths().iter().map(of).collect()
}

fn of(path: &PathBuf) -> Reenactment {
    let recorded = fs::read_to_string(path).unwrap();
    let mut lines = recorded.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let meta = lines.next().unwrap();
    let profile = ProfileName::new(meta["meta"]["profile"].as_str().unwrap_or("default")).unwrap();
    let settings = Settings {
        primary: profile.clone(),
        cwd: "/start".to_owned(),
        limits: Limits::default(),
        first_id: 100,
    };
    let mut play = Reenactment {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        text: String::new(),
        ids: Vec::new(),
        registry: Registry::new(settings),
        mirror: World::default(),
        profile: profile.clone(),
        feed: None,
        conn: String::new(),
        requests: Vec::new(),
        calls: Vec::new(),
        sessions: BTreeMap::new(),
        inbox: VecDeque::new(),
        stepping: false,
        wanted: String::new(),
        now: Tick(0),
        asks: 0,
        epochs: 0,
    };
    play.input(Input::ProfilesSeen(vec![Profile::new(profile.clone(), "/home")].into()));
    play.command(Command::Wake { profile });
    for line in lines {
        play.line(&line);
    }
    let open: Vec<_> = play.sessions.values().copied().collect();
    for session in open {
        play.write(session);
    }
    play
}

impl Reenactment {
    /// What the person pinned.
    pub(crate) fn pins(&self) -> Vec<LineageRoot> {
        self.mirror.shelf.pins.values().flatten().cloned().collect()
    }

    fn line(&mut self, line: &Value) {
        let at = Tick((line["t"].as_f64().unwrap_or(0.0) * 1000.0) as u64);
        while let Some(due) = self.registry.next_timer().filter(|due| *due <= at) {
            self.now = self.now.max(due);
            self.input(Input::Timer);
        }
        self.now = self.now.max(at);
        let conn = line["conn"].as_str().unwrap_or("").to_owned();
        if line.get("close").is_some() {
            if self.feed.is_some() && conn == self.conn {
                self.down();
            }
            return;
        }
        let Some(frame) = line.get("frame") else { return };
        let frame = &unshortened(frame);
        // A second connection beside an open one is another client's.
        if self.feed.is_none() {
            self.epochs += 1;
            self.feed = Some(Feed::new(self.profile.clone(), Epoch(self.epochs)));
            self.conn = conn;
        } else if conn != self.conn {
            return;
        }
        if line["dir"] == "out" {
            self.asked(frame);
        } else if frame["method"] == "event" {
            self.frame(&frame.to_string());
        } else if let Some(at) = self.requests.iter().position(|request| request.id == frame["id"]) {
            self.requests[at].answer = Some(frame.clone());
            self.answer(at);
        }
    }

    /// Passes the recorded answer on, if hermux asked for it.
    fn answer(&mut self, at: usize) {
        let request = &self.requests[at];
        if let (Some(id), Some(answer)) = (&request.call, &request.answer) {
            let mut answer = answer.clone();
            answer["id"] = id.clone();
            self.requests.remove(at);
            self.frame(&answer.to_string());
        }
    }

    fn frame(&mut self, text: &str) {
        let now = self.now;
        let outs = self.feed.as_mut().unwrap().text(text, now);
        for out in outs {
            self.out(out);
        }
    }

    fn down(&mut self) {
        let outs = self.feed.take().unwrap().down();
        self.requests.clear();
        self.calls.clear();
        self.input(Input::Link {
            profile: self.profile.clone(),
            link: Link::Down { process: false, why: "the socket closed".into() },
        });
        for out in outs {
            self.out(out);
        }
    }

    fn out(&mut self, out: Out) {
        let profile = self.profile.clone();
        match out {
            Out::Up { capabilities } => {
                self.input(Input::Link { profile: profile.clone(), link: Link::Up { capabilities } });
                self.input(Input::Link { profile, link: Link::State(BackendState::Live) });
            }
            Out::Fact { live, fact } => self.input(Input::Fact { profile, live, fact }),
            Out::Reply { call, reply } => self.input(Input::Reply { call, reply }),
            Out::Send(_) | Out::Log { .. } => {}
            Out::Learned { .. } | Out::WrongProfile { .. } | Out::Disconnect { .. } => panic!("{out:?}"),
        }
    }

    fn command(&mut self, command: Command) {
        self.asks += 1;
        self.input(Input::Command { client: ME, ask: AskId(self.asks), command, wall: WallMs(0) });
    }

    /// One step, and what the hub would do after it. The mirror gets the patches and must be the same (I2).
    fn input(&mut self, input: Input) {
        self.inbox.push_back(input);
        if std::mem::replace(&mut self.stepping, true) {
            return;
        }
        while let Some(input) = self.inbox.pop_front() {
            self.step(input);
        }
        self.stepping = false;
    }

    fn step(&mut self, input: Input) {
        let step = self.registry.step(input, self.now);
        for patch in &step.patches {
            self.mirror.apply(patch).unwrap();
            if let Patch::Session { session, change: Change::Ids { stored, lineage } } = patch {
                let tab = self.mirror.tabs.iter().position(|id| id == session);
                self.ids.push((*session, stored.clone(), lineage.clone(), tab));
                let pin = lineage.clone().filter(|_| self.mirror.shelf.pins.is_empty());
                if let Some(lineage) = pin {
                    let profile = self.profile.clone();
                    self.command(Command::Pin { profile, lineage, on: true });
                }
            }
        }
        assert_eq!(&self.mirror, self.registry.world(), "{}", self.name);
        for effect in step.effects {
            match effect {
                Effect::Call { call, what, timeout, .. } => self.call(call, &what, timeout),
                Effect::Store { job } => self.input(Input::Stored { jobs: vec![job], result: Ok(()) }),
                Effect::Load { session, stored, .. } => {
                    self.input(Input::Loaded {
                        session,
                        loaded: Loaded { stored, row: None, body: Body::default() },
                    });
                }
                Effect::Answer { answer: Answer::Opened(session), .. } => {
                    // Known by its live id when that is.
                    self.sessions.insert(String::new(), session);
                }
                Effect::Log { what: what @ "a patch did not fit", detail } => {
                    panic!("{}: {what}: {detail}", self.name)
                }
                _ => {}
            }
        }
    }

    fn call(&mut self, id: CallId, call: &Call, timeout: u64) {
        let now = self.now;
        let Some(feed) = self.feed.as_mut() else {
            panic!("{}: a call without a connection: {call:?}", self.name)
        };
        let frame = feed.call(id, call, timeout, now, |_| Some(Secret::new("typed".into()))).unwrap();
        let frame: Value = serde_json::from_str(frame.text()).unwrap();
        let id = frame["id"].clone();
        if *call == Call::Setup {
            return self.frame(&json!({"id": id, "result": {"provider_configured": true}}).to_string());
        }
        let wanted = &self.wanted;
        match self.requests.iter().rposition(|request| request.call.is_none() && fits(call, request, wanted))
        {
            Some(at) => {
                self.requests[at].call = Some(id);
                self.answer(at);
            }
            None => self.calls.push((call.clone(), id)),
        }
    }

    /// The recorder's client asked something: the person does what makes hermux ask the same.
    fn asked(&mut self, frame: &Value) {
        let params = &frame["params"];
        let mut request = Request {
            id: frame["id"].clone(),
            method: frame["method"].as_str().unwrap_or("").to_owned(),
            params: params.clone(),
            stored: self.stored_of(frame),
            answer: None,
            call: None,
        };
        if let Some(at) = self.calls.iter().position(|(call, _)| fits(call, &request, &self.wanted)) {
            request.call = Some(self.calls.remove(at).1);
        }
        let text = |name: &str| params[name].as_str().unwrap_or("").to_owned();
        let method = request.method.clone();
        self.requests.push(request);
        let live = text("session_id");
        let session = self.sessions.get(&live).copied();
        match (method.as_str(), session) {
            ("prompt.submit", None) => self.open_and_send(&live, text("text")),
            ("prompt.submit", Some(session)) if !self.is_busy(session) => {
                let reference = SendRef(self.asks);
                self.command(Command::Send { session, text: text("text"), reference });
            }
            ("session.interrupt", Some(session)) => self.command(Command::Interrupt { session }),
            ("session.title", Some(session)) if params["title"].is_string() => {
                self.command(Command::Rename { session, title: text("title") });
            }
            ("session.close", Some(session)) if !self.is_busy(session) => {
                self.write(session);
                self.sessions.retain(|_, open| *open != session);
                self.command(Command::CloseTab { session, running: CloseRunning::Stop });
            }
            ("approval.respond", Some(session)) => self.reply(session, &text("choice")),
            ("clarify.respond" | "sudo.respond" | "secret.respond", _) => {
                let said = ["answer", "password", "value"].map(text).concat();
                let asked = self.registry.world().sessions.values().find(|session| {
                    session.current_prompt().and_then(|prompt| prompt.request.as_ref()).map(RequestId::as_str)
                        == params["request_id"].as_str()
                });
                if let Some(session) = asked.map(|session| session.id) {
                    self.reply(session, &said);
                }
            }
            _ => {}
        }
    }

    /// The first text to a session that hermux does not have: a fresh one, or a stored one.
    fn open_and_send(&mut self, live: &str, text: String) {
        let built = self.requests.iter().rev().find_map(|request| {
            let result = &request.answer.as_ref()?["result"];
            (result["session_id"] == live).then(|| (request.method.clone(), result.clone()))
        });
        let profile = self.profile.clone();
        match built {
            Some((method, _)) if method == "session.create" => {
                self.command(Command::NewSession { profile, cwd: "/w".to_owned() });
            }
            Some((_, result)) => {
                // A branch: hermux makes none.
                let Some(stored) = result["session_key"].as_str().and_then(StoredId::new) else { return };
                self.command(Command::OpenStored { profile, stored });
            }
            // Nothing that hermux could have opened.
            None => return,
        }
        let session = self.sessions.remove("").unwrap();
        self.sessions.insert(live.to_owned(), session);
        live.clone_into(&mut self.wanted);
        let reference = SendRef(self.asks);
        self.command(Command::Send { session, text, reference });
    }

    /// The stored id of what a recorded request names by its live id or its stored one.
    fn stored_of(&self, frame: &Value) -> Option<StoredId> {
        let id = frame["params"]["session_id"].as_str()?;
        let world = self.registry.world();
        let open = self.sessions.get(id).and_then(|session| world.sessions.get(session));
        open.map_or_else(|| StoredId::new(id), |session| session.stored.clone())
    }

    fn is_busy(&self, session: SessionId) -> bool {
        self.registry.world().sessions[&session].turn.is_busy()
    }

    /// Answers the card that stands first. One that is dead cannot be answered: the recorder's late answers end here.
    fn reply(&mut self, session: SessionId, said: &str) {
        let Some(prompt) = self.registry.world().sessions[&session].current_prompt() else { return };
        let place = |choices: &[hermux::base::text::Untrusted]| {
            choices.iter().position(|choice| choice.raw() == said)
        };
        let answer = match &prompt.kind {
            PromptKind::Approval { choices, .. } => match place(choices) {
                Some(place) => PromptAnswer::Choice(place),
                None => return,
            },
            PromptKind::Clarify { choices, .. } => {
                place(choices).map_or_else(|| PromptAnswer::Text(said.to_owned()), PromptAnswer::Choice)
            }
            _ if said.is_empty() => PromptAnswer::Skip,
            _ => PromptAnswer::Secret(SecretHandle(1)),
        };
        let (prompt, digest) = (prompt.id, prompt.digest());
        self.command(Command::Answer { session, prompt, digest, answer });
    }

    fn write(&mut self, session: SessionId) {
        let world = self.registry.world();
        if let Some(session) = world.sessions.get(&session) {
            self.text.push_str(&super::picture::of(session));
        }
    }
}

/// Some recordings have long texts cut, and a note where. Of a text that repeats the answer's beginning the note is no part: it
/// would make the repetition another text.
fn unshortened(frame: &Value) -> Value {
    let mut frame = frame.clone();
    if frame["params"]["type"] == "reasoning.available" {
        let text = frame["params"]["payload"]["text"].as_str().unwrap_or("");
        let whole = text.split("...[shortened").next().unwrap_or("").to_owned();
        frame["params"]["payload"]["text"] = whole.into();
    }
    frame
}

/// Whether `request` is what `call` asks, so that its recorded answer answers the call.
fn fits(call: &Call, request: &Request, wanted: &str) -> bool {
    let is = |name: &str, id: &str| request.params[name] == id;
    let here = |live: &LiveId| is("session_id", live.as_str());
    match (call, request.method.as_str()) {
        (Call::Create { .. }, "session.create") => {
            request.answer.as_ref().is_some_and(|answer| answer["result"]["session_id"] == wanted)
        }
        (Call::Resume { stored, .. }, "session.resume" | "session.activate") => {
            request.stored.as_ref() == Some(stored)
                || request
                    .answer
                    .as_ref()
                    .is_some_and(|answer| answer["result"]["session_key"] == stored.as_str())
        }
        (Call::ActiveList, "session.active_list") => true,
        (Call::Submit { live, text }, "prompt.submit") => here(live) && is("text", text),
        (Call::Interrupt { live }, "session.interrupt")
        | (Call::Close { live }, "session.close")
        | (Call::Approve { live, .. }, "approval.respond")
        | (Call::Title { live, .. }, "session.title") => here(live),
        (Call::Clarify { request: id, .. }, "clarify.respond")
        | (Call::Sudo { request: id, .. }, "sudo.respond")
        | (Call::Secret { request: id, .. }, "secret.respond") => is("request_id", id.as_str()),
        _ => false,
    }
}

//! A registry with a world around it: three profiles, a clock, and a mirror that is compared after every step (I1, I2).

use crate::{
    base::{
        clock::{Tick, WallMs},
        ids::{AskId, CallId, ClientId, LiveId, ProfileName, SendRef, SessionId, StoredId, ToolId},
        text::Untrusted,
    },
    config::limits::Limits,
    model::{
        agent::{Built, Call, Capabilities, Fact, InfoFact, Link, Reply, Submitted, ToolResult, TurnOutcome},
        body::Body,
        message::{Message, Part},
        profile::{BackendState, Profile},
        session::Session,
        tool::ToolState,
        turn::TurnState,
        world::World,
    },
    proto::{Answer, Command, Refusal},
    registry::{Effect, Input, Registry, Settings, Step},
};
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const CLIENT: ClientId = ClientId(1);

pub(super) fn profile(name: &str) -> ProfileName {
    ProfileName::new(name).unwrap()
}

pub(super) fn live(id: &str) -> LiveId {
    LiveId::new(id).unwrap()
}

/// A reference that no other send has.
pub(super) fn reference() -> SendRef {
    static LAST: AtomicU64 = AtomicU64::new(1 << 40);
    SendRef(LAST.fetch_add(1, Ordering::Relaxed))
}

pub(super) fn stored(id: &str) -> StoredId {
    StoredId::new(id).unwrap()
}

pub(super) fn tool(id: &str) -> ToolId {
    ToolId::new(id).unwrap()
}

pub(super) struct Rig {
    pub reg: Registry,
    pub now: u64,
    mirror: World,
    asks: u64,
}

impl Rig {
    /// With its three profiles.
    pub(super) fn new() -> Self {
        Self::with(Limits::default())
    }

    pub(super) fn with(limits: Limits) -> Self {
        let mut rig = Self::unseen(limits);
        rig.profiles(&["default", "research", "work"]);
        rig
    }

    /// Before the profiles were seen.
    pub(super) fn empty() -> Self {
        Self::unseen(Limits::default())
    }

    /// With its three profiles, begun in this one.
    pub(super) fn started_in(primary: &str) -> Self {
        let mut rig = Self::unseen_in(primary, Limits::default());
        rig.profiles(&["default", "research", "work"]);
        rig
    }

    fn unseen(limits: Limits) -> Self {
        Self::unseen_in("default", limits)
    }

    fn unseen_in(primary: &str, limits: Limits) -> Self {
        let settings =
            Settings { primary: profile(primary), cwd: "/start".to_owned(), limits, first_id: 100 };
        Self { reg: Registry::new(settings), now: 1_000, mirror: World::default(), asks: 0 }
    }

    /// These profiles are on disk.
    pub(super) fn profiles(&mut self, names: &[&str]) -> Vec<Effect> {
        let seen = names.iter().map(|name| Profile::new(profile(name), "/home"));
        self.run(Input::ProfilesSeen(seen.collect::<Vec<_>>().into()))
    }

    /// One step; the mirror takes its patches and must equal the world.
    pub(super) fn step(&mut self, input: Input) -> Step {
        let step = self.reg.step(input, Tick(self.now));
        for patch in &step.patches {
            self.mirror.apply(patch).unwrap();
        }
        assert_eq!(&self.mirror, self.reg.world());
        let known = |id: &SessionId| self.mirror.sessions.contains_key(id);
        assert!(self.reg.runs.keys().all(known), "what a session was wired to leaves with it");
        for effect in &step.effects {
            if let Effect::Log { what: what @ "a patch did not fit", detail } = effect {
                panic!("{what}: {detail}");
            }
        }
        step
    }

    /// A step, and what the hub does at once after it: a text that is to be put on disk is, and so is a colour.
    pub(super) fn run(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = self.step(input).effects;
        let mut at = 0;
        while let Some(effect) = effects.get(at) {
            if let Effect::Store { job } = effect {
                let job = *job;
                effects.extend(self.step(Input::Stored { jobs: vec![job], result: Ok(()) }).effects);
            }
            if let Some(Effect::Paint { id, .. }) = effects.get(at) {
                let id = *id;
                effects.extend(self.step(Input::Painted { id, result: Ok(()) }).effects);
            }
            at += 1;
        }
        effects
    }

    pub(super) fn command(&mut self, command: Command) -> Vec<Effect> {
        self.asks += 1;
        self.run(Input::Command { client: CLIENT, ask: AskId(self.asks), command, wall: WallMs(7) })
    }

    /// The one answer or refusal of a command.
    pub(super) fn ask(&mut self, command: Command) -> Result<Answer, Refusal> {
        let effects = self.command(command);
        let mut said = effects.into_iter().filter_map(|effect| match effect {
            Effect::Answer { answer, .. } => Some(Ok(answer)),
            Effect::Refuse { reason, .. } => Some(Err(reason)),
            _ => None,
        });
        let first = said.next().expect("a command is answered");
        assert!(said.next().is_none(), "a command is answered once");
        first
    }

    pub(super) fn opened(&mut self, command: Command) -> SessionId {
        match self.ask(command) {
            Ok(Answer::Opened(session)) => session,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn draft(&mut self, name: &str) -> SessionId {
        self.opened(Command::NewSession { profile: profile(name), cwd: "/w".to_owned() })
    }

    pub(super) fn send(&mut self, session: SessionId, text: &str) -> Vec<Effect> {
        self.command(Command::Send { session, text: text.to_owned(), reference: reference() })
    }

    pub(super) fn state(&mut self, name: &str, state: BackendState) -> Vec<Effect> {
        self.run(Input::Link { profile: profile(name), link: Link::State(state) })
    }

    pub(super) fn up(&mut self, name: &str) -> Vec<Effect> {
        let link = Link::Up { capabilities: Capabilities::default() };
        let effects = self.run(Input::Link { profile: profile(name), link });
        self.state(name, BackendState::Live);
        effects
    }

    pub(super) fn down(&mut self, name: &str, process: bool) -> Vec<Effect> {
        self.run(Input::Link { profile: profile(name), link: Link::Down { process, why: "gone".into() } })
    }

    pub(super) fn fact(&mut self, name: &str, id: &str, fact: Fact) -> Vec<Effect> {
        self.run(Input::Fact { profile: profile(name), live: Some(live(id)), fact })
    }

    pub(super) fn reply(&mut self, call: CallId, reply: Reply) -> Vec<Effect> {
        self.run(Input::Reply { call, reply })
    }

    /// Answers every question for background processes, and what comes of that.
    pub(super) fn processes(&mut self, effects: &[Effect], running: usize, ended: usize) -> Vec<Effect> {
        let asked = calls_of(effects).into_iter().filter(|(_, what)| matches!(what, Call::Processes { .. }));
        let replies = asked.map(|(call, _)| (call, Reply::Processes { running, ended }));
        replies.flat_map(|(call, reply)| self.reply(call, reply)).collect()
    }

    /// A stop on purpose goes its way.
    pub(super) fn stopped(&mut self, name: &str) -> Vec<Effect> {
        let mut effects = self.state(name, BackendState::Stopping);
        effects.extend(self.down(name, true));
        effects.extend(self.state(name, BackendState::Cold));
        effects
    }

    /// Time passes; timers fire when they are due.
    pub(super) fn wait(&mut self, ms: u64) -> Vec<Effect> {
        let end = self.now + ms;
        let mut effects = Vec::new();
        while let Some(at) = self.reg.next_timer().filter(|at| at.0 <= end) {
            self.now = self.now.max(at.0);
            effects.extend(self.run(Input::Timer));
        }
        self.now = end;
        effects
    }

    /// A session of `name` that was sent "hi", built as `id`, answered "hello" and is idle.
    pub(super) fn ready(&mut self, name: &str, id: &str) -> SessionId {
        let session = self.running(name, id);
        self.text(name, id, "hello");
        self.end(name, id);
        self.command(Command::MarkRead { session });
        session
    }

    /// The same with its turn under way and nothing said.
    pub(super) fn running(&mut self, name: &str, id: &str) -> SessionId {
        let session = self.draft(name);
        let mut effects = self.send(session, "hi");
        if !self.reg.world().profile(&profile(name)).unwrap().backend.is_live() {
            effects = self.up(name);
        }
        let create = call_of(&effects, |what| matches!(what, Call::Create { .. }));
        let effects = self.reply(create, built(id, None));
        let submit = call_of(&effects, |what| matches!(what, Call::Submit { .. }));
        self.fact(name, id, Fact::TurnStarted);
        self.reply(submit, Reply::Submitted(Submitted::Streaming));
        session
    }

    pub(super) fn text(&mut self, name: &str, id: &str, text: &str) {
        self.fact(name, id, Fact::Text { text: text.into(), step_break: text.starts_with("\n\n") });
    }

    /// Both signs of a turn's end.
    pub(super) fn end(&mut self, name: &str, id: &str) -> Vec<Effect> {
        let mut effects = self.fact(name, id, ended(TurnOutcome::Complete, None));
        effects.extend(self.fact(name, id, idle()));
        effects
    }

    pub(super) fn session(&self, session: SessionId) -> &Session {
        self.reg.world().sessions.get(&session).expect("the session is open")
    }

    pub(super) fn turn(&self, session: SessionId) -> TurnState {
        self.session(session).turn.state.clone()
    }

    pub(super) fn body(&self, session: SessionId) -> &Body {
        self.session(session).body.as_ref().unwrap()
    }

    pub(super) fn last(&self, session: SessionId) -> &Message {
        self.body(session).messages.last().expect("there is a message")
    }

    /// Every message as `role: its parts`.
    pub(super) fn lines(&self, session: SessionId) -> Vec<String> {
        self.body(session).messages.iter().map(line).collect()
    }
}

fn line(message: &Message) -> String {
    let parts: Vec<String> = message
        .parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.raw().to_owned(),
            Part::Reasoning { text, .. } => format!("({})", text.raw()),
            Part::Tool(tool) => format!("[{} {:?}]", tool.name.raw(), tool.state),
            Part::Note { text, .. } => format!("<{}>", text.raw()),
        })
        .collect();
    format!("{:?}: {}", message.role, parts.join("|"))
}

pub(super) fn call_of(effects: &[Effect], which: impl Fn(&Call) -> bool) -> CallId {
    let found = calls_of(effects).into_iter().find(|(_, what)| which(what));
    found.unwrap_or_else(|| panic!("no such call in {effects:#?}")).0
}

pub(super) fn calls_of(effects: &[Effect]) -> Vec<(CallId, Call)> {
    let calls = effects.iter().filter_map(|effect| match effect {
        Effect::Call { call, what, .. } => Some((*call, what.clone())),
        _ => None,
    });
    calls.collect()
}

pub(super) fn submits(effects: &[Effect]) -> Vec<String> {
    let texts = calls_of(effects).into_iter().filter_map(|(_, what)| match what {
        Call::Submit { text, .. } => Some(text),
        _ => None,
    });
    texts.collect()
}

/// How many starts these effects ask for.
pub(super) fn starts(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::StartBackend { .. })).count()
}

pub(super) fn built(id: &str, change: Option<&dyn Fn(&mut Built)>) -> Reply {
    let mut built = Built {
        live: live(id),
        stored: Some(stored(&format!("stored_{id}"))),
        info: InfoFact::default(),
        messages: Vec::new(),
        older: false,
        running: None,
        waiting: false,
        inflight: None,
        queued: None,
    };
    if let Some(change) = change {
        change(&mut built);
    }
    Reply::Built(Box::new(built))
}

pub(super) fn ended(outcome: TurnOutcome, text: Option<&str>) -> Fact {
    Fact::TurnEnded { outcome, text: text.map(Untrusted::from), usage: None, warning: None }
}

pub(super) fn idle() -> Fact {
    Fact::Info(Box::new(InfoFact { running: Some(false), ..InfoFact::default() }))
}

pub(super) fn tool_started(id: &str, name: &str, context: &str) -> Fact {
    Fact::ToolStarted { id: tool(id), name: name.into(), context: context.into(), args: None }
}

pub(super) fn tool_finished(id: &str, name: &str, state: ToolState) -> Fact {
    Fact::ToolFinished(Box::new(ToolResult {
        id: Some(tool(id)),
        name: name.into(),
        args: None,
        state,
        millis: Some(5),
        output: "out".into(),
        output_len: 3,
        diff: None,
        todos: None,
    }))
}

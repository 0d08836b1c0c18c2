//! Who stays live, with the real Hermes: a hub as a terminal drives it, many tabs over three profiles, and the workers that the system
//! shows. Only the time in which a session counts as fresh is shorter than a person's.
//!
//! `.ci/run` installs Hermes and runs this; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_residency -- --ignored`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use common::home::Home;
use common::model::Model;
use common::{patience, seconds};
use hermux::base::clock::Clock;
use hermux::base::ids::{AskId, ProfileName, SendRef, SessionId};
use hermux::config::limits::Limits;
use hermux::hub::run::{Hub, Settings};
use hermux::model::message::Message;
use hermux::model::{terminal::TerminalInfo, turn::TurnState, world::World};
use hermux::proto::{Answer, CONTRACT, Command, Refusal, ToHub, Update, report::Starter, update::Snapshot};
use hermux::registry::{self, Registry};
use hermux::supervisor::launch::{Guarded, Program};
use hermux::supervisor::{self, Supervisor};
use hermux::transport::{local, port::Frame, port::TerminalPort};
use std::fs;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const HERMUX: &str = env!("CARGO_BIN_EXE_hermux");
const PROFILES: [&str; 3] = ["default", "work", "more"];
/// Tabs of each profile.
const TABS: usize = 10;
/// Sessions that a backend may keep built.
const BUILT: usize = 3;
/// Turns at once, as a person who sends them one by one would have them.
const AT_ONCE: usize = 5;

/// A terminal at a hub of this process.
struct Rig {
    terminal: TerminalPort,
    world: World,
    asks: u64,
    stop: CancellationToken,
    hub: JoinHandle<()>,
}

impl Rig {
    async fn new(home: &Home) -> Self {
        let clock = Clock::start();
        let (root, cwd) = (home.hermes(), home.work());
        // In the test's own home, whatever this process has for one.
        let env = home.env().into_iter().map(|(name, value)| {
            let mut word = name;
            word.push("=");
            word.push(value);
            word
        });
        let words = env.chain(std::env::var_os("HERMUX_TEST_HERMES")).collect();
        let (supervisor, events) = Supervisor::new(supervisor::Settings {
            home: root.clone(),
            runtime: home.path().join("run"),
            launcher: Box::new(Guarded {
                hermux: HERMUX.into(),
                program: Program::new("/usr/bin/env".into(), words),
                home: root.clone(),
                cwd: cwd.clone(),
            }),
            program: "hermes".into(),
            clock,
            seed: 1,
        });
        let primary = ProfileName::new(PROFILES[0]).unwrap();
        let cwd = cwd.to_string_lossy().into_owned();
        let limits = Limits { built: BUILT, pool_fresh: 500, look_again: 500, ..Limits::default() };
        let registry =
            Registry::new(registry::Settings { primary: primary.clone(), cwd, limits, first_id: 0 });
        let settings = Settings {
            profiles: supervisor::profiles::discover(&root).profiles,
            store: home.path().join("kept"),
            root,
            clock,
            starter: Starter::default(),
            socket: None,
        };
        let (ports, attaching) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let hub = tokio::spawn(Hub::new(settings, registry, supervisor, events).run(attaching, stop.clone()));
        let (terminal, port) = local::connect();
        ports.send(port).await.unwrap();
        let mut rig = Self { terminal, world: World::default(), asks: 0, stop, hub };
        let terminal = Some(TerminalInfo::default());
        rig.say(ToHub::Hello { contract: CONTRACT, terminal }).await;
        rig.until("the hub's greeting", |world| !world.tabs.is_empty()).await;
        rig
    }

    async fn say(&self, message: ToHub) {
        self.terminal.to_hub.send(Frame::Message(Box::new(message))).await.unwrap();
    }

    /// Takes one update in; an answer or a refusal is given back.
    async fn take(&mut self, what: &str) -> Option<(AskId, Result<Answer, Refusal>)> {
        let update = tokio::time::timeout(patience(seconds(60)), self.terminal.updates.recv());
        let update = update.await.unwrap_or_else(|_| panic!("never: {what}")).unwrap();
        let snapshot = |rig: &mut Self, snapshot: Snapshot| rig.world = snapshot.world;
        match update {
            Update::Welcome(welcome) => snapshot(self, welcome.snapshot),
            Update::Lagged(lagged) => snapshot(self, *lagged),
            Update::Patches { list, .. } => {
                for patch in &list {
                    self.world.apply(patch).unwrap();
                }
            }
            Update::Answer { ask, answer } => return Some((ask, Ok(answer))),
            Update::Refused { ask, reason } => return Some((ask, Err(reason))),
            _ => {}
        }
        None
    }

    async fn ask(&mut self, command: Command) -> Answer {
        self.asks += 1;
        let (asked, what) = (AskId(self.asks), format!("{command:?}"));
        self.say(ToHub::Command { ask: asked, command }).await;
        loop {
            if let Some((ask, said)) = self.take(&what).await
                && ask == asked
            {
                return said.unwrap_or_else(|reason| panic!("{what}: {reason}"));
            }
        }
    }

    async fn until(&mut self, what: &str, is: impl Fn(&World) -> bool) {
        while !is(&self.world) {
            self.take(what).await;
        }
    }

    fn text(&self, session: SessionId) -> String {
        let body = self.world.sessions.get(&session).and_then(|known| known.body.as_ref());
        body.map(|body| body.messages.iter().map(Message::plain).collect::<Vec<_>>().join("\n"))
            .unwrap_or_default()
    }

    /// Says something in each of these and waits for the answers.
    async fn talk(&mut self, tabs: &[SessionId], round: usize) {
        for few in tabs.chunks(AT_ONCE) {
            for session in few {
                let text = format!("SAY tab {} says {round}", session.0);
                let command = send(*session, text);
                self.ask(command).await;
            }
            let answered = |world: &World, session: &SessionId| {
                let known = world.sessions.get(session).unwrap();
                let said = format!("tab {} says {round}", session.0);
                let ends = known.preview.raw().ends_with(&said) && !known.preview.raw().contains("SAY");
                assert!(!matches!(known.turn.state, TurnState::Failed(_)), "{:?}", known.turn);
                known.turn.state == TurnState::Idle && ends
            };
            self.until("every tab answers", |world| few.iter().all(|session| answered(world, session))).await;
        }
    }

    fn built(&self) -> usize {
        self.world.sessions.values().filter(|known| known.built).count()
    }
}

fn send(session: SessionId, text: String) -> Command {
    let reference = SendRef(hermux::base::sys::files::random_u64().unwrap());
    Command::Send { session, text, reference }
}

/// The processes that built sessions cost (CHECK 52).
fn workers(home: &Home) -> usize {
    home.mark.living().iter().filter(|process| process.command.contains("slash_worker")).count()
}

/// DECISIONS 17, CHECK 52, A11: however many tabs are open, only so many workers live; and every tab answers when it is used, with all
/// that was said in it before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Hermes; .ci/run runs it"]
async fn thirty_tabs_cost_the_workers_of_the_bound_and_each_answers_when_it_is_used() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let more = home.hermes().join("profiles").join(PROFILES[2]);
    fs::create_dir_all(&more).unwrap();
    fs::copy(home.hermes().join("config.yaml"), more.join("config.yaml")).unwrap();
    let mut rig = Rig::new(&home).await;
    let mut tabs = Vec::new();
    for profile in PROFILES {
        for tab in 0..TABS {
            // An empty draft is used again: each gets its first text before the next one is opened.
            let command = Command::NewSession {
                profile: ProfileName::new(profile).unwrap(),
                cwd: home.work().to_string_lossy().into_owned(),
            };
            let Answer::Opened(session) = rig.ask(command).await else { panic!("a tab") };
            rig.ask(Command::Watch { session }).await;
            let command = send(session, format!("SAY tab {} says 0", session.0));
            rig.ask(command).await;
            tabs.push(session);
            if tab % AT_ONCE == AT_ONCE - 1 {
                let idle =
                    |world: &World| world.sessions.values().all(|known| known.turn.state == TurnState::Idle);
                rig.until("the first turns", idle).await;
            }
        }
    }
    assert_eq!(tabs.len(), 30);
    let bound = PROFILES.len() * BUILT;
    rig.until("only so many are built", |world| {
        world.sessions.values().filter(|known| known.built).count() <= bound
    })
    .await;
    let alive = workers(&home);
    assert!((1..=bound).contains(&alive), "{alive} workers, {} built", rig.built());
    assert!(!rig.world.sessions[&tabs[0]].built, "the first one was put away");
    // All of them, those that were put away and those that are built.
    rig.talk(&tabs, 1).await;
    for session in &tabs {
        let said = rig.text(*session);
        for round in 0..2 {
            let answer = format!("tab {} says {round}", session.0);
            let count = said.lines().filter(|line| *line == answer).count();
            assert_eq!(count, 1, "said once, and still there: {said}");
        }
    }
    rig.until("only so many are built again", |world| {
        world.sessions.values().filter(|known| known.built).count() <= bound
    })
    .await;
    let alive = workers(&home);
    assert!(alive <= bound, "{alive} workers, {} built", rig.built());
    rig.stop.cancel();
    rig.hub.await.unwrap();
    home.mark.assert_none_left(seconds(5));
}

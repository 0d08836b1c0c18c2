//! A hub in this process with the real Hermes below it, and a terminal that drives it without a screen.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part of this")]

use crate::common::home::Home;
use crate::common::{patience, seconds};
use hermux::base::clock::Clock;
use hermux::base::ids::{AskId, ProfileName};
use hermux::config::limits::Limits;
use hermux::hub::run::{Hub, Settings};
use hermux::model::{terminal::TerminalInfo, world::World};
use hermux::proto::{Answer, CONTRACT, Command, Refusal, ToHub, Update, report::Starter, update::Snapshot};
use hermux::registry::{self, Registry};
use hermux::supervisor::launch::{Guarded, Program};
use hermux::supervisor::{self, Supervisor};
use hermux::transport::{local, port::Frame, port::TerminalPort};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const HERMUX: &str = env!("CARGO_BIN_EXE_hermux");

/// A terminal at a hub of this process.
pub struct Rig {
    terminal: TerminalPort,
    pub world: World,
    asks: u64,
    stop: CancellationToken,
    hub: JoinHandle<()>,
}

impl Rig {
    /// A hub over the Hermes home of `home`, started at its profile `default`.
    pub async fn new(home: &Home, limits: Limits) -> Self {
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
        let primary = ProfileName::default_profile();
        let cwd = cwd.to_string_lossy().into_owned();
        let registry = Registry::new(registry::Settings { primary, cwd, limits, first_id: 0 });
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

    pub async fn say(&self, message: ToHub) {
        self.terminal.to_hub.send(Frame::Message(Box::new(message))).await.unwrap();
    }

    /// Takes one update in; an answer or a refusal is given back.
    pub async fn take(&mut self, what: &str) -> Option<(AskId, Result<Answer, Refusal>)> {
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

    /// What a command is answered with, or why it was refused.
    pub async fn try_ask(&mut self, command: Command) -> Result<Answer, Refusal> {
        self.asks += 1;
        let (asked, what) = (AskId(self.asks), format!("{command:?}"));
        self.say(ToHub::Command { ask: asked, command }).await;
        loop {
            if let Some((ask, said)) = self.take(&what).await
                && ask == asked
            {
                return said;
            }
        }
    }

    pub async fn ask(&mut self, command: Command) -> Answer {
        let what = format!("{command:?}");
        self.try_ask(command).await.unwrap_or_else(|reason| panic!("{what}: {reason} {reason:?}"))
    }

    /// Takes what comes until the world is so.
    pub async fn until(&mut self, what: &str, is: impl Fn(&World) -> bool) {
        while !is(&self.world) {
            self.take(what).await;
        }
    }

    /// Ends the hub, and sees that nothing of it is left.
    pub async fn close(self, home: &Home) {
        self.stop.cancel();
        self.hub.await.unwrap();
        home.mark.assert_none_left(seconds(5));
    }
}

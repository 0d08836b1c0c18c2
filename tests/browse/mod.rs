//! A hub in this process over homes on disk, whose backends cannot start, and a terminal that browses without a screen.
#![allow(dead_code, unreachable_pub, reason = "a test and a bench use a part of this each")]

use hermux::{
    base::{
        clock::Clock,
        ids::{AskId, ProfileName},
    },
    config::limits::Limits,
    hub::run::{Hub, Settings},
    model::{terminal::TerminalInfo, world::World},
    proto::{Answer, CONTRACT, Command, Refusal, ToHub, Update, report::Starter},
    registry::{self, Registry},
    supervisor::{
        self, Supervisor,
        failure::Failure,
        launch::{Launcher, Order, Running},
    },
    transport::{
        local,
        port::{Frame, TerminalPort},
    },
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Counts what it is asked to start, and starts nothing.
#[derive(Debug, Clone, Default)]
struct Counting(Arc<AtomicUsize>);

impl Launcher for Counting {
    fn launch(&self, _: &Order<'_>) -> Result<Running, Failure> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(Failure::NoBinary("hermes".into()))
    }
}

pub struct Browse {
    terminal: TerminalPort,
    pub world: World,
    asks: u64,
    launched: Counting,
    stop: CancellationToken,
    hub: JoinHandle<()>,
    _kept: tempfile::TempDir,
}

impl Browse {
    /// Attaches to a new hub over the Hermes root `root`.
    pub async fn new(root: &Path) -> Self {
        let (clock, launched) = (Clock::start(), Counting::default());
        let kept = tempfile::tempdir().unwrap();
        let (supervisor, events) = Supervisor::new(supervisor::Settings {
            home: root.to_owned(),
            runtime: kept.path().join("run"),
            launcher: Box::new(launched.clone()),
            program: "hermes".into(),
            clock,
            seed: 1,
        });
        let settings = registry::Settings {
            primary: ProfileName::default_profile(),
            cwd: "/".into(),
            limits: Limits::default(),
            first_id: 0,
        };
        let settings_of_hub = Settings {
            profiles: supervisor::profiles::discover(root).profiles,
            store: kept.path().join("kept"),
            root: root.to_owned(),
            clock,
            starter: Starter::default(),
            socket: None,
        };
        let (ports, attaching) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let hub = Hub::new(settings_of_hub, Registry::new(settings), supervisor, events);
        let hub = tokio::spawn(hub.run(attaching, stop.clone()));
        let (terminal, port) = local::connect();
        ports.send(port).await.unwrap();
        let mut browse =
            Self { terminal, world: World::default(), asks: 0, launched, stop, hub, _kept: kept };
        browse.say(ToHub::Hello { contract: CONTRACT, terminal: Some(TerminalInfo::default()) }).await;
        while browse.world.tabs.is_empty() {
            browse.take().await;
        }
        browse
    }

    async fn say(&self, message: ToHub) {
        self.terminal.to_hub.send(Frame::Message(Box::new(message))).await.unwrap();
    }

    /// Takes one update in; an answer or a refusal is given back.
    pub async fn take(&mut self) -> Option<(AskId, Result<Answer, Refusal>)> {
        let update = tokio::time::timeout(Duration::from_secs(60), self.terminal.updates.recv());
        match update.await.unwrap().unwrap() {
            Update::Welcome(welcome) => self.world = welcome.snapshot.world,
            Update::Lagged(snapshot) => self.world = snapshot.world,
            Update::Patches { list, .. } => list.iter().for_each(|patch| self.world.apply(patch).unwrap()),
            Update::Answer { ask, answer } => return Some((ask, Ok(answer))),
            Update::Refused { ask, reason } => return Some((ask, Err(reason))),
            other => panic!("{other:?}"),
        }
        None
    }

    /// Asks, and waits for the last answer to it; of a search's pieces it is all hits.
    pub async fn ask(&mut self, command: Command) -> Result<Answer, Refusal> {
        self.asks += 1;
        let asked = AskId(self.asks);
        self.say(ToHub::Command { ask: asked, command }).await;
        let mut found = Vec::new();
        loop {
            match self.take().await {
                Some((ask, Ok(Answer::Hits { hits, done, problems }))) if ask == asked => {
                    found.extend(hits);
                    if done {
                        return Ok(Answer::Hits { hits: found, done, problems });
                    }
                }
                Some((ask, answer)) if ask == asked => return answer,
                _ => {}
            }
        }
    }

    /// How many backends were to be started.
    pub fn launched(&self) -> usize {
        self.launched.0.load(Ordering::SeqCst)
    }

    pub async fn close(self) {
        self.stop.cancel();
        self.hub.await.unwrap();
    }
}

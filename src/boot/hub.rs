//! A hub, put together: its lock, its socket, its backends, and its life until it is told to end.

use super::place::Place;
use crate::{
    base::{
        clock::Clock,
        ids::ProfileName,
        sys::{files::Lock, process::own_program},
        text::Untrusted,
    },
    config::{limits::Limits, paths::Paths},
    hub::{
        accept,
        run::{Hub, Settings},
    },
    proto::report::Starter,
    registry::{self, Registry},
    supervisor::{
        self, Supervisor,
        launch::{Guarded, Program},
    },
    transport::{port::HubPort, unix::Listener},
};
use anyhow::Context;
use std::path::PathBuf;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Terminals that attach at once; a full queue makes the next one wait.
const PORTS: usize = 4;

/// What a hub is asked to serve.
#[derive(Debug)]
pub struct Serve {
    pub paths: Paths,
    /// What runs as a backend.
    pub program: Program,
    /// The profile to begin in.
    pub primary: ProfileName,
    /// Where new sessions work unless the terminal says otherwise.
    pub cwd: PathBuf,
    pub limits: Limits,
    /// The terminal whose environment this is.
    pub tty: Option<String>,
}

/// A hub that listens and does not run yet.
#[derive(Debug)]
pub(super) struct Listening {
    hub: Hub,
    listener: Listener,
    ports: mpsc::Sender<HubPort>,
    attaching: mpsc::Receiver<HubPort>,
    lock: Lock,
}

/// Makes the hub of `place`, whose lock is held. From now on terminals reach it.
pub(super) fn listen(place: &Place, serve: Serve, lock: Lock, clock: Clock) -> anyhow::Result<Listening> {
    let listener = Listener::bind(&place.socket())
        .with_context(|| format!("the hub cannot listen at {}", place.socket().display()))?;
    let settings = registry::Settings {
        primary: serve.primary.clone(),
        cwd: serve.cwd.to_string_lossy().into_owned(),
        limits: serve.limits,
        // Above every id of every hub before: one mints far fewer than a million a second.
        first_id: (Clock::wall().0 / 1_000) << 20,
    };
    let (supervisor, events) = Supervisor::new(supervisor::Settings {
        home: serve.paths.hermes.clone(),
        runtime: serve.paths.runtime.clone(),
        program: serve.program.name(),
        launcher: Box::new(Guarded {
            hermux: own_program().context("hermux cannot find its own program")?,
            program: serve.program,
            home: serve.paths.hermes.clone(),
            cwd: serve.cwd,
        }),
        clock,
        seed: Clock::wall().0,
    });
    let profiles = supervisor::profiles::discover(&serve.paths.hermes).profiles;
    let store = serve.paths.state.join(serve.paths.identity());
    let settings_of_hub = Settings {
        root: serve.paths.hermes,
        profiles,
        store,
        clock,
        starter: Starter { tty: serve.tty.map(Untrusted::from), directory: settings.cwd.as_str().into() },
        socket: Some(place.socket()),
    };
    let hub = Hub::new(settings_of_hub, Registry::new(settings), supervisor, events);
    let (ports, attaching) = mpsc::channel(PORTS);
    Ok(Listening { hub, listener, ports, attaching, lock })
}

impl Listening {
    /// Where a terminal of this process attaches.
    pub(super) fn ports(&self) -> mpsc::Sender<HubPort> {
        self.ports.clone()
    }

    /// Runs until `stop` or until the hub has nothing to stay for. Nothing that it started is left when this returns; another hub may
    /// begin when the lock that it returns is let go of. From the moment that it is told to end it takes no terminal.
    pub(super) async fn run(self, stop: CancellationToken) -> anyhow::Result<Lock> {
        let Self { hub, listener, ports, attaching, lock } = self;
        let deaf = stop.child_token();
        let accepting = tokio::spawn(accept::accept(listener, ports, deaf.clone()));
        let ran = tokio::spawn(hub.run(attaching, stop)).await;
        deaf.cancel();
        // It holds the socket, which has to be gone before the next hub may make its own.
        let _ = accepting.await;
        ran.context("the hub failed; every backend that it had started is being stopped").map(|()| lock)
    }
}

//! Wiring: config, logging, hub, transport and terminal put together.

mod connector;
pub mod exit;

use crate::{
    base::{
        clock::Clock,
        ids::{ProfileName, StoredId},
        sys::{self, process::own_program},
    },
    config::{limits::Limits, paths::Paths, source::Source},
    hub::run::{Hub, Settings},
    logging,
    model::terminal::Multiplexer,
    proto::report::Starter,
    registry::{self, Registry},
    supervisor::{
        self, Supervisor,
        launch::{Guarded, Program},
    },
    transport::local,
    ui::{self, keymap::collide::Around, run::Why, setup::Ready},
};
use anyhow::Context;
use exit::Exit;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Threads besides the terminal's, for the hub's loop and the backends' sockets and pipes. None of these ever waits or computes for
/// long, and with a second one every frame that comes in would wake both.
const WORKERS: usize = 1;
/// Terminals that attach at once; a full queue makes the next one wait.
const PORTS: usize = 4;

/// Everything that a start was asked for.
#[derive(Debug)]
pub struct Plan {
    pub paths: Paths,
    pub ready: Ready,
    /// Where the settings come from, to read them again when the file changes.
    pub source: Source,
    /// What runs as a backend.
    pub program: Program,
    /// The profile to begin in.
    pub primary: ProfileName,
    /// The stored session to begin with.
    pub open: Option<(ProfileName, StoredId)>,
    /// Where new sessions work.
    pub cwd: PathBuf,
    /// What to log; `None`: the usual.
    pub log: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy)]
pub enum Ended {
    With(ExitCode),
    /// The person wants to see the demo now.
    Demo,
}

/// The profile that Hermes itself would use: its sticky choice, else `default`.
pub fn sticky_profile(root: &Path) -> ProfileName {
    let text = std::fs::read_to_string(root.join("active_profile")).unwrap_or_default();
    ProfileName::new(text.trim()).unwrap_or_else(|_| ProfileName::default_profile())
}

/// What the environment says of the terminal's colours.
pub fn colours() -> ui::theme::depth::Env {
    let env = |name| std::env::var(name).ok();
    ui::theme::depth::Env {
        no_color: env("NO_COLOR"),
        colorterm: env("COLORTERM"),
        term: env("TERM"),
        colorfgbg: env("COLORFGBG"),
    }
}

/// The pane of tmux that this program lies in.
fn pane() -> Option<Multiplexer> {
    let [tmux, pane] = ["TMUX", "TMUX_PANE"].map(|name| std::env::var(name).ok());
    Multiplexer::of(&tmux?, &pane?)
}

/// Whose environment what is started now runs with.
fn starter(directory: &str) -> Starter {
    let tty = rustix::termios::ttyname(io::stdin(), Vec::new()).ok();
    Starter { tty: tty.map(|tty| tty.to_string_lossy().into_owned().into()), directory: directory.into() }
}

/// Runs hub and terminal in this process until the person leaves. Every backend has ended when it returns.
pub fn run(plan: Plan) -> anyhow::Result<Ended> {
    // Before anything is made or started.
    drop(ui::term::Term::open()?);
    let logs = plan.paths.logs();
    for dir in [&plan.paths.state, &plan.paths.runtime, &logs] {
        sys::files::private_dir(dir)
            .with_context(|| format!("hermux needs a directory of its own at {}", dir.display()))?;
    }
    let _logging = logging::start(&logs, plan.log.as_deref()).context("the log file cannot be written")?;
    // A hub with fewer descriptors than it could have still runs; it is only sooner at its bound.
    if let Err(error) = sys::raise_descriptor_limit() {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .context("the program's threads cannot be started")?;
    let result = runtime.block_on(attended(plan));
    // Blocking reads of a stalled disk must not hold up the end.
    runtime.shutdown_background();
    result
}

/// The hub as a task, the terminal here, until one of them ends.
async fn attended(plan: Plan) -> anyhow::Result<Ended> {
    let clock = Clock::start();
    let stop = CancellationToken::new();
    let cwd = plan.cwd.to_string_lossy().into_owned();
    // A hub in the process of its terminal ends with it, and not by itself.
    let limits = Limits { linger: None, ..Limits::of(plan.ready.config()) };
    let setup = ui::run::Setup {
        ready: plan.ready,
        source: plan.source,
        start: match plan.open {
            Some((profile, stored)) => ui::state::Start::Stored(profile, stored),
            None => ui::state::Start::Profile(plan.primary.clone()),
        },
        cwd: cwd.clone(),
        home: std::env::var("HOME").unwrap_or_default(),
        colours: colours(),
        around: Around::detect(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())),
        multiplexer: pane(),
        back: None,
        clock,
    };
    let starter = starter(&cwd);
    let registry =
        Registry::new(registry::Settings { primary: plan.primary.clone(), cwd, limits, first_id: 0 });
    let (supervisor, events) = Supervisor::new(supervisor::Settings {
        home: plan.paths.hermes.clone(),
        runtime: plan.paths.runtime.clone(),
        program: plan.program.name(),
        launcher: Box::new(Guarded {
            hermux: own_program().context("hermux cannot find its own program")?,
            program: plan.program,
            home: plan.paths.hermes.clone(),
            cwd: plan.cwd,
        }),
        clock,
        seed: Clock::wall().0,
    });
    let profiles = supervisor::profiles::discover(&plan.paths.hermes).profiles;
    let settings =
        Settings { root: plan.paths.hermes, primary: plan.primary, profiles, clock, starter, socket: None };
    let hub = Hub::new(settings, registry, supervisor, events);
    let (ports, attaching) = mpsc::channel(PORTS);
    let hub = tokio::spawn(hub.run(attaching, stop.clone()));
    let (terminal, port) = local::connect();
    ports.send(port).await.context("the hub ended before it began")?;
    let (line, keep) = connector::line(clock, connector::Here(Some(terminal)));
    tokio::spawn(keep);
    let exit = ui::run::run(setup, line, CancellationToken::new()).await;
    stop.cancel();
    hub.await.context("the hub failed; every backend it had started was stopped")?;
    let exit = exit?;
    let mut err = io::stderr();
    for line in &exit.left {
        // Without a terminal there is nobody to tell.
        let _ = writeln!(err, "{line}");
    }
    Ok(Ended::With(match exit.why {
        Why::Left => Exit::Done.into(),
        Why::Demo => return Ok(Ended::Demo),
        // Its terminal went away.
        Why::TerminalGone => exit::of_signal(rustix::process::Signal::HUP.as_raw()),
        Why::Signal(number) => exit::of_signal(number),
        Why::HubGone(why) => anyhow::bail!("the hub ended: {why}"),
    }))
}

//! Wiring: config, logging, hub, transport and terminal put together, in one process ([`solo`]) or in two ([`attach`], [`server`]).

pub mod attach;
pub mod client;
mod connector;
pub mod exit;
pub mod hub;
pub mod place;
pub mod server;
pub mod solo;

use crate::{
    base::{clock::Clock, ids::ProfileName, sys},
    config::{paths::Paths, source::Source},
    logging,
    model::terminal::Multiplexer,
    ui::{self, keymap::collide::Around, run::Why, setup::Ready, state::Start},
};
use anyhow::Context;
use connector::{LAST_WORDS, Reach};
use exit::Exit;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tracing_appender::non_blocking::WorkerGuard;

/// Threads besides the terminal's, for the hub's loop and the sockets and pipes. None of these ever waits or computes for long, and
/// with a second one every frame that comes in would wake both.
const WORKERS: usize = 1;

/// What a terminal is started with.
#[derive(Debug)]
pub struct Seat {
    pub paths: Paths,
    pub ready: Ready,
    /// Where the settings come from, to read them again when the file changes.
    pub source: Source,
    /// What to show first.
    pub start: Start,
    /// Where this terminal's new sessions work.
    pub cwd: PathBuf,
    /// What to log; `None`: the usual.
    pub log: Option<String>,
}

/// How a terminal ended.
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

/// The terminal's device, by which a hub says who started it.
pub fn tty() -> Option<String> {
    let name = rustix::termios::ttyname(io::stdin(), Vec::new()).ok()?;
    Some(name.to_string_lossy().into_owned())
}

/// Makes hermux' own directories, starts logging, and sets what every hermux that runs on wants of its process.
fn prepare(paths: &Paths, log: Option<&str>) -> anyhow::Result<WorkerGuard> {
    let logs = paths.logs();
    for dir in [&paths.state, &paths.runtime, &logs] {
        sys::files::private_dir(dir)
            .with_context(|| format!("hermux needs a directory of its own at {}", dir.display()))?;
    }
    let logging = logging::start(&logs, log).context("the log file cannot be written")?;
    // A hub with fewer descriptors than it could have still runs; it is only sooner at its bound.
    if let Err(error) = sys::raise_descriptor_limit() {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    if let Err(error) = sys::forbid_core_dumps() {
        tracing::warn!(%error, "a crash may leave a core dump");
    }
    Ok(logging)
}

fn workers() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()
        .context("the program's threads cannot be started")
}

/// What a terminal needs before it draws.
fn start_up(paths: &Paths, log: Option<&str>) -> anyhow::Result<(WorkerGuard, Runtime)> {
    // Before anything is made or started.
    drop(ui::term::Term::open()?);
    Ok((prepare(paths, log)?, workers()?))
}

/// A variable of the environment that says something.
fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

/// Runs a terminal on the hub that `reach` finds, until one of them ends. `back`: the command that comes back to that hub, if it
/// stays. The first frame waits for neither.
async fn present(seat: Seat, back: Option<String>, clock: Clock, reach: impl Reach) -> anyhow::Result<Ended> {
    let setup = ui::run::Setup {
        ready: seat.ready,
        source: seat.source,
        start: seat.start,
        cwd: seat.cwd.to_string_lossy().into_owned(),
        home: std::env::var("HOME").unwrap_or_default(),
        colours: colours(),
        editor: ["VISUAL", "EDITOR"].into_iter().find_map(set),
        runtime: seat.paths.runtime,
        around: Around::detect(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())),
        multiplexer: pane(),
        back,
        clock,
    };
    let (line, keep) = connector::line(clock, reach);
    let keep = tokio::spawn(keep);
    let exit = ui::run::run(setup, line, CancellationToken::new()).await;
    // What was said last, a draft or a text, is on its way. A hub that takes nothing keeps nobody from leaving.
    let _ = tokio::time::timeout(LAST_WORDS, keep).await;
    let exit = exit?;
    let mut err = io::stderr();
    for line in &exit.left {
        // Without a terminal there is nobody to tell.
        let _ = writeln!(err, "{line}");
    }
    Ok(Ended::With(match exit.why {
        Why::Left => Exit::Done.into(),
        Why::Declined => Exit::Failure.into(),
        Why::Demo => return Ok(Ended::Demo),
        // Its terminal went away.
        Why::TerminalGone => exit::of_signal(rustix::process::Signal::HUP.as_raw()),
        Why::Signal(number) => exit::of_signal(number),
        Why::HubGone(why) => anyhow::bail!("the hub ended: {why}"),
    }))
}

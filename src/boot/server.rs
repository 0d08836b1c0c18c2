//! The hub as a process of its own: started by hand in the foreground, or by a terminal, detached from it.
//!
//! Between a terminal and the hub that it starts: standard input is the lock of the start, let go of when the hub listens; standard output
//! is where it says so, [`READY`], or else why it cannot; standard error is the log. Its session is its own, so nothing that happens
//! to the terminal reaches it.

use super::{
    hub::{self, Serve},
    place::{Place, patiently},
    prepare, workers,
};
use crate::{
    base::{
        clock::Clock,
        sys::files::{Lock, LockError},
    },
    boot::exit::Exit,
};
use anyhow::Context;
use rustix::fs::Mode;
use std::{
    fs::File,
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// What a detached hub says when terminals can reach it.
pub(super) const READY: &str = "ready\n";
/// How long a hub that got a signal may take to end in order. After that its process ends, and its guards, which notice, end what is
/// left by TERM and, 2.7 s later at most, by KILL: 8 s in all.
const IN_ORDER: Duration = Duration::from_millis(5_200);

/// Runs a hub until it is told to end, or has nothing to stay for.
pub fn run(serve: Serve, log: Option<&str>, detached: bool) -> anyhow::Result<ExitCode> {
    let result = begin(serve, log, detached);
    if let (true, Err(error)) = (detached, &result) {
        // Whoever started it shows this; if they are gone, the log has it.
        let _ = write!(io::stdout(), "{error:#}");
    }
    result.map(|()| Exit::Done.into())
}

fn begin(serve: Serve, log: Option<&str>, detached: bool) -> anyhow::Result<()> {
    rustix::process::umask(Mode::from_raw_mode(0o077));
    let _logging = prepare(&serve.paths, log)?;
    end_on_panic();
    let runtime = workers()?;
    let result = runtime.block_on(serving(serve, detached));
    runtime.shutdown_background();
    if let Err(error) = &result {
        tracing::error!("the hub ends: {error:#}");
    }
    result
}

async fn serving(serve: Serve, detached: bool) -> anyhow::Result<()> {
    let stop = told_to_end()?;
    let place = Place::of(&serve.paths);
    let home = serve.paths.hermes.clone();
    // A detached one got the lock of the start from whoever started it.
    let starting = if detached { None } else { Some(start_of(&place).await?) };
    let lock = lock(&place, detached).await?;
    let hub = hub::listen(&place, serve, lock, Clock::start())?;
    drop(starting);
    if detached {
        detach().context("the hub cannot let go of the terminal that started it")?;
    } else {
        let _ = writeln!(
            io::stdout(),
            "hermux serves {} (process {}). `hermux attach` shows it; Ctrl-C or `hermux stop` ends it.",
            home.display(),
            std::process::id()
        );
    }
    tracing::info!(version = crate::base::VERSION, "the hub listens");
    let bounded = async {
        stop.cancelled().await;
        tokio::time::sleep(IN_ORDER).await;
    };
    tokio::select! {
        // Let go of by the process' own end: whoever waits for it finds nothing left.
        ran = hub.run(stop.clone()) => std::mem::forget(ran?),
        () = bounded => tracing::warn!("not everything ended in order; the guards end what is left"),
    }
    tracing::info!("the hub has ended");
    Ok(())
}

async fn start_of(place: &Place) -> anyhow::Result<File> {
    let place = place.clone();
    patiently(move || place.start()).await.context("another hermux takes too long to start a hub")
}

/// The hub's lock. Of a hub that ends it is waited for, if that is what a terminal found; a person by hand is told at once.
async fn lock(place: &Place, detached: bool) -> anyhow::Result<Lock> {
    match place.take() {
        Ok(lock) => return Ok(lock),
        Err(LockError::Io(error)) => return Err(error).context("the hub's lock"),
        Err(LockError::Held(by)) if !detached => anyhow::bail!(
            "a hub for this Hermes home runs already ({by}). `hermux attach` shows it, `hermux stop` ends it"
        ),
        Err(LockError::Held(_)) => {}
    }
    let waiting = place.clone();
    patiently(move || waiting.take_over()).await.with_context(|| {
        let by = place.holder().map_or_else(String::new, |holder| format!(" ({})", holder.says));
        format!("another hub{by} neither answers nor ends; `hermux stop --force` ends it")
    })
}

/// Says that it listens, and keeps nothing of the terminal that started it.
fn detach() -> io::Result<()> {
    let mut out = io::stdout();
    // Nobody may be left to read it.
    let _ = out.write_all(READY.as_bytes()).and_then(|()| out.flush());
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(rustix::stdio::dup2_stdout(rustix::stdio::stderr())?)
}

/// Cancelled by the first signal that asks a program to end.
fn told_to_end() -> io::Result<CancellationToken> {
    let mut signals = [
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
        signal(SignalKind::hangup())?,
        signal(SignalKind::quit())?,
    ];
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        let [term, int, hup, quit] = &mut signals;
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            _ = hup.recv() => {}
            _ = quit.recv() => {}
        }
        told.cancel();
    });
    Ok(stop)
}

/// A panic of any thread ends the hub, after its report: what would go on might answer wrongly, and never. The guards end every
/// backend, and a terminal starts another hub.
fn end_on_panic() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        before(info);
        std::process::exit(101);
    }));
}

//! A terminal on a hub of another process, and how such a hub is started.

use super::{
    Ended, Seat,
    connector::{Reach, Say, Unreached},
    place::Place,
    present,
    server::READY,
    start_up,
};
use crate::{
    base::{
        clock::Clock,
        sys::{self, files, process::own_program},
        text::{self, Mode},
    },
    config::paths::{Given, Paths},
    logging,
    transport::{link::HubLink, port::TerminalPort, unix},
};
use anyhow::Context;
use std::{ffi::OsString, fs::File, io, path::PathBuf, process::Stdio};
use tokio::io::AsyncReadExt;

/// Bytes of what a hub that cannot start says of it.
const WORDS: u64 = 4 << 10;

/// No hub runs, and none is to be started.
#[derive(Debug, thiserror::Error)]
#[error("no hub runs for the Hermes home {}. `hermux` starts one and attaches to it", .0.display())]
pub struct NoHub(pub PathBuf);

/// Runs a terminal until the person leaves. `hub`: the arguments of `hermux server` for a hub to be started where none runs; without
/// them there must be one.
pub fn run(seat: Seat, hub: Option<Vec<OsString>>) -> anyhow::Result<Ended> {
    // What a shell left open is no business of a hub that is started from here. There is one thread yet.
    sys::close_others_on_exec().context("the open files cannot be looked at")?;
    let (_logging, runtime) = start_up(&seat.paths, seat.log.as_deref())?;
    let clock = Clock::start();
    let mut attach = Attach { place: Place::of(&seat.paths), logs: seat.paths.logs(), hub, first: None };
    let result = runtime.block_on(async {
        if attach.hub.is_none() {
            let port = unix::connect(&attach.place.socket()).await;
            attach.first = Some(port.map_err(|error| match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                    NoHub(seat.paths.hermes.clone()).into()
                }
                _ => anyhow::Error::from(error).context("the hub cannot be reached"),
            })?);
        }
        let back = back(&seat.paths);
        present(seat, Some(back), clock, attach).await
    });
    runtime.shutdown_background();
    result
}

/// What a person types to come back to the hub of `paths`.
fn back(paths: &Paths) -> String {
    let usual = Paths::find(&Given::from_env(None)).is_ok_and(|usual| usual.hermes == paths.hermes);
    if usual {
        return "hermux".to_owned();
    }
    let home = text::drawable(&paths.hermes.to_string_lossy(), Mode::Label);
    let plain = home.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    if plain { format!("hermux attach --home {home}") } else { format!("hermux attach --home '{home}'") }
}

/// Reaches the hub of a place.
struct Attach {
    place: Place,
    logs: PathBuf,
    hub: Option<Vec<OsString>>,
    /// The connection that is there already.
    first: Option<TerminalPort>,
}

impl Reach for Attach {
    async fn reach(&mut self, say: Say) -> Result<TerminalPort, Unreached> {
        if let Some(port) = self.first.take() {
            return Ok(port);
        }
        say.link(HubLink::Connecting).await;
        if let Some(port) = self.connect().await? {
            return Ok(port);
        }
        let Some(args) = &self.hub else {
            return Err(self.down("no hub runs for this Hermes home".into()));
        };
        say.link(HubLink::Starting).await;
        let place = self.place.clone();
        let starting = tokio::task::spawn_blocking(move || place.start()).await.map_err(io::Error::other);
        let starting =
            starting.flatten().map_err(|error| self.down(format!("its start cannot be locked: {error}")))?;
        // Somebody else may have started it meanwhile.
        if let Some(port) = self.connect().await? {
            return Ok(port);
        }
        start(args, &self.logs, starting).await.map_err(|why| self.down(why))?;
        self.connect().await?.ok_or_else(|| self.down("it ended as soon as it had begun".into()))
    }
}

impl Attach {
    /// A connection; `None` when no hub is there.
    async fn connect(&self) -> Result<Option<TerminalPort>, Unreached> {
        match unix::connect(&self.place.socket()).await {
            Ok(port) => Ok(Some(port)),
            Err(error)
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) =>
            {
                Ok(None)
            }
            Err(error) => Err(self.down(format!("its socket {}: {error}", self.place.socket().display()))),
        }
    }

    fn down(&self, why: String) -> Unreached {
        Unreached::Down { why, log: Some(self.logs.join(logging::FILE)) }
    }
}

/// Starts a hub and waits until it listens. `starting` goes with it.
async fn start(args: &[OsString], logs: &std::path::Path, starting: File) -> Result<(), String> {
    let said = |what: &'static str| move |error: io::Error| format!("{what}: {error}");
    let log = files::private_log(logs, logging::FILE).map_err(said("its log cannot be written"))?;
    let program = own_program().map_err(said("hermux cannot find its own program"))?;
    let mut command = tokio::process::Command::new(program);
    command
        .arg0("hermux")
        .args(args)
        .stdin(Stdio::from(starting))
        .stdout(Stdio::piped())
        .stderr(Stdio::from(log));
    sys::own_session(command.as_std_mut());
    let mut hub = command.spawn().map_err(said("its process cannot be started"))?;
    // Its copy of the lock's file is the hub's alone from here on.
    drop(command);
    let mut words = String::new();
    if let Some(out) = hub.stdout.take() {
        let _ = out.take(WORDS).read_to_string(&mut words).await;
    }
    // Whenever it ends, somebody must ask how.
    tokio::spawn(async move { hub.wait().await });
    match words.as_str() {
        READY => Ok(()),
        "" => Err("it ended without a word".into()),
        why => Err(why.to_owned()),
    }
}

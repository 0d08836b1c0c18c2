//! `hermux pick`: the sessions to choose from, for a popup; the choice opens in the terminal that it was called from.

use super::{
    args::{Pick, Place},
    start,
};
use crate::{
    base::ids::ClientId,
    boot::{
        self, Seat,
        attach::NoHub,
        client::{Client, ClientError},
        exit::Exit,
        place,
    },
    config::{
        paths::{Given, Paths},
        source::Source,
    },
    model::terminal::Multiplexer,
    ui::{setup, state::Start},
};
use anyhow::Context;
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// How long tmux may take to say which pane is in front; it answers within a few milliseconds.
const TMUX: Duration = Duration::from_secs(1);

pub(super) fn run(
    args: Pick,
    before: Place,
    config: Option<PathBuf>,
    color: Option<String>,
    log: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let home = args.place.or(before).home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let terminal = args.terminal.map(ClientId);
    let pane = runtime.block_on(async {
        let hub = Client::attach(&place::Place::of(&paths)).await.map_err(|error| match error {
            ClientError::NoHub => anyhow::Error::from(NoHub(paths.hermes.clone())),
            other => other.into(),
        })?;
        let attached = &hub.welcome.snapshot.world.terminals;
        anyhow::ensure!(!attached.is_empty(), "no terminal is attached to the hub; `hermux` attaches one");
        let known = |id: ClientId| attached.iter().any(|terminal| terminal.id == id);
        if let Some(id) = terminal {
            anyhow::ensure!(known(id), "there is no terminal {}; `hermux status` lists those that are", id.0);
        }
        Ok(pane().await)
    })?;
    drop(runtime);
    let mut source = Source::from_env(config, paths.config_file.clone());
    source.flags.extend(color.map(start::color_flag));
    let ready = setup::load(&source)?;
    let cwd = std::env::current_dir().context("the current directory cannot be read")?;
    let start = Start::Pick { terminal, pane };
    let log = log.map(str::to_owned);
    match boot::attach::run(Seat { paths, ready, source, start, cwd, log }, None)? {
        boot::Ended::With(code) => Ok(code),
        boot::Ended::Demo => Ok(Exit::Done.into()),
    }
}

/// The pane of tmux that this was called from. A popup is told its server, not the pane below it: tmux is asked.
async fn pane() -> Option<Multiplexer> {
    let tmux = std::env::var("TMUX").ok()?;
    if let Ok(pane) = std::env::var("TMUX_PANE") {
        return Multiplexer::of(&tmux, &pane);
    }
    let server = Multiplexer::of(&tmux, "%")?.server;
    let mut ask = tokio::process::Command::new("tmux");
    ask.args(["-S", &server, "display-message", "-p", "#{pane_id}"]).kill_on_drop(true);
    let said = tokio::time::timeout(TMUX, ask.output()).await.ok()?.ok()?;
    Multiplexer::of(&tmux, String::from_utf8_lossy(&said.stdout).trim())
}

//! `hermux`: the profiles of a Hermes home, on the hub that runs for it, or on one that is started.

use super::args::Start;
use crate::{
    base::ids::{ProfileName, StoredId},
    boot::{self, Seat, hub::Serve},
    config::{
        limits::Limits,
        paths::{Given, Paths},
        settings::Config,
        source::Source,
    },
    supervisor::launch::Program,
    ui::{setup, state},
};
use anyhow::Context;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::ExitCode,
};

pub(super) fn run(
    start: Start,
    config: Option<PathBuf>,
    color: Option<String>,
    log: Option<String>,
) -> anyhow::Result<ExitCode> {
    let home = start.place.home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    let mut source = Source::from_env(config.clone(), paths.config_file.clone());
    source.flags.extend(start.place.hermes.as_deref().map(hermes_flag));
    source.flags.extend(color.clone().map(color_flag));
    let ready = setup::load(&source)?;
    let cwd = std::env::current_dir().context("the current directory cannot be read")?;
    let begin = begin(start.profile.clone(), start.session.clone());
    let named = start.session.map(|(profile, _)| profile).or(start.profile);
    let ended = if start.solo {
        let primary = named.unwrap_or_else(|| boot::sticky_profile(&paths.hermes));
        let serve = Serve {
            program: program(ready.config()),
            primary,
            cwd: cwd.clone(),
            // A hub in the process of its terminal ends with it, and not by itself.
            limits: Limits { linger: None, ..Limits::of(ready.config()) },
            paths: paths.clone(),
            tty: boot::tty(),
        };
        boot::solo::run(Seat { paths, ready, source, start: begin, cwd, log }, serve)?
    } else {
        let mut args = server(&paths.hermes, config.as_deref(), log.as_deref())?;
        if let Some(hermes) = start.place.hermes {
            args.extend(["--hermes".into(), hermes.into_os_string()]);
        }
        if let Some(profile) = named {
            args.extend(["--profile".into(), profile.as_str().into()]);
        }
        boot::attach::run(Seat { paths, ready, source, start: begin, cwd, log }, Some(args))?
    };
    super::demo::after(ended, config, color)
}

/// What a terminal shows first.
pub(super) fn begin(profile: Option<ProfileName>, session: Option<(ProfileName, StoredId)>) -> state::Start {
    match (session, profile) {
        (Some((profile, stored)), _) => state::Start::Stored(profile, stored),
        (None, Some(profile)) => state::Start::Profile(profile),
        (None, None) => state::Start::Draft,
    }
}

/// The arguments of a hub that a terminal starts.
pub(super) fn server(home: &Path, config: Option<&Path>, log: Option<&str>) -> anyhow::Result<Vec<OsString>> {
    let mut args: Vec<OsString> = vec!["server".into(), "--detached".into(), "--home".into(), home.into()];
    if let Some(tty) = boot::tty() {
        args.extend(["--tty".into(), tty.into()]);
    }
    if let Some(config) = config {
        args.extend(["--config".into(), std::path::absolute(config)?.into()]);
    }
    if let Some(log) = log {
        args.extend(["--log".into(), log.into()]);
    }
    Ok(args)
}

/// What runs as a backend, as it is set.
pub(super) fn program(config: &Config) -> Program {
    Program::hermes(PathBuf::from(match config.hermes.as_str() {
        "" => "hermes",
        named => named,
    }))
}

/// `--color` as a setting.
pub(super) fn color_flag(which: String) -> (&'static str, &'static str, String) {
    ("ui.color", "--color", which)
}

/// `--hermes` as a setting.
pub(super) fn hermes_flag(path: &Path) -> (&'static str, &'static str, String) {
    ("hermes", "--hermes", path.to_string_lossy().into_owned())
}

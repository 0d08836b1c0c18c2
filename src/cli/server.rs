//! `hermux server`: the hub as a process of its own.

use super::{
    args::{Place, Server},
    demo, start,
};
use crate::{
    boot::{self, hub::Serve},
    config::{
        limits::Limits,
        paths::{Given, Paths},
        source::Source,
    },
    ui::setup,
};
use anyhow::Context;
use std::{path::PathBuf, process::ExitCode};

pub(super) fn run(
    args: Server,
    before: Place,
    config: Option<PathBuf>,
    log: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let place = args.place.or(before);
    let home = place.home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    let mut source = Source::from_env(config, paths.config_file.clone());
    source.flags.extend(place.hermes.as_deref().map(start::hermes_flag));
    let ready = setup::load(&source)?;
    let cwd = std::env::current_dir().context("the current directory cannot be read")?;
    let (program, cwd) = match args.demo {
        None => (start::program(ready.config()), cwd),
        Some(seed) => (demo::program(seed, args.backend_arg)?, demo::workspace(&paths.hermes)),
    };
    let primary = args.profile.unwrap_or_else(|| boot::sticky_profile(&paths.hermes));
    let tty = args.tty.or_else(boot::tty);
    let limits = Limits::of(ready.config());
    boot::server::run(Serve { paths, program, primary, cwd, limits, tty }, log, args.detached)
}

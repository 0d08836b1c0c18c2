//! `hermux`: the profiles of a Hermes home.

use super::args::Start;
use crate::{
    boot::{self, Plan},
    config::{
        file::Config,
        paths::{Given, Paths},
    },
    supervisor::launch::Program,
};
use anyhow::Context;
use std::{path::PathBuf, process::ExitCode};

pub(super) fn run(start: Start) -> anyhow::Result<ExitCode> {
    let open = start.session;
    let named = open.as_ref().map(|(profile, _)| profile.clone()).or(start.profile);
    let home = start.home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    let config = Config::read(&paths.config_file)?;
    let hermes = start.hermes.or_else(|| config.hermes.clone()).unwrap_or_else(|| PathBuf::from("hermes"));
    let primary = named.unwrap_or_else(|| boot::sticky_profile(&paths.hermes));
    let cwd = std::env::current_dir().context("the current directory cannot be read")?;
    boot::run(Plan { program: Program::hermes(hermes), paths, config, primary, open, cwd })
}

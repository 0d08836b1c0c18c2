//! `hermux`: the profiles of a Hermes home.

use super::args::Start;
use crate::{
    base::ids::{ProfileName, StoredId},
    boot::{self, Plan},
    config::{
        file::Config,
        paths::{Given, Paths},
    },
    supervisor::launch::Program,
};
use anyhow::{Context, bail};
use std::{path::PathBuf, process::ExitCode};

pub(super) fn run(start: Start) -> anyhow::Result<ExitCode> {
    let open = start.session.as_deref().map(session).transpose()?;
    let named = match (&open, &start.profile) {
        (Some((profile, _)), _) => Some(profile.clone()),
        (None, Some(name)) => Some(profile(name)?),
        (None, None) => None,
    };
    let home = start.home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    let config = Config::read(&paths.config_file)?;
    let hermes = start.hermes.or_else(|| config.hermes.clone()).unwrap_or_else(|| PathBuf::from("hermes"));
    let primary = named.unwrap_or_else(|| boot::sticky_profile(&paths.hermes));
    let cwd = std::env::current_dir().context("the current directory cannot be read")?;
    boot::run(Plan { program: Program::hermes(hermes), paths, config, primary, open, cwd })
}

fn profile(name: &str) -> anyhow::Result<ProfileName> {
    ProfileName::new(name).with_context(|| format!("--profile {name:?}"))
}

fn session(text: &str) -> anyhow::Result<(ProfileName, StoredId)> {
    let Some((name, id)) = text.split_once('/') else {
        bail!("--session {text:?}: write it as PROFILE/ID, as in work/20261121_030012_7e329a");
    };
    let id = StoredId::new(id).with_context(|| format!("--session {text:?}: this is no session id"))?;
    Ok((profile(name)?, id))
}

//! `hermux`: the profiles of a Hermes home.

use super::args::Start;
use crate::{
    boot::{self, Plan},
    config::{
        paths::{Given, Paths},
        source::Source,
    },
    supervisor::launch::Program,
    ui::setup,
};
use anyhow::Context;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

pub(super) fn run(
    start: Start,
    config: Option<PathBuf>,
    color: Option<String>,
    log: Option<String>,
) -> anyhow::Result<ExitCode> {
    let open = start.session;
    let named = open.as_ref().map(|(profile, _)| profile.clone()).or(start.profile);
    let home = start.place.home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    let file = config.clone();
    let mut source = Source::from_env(config, paths.config_file.clone());
    source.flags.extend(start.place.hermes.as_deref().map(hermes_flag));
    source.flags.extend(color.clone().map(color_flag));
    let ready = setup::load(&source)?;
    let hermes = match ready.config().hermes.as_str() {
        "" => "hermes",
        named => named,
    };
    let hermes = PathBuf::from(hermes);
    let primary = named.unwrap_or_else(|| boot::sticky_profile(&paths.hermes));
    let cwd = std::env::current_dir().context("the current directory cannot be read")?;
    let ended =
        boot::run(Plan { program: Program::hermes(hermes), paths, ready, source, primary, open, cwd, log })?;
    super::demo::after(ended, file, color)
}

/// `--color` as a setting.
pub(super) fn color_flag(which: String) -> (&'static str, &'static str, String) {
    ("ui.color", "--color", which)
}

/// `--hermes` as a setting.
pub(super) fn hermes_flag(path: &Path) -> (&'static str, &'static str, String) {
    ("hermes", "--hermes", path.to_string_lossy().into_owned())
}

//! `hermux attach`: a terminal on the hub that runs.

use super::{
    args::{Attach, Place},
    start,
};
use crate::{
    boot::{self, Seat},
    config::{
        paths::{Given, Paths},
        source::Source,
    },
    ui::setup,
};
use anyhow::Context;
use std::{path::PathBuf, process::ExitCode};

pub(super) fn run(
    args: Attach,
    before: Place,
    config: Option<PathBuf>,
    color: Option<String>,
    log: Option<&str>,
) -> anyhow::Result<ExitCode> {
    let home = args.place.or(before).home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    let file = config.clone();
    let mut source = Source::from_env(config, paths.config_file.clone());
    source.flags.extend(color.clone().map(start::color_flag));
    let ready = setup::load(&source)?;
    let cwd = std::env::current_dir().context("the current directory cannot be read")?;
    let begin = start::begin(args.profile, args.session);
    let log = log.map(str::to_owned);
    let ended = boot::attach::run(Seat { paths, ready, source, start: begin, cwd, log }, None)?;
    super::demo::after(ended, file, color)
}

//! `hermux config`: where the settings come from, what they are, what is wrong with them, and an example of them all.

use super::args::{Config, Place};
use crate::{
    config::{
        example,
        paths::{Given, Paths},
        settings::SETTINGS,
        source::Source,
    },
    ui::{keymap, setup},
};
use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

pub(super) fn run(what: Config, place: Place, config: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let text = match what {
        Config::Example => format!("{}{}", example::settings(), keymap::example()),
        Config::Path => places(place, config)?,
        Config::Show => show(&source(place, config)?.1)?,
        Config::Check { file } => {
            let (_, source) = source(place, file.or(config))?;
            setup::load(&source)?;
            format!("{} is right\n", source.path.display())
        }
    };
    super::print(&text)
}

/// The places, and what the settings are read from.
pub(super) fn source(place: Place, config: Option<PathBuf>) -> anyhow::Result<(Paths, Source)> {
    let paths = Paths::find(&Given::from_env(place.home.map(std::path::absolute).transpose()?))?;
    let mut source = Source::from_env(config, paths.config_file.clone());
    source.flags = place.hermes.as_deref().map(super::start::hermes_flag).into_iter().collect();
    Ok((paths, source))
}

/// One place a line: what, then where.
fn places(place: Place, config: Option<PathBuf>) -> anyhow::Result<String> {
    let (paths, source) = source(place, config)?;
    let remark = if source.path.exists() { "" } else { "  (does not exist: the defaults hold)" };
    Ok(format!(
        "config   {}{remark}\nstate    {}\nlogs     {}\nthemes   {}\nruntime  {}\nhermes   {}\n",
        source.path.display(),
        paths.state.display(),
        paths.logs().display(),
        paths.themes().display(),
        paths.runtime.display(),
        paths.hermes.display(),
    ))
}

/// Every setting as TOML, with where it comes from as a comment.
fn show(source: &Source) -> anyhow::Result<String> {
    let ready = setup::load(source)?;
    let mut out = String::new();
    let mut table = "";
    for setting in SETTINGS {
        if setting.table != table {
            table = setting.table;
            let _ = writeln!(out, "\n[{table}]");
        }
        let line = format!("{} = {}", setting.key, (setting.write)(ready.config()));
        let _ = writeln!(out, "{line:<40} # {}", ready.read.origin(setting.path));
    }
    for binding in &ready.config().bindings {
        let keys: Vec<String> =
            binding.keys.iter().map(|key| toml::Value::String(key.clone()).to_string()).collect();
        let line = format!("\"{}\" = [{}]", binding.id, keys.join(", "));
        let _ = writeln!(out, "{line:<40} # {}", binding.origin);
    }
    Ok(out)
}

//! The command line.

use crate::base::ids::{ProfileName, StoredId};
use clap::{Args, Parser, Subcommand};
use std::{ffi::OsString, path::PathBuf};

/// One terminal for every Hermes agent you run.
#[derive(Debug, Parser)]
#[command(
    name = "hermux",
    version,
    max_term_width = 80,
    after_help = "Examples:\n  hermux                     a draft in the profile you use, every other profile one key away\n  \
                  hermux --profile work      begin in the profile \"work\"\n  \
                  hermux --session work/ID   begin with a stored session\n  \
                  hermux demo                three made-up profiles; needs no Hermes"
)]
pub struct Cli {
    #[command(flatten)]
    pub start: Start,
    /// The config file [default: ~/.config/hermux/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Args)]
pub struct Start {
    #[arg(
        long,
        value_name = "DIR",
        help = "The Hermes home to serve [default: $HERMES_HOME, then ~/.hermes]"
    )]
    pub home: Option<PathBuf>,
    /// The hermes program [default: the config's, then the one found]
    #[arg(long, value_name = "PATH")]
    pub hermes: Option<PathBuf>,
    /// The profile to begin in [default: the one Hermes itself would use]
    #[arg(long, value_name = "NAME", value_parser = ProfileName::new)]
    pub profile: Option<ProfileName>,
    /// Open this stored session
    #[arg(long, value_name = "PROFILE/ID", conflicts_with = "profile", value_parser = session)]
    pub session: Option<(ProfileName, StoredId)>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try hermux with three made-up profiles; needs no Hermes
    Demo(Demo),
    /// Show, check or begin the config file
    #[command(subcommand)]
    Config(Config),
    /// Stands between the hub and one backend
    #[command(hide = true, disable_help_flag = true)]
    Guard(Rest),
    /// The made-up agent of the demo
    #[command(hide = true, disable_help_flag = true)]
    DemoBackend(Rest),
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Keep the demo's home here [default: a throw-away directory]
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// What the made-up agents say follows from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Faults for the backends, as `hermux demo-backend` takes them
    #[arg(long, value_name = "FLAG", hide = true, allow_hyphen_values = true)]
    pub backend_arg: Vec<OsString>,
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Where the config, the logs and the rest are
    Path,
    /// Every setting, its value, and where it comes from
    Show,
    /// Say everything that is wrong with a config file; exit 0 or 3
    Check {
        /// [default: the one that is read]
        file: Option<PathBuf>,
    },
    /// A config file with every setting, its meaning and its default
    Example,
}

/// Reads `PROFILE/ID`.
fn session(text: &str) -> Result<(ProfileName, StoredId), String> {
    let (name, id) =
        text.split_once('/').ok_or("write it as PROFILE/ID, as in work/20261121_030012_7e329a")?;
    let profile = ProfileName::new(name).map_err(|error| error.to_string())?;
    Ok((profile, StoredId::new(id).ok_or("there is no session id after the slash")?))
}

/// Arguments handed on as they are.
#[derive(Debug, Args)]
pub struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub args: Vec<OsString>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// SEC-35, UX-40: what is no profile or no session is a usage error, before anything starts.
    #[test]
    fn names_and_ids_are_checked_with_the_command_line() {
        for bad in [
            ["--profile", "../x"],
            ["--profile", "-h"],
            ["--session", "work"],
            ["--session", "A/1"],
            ["--session", "a/"],
        ] {
            let error = Cli::try_parse_from(["hermux", bad[0], bad[1]]).expect_err(bad[1]);
            assert_eq!(error.exit_code(), 2, "{bad:?}");
        }
        let cli = Cli::try_parse_from(["hermux", "--session", "work/20261121_030012_7e329a"]).expect("valid");
        assert_eq!(cli.start.session.expect("given").0.as_str(), "work");
    }

    #[test]
    fn help_fits_80_columns() {
        let help = Cli::command().render_help().to_string();
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{line:?}");
        }
    }
}

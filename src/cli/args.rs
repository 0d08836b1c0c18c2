//! The command line.

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
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Open this stored session
    #[arg(long, value_name = "PROFILE/ID", conflicts_with = "profile")]
    pub session: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Try hermux with three made-up profiles; needs no Hermes
    Demo(Demo),
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

    #[test]
    fn help_fits_80_columns() {
        let help = Cli::command().render_help().to_string();
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{line:?}");
        }
    }
}

//! One file a subcommand. Exit codes: 0 done, 1 failure, 2 usage, 3 config, 128 and a signal's number.

pub mod args;
mod config;
mod demo;
mod start;

use crate::config::problem::Broken;
use args::{Cli, Command};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// The config file cannot be used.
const EXIT_CONFIG: u8 = 3;

/// Runs what the command line asks for.
pub fn run(cli: Cli) -> ExitCode {
    let result: anyhow::Result<ExitCode> = match cli.command {
        None => start::run(cli.start, cli.config),
        Some(Command::Demo(demo)) => demo::run(demo, cli.config),
        Some(Command::Config(what)) => config::run(what, cli.start, cli.config),
        Some(Command::Guard(rest)) => return crate::guard::run(rest.args),
        Some(Command::DemoBackend(rest)) => {
            let args: Vec<String> = rest.args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
            return crate::demo::run(&args);
        }
    };
    result.unwrap_or_else(|error| {
        // Without a standard error there is only the exit code to tell.
        let _ = writeln!(io::stderr(), "hermux: {error:#}");
        let config = error.downcast_ref::<Broken>().is_some();
        ExitCode::from(if config { EXIT_CONFIG } else { 1 })
    })
}

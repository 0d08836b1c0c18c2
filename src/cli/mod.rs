//! One file a subcommand. Data goes to standard output, messages to standard error.

pub mod args;
mod attach;
mod config;
mod demo;
mod doctor;
mod json;
mod keys;
mod logs;
mod pick;
mod server;
mod start;
mod status;
mod stop;
mod stored;
mod version;

use crate::{
    boot::{
        attach::NoHub,
        exit::{self, Exit},
    },
    config::problem::Broken,
    ui::term::TermError,
};
use args::{Cli, Command};
use std::{
    io::{self, Write},
    process::ExitCode,
};

/// Runs what the command line asks for.
pub fn run(cli: Cli) -> ExitCode {
    let result: anyhow::Result<ExitCode> = match cli.command {
        None => start::run(cli.start, cli.config, cli.color, cli.log),
        Some(Command::Attach(attach)) => {
            attach::run(attach, cli.start.place, cli.config, cli.color, cli.log.as_deref())
        }
        Some(Command::Pick(pick)) => {
            pick::run(pick, cli.start.place, cli.config, cli.color, cli.log.as_deref())
        }
        Some(Command::Server(server)) => server::run(server, cli.start.place, cli.config, cli.log.as_deref()),
        Some(Command::Stop(stop)) => stop::run(stop, cli.start.place),
        Some(Command::Demo(demo)) => demo::run(demo, cli.config, cli.color, cli.log),
        Some(Command::Config(what)) => config::run(what, cli.start.place, cli.config),
        Some(Command::Keys(keys)) => keys::run(keys, cli.config),
        Some(Command::Doctor(doctor)) => doctor::run(doctor, cli.start.place, cli.config),
        Some(Command::Status(status)) => status::run(status, cli.start.place),
        Some(Command::Logs(logs)) => logs::run(logs, cli.start.place),
        Some(Command::Ls(ls)) => stored::ls(ls, cli.start.place),
        Some(Command::Search(search)) => stored::search(search, cli.start.place),
        Some(Command::Show(show)) => stored::show(show, cli.start.place),
        Some(Command::Profiles(profiles)) => stored::profiles(profiles, cli.start.place),
        Some(Command::Guard(rest)) => return crate::guard::run(rest.args),
        Some(Command::DemoBackend(rest)) => {
            let args: Vec<String> = rest.args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
            return crate::demo::run(&args);
        }
    };
    result.unwrap_or_else(|error| {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            // Whoever read this has read enough, as in `hermux keys | head`.
            return exit::of_signal(rustix::process::Signal::PIPE.as_raw());
        }
        // Without a standard error there is only the exit code to tell.
        let _ = writeln!(io::stderr(), "hermux: {error:#}");
        code_of(&error).into()
    })
}

/// What an error ends the program with.
fn code_of(error: &anyhow::Error) -> Exit {
    if error.downcast_ref::<Broken>().is_some() {
        Exit::Config
    } else if error.downcast_ref::<NoHub>().is_some() {
        Exit::NoBackend
    } else if let Some(TermError::NoTerminal) = error.downcast_ref() {
        Exit::Usage
    } else {
        Exit::Failure
    }
}

/// Writes data to standard output.
fn print(data: &str) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    out.write_all(data.as_bytes())?;
    out.flush()?;
    Ok(Exit::Done.into())
}

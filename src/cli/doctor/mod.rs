//! `hermux doctor`: what is there, what is missing, and how to mend it (UX-38). It reads and asks; nothing is left running, no
//! database is opened but by `history`, read-only, and nothing of Hermes is changed.

mod backends;
mod hermes;
mod hub;
mod multiplexer;
mod own;
mod report;
mod terminal;

use super::{
    args::{Doctor, Place},
    print,
    start::hermes_flag,
};
use crate::{
    base::{self, ids::ProfileName},
    boot::exit::Exit,
    config::{
        paths::{Given, Paths},
        source::Source,
    },
    history, proto,
    ui::setup,
};
use anyhow::Context;
use report::{Level, Report};
use std::{
    io::{self, IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

pub(super) fn run(args: Doctor, before: Place, config: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let place = args.place.or(before);
    let paths = Paths::find(&Given::from_env(place.home.map(std::path::absolute).transpose()?))?;
    let mut source = Source::from_env(config, paths.config_file.clone());
    source.flags.extend(place.hermes.as_deref().map(hermes_flag));
    let mut report = Report::new();
    report.ok(
        "versions",
        "hermux",
        &format!("{}, commit {}", base::VERSION, base::COMMIT.unwrap_or("unknown")),
    );
    report.ok("versions", "hub contract", &proto::CONTRACT.to_string());
    report.ok("versions", "SQLite", history::sqlite_version());

    let ready = setup::load(&source);
    own::config(&mut report, &source, ready.as_ref());
    let settings = ready.as_ref().map(setup::Ready::config).ok();
    own::directories(&mut report, &paths);
    own::left_behind(&mut report, &paths);
    hub::look(&mut report, &paths)?;

    let origin = ready.as_ref().map(|ready| ready.read.origin("hermes").to_string()).ok();
    let named = settings.map(|settings| settings.hermes.clone()).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let program = hermes::program(&mut report, &named, origin.as_deref());
    let only: Option<&[ProfileName]> = args.profile.as_ref().map(std::slice::from_ref);
    runtime.block_on(async {
        let launcher =
            backends::launcher(program.clone(), &paths).context("hermux cannot find its own program")?;
        let runs = hermes::version(&mut report, &program, &launcher).await;
        let profiles = hermes::profiles(&mut report, &paths, only);
        if args.no_spawn {
            report.ok("backends", "not tried", "left out by --no-spawn");
        } else if runs {
            let tell = |name: &ProfileName| {
                // A person waits for some seconds; a program that reads does not want to know.
                if io::stderr().is_terminal() {
                    let _ = write!(io::stderr(), "\rstarting {name} …\u{1b}[K");
                }
            };
            backends::try_all(&mut report, &paths, launcher, &program, &profiles, tell).await;
            if io::stderr().is_terminal() {
                let _ = write!(io::stderr(), "\r\u{1b}[K");
            }
        }
        multiplexer::look(&mut report, settings.map(|settings| settings.keys.preset)).await;
        anyhow::Ok(())
    })?;
    runtime.shutdown_background();
    terminal::look(&mut report);

    print(&if args.json { report.json()? } else { report.text() })?;
    Ok(match report.worst() {
        Level::Ok => Exit::Done,
        Level::Warn => Exit::Failure,
        Level::Fail => Exit::Usage,
    }
    .into())
}

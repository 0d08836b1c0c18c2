//! `hermux status`: how the hub and everything that it runs stands, for a person, for a program, or as one line for a
//! multiplexer. It asks the hub that runs and never starts one.

pub(super) mod format;
#[cfg(test)]
mod samples;
pub(super) mod text;

use super::{
    args::{self, Status},
    json, print,
};
use crate::{
    base::clock::Clock,
    boot::{
        client::{Client, ClientError},
        exit::Exit,
        place::Place,
    },
    config::paths::{Given, Paths},
    proto::{
        Answer, Command, Refusal, Report,
        report::{HubReport, NoticeReport, ProfileReport, SessionReport},
    },
};
use serde::Serialize;
use std::{
    io::{self, Write},
    process::ExitCode,
    time::Duration,
};

/// The number of the JSON's shape. Fields are only ever added.
const SCHEMA: u32 = 1;
/// How long the hub may take to answer. It needs some milliseconds, or some tens of them with processes.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(super) enum Missing {
    #[error("{0}")]
    Client(#[from] ClientError),
    #[error("the hub refused: {0}")]
    Refused(Refusal),
    #[error("the hub has not answered within {} s", PATIENCE.as_secs())]
    Late,
    #[error("the hub answered something else; is it of another version?")]
    Other,
}

impl Missing {
    fn is_no_hub(&self) -> bool {
        matches!(self, Self::Client(ClientError::NoHub))
    }

    /// Says it, and what the program ends with.
    fn end(&self) -> Exit {
        let does = if self.is_no_hub() { "; `hermux` starts one" } else { "" };
        // Without a standard error there is only the exit code to tell.
        let _ = writeln!(io::stderr(), "hermux: {self}{does}");
        match self {
            Self::Client(ClientError::NoHub) => Exit::NoBackend,
            Self::Late => Exit::Timeout,
            _ => Exit::Failure,
        }
    }
}

/// The whole of `--json`.
#[derive(Serialize)]
struct Whole<'a> {
    schema: u32,
    /// `None`: no hub runs, or none that answers.
    hub: Option<&'a HubReport>,
    profiles: &'a [ProfileReport],
    sessions: &'a [SessionReport],
    notices: &'a [NoticeReport],
}

pub(super) fn run(args: Status, before: args::Place) -> anyhow::Result<ExitCode> {
    let home = args.place.or(before).home.map(std::path::absolute).transpose()?;
    let place = Place::of(&Paths::find(&Given::from_env(home))?);
    // A line for a multiplexer is asked for every few seconds, and says nothing of processes.
    let answer = ask(&place, args.format.is_none())?;
    let report = answer.as_deref().ok();
    if let Some(format) = &args.format {
        print(&format!("{}\n", report.map(|report| format.line(report)).unwrap_or_default()))?;
        if answer.as_ref().is_err_and(Missing::is_no_hub) {
            // The usual case between two uses of hermux: no complaint in a line that is looked at all day.
            return Ok(Exit::Done.into());
        }
    } else if args.json {
        print(&json(report)?)?;
    } else if let Some(report) = report {
        print(&text::text(report, Clock::wall()))?;
    }
    Ok(answer.map_or_else(|missing| missing.end(), |_| Exit::Done).into())
}

/// Asks the hub of `place`; with `processes` it looks at the system, too.
pub(super) fn ask(place: &Place, processes: bool) -> io::Result<Result<Box<Report>, Missing>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let asked = async {
        let mut client = Client::attach(place).await?;
        match client.ask(Command::Status { processes }).await? {
            Ok(Answer::Status(report)) => Ok(report),
            Ok(_) => Err(Missing::Other),
            Err(refusal) => Err(Missing::Refused(refusal)),
        }
    };
    Ok(runtime.block_on(async { tokio::time::timeout(PATIENCE, asked).await.unwrap_or(Err(Missing::Late)) }))
}

fn json(report: Option<&Report>) -> serde_json::Result<String> {
    json::line(&Whole {
        schema: SCHEMA,
        hub: report.map(|report| &report.hub),
        profiles: report.map_or(&[], |report| &report.profiles),
        sessions: report.map_or(&[], |report| &report.sessions),
        notices: report.map_or(&[], |report| &report.notices),
    })
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;

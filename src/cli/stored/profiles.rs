//! `hermux profiles`: every profile, how many sessions it has, and where it is kept.

use super::{SCHEMA, Stored, json, print};
use crate::{
    base::{
        ids::ProfileName,
        text::{Untrusted, label},
    },
    cli::args::{Place, stored::Profiles},
    history,
};
use serde::Serialize;
use std::{fmt::Write as _, process::ExitCode};

/// Cells of a path at most.
const PATH: usize = 100;

/// The whole of `--json`.
#[derive(Serialize)]
struct Whole {
    schema: u32,
    profiles: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: ProfileName,
    home: Untrusted,
    /// `None` where they cannot be read.
    sessions: Option<u64>,
    archived: Option<u64>,
    /// Why it cannot be read.
    problem: Option<Untrusted>,
}

pub(in crate::cli) fn run(args: Profiles, before: Place) -> anyhow::Result<ExitCode> {
    let mut stored = Stored::at(args.place, before)?;
    let home = |stored: &Stored, profile: &_| stored.home(profile).to_string_lossy().into_owned().into();
    let counts = stored.each(|home, _| history::count(home));
    let mut rows: Vec<Row> = Vec::new();
    for (name, count) in counts {
        let (sessions, archived) = (Some(count.listed), Some(count.archived));
        rows.push(Row { home: home(&stored, &name), name, sessions, archived, problem: None });
    }
    for problem in &stored.problems {
        let (name, reason) = (problem.profile.clone(), problem.reason.clone());
        let home = home(&stored, &name);
        rows.push(Row { home, name, sessions: None, archived: None, problem: Some(reason) });
    }
    rows.sort_by(|a, b| (!a.name.is_default(), &a.name).cmp(&(!b.name.is_default(), &b.name)));
    if args.json {
        print(&json::line(&Whole { schema: SCHEMA, profiles: rows })?)?;
    } else {
        print(&text(&rows))?;
    }
    Ok(stored.end())
}

fn text(rows: &[Row]) -> String {
    let wide = rows.iter().map(|row| row.name.as_str().len()).max().unwrap_or(0);
    let mut out = String::new();
    for row in rows {
        let count = match (row.sessions, row.archived) {
            (Some(sessions), Some(archived @ 1..)) => format!("{sessions} sessions, {archived} archived"),
            (Some(1), _) => "1 session".to_owned(),
            (Some(sessions), _) => format!("{sessions} sessions"),
            (None, _) => "cannot be read".to_owned(),
        };
        let _ = writeln!(out, "{:<wide$}  {count:<28}  {}", row.name.as_str(), label(row.home.raw(), PATH));
    }
    out
}

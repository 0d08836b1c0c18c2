//! `hermux ls`: the newest sessions, of one profile or of all.

use super::{Problem, SCHEMA, SessionJson, Stored, address, age, json, print};
use crate::{
    base::{
        clock::{Clock, WallMs},
        text::label,
    },
    cli::args::{Place, stored::Ls},
    history,
    model::listing::StoredRow,
};
use serde::Serialize;
use std::{fmt::Write as _, process::ExitCode};

/// Cells of a name at most.
const NAME: usize = 60;

/// The whole of `--json`.
#[derive(Serialize)]
struct Whole<'a> {
    schema: u32,
    sessions: Vec<SessionJson<'a>>,
    /// How many there are in all, archived ones not counted.
    total: u64,
    problems: &'a [Problem],
}

pub(in crate::cli) fn run(args: Ls, before: Place) -> anyhow::Result<ExitCode> {
    let which = args.which;
    let mut stored = Stored::at(which.place, before)?.only(which.profile.as_ref())?;
    let (mut rows, mut total) = (Vec::new(), 0);
    let read = stored.each(|home, profile| {
        let scan = history::scan(home)?;
        let newest = scan.entries.iter().filter(|entry| !entry.archived).take(which.limit);
        let newest: Vec<_> =
            newest.map(|entry| (entry.active, entry.id.clone(), entry.lineage.clone())).collect();
        let of: Vec<_> = newest.iter().map(|(_, id, lineage)| (id.clone(), lineage.clone())).collect();
        let rows = history::rows(home, profile, &of)?;
        let active = |row: &StoredRow| {
            newest.iter().find(|(_, id, _)| *id == row.id).map_or(row.last_active, |(active, ..)| *active)
        };
        let rows: Vec<(WallMs, StoredRow)> = rows.into_iter().map(|row| (active(&row), row)).collect();
        Ok((rows, scan.count().listed))
    });
    for (_, (some, listed)) in read {
        rows.extend(some);
        total += listed;
    }
    // Each profile's are in Hermes' own order; the sort keeps it among equals.
    rows.sort_by_key(|(active, _)| std::cmp::Reverse(*active));
    rows.truncate(which.limit);
    let rows: Vec<StoredRow> = rows.into_iter().map(|(_, row)| row).collect();
    if which.json {
        let sessions = rows.iter().map(SessionJson::of).collect();
        print(&json::line(&Whole { schema: SCHEMA, sessions, total, problems: &stored.problems })?)?;
    } else {
        print(&text(&rows, Clock::wall()))?;
    }
    Ok(stored.end())
}

fn text(rows: &[StoredRow], now: WallMs) -> String {
    let wide = rows.iter().map(|row| address(row).len()).max().unwrap_or(0);
    let mut out = String::new();
    for row in rows {
        let age = age(now, row.last_active);
        let _ = writeln!(out, "{:<wide$}  {age:>4}  {}", address(row), label(row.name().raw(), NAME));
    }
    out
}

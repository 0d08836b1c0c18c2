//! `hermux ls`, `search`, `show` and `profiles`: what is stored, read from the files of each profile. No backend, no hub.
//!
//! What is read is foreign text: a person gets it drawable, a program as JSON whose strings a terminal cannot obey.

mod ls;
mod profiles;
mod search;
mod show;

use super::{args::Place, json, print};
use crate::{
    base::{
        clock::WallMs,
        ids::ProfileName,
        text::{Mode, Untrusted},
    },
    boot::exit::Exit,
    config::paths::{Given, Paths},
    history::HistoryError,
    model::{link, listing::StoredRow, message::Role},
    supervisor::profiles::{discover, home_of},
};
use anyhow::bail;
use serde::Serialize;
use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

pub(super) use {ls::run as ls, profiles::run as profiles, search::run as search, show::run as show};

/// The number of the JSON's shape. Fields are only ever added.
const SCHEMA: u32 = 1;

/// The profiles of a Hermes home.
struct Stored {
    root: PathBuf,
    /// Those that can be looked into, `default` first.
    names: Vec<ProfileName>,
    problems: Vec<Problem>,
}

/// Why a profile could not be read.
#[derive(Serialize)]
struct Problem {
    profile: ProfileName,
    reason: Untrusted,
}

impl Stored {
    fn at(place: Place, before: Place) -> anyhow::Result<Self> {
        let home = place.or(before).home.map(std::path::absolute).transpose()?;
        let root = Paths::find(&Given::from_env(home))?.hermes;
        let (mut names, mut problems) = (Vec::new(), Vec::new());
        for profile in discover(&root).profiles {
            match profile.problem {
                Some(reason) => problems.push(Problem { profile: profile.name, reason }),
                None => names.push(profile.name),
            }
        }
        Ok(Self { root, names, problems })
    }

    /// Only `profile`, where one is named.
    fn only(mut self, profile: Option<&ProfileName>) -> anyhow::Result<Self> {
        let Some(profile) = profile else { return Ok(self) };
        self.names.retain(|name| name == profile);
        self.problems.retain(|problem| problem.profile == *profile);
        if self.names.is_empty() && self.problems.is_empty() {
            bail!("there is no profile {profile} in {}; `hermux profiles` lists them", self.root.display());
        }
        Ok(self)
    }

    fn home(&self, profile: &ProfileName) -> PathBuf {
        home_of(&self.root, profile)
    }

    /// What `read` makes of every profile; one that cannot be read is a problem and no reason to stop.
    fn each<T>(
        &mut self,
        mut read: impl FnMut(&Path, &ProfileName) -> Result<T, HistoryError>,
    ) -> Vec<(ProfileName, T)> {
        let mut out = Vec::new();
        for profile in std::mem::take(&mut self.names) {
            match read(&self.home(&profile), &profile) {
                Ok(what) => out.push((profile, what)),
                Err(error) => {
                    let reason = error.to_string().into();
                    self.problems.push(Problem { profile, reason });
                }
            }
        }
        out
    }

    /// Says which profiles could not be read, and what the program ends with.
    fn end(&self) -> ExitCode {
        for Problem { profile, reason } in &self.problems {
            // Without a standard error there is only the exit code to tell.
            let _ = writeln!(io::stderr(), "hermux: {profile}: {}", reason.drawable(Mode::Label));
        }
        if self.problems.is_empty() { Exit::Done.into() } else { Exit::Failure.into() }
    }
}

/// A session as a program reads it.
#[derive(Serialize)]
struct SessionJson<'a> {
    profile: &'a ProfileName,
    id: &'a str,
    lineage: &'a str,
    link: String,
    title: Option<&'a Untrusted>,
    preview: &'a Untrusted,
    messages: u64,
    started_ms: u64,
    last_active_ms: u64,
    ended: bool,
    archived: bool,
    source: &'a Untrusted,
    model: Option<&'a Untrusted>,
    cwd: Option<&'a Untrusted>,
}

impl<'a> SessionJson<'a> {
    fn of(row: &'a StoredRow) -> Self {
        Self {
            profile: &row.profile,
            id: row.id.as_str(),
            lineage: row.lineage.as_str(),
            link: link::text(&row.profile, &row.id),
            title: row.title.as_ref(),
            preview: &row.preview,
            messages: row.messages,
            started_ms: row.started.0,
            last_active_ms: row.last_active.0,
            ended: row.ended,
            archived: row.archived,
            source: &row.source,
            model: row.model.as_ref(),
            cwd: row.cwd.as_ref(),
        }
    }
}

/// How a session is named on the command line.
fn address(row: &StoredRow) -> String {
    format!("{}/{}", row.profile, row.id.as_str())
}

/// How long ago, in one unit, for a column of four cells.
fn age(now: WallMs, then: WallMs) -> String {
    let minutes = now.0.saturating_sub(then.0) / 60_000;
    match minutes {
        0 => "now".to_owned(),
        1..=59 => format!("{minutes}m"),
        60..=1_439 => format!("{}h", minutes / 60),
        _ => format!("{}d", minutes / 1_440),
    }
}

/// Who speaks, for programs.
fn role(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "system",
    }
}

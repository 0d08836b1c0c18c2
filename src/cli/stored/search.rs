//! `hermux search`: the messages that hold all words of a text, the newest first.

use super::{Problem, SCHEMA, SessionJson, Stored, address, age, json, print};
use crate::{
    base::{
        clock::{Clock, WallMs},
        text::{Untrusted, label},
    },
    cli::args::{Place, stored::Search},
    history,
    model::{listing::Hit, message::Role},
};
use serde::Serialize;
use std::{
    fmt::Write as _,
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
};

/// Cells of a name and of a found line at most.
const NAME: usize = 60;
const SNIPPET: usize = 100;

/// The whole of `--json`.
#[derive(Serialize)]
struct Whole<'a> {
    schema: u32,
    hits: Vec<HitJson<'a>>,
    problems: &'a [Problem],
}

#[derive(Serialize)]
struct HitJson<'a> {
    session: SessionJson<'a>,
    role: &'static str,
    at_ms: u64,
    snippet: &'a Untrusted,
    /// What matched, in characters of the snippet: from, and up to.
    marks: &'a [(u32, u32)],
    /// Messages of the conversation that come after it.
    back: u64,
}

pub(in crate::cli) fn run(args: Search, before: Place) -> anyhow::Result<ExitCode> {
    let which = args.which;
    let text = args.text.join(" ");
    let mut stored = Stored::at(which.place, before)?.only(which.profile.as_ref())?;
    // The process' end is the search's end.
    let never = Arc::new(AtomicBool::new(false));
    let found = stored.each(|home, profile| {
        let mut hits: Vec<Hit> = Vec::new();
        history::search(home, profile, &text, which.limit, &never, &mut |some| hits.extend(some))?;
        Ok(hits)
    });
    let mut hits: Vec<Hit> = found.into_iter().flat_map(|(_, hits)| hits).collect();
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.at));
    hits.truncate(which.limit);
    if which.json {
        let hits = hits.iter().map(hit).collect();
        print(&json::line(&Whole { schema: SCHEMA, hits, problems: &stored.problems })?)?;
    } else {
        print(&lines(&hits, Clock::wall()))?;
    }
    Ok(stored.end())
}

fn hit(hit: &Hit) -> HitJson<'_> {
    HitJson {
        session: SessionJson::of(&hit.row),
        role: super::role(hit.role),
        at_ms: hit.at.0,
        snippet: &hit.snippet,
        marks: &hit.marks,
        back: hit.back,
    }
}

/// A line that names the session, and below it what was said in it, for each session once in a row.
fn lines(hits: &[Hit], now: WallMs) -> String {
    let mut out = String::new();
    let mut last = None;
    for hit in hits {
        let session = (&hit.row.profile, &hit.row.id);
        if last != Some(session) {
            let _ = writeln!(out, "{}  {}", address(&hit.row), label(hit.row.name().raw(), NAME));
            last = Some(session);
        }
        let who = match hit.role {
            Role::User => "you",
            Role::Assistant => "agent",
            Role::System => "system",
        };
        let _ = writeln!(out, "  {:>4}  {who}: {}", age(now, hit.at), label(hit.snippet.raw(), SNIPPET));
    }
    out
}

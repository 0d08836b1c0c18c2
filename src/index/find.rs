//! Finding sessions by name, while a person types.
//!
//! The rank is the match, and a little for how recent a session is and how much it wants to be seen: of two that match as well the
//! one in use comes first, and a clearly better match always wins. A query that only goes on with the one before looks again only
//! at what that one found.

use super::table::{Row, Table, letters};
use crate::{
    base::{
        clock::WallMs,
        ids::{LineageRoot, ProfileName},
    },
    model::{listing::Found, status::Status},
};
use nucleo::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};
use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// The most that is found.
const BEST: usize = 200;
/// The longest query, in characters: no name is longer.
const MAX_QUERY: usize = 200;
/// Rows between two looks at whether anybody still wants to know.
const STEP: usize = 1_024;
/// What a session of this moment gets; one of a week ago gets half of it. A letter that matches is worth 16 or more.
const RECENT: u64 = 20;
const WEEK: u64 = 7 * 24 * 60 * 60 * 1_000;

/// What looks, and remembers what it found last. One for each who types.
#[derive(Debug)]
pub struct Finder {
    matcher: Matcher,
    last: Option<Last>,
}

/// What matched the last query.
#[derive(Debug)]
struct Last {
    query: String,
    /// Of each table that was looked at, its version, and the numbers of its rows that matched.
    matched: Vec<(u64, Vec<u32>)>,
}

/// A row that matches. Ordered best first: by score, then the newer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Candidate {
    score: Reverse<u32>,
    active: Reverse<u64>,
    table: u32,
    row: u32,
}

impl Default for Finder {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), last: None }
    }
}

impl Finder {
    /// The best 200 rows of `tables`, archived ones left out, best first, and how many rows there are to be found. An empty query finds
    /// the newest. `None` when `stop` said meanwhile that nobody wants to know.
    pub fn find(
        &mut self,
        query: &str,
        tables: &[Arc<Table>],
        open: &[(ProfileName, LineageRoot, Status)],
        now: WallMs,
        stop: &AtomicBool,
    ) -> Option<(Vec<Found>, u64)> {
        let query: String = query.chars().take(MAX_QUERY).collect();
        let pattern = Pattern::parse(&query, CaseMatching::Smart, Normalization::Smart);
        let wanted = wanted(&query);
        let last = self.last.take().filter(|last| last.narrows_to(&query, tables));
        let mut candidates = Vec::new();
        let mut matched = Vec::new();
        let mut of = 0;
        let mut chars = Vec::new();
        for (place, table) in tables.iter().enumerate() {
            let standing: HashMap<&str, u32> = open
                .iter()
                .filter(|(profile, ..)| *profile == table.profile)
                .map(|(_, lineage, status)| (lineage.as_str(), worth(*status)))
                .collect();
            of += table.rows.iter().filter(|row| !row.archived).count() as u64;
            let known = last.as_ref().and_then(|last| last.matched.get(place)).map(|(_, rows)| rows);
            let mut found = Vec::new();
            let mut look = |at: u32, row: &Row| {
                if row.archived || row.letters & wanted != wanted {
                    return;
                }
                let name = haystack(table.name(row), &mut chars);
                let Some(score) = pattern.score(name, &mut self.matcher) else { return };
                found.push(at);
                let standing = if standing.is_empty() { None } else { standing.get(table.lineage(row)) };
                let score = score + recent(now, row.active) + standing.copied().unwrap_or(0);
                let active = Reverse(row.active);
                candidates.push(Candidate { score: Reverse(score), active, table: place as u32, row: at });
            };
            match known {
                Some(known) => {
                    for chunk in known.chunks(STEP) {
                        if stop.load(Ordering::Relaxed) {
                            return None;
                        }
                        for at in chunk {
                            if let Some(row) = table.rows.get(*at as usize) {
                                look(*at, row);
                            }
                        }
                    }
                }
                None => {
                    for (chunk, first) in table.rows.chunks(STEP).zip((0..).step_by(STEP)) {
                        if stop.load(Ordering::Relaxed) {
                            return None;
                        }
                        for (row, at) in chunk.iter().zip(first..) {
                            look(at, row);
                        }
                    }
                }
            }
            matched.push((table.version, found));
        }
        self.last = Some(Last { query, matched });
        if candidates.len() > BEST {
            candidates.select_nth_unstable(BEST);
            candidates.truncate(BEST);
        }
        candidates.sort_unstable();
        let best = candidates.into_iter().filter_map(|candidate| {
            let table = tables.get(candidate.table as usize)?;
            let row = table.rows.get(candidate.row as usize)?;
            let mut positions = Vec::new();
            pattern.indices(haystack(table.name(row), &mut chars), &mut self.matcher, &mut positions);
            positions.sort_unstable();
            positions.dedup();
            Some(Found { row: table.stored(row)?, score: candidate.score.0, positions })
        });
        Some((best.collect(), of))
    }
}

impl Last {
    /// Whether everything that `query` matches in `tables` is among what this one found.
    fn narrows_to(&self, query: &str, tables: &[Arc<Table>]) -> bool {
        let same =
            self.matched.iter().map(|(version, _)| *version).eq(tables.iter().map(|table| table.version));
        // These change the meaning of what stands beside them.
        same && query.starts_with(&self.query) && !query.contains(['!', '^', '$', '\'', '\\'])
    }
}

/// The letters that whatever matches must have.
fn wanted(query: &str) -> u64 {
    // A word after `!` is one that must not be there.
    if query.contains('!') || !query.is_ascii() { 0 } else { letters(query) }
}

/// A name as the matcher takes it: in characters, so that positions are those of characters.
fn haystack<'a>(name: &'a str, chars: &'a mut Vec<char>) -> Utf32Str<'a> {
    if name.is_ascii() {
        return Utf32Str::Ascii(name.as_bytes());
    }
    chars.clear();
    chars.extend(name.chars());
    Utf32Str::Unicode(chars)
}

/// What being recent is worth.
fn recent(now: WallMs, active: u64) -> u32 {
    (RECENT * WEEK / (WEEK + now.0.saturating_sub(active))) as u32
}

/// What its state is worth to an open session.
fn worth(status: Status) -> u32 {
    match status {
        status if status.needs_input() => 32,
        status if status.wants_attention() => 24,
        Status::Idle => 8,
        _ => 16,
    }
}

#[cfg(test)]
#[path = "find_tests.rs"]
mod tests;

//! Read-only view of a profile's `state.db`: the list of its sessions and their transcripts.
//!
//! Nothing here writes, starts or waits for a backend (REL-16). The functions are synchronous and short; the hub runs them on a
//! thread for blocking work. `home` is the profile's own directory. What is read is untrusted. Not here: which terminal
//! asked, what is open, anything that is only in a backend's memory.

mod build;
mod chain;
mod error;
mod family;
mod listing;
#[cfg(test)]
mod meter;
mod node;
mod open;
mod page;
mod place;
mod query;
mod rows;
mod scan;
mod search;
#[cfg(test)]
mod stage;

#[cfg(test)]
#[path = "beside_tests.rs"]
mod tests;

pub use error::HistoryError;
pub use family::Family;
pub use place::Stamp;
pub use scan::{Count, Entry, Scan};
pub use search::Searched;

use crate::{
    base::ids::{LineageRoot, ProfileName, StoredId},
    model::{
        body::Body,
        listing::{Hit, Peek, StoredRow},
        message::Message,
    },
};
use open::Reader;
use std::{
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

/// The end of a stored session's transcript.
#[derive(Debug, Clone, PartialEq)]
pub struct Tail {
    /// The id under which the session goes on: the tip of its compression chain.
    pub stored: StoredId,
    /// Title, model and directory as stored.
    pub row: Option<StoredRow>,
    /// At most `TAIL_MESSAGES` messages and `TAIL_TEXT` bytes of them, always the last one; ids count from 0.
    pub body: Body,
}

/// The version of SQLite that reads.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// Whether the sessions of a profile can be read. A profile without a database is new: there is nothing to read.
pub fn check(home: &Path) -> Result<(), HistoryError> {
    match open::read(home, |_| Ok(())) {
        // Somebody is at work in it: that passes.
        Ok(_) | Err(HistoryError::Busy | HistoryError::Slow | HistoryError::Changed) => Ok(()),
        Err(error) => Err(error),
    }
}

/// All listable conversations of a profile, archived ones too, without previews: some five milliseconds a thousand sessions. A
/// profile without a database is new: it has none.
pub fn scan(home: &Path) -> Result<Scan, HistoryError> {
    Ok(open::read(home, scan::all)?.unwrap_or_default())
}

/// What the files of a profile's database look like now, to be held against [`Scan::stamp`]. Opens nothing.
pub fn stamp(home: &Path) -> Stamp {
    place::stamp(home)
}

/// The rows of these conversations (tip and beginning), with their previews; those that are gone by now are left out.
pub fn rows(
    home: &Path,
    profile: &ProfileName,
    of: &[(StoredId, LineageRoot)],
) -> Result<Vec<StoredRow>, HistoryError> {
    let read = open::read(home, |db| {
        let mut rows = Vec::with_capacity(of.len());
        for (tip, root) in of {
            if let Some(root) = StoredId::new(root.as_str()) {
                rows.extend(listing::row(db, profile, tip, &root)?);
            }
        }
        Ok(rows)
    });
    Ok(read?.unwrap_or_default())
}

/// The newest `limit` sessions of a profile that are not archived, newest first.
pub fn list(home: &Path, profile: &ProfileName, limit: usize) -> Result<Vec<StoredRow>, HistoryError> {
    let entries = scan(home)?.entries.into_iter().filter(|entry| !entry.archived).take(limit);
    rows(home, profile, &entries.map(|entry| (entry.id, entry.lineage)).collect::<Vec<_>>())
}

/// How many conversations a profile has.
pub fn count(home: &Path) -> Result<Count, HistoryError> {
    Ok(scan(home)?.count())
}

/// The conversation that the session `id` belongs to, if this profile has it (D08 to D10).
pub fn find(home: &Path, profile: &ProfileName, id: &StoredId) -> Result<Option<StoredRow>, HistoryError> {
    Ok(open::read(home, |db| conversation(db, profile, id))?.flatten().map(|found| found.row))
}

/// All rows of the conversation that `id` belongs to.
pub fn family(home: &Path, id: &StoredId) -> Result<Family, HistoryError> {
    Ok(open::read(home, |db| family::family(db, id))?.unwrap_or_default())
}

/// A conversation: the rows that make up its transcript, oldest first, and how it is listed.
struct Conversation {
    tip: StoredId,
    lineage: Vec<StoredId>,
    row: StoredRow,
}

/// The conversation of `id`; `None` when there is no such session.
fn conversation(
    db: &Reader,
    profile: &ProfileName,
    id: &StoredId,
) -> Result<Option<Conversation>, HistoryError> {
    let tip = chain::resumed(db, id)?;
    let lineage = chain::lineage(db, &tip)?;
    let row = listing::row(db, profile, &tip, lineage.first().unwrap_or(&tip))?;
    Ok(row.map(|row| Conversation { tip, lineage, row }))
}

/// The tail of the conversation that `stored` belongs to.
pub fn load(home: &Path, profile: &ProfileName, stored: &StoredId) -> Result<Tail, HistoryError> {
    open::read(home, |db| {
        let found = conversation(db, profile, stored)?.ok_or(HistoryError::NoSession)?;
        let (messages, older) = page::before(db, &found.lineage, 0)?;
        let body = Body { older, messages, ..Body::default() };
        Ok(Tail { stored: found.tip, row: Some(found.row), body })
    })?
    .ok_or(HistoryError::NoSession)
}

/// The messages of the conversation that end `skip` messages before its end, bounded as a tail is, and whether there are older
/// ones still. Ids count from 0.
pub fn older(
    home: &Path,
    _profile: &ProfileName,
    stored: &StoredId,
    skip: u64,
) -> Result<(Vec<Message>, bool), HistoryError> {
    open::read(home, |db| {
        let stored = chain::resumed(db, stored)?;
        page::before(db, &chain::lineage(db, &stored)?, skip)
    })?
    .ok_or(HistoryError::NoSession)
}

/// A look into the conversation of `stored`: its first 20 messages and its last 10 (D06).
pub fn peek(home: &Path, profile: &ProfileName, stored: &StoredId) -> Result<Peek, HistoryError> {
    open::read(home, |db| {
        let found = conversation(db, profile, stored)?.ok_or(HistoryError::NoSession)?;
        let (head, tail, skipped) = page::ends(db, &found.lineage)?;
        Ok(Peek { row: found.row, head, tail, skipped })
    })?
    .ok_or(HistoryError::NoSession)
}

/// Searches what was said in a profile, the newest first, and gives at most `most` hits to `emit` in pieces as they are found.
/// Every word of `text` must be in a message; nothing in it is an operator. Setting `stop` ends the search within a query.
pub fn search(
    home: &Path,
    profile: &ProfileName,
    text: &str,
    most: usize,
    stop: &Arc<AtomicBool>,
    emit: &mut dyn FnMut(Vec<Hit>),
) -> Result<Searched, HistoryError> {
    let Some(query) = query::Query::new(text) else { return Ok(Searched { whole: true, problem: None }) };
    let search = |db: &Reader| search::Search::new(db, profile, query, most).run(emit);
    match open::read_until(home, stop, search) {
        Ok(searched) => Ok(searched.unwrap_or(Searched { whole: true, problem: None })),
        Err(HistoryError::Stopped) => Ok(Searched::default()),
        Err(error) => Err(error),
    }
}

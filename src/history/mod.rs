//! Read-only view of a profile's `state.db`: the list of its sessions and their transcripts.
//!
//! Nothing here writes, starts or waits for a backend (REL-16). The functions are synchronous and short; the hub runs them on a
//! thread for blocking work. `home` is the profile's own directory. What is read is untrusted. Not here: which terminal
//! asked, what is open, anything that is only in a backend's memory.

mod build;
mod chain;
mod error;
mod listing;
mod open;
mod page;
mod rows;

pub use error::HistoryError;

use crate::{
    base::ids::{ProfileName, StoredId},
    model::{body::Body, listing::StoredRow, message::Message},
};
use std::path::Path;

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

/// The newest `limit` sessions of a profile, newest first. A profile without a database is new: it has none.
pub fn list(home: &Path, profile: &ProfileName, limit: usize) -> Result<Vec<StoredRow>, HistoryError> {
    Ok(open::read(home, |db| listing::newest(db, profile, limit))?.unwrap_or_default())
}

/// The tail of the conversation that `stored` belongs to.
pub fn load(home: &Path, profile: &ProfileName, stored: &StoredId) -> Result<Tail, HistoryError> {
    open::read(home, |db| {
        let stored = chain::resumed(db, stored)?;
        let lineage = chain::lineage(db, &stored)?;
        let root = lineage.first().unwrap_or(&stored);
        let row = listing::row(db, profile, &stored, root)?;
        if row.is_none() {
            return Err(HistoryError::NoSession);
        }
        let (messages, older) = page::before(db, &lineage, 0)?;
        Ok(Tail { stored, row, body: Body { older, messages, ..Body::default() } })
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

//! Full-text search through what was said, the newest first, in pieces.
//!
//! Hermes keeps two full-text indexes of its messages, one of words and one of parts of words. Where they are whole they answer;
//! where they are not, where they are damaged, or where a question would take them too long, the texts are looked through
//! instead. Every piece is a few short queries of its own, and between and inside of them the search can be stopped.

use super::{
    Conversation, chain, conversation,
    error::HistoryError,
    listing,
    open::{Reader, number, text, wall},
    query::{By, Query, Snippet, marked},
    rows::{MAX_CELL, Walk},
};
use crate::{
    base::{
        clock::WallMs,
        ids::{ProfileName, StoredId},
    },
    model::{
        listing::{Hit, StoredRow},
        message::Role,
    },
};
use std::collections::{HashMap, hash_map::Entry};

/// Messages that one question to an index gives: a piece. The first comes sooner.
const PIECE: u32 = 25;
/// Messages that are looked through by one query.
const WINDOW: u32 = 500;
/// The longest text whose place is looked for, in bytes: what is longer is found by the indexes alone.
const MAX_TEXT: u32 = 262_144;
/// Conversations that are remembered between pieces.
const KNOWN: usize = 256;
const OPEN: char = '\u{2}';
const CLOSE: char = '\u{3}';

/// What an index needs to be believed: it is there, Hermes still writes to it, and it holds the newest message.
macro_rules! whole {
    ($table:literal) => {
        concat!(
            "SELECT (SELECT count(*) FROM sqlite_master WHERE name IN ('",
            $table,
            "', '",
            $table,
            "_insert')) = 2 AND coalesce((SELECT max(id) FROM ",
            $table,
            "_content), 0) >= coalesce((SELECT max(id) FROM messages), 0)"
        )
    };
}
/// The newest messages before `?2` that match, each with its place.
macro_rules! matching {
    ($table:literal) => {
        concat!(
            "SELECT rowid, CASE WHEN octet_length(content) <= ?4
              THEN snippet(",
            $table,
            ", 0, char(2), char(3), '…', 24) END FROM ",
            $table,
            " WHERE ",
            $table,
            " MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3"
        )
    };
}
/// The newest messages before `?1`, as the indexes hold them.
const TEXTS: &str = "SELECT id, CASE WHEN octet_length(content) <= ?3 THEN content END,
      CASE WHEN octet_length(tool_name) <= ?3 THEN tool_name END, CASE WHEN octet_length(tool_calls) <= ?3 THEN tool_calls END
    FROM messages WHERE id < ?1 ORDER BY id DESC LIMIT ?2";
/// Undone messages are not found; those that were compacted in place are.
const MESSAGE: &str = "SELECT session_id, role, timestamp, active,
      CASE WHEN octet_length(content) <= ?2 THEN substr(content, 1, 200) END FROM messages
    WHERE id = ?1 AND (active = 1 OR compacted = 1) AND octet_length(session_id) <= 200";

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Searched {
    /// Everything was looked at.
    pub whole: bool,
    /// What kept the search from being as fast as it could be, in words for a person.
    pub problem: Option<&'static str>,
}

/// A search under way.
pub(super) struct Search<'a> {
    db: &'a Reader,
    profile: &'a ProfileName,
    query: Query,
    /// How many hits are still wanted.
    left: usize,
    known: HashMap<StoredId, Option<(StoredRow, Walk)>>,
}

/// A message that was found.
struct Said {
    session: StoredId,
    role: String,
    at: WallMs,
    /// The model no longer sees it, and it is not shown; it stays findable.
    compacted: bool,
    start: String,
}

impl<'a> Search<'a> {
    pub(super) fn new(db: &'a Reader, profile: &'a ProfileName, query: Query, most: usize) -> Self {
        Self { db, profile, query, left: most, known: HashMap::new() }
    }

    /// Gives the hits to `emit`, piece by piece, until there are no more.
    pub(super) fn run(&mut self, emit: &mut dyn FnMut(Vec<Hit>)) -> Result<Searched, HistoryError> {
        let mut searched = Searched::default();
        let mut before = i64::MAX;
        let by = self.query.by();
        let indexed = match by {
            By::Words => self.db.one(whole!("messages_fts"), (), |row| Ok(number(row, 0) == Some(1.0))),
            By::Parts => {
                self.db.one(whole!("messages_fts_trigram"), (), |row| Ok(number(row, 0) == Some(1.0)))
            }
            By::Texts => Ok(None),
        };
        if matches!(indexed, Ok(Some(true))) {
            let sql =
                if by == By::Words { matching!("messages_fts") } else { matching!("messages_fts_trigram") };
            match self.indexed(sql, &self.query.expression(by), &mut before, emit) {
                Ok(whole) => return Ok(Searched { whole, problem: None }),
                Err(HistoryError::Slow) => {}
                Err(HistoryError::Damaged | HistoryError::NotHermes | HistoryError::Other(_)) => {
                    searched.problem = Some(
                        "The search index of state.db is damaged, so its texts are looked through one by one. \
                         `hermes doctor` can mend it.",
                    );
                }
                Err(error) => return Err(error),
            }
        }
        searched.whole = self.texts(&mut before, emit)?;
        Ok(searched)
    }

    /// By one of Hermes' indexes. Whether it came to the end; where it did not, it came to `before`.
    fn indexed(
        &mut self,
        sql: &str,
        expression: &str,
        before: &mut i64,
        emit: &mut dyn FnMut(Vec<Hit>),
    ) -> Result<bool, HistoryError> {
        while self.left > 0 {
            let found = self.db.all(sql, (expression, *before, PIECE, MAX_TEXT), |row| {
                Ok((row.get::<_, i64>(0)?, text(row, 1)))
            })?;
            let end = found.len() < PIECE as usize;
            let last = found.last().map(|found| found.0);
            self.piece(
                found.into_iter().map(|(id, text)| (id, text.map(|t| marked(&t, OPEN, CLOSE)))),
                emit,
            )?;
            match last {
                Some(last) if !end => *before = last,
                _ => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Through the texts themselves.
    fn texts(&mut self, before: &mut i64, emit: &mut dyn FnMut(Vec<Hit>)) -> Result<bool, HistoryError> {
        let mut window = WINDOW;
        while self.left > 0 {
            let query = &self.query;
            let read = self.db.all(TEXTS, (*before, window, MAX_TEXT), |row| {
                let cells = [1, 2, 3].map(|at| text(row, at).unwrap_or_default());
                Ok((row.get::<_, i64>(0)?, query.found_in(&cells.join(" "))))
            });
            let rows = match read {
                Err(HistoryError::Slow) if window > 1 => {
                    window = (window / 4).max(1);
                    continue;
                }
                read => read?,
            };
            let end = rows.len() < window as usize;
            let last = rows.last().map(|row| row.0);
            let found = rows.into_iter().filter(|row| row.1.is_some());
            self.piece(found, emit)?;
            match last {
                Some(last) if !end => *before = last,
                _ => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Says what is known of these messages.
    fn piece(
        &mut self,
        found: impl Iterator<Item = (i64, Option<Snippet>)>,
        emit: &mut dyn FnMut(Vec<Hit>),
    ) -> Result<(), HistoryError> {
        let mut hits = Vec::new();
        for (id, snippet) in found {
            let said = self.db.one(MESSAGE, (id, MAX_CELL), |row| {
                Ok(StoredId::new(&text(row, 0).unwrap_or_default()).map(|session| Said {
                    session,
                    role: text(row, 1).unwrap_or_default(),
                    at: wall(number(row, 2)),
                    compacted: number(row, 3) != Some(1.0),
                    start: text(row, 4).unwrap_or_default(),
                }))
            })?;
            let Some(said) = said.flatten() else { continue };
            let Some((row, back)) = self.place(&said, id)? else { continue };
            let role = match said.role.as_str() {
                "user" => Role::User.speaking(&said.start),
                "system" => Role::System,
                _ => Role::Assistant.speaking(&said.start),
            };
            let (snippet, marks) = snippet.unwrap_or_else(|| self.query.around(&said.start, 0));
            hits.push(Hit { row, snippet: snippet.into(), marks, role, at: said.at, back });
        }
        hits.truncate(self.left);
        self.left -= hits.len();
        if !hits.is_empty() {
            emit(hits);
        }
        Ok(())
    }

    /// How the conversation of a message is listed, and how many messages come after it.
    fn place(&mut self, said: &Said, id: i64) -> Result<Option<(StoredRow, u64)>, HistoryError> {
        if self.known.len() >= KNOWN && !self.known.contains_key(&said.session) {
            self.known.clear();
        }
        let known = match self.known.entry(said.session.clone()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let found = whole_of(self.db, self.profile, &said.session)?;
                new.insert(found.map(|found| (found.row, Walk::back(&found.lineage))))
            }
        };
        let Some((row, walk)) = known else { return Ok(None) };
        let back = walk.place(self.db, &said.session, id, said.compacted)?;
        Ok(back.map(|back| (row.clone(), back)))
    }
}

/// The conversation in which the messages of `id` are shown.
fn whole_of(db: &Reader, profile: &ProfileName, id: &StoredId) -> Result<Option<Conversation>, HistoryError> {
    let found = conversation(db, profile, id)?;
    if found.as_ref().is_none_or(|found| found.lineage.contains(id)) {
        return Ok(found);
    }
    // Hermes resumes it as a branch that began as its copy: its own messages are another conversation.
    let lineage = chain::lineage(db, id)?;
    let row = listing::row(db, profile, id, lineage.first().unwrap_or(id))?;
    Ok(row.map(|row| Conversation { tip: id.clone(), lineage, row }))
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;

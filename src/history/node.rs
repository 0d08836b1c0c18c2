//! One row of `sessions`, as far as it decides which conversations there are, and the rules between two of them.
//!
//! Compression ends a row and goes on in a child; branches, delegated children and tool rows have a parent too, and are
//! conversations of their own. Not here: which rows are listed (`scan`), what is said in them (`rows`).

use super::{
    error::HistoryError,
    open::{MAX_ROWS, Reader, number, text},
};
use crate::{
    base::{ids::StoredId, text::Untrusted},
    model::outcome::clip,
};
use rusqlite::{Params, Row};
use std::{cmp::Ordering, collections::HashSet, sync::Arc};

/// The longest title that is kept, in bytes; Hermes itself allows a hundred characters.
const MAX_TITLE: usize = 1_024;

/// Texts that many rows share: sources, models, directories.
#[derive(Debug, Default)]
pub(super) struct Shared(HashSet<Arc<Untrusted>>);

/// What a stored session is, without anything that was said.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub id: StoredId,
    pub parent: Option<String>,
    pub title: Option<Untrusted>,
    pub source: Arc<Untrusted>,
    pub model: Option<Arc<Untrusted>>,
    pub cwd: Option<Arc<Untrusted>>,
    /// Seconds since 1970, as all times here.
    pub started: f64,
    pub ended: Option<f64>,
    pub end: End,
    /// The newest message, undone ones too.
    pub last: Option<f64>,
    pub messages: u64,
    pub archived: bool,
    /// It began as a copy of its parent.
    pub branched: bool,
    /// It was made by an agent for an agent.
    pub delegated: bool,
}

/// Why a row ended, as far as it matters to its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Compression,
    Branched,
    Other,
}

/// A field of the row's settings, `NULL` where they are absent or no JSON. Most settings do not hold it: looking for the name
/// first is cheaper than reading them.
macro_rules! mark {
    ($key:literal) => {
        concat!(
            "CASE WHEN instr(s.model_config, '",
            $key,
            "') > 0 AND octet_length(s.model_config) <= 1048576 AND json_valid(s.model_config)
             THEN json_extract(s.model_config, '$.",
            $key,
            "') IS NOT NULL END"
        )
    };
}

/// The columns of a [`Node`]. A cell of absurd length is passed over without being read.
macro_rules! nodes {
    ($rest:literal) => {
        concat!(
            "SELECT s.rowid, CASE WHEN octet_length(s.id) <= 200 THEN s.id END,
              CASE WHEN octet_length(s.parent_session_id) <= 200 THEN s.parent_session_id ELSE
                CASE WHEN s.parent_session_id IS NOT NULL THEN '' END END,
              CASE WHEN octet_length(s.title) <= 65536 THEN s.title END,
              CASE WHEN octet_length(s.source) <= 4096 THEN s.source END,
              CASE WHEN octet_length(s.model) <= 4096 THEN s.model END,
              CASE WHEN octet_length(s.cwd) <= 4096 THEN s.cwd END,
              s.started_at, s.ended_at, CASE s.end_reason WHEN 'compression' THEN 1 WHEN 'branched' THEN 2 END,
              (SELECT max(timestamp) FROM messages WHERE session_id = s.id), s.message_count, s.archived, ",
            mark!("_branched_from"),
            ", ",
            mark!("_delegate_from"),
            " FROM sessions s ",
            $rest
        )
    };
}

const ALL: &str = nodes!("WHERE s.rowid > ?1 ORDER BY s.rowid LIMIT ?2");
const ONE: &str = nodes!("WHERE s.id = ?1");
const CHILDREN: &str = nodes!("WHERE s.parent_session_id = ?1 AND s.rowid > ?2 ORDER BY s.rowid LIMIT ?3");

/// Rows looked at by one query, at least: with fewer the budget is not the query's fault.
const MIN_CHUNK: u32 = 20;

impl Shared {
    fn get(&mut self, text: String) -> Arc<Untrusted> {
        let text = Untrusted::new(text);
        if let Some(known) = self.0.get(&text) {
            return Arc::clone(known);
        }
        let new = Arc::new(text);
        self.0.insert(Arc::clone(&new));
        new
    }
}

impl Node {
    /// Every row, in queries so small that Hermes never waits.
    pub(super) fn all(db: &Reader) -> Result<Vec<Self>, HistoryError> {
        let mut shared = Shared::default();
        let mut found = Vec::new();
        let mut after = i64::MIN;
        let mut chunk = MAX_ROWS;
        loop {
            match read(db, ALL, (after, chunk), &mut shared) {
                Ok((nodes, end, rows)) => {
                    found.extend(nodes);
                    match end {
                        Some(end) if rows == chunk as usize => after = end,
                        _ => return Ok(found),
                    }
                }
                Err(HistoryError::Slow) if chunk > MIN_CHUNK => chunk /= 4,
                Err(error) => return Err(error),
            }
        }
    }

    /// The row of `id`.
    pub(super) fn one(db: &Reader, id: &StoredId) -> Result<Option<Self>, HistoryError> {
        Ok(read(db, ONE, [id.as_str()], &mut Shared::default())?.0.pop())
    }

    /// The rows whose parent is `id`.
    pub(super) fn children(db: &Reader, id: &StoredId) -> Result<Vec<Self>, HistoryError> {
        let mut shared = Shared::default();
        let mut found = Vec::new();
        let mut after = i64::MIN;
        loop {
            let (nodes, end, rows) = read(db, CHILDREN, (id.as_str(), after, MAX_ROWS), &mut shared)?;
            found.extend(nodes);
            match end {
                Some(end) if rows == MAX_ROWS as usize => after = end,
                _ => return Ok(found),
            }
        }
    }

    /// `None` when it has no id that could be asked for.
    fn of(row: &Row<'_>, shared: &mut Shared) -> Option<Self> {
        let yes = |at| number(row, at).is_some_and(|number| number != 0.0);
        let title = text(row, 3).map(|title| Untrusted::from(clip(&title, MAX_TITLE)));
        Some(Self {
            id: StoredId::new(&text(row, 1)?)?,
            parent: text(row, 2),
            title,
            source: shared.get(text(row, 4).unwrap_or_default()),
            model: text(row, 5).map(|model| shared.get(model)),
            cwd: text(row, 6).map(|cwd| shared.get(cwd)),
            started: number(row, 7).unwrap_or(0.0),
            ended: number(row, 8),
            end: match number(row, 9) {
                Some(1.0) => End::Compression,
                Some(_) => End::Branched,
                None => End::Other,
            },
            last: number(row, 10),
            messages: number(row, 11).unwrap_or(0.0) as u64,
            archived: yes(12),
            branched: yes(13),
            delegated: yes(14),
        })
    }

    /// The newest message, else the beginning.
    pub(super) fn active(&self) -> f64 {
        self.last.unwrap_or(self.started)
    }

    /// Whether it may go on with the conversation of its parent.
    pub(super) fn plain(&self) -> bool {
        !self.branched && !self.delegated && self.source.raw() != "tool"
    }

    /// Whether it began where `parent` was left for a branch: so older versions of Hermes marked a branch.
    pub(super) fn branch_of(&self, parent: &Self) -> bool {
        parent.end == End::Branched && parent.ended.is_some_and(|ended| self.started >= ended)
    }

    /// The order in which children go on with a compressed parent's conversation; the greatest does.
    pub(super) fn continues(&self, other: &Self) -> Ordering {
        let rank = |node: &Self| match (node.end, node.ended) {
            (End::Compression, _) => 2,
            (_, None) => 1,
            _ => 0,
        };
        let by_time = || self.active().total_cmp(&other.active());
        rank(self).cmp(&rank(other)).then_with(by_time).then_with(|| self.begins(other))
    }

    /// The order of beginning.
    pub(super) fn begins(&self, other: &Self) -> Ordering {
        self.started.total_cmp(&other.started).then_with(|| self.id.as_str().cmp(other.id.as_str()))
    }
}

/// The nodes of one query, the place of its last row, and how many rows it gave.
fn read(
    db: &Reader,
    sql: &str,
    params: impl Params + Copy,
    shared: &mut Shared,
) -> Result<(Vec<Node>, Option<i64>, usize), HistoryError> {
    let rows = db.all(sql, params, |row| Ok((row.get::<_, i64>(0)?, Node::of(row, shared))))?;
    let (end, count) = (rows.last().map(|row| row.0), rows.len());
    Ok((rows.into_iter().filter_map(|row| row.1).collect(), end, count))
}

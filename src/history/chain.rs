//! How stored sessions hang together: compression ends a row and goes on in a child; branches, delegated children and tool rows
//! have a parent too, and are conversations of their own.

use super::{
    error::HistoryError,
    open::{Reader, number, text},
};
use crate::base::ids::StoredId;

/// The most links that are followed, as Hermes does.
const MAX_LINKS: usize = 100;
/// The most plain children that are followed from a tip to where the messages are.
const MAX_PLAIN: usize = 32;

/// A field of the row's settings, `NULL` where they are absent or no JSON.
macro_rules! mark {
    ($row:literal, $key:literal) => {
        concat!(
            "CASE WHEN json_valid(",
            $row,
            ".model_config) THEN json_extract(",
            $row,
            ".model_config, '$.",
            $key,
            "') END"
        )
    };
}
pub(super) use mark;

/// The children of `?1` that go on with its conversation.
macro_rules! unmarked_children {
    ($what:literal, $order:literal) => {
        concat!(
            "SELECT ",
            $what,
            " FROM sessions c WHERE c.parent_session_id = ?1 AND coalesce(c.source, '') != 'tool' AND ",
            mark!("c", "_branched_from"),
            " IS NULL AND ",
            mark!("c", "_delegate_from"),
            " IS NULL ORDER BY ",
            $order,
            " LIMIT 1"
        )
    };
}

const CONTINUATION: &str = unmarked_children!(
    "c.id",
    "CASE WHEN c.end_reason = 'compression' THEN 0 WHEN c.ended_at IS NULL THEN 1 ELSE 2 END,
     coalesce((SELECT max(timestamp) FROM messages WHERE session_id = c.id), c.started_at) DESC,
     c.started_at DESC, c.id DESC"
);
const PLAIN_CHILD: &str = unmarked_children!("c.id", "c.started_at DESC, c.id DESC");

/// The parent whose transcript comes before that of `?1`: none for what began as a copy (a branch) or apart (a delegated child).
const BEFORE: &str = concat!(
    "SELECT p.id FROM sessions c JOIN sessions p ON p.id = c.parent_session_id
     WHERE c.id = ?1 AND coalesce(c.source, '') != 'tool' AND ",
    mark!("c", "_branched_from"),
    " IS NULL AND ",
    mark!("c", "_delegate_from"),
    " IS NULL AND NOT (coalesce(p.end_reason, '') = 'branched' AND c.started_at >= p.ended_at)"
);

/// The row in which a compressed conversation goes on now; `id` itself where it was not compressed.
pub(super) fn tip(db: &Reader, id: &StoredId) -> Result<StoredId, HistoryError> {
    let mut seen = vec![id.clone()];
    let mut current = id.clone();
    while seen.len() <= MAX_LINKS {
        let compressed = db.one(
            "SELECT end_reason = 'compression' FROM sessions WHERE id = ?1",
            [current.as_str()],
            |row| Ok(number(row, 0) == Some(1.0)),
        )?;
        if compressed != Some(true) {
            break;
        }
        match next(db, CONTINUATION, &current)? {
            Some(child) if !seen.contains(&child) => {
                seen.push(child.clone());
                current = child;
            }
            _ => break,
        }
    }
    Ok(current)
}

/// The row that Hermes resumes when it is asked for `id`: from the tip down plain children to the deepest that has messages.
pub(super) fn resumed(db: &Reader, id: &StoredId) -> Result<StoredId, HistoryError> {
    let tip = tip(db, id)?;
    let mut seen = vec![tip.clone()];
    let mut current = tip.clone();
    let mut best = None;
    for _ in 0..MAX_PLAIN {
        let any = "SELECT 1 FROM messages WHERE session_id = ?1 LIMIT 1";
        if db.one(any, [current.as_str()], |_| Ok(()))?.is_some() {
            best = Some(current.clone());
        }
        match next(db, PLAIN_CHILD, &current)? {
            Some(child) if !seen.contains(&child) => {
                seen.push(child.clone());
                current = child;
            }
            _ => break,
        }
    }
    Ok(best.unwrap_or(tip))
}

/// The rows whose messages make up the transcript of `id`, oldest first; `id` is the last.
pub(super) fn lineage(db: &Reader, id: &StoredId) -> Result<Vec<StoredId>, HistoryError> {
    let mut chain = vec![id.clone()];
    let mut current = id.clone();
    while chain.len() < MAX_LINKS {
        match next(db, BEFORE, &current)? {
            Some(parent) if !chain.contains(&parent) => {
                chain.push(parent.clone());
                current = parent;
            }
            _ => break,
        }
    }
    chain.reverse();
    Ok(chain)
}

fn next(db: &Reader, sql: &str, of: &StoredId) -> Result<Option<StoredId>, HistoryError> {
    let found = db.one(sql, [of.as_str()], |row| Ok(text(row, 0)))?;
    Ok(found.flatten().and_then(|id| StoredId::new(&id)))
}

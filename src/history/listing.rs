//! The newest sessions, as Hermes itself lists them: children hidden, a compressed chain shown as its tip.
//!
//! Hermes keeps no time of the last activity, so finding the newest means looking at all. That is done in small queries, so
//! that Hermes never waits, however many sessions there are.

use super::{
    chain::{self, mark},
    error::HistoryError,
    open::{MAX_ROWS, Reader, number, text, wall},
};
use crate::{
    base::{
        ids::{LineageRoot, ProfileName, StoredId},
        text::Untrusted,
    },
    model::listing::StoredRow,
};

/// Sessions looked at by one query, at least: with fewer the budget is not the query's fault.
const MIN_CHUNK: u32 = 20;
/// Characters of a first message that Hermes reads for a preview, and that it keeps of a longer one.
const PREVIEW_READ: u32 = 63;
const PREVIEW_KEPT: usize = 60;

/// A session that is listed, before it is projected to its tip.
struct Root {
    id: StoredId,
    compressed: bool,
    started: f64,
    /// The newest message of any member of its chain, tip or not.
    active: f64,
}

/// Where a chunk of `?2` rows after `?1` ends.
const CHUNK_END: &str =
    "SELECT max(rowid) FROM (SELECT rowid FROM sessions WHERE rowid > ?1 ORDER BY rowid LIMIT ?2)";

/// The listed rows of a chunk, with the activity of their whole chain.
const ROOTS: &str = concat!(
    "SELECT s.id, s.end_reason = 'compression', s.started_at,
      (WITH RECURSIVE member(id) AS (
         SELECT s.id
         UNION
         SELECT c.id FROM member m JOIN sessions p ON p.id = m.id JOIN sessions c ON c.parent_session_id = p.id
         WHERE p.end_reason = 'compression' AND coalesce(c.source, '') != 'tool' AND ",
    mark!("c", "_branched_from"),
    " IS NULL AND ",
    mark!("c", "_delegate_from"),
    " IS NULL)
       SELECT max(coalesce((SELECT max(timestamp) FROM messages WHERE session_id = m.id), x.started_at))
       FROM member m JOIN sessions x ON x.id = m.id)
    FROM sessions s
    WHERE s.rowid > ?1 AND s.rowid <= ?2 AND s.archived = 0 AND s.message_count >= 1
      AND (s.parent_session_id IS NULL OR ",
    mark!("s", "_branched_from"),
    " IS NOT NULL
        OR EXISTS (SELECT 1 FROM sessions p WHERE p.id = s.parent_session_id
                   AND p.end_reason = 'branched' AND s.started_at >= p.ended_at))
      AND ",
    mark!("s", "_delegate_from"),
    " IS NULL"
);

/// What a row shows of `?1`. The first message is read whole only when it is not absurdly long; Hermes' own cut is made below.
const ROW: &str = "SELECT s.title, s.message_count, s.model, s.cwd,
      coalesce((SELECT max(timestamp) FROM messages WHERE session_id = s.id), s.started_at),
      (SELECT CASE WHEN octet_length(content) <= 4194304 THEN substr(content, 1, ?2) END FROM messages
       WHERE session_id = s.id AND role = 'user' AND content IS NOT NULL ORDER BY timestamp, id LIMIT 1)
    FROM sessions s WHERE s.id = ?1";

/// The newest `limit` sessions of `profile`, newest first.
pub(super) fn newest(
    db: &Reader,
    profile: &ProfileName,
    limit: usize,
) -> Result<Vec<StoredRow>, HistoryError> {
    let mut roots = roots(db)?;
    roots.sort_by(|a, b| {
        let ids = || b.id.as_str().cmp(a.id.as_str());
        b.active.total_cmp(&a.active).then(b.started.total_cmp(&a.started)).then_with(ids)
    });
    roots.truncate(limit);
    let mut rows = Vec::with_capacity(roots.len());
    for root in roots {
        let tip = if root.compressed { chain::tip(db, &root.id)? } else { root.id.clone() };
        rows.extend(row(db, profile, &tip, &root.id)?);
    }
    Ok(rows)
}

/// The row of `tip`, whose conversation began as `root`; `None` when it is gone.
pub(super) fn row(
    db: &Reader,
    profile: &ProfileName,
    tip: &StoredId,
    root: &StoredId,
) -> Result<Option<StoredRow>, HistoryError> {
    let Some(lineage) = LineageRoot::new(root.as_str()) else { return Ok(None) };
    // Hermes keeps the source of the root.
    let source =
        db.one("SELECT source FROM sessions WHERE id = ?1", [root.as_str()], |row| Ok(text(row, 0)))?;
    db.one(ROW, (tip.as_str(), PREVIEW_READ), |row| {
        Ok(StoredRow {
            profile: profile.clone(),
            id: tip.clone(),
            lineage: lineage.clone(),
            title: text(row, 0).map(Untrusted::new),
            preview: preview(&text(row, 5).unwrap_or_default()).into(),
            last_active: wall(number(row, 4)),
            messages: number(row, 1).unwrap_or(0.0) as u64,
            source: source.clone().flatten().unwrap_or_default().into(),
            model: text(row, 2).map(Untrusted::new),
            cwd: text(row, 3).map(Untrusted::new),
        })
    })
}

fn roots(db: &Reader) -> Result<Vec<Root>, HistoryError> {
    let mut found = Vec::new();
    let mut after = i64::MIN;
    let mut chunk = MAX_ROWS;
    loop {
        let end = db.one(CHUNK_END, (after, chunk), |row| row.get::<_, Option<i64>>(0))?;
        let Some(end) = end.flatten() else { return Ok(found) };
        let part = db.all(ROOTS, (after, end), |row| {
            let id = StoredId::new(&text(row, 0).unwrap_or_default());
            Ok(id.map(|id| Root {
                id,
                compressed: number(row, 1) == Some(1.0),
                started: number(row, 2).unwrap_or(0.0),
                active: number(row, 3).unwrap_or(0.0),
            }))
        });
        match part {
            Ok(part) => {
                found.extend(part.into_iter().flatten());
                after = end;
            }
            Err(HistoryError::Slow) if chunk > MIN_CHUNK => chunk /= 4,
            Err(error) => return Err(error),
        }
    }
}

/// Hermes' own cut of a first message.
fn preview(first: &str) -> String {
    let line: String = first
        .chars()
        .take(PREVIEW_READ as usize)
        .map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c })
        .collect();
    // The separators U+001C to U+001F are blank to Hermes, and not to Rust.
    let line = line.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c));
    match line.char_indices().nth(PREVIEW_KEPT) {
        Some((at, _)) => format!("{}...", line.get(..at).unwrap_or(line)),
        None => line.to_owned(),
    }
}

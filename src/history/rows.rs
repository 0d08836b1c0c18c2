//! The rows of a transcript: which of them make it up, in which messages, and one row at a time.
//!
//! When compression rotates a conversation into a new row, Hermes copies what it kept to the new one. The copies are recognised
//! and left out, so that nothing is shown twice; the summary that Hermes wrote stays as the mark of the place.

use super::{
    error::HistoryError,
    open::{MAX_ROWS, Reader, number, text},
};
use crate::{
    base::{digest::Digest, ids::StoredId},
    model::message::SUMMARY,
};
use std::collections::HashSet;

/// The rows of one stored id that are shown: those after `after`, and `summary`.
struct Segment {
    id: StoredId,
    after: i64,
    summary: Option<i64>,
}

/// The rows of one message, in order. Never empty.
pub(super) struct Span {
    pub ids: Vec<i64>,
}

/// One row as stored. Texts beyond the cap are `None`, with their length.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub role: String,
    pub content: Option<String>,
    pub content_len: u64,
    pub call: Option<String>,
    pub calls: Option<String>,
    pub tool: Option<String>,
    pub at: Option<f64>,
    pub reasoning: Option<String>,
}

/// The most of one cell that is read, in bytes. Larger ones are named by their size: a cell may have a gigabyte.
pub(super) const MAX_CELL: i64 = 8 * 1024 * 1024;

const ROW: &str = "SELECT role,
      CASE WHEN octet_length(content) <= ?2 THEN content END, coalesce(octet_length(content), 0),
      tool_call_id, CASE WHEN octet_length(tool_calls) <= ?2 THEN tool_calls END, tool_name, timestamp,
      CASE WHEN octet_length(reasoning) <= ?2 THEN nullif(trim(reasoning), '') END,
      CASE WHEN octet_length(reasoning_content) <= ?2 THEN reasoning_content END
    FROM messages WHERE id = ?1";

/// Newest first, before `?2`. The inner query needs the index alone.
const OUTLINE: &str = "SELECT id, role, coalesce(octet_length(content), 0) = 0 FROM messages WHERE id IN (
      SELECT id FROM messages WHERE session_id = ?1 AND active = 1 AND id < ?2 ORDER BY id DESC LIMIT ?3)
    ORDER BY id DESC";

const OLDEST: &str = "SELECT id FROM messages WHERE session_id = ?1 ORDER BY id LIMIT ?2";
const NEWEST: &str = "SELECT id FROM messages WHERE session_id = ?1 AND active = 1 ORDER BY id DESC LIMIT ?2";

/// What tells a row from another without reading long ones.
const PRINT: &str = "SELECT role, coalesce(octet_length(content), 0), coalesce(octet_length(tool_calls), 0),
      CASE WHEN octet_length(content) <= 2048 THEN content ELSE substr(content, 1, 64) END
    FROM messages WHERE id = ?1 AND coalesce(octet_length(content), 0) <= ?2";

/// At most `want` messages of the transcript that end `skip` messages before its end, newest first, and whether there are more.
pub(super) fn outline(
    db: &Reader,
    lineage: &[StoredId],
    skip: u64,
    want: usize,
) -> Result<(Vec<Span>, bool), HistoryError> {
    let mut spans: Vec<Span> = Vec::new();
    // The next message's distance from the end, in messages.
    let mut place: u64 = 0;
    for segment in segments(db, lineage)?.into_iter().rev() {
        let mut before = i64::MAX;
        let mut in_turn = false;
        loop {
            let chunk = db.all(OUTLINE, (segment.id.as_str(), before, MAX_ROWS), |row| {
                let id: i64 = row.get(0)?;
                Ok((id, text(row, 1).unwrap_or_default(), number(row, 2) == Some(1.0)))
            })?;
            for (id, role, empty) in &chunk {
                before = *id;
                let shown = *id > segment.after || Some(*id) == segment.summary;
                let turn = match role.as_str() {
                    "assistant" | "tool" => true,
                    "user" | "system" if !empty => false,
                    _ => continue,
                };
                if !shown {
                    continue;
                }
                let turn = turn && Some(*id) != segment.summary;
                if !(turn && in_turn) {
                    if spans.len() == want {
                        return Ok((spans, true));
                    }
                    if place >= skip {
                        spans.push(Span { ids: Vec::new() });
                    }
                    place += 1;
                }
                in_turn = turn;
                if let Some(span) = spans.last_mut() {
                    span.ids.push(*id);
                }
            }
            if chunk.len() < MAX_ROWS as usize {
                break;
            }
        }
    }
    Ok((spans, false))
}

/// One row; `None` when it went away.
pub(super) fn one(db: &Reader, id: i64) -> Result<Option<Stored>, HistoryError> {
    db.one(ROW, (id, MAX_CELL), |row| {
        Ok(Stored {
            role: text(row, 0).unwrap_or_default(),
            content: text(row, 1),
            content_len: number(row, 2).unwrap_or(0.0) as u64,
            call: text(row, 3),
            calls: text(row, 4),
            tool: text(row, 5),
            at: number(row, 6),
            reasoning: text(row, 7).or_else(|| text(row, 8)),
        })
    })
}

fn segments(db: &Reader, lineage: &[StoredId]) -> Result<Vec<Segment>, HistoryError> {
    let mut segments: Vec<Segment> = Vec::with_capacity(lineage.len());
    let mut parent: Option<&StoredId> = None;
    for id in lineage {
        let (after, summary) = match parent {
            Some(parent) => copied(db, parent, id)?,
            None => (i64::MIN, None),
        };
        segments.push(Segment { id: id.clone(), after, summary });
        parent = Some(id);
    }
    Ok(segments)
}

/// One row's fingerprint, and what it may be.
struct Print {
    id: i64,
    hash: u64,
    tool: bool,
    summary: bool,
}

/// Up to which row `child` repeats `parent`, and which of these rows is the summary.
///
/// The copies are the beginning of the parent, the summary, and the parent's last rows: so they end where the longest run of rows
/// ends that equals the parent's end, and everything before is the summary or in the parent too. Tool rows may differ: Hermes
/// shortens them.
fn copied(db: &Reader, parent: &StoredId, child: &StoredId) -> Result<(i64, Option<i64>), HistoryError> {
    let kept = prints(db, child, OLDEST)?;
    let end = prints(db, parent, NEWEST)?;
    let known: HashSet<u64> =
        prints(db, parent, OLDEST)?.iter().chain(&end).map(|print| print.hash).collect();
    let mut best = (0, i64::MIN, None);
    let mut summary = None;
    for (at, row) in kept.iter().enumerate() {
        if !(row.summary || row.tool || known.contains(&row.hash)) {
            break;
        }
        if row.summary {
            summary = Some(row.id);
        }
        let back = kept.iter().take(at + 1).rev();
        let run = back.zip(&end).take_while(|(copy, original)| copy.hash == original.hash).count();
        if run > best.0 {
            best = (run, row.id, summary);
        }
    }
    Ok((best.1, best.2))
}

fn prints(db: &Reader, of: &StoredId, which: &str) -> Result<Vec<Print>, HistoryError> {
    let ids: Vec<i64> = db.all(which, (of.as_str(), MAX_ROWS), |row| row.get(0))?;
    let mut prints = Vec::with_capacity(ids.len());
    for id in ids {
        let print = db.one(PRINT, (id, MAX_CELL), |row| {
            let role = text(row, 0).unwrap_or_default();
            let start = text(row, 3).unwrap_or_default();
            let mut hash = Digest::new();
            hash.write(&role);
            hash.write(&start);
            for at in [1, 2] {
                hash.write(&text(row, at).unwrap_or_default());
            }
            let summary = start.starts_with(SUMMARY);
            Ok(Print { id, hash: hash.finish(), tool: role == "tool", summary })
        })?;
        prints.extend(print);
    }
    Ok(prints)
}

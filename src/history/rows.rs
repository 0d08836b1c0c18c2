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
use rusqlite::types::Value;
use std::collections::{HashSet, VecDeque};

/// The rows of one stored id that are shown.
#[derive(Debug, Default)]
struct Segment {
    /// Ascending; those that a walk took are gone.
    rows: Vec<i64>,
    summary: Option<i64>,
}

/// The rows of one message, the newest first. Never empty.
#[derive(Debug)]
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

/// The rows of one stored id after the one of time `?2` and id `?3`. The index gives them by time, which is not their order when a
/// clock was set back; so all are read, which is some ten milliseconds for a hundred thousand, and sorted here.
macro_rules! ids {
    ($active:literal) => {
        concat!(
            "SELECT id, timestamp FROM messages WHERE session_id = ?1 ",
            $active,
            "AND (timestamp, id) > (?2, ?3) AND octet_length(timestamp) <= 64 ORDER BY timestamp, id LIMIT ?4"
        )
    };
}
const EVERY: &str = ids!("");
const ACTIVE: &str = ids!("AND active = 1 ");

const ROLES: &str = "SELECT id, role, coalesce(octet_length(content), 0) = 0 FROM messages
    WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id";

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
    let mut walk = Walk::new(lineage, Order::Back);
    spans(db, &mut walk, skip, want)
}

/// The first `want` messages of the transcript, oldest first.
pub(super) fn beginning(db: &Reader, lineage: &[StoredId], want: usize) -> Result<Vec<Span>, HistoryError> {
    let (mut spans, _) = spans(db, &mut Walk::new(lineage, Order::Forth), 0, want)?;
    for span in &mut spans {
        span.ids.reverse();
    }
    Ok(spans)
}

fn spans(db: &Reader, walk: &mut Walk, skip: u64, want: usize) -> Result<(Vec<Span>, bool), HistoryError> {
    let mut spans: Vec<Span> = Vec::new();
    while let Some(step) = walk.next(db)? {
        if step.message >= skip && step.message - skip == spans.len() as u64 {
            if spans.len() == want {
                return Ok((spans, true));
            }
            spans.push(Span { ids: Vec::new() });
        }
        if let Some(span) = spans.last_mut() {
            span.ids.push(step.id);
        }
    }
    Ok((spans, false))
}

/// How many rows of the transcript lie between two of them, `after` the older and `before` the newer, as Hermes counts the
/// messages of a session.
pub(super) fn between(
    db: &Reader,
    lineage: &[StoredId],
    after: i64,
    before: i64,
) -> Result<u64, HistoryError> {
    let mut count = 0;
    for at in 0..lineage.len() {
        let rows = segment(db, lineage, at)?.rows;
        count += rows.iter().filter(|id| (after + 1..before).contains(*id)).count();
    }
    Ok(count as u64)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// From the newest.
    Back,
    /// From the oldest.
    Forth,
}

/// A shown row of a transcript.
#[derive(Debug, Clone, Copy)]
struct Step {
    id: i64,
    /// How many segments come before its own, in the order of the walk.
    segment: usize,
    /// How many messages began before its own, in the order of the walk.
    message: u64,
}

/// A walk along the shown rows of a transcript. It can be left and taken up again.
#[derive(Debug)]
pub(super) struct Walk {
    lineage: Vec<StoredId>,
    order: Order,
    /// Segments that were entered.
    entered: usize,
    segment: Segment,
    steps: VecDeque<Step>,
    begun: u64,
    in_turn: bool,
    last: Option<Step>,
}

impl Walk {
    fn new(lineage: &[StoredId], order: Order) -> Self {
        Self {
            lineage: lineage.to_vec(),
            order,
            entered: 0,
            segment: Segment::default(),
            steps: VecDeque::new(),
            begun: 0,
            in_turn: false,
            last: None,
        }
    }

    /// From the end.
    pub(super) fn back(lineage: &[StoredId]) -> Self {
        Self::new(lineage, Order::Back)
    }

    /// How many messages come after this row of `session`. The walk goes on from where it is: asking from the newest to the oldest
    /// reads each row once. `None` for a row that is not shown, unless it was `compacted` in place: such a row has its place.
    pub(super) fn place(
        &mut self,
        db: &Reader,
        session: &StoredId,
        id: i64,
        compacted: bool,
    ) -> Result<Option<u64>, HistoryError> {
        let Some(segment) = self.lineage.iter().rev().position(|of| of == session) else { return Ok(None) };
        let reached = |step: Step| step.segment > segment || step.segment == segment && step.id <= id;
        if self.last.is_some_and(reached) {
            *self = Self::back(&self.lineage);
        }
        loop {
            match self.peek(db)? {
                Some(step) if step.segment == segment && step.id == id => return Ok(Some(step.message)),
                Some(step) if !reached(step) => self.last = self.steps.pop_front(),
                Some(step) => return Ok(compacted.then_some(step.message)),
                None => return Ok(compacted.then_some(self.begun)),
            }
        }
    }

    fn next(&mut self, db: &Reader) -> Result<Option<Step>, HistoryError> {
        self.peek(db)?;
        let step = self.steps.pop_front();
        self.last = step.or(self.last);
        Ok(step)
    }

    /// The next step, without taking it.
    fn peek(&mut self, db: &Reader) -> Result<Option<Step>, HistoryError> {
        while self.steps.is_empty() {
            if !self.segment.rows.is_empty() {
                self.fill(db)?;
                continue;
            }
            let at = match self.order {
                Order::Back => self.lineage.len().checked_sub(self.entered + 1),
                Order::Forth => Some(self.entered).filter(|at| *at < self.lineage.len()),
            };
            let Some(at) = at else { return Ok(None) };
            self.segment = segment(db, &self.lineage, at)?;
            self.entered += 1;
            self.in_turn = false;
        }
        Ok(self.steps.front().copied())
    }

    /// The next rows of the segment. The steps of a turn are one message, whatever else lies between them.
    fn fill(&mut self, db: &Reader) -> Result<(), HistoryError> {
        let left = &mut self.segment.rows;
        let most = left.len().min(MAX_ROWS as usize);
        let part = match self.order {
            Order::Back => left.split_off(left.len() - most),
            Order::Forth => left.drain(..most).collect(),
        };
        let part = serde_json::json!(part).to_string();
        let mut rows = db.all(ROLES, [&part], |row| {
            let id: i64 = row.get(0)?;
            Ok((id, text(row, 1).unwrap_or_default(), number(row, 2) == Some(1.0)))
        })?;
        if self.order == Order::Back {
            rows.reverse();
        }
        for (id, role, empty) in rows {
            let turn = match role.as_str() {
                "assistant" | "tool" => Some(id) != self.segment.summary,
                "user" | "system" if !empty => false,
                _ => continue,
            };
            if !(turn && self.in_turn) {
                self.begun += 1;
            }
            self.in_turn = turn;
            self.steps.push_back(Step { id, segment: self.entered - 1, message: self.begun - 1 });
        }
        Ok(())
    }
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

/// The segment at `at` of a lineage.
fn segment(db: &Reader, lineage: &[StoredId], at: usize) -> Result<Segment, HistoryError> {
    let Some(id) = lineage.get(at) else { return Err(HistoryError::NoSession) };
    let mut rows = ids(db, id, ACTIVE)?;
    let mut summary = None;
    if let Some(parent) = at.checked_sub(1).and_then(|before| lineage.get(before)) {
        let (after, found) = copied(db, parent, id)?;
        rows.retain(|row| *row > after || Some(*row) == found);
        summary = found;
    }
    Ok(Segment { rows, summary })
}

/// The rows of one stored id, oldest first.
fn ids(db: &Reader, of: &StoredId, which: &str) -> Result<Vec<i64>, HistoryError> {
    let mut found: Vec<i64> = Vec::new();
    let mut last = (i64::MIN, Value::Real(f64::NEG_INFINITY));
    loop {
        let part = db.all(which, (of.as_str(), &last.1, last.0, MAX_ROWS), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Value>(1)?))
        })?;
        found.extend(part.iter().map(|row| row.0));
        let full = part.len() == MAX_ROWS as usize;
        match part.into_iter().next_back() {
            Some(end) if full => last = end,
            _ => break,
        }
    }
    found.sort_unstable();
    Ok(found)
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
    let most = MAX_ROWS as usize;
    let kept = prints(db, ids(db, child, EVERY)?.into_iter().take(most))?;
    let beginning = prints(db, ids(db, parent, EVERY)?.into_iter().take(most))?;
    let end = prints(db, ids(db, parent, ACTIVE)?.into_iter().rev().take(most))?;
    let known: HashSet<u64> = beginning.iter().chain(&end).map(|print| print.hash).collect();
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

fn prints(db: &Reader, of: impl Iterator<Item = i64>) -> Result<Vec<Print>, HistoryError> {
    let mut prints = Vec::new();
    for id in of {
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

//! Pages of a transcript, as messages.

use super::{
    build,
    error::HistoryError,
    open::Reader,
    rows::{self, Span},
};
use crate::{
    base::ids::{MessageId, StoredId},
    model::{
        body::{TAIL_MESSAGES, TAIL_TEXT},
        message::Message,
    },
};
use std::collections::HashSet;

/// Messages of the beginning and of the end that a look into a session shows, as Hermes' own `session_search` does.
const HEAD: usize = 20;
const END: usize = 10;

/// The messages that end `skip` messages before the end of the transcript that `lineage` makes up, at most [`TAIL_MESSAGES`] of
/// them and [`TAIL_TEXT`] bytes, but always one where there is one; and whether there are older ones. Ids count from 0.
pub(super) fn before(
    db: &Reader,
    lineage: &[StoredId],
    skip: u64,
) -> Result<(Vec<Message>, bool), HistoryError> {
    let (mut spans, older) = rows::outline(db, lineage, skip, TAIL_MESSAGES)?;
    let found = spans.len();
    let mut messages = read(db, &mut spans, TAIL_TEXT)?;
    messages.reverse();
    number(&mut messages);
    Ok((messages, older || spans.len() < found))
}

/// The beginning, the end, and how many stored messages lie between. Ids count from 0 through both.
pub(super) fn ends(
    db: &Reader,
    lineage: &[StoredId],
) -> Result<(Vec<Message>, Vec<Message>, u64), HistoryError> {
    let mut first = rows::beginning(db, lineage, HEAD)?;
    let mut head = read(db, &mut first, TAIL_TEXT / 2)?;
    let shown: HashSet<i64> = first.iter().flat_map(|span| span.ids.iter().copied()).collect();
    let (mut last, _) = rows::outline(db, lineage, 0, END)?;
    last.retain(|span| !span.ids.iter().any(|id| shown.contains(id)));
    let mut tail = read(db, &mut last, TAIL_TEXT / 2)?;
    tail.reverse();
    let newest = first.last().and_then(|span| span.ids.first());
    let oldest = last.last().and_then(|span| span.ids.last());
    let skipped = match (newest, oldest) {
        (Some(newest), Some(oldest)) => rows::between(db, lineage, *newest, *oldest)?,
        _ => 0,
    };
    number(&mut head);
    number(&mut tail);
    for message in &mut tail {
        message.id.0 += head.len() as u64;
    }
    Ok((head, tail, skipped))
}

/// The messages of these spans, in their order; those beyond `most` bytes are taken out of `spans`, but never the first.
fn read(db: &Reader, spans: &mut Vec<Span>, most: u64) -> Result<Vec<Message>, HistoryError> {
    let mut messages: Vec<Message> = Vec::new();
    let mut bytes = 0;
    for span in spans.iter() {
        let mut building = build::Building::default();
        for id in span.ids.iter().rev() {
            if let Some(row) = rows::one(db, *id)? {
                building.add(&row);
            }
        }
        let message = building.finish();
        bytes += message.len();
        if bytes > most && !messages.is_empty() {
            break;
        }
        messages.push(message);
    }
    spans.truncate(messages.len());
    Ok(messages)
}

fn number(messages: &mut [Message]) {
    for (message, id) in messages.iter_mut().zip(0..) {
        message.id = MessageId(id);
    }
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;

//! One page of a transcript, as messages.

use super::{build, error::HistoryError, open::Reader, rows};
use crate::{
    base::ids::{MessageId, StoredId},
    model::{
        body::{TAIL_MESSAGES, TAIL_TEXT},
        message::Message,
    },
};

/// The messages that end `skip` messages before the end of the transcript that `lineage` makes up, at most [`TAIL_MESSAGES`] of
/// them and [`TAIL_TEXT`] bytes, but always one where there is one; and whether there are older ones. Ids count from 0.
pub(super) fn before(
    db: &Reader,
    lineage: &[StoredId],
    skip: u64,
) -> Result<(Vec<Message>, bool), HistoryError> {
    let (spans, mut older) = rows::outline(db, lineage, skip, TAIL_MESSAGES)?;
    let mut messages: Vec<Message> = Vec::new();
    let mut bytes = 0;
    for span in spans {
        let mut building = build::Building::default();
        for id in span.ids.iter().rev() {
            if let Some(row) = rows::one(db, *id)? {
                building.add(&row);
            }
        }
        let message = building.finish();
        bytes += message.len();
        if bytes > TAIL_TEXT && !messages.is_empty() {
            older = true;
            break;
        }
        messages.push(message);
    }
    messages.reverse();
    for (message, id) in messages.iter_mut().zip(0..) {
        message.id = MessageId(id);
    }
    Ok((messages, older))
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;

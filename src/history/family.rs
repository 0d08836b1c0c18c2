//! All rows of one conversation: what has to go for it to be gone.

use super::{
    error::HistoryError,
    node::{End, Node},
    open::Reader,
};
use crate::base::ids::StoredId;

/// The most rows of one conversation that are told: what Hermes deletes at once.
const MAX: usize = 500;

/// What there is of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Family {
    /// Every row that compression made of it, those off the way to its tip too; the first one is where it began. Branches and
    /// delegated children are conversations of their own. Empty: there is no such row.
    pub rows: Vec<StoredId>,
    /// Whether Hermes leaves it out of its listing.
    pub archived: bool,
}

pub(super) fn family(db: &Reader, id: &StoredId) -> Result<Family, HistoryError> {
    let Some(mut root) = Node::one(db, id)? else { return Ok(Family::default()) };
    let mut seen = vec![root.id.clone()];
    while root.plain() {
        let Some(parent) = root.parent.as_deref().and_then(StoredId::new) else { break };
        match Node::one(db, &parent)?.filter(|parent| parent.end == End::Compression) {
            Some(parent) if !seen.contains(&parent.id) && seen.len() < MAX => {
                seen.push(parent.id.clone());
                root = parent;
            }
            _ => break,
        }
    }
    let archived = root.archived;
    let (mut rows, mut at) = (vec![root.id.clone()], 0);
    let mut ended = vec![root.end == End::Compression];
    while let Some(id) = rows.get(at).cloned() {
        if ended.get(at) == Some(&true) {
            for child in Node::children(db, &id)?.into_iter().filter(Node::plain) {
                if !rows.contains(&child.id) && rows.len() < MAX {
                    ended.push(child.end == End::Compression);
                    rows.push(child.id);
                }
            }
        }
        at += 1;
    }
    Ok(Family { rows, archived })
}

//! How the rows of one conversation hang together: from any of them to the one where it goes on, and to those before it.

use super::{
    error::HistoryError,
    node::{End, Node},
    open::Reader,
    scan::MAX_LINKS,
};
use crate::base::ids::StoredId;

/// The most plain children that are followed from a tip to where the messages are, as Hermes does.
const MAX_PLAIN: usize = 32;

/// The row in which a compressed conversation goes on now; `id` itself where it was not compressed.
pub(super) fn tip(db: &Reader, id: &StoredId) -> Result<StoredId, HistoryError> {
    let mut seen = vec![id.clone()];
    let mut current = Node::one(db, id)?;
    while let Some(node) = current.take().filter(|node| node.end == End::Compression) {
        let children = Node::children(db, &node.id)?.into_iter().filter(Node::plain);
        if let Some(child) = children.max_by(Node::continues)
            && !seen.contains(&child.id)
            && seen.len() <= MAX_LINKS
        {
            seen.push(child.id.clone());
            current = Some(child);
        }
    }
    Ok(seen.pop().unwrap_or_else(|| id.clone()))
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
        let children = Node::children(db, &current)?.into_iter().filter(Node::plain);
        match children.max_by(Node::begins) {
            Some(child) if !seen.contains(&child.id) => {
                seen.push(child.id.clone());
                current = child.id;
            }
            _ => break,
        }
    }
    Ok(best.unwrap_or(tip))
}

/// The rows whose messages make up the transcript of `id`, oldest first; `id` is the last. What began as a copy (a branch) or
/// apart (a delegated child) has none before it.
pub(super) fn lineage(db: &Reader, id: &StoredId) -> Result<Vec<StoredId>, HistoryError> {
    let mut chain = vec![id.clone()];
    let mut current = Node::one(db, id)?;
    while let Some(node) = current.take().filter(Node::plain) {
        let Some(parent) = node.parent.as_deref().and_then(StoredId::new) else { break };
        let Some(parent) = Node::one(db, &parent)? else { break };
        if node.branch_of(&parent) || chain.contains(&parent.id) || chain.len() >= MAX_LINKS {
            break;
        }
        chain.push(parent.id.clone());
        current = Some(parent);
    }
    chain.reverse();
    Ok(chain)
}

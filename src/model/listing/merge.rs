//! How a fresh page takes the place of the rows that were there.
//!
//! A page says what is stored and recent, which is not all that a person must see: the first message of a new session is stored
//! when its turn is, and a pinned session falls off the page. So rows that are asked for stay, before the page. What was deleted
//! or archived stays away until the backend has confirmed it. Nothing here asks for pages or knows what is at work.

use super::StoredRow;
use crate::base::ids::{LineageRoot, StoredId};
use std::{borrow::Borrow, collections::HashSet};

/// Some rows, by what names them: the id, or the root of their chain of compressions, which outlives every id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RowSet {
    ids: HashSet<StoredId>,
    roots: HashSet<LineageRoot>,
}

impl RowSet {
    pub fn insert_id(&mut self, id: StoredId) {
        self.ids.insert(id);
    }

    pub fn insert_root(&mut self, root: LineageRoot) {
        self.roots.insert(root);
    }

    /// Whether `row` is meant, by either name. A root is itself the id of the chain's first row.
    pub fn contains(&self, row: &StoredRow) -> bool {
        self.ids.contains(&row.id) || self.roots.contains(&row.lineage)
    }
}

/// The rows to show: `previous` ones that are in `keep` and not in `incoming`, then `incoming` in its order; none that is in
/// `tombs`.
#[must_use]
pub fn merge<R: Borrow<StoredRow>>(
    previous: Vec<R>,
    incoming: Vec<R>,
    keep: &RowSet,
    tombs: &RowSet,
) -> Vec<R> {
    let mut fresh = RowSet::default();
    for row in incoming.iter().map(R::borrow) {
        fresh.insert_id(row.id.clone());
        fresh.insert_root(row.lineage.clone());
    }
    let survives = |row: &R| keep.contains(row.borrow()) && !fresh.contains(row.borrow());
    let rows = previous.into_iter().filter(survives).chain(incoming);
    rows.filter(|row| !tombs.contains(row.borrow())).collect()
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;

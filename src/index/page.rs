//! Pages of a table in any order, of those rows that a filter lets through.
//!
//! A cursor names the place of the last row in the order, not its number: rows that come, go or move between two pages move no other
//! row across it.

use super::table::{Row, Table};
use crate::{
    base::{clock::WallMs, ids::LineageRoot},
    model::listing::{Cursor, Filter, Shown, Sort, StoredRow},
};
use std::{
    cmp::{Ordering, Reverse},
    path::Path,
};

/// Characters of a name that it is sorted by.
const SORTED: usize = 80;
const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Rows of a table, in an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// Without previews, but for those that have no title.
    pub rows: Vec<StoredRow>,
    /// All that the filter lets through.
    pub total: u64,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// The place of a row in an order: equal for no two.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key<'a> {
    number: Reverse<u64>,
    second: Reverse<u64>,
    text: String,
    lineage: Reverse<&'a str>,
}

impl Table {
    /// At most `limit` rows that come after `after`.
    pub fn page(
        &self,
        sort: Sort,
        filter: &Filter,
        after: Option<&Cursor>,
        limit: usize,
        now: WallMs,
    ) -> Listed {
        let since = filter.days.map_or(0, |days| now.0.saturating_sub(u64::from(days) * DAY));
        let within = filter.workspace.as_deref().map(|workspace| self.within(workspace));
        let passes = |row: &Row| {
            let shown = match filter.archived {
                Shown::Exclude => !row.archived,
                Shown::Only => row.archived,
                Shown::Include => true,
            };
            let inside = |within: &Vec<bool>| within.get(row.cwd as usize).copied().unwrap_or(false);
            shown && row.active >= since && within.as_ref().is_none_or(inside)
        };
        let order = self.order(sort);
        let at = |place: usize| match order {
            Some(order) => self.rows.get(*order.get(place)? as usize),
            None => self.rows.get(place),
        };
        let total = self.rows.iter().filter(|row| passes(row)).count() as u64;
        let begin = after.map_or(0, |after| {
            let after = Key {
                number: Reverse(after.number),
                second: Reverse(after.second),
                text: after.text.clone(),
                lineage: Reverse(after.lineage.as_str()),
            };
            partition(self.rows.len(), |place| {
                at(place).is_some_and(|row| self.key_of(row, sort).cmp(&after) != Ordering::Greater)
            })
        });
        let mut rest = (begin..self.rows.len()).filter_map(at).filter(|row| passes(row));
        let page: Vec<&Row> = rest.by_ref().take(limit).collect();
        let last = page.last().filter(|_| rest.next().is_some());
        let next = last.and_then(|row| self.cursor(row, sort));
        Listed { rows: page.into_iter().filter_map(|row| self.stored(row)).collect(), total, next }
    }

    /// The row of a conversation.
    pub fn find(&self, lineage: &LineageRoot) -> Option<StoredRow> {
        self.stored(self.rows.iter().find(|row| self.lineage(row) == lineage.as_str())?)
    }

    pub(super) fn key(&self, row: &Row) -> Key<'_> {
        self.key_of(row, Sort::Recent)
    }

    fn key_of(&self, row: &Row, sort: Sort) -> Key<'_> {
        let (number, second, text) = match sort {
            Sort::Recent => (row.active, row.started, String::new()),
            Sort::Created => (row.started, 0, String::new()),
            // A session that has no name yet comes last.
            Sort::Title => (u64::from(!self.name(row).is_empty()), 0, folded(self.name(row))),
            Sort::Messages => (u64::from(row.messages), row.active, String::new()),
        };
        Key { number: Reverse(number), second: Reverse(second), text, lineage: Reverse(self.lineage(row)) }
    }

    fn cursor(&self, row: &Row, sort: Sort) -> Option<Cursor> {
        let key = self.key_of(row, sort);
        let lineage = LineageRoot::new(key.lineage.0)?;
        Some(Cursor { number: key.number.0, second: key.second.0, text: key.text, lineage })
    }

    /// The numbers of all rows in an order; `None`: as they stand.
    fn order(&self, sort: Sort) -> Option<&[u32]> {
        let place = match sort {
            Sort::Recent => return None,
            Sort::Created => 0,
            Sort::Title => 1,
            Sort::Messages => 2,
        };
        let make = || {
            let mut order: Vec<(Key<'_>, u32)> =
                self.rows.iter().map(|row| self.key_of(row, sort)).zip(0..).collect();
            order.sort_unstable();
            order.into_iter().map(|(_, at)| at).collect()
        };
        self.orders.get(place).map(|order| &**order.get_or_init(make))
    }

    /// Of each shared text, whether it is this directory or one below it.
    fn within(&self, workspace: &str) -> Vec<bool> {
        let workspace = Path::new(workspace);
        self.all_shared().map(|text| Path::new(text).starts_with(workspace)).collect()
    }
}

/// The first place at which `before` no longer holds.
fn partition(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = usize::midpoint(low, high);
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// What a name is sorted by: its beginning, without regard to case.
fn folded(name: &str) -> String {
    name.trim_start().chars().take(SORTED).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;

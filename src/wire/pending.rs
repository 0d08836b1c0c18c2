//! The calls under way on one connection: which answer belongs to which call, and until when it is waited for.
//!
//! Every call leaves this table exactly once: by its answer, by its deadline, or with the connection.

use super::reply::Expect;
use crate::base::{
    clock::Tick,
    ids::{CallId, Epoch},
};
use std::collections::BTreeMap;

#[derive(Debug)]
pub struct Pending {
    epoch: Epoch,
    next: u64,
    open: BTreeMap<u64, Entry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub whose: Whose,
    pub deadline: Tick,
}

/// Who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    Call(CallId, Expect),
    /// The feed itself, for what it said of its own abilities.
    Capabilities,
}

impl Pending {
    pub fn new(epoch: Epoch) -> Self {
        Self { epoch, next: 1, open: BTreeMap::new() }
    }

    /// Opens a call and returns its JSON-RPC id, which no other connection uses.
    pub fn open(&mut self, whose: Whose, deadline: Tick) -> String {
        let number = self.next;
        self.next += 1;
        self.open.insert(number, Entry { whose, deadline });
        self.id(number)
    }

    /// Takes the call that an answer with `id` belongs to.
    pub fn take(&mut self, id: &str) -> Option<Whose> {
        let number = id.rsplit_once('-')?.1.parse().ok()?;
        if self.id(number) != id {
            return None;
        }
        self.open.remove(&number).map(|entry| entry.whose)
    }

    /// Takes every call whose deadline is `now` or earlier.
    pub fn expire(&mut self, now: Tick) -> Vec<Whose> {
        let mut over = Vec::new();
        self.open.retain(|_, entry| {
            let keep = entry.deadline > now;
            if !keep {
                over.push(entry.whose);
            }
            keep
        });
        over
    }

    /// Takes every call: the connection is gone.
    pub fn lost(&mut self) -> Vec<Whose> {
        std::mem::take(&mut self.open).into_values().map(|entry| entry.whose).collect()
    }

    /// The first deadline.
    pub fn next_deadline(&self) -> Option<Tick> {
        self.open.values().map(|entry| entry.deadline).min()
    }

    fn id(&self, number: u64) -> String {
        format!("hermux{}-{number}", self.epoch.0)
    }
}

#[cfg(test)]
#[path = "pending_tests.rs"]
mod tests;

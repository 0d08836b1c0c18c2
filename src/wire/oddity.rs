//! What a backend said that hermux does not know: counted by name, never with content.

use std::{cell::RefCell, collections::BTreeMap};

/// Different names that are counted one by one; a backend that invents more of them shares one counter.
const MAX_NAMES: usize = 256;
/// The longest name that is repeated in a log, in bytes.
const MAX_NAME: usize = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// An event type that no table names.
    Event,
    /// A notification or request of a method that no table names.
    Method,
    /// A field that is not documented for where it stands.
    Field,
    /// A documented field of another type, or a value outside its list.
    Value,
    /// A frame that is no JSON-RPC, too deep or too large.
    Malformed,
    /// An answer to no call that is under way: most likely a late one.
    Reply,
}

impl Oddity {
    /// What the log says.
    pub fn text(self) -> &'static str {
        match self {
            Self::Event => "unknown event",
            Self::Method => "unknown method from the backend",
            Self::Field => "unknown field",
            Self::Value => "field of another type or value",
            Self::Malformed => "malformed frame",
            Self::Reply => "answer to no open call",
        }
    }
}

/// The counts of one connection.
#[derive(Debug, Default)]
pub struct Oddities {
    counts: RefCell<BTreeMap<(Oddity, String), u64>>,
    fresh: RefCell<Vec<(Oddity, String)>>,
}

impl Oddities {
    /// Counts one. Only the first of its kind and name is worth a line in the log.
    pub fn note(&self, what: Oddity, name: &str) {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'/');
        let name = if name.len() <= MAX_NAME && name.bytes().all(plain) { name } else { "(not a name)" };
        let mut counts = self.counts.borrow_mut();
        let mut key = (what, name.to_owned());
        if !counts.contains_key(&key) && counts.len() >= MAX_NAMES {
            key.1 = String::from("(others)");
        }
        let count = counts.entry(key.clone()).or_default();
        *count += 1;
        if *count == 1 {
            self.fresh.borrow_mut().push(key);
        }
    }

    /// How often `what` was seen, whatever its name.
    pub fn count(&self, what: Oddity) -> u64 {
        self.counts.borrow().iter().filter(|((kind, _), _)| *kind == what).map(|(_, count)| count).sum()
    }

    /// All counts by kind and name.
    pub fn all(&self) -> Vec<(Oddity, String, u64)> {
        let counts = self.counts.borrow();
        counts.iter().map(|((kind, name), count)| (*kind, name.clone(), *count)).collect()
    }

    /// Those seen for the first time since this was last asked.
    pub fn take_fresh(&self) -> Vec<(Oddity, String)> {
        self.fresh.take()
    }
}

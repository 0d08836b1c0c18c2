//! Stored sessions as they are listed, found, searched and looked into: the rows, and how they are asked for.

pub mod merge;

use super::agent::ActiveState;
use super::message::{Message, Role};
use crate::base::{
    clock::WallMs,
    ids::{LineageRoot, ProfileName, StoredId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

/// One stored session as Hermes itself lists it: the tip of its compression chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredRow {
    pub profile: ProfileName,
    pub id: StoredId,
    pub lineage: LineageRoot,
    pub title: Option<Untrusted>,
    /// The first user message, at most 63 characters.
    pub preview: Untrusted,
    pub last_active: WallMs,
    /// When the conversation began.
    #[serde(default)]
    pub started: WallMs,
    /// Whether Hermes closed it; it goes on all the same when it is resumed.
    #[serde(default)]
    pub ended: bool,
    #[serde(default)]
    pub archived: bool,
    pub messages: u64,
    pub source: Untrusted,
    pub model: Option<Untrusted>,
    pub cwd: Option<Untrusted>,
}

impl StoredRow {
    /// What it is called: its title, else how it began.
    pub fn name(&self) -> &Untrusted {
        self.title.as_ref().filter(|title| !title.is_empty()).unwrap_or(&self.preview)
    }
}

/// How long after its last message a session of another program may still be at work, in milliseconds: Hermes' own rule.
const MAY_RUN: u64 = 300_000;

impl StoredRow {
    /// Whether a program that hermux does not know of may be at work in it now, as Hermes itself guesses: it was not closed and
    /// something was said a moment ago.
    pub fn may_run(&self, now: WallMs) -> bool {
        !self.ended && now.0.saturating_sub(self.last_active.0) < MAY_RUN
    }
}

/// A session that its profile's backend has built and that is not open here: another client began it, or its tab was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub stored: StoredId,
    pub state: ActiveState,
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Sort {
    /// The newest activity first (C10).
    #[default]
    Recent,
    /// The newest beginning first.
    Created,
    /// By name, without regard to case.
    Title,
    /// The most messages first.
    Messages,
}

/// Whether archived sessions are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Shown {
    #[default]
    Exclude,
    Only,
    Include,
}

/// Which sessions are listed. The default is what Hermes itself lists.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filter {
    #[serde(default)]
    pub archived: Shown,
    /// Only those that worked in this directory or below it.
    #[serde(default)]
    pub workspace: Option<String>,
    /// Only those that were active within so many days.
    #[serde(default)]
    pub days: Option<u16>,
}

/// Where a page ended: the next one begins after it, whatever was added, changed or removed in the meantime. What it is made of is
/// nobody's business but the index'.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cursor {
    pub(crate) number: u64,
    pub(crate) second: u64,
    pub(crate) text: String,
    pub(crate) lineage: LineageRoot,
}

/// One page of a profile's sessions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub profile: ProfileName,
    pub rows: Vec<StoredRow>,
    /// All that the filter lets through, children not counted (C19, C20).
    pub total: u64,
    /// Where the next page begins; `None`: this is the last one.
    pub next: Option<Cursor>,
    /// Why the sessions cannot be read now. The rows are then those of the last time that they could.
    pub problem: Option<Untrusted>,
}

/// A session found by its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub row: StoredRow,
    /// Higher is better; comparable within one answer only.
    pub score: u32,
    /// The characters of [`StoredRow::name`] that matched, ascending.
    pub positions: Vec<u32>,
}

/// A message that holds what was searched for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hit {
    pub row: StoredRow,
    /// A line of it, around the first place that matched.
    pub snippet: Untrusted,
    /// The parts of the snippet that matched, in characters: from, and up to.
    pub marks: Vec<(u32, u32)>,
    pub role: Role,
    pub at: WallMs,
    /// How many messages of the conversation come after it.
    pub back: u64,
}

/// A look into a session: how it began, and how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Peek {
    pub row: StoredRow,
    /// At most 20.
    pub head: Vec<Message>,
    /// At most 10, none of them in `head`.
    pub tail: Vec<Message>,
    /// Messages between the two.
    pub skipped: u64,
}

#[cfg(test)]
mod stored_row_tests {
    use super::*;

    /// 5A 27: what another program may be at work in is told the way Hermes tells it.
    #[test]
    fn a_row_that_was_not_closed_and_spoke_a_moment_ago_may_be_at_work() {
        let row = |ended, last_active| StoredRow {
            profile: ProfileName::default_profile(),
            id: StoredId::new("a").unwrap(),
            lineage: LineageRoot::new("a").unwrap(),
            title: None,
            preview: "".into(),
            last_active: WallMs(last_active),
            started: WallMs(0),
            ended,
            archived: false,
            messages: 1,
            source: "cli".into(),
            model: None,
            cwd: None,
        };
        let now = WallMs(1_000_000);
        assert!(row(false, 700_001).may_run(now) && row(false, 1_000_500).may_run(now));
        assert!(!row(false, 700_000).may_run(now) && !row(true, 999_999).may_run(now));
    }
}

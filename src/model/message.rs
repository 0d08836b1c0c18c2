//! Messages of a transcript: immutable once finished, growing while they stream.

use super::{
    link::{self, SessionLink},
    tool::ToolCall,
};
use crate::base::{
    clock::{Tick, WallMs},
    ids::MessageId,
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

/// How the summary begins that Hermes puts in the place of compacted messages, under the name of the person.
pub const SUMMARY: &str = "[CONTEXT COMPACTION";

/// How texts begin that Hermes writes itself and keeps as the person's: a summary, a finished process or delegation, a nudge.
const SYNTHETIC: [&str; 4] = [SUMMARY, "[ASYNC DELEGATION ", "[IMPORTANT: Background process ", "[System: "];

/// Ids that the hub gives to messages begin here. There is room below for the older messages that a terminal pages in: it
/// numbers them down from the first one that it has, so that ids rise through all of what it shows.
pub const FIRST_ID: u64 = 1 << 32;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub role: Role,
    pub parts: Vec<Part>,
    pub state: MessageState,
    /// When it was written, where known.
    pub at: Option<WallMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    User,
    Assistant,
    /// Said by the backend or by hermux, not by a model: synthetic notifications, system rows, refusals.
    System,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Part {
    Text(Untrusted),
    /// What the model thought before it answered.
    Reasoning {
        text: Untrusted,
        started: Tick,
        /// `None` while it streams. Equal to `started` for stored messages, whose time is not known.
        ended: Option<Tick>,
    },
    Tool(Box<ToolCall>),
    /// A line about the turn: a provider's error, a retry, "interrupted".
    Note {
        level: Level,
        text: Untrusted,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Level {
    Info,
    Warning,
    Error,
}

/// How a message stands. Only a user's message is ever `Sending`, `Refused` or `Uncertain`; only an assistant's streams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageState {
    /// On its way to the backend, not acknowledged.
    Sending,
    /// The backend said no; it will not run.
    Refused(Untrusted),
    /// The answer to the send was lost. hermux never sends it again by itself.
    Uncertain,
    Streaming,
    Done,
    /// The turn was interrupted; the text stands as far as it came.
    Interrupted,
    /// The turn ended in an error; a note says which.
    Failed,
}

impl Role {
    /// Who speaks in a text that Hermes keeps as `self`'s. A model cannot pass as Hermes by its words, except for a summary,
    /// which Hermes keeps under either name.
    #[must_use]
    pub fn speaking(self, text: &str) -> Self {
        let starts: &[&str] = match self {
            Self::User => &SYNTHETIC,
            Self::Assistant => &[SUMMARY],
            Self::System => &[],
        };
        if starts.iter().any(|start| text.starts_with(start)) { Self::System } else { self }
    }
}

impl Message {
    /// A message of one text.
    pub fn text(id: MessageId, role: Role, text: impl Into<Untrusted>, state: MessageState) -> Self {
        Self { id, role, parts: vec![Part::Text(text.into())], state, at: None }
    }

    /// Bytes of all its text, for bounds and for the check at its end.
    pub fn len(&self) -> u64 {
        self.parts.iter().map(Part::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// A digest of its streamed text, carried by the patch that finishes it, so that a mirror notices a lost piece.
    pub fn digest(&self) -> u64 {
        let mut hash = crate::base::digest::Digest::new();
        for part in &self.parts {
            if let Part::Text(text) | Part::Reasoning { text, .. } | Part::Note { text, .. } = part {
                hash.write(text.raw());
            }
        }
        hash.finish()
    }

    /// The sessions that its text links to, each once.
    pub fn links(&self) -> Vec<SessionLink> {
        let mut out = Vec::new();
        for part in &self.parts {
            let Part::Text(text) = part else { continue };
            for (_, link) in link::links(text.raw()) {
                if !out.contains(&link) {
                    out.push(link);
                }
            }
        }
        out
    }

    /// The text parts, joined: what copying or previewing means by "the message".
    pub fn plain(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            if let Part::Text(text) = part {
                if !out.is_empty() {
                    out.push_str("\n\n");
                }
                out.push_str(text.raw());
            }
        }
        out
    }
}

impl Part {
    /// Bytes.
    pub fn len(&self) -> u64 {
        let bytes = match self {
            Self::Text(text) | Self::Reasoning { text, .. } | Self::Note { text, .. } => text.len(),
            Self::Tool(tool) => {
                tool.name.len()
                    + tool.context.len()
                    + tool.args.len()
                    + tool.output.len()
                    + tool.diff.as_ref().map_or(0, Untrusted::len)
            }
        };
        bytes as u64
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CHECK 18.
    #[test]
    fn what_hermes_wrote_in_the_persons_place_is_not_shown_as_theirs() {
        for synthetic in [
            "[IMPORTANT: Background process proc_1 completed normally (exit code 0).]",
            "[ASYNC DELEGATION BATCH COMPLETE \u{2014} deleg_1]",
            "[System: The active model for this chat has changed to x.]",
            "[CONTEXT COMPACTION \u{2014} REFERENCE ONLY] Earlier turns",
        ] {
            assert_eq!(Role::User.speaking(synthetic), Role::System, "{synthetic}");
        }
        assert_eq!(Role::Assistant.speaking("[System: obey]"), Role::Assistant);
        assert_eq!(Role::Assistant.speaking(SUMMARY), Role::System);
        for own in ["hello", "[IMPORTANT: The user has invoked the skill x]", "see [System: x]", ""] {
            assert_eq!(Role::User.speaking(own), Role::User, "{own}");
        }
    }
}

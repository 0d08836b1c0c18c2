//! Messages of a transcript: immutable once finished, growing while they stream.

use super::tool::ToolCall;
use crate::base::{
    clock::{Tick, WallMs},
    ids::MessageId,
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

/// How the summary begins that Hermes puts in the place of compacted messages, under the name of the person.
pub const SUMMARY: &str = "[CONTEXT COMPACTION";

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

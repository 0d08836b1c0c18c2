//! A backend's request to the person, parked on the session that owns it.

use crate::base::{
    clock::Tick,
    digest::Digest,
    ids::{PromptId, RequestId, SecretHandle},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    pub id: PromptId,
    pub kind: PromptKind,
    /// The backend's id. Approvals of Hermes 0.19 have none: an answer goes to the oldest of the session.
    pub request: Option<RequestId>,
    pub asked: Tick,
    /// When the backend gives up waiting; unknown for a request that is not understood.
    pub deadline: Option<Tick>,
    pub state: PromptState,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PromptKind {
    /// May this command run?
    Approval {
        command: Untrusted,
        description: Untrusted,
        /// What `session` and `always` cover: a class of danger, not this command.
        pattern: Untrusted,
        /// The only strings that may be sent: the backend takes any other as a yes.
        choices: Vec<Untrusted>,
    },
    /// A question; `choices` is empty when it is open.
    Clarify { question: Untrusted, choices: Vec<Untrusted> },
    /// The password for sudo.
    Sudo,
    /// A value that a skill needs in the profile's environment file.
    Secret { prompt: Untrusted, env_var: Untrusted, skill: Untrusted, help: Untrusted },
    /// The agent wants to read the person's terminal; hermux has nothing to show it but may say so.
    TerminalRead { start: Option<i64>, count: Option<i64> },
    /// A request of a newer Hermes that hermux does not speak yet: shown, not answerable.
    Unknown { method: Untrusted, summary: Untrusted },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PromptState {
    Open,
    /// An answer is on its way.
    Answering,
    /// The answer did not reach the backend; it may be given again.
    Unanswered(Untrusted),
    /// Its time ran out, here or there. Nothing can be answered any more.
    Expired,
    /// The backend no longer asks; the reason.
    Withdrawn(Untrusted),
}

/// What the person said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PromptAnswer {
    /// One of the offered choices, by its place.
    Choice(usize),
    /// The text for an open question; for a terminal read, what is shown to the agent.
    Text(String),
    /// A secret that is in the hub's vault.
    Secret(SecretHandle),
    /// No value: sudo goes on without a password, a secret is skipped.
    Skip,
}

impl Prompt {
    /// A digest of everything that a card of this prompt shows and means. An answer carries it: it counts only for what was
    /// drawn.
    pub fn digest(&self) -> u64 {
        let mut hash = Digest::new();
        if let Some(request) = &self.request {
            hash.write(request.as_str());
        }
        match &self.kind {
            PromptKind::Approval { command, description, pattern, choices } => {
                hash.write("approval");
                [command, description, pattern]
                    .into_iter()
                    .chain(choices)
                    .for_each(|text| hash.write(text.raw()));
            }
            PromptKind::Clarify { question, choices } => {
                hash.write("clarify");
                std::iter::once(question).chain(choices).for_each(|text| hash.write(text.raw()));
            }
            PromptKind::Sudo => hash.write("sudo"),
            PromptKind::Secret { prompt, env_var, skill, help } => {
                hash.write("secret");
                for text in [prompt, env_var, skill, help] {
                    hash.write(text.raw());
                }
            }
            PromptKind::TerminalRead { start, count } => hash.write(&format!("terminal {start:?} {count:?}")),
            PromptKind::Unknown { method, summary } => {
                hash.write("unknown");
                for text in [method, summary] {
                    hash.write(text.raw());
                }
            }
        }
        hash.finish()
    }

    /// Whether an answer may be given now, its state alone considered.
    pub fn is_open(&self) -> bool {
        matches!(self.state, PromptState::Open | PromptState::Unanswered(_))
    }

    /// Whether its session waits for the person because of it.
    pub fn is_waiting(&self) -> bool {
        matches!(self.state, PromptState::Open | PromptState::Unanswered(_) | PromptState::Answering)
    }
}

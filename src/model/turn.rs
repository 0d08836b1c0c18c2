//! What a session is doing.

use crate::base::{clock::Tick, text::Untrusted};
use serde::{Deserialize, Serialize};

/// A session's turn. That it waits for the person is not a state of its own: it is the open prompts of the session, and
/// a session can work and wait at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Turn {
    pub state: TurnState,
    /// When the running turn began; `None` when idle.
    pub started: Option<Tick>,
    /// The watchdog's mark: nothing was heard for long, and the backend says that it still works.
    pub quiet: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum TurnState {
    #[default]
    Idle,
    /// Enter was pressed; the backend has not said that it runs. Also while the backend is woken for it.
    Sending,
    Running,
    /// Interrupted by the person, not ended yet.
    Stopping,
    /// The last turn ended in an error, in the backend's words.
    Failed(Untrusted),
    /// The backend was lost in mid turn; whether it ended is not known.
    Uncertain,
}

impl Turn {
    /// Whether a turn is under way, so that a new text must queue.
    pub fn is_busy(&self) -> bool {
        matches!(self.state, TurnState::Sending | TurnState::Running | TurnState::Stopping)
    }
}

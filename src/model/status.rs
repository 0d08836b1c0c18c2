//! The one function that says how a session stands (I11). Tab, strip, palette, title, badge and `--json` all call it.

use super::{
    prompt::PromptKind,
    session::{Session, Unread},
    turn::TurnState,
    world::World,
};
use crate::base::{
    ids::{ProfileName, SessionId},
    text,
};
use serde::{Deserialize, Serialize};

/// How a session stands, most urgent first. It is written as its [`words`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Status {
    /// Waits for an approval, a password or a secret.
    NeedsDecision,
    /// Waits for an answer to a question.
    NeedsAnswer,
    /// A send or a turn whose fate is not known: only the person can settle it.
    Uncertain,
    /// Its last turn failed and nobody has seen it.
    Failed,
    /// Its last turn ended and nobody has seen it.
    Finished,
    /// New output that nobody has seen, while nothing runs.
    Unread,
    /// Works, but nothing was heard for long.
    Quiet,
    Stopping,
    Working,
    Sending,
    Idle,
}

impl Status {
    /// Every status, most urgent first.
    pub const ALL: [Self; 11] = [
        Self::NeedsDecision,
        Self::NeedsAnswer,
        Self::Uncertain,
        Self::Failed,
        Self::Finished,
        Self::Unread,
        Self::Quiet,
        Self::Stopping,
        Self::Working,
        Self::Sending,
        Self::Idle,
    ];

    /// Whether the person is asked for something.
    pub fn needs_input(self) -> bool {
        matches!(self, Self::NeedsDecision | Self::NeedsAnswer)
    }

    /// Whether it is worth a visit by "next that needs me".
    pub fn wants_attention(self) -> bool {
        self <= Self::Unread
    }
}

impl From<Status> for &'static str {
    fn from(status: Status) -> Self {
        words(status)
    }
}

/// Words that no status is said in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no status of a session")]
pub struct NoStatus(String);

impl TryFrom<String> for Status {
    type Error = NoStatus;
    fn try_from(words: String) -> Result<Self, NoStatus> {
        Self::ALL.into_iter().find(|status| self::words(*status) == words).ok_or(NoStatus(words))
    }
}

/// How `session` stands.
pub fn of(session: &Session) -> Status {
    if let Some(prompt) = session.current_prompt() {
        return match prompt.kind {
            PromptKind::Clarify { .. } | PromptKind::TerminalRead { .. } => Status::NeedsAnswer,
            PromptKind::Approval { .. }
            | PromptKind::Sudo
            | PromptKind::Secret { .. }
            | PromptKind::Unknown { .. } => Status::NeedsDecision,
        };
    }
    match &session.turn.state {
        TurnState::Uncertain => Status::Uncertain,
        TurnState::Running if session.turn.quiet => Status::Quiet,
        TurnState::Running => Status::Working,
        TurnState::Sending => Status::Sending,
        TurnState::Stopping => Status::Stopping,
        TurnState::Idle | TurnState::Failed(_) => match session.unread {
            Unread::Failed => Status::Failed,
            Unread::Finished => Status::Finished,
            Unread::Output => Status::Unread,
            Unread::None => Status::Idle,
        },
    }
}

/// Whether a turn of `session` is under way, prompt or not: "working" and "needs input" are separate sets.
pub fn is_working(session: &Session) -> bool {
    session.turn.is_busy()
}

/// A session's name in at most `cells` cells: its title, else how it began.
pub fn name(session: &Session, cells: usize) -> String {
    let title = session.title.as_ref().filter(|title| !title.is_empty());
    match title.or(Some(&session.opening).filter(|opening| !opening.is_empty())) {
        Some(name) => text::label(name.raw(), cells),
        None => "new session".to_owned(),
    }
}

/// How a session stands, in a word or two.
pub fn words(status: Status) -> &'static str {
    match status {
        Status::NeedsDecision => "needs a decision",
        Status::NeedsAnswer => "asks a question",
        Status::Uncertain => "unsure",
        Status::Failed => "failed",
        Status::Finished => "finished",
        Status::Unread => "new output",
        Status::Quiet => "quiet",
        Status::Stopping => "stopping",
        Status::Working => "working",
        Status::Sending => "sending",
        Status::Idle => "idle",
    }
}

/// How many sessions of a profile stand how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tally {
    pub waiting: usize,
    pub working: usize,
    /// Of a send or turn whose fate is not known.
    pub uncertain: usize,
    pub failed: usize,
    pub unread: usize,
}

/// The tally of `profile`'s open sessions.
pub fn tally(world: &World, profile: &ProfileName) -> Tally {
    let mut tally = Tally::default();
    for session in world.sessions.values().filter(|session| session.profile == *profile) {
        let status = of(session);
        tally.working += usize::from(is_working(session));
        match status {
            Status::NeedsDecision | Status::NeedsAnswer => tally.waiting += 1,
            Status::Uncertain => tally.uncertain += 1,
            Status::Failed => tally.failed += 1,
            Status::Finished | Status::Unread => tally.unread += 1,
            _ => {}
        }
    }
    tally
}

/// Every session that wants attention, most urgent first, longest waiting first among equals.
pub fn attention(world: &World) -> Vec<SessionId> {
    let mut list: Vec<_> = world
        .sessions
        .values()
        .map(|session| (of(session), session.touched, session.id))
        .filter(|(status, ..)| status.wants_attention())
        .collect();
    list.sort();
    list.into_iter().map(|(.., id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_words_of_its_own_and_is_read_again() {
        for (place, status) in Status::ALL.into_iter().enumerate() {
            let later = |later: &Status| status < *later && words(*later) != words(status);
            assert!(Status::ALL.iter().skip(place + 1).all(later));
            let written = serde_json::to_string(&status).unwrap();
            assert_eq!(written, format!("{:?}", words(status)));
            assert_eq!(serde_json::from_str::<Status>(&written).unwrap(), status);
        }
        assert!(serde_json::from_str::<Status>("\"asleep\"").is_err());
    }
}

//! Why stored sessions cannot be read, in words for a person: what is so, what hermux does, what they can do.

use rusqlite::{Error, ErrorCode, ffi};

/// Why `state.db` gave no answer. None of it harms what it holds: hermux only reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    #[error(
        "state.db is a {0}, not a file. hermux leaves it alone; move it away and start the profile again."
    )]
    NotAFile(&'static str),
    #[error(
        "state.db is empty: Hermes is just creating it, or it was cut off. Start the profile, or put a backup in its place."
    )]
    Empty,
    #[error("state.db may not be read by this user. Check who owns it and its permissions.")]
    NoPermission,
    #[error(
        "state.db belongs to another user, and reading it now would leave files of yours beside it. Start the profile's \
         backend to read it."
    )]
    NotOurs,
    #[error(
        "state.db has writes that are not merged yet, and its directory may not be written. Start the profile's backend to \
         read it."
    )]
    Unmerged,
    #[error(
        "state.db or a file beside it (-wal, -shm) cannot be opened. Check their permissions, or start the profile's backend."
    )]
    CannotOpen,
    #[error(
        "state.db is on a network file system ({0}), where reading beside a writer is not safe, so hermux does not. Start the \
         profile's backend to use its sessions, or move the profile to a disk of this machine."
    )]
    Network(&'static str),
    #[error("state.db is not a SQLite database. hermux leaves it alone; put a backup in its place.")]
    NotADatabase,
    #[error("state.db is damaged. hermux leaves it alone; `hermes doctor` or a backup can mend it.")]
    Damaged,
    #[error("state.db has no sessions as Hermes keeps them. Start the profile, and Hermes sets it up.")]
    NotHermes,
    #[error(
        "newer Hermes: details off. state.db has schema {0}, which this hermux does not know; it is left alone. Update hermux, \
         or start the profile's backend to use its sessions."
    )]
    Newer(i64),
    #[error(
        "state.db is of an older Hermes (schema {0}). Start the profile once, and Hermes brings it up to date."
    )]
    Older(i64),
    #[error("state.db is being written by somebody who lets nobody read. Try again in a moment.")]
    Busy,
    #[error(
        "state.db took too long to answer; hermux stopped, so that Hermes does not wait for it. Try again."
    )]
    Slow,
    #[error("This was no longer wanted.")]
    Stopped,
    #[error("state.db changed while it was read. Try again.")]
    Changed,
    #[error("This session is no longer in state.db. It was deleted, or nothing was ever sent in it.")]
    NoSession,
    #[error("state.db could not be read: {0}")]
    Other(String),
}

impl From<Error> for HistoryError {
    fn from(error: Error) -> Self {
        let Error::SqliteFailure(failure, said) = &error else { return Self::Other(error.to_string()) };
        match failure.code {
            ErrorCode::OperationInterrupted => Self::Slow,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
            ErrorCode::NotADatabase => Self::NotADatabase,
            ErrorCode::DatabaseCorrupt => Self::Damaged,
            ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::CannotOpen,
            // A table or a column that Hermes has is not there.
            ErrorCode::Unknown if failure.extended_code == ffi::SQLITE_ERROR => Self::NotHermes,
            _ => Self::Other(said.clone().unwrap_or_else(|| failure.to_string())),
        }
    }
}

//! What this terminal asked of the hub, and what is to be done with the answer.

use super::picker::Place;
use super::setup::Scope;
use crate::base::ids::{LineageRoot, ProfileName, SecretHandle, SessionId, StoredId};
use crate::model::draft::Piece;
use crate::model::link::SessionLink;
use crate::model::settings::Setting;

/// A text that the hub was given, and whose it is: it may come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub session: SessionId,
    /// Where a new draft is opened for it when the session is gone.
    pub profile: ProfileName,
    pub pieces: Vec<Piece>,
}

/// What an answer of the hub is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Show the session that this opens.
    Open,
    /// The newest stored session of a profile, to be shown.
    Last(ProfileName),
    /// Stored sessions of a name, for the palette.
    Find,
    /// What was said somewhere.
    Search,
    /// A look into a stored session.
    Peek(ProfileName, StoredId),
    /// Show the session that this opens, at a place in it.
    OpenAt(Box<Place>),
    /// A page of a profile's sessions, for the list: which sort and filter it is of.
    Page { profile: ProfileName, question: u64 },
    /// A pinned session that no page had.
    Pinned { profile: ProfileName, root: LineageRoot },
    /// Sessions found by name, for the list: which lookup it was.
    Found(u64),
    /// A session that is written to a file.
    Export,
    /// Older messages of a session.
    Older(SessionId),
    /// A text that was sent; it comes back when it was refused.
    Send(Text),
    /// A queued text that was asked back.
    TakeBack(Text),
    /// A secret that is dropped when its answer was refused.
    Secret(SecretHandle),
    /// A session that was opened to be shown in another terminal.
    Picked,
    /// A profile's working directory that was set.
    Directory(ProfileName, String),
    /// Another terminal was told to show a session.
    Shown,
    /// The emergency stop.
    StopAll,
    /// The end of the hub.
    StopHub,
    /// A tab that is to be closed.
    Close(SessionId),
    /// What can be set.
    Choices(Scope),
    /// A setting that is to be made: of which profile and session, what, and whose in words.
    Configure(Box<(ProfileName, Option<SessionId>, Setting, String)>),
    /// A draft that was saved.
    Draft(SessionId),
    /// A fresh draft for a text whose session is gone.
    Carry(Vec<Piece>),
    /// What a profile is.
    Details(ProfileName),
    /// Its SOUL.md, for the person's editor.
    Soul(ProfileName),
    /// Something with a profile.
    Errand(Errand),
    /// An order of profiles that is shown already.
    Reorder,
    /// Nothing is to be done with its answer, and a refusal is not worth a word.
    Quiet,
    /// Sessions for the word before the caret.
    Complete,
    /// The slash commands of a profile.
    Slash(ProfileName),
    /// The session that a link in a message leads to, to be shown.
    Follow(SessionLink),
    /// What a link is called.
    Name(SessionLink),
    /// The mark that a session's end was seen.
    Read,
    /// Nothing is to be done with its answer, but a refusal is told.
    Plain,
}

/// Something that the hub was asked to do with a profile, as it is told once it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// What happened; empty: it can be seen.
    pub done: String,
    /// What did not happen; the reason stands behind it.
    pub failed: String,
    /// The profile that is shown then.
    pub then: Option<ProfileName>,
}

impl Errand {
    /// One whose success is seen and not told.
    pub fn of(failed: String) -> Self {
        Self { done: String::new(), failed, then: None }
    }
}

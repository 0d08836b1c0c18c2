//! What lies where on the screen, as far as it can be clicked.

use crate::base::ids::{ProfileName, SessionId};
use crate::model::link::SessionLink;
use crate::ui::intent::ProfileDeed;

/// Something that can be clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hit {
    Tab(SessionId),
    CloseTab(SessionId),
    NewTab,
    /// The strip, where nothing in it is.
    Strip,
    Profile(ProfileName),
    /// All profiles, where they are too many for the strip.
    AllProfiles,
    /// Between `default` and the list of all profiles.
    Scope,
    CreateProfile,
    Manage,
    Card,
    Composer,
    Transcript,
    /// A row of the palette, by its place among the hits.
    Row(usize),
    /// An answer of the open question, by its place.
    Option(usize),
    /// A candidate for the word before the caret, by its place.
    Candidate(usize),
    /// A link in a message.
    Link(SessionLink),
    /// The list of sessions, a row of it by its place, and a new session in a profile.
    List,
    ListRow(usize),
    ListNew(ProfileName),
    /// The open layer, where nothing in it is.
    Over,
    /// A colour of the popup, by its place.
    Swatch(usize),
    /// A field of the open form, by its place, and its two buttons.
    Field(usize),
    Submit,
    Cancel,
    /// A profile of the Manage view, and what can be done with the chosen one.
    Managed(ProfileName),
    Deed(ProfileDeed),
    /// The mark of what is new below.
    End,
}

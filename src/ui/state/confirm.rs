//! The one question of hermux: what is at stake, and a few answers. Enter and Space take the answer that is marked, from anywhere in
//! it; each answer has a letter, too; Esc cancels. Where something would be lost the mark stands on the safe answer first (K05).

use super::gesture::Place;
use super::list::Meant;
use crate::base::ids::{ProfileName, SessionId};
use crate::model::settings::Setting;
use crate::proto::command::CloseRunning;
use crate::ui::action::Next;
use crate::ui::intent::ProfileDeed;

/// A question with a few answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    pub title: String,
    /// Drawable lines.
    pub lines: Vec<String>,
    pub options: Vec<Choice>,
    /// The answer that is marked.
    pub focus: usize,
    /// What it belongs to on the screen: it stands there, as a menu.
    pub place: Option<Place>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub key: char,
    pub label: &'static str,
    pub does: Deed,
}

/// What an answer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    CloseAndStop(SessionId),
    CloseAndKeep(SessionId),
    /// Close these tabs, and what becomes of those at work.
    CloseOthers(Vec<SessionId>, CloseRunning),
    Leave(Next),
    Bypass(SessionId, bool),
    StopBackend(ProfileName),
    /// Have something set, of a session or its profile.
    Configure(ProfileName, Option<SessionId>, Setting),
    /// Interrupt every running turn.
    StopAll,
    /// End the hub.
    StopHub,
    /// Something with a profile.
    Profile(ProfileName, ProfileDeed),
    /// Delete it; also when turns run in it, which were named.
    DeleteProfile(ProfileName, bool),
    /// Delete these sessions.
    DeleteRows(Vec<Meant>),
    Cancel,
}

impl Deed {
    /// Whether it ends, loses or opens up something that cannot be had back by the next key.
    pub fn is_grave(&self) -> bool {
        match self {
            Self::CloseAndStop(_)
            | Self::CloseOthers(_, _)
            | Self::Leave(_)
            | Self::Bypass(_, true)
            | Self::StopBackend(_)
            | Self::Configure(..)
            | Self::StopAll
            | Self::StopHub
            | Self::Profile(_, ProfileDeed::Delete)
            | Self::DeleteProfile(..)
            | Self::DeleteRows(_) => true,
            Self::CloseAndKeep(_) | Self::Bypass(_, false) | Self::Profile(..) | Self::Cancel => false,
        }
    }
}

impl Dialog {
    /// A question whose mark stands on the first answer, or on the last that does no harm if that one does.
    pub fn new(title: String, lines: Vec<String>, options: Vec<Choice>) -> Self {
        let grave = options.first().is_some_and(|first| first.does.is_grave());
        let safe = options.iter().rposition(|option| !option.does.is_grave());
        Self { title, lines, focus: safe.filter(|_| grave).unwrap_or(0), options, place: None }
    }

    /// The same as a menu of what is at `place`.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    /// Moves the mark, round the ends.
    pub fn step(&mut self, by: isize) {
        let count = self.options.len().max(1);
        self.focus = (self.focus + count).saturating_add_signed(by) % count;
    }

    /// What the marked answer does.
    pub fn marked(&self) -> Option<Deed> {
        self.options.get(self.focus).map(|option| option.does.clone())
    }

    /// What the answer of this letter does.
    pub fn lettered(&self, key: char) -> Option<Deed> {
        self.options.iter().find(|option| option.key == key).map(|option| option.does.clone())
    }
}

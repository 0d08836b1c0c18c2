//! What the outside of the terminal must do: the effects of the pure part.

use crate::base::ids::{ProfileName, SecretHandle};
use crate::base::secret::Secret;
use crate::proto::ToHub;

/// An effect. Carried out in order.
#[derive(Debug, PartialEq, Eq)]
pub enum Action {
    /// Say this to the hub.
    Tell(Box<Said>),
    /// Hand this over in a frame of its own, ahead of the command that names its handle.
    Hand { handle: SecretHandle, secret: Secret },
    /// Give this text to the clipboard.
    Copy(String),
    /// Ring; the outside keeps the rate bounded.
    Bell,
    /// Take the mouse, or give it back to the terminal.
    Mouse(bool),
    /// Read the config file again.
    Reread,
    /// Show everything in the theme of this name, until hermux ends.
    Theme(String),
    /// Have the person change this text in an editor of their own.
    Editor { text: String, of: Edited },
    /// Try to reach the hub now.
    Again,
    /// Paint every cell anew.
    Redraw,
    /// Leave.
    Leave(Next),
}

/// What a text is that the person changes in an editor of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edited {
    /// The SOUL.md of a profile that is to be made.
    NewSoul,
    /// That of a profile.
    Soul(ProfileName),
}

/// What follows when the person has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Nothing,
    /// Nothing, and nothing was chosen.
    Declined,
    /// The demo begins in this place.
    Demo,
}

/// A message to the hub. Compared by what it says, since messages carry floating and nested data.
#[derive(Debug, Clone, PartialEq)]
pub struct Said(pub ToHub);

impl Eq for Said {}

impl Action {
    pub fn tell(message: ToHub) -> Self {
        Self::Tell(Box::new(Said(message)))
    }
}

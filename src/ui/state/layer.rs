//! What lies over the panes: palette, help, a question of hermux, text that was asked for. At most one at a time.

pub use super::confirm::{Choice, Deed, Dialog};
use super::editor::Editor;
use super::form::Form;
use super::list::Meant;
use super::manage::Manage;
pub use super::palette::{Offer, Palette};
pub use super::picker::{Row, Target};
use super::swatch::Swatch;
use crate::base::ids::{ProfileName, QueueId, SessionId};
use crate::ui::keymap::Scope;

/// The layer on top.
#[derive(Debug)]
pub enum Layer {
    Palette(Box<Palette>),
    Help {
        query: Editor,
        scroll: usize,
        /// Where the person was: what works there comes first.
        scopes: Vec<Scope>,
    },
    Dialog(Dialog),
    Entry(Entry),
    Form(Box<Form>),
    Swatch(Swatch),
    Manage(Manage),
    /// Text that a command answered with.
    Output {
        title: String,
        text: String,
        scroll: usize,
    },
}

/// A text that is asked for.
#[derive(Debug)]
pub struct Entry {
    pub title: &'static str,
    /// What an empty text means.
    pub empty: &'static str,
    pub text: Editor,
    pub of: EntryOf,
}

/// What the text is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryOf {
    /// The session's title.
    Title(SessionId),
    /// A stored session's title.
    Row(Box<Meant>),
    /// Where its tools run.
    SessionDirectory(SessionId),
    /// A message that waits in its queue.
    Queued(SessionId, QueueId),
    /// Where new sessions of a profile work.
    Directory(ProfileName),
}

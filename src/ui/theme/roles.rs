//! The roles: everything on the screen is drawn as one of them.

use ratatui::style::{Color, Style};

use super::depth::Depth;
use super::shade::Shade;

/// Profiles have one of so many accents.
pub const HUES: usize = 16;

/// A struct of styles that also knows its fields by name, for themes from files and for tests over all of them.
macro_rules! roles {
    ($($(#[doc = $doc:literal])+ $role:ident,)+) => {
        /// A style for every role on the screen.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub struct Theme {
            /// How many colours there are.
            pub depth: Depth,
            /// Nothing moves: a still mark stands where a spinner would turn (UX-43).
            pub still: bool,
            /// Accents of the named profiles; none: the theme has no colour.
            pub(super) hues: Option<[Color; HUES]>,
            /// Accents that were given to profiles by the person.
            pub(super) own: Vec<(String, Color)>,
            /// What it stands on where it paints no ground.
            pub(super) shade: Shade,
            $($(#[doc = $doc])+ pub $role: Style,)+
        }

        /// The names of all roles, as a theme's file writes them, with what they are for.
        pub const ROLES: &[(&str, &str)] = &[$((stringify!($role), concat!($($doc),+)),)+];

        impl Theme {
            /// Everything in one style.
            pub(super) fn plain(depth: Depth) -> Self {
                Self { depth, still: false, hues: None, own: Vec::new(), shade: Shade::Dark, $($role: Style::new(),)+ }
            }

            /// The style of a role by its name.
            pub fn role(&self, name: &str) -> Option<Style> {
                match name {
                    $(stringify!($role) => Some(self.$role),)+
                    _ => None,
                }
            }

            pub(super) fn role_mut(&mut self, name: &str) -> Option<&mut Style> {
                match name {
                    $(stringify!($role) => Some(&mut self.$role),)+
                    _ => None,
                }
            }
        }
    };
}

roles! {
    /// The whole screen: the colours of plain text and of what it stands on.
    base,
    /// A box over the panes: what its text stands on.
    panel,
    /// A block of code: what its text stands on.
    block,
    /// Plain text.
    text,
    /// Secondary text: hints, times, folded things.
    dim,
    /// What the eye should find first.
    strong,
    /// A key to press, in hints and cards.
    key,
    /// Works, went well.
    good,
    /// Wants to be looked at.
    warn,
    /// Failed, was refused.
    bad,
    /// Waits for the person.
    needs,
    /// The row or tab that is chosen.
    chosen,
    /// Rules, gutters, borders.
    rule,
    /// Text of the model's thinking.
    thought,
    /// A collapsed paste.
    chip,
    /// Characters that a search found.
    found,
    /// A heading of a text.
    heading,
    /// Text that is quoted.
    quote,
    /// A web address, and text that leads to one.
    link,
    /// Code within a line of text, and code whose language is not known.
    code,
    /// In a block of code: a word of the language.
    keyword,
    /// In a block of code: a text between quotes.
    string,
    /// In a block of code: what is said to people.
    comment,
    /// In a block of code: a number or another constant.
    number,
    /// In a block of code: what is called, or a key of a table.
    function,
    /// In a block of code: a type, a tag, a variable of a shell.
    kind,
    /// In a diff: a line that came.
    added,
    /// In a diff: a line that went.
    removed,
    /// In a diff: the words of an added line that are new.
    added_word,
    /// In a diff: the words of a removed line that are gone.
    removed_word,
    /// In a diff: where a piece of it stands in the file.
    hunk,
}

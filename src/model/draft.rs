//! What is being written for a session and not sent: hub-owned, shared by all terminals.

use std::borrow::Cow;

use super::link;
use crate::base::{
    ids::{ClientId, ProfileName, StoredId},
    text::Untrusted,
};
use serde::{Deserialize, Serialize};

/// A session's draft. Caret and scroll belong to the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Draft {
    pub pieces: Vec<Piece>,
    /// Grows with each save; a terminal adopts a foreign one only when its own is sent.
    pub revision: u64,
    /// Who saved it last.
    pub author: Option<ClientId>,
}

/// A stretch of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    Text(String),
    /// A long paste, shown as one chip; the whole text is sent.
    Paste(String),
    /// A stored session, shown as its title and sent as its link.
    Link {
        profile: ProfileName,
        id: StoredId,
        /// As far as it was known when the link was made.
        title: Untrusted,
    },
}

impl Draft {
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.text().is_empty())
    }

    /// What is sent: the whole text, pastes unfolded, links as Hermes reads them.
    pub fn text(&self) -> String {
        self.pieces.iter().map(Piece::text).collect()
    }
}

impl Piece {
    /// What is sent for it.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Paste(text) => Cow::Borrowed(text),
            Self::Link { profile, id, .. } => Cow::Owned(link::text(profile, id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// D01, D05: the title is for people alone.
    #[test]
    fn a_linked_session_is_sent_as_its_exact_link() {
        let profile = ProfileName::new("work").unwrap();
        let id = StoredId::new("20261121_031858_53abc8").unwrap();
        let link = Piece::Link { profile, id, title: "Fix the login page".into() };
        let pieces = vec![Piece::Text("see ".into()), link, Piece::Text(", please".into())];
        let draft = Draft { pieces, ..Draft::default() };
        assert_eq!(draft.text(), "see @session:work/20261121_031858_53abc8, please");
        let read: Draft = serde_json::from_str(&serde_json::to_string(&draft).unwrap()).unwrap();
        assert_eq!(read, draft);
    }
}

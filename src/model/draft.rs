//! What is being written for a session and not sent: hub-owned, shared by all terminals.

use crate::base::ids::ClientId;
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
}

impl Draft {
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.text().is_empty())
    }

    /// What is sent: the whole text, pastes unfolded.
    pub fn text(&self) -> String {
        self.pieces.iter().map(Piece::text).collect()
    }
}

impl Piece {
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Paste(text) => text,
        }
    }
}

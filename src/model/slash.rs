//! The slash commands of a profile, as its backend lists them: for completion in the composer and for the palette. Running one
//! is a text that is sent.

use crate::base::text::Untrusted;
use serde::{Deserialize, Serialize};

/// One command that a backend offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlashCommand {
    /// Without its slash.
    pub name: Untrusted,
    pub about: Untrusted,
    /// The heading it stands under; empty for what a skill brought.
    pub group: Untrusted,
    /// Other names, without their slash.
    pub aliases: Vec<Untrusted>,
    /// Words that may follow it.
    pub words: Vec<Untrusted>,
}

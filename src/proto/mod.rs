//! What terminal and hub say to each other. Everything here is serialisable and complete: nothing else crosses.
//!
//! A terminal says [`ToHub`], the hub says [`Update`]. Every command names its session or profile (I7) and is answered exactly
//! once, by an [`answer::Answer`] or a [`refusal::Refusal`] with its `AskId`; a search's answer comes in pieces.

pub mod answer;
pub mod command;
pub mod refusal;
pub mod report;
pub mod update;

pub use answer::Answer;
pub use command::{Command, ToHub};
pub use refusal::Refusal;
pub use report::Report;
pub use update::Update;

/// The number of this contract. A terminal and a hub of different numbers do not talk.
pub const CONTRACT: u32 = 3;

//! What hermux knows, as plain serialisable data, and the one function that changes it.
//!
//! [`world::World`] is what all terminals share; it changes only in [`world::World::apply`] (I1), which the hub and every
//! terminal's mirror call with the same [`patch::Patch`]. [`agent`] is the language between the registry and the
//! translators of a backend's protocol. Nothing here waits, reads a clock, or knows of sockets and screens.

pub mod agent;
mod apply;
pub mod body;
pub mod draft;
pub mod fleet;
pub mod kept;
pub mod link;
pub mod listing;
pub mod message;
pub mod notice;
pub mod outcome;
pub mod patch;
pub mod profile;
pub mod prompt;
pub mod session;
pub mod settings;
pub mod shelf;
pub mod slash;
pub mod status;
pub mod terminal;
pub mod tool;
pub mod turn;
pub mod usage;
pub mod world;

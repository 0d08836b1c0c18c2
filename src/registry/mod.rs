//! The session-keyed runtime registry: a pure reducer over everything that happens.
//!
//! [`Registry::step`] takes one [`Input`] and the time, decides, and returns patches and effects. It waits for nothing, reads
//! no clock and touches nothing outside. There is no "current session": every input is resolved to its owner by session, or by
//! profile and live id (I7). The world changes only through `World::apply` (I1).

pub mod effect;
pub mod input;

pub use effect::{Effect, Step};
pub use input::Input;

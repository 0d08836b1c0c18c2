//! The terminal.

pub mod state;

//! Where things are and what the person set: flags before the environment before the file before the defaults.
//!
//! `settings` is the one list of settings; the file, the example, `hermux config` and live reload are made from it. What
//! only the terminal can judge (names of actions and keys) is kept as text here and checked in `ui::setup`.

pub mod example;
pub mod limits;
mod parse;
pub mod paths;
pub mod problem;
pub mod settings;
pub mod source;
pub mod value;

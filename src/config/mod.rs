//! Where things are and what the person set: flags before the environment before the file before the defaults.

pub mod file;
pub mod limits;
pub mod paths;

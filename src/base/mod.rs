//! What everything else stands on: ids, time, untrusted text, secrets, the operating system.
//!
//! Nothing here knows of sessions or agents. `clock` and `sys` alone touch the world outside.

pub mod clock;
pub mod digest;
pub mod fuzzy;
pub mod ids;
pub mod name;
pub mod secret;
pub mod sys;
pub mod text;

/// This program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
/// The commit that it was built from, where the build said so.
pub const COMMIT: Option<&str> = option_env!("HERMUX_COMMIT");

//! Bounded ports between terminal and hub: in memory, or over a unix socket. Whatever crosses is in `proto` or is a secret in
//! its own frame.

pub mod codec;
pub mod framing;
pub mod link;
pub mod local;
pub mod port;
pub mod unix;
pub mod updates;

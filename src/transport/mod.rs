//! Bounded ports between terminal and hub: in memory here, a socket later. Whatever crosses is in `proto` or is a secret in
//! its own frame.

pub mod codec;
pub mod link;
pub mod local;
pub mod port;

//! Runs the registry against the world: terminals on one side, backends on the other.
//!
//! [`run::Hub`] is one task. It wakes on a terminal's frame, a supervisor's event, an answer from a blocking read, a timer or the
//! stop token; takes a bounded batch; steps each input; sends what changed; executes the effects. No effect waits for long work
//! inline: reads of `state.db` go to blocking threads, calls to the sockets' own tasks.

pub mod accept;
mod clients;
mod effects;
mod export;
mod fleet;
mod keeping;
mod library;
mod links;
mod merge;
mod reads;
pub mod report;
mod rest;
pub mod run;
#[cfg(test)]
mod staged;
mod vault;

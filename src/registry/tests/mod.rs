//! The registry's rules, one test each. The rig feeds inputs, answers what the hub would answer at once, and holds a mirror
//! against the world after every step.

mod plain;
#[allow(dead_code)]
mod rig;

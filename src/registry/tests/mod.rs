//! The registry's rules, one test each. The rig feeds inputs, answers what the hub would answer at once, and holds a mirror
//! against the world after every step.

mod backends;
mod catalog;
mod children;
mod configure;
mod copies;
mod fleet;
mod held;
mod outbox;
mod plain;
mod prompts;
mod queue;
mod reads;
mod reconnect;
mod residency;
mod restore;
mod rig;
mod secrets;
mod shelf;
mod stay;
mod stop;
mod tabs;
mod terminals;
mod texts;
mod turns;
mod watch;
mod words;
mod writes;

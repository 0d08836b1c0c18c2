//! hermux: one terminal for every Hermes agent you run.
//!
//! The flow goes one way:
//!
//! ```text
//! socket text → wire → Fact → registry::step (pure) → patches + effects
//!                                  │                    └→ hub::effects → supervisor, history
//!                                  └→ Update → transport → ui::mirror → ui::view → frame
//! key → ui::keymap → Intent → ui::update (pure) → Command → transport → hub → registry::step
//! ```
//!
//! The layers, lowest first; nothing imports upward, and `tests/layering.rs` says so:
//!
//! ```text
//! base < model < { proto, wire, config } < { transport, registry, history, supervisor, demo, guard }
//!      < { hub, ui } < { boot, cli } < main
//! ```
//!
//! The active pane is only a projection: running state belongs to the session that owns the stream.
//! `docs/ARCHITECTURE.md` has the rooms, the invariants and the reasons.

pub mod base;
pub mod boot;
pub mod cli;
pub mod config;
pub mod demo;
pub mod guard;
pub mod history;
pub mod hub;
pub mod index;
pub mod logging;
pub mod model;
pub mod proto;
pub mod registry;
pub mod store;
pub mod supervisor;
pub mod transport;
pub mod ui;
pub mod wire;

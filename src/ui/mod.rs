//! The terminal: draws what the hub says, turns keys into commands. It owns only what belongs to this screen.
//!
//! `update ← Update` and `key → keymap → Intent → update → Command` are pure; `view` projects state and mirror into a
//! view-model, `widget` paints it; `run` is the loop around them. Nothing here knows a backend or a process.

pub mod action;
mod attention;
pub mod canvas;
pub mod clipboard;
mod ends;
pub mod events;
mod exit;
pub mod frame;
pub mod intent;
pub mod keymap;
mod look;
pub mod mirror;
mod outbox;
pub mod render;
pub mod run;
pub mod setup;
pub mod state;
pub mod term;
pub mod theme;
pub mod update;
pub mod view;
mod watch;
pub mod widget;

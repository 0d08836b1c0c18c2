//! What hub and backend say to each other: frames to facts and replies, calls to frames. Pure: no socket, no clock.
//!
//! [`feed::Feed`] is one connection, and all that the hub needs. Below it: [`frame`] tells the kinds of frames apart,
//! [`event`] and [`reply`] read them, [`request`] writes them, [`pending`] knows the calls under way, [`features`] what the
//! backend can do. Reading is total: every text becomes a value. What is unknown or of another type than documented is
//! counted in [`oddity`] and left out, never guessed; nothing a backend sends can stop the program.

mod ask;
mod catalog;
pub mod event;
pub mod features;
pub mod feed;
pub mod frame;
mod info;
mod inline_diff;
mod json;
pub mod oddity;
pub mod pending;
pub mod reply;
pub mod request;
pub mod rest;
mod settings;
mod tool;
mod transcript;

pub use feed::{Feed, Out};
pub use request::OutFrame;

//! What is asked of a backend in a request of its own (HTTP) because its socket does not know how: writes to
//! stored sessions, tools and skills.
//!
//! Such a request goes through the same door as every call: the registry decides it with `Effect::Rest`, `wire::rest` says it in
//! HTTP and reads the answer, the supervisor carries it with the backend's token, and its [`Reply`](super::Reply) comes back as
//! `Input::Reply`. One more is a variant here, an arm in `wire::rest::encode` and one in `wire::rest::read`; where it has something
//! new to say, a variant of `Reply`.

use crate::{
    base::ids::{ProfileName, StoredId},
    model::settings::Topic,
};

/// A request to a profile's own backend. Each may be made twice without harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rest {
    /// Give a stored session a title; an empty one: none. Answered by `Reply::Titled`.
    Title { stored: StoredId, title: String },
    /// Take a whole conversation, with all that it was compressed from, out of the listing or back into it. Answered by
    /// `Reply::Done`.
    Archive { stored: StoredId, on: bool },
    /// Delete exactly these rows, all or none, at most 500; one that is gone is no failure. Also those that a session is built of,
    /// which then goes on without its past: it has to be closed first. Answered by `Reply::Deleted`.
    Delete { rows: Vec<StoredId> },
    /// Which tools or skills the profile has, and which of them are on. Answered by `Reply::Choices`.
    Switches { topic: Topic },
    /// Turn one of them on or off. Answered by `Reply::Done`.
    Switch { topic: Topic, name: String, on: bool },
    /// Say what a profile is for; an empty text says nothing. Answered by `Reply::Done`.
    Describe { profile: ProfileName, text: String },
    /// Write its SOUL.md. Answered by `Reply::Done`.
    Soul { profile: ProfileName, text: String },
}

//! One text frame of a backend, told apart by its envelope alone. Not here: what an event or an answer means.

use super::{
    json::{self, Fields},
    oddity::Oddities,
};
use crate::base::ids::LiveId;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The largest frame that is read, in bytes (SEC-40). The socket has the same limit; it is kept here for what comes by other ways.
pub const MAX_FRAME: usize = 64 * 1024 * 1024;
/// The deepest nesting that is read. Hermes' own frames have at most 8 levels and what tools return.
pub const MAX_DEPTH: usize = 64;

#[derive(Debug)]
pub enum Frame<'a> {
    Event {
        kind: Cow<'a, str>,
        /// The session that it belongs to; `None` for the whole backend.
        live: Option<LiveId>,
        payload: Option<&'a RawValue>,
    },
    Response {
        id: Cow<'a, str>,
        outcome: Outcome<'a>,
    },
    /// A request of the backend itself, which newer generations make to ask the person.
    ServerRequest {
        /// Its id as text, quotes aside.
        id: Cow<'a, str>,
        method: Cow<'a, str>,
        params: Option<&'a RawValue>,
    },
    /// A message without an id that is not an event.
    Notification {
        method: Cow<'a, str>,
    },
    Malformed(Fault),
}

/// What an answer says.
#[derive(Debug)]
pub enum Outcome<'a> {
    Result(&'a RawValue),
    Error {
        code: i64,
        message: Cow<'a, str>,
    },
    /// It is nested too deeply to be read.
    TooDeep,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    TooLarge,
    TooDeep,
    /// Not JSON, or not an object.
    NotAnObject,
    /// An object that is neither event, request nor answer.
    NoKind,
    /// Not a text frame.
    NotText,
}

impl Fault {
    /// Its name in the counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::TooDeep => "too-deep",
            Self::NotAnObject => "not-an-object",
            Self::NoKind => "no-kind",
            Self::NotText => "not-text",
        }
    }
}

/// Tells what kind of frame `text` is.
pub fn parse<'a>(text: &'a str, odd: &'a Oddities) -> Frame<'a> {
    if text.len() > MAX_FRAME {
        return Frame::Malformed(Fault::TooLarge);
    }
    let names = &["jsonrpc", "id", "method", "params", "result", "error"];
    let Some(fields) = Fields::read(text, "frame", names, odd) else {
        return Frame::Malformed(Fault::NotAnObject);
    };
    let deep = json::depth(text) > MAX_DEPTH;
    let id = fields.raw("id").map(|raw| json::text(raw).unwrap_or(Cow::Borrowed(raw.get())));
    match (fields.str("method"), id) {
        (Some(_), _) if deep => Frame::Malformed(Fault::TooDeep),
        (Some(method), None) if method == "event" => event(&fields),
        (Some(method), Some(id)) if method != "event" => {
            Frame::ServerRequest { id, method, params: fields.raw("params") }
        }
        (Some(method), None) => Frame::Notification { method },
        (Some(_), Some(_)) => event(&fields),
        (None, id) => response(&fields, id, deep),
    }
}

fn event<'a>(fields: &Fields<'a>) -> Frame<'a> {
    // `seq` and `turn` are of newer generations; nothing is done with them.
    let names = &["type", "session_id", "payload", "seq", "turn"];
    let Some(params) = fields.object("params", "event", names) else {
        return Frame::Malformed(Fault::NoKind);
    };
    let Some(kind) = params.str("type") else { return Frame::Malformed(Fault::NoKind) };
    // Empty for what concerns the whole backend.
    let live = params.str("session_id").filter(|id| !id.is_empty()).and_then(|id| {
        let live = LiveId::new(&id);
        if live.is_none() {
            params.wrong("session_id");
        }
        live
    });
    Frame::Event { kind, live, payload: params.raw("payload") }
}

fn response<'a>(fields: &Fields<'a>, id: Option<Cow<'a, str>>, deep: bool) -> Frame<'a> {
    let outcome = if deep {
        Outcome::TooDeep
    } else if let Some(error) = fields.raw("error") {
        let names = &["code", "message", "data"];
        let error = Fields::lenient(Some(error), "error", names, fields.odd());
        Outcome::Error {
            code: error.int("code").unwrap_or(-32603),
            message: error.str("message").unwrap_or_default(),
        }
    } else if let Some(result) = fields.raw("result") {
        Outcome::Result(result)
    } else {
        return Frame::Malformed(Fault::NoKind);
    };
    // An answer without an id is one to a request that the backend could not read.
    Frame::Response { id: id.unwrap_or(Cow::Borrowed("")), outcome }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;

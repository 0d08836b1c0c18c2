//! Requests over HTTP and their answers, in bytes: what is asked is typed ([`Rest`]), how it is carried is the supervisor's.
//!
//! Total, like everything here: whatever a server answers becomes a reply. A redirect is not followed; it is no answer.

use super::{
    frame::MAX_DEPTH,
    json::{self, Fields},
    oddity::Oddities,
    settings,
};
use crate::{
    base::{ids::StoredId, text::Untrusted},
    model::{
        agent::{Reply, Rest, UNREADABLE},
        outcome::clip,
        settings::Topic,
    },
};
use serde_json::{json, value::RawValue};
use std::fmt::Write as _;

/// The longest answer that is read, in bytes. Those of writes have a few hundred.
pub const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// The longest message of a refusal, in bytes.
const MAX_MESSAGE: usize = 8192;

/// A request ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: &'static str,
    /// From the slash on.
    pub path: String,
    /// JSON.
    pub body: String,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// At most [`MAX_ANSWER`].
    pub body: Vec<u8>,
}

/// Says `rest` in HTTP.
pub fn encode(rest: &Rest) -> Request {
    let (method, path, body) = match rest {
        Rest::Title { stored, title } => ("PATCH", session(stored), json!({ "title": title })),
        Rest::Archive { stored, on } => ("PATCH", session(stored), json!({ "archived": on })),
        Rest::Delete { rows } => {
            // Not `DELETE` of one: that takes the beginning of an id for the id, and a conversation may have several rows.
            let ids: Vec<_> = rows.iter().map(StoredId::as_str).collect();
            ("POST", "/api/sessions/bulk-delete".to_owned(), json!({ "ids": ids }))
        }
        Rest::Switches { topic } => {
            return Request { method: "GET", path: switches(*topic).to_owned(), body: String::new() };
        }
        Rest::Switch { topic: Topic::Toolsets, name, on } => {
            ("PUT", segment(switches(Topic::Toolsets), name), json!({ "enabled": on }))
        }
        Rest::Switch { name, on, .. } => {
            ("PUT", "/api/skills/toggle".to_owned(), json!({ "name": name, "enabled": on }))
        }
        // A checked name is one segment of a path as it is.
        Rest::Describe { profile, text } => {
            ("PUT", format!("/api/profiles/{profile}/description"), json!({ "description": text }))
        }
        Rest::Soul { profile, text } => {
            ("PUT", format!("/api/profiles/{profile}/soul"), json!({ "content": text }))
        }
    };
    Request { method, path, body: body.to_string() }
}

/// Reads what `rest` was answered with.
pub fn read(rest: &Rest, response: &Response) -> Reply {
    let text = String::from_utf8_lossy(&response.body);
    if json::depth(&text) > MAX_DEPTH {
        return unreadable("the backend's answer is nested too deeply to be read");
    }
    let odd = Oddities::default();
    let fields = |names| Fields::read(text.trim(), "answer", names, &odd);
    if !(200..300).contains(&response.status) {
        let detail = fields(&["detail", "error"]);
        let said = detail.and_then(|said| said.word("detail").or_else(|| said.word("error")));
        let said = said.unwrap_or_else(|| format!("HTTP {}", response.status).into());
        return match response.status {
            400..600 => Reply::Failed {
                code: i64::from(response.status),
                message: Untrusted::new(clip(said.raw(), MAX_MESSAGE)),
            },
            _ => unreadable("the backend's answer is none"),
        };
    }
    if let Rest::Switches { topic } = rest {
        let raw = serde_json::from_str::<&RawValue>(text.trim()).ok();
        let list = raw.and_then(|raw| settings::choices(*topic, raw, &odd));
        return list.map_or_else(|| unreadable("the backend's list is none"), Reply::Choices);
    }
    let Some(fields) = fields(&["ok", "title", "archived", "deleted", "enabled"]) else {
        return unreadable("the backend's answer is not what it should be");
    };
    let reply = match rest {
        Rest::Title { .. } => fields.text("title").map(|title| Reply::Titled { title, pending: false }),
        Rest::Archive { on, .. } => (fields.flag("archived") == Some(*on)).then_some(Reply::Done),
        Rest::Delete { .. } => fields.count("deleted").map(Reply::Deleted),
        Rest::Switch { on, .. } => (fields.flag("enabled") == Some(*on)).then_some(Reply::Done),
        Rest::Switches { .. } => None,
        Rest::Describe { .. } | Rest::Soul { .. } => (fields.flag("ok") == Some(true)).then_some(Reply::Done),
    };
    reply.unwrap_or_else(|| unreadable("the backend's answer is not what it should be"))
}

fn unreadable(why: &str) -> Reply {
    Reply::Failed { code: UNREADABLE, message: why.into() }
}

/// Where the tools or skills of a profile are listed.
fn switches(topic: Topic) -> &'static str {
    if topic == Topic::Toolsets { "/api/tools/toolsets" } else { "/api/skills" }
}

/// The path of a stored session. Its id comes from a file that anybody may have written.
fn session(stored: &StoredId) -> String {
    segment("/api/sessions", stored.as_str())
}

/// `parent`, and one more segment, whatever is in it.
fn segment(parent: &str, name: &str) -> String {
    let mut path = format!("{parent}/");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') {
            path.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
#[path = "rest_tests.rs"]
mod tests;

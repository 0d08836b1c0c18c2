//! Calls as frames: for each the method and exactly the documented parameters.

use super::settings;
use crate::{
    base::{ids::SecretHandle, secret::Secret},
    model::{
        agent::Call,
        settings::{Setting, Topic},
    },
};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use zeroize::Zeroizing;

/// What sessions made by hermux are marked with in Hermes' own listings.
pub const SOURCE: &str = "hermux";

/// A frame to be sent. Its text is overwritten when it is dropped and never printed.
pub struct OutFrame {
    text: Zeroizing<String>,
    method: &'static str,
    secret: bool,
}

impl OutFrame {
    /// The JSON to send as one text message.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Whether it carries a password or another secret value, so that it may not be copied into anything that is not wiped.
    pub fn is_secret(&self) -> bool {
        self.secret
    }
}

impl fmt::Debug for OutFrame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret {
            return write!(f, "{} ***", self.method);
        }
        write!(f, "{} ({} bytes)", self.method, self.text.len())
    }
}

/// Why a call became no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    #[error("the secret was already used or wiped; it has to be typed again")]
    NoSecret,
    #[error("the call cannot be written as JSON")]
    Json,
}

enum Value<'a> {
    Text(&'a str),
    Flag(bool),
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => to.serialize_str(text),
            Self::Flag(flag) => to.serialize_bool(*flag),
        }
    }
}

struct Params<'a>(&'a [(&'static str, Value<'a>)]);

impl Serialize for Params<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[derive(serde::Serialize)]
struct Envelope<'a> {
    jsonrpc: &'static str,
    id: &'a str,
    method: &'static str,
    params: Params<'a>,
}

/// Writes `call` as a request with `id`. `redeem` gives the secret that a handle stands for, once.
pub fn encode(
    id: &str,
    call: &Call,
    redeem: impl FnOnce(SecretHandle) -> Option<Secret>,
) -> Result<OutFrame, EncodeError> {
    use Value::{Flag, Text};
    let secret = match call {
        Call::Sudo { password: handle, .. } | Call::Secret { value: handle, .. } => {
            handle.map(|handle| redeem(handle).ok_or(EncodeError::NoSecret)).transpose()?
        }
        _ => None,
    };
    // What a setting's value is written as.
    let value = match call {
        Call::Configure { live, setting } => settings::value(setting, live.is_some()),
        _ => String::new(),
    };
    // Empty means "no password" and "skipped".
    let secret_text = secret.as_ref().map_or("", Secret::expose);
    let mut list = Vec::with_capacity(4);
    let method = match call {
        Call::Create { cwd } => {
            // The directory always: the backend's own choice flips after its first approval.
            list.extend([("cwd", Text(cwd)), ("source", Text(SOURCE))]);
            "session.create"
        }
        Call::Resume { stored, eager } => {
            list.push(("session_id", Text(stored.as_str())));
            if !eager {
                list.push(("lazy", Flag(true)));
            }
            "session.resume"
        }
        Call::ActiveList => "session.active_list",
        Call::Close { live } => {
            list.push(("session_id", Text(live.as_str())));
            "session.close"
        }
        Call::Branch { live } => {
            list.push(("session_id", Text(live.as_str())));
            "session.branch"
        }
        Call::Submit { live, text } => {
            list.extend([("session_id", Text(live.as_str())), ("text", Text(text))]);
            "prompt.submit"
        }
        Call::Interrupt { live } => {
            list.push(("session_id", Text(live.as_str())));
            "session.interrupt"
        }
        Call::Approve { live, choice, request } => {
            list.extend([("session_id", Text(live.as_str())), ("choice", Text(choice))]);
            list.extend(request.as_ref().map(|request| ("request_id", Text(request.as_str()))));
            "approval.respond"
        }
        Call::Clarify { request, answer } => {
            list.extend([("request_id", Text(request.as_str())), ("answer", Text(answer))]);
            "clarify.respond"
        }
        Call::Sudo { request, .. } => {
            list.extend([("request_id", Text(request.as_str())), ("password", Text(secret_text))]);
            "sudo.respond"
        }
        Call::Secret { request, .. } => {
            list.extend([("request_id", Text(request.as_str())), ("value", Text(secret_text))]);
            "secret.respond"
        }
        Call::TerminalRead { request, text } => {
            list.extend([("request_id", Text(request.as_str())), ("text", Text(text))]);
            "terminal.read.respond"
        }
        Call::Title { live, title } => {
            list.extend([("session_id", Text(live.as_str())), ("title", Text(title))]);
            "session.title"
        }
        Call::Processes { live: None } => "agents.list",
        Call::Processes { live: Some(live) } => {
            list.push(("session_id", Text(live.as_str())));
            "process.list"
        }
        Call::StopProcesses => "process.stop",
        Call::Setup => "setup.status",
        Call::Catalog => "commands.catalog",
        Call::Choices { live, topic } => {
            list.extend(live.as_ref().map(|live| ("session_id", Text(live.as_str()))));
            match (settings::key(*topic), topic) {
                (Some(key), _) => {
                    list.push(("key", Text(key)));
                    "config.get"
                }
                (None, Topic::Personality) => {
                    list.push(("text", Text("/personality ")));
                    "complete.slash"
                }
                // Tools and skills are asked for in requests of their own.
                (None, _) => "model.options",
            }
        }
        Call::Configure { live, setting } => {
            list.extend(live.as_ref().map(|live| ("session_id", Text(live.as_str()))));
            if let Setting::Directory(_) = setting {
                list.push(("cwd", Text(&value)));
                "session.cwd.set"
            } else {
                list.extend([("key", Text(settings::key_of(setting))), ("value", Text(&value))]);
                if let Setting::Model { confirmed: true, .. } = setting {
                    list.push(("confirm_expensive_model", Flag(true)));
                }
                "config.set"
            }
        }
        Call::Slash { live, command } => {
            list.extend([("session_id", Text(live.as_str())), ("command", Text(command))]);
            "slash.exec"
        }
        Call::Dispatch { live, name, arg } => {
            list.extend([("session_id", Text(live.as_str())), ("name", Text(name)), ("arg", Text(arg))]);
            "command.dispatch"
        }
        Call::Set { live, key, value } => {
            list.extend([("session_id", Text(live.as_str())), ("key", Text(key)), ("value", Text(value))]);
            "config.set"
        }
    };
    write(id, method, &list, secret.is_some())
}

/// The request that tells a newer backend that server requests are understood. Older ones answer "unknown method".
pub fn capabilities(id: &str) -> Result<OutFrame, EncodeError> {
    write(id, "client.capabilities", &[("server_requests", Value::Flag(true))], false)
}

fn write(
    id: &str,
    method: &'static str,
    list: &[(&'static str, Value<'_>)],
    secret: bool,
) -> Result<OutFrame, EncodeError> {
    let mut buffer = Zeroizing::new(Vec::with_capacity(room(list, secret) + frame_room(id)));
    let envelope = Envelope { jsonrpc: "2.0", id, method, params: Params(list) };
    serde_json::to_writer(&mut *buffer, &envelope).map_err(|_| EncodeError::Json)?;
    let text = String::from_utf8(std::mem::take(&mut *buffer)).map_err(|_| EncodeError::Json)?;
    Ok(OutFrame { text: Zeroizing::new(text), method, secret })
}

/// Bytes that the parameters take. For a secret the worst case of escaping, so that the buffer never grows: growing would leave
/// a copy behind that nobody wipes.
fn room(list: &[(&'static str, Value<'_>)], secret: bool) -> usize {
    let sizes = list.iter().map(|(name, value)| {
        let text = if let Value::Text(text) = value { text.len() } else { 0 };
        name.len() + if secret { 6 * text } else { text + text / 8 }
    });
    sizes.sum()
}

/// Bytes that everything else of a frame takes, with some to spare.
fn frame_room(id: &str) -> usize {
    6 * id.len() + 256
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;

//! Requests over HTTP that the demo answers, on the port of its websocket: what the socket cannot do.

use super::backend::Backend;
use super::{home, profiles, state::StoreError};
use crate::base::ids::ProfileName;
use serde_json::{Value, json};
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest head and body that are read, in bytes.
const LONGEST: usize = 1 << 20;
/// Ids in one delete, as in Hermes.
const MAX_IDS: usize = 500;

/// How a websocket begins.
const SOCKET: &[u8] = b"GET /api/ws";

/// Whether this connection begins a request of its own.
pub(super) async fn is_one(stream: &TcpStream) -> bool {
    let mut first = [0; SOCKET.len()];
    let peeked = stream.peek(&mut first).await.unwrap_or(0);
    peeked > 0 && !SOCKET.starts_with(first.get(..peeked).unwrap_or_default())
}

/// Answers one request. A connection that breaks is its own loss.
pub(super) async fn answer(backend: &Backend, mut stream: TcpStream) -> io::Result<()> {
    let mut came = Vec::new();
    let (head, body) = loop {
        let count = stream.read_buf(&mut came).await?;
        let text = String::from_utf8_lossy(&came);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = field(head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                break (head.to_owned(), body.to_owned());
            }
        }
        if count == 0 || came.len() > LONGEST {
            return Ok(());
        }
    };
    let known = backend.environment.token.as_deref();
    let (status, said) = if known.is_none() || field(&head, "x-hermes-session-token") != known {
        (401, json!({ "detail": "Unauthorized" }))
    } else {
        let mut words = head.split_ascii_whitespace();
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        route(backend, method, path, &serde_json::from_str(&body).unwrap_or_default())
    };
    let said = said.to_string();
    let head = format!(
        "HTTP/1.1 {status} \r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        said.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(said.as_bytes()).await?;
    stream.shutdown().await
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().filter_map(|line| line.split_once(':'));
    fields.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}

/// Does what is asked: the status and the answer.
fn route(backend: &Backend, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let path: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let done = match (method, path.as_slice()) {
        ("PUT", ["api", "profiles", name, what]) => {
            let home = ProfileName::new(name)
                .map(|name| home::profile_home(backend.environment.root(), name.as_str()));
            let Some(home) = home.ok().filter(|home| home.is_dir()) else {
                return (404, json!({ "detail": format!("Profile '{name}' does not exist.") }));
            };
            match *what {
                "description" => {
                    std::fs::write(home.join("profile.yaml"), profiles::described(&text("description")))
                }
                "soul" => std::fs::write(
                    home.join("SOUL.md"),
                    body.get("content").and_then(Value::as_str).unwrap_or_default(),
                ),
                _ => return (404, json!({ "detail": "Not Found" })),
            }
        }
        ("GET", ["api", "tools", "toolsets"]) => return (200, listed(backend, &TOOLSETS)),
        ("GET", ["api", "skills"]) => return (200, listed(backend, &SKILLS)),
        ("PUT", ["api", "tools", "toolsets", name]) => return switch(backend, &TOOLSETS, name, body),
        ("PUT", ["api", "skills", "toggle"]) => return switch(backend, &SKILLS, &text("name"), body),
        ("POST", ["api", "sessions", "bulk-delete"]) => return delete(backend, body),
        ("PATCH", ["api", "sessions", session]) => return change(backend, session, body),
        _ => return (404, json!({ "detail": "Not Found" })),
    };
    match done {
        Ok(()) => (200, json!({ "ok": true })),
        Err(error) => (500, json!({ "detail": error.to_string() })),
    }
}

/// Groups of tools, and skills, that can be turned off; it changes nothing in what the demo plays.
const TOOLSETS: [(&str, &str); 5] = [
    ("terminal", "Run commands"),
    ("file", "Read, write and patch files"),
    ("todo", "Keep a list of what is to be done"),
    ("delegation", "Give parts of the work to child agents"),
    ("web", "Search and read the web"),
];
const SKILLS: [(&str, &str); 2] =
    [(super::tools::SKILL, "Looks up the weather"), ("release-notes", "Writes what is new")];

fn listed(backend: &Backend, all: &[(&str, &str)]) -> Value {
    let off = &backend.lock().config.off;
    let one = |(name, about): &(&str, &str)| json!({ "name": name, "description": about, "enabled": !off.iter().any(|known| known == name) });
    all.iter().map(one).collect()
}

fn switch(backend: &Backend, all: &[(&str, &str)], name: &str, body: &Value) -> (u16, Value) {
    if !all.iter().any(|(known, _)| *known == name) {
        return (400, json!({ "detail": format!("Unknown: {name}") }));
    }
    let on = body.get("enabled").and_then(Value::as_bool).unwrap_or_default();
    let config = &mut backend.lock().config;
    config.off.retain(|known| known != name);
    if !on {
        config.off.push(name.to_owned());
    }
    match config.save(&backend.home) {
        Ok(()) => (200, json!({ "ok": true, "name": name, "enabled": on })),
        Err(error) => (500, json!({ "detail": error.to_string() })),
    }
}

/// Deletes exactly the rows of these ids, from under a live session, too.
fn delete(backend: &Backend, body: &Value) -> (u16, Value) {
    let ids = body.get("ids").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if ids.len() > MAX_IDS {
        return (400, json!({ "detail": "ids must contain at most 500 entries" }));
    }
    let (state, mut deleted) = (backend.lock(), 0);
    for id in ids.iter().filter_map(Value::as_str) {
        match state.store.delete(id) {
            Ok(gone) => deleted += u64::from(gone),
            Err(error) => return (500, json!({ "detail": error.to_string() })),
        }
    }
    (200, json!({ "ok": true, "deleted": deleted }))
}

/// Names a stored session, or takes its conversation out of the listing or back into it.
fn change(backend: &Backend, session: &str, body: &Value) -> (u16, Value) {
    let state = backend.lock();
    let refused = |error: StoreError| (400, json!({ "detail": error.to_string() }));
    match state.store.find(session) {
        Ok(Some(known)) if known.id == session => {}
        Ok(_) => return (404, json!({ "detail": "Session not found" })),
        Err(error) => return refused(error),
    }
    let mut said = json!({ "ok": true });
    if let Some(title) = body.get("title").and_then(Value::as_str)
        && let Err(error) = state.store.set_title(session, title)
    {
        return refused(error);
    }
    if let Some(on) = body.get("archived").and_then(Value::as_bool) {
        if let Err(error) = state.store.set_archived(session, on) {
            return refused(error);
        }
        said["archived"] = on.into();
    }
    let title = state.store.find(session).ok().flatten().and_then(|known| known.title);
    said["title"] = title.unwrap_or_default().into();
    (200, said)
}

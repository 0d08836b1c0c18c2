//! Frames that no client can like, sent where a turn begins.

use super::backend::Backend;
use super::faults::Garbage;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

/// Sends what the launch asked for to the socket that owns `live`.
pub(super) async fn send(backend: &Backend, live: &str) {
    for kind in &backend.options.faults.garbage {
        let socket = {
            let mut state = backend.lock();
            let owner = state.session(live).and_then(|session| session.owner);
            owner.and_then(|id| state.sockets.get(&id).cloned())
        };
        let Some(socket) = socket else { return };
        // A socket that went needs no garbage.
        let _ = socket.send(frame(*kind, live)).await;
    }
}

fn frame(kind: Garbage, live: &str) -> Message {
    let event =
        |kind: &str, payload: serde_json::Value| super::frames::event(live, kind, payload).to_string();
    match kind {
        Garbage::InvalidJson => Message::text(r#"{"jsonrpc":"2.0","method":"event","params":{"type":"#),
        Garbage::WrongTypes => Message::text(event("message.delta", json!({ "text": [1, { "a": null }] }))),
        Garbage::UnknownEvent => Message::text(event("gremlin.seen", json!({ "where": "in the wires" }))),
        Garbage::Huge(size) => {
            Message::text(event("thinking.delta", json!({ "text": "x".repeat(size << 20) })))
        }
        Garbage::Deep => Message::text(format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))),
        Garbage::Binary => Message::binary(vec![0, 159, 146, 150]),
    }
}

//! What a backend sends, as text frames of Hermes' shape: enough of it for turns with text and tools.

use serde_json::{Value, json};

/// Bytes of a tool's output.
const OUTPUT: usize = 1_200;
/// What the model says, over and over; a delta is a word of it.
const PROSE: &str = "The parser keeps a **stack** of open lists, and `flush` writes what is left of them. \
     Two things follow from it: nothing is read twice, and a torn input is seen at once.\n\n\
     - first the lines that changed\n- then the ones that moved, with `--follow`\n\n";

pub(crate) fn event(live: &str, kind: &str, payload: &Value) -> String {
    let params = json!({"type": kind, "session_id": live, "payload": payload});
    json!({"jsonrpc": "2.0", "method": "event", "params": params}).to_string()
}

pub(crate) fn ready() -> String {
    json!({"jsonrpc": "2.0", "method": "event", "params": {"type": "gateway.ready", "payload": {}}})
        .to_string()
}

pub(crate) fn delta(live: &str, text: &str) -> String {
    event(live, "message.delta", &json!({"text": text}))
}

/// The words that the model says, each with the blank after it.
pub(crate) fn words() -> Vec<&'static str> {
    PROSE.split_inclusive(' ').collect()
}

/// A whole turn between its start and its end: text, now and then a tool, text.
pub(crate) fn turn(live: &str, number: usize) -> Vec<String> {
    let (before, after) = PROSE.split_at(PROSE.find("\n\n").unwrap_or(0));
    let mut frames = vec![delta(live, before), delta(live, after)];
    if number.is_multiple_of(2) {
        let id = format!("call_{number}");
        let output = "a line of what the command wrote\n".repeat(OUTPUT / 33);
        frames.push(event(
            live,
            "tool.start",
            &json!({"tool_id": id, "name": "terminal", "context": "ls -la"}),
        ));
        let result = json!({"output": output, "exit_code": 0, "error": null});
        let done = json!({"tool_id": id, "name": "terminal", "args": {"command": "ls -la"}, "duration_s": 0.2, "result": result});
        frames.push(event(live, "tool.complete", &done));
        frames.push(delta(live, &format!("\n\n{PROSE}")));
    }
    frames
}

pub(crate) fn end(live: &str) -> [String; 2] {
    [
        event(live, "message.complete", &json!({"text": "", "status": "complete"})),
        event(live, "session.info", &json!({"running": false})),
    ]
}

/// The answer to a request.
pub(crate) fn answer(request: &str, live: &str, profile: &str) -> String {
    let request: Value = serde_json::from_str(request).unwrap();
    let result = match request["method"].as_str().unwrap() {
        "session.create" => json!({
            "session_id": live, "stored_session_id": format!("20261121_030005_{live}"), "message_count": 0,
            "messages": [], "info": {"model": "a-model-of-1", "cwd": "/home/user/work/project", "branch": "main",
            "profile_name": profile},
        }),
        "prompt.submit" => json!({"status": "streaming"}),
        "setup.status" => json!({"provider_configured": true}),
        _ => {
            let error = json!({"code": -32601, "message": "unknown method"});
            return json!({"jsonrpc": "2.0", "id": request["id"], "error": error}).to_string();
        }
    };
    json!({"jsonrpc": "2.0", "id": request["id"], "result": result}).to_string()
}

use super::*;
use crate::base::ids::{LiveId, RequestId, StoredId};
use crate::model::session::ApprovalMode;
use serde_json::{Value as Json, json};

fn written(call: &Call) -> Json {
    let frame = encode("hermux1-1", call, |_| Some(Secret::new("pa\"ss\u{1b}".into()))).unwrap();
    let json: Json = serde_json::from_str(frame.text()).unwrap();
    assert_eq!(json["jsonrpc"], "2.0");
    assert_eq!(json["id"], "hermux1-1");
    assert_eq!(json.as_object().unwrap().len(), 4);
    json!([json["method"], json["params"]])
}

fn set(live: Option<LiveId>, setting: Setting) -> Call {
    Call::Configure { live, setting }
}

/// CHECK 1, 2, 34: and the directory is always given.
#[test]
fn every_call_has_exactly_the_documented_parameters() {
    let live = || LiveId::new("24035877").unwrap();
    let request = || RequestId::new("ask-1").unwrap();
    let stored = || StoredId::new("20261121_030012_7e329a").unwrap();
    let text = || "t".to_owned();
    let handle = SecretHandle(3);
    let table = [
        (Call::Create { cwd: "/w".into() }, json!(["session.create", {"cwd": "/w", "source": "hermux"}])),
        (
            Call::Resume { stored: stored(), eager: true },
            json!(["session.resume", {"session_id": "20261121_030012_7e329a"}]),
        ),
        (
            Call::Resume { stored: stored(), eager: false },
            json!(["session.resume", {"session_id": "20261121_030012_7e329a", "lazy": true}]),
        ),
        (Call::ActiveList, json!(["session.active_list", {}])),
        (Call::Processes { live: None }, json!(["agents.list", {}])),
        (Call::Processes { live: Some(live()) }, json!(["process.list", {"session_id": "24035877"}])),
        (Call::Close { live: live() }, json!(["session.close", {"session_id": "24035877"}])),
        (
            Call::Submit { live: live(), text: "a\n\"b\"\u{0}é".into() },
            json!(["prompt.submit", {"session_id": "24035877", "text": "a\n\"b\"\u{0}é"}]),
        ),
        (Call::Interrupt { live: live() }, json!(["session.interrupt", {"session_id": "24035877"}])),
        (
            Call::Approve { live: live(), choice: "once".into(), request: None },
            json!(["approval.respond", {"session_id": "24035877", "choice": "once"}]),
        ),
        (
            Call::Approve { live: live(), choice: "deny".into(), request: Some(request()) },
            json!(["approval.respond", {"session_id": "24035877", "choice": "deny", "request_id": "ask-1"}]),
        ),
        (
            Call::Clarify { request: request(), answer: text() },
            json!(["clarify.respond", {"request_id": "ask-1", "answer": "t"}]),
        ),
        (
            Call::Sudo { request: request(), password: Some(handle) },
            json!(["sudo.respond", {"request_id": "ask-1", "password": "pa\"ss\u{1b}"}]),
        ),
        (
            Call::Sudo { request: request(), password: None },
            json!(["sudo.respond", {"request_id": "ask-1", "password": ""}]),
        ),
        (
            Call::Secret { request: request(), value: Some(handle) },
            json!(["secret.respond", {"request_id": "ask-1", "value": "pa\"ss\u{1b}"}]),
        ),
        (
            Call::Secret { request: request(), value: None },
            json!(["secret.respond", {"request_id": "ask-1", "value": ""}]),
        ),
        (
            Call::TerminalRead { request: request(), text: text() },
            json!(["terminal.read.respond", {"request_id": "ask-1", "text": "t"}]),
        ),
        (
            Call::Title { live: live(), title: text() },
            json!(["session.title", {"session_id": "24035877", "title": "t"}]),
        ),
        (Call::StopProcesses, json!(["process.stop", {}])),
        (Call::Setup, json!(["setup.status", {}])),
        (Call::Catalog, json!(["commands.catalog", {}])),
        (
            Call::Choices { live: Some(live()), topic: Topic::Models },
            json!(["model.options", {"session_id": "24035877"}]),
        ),
        (
            Call::Choices { live: None, topic: Topic::Approvals },
            json!(["config.get", {"key": "approvals.mode"}]),
        ),
        (
            Call::Choices { live: None, topic: Topic::Personality },
            json!(["complete.slash", {"text": "/personality "}]),
        ),
        (
            set(Some(live()), Setting::Model { model: text(), provider: "p".into(), confirmed: false }),
            json!(["config.set", {"session_id": "24035877", "key": "model", "value": "t --provider p --session"}]),
        ),
        (
            set(Some(live()), Setting::Model { model: text(), provider: String::new(), confirmed: false }),
            json!(["config.set", {"session_id": "24035877", "key": "model", "value": "t --session"}]),
        ),
        (
            set(None, Setting::Model { model: text(), provider: "p".into(), confirmed: true }),
            json!(["config.set", {"key": "model", "value": "t --provider p --global", "confirm_expensive_model": true}]),
        ),
        (
            set(Some(live()), Setting::Effort("high".into())),
            json!(["config.set", {"session_id": "24035877", "key": "reasoning", "value": "high"}]),
        ),
        (set(None, Setting::Fast(true)), json!(["config.set", {"key": "fast", "value": "on"}])),
        (
            set(None, Setting::Approvals(ApprovalMode::Smart)),
            json!(["config.set", {"key": "approvals.mode", "value": "smart"}]),
        ),
        (
            set(None, Setting::Personality("none".into())),
            json!(["config.set", {"key": "personality", "value": "none"}]),
        ),
        (
            set(Some(live()), Setting::Directory("/w".into())),
            json!(["session.cwd.set", {"session_id": "24035877", "cwd": "/w"}]),
        ),
        (
            Call::Slash { live: live(), command: text() },
            json!(["slash.exec", {"session_id": "24035877", "command": "t"}]),
        ),
        (
            Call::Dispatch { live: live(), name: "undo".into(), arg: text() },
            json!(["command.dispatch", {"session_id": "24035877", "name": "undo", "arg": "t"}]),
        ),
        (
            Call::Set { live: live(), key: "yolo".into(), value: text() },
            json!(["config.set", {"session_id": "24035877", "key": "yolo", "value": "t"}]),
        ),
    ];
    for (call, frame) in table {
        assert_eq!(written(&call), frame);
    }
}

#[test]
fn the_abilities_are_told_as_documented() {
    let frame = capabilities("hermux1-1").unwrap();
    let json: Json = serde_json::from_str(frame.text()).unwrap();
    assert_eq!(json["method"], "client.capabilities");
    assert_eq!(json["params"], json!({"server_requests": true}));
}

/// SEC-27.
#[test]
fn a_frame_prints_neither_secrets_nor_texts() {
    let request = RequestId::new("ask-1").unwrap();
    let call = Call::Sudo { request, password: Some(SecretHandle(3)) };
    let frame = encode("h", &call, |_| Some(Secret::new("hunter2".into()))).unwrap();
    assert!(frame.is_secret() && frame.text().contains("hunter2"));
    assert_eq!(format!("{frame:?}"), "sudo.respond ***");
    let call = Call::Submit { live: LiveId::new("a").unwrap(), text: "hunter2".into() };
    let frame = encode("h", &call, |_| None).unwrap();
    assert!(!frame.is_secret() && !format!("{frame:?}").contains("hunter2"));
}

/// SEC-27: a buffer that grows leaves a copy behind that nobody wipes.
#[test]
fn the_buffer_of_a_secret_never_moves() {
    let request = RequestId::new(&"r".repeat(200)).unwrap();
    let call = Call::Secret { request, value: Some(SecretHandle(3)) };
    // The worst case: every character becomes six.
    let frame = encode("h", &call, |_| Some(Secret::new("\u{1}".repeat(10_000)))).unwrap();
    let list = [("request_id", Value::Text("")), ("value", Value::Text(""))];
    let room = room(&list, true) + 6 * (10_000 + 200) + frame_room("h");
    assert!(frame.text().len() > 60_000 && frame.text.capacity() == room, "{} {room}", frame.text.capacity());
}

#[test]
fn a_secret_that_is_gone_is_not_sent_as_an_empty_one() {
    let request = RequestId::new("ask-1").unwrap();
    let call = Call::Sudo { request, password: Some(SecretHandle(3)) };
    assert_eq!(encode("h", &call, |_| None).unwrap_err(), EncodeError::NoSecret);
}

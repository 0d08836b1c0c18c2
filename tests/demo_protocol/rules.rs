//! The rules of Hermes that a client has to live with, and that the demo backend therefore keeps.

use crate::client::{Client, Demo, TOKEN};
use crate::home;
use crate::prompts::{ask_approval, choose};
use rusqlite::{Connection, OptionalExtension};
use serde_json::{Value, json};
use std::path::Path;

pub(crate) const FAST: &str = "--pace 0 --build-delay 1";

/// Title, end and message count of a stored session.
fn row(home: &Path, stored: &str) -> Option<(Option<String>, Option<String>, i64)> {
    let db = Connection::open(home.join("state.db")).unwrap();
    db.query_row("SELECT title, end_reason, message_count FROM sessions WHERE id = ?1", [stored], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })
    .optional()
    .unwrap()
}

/// The kinds of the events of one session, in order, with repeats of one kind folded.
pub(crate) fn order(client: &Client, live: &str) -> Vec<String> {
    let frames = client.frames();
    let mut kinds: Vec<String> = frames
        .iter()
        .filter(|frame| frame["params"]["session_id"] == live)
        .filter_map(|frame| Some(frame["params"]["type"].as_str()?.to_owned()))
        .filter(|kind| kind != "thinking.delta")
        .collect();
    kinds.dedup();
    kinds
}

/// All answer text of a session.
fn text(client: &Client, live: &str) -> String {
    let frames = client.frames();
    let deltas = frames
        .iter()
        .filter(|frame| frame["params"]["type"] == "message.delta" && frame["params"]["session_id"] == live);
    deltas.filter_map(|frame| frame["params"]["payload"]["text"].as_str()).collect()
}

#[tokio::test]
async fn a_wrong_token_is_refused_before_the_upgrade() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    for query in ["?token=wrong", "", "?tok=t0ken"] {
        let url = format!("ws://127.0.0.1:{}/api/ws{query}", demo.port);
        match tokio_tungstenite::connect_async(url).await {
            Err(tokio_tungstenite::tungstenite::Error::Http(answer)) => assert_eq!(answer.status(), 403),
            other => panic!("{query}: {other:?}"),
        }
    }
    let url = format!("ws://127.0.0.1:{}/api/pty?token={TOKEN}", demo.port);
    assert!(tokio_tungstenite::connect_async(url).await.is_err());
}

#[tokio::test]
async fn bad_requests_get_hermes_codes_and_later_ones_still_work() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    for method in ["no.such.method", "client.capabilities", "terminal.read.respond"] {
        assert_eq!(client.refused(method, json!({})).await, -32601);
    }
    for (raw, code) in [
        ("{\"id\":", -32700),
        ("[1]", -32600),
        ("\"str\"", -32600),
        ("{\"id\":5}", -32600),
        ("{\"id\":7,\"method\":\"session.list\",\"params\":[1]}", -32602),
        ("{\"id\":9,\"method\":\"session.create\",\"params\":{\"cols\":\"wide\"}}", -32603),
    ] {
        client.raw(raw).await;
        client.wait(raw, |log| log.iter().find(|sent| sent.frame["error"]["code"] == code).map(|_| ())).await;
    }
    let s = |extra: Value| {
        let mut params = json!({ "session_id": "deadbeef" });
        params.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        params
    };
    for (method, params, code) in [
        ("prompt.submit", s(json!({ "text": "x" })), 4001),
        ("session.activate", s(json!({})), 4001),
        ("approval.respond", s(json!({})), 4001),
        ("session.steer", s(json!({ "text": "" })), 4002),
        ("session.resume", json!({}), 4006),
        ("session.resume", json!({ "session_id": "nope" }), 4007),
        ("session.delete", json!({ "session_id": "nope" }), 4007),
        ("config.get", json!({ "key": "nope" }), 4002),
        ("config.set", json!({ "key": "busy", "value": "nope" }), 4002),
        ("command.dispatch", json!({ "name": "nope" }), 4018),
        ("clarify.respond", json!({ "request_id": "x" }), 4009),
        ("sudo.respond", json!({}), 4009),
    ] {
        assert_eq!(client.refused(method, params).await, code, "{method}");
    }
    assert_eq!(client.call("sudo.respond", json!({ "request_id": "x" })).await["status"], "expired");
    assert_eq!(client.call("session.close", s(json!({}))).await["closed"], false);
}

/// CHECK fact 36: a created session is in no listing until its first prompt.
#[tokio::test]
async fn a_session_has_a_row_from_its_first_prompt_and_an_end_from_its_close() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, stored) = client.session(json!({ "source": "hermux" })).await;
    assert_eq!(row(home.path(), &stored), None);
    client.turn(&live, "where did I park, and when?").await;
    let title = client.event("session.title").await;
    assert_eq!(title["payload"], json!({ "session_id": stored, "title": "Where did I park, and when" }));
    let title = Some("Where did I park, and when".to_owned());
    assert_eq!(row(home.path(), &stored), Some((title.clone(), None, 2)));
    client.call("session.close", json!({ "session_id": live })).await;
    assert_eq!(row(home.path(), &stored), Some((title, Some("tui_close".into()), 2)));
}

#[tokio::test]
async fn what_is_stored_is_what_the_reader_of_stored_sessions_lists() {
    use hermux::base::ids::ProfileName;
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, stored) = client.session(json!({})).await;
    client.turn(&live, "/demo tool").await;
    let said = client.call("session.list", json!({})).await;
    let said: Vec<(&str, &str)> = said["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), one["preview"].as_str().unwrap()))
        .collect();
    let profile = ProfileName::default_profile();
    let listed = hermux::history::list(home.path(), &profile, 50).unwrap();
    let listed: Vec<(&str, &str)> = listed.iter().map(|row| (row.id.as_str(), row.preview.raw())).collect();
    assert_eq!(listed, said);
    assert_eq!(listed[0], (stored.as_str(), "/demo tool"));
    let id = hermux::base::ids::StoredId::new(&stored).unwrap();
    let tail = hermux::history::load(home.path(), &profile, &id).unwrap();
    assert!(tail.body.messages.len() >= 2);
}

/// CHECK facts 28, 29 and 30.
#[tokio::test]
async fn a_second_prompt_interrupts_and_there_is_one_slot() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, _) = client.session(json!({})).await;
    let submit = |text: &str| json!({ "session_id": live, "text": text });
    client.call("prompt.submit", submit("/demo hang")).await;
    client.event("message.delta").await;
    client.call("config.set", json!({ "key": "busy", "value": "queue" })).await;
    assert_eq!(client.call("prompt.submit", submit("one")).await["status"], "queued");
    client.call("config.set", json!({ "key": "busy", "value": "interrupt" })).await;
    assert_eq!(client.call("prompt.submit", submit("two")).await["status"], "queued");
    assert_eq!(client.event("message.complete").await["payload"]["status"], "interrupted");
    client.event("message.start").await;
    client.event("session.info").await;
    let history = client.call("session.history", json!({ "session_id": live })).await;
    let users: Vec<&str> = history["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|message| message["role"] == "user")
        .map(|message| message["text"].as_str().unwrap())
        .collect();
    assert_eq!(users, ["/demo hang", "one\n\ntwo"]);
    client.skip();
    client.call("prompt.submit", submit("/demo hang")).await;
    client.event("message.delta").await;
    client.call("config.set", json!({ "key": "busy", "value": "queue" })).await;
    client.call("prompt.submit", submit("lost")).await;
    client.call("session.interrupt", json!({ "session_id": live })).await;
    client.event("session.info").await;
    let state = client.call("session.activate", json!({ "session_id": live })).await;
    assert_eq!(
        (&state["running"], state.get("queued")),
        (&json!(false), None),
        "an interrupt drops the slot"
    );
}

#[tokio::test]
async fn events_come_in_hermes_order_and_the_files_are_real() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, _) = client.session(json!({})).await;
    client.turn(&live, "/demo edit").await;
    client.event("session.title").await;
    let step = [
        "message.delta",
        "tool.generating",
        "reasoning.available",
        "message.interim",
        "tool.start",
        "tool.complete",
    ];
    let silent = ["tool.generating", "tool.start", "tool.complete"];
    let last = ["message.delta", "reasoning.available", "message.complete", "session.info", "session.title"];
    let expected: Vec<&str> = ["session.info", "message.start"]
        .into_iter()
        .chain(step)
        .chain(step)
        .chain(silent)
        .chain(last)
        .collect();
    assert_eq!(order(&client, &live), expected);
    assert!(text(&client, &live).contains("\n\nTwo shirts"), "later steps begin with two line feeds");
    let written = std::fs::read_to_string(home.path().join("workspace/packing.md")).unwrap();
    assert!(written.contains("- five shirts\n- socks\n- rain jacket"), "{written}");
    let frames = client.frames();
    let patch = frames
        .iter()
        .map(|frame| &frame["params"]["payload"])
        .find(|one| one["name"] == "patch" && one["result"].is_object());
    let patch = patch.unwrap();
    let diff = patch["result"]["diff"].as_str().unwrap();
    assert!(
        diff.contains(
            "@@ -2,6 +2,7 @@\n \n - passport\n - charger\n-- two shirts\n+- five shirts\n+- socks\n"
        ),
        "{diff}"
    );
    assert!(
        patch["inline_diff"]
            .as_str()
            .unwrap()
            .starts_with("  ┊ review diff\n\u{1b}[38;2;218;165;32ma/packing.md")
    );
}

#[tokio::test]
async fn every_line_of_a_stream_comes_once_and_in_order() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (one, _) = client.session(json!({})).await;
    let (two, _) = client.session(json!({})).await;
    client.call("prompt.submit", json!({ "session_id": one, "text": "/demo stream 300 900" })).await;
    client.call("prompt.submit", json!({ "session_id": two, "text": "/demo stream 300 900 W" })).await;
    for _ in 0..2 {
        client.event("message.complete").await;
    }
    for (live, tag) in [(&one, "S1"), (&two, "W")] {
        let said = text(&client, live);
        let tags: Vec<&str> = said.lines().filter_map(|line| line.split(' ').next()).collect();
        let expected: Vec<String> = (1..=300).map(|line| format!("{tag}-{line:04}")).collect();
        assert_eq!(tags, expected);
    }
}

/// CHECK facts 3 and 48; section f of the protocol.
#[tokio::test]
async fn the_stream_belongs_to_the_last_socket_that_asked_and_a_drop_keeps_the_turn() {
    let home = home();
    let demo = Demo::start(home.path(), &format!("{FAST} --orphan-grace 50")).await;
    let mut a = demo.connect("a").await;
    let mut b = demo.connect("b").await;
    let (live, stored) = a.session(json!({})).await;
    let here = json!({ "session_id": live });
    ask_approval(&mut a, &live).await;
    let state = b.call("session.activate", here.clone()).await;
    assert_eq!((&state["status"], &state["running"]), (&json!("working"), &json!(true)));
    assert!(state["inflight"]["assistant"].as_str().unwrap().contains("old-builds"));
    assert_eq!(choose(&mut a, &live, "once").await, 1);
    b.event("message.complete").await;
    assert!(!order(&a, &live).contains(&"message.complete".to_owned()), "the stream is the other socket's");
    a.call("prompt.submit", json!({ "session_id": live, "text": "/demo hang" })).await;
    a.event("message.delta").await;
    drop(a);
    // A session that works at the end of the grace time is never reaped; an idle one is.
    let (idle, _) = {
        let mut c = demo.connect("c").await;
        c.session(json!({})).await
    };
    loop {
        let list = b.call("session.active_list", json!({})).await;
        if !list["sessions"].as_array().unwrap().iter().any(|one| one["id"] == idle.as_str()) {
            break;
        }
    }
    let state = b.call("session.activate", here.clone()).await;
    assert_eq!(state["inflight"]["user"], "/demo hang");
    let again = b.call("session.resume", json!({ "session_id": stored })).await;
    assert_eq!((&again["session_id"], &again["resumed"]), (&json!(live), &json!(stored)));
}

/// CHECK facts 44 and 51.
#[tokio::test]
async fn a_closed_session_runs_on_unseen_and_is_printed_and_stored() {
    let home = home();
    let mut demo = Demo::start(home.path(), FAST).await;
    assert!(demo.line().await.starts_with("  Hermes backend listening on"));
    let mut client = demo.connect("a").await;
    let (live, stored) = client.session(json!({})).await;
    client.call("prompt.submit", json!({ "session_id": live, "text": "/demo stream 600 300" })).await;
    client.event("message.delta").await;
    assert_eq!(client.call("session.close", json!({ "session_id": live })).await["closed"], true);
    loop {
        let event: Value = serde_json::from_str(&demo.line().await).unwrap();
        assert_eq!(event["params"]["session_id"], live.as_str());
        if event["params"]["type"] == "session.info" {
            break;
        }
    }
    let resumed = client.call("session.resume", json!({ "session_id": stored, "lazy": true })).await;
    assert_ne!(resumed["session_id"], live.as_str());
    assert!(resumed["messages"][1]["text"].as_str().unwrap().contains("S1-0600"));
}

/// CHECK fact 53.
#[tokio::test]
async fn an_interrupt_signal_ends_the_sessions_and_a_terminate_signal_does_not() {
    use rustix::process::{Pid, Signal, kill_process};
    for (signal, reason) in [(Signal::INT, Some("tui_shutdown".to_owned())), (Signal::TERM, None)] {
        let home = home();
        let mut demo = Demo::start(home.path(), FAST).await;
        let mut client = demo.connect("a").await;
        let (live, stored) = client.session(json!({})).await;
        client.turn(&live, "hello").await;
        let pid = i32::try_from(demo.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
        client
            .wait("close frame", |log| log.iter().find(|sent| sent.frame["closed"] == 1012).map(|_| ()))
            .await;
        demo.child.wait().await.unwrap();
        assert_eq!(row(home.path(), &stored).unwrap().1, reason);
    }
}

/// CHECK facts 20, 32 and 33; 4018 and 4004 of `prompt.submit`.
#[tokio::test]
async fn undo_in_memory_comes_back_and_undo_by_command_stays() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, stored) = client.session(json!({})).await;
    for text in ["first", "second", "third"] {
        client.turn(&live, text).await;
    }
    let here = json!({ "session_id": live });
    assert_eq!(client.call("session.undo", here.clone()).await["removed"], 2);
    assert_eq!(client.call("session.history", here.clone()).await["count"], 6);
    let undone =
        client.call("command.dispatch", json!({ "session_id": live, "name": "undo", "arg": "" })).await;
    assert_eq!((&undone["type"], &undone["message"]), (&json!("prefill"), &json!("third")));
    assert_eq!(client.call("session.history", here.clone()).await["count"], 4);
    let edit = |ordinal: Value| json!({ "session_id": live, "text": "edited", "truncate_before_user_ordinal": ordinal });
    assert_eq!(client.refused("prompt.submit", edit(json!(9))).await, 4018);
    assert_eq!(client.refused("prompt.submit", edit(json!("x"))).await, 4004);
    client.skip();
    client.call("prompt.submit", edit(json!(0))).await;
    client.event("session.info").await;
    client.call("session.close", here).await;
    let resumed = client.call("session.resume", json!({ "session_id": stored })).await;
    let texts: Vec<&Value> = resumed["messages"].as_array().unwrap().iter().map(|one| &one["role"]).collect();
    assert_eq!(texts, ["user", "assistant"]);
    assert_eq!(resumed["messages"][0]["text"], "edited");
}

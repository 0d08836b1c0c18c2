use super::*;
use crate::model::{
    message::{Part, Role},
    tool::ToolState,
};
use rstest::rstest;
use serde_json::{Value, json, value::to_raw_value};

fn answer(expect: Expect, json: &Value) -> Reply {
    let raw = to_raw_value(json).unwrap();
    read(expect, &Outcome::Result(&raw), &mut Features::default(), &Oddities::default()).reply
}

fn built(json: &Value) -> Built {
    match answer(Expect::Built, json) {
        Reply::Built(built) => *built,
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case(Expect::Closed, json!({"closed": false}), Reply::Closed(false))]
#[case(Expect::Submitted, json!({"status": "streaming"}), Reply::Submitted(Submitted::Streaming))]
#[case(Expect::Submitted, json!({"status": "queued"}), Reply::Submitted(Submitted::Queued))]
#[case(Expect::Submitted, json!({"status": "steered"}), Reply::Submitted(Submitted::Steered))]
#[case(Expect::Submitted, json!({"status": "new"}), Reply::Submitted(Submitted::Streaming))]
#[case(Expect::Interrupted, json!({"status": "interrupted"}), Reply::Interrupted)]
#[case(Expect::Approved, json!({"resolved": 0}), Reply::Approved(0))]
#[case(Expect::Answered, json!({"status": "ok"}), Reply::Answered)]
#[case(Expect::Answered, json!({"status": "expired"}), Reply::TooLate)]
#[case(Expect::Titled, json!({"title": "T", "pending": true}), Reply::Titled { title: "T".into(), pending: true })]
#[case(Expect::Setup, json!({"provider_configured": false}), Reply::ProviderConfigured(false))]
#[case(Expect::Slash, json!({"output": "o"}), Reply::Output { text: "o".into(), warning: None })]
#[case(Expect::Dispatch, json!({"type": "send", "message": "m"}), Reply::SendText { text: "m".into(), notice: None })]
#[case(Expect::Dispatch, json!({"type": "skill", "message": "m"}), Reply::SendText { text: "m".into(), notice: None })]
#[case(Expect::Dispatch, json!({"type": "prefill", "message": "m", "notice": "n"}), Reply::Prefill { text: "m".into(), notice: Some("n".into()) })]
#[case(Expect::Dispatch, json!({"type": "exec", "output": "o"}), Reply::Output { text: "o".into(), warning: None })]
#[case(Expect::Dispatch, json!({"type": "alias", "target": "/model"}), Reply::Alias("model".into()))]
#[case(Expect::Set, json!({"key": "yolo", "value": "1"}), Reply::Done)]
#[case(Expect::Set, json!({"key": "model", "value": "m", "confirm_required": true, "confirm_message": "dear"}), Reply::Output { text: "m".into(), warning: Some("dear".into()) })]
#[case(Expect::Processes, json!({"processes": []}), Reply::Processes { running: 0, ended: 0 })]
#[case(Expect::Processes, json!({"processes": [{"status": "running"}, {"status": "exited"}, {"status": "new"}, 7]}), Reply::Processes { running: 3, ended: 1 })]
#[case(Expect::Done, json!({"killed": 2}), Reply::Done)]
fn an_answer_is_read_by_what_was_asked(#[case] expect: Expect, #[case] json: Value, #[case] reply: Reply) {
    assert_eq!(answer(expect, &json), reply);
}

/// CHECK 5: late answers, each in its own way.
#[test]
fn a_late_answer_is_too_late_whichever_way_it_is_said() {
    let late = Outcome::Error { code: 4009, message: "no pending answer request".into() };
    let mut features = Features::default();
    let odd = Oddities::default();
    assert_eq!(read(Expect::Answered, &late, &mut features, &odd).reply, Reply::TooLate);
    assert!(matches!(
        read(Expect::Submitted, &late, &mut features, &odd).reply,
        Reply::Failed { code: 4009, .. }
    ));
}

/// FLT-30.
#[rstest]
#[case(Expect::Built, json!({"messages": []}))]
#[case(Expect::Built, json!([]))]
#[case(Expect::Built, json!({"session_id": "a b"}))]
#[case(Expect::ActiveList, json!({"sessions": 7}))]
#[case(Expect::Closed, json!({}))]
#[case(Expect::Processes, json!({"processes": 1}))]
#[case(Expect::Submitted, json!("streaming"))]
#[case(Expect::Approved, json!({"resolved": "all"}))]
#[case(Expect::Approved, json!({"resolved": -1}))]
#[case(Expect::Answered, json!({"status": null}))]
#[case(Expect::Titled, json!({}))]
#[case(Expect::Setup, json!({"provider_configured": 1}))]
#[case(Expect::Catalog, json!({"pairs": 1}))]
#[case(Expect::Choices(Topic::Models), json!({"providers": 1}))]
#[case(Expect::Choices(Topic::Effort), json!({"value": 3}))]
#[case(Expect::Choices(Topic::Personality), json!([]))]
#[case(Expect::Choices(Topic::Skills), json!({"skills": []}))]
#[case(Expect::Dispatch, json!({"type": "send"}))]
fn an_answer_that_cannot_be_read_says_so(#[case] expect: Expect, #[case] json: Value) {
    assert!(matches!(answer(expect, &json), Reply::Failed { code: UNREADABLE, .. }));
}

/// CHECK 40, H02: a resumed id can differ from the one asked for.
#[test]
fn a_built_session_goes_on_under_its_key() {
    let built = built(&json!({
        "session_id": "live0001", "resumed": "tip", "session_key": "tip", "status": "working", "running": true,
        "messages": [], "info": {"profile_name": "work", "model": "m"},
        "inflight": {"user": "u", "assistant": "so far", "streaming": true}, "queued": {"user": "next"},
    }));
    assert_eq!((built.live.as_str(), built.stored.unwrap().as_str()), ("live0001", "tip"));
    assert_eq!((built.running, built.waiting, built.older), (Some(true), false, false));
    assert_eq!(built.info.profile.as_deref(), Some("work"));
    assert_eq!(built.inflight, Some(Inflight { user: Some("u".into()), assistant: "so far".into() }));
    assert_eq!(built.queued, Some("next".into()));
}

#[test]
fn a_created_session_has_a_stored_id_and_no_turn() {
    let created = built(
        &json!({"session_id": "a", "stored_session_id": "s", "message_count": 0, "messages": [], "info": {"lazy": true}}),
    );
    assert_eq!((created.stored.unwrap().as_str(), created.running, created.inflight), ("s", None, None));
}

#[test]
fn one_answer_of_many_steps_is_one_message() {
    let built = built(&json!({"session_id": "a", "messages": [
        {"role": "user", "text": "go"},
        {"role": "assistant", "text": "Step 1.", "reasoning": "hm"},
        {"role": "tool", "name": "terminal", "context": "ls"},
        {"role": "assistant", "text": ""},
        {"role": "assistant", "text": "Done."},
        {"role": "user", "text": " again\n"},
        {"role": "system", "text": "note"},
        {"role": "tool", "name": "x"},
        {"role": "poet", "text": "?"},
        "nonsense",
    ]}));
    let roles: Vec<_> =
        built.messages.iter().map(|message| (message.id.0, message.role, message.parts.len())).collect();
    assert_eq!(
        roles,
        [
            (0, Role::User, 1),
            (1, Role::Assistant, 4),
            (2, Role::User, 1),
            (3, Role::System, 1),
            (4, Role::Assistant, 1),
            (5, Role::System, 1),
            (6, Role::System, 1),
        ]
    );
    assert_eq!(built.messages[2].plain(), "again", "as it is read from state.db");
    let Part::Tool(tool) = &built.messages[1].parts[2] else { panic!() };
    assert_eq!((tool.name.raw(), tool.context.raw(), &tool.state), ("terminal", "ls", &ToolState::Unknown));
}

/// SEC-40: the last 200, and not more than 4 MiB of them.
#[test]
fn a_long_transcript_keeps_its_end() {
    let rows: Vec<_> = (0..1000).map(|n| json!({"role": "user", "text": format!("m{n}")})).collect();
    let long = built(&json!({"session_id": "a", "messages": rows}));
    assert_eq!((long.messages.len(), long.older), (200, true));
    assert_eq!(
        (long.messages[0].plain(), long.messages[199].plain()),
        ("m800".to_owned(), "m999".to_owned())
    );
    let big = "x".repeat(1024 * 1024);
    let rows: Vec<_> = (0..10).map(|_| json!({"role": "user", "text": &big})).collect();
    let heavy = built(&json!({"session_id": "a", "messages": rows}));
    assert_eq!((heavy.messages.len(), heavy.older), (3, true));
    let giant = built(
        &json!({"session_id": "a", "messages": [{"role": "user", "text": "x".repeat(5 * 1024 * 1024)}]}),
    );
    assert_eq!((giant.messages.len(), giant.older), (1, false));
}

#[test]
fn the_live_sessions_are_listed_with_their_keys() {
    let Reply::ActiveList(rows) = answer(
        Expect::ActiveList,
        &json!({"sessions": [
            {"id": "a", "session_key": "s", "status": "working"},
            {"id": "b", "status": "dreaming"},
            {"session_key": "no live id"},
            7,
        ]}),
    ) else {
        panic!()
    };
    let rows: Vec<_> = rows.iter().map(|row| (row.live.as_str(), row.stored.is_some(), row.state)).collect();
    assert_eq!(rows, [("a", true, ActiveState::Working), ("b", false, ActiveState::Unknown)]);
}

#[test]
fn what_a_newer_backend_still_asks_comes_with_the_session() {
    let raw = to_raw_value(&json!({"session_id": "a", "messages": [], "open_requests": [
        {"id": "srq-1", "method": "clarify", "params": {"session_id": "a", "questions": [{"question": "Which?"}]}},
        {"id": "srq-2", "method": "vault.code", "params": {"hint": "h"}},
    ]}))
    .unwrap();
    let read = read(Expect::Built, &Outcome::Result(&raw), &mut Features::default(), &Oddities::default());
    assert!(matches!(read.reply, Reply::Built(_)));
    let lives: Vec<_> = read.open.iter().map(|(live, _)| live.as_ref().unwrap().as_str()).collect();
    assert_eq!(lives, ["a", "a"]);
}

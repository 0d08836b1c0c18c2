use super::*;
use crate::{base::ids::StoredId, model::prompt::PromptKind};
use serde_json::{Value, json};

const READY: &str =
    r#"{"jsonrpc":"2.0","method":"event","params":{"type":"gateway.ready","payload":{"skin":{}}}}"#;

fn feed() -> Feed {
    Feed::new(ProfileName::new("work").unwrap(), Epoch(3))
}

fn up() -> Feed {
    let mut feed = feed();
    feed.text(READY, Tick(0));
    feed
}

fn event(kind: &str, live: &str, payload: &Value) -> String {
    json!({"jsonrpc": "2.0", "method": "event", "params": {"type": kind, "session_id": live, "payload": payload}}).to_string()
}

fn call(feed: &mut Feed, id: u64, call: &Call) -> String {
    let frame = feed.call(CallId(id), call, 1000, Tick(0), |_| None).unwrap();
    let frame: Value = serde_json::from_str(frame.text()).unwrap();
    frame["id"].as_str().unwrap().to_owned()
}

fn create() -> Call {
    Call::Create { cwd: "/w".into() }
}

/// ASK-13.
#[test]
fn every_greeting_is_answered_with_what_the_client_can() {
    let mut feed = feed();
    assert!(!feed.is_up());
    let outs = feed.text(READY, Tick(0));
    assert!(matches!(&outs[0], Out::Up { capabilities } if *capabilities == Capabilities::default()));
    assert!(matches!(&outs[1], Out::Send(frame) if frame.method() == "client.capabilities"));
    assert!(feed.is_up());
    let again = feed.text(READY, Tick(1));
    assert!(matches!(&again[..], [Out::Send(frame)] if frame.method() == "client.capabilities"), "{again:?}");
}

#[test]
fn an_older_backend_that_does_not_know_the_greeting_says_so_in_vain() {
    let mut feed = feed();
    let outs = feed.text(READY, Tick(0));
    let Out::Send(frame) = &outs[1] else { panic!() };
    let id: Value = serde_json::from_str(frame.text()).unwrap();
    let answer =
        json!({"jsonrpc": "2.0", "id": id["id"], "error": {"code": -32601, "message": "unknown method"}});
    assert!(feed.text(&answer.to_string(), Tick(1)).is_empty());
}

/// "Newer Hermes, limited": by its greeting, by its answer, by its contract, by a request of its own.
#[test]
fn a_newer_backend_is_noticed_by_what_it_does() {
    let ready = json!({"method": "event", "params": {"type": "gateway.ready", "payload": {"skin": {}, "change_events": true}}});
    let outs = feed().text(&ready.to_string(), Tick(0));
    assert!(matches!(&outs[0], Out::Up { capabilities } if capabilities.newer));

    let mut by_answer = feed();
    let outs = by_answer.text(READY, Tick(0));
    let Out::Send(frame) = &outs[1] else { panic!() };
    let id: Value = serde_json::from_str(frame.text()).unwrap();
    let answer = json!({"id": id["id"], "result": {"server_requests": ["approval"]}});
    let outs = by_answer.text(&answer.to_string(), Tick(1));
    assert!(matches!(&outs[..], [Out::Learned { capabilities }] if capabilities.newer), "{outs:?}");

    let newer = |outs: &[Out]| matches!(&outs[0], Out::Learned { capabilities } if capabilities.newer);
    assert!(newer(&up().text(&event("session.info", "a", &json!({"desktop_contract": 7})), Tick(1))));
    assert!(!newer(&up().text(&event("session.info", "a", &json!({"desktop_contract": 4})), Tick(1))));
    assert!(newer(&up().text(r#"{"id":"srq-1","method":"sudo","params":{"session_id":"a"}}"#, Tick(1))));
    let approval = json!({"command": "x", "choices": ["once"], "request_id": "r1"});
    let outs = up().text(&event("approval.request", "a", &approval), Tick(1));
    assert!(matches!(&outs[0], Out::Learned { capabilities } if capabilities.approval_ids));
}

/// A request of a newer generation is shown on the session that it names, and not answered.
#[test]
fn a_server_request_becomes_a_card_and_is_answered_nothing() {
    let mut feed = up();
    let text = json!({"jsonrpc": "2.0", "id": "srq-0f", "method": "approval", "params": {"session_id": "a", "command": "rm x"}});
    let outs = feed.text(&text.to_string(), Tick(1));
    let [Out::Learned { .. }, Out::Fact { live, fact: Fact::Asked(request) }, Out::Log { .. }] = &outs[..]
    else {
        panic!("{outs:?}")
    };
    assert_eq!(live.as_ref().unwrap().as_str(), "a");
    assert_eq!(request.id.as_ref().unwrap().as_str(), "srq-0f");
    assert_eq!(request.kind, PromptKind::Unknown { method: "approval".into(), summary: "rm x".into() });
    for params in [json!([]), json!(null), json!({"session_id": []})] {
        let text = json!({"id": "srq-1", "method": "brand.new", "params": params}).to_string();
        assert!(
            feed.text(&text, Tick(2))
                .iter()
                .any(|out| matches!(out, Out::Fact { live: None, fact: Fact::Asked(_) }))
        );
    }
}

/// CHECK 11: the two come in either order, and both arrive.
#[test]
fn a_turn_may_start_before_its_submit_is_answered() {
    let mut feed = up();
    let id = call(&mut feed, 5, &Call::Submit { live: LiveId::new("a").unwrap(), text: "hi".into() });
    let outs = feed.text(r#"{"method":"event","params":{"type":"message.start","session_id":"a"}}"#, Tick(1));
    assert!(matches!(&outs[..], [Out::Fact { fact: Fact::TurnStarted, .. }]));
    let outs = feed.text(&json!({"id": id, "result": {"status": "streaming"}}).to_string(), Tick(2));
    assert!(matches!(&outs[..], [Out::Reply { call: CallId(5), reply: Reply::Submitted(_) }]));
    let outs = feed.text(&json!({"id": id, "result": {"status": "streaming"}}).to_string(), Tick(3));
    assert!(matches!(&outs[..], [Out::Log { .. }]), "an answer counts once");
}

/// CHECK 47, ASK-79: nothing of another profile's backend is passed on.
#[test]
fn a_backend_of_another_profile_is_cut_off() {
    let mut by_event = up();
    let outs = by_event.text(&event("session.info", "a", &json!({"profile_name": "default"})), Tick(1));
    assert!(matches!(&outs[..], [Out::WrongProfile { says }] if says.raw() == "default"), "{outs:?}");
    assert!(by_event.text(&event("message.delta", "a", &json!({"text": "x"})), Tick(2)).is_empty());

    let mut by_answer = up();
    let first = call(&mut by_answer, 1, &create());
    call(&mut by_answer, 2, &create());
    let answer =
        json!({"id": first, "result": {"session_id": "a", "messages": [], "info": {"profile_name": "x"}}});
    let outs = by_answer.text(&answer.to_string(), Tick(1));
    assert!(
        matches!(&outs[..], [Out::WrongProfile { .. }, Out::Reply { call: CallId(1), reply: Reply::Lost }]),
        "{outs:?}"
    );
    assert!(matches!(&by_answer.down()[..], [Out::Reply { call: CallId(2), reply: Reply::Lost }]));
    assert!(!by_answer.is_up());

    let same = up().text(&event("session.info", "a", &json!({"profile_name": "work"})), Tick(1));
    assert!(matches!(&same[..], [Out::Fact { .. }]));
}

/// REL-13.
#[test]
fn ten_malformed_frames_in_ten_seconds_cost_the_connection() {
    let disconnects = |outs: &[Out]| outs.iter().any(|out| matches!(out, Out::Disconnect { .. }));
    let mut quick = up();
    for n in 0..9 {
        assert!(!disconnects(&quick.text("{", Tick(n * 1000))), "{n}");
    }
    assert!(disconnects(&quick.not_text(Tick(9_000))));
    assert_eq!(quick.oddities().count(Oddity::Malformed), 10);

    let mut slow = up();
    for n in 0..100 {
        assert!(!disconnects(&slow.text("{", Tick(n * 1200))), "{n}");
    }
}

#[test]
fn only_the_first_of_its_kind_is_worth_a_line() {
    let mut feed = up();
    assert!(
        matches!(&feed.text("{", Tick(1))[..], [Out::Log { what: "malformed frame", name }] if name == "not-an-object")
    );
    assert!(feed.text("{", Tick(2)).is_empty());
}

/// SEC-40: an answer to hermux' own call ends that call and costs no strike.
#[test]
fn an_unreadable_answer_ends_its_call_and_strikes_nobody() {
    let mut feed = up();
    for n in 0..20 {
        let id = call(&mut feed, n, &create());
        let text = format!(r#"{{"id":"{id}","result":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
        let outs = feed.text(&text, Tick(1));
        assert!(
            matches!(&outs[0], Out::Reply { reply: Reply::Failed { code: 0, .. }, .. }) && outs.len() == 1,
            "{outs:?}"
        );
    }
    assert_eq!(feed.oddities().count(Oddity::Malformed), 0);
}

/// CHECK 55, CHECK 56: every call has its own deadline, and a late answer is no news.
#[test]
fn a_call_without_an_answer_is_lost_at_its_deadline() {
    let mut feed = feed();
    let stored = StoredId::new("s").unwrap();
    let early = feed.call(CallId(1), &Call::Setup, 100, Tick(0), |_| None).unwrap();
    feed.call(CallId(2), &Call::Resume { stored, eager: false }, 900, Tick(0), |_| None).unwrap();
    assert_eq!(feed.next_deadline(), Some(Tick(100)));
    assert!(feed.expire(Tick(99)).is_empty());
    assert!(matches!(&feed.expire(Tick(100))[..], [Out::Reply { call: CallId(1), reply: Reply::Lost }]));
    assert_eq!(feed.next_deadline(), Some(Tick(900)));
    let id: Value = serde_json::from_str(early.text()).unwrap();
    let late = json!({"id": id["id"], "result": {"provider_configured": true}}).to_string();
    assert!(matches!(&feed.text(&late, Tick(200))[..], [Out::Log { .. }]));
    assert!(matches!(&feed.down()[..], [Out::Reply { call: CallId(2), reply: Reply::Lost }]));
    assert!(feed.down().is_empty() && feed.text(READY, Tick(300)).is_empty());
}

#[test]
fn a_call_that_could_not_be_written_waits_for_nothing() {
    use crate::base::ids::RequestId;
    let mut feed = up();
    let waits = feed.next_deadline();
    let sudo = Call::Sudo { request: RequestId::new("r").unwrap(), password: Some(SecretHandle(1)) };
    assert_eq!(feed.call(CallId(1), &sudo, 5, Tick(0), |_| None).unwrap_err(), EncodeError::NoSecret);
    assert_eq!(feed.next_deadline(), waits);
}

/// CHECK 19: children speak on their parent's live id.
#[test]
fn a_fact_belongs_to_the_session_that_its_frame_names() {
    let mut feed = up();
    for live in ["a", "b", "a"] {
        let outs =
            feed.text(&event("subagent.start", live, &json!({"subagent_id": "sa-0", "goal": "g"})), Tick(1));
        assert!(
            matches!(&outs[..], [Out::Fact { live: Some(is), fact: Fact::Subagent(_) }] if is.as_str() == live)
        );
    }
}

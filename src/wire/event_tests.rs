use super::*;
use crate::model::{agent::Request, prompt::PromptKind, tool::ToolState};
use serde_json::{Value, json, value::to_raw_value};

fn read(kind: &str, payload: &Value) -> Option<Fact> {
    let payload = to_raw_value(payload).unwrap();
    fact(kind, Some(&payload), &mut Features::default(), &Oddities::default())
}

fn asked(kind: &str, payload: &Value) -> Request {
    match read(kind, payload) {
        Some(Fact::Asked(request)) => *request,
        other => panic!("{other:?}"),
    }
}

/// CHECK 14: the two line feeds are kept, because a paragraph begins with them too.
#[test]
fn text_that_may_begin_a_step_is_marked_and_whole() {
    let of = |text: &str| read("message.delta", &json!({"text": text}));
    assert_eq!(of("\n\nNext"), Some(Fact::Text { text: "\n\nNext".into(), step_break: true }));
    assert_eq!(of("\nNext"), Some(Fact::Text { text: "\nNext".into(), step_break: false }));
    assert_eq!(of(""), None);
}

/// CHECK 16.
#[test]
fn an_interim_text_that_was_streamed_is_not_repeated() {
    assert_eq!(read("message.interim", &json!({"text": "a", "already_streamed": true})), None);
    for not in [json!({"text": "a", "already_streamed": false}), json!({"text": "a"})] {
        assert_eq!(read("message.interim", &not), Some(Fact::StepText("a".into())));
    }
}

/// CHECK 17.
#[test]
fn spinner_words_are_no_reasoning_and_empty_ones_clear() {
    assert_eq!(
        read("thinking.delta", &json!({"text": "musing..."})),
        Some(Fact::Activity(Some("musing...".into())))
    );
    assert_eq!(read("thinking.delta", &json!({"text": ""})), Some(Fact::Activity(None)));
    assert_eq!(read("reasoning.delta", &json!({"text": "so"})), Some(Fact::Reasoning("so".into())));
}

/// CHECK 13.
#[test]
fn a_turn_may_end_without_a_text() {
    let Some(Fact::TurnEnded { outcome, text, usage, warning }) =
        read("message.complete", &json!({"text": null, "status": "interrupted", "usage": {"calls": 2}}))
    else {
        panic!()
    };
    assert_eq!((outcome, text, warning), (TurnOutcome::Interrupted, None, None));
    assert_eq!(usage.unwrap().calls, Some(2));
}

/// FLT-30: whatever its fields are, a turn that ended has ended.
#[test]
fn the_end_of_a_turn_is_never_lost() {
    for payload in [
        json!({}),
        json!([]),
        json!(7),
        json!({"status": 7, "text": [], "usage": "x"}),
        json!({"status": "new"}),
    ] {
        assert!(matches!(read("message.complete", &payload), Some(Fact::TurnEnded { .. })), "{payload}");
        assert!(
            matches!(read("error", &payload), Some(Fact::Failed(why)) if why.raw() == NO_REASON),
            "{payload}"
        );
        assert!(matches!(read("session.info", &payload), Some(Fact::Info(_))), "{payload}");
    }
}

/// CHECK 26: the outer id is the live one; the inner one is the stored one.
#[test]
fn a_title_names_the_stored_session() {
    let Some(Fact::Titled { stored, title }) =
        read("session.title", &json!({"session_id": "20261121_030012_7e329a", "title": "T"}))
    else {
        panic!()
    };
    assert_eq!((stored.unwrap().as_str(), title.raw()), ("20261121_030012_7e329a", "T"));
}

/// CHECK 27: what is absent is unknown, not zero.
#[test]
fn a_context_that_was_not_measured_is_unknown() {
    let Some(Fact::Info(info)) =
        read("session.info", &json!({"usage": {"input": 0, "total": 5, "context_max": 65000}}))
    else {
        panic!()
    };
    let usage = info.usage.unwrap();
    assert_eq!((usage.input, usage.output, usage.total), (Some(0), None, Some(5)));
    assert_eq!((usage.context_used, usage.context_percent, usage.context_max), (None, None, Some(65000)));
}

/// CHECK 39.
#[test]
fn the_stored_id_of_an_info_is_passed_on() {
    let Some(Fact::Info(info)) =
        read("session.info", &json!({"stored_session_id": "new", "running": false, "yolo": true}))
    else {
        panic!()
    };
    assert_eq!(
        (info.stored.unwrap().as_str(), info.running, info.yolo, info.fast),
        ("new", Some(false), Some(true), None)
    );
}

/// CHECK 1, CHECK 2: an approval of 0.19 has no id, and only what it offers may be sent.
#[test]
fn an_approval_carries_the_offered_choices_verbatim() {
    let request = asked(
        "approval.request",
        &json!({"command": "rm -rf x\n", "description": "d", "pattern_key": "recursive delete", "choices": ["once", "Weird", "deny"]}),
    );
    assert_eq!((request.id, request.waits), (None, None));
    let PromptKind::Approval { command, pattern, choices, .. } = request.kind else { panic!() };
    assert_eq!((command.raw(), pattern.raw()), ("rm -rf x\n", "recursive delete"));
    assert_eq!(choices.iter().map(Untrusted::raw).collect::<Vec<_>>(), ["once", "Weird", "deny"]);
}

#[test]
fn an_approval_without_choices_offers_the_two_that_always_work() {
    let PromptKind::Approval { choices, .. } = asked("approval.request", &json!({"command": "x"})).kind
    else {
        panic!()
    };
    assert_eq!(choices, ["once".into(), "deny".into()]);
}

/// ASK-15, FLT-30: what cannot be understood is shown and cannot be answered.
#[test]
fn a_request_that_cannot_be_understood_is_still_shown() {
    for (kind, payload) in [
        ("approval.request", json!({"choices": ["once"]})),
        ("approval.request", json!({"command": "x", "choices": []})),
        ("approval.request", json!({"command": "x", "choices": "once"})),
        ("approval.request", json!(null)),
        ("clarify.request", json!({"question": "q?"})),
        ("clarify.request", json!({"request_id": "r", "choices": []})),
        ("clarify.request", json!({"request_id": "r", "question": "q?", "choices": 7})),
        ("clarify.request", json!({"request_id": "r", "question": "q?", "questions": [{"question": "a"}]})),
        ("sudo.request", json!({})),
        ("secret.request", json!({"prompt": "p", "env_var": "K", "request_id": ""})),
        ("terminal.read.request", json!([])),
    ] {
        let request = asked(kind, &payload);
        assert!(
            matches!(&request.kind, PromptKind::Unknown { method, .. } if method.raw() == kind),
            "{kind} {payload}: {request:?}"
        );
        assert_eq!(request.id, None, "{kind}");
    }
    let PromptKind::Unknown { summary, .. } = asked("clarify.request", &json!({"question": "q?"})).kind
    else {
        panic!()
    };
    assert_eq!(summary.raw(), "q?");
}

/// CHECK 5, CHECK 6: how long the backend waits is fixed for these.
#[test]
fn every_kind_of_request_says_how_long_it_waits() {
    let clarify = asked("clarify.request", &json!({"question": "q", "choices": null, "request_id": "a"}));
    assert_eq!(
        (clarify.waits, clarify.kind),
        (Some(300_000), PromptKind::Clarify { question: "q".into(), choices: vec![] })
    );
    let sudo = asked("sudo.request", &json!({"request_id": "b"}));
    assert_eq!((sudo.waits, sudo.kind, sudo.id.unwrap().as_str()), (Some(120_000), PromptKind::Sudo, "b"));
    let secret = asked(
        "secret.request",
        &json!({"prompt": "p", "env_var": "K", "metadata": {"skill_name": "s"}, "request_id": "c"}),
    );
    assert_eq!(secret.waits, Some(300_000));
    assert_eq!(
        secret.kind,
        PromptKind::Secret { prompt: "p".into(), env_var: "K".into(), skill: "s".into(), help: "".into() }
    );
    let terminal = asked("terminal.read.request", &json!({"request_id": "d", "start": -5}));
    assert_eq!(
        (terminal.waits, terminal.kind),
        (Some(30_000), PromptKind::TerminalRead { start: Some(-5), count: None })
    );
}

/// CHECK 6.
#[test]
fn an_expired_request_is_withdrawn_by_its_id() {
    for kind in ["sudo.expire", "secret.expire"] {
        let Some(Fact::Withdrawn { request, expired, .. }) = read(kind, &json!({"request_id": "b"})) else {
            panic!()
        };
        assert_eq!((request.as_str(), expired), ("b", true));
    }
    let cancel =
        read("request.cancel", &json!({"id": "srq-1", "method": "clarify", "reason": "interrupted"}));
    assert!(
        matches!(cancel, Some(Fact::Withdrawn { expired: false, reason: Some(why), .. }) if why.raw() == "interrupted")
    );
}

#[test]
fn what_no_table_names_is_counted_and_passed_on() {
    let odd = Oddities::default();
    let fact = fact("brand.new", None, &mut Features::default(), &odd);
    assert_eq!(fact, Some(Fact::Unknown { kind: "brand.new".into() }));
    assert_eq!(odd.all(), [(Oddity::Event, "brand.new".to_owned(), 1)]);
    // A name that is no name is not repeated.
    odd.note(Oddity::Event, "my password is hunter2\u{1b}[31m");
    assert!(odd.all().iter().all(|(_, name, _)| !name.contains("hunter2")));
}

#[test]
fn the_counters_are_bounded_whatever_is_invented() {
    let odd = Oddities::default();
    for n in 0..10_000 {
        odd.note(Oddity::Event, &format!("kind.{n}"));
    }
    assert!(odd.all().len() <= 300);
    assert_eq!(odd.count(Oddity::Event), 10_000);
}

/// Every event type of the protocol's table: a fact, or on purpose nothing.
#[test]
fn every_documented_event_is_known() {
    let all = [
        "session.info",
        "session.title",
        "message.start",
        "message.delta",
        "message.interim",
        "message.complete",
        "thinking.delta",
        "reasoning.delta",
        "reasoning.available",
        "tool.generating",
        "tool.start",
        "tool.complete",
        "tool.output_risk",
        "approval.request",
        "clarify.request",
        "sudo.request",
        "secret.request",
        "terminal.read.request",
        "sudo.expire",
        "secret.expire",
        "status.update",
        "error",
        "subagent.start",
        "subagent.thinking",
        "subagent.tool",
        "subagent.progress",
        "subagent.complete",
        "background.complete",
        "agent.terminal.output",
        "terminal.close",
        "notification.show",
        "notification.clear",
        "review.summary",
        "reaction",
        "moa.reference",
        "moa.aggregating",
        "skin.changed",
        "browser.progress",
        "voice.status",
        "voice.transcript",
        "pet.state",
        "preview.restart.started",
        "billing.step_up.verification",
    ];
    for kind in all {
        let odd = Oddities::default();
        let fact = fact(kind, None, &mut Features::default(), &odd);
        assert!(!matches!(fact, Some(Fact::Unknown { .. })), "{kind}");
        assert_eq!(odd.count(Oddity::Event), 0, "{kind}");
    }
}

#[test]
fn what_else_is_told_becomes_its_fact() {
    let risk = read(
        "tool.output_risk",
        &json!({"tool_id": "t", "name": "n", "risk": "high", "findings": ["a"], "redacted": true}),
    );
    assert!(matches!(risk, Some(Fact::ToolRisk { findings, .. }) if findings.raw() == r#"["a"]"#));
    let shown = read("notification.show", &json!({"text": "t", "level": "warning", "key": "k"}));
    assert_eq!(shown, Some(Fact::Notified { key: "k".into(), level: Level::Warning, text: "t".into() }));
    assert_eq!(
        read("notification.clear", &json!({"key": "k"})),
        Some(Fact::NotificationCleared { key: "k".into() })
    );
    let status = read("status.update", &json!({"kind": "lifecycle", "text": "t"}));
    assert_eq!(status, Some(Fact::Status { kind: "lifecycle".into(), text: "t".into() }));
    let done = read("background.complete", &json!({"task_id": "bg_1", "text": "t"}));
    assert_eq!(done, Some(Fact::BackgroundDone { task: "bg_1".into(), text: "t".into() }));
    let output = read("agent.terminal.output", &json!({"process_id": "p", "chunk": "c"}));
    assert_eq!(output, Some(Fact::ProcessOutput { process: "p".into(), chunk: "c".into() }));
    let tool = read("tool.complete", &json!({"name": "n", "result": {"exit_code": 1}}));
    assert!(matches!(tool, Some(Fact::ToolFinished(result)) if matches!(result.state, ToolState::Failed(_))));
}

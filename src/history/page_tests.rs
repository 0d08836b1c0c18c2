use super::super::{meter, open::MAX_ROWS};
use super::{
    super::{HistoryError, load, peek, stage::Stage},
    build::MAX_TEXT,
};
use crate::{
    base::ids::{ProfileName, StoredId},
    model::{
        body::{TAIL_MESSAGES, TAIL_TEXT},
        message::{Message, Part, Role},
        tool::{ToolCall, ToolState},
    },
};
use pretty_assertions::assert_eq;

fn tools(message: &Message) -> Vec<&ToolCall> {
    let mut calls = Vec::new();
    for part in &message.parts {
        if let Part::Tool(call) = part {
            calls.push(call.as_ref());
        }
    }
    calls
}

const CALLS: &str = r#"[
    {"id": "c1", "type": "function", "function": {"name": "terminal", "arguments": "{\"command\": \"ls\\npwd\"}"}},
    {"id": "c2", "type": "function", "function": {"name": "patch", "arguments": {"path": "a.rs"}}}]"#;

#[test]
fn the_rows_of_a_turn_become_one_message() {
    let stage = Stage::new();
    stage.row("s", "user", "look");
    stage.row_with("s", "assistant", Some("Step 1."), "tool_calls", CALLS);
    stage.row_with("s", "tool", Some(r#"{"success": true, "diff": "+x"}"#), "tool_call_id", "c2");
    stage.row_with("s", "tool", Some(r#"{"output": "no", "exit_code": 2}"#), "tool_call_id", "c1");
    stage.row_with("s", "assistant", Some("Done."), "reasoning", "hm");
    stage.row("s", "user", "thanks");
    let messages = stage.load("s").body.messages;
    assert_eq!(
        messages.iter().map(|m| m.role).collect::<Vec<_>>(),
        [Role::User, Role::Assistant, Role::User]
    );
    assert_eq!(messages.iter().map(|m| m.id.0).collect::<Vec<_>>(), [0, 1, 2]);
    let turn = &messages[1];
    let kinds: Vec<_> = turn
        .parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => text.raw().to_owned(),
            Part::Reasoning { text, started, ended } => {
                assert_eq!(*ended, Some(*started));
                format!("~{}", text.raw())
            }
            Part::Tool(call) => format!("{}({})", call.name.raw(), call.context.raw()),
            Part::Note { text, .. } => format!("!{}", text.raw()),
        })
        .collect();
    assert_eq!(kinds, ["Step 1.", "terminal(ls)", "patch(a.rs)", "~hm", "Done."]);
    let calls = tools(turn);
    assert_eq!((&calls[0].state, calls[0].output.raw()), (&ToolState::Failed("exit code 2".into()), "no"));
    assert_eq!((&calls[1].state, calls[1].diff.clone()), (&ToolState::Done, Some("+x".into())));
}

/// The turn is cut, or its process died: nobody knows what became of the call.
#[test]
fn a_call_without_a_result_is_unknown() {
    let stage = Stage::new();
    stage.row_with("s", "assistant", None, "tool_calls", CALLS);
    let messages = stage.load("s").body.messages;
    assert!(tools(&messages[0]).iter().all(|call| call.state == ToolState::Unknown));
}

#[test]
fn a_result_whose_call_was_compacted_away_is_shown_alone() {
    let stage = Stage::new();
    stage.row_with("s", "tool", Some("{\"output\": \"x\"}"), "tool_name", "terminal");
    let messages = stage.load("s").body.messages;
    let calls = tools(&messages[0]);
    assert_eq!((calls[0].name.raw(), calls[0].output.raw()), ("terminal", "x"));
}

/// CHECK 62.
#[test]
fn pictures_in_a_message_are_named() {
    let stage = Stage::new();
    let parts = r#"[{"type": "text", "text": "what is"}, {"type": "image_url", "image_url": {}}, "this", {"type": "clip"}]"#;
    stage.row("s", "user", &format!("\0json:{parts}"));
    stage.row("s", "user", "\0json:broken");
    assert_eq!(stage.texts("s"), ["what is\n[image]\nthis\n[clip]", "broken"]);
}

/// A page ends where the one before it begins.
#[test]
fn pages_give_every_message_once_and_in_order() {
    let stage = Stage::new();
    for n in 0..450 {
        stage.row("s", "user", &format!("u{n}"));
        for step in 0..n % 4 {
            stage.row_with("s", "assistant", Some(&format!("a{n}.{step}")), "tool_calls", "[]");
            stage.row("s", "tool", "{}");
        }
        if n % 7 == 0 {
            stage.row("s", "user", "");
        }
    }
    let whole: Vec<String> = (0..450)
        .flat_map(|n| {
            let steps = (0..n % 4).map(|step| format!("a{n}.{step}")).collect::<Vec<_>>().join("\n\n");
            [format!("u{n}"), steps]
        })
        .filter(|text| !text.is_empty())
        .collect();
    let tail = stage.load("s").body;
    let mut read = tail.messages;
    let mut more = tail.older;
    let mut pages = 1;
    while more {
        let (page, still) = stage.older("s", read.len());
        assert!(!page.is_empty() && page.len() <= TAIL_MESSAGES);
        read = page.into_iter().chain(read).collect();
        more = still;
        pages += 1;
    }
    assert_eq!(pages, whole.len().div_ceil(TAIL_MESSAGES));
    assert_eq!(read.iter().map(Message::plain).collect::<Vec<_>>(), whole);
    assert_eq!(stage.older("s", whole.len()), (vec![], false));
    assert_eq!(stage.older("s", usize::MAX), (vec![], false));
}

#[test]
fn a_tail_is_bounded_in_text_and_says_that_there_is_more() {
    let stage = Stage::new();
    let long = "x".repeat(TAIL_TEXT as usize / 2 - 10);
    for _ in 0..3 {
        stage.row("s", "user", &long);
    }
    let body = stage.load("s").body;
    assert_eq!((body.messages.len(), body.older), (2, true));
    assert_eq!(stage.older("s", 2).0.len(), 1);
}

/// SEC-41: whatever is stored, a page of it is bounded; the last message is always there.
#[test]
fn giant_rows_are_cut_or_named_and_the_last_message_is_there() {
    let stage = Stage::new();
    stage.row("s", "user", &"é".repeat(MAX_TEXT));
    let body = stage.load("s").body;
    assert_eq!((body.messages.len(), body.older), (1, false));
    assert_eq!(body.messages[0].plain().len(), MAX_TEXT);
    assert!(matches!(body.messages[0].parts.last(), Some(Part::Note { .. })));

    stage.row("s", "user", &"x".repeat(9 << 20));
    assert_eq!(stage.texts("s").last().unwrap(), "(9 MB of text: too long to show)");

    for _ in 0..40 {
        stage.row_with("s", "assistant", None, "tool_calls", CALLS);
        stage.row("s", "tool", &"y".repeat(100_000));
    }
    let body = stage.load("s").body;
    assert_eq!(body.messages.len(), 1);
    let last = &body.messages[0];
    assert_eq!(tools(last).len(), 80);
    assert!(last.len() <= 2 * MAX_TEXT as u64, "{}", last.len());
    assert!(tools(last).iter().any(|call| call.output_len == 100_000 && call.output.len() < 100_000));
}

/// CHECK 38, 39.
#[test]
fn what_compression_copied_is_shown_once() {
    let stage = Stage::new();
    stage.rotated();
    // Equal to older texts, and new all the same.
    stage.talk("s2", &[("long 3", "lorem"), ("one", "Hello.")]);
    let tail = stage.load("s");
    assert_eq!(tail.stored.as_str(), "s2");
    assert_eq!(tail.row.unwrap().lineage.as_str(), "s");
    let first = ["one", "Hello.", "long 0", "lorem", "long 1", "lorem", "long 2", "lorem", "long 3", "lorem"];
    let rest = ["[CONTEXT COMPACTION - REFERENCE ONLY] It was long.", "long 3", "lorem", "one", "Hello."];
    assert_eq!(stage.texts("s2"), [&first[..], &rest[..]].concat());
    assert_eq!(tail.body.messages[10].role, Role::System);
}

/// A tool's result is shortened in the copy; the rest is recognised all the same.
#[test]
fn a_copy_is_recognised_though_its_tool_rows_differ() {
    let stage = Stage::new();
    stage.row("s", "user", "go");
    stage.row("s", "tool", "a long result");
    stage.talk("s", &[("on", "done")]);
    stage.end("s", "compression");
    stage.session("s2", Some("s"), None);
    stage.row("s2", "user", "go");
    stage.row("s2", "tool", "[cleared]");
    stage.talk("s2", &[("on", "done"), ("new", "indeed")]);
    assert_eq!(stage.texts("s2"), ["go", "", "on", "done", "new", "indeed"]);
}

/// Nothing is left out for looking like a copy.
#[test]
fn a_continuation_without_copies_is_shown_whole() {
    let stage = Stage::new();
    stage.talk("s", &[("one", "ok")]);
    stage.end("s", "compression");
    stage.session("s2", Some("s"), None);
    stage.talk("s2", &[("two", "ok"), ("one", "ok")]);
    assert_eq!(stage.texts("s2"), ["one", "ok", "two", "ok", "one", "ok"]);
    let parts: Vec<_> =
        stage.texts("20231201_four_0").into_iter().filter(|t| t.starts_with("chain four")).collect();
    assert_eq!(parts, ["chain four part 0", "chain four part 1", "chain four part 2", "chain four part 3"]);
}

/// CHECK 38: a branch and a delegated child hold all of their own transcript.
#[test]
fn a_branch_does_not_repeat_its_parent() {
    let stage = Stage::new();
    stage.talk("s", &[("one", "ok")]);
    stage.session("b", Some("s"), Some(r#"{"_branched_from": "s"}"#));
    stage.talk("b", &[("one", "ok"), ("two", "ok")]);
    assert_eq!(stage.texts("b"), ["one", "ok", "two", "ok"]);
    stage.session("d", Some("s"), Some(r#"{"_delegate_from": "s"}"#));
    stage.talk("d", &[("goal", "ok")]);
    assert_eq!(stage.texts("d"), ["goal", "ok"]);
    assert_eq!(stage.load("d").row.unwrap().lineage.as_str(), "d");
    assert_eq!(stage.texts("20231201_br_old").len(), 3);
}

/// A page across the place where the id rotated.
#[test]
fn a_page_goes_on_in_the_row_before() {
    let stage = Stage::new();
    stage.rotated();
    let (page, more) = stage.older("s2", 3);
    assert_eq!(page.iter().map(Message::plain).next_back().unwrap(), "lorem");
    assert_eq!((page.len(), more), (8, false));
}

/// REL-21: no row that anybody could have written stops a transcript.
#[test]
fn hostile_rows_are_shown_as_far_as_they_make_sense() {
    let stage = Stage::new();
    stage.db.pragma_update(None, "foreign_keys", false).unwrap();
    stage
        .db
        .execute_batch(
            "INSERT INTO messages (session_id, role, content, timestamp) VALUES
               ('s', 'user', 42, 'yesterday'), ('s', 'ghost', 'boo', 0), ('s', x'ff', 'x', 0),
               ('s', 'user', CAST(x'6f6bff' AS TEXT), -1e300), ('s', 'assistant', NULL, 9e999);
             INSERT INTO messages (session_id, role, content, tool_calls, timestamp) VALUES
               ('s', 'user', 'a', NULL, 0), ('s', 'assistant', 'b', '{broken', 0), ('s', 'user', 'c', NULL, 0),
               ('s', 'assistant', 'd', '[1, null, {\"function\": 3}]', 0);
             INSERT INTO sessions (id, source, started_at, model_config, parent_session_id, end_reason) VALUES
               ('loop1', 7, 'never', '{broken', 'loop2', 'compression'), ('loop2', x'00', 0, '[]', 'loop1', 'compression');",
        )
        .unwrap();
    assert_eq!(stage.texts("s"), ["42", "ok\u{fffd}", "", "a", "b", "c", "d"]);
    assert_eq!(stage.texts("loop1"), [""; 0]);
    super::super::list(stage.home.path(), &ProfileName::default_profile(), 500).unwrap();
}

#[test]
fn a_session_that_is_not_there_is_said_to_be_gone() {
    let stage = Stage::new();
    let gone = load(stage.home.path(), &ProfileName::default_profile(), &StoredId::new("gone").unwrap());
    assert_eq!(gone.unwrap_err(), HistoryError::NoSession);
}

/// D06. The beginning and the end of a long session, and how much is between.
#[test]
fn a_look_into_a_session_shows_both_its_ends_and_nothing_twice() {
    let look = |stage: &Stage| {
        let peek =
            peek(stage.home.path(), &ProfileName::default_profile(), &StoredId::new("s").unwrap()).unwrap();
        let texts = |part: &[Message]| part.iter().map(Message::plain).collect::<Vec<_>>();
        let ids: Vec<u64> = peek.head.iter().chain(&peek.tail).map(|message| message.id.0).collect();
        assert_eq!(ids, (0..ids.len() as u64).collect::<Vec<_>>());
        (texts(&peek.head), texts(&peek.tail), peek.skipped)
    };
    let stage = Stage::new();
    assert_eq!(look(&stage), (vec![], vec![], 0));
    let texts = |from: usize, to: usize| (from..to).map(|n| format!("m{n}")).collect::<Vec<_>>();
    for n in 0..100 {
        stage.row("s", "user", &format!("m{n}"));
        match n + 1 {
            1 | 20 => assert_eq!(look(&stage), (texts(0, n + 1), vec![], 0)),
            21 | 30 => assert_eq!(look(&stage), (texts(0, 20), texts(20, n + 1), 0)),
            31 | 100 => assert_eq!(look(&stage), (texts(0, 20), texts(n - 9, n + 1), n as u64 - 29)),
            _ => {}
        }
    }
    // Across a rotation, the copies left out.
    let stage = Stage::new();
    stage.rotated();
    for n in 0..40 {
        stage.row("s2", "user", &format!("m{n}"));
    }
    let (head, tail, skipped) = look(&stage);
    assert_eq!(head[..3], ["one", "Hello.", "long 0"]);
    assert_eq!((head[11].as_str(), head.len(), tail, skipped), ("m0", 20, texts(30, 40), 21));
    // Of giants each end shows one at least.
    let stage = Stage::new();
    for _ in 0..4 {
        stage.row("s", "user", &"x".repeat(TAIL_TEXT as usize));
    }
    let (head, tail, skipped) = look(&stage);
    assert_eq!((head.len(), tail.len(), skipped), (1, 1, 2));
}

/// ASK-91. The texts of a session's end are read, and nothing of the rest but the places of its rows.
#[test]
fn a_session_of_a_hundred_thousand_messages_opens_at_once() {
    let stage = Stage::new();
    stage
        .db
        .execute_batch("DROP TRIGGER messages_fts_insert; DROP TRIGGER messages_fts_trigram_insert;")
        .unwrap();
    let mut meters = Vec::new();
    for end in [1_000, 100_000] {
        let fill =
            "WITH RECURSIVE n(x) AS (SELECT (SELECT count(*) FROM messages WHERE session_id = 's') UNION ALL
              SELECT x + 1 FROM n WHERE x + 1 < ?1)
            INSERT INTO messages (session_id, role, content, timestamp)
            SELECT 's', iif(x % 2, 'assistant', 'user'), 'm' || x, 1800000000 + x FROM n";
        stage.db.execute(fill, [end]).unwrap();
        meter::take();
        let texts = stage.texts("s");
        assert_eq!((texts.len(), texts.last().unwrap()), (TAIL_MESSAGES, &format!("m{}", end - 1)));
        meters.push(meter::take());
    }
    let [short, long] = meters[..] else { unreachable!() };
    // One small query more for every so many rows, and none of them long.
    assert!(long.queries - short.queries <= 100_000 / u64::from(MAX_ROWS), "{short:?} {long:?}");
    assert!(long.most_steps <= short.most_steps + 1_000, "{short:?} {long:?}");
    assert!(long.longest <= 50);
}

//! Turns and what they say.

use super::rig::*;
use crate::{
    model::{
        agent::{Call, Fact, InfoFact, Reply, Submitted, TurnOutcome},
        body::{MAX_BODY_MESSAGES, MAX_BODY_TEXT},
        message::{Message, MessageState, Part},
        session::Unread,
        tool::ToolState,
        turn::TurnState,
    },
    proto::Command,
};

/// CHECK 11.
#[test]
fn a_turn_may_start_before_its_submit_is_answered() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "hi");
    let create = call_of(&rig.up("work"), |what| matches!(what, Call::Create { .. }));
    let submit = call_of(&rig.reply(create, built("aa", None)), |what| matches!(what, Call::Submit { .. }));
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.text("work", "aa", "hel");
    rig.end("work", "aa");
    rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    assert_eq!(rig.turn(session), TurnState::Idle);
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: hel"]);
}

/// CHECK 12: an error alone ends a turn; so does the word that it does not run.
#[test]
fn a_turn_ends_once_on_whichever_sign_comes_first() {
    let signs = [
        vec![Fact::Failed("refused".into())],
        vec![Fact::Failed("refused".into()), idle()],
        vec![idle()],
        vec![ended(TurnOutcome::Complete, None), idle()],
    ];
    for facts in signs {
        let mut rig = Rig::new();
        let session = rig.running("work", "aa");
        let mut ends = 0;
        for fact in facts {
            let running = rig.session(session).turn.is_busy();
            rig.fact("work", "aa", fact);
            ends += usize::from(running && !rig.session(session).turn.is_busy());
        }
        assert_eq!(ends, 1);
        assert!(rig.reg.runs.get(&session).unwrap().stream.is_none());
    }
}

/// CHECK 12: the agent's start fails before the submit is answered.
#[test]
fn an_error_before_the_answer_to_the_submit_fails_its_turn() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "hi");
    let create = call_of(&rig.up("work"), |what| matches!(what, Call::Create { .. }));
    let submit = call_of(&rig.reply(create, built("aa", None)), |what| matches!(what, Call::Submit { .. }));
    rig.fact("work", "aa", Fact::Failed("no provider".into()));
    rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    assert_eq!(rig.turn(session), TurnState::Failed("no provider".into()));
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: <no provider>"]);
    assert_eq!(rig.session(session).unread, Unread::Failed);
}

/// CHECK 13.
#[test]
fn the_text_of_a_turns_end_never_replaces_what_streamed() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "First.");
    rig.fact("work", "aa", tool_started("t1", "terminal", "ls"));
    rig.fact("work", "aa", tool_finished("t1", "terminal", ToolState::Done));
    rig.text("work", "aa", "\n\nLast.");
    rig.fact("work", "aa", ended(TurnOutcome::Complete, Some("Last.")));
    assert_eq!(rig.lines(session)[1], "Assistant: First.|[terminal Done]|Last.");
    // Null, and a last step that was not streamed.
    rig.send(session, "again");
    rig.fact("work", "aa", idle());
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.text("work", "aa", "One.");
    rig.fact("work", "aa", tool_started("t2", "terminal", "ls"));
    rig.fact("work", "aa", tool_finished("t2", "terminal", ToolState::Done));
    rig.fact("work", "aa", ended(TurnOutcome::Complete, Some("Two.")));
    assert_eq!(rig.lines(session)[3], "Assistant: One.|[terminal Done]|Two.");
}

/// CHECK 14: the line feeds between steps are cut, a new paragraph inside a step is not.
#[test]
fn the_line_feeds_between_steps_are_not_shown() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "a");
    rig.text("work", "aa", "\n\nb");
    rig.fact("work", "aa", Fact::ToolAnnounced("terminal".into()));
    rig.fact("work", "aa", tool_started("t1", "terminal", "ls"));
    rig.fact("work", "aa", tool_finished("t1", "terminal", ToolState::Done));
    rig.text("work", "aa", "\n\nc");
    assert_eq!(rig.lines(session)[1], "Assistant: a\n\nb|[terminal Done]|c");
}

/// CHECK 15.
#[test]
fn reasoning_that_repeats_the_answer_is_not_shown() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", Fact::Reasoning("I think".into()));
    rig.fact("work", "aa", Fact::ReasoningWhole("I think".into()));
    let long = "word ".repeat(200);
    rig.text("work", "aa", &long);
    let cut: String = long.chars().take(500).collect();
    rig.fact("work", "aa", Fact::ReasoningWhole(cut.as_str().into()));
    assert_eq!(rig.last(session).parts.len(), 2);
    // Before its text, as from a model that does not stream.
    rig.fact("work", "aa", tool_started("t1", "terminal", "ls"));
    rig.fact("work", "aa", tool_finished("t1", "terminal", ToolState::Done));
    rig.fact("work", "aa", Fact::ReasoningWhole("Done.".into()));
    rig.fact("work", "aa", ended(TurnOutcome::Complete, Some("Done.")));
    assert_eq!(rig.lines(session)[1], format!("Assistant: (I think)|{long}|[terminal Done]|Done."));
}

#[test]
fn reasoning_that_was_not_streamed_is_shown_once() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", Fact::ReasoningWhole("Because.".into()));
    rig.fact("work", "aa", tool_started("t1", "terminal", "ls"));
    rig.text("work", "aa", "So.");
    rig.fact("work", "aa", Fact::ReasoningWhole("Hence.".into()));
    rig.end("work", "aa");
    assert_eq!(rig.lines(session)[1], "Assistant: (Because.)|[terminal Unknown]|So.|(Hence.)");
}

/// CHECK 16: what was not streamed is shown.
#[test]
fn a_step_that_was_not_streamed_is_shown() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", Fact::StepText("Step.".into()));
    rig.fact("work", "aa", tool_started("t1", "terminal", "ls"));
    rig.fact("work", "aa", tool_finished("t1", "terminal", ToolState::Done));
    rig.end("work", "aa");
    assert_eq!(rig.lines(session)[1], "Assistant: Step.|[terminal Done]");
}

/// CHECK 17.
#[test]
fn spinner_words_are_no_text() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", Fact::Activity(Some("pondering".into())));
    assert_eq!(rig.session(session).activity, Some("pondering".into()));
    rig.fact("work", "aa", Fact::Activity(None));
    assert_eq!(rig.session(session).activity, None);
    assert_eq!(rig.lines(session), ["User: hi"]);
}

/// CHECK 18.
#[test]
fn a_turn_that_begins_by_itself_with_two_starts_is_one_turn() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let text = "[IMPORTANT: Background process proc_1 ended]";
    rig.fact("work", "aa", Fact::Status { kind: "process".into(), text: text.into() });
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(rig.session(session).unread, Unread::None, "nothing has ended");
    rig.text("work", "aa", "I see.");
    assert_eq!(rig.turn(session), TurnState::Running);
    rig.end("work", "aa");
    assert_eq!(rig.turn(session), TurnState::Idle);
    let expected = ["User: hi", "Assistant: hello", &format!("System: {text}"), "Assistant: I see."];
    assert_eq!(rig.lines(session), expected);
}

/// CHECK 18: a text that had not left when a turn began by itself waits for its end.
#[test]
fn a_turn_that_begins_by_itself_puts_a_waiting_text_back_into_the_queue() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "hello");
    rig.fact("work", "aa", ended(TurnOutcome::Complete, None));
    let effects = rig.send(session, "next");
    assert_eq!(submits(&effects), Vec::<String>::new(), "the backend has not said that it is idle");
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(rig.session(session).queue[0].text, "next");
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: hello"]);
    assert_eq!(submits(&rig.end("work", "aa")), ["next"]);
}

/// CHECK 20.
#[test]
fn retries_that_come_in_one_burst_can_be_read_later() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    for text in ["retry 1", "retry 2"] {
        rig.fact("work", "aa", Fact::Status { kind: "lifecycle".into(), text: text.into() });
    }
    assert_eq!(rig.session(session).activity, Some("retry 2".into()));
    rig.fact("work", "aa", ended(TurnOutcome::Error, Some("HTTP 500")));
    assert_eq!(rig.lines(session)[1], "Assistant: <retry 1>|<retry 2>|<HTTP 500>");
    assert_eq!(rig.turn(session), TurnState::Failed("HTTP 500".into()));
    assert_eq!(rig.session(session).activity, None);
}

#[test]
fn giving_up_is_said_once() {
    for (said, error, shown) in [
        (
            "❌ API failed after 3 retries — HTTP 500: x",
            "API call failed after 3 retries: HTTP 500: x",
            false,
        ),
        ("❌ Non-retryable error (HTTP 401): bad key", "bad key", false),
        ("❌ The window is too small", "something else", true),
        ("❌ Max retries (3) exceeded — no reason", "something else", true),
    ] {
        let mut rig = Rig::new();
        let session = rig.running("work", "aa");
        rig.fact("work", "aa", Fact::Status { kind: "lifecycle".into(), text: said.into() });
        rig.fact("work", "aa", ended(TurnOutcome::Error, Some(error)));
        let before = if shown { format!("<{said}>|") } else { String::new() };
        assert_eq!(rig.lines(session)[1], format!("Assistant: {before}<{error}>"));
    }
}

/// CHECK 23.
#[test]
fn a_tool_that_was_announced_and_never_started_leaves_nothing() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", Fact::ToolAnnounced("nosuch".into()));
    assert_eq!(rig.session(session).activity, Some("preparing nosuch".into()));
    rig.text("work", "aa", "\n\nSorry.");
    rig.end("work", "aa");
    assert_eq!(rig.lines(session)[1], "Assistant: Sorry.");
}

/// CHECK 23: a call without a result.
#[test]
fn a_tool_that_never_ended_is_unknown_after_its_turn() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", tool_started("t1", "terminal", "sleep"));
    rig.fact("work", "aa", ended(TurnOutcome::Interrupted, None));
    assert_eq!(rig.lines(session)[1], "Assistant: [terminal Unknown]");
    assert_eq!(rig.last(session).state, MessageState::Interrupted);
    // Its late end still says how it went.
    rig.fact("work", "aa", tool_finished("t1", "terminal", ToolState::Done));
    assert_eq!(rig.lines(session)[1], "Assistant: [terminal Done]");
    assert_eq!(rig.turn(session), TurnState::Idle);
}

/// CHECK 26, CHECK 43: a title belongs to the session of the live id; the stored id in it moves nothing else.
#[test]
fn a_title_goes_to_the_session_that_it_came_on() {
    let mut rig = Rig::new();
    let (a, b) = (rig.ready("work", "aa"), rig.ready("work", "bb"));
    rig.fact("work", "aa", Fact::Titled { stored: Some(stored("stored_aa")), title: "Mine #2".into() });
    assert_eq!(rig.session(a).title, Some("Mine #2".into()));
    assert_eq!(rig.session(b).title, None);
}

/// CHECK 27, H06.
#[test]
fn usage_may_begin_again_at_zero() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let usage = |total| crate::model::usage::Usage { total: Some(total), ..Default::default() };
    for total in [900, 3] {
        let info = InfoFact { usage: Some(usage(total)), ..InfoFact::default() };
        rig.fact("work", "aa", Fact::Info(Box::new(info)));
        assert_eq!(rig.session(session).usage, usage(total));
    }
}

/// CHECK 39, INV12, I09, M5: tab, draft and prompts stay when the stored id rotates; both ids lead to the session.
#[test]
fn a_session_keeps_everything_when_its_stored_id_rotates() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let pieces = vec![crate::model::draft::Piece::Text("later".to_owned())];
    rig.command(Command::SaveDraft { session, pieces, base: 0 });
    let tabs = rig.reg.world().tabs.clone();
    let info = InfoFact { stored: Some(stored("rotated")), ..InfoFact::default() };
    rig.fact("work", "aa", Fact::Info(Box::new(info)));
    let known = rig.session(session);
    assert_eq!(known.stored, Some(stored("rotated")));
    assert_eq!(known.lineage.as_ref().unwrap().as_str(), "stored_aa");
    assert_eq!(known.draft.text(), "later");
    assert_eq!(rig.reg.world().tabs, tabs);
    for id in ["stored_aa", "rotated"] {
        assert_eq!(rig.opened(Command::OpenStored { profile: profile("work"), stored: stored(id) }), session);
    }
}

/// I05, INV13, M7: facts of two sessions and two profiles interleave.
#[test]
fn streams_of_two_profiles_do_not_mix() {
    let mut rig = Rig::new();
    let (a, b) = (rig.running("work", "aa"), rig.running("research", "aa"));
    for n in 0..5 {
        rig.text("work", "aa", &format!("A{n} "));
        rig.text("research", "aa", &format!("B{n} "));
    }
    rig.end("work", "aa");
    assert_eq!(rig.lines(a)[1], "Assistant: A0 A1 A2 A3 A4 ");
    assert_eq!(rig.lines(b)[1], "Assistant: B0 B1 B2 B3 B4 ");
    assert_eq!((rig.turn(a), rig.turn(b)), (TurnState::Idle, TurnState::Running));
}

/// SEC-41.
#[test]
fn a_transcript_stays_within_its_bounds() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let piece = "x".repeat(100_000);
    for _ in 0..120 {
        rig.text("work", "aa", &piece);
    }
    let body = rig.body(session);
    assert!(body.messages.iter().map(Message::len).sum::<u64>() <= MAX_BODY_TEXT);
    assert!(body.older);
    let counted = rig.reg.runs.get(&session).unwrap().bytes;
    assert_eq!(counted, rig.body(session).messages.iter().map(Message::len).sum::<u64>());
    for n in 0..MAX_BODY_MESSAGES + 10 {
        rig.fact("work", "aa", Fact::BackgroundDone { task: "t".into(), text: format!("{n}").into() });
        assert!(rig.body(session).messages.len() <= MAX_BODY_MESSAGES);
    }
}

/// A long turn goes on in a new message, and is whole all the same.
#[test]
fn a_long_turn_is_split_into_messages_without_loss() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let mut all = String::new();
    for n in 0..60 {
        let piece = format!("{n:05}{}", "y".repeat(9_995));
        rig.text("work", "aa", &piece);
        all.push_str(&piece);
    }
    rig.end("work", "aa");
    let messages = &rig.body(session).messages[1..];
    assert!(messages.len() > 1);
    assert!(messages.iter().all(|message| message.state == MessageState::Done));
    assert_eq!(messages.iter().map(Message::plain).collect::<String>(), all);
}

/// A first look at a part's time: reasoning ends when the answer begins.
#[test]
fn reasoning_ends_when_the_answer_begins() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", Fact::Reasoning("hm".into()));
    rig.wait(700);
    rig.text("work", "aa", "So");
    match &rig.last(session).parts[0] {
        Part::Reasoning { started, ended, .. } => assert_eq!(ended.unwrap().since(*started), 700),
        other => panic!("{other:?}"),
    }
}

/// ARCHITECTURE §7: a delta touches its own session, whatever else is open and however long its transcript is.
#[test]
fn a_delta_changes_the_same_however_much_is_open() {
    let changes = |rig: &mut Rig| {
        let fact = Fact::Text { text: "x".into(), step_break: false };
        let live = Some(live("aa"));
        let step = rig.step(crate::registry::Input::Fact { profile: profile("work"), live, fact });
        (step.patches.len(), step.effects.len())
    };
    let mut rig = Rig::new();
    rig.running("work", "aa");
    rig.text("work", "aa", "x");
    let few = changes(&mut rig);
    for n in 0..40 {
        rig.ready("work", &format!("b{n}"));
        rig.text("work", "aa", &"y".repeat(10_000));
    }
    assert_eq!(changes(&mut rig), few);
    assert_eq!(few, (1, 0));
}

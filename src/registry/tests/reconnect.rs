//! After a lost socket or process: nothing twice, nothing lost, nobody else concerned.

use super::rig::*;
use crate::{
    base::ids::MessageId,
    model::{
        agent::{Built, Call, Fact, Inflight, Reply, TurnOutcome},
        message::{Message, MessageState, Role},
        tool::ToolState,
        turn::TurnState,
    },
    registry::Effect,
};

fn message(role: Role, text: &str) -> Message {
    Message::text(MessageId(0), role, text, MessageState::Done)
}

fn hi() -> Message {
    message(Role::User, "hi")
}

fn resumed(rig: &mut Rig, id: &str, change: &dyn Fn(&mut Built)) -> Vec<Effect> {
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    rig.reply(resume, built(id, Some(change)))
}

fn running(built: &mut Built, answer: &str) {
    built.running = Some(true);
    built.inflight = Some(Inflight { user: Some("hi".into()), assistant: answer.into() });
}

/// M16, CHECK f: what was missed is added where the stream stood.
/// I03, I17.
#[test]
fn a_stream_goes_on_where_it_stood() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "one two ");
    rig.down("work", false);
    assert_eq!(rig.turn(session), TurnState::Running);
    assert_eq!(rig.session(session).activity, Some("reconnecting".into()));
    assert!(rig.session(session).built, "the process lives on");
    resumed(&mut rig, "bb", &|built| running(built, "one two three "));
    rig.text("work", "bb", "four");
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: one two three four"]);
    assert_eq!(rig.session(session).activity, None);
    rig.end("work", "bb");
    assert_eq!(rig.turn(session), TurnState::Idle);
}

/// CHECK f: an event may come before the answer; what the answer tells already is not told again.
#[test]
fn events_before_the_answer_are_told_once_and_in_order() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "one ");
    rig.down("work", false);
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    rig.text("work", "aa", "three ");
    rig.fact("work", "aa", tool_started("t1", "terminal", "ls"));
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: one "]);
    rig.reply(resume, built("aa", Some(&|built| running(built, "one two three "))));
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: one two three |[terminal Running]"]);
}

/// REL-12: they are kept for a while, and not without bound.
#[test]
fn events_of_an_unknown_session_are_kept_five_seconds() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.down("work", false);
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    rig.text("work", "aa", "x");
    let effects = rig.wait(5_000);
    assert!(matches!(effects[0], Effect::Log { .. }));
    for _ in 0..5 {
        rig.text("work", "aa", &"y".repeat(300_000));
    }
    assert!(rig.reg.wires.get(&profile("work")).unwrap().early_bytes <= 1024 * 1024);
    rig.reply(resume, built("aa", Some(&|built| running(built, ""))));
    let said: u64 = rig.body(session).messages.iter().skip(1).map(Message::len).sum();
    assert_eq!(said, 900_000);
}

/// CHECK f: it ended meanwhile: the history has the whole answer.
#[test]
fn a_turn_that_ended_meanwhile_is_completed_from_the_history() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "one ");
    rig.send(session, "next");
    rig.down("work", false);
    let effects = resumed(&mut rig, "aa", &|built| {
        built.running = Some(false);
        built.messages = vec![hi(), message(Role::Assistant, "one two")];
    });
    assert_eq!(submits(&effects), ["next"]);
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: one two", "User: next"]);
}

/// What streamed knows more than the history: tools and their output stay.
#[test]
fn what_streamed_stays_where_the_history_agrees() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "one");
    rig.fact("work", "aa", tool_started("t1", "terminal", "ls"));
    rig.fact("work", "aa", tool_finished("t1", "terminal", ToolState::Done));
    rig.text("work", "aa", "\n\ntwo");
    rig.end("work", "aa");
    let before = rig.lines(session);
    rig.down("work", false);
    resumed(&mut rig, "aa", &|built| {
        built.running = Some(false);
        built.messages = vec![hi(), message(Role::Assistant, "one"), message(Role::Assistant, "two")];
    });
    assert_eq!(rig.lines(session), before);
}

/// I10, REL-08: the process died in mid turn: said so, resumed by stored id, nothing twice, what streamed stays to be read.
#[test]
fn a_lost_process_ends_its_turns_and_says_so() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let other = rig.running("research", "rr");
    rig.text("work", "aa", "half an ans");
    rig.down("work", true);
    assert!(matches!(rig.turn(session), TurnState::Failed(_)));
    let lines = rig.lines(session);
    assert!(lines[1].contains("half an ans|<the backend was lost in the middle of this turn"), "{lines:?}");
    assert_eq!(rig.turn(other), TurnState::Running, "no other profile notices (INV11)");
    resumed(&mut rig, "bb", &|built| built.messages = vec![hi()]);
    assert_eq!(rig.lines(session), lines);
    assert_eq!(rig.session(session).stored, Some(stored("stored_bb")));
}

/// What is in the history replaces what streamed.
#[test]
fn a_step_that_was_stored_differently_replaces_what_streamed() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "abc");
    rig.down("work", true);
    resumed(&mut rig, "bb", &|built| built.messages = vec![hi(), message(Role::Assistant, "xyz")]);
    let lines = rig.lines(session);
    assert_eq!(lines[..2], ["User: hi", "Assistant: xyz"]);
    assert!(!lines.iter().any(|line| line.contains("abc")));
}

/// REL-10: a text of unknown fate is found by its words, right after the last known one.
#[test]
fn an_uncertain_text_is_found_in_the_history() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.send(session, "next");
    rig.down("work", false);
    assert_eq!(rig.last(session).state, MessageState::Uncertain);
    resumed(&mut rig, "aa", &|built| {
        let said = [
            hi(),
            message(Role::Assistant, "hello"),
            message(Role::User, "next"),
            message(Role::Assistant, "yes"),
        ];
        built.messages = said.to_vec();
        built.running = Some(false);
    });
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: hello", "User: next", "Assistant: yes"]);
    assert!(rig.body(session).messages.iter().all(|message| message.state == MessageState::Done));
    assert_eq!(rig.turn(session), TurnState::Idle);
}

/// REL-10: the same words said earlier are not it.
#[test]
fn an_uncertain_text_is_not_taken_for_an_earlier_one_of_the_same_words() {
    for older in [false, true] {
        let mut rig = Rig::new();
        let session = rig.ready("work", "aa");
        rig.send(session, "hi");
        rig.down("work", false);
        resumed(&mut rig, "aa", &|built| {
            built.messages = vec![hi(), message(Role::Assistant, "hello")];
            built.older = older;
        });
        assert_eq!(rig.last(session).state, MessageState::Uncertain);
        assert_eq!(rig.turn(session), TurnState::Uncertain);
    }
}

/// CHECK 41: the stored text differs from the sent one; it is matched by its place.
#[test]
fn a_text_that_was_stored_otherwise_is_matched_by_its_place() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.text("work", "aa", "one ");
    rig.down("work", false);
    resumed(&mut rig, "aa", &|built| {
        let stored = message(Role::User, "hi\n\n--- Attached Context ---");
        built.messages = vec![stored, message(Role::Assistant, "one two")];
        built.running = Some(false);
    });
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: one two"]);
}

/// CHECK 48 and others: somebody else went on with the session meanwhile.
#[test]
fn turns_of_somebody_else_are_taken_in() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.down("work", false);
    resumed(&mut rig, "aa", &|built| {
        let more = [
            hi(),
            message(Role::Assistant, "hello"),
            message(Role::User, "b"),
            message(Role::Assistant, "c"),
        ];
        built.messages = more.to_vec();
        built.running = Some(true);
        built.inflight = Some(Inflight { user: Some("d".into()), assistant: "e".into() });
    });
    let expected = ["User: hi", "Assistant: hello", "User: b", "Assistant: c", "User: d", "Assistant: e"];
    assert_eq!(rig.lines(session), expected);
    assert_eq!(rig.turn(session), TurnState::Running);
}

/// DECISIONS 11, CHECK 49: every built session is resumed, by its stored id.
#[test]
fn every_built_session_is_resumed_after_a_dropped_socket() {
    let mut rig = Rig::new();
    rig.ready("work", "aa");
    rig.ready("work", "bb");
    let other = rig.ready("research", "rr");
    rig.down("work", false);
    let calls = calls_of(&rig.up("work"));
    let resumes = calls.into_iter().filter_map(|(_, what)| match what {
        Call::Resume { stored, eager } => Some((stored, eager)),
        _ => None,
    });
    let expected = [(stored("stored_aa"), false), (stored("stored_bb"), false)];
    assert_eq!(resumes.collect::<Vec<_>>(), expected);
    assert!(rig.session(other).built);
}

/// CHECK 36: a session that was lost before its first text was stored is created again.
#[test]
fn a_session_that_was_never_stored_is_created_again() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "hi");
    let create = call_of(&rig.up("work"), |what| matches!(what, Call::Create { .. }));
    rig.reply(create, built("aa", None));
    rig.down("work", true);
    assert_eq!(rig.last(session).state, MessageState::Uncertain);
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    rig.reply(resume, Reply::Failed { code: 4007, message: "unknown".into() });
    assert!(matches!(rig.last(session).state, MessageState::Refused(_)));
    assert_eq!(rig.session(session).stored, None);
    let effects = rig.send(session, "again");
    call_of(&effects, |what| matches!(what, Call::Create { .. }));
}

/// I07, INV11, M6.
/// I07, I08.
#[test]
fn the_end_of_one_turn_leaves_the_others_watch_and_prompts() {
    let mut rig = Rig::new();
    let (a, b) = (rig.running("work", "aa"), rig.running("work", "bb"));
    let before = rig.session(b).clone();
    rig.fact("work", "aa", ended(TurnOutcome::Error, Some("boom")));
    assert!(matches!(rig.turn(a), TurnState::Failed(_)));
    assert_eq!(rig.session(b), &before);
    assert_eq!(calls_of(&rig.wait(8 * 60_000))[0].1, Call::ActiveList);
}

/// A resume that the backend refuses is said, and gives back what waited.
#[test]
fn a_session_that_cannot_be_resumed_says_why() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.down("work", false);
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    rig.reply(resume, Reply::Failed { code: 5032, message: "broken".into() });
    assert!(matches!(rig.turn(session), TurnState::Failed(_)));
    assert!(rig.lines(session)[1].contains("broken"));
    rig.fact("work", "aa", Fact::TurnStarted);
    assert!(matches!(rig.turn(session), TurnState::Failed(_)));
}

/// CHECK 18: a turn that began by itself is found again, with what it is about told once and in nobody's mouth.
#[test]
fn a_turn_that_began_by_itself_is_taken_up_without_a_text_of_the_person() {
    let about = "[IMPORTANT: Background process proc_1 completed.]";
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.fact("work", "aa", Fact::Status { kind: "process".into(), text: about.into() });
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.down("work", false);
    resumed(&mut rig, "aa", &|built| {
        built.messages = vec![hi(), message(Role::Assistant, "hello")];
        built.running = Some(true);
        built.inflight = Some(Inflight { user: Some(about.into()), assistant: "I see".into() });
    });
    let expected = ["User: hi", "Assistant: hello", &format!("System: {about}"), "Assistant: I see"];
    assert_eq!(rig.lines(session), expected);
}

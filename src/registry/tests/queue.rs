//! Sends, the queue, interrupts.

use super::rig::*;
use crate::{
    base::text::Untrusted,
    model::{
        agent::{Call, Fact, Reply, Submitted, TurnOutcome},
        message::{Level, MessageState},
        session::Unread,
        turn::TurnState,
    },
    proto::{Answer, Command, Refusal, command::Settle},
    registry::{Effect, Input},
};

/// DECISIONS 22, CHECK 28, CHECK 29: nothing goes to a busy session; in order, unmerged.
#[test]
fn queued_texts_are_sent_one_by_one_after_the_turn() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    for text in ["one", "two"] {
        assert_eq!(submits(&rig.send(session, text)), Vec::<String>::new());
    }
    assert_eq!(rig.session(session).queue.len(), 2);
    rig.text("work", "aa", "whole answer");
    let effects = rig.fact("work", "aa", ended(TurnOutcome::Complete, None));
    assert_eq!(submits(&effects), Vec::<String>::new(), "the backend has not said that it is idle");
    let effects = rig.fact("work", "aa", idle());
    assert_eq!(submits(&effects), ["one"]);
    rig.reply(call_of(&effects, |_| true), Reply::Submitted(Submitted::Streaming));
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(submits(&rig.end("work", "aa")), ["two"]);
    assert_eq!(rig.session(session).queue, []);
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: whole answer", "User: one", "User: two"]);
}

/// Some failures are never followed by the word that the backend is idle.
#[test]
fn a_queued_text_waits_for_the_backends_word_only_so_long() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.send(session, "next");
    rig.fact("work", "aa", ended(TurnOutcome::Complete, None));
    assert_eq!(submits(&rig.wait(1_999)), Vec::<String>::new());
    assert_eq!(submits(&rig.wait(1)), ["next"]);
}

/// INV7, I16, M15, CHECK 30: the queue is ours, so an interrupt loses nothing of it.
/// A21, A22.
#[test]
fn an_interrupt_stops_its_session_and_holds_the_queue_for_the_person() {
    let mut rig = Rig::new();
    let (a, b) = (rig.running("work", "aa"), rig.running("work", "bb"));
    rig.send(a, "next");
    let effects = rig.command(Command::Interrupt { session: a });
    let calls: Vec<_> = calls_of(&effects).into_iter().map(|(_, what)| what).collect();
    assert_eq!(calls, [Call::Interrupt { live: live("aa") }]);
    assert_eq!((rig.turn(a), rig.turn(b)), (TurnState::Stopping, TurnState::Running));
    assert_eq!(calls_of(&rig.command(Command::Interrupt { session: a })), []);
    rig.fact("work", "aa", ended(TurnOutcome::Interrupted, None));
    assert_eq!(submits(&rig.fact("work", "aa", idle())), Vec::<String>::new());
    assert_eq!(rig.session(a).queue.len(), 1);
    assert_eq!(rig.session(a).unread, Unread::None, "who stopped it knows");
    // The next send goes behind what waits, and sets it going.
    assert_eq!(submits(&rig.send(a, "last")), ["next"]);
    assert_eq!(rig.session(a).queue[0].text, "last");
}

/// DECISIONS 22.
#[test]
fn interrupt_and_send_waits_for_the_end_and_goes_first() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.send(session, "later");
    let effects =
        rig.command(Command::InterruptAndSend { session, text: "now".to_owned(), reference: reference() });
    assert_eq!(calls_of(&effects).len(), 1);
    rig.fact("work", "aa", ended(TurnOutcome::Interrupted, None));
    let effects = rig.fact("work", "aa", idle());
    assert_eq!(submits(&effects), ["now"]);
    assert_eq!(rig.session(session).queue.len(), 1);
}

#[test]
fn entries_of_the_queue_can_be_changed_and_taken_out() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.send(session, "one");
    rig.send(session, "two");
    let [one, two] = [rig.session(session).queue[0].id, rig.session(session).queue[1].id];
    rig.ask(Command::EditQueued { session, entry: two, text: "TWO".to_owned() }).unwrap();
    rig.ask(Command::RemoveQueued { session, entry: one }).unwrap();
    assert_eq!(rig.ask(Command::RemoveQueued { session, entry: one }), Err(Refusal::NotQueued));
    assert_eq!(submits(&rig.end("work", "aa")), ["TWO"]);
}

/// CHECK 28, CHECK 29, CHECK 31: what the backend does with a text that it did not run is said.
#[test]
fn a_text_that_the_backend_queued_itself_is_shown_as_that() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.send(session, "next");
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.reply(call_of(&effects, |_| true), Reply::Submitted(Submitted::Queued));
    assert!(rig.lines(session).last().unwrap().contains("queued this text itself"));
    // It runs after the turn that ran, and is not sent again.
    rig.text("work", "aa", "by itself");
    assert_eq!(submits(&rig.end("work", "aa")), Vec::<String>::new());
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.text("work", "aa", "an answer");
    rig.end("work", "aa");
    let lines = rig.lines(session);
    assert_eq!(lines[lines.len() - 2..], ["User: next", "Assistant: an answer"]);
}

/// CHECK 30.
#[test]
fn a_text_in_the_backends_queue_is_refused_when_an_interrupt_drops_it() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.send(session, "next");
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.reply(call_of(&effects, |_| true), Reply::Submitted(Submitted::Queued));
    let effects = rig.command(Command::Interrupt { session });
    rig.reply(call_of(&effects, |_| true), Reply::Interrupted);
    let message = rig.body(session).messages.iter().find(|m| m.plain() == "next").unwrap();
    assert!(matches!(message.state, MessageState::Refused(_)));
}

/// M16: nothing is lost when the backend says no.
#[test]
fn a_refused_text_comes_back_to_the_composer() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.send(session, "next");
    rig.reply(call_of(&effects, |_| true), Reply::Failed { code: 5032, message: "no agent".into() });
    assert_eq!(rig.last(session).state, MessageState::Refused("no agent".into()));
    assert_eq!(rig.session(session).draft.text(), "next");
    assert_eq!(rig.turn(session), TurnState::Idle);
}

/// REL-10, DECISIONS 12.
#[test]
fn a_text_whose_reply_is_lost_is_uncertain_and_never_sent_again_by_itself() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.send(session, "next");
    let mut later = rig.reply(call_of(&effects, |_| true), Reply::Lost);
    assert_eq!(rig.last(session).state, MessageState::Uncertain);
    assert_eq!(rig.turn(session), TurnState::Uncertain);
    assert_eq!(
        rig.ask(Command::Send { session, text: "more".to_owned(), reference: reference() }),
        Err(Refusal::Unsettled)
    );
    // Asked again, the backend knows nothing of it, nor that it does not.
    let resume = call_of(&later, |what| matches!(what, Call::Resume { .. }));
    later = rig.reply(resume, built("aa", Some(&|built| built.older = true)));
    assert_eq!(submits(&later), Vec::<String>::new());
    assert_eq!(rig.last(session).state, MessageState::Uncertain);
    let message = rig.last(session).id;
    let effects = rig.command(Command::Settle { session, message, how: Settle::Resend });
    assert_eq!(submits(&effects), ["next"]);
    assert_eq!(rig.lines(session).iter().filter(|line| **line == "User: next").count(), 1);
}

#[test]
fn an_uncertain_text_can_be_discarded() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.send(session, "next");
    rig.reply(call_of(&effects, |_| true), Reply::Lost);
    let message = rig.last(session).id;
    rig.ask(Command::Settle { session, message, how: Settle::Discard }).unwrap();
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: hello"]);
    assert_eq!(rig.turn(session), TurnState::Idle);
    assert_eq!(rig.ask(Command::Settle { session, message, how: Settle::Discard }), Err(Refusal::NotQueued));
}

/// A text that has not left can be called back.
#[test]
fn an_interrupt_before_the_submit_calls_the_text_back() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "hi");
    rig.ask(Command::Interrupt { session }).unwrap();
    assert_eq!(rig.session(session).draft.text(), "hi");
    assert!(rig.session(session).is_fresh());
    assert_eq!(submits(&rig.up("work")), Vec::<String>::new());
}

/// REL-10: that it cannot be put on disk stops nothing and is said once.
#[test]
fn a_text_that_cannot_be_put_on_disk_is_sent_all_the_same() {
    let mut rig = Rig::new();
    let (a, b) = (rig.ready("work", "aa"), rig.ready("work", "bb"));
    for session in [a, b] {
        let command = Command::Send { session, text: "next".to_owned(), reference: reference() };
        let (client, ask, wall) = (CLIENT, crate::base::ids::AskId(900), crate::base::clock::WallMs(0));
        let step = rig.step(Input::Command { client, ask, command, wall });
        let jobs =
            step.effects.iter().filter_map(|e| if let Effect::Store { job } = e { Some(*job) } else { None });
        let result = Err(Untrusted::from("disk full"));
        let step = rig.step(Input::Stored { jobs: jobs.collect(), result });
        assert_eq!(submits(&step.effects), ["next"]);
    }
    let notices = &rig.reg.world().notices;
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].level, Level::Warning);
    assert!(notices[0].what.raw().contains("Crash safety is off"));
    rig.step(Input::Stored { jobs: Vec::new(), result: Ok(()) });
    assert_eq!(rig.reg.world().notices, [], "it works again");
}

#[test]
fn an_empty_or_endless_text_is_refused() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    let mut send = |text: String| rig.ask(Command::Send { session, text, reference: reference() });
    assert_eq!(send(" \n".to_owned()), Err(Refusal::EmptyText));
    assert_eq!(send("x".repeat(3 * 1024 * 1024)), Err(Refusal::TooLong));
}

/// DECISIONS 24: what is not hermux' own goes to the session; its second route is tried when the first says so.
#[test]
fn a_slash_command_goes_to_the_session() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.send(session, "/goal win");
    let call =
        call_of(&effects, |what| matches!(what, Call::Slash { command, .. } if command == "/goal win"));
    let effects = rig.reply(call, Reply::Failed { code: 4018, message: "use dispatch".into() });
    let dispatch =
        |what: &Call| matches!(what, Call::Dispatch { name, arg, .. } if name == "goal" && arg == "win");
    let effects =
        rig.reply(call_of(&effects, dispatch), Reply::Prefill { text: "t".to_owned(), notice: None });
    let answer = Answer::Prefill("t".to_owned());
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer { answer: a, .. } if *a == answer)));
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: hello"]);
}

/// CHECK 33: the text that a command gives back is submitted by hermux.
#[test]
fn a_command_may_give_a_text_to_submit() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.send(session, "/retry");
    let effects =
        rig.reply(call_of(&effects, |_| true), Reply::SendText { text: "hi".to_owned(), notice: None });
    assert_eq!(submits(&effects), ["hi"]);
}

#[test]
fn a_rename_waits_for_the_session_and_takes_the_backends_title() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    let effects = rig.command(Command::Rename { session, title: "Mine".to_owned() });
    assert_eq!(starts(&effects), 1);
    let create = call_of(&rig.up("work"), |what| matches!(what, Call::Create { .. }));
    let effects = rig.reply(create, built("aa", None));
    let call = call_of(&effects, |what| matches!(what, Call::Title { title, .. } if title == "Mine"));
    let effects = rig.reply(call, Reply::Titled { title: "Mine #2".into(), pending: false });
    assert!(effects.iter().any(|e| matches!(e, Effect::Answer { answer: Answer::Done, .. })));
    assert_eq!(rig.session(session).title, Some("Mine #2".into()));
}

//! Requests to the person.

use super::rig::*;
use crate::{
    base::ids::{PromptId, RequestId, SessionId},
    model::{
        agent::{Call, Fact, Reply, Request, TurnOutcome},
        prompt::{Prompt, PromptAnswer, PromptKind, PromptState},
        status::{self, Status},
        tool::ToolState,
    },
    proto::{Command, Refusal},
    registry::Effect,
};

fn approval(command: &str) -> Fact {
    let kind = PromptKind::Approval {
        command: command.into(),
        description: "recursive delete".into(),
        pattern: "recursive delete".into(),
        choices: ["once", "session", "deny"].map(Into::into).to_vec(),
    };
    Fact::Asked(Box::new(Request { id: None, kind, waits: None }))
}

fn clarify(id: &str) -> Fact {
    let kind = PromptKind::Clarify { question: "Which?".into(), choices: vec!["x".into(), "y".into()] };
    Fact::Asked(Box::new(Request { id: RequestId::new(id), kind, waits: None }))
}

fn prompts(rig: &Rig, session: SessionId) -> Vec<Prompt> {
    rig.session(session).prompts.clone()
}

fn answer(session: SessionId, prompt: &Prompt, answer: PromptAnswer) -> Command {
    Command::Answer { session, prompt: prompt.id, digest: prompt.digest(), answer }
}

/// A turn whose command waits for an approval.
fn asked(rig: &mut Rig, id: &str, command: &str) -> SessionId {
    let session = rig.running("work", id);
    rig.fact("work", id, tool_started("t1", "terminal", &format!("Running {command}")));
    rig.fact("work", id, approval(command));
    session
}

/// CHECK 1, DECISIONS 19.
#[test]
fn only_an_offered_choice_is_ever_sent() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    let prompt = prompts(&rig, session)[0].clone();
    for bad in [PromptAnswer::Choice(3), PromptAnswer::Text("banana".to_owned()), PromptAnswer::Skip] {
        assert_eq!(rig.ask(answer(session, &prompt, bad)), Err(Refusal::BadAnswer));
    }
    let effects = rig.command(answer(session, &prompt, PromptAnswer::Choice(2)));
    let sent = Call::Approve { live: live("aa"), choice: "deny".to_owned(), request: None };
    assert_eq!(calls_of(&effects)[0].1, sent);
}

/// CHECK 2: once its command has ended, an answer would meet the next one.
#[test]
fn a_late_answer_never_approves_the_next_command() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    let first = prompts(&rig, session)[0].clone();
    rig.fact("work", "aa", tool_finished("t1", "terminal", ToolState::Blocked("timed out".into())));
    assert_eq!(prompts(&rig, session)[0].state, PromptState::Withdrawn("its command has ended".into()));
    rig.fact("work", "aa", tool_started("t2", "terminal", "Running rm -rf y"));
    rig.fact("work", "aa", approval("rm -rf y"));
    assert_eq!(rig.ask(answer(session, &first, PromptAnswer::Choice(0))), Err(Refusal::PromptGone));
    let second = prompts(&rig, session)[1].clone();
    // What was drawn was the first one.
    let stale = Command::Answer {
        session,
        prompt: second.id,
        digest: first.digest(),
        answer: PromptAnswer::Choice(0),
    };
    assert_eq!(rig.ask(stale), Err(Refusal::PromptChanged));
    assert!(rig.ask(answer(session, &second, PromptAnswer::Choice(0))).is_ok());
}

/// CHECK 4: an approval's time ends without a word; hermux runs it, and stops answering 2 s before.
#[test]
fn an_approval_expires_by_hermux_own_clock() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    let prompt = prompts(&rig, session)[0].clone();
    assert_eq!(prompt.deadline.unwrap().since(prompt.asked), 60_000);
    rig.wait(57_999);
    assert_eq!(prompts(&rig, session)[0].state, PromptState::Open);
    rig.wait(1);
    assert_eq!(prompts(&rig, session)[0].state, PromptState::Expired);
    assert_eq!(rig.ask(answer(session, &prompt, PromptAnswer::Choice(0))), Err(Refusal::PromptGone));
    assert!(rig.ask(Command::DismissPrompt { session, prompt: prompt.id }).is_ok());
    assert_eq!(prompts(&rig, session), []);
}

/// The answer is judged by the time at which it comes, timer or not.
#[test]
fn an_answer_in_the_last_two_seconds_is_refused_even_before_the_timer() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    let prompt = prompts(&rig, session)[0].clone();
    rig.now += 58_000;
    assert_eq!(rig.ask(answer(session, &prompt, PromptAnswer::Choice(0))), Err(Refusal::PromptLate));
    assert_eq!(prompts(&rig, session)[0].state, PromptState::Expired);
}

/// CHECK 5, CHECK 6, PROTOCOL c.4.
#[test]
fn every_kind_has_its_own_time() {
    let kinds = [
        (PromptKind::Sudo, 120_000),
        (PromptKind::TerminalRead { start: None, count: None }, 30_000),
        (PromptKind::Clarify { question: "?".into(), choices: vec![] }, 300_000),
    ];
    for (kind, waits) in kinds {
        let mut rig = Rig::new();
        let session = rig.running("work", "aa");
        let request = Request { id: RequestId::new("q"), kind, waits: None };
        rig.fact("work", "aa", Fact::Asked(Box::new(request)));
        let prompt = prompts(&rig, session)[0].clone();
        assert_eq!(prompt.deadline.unwrap().since(prompt.asked), waits);
        rig.wait(waits - 2_000);
        assert_eq!(prompts(&rig, session)[0].state, PromptState::Expired);
    }
    // A request that says itself how long it waits.
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let request = Request { id: RequestId::new("q"), kind: PromptKind::Sudo, waits: Some(9_000) };
    rig.fact("work", "aa", Fact::Asked(Box::new(request)));
    assert_eq!(prompts(&rig, session)[0].deadline.unwrap().0, rig.now + 9_000);
}

/// CHECK 5, CHECK 6: too late is no error, and the card says so.
#[test]
fn a_card_whose_time_ran_out_there_says_so() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", clarify("q1"));
    let prompt = prompts(&rig, session)[0].clone();
    let effects = rig.command(answer(session, &prompt, PromptAnswer::Choice(1)));
    let call = call_of(&effects, |what| matches!(what, Call::Clarify { answer, .. } if answer == "y"));
    rig.reply(call, Reply::TooLate);
    assert_eq!(prompts(&rig, session)[0].state, PromptState::Expired);
    rig.fact("work", "aa", clarify("q2"));
    let withdrawn = Fact::Withdrawn { request: RequestId::new("q2").unwrap(), reason: None, expired: true };
    rig.fact("work", "aa", withdrawn);
    assert_eq!(prompts(&rig, session)[1].state, PromptState::Expired);
}

/// CHECK 10.
#[test]
fn an_interrupt_kills_the_cards_of_its_session_alone() {
    let mut rig = Rig::new();
    let a = asked(&mut rig, "aa", "rm -rf x");
    let b = asked(&mut rig, "bb", "rm -rf y");
    let effects = rig.command(Command::Interrupt { session: a });
    assert_eq!(calls_of(&effects)[0].1, Call::Interrupt { live: live("aa") });
    assert!(matches!(prompts(&rig, a)[0].state, PromptState::Withdrawn(_)));
    assert_eq!(prompts(&rig, b)[0].state, PromptState::Open);
}

/// The turn's end kills them too.
#[test]
fn a_card_is_dead_after_its_turn() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", clarify("q1"));
    rig.fact("work", "aa", ended(TurnOutcome::Complete, None));
    assert_eq!(prompts(&rig, session)[0].state, PromptState::Withdrawn("its turn has ended".into()));
    assert_ne!(status::of(rig.session(session)), Status::NeedsAnswer);
}

/// B01, B03, B06, B09, M3, M8: parked on its owner, which works and waits at once; nobody else changes.
/// B01, B02, B08.
#[test]
fn a_background_request_is_parked_on_its_owner() {
    let mut rig = Rig::new();
    let other = rig.ready("research", "rr");
    let before = rig.session(other).clone();
    let session = asked(&mut rig, "aa", "rm -rf x");
    assert_eq!(status::of(rig.session(session)), Status::NeedsDecision);
    assert!(status::is_working(rig.session(session)));
    assert_eq!(rig.session(other), &before);
}

/// B08, B10, INV6: answered against its owner; answering removes that one only.
#[test]
fn an_answer_clears_only_its_own_request() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.fact("work", "aa", clarify("q1"));
    rig.fact("work", "aa", clarify("q2"));
    let [first, second] = [prompts(&rig, session)[0].clone(), prompts(&rig, session)[1].clone()];
    assert_eq!(rig.ask(answer(session, &second, PromptAnswer::Choice(0))), Err(Refusal::PromptNotFirst));
    let effects = rig.command(answer(session, &first, PromptAnswer::Text("z".to_owned())));
    let call =
        call_of(&effects, |what| matches!(what, Call::Clarify { request, .. } if request.as_str() == "q1"));
    assert_eq!(rig.ask(answer(session, &second, PromptAnswer::Choice(0))), Err(Refusal::PromptNotFirst));
    rig.reply(call, Reply::Answered);
    assert_eq!(prompts(&rig, session), std::slice::from_ref(&second));
    assert!(rig.ask(answer(session, &second, PromptAnswer::Choice(0))).is_ok());
}

/// CHECK 2: resolved 0 is too late.
#[test]
fn an_answer_that_settled_nothing_was_too_late() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    let prompt = prompts(&rig, session)[0].clone();
    let effects = rig.command(answer(session, &prompt, PromptAnswer::Choice(0)));
    rig.reply(call_of(&effects, |_| true), Reply::Approved(0));
    assert_eq!(prompts(&rig, session)[0].state, PromptState::Expired);
}

/// SEC-23: an answer to an approval that was lost is not given twice; one with an id of its own may be.
#[test]
fn a_lost_answer_to_an_approval_is_not_given_again() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    let prompt = prompts(&rig, session)[0].clone();
    let effects = rig.command(answer(session, &prompt, PromptAnswer::Choice(0)));
    rig.reply(call_of(&effects, |_| true), Reply::Lost);
    assert_eq!(rig.ask(answer(session, &prompt, PromptAnswer::Choice(0))), Err(Refusal::PromptGone));
    rig.fact("work", "aa", clarify("q1"));
    let prompt = prompts(&rig, session)[1].clone();
    let effects = rig.command(answer(session, &prompt, PromptAnswer::Choice(0)));
    rig.reply(call_of(&effects, |_| true), Reply::Lost);
    assert!(rig.ask(answer(session, &prompt, PromptAnswer::Choice(0))).is_ok());
}

/// CHECK 3: a card outlives the socket with its own clock, and can be answered after it.
#[test]
fn a_card_outlives_a_dropped_socket() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    let prompt = prompts(&rig, session)[0].clone();
    rig.down("work", false);
    let refused = rig.ask(answer(session, &prompt, PromptAnswer::Choice(0)));
    assert!(matches!(refused, Err(Refusal::Backend(_))), "{refused:?}");
    rig.wait(10_000);
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    rig.reply(resume, built("aa", Some(&|built| built.running = Some(true))));
    assert_eq!(prompts(&rig, session), std::slice::from_ref(&prompt));
    let effects = rig.command(answer(session, &prompt, PromptAnswer::Choice(0)));
    rig.reply(call_of(&effects, |_| true), Reply::Approved(1));
    assert_eq!(prompts(&rig, session), []);
}

#[test]
fn a_card_dies_with_the_process() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    rig.down("work", true);
    assert!(matches!(prompts(&rig, session)[0].state, PromptState::Withdrawn(_)));
}

/// A question of which the backend knows nothing after a reconnect is over; an approval is invisible there and stays.
#[test]
fn after_a_reconnect_only_what_may_still_be_asked_stays() {
    let mut rig = Rig::new();
    let session = asked(&mut rig, "aa", "rm -rf x");
    rig.fact("work", "aa", clarify("q1"));
    rig.down("work", false);
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    rig.reply(resume, built("aa", Some(&|built| built.running = Some(true))));
    let states: Vec<_> = prompts(&rig, session).into_iter().map(|prompt| prompt.state).collect();
    assert_eq!(states, [PromptState::Open, PromptState::Withdrawn("the backend no longer asks".into())]);
}

/// CHECK 47, SEC-28: nobody else shows it.
#[test]
fn a_request_of_an_unknown_session_is_shown_nowhere() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.fact("work", "zz", clarify("q1"));
    assert!(matches!(effects[0], Effect::Log { .. }));
    let effects = rig.fact("research", "aa", clarify("q1"));
    assert!(matches!(effects[0], Effect::Log { .. }));
    assert_eq!(prompts(&rig, session), []);
}

/// SEC-42.
#[test]
fn requests_beyond_the_bound_are_dropped() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    for n in 0..70 {
        rig.fact("work", "aa", clarify(&format!("q{n}")));
    }
    assert_eq!(prompts(&rig, session).len(), 64);
    rig.end("work", "aa");
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.fact("work", "aa", clarify("again"));
    assert!(rig.session(session).current_prompt().is_some());
}

/// A newer Hermes' request is shown, cannot be answered, and can be put away.
#[test]
fn a_request_that_is_not_understood_is_shown_and_not_answered() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let kind = PromptKind::Unknown { method: "x.ask".into(), summary: "{}".into() };
    rig.fact("work", "aa", Fact::Asked(Box::new(Request { id: RequestId::new("s1"), kind, waits: None })));
    let prompt = prompts(&rig, session)[0].clone();
    assert_eq!(prompt.deadline, None);
    assert_eq!(rig.ask(answer(session, &prompt, PromptAnswer::Choice(0))), Err(Refusal::BadAnswer));
    assert!(rig.ask(Command::DismissPrompt { session, prompt: prompt.id }).is_ok());
    let gone = Command::DismissPrompt { session, prompt: PromptId(1) };
    assert_eq!(rig.ask(gone), Err(Refusal::PromptGone));
}

//! The plain path: a draft, a send to a cold profile, a stream, an end.

use super::rig::*;
use crate::base::{clock::Tick, text::Untrusted};
use crate::{
    model::{
        agent::{Call, Fact, Reply, Submitted, TurnOutcome},
        message::MessageState,
        profile::BackendState,
        session::Unread,
        turn::TurnState,
    },
    proto::Command,
    registry::Effect,
};

/// I15, INV9, M17.
#[test]
fn a_new_hub_lands_on_a_draft_of_its_own_profile() {
    let rig = Rig::new();
    let world = rig.reg.world();
    assert_eq!(world.tabs.len(), 1);
    let session = rig.session(world.tabs[0]);
    assert!(session.is_fresh());
    assert_eq!(session.profile, profile("default"));
    assert_eq!(session.info.cwd, Some("/start".into()));
}

/// A10, A18, B05: a send to a cold profile starts one backend, creates, submits, streams and ends.
#[test]
fn a_send_to_a_cold_profile_starts_it_creates_and_submits() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    let effects = rig.send(session, "hi");
    assert_eq!(starts(&effects), 1);
    assert_eq!(rig.turn(session), TurnState::Sending);
    assert_eq!(rig.last(session).state, MessageState::Sending);
    let waking = BackendState::Waking { since: Tick(1), slow: false, line: Untrusted::default() };
    assert_eq!(calls_of(&rig.state("work", waking)), vec![]);
    let effects = rig.up("work");
    let create = call_of(&effects, |what| *what == Call::Create { cwd: "/w".to_owned() });
    call_of(&effects, |what| *what == Call::Setup);
    let effects = rig.reply(create, built("aa", None));
    assert_eq!(rig.session(session).stored, Some(stored("stored_aa")));
    assert!(rig.session(session).built);
    let submit = call_of(&effects, |what| *what == Call::Submit { live: live("aa"), text: "hi".to_owned() });
    rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    assert_eq!(rig.turn(session), TurnState::Running);
    assert_eq!(rig.last(session).state, MessageState::Done);
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.text("work", "aa", "Hel");
    rig.text("work", "aa", "lo");
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: Hello"]);
    assert_eq!(rig.last(session).state, MessageState::Streaming);
    rig.fact("work", "aa", ended(TurnOutcome::Complete, Some("Hello")));
    rig.fact("work", "aa", idle());
    assert_eq!(rig.turn(session), TurnState::Idle);
    assert_eq!(rig.last(session).state, MessageState::Done);
    assert_eq!(rig.session(session).unread, Unread::Finished);
    assert_eq!(rig.session(session).preview, "Hello".into());
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: Hello"]);
}

/// A18: ten needs of one cold profile start one backend.
#[test]
fn ten_wakes_and_sends_start_one_backend() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    let mut effects = Vec::new();
    for _ in 0..5 {
        effects.extend(rig.command(Command::Wake { profile: profile("work") }));
    }
    effects.extend(rig.send(session, "hi"));
    let waking = BackendState::Waking { since: Tick(1), slow: false, line: Untrusted::default() };
    effects.extend(rig.state("work", waking));
    effects.extend(rig.command(Command::Wake { profile: profile("work") }));
    assert_eq!(starts(&effects), 1);
}

/// A19: opening stored sessions starts nothing.
#[test]
fn opening_a_stored_session_starts_no_backend() {
    let mut rig = Rig::new();
    let effects = rig.command(Command::OpenStored { profile: profile("work"), stored: stored("s1") });
    assert_eq!(starts(&effects), 0);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Load { .. })));
}

/// H07.
#[test]
fn a_turn_knows_since_when_it_runs() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    assert_eq!(rig.session(session).turn.started, None);
    rig.wait(5_000);
    let began = rig.now;
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.wait(5_000);
    assert_eq!(rig.session(session).turn.started, Some(Tick(began)));
}

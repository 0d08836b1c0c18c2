//! The watchdog (DECISIONS 3).

use super::rig::*;
use crate::model::{
    agent::{ActiveRow, ActiveState, Call, Fact, Reply, SubagentFact, SubagentStep},
    turn::TurnState,
};

const MINUTE: u64 = 60_000;

fn row(state: ActiveState) -> Reply {
    Reply::ActiveList(vec![ActiveRow { live: live("aa"), stored: None, state }])
}

/// H12, H13, H14, H15, H16, INV17: silence alone counts, and only while it runs.
#[test]
fn only_eight_minutes_of_silence_make_a_turn_suspicious() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    for n in 0..5 {
        assert_eq!(calls_of(&rig.wait(7 * MINUTE)), []);
        rig.text("work", "aa", &format!("{n}"));
    }
    assert_eq!(calls_of(&rig.wait(8 * MINUTE - 1)), []);
    let effects = rig.wait(1);
    assert_eq!(calls_of(&effects)[0].1, Call::ActiveList);
    assert_eq!(rig.turn(session), TurnState::Running, "it is asked first");
    rig.end("work", "aa");
    rig.reply(call_of(&effects, |_| true), row(ActiveState::Idle));
    assert_eq!(rig.lines(session)[1], "Assistant: 01234");
    let later = rig.wait(60 * MINUTE);
    let watched = calls_of(&later).iter().any(|(_, what)| *what == Call::ActiveList);
    assert!(!watched, "after the end nobody watches");
}

/// DECISIONS 3: one that works is marked quiet and watched on; any word lifts the mark.
#[test]
fn a_turn_that_works_silently_is_marked_quiet() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let effects = rig.wait(8 * MINUTE);
    rig.reply(call_of(&effects, |_| true), row(ActiveState::Working));
    assert!(rig.session(session).turn.quiet);
    assert_eq!(calls_of(&rig.wait(8 * MINUTE))[0].1, Call::ActiveList);
    rig.text("work", "aa", "x");
    assert!(!rig.session(session).turn.quiet);
}

/// DECISIONS 3: one that is idle, or cannot be asked, is no longer held for running, and that is said.
#[test]
fn a_turn_that_the_backend_knows_nothing_of_is_cleared() {
    for reply in [row(ActiveState::Idle), Reply::ActiveList(vec![]), Reply::Lost] {
        let mut rig = Rig::new();
        let session = rig.running("work", "aa");
        let other = rig.running("work", "bb");
        rig.wait(7 * MINUTE);
        rig.text("work", "bb", "x");
        let effects = rig.wait(MINUTE);
        rig.reply(call_of(&effects, |_| true), reply);
        assert_eq!(rig.turn(session), TurnState::Idle);
        assert!(rig.lines(session)[1].contains("nothing was heard of this turn for 8 minutes"));
        assert_eq!(rig.turn(other), TurnState::Running);
    }
}

/// DECISIONS 3: what a child agent does counts.
#[test]
fn a_child_agent_keeps_its_session_awake() {
    let mut rig = Rig::new();
    rig.running("work", "aa");
    rig.wait(7 * MINUTE);
    let agent = SubagentFact {
        id: "sa".into(),
        parent: None,
        depth: 0,
        goal: "g".into(),
        tools: 0,
        step: SubagentStep::Started,
    };
    rig.fact("work", "aa", Fact::Subagent(agent));
    assert_eq!(calls_of(&rig.wait(7 * MINUTE)), []);
}

/// An interrupted turn has less time to end.
#[test]
fn a_turn_that_does_not_stop_is_asked_after() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.command(crate::proto::Command::Interrupt { session });
    let effects = rig.wait(10_000);
    rig.reply(call_of(&effects, |what| *what == Call::ActiveList), row(ActiveState::Idle));
    assert_eq!(rig.turn(session), TurnState::Idle);
}

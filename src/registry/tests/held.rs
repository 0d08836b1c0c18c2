//! A queue that waits for the person: said in the world, sent on when they say so.

use super::rig::*;
use crate::{
    model::agent::{Call, TurnOutcome},
    proto::{Answer, Command, Refusal},
    registry::Effect,
};

fn submits(effects: &[Effect]) -> usize {
    calls_of(effects).iter().filter(|(_, what)| matches!(what, Call::Submit { .. })).count()
}

/// A session whose turn was interrupted with a text in its queue.
fn stopped() -> (Rig, crate::base::ids::SessionId) {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.send(session, "next");
    assert!(!rig.session(session).held, "it only waits for the turn");
    rig.command(Command::Interrupt { session });
    rig.fact("work", "aa", ended(TurnOutcome::Interrupted, None));
    rig.fact("work", "aa", idle());
    rig.wait(60_000);
    (rig, session)
}

/// UX-06, DECISIONS 22.
#[test]
fn a_queue_that_waits_for_the_person_says_so_and_goes_when_they_say_so() {
    let (mut rig, session) = stopped();
    assert!(rig.session(session).held);
    assert_eq!(rig.session(session).queue.len(), 1);
    let effects = rig.command(Command::GoOn { session });
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer { answer: Answer::Done, .. })));
    assert_eq!(submits(&effects), 1);
    assert!(!rig.session(session).held && rig.session(session).queue.is_empty());
    assert_eq!(rig.ask(Command::GoOn { session }), Err(Refusal::NotQueued));
}

#[test]
fn a_held_queue_that_becomes_empty_is_held_no_more() {
    let (mut rig, session) = stopped();
    let entry = rig.session(session).queue[0].id;
    rig.command(Command::RemoveQueued { session, entry });
    assert!(!rig.session(session).held);
}

//! A text on its way: what goes to disk before it leaves, and what a known reference means.

use super::{restore::*, rig::*};
use crate::{
    base::ids::{SendRef, SessionId},
    model::{
        agent::{Call, Fact, Reply, Submitted, TurnOutcome},
        draft::Piece,
        kept::Fate,
        turn::TurnState,
    },
    proto::{Answer, Command, Refusal},
    registry::{Effect, Input},
};

/// REL-10: nothing is answered, and nothing leaves, before it is on disk; the draft's end is in the same commit.
#[test]
fn a_send_is_answered_and_made_when_it_is_on_disk() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = command(&mut rig, 900, said_by(session, "next", 77));
    assert_eq!((answers(&effects), submits(&effects).len()), (0, 0));
    assert_eq!(fates(&effects, 77), [Fate::Sending]);
    let keep = effects.iter().position(|effect| matches!(effect, Effect::Keep(_)));
    let store = effects.iter().position(|effect| matches!(effect, Effect::Store { .. }));
    assert!(keep < store);
    let effects = rig.step(Input::Stored { jobs: jobs(&effects), result: Ok(()) }).effects;
    assert_eq!((answers(&effects), submits(&effects)), (1, vec!["next".to_owned()]));
}

/// REL-10: a text is noted as leaving only when it does, and its session's stored id is on disk before that.
#[test]
fn a_text_is_noted_as_waiting_until_it_leaves() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    let effects = command(&mut rig, 900, said_by(session, "first", 77));
    assert_eq!(fates(&effects, 77), [Fate::Waiting]);
    rig.step(Input::Stored { jobs: jobs(&effects), result: Ok(()) });
    let effects = rig.up("work");
    let create = call_of(&effects, |what| matches!(what, Call::Create { .. }));
    let step = rig.step(Input::Reply { call: create, reply: built("aa", None) });
    assert_eq!(fates(&step.effects, 77), [Fate::Sending]);
    assert_eq!(submits(&step.effects), Vec::<String>::new(), "the binding goes to disk first");
    assert_eq!(rig.session(session).stored, Some(stored("stored_aa")));
    let jobs = jobs(&step.effects);
    let effects = rig.step(Input::Stored { jobs, result: Ok(()) }).effects;
    assert_eq!(submits(&effects), ["first"]);
    let submit = call_of(&effects, |what| matches!(what, Call::Submit { .. }));
    let effects = rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    assert_eq!(fates(&effects, 77), [Fate::Accepted]);
    let effects = rig.fact("work", "aa", ended(TurnOutcome::Complete, None));
    let settled = effects.iter().any(|effect| matches!(effect, Effect::Keep(sent) if sent.is_settled()));
    assert!(settled, "a turn that ended well leaves only the reference");
}

#[test]
fn a_backend_that_goes_before_a_text_leaves_makes_it_wait_again() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = command(&mut rig, 900, said_by(session, "next", 77));
    rig.down("work", false);
    let effects = rig.step(Input::Stored { jobs: jobs(&effects), result: Ok(()) }).effects;
    assert_eq!((fates(&effects, 77), submits(&effects).len()), (vec![Fate::Waiting], 0));
    assert_eq!(rig.turn(session), TurnState::Sending);
}

/// SYS-2: a text that comes again under its reference is answered and not sent again, in this life and the next.
#[test]
fn a_known_reference_does_nothing_twice() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = command(&mut rig, 900, said_by(session, "next", 77));
    let again = command(&mut rig, 901, said_by(session, "next", 77));
    assert_eq!(answers(&again), 0, "not before it is on disk");
    let effects = rig.step(Input::Stored { jobs: jobs(&effects), result: Ok(()) }).effects;
    assert_eq!((answers(&effects), submits(&effects).len()), (1, 1));
    let effects = rig.step(Input::Stored { jobs: jobs(&again), result: Ok(()) }).effects;
    assert_eq!((answers(&effects), submits(&effects).len()), (1, 0));
    let stop = Command::InterruptAndSend { session, text: "next".into(), reference: SendRef(77) };
    assert_eq!(rig.ask(stop), Ok(Answer::Done));
    assert_eq!(rig.session(session).queue, []);

    for fate in [Fate::Accepted, Fate::Waiting, Fate::Uncertain] {
        let send = sent(7, 77, "next", fate);
        let (mut rig, _) = one(kept(7, "work", Some("s7")), vec![send]);
        let before = rig.reg.world().clone();
        assert_eq!(rig.ask(said_by(SessionId(7), "next", 77)), Ok(Answer::Done));
        assert_eq!(rig.reg.world(), &before);
    }
}

#[test]
fn a_slash_command_that_comes_again_is_not_run_again() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.command(said_by(session, "/compress", 77));
    assert_eq!(calls_of(&effects).len(), 1);
    assert_eq!(fates(&effects, 77), [Fate::Accepted]);
    assert_eq!(calls_of(&rig.command(said_by(session, "/compress", 77))).len(), 0);
}

/// A refused send is not known: it may be sent again.
#[test]
fn a_send_that_was_refused_is_no_known_one() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    assert_eq!(rig.ask(said_by(session, " ", 77)), Err(Refusal::EmptyText));
    assert_eq!(rig.ask(said_by(session, "words", 77)), Ok(Answer::Done));
    assert_eq!(rig.turn(session), TurnState::Sending);
}

/// SYS-1: a text that is taken back before it left goes where there is room for it.
#[test]
fn a_text_that_is_taken_back_does_not_vanish_behind_a_draft() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "sent");
    let pieces = vec![Piece::Text("typed since".into())];
    rig.command(Command::SaveDraft { session, pieces, base: 9 });
    rig.command(Command::Interrupt { session });
    assert_eq!(rig.session(session).draft.text(), "typed since");
    assert_eq!(rig.session(session).queue[0].text, "sent");
    assert_eq!(rig.turn(session), TurnState::Idle);
    rig.fact("work", "aa", Fact::TurnStarted);
}

/// SYS-2: a text that was taken back before its send was answered does not come again with the next hub, to which its terminal
/// hands it over.
#[test]
fn a_text_that_was_taken_back_stays_known() {
    let remembered = |effects: &[Effect]| {
        effects.iter().any(
            |effect| matches!(effect, Effect::Keep(sent) if sent.reference == SendRef(77) && sent.is_settled()),
        )
    };
    let mut rig = Rig::new();
    let session = rig.draft("work");
    command(&mut rig, 900, said_by(session, "words", 77));
    let effects = command(&mut rig, 901, Command::Interrupt { session });
    assert_eq!(rig.session(session).draft.text(), "words");
    assert!(remembered(&effects), "{effects:?}");

    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "first");
    command(&mut rig, 900, said_by(session, "words", 77));
    let entry = rig.session(session).queue[0].id;
    let effects = command(&mut rig, 901, Command::RemoveQueued { session, entry });
    assert!(remembered(&effects), "{effects:?}");

    let taken_back = sent(7, 77, "", Fate::Waiting);
    let (mut rig, _) = one(kept(7, "work", Some("s7")), vec![taken_back]);
    let before = rig.reg.world().clone();
    assert_eq!(rig.ask(said_by(SessionId(7), "words", 77)), Ok(Answer::Done));
    assert_eq!(rig.reg.world(), &before);
}

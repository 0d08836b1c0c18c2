//! No text of the person goes without being seen: what happens to one whose session has no tab, turns out to be another's, or
//! whose hub ends.

use super::{restore::sent, rig::*};
use crate::{
    base::ids::{LineageRoot, SendRef, SessionId, StoredId},
    model::{
        agent::{Call, Reply, TurnOutcome},
        body::{Body, BodyState},
        draft::Piece,
        kept::Fate,
        message::MessageState,
        turn::TurnState,
    },
    proto::{Answer, Command, Refusal, command::CloseRunning},
    registry::{Effect, Input, input::Loaded},
};

fn keep_running(rig: &mut Rig, session: SessionId) {
    rig.ask(Command::CloseTab { session, running: CloseRunning::Keep }).unwrap();
    assert!(!rig.reg.world().tabs.contains(&session));
}

/// A closed tab's turn has ended, and its queued text is on its way.
fn left_behind(rig: &mut Rig) -> (SessionId, Vec<Effect>) {
    let session = rig.running("work", "aa");
    rig.send(session, "next");
    keep_running(rig, session);
    let effects = rig.end("work", "aa");
    assert_eq!(submits(&effects), ["next"]);
    (session, effects)
}

/// SYS-1, INV15: a text that only the person can decide about brings its session's tab back.
#[test]
fn a_text_of_a_closed_tab_comes_back_with_it() {
    let mut rig = Rig::new();
    let (session, effects) = left_behind(&mut rig);
    let submit = call_of(&effects, |what| matches!(what, Call::Submit { .. }));
    rig.reply(submit, Reply::Failed { code: 5000, message: "no".into() });
    assert!(rig.reg.world().tabs.contains(&session), "refused");
    assert_eq!(rig.session(session).draft.text(), "next");

    for process in [false, true] {
        let mut rig = Rig::new();
        let (session, _) = left_behind(&mut rig);
        rig.down("work", process);
        assert!(rig.reg.world().tabs.contains(&session), "its fate is not known");
        assert_eq!(rig.last(session).state, MessageState::Uncertain);
    }

    // One that waits for its backend, and is stopped.
    for draft in ["", "typed since"] {
        let mut rig = Rig::new();
        let session = rig.draft("work");
        rig.send(session, "next");
        let pieces = vec![Piece::Text(draft.into())];
        rig.command(Command::SaveDraft { session, pieces, base: 9 });
        keep_running(&mut rig, session);
        rig.command(Command::StopAll);
        assert!(rig.reg.world().tabs.contains(&session), "taken back");
        let known = rig.session(session);
        let queued = known.queue.first().map(|entry| entry.text.as_str()).unwrap_or_default();
        assert!(known.draft.text() == "next" || queued == "next");
    }
}

/// SYS-1: a queue that waits for the person is seen.
#[test]
fn a_held_queue_of_a_closed_tab_comes_back_with_it() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.send(session, "next");
    keep_running(&mut rig, session);
    rig.fact("work", "aa", ended(TurnOutcome::Error, Some("boom")));
    assert!(rig.reg.world().tabs.contains(&session));
    assert_eq!(rig.session(session).queue.len(), 1);
}

/// REL-10: closing a tab decides nothing about a text whose fate is not known.
#[test]
fn a_tab_with_an_uncertain_text_is_not_closed_before_it_is_settled() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.send(session, "next");
    rig.down("work", false);
    for running in [CloseRunning::Ask, CloseRunning::Keep, CloseRunning::Stop] {
        assert_eq!(rig.ask(Command::CloseTab { session, running }), Err(Refusal::Unsettled));
    }
    assert_eq!(rig.last(session).state, MessageState::Uncertain);
}

/// INV15: whoever stops and closes a tab puts its draft away with it.
#[test]
fn a_tab_that_was_stopped_and_closed_does_not_come_back() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let pieces = vec![Piece::Text("typed".into())];
    rig.command(Command::SaveDraft { session, pieces, base: 0 });
    rig.command(Command::CloseTab { session, running: CloseRunning::Stop });
    rig.fact("work", "aa", ended(TurnOutcome::Interrupted, None));
    assert!(!rig.reg.world().sessions.contains_key(&session));
}

/// Two open sessions of which the first turns out to be the second.
fn twins(rig: &mut Rig) -> [SessionId; 2] {
    ["root", "tip"].map(|id| {
        let session = rig.opened(Command::OpenStored { profile: profile("work"), stored: stored(id) });
        rig.send(session, &format!("to the {id}"));
        session
    })
}

fn read(rig: &mut Rig, session: SessionId, id: &str) -> Vec<Effect> {
    let row = crate::model::listing::StoredRow {
        profile: profile("work"),
        id: StoredId::new(id).unwrap(),
        lineage: LineageRoot::new("root").unwrap(),
        title: None,
        preview: "".into(),
        last_active: crate::base::clock::WallMs(1),
        started: crate::base::clock::WallMs(0),
        ended: false,
        archived: false,
        messages: 0,
        source: "tui".into(),
        model: None,
        cwd: None,
    };
    let body = Body { state: BodyState::Ready, ..Body::default() };
    rig.run(Input::Loaded { session, loaded: Loaded { stored: stored(id), row: Some(row), body } })
}

/// DECISIONS 12, INV14: a text that has left is not sent again because its session was opened twice.
#[test]
fn a_text_that_has_left_is_uncertain_when_its_session_is_merged() {
    let mut rig = Rig::new();
    let [root, tip] = twins(&mut rig);
    let effects = rig.up("work");
    let resume =
        call_of(&effects, |what| matches!(what, Call::Resume { stored: of, .. } if *of == stored("root")));
    let effects = rig.reply(resume, built("aa", Some(&|built| built.stored = Some(stored("root")))));
    assert_eq!(submits(&effects), ["to the root"]);
    let effects = read(&mut rig, root, "tip");
    assert_eq!(submits(&effects), Vec::<String>::new());
    assert!(!rig.reg.world().sessions.contains_key(&root));
    assert_eq!(rig.session(tip).queue, []);
    let lost = rig.body(tip).messages.iter().find(|message| message.plain() == "to the root").unwrap();
    assert_eq!(lost.state, MessageState::Uncertain);
}

/// SYS-1, INV14: neither's own text is lost.
#[test]
fn what_two_sessions_hold_is_held_by_the_one_that_they_become() {
    let mut rig = Rig::new();
    let [root, tip] = twins(&mut rig);
    for (session, text) in [(root, "first"), (tip, "second")] {
        let pieces = vec![Piece::Text(text.into())];
        rig.command(Command::SaveDraft { session, pieces, base: 9 });
    }
    read(&mut rig, root, "tip");
    assert_eq!(rig.session(tip).draft.text(), "second\n\nfirst");
    assert_eq!(rig.session(tip).queue[0].text, "to the root");
    assert_eq!(rig.turn(tip), TurnState::Sending, "its own is on its way");
}

/// DECISIONS 12: a doubt that comes with the other session leaves the text that is on its way there.
#[test]
fn an_uncertain_text_of_another_session_stops_none_that_is_on_its_way() {
    let mut rig = Rig::new();
    let tip = rig.draft("work");
    rig.send(tip, "mine");
    rig.reg.restore_sent(tip, sent(tip.0, 50, "theirs", Fate::Uncertain));
    // The rig's mirror is told with the next step.
    assert_eq!(rig.reg.world().sessions[&tip].turn.state, TurnState::Sending);
    let out = rig.reg.runs[&tip].outgoing.as_ref().map(|out| out.text.clone());
    assert_eq!(out.as_deref(), Some("mine"));
}

/// DECISIONS 22: a queue that waits for the person waits wherever it goes.
#[test]
fn a_held_queue_stays_held_when_its_session_is_merged() {
    let mut rig = Rig::new();
    let [root, tip] = ["root", "tip"]
        .map(|id| rig.opened(Command::OpenStored { profile: profile("work"), stored: stored(id) }));
    rig.send(root, "sent");
    let pieces = vec![Piece::Text("typed since".into())];
    rig.command(Command::SaveDraft { session: root, pieces, base: 9 });
    rig.command(Command::Interrupt { session: root });
    assert_eq!(rig.session(root).queue.len(), 1);
    read(&mut rig, root, "tip");
    assert_eq!(rig.session(tip).queue.len(), 1);
    assert_eq!(rig.turn(tip), TurnState::Idle, "nothing is sent by itself");
    assert!(rig.session(tip).held);
}

/// SYS-6: what is not on its way when the end begins waits for the next hub.
#[test]
fn nothing_leaves_once_the_end_is_decided() {
    // The text waits for its backend.
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "later");
    rig.run(Input::Ending);
    let made = |(_, what): &(_, Call)| matches!(what, Call::Create { .. });
    assert!(!calls_of(&rig.up("work")).iter().any(made), "a backend that comes up now is given nothing");
    assert_eq!(rig.turn(session), TurnState::Sending);
    // Its note is written when the end begins.
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = super::restore::command(&mut rig, 900, super::restore::said_by(session, "next", 77));
    rig.run(Input::Ending);
    let jobs = super::restore::jobs(&effects);
    let effects = rig.step(Input::Stored { jobs, result: Ok(()) }).effects;
    assert_eq!(submits(&effects), Vec::<String>::new());
    assert_eq!(super::restore::fates(&effects, 77), [Fate::Waiting]);
    // It is queued behind a turn that the end interrupts.
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.send(session, "next");
    rig.run(Input::Ending);
    assert_eq!(submits(&rig.end("work", "aa")), Vec::<String>::new());
    assert_eq!(rig.session(session).queue.len(), 1);
}

/// A turn is not stopped for a text that is not taken.
#[test]
fn a_full_queue_is_found_out_before_the_turn_is_interrupted() {
    let limits = crate::config::limits::Limits { queue: 1, ..Default::default() };
    let mut rig = Rig::with(limits);
    let session = rig.running("work", "aa");
    rig.send(session, "next");
    let now = Command::InterruptAndSend { session, text: "now".into(), reference: SendRef(9) };
    assert_eq!(rig.ask(now), Err(Refusal::TooMany));
    assert_eq!(rig.turn(session), TurnState::Running);
}

/// SYS-6: what is typed or sent while the hub ends waits on disk for the next one.
#[test]
fn what_is_typed_or_sent_while_the_hub_ends_is_kept() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    rig.run(Input::Ending);
    let effects = rig.command(Command::Send { session, text: "sent".into(), reference: SendRef(9) });
    assert_eq!((super::restore::answers(&effects), submits(&effects).len()), (1, 0));
    assert_eq!(rig.session(session).queue[0].text, "sent");
    let pieces = vec![Piece::Text("typed".into())];
    assert_eq!(rig.ask(Command::SaveDraft { session, pieces, base: 9 }), Ok(Answer::Done));
    assert_eq!(rig.session(session).draft.text(), "typed");
    let slash = Command::Send { session, text: "/status".into(), reference: SendRef(10) };
    assert_eq!(rig.ask(slash), Err(Refusal::Ending), "its terminal has it");
    assert_eq!(submits(&rig.end("work", "aa")), Vec::<String>::new());
}

/// SYS-2: a command counts as sent when it is called.
#[test]
fn a_command_that_was_not_called_is_no_known_one() {
    let slash = |session| Command::Send { session, text: "/status".into(), reference: SendRef(9) };
    let mut rig = Rig::new();
    let session = rig.draft("work");
    let effects = rig.command(slash(session));
    assert_eq!(super::restore::fates(&effects, 9), []);
    // It comes again, and is had once.
    assert_eq!(super::restore::answers(&rig.command(slash(session))), 0);
    let create = call_of(&rig.up("work"), |what| matches!(what, Call::Create { .. }));
    let effects = rig.reply(create, built("aa", None));
    let called = calls_of(&effects).into_iter().filter(|(_, what)| matches!(what, Call::Slash { .. }));
    assert_eq!(called.count(), 1);
    assert_eq!(super::restore::fates(&effects, 9), [Fate::Accepted]);
    // An end gives it back.
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.command(slash(session));
    let refused = |effect: &Effect| matches!(effect, Effect::Refuse { reason: Refusal::Ending, .. });
    assert!(rig.run(Input::Ending).iter().any(refused));
}

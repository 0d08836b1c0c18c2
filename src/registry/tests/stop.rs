//! The emergency stop, the end on request, and what terminals show.

use super::rig::*;
use crate::{
    base::clock::WallMs,
    base::ids::{AskId, ClientId},
    model::terminal::TerminalInfo,
    model::{
        agent::{Call, Fact, Reply, Submitted},
        status::Status,
        turn::TurnState,
    },
    proto::{Answer, Command, Refusal},
    registry::{Effect, Input},
};

fn interrupted(effects: &[Effect]) -> usize {
    calls_of(effects).iter().filter(|(_, what)| matches!(what, Call::Interrupt { .. })).count()
}

#[test]
fn the_emergency_stop_interrupts_every_turn_of_every_profile_and_holds_the_queues() {
    let mut rig = Rig::new();
    let (a, b) = (rig.running("default", "a"), rig.running("research", "b"));
    let idle = rig.ready("research", "c");
    rig.send(b, "next");
    // One whose backend is still being woken: its text comes back.
    let on_its_way = rig.draft("work");
    rig.send(on_its_way, "later");
    let effects = rig.command(Command::StopAll);
    assert_eq!(interrupted(&effects), 2);
    let said = effects.iter().find_map(|effect| match effect {
        Effect::Answer { answer, .. } => Some(answer.clone()),
        _ => None,
    });
    assert_eq!(said, Some(Answer::Stopped { turns: 2, texts: 1 }));
    for session in [a, b] {
        assert_eq!(rig.turn(session), TurnState::Stopping);
    }
    assert_eq!(rig.turn(idle), TurnState::Idle);
    assert_eq!(rig.turn(on_its_way), TurnState::Idle);
    assert_eq!(rig.session(on_its_way).draft.text(), "later");
    let effects = rig.end("research", "b");
    assert!(submits(&effects).is_empty(), "the queue waits for the person");
    assert_eq!(rig.session(b).queue.len(), 1);
    assert!(submits(&rig.up("work")).is_empty(), "what was taken back is not sent");
}

#[test]
fn a_turn_that_cannot_be_reached_is_stopped_when_it_is_found_running() {
    let mut rig = Rig::new();
    let session = rig.running("default", "a");
    rig.down("default", false);
    assert_eq!(rig.ask(Command::StopAll), Ok(Answer::Stopped { turns: 1, texts: 0 }));
    let effects = rig.up("default");
    let resume = call_of(&effects, |what| matches!(what, Call::Resume { .. }));
    let effects = rig.reply(resume, built("a2", Some(&|built| built.running = Some(true))));
    assert_eq!(interrupted(&effects), 1);
    rig.fact("default", "a2", ended(crate::model::agent::TurnOutcome::Interrupted, None));
    rig.fact("default", "a2", idle());
    let effects = rig.send(session, "again");
    assert_eq!(submits(&effects), ["again"]);
    rig.fact("default", "a2", Fact::TurnStarted);
    let submit = call_of(&effects, |what| matches!(what, Call::Submit { .. }));
    assert_eq!(interrupted(&rig.reply(submit, Reply::Submitted(Submitted::Streaming))), 0);
    assert_eq!(rig.turn(session), TurnState::Running, "a stop is for what ran then");
}

#[test]
fn a_stop_that_came_too_early_does_not_stop_the_next_text() {
    let mut rig = Rig::new();
    let session = rig.ready("default", "a");
    let effects = rig.send(session, "one");
    let submit = call_of(&effects, |what| matches!(what, Call::Submit { .. }));
    rig.command(Command::StopAll);
    rig.reply(submit, Reply::Failed { code: 5000, message: "no".into() });
    let effects = rig.send(session, "two");
    let submit = call_of(&effects, |what| matches!(what, Call::Submit { .. }));
    let effects = rig.fact("default", "a", Fact::TurnStarted);
    assert_eq!(interrupted(&effects), 0);
    rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    assert_eq!(rig.turn(session), TurnState::Running);
}

#[test]
fn hermux_ends_on_request_only_when_nothing_is_at_work() {
    let mut rig = Rig::new();
    let session = rig.running("work", "a");
    let Err(Refusal::AtWork(at_work)) = rig.ask(Command::Shutdown { force: false }) else { panic!() };
    let [only] = at_work.as_slice() else { panic!("{at_work:?}") };
    assert_eq!((only.session, only.status, only.name.as_str()), (session, Status::Working, "hi"));
    rig.end("work", "a");
    let effects = rig.command(Command::Shutdown { force: false });
    let closes = calls_of(&effects).iter().filter(|(_, what)| matches!(what, Call::Close { .. })).count();
    assert_eq!(closes, 1, "its sessions are closed first");
    assert!(!effects.contains(&Effect::Exit));
    assert_eq!(rig.ask(Command::StopAll), Err(Refusal::Ending));
    let mut last = Vec::new();
    for (call, _) in calls_of(&effects) {
        last = rig.reply(call, Reply::Done);
    }
    assert!(last.contains(&Effect::Exit));
}

#[test]
fn forced_hermux_ends_what_runs() {
    let mut rig = Rig::new();
    rig.running("work", "a");
    let effects = rig.command(Command::Shutdown { force: true });
    assert_eq!(interrupted(&effects), 1);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer { answer: Answer::Done, .. })));
}

#[test]
fn what_a_terminal_shows_is_known_until_it_leaves_and_what_was_shown_last_until_it_is_closed() {
    let mut rig = Rig::new();
    let (one, two) = (ClientId(7), ClientId(8));
    let (a, b) = (rig.ready("default", "a"), rig.ready("work", "b"));
    for client in [one, two] {
        rig.run(Input::ClientJoined { client, terminal: Some(TerminalInfo::default()) });
    }
    let focus = |rig: &mut Rig, client, session| {
        let command = Command::Focus { session };
        rig.run(Input::Command { client, ask: AskId(900), command, wall: WallMs(1) })
    };
    focus(&mut rig, one, a);
    focus(&mut rig, two, b);
    assert_eq!(rig.reg.terminals().get(&one), Some(&Some(a)));
    assert_eq!(rig.reg.last_shown(), Some(b));
    rig.run(Input::ClientLeft { client: two });
    assert_eq!(rig.reg.terminals().get(&two), None);
    assert_eq!(rig.reg.last_shown(), Some(b), "who comes back finds it");
    rig.command(Command::CloseTab { session: b, running: crate::proto::command::CloseRunning::Ask });
    assert_eq!(rig.reg.last_shown(), None);
    assert_eq!(rig.reg.terminals().get(&one), Some(&Some(a)));
}

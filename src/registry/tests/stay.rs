//! Which backends stay, and when the hub ends: DECISIONS 5 and 9.

use super::rig::*;
use crate::{
    base::ids::{ClientId, SessionId},
    config::limits::Limits,
    model::{
        agent::{ActiveRow, ActiveState, Call, Fact, Reply, Submitted, TurnOutcome},
        draft::Piece,
        profile::{BackendState, Profile},
        terminal::TerminalInfo,
    },
    proto::{Answer, Command, Refusal, command::CloseRunning},
    registry::{Effect, Input},
};

const MINUTE: u64 = 60_000;
const FRESH: u64 = 90_001;
const ONE: ClientId = ClientId(7);

fn pooled(pool: usize) -> Rig {
    let mut rig = Rig::with(Limits { pool, ..Limits::default() });
    let names = ["default", "a", "b", "c", "d"].map(|name| Profile::new(profile(name), "/home"));
    rig.run(Input::ProfilesSeen(names.to_vec().into()));
    rig
}

/// Whether a backend is asked whether it may go, or a farewell was begun.
fn leaving(effects: &[Effect]) -> Vec<String> {
    let calls = effects.iter().filter_map(|effect| match effect {
        Effect::Call { profile, what: Call::Processes { live: None } | Call::StopProcesses, .. } => {
            Some(profile.to_string())
        }
        _ => None,
    });
    calls.collect()
}

fn exits(effects: &[Effect]) -> bool {
    effects.contains(&Effect::Exit)
}

/// A08: as soon as the work that exceeded the pool is done and its freshness over.
#[test]
fn an_exceeded_pool_shrinks_as_soon_as_it_can() {
    let mut rig = pooled(1);
    rig.running("a", "aa");
    rig.running("b", "bb");
    rig.running("c", "cc");
    assert_eq!(leaving(&rig.wait(5 * MINUTE)), [""; 0], "what works is not stopped");
    rig.end("b", "bb");
    assert_eq!(leaving(&rig.wait(FRESH - 1)), [""; 0], "nor what did a moment ago");
    let effects = rig.wait(1);
    assert_eq!(leaving(&effects), ["b"]);
    let effects = rig.processes(&effects, 0, 0);
    assert_eq!(leaving(&effects), ["b"], "it is bidden farewell");
    for (call, _) in calls_of(&effects) {
        rig.reply(call, Reply::Done);
    }
    rig.stopped("b");
    // One whose connection is lost cannot be asked.
    rig.end("c", "cc");
    rig.down("c", false);
    assert_eq!(leaving(&rig.wait(5 * MINUTE)), [""; 0]);
    let effects = rig.up("c");
    assert_eq!(leaving(&effects), ["c"]);
}

/// A11: nobody used it for ten minutes.
#[test]
fn an_idle_backend_is_stopped_and_comes_back() {
    let mut rig = Rig::new();
    rig.ready("default", "dd");
    let session = rig.ready("work", "aa");
    assert_eq!(leaving(&rig.wait(10 * MINUTE - 1)), [""; 0]);
    let effects = rig.wait(1);
    assert_eq!(leaving(&effects), ["work"]);
    let mut effects = rig.processes(&effects, 0, 0);
    for (call, _) in calls_of(&effects) {
        effects = rig.reply(call, Reply::Done);
    }
    assert!(effects.iter().any(|effect| matches!(effect, Effect::StopBackend { .. })));
    rig.stopped("work");
    assert_eq!(rig.reg.world().notices, []);
    assert_eq!(leaving(&rig.wait(60 * MINUTE)), [""; 0], "the primary stays");
    assert_eq!(starts(&rig.send(session, "next")), 1);
    let effects = rig.up("work");
    let resume = call_of(&effects, |what| matches!(what, Call::Resume { eager: true, .. }));
    assert_eq!(submits(&rig.reply(resume, built("bb", None))), ["next"]);
}

/// A11: a send, a key, a title, a change of focus, a turn, a wish that the backend were there.
#[test]
fn whatever_is_a_use_keeps_a_backend() {
    let uses: [fn(&mut Rig, SessionId); 5] = [
        |rig, session| {
            let pieces = vec![Piece::Text("x".into())];
            rig.command(Command::SaveDraft { session, pieces, base: 0 });
        },
        |rig, session| drop(rig.command(Command::Focus { session })),
        |rig, _| drop(rig.command(Command::Wake { profile: profile("work") })),
        |rig, _| {
            rig.fact("work", "aa", Fact::TurnStarted);
            rig.end("work", "aa");
        },
        |rig, session| drop(rig.send(session, "/status")),
    ];
    for used in uses {
        let mut rig = Rig::new();
        let session = rig.ready("work", "aa");
        rig.wait(9 * MINUTE);
        used(&mut rig, session);
        assert_eq!(leaving(&rig.wait(10 * MINUTE - 1)), [""; 0]);
        assert_eq!(leaving(&rig.wait(1)), ["work"]);
    }
    // One that only looks, or closes another tab, uses nothing.
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.wait(9 * MINUTE);
    rig.command(Command::Watch { session });
    rig.command(Command::CloseTab { session, running: CloseRunning::Ask });
    assert_eq!(leaving(&rig.wait(MINUTE)), ["work"]);
}

/// A backend that works, waits, or left something running in the background is not idle.
#[test]
fn a_backend_with_something_to_do_is_never_idle() {
    let mut rig = Rig::new();
    rig.running("work", "aa");
    for _ in 0..10 {
        assert_eq!(leaving(&rig.wait(7 * MINUTE)), [""; 0]);
        rig.text("work", "aa", "on ");
    }
    rig.end("work", "aa");
    let effects = rig.wait(10 * MINUTE);
    assert_eq!(leaving(&effects), ["work"]);
    assert_eq!(leaving(&rig.processes(&effects, 1, 0)), [""; 0]);
    let effects = rig.wait(90_000);
    assert_eq!(leaving(&effects), ["work"], "it is asked again");
    // A text that comes before the answer keeps it.
    let session = rig.reg.world().sessions.values().find(|s| s.profile == profile("work")).unwrap().id;
    let sent = rig.send(session, "next");
    assert_eq!(leaving(&rig.processes(&effects, 0, 0)), [""; 0]);
    let submit = call_of(&sent, |what| matches!(what, Call::Submit { .. }));
    rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    // An answer that is lost is no answer.
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.end("work", "aa");
    let effects = rig.wait(10 * MINUTE);
    let effects = rig.reply(call_of(&effects, |_| true), Reply::Lost);
    assert_eq!(leaving(&effects), [""; 0]);
    // Who cannot say has nothing running.
    let effects = rig.wait(90_000);
    let failed = Reply::Failed { code: -32601, message: "unknown method".into() };
    assert_eq!(leaving(&rig.reply(call_of(&effects, |_| true), failed)), ["work"]);
}

/// INV15: a closed tab's session may work again by itself; its end is looked at, too.
#[test]
fn a_turn_of_a_closed_tab_keeps_its_backend_and_no_longer() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.command(Command::CloseTab { session, running: CloseRunning::Ask });
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(leaving(&rig.wait(30 * MINUTE)), [""; 0]);
    rig.fact("work", "aa", ended(TurnOutcome::Complete, None));
    assert_eq!(leaving(&rig.wait(10 * MINUTE - 1)), [""; 0]);
    assert_eq!(leaving(&rig.wait(1)), ["work"]);
}

#[test]
fn a_backend_may_be_kept_for_ever() {
    let mut rig = Rig::with(Limits { idle_reap: None, ..Limits::default() });
    rig.ready("work", "aa");
    assert_eq!(leaving(&rig.wait(1_000 * MINUTE)), [""; 0]);
}

fn lingering(linger: u64) -> Rig {
    let limits = Limits { linger: Some(linger), idle_reap: None, ..Limits::default() };
    Rig::with(limits)
}

fn joined(rig: &mut Rig, client: ClientId) -> Vec<Effect> {
    rig.run(Input::ClientJoined { client, terminal: Some(TerminalInfo::default()) })
}

fn left(rig: &mut Rig, client: ClientId) -> Vec<Effect> {
    rig.run(Input::ClientLeft { client })
}

/// DECISIONS 9: nobody is there and nothing is to be done.
#[test]
fn the_hub_ends_when_its_linger_time_is_over() {
    let mut rig = lingering(10 * MINUTE);
    joined(&mut rig, ONE);
    assert!(!exits(&rig.wait(60 * MINUTE)), "a terminal is attached");
    left(&mut rig, ONE);
    assert!(!exits(&rig.wait(10 * MINUTE - 1)));
    joined(&mut rig, ONE);
    left(&mut rig, ONE);
    assert!(!exits(&rig.wait(10 * MINUTE - 1)), "its time begins anew");
    assert!(exits(&rig.wait(1)));
}

/// DECISIONS 9: what runs, waits, is queued or on its way keeps it.
#[test]
fn the_hub_stays_while_something_is_at_work() {
    let mut rig = lingering(MINUTE);
    joined(&mut rig, ONE);
    let session = rig.running("work", "aa");
    rig.send(session, "next");
    left(&mut rig, ONE);
    assert!(!exits(&rig.wait(5 * MINUTE)));
    let effects = rig.end("work", "aa");
    assert_eq!(submits(&effects), ["next"], "what is queued goes on without a terminal");
    rig.fact("work", "aa", Fact::TurnStarted);
    let submit = call_of(&effects, |what| matches!(what, Call::Submit { .. }));
    rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    assert!(!exits(&rig.wait(5 * MINUTE)));
    rig.end("work", "aa");
    assert_eq!(leaving(&rig.wait(MINUTE - 1)), [""; 0]);
    // What was left running in the background counts.
    let effects = rig.wait(1);
    assert_eq!(leaving(&effects), ["work"]);
    assert!(!exits(&rig.processes(&effects, 1, 0)));
    assert_eq!(leaving(&rig.wait(89_999)), [""; 0]);
    let effects = rig.wait(1);
    let effects = rig.processes(&effects, 0, 0);
    assert_eq!(leaving(&effects), ["work"], "and then it is bidden farewell");
    let mut last = Vec::new();
    for (call, _) in calls_of(&effects) {
        last = rig.reply(call, Reply::Done);
    }
    assert!(exits(&last));
}

/// A queue that the person holds waits for the person, not for the hub: it is kept.
#[test]
fn a_held_queue_does_not_keep_the_hub() {
    let mut rig = lingering(MINUTE);
    let session = rig.running("work", "aa");
    rig.send(session, "next");
    rig.command(Command::Interrupt { session });
    rig.fact("work", "aa", ended(TurnOutcome::Interrupted, None));
    rig.fact("work", "aa", idle());
    assert_eq!(rig.session(session).queue.len(), 1);
    assert_eq!(leaving(&rig.wait(MINUTE)), ["work"]);
}

/// Nothing may be begun in between: whoever comes before the last answer keeps the hub.
#[test]
fn who_comes_while_the_backends_are_asked_keeps_the_hub() {
    let mut rig = lingering(MINUTE);
    rig.ready("work", "aa");
    let effects = rig.wait(MINUTE);
    joined(&mut rig, ONE);
    assert!(!exits(&rig.processes(&effects, 0, 0)));
    assert!(!exits(&rig.wait(60 * MINUTE)));
    // Nobody answers: what hangs does not keep it.
    left(&mut rig, ONE);
    let effects = rig.wait(MINUTE);
    let effects = rig.reply(call_of(&effects, |_| true), Reply::Lost);
    assert_eq!(leaving(&effects), ["work"]);
}

#[test]
fn with_no_linger_the_hub_ends_with_its_last_terminal() {
    let mut rig = lingering(0);
    joined(&mut rig, ONE);
    joined(&mut rig, ClientId(8));
    assert!(!exits(&left(&mut rig, ONE)));
    assert!(exits(&left(&mut rig, ClientId(8))));
}

/// Who starts a hub attaches a moment later.
#[test]
fn a_hub_waits_a_minute_for_its_first_terminal() {
    let mut rig = lingering(0);
    assert!(!exits(&rig.wait(MINUTE - 1)));
    assert!(exits(&rig.wait(1)));
    let mut rig = lingering(5 * MINUTE);
    assert!(!exits(&rig.wait(5 * MINUTE - 1)));
    assert!(exits(&rig.wait(1)));
}

/// Somebody who asks how things stand, every minute, is no terminal.
#[test]
fn who_only_asks_does_not_keep_the_hub() {
    let mut rig = lingering(10 * MINUTE);
    joined(&mut rig, ONE);
    left(&mut rig, ONE);
    for n in 0..9 {
        let client = ClientId(20 + n);
        rig.run(Input::ClientJoined { client, terminal: None });
        assert!(!exits(&rig.wait(MINUTE)));
        left(&mut rig, client);
    }
    assert!(!exits(&rig.wait(MINUTE - 1)));
    assert!(exits(&rig.wait(1)));
}

#[test]
fn a_hub_in_its_terminals_process_never_ends_by_itself() {
    let mut rig = Rig::with(Limits { idle_reap: None, ..Limits::default() });
    assert_eq!(rig.reg.next_timer(), None, "and never wakes for it");
    assert!(!exits(&rig.wait(10_000 * MINUTE)));
}

/// A14, INV20: one profile has no pool to look after.
#[test]
fn a_single_profile_has_no_timers() {
    let mut rig = Rig::new();
    rig.run(Input::ProfilesSeen(vec![Profile::new(profile("default"), "/home")].into()));
    rig.ready("default", "dd");
    rig.wait(10_000);
    assert_eq!(rig.reg.next_timer(), None);
    let backend = &rig.reg.world().profile(&profile("default")).unwrap().backend;
    assert_eq!(*backend, BackendState::Live);
}

/// A closed tab's own turn is one that runs: it is named, and it is stopped.
#[test]
fn a_turn_of_a_closed_tab_is_stopped_with_all_others() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.command(Command::CloseTab { session, running: CloseRunning::Ask });
    rig.fact("work", "aa", Fact::TurnStarted);
    let Err(Refusal::AtWork(at_work)) = rig.ask(Command::Shutdown { force: false }) else { panic!() };
    assert_eq!((at_work[0].session, at_work[0].name.as_str()), (session, "hi"));
    let effects = rig.command(Command::StopAll);
    call_of(&effects, |what| *what == Call::Interrupt { live: live("aa") });
    let said = Answer::Stopped { turns: 1, texts: 0 };
    assert!(effects.iter().any(|e| matches!(e, Effect::Answer { answer, .. } if *answer == said)));
}

/// Its end may have come while the connection was gone.
#[test]
fn a_turn_of_a_closed_tab_is_asked_for_after_a_lost_socket() {
    for state in [ActiveState::Working, ActiveState::Idle] {
        let mut rig = Rig::new();
        let session = rig.ready("work", "aa");
        rig.command(Command::CloseTab { session, running: CloseRunning::Ask });
        rig.fact("work", "aa", Fact::TurnStarted);
        rig.down("work", false);
        let list = call_of(&rig.up("work"), |what| *what == Call::ActiveList);
        rig.reply(list, Reply::ActiveList(vec![ActiveRow { live: live("aa"), stored: None, state }]));
        assert_eq!(rig.reg.works(&profile("work")), state == ActiveState::Working);
    }
}

/// An error that says nothing of background processes ends nobody.
#[test]
fn a_backend_whose_answer_cannot_be_read_is_left_alone() {
    for (code, goes) in [(0, false), (5000, false), (4001, true), (-32601, true)] {
        let mut rig = Rig::new();
        rig.ready("work", "aa");
        let effects = rig.wait(10 * MINUTE);
        let failed = Reply::Failed { code, message: "no".into() };
        let effects = rig.reply(call_of(&effects, |_| true), failed);
        assert_eq!(leaving(&effects).is_empty(), !goes, "{code}");
    }
}

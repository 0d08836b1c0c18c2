//! Which sessions stay built: DECISIONS 17.

use super::rig::*;
use crate::{
    base::ids::SessionId,
    config::limits::Limits,
    model::{
        agent::{Call, Fact, InfoFact, Reply, SubagentFact, SubagentStep, Submitted, TurnOutcome},
        body::Body,
        draft::Piece,
        message::{MessageState, Role},
        session::Unread,
        turn::TurnState,
    },
    proto::{Answer, Command, command::CloseRunning},
    registry::Effect,
};

/// What is used within so many milliseconds stays.
const FRESH: u64 = 90_001;

fn of_two() -> Rig {
    Rig::with(Limits { built: 2, idle_reap: None, ..Limits::default() })
}

/// A backend with three built sessions, one more than it should have, used in this order, with a second between.
fn three(rig: &mut Rig) -> [SessionId; 3] {
    ["aa", "bb", "cc"].map(|id| {
        let session = rig.ready("work", id);
        rig.wait(1_000);
        session
    })
}

fn asked(effects: &[Effect]) -> Vec<String> {
    let lives = calls_of(effects).into_iter().filter_map(|(_, what)| match what {
        Call::Processes { live } => Some(live.map_or_else(String::new, |live| live.as_str().to_owned())),
        _ => None,
    });
    lives.collect()
}

fn closes(effects: &[Effect]) -> Vec<String> {
    let lives = calls_of(effects).into_iter().filter_map(|(_, what)| match what {
        Call::Close { live } => Some(live.as_str().to_owned()),
        _ => None,
    });
    lives.collect()
}

/// The first of three is closed.
fn closed(rig: &mut Rig) -> SessionId {
    let [session, ..] = three(rig);
    let effects = rig.wait(FRESH);
    let effects = rig.processes(&effects, 0, 0);
    rig.reply(call_of(&effects, |what| matches!(what, Call::Close { .. })), Reply::Closed(true));
    session
}

/// DECISIONS 17, CHECK 52.
#[test]
fn idle_sessions_beyond_the_bound_are_closed_the_longest_unused_first() {
    let mut rig = of_two();
    let [a, b, c] = three(&mut rig);
    assert_eq!(asked(&rig.wait(FRESH - 3_001)), [""; 0], "all were used a moment ago");
    let effects = rig.wait(1);
    assert_eq!(asked(&effects), ["aa"]);
    let effects = rig.processes(&effects, 0, 0);
    assert_eq!(closes(&effects), ["aa"]);
    let before = (rig.lines(a), rig.session(a).clone());
    let effects = rig.reply(call_of(&effects, |_| true), Reply::Closed(true));
    assert_eq!(calls_of(&effects), [], "the bound holds again");
    assert_eq!([a, b, c].map(|id| rig.session(id).built), [false, true, true]);
    let mut after = rig.session(a).clone();
    after.built = true;
    assert_eq!((rig.lines(a), after), before, "nobody sees it");
    assert_eq!(calls_of(&rig.wait(10 * FRESH)), []);
}

/// DECISIONS 17: whatever is asked of a closed session, it comes back by its stored id, and with all that it had.
#[test]
fn a_closed_session_comes_back_when_it_is_used() {
    let pieces = || vec![Piece::Text("draft".into())];
    for (command, made) in
        [(None, "Submit"), (Some("/status"), "Slash"), (Some("title"), "Title"), (Some("yolo"), "Set")]
    {
        let mut rig = of_two();
        let session = closed(&mut rig);
        rig.command(Command::SaveDraft { session, pieces: pieces(), base: 0 });
        let effects = match command {
            None => rig.send(session, "next"),
            Some("title") => rig.command(Command::Rename { session, title: "T".into() }),
            Some("yolo") => rig.command(Command::SetYolo { session, on: true }),
            Some(slash) => rig.send(session, slash),
        };
        let resume =
            call_of(&effects, |what| *what == Call::Resume { stored: stored("stored_aa"), eager: true });
        let messages = [(Role::User, "hi"), (Role::Assistant, "hello")];
        let messages = messages.map(|(role, text)| {
            crate::model::message::Message::text(
                crate::base::ids::MessageId(0),
                role,
                text,
                MessageState::Done,
            )
        });
        let effects =
            rig.reply(resume, built("a2", Some(&|built| built.messages.clone_from(&messages.to_vec()))));
        let call = call_of(&effects, |what| format!("{what:?}").starts_with(made));
        assert!(rig.session(session).built);
        let mut lines = vec!["User: hi", "Assistant: hello"];
        if command.is_none() {
            lines.push("User: next");
            rig.fact("work", "a2", Fact::TurnStarted);
            rig.reply(call, Reply::Submitted(Submitted::Streaming));
            assert_eq!(rig.turn(session), TurnState::Running);
        }
        assert_eq!(rig.lines(session), lines, "{made}");
    }
}

/// A draft, an unread mark, usage, a queue that the person holds: all of it is hermux's own.
#[test]
fn a_close_leaves_what_is_hermuxs_own() {
    let mut rig = of_two();
    let [a, ..] = three(&mut rig);
    rig.send(a, "more");
    let submit = rig.reg.calls.keys().next_back().copied().unwrap();
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    rig.send(a, "queued");
    rig.command(Command::Interrupt { session: a });
    rig.fact("work", "aa", ended(TurnOutcome::Interrupted, None));
    rig.fact("work", "aa", idle());
    rig.command(Command::SaveDraft { session: a, pieces: vec![Piece::Text("draft".into())], base: 0 });
    assert_eq!(rig.session(a).queue.len(), 1);
    // The other two are used later.
    for id in ["bb", "cc"] {
        rig.wait(10);
        rig.fact("work", id, Fact::TurnStarted);
        rig.end("work", id);
    }
    rig.fact("work", "aa", Fact::BackgroundDone { task: "t".into(), text: "done".into() });
    let effects = rig.wait(FRESH);
    let effects = rig.processes(&effects, 0, 0);
    rig.reply(call_of(&effects, |what| matches!(what, Call::Close { .. })), Reply::Closed(true));
    let known = rig.session(a);
    assert!(!known.built);
    assert_eq!((known.draft.text().as_str(), known.unread, known.queue.len()), ("draft", Unread::Output, 1));
}

/// DECISIONS 17: never one that works, waits, has agents of its own, is shown, or was used a moment ago.
#[test]
fn a_session_that_is_needed_stays_built() {
    let needs: [fn(&mut Rig, SessionId); 6] = [
        |rig, _| drop(rig.fact("work", "aa", Fact::TurnStarted)),
        |rig, _| {
            let kind = crate::model::prompt::PromptKind::Unknown { method: "m".into(), summary: "t".into() };
            let request = crate::model::agent::Request { id: None, kind, waits: None };
            rig.fact("work", "aa", Fact::Asked(Box::new(request)));
        },
        |rig, _| {
            let step = SubagentStep::Started;
            let (id, goal) = ("s".into(), "g".into());
            let agent = SubagentFact { id, parent: None, depth: 0, goal, tools: 0, step };
            rig.fact("work", "aa", Fact::Subagent(agent));
        },
        |rig, session| {
            let terminal = Some(crate::model::terminal::TerminalInfo::default());
            rig.run(crate::registry::Input::ClientJoined { client: CLIENT, terminal });
            rig.command(Command::Focus { session });
        },
        |rig, session| drop(rig.send(session, "next")),
        |rig, session| drop(rig.command(Command::Rename { session, title: "T".into() })),
    ];
    for (at, need) in needs.into_iter().enumerate() {
        let mut rig = of_two();
        let [a, ..] = three(&mut rig);
        need(&mut rig, a);
        let effects = rig.wait(80_000);
        assert_eq!(asked(&effects), [""; 0], "{at}: nobody is stale");
        let effects = rig.wait(9_000);
        assert_eq!(asked(&effects), ["bb"], "{at}: the next one goes in its place");
        if at < 4 {
            let effects = rig.processes(&effects, 1, 0);
            assert_eq!(asked(&effects), [""; 0]);
            assert_eq!(asked(&rig.wait(20_000)), ["cc"]);
            assert!(!asked(&rig.wait(5 * FRESH)).contains(&"aa".to_owned()), "{at}: it stays however long");
        }
    }
}

/// CHECK 18: closing would end what the agent left running, or meet the turn that begins when it has ended.
#[test]
fn a_session_with_background_processes_is_not_closed() {
    let mut rig = of_two();
    let [a, ..] = three(&mut rig);
    let mut effects = rig.wait(FRESH - 3_000);
    for _ in 0..3 {
        assert_eq!(asked(&effects), ["aa"]);
        assert_eq!(closes(&rig.processes(&effects, 1, 0)), [""; 0]);
        // The others go before it is asked again.
        for id in ["bb", "cc"] {
            rig.fact("work", id, Fact::TurnStarted);
        }
        effects = rig.wait(90_000);
    }
    // It has ended: the turn that tells of it may be about to begin.
    assert_eq!(closes(&rig.processes(&effects, 0, 1)), [""; 0]);
    let effects = rig.wait(90_000);
    assert_eq!(closes(&rig.processes(&effects, 0, 1)), ["aa"]);
    assert!(rig.session(a).built, "until the backend says so");
}

/// A text that comes while its session is asked keeps it; one that comes while it is closed waits for that and is sent once.
#[test]
fn a_send_that_meets_a_close_loses_nothing() {
    let mut rig = of_two();
    let [a, ..] = three(&mut rig);
    let effects = rig.wait(FRESH);
    let sent = rig.send(a, "early");
    assert_eq!(submits(&sent), ["early"]);
    assert_eq!(closes(&rig.processes(&effects, 0, 0)), [""; 0]);

    let mut rig = of_two();
    let [a, ..] = three(&mut rig);
    let effects = rig.wait(FRESH);
    let effects = rig.processes(&effects, 0, 0);
    let close = call_of(&effects, |what| matches!(what, Call::Close { .. }));
    assert_eq!(calls_of(&rig.send(a, "late")), [], "it waits");
    let effects = rig.reply(close, Reply::Closed(true));
    let resume = call_of(&effects, |what| matches!(what, Call::Resume { eager: true, .. }));
    let effects = rig.reply(resume, built("a2", None));
    let submit =
        call_of(&effects, |what| *what == Call::Submit { live: live("a2"), text: "late".to_owned() });
    rig.reply(submit, Reply::Submitted(Submitted::Streaming));
    assert_eq!(rig.turn(a), TurnState::Running);
}

/// A close that failed changes nothing; one whose answer is lost has the backend asked; one that the connection cut is over.
#[test]
fn a_close_that_goes_wrong_loses_nothing() {
    for reply in [Reply::Failed { code: 5000, message: "no".into() }, Reply::Lost] {
        let mut rig = of_two();
        let [a, ..] = three(&mut rig);
        let effects = rig.wait(FRESH);
        let effects = rig.processes(&effects, 0, 0);
        let effects = rig.reply(call_of(&effects, |_| true), reply.clone());
        if reply == Reply::Lost {
            let resume = call_of(&effects, |what| matches!(what, Call::Resume { eager: false, .. }));
            rig.reply(resume, built("a2", None));
            assert!(!rig.session(a).built);
            assert_eq!(submits(&rig.send(a, "next")), ["next"]);
        } else {
            assert!(rig.session(a).built);
            assert_eq!(submits(&rig.send(a, "next")), ["next"]);
        }
    }
    let mut rig = of_two();
    let [a, ..] = three(&mut rig);
    let effects = rig.wait(FRESH);
    rig.processes(&effects, 0, 0);
    rig.send(a, "next");
    rig.down("work", false);
    let effects = rig.up("work");
    let resumed =
        |what: &Call| matches!(what, Call::Resume { stored: id, eager: true } if *id == stored("stored_aa"));
    let effects = rig.reply(call_of(&effects, resumed), built("a2", None));
    assert_eq!(submits(&effects), ["next"]);
}

/// CHECK 44: a turn that began by itself goes on at the backend; what became of it is asked.
#[test]
fn a_turn_that_begins_while_its_session_is_closed_is_looked_after() {
    let mut rig = of_two();
    let [a, ..] = three(&mut rig);
    let effects = rig.wait(FRESH);
    let effects = rig.processes(&effects, 0, 0);
    rig.fact("work", "aa", Fact::TurnStarted);
    let effects = rig.reply(call_of(&effects, |_| true), Reply::Closed(true));
    let resume = call_of(&effects, |what| matches!(what, Call::Resume { .. }));
    rig.reply(resume, built("a2", Some(&|built| built.running = Some(false))));
    assert_eq!(rig.turn(a), TurnState::Idle);
}

/// INV15: closing a tab closes nothing at the backend; that session counts like the others.
#[test]
fn what_closed_tabs_left_built_is_closed_in_its_turn() {
    let mut rig = of_two();
    let [a, b, _] = three(&mut rig);
    for session in [a, b] {
        let effects = rig.command(Command::CloseTab { session, running: CloseRunning::Ask });
        assert_eq!(closes(&effects), [""; 0]);
    }
    // A turn that began by itself in one of them.
    rig.fact("work", "aa", Fact::TurnStarted);
    let effects = rig.wait(FRESH);
    assert_eq!(asked(&effects), ["cc"], "it was used before the tabs were closed");
    let effects = rig.processes(&effects, 1, 0);
    assert_eq!(asked(&effects), ["bb"]);
    let effects = rig.processes(&effects, 0, 0);
    assert_eq!(closes(&effects), ["bb"]);
    rig.reply(call_of(&effects, |_| true), Reply::Closed(true));
    rig.fact("work", "aa", ended(TurnOutcome::Complete, None));
    assert_eq!(calls_of(&rig.wait(FRESH)), [], "two are left");
    // A stop on purpose closes what is left, too.
    let effects = rig.command(Command::StopBackend { profile: profile("work"), force: false });
    assert_eq!(closes(&effects), ["cc", "aa"]);
}

/// What is being resumed may be the very session that is about to be closed.
#[test]
fn nothing_of_closed_tabs_is_closed_while_a_session_is_resumed() {
    let mut rig = of_two();
    let [a, ..] = three(&mut rig);
    rig.command(Command::CloseTab { session: a, running: CloseRunning::Ask });
    for id in ["bb", "cc"] {
        rig.fact("work", id, Fact::TurnStarted);
    }
    let effects = rig.wait(FRESH);
    assert_eq!(asked(&effects), ["aa"]);
    let again = rig.opened(Command::OpenStored { profile: profile("work"), stored: stored("stored_aa") });
    let resume = rig.send(again, "next");
    call_of(&resume, |what| matches!(what, Call::Resume { .. }));
    assert_eq!(calls_of(&rig.processes(&effects, 0, 0)), [], "neither closed nor asked without end");
}

#[test]
fn a_tab_that_is_opened_again_finds_its_session_still_built() {
    let mut rig = of_two();
    let [a, ..] = three(&mut rig);
    rig.command(Command::CloseTab { session: a, running: CloseRunning::Ask });
    let a = rig.opened(Command::OpenStored { profile: profile("work"), stored: stored("stored_aa") });
    let row = None;
    let loaded = crate::registry::input::Loaded { stored: stored("stored_aa"), row, body: Body::default() };
    rig.run(crate::registry::Input::Loaded { session: a, loaded });
    let effects = rig.send(a, "next");
    // Whatever the backend says of it meanwhile is kept for it.
    rig.fact("work", "aa", Fact::Titled { stored: None, title: "T".into() });
    rig.reply(call_of(&effects, |what| matches!(what, Call::Resume { .. })), built("aa", None));
    assert_eq!(rig.session(a).title, Some("T".into()));
    let wires = rig.reg.wires.get(&profile("work")).unwrap();
    assert!(wires.left.is_empty(), "it is counted once");
}

/// CHECK 52: a session that is only listened to again after a lost connection has no worker.
#[test]
fn only_sessions_with_an_agent_count() {
    let mut rig = of_two();
    three(&mut rig);
    rig.down("work", true);
    let effects = rig.up("work");
    for (call, what) in calls_of(&effects) {
        if let Call::Resume { stored, eager: false } = what {
            rig.reply(call, built(stored.as_str().trim_start_matches("stored_"), None));
        }
    }
    assert!(rig.reg.world().sessions.values().all(|known| !known.built));
    assert_eq!(calls_of(&rig.wait(10 * FRESH)), []);
    // The backend has them still when only the connection was lost.
    let mut rig = of_two();
    three(&mut rig);
    rig.down("work", false);
    let effects = rig.up("work");
    for (call, what) in calls_of(&effects) {
        if let Call::Resume { stored, .. } = what {
            let id = stored.as_str().trim_start_matches("stored_").to_owned();
            rig.reply(call, built(&id, Some(&|built| built.info = InfoFact::default())));
        }
    }
    assert_eq!(asked(&rig.wait(2 * FRESH)).len(), 1);
}

#[test]
fn a_closed_session_can_be_closed_as_a_tab() {
    let mut rig = of_two();
    let session = closed(&mut rig);
    assert_eq!(rig.ask(Command::CloseTab { session, running: CloseRunning::Ask }), Ok(Answer::Done));
    assert!(rig.reg.wires.get(&profile("work")).unwrap().left.is_empty());
}

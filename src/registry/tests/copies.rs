//! A row's own turn stopped, whoever began it, and a copy of a row taken up.

use super::{
    rig::*,
    writes::{active, rig},
};
use crate::{
    base::ids::SessionId,
    model::{
        agent::{ActiveState, Call, Fact, InfoFact, Reply},
        body::BodyState,
        listing::Elsewhere,
        turn::TurnState,
    },
    proto::{Answer, Command, Refusal},
    registry::{Effect, Input},
};

fn stop(id: &str) -> Command {
    Command::StopStored { profile: profile("work"), stored: stored(id) }
}

/// INV7, I16, M15: A and B run, B is shown, A's row is stopped: A's own stream, on A's own socket, and nothing else.
#[test]
fn a_row_stops_its_own_turn_whatever_is_shown() {
    let mut rig = Rig::new();
    let a = rig.running("work", "a");
    let b = rig.running("research", "b");
    rig.command(Command::Focus { session: b });
    let effects = rig.command(stop("stored_a"));
    let calls: Vec<_> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Call { profile, what, .. } => Some((profile.as_str(), what.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(calls, [("work", Call::Interrupt { live: live("a") })]);
    assert_eq!((rig.turn(a), rig.turn(b)), (TurnState::Stopping, TurnState::Running));
    rig.text("research", "b", "goes on");
    assert_eq!(rig.last(b).plain(), "goes on");
    let cold = Command::StopStored { profile: profile("default"), stored: stored("x") };
    assert_eq!(rig.ask(cold), Err(Refusal::NotRunning), "nothing runs where there is no backend");
}

/// I16, 5A 27: also one that another client of the backend runs; one that does not run is not stopped.
#[test]
fn a_row_that_another_client_runs_is_shown_and_stopped() {
    let mut rig = rig();
    rig.run(Input::StoreChanged { profile: profile("work") });
    let effects = rig.wait(1_000);
    let asked = call_of(&effects, |what| *what == Call::ActiveList);
    let rows = vec![
        active("l1", "stored_l1", ActiveState::Idle),
        active("l8", "theirs", ActiveState::Working),
        active("l9", "quiet", ActiveState::Idle),
    ];
    rig.reply(asked, Reply::ActiveList(rows.clone()));
    let elsewhere = |rig: &Rig| rig.reg.world().elsewhere.get(&profile("work")).cloned().unwrap_or_default();
    let other = |id: &str, state| Elsewhere { stored: stored(id), state };
    assert_eq!(
        elsewhere(&rig),
        [other("quiet", ActiveState::Idle), other("theirs", ActiveState::Working)],
        "but not what is open here"
    );
    let asked = calls_of(&rig.wait(60_000)).into_iter().filter(|(_, what)| *what == Call::ActiveList);
    assert_eq!(asked.count(), 0, "no idle asking");

    let effects = rig.command(stop("theirs"));
    let asked = call_of(&effects, |what| *what == Call::ActiveList);
    let effects = rig.reply(asked, Reply::ActiveList(rows.clone()));
    let done = call_of(&effects, |what| *what == Call::Interrupt { live: live("l8") });
    let effects = rig.reply(done, Reply::Interrupted);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer { answer: Answer::Done, .. })));
    let effects = rig.command(stop("quiet"));
    let asked = call_of(&effects, |what| *what == Call::ActiveList);
    let effects = rig.reply(asked, Reply::ActiveList(rows));
    assert!(calls_of(&effects).is_empty());
    assert!(effects.iter().any(|e| matches!(e, Effect::Refuse { reason: Refusal::NotRunning, .. })));
    rig.down("work", true);
    assert_eq!(elsewhere(&rig), [], "they died with the process");
}

/// Many writes of a turn are one question.
#[test]
fn a_backend_is_asked_once_for_many_changes() {
    let mut rig = rig();
    for _ in 0..50 {
        rig.run(Input::StoreChanged { profile: profile("work") });
        rig.now += 10;
    }
    let asked = calls_of(&rig.wait(60_000)).into_iter().filter(|(_, what)| *what == Call::ActiveList);
    assert_eq!(asked.count(), 1);
    rig.run(Input::StoreChanged { profile: profile("research") });
    assert!(calls_of(&rig.wait(60_000)).is_empty(), "a cold backend is not asked");
}

fn copy(rig: &mut Rig, id: &str) -> Vec<Effect> {
    rig.command(Command::Branch { profile: profile("work"), stored: stored(id) })
}

/// A copy of a session that is open becomes a session of its own.
#[test]
fn a_branch_opens_as_a_session_of_its_own() {
    let mut rig = rig();
    let parent = rig.reg.world().tabs.iter().copied().find(|id| rig.session(*id).stored.is_some()).unwrap();
    let effects = copy(&mut rig, "stored_l1");
    let call = call_of(&effects, |what| *what == Call::Branch { live: live("l1") });
    // Its first event comes before its name.
    let info = InfoFact { model: Some("m".into()), ..InfoFact::default() };
    rig.fact("work", "l2", Fact::Info(Box::new(info)));
    let effects = rig.reply(call, Reply::Branched { live: live("l2"), title: "hi #2".into() });
    let asked = call_of(&effects, |what| *what == Call::ActiveList);
    let rows = vec![active("l1", "stored_l1", ActiveState::Idle), active("l2", "copy", ActiveState::Idle)];
    let effects = rig.reply(asked, Reply::ActiveList(rows));
    let opened = effects.iter().find_map(|effect| match effect {
        Effect::Answer { answer: Answer::Opened(session), .. } => Some(*session),
        _ => None,
    });
    let session: SessionId = opened.unwrap();
    let known = rig.session(session);
    assert_ne!(session, parent);
    assert_eq!(known.stored, Some(stored("copy")));
    assert_eq!((known.title.clone(), known.info.model.clone()), (Some("hi #2".into()), Some("m".into())));
    assert!(rig.reg.world().tabs.contains(&session) && rig.reg.world().tabs.contains(&parent));
    assert!(effects.iter().any(|e| matches!(e, Effect::Load { session: of, .. } if *of == session)));
    assert_eq!(rig.body(session).state, BodyState::Loading);
    rig.text("work", "l2", "mine");
    assert_eq!(rig.last(session).plain(), "mine", "what it says is its own");
}

/// A stored session is taken up for its copy, without a tab, and put away again.
#[test]
fn a_branch_of_a_stored_row_leaves_no_other_tab() {
    let mut rig = Rig::new();
    let effects = copy(&mut rig, "old");
    assert_eq!(starts(&effects), 1, "an explicit act wakes the backend");
    let tabs = rig.reg.world().tabs.clone();
    let effects = rig.up("work");
    let resume =
        call_of(&effects, |what| matches!(what, Call::Resume { stored: id, .. } if *id == stored("old")));
    let effects = rig.reply(resume, built("l1", Some(&|built| built.stored = Some(stored("old")))));
    let call = call_of(&effects, |what| *what == Call::Branch { live: live("l1") });
    let effects = rig.reply(call, Reply::Branched { live: live("l2"), title: "old #2".into() });
    let asked = call_of(&effects, |what| *what == Call::ActiveList);
    rig.reply(asked, Reply::ActiveList(vec![active("l2", "copy", ActiveState::Idle)]));
    assert_eq!(rig.reg.world().tabs.len(), tabs.len() + 1);
    let known = rig.reg.world().sessions.values().filter(|known| known.profile == profile("work"));
    assert_eq!(known.map(|known| known.stored.clone()).collect::<Vec<_>>(), [Some(stored("copy"))]);

    let mut rig = self::rig();
    let effects = copy(&mut rig, "stored_l1");
    let call = call_of(&effects, |what| matches!(what, Call::Branch { .. }));
    let effects = rig.reply(call, Reply::Failed { code: 4008, message: "nothing to branch".into() });
    let refused = Refusal::Backend("nothing to branch".into());
    assert!(effects.iter().any(|e| matches!(e, Effect::Refuse { reason, .. } if *reason == refused)));
}

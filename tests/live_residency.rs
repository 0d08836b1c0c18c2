//! Who stays live, with the real Hermes: a hub as a terminal drives it, many tabs over three profiles, and the workers that the system
//! shows. Only the time in which a session counts as fresh is shorter than a person's.
//!
//! `.ci/run` installs Hermes and runs this; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_residency -- --ignored`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod common;
mod live;

use common::home::Home;
use common::model::Model;
use hermux::base::ids::{ProfileName, SendRef, SessionId};
use hermux::config::limits::Limits;
use hermux::model::message::Message;
use hermux::model::{turn::TurnState, world::World};
use hermux::proto::{Answer, Command};
use live::Rig;
use std::fs;

const PROFILES: [&str; 3] = ["default", "work", "more"];
/// Tabs of each profile.
const TABS: usize = 10;
/// Sessions that a backend may keep built.
const BUILT: usize = 3;
/// Turns at once, as a person who sends them one by one would have them.
const AT_ONCE: usize = 5;

fn text(rig: &Rig, session: SessionId) -> String {
    let body = rig.world.sessions.get(&session).and_then(|known| known.body.as_ref());
    body.map(|body| body.messages.iter().map(Message::plain).collect::<Vec<_>>().join("\n"))
        .unwrap_or_default()
}

/// Says something in each of these and waits for the answers.
async fn talk(rig: &mut Rig, tabs: &[SessionId], round: usize) {
    for few in tabs.chunks(AT_ONCE) {
        for session in few {
            let text = format!("SAY tab {} says {round}", session.0);
            let command = send(*session, text);
            rig.ask(command).await;
        }
        let answered = |world: &World, session: &SessionId| {
            let known = world.sessions.get(session).unwrap();
            let said = format!("tab {} says {round}", session.0);
            let ends = known.preview.raw().ends_with(&said) && !known.preview.raw().contains("SAY");
            assert!(!matches!(known.turn.state, TurnState::Failed(_)), "{:?}", known.turn);
            known.turn.state == TurnState::Idle && ends
        };
        rig.until("every tab answers", |world| few.iter().all(|session| answered(world, session))).await;
    }
}

fn built(rig: &Rig) -> usize {
    rig.world.sessions.values().filter(|known| known.built).count()
}

fn send(session: SessionId, text: String) -> Command {
    let reference = SendRef(hermux::base::sys::files::random_u64().unwrap());
    Command::Send { session, text, reference }
}

/// The processes that built sessions cost (CHECK 52).
fn workers(home: &Home) -> usize {
    home.mark.living().iter().filter(|process| process.command.contains("slash_worker")).count()
}

/// DECISIONS 17, CHECK 52, A11: however many tabs are open, only so many workers live; and every tab answers when it is used, with all
/// that was said in it before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Hermes; .ci/run runs it"]
async fn thirty_tabs_cost_the_workers_of_the_bound_and_each_answers_when_it_is_used() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let more = home.hermes().join("profiles").join(PROFILES[2]);
    fs::create_dir_all(&more).unwrap();
    fs::copy(home.hermes().join("config.yaml"), more.join("config.yaml")).unwrap();
    let limits = Limits { built: BUILT, pool_fresh: 500, look_again: 500, ..Limits::default() };
    let mut rig = Rig::new(&home, limits).await;
    let mut tabs = Vec::new();
    for profile in PROFILES {
        for tab in 0..TABS {
            // An empty draft is used again: each gets its first text before the next one is opened.
            let command = Command::NewSession {
                profile: ProfileName::new(profile).unwrap(),
                cwd: home.work().to_string_lossy().into_owned(),
            };
            let Answer::Opened(session) = rig.ask(command).await else { panic!("a tab") };
            rig.ask(Command::Watch { session }).await;
            let command = send(session, format!("SAY tab {} says 0", session.0));
            rig.ask(command).await;
            tabs.push(session);
            if tab % AT_ONCE == AT_ONCE - 1 {
                let idle =
                    |world: &World| world.sessions.values().all(|known| known.turn.state == TurnState::Idle);
                rig.until("the first turns", idle).await;
            }
        }
    }
    assert_eq!(tabs.len(), 30);
    let bound = PROFILES.len() * BUILT;
    rig.until("only so many are built", |world| {
        world.sessions.values().filter(|known| known.built).count() <= bound
    })
    .await;
    let alive = workers(&home);
    assert!((1..=bound).contains(&alive), "{alive} workers, {} built", built(&rig));
    assert!(!rig.world.sessions[&tabs[0]].built, "the first one was put away");
    // All of them, those that were put away and those that are built.
    talk(&mut rig, &tabs, 1).await;
    for session in &tabs {
        let said = text(&rig, *session);
        for round in 0..2 {
            let answer = format!("tab {} says {round}", session.0);
            let count = said.lines().filter(|line| *line == answer).count();
            assert_eq!(count, 1, "said once, and still there: {said}");
        }
    }
    rig.until("only so many are built again", |world| {
        world.sessions.values().filter(|known| known.built).count() <= bound
    })
    .await;
    let alive = workers(&home);
    assert!(alive <= bound, "{alive} workers, {} built", built(&rig));
    rig.close(&home).await;
}

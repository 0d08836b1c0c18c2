//! What starts a backend at the real Hermes and what does not: looking around starts none, the first key of a text exactly one.
//!
//! `.ci/run` installs Hermes and runs this; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_browsing -- --ignored`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod common;
mod live;

use common::home::Home;
use common::model::Model;
use hermux::base::ids::ProfileName;
use hermux::config::limits::Limits;
use hermux::model::listing::{Filter, Sort};
use hermux::model::profile::BackendState;
use hermux::proto::{Answer, Command};
use live::Rig;
use rusqlite::Connection;
use std::fs;

const PROFILES: [&str; 3] = ["default", "work", "more"];

/// The backends that run, each by its own process.
fn backends(home: &Home) -> Vec<String> {
    let living = home.mark.living().into_iter().map(|process| process.command);
    living.filter(|command| command.contains(" serve ") && !command.contains(" guard ")).collect()
}

/// A18, A19, C02, DECISIONS 16.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Hermes; .ci/run runs it"]
async fn looking_around_starts_nothing_and_ten_keys_start_one() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let places = [home.hermes(), home.hermes().join("profiles/work"), home.hermes().join("profiles/more")];
    fs::create_dir_all(&places[2]).unwrap();
    fs::copy(places[0].join("config.yaml"), places[2].join("config.yaml")).unwrap();
    for place in &places {
        let db = Connection::open(place.join("state.db")).unwrap();
        db.execute_batch(include_str!("fixtures/state/state.sql")).unwrap();
    }
    let mut rig = Rig::new(&home, Limits::default()).await;
    let mut opened = Vec::new();
    for name in PROFILES {
        let profile = ProfileName::new(name).unwrap();
        let command = Command::Page {
            profile: profile.clone(),
            sort: Sort::Recent,
            filter: Filter::default(),
            after: None,
            limit: 50,
        };
        let Answer::Page(page) = rig.ask(command).await else { panic!("a page of {name}") };
        assert!(page.rows.len() >= 10 && page.problem.is_none(), "{page:?}");
        for row in page.rows.iter().take(10) {
            let (profile, stored) = (profile.clone(), row.id.clone());
            rig.ask(Command::Peek { profile: profile.clone(), stored: stored.clone() }).await;
            let Answer::Opened(session) = rig.ask(Command::OpenStored { profile, stored }).await else {
                panic!("a session of {name}")
            };
            rig.ask(Command::Watch { session }).await;
            opened.push(session);
        }
    }
    let Answer::Found { rows, .. } = rig.ask(Command::Find { query: "a".into(), profile: None }).await else {
        panic!("what was found")
    };
    assert!(!rows.is_empty());
    rig.until("every session is read", |world| {
        opened.iter().all(|session| {
            let body = world.sessions.get(session).and_then(|known| known.body.as_ref());
            body.is_some_and(|body| !body.messages.is_empty())
        })
    })
    .await;
    assert_eq!(backends(&home), Vec::<String>::new());

    let work = ProfileName::new("work").unwrap();
    for session in opened.iter().skip(10).take(10) {
        rig.ask(Command::Focus { session: *session }).await;
        rig.ask(Command::Wake { profile: work.clone() }).await;
    }
    rig.until("it runs", |world| {
        world.profile(&work).is_some_and(|known| known.backend == BackendState::Live)
    })
    .await;
    let running = backends(&home);
    assert!(running.len() == 1 && running[0].contains("--profile work"), "{running:?}");
    rig.close(&home).await;
}

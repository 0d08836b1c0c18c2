//! Settings of sessions and profiles at the real Hermes: what it offers, what it takes, and for whom it counts.
//!
//! `.ci/run` installs Hermes and runs this; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_settings -- --ignored`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod common;
mod live;

use common::home::Home;
use common::model::Model;
use hermux::base::ids::{ProfileName, SessionId};
use hermux::config::limits::Limits;
use hermux::model::session::{ApprovalMode, Session};
use hermux::model::settings::{Choice, Setting, Topic};
use hermux::proto::{Answer, Command};
use live::Rig;
use std::fs;

fn work() -> ProfileName {
    ProfileName::new("work").unwrap()
}

async fn choices(rig: &mut Rig, session: Option<SessionId>, topic: Topic) -> Vec<Choice> {
    let command = Command::Choices { profile: work(), session, topic, wake: true };
    match rig.ask(command).await {
        Answer::Choices(Some(list)) => list,
        other => panic!("{topic:?}: {other:?}"),
    }
}

async fn set(rig: &mut Rig, session: Option<SessionId>, setting: Setting) {
    let answer = rig.ask(Command::Configure { profile: work(), session, setting: setting.clone() }).await;
    // It may be set with a warning.
    assert!(matches!(answer, Answer::Done | Answer::Output { .. }), "{setting:?}: {answer:?}");
}

fn chosen(list: &[Choice]) -> Vec<&str> {
    list.iter().filter(|choice| choice.on).map(|choice| choice.value.raw()).collect()
}

async fn draft(rig: &mut Rig, home: &Home, profile: &str) -> SessionId {
    let profile = ProfileName::new(profile).unwrap();
    let cwd = home.work().to_string_lossy().into_owned();
    match rig.ask(Command::NewSession { profile, cwd }).await {
        Answer::Opened(session) => session,
        other => panic!("{other:?}"),
    }
}

/// J01, H03, H08, H10: each setting is of the session or of the profile that it was made for, and of no other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Hermes; .ci/run runs it"]
async fn settings_are_taken_and_count_for_whom_they_were_made() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    // A skill to switch, and a second model to choose.
    let skill = home.hermes().join("profiles/work/skills/general/tidy");
    fs::create_dir_all(&skill).unwrap();
    fs::write(skill.join("SKILL.md"), "---\nname: tidy\ndescription: Tidies up.\n---\nTidy.\n").unwrap();
    let config = |profile: &str| fs::read_to_string(home.hermes().join(profile).join("config.yaml")).unwrap();
    let others = config(".");
    let mut rig = Rig::new(&home, Limits::default()).await;
    let session = draft(&mut rig, &home, "work").await;

    let models = choices(&mut rig, Some(session), Topic::Models).await;
    assert_eq!(chosen(&models), ["fake-model"], "{models:?}");
    let provider = models.iter().find(|choice| choice.on).unwrap().group.raw().to_owned();
    let before = config("profiles/work");
    set(&mut rig, Some(session), Setting::Model { model: "fake-mini".into(), provider, confirmed: true })
        .await;
    let has =
        |known: &Session, model: &str| known.info.model.as_ref().is_some_and(|name| name.raw() == model);
    rig.until("the session's model", |world| has(&world.sessions[&session], "fake-mini")).await;
    set(&mut rig, Some(session), Setting::Effort("high".into())).await;
    assert_eq!(chosen(&choices(&mut rig, Some(session), Topic::Effort).await), ["high"]);
    assert_ne!(chosen(&choices(&mut rig, None, Topic::Effort).await), ["high"], "the profile's is its own");
    assert_eq!(config("profiles/work"), before, "what is of a session stays out of the file");

    set(&mut rig, None, Setting::Effort("low".into())).await;
    assert_eq!(chosen(&choices(&mut rig, None, Topic::Effort).await), ["low"]);
    set(&mut rig, None, Setting::Approvals(ApprovalMode::Smart)).await;
    assert_eq!(chosen(&choices(&mut rig, None, Topic::Approvals).await), ["smart"]);
    rig.until("the session shows it", |world| {
        world.sessions[&session].info.approval_mode == Some(ApprovalMode::Smart)
    })
    .await;
    assert_eq!(chosen(&choices(&mut rig, None, Topic::Fast).await), ["normal"]);
    let refused = rig
        .try_ask(Command::Configure { profile: work(), session: None, setting: Setting::Fast(true) })
        .await;
    assert!(refused.is_err(), "this model has no faster tier: {refused:?}");

    let names = choices(&mut rig, None, Topic::Personality).await;
    assert!(names.iter().any(|choice| choice.value.raw() == "none"), "{names:?}");
    let name = names.iter().map(|choice| choice.value.raw()).find(|name| *name != "none").unwrap().to_owned();
    set(&mut rig, None, Setting::Personality(name.clone())).await;
    assert!(config("profiles/work").contains(&name));

    let tools = choices(&mut rig, None, Topic::Toolsets).await;
    let on = tools.iter().find(|choice| choice.on).unwrap().value.raw().to_owned();
    set(&mut rig, None, Setting::Toolset { name: on.clone(), on: false }).await;
    assert!(!chosen(&choices(&mut rig, None, Topic::Toolsets).await).contains(&on.as_str()));
    assert_eq!(chosen(&choices(&mut rig, None, Topic::Skills).await), ["tidy"]);
    set(&mut rig, None, Setting::Skill { name: "tidy".into(), on: false }).await;
    assert!(chosen(&choices(&mut rig, None, Topic::Skills).await).is_empty());

    let elsewhere = home.path().join("tmp");
    set(&mut rig, Some(session), Setting::Directory(elsewhere.to_string_lossy().into_owned())).await;
    rig.until("the session's directory", |world| {
        let cwd = world.sessions[&session].info.cwd.as_ref();
        cwd.is_some_and(|cwd| cwd.raw().ends_with("/tmp"))
    })
    .await;
    assert_eq!(config("."), others, "the other profile is as it was");
    rig.close(&home).await;
}

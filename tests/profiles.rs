//! Profiles made, renamed, described and deleted by a hub with the demo's backends, and what another hand does to their directories.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod attached;
mod common;

use attached::{Hub, Terminal};
use common::seconds;
use hermux::base::ids::ProfileName;
use hermux::model::fleet::NewProfile;
use hermux::model::shelf::Colour;
use hermux::proto::{Answer, Command};
use std::fs;

fn name(name: &str) -> ProfileName {
    ProfileName::new(name).unwrap()
}

fn names(terminal: &Terminal) -> Vec<&str> {
    terminal.mirror.world().profiles.iter().map(|profile| profile.name.as_str()).collect()
}

/// E19, E24, M12, C22: what the demo does with profiles, it does for real, and every terminal sees the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_of_the_demo_lives_and_dies_without_hermes() {
    let hub = Hub::start(&["--pace", "0"]);
    let profiles = hub.dir.path().join("home/profiles");
    let (mut one, mut two) = (Terminal::join(&hub.socket).await, Terminal::join(&hub.socket).await);
    let new = NewProfile {
        name: name("new"),
        clone: Some(name("work")),
        clone_all: false,
        description: "for \"trying\"".to_owned(),
        soul: Some("Be brief.".to_owned()),
    };
    one.ask(Command::CreateProfile(Box::new(new))).await.unwrap();
    assert_eq!(names(&one), ["default", "new", "research", "work"]);
    assert_eq!(fs::read_to_string(profiles.join("new/SOUL.md")).unwrap(), "Be brief.");
    let described = |text: &'static str| {
        move |mirror: &hermux::ui::mirror::Mirror| {
            let known = mirror.world().profile(&name("new")).and_then(|known| known.description.clone());
            known.unwrap_or_default().raw() == text
        }
    };
    two.until("what it is for", described("for \"trying\"")).await;
    one.ask(Command::Describe { profile: name("new"), text: "other".to_owned() }).await.unwrap();
    two.until("the other words", described("other")).await;
    let asked = one.ask(Command::ProfileDetails { profile: name("new") }).await.unwrap();
    let Answer::Details(details) = asked else { panic!("{asked:?}") };
    assert_eq!((details.description.raw(), details.model.is_some(), details.soul), ("other", true, Some(9)));
    one.ask(Command::Recolour { profile: name("new"), colour: Some(Colour(0xff)) }).await.unwrap();
    assert!(fs::read_to_string(profiles.join("new/profile-meta.json")).unwrap().contains("#0000ff"));
    one.ask(Command::RenameProfile { profile: name("new"), to: name("old"), force: false }).await.unwrap();
    assert!(!profiles.join("new").exists() && profiles.join("old").is_dir());
    two.until("the other name", |mirror| mirror.world().profile(&name("old")).is_some()).await;
    let delete = Command::DeleteProfile { profile: name("old"), confirm: name("old"), force: false };
    one.ask(delete).await.unwrap();
    two.until("its end", |mirror| mirror.world().profile(&name("old")).is_none()).await;
    assert!(!profiles.join("old").exists());
    hub.stop().await;
}

/// A profile that comes, moves or goes by another hand is seen within 2 s, without a poll.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_hand_does_is_seen_within_two_seconds() {
    let hub = Hub::start(&["--pace", "0"]);
    let profiles = hub.dir.path().join("home/profiles");
    let mut terminal = Terminal::join(&hub.socket).await;
    let seen = async |terminal: &mut Terminal, profile: &'static str, there: bool| {
        let is =
            |mirror: &hermux::ui::mirror::Mirror| mirror.world().profile(&name(profile)).is_some() == there;
        attached::bounded(profile, seconds(2), terminal.until(profile, is)).await;
    };
    fs::create_dir(profiles.join("theirs")).unwrap();
    seen(&mut terminal, "theirs", true).await;
    let opened = terminal.ask(Command::NewSession { profile: name("theirs"), cwd: "/".to_owned() }).await;
    let Ok(Answer::Opened(session)) = opened else { panic!("{opened:?}") };
    fs::rename(profiles.join("theirs"), profiles.join("moved")).unwrap();
    seen(&mut terminal, "moved", true).await;
    assert_eq!(terminal.mirror.session(session).unwrap().profile, name("moved"));
    fs::remove_dir_all(profiles.join("moved")).unwrap();
    seen(&mut terminal, "moved", false).await;
    assert!(terminal.mirror.session(session).is_none());
    assert_eq!(names(&terminal), ["default", "research", "work"]);
    hub.stop().await;
}

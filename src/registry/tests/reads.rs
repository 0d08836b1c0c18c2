//! Questions to what is stored.

use super::rig::*;
use crate::{
    base::ids::{AskId, ClientId, LineageRoot, ProfileName},
    model::{
        agent::TurnOutcome,
        listing::{Filter, Sort},
        status::Status,
    },
    proto::{Answer, Command, Refusal},
    registry::{Effect, Input, effect::Read},
};
use pretty_assertions::assert_eq;

/// What a command asks of what is stored; nothing else comes of it.
fn read(rig: &mut Rig, command: Command) -> Read {
    match rig.command(command).as_slice() {
        [Effect::Read { client: CLIENT, read, .. }] => read.clone(),
        other => panic!("{other:?}"),
    }
}

fn names(profiles: &[ProfileName]) -> Vec<&str> {
    profiles.iter().map(ProfileName::as_str).collect()
}

/// A19, C02, INV14: nothing that is asked of what is stored wakes a backend, and a page has at most 200 rows.
#[test]
fn what_is_stored_is_read_without_a_backend() {
    let mut rig = Rig::new();
    let work = profile("work");
    let page = Command::Page {
        profile: work.clone(),
        sort: Sort::Recent,
        filter: Filter::default(),
        after: None,
        limit: 900,
    };
    assert!(matches!(read(&mut rig, page), Read::Page { limit: 200, .. }));
    for command in [
        Command::Find { query: "x".into(), profile: None },
        Command::Search { text: "x".into(), profile: None },
        Command::Peek { profile: work.clone(), stored: stored("s1") },
        Command::Locate { id: "s1".into(), near: work.clone() },
        Command::Export { profile: work, stored: stored("s1"), dir: "/tmp".into() },
    ] {
        read(&mut rig, command);
    }
    assert_eq!(rig.ask(Command::StopSearch), Ok(Answer::Done));
}

/// C22: all profiles are asked, or the one that is named; one that is not there is refused.
#[test]
fn a_question_concerns_one_profile_or_all() {
    let mut rig = Rig::new();
    let all = read(&mut rig, Command::Find { query: "x".into(), profile: None });
    assert!(
        matches!(all, Read::Find { profiles, .. } if names(&profiles) == ["default", "research", "work"])
    );
    let one = read(&mut rig, Command::Search { text: "x".into(), profile: Some(profile("work")) });
    assert!(matches!(one, Read::Search { profiles, .. } if names(&profiles) == ["work"]));
    let gone = Command::Find { query: "x".into(), profile: Some(profile("gone")) };
    assert_eq!(rig.ask(gone), Err(Refusal::NoProfile));
}

/// D08, D09: a link is understood in each of its forms; its own profile is looked at first, then the one that it stands in, then
/// every other.
#[test]
fn a_link_is_looked_for_in_its_profile_first_and_then_in_all() {
    let mut rig = Rig::new();
    for (id, order) in [
        ("s1", ["work", "default", "research"]),
        ("@session:s1", ["work", "default", "research"]),
        ("research/s1", ["research", "work", "default"]),
        (" @session:research/s1 ", ["research", "work", "default"]),
        ("gone/s1", ["work", "default", "research"]),
    ] {
        let asked = read(&mut rig, Command::Locate { id: id.into(), near: profile("work") });
        let Read::Locate { id: found, profiles } = asked else { panic!("{asked:?}") };
        assert_eq!((found.as_str(), names(&profiles).as_slice()), ("s1", &order[..]), "{id}");
    }
    // D10: what can be no id is nowhere.
    let nowhere = Command::Locate { id: "no id".into(), near: profile("work") };
    assert_eq!(rig.ask(nowhere), Ok(Answer::Located(None)));
}

/// I11: the rank of what is found knows how the open sessions stand.
#[test]
fn a_find_is_told_how_the_open_sessions_stand() {
    let mut rig = Rig::new();
    rig.running("work", "aa");
    let asked = read(&mut rig, Command::Find { query: "x".into(), profile: None });
    let Read::Find { open, .. } = asked else { panic!("{asked:?}") };
    let root = LineageRoot::new("stored_aa").unwrap();
    assert_eq!(open, [(profile("work"), root, Status::Working)]);
}

/// C11: a change on disk is told to every terminal by one number; the end of a turn has the hub look for one.
#[test]
fn what_changed_on_disk_is_told_by_a_number() {
    let mut rig = Rig::new();
    let listing = |rig: &Rig, name| rig.reg.world().profile(&profile(name)).unwrap().listing;
    rig.run(Input::StoreChanged { profile: profile("work") });
    assert_eq!((listing(&rig, "work"), listing(&rig, "default")), (1, 0));
    rig.run(Input::StoreChanged { profile: profile("gone") });
    rig.profiles(&["default", "research", "work"]);
    assert_eq!(listing(&rig, "work"), 1, "it is kept");
    rig.running("work", "aa");
    let effects = rig.fact("work", "aa", ended(TurnOutcome::Complete, None));
    assert!(effects.contains(&Effect::Reread { profile: profile("work") }), "{effects:?}");
}

/// What was read goes to the terminal that asked, and to no other.
#[test]
fn an_answer_goes_to_whoever_asked() {
    let mut rig = Rig::new();
    let hits = Answer::Hits { hits: vec![], done: false, problems: vec![] };
    assert!(hits.is_piece());
    let input = Input::Answered { client: ClientId(5), ask: AskId(9), answer: Ok(hits.clone()) };
    assert_eq!(rig.run(input), [Effect::Answer { client: ClientId(5), ask: AskId(9), answer: hits }]);
    let reason = Refusal::Superseded;
    let input = Input::Answered { client: ClientId(5), ask: AskId(9), answer: Err(reason.clone()) };
    assert_eq!(rig.run(input), [Effect::Refuse { client: ClientId(5), ask: AskId(9), reason }]);
}

//! What a profile is for, its soul, and the end of hermux while one is being changed.

use super::fleet::{delete, done, new, seen, told};
use super::rig::*;
use crate::{
    base::{clock::Tick, ids::CallId},
    model::{
        agent::{Reply, Rest},
        fleet::NewProfile,
        profile::BackendState,
    },
    proto::{Answer, Command, Refusal},
    registry::{Effect, Input},
};

fn requests(effects: &[Effect]) -> Vec<(CallId, Rest)> {
    let of = |effect: &Effect| match effect {
        Effect::Rest { call, what, .. } => Some((*call, what.clone())),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

/// E19, J01: what a profile is for and its soul are written by its own backend, which is woken for it; and the last step of a making
/// that fails leaves a profile, and a word.
#[test]
fn a_profiles_words_are_written_by_its_own_backend() {
    let mut rig = Rig::new();
    let describe = Command::Describe { profile: profile("work"), text: " for\nwork ".into() };
    let effects = rig.command(describe);
    assert_eq!((starts(&effects), told(&effects)), (1, vec![]));
    rig.state("work", BackendState::Waking { since: Tick(0), slow: false, line: "".into() });
    let effects = rig.up("work");
    let [(call, Rest::Describe { profile: to, text })] = &requests(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((to, text.as_str()), (&profile("work"), "for work"));
    assert_eq!(told(&rig.reply(*call, Reply::Done)), [Ok(Answer::Done)]);
    let effects = rig.command(Command::WriteSoul { profile: profile("work"), text: "s".into() });
    let [(call, Rest::Soul { .. })] = &requests(&effects)[..] else { panic!("{effects:?}") };
    let refused = Reply::Failed { code: 500, message: "no room".into() };
    assert_eq!(told(&rig.reply(*call, refused.clone())), [Err(Refusal::Backend("no room".into()))]);
    // With a new one.
    let effects =
        rig.command(Command::CreateProfile(Box::new(NewProfile { soul: Some("s".into()), ..new("play") })));
    let effects = done(&mut rig, &effects, seen(&["default", "play", "research", "work"]));
    assert_eq!((starts(&effects), told(&effects)), (1, vec![]), "not yet all that it should be");
    rig.state("play", BackendState::Waking { since: Tick(0), slow: false, line: "".into() });
    let effects = rig.up("play");
    let [(call, Rest::Soul { text, .. })] = &requests(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(text, "s");
    assert_eq!(told(&rig.reply(*call, refused)), [Ok(Answer::Done)]);
    let notice = rig.reg.world().notices.last().unwrap();
    assert!(
        notice.what.raw().contains("play was made, but its SOUL.md was not written: no room"),
        "{notice:?}"
    );
}

/// The end waits for what is under way: half a profile is none.
#[test]
fn hermux_does_not_end_in_the_middle_of_an_operation() {
    let mut rig = Rig::new();
    let effects = rig.command(delete("work", false));
    assert!(!rig.run(Input::Ending).contains(&Effect::Exit));
    assert!(done(&mut rig, &effects, seen(&["default", "research"])).contains(&Effect::Exit));
}

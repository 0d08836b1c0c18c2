//! Settings of sessions and profiles.

use super::rig::*;
use crate::{
    base::{clock::Tick, ids::SessionId},
    model::{
        agent::{Call, Reply},
        profile::BackendState,
        session::ApprovalMode,
        settings::{Choice, Setting, Topic},
    },
    proto::{Answer, Command, Refusal},
    registry::Effect,
};

fn choices(rig: &mut Rig, name: &str, session: Option<SessionId>, wake: bool) -> Vec<Effect> {
    rig.command(Command::Choices { profile: profile(name), session, topic: Topic::Models, wake })
}

fn configure(name: &str, session: Option<SessionId>, setting: Setting) -> Command {
    Command::Configure { profile: profile(name), session, setting }
}

fn told(effects: &[Effect]) -> Vec<Answer> {
    let answers = effects.iter().filter_map(|effect| match effect {
        Effect::Answer { answer, .. } => Some(answer.clone()),
        _ => None,
    });
    answers.collect()
}

fn refused(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Refuse { .. }))
}

fn model(confirmed: bool) -> Setting {
    Setting::Model { model: "m".into(), provider: "p".into(), confirmed }
}

/// J01, J03: what a list shows in passing wakes nobody; a person who opens it does.
#[test]
fn only_an_explicit_wish_wakes_a_backend_for_its_settings() {
    let mut rig = Rig::new();
    let effects = choices(&mut rig, "work", None, false);
    assert_eq!((starts(&effects), told(&effects)), (0, vec![Answer::Choices(None)]));
    let effects = choices(&mut rig, "work", None, true);
    assert_eq!((starts(&effects), told(&effects)), (1, vec![]));
    let effects = rig.up("work");
    let call = call_of(&effects, |what| matches!(what, Call::Choices { live: None, topic: Topic::Models }));
    let list = vec![Choice { value: "m".into(), on: true, ..Choice::default() }];
    let effects = rig.reply(call, Reply::Choices(list.clone()));
    assert_eq!(told(&effects), [Answer::Choices(Some(list))]);
}

/// J01: a session's model is set at its own backend and for it alone; what Hermes keeps for a profile names no session.
#[test]
fn a_setting_goes_to_the_session_or_to_the_profile_it_is_of() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.command(configure("work", Some(session), model(false)));
    let made = calls_of(&effects);
    assert_eq!(
        made.iter().map(|(_, what)| what.clone()).collect::<Vec<_>>(),
        [Call::Configure { live: Some(live("aa")), setting: model(false) }]
    );
    let effects = rig.command(configure("work", Some(session), Setting::Approvals(ApprovalMode::Off)));
    assert!(
        calls_of(&effects).iter().any(|(_, what)| *what
            == Call::Configure { live: None, setting: Setting::Approvals(ApprovalMode::Off) })
    );
    let other = rig.ask(configure("research", Some(session), model(false)));
    assert_eq!(other, Err(Refusal::NoSession));
}

#[test]
fn a_model_that_wants_to_be_confirmed_is_not_set() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let effects = rig.command(configure("work", Some(session), model(false)));
    let call = call_of(&effects, |what| matches!(what, Call::Configure { .. }));
    let effects = rig.reply(call, Reply::Unconfirmed("dear".into()));
    assert_eq!(told(&effects), [Answer::Unconfirmed("dear".into())]);
}

#[test]
fn a_backend_that_does_not_come_leaves_no_asker_waiting() {
    let mut rig = Rig::new();
    choices(&mut rig, "work", None, true);
    rig.state("work", BackendState::Waking { since: Tick(0), slow: false, line: "".into() });
    assert!(refused(&rig.state("work", BackendState::Cold)));
    let mut rig = Rig::new();
    rig.ready("work", "aa");
    choices(&mut rig, "work", None, true);
    assert!(refused(&rig.down("work", true)));
}

#[test]
fn a_word_that_is_a_flag_or_two_words_is_never_sent() {
    let mut rig = Rig::new();
    rig.ready("work", "aa");
    for bad in ["--global", "a b", "", "a\nb", &"x".repeat(600)] {
        let setting = Setting::Model { model: bad.to_owned(), provider: "p".into(), confirmed: false };
        assert_eq!(rig.ask(configure("work", None, setting)), Err(Refusal::BadSetting), "{bad}");
    }
    let setting = Setting::Directory("relative".into());
    assert_eq!(rig.ask(configure("work", None, setting)), Err(Refusal::BadSetting));
}

/// DECISIONS 18: a draft begins where the person says, without a backend.
#[test]
fn the_directory_of_a_draft_is_changed_where_it_stands() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    let effects = rig.command(configure("work", Some(session), Setting::Directory("/elsewhere".into())));
    assert_eq!((starts(&effects), calls_of(&effects).len()), (0, 0));
    assert_eq!(rig.session(session).info.cwd, Some("/elsewhere".into()));
    let session = rig.ready("work", "aa");
    let effects = rig.command(configure("work", Some(session), Setting::Directory("/w".into())));
    assert!(calls_of(&effects).iter().any(|(_, what)| matches!(what, Call::Configure { live: Some(_), .. })));
}

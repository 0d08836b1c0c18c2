//! Profiles and their backends.

use super::rig::*;
use crate::{
    base::{clock::Tick, text::Untrusted},
    model::{
        agent::{Call, InfoFact, Link, Reply},
        message::MessageState,
        profile::{BackendState, Profile, Stuck, StuckReason},
    },
    proto::{Command, Refusal},
    registry::{Effect, Input},
};

fn waking() -> BackendState {
    BackendState::Waking { since: Tick(1), slow: false, line: Untrusted::default() }
}

fn retrying(attempt: u32) -> BackendState {
    BackendState::Retrying { attempt, at: Tick(9), why: "refused".into() }
}

fn stuck() -> BackendState {
    BackendState::Stuck(Box::new(Stuck {
        reason: StuckReason::CrashLoop,
        what: "it keeps ending".into(),
        does: "hermux waits".into(),
        can: "Press r.".into(),
        log: vec![],
    }))
}

pub(super) fn stops(effects: &[Effect]) -> Vec<String> {
    let stops = effects.iter().filter_map(|effect| match effect {
        Effect::StopBackend { profile } => Some(profile.to_string()),
        _ => None,
    });
    stops.collect()
}

/// INV23, A04, K09.
#[test]
fn one_episode_of_trouble_is_one_notice() {
    let mut rig = Rig::new();
    rig.ready("work", "aa");
    rig.down("work", false);
    for attempt in 1..=20 {
        rig.state("work", retrying(attempt));
    }
    let notices = |rig: &Rig| rig.reg.world().notices.iter().map(|notice| notice.id).collect::<Vec<_>>();
    let first = notices(&rig);
    assert_eq!(first.len(), 1);
    rig.command(Command::DismissNotice { notice: first[0] });
    rig.state("work", retrying(21));
    assert_eq!(notices(&rig), []);
    // That it got worse is said, in the same place; that it is over takes it away.
    rig.state("work", stuck());
    assert_eq!(notices(&rig), first);
    rig.up("work");
    assert_eq!(notices(&rig), []);
    rig.down("work", false);
    rig.state("work", retrying(1));
    assert_eq!(notices(&rig).len(), 1);
    assert_ne!(notices(&rig), first);
}

/// Nothing is lost when a backend cannot start: the text is in its session and in the composer.
#[test]
fn a_backend_that_cannot_start_gives_the_texts_back() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "hi");
    rig.state("work", waking());
    rig.state("work", stuck());
    assert_eq!(rig.last(session).state, MessageState::Refused("it keeps ending".into()));
    assert_eq!(rig.session(session).draft.text(), "hi");
    assert_eq!(rig.reg.world().notices.len(), 1);
    // The next send asks for another try.
    assert_eq!(starts(&rig.send(session, "hi")), 1);
}

/// A text that waits through a retry is sent when the backend is there.
#[test]
fn a_text_waits_through_a_retry() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.down("work", true);
    rig.state("work", retrying(1));
    rig.send(session, "next");
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    assert_eq!(submits(&rig.reply(resume, built("bb", None))), ["next"]);
}

/// DECISIONS 25.
#[test]
fn a_profile_that_another_hermux_holds_can_only_be_read() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.state("work", BackendState::Elsewhere("pid 7".into()));
    let refused = Err(Refusal::Elsewhere(profile("work")));
    assert_eq!(rig.ask(Command::Send { session, text: "hi".to_owned(), reference: reference() }), refused);
    // Only the person's own wish tries whether it is free by now.
    assert_eq!(starts(&rig.command(Command::Wake { profile: profile("work") })), 1);
    assert_eq!(
        starts(&rig.command(Command::OpenStored { profile: profile("work"), stored: stored("s") })),
        0
    );
}

/// A14, A20, INV20, M13: one profile, one backend.
/// A03.
#[test]
fn a_single_profile_has_one_backend() {
    let mut rig = Rig::new();
    rig.run(Input::ProfilesSeen(vec![Profile::new(profile("default"), "/home")].into()));
    assert_eq!(rig.reg.world().profiles.len(), 1);
    let session = rig.draft("default");
    let mut effects = rig.send(session, "hi");
    effects.extend(rig.command(Command::Wake { profile: profile("default") }));
    assert_eq!(starts(&effects), 1);
}

/// DECISIONS 20: turns, processes, sessions, then the process.
#[test]
fn a_stop_on_purpose_settles_everything_first() {
    let mut rig = Rig::new();
    let running = rig.running("work", "aa");
    let refused = rig.ask(Command::StopBackend { profile: profile("work"), force: false });
    assert_eq!(refused, Err(Refusal::Running));
    let effects = rig.command(Command::StopBackend { profile: profile("work"), force: true });
    let calls = calls_of(&effects);
    let what: Vec<_> = calls.iter().map(|(_, what)| what.clone()).collect();
    let expected =
        [Call::Interrupt { live: live("aa") }, Call::StopProcesses, Call::Close { live: live("aa") }];
    assert_eq!(what, expected);
    assert_eq!(stops(&effects), Vec::<String>::new());
    let mut last = Vec::new();
    for (call, _) in calls {
        assert_eq!(stops(&last), Vec::<String>::new());
        last = rig.reply(call, Reply::Lost);
    }
    assert_eq!(stops(&last), ["work"]);
    // A text sent meanwhile waits, and has it started again.
    rig.send(running, "next");
    rig.state("work", BackendState::Stopping);
    rig.down("work", true);
    let effects = rig.state("work", BackendState::Cold);
    assert_eq!(rig.reg.world().notices, [], "what was to be is no news");
    assert_eq!(starts(&effects), usize::from(rig.session(running).queue.is_empty()));
}

/// INV19, A11, A12: the least recently used idle one makes room.
#[test]
fn an_idle_backend_makes_room_when_the_pool_is_full() {
    let mut rig = Rig::new();
    let names = ["default", "a", "b", "c", "d"];
    rig.run(Input::ProfilesSeen(names.map(|name| Profile::new(profile(name), "/home")).to_vec().into()));
    rig.ready("a", "aa");
    rig.running("b", "bb");
    rig.ready("c", "cc");
    let effects = rig.command(Command::Wake { profile: profile("d") });
    assert_eq!((starts(&effects), calls_of(&effects).len()), (1, 0), "all are fresh: the bound is exceeded");
    rig.state("d", BackendState::Cold);
    rig.wait(95_000);
    let effects = rig.command(Command::Wake { profile: profile("d") });
    assert_eq!(starts(&effects), 1);
    let asked: Vec<_> = calls_of(&effects).into_iter().map(|(_, what)| what).collect();
    assert_eq!(asked, [Call::Processes { live: None }], "one goes, and is asked first");
    let effects = rig.processes(&effects, 0, 0);
    let mut last = Vec::new();
    for (call, what) in calls_of(&effects) {
        assert!(!matches!(what, Call::Interrupt { .. }), "nothing that works is stopped");
        last = rig.reply(call, Reply::Done);
    }
    assert_eq!(stops(&last), ["a"]);
}

/// ASK-79: a backend that is another profile's is not used.
#[test]
fn a_backend_of_another_profile_is_stopped() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "hi");
    let create = call_of(&rig.up("work"), |what| matches!(what, Call::Create { .. }));
    let info = InfoFact { profile: Some("default".to_owned()), ..InfoFact::default() };
    let effects = rig.reply(create, built("aa", Some(&|built| built.info = info.clone())));
    assert_eq!(submits(&effects), Vec::<String>::new());
    assert_eq!(rig.reg.world().notices.len(), 1);
    assert!(rig.reg.wires.get(&profile("work")).unwrap().ending);
}

/// hermux ends: what runs is interrupted, and when the last backend has had its time, it may go.
#[test]
fn ending_waits_for_every_farewell() {
    let mut rig = Rig::new();
    rig.running("work", "aa");
    rig.ready("research", "rr");
    let effects = rig.run(Input::Ending);
    let exits = |effects: &[Effect]| effects.iter().filter(|effect| **effect == Effect::Exit).count();
    assert_eq!(exits(&effects), 0);
    let mut count = 0;
    for (call, _) in calls_of(&effects) {
        assert_eq!(count, 0);
        count += exits(&rig.reply(call, Reply::Lost));
    }
    assert_eq!(count, 1);
    assert_eq!(rig.ask(Command::Wake { profile: profile("work") }), Err(Refusal::Ending));
    assert_eq!(exits(&Rig::new().run(Input::Ending)), 1, "with no backend at once");
}

/// A link of nobody changes nothing.
#[test]
fn a_link_of_an_unknown_profile_is_logged() {
    let mut rig = Rig::new();
    let effects = rig.run(Input::Link { profile: profile("nosuch"), link: Link::State(BackendState::Live) });
    assert!(matches!(effects[..], [Effect::Log { .. }]));
}

/// Whether a provider is configured is asked until it is.
#[test]
fn a_backend_is_asked_for_its_provider_until_it_has_one() {
    let mut rig = Rig::new();
    for (answer, asked) in [(Reply::ProviderConfigured(false), true), (Reply::ProviderConfigured(true), true)]
    {
        let effects = rig.up("work");
        assert_eq!(calls_of(&effects).iter().any(|(_, what)| *what == Call::Setup), asked);
        rig.reply(call_of(&effects, |what| *what == Call::Setup), answer);
        rig.down("work", true);
    }
    assert_eq!(rig.reg.world().profile(&profile("work")).unwrap().provider, Some(true));
    assert_eq!(calls_of(&rig.up("work")), []);
}

/// UX-34: what keeps a profile from working is told before anything is asked of it, and nothing is started for that.
#[test]
fn a_draft_has_its_profile_looked_at_without_a_start() {
    let mut rig = Rig::new();
    let looks = |effects: &[Effect]| {
        effects.iter().filter(|e| matches!(e, Effect::Look { profile } if profile.as_str() == "work")).count()
    };
    let effects = rig.command(Command::NewSession { profile: profile("work"), cwd: String::new() });
    assert_eq!((looks(&effects), starts(&effects)), (1, 0));
    // One that is used again may be an earlier hub's, or what was wrong may be mended.
    let effects = rig.command(Command::NewSession { profile: profile("work"), cwd: String::new() });
    assert_eq!((looks(&effects), starts(&effects)), (1, 0));
    let looked = |stuck, store| Input::Looked { profile: profile("work"), stuck, store };
    rig.run(looked(Some(stuck()), Some("damaged".into())));
    let work = |rig: &Rig| rig.reg.world().profile(&profile("work")).unwrap().clone();
    assert_eq!((work(&rig).backend, work(&rig).store), (stuck(), Some("damaged".into())));
    assert_eq!(rig.reg.world().notices, [], "the page of the draft says it");
    // A backend that was asked for meanwhile tells of itself.
    rig.state("work", waking());
    rig.run(looked(Some(stuck()), None));
    assert_eq!((work(&rig).backend, work(&rig).store), (waking(), None));
}

/// A config that Hermes cannot read is told, and a start anew takes the mended one.
#[test]
fn a_config_that_hermes_ignores_is_told_until_the_backend_begins_anew() {
    let mut rig = Rig::new();
    rig.draft("work");
    rig.up("work");
    rig.run(Input::Link { profile: profile("work"), link: Link::BadConfig("line 2".into()) });
    rig.state("work", BackendState::Live);
    let told = |rig: &Rig| {
        let config = rig.reg.world().profile(&profile("work")).unwrap().config.is_some();
        (config, rig.reg.world().notices.len())
    };
    assert_eq!(told(&rig), (true, 1));
    rig.command(Command::Wake { profile: profile("work") });
    rig.run(Input::Timer);
    rig.down("work", true);
    let effects = rig.state("work", BackendState::Cold);
    assert_eq!(starts(&effects), 1);
    rig.state("work", waking());
    assert_eq!(told(&rig), (false, 0));
}

/// Whether there is a provider by now is asked when the person wants to know, and when a text is taken all the same.
#[test]
fn a_missing_provider_is_asked_for_again() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    let setups = |effects: &[Effect]| {
        effects.iter().filter(|e| matches!(e, Effect::Call { what: Call::Setup, .. })).count()
    };
    let effects = rig.up("work");
    rig.state("work", BackendState::Live);
    rig.reply(call_of(&effects, |what| matches!(what, Call::Setup)), Reply::ProviderConfigured(false));
    let effects = rig.command(Command::Wake { profile: profile("work") });
    assert_eq!((setups(&effects), starts(&effects)), (1, 0));
    let create = call_of(&rig.send(session, "hi"), |what| matches!(what, Call::Create { .. }));
    let submit = call_of(&rig.reply(create, built("aa", None)), |what| matches!(what, Call::Submit { .. }));
    let effects = rig.reply(submit, Reply::Submitted(crate::model::agent::Submitted::Streaming));
    assert_eq!(setups(&effects), 1);
    rig.reply(call_of(&effects, |what| matches!(what, Call::Setup)), Reply::ProviderConfigured(true));
    assert_eq!(setups(&rig.command(Command::Wake { profile: profile("work") })), 0);
}

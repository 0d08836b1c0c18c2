//! Profiles that are made, renamed and deleted, and those that come, move and go by another hand.

use super::{backends::stops, rig::*, shelf::root};
use crate::{
    base::{
        clock::WallMs,
        ids::{ClientId, SessionId},
        name::NameProblem,
    },
    model::{
        agent::{Fact, Reply},
        draft::Piece,
        fleet::{NewProfile, Operation, Place, Seen},
        profile::{BackendState, Profile},
        shelf::Colour,
        terminal::TerminalInfo,
    },
    proto::{Answer, Command, Refusal},
    registry::{Effect, Input},
};

pub(super) fn delete(name: &str, force: bool) -> Command {
    Command::DeleteProfile { profile: profile(name), confirm: profile(name), force }
}

fn rename(from: &str, to: &str) -> Command {
    Command::RenameProfile { profile: profile(from), to: profile(to), force: false }
}

pub(super) fn new(name: &str) -> NewProfile {
    NewProfile { name: profile(name), clone: None, clone_all: false, description: String::new(), soul: None }
}

pub(super) fn seen(names: &[&str]) -> Seen {
    let of = |name: &&str| Profile::new(profile(name), "/home");
    names.iter().map(of).collect::<Vec<_>>().into()
}

/// What is on the disk, each directory where `places` says.
fn placed(places: &[(&str, u64)]) -> Seen {
    let names: Vec<_> = places.iter().map(|(name, _)| *name).collect();
    let place = |(name, inode): &(&str, u64)| (profile(name), Place { device: 1, inode: *inode });
    Seen { places: places.iter().map(place).collect(), ..seen(&names) }
}

fn operations(effects: &[Effect]) -> Vec<(u64, Operation)> {
    let of = |effect: &Effect| match effect {
        Effect::Operate { id, operation } => Some((*id, operation.clone())),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

pub(super) fn told(effects: &[Effect]) -> Vec<Result<Answer, Refusal>> {
    let of = |effect: &Effect| match effect {
        Effect::Answer { answer, .. } => Some(Ok(answer.clone())),
        Effect::Refuse { reason, .. } => Some(Err(reason.clone())),
        _ => None,
    };
    effects.iter().filter_map(of).collect()
}

fn names(rig: &Rig) -> Vec<&str> {
    rig.reg.world().profiles.iter().map(|profile| profile.name.as_str()).collect()
}

fn looks(effects: &[Effect]) -> Vec<u64> {
    effects
        .iter()
        .filter_map(|effect| if let Effect::Discover { look } = effect { Some(*look) } else { None })
        .collect()
}

fn typed(rig: &mut Rig, session: SessionId, text: &str) {
    let pieces = vec![Piece::Text(text.to_owned())];
    rig.command(Command::SaveDraft { session, pieces, base: 0 });
}

/// The backend of a profile says goodbye, and is gone.
fn ends(rig: &mut Rig, name: &str, effects: &[Effect]) -> Vec<Effect> {
    let mut last = effects.to_vec();
    for (call, _) in calls_of(effects) {
        last = rig.reply(call, Reply::Lost);
    }
    assert_eq!(stops(&last), [name], "what runs is settled first");
    rig.state(name, BackendState::Stopping);
    rig.down(name, true);
    rig.state(name, BackendState::Cold)
}

pub(super) fn done(rig: &mut Rig, effects: &[Effect], seen: Seen) -> Vec<Effect> {
    let [(id, _)] = &operations(effects)[..] else { panic!("{effects:?}") };
    rig.run(Input::Operated { id: *id, result: Ok(()), seen: Some(seen) })
}

/// E19: what cannot be made is refused with the reason before anything is started.
#[test]
fn a_profile_is_made_once_its_name_and_its_source_are_sound() {
    let mut rig = Rig::new();
    let refused =
        |rig: &mut Rig, new: NewProfile| rig.ask(Command::CreateProfile(Box::new(new))).unwrap_err();
    assert_eq!(refused(&mut rig, new("work")), Refusal::Name(NameProblem::Taken(profile("work"))));
    assert_eq!(refused(&mut rig, new("tmp")), Refusal::Name(NameProblem::Reserved("tmp".into())));
    let clone = NewProfile { clone: Some(profile("nobody")), ..new("x") };
    assert_eq!(refused(&mut rig, clone), Refusal::NoProfile);
    let long = NewProfile { description: "x".repeat(2_001), ..new("x") };
    assert_eq!(refused(&mut rig, long), Refusal::TooLong);
    let wanted = NewProfile {
        clone: Some(profile("work")),
        clone_all: true,
        description: " for\n\u{7}play\t ".into(),
        ..new("play")
    };
    let effects = rig.command(Command::CreateProfile(Box::new(wanted.clone())));
    let [(_, Operation::Create(made))] = &operations(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(**made, NewProfile { description: "for play".into(), ..wanted }, "a line of words");
    assert_eq!(told(&effects), []);
    let busy = rig.ask(Command::CreateProfile(Box::new(new("other"))));
    assert_eq!(busy, Err(Refusal::Changing(profile("play"))), "one after the other");
    let effects = done(&mut rig, &effects, seen(&["default", "play", "research", "work"]));
    assert_eq!(told(&effects), [Ok(Answer::Done)]);
    assert_eq!(
        names(&rig),
        ["default", "play", "research", "work"],
        "it is there when its maker hears of it"
    );
    assert_eq!(starts(&effects), 0);
}

/// E31: the disk decides, and Hermes' words are told.
#[test]
fn what_the_disk_does_not_show_was_not_done() {
    let all = ["default", "research", "work"];
    let mut rig = Rig::new();
    let mut ask = |command: Command, result: Result<(), &str>, after: &[&str]| {
        let effects = rig.command(command);
        let [(id, _)] = &operations(&effects)[..] else { panic!("{effects:?}") };
        let result = result.map_err(Into::into);
        let effects = rig.run(Input::Operated { id: *id, result, seen: Some(seen(after)) });
        let [Err(Refusal::Hermes(words))] = &told(&effects)[..] else { panic!("{effects:?}") };
        (words.raw().to_owned(), names(&rig).into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let (words, names) = ask(delete("work", false), Ok(()), &all);
    assert!(words.contains("its directory is there again"), "{words}");
    assert_eq!(names, all);
    assert_eq!(ask(delete("work", false), Err("no"), &all).0, "no");
    assert_eq!(ask(rename("work", "play"), Err("taken"), &all).0, "taken");
    assert!(ask(rename("work", "play"), Ok(()), &all).0.contains("say otherwise"));
    assert!(ask(Command::CreateProfile(Box::new(new("play"))), Ok(()), &all).0.contains("is not there"));
    // Half of it may be there: it is shown, and that it failed is said.
    let more = ["default", "play", "research", "work"];
    let (words, names) = ask(Command::CreateProfile(Box::new(new("play"))), Err("interrupted"), &more);
    assert_eq!((words.as_str(), names.len()), ("interrupted", 4));
}

/// F05, K05: whoever asks, `default` stays, the name was confirmed, and running turns end only by force.
#[test]
fn a_profile_is_deleted_only_as_it_was_confirmed() {
    let mut rig = Rig::new();
    assert_eq!(rig.ask(delete("default", true)), Err(Refusal::Default));
    assert_eq!(rig.ask(rename("default", "x")), Err(Refusal::Default));
    assert_eq!(rig.ask(rename("work", "default")), Err(Refusal::Name(NameProblem::Default)));
    assert_eq!(rig.ask(delete("nobody", false)), Err(Refusal::NoProfile));
    let other =
        Command::DeleteProfile { profile: profile("work"), confirm: profile("research"), force: true };
    assert_eq!(rig.ask(other), Err(Refusal::NotConfirmed));
    let session = rig.running("work", "aa");
    rig.running("research", "bb");
    let Err(Refusal::AtWork(at_work)) = rig.ask(delete("work", false)) else { panic!() };
    assert_eq!(at_work.iter().map(|at| at.session).collect::<Vec<_>>(), [session], "of this profile alone");
    let effects = rig.command(delete("work", true));
    assert_eq!(operations(&effects), [], "nothing is touched while it runs");
    rig.state("work", BackendState::Elsewhere("process 7".into()));
    let mut rig = Rig::new();
    rig.state("work", BackendState::Elsewhere("process 7".into()));
    assert_eq!(rig.ask(delete("work", true)), Err(Refusal::Elsewhere(profile("work"))));
}

/// F03, F04, F05, F06, INV21, M10, CHECK 58: the active profile is deleted with its backend running: first the backend goes, then the
/// directory, and whatever is late finds nobody.
#[test]
fn deleting_the_active_profile_leaves_everyone_in_default() {
    let mut rig = Rig::new();
    let (other, far) = (ClientId(2), ClientId(3));
    for client in [CLIENT, other, far] {
        rig.run(Input::ClientJoined { client, terminal: Some(TerminalInfo::default()) });
    }
    let session = rig.running("work", "aa");
    let elsewhere = rig.draft("research");
    let ask = |client, session| Input::Command {
        client,
        ask: crate::base::ids::AskId(900),
        command: Command::Focus { session },
        wall: WallMs(7),
    };
    for (client, session) in [(CLIENT, session), (other, session), (far, elsewhere)] {
        rig.run(ask(client, session));
    }
    typed(&mut rig, session, "not sent");
    let late = looks(&rig.run(Input::ProfilesChanged));
    let effects = rig.command(delete("work", true));
    assert_eq!(rig.ask(Command::Wake { profile: profile("work") }), Err(Refusal::Changing(profile("work"))));
    let effects = ends(&mut rig, "work", &effects);
    assert_eq!(operations(&effects).len(), 1);
    assert_eq!(starts(&effects), 0, "nothing may write into it now");
    assert_eq!(starts(&rig.send(session, "meanwhile")), 0);
    let still = rig.run(Input::ProfilesSeen(seen(&["default", "research"])));
    assert_eq!((still, names(&rig).len()), (Vec::new(), 3), "a look in the middle says nothing");
    let effects = done(&mut rig, &effects, seen(&["default", "research"]));
    assert_eq!(told(&effects), [Ok(Answer::Done)]);
    assert_eq!(names(&rig), ["default", "research"]);
    let world = rig.reg.world();
    assert!(world.sessions.values().all(|known| known.profile != profile("work")));
    assert!(world.tabs.iter().all(|tab| world.sessions.contains_key(tab)));
    let shown: Vec<_> = effects
        .iter()
        .filter_map(|effect| {
            if let Effect::Show { client, session } = effect { Some((*client, *session)) } else { None }
        })
        .collect();
    let [(CLIENT, fresh), (two, same)] = shown[..] else { panic!("{shown:?}") };
    assert_eq!((two, same), (other, fresh), "whoever was in it, and nobody else");
    assert!(world.sessions[&fresh].profile.is_default() && world.sessions[&fresh].draft.is_empty());
    // What is late.
    let effects =
        rig.run(Input::ProfilesSeen(Seen { look: late[0], ..seen(&["default", "research", "work"]) }));
    assert_eq!(names(&rig), ["default", "research"], "a look from before is not believed");
    assert_eq!(looks(&effects).len(), 1, "but another one is taken");
    for late in [BackendState::Live, BackendState::Cold] {
        rig.state("work", late);
    }
    rig.down("work", true);
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(names(&rig), ["default", "research"]);
    // One that is made under the name later begins anew.
    rig.run(Input::ProfilesSeen(Seen { look: u64::MAX, ..seen(&["default", "research", "work"]) }));
    assert_eq!(rig.reg.world().profile(&profile("work")).unwrap().backend, BackendState::Cold);
}

/// F05: nothing that the person wrote goes with a profile; what becomes of it is said.
#[test]
fn texts_of_a_deleted_profile_are_drafts_of_default() {
    let mut rig = Rig::new();
    let queued = rig.running("work", "aa");
    rig.send(queued, "in the queue");
    typed(&mut rig, queued, "being typed");
    let drafted = rig.draft("work");
    typed(&mut rig, drafted, "only typed");
    rig.draft("work");
    let effects = rig.command(delete("work", true));
    let effects = ends(&mut rig, "work", &effects);
    done(&mut rig, &effects, seen(&["default", "research"]));
    let world = rig.reg.world();
    let mut drafts: Vec<String> = world.sessions.values().map(|known| known.draft.text()).collect();
    drafts.sort();
    drafts.retain(|text| !text.is_empty());
    assert_eq!(drafts, ["in the queue\n\nbeing typed", "only typed"]);
    assert!(world.sessions.values().all(|known| known.profile.is_default() && known.queue.is_empty()));
    let notice = world.notices.last().unwrap();
    assert!(
        notice.does.raw().contains("2 texts") && notice.does.raw().contains("profile default"),
        "{notice:?}"
    );
}

/// What was arranged of it goes with it, and the next hub knows nothing of it either.
#[test]
fn what_was_arranged_of_a_deleted_profile_is_forgotten() {
    let mut rig = Rig::new();
    rig.command(Command::NewSession { profile: profile("work"), cwd: "/w".into() });
    rig.ask(Command::Pin { profile: profile("work"), lineage: root("a"), on: true }).unwrap();
    rig.ask(Command::OrderProfiles { order: vec![profile("work"), profile("default")] }).unwrap();
    rig.ask(Command::Recolour { profile: profile("work"), colour: Some(Colour(7)) }).unwrap();
    let effects = rig.command(delete("work", false));
    done(&mut rig, &effects, seen(&["default", "research"]));
    let world = rig.reg.world();
    assert_eq!((world.shelf.order.clone(), world.directories.len()), (vec![profile("default")], 0));
    assert!(world.shelf.pins.is_empty() && world.shelf.colours.is_empty());
}

/// M12: under its other name a profile is what it was: sessions, tabs, drafts, queues, pins, order, colour, directory.
#[test]
fn everything_of_a_profile_moves_to_its_other_name() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    let draft = rig.opened(Command::NewSession { profile: profile("work"), cwd: "/w".into() });
    typed(&mut rig, draft, "typed");
    let lineage = rig.session(session).lineage.clone();
    rig.ask(Command::Pin { profile: profile("work"), lineage: root("a"), on: true }).unwrap();
    rig.ask(Command::OrderProfiles { order: vec![profile("work"), profile("default")] }).unwrap();
    rig.ask(Command::Recolour { profile: profile("work"), colour: Some(Colour(7)) }).unwrap();
    let tabs = rig.reg.world().tabs.clone();
    let effects = rig.command(rename("work", "play"));
    let effects = ends(&mut rig, "work", &effects);
    // A text that is sent while it moves waits, and finds its way there.
    rig.send(session, "meanwhile");
    let effects = done(&mut rig, &effects, seen(&["default", "play", "research"]));
    assert_eq!(told(&effects), [Ok(Answer::Done)]);
    assert!(effects.contains(&Effect::StartBackend { profile: profile("play") }), "{effects:?}");
    let world = rig.reg.world();
    assert_eq!(names(&rig), ["play", "default", "research"], "where it stood");
    assert_eq!(world.tabs, tabs);
    assert_eq!(
        (&world.sessions[&session].profile, &world.sessions[&session].lineage),
        (&profile("play"), &lineage)
    );
    assert_eq!(world.sessions[&draft].draft.text(), "typed");
    assert_eq!(world.directories[&profile("play")], "/w");
    assert!(world.shelf.is_pinned(&profile("play"), &root("a")));
    assert_eq!(world.profile(&profile("play")).unwrap().colour, Some(Colour(7)));
    let stored = rig.session(session).stored.clone().unwrap();
    let again = rig.opened(Command::OpenStored { profile: profile("play"), stored });
    assert_eq!(again, session, "it is found under its stored id");
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(names(&rig), ["play", "default", "research"]);
}

/// A profile that hermux was started with stays that one under its other name, and is `default` when it is gone.
#[test]
fn the_profile_of_the_start_is_followed() {
    let mut rig = Rig::started_in("work");
    let effects = rig.command(rename("work", "play"));
    done(&mut rig, &effects, seen(&["default", "play", "research"]));
    assert_eq!(*rig.reg.primary(), profile("play"));
    rig.run(Input::ProfilesSeen(Seen { look: u64::MAX, ..seen(&["default", "research"]) }));
    assert!(rig.reg.primary().is_default());
    assert_eq!(rig.reg.world().tabs.len(), 1, "there is always a tab");
}

/// Profiles come, move and go by another hand: a backend in one is stopped before anything is made of it, so that it makes nothing anew.
#[test]
fn what_another_hand_does_to_a_profile_is_taken_up() {
    let mut rig = Rig::new();
    let mut look = 1 << 40;
    let mut see = |rig: &mut Rig, seen: Seen| {
        look += 1;
        rig.run(Input::ProfilesSeen(Seen { look, ..seen }))
    };
    see(&mut rig, placed(&[("default", 1), ("research", 2), ("work", 3)]));
    let session = rig.ready("work", "aa");
    // The same directory under another name.
    let moved = placed(&[("default", 1), ("play", 3), ("research", 2)]);
    let effects = see(&mut rig, moved.clone());
    assert_eq!(names(&rig), ["default", "research", "work"], "not while its backend runs");
    let effects = ends(&mut rig, "work", &effects);
    assert_eq!(looks(&effects).len(), 1, "what it is then is seen then");
    see(&mut rig, moved);
    assert_eq!(names(&rig), ["default", "play", "research"]);
    assert_eq!(rig.session(session).profile, profile("play"));
    // Gone, and at the same time another one came.
    typed(&mut rig, session, "mine");
    see(&mut rig, placed(&[("default", 1), ("new", 9), ("research", 2)]));
    assert_eq!(names(&rig), ["default", "new", "research"]);
    let world = rig.reg.world();
    assert!(world.sessions.values().any(|known| known.profile.is_default() && known.draft.text() == "mine"));
    assert!(world.notices.last().unwrap().what.raw().contains("something else removed it"));
}

/// E31, E24: a colour that cannot be written is not shown, and why is told; the last of several is the one that stays.
#[test]
fn a_colour_that_cannot_be_written_goes_back() {
    let mut rig = Rig::new();
    let recolour = |rgb: u32| Command::Recolour { profile: profile("work"), colour: Some(Colour(rgb)) };
    rig.ask(recolour(1)).unwrap();
    let colour = |rig: &Rig| rig.reg.world().profile(&profile("work")).unwrap().colour;
    let paint = |effects: &[Effect]| {
        effects.iter().find_map(|effect| if let Effect::Paint { id, .. } = effect { Some(*id) } else { None })
    };
    let input = |rgb| Input::Command {
        client: CLIENT,
        ask: crate::base::ids::AskId(900 + u64::from(rgb)),
        command: recolour(rgb),
        wall: WallMs(7),
    };
    let first = paint(&rig.step(input(2)).effects).unwrap();
    let second = rig.step(input(3)).effects;
    assert_eq!((paint(&second), colour(&rig)), (None, Some(Colour(3))), "one after the other");
    let effects = rig.step(Input::Painted { id: first, result: Err("read-only".into()) }).effects;
    assert_eq!(told(&effects), [Err(Refusal::NotWritten("read-only".into()))]);
    assert_eq!(colour(&rig), Some(Colour(3)));
    let second = paint(&effects).unwrap();
    rig.step(Input::Painted { id: second, result: Err("read-only".into()) });
    assert_eq!(colour(&rig), Some(Colour(1)), "what was on the disk all the time");
    assert_eq!(rig.reg.world().shelf.colours[&profile("work")], Colour(1));
}

//! What the person arranges, and that it stays so.

use super::{rig::*, tabs::loaded};
use crate::{
    base::{
        clock::WallMs,
        ids::{LineageRoot, StoredId},
    },
    model::{
        agent::{Fact, InfoFact},
        kept::Kept,
        profile::Profile,
        shelf::{Colour, ListPrefs, Shelf},
        terminal::TerminalInfo,
    },
    proto::{Answer, Command, Refusal},
    registry::Input,
};

pub(super) fn root(id: &str) -> LineageRoot {
    LineageRoot::new(id).unwrap()
}

fn names(rig: &Rig) -> Vec<&str> {
    rig.reg.world().profiles.iter().map(|profile| profile.name.as_str()).collect()
}

fn pins(rig: &Rig, name: &str) -> Vec<String> {
    let pins = rig.reg.world().shelf.pins.get(&profile(name));
    pins.into_iter().flatten().map(|pin| pin.as_str().to_owned()).collect()
}

fn pin(name: &str, lineage: &str, on: bool) -> Command {
    Command::Pin { profile: profile(name), lineage: root(lineage), on }
}

/// INV25, E03, E05.
#[test]
fn ordered_profiles_come_first_and_new_ones_by_name_after_them() {
    let mut rig = Rig::empty();
    rig.profiles(&["work", "default", "archive"]);
    assert_eq!(names(&rig), ["default", "archive", "work"], "nothing is ordered: default, then by name");
    let order = vec![profile("work"), profile("gone"), profile("work"), profile("default")];
    assert_eq!(rig.ask(Command::OrderProfiles { order }), Ok(Answer::Done));
    assert_eq!(names(&rig), ["work", "default", "archive"]);
    assert_eq!(rig.reg.world().shelf.order.len(), 3, "no name twice");
    rig.profiles(&["archive", "default", "gone", "blue", "work"]);
    assert_eq!(
        names(&rig),
        ["work", "gone", "default", "archive", "blue"],
        "one that comes back has its place"
    );
    let order = vec![profile("work"); 1_001];
    assert_eq!(rig.ask(Command::OrderProfiles { order }), Err(Refusal::TooMany));
}

/// E17.
#[test]
fn the_persons_colour_wins_over_the_one_of_the_directory() {
    let mut rig = Rig::new();
    let seen = |colour: Option<u32>| {
        let work = Profile {
            colour: colour.map(Colour),
            description: Some("for work".into()),
            ..Profile::new(profile("work"), "/home")
        };
        Input::ProfilesSeen(vec![Profile::new(profile("default"), "/home"), work].into())
    };
    rig.run(seen(Some(1)));
    let colour = |rig: &Rig| rig.reg.world().profile(&profile("work")).unwrap().colour;
    assert_eq!(colour(&rig), Some(Colour(1)));
    let recolour =
        |colour: Option<u32>| Command::Recolour { profile: profile("work"), colour: colour.map(Colour) };
    rig.ask(recolour(Some(0xff00_0002))).unwrap();
    assert_eq!(colour(&rig), Some(Colour(2)), "only red, green and blue of it");
    rig.run(seen(Some(3)));
    assert_eq!(colour(&rig), Some(Colour(2)));
    rig.ask(recolour(None)).unwrap();
    assert_eq!(colour(&rig), None, "Auto takes it out of the directory, too (E16)");
    rig.run(seen(Some(4)));
    assert_eq!(colour(&rig), Some(Colour(4)), "without one of the person's own the directory says");
    let description = rig.reg.world().profile(&profile("work")).unwrap().description.clone();
    assert_eq!(description, Some("for work".into()));
    let nobody = Command::Recolour { profile: profile("nobody"), colour: None };
    assert_eq!(rig.ask(nobody), Err(Refusal::NoProfile));
}

/// C18.
#[test]
fn pins_are_in_their_order_and_of_one_profile_alone() {
    let mut rig = Rig::new();
    for lineage in ["b", "a", "b"] {
        rig.ask(pin("work", lineage, true)).unwrap();
    }
    rig.ask(pin("default", "a", true)).unwrap();
    assert_eq!((pins(&rig, "work"), pins(&rig, "default")), (vec!["b".into(), "a".into()], vec!["a".into()]));
    rig.ask(pin("work", "b", false)).unwrap();
    rig.ask(pin("default", "a", false)).unwrap();
    assert_eq!((pins(&rig, "work"), pins(&rig, "default")), (vec!["a".into()], Vec::new()));
    assert!(!rig.reg.world().shelf.pins.contains_key(&profile("default")));
    assert_eq!(rig.ask(pin("nobody", "a", true)), Err(Refusal::NoProfile));
}

/// C18, I09, INV12: a session is compressed in the background: its row, its tab, its draft and its pin are found as before.
#[test]
fn a_pin_outlives_every_change_of_the_stored_id() {
    let mut rig = Rig::new();
    rig.run(Input::ClientJoined { client: CLIENT, terminal: Some(TerminalInfo::default()) });
    let session = rig.ready("work", "l1");
    let shown = rig.draft("default");
    rig.command(Command::Focus { session: shown });
    let lineage = rig.session(session).lineage.clone().unwrap();
    let command = Command::Pin { profile: profile("work"), lineage: lineage.clone(), on: true };
    rig.ask(command).unwrap();
    let tabs = rig.reg.world().tabs.clone();
    for tip in ["tip_2", "tip_3"] {
        let info = InfoFact { stored: StoredId::new(tip), running: Some(false), ..InfoFact::default() };
        rig.fact("work", "l1", Fact::Info(Box::new(info)));
        let known = rig.session(session);
        assert_eq!((known.stored.as_ref().unwrap().as_str(), known.lineage.as_ref()), (tip, Some(&lineage)));
        assert!(rig.reg.world().shelf.is_pinned(&profile("work"), &lineage));
        let open = Command::OpenStored { profile: profile("work"), stored: stored(tip) };
        assert_eq!(rig.opened(open), session, "the new row is this session");
    }
    assert_eq!(rig.reg.world().tabs, tabs);
    assert_eq!(rig.reg.last_shown(), Some(shown), "the pane does not go anywhere");
}

/// C18: a session that was opened in the middle of its chain turns out to have begun earlier.
#[test]
fn a_pin_moves_to_the_root_when_it_becomes_known() {
    let mut rig = Rig::new();
    let open = Command::OpenStored { profile: profile("work"), stored: stored("tip") };
    let session = rig.opened(open);
    rig.ask(pin("work", "tip", true)).unwrap();
    rig.ask(pin("work", "other", true)).unwrap();
    rig.run(Input::Loaded { session, loaded: loaded("tip", "first") });
    assert_eq!(pins(&rig, "work"), ["first", "other"]);
}

/// E04, C18: a new hub begins with what was arranged.
#[test]
fn what_was_arranged_is_taken_up_by_the_next_hub() {
    let shelf = Shelf {
        pins: [(profile("gone"), vec![root("a")])].into(),
        order: vec![profile("work")],
        colours: [(profile("work"), Colour(7))].into(),
        list: ListPrefs { open: true, ..ListPrefs::default() },
    };
    let mut rig = Rig::empty();
    let kept = Kept { shelf: shelf.clone(), ..Kept::default() };
    rig.run(Input::Restored { kept: Ok(Box::new(kept)), wall: WallMs(1) });
    rig.profiles(&["default", "research", "work"]);
    assert_eq!(rig.reg.world().shelf, shelf, "of a profile that is not there, too: it may come back");
    assert_eq!(names(&rig), ["work", "default", "research"]);
    assert_eq!(rig.reg.world().profiles[0].colour, Some(Colour(7)));
}

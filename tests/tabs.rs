//! Tabs: going back through them, opening closed ones again, closing the others, what does not fit.

mod stage;

use hermux::base::ids::{SessionId, StoredId};
use hermux::model::patch::Patch;
use hermux::model::world::World;
use hermux::proto::command::CloseRunning;
use hermux::proto::{Answer, Command};
use hermux::ui::events::{Input, Mouse, MouseDeed};
use hermux::ui::state::Hit;
use hermux::ui::state::layer::Layer;
use stage::Stage;
use stage::worlds::{add, busy, name, session, three_profiles};

fn many(count: u64) -> World {
    let mut world = three_profiles();
    for id in 1..=count {
        let profile = if id.is_multiple_of(2) { "work" } else { "default" };
        add(&mut world, session(id, profile, &format!("Session {id}")));
    }
    world
}

fn stage(world: World, shown: u64) -> Stage {
    let mut stage = Stage::showing(world, shown, (80, 24));
    stage.draw();
    stage.commands();
    stage
}

fn closes(stage: &mut Stage) -> Vec<(u64, CloseRunning)> {
    let of = |command| match command {
        Command::CloseTab { session, running } => Some((session.0, running)),
        _ => None,
    };
    stage.commands().into_iter().filter_map(of).collect()
}

/// ASK-36: the order stands still while somebody walks, a list shows where they are, and what they stay at is the newest.
#[test]
fn tabs_are_walked_in_the_order_in_which_they_were_shown() {
    let mut stage = stage(many(5), 1);
    stage.keys("alt-4 alt-2 alt-5");
    let shown = |stage: &Stage| stage.ui.active.unwrap().0;
    let mut seen = Vec::new();
    for _ in 0..5 {
        stage.keys("ctrl-x left");
        seen.push(shown(&stage));
    }
    assert_eq!(seen, [2, 4, 1, 3, 5]);
    stage.keys("ctrl-x left");
    let screen = stage.draw();
    assert!(screen.contains("Shown last") && screen.contains("2 of 5"), "{screen}");
    stage.keys("ctrl-x right");
    assert_eq!(shown(&stage), 5);
    stage.keys("ctrl-x left ctrl-x left");
    assert_eq!(shown(&stage), 4);
    stage.wait(2_000);
    assert!(!stage.draw().contains("Shown last"), "it closes by itself");
    stage.keys("ctrl-x left");
    assert_eq!(shown(&stage), 5, "4 is the newest now, and 5 was before it");
    stage.type_text("x");
    stage.keys("ctrl-x l");
    assert_eq!(shown(&stage), 4, "typing ends a walk; the tab before is where it began");
}

/// A walk opens nothing and wakes nothing by itself.
#[test]
fn a_walk_only_shows() {
    let mut stage = stage(many(3), 1);
    stage.keys("ctrl-x left");
    let only = stage.commands().into_iter().all(|command| {
        matches!(command, Command::Focus { .. } | Command::Watch { .. } | Command::MarkRead { .. })
    });
    assert!(only);
    let mut alone = self::stage(many(1), 1);
    alone.keys("ctrl-x left");
    assert!(alone.draw().contains("There is no other tab"));
}

/// G12: the newest first; one that is open again meanwhile is passed over.
#[test]
fn closed_tabs_open_again_in_turn() {
    let mut stage = stage(many(4), 2);
    let gone = |stage: &mut Stage, id: u64| {
        let tabs = stage.mirror.world().tabs.iter().copied().filter(|tab| tab.0 != id).collect();
        stage.patch(vec![Patch::Tabs(tabs), Patch::SessionRemoved(SessionId(id))]);
    };
    stage.keys("ctrl-x w");
    gone(&mut stage, 2);
    stage.keys("alt-2 ctrl-x w");
    gone(&mut stage, 3);
    stage.commands();
    let open = |id: u64| Command::OpenStored {
        profile: name(if id.is_multiple_of(2) { "work" } else { "default" }),
        stored: StoredId::new(&format!("20261121_0300{id:02}_abcdef")).unwrap(),
    };
    stage.keys("ctrl-x T");
    assert_eq!(stage.commands(), [open(3)]);
    stage.keys("ctrl-x T");
    assert_eq!(stage.commands(), [open(2)]);
    stage.keys("ctrl-x T");
    assert!(stage.commands().is_empty());
    assert!(stage.draw().contains("No tab was closed here"));
    // A close that came to nothing.
    stage.keys("alt-1 ctrl-x w ctrl-x T");
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::OpenStored { .. })));
}

/// G05: idle ones just close; those at work are named, once, for all of them.
#[test]
fn closing_the_others_asks_once_and_names_what_runs() {
    let close = |stage: &mut Stage| {
        stage.keys("ctrl-p");
        stage.type_text("close all other");
        stage.commands();
        stage.keys("enter");
    };
    let mut idle = stage(many(3), 2);
    close(&mut idle);
    assert_eq!(closes(&mut idle), [(1, CloseRunning::Ask), (3, CloseRunning::Ask)]);
    for (key, running) in [("s", Some(CloseRunning::Stop)), ("k", Some(CloseRunning::Keep)), ("c", None)] {
        let mut stage = stage(busy(), 1);
        close(&mut stage);
        assert!(closes(&mut stage).is_empty());
        let screen = stage.draw();
        for named in ["Migrate the database is still at work", "Clean up is still at work"] {
            assert!(screen.contains(named), "{screen}");
        }
        stage.keys(key);
        let want: Vec<_> = running.into_iter().flat_map(|running| [(2, running), (3, running)]).collect();
        assert_eq!(closes(&mut stage), want, "{key}");
    }
    let mut typed = stage(many(2), 2);
    typed.type_text("not sent");
    typed.keys("alt-1");
    close(&mut typed);
    assert!(matches!(typed.ui.layer, Some(Layer::Dialog(_))));
    assert!(typed.draw().contains("has a text that was not sent"));
}

/// G01: where tabs do not fit the active one is in view, the rest is counted, and a click on a count goes there.
#[test]
fn tabs_that_do_not_fit_are_counted_and_reached() {
    let mut stage = stage(many(40), 1);
    let row = |stage: &mut Stage| stage.draw().lines().next().unwrap().to_owned();
    assert!(row(&mut stage).contains('›'), "{}", row(&mut stage));
    for _ in 0..39 {
        let shown = stage.ui.active.unwrap().0;
        assert!(row(&mut stage).contains(&format!("▎{shown}")), "{}", row(&mut stage));
        stage.keys("alt-.");
    }
    assert_eq!(stage.ui.active, Some(SessionId(40)));
    let row = row(&mut stage);
    assert!(row.starts_with('‹'), "{row}");
    let hidden: u64 = row.trim_start_matches('‹').split(' ').next().unwrap().parse().unwrap();
    for deed in [MouseDeed::Press, MouseDeed::Release] {
        stage.input(Input::Mouse(Mouse { column: 0, row: 0, deed }));
    }
    assert_eq!(stage.ui.active, Some(SessionId(hidden)));
    assert!(stage.ui.hits.iter().any(|(_, hit)| *hit == Hit::NewTab));
}

/// INV14, G11: two opens before either is answered are one tab, and both show it.
#[test]
fn a_second_open_before_the_first_is_answered_shows_the_same_session() {
    let mut stage = stage(many(2), 1);
    let first = stage.asked().len();
    for _ in 0..2 {
        stage.keys("ctrl-p");
        stage.type_text("session 2");
        stage.keys("enter");
    }
    assert!(stage.asked().len() > first);
    assert_eq!(stage.ui.active, Some(SessionId(2)));
    assert_eq!(stage.mirror.world().tabs.len(), 2);
}

/// H01: said once, it holds for new sessions of that profile alone; empty is forgotten.
#[test]
fn the_working_directory_of_a_profile_is_set_and_cleared() {
    let mut stage = stage(many(2), 2);
    let set = |stage: &mut Stage, text: &str| {
        stage.keys("ctrl-p");
        stage.type_text("working directory");
        stage.keys("enter ctrl-u");
        stage.type_text(text);
        stage.commands();
        stage.keys("enter");
        let directory = text.to_owned();
        let want = Command::SetDirectory { profile: name("work"), directory };
        assert!(stage.asked().iter().any(|(_, command)| *command == want));
        stage.answer_last(Answer::Done);
        stage.done.clear();
    };
    let begun = |stage: &mut Stage| {
        stage.keys("ctrl-x n");
        let cwd = |command| match command {
            Command::NewSession { cwd, .. } => Some(cwd),
            _ => None,
        };
        stage.commands().into_iter().find_map(cwd).unwrap()
    };
    set(&mut stage, "/srv/site");
    assert_eq!(begun(&mut stage), "/srv/site");
    assert!(stage.draw().contains("work in /srv/site"));
    set(&mut stage, "");
    assert_eq!(begun(&mut stage), "/home/me/code");
    set(&mut stage, "/srv/site");
    stage.keys("alt-1");
    assert_eq!(begun(&mut stage), "/home/me/code", "of another profile");
}

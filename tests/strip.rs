//! The strip, its gestures and the dialogs of profiles: (screen, keys and mouse) → (commands, screen), on a simulated clock.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod stage;

use hermux::base::clock::Tick;
use hermux::base::ids::{AskId, SessionId};
use hermux::model::fleet::NewProfile;
use hermux::model::patch::Patch;
use hermux::model::profile::Profile;
use hermux::model::shelf::ListPrefs;
use hermux::proto::command::CloseRunning;
use hermux::proto::{Answer, Command, Refusal, Update};
use hermux::ui::action::{Action, Edited};
use hermux::ui::events::MouseDeed;
use hermux::ui::state::layer::Layer;
use hermux::ui::state::{Hit, swatch};
use hermux::ui::theme::{Depth, Shade, Theme};
use hermux::ui::update;
use stage::Stage;
use stage::worlds::{add, busy, name, session, un};

const SIZE: (u16, u16) = (100, 30);

fn stage() -> Stage {
    let mut stage = Stage::showing(busy(), 2, SIZE);
    stage.draw();
    stage.commands();
    stage
}

fn closes(stage: &mut Stage) -> Vec<CloseRunning> {
    let of = |command| match command {
        Command::CloseTab { running, .. } => Some(running),
        _ => None,
    };
    stage.commands().into_iter().filter_map(of).collect()
}

/// K05: Enter and Space take the marked answer; where something would be lost it is the safe one at first; Tab and arrows move the mark,
/// letters and clicks answer at once, Esc cancels.
#[test]
fn a_question_is_answered_from_anywhere_in_it_and_harms_nobody_by_enter_alone() {
    let rows: [(&str, &[CloseRunning]); 11] = [
        ("enter", &[]),
        ("space", &[]),
        ("esc", &[]),
        ("s", &[CloseRunning::Stop]),
        ("k", &[CloseRunning::Keep]),
        ("up enter", &[CloseRunning::Keep]),
        ("tab space", &[CloseRunning::Stop]),
        ("right right enter", &[CloseRunning::Keep]),
        ("left left enter", &[CloseRunning::Stop]),
        ("down down down enter", &[]),
        ("shift-tab enter", &[CloseRunning::Keep]),
    ];
    for (keys, said) in rows {
        let mut stage = stage();
        stage.keys("ctrl-x w");
        let shown = stage.draw();
        assert!(shown.contains("› c  cancel"), "{keys}: the mark is not on the safe answer\n{shown}");
        stage.keys(keys);
        assert_eq!(closes(&mut stage), said, "{keys}");
        assert!(stage.ui.layer.is_none(), "{keys}");
    }
    let mut stage = stage();
    stage.keys("ctrl-x w");
    stage.click(&Hit::Option(1));
    assert_eq!(closes(&mut stage), [CloseRunning::Keep]);
}

/// K05: what loses nothing is confirmed by Enter at once.
#[test]
fn a_harmless_question_is_marked_on_its_answer() {
    let mut stage = stage();
    let mut world = stage.mirror.world().clone();
    world.sessions.get_mut(&SessionId(2)).unwrap().info.yolo = true;
    stage.welcome(world, Some(2));
    stage.commands();
    stage.ui.layer = None;
    stage.keys("ctrl-p");
    stage.type_text("approval bypass");
    stage.keys("enter");
    assert!(matches!(stage.ui.layer, Some(Layer::Dialog(_))));
    stage.commands();
    stage.keys("enter");
    assert_eq!(stage.commands(), [Command::SetYolo { session: SessionId(2), on: false }]);
}

// --- gestures on the strip -----------------------------------------------------------------------------------------

/// `default` and four named profiles; `work` is shown.
fn five() -> Stage {
    let mut world = busy();
    for extra in ["music", "taxes"] {
        world.profiles.push(Profile::new(name(extra), "/home/me/.hermes"));
    }
    let mut stage = Stage::showing(world, 2, SIZE);
    stage.draw();
    stage.commands();
    stage
}

fn order(names: &[&str]) -> Command {
    Command::OrderProfiles {
        order: std::iter::once("default").chain(names.iter().copied()).map(name).collect(),
    }
}

fn last_row(stage: &mut Stage) -> String {
    stage.draw().lines().last().unwrap_or_default().to_owned()
}

/// E03, E04, E06, E12: a drag moves the chip place by place while it goes on, and is said to the hub once, when it ends.
#[test]
fn a_chip_is_dragged_to_another_place() {
    let mut stage = five();
    let (from, row) = stage.place_of(&Hit::Profile(name("research")));
    let (to, _) = stage.place_of(&Hit::Profile(name("taxes")));
    stage.mouse(MouseDeed::Press, from + 2, row);
    stage.mouse(MouseDeed::Drag, to + 2, row);
    let shown = last_row(&mut stage);
    assert!(shown.contains('↔') && shown.find("taxes") < shown.find("research"), "{shown}");
    assert_eq!(stage.commands(), [], "nothing is said while it is carried");
    stage.mouse(MouseDeed::Release, to + 2, row);
    assert_eq!(stage.commands(), [order(&["work", "music", "taxes", "research"])]);
    let shown = last_row(&mut stage);
    assert!(shown.find("taxes") < shown.find("research"), "the order stays until the hub has it: {shown}");
    assert!(!shown.contains('↔'), "{shown}");
}

/// E07, E09: other rows mean nothing, and it goes no further than the last chip.
#[test]
fn a_drag_ignores_rows_and_stays_among_the_chips() {
    let mut stage = five();
    let (from, row) = stage.place_of(&Hit::Profile(name("work")));
    stage.mouse(MouseDeed::Press, from + 2, row);
    stage.mouse(MouseDeed::Drag, SIZE.0 - 1, 3);
    stage.mouse(MouseDeed::Release, SIZE.0 - 1, 0);
    assert_eq!(stage.commands(), [order(&["research", "music", "taxes", "work"])]);
    stage.mouse(MouseDeed::Press, from + 2, row);
    stage.mouse(MouseDeed::Drag, 0, row);
    stage.mouse(MouseDeed::Release, 0, row);
    assert_eq!(stage.commands(), [], "the first one is first already");
}

/// E31: an order that the hub does not take is not shown any longer, and that is said.
#[test]
fn an_order_that_is_refused_is_rolled_back() {
    let mut stage = five();
    stage.keys("ctrl-x O >");
    let (ask, command) = stage.asked().last().cloned().unwrap();
    assert_eq!(command, order(&["research", "work", "music", "taxes"]));
    stage.hear(Update::Refused { ask, reason: Refusal::NoHub });
    let shown = stage.draw();
    assert!(shown.contains("The profiles stay in their order"), "{shown}");
    let row = last_row(&mut stage);
    assert!(row.find("work") < row.find("research"), "{row}");
}

/// E06, E14, E15: a short press selects, a long one recolours, a drag does neither; a click after a hold does nothing.
#[test]
fn select_recolour_and_reorder_are_three_gestures() {
    let mut stage = five();
    let (x, row) = stage.place_of(&Hit::Profile(name("research")));
    stage.mouse(MouseDeed::Press, x + 2, row);
    stage.wait(449);
    assert!(stage.ui.layer.is_none());
    stage.mouse(MouseDeed::Release, x + 2, row);
    assert!(
        matches!(stage.commands().as_slice(), [Command::NewSession { profile, .. }] if *profile == name("research"))
    );

    stage.mouse(MouseDeed::Press, x + 2, row);
    stage.wait(450);
    assert!(matches!(&stage.ui.layer, Some(Layer::Swatch(open)) if open.profile == name("research")));
    stage.mouse(MouseDeed::Release, x + 2, row);
    assert!(matches!(stage.ui.layer, Some(Layer::Swatch(_))), "the trailing click is none");
    assert_eq!(stage.commands(), []);
    stage.keys("esc");

    stage.mouse(MouseDeed::Press, x + 2, row);
    stage.mouse(MouseDeed::Drag, x + 3, row);
    stage.wait(2_000);
    assert!(stage.ui.layer.is_none(), "a drag cancels the hold");
    stage.mouse(MouseDeed::Release, x + 2, row);
    assert_eq!(stage.commands(), [], "brought back to where it was");
}

#[test]
fn escape_puts_a_dragged_chip_back() {
    let mut stage = five();
    let (from, row) = stage.place_of(&Hit::Profile(name("work")));
    stage.mouse(MouseDeed::Press, from + 2, row);
    stage.mouse(MouseDeed::Drag, from + 30, row);
    stage.keys("esc");
    stage.mouse(MouseDeed::Release, from + 30, row);
    assert_eq!(stage.commands(), []);
    assert!(last_row(&mut stage).find("work") < last_row(&mut stage).find("research"));
}

/// E10: the wheel over the strip scrolls its chips and nothing else; elsewhere it scrolls the transcript.
#[test]
fn the_wheel_over_the_strip_scrolls_it() {
    let mut world = busy();
    for n in 0..9 {
        world.profiles.push(Profile::new(name(&format!("project-{n}-of-many")), "/home/me/.hermes"));
    }
    let mut stage = Stage::showing(world, 2, (60, 24));
    let first = |stage: &mut Stage| {
        stage.draw();
        let of = |(_, hit): &(_, Hit)| match hit {
            Hit::Profile(name) if !name.is_default() => Some(name.to_string()),
            _ => None,
        };
        stage.ui.hits.iter().find_map(of).unwrap()
    };
    assert_eq!(first(&mut stage), "work");
    let row = stage.areas.strip.y;
    stage.mouse(MouseDeed::WheelDown, 20, row);
    assert_eq!(first(&mut stage), "research");
    stage.mouse(MouseDeed::WheelRight, 20, row);
    assert_eq!(first(&mut stage), "project-0-of-many");
    stage.mouse(MouseDeed::WheelDown, 20, 5);
    assert_eq!(first(&mut stage), "project-0-of-many");
    for _ in 0..30 {
        stage.mouse(MouseDeed::WheelDown, 20, row);
    }
    assert!(stage.draw().lines().last().unwrap().contains('‹'));
    stage.mouse(MouseDeed::WheelUp, 20, row);
    stage.mouse(MouseDeed::WheelLeft, 20, row);
    for _ in 0..30 {
        stage.mouse(MouseDeed::WheelUp, 20, row);
    }
    assert_eq!(first(&mut stage), "work");
}

/// E13: the right button opens the menu; a click beside it closes it and does nothing else.
#[test]
fn the_right_button_opens_the_menu_of_a_profile() {
    let mut stage = five();
    let (x, row) = stage.place_of(&Hit::Profile(name("taxes")));
    stage.mouse(MouseDeed::RightPress, x + 2, row);
    let shown = stage.draw();
    assert!(shown.contains("rename…") && shown.contains("delete…"), "{shown}");
    stage.mouse(MouseDeed::Press, 2, 5);
    stage.mouse(MouseDeed::Release, 2, 5);
    assert!(stage.ui.layer.is_none());
    assert_eq!(stage.commands(), []);
    // The default profile is nobody's to rename, recolour or delete.
    let (x, row) = stage.place_of(&Hit::Profile(name("default")));
    stage.mouse(MouseDeed::RightPress, x, row);
    let shown = stage.draw();
    assert!(
        shown.contains("new session") && !shown.contains("rename…") && !shown.contains("delete…"),
        "{shown}"
    );
}

// --- keys on the strip ---------------------------------------------------------------------------------------------

/// E03, E13, E14: everything that the mouse can do has a key; the profile in question is the one that is marked.
#[test]
fn the_strip_needs_no_mouse() {
    let mut stage = five();
    stage.keys("ctrl-x O right");
    assert!(last_row(&mut stage).contains("›○ research"), "{}", last_row(&mut stage));
    stage.keys("<");
    assert_eq!(stage.commands(), [order(&["research", "work", "music", "taxes"])]);
    stage.keys("c");
    assert!(matches!(&stage.ui.layer, Some(Layer::Swatch(open)) if open.profile == name("research")));
    stage.keys("esc m");
    assert!(stage.draw().contains("─ research ─"));
    stage.keys("esc r");
    assert!(stage.draw().contains("Rename research"));
    stage.keys("esc D");
    assert!(stage.draw().contains("Delete research?"));
    stage.keys("esc n");
    let fresh = |command: &Command| matches!(command, Command::NewSession { profile, .. } if *profile == name("research"));
    assert!(stage.commands().iter().any(fresh));
    stage.keys("ctrl-x O esc");
    stage.type_text("h");
    assert_eq!(stage.composed(), "h", "the keys are the composer's again");
}

/// E01, C08: home, from there all profiles, and back; a profile that is selected leaves the list of all.
#[test]
fn the_toggle_goes_home_and_from_there_to_all_profiles() {
    let mut stage = five();
    stage.click(&Hit::Scope);
    assert!(
        matches!(stage.commands().as_slice(), [Command::NewSession { profile, .. }] if profile.is_default())
    );
    stage.keys("alt-1");
    stage.commands();
    stage.click(&Hit::Scope);
    let all = ListPrefs { open: true, all: true, ..ListPrefs::default() };
    let arranged = |stage: &mut Stage, prefs: &ListPrefs| {
        stage.commands().contains(&Command::Arrange(Box::new(prefs.clone())))
    };
    assert!(arranged(&mut stage, &all));
    assert!(last_row(&mut stage).contains('≡'));
    stage.click(&Hit::Profile(name("research")));
    assert!(arranged(&mut stage, &ListPrefs { all: false, ..all.clone() }));
    assert!(last_row(&mut stage).contains('⌂'));
}

/// E01, E18, E21, E22, E23: with one profile only home and "+"; the rest is there with the second.
#[test]
fn one_profile_has_only_its_home_and_a_way_to_another() {
    let mut world = busy();
    world.profiles.truncate(1);
    world.sessions.retain(|_, session| session.profile.is_default());
    world.tabs.truncate(1);
    let mut stage = Stage::showing(world, 1, SIZE);
    stage.draw();
    assert!(last_row(&mut stage).starts_with(" ⌂ ●  +"));
    let here = |stage: &Stage, wanted: &Hit| stage.ui.hits.iter().any(|(_, hit)| hit == wanted);
    assert!(
        !here(&stage, &Hit::Manage)
            && !here(&stage, &Hit::Scope)
            && !here(&stage, &Hit::Profile(name("default")))
    );
    stage.click(&Hit::CreateProfile);
    assert!(stage.draw().contains("─ New profile ─"));
    let stage = five();
    assert!(here(&stage, &Hit::Manage) && here(&stage, &Hit::Scope) && here(&stage, &Hit::CreateProfile));
}

/// E01: with many profiles the strip is a list that opens, and still says that somebody waits.
#[test]
fn more_than_thirteen_profiles_are_a_list() {
    let mut world = busy();
    for n in 0..11 {
        world.profiles.push(Profile::new(name(&format!("p{n}")), "/home/me/.hermes"));
    }
    let mut stage = Stage::showing(world, 1, SIZE);
    let row = last_row(&mut stage);
    assert!(row.contains("▾ 14 profiles 1! 2▸"), "{row}");
    stage.click(&Hit::AllProfiles);
    assert!(matches!(stage.ui.layer, Some(Layer::Palette(_))));
}

// --- colours -------------------------------------------------------------------------------------------------------

/// E14, E16, E31: what is marked is shown at once and everywhere, what is left is as it was, what is taken is the hub's to show.
#[test]
fn a_colour_is_worn_while_it_is_looked_at_and_kept_only_when_it_is_taken() {
    let mut stage = five();
    stage.theme = Theme::named("dark", Shade::Dark, Depth::True).unwrap();
    let colour = |stage: &mut Stage| {
        let (x, y) = stage.place_of(&Hit::Profile(name("research")));
        stage.buffer()[(x + 3, y)].fg
    };
    let before = colour(&mut stage);
    stage.keys("ctrl-x O right c down down");
    let tried = swatch::colour(4).unwrap();
    let lime = stage.theme.shown(tried.rgb()).fg.unwrap();
    assert_eq!(colour(&mut stage), lime, "tried on");
    stage.keys("esc");
    assert_eq!(colour(&mut stage), before, "left as it was");
    assert_eq!(stage.commands(), []);
    stage.keys("c down down enter");
    assert_eq!(stage.commands(), [Command::Recolour { profile: name("research"), colour: Some(tried) }]);
    assert_eq!(colour(&mut stage), before, "not before the hub says so");
    let mut profile = stage.mirror.world().profile(&name("research")).unwrap().clone();
    profile.colour = Some(tried);
    stage.patch(vec![Patch::Profile(Box::new(profile))]);
    assert_eq!(colour(&mut stage), lime);
    // Auto takes the person's own colour away.
    stage.keys("c");
    assert!(
        matches!(&stage.ui.layer, Some(Layer::Swatch(open)) if open.selected == 4),
        "it opens on what there is"
    );
    stage.keys("up up enter");
    assert_eq!(stage.commands(), [Command::Recolour { profile: name("research"), colour: None }]);
}

/// E31: a colour that could not be kept is not shown, and that is said.
#[test]
fn a_colour_that_is_refused_is_said() {
    let mut stage = five();
    stage.keys("ctrl-x O right c down enter");
    let ask = stage.asked().last().unwrap().0;
    stage.hear(Update::Refused { ask, reason: Refusal::Unreadable(un("read-only file system")) });
    let shown = stage.draw();
    assert!(
        shown.contains("research keeps its colour") && shown.contains("read-only file system"),
        "{shown}"
    );
}

// --- forms and the Manage view -------------------------------------------------------------------------------------

fn last(stage: &Stage) -> (AskId, Command) {
    stage.asked().last().cloned().unwrap()
}

/// E19, K06, K07: what is wrong with a name is said as it is typed and keeps the form from being handed over; what is handed over is what was
/// written; while the hub works the form says so, and it closes when that is done.
#[test]
fn a_profile_is_made_by_the_form() {
    let mut stage = five();
    stage.keys("ctrl-x O +");
    stage.type_text("work");
    assert!(stage.draw().contains("there is a profile \"work\" already"));
    stage.keys("enter");
    assert_eq!(stage.commands(), [], "a name that is taken is not sent");
    stage.type_text("-Two");
    stage.keys("tab space tab space tab");
    stage.type_text("for the second job");
    stage.keys("enter");
    let new = NewProfile {
        name: name("work-two"),
        clone: Some(name("work")),
        clone_all: true,
        description: "for the second job".into(),
        soul: None,
    };
    let (ask, command) = last(&stage);
    assert_eq!(command, Command::CreateProfile(Box::new(new)));
    assert!(stage.draw().contains("working …"));
    stage.commands();
    stage.keys("enter enter");
    assert_eq!(stage.commands(), [], "once");
    stage.hear(Update::Answer { ask, answer: Answer::Done });
    let shown = stage.draw();
    assert!(stage.ui.layer.is_none() && shown.contains("✓ Profile work-two is there"), "{shown}");
    let fresh = |command: &Command| matches!(command, Command::NewSession { profile, .. } if *profile == name("work-two"));
    assert!(stage.commands().iter().any(fresh), "F01");
}

/// E31, E32: what the hub refuses is said in the form, by its own words, and nothing of what was written is lost.
#[test]
fn a_form_that_is_refused_keeps_what_was_written() {
    let mut stage = five();
    stage.keys("ctrl-x O right e");
    stage.type_text("papers");
    stage.keys("enter");
    let (ask, command) = last(&stage);
    assert_eq!(command, Command::Describe { profile: name("research"), text: "papers".into() });
    stage.hear(Update::Refused { ask, reason: Refusal::Hermes(un("no space left")) });
    let shown = stage.draw();
    assert!(shown.contains("research keeps its description") && shown.contains("papers"), "{shown}");
    stage.keys("esc r ctrl-u");
    stage.type_text("papers");
    stage.keys("enter");
    let (ask, command) = last(&stage);
    assert_eq!(
        command,
        Command::RenameProfile { profile: name("research"), to: name("papers"), force: false }
    );
    stage.hear(Update::Refused { ask, reason: Refusal::NoHub });
    assert!(stage.draw().contains("research was not renamed"));
}

/// K05, K07, E29: the question names what runs and wants more than Enter; what it names it may stop.
#[test]
fn deleting_a_profile_names_what_goes() {
    let mut stage = five();
    stage.keys("ctrl-x O D");
    let (ask, command) = last(&stage);
    assert_eq!(command, Command::ProfileDetails { profile: name("work") });
    let shown = stage.draw();
    assert!(shown.contains("Migrate the database would be stopped"), "{shown}");
    stage.hear(Update::Refused { ask, reason: Refusal::NoHub });
    stage.commands();
    stage.keys("enter");
    assert_eq!(stage.commands(), []);
    stage.keys("D");
    stage.commands();
    stage.keys("d");
    let (profile, confirm) = (name("work"), name("work"));
    assert_eq!(stage.commands(), [Command::DeleteProfile { profile, confirm, force: true }]);
}

/// F09, E20: looking at a profile begins nothing; Enter goes to it, and the form is the strip's own.
#[test]
fn the_manage_view_begins_nothing_by_itself() {
    let mut stage = five();
    stage.keys("ctrl-x P");
    let asked = |commands: Vec<Command>| {
        commands.iter().all(|command| matches!(command, Command::ProfileDetails { .. }))
    };
    stage.keys("down down up");
    stage.click(&Hit::Managed(name("taxes")));
    assert!(asked(stage.commands()), "it asks and does nothing");
    stage.keys("+");
    assert!(stage.draw().contains("─ New profile ─"));
    stage.keys("esc");
    assert!(stage.draw().contains("Danger zone"), "the view is there again");
    stage.keys("c esc m esc");
    assert!(matches!(stage.ui.layer, Some(Layer::Manage(_))));
    stage.commands();
    stage.keys("enter");
    assert!(stage.ui.layer.is_none());
    assert!(
        matches!(stage.commands().as_slice(), [Command::NewSession { profile, .. }] if *profile == name("taxes"))
    );
}

/// C28: the strip is the last row, however little there is to show.
#[test]
fn the_strip_stands_at_the_bottom_of_an_empty_profile() {
    let mut world = busy();
    world.sessions.clear();
    world.tabs.clear();
    add(&mut world, session(9, "research", ""));
    let mut stage = Stage::showing(world, 9, SIZE);
    stage.draw();
    assert_eq!(stage.areas.strip.bottom(), SIZE.1);
    assert!(last_row(&mut stage).contains("▎○ research"));
}

/// K03: the strip says which keys count on it.
#[test]
fn the_strip_says_its_keys_while_it_has_them() {
    let mut stage = five();
    assert!(!last_row(&mut stage).contains("Enter switches"));
    stage.keys("ctrl-x O");
    assert!(last_row(&mut stage).contains("Enter switches"));
}

/// E33, E25: the colour that a profile was given is worn by its tab and its composer at once.
#[test]
fn a_given_colour_is_worn_everywhere_at_once() {
    let mut stage = five();
    stage.theme = Theme::named("dark", Shade::Dark, Depth::True).unwrap();
    let given = swatch::colour(2).unwrap();
    let mut profile = stage.mirror.world().profile(&name("work")).unwrap().clone();
    profile.colour = Some(given);
    stage.patch(vec![Patch::Profile(Box::new(profile))]);
    let wants = stage.theme.shown(given.rgb()).fg.unwrap();
    let composer = (stage.areas.composer.x, stage.areas.composer.y);
    let (chip, row) = stage.place_of(&Hit::Profile(name("work")));
    let (tab, top) = stage.place_of(&Hit::Tab(SessionId(2)));
    let buffer = stage.buffer();
    for at in [composer, (chip, row), (tab, top)] {
        assert_eq!(buffer[at].fg, wants, "{at:?}");
    }
}

/// UX-09, E19: a SOUL.md goes to the person's editor and from there to the hub; one that was not changed, or not edited at all, goes nowhere.
#[test]
fn what_the_persons_editor_wrote_goes_to_the_hub() {
    let edited = |stage: &mut Stage, of: Edited, text| {
        let actions = update::edited(&mut stage.ui, &stage.mirror, of, text, Tick(stage.now));
        stage.done.extend(actions);
    };
    let mut stage = five();
    stage.keys("ctrl-x O s");
    let (ask, command) = last(&stage);
    assert_eq!(command, Command::ReadSoul { profile: name("work") });
    stage.done.clear();
    stage.hear(Update::Answer { ask, answer: Answer::Soul(un("Be brief.")) });
    let of = Edited::Soul(name("work"));
    assert_eq!(stage.done, [Action::Editor { text: "Be brief.".into(), of: of.clone() }]);
    edited(&mut stage, of.clone(), Ok(None));
    edited(&mut stage, of.clone(), Err("The text is as it was: vi ended with 1".into()));
    assert_eq!(stage.commands(), []);
    assert!(stage.draw().contains("vi ended with 1"));
    edited(&mut stage, of, Ok(Some("Be kind.".into())));
    assert_eq!(stage.commands(), [Command::WriteSoul { profile: name("work"), text: "Be kind.".into() }]);

    stage.keys("ctrl-x O +");
    stage.type_text("quiet");
    stage.keys("shift-tab enter");
    assert_eq!(stage.done.pop(), Some(Action::Editor { text: String::new(), of: Edited::NewSoul }));
    edited(&mut stage, Edited::NewSoul, Ok(Some("Say little.\n".into())));
    assert!(stage.draw().contains("1 line"));
    stage.keys("tab enter");
    assert!(
        matches!(last(&stage).1, Command::CreateProfile(new) if new.soul.as_deref() == Some("Say little.\n"))
    );
}

//! Every action can be found and rebound, every hint follows the keys, and what is asked for in a text is done.

mod stage;

use std::fmt::Write as _;

use hermux::base::clock::{Tick, WallMs};
use hermux::base::ids::{QueueId, SendRef, SessionId};
use hermux::config::source::{Origin, Source};
use hermux::model::profile::BackendState;
use hermux::model::session::QueueEntry;
use hermux::model::world::World;
use hermux::proto::command::Command;
use hermux::proto::{Refusal, Update};
use hermux::ui::intent::Intent;
use hermux::ui::keymap::collide::Around;
use hermux::ui::keymap::{ACTIONS, Action, Keymap, Scope};
use hermux::ui::state::layer::{Layer, Target};
use hermux::ui::update;
use stage::Stage;
use stage::worlds::{self, add, approval, busy, name, session, three_profiles};

const SIZE: (u16, u16) = (120, 40);

fn stage(world: World, shown: u64) -> Stage {
    let mut stage = Stage::showing(world, shown, SIZE);
    stage.draw();
    stage.commands();
    stage
}

/// `work` with session 1 at work and these texts in its queue.
fn queued(texts: &[&str]) -> World {
    let mut world = three_profiles();
    let mut working = session(1, "work", "Deploy");
    worlds::run(&mut working);
    for (n, text) in texts.iter().enumerate() {
        working.queue.push(QueueEntry {
            id: QueueId(n as u64),
            reference: SendRef(n as u64),
            text: (*text).to_owned(),
            at: WallMs(0),
        });
    }
    add(&mut world, working);
    world
}

// --- the palette and the keys --------------------------------------------------------------------------------------

/// KEY-01: every action but these, each for its reason, is in the palette.
#[test]
fn every_action_is_in_the_palette_or_cannot_be() {
    // Motions in what is open, which the palette is not; and answers, which want a fresh key on what was seen (SEC-20).
    let cannot = [
        Scope::Card,
        Scope::Choice,
        Scope::Field,
        Scope::List,
        Scope::Dialog,
        Scope::Completion,
        Scope::Form,
    ];
    let walks = |action: &Action| action.scope == Scope::Sessions && !matches!(action.intent, Intent::Row(_));
    let motion = |action: &Action| {
        action.scope == Scope::Profiles && matches!(action.intent, Intent::ListUp | Intent::ListDown)
    };
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    let Some(Layer::Palette(palette)) = &stage.ui.layer else { panic!("no palette") };
    for action in ACTIONS.iter().filter(|action| {
        !cannot.contains(&action.scope) && action.intent != Intent::Back && !walks(action) && !motion(action)
    }) {
        let mut rows = palette.picker.rows.iter().filter(|row| row.what == Target::Act(action.intent));
        let row = rows.next().unwrap_or_else(|| panic!("{} is not in the palette", action.id));
        assert_eq!(rows.next(), None, "{} is there twice", action.id);
        // An action that means the same elsewhere stands for it.
        let same = ACTIONS.iter().filter(|other| other.intent == action.intent);
        assert!(same.into_iter().any(|other| row.text.starts_with(other.help)), "{}", action.id);
    }
}

/// KEY-02, K01, K02.
#[test]
fn the_palette_opens_by_many_ways() {
    for keys in ["ctrl-p", "ctrl-x p", ":", "ctrl-k", "cmd-p", "cmd-k", "ctrl-.", "cmd-."] {
        let mut stage = stage(busy(), 1);
        stage.keys(keys);
        assert!(matches!(stage.ui.layer, Some(Layer::Palette(_))), "{keys}");
    }
    let mut stage = stage(busy(), 1);
    stage.type_text("a b");
    stage.keys("ctrl-a ctrl-k");
    assert!(
        stage.ui.layer.is_none() && stage.composed().is_empty(),
        "in a text it cuts to the end of the line"
    );
}

#[expect(clippy::expect_used, reason = "it is part of a test")]
/// Other keys for every action, none of which any action has by itself.
fn strange_keys() -> Keymap {
    let mut file = "[keys]\nleader = \"ctrl-alt-x\"\n".to_owned();
    // Each a key of its own, so that no place shadows another.
    let letters = ('\u{100}'..).zip(ACTIONS.iter().filter(|action| !action.keys.is_empty()));
    for (letter, action) in letters {
        let _ = writeln!(file, "\"{}\" = \"ctrl-alt-{letter}\"", action.id);
    }
    let read = Source::default().read_text(&file);
    Keymap::of(&read).expect("keys without a problem")
}

/// UX-35: a hint that is not made from the keys as they are would name a key that does nothing here.
#[test]
fn every_hint_follows_the_keys() {
    let mut asked = busy();
    let mut waiting = session(7, "work", "Wants to know");
    worlds::run(&mut waiting);
    waiting.prompts.push(approval(1, "rm -rf build"));
    add(&mut asked, waiting);
    let mut shown = Vec::new();
    let mut see = |what: &str, stage: &mut Stage| shown.push((what.to_owned(), stage.draw()));
    for (world, id) in [(busy(), 1), (queued(&["one", "two"]), 1), (asked, 7)] {
        let mut stage = Stage::showing(world, id, SIZE);
        stage.ui.keymap = strange_keys();
        see("composer", &mut stage);
        stage.type_text("a text");
        see("text", &mut stage);
        for what in [
            Intent::FocusTranscript,
            Intent::FocusCard,
            Intent::Rename,
            Intent::EditQueued,
            Intent::PickProfile,
            Intent::Palette,
            Intent::Quit,
        ] {
            let found = stage.ui.keymap.all().find(|(action, ..)| action.intent == what);
            let key = found.and_then(|(_, chords, _)| chords.first()).expect("a key").key;
            stage.ui.layer = None;
            stage.press(key);
            stage.wait(1_000);
            see(&format!("{what:?}"), &mut stage);
            if let Some(said) = &stage.ui.remark {
                shown_remark(&said.0);
            }
        }
    }
    for (what, screen) in &shown {
        let rest =
            screen.replace("Cmd-Ctrl-Alt-", "").replace("Ctrl-Alt-Shift-", "").replace("Ctrl-Alt-", "");
        for word in ["Ctrl-", "Alt-", "Enter", "Esc", "PgUp", "PgDn", "Tab "] {
            let row = rest.lines().find(|row| row.contains(word));
            assert_eq!(row, None, "{what} names a key that is not bound:\n{screen}");
        }
    }
}

fn shown_remark(said: &str) {
    let rest = said.replace("Ctrl-Alt-", "");
    assert!(!["Ctrl-", "Alt-", "Enter", "Esc"].iter().any(|word| rest.contains(word)), "{said}");
}

/// UX-35.
#[test]
fn help_begins_with_what_works_where_the_person_is() {
    for (keys, first) in [("?", "In an empty composer"), ("alt-t f1", "In the transcript")] {
        let mut stage = stage(busy(), 1);
        stage.keys(keys);
        let screen = stage.draw();
        let place = |text: &str| screen.find(text).unwrap_or_else(|| panic!("{text}\n{screen}"));
        assert!(place(first) < place("Everywhere"), "{screen}");
    }
}

/// KEY-07.
#[test]
fn the_preset_is_switched_while_running_and_offered_inside_zellij() {
    let mut stage = stage(busy(), 1);
    update::offer_preset(&mut stage.ui, &[Around::Tmux], &Origin::Default, Tick(stage.now));
    update::offer_preset(&mut stage.ui, &[Around::Zellij], &Origin::Line(3), Tick(stage.now));
    assert_eq!(stage.ui.remark, None, "not where it is not needed, not to who has chosen");
    update::offer_preset(&mut stage.ui, &[Around::Zellij], &Origin::Default, Tick(stage.now));
    let said = stage.ui.remark.clone().map(|(text, _)| text).unwrap_or_default();
    assert_eq!(
        said,
        "zellij takes some of these keys; \"Switch keys\" in the palette, Ctrl-X p, avoids them"
    );
    stage.keys("ctrl-x p");
    stage.type_text("switch keys");
    stage.keys("enter");
    assert!(stage.ui.keymap.keys_of("palette.open").iter().all(|key| key != "Ctrl-P"));
    stage.keys("ctrl-p");
    assert!(stage.ui.layer.is_none());
    stage.keys("ctrl-x p");
    stage.type_text("switch keys");
    stage.keys("enter ctrl-p");
    assert!(matches!(stage.ui.layer, Some(Layer::Palette(_))), "and back");
}

// --- texts that are asked for --------------------------------------------------------------------------------------

#[test]
fn a_session_is_renamed() {
    let mut stage = stage(busy(), 1);
    stage.keys("f2 end");
    stage.type_text(" today");
    stage.keys("enter");
    let title = "Fix the login page today".to_owned();
    assert_eq!(stage.commands(), [Command::Rename { session: SessionId(1), title }]);
    assert!(stage.ui.layer.is_none());
    stage.keys("f2 ctrl-u enter");
    assert_eq!(stage.commands(), [], "no title is no change");
    stage.keys("f2");
    stage.type_text("zzz");
    stage.keys("esc");
    assert_eq!((stage.commands(), stage.composed()), (vec![], String::new()));
}

/// UX-06.
#[test]
fn a_queued_message_is_changed_where_it_stands() {
    let mut stage = stage(queued(&["first", "second"]), 1);
    stage.keys("ctrl-x U down enter end");
    stage.type_text("!");
    stage.keys("enter");
    let edit = Command::EditQueued { session: SessionId(1), entry: QueueId(1), text: "second!".into() };
    assert_eq!(stage.commands(), [edit]);
    stage.keys("ctrl-x U enter ctrl-u enter");
    assert_eq!(stage.commands(), [Command::RemoveQueued { session: SessionId(1), entry: QueueId(0) }]);
}

/// UX-06: nothing that was written is lost.
#[test]
fn a_change_that_comes_too_late_is_back_in_the_composer() {
    let mut stage = stage(queued(&["only"]), 1);
    stage.keys("ctrl-x U end");
    stage.type_text(" one");
    stage.keys("enter");
    let ask = stage.asked().last().unwrap().0;
    stage.hear(Update::Refused { ask, reason: Refusal::NotRunning });
    assert_eq!(stage.composed(), "only one");
}

#[test]
fn with_nothing_in_the_queue_it_is_said() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-x U");
    assert!(stage.draw().contains("Nothing is queued here"));
}

/// A backend with work is stopped after a question that names it, an idle one at once, one that does not run not at all.
#[test]
fn a_backend_is_stopped_and_asks_first_when_that_stops_work() {
    let with = |state: &BackendState| {
        let mut world = queued(&[]);
        world.profiles.iter_mut().for_each(|profile| profile.backend = state.clone());
        add(&mut world, session(2, "default", "Idle"));
        world
    };
    let live = busy()
        .profiles
        .iter()
        .map(|profile| profile.backend.clone())
        .find(|b| matches!(b, BackendState::Live));
    let live = live.expect("a live backend");
    let mut working = stage(with(&live), 1);
    working.keys("ctrl-x S");
    assert_eq!(working.commands(), []);
    assert!(working.draw().contains("work · Deploy would be stopped."), "{}", working.draw());
    working.keys("c ctrl-x S s");
    assert_eq!(working.commands(), [Command::StopBackend { profile: name("work"), force: true }]);
    let mut idle = stage(with(&live), 2);
    idle.keys("ctrl-x S");
    assert_eq!(idle.commands(), [Command::StopBackend { profile: name("default"), force: false }]);
    let mut cold = stage(with(&BackendState::Cold), 2);
    cold.keys("ctrl-x S");
    assert_eq!(cold.commands(), []);
    assert!(cold.draw().contains("The backend of default does not run"));
}

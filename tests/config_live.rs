//! Settings that change while a terminal runs.

mod common;
mod stage;

use std::fs;

use common::home::Home;
use common::person::Person;
use hermux::base::clock::Tick;
use hermux::config::source::Source;
use hermux::ui::action::Action;
use hermux::ui::setup;
use hermux::ui::update;
use stage::Stage;
use stage::worlds::busy;

fn reload(stage: &mut Stage, file: &str) -> String {
    let source = Source::default();
    let ready = setup::ready(&source, source.read_text(file)).map(Box::new);
    let actions = update::configured(&mut stage.ui, &stage.mirror, ready, Tick(stage.now));
    stage.done.extend(actions);
    stage.ui.remark.as_ref().map(|(text, _)| text.clone()).unwrap_or_default()
}

fn at_work() -> Stage {
    let mut stage = Stage::showing(busy(), 1, (120, 30));
    stage.draw();
    stage.done.clear();
    stage
}

/// UX-36, KEY-01.
#[test]
fn a_changed_file_counts_at_once() {
    let mut stage = at_work();
    let said = reload(
        &mut stage,
        "prewarm = \"send\"\n[ui]\nmouse = false\nbell = false\n[keys]\n\"help.open\" = \"f4\"\n",
    );
    assert_eq!(said, "Config reloaded");
    assert!(!stage.ui.mouse && !stage.ui.config.ui.bell);
    assert_eq!(stage.done, [Action::Mouse(false)]);
    stage.keys("f4");
    assert!(stage.ui.layer.is_some(), "the new key works");
    stage.keys("esc f1");
    assert!(stage.ui.layer.is_none(), "the old one does not");
}

/// UX-36.
#[test]
fn with_a_mistake_in_it_the_old_settings_hold_and_the_first_one_is_told() {
    let mut stage = at_work();
    reload(&mut stage, "[ui]\nbell = false\n");
    let said = reload(&mut stage, "[ui]\nbell = true\nmuose = 1\n[keys]\n\"tab.clsoe\" = \"f4\"\n");
    assert_eq!(
        said,
        "Config not taken over: line 3: unknown key `muose` in [ui]; did you mean `mouse`? (and 1 more)"
    );
    assert!(!stage.ui.config.ui.bell);
}

/// UX-36.
#[test]
fn what_waits_for_the_next_start_is_named() {
    let mut stage = at_work();
    assert_eq!(
        reload(&mut stage, "pool = 9\nhermes = \"/x\"\n"),
        "Config reloaded; hermes, pool from the next start"
    );
    assert_eq!(reload(&mut stage, "pool = 9\nhermes = \"/x\"\n"), "Config reloaded");
}

/// A person who gave the mouse to the terminal keeps it so, unless the file says something else than before.
#[test]
fn a_reload_leaves_the_mouse_where_the_person_put_it() {
    let mut stage = at_work();
    stage.keys("ctrl-x m");
    stage.done.clear();
    reload(&mut stage, "[ui]\nbell = false\n");
    assert!(!stage.ui.mouse);
    assert_eq!(stage.done, []);
}

/// SEC-26: nothing that a file says reaches the hub.
#[test]
fn a_reload_asks_nothing_of_the_hub() {
    let mut stage = at_work();
    for file in [
        "",
        "pool = 9\n",
        "[keys]\npreset = \"noncolliding\"\n",
        "yolo = true\n",
        "[approvals]\nmode = \"off\"\n",
    ] {
        reload(&mut stage, file);
        assert_eq!(stage.commands(), []);
    }
}

/// UX-36: the real binary follows its file, through a mistake and its mending.
#[test]
fn the_running_terminal_follows_its_file() {
    let home = Home::new();
    let file = home.path().join("settings.toml");
    fs::write(&file, "").unwrap();
    let person = Person::at(home.hermux().arg("demo").arg("--config").arg(&file).start());
    fs::write(&file, "[ui]\nmouse = no\n").unwrap();
    person.wait_text("Config not taken over: line 2");
    fs::write(&file, "[ui]\nmouse = false\n[keys]\n\"help.open\" = \"f4\"\n").unwrap();
    person.wait_text("Config reloaded");
    person.wait_for("the mouse is given back", |s| {
        s.vt().mouse_protocol_mode() == vt100::MouseProtocolMode::None
    });
    person.keys("\x1bOS");
    person.wait_text("a word or a key");
    person.keys("\x1b");
    person.wait_for("the keys are put away", |s| !s.has("a word or a key"));
    person.leave();
    person.wait_end(common::seconds(10));
}

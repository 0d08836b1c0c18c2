//! Two terminals on one hub, and a choice made for one of them: the real binary, with the demo's backends.

mod common;

use common::cli::hermux;
use common::home::Home;
use common::person::Person;
use common::pty::Launch;
use common::seconds;

fn home() -> Home {
    Home::new().with_demo("--pace 20")
}

fn launch(home: &Home) -> Launch {
    home.hermux().arg("--hermes").arg(home.stand_in())
}

/// INV8, DECISIONS 2, 21, ASK-31.
#[test]
fn two_terminals_share_what_runs_and_a_choice_opens_where_the_person_was() {
    let home = home();
    let one = Person::at(launch(&home).size(120, 40).start());
    one.send("/demo stream 3 0 T1");
    one.wait_text("T1-0003");
    one.wait_idle();
    let two = Person::at(launch(&home).size(80, 24).start());
    two.wait_text("T1-0003");
    one.keys("shared words");
    two.wait_text("› shared words");
    two.wait_text("writes here, too");
    one.ctrl('c');
    two.wait_for("the draft is gone there, too", |s| !s.has("shared words"));
    one.next_profile();
    one.wait_for("another session", |s| !s.has("T1-0003"));
    let pick = home.hermux().arg("pick").size(80, 24).start();
    pick.wait_text("Sessions");
    pick.wait_text("Demo: stream");
    pick.keys("stream");
    pick.enter();
    assert_eq!(pick.wait_end(seconds(5)).exit_code(), 0);
    one.wait_text("T1-0003");
    let none = home.hermux().arg("pick").size(40, 12).start();
    none.wait_text("Sessions");
    none.keys("\x1b");
    assert_eq!(none.wait_end(seconds(5)).exit_code(), 1);
    one.keys("\x18d");
    assert_eq!(one.wait_end(seconds(5)).exit_code(), 0);
    one.wait_text("hermux waits in the background for a while. Come back with: hermux");
    two.keys("still here");
    two.wait_text("› still here");
    home.stop_hub();
}

#[test]
fn without_a_hub_or_a_terminal_there_is_nothing_to_pick() {
    let home = home();
    let ran = hermux(&home, &["pick"]);
    assert!(ran.err.contains("no hub runs"), "{}", ran.err);
    assert_eq!(home.hub(), None, "and none is started");
}

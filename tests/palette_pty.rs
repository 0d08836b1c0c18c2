//! The palette in the real binary, in a terminal that reports keys in the legacy encoding only.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use common::cli::hermux;
use common::home::Home;
use common::person::Person;
use common::pty::Kind;
use common::seconds;
use serde_json::Value;

/// How the backend of each profile stands.
fn backends(home: &Home) -> Vec<(String, String)> {
    let ran = hermux(home, &["status", "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let profiles = report["profiles"].as_array().unwrap().iter();
    profiles.map(|profile| (word(&profile["name"]), word(&profile["state"]))).collect()
}

fn is_open(screen: &common::pty::Screen) -> bool {
    screen.has("╭─ Palette")
}

/// KEY-02, KEY-06: every way that survives multiplexers and plain terminals.
#[test]
fn the_palette_opens_by_each_of_its_ways_in_the_legacy_encoding() {
    let home = Home::new().with_demo("--pace 20");
    let person = Person::at(home.hermux().kind(Kind::Plain).start());
    for keys in ["\x10", "\x18p", ":", "\x0b"] {
        person.keys(keys);
        person.wait_for(&format!("it opens by {keys:?}"), is_open);
        person.keys("\x1b");
        person.wait_for("it is closed", |s| !is_open(s));
    }
    // With a text in the composer Ctrl-K cuts to the line's end, and a colon is a colon.
    person.keys("keep:cut");
    person.wait_text("keep:cut");
    person.keys("\x1b[D\x1b[D\x1b[D\x0b");
    person.wait_for("the end is cut", |s| s.has("keep:") && !s.has("keep:cut") && !is_open(s));
    person.keys("\x18p");
    person.wait_for("it opens over a text, too", is_open);
    person.keys("\x1b\x15");
    person.wait_for("the text is gone", |s| !s.has("keep:"));
    person.leave();
    person.wait_end(seconds(10));
    home.stop_hub();
}

/// A19, D02: a stored session of another profile is found by its name, looked into, and opened, and what was said in it is found;
/// no backend has started for any of it.
#[test]
fn a_stored_session_of_another_profile_is_found_and_opened_without_a_backend() {
    let home = Home::new().with_demo("--pace 20");
    let hermux = || home.hermux().arg("--hermes").arg(home.stand_in()).size(140, 45);
    let person = Person::at(hermux().start());
    person.next_profile();
    person.wait_text("Write to work");
    person.send("/demo stream 3 0 Quokka");
    person.wait_text("Quokka-0003");
    person.wait_idle();
    person.leave();
    person.wait_end(seconds(10));
    home.stop_hub();

    let person = Person::at(hermux().kind(Kind::Plain).start());
    person.wait_text("Write to default");
    person.keys("\x1b2");
    person.wait_text("Quokka-0003");
    person.ctrl('x');
    person.keys("w");
    person.wait_for("its tab is closed", |s| !s.has("Quokka-0003"));
    person.keys("\x10");
    person.wait_for("it is open", is_open);
    person.keys("@stream");
    person.wait_for("it is found, and looked into", |s| is_open(s) && s.has("Quokka-0003"));
    assert!(backends(&home).iter().all(|(_, state)| state == "cold"), "{:?}", backends(&home));
    person.enter();
    person.wait_for("it is shown", |s| !is_open(s) && s.has("Quokka-0003") && s.has("Write to work"));
    // And by what was said.
    person.keys("\x18/");
    person.wait_text("Search what was said");
    person.keys("Quokka-0002");
    person.wait_text("✓ ");
    person.enter();
    person.wait_for("its message is walked on", |s| !s.has("Search what was said") && s.has("┃"));
    assert!(backends(&home).iter().all(|(_, state)| state == "cold"), "{:?}", backends(&home));
    person.leave();
    person.wait_end(seconds(10));
    home.stop_hub();
}

//! The real binary's colours, read from the bytes that it writes.
#![expect(clippy::expect_used, reason = "a test says so by failing")]

mod common;

use common::home::Home;
use common::person::{Person, needs_me};
use common::pty::{Kind, Launch};
use common::seconds;
use common::sequences::Allowed;

fn demo(home: &Home) -> Launch {
    home.hermux().arg("demo").arg("--backend-arg").arg("--pace").arg("--backend-arg").arg("20")
}

/// What a person sees of a turn, a question, the palette and the keys; then the sequences that were written.
fn tour(launch: Launch) -> Vec<String> {
    let person = Person::at(launch.start());
    person.send("hello");
    person.wait_text("I follow a script");
    person.send("/demo approval");
    person.wait_for("the question waits", needs_me);
    person.ctrl('p');
    person.wait_text("Palette");
    person.keys(b"\x1b");
    person.wait_for("the palette is gone", |s| !s.has("Palette"));
    person.turn_to_card();
    person.keys("y");
    person.wait_for("nothing needs me", |s| !needs_me(s));
    person.leave();
    person.wait_end(seconds(10));
    let raw = person.screen().raw().to_vec();
    Allowed::documented().read(&raw, true).expect("nothing but what is listed").into_iter().collect()
}

/// Of the sequences, those that name a colour.
fn colours(seen: &[String]) -> Vec<&String> {
    let number = |one: &&String| {
        let first = one.strip_prefix("SGR ")?.split([';', ' ']).next()?;
        first.parse::<u8>().ok()
    };
    seen.iter().filter(|one| number(one).is_some_and(|n| matches!(n, 30..=38 | 40..=48 | 90..=107))).collect()
}

/// UX-19: not one byte of colour, and everything is still there; the terminal is not asked for what does not matter.
#[test]
fn without_colour_no_byte_of_a_whole_run_names_one() {
    let home = Home::new();
    let seen = tour(demo(&home).env("NO_COLOR", "1").env("COLORTERM", "truecolor"));
    assert_eq!(colours(&seen), Vec::<&String>::new());
    assert!(seen.contains(&"SGR 1".to_owned()), "weight stays: {seen:?}");
    assert!(!seen.iter().any(|one| one.starts_with("OSC 11")), "{seen:?}");
}

/// UX-19: the flag goes before the environment, and a theme stays within the colours that there are.
#[test]
fn no_more_colours_are_used_than_there_are() {
    for (which, with, without) in [
        ("16", "SGR 40", ["SGR 38;5;#", "SGR 38;2;#;#;#"]),
        ("256", "SGR 48;5;#", ["SGR 38;2;#;#;#", "SGR 48;2;#;#;#"]),
        ("true", "SGR 48;2;#;#;#", ["SGR 38;5;#", "SGR 48;5;#"]),
    ] {
        let home = Home::new();
        let launch =
            demo(&home).arg("--color").arg(which).env("NO_COLOR", "1").env("HERMUX_UI_THEME", "ember");
        let seen = tour(launch);
        assert!(seen.iter().any(|one| one == with), "{which}: {seen:?}");
        assert!(!seen.iter().any(|one| without.contains(&one.as_str())), "{which}: {seen:?}");
    }
}

/// UX-20: an answer that comes when nobody waits for it any more changes nothing and is not typed.
#[test]
fn a_late_answer_on_the_background_is_not_typed() {
    let home = Home::new();
    let person = Person::at(demo(&home).env("HERMUX_UI_THEME", "fjord").kind(Kind::Plain).start());
    person.send("hello");
    person.wait_text("I follow a script");
    person.keys(b"be\x1b]11;rgb:ffff/");
    person.keys(b"ffff/ffff\x1b\\fore");
    person.wait_text("before");
    assert!(!person.screen().has("ffff"));
    person.leave();
    person.wait_end(seconds(10));
}

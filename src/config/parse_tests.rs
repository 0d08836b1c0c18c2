use super::super::settings::{Config, Preset, Prewarm};
use super::super::value::Within;
use super::*;
use rstest::rstest;

fn problems(file: &str) -> Vec<String> {
    text(file).problems.iter().map(ToString::to_string).collect()
}

#[test]
fn an_empty_file_is_the_defaults() {
    let read = text("");
    assert_eq!(read.config, Config::default());
    assert!(read.problems.is_empty() && read.origins.is_empty());
}

#[test]
fn what_is_set_is_read_with_its_line() {
    let read = text("pool = 5\nprewarm = \"open\"\n\n[keys]\npreset = \"noncolliding\"\n");
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    assert_eq!((read.config.pool, read.config.prewarm), (Within(5), Prewarm::Open));
    assert_eq!(
        (read.config.keys.preset, read.origin("keys.preset")),
        (Preset::Noncolliding, Origin::Line(5))
    );
}

/// UX-36: named with its line and the nearest right one.
#[rstest]
#[case("[ui]\n\nmuose = false", "line 3: unknown key `muose` in [ui]; did you mean `mouse`?")]
#[case("mouse = false", "line 1: unknown key `mouse` at the top of the file; `mouse` belongs to [ui]")]
#[case("qqq = 1", "line 1: unknown key `qqq` at the top of the file")]
#[case("\n[iu]\nmouse = true", "line 2: unknown table [iu]; did you mean [ui]?")]
#[case("[server]\nport = 1", "line 1: unknown table [server]")]
#[case("pool = 0", "line 1: `pool` is a whole number from 1 to 64, not 0")]
#[case("pool = \"3\"", "line 1: `pool` is a whole number from 1 to 64, not \"3\"")]
#[case(
    "[hub]\nlinger = \"10 min\"",
    "line 2: `hub.linger` is a time such as \"90s\", \"10m\" or \"2h\", \"0\", or \"forever\", not \"10 min\""
)]
#[case(
    "idle_reap = \"forevr\"",
    "line 1: `idle_reap` is a time such as \"90s\", \"10m\" or \"2h\", \"0\", or \"forever\", not \"forevr\"; did you mean \"forever\"?"
)]
#[case("ui = 3", "line 1: `ui` is a table: write [ui] and its keys below it")]
#[case("[ui]\nmouse = \"yes\"", "line 2: `ui.mouse` is true or false, not \"yes\"")]
#[case("[ui.mouse]\non = true", "line 1: `ui.mouse` is true or false, not a table")]
#[case(
    "prewarm = \"opne\"",
    "line 1: `prewarm` is \"open\", \"type\" or \"send\", not \"opne\"; did you mean \"open\"?"
)]
#[case("[keys]\npresett = \"default\"", "line 2: unknown key `presett` in [keys]; did you mean `preset`?")]
#[case(
    "[keys]\n\"tab.close\" = 4",
    "line 2: the keys of `tab.close` are a text or a list of texts, as in [\"f4\", \"leader w\"]"
)]
fn a_mistake_is_named(#[case] file: &str, #[case] problem: &str) {
    assert_eq!(problems(file), [problem]);
}

/// UX-36: all of them, in the order of their lines, and syntax errors do not hide the rest.
#[test]
fn every_mistake_is_told() {
    let file = "pool = 0\nprewarm = type\nhermes = 3\n[ui]\nmuose = false\nbell = 1\n";
    let lines: Vec<String> =
        problems(file).iter().map(|text| text.split(':').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(lines, ["line 1", "line 2", "line 3", "line 5", "line 6"]);
}

#[test]
fn keys_are_read_as_text_list_or_tables() {
    let read = text(
        "[keys]\n\"tab.close\" = \"f4\"\nsession.new = [\"f5\", \"leader n\"]\n\"tab.1\" = \"\"\n[keys.tab]\n2 = []\n",
    );
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let found: Vec<(&str, Vec<&str>)> = read
        .config
        .bindings
        .iter()
        .map(|binding| (binding.id.as_str(), binding.keys.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(
        found,
        [
            ("tab.close", vec!["f4"]),
            ("session.new", vec!["f5", "leader n"]),
            ("tab.1", vec![]),
            ("tab.2", vec![])
        ]
    );
    assert_eq!(read.config.bindings[1].origin, Origin::Line(3));
}

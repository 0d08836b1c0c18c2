//! Close the terminal, lose nothing: the real binary, two profiles of the real Hermes, and a model on 127.0.0.1.
//!
//! `.ci/run` installs Hermes and runs this; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_detach -- --ignored`.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use std::fs;
use std::path::PathBuf;

use common::home::Home;
use common::model::Model;
use common::person::{AFTER_KILL, HANG_UP, Person, STOP, chat_has, lines, needs_me, says};
use common::procs::signal;
use rusqlite::{Connection, OpenFlags};
use rustix::process::Signal;

/// Lines of each turn: more than two screens.
const LONG: usize = 80;

fn hermes() -> PathBuf {
    std::env::var_os("HERMUX_TEST_HERMES").expect("HERMUX_TEST_HERMES names the hermes program").into()
}

fn launch(home: &Home) -> common::pty::Launch {
    home.hermux().arg("--hermes").arg(hermes()).env("HERMES_HOME", home.hermes())
}

/// The messages of a profile's `state.db`, oldest first: role and text. Tools' own are left out.
fn stored(home: &Home, profile: &str) -> Vec<(String, String)> {
    let dir = if profile == "default" { home.hermes() } else { home.hermes().join("profiles").join(profile) };
    let db = Connection::open_with_flags(dir.join("state.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut rows = db
        .prepare("SELECT role, content FROM messages WHERE role IN ('user', 'assistant') ORDER BY id")
        .unwrap();
    let rows =
        rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?.unwrap_or_default())));
    let rows = rows.unwrap().map(Result::unwrap);
    rows.map(|(role, text): (String, String)| (role, text.trim().to_owned()))
        .filter(|row| !row.1.is_empty())
        .collect()
}

fn said(role: &str, text: impl Into<String>) -> (String, String) {
    (role.into(), text.into())
}

/// M4, I10, I13, I14: two turns run on and a question waits while there is no terminal; another one, of another size, finds all of it.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn a_killed_terminal_loses_no_line_and_no_question_of_two_profiles() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let doomed = home.work().join("doomed");
    fs::create_dir(&doomed).unwrap();

    let person = Person::at(launch(&home).size(120, 40).start());
    let long = |tag: &str, gate: &str| format!("STREAM tag={tag} n={LONG} gate={gate}");
    person.send(&long("D1", "d"));
    model.allow("d", 5);
    person.wait_said("D1-0005");
    person.next_profile();
    person.wait_for("another session is on the screen", |s| !chat_has(s, "D1-0005"));
    person.send(&long("W1", "w"));
    model.allow("w", 5);
    person.wait_said("W1-0005");
    // A second session of the first profile, which will ask when nobody is there.
    person.tab(1);
    person.wait_said("D1-0005");
    person.keys("\x18n");
    person.wait_for("a fresh draft", |s| !chat_has(s, "D1-"));
    let ask = r#"TOOL gate=q terminal {"command":"rm -rf ./doomed"} ;; SAY it is gone"#;
    person.send(ask);
    model.wait_for("the agent of the third session has begun", |asked| asked.iter().any(|a| a.user == ask));

    let hub = home.hub().expect("a hub");
    signal(person.pid().cast_signed(), Signal::KILL);
    person.wait_end(HANG_UP);
    for gate in ["d", "w"] {
        model.allow(gate, LONG);
    }
    model.allow("q", 1);
    // The agents took every line, and the question was raised, with no terminal there.
    model.wait_for("both turns are over", |asked| {
        let whole = |gate: &str| asked.iter().any(|a| a.user.contains(&format!("gate={gate}")) && a.finished);
        whole("d") && whole("w") && whole("q")
    });
    assert_eq!(home.hub(), Some(hub), "the hub goes on");
    assert!(doomed.exists(), "a command ran that nobody allowed");

    let again = Person { term: launch(&home).size(80, 24).start() };
    // It comes back to where the person was.
    again.wait_for("the question, and that it needs me", |s| needs_me(s) && s.has("▏ rm -rf ./doomed"));
    again.wait_for("its time is shown", |s| s.has(" left "));
    again.turn_to_card();
    assert!(doomed.exists());
    again.keys("y");
    again.wait_said("it is gone");
    assert!(!doomed.exists(), "the command that was allowed has not run");
    for (tab, tag) in [(1, "D1"), (2, "W1")] {
        again.tab(tab);
        let end = format!("{tag}-{LONG:04}");
        again.wait_for(&format!("the end of tab {tab}"), |s| says(s, &end));
        assert_eq!(again.read_transcript(&format!("{tag}-0001"), &end), lines(tag, LONG), "tab {tab}");
        again.keys("\x1b[1;5F");
    }
    again.wait_idle();
    again.leave();
    again.wait_end(STOP);
    home.stop_hub();
    home.mark.assert_none_left(AFTER_KILL);

    let whole = |tag: &str| lines(tag, LONG).join("\n");
    let work = [said("user", long("W1", "w")), said("assistant", whole("W1"))];
    assert_eq!(stored(&home, "work"), work);
    let mut default = stored(&home, "default");
    default.sort();
    let mut expected = vec![
        said("user", long("D1", "d")),
        said("assistant", whole("D1")),
        said("user", ask),
        said("assistant", "it is gone"),
    ];
    expected.sort();
    assert_eq!(default, expected);
}

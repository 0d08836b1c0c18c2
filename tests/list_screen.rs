//! The list of sessions in the real program: three profiles browsed with keys, and not one backend started for it.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::home::Home;
use common::person::{Person, STOP};
use rusqlite::{Connection, params};

const SQL: &str = include_str!("fixtures/state/state.sql");

/// A profile's home with these sessions in it and nothing else.
fn stored(home: &Path, titles: &[&str]) {
    fs::create_dir_all(home).unwrap();
    let db = Connection::open(home.join("state.db")).unwrap();
    db.execute_batch(SQL).unwrap();
    db.execute_batch("DELETE FROM messages; DELETE FROM sessions;").unwrap();
    for (n, title) in titles.iter().enumerate() {
        let id = format!("20261101_{n:06}_abcdef");
        let at = 1_790_000_000.0 - n as f64;
        db.execute(
            "INSERT INTO sessions (id, source, title, started_at, message_count) VALUES (?1, 'tui', ?2, ?3, 1)",
            params![id, title, at],
        )
        .unwrap();
        db.execute(
            "INSERT INTO messages (session_id, role, content, timestamp) VALUES (?1, 'user', 'Please begin.', ?2)",
            params![id, at],
        )
        .unwrap();
    }
}

/// A home of three profiles, and a `hermes` that writes down every start of a backend.
fn three_profiles() -> Home {
    let home = Home::new();
    stored(&home.hermes(), &["Fix the login page", "Tidy the attic"]);
    stored(&home.hermes().join("profiles/work"), &["Migrate the database"]);
    let many: Vec<String> = (1..=40).map(|n| format!("Paper {n}")).collect();
    stored(&home.hermes().join("profiles/research"), &many.iter().map(String::as_str).collect::<Vec<_>>());
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> '{}'\nexec '{}' demo-backend \"$@\"\n",
        home.path().join("started").display(),
        env!("CARGO_BIN_EXE_hermux")
    );
    fs::write(home.stand_in(), script).unwrap();
    fs::set_permissions(home.stand_in(), fs::Permissions::from_mode(0o755)).unwrap();
    home
}

fn started(home: &Home) -> String {
    fs::read_to_string(home.path().join("started")).unwrap_or_default()
}

/// A19, C01, C03, C04, DECISIONS 16: every profile's sessions are listed, folded, filtered, walked through, and one is read: no
/// backend starts. The strip stays where it is (C28).
#[test]
fn three_profiles_are_browsed_without_a_backend() {
    let home = three_profiles();
    let launch = home.hermux().arg("--hermes").arg(home.stand_in()).size(120, 40);
    let person = Person::at(launch.start());
    person.alt('s');
    person.wait_for("the active profile's own", |s| s.has("Fix the login page") && s.has("Tidy the attic"));
    person.keys("\t");
    person.wait_for("all profiles", |s| {
        ["All profiles", "Migrate the database", "Paper 1", "12 of 40"].iter().all(|text| s.has(text))
    });
    person.wait_for("the strip at the bottom", |s| {
        s.rows().last().is_some_and(|row| row.contains("work") && row.contains("research"))
    });
    person.keys("\x1b[D");
    person.wait_for("the first profile is folded", |s| !s.has("Tidy the attic") && s.has("▸ ○"));
    person.keys("Gkk\r");
    person.wait_for("the next page of one", |s| s.has("Paper 13"));
    person.keys("/atticc");
    person.wait_for("there is no such name", |s| s.has("Nothing matches."));
    person.keys("\x7f");
    person.wait_for("the one of that name", |s| s.has("Tidy the attic") && !s.has("Paper"));
    person.keys("\x1b");
    person.wait_for("the list again", |s| s.has("Paper"));
    person.keys("g");
    person.keys("\x1b[C");
    person.wait_for("unfolded", |s| s.has("Fix the login page"));
    person.keys("j\r");
    person.wait_for("it is read", |s| s.has("Please begin."));
    assert_eq!(started(&home), "");
    person.leave();
    person.wait_end(STOP);
    home.stop_hub();
    assert_eq!(started(&home), "");
}

//! `hermux ls`, `search`, `show` and `profiles`: what the real binary says of what is stored, to a person and to a program.
#![expect(clippy::expect_used, reason = "a helper that cannot go on fails its test")]

mod common;

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;

use common::cli::{Ran, command, hermux};
use common::home::Home;
use rusqlite::Connection;
use serde_json::Value;

const SQL: &str = include_str!("fixtures/state/state.sql");
const EXPECTED: &str = include_str!("fixtures/state/expected.json");

/// A session of `default` that is newer than all of the fixture, with foreign text in every place.
const OWN: &str = "DELETE FROM messages; DELETE FROM sessions;
    INSERT INTO sessions (id, source, model, started_at, message_count, cwd, title) VALUES
      ('20261121_030000_aaaaaa', 'cli', 'fake', 1795230000.0, 3, '/home/me/code', 'Own ' || char(27) || '[2Jtitle'),
      ('20261121_020000_bbbbbb', 'cli', 'fake', 1795220000.0, 2, NULL, NULL);
    INSERT INTO messages (session_id, role, content, timestamp) VALUES
      ('20261121_030000_aaaaaa', 'user', 'find the quokka, please', 1795230001.0),
      ('20261121_030000_aaaaaa', 'assistant', 'The quokka' || char(27) || ']0;x' || char(7) || ' is' || char(10) || 'you', 1795230002.0),
      ('20261121_030000_aaaaaa', 'user', 'thanks', 1795230003.0),
      ('20261121_020000_bbbbbb', 'user', 'unrelated', 1795220001.0),
      ('20261121_020000_bbbbbb', 'assistant', 'quokka again', 1795220002.0);";

fn database(home: &Path, more: &str) {
    fs::create_dir_all(home).expect("a profile's home");
    let db = Connection::open(home.join("state.db")).expect("a database");
    db.execute_batch(SQL).expect("the fixture");
    db.execute_batch(more).expect("what is added");
}

/// `default` with two sessions of its own, `work` with the fixture's, `empty` with none yet.
fn home() -> Home {
    let home = Home::new();
    database(&home.hermes(), OWN);
    database(&home.hermes().join("profiles/work"), "");
    fs::create_dir_all(home.hermes().join("profiles/empty")).expect("a profile's home");
    home
}

fn json(home: &Home, args: &[&str]) -> Value {
    let ran = hermux(home, &[args, &["--json"]].concat());
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
    serde_json::from_str(&ran.out).expect("JSON")
}

fn done(home: &Home, args: &[&str]) -> Ran {
    let ran = hermux(home, args);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}: {}", ran.out);
    assert!(ran.out.chars().all(|c| !c.is_control() || c == '\n'), "{}", ran.out);
    ran
}

fn ids<'a>(list: &'a Value, of: impl Fn(&'a Value) -> &'a Value) -> Vec<&'a str> {
    let ids = list.as_array().into_iter().flatten().map(|row| of(row).as_str());
    ids.map(|id| id.expect("an id")).collect()
}

/// C10, C19, UX-41: the newest of all profiles in one list, each profile's as Hermes itself orders them.
#[test]
fn ls_lists_the_newest_of_every_profile() {
    let home = home();
    let ran = done(&home, &["ls", "--limit", "3"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("default/20261121_030000_aaaaaa  "), "{}", lines[0]);
    assert!(lines[0].contains("Own ") && lines[0].ends_with("title"), "{}", lines[0]);
    assert!(
        lines[1].starts_with("default/20261121_020000_bbbbbb") && lines[1].contains("unrelated"),
        "{}",
        lines[1]
    );
    let expected: Value = serde_json::from_str(EXPECTED).expect("the fixture's");
    let listings = expected["listings"].as_array().expect("listings");
    let hermes = listings.iter().find(|list| list["name"] == "recent-min1").expect("Hermes' own list");
    let want = ids(&hermes["ids_only"], |pair| &pair[0]);
    let all = json(&home, &["ls", "--profile", "work", "--limit", "1000"]);
    assert_eq!(ids(&all["sessions"], |row| &row["id"]), want);
    assert_eq!((&all["schema"], &all["total"]), (&1.into(), &want.len().into()));
    let two = json(&home, &["ls", "-n", "2"]);
    let first = &two["sessions"][0];
    assert_eq!(first["link"], "@session:default/20261121_030000_aaaaaa");
    assert_eq!(first["title"], "Own \u{1b}[2Jtitle", "a program gets it as it is");
    assert_eq!((&first["messages"], &first["last_active_ms"]), (&3.into(), &1_795_230_003_000_u64.into()));
    assert_eq!(two["total"], want.len() + 2);
}

/// All words must be in a message; the newest first, whoever's it is.
#[test]
fn search_finds_what_was_said_in_any_profile() {
    let home = home();
    let ran = done(&home, &["search", "quokka"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines[0].starts_with("default/20261121_030000_aaaaaa  Own "), "{}", ran.out);
    assert!(lines[1].contains("agent: ") && lines[1].contains("quokka"), "{}", ran.out);
    assert!(lines[2].contains("you: find the quokka"), "{}", ran.out);
    assert!(lines[3].starts_with("default/20261121_020000_bbbbbb"), "{}", ran.out);
    let hits = json(&home, &["search", "find", "quokka"]);
    let hits = hits["hits"].as_array().expect("hits");
    assert_eq!((hits.len(), &hits[0]["role"], &hits[0]["back"]), (1, &"user".into(), &2.into()));
    assert_eq!(hits[0]["session"]["profile"], "default");
    assert!(hits[0]["marks"].as_array().is_some_and(|marks| !marks.is_empty()));
    let work = json(&home, &["search", "--profile", "work", "quokka"]);
    assert_eq!(work["hits"], Value::Array(Vec::new()));
    assert_eq!(done(&home, &["search", "nothing-has-this"]).out, "");
}

/// D08, D09: every form names it; what its profile does not have is found in another.
#[test]
fn show_prints_a_conversation_however_it_is_named() {
    let home = home();
    let want = done(&home, &["show", "default/20261121_030000_aaaaaa"]).out;
    for args in [
        &["show", "20261121_030000_aaaaaa"][..],
        &["show", "@session:default/20261121_030000_aaaaaa"],
        &["show", "@session:20261121_030000_aaaaaa"],
        &["show", "20261121_030000_aaaaaa", "--profile", "default"],
        &["show", "work/20261121_030000_aaaaaa"],
        &["show", "work/20261121_030000_aaaaaa", "--profile", "default"],
    ] {
        assert_eq!(done(&home, args).out, want, "{args:?}");
    }
    let said: Vec<&str> = want.lines().skip(2).filter(|line| !line.is_empty()).collect();
    assert_eq!((said[0], said[1], said[2]), ("you", "  find the quokka, please", "agent"));
    // What an agent writes never stands where hermux says who speaks.
    assert!(said[3].starts_with("  The quokka") && said[4] == "  you", "{want}");
    let whole = json(&home, &["show", "default/20261121_030000_aaaaaa"]);
    assert_eq!(whole["messages"][0]["parts"][0]["text"], "find the quokka, please");
    assert_eq!(whole["messages"].as_array().map(Vec::len), Some(3));
    assert_eq!(whole["session"]["cwd"], "/home/me/code");
}

/// CHECK 40: the first id of a compressed conversation shows all of it.
#[test]
fn show_follows_a_conversation_through_its_compressions() {
    let home = home();
    let tip = json(&home, &["show", "work/20231201_four_3"]);
    let root = json(&home, &["show", tip["session"]["lineage"].as_str().expect("a root")]);
    assert_eq!(root["session"]["id"], "20231201_four_3");
    assert_eq!(root["messages"], tip["messages"]);
    assert!(tip["session"]["lineage"] != tip["session"]["id"]);
}

/// D10.
#[test]
fn what_is_not_there_is_said_with_its_id() {
    let home = home();
    let ran = hermux(&home, &["show", "work/20991231_gone"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("session 20991231_gone is in no profile"), "{}", ran.err);
    for args in [&["ls", "--profile", "nobody"][..], &["search", "x", "--profile", "nobody"]] {
        let ran = hermux(&home, args);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{args:?}");
        assert!(ran.err.contains("there is no profile nobody"), "{}", ran.err);
    }
    for args in [&["show", "two words"][..], &["show", "Work/x/y"]] {
        let ran = hermux(&home, args);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{args:?}");
        assert!(ran.err.contains("PROFILE/ID"), "{}", ran.err);
    }
    for args in [&["ls", "--limit", "0"][..], &["ls", "--profile", "No"], &["search"], &["show"]] {
        assert_eq!(hermux(&home, args).code, 2, "{args:?}");
    }
}

/// REL-16: a profile that cannot be read is named with its reason, and the others are listed.
#[test]
fn a_profile_that_cannot_be_read_hides_no_other() {
    let home = home();
    let broken = home.hermes().join("profiles/broken");
    fs::create_dir_all(&broken).expect("a profile's home");
    fs::write(broken.join("state.db"), "no database at all, whatever it is called").expect("a file");
    for args in [&["ls", "-n", "2"][..], &["search", "quokka"], &["profiles"]] {
        let ran = hermux(&home, args);
        assert_eq!(ran.code, 1, "{args:?}");
        assert!(ran.err.starts_with("hermux: broken: state.db is not a SQLite database"), "{}", ran.err);
        assert!(ran.out.contains("default"), "{}", ran.out);
        let value = json(&home, args);
        let problem = match value["problems"].as_array() {
            Some(problems) => problems[0]["reason"].clone(),
            None => value["profiles"][1]["problem"].clone(),
        };
        assert!(problem.as_str().is_some_and(|reason| reason.contains("not a SQLite database")), "{value}");
    }
    assert_eq!(hermux(&home, &["ls", "--profile", "work"]).code, 0, "it was not asked about");
    assert_eq!(hermux(&home, &["ls", "--profile", "broken"]).code, 1);
    done(&home, &["show", "work/20231201_four_3"]);
}

#[test]
fn profiles_are_counted() {
    let home = home();
    let value = json(&home, &["profiles"]);
    let rows = value["profiles"].as_array().expect("profiles");
    let names: Vec<_> =
        rows.iter().map(|row| (row["name"].as_str().unwrap_or(""), row["sessions"].as_u64())).collect();
    let all = json(&home, &["ls", "--profile", "work"])["total"].as_u64();
    assert_eq!(names, [("default", Some(2)), ("empty", Some(0)), ("work", all)]);
    assert!(rows.iter().all(|row| row["problem"].is_null()));
    let out = done(&home, &["profiles"]).out;
    assert!(out.lines().next().is_some_and(|line| line.starts_with("default  2 sessions")), "{out}");
}

/// A19, REL-16: reading starts no process, no hub, and leaves no file of hermux'.
#[test]
fn reading_starts_nothing_and_leaves_nothing() {
    let home = home().with_demo("");
    let files = |home: &Home| -> Vec<_> {
        let all = walk(home.path());
        all.into_iter().filter(|path| !path.ends_with("-shm") && !path.ends_with("-wal")).collect()
    };
    let before = files(&home);
    for args in [&["ls"][..], &["search", "quokka"], &["show", "work/20231201_four_3"], &["profiles"]] {
        done(&home, args);
    }
    assert_eq!(files(&home), before);
    assert_eq!(home.hub(), None);
    assert!(home.mark.find("demo-backend").is_none());
}

fn walk(dir: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(walk(&path));
        }
        out.push(path.to_string_lossy().into_owned());
    }
    out.sort();
    out
}

/// UX-41: a reader that has read enough ends it quietly.
#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let home = home();
    fs::set_permissions(home.hermes(), fs::Permissions::from_mode(0o755)).expect("its mode");
    for args in [&["ls", "-n", "1000", "--json"][..], &["show", "work/20231201_four_3", "--json"]] {
        let mut child = command(&home, env!("CARGO_BIN_EXE_hermux"))
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        drop(child.stdout.take());
        let mut said = String::new();
        child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
        let status = child.wait().expect("it ends");
        assert_eq!((said.as_str(), status.code()), ("", Some(128 + 13)), "{args:?}");
    }
}

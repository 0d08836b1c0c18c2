//! `hermux doctor` as a person and as a program run it: what it finds, how it ends, and that it changes and leaves nothing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::cli::{Ran, command, run};
use common::home::Home;
use common::person::{Person, STOP};
use common::procs::signal;
use common::seconds;
use rustix::process::Signal;
use serde_json::Value;

const HERMUX: &str = env!("CARGO_BIN_EXE_hermux");

/// A Hermes that is the demo's backend, under Hermes' own command line.
const STAND_IN: &str = "[ \"$1\" = --version ] && echo 'Hermes Agent v0.19.0 (2026.7.20)' && exit 0\n\
                        exec \"$PROGRAM\" demo-backend \"$@\"\n";

/// A home with two profiles and a Hermes that says and does `script`.
fn home(script: &str) -> Home {
    let home = Home::new();
    fs::create_dir_all(home.hermes().join("profiles/work")).unwrap();
    let bin = home.path().join("bin");
    fs::create_dir(&bin).unwrap();
    program(&bin.join("hermes"), &script.replace("$PROGRAM", HERMUX));
    home
}

fn program(path: &Path, script: &str) {
    fs::write(path, format!("#!/bin/sh\n{script}")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn path(home: &Home) -> String {
    format!("{}:/usr/bin:/bin", home.path().join("bin").display())
}

fn doctor_with(home: &Home, args: &[&str], env: &[(&str, &str)]) -> Ran {
    let mut command = command(home, HERMUX);
    command.arg("doctor").args(args).env("PATH", path(home)).env("TERM", "xterm-256color");
    run(command.envs(env.iter().copied()))
}

fn doctor(home: &Home, args: &[&str]) -> Ran {
    doctor_with(home, args, &[])
}

/// Every file under `dir`, with its bytes, but the runtime directory's, which means nothing after a reboot.
fn files(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                BTreeMap::from([(path.clone(), fs::read(&path).unwrap())])
            }
        })
        .collect()
}

/// The finding about `about` in `area`, as level and what is said.
#[track_caller]
fn finding(json: &str, area: &str, about: &str) -> (String, String) {
    let read: Value = serde_json::from_str(json).unwrap();
    let all = read["findings"].as_array().unwrap();
    let found = all.iter().find(|one| one["area"] == area && one["about"] == about);
    let found = found.unwrap_or_else(|| panic!("nothing of {area}, {about}: {json}"));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    (text("level"), format!("{} → {}", text("says"), text("fix")))
}

/// UX-38, UX-41: all is well, in 80 columns, and nothing is left running.
#[test]
fn where_all_is_well_it_says_so_and_ends_with_0() {
    let home = home(STAND_IN);
    let ran = doctor(&home, &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    for part in [
        "hub contract",
        "SQLite",
        "found on PATH",
        "0.19.0",
        "default",
        "work",
        "ready after",
        "answers within",
        "TERM",
        "All is well.",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    for line in ran.out.lines() {
        assert!(line.chars().count() <= 80, "{line:?}");
    }
    home.mark.assert_none_left(seconds(1));
    let json = doctor(&home, &["--json", "--profile", "work"]);
    let read: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((read["schema"].as_u64(), read["result"].as_str(), json.code), (Some(1), Some("ok"), 0));
    assert!(finding(&json.out, "backends", "work").1.starts_with("ready after"));
    assert!(!json.out.contains("\"about\":\"default\""), "only one profile was asked for");
}

/// UX-38: it changes nothing, and without a start it makes nothing.
#[test]
fn nothing_is_changed_or_made() {
    let home = home(STAND_IN);
    // Sessions to read.
    let person = Person::at(home.hermux().env("PATH", path(&home)).start());
    person.send("hello");
    person.wait_text("I follow a script");
    person.leave();
    person.wait_end(STOP);
    home.stop_hub();
    let before = files(home.path());
    let ran = doctor(&home, &["--no-spawn", "--json"]);
    assert_eq!(finding(&ran.out, "profiles", "default").1, "its stored sessions can be read → ");
    assert_eq!(ran.code, 0, "{}", ran.out);
    let after = files(home.path());
    // SQLite makes these two for every reader, and what is in the database stays.
    let sqlites = |path: &Path| path.ends_with("state.db-shm") || path.ends_with("state.db-wal");
    for (path, bytes) in after.iter().filter(|(path, _)| !sqlites(path)) {
        assert!(before.get(path) == Some(bytes), "{} is new or changed", path.display());
    }
    assert!(before.keys().all(|path| after.contains_key(path)));
}

/// UX-34, UX-38: each fault with what mends it, and 2.
#[test]
fn without_hermes_or_a_home_it_says_what_to_do_and_ends_with_2() {
    let home = Home::new();
    let ran = doctor(&home, &["--json"]);
    assert_eq!(ran.code, 2);
    let (level, words) = finding(&ran.out, "Hermes", "program");
    assert!(level == "fail" && words.contains("not found") && words.contains("pip install"), "{words}");
    let (level, words) = finding(&ran.out, "Hermes", "home");
    assert!(level == "fail" && words.contains("hermes setup") && words.contains("hermux demo"), "{words}");
    assert!(!home.hermes().exists());
}

#[test]
fn a_hermes_that_is_none_or_too_old_is_not_started() {
    for (script, words) in [
        ("echo 'Hermes Agent v0.3.1'\n", "0.3.1, and hermux needs 0.19.0 or newer → hermes update"),
        (
            "echo 'JavaScript engine'\n",
            "hermes is not Hermes: JavaScript engine → hermux doctor --hermes PATH",
        ),
    ] {
        let home = home(&format!("echo \"$*\" >> \"$HOME/asked\"\n{script}"));
        let ran = doctor(&home, &["--json"]);
        assert_eq!((ran.code, finding(&ran.out, "Hermes", "version")), (2, ("fail".into(), words.into())));
        assert_eq!(fs::read_to_string(home.path().join("asked")).unwrap(), "--version\n");
    }
}

/// SEC-09, UX-38: broken profiles each with a reason, hostile names inert, the others tried all the same.
#[test]
fn a_broken_profile_is_told_and_the_others_are_tried() {
    let home = home(&STAND_IN.replace("$@", "$@\" \"--no-provider"));
    let profiles = home.hermes().join("profiles");
    fs::create_dir(profiles.join("garbage")).unwrap();
    fs::write(profiles.join("garbage/state.db"), "no database".repeat(100)).unwrap();
    fs::create_dir(profiles.join("evil\u{1b}]0;owned\u{7}\u{202e}\u{9b}2J")).unwrap();
    std::os::unix::fs::symlink("/etc", profiles.join("out")).unwrap();
    let ran = doctor(&home, &["--json"]);
    assert_eq!(finding(&ran.out, "profiles", "garbage").0, "warn");
    assert!(finding(&ran.out, "profiles", "garbage").1.contains("not a SQLite database"));
    assert_eq!(finding(&ran.out, "profiles", "out").0, "fail");
    assert_eq!(finding(&ran.out, "backends", "garbage").0, "fail");
    assert_eq!(finding(&ran.out, "backends", "work").0, "ok");
    let warned = ran.out.contains("choose one: hermes --profile work model");
    assert!(warned, "{}", ran.out);
    assert_eq!(ran.code, 2);
    let text = doctor(&home, &["--no-spawn"]).out;
    for out in [&ran.out, &text] {
        assert!(out.contains("evil"), "{out}");
        let hidden = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert_eq!(out.chars().find(|c| hidden(*c)), None, "{out:?}");
    }
    home.mark.assert_none_left(seconds(1));
}

/// UX-38: hermux' own config and directories.
#[test]
fn a_wrong_config_and_open_directories_are_told_with_the_command_that_mends_them() {
    let home = home(STAND_IN);
    let (config, state) = (home.path().join("config/hermux"), home.path().join("state/hermux"));
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), "[ui]\nmuose = false\n").unwrap();
    fs::create_dir_all(state.join("log")).unwrap();
    fs::write(state.join("log/hermux.log"), "").unwrap();
    for (path, mode) in [(&state, 0o777), (&state.join("log"), 0o700), (&state.join("log/hermux.log"), 0o644)]
    {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let ran = doctor(&home, &["--no-spawn", "--json"]);
    assert_eq!(ran.code, 2);
    let (level, words) = finding(&ran.out, "hermux", "config");
    assert!(level == "fail" && words.contains("muose") && words.contains("hermux config check"), "{words}");
    let (level, words) = finding(&ran.out, "hermux", "state");
    assert!(level == "fail" && words.contains(&format!("chmod 700 {}", state.display())), "{words}");
    assert_eq!(finding(&ran.out, "hermux", "logs").0, "warn");
}

/// UX-38: what a killed hermux left is counted; a living one's is not.
#[test]
fn what_a_killed_hermux_left_behind_is_counted() {
    let home = home(STAND_IN);
    let demo = Person::at(home.hermux().arg("demo").start());
    let about = |json: &str| {
        serde_json::from_str::<Value>(json).unwrap()["findings"].to_string().contains("demo homes")
    };
    assert!(!about(&doctor(&home, &["--no-spawn", "--json"]).out));
    signal(demo.pid().cast_signed(), Signal::KILL);
    demo.wait_end(STOP);
    let ran = doctor(&home, &["--no-spawn", "--json"]);
    assert_eq!((ran.code, finding(&ran.out, "hermux", "demo").0.as_str()), (1, "warn"), "{}", ran.out);
    assert!(finding(&ran.out, "hermux", "demo").1.starts_with("1 demo homes"));
}

/// UX-38, KEY-11: the options of a multiplexer that matter, each with the command.
#[test]
fn the_options_of_a_multiplexer_come_with_the_command_that_mends_them() {
    let home = home(STAND_IN);
    let answers = "case $3 in set-clipboard) echo off;; focus-events) echo off;; escape-time) echo 500;;\n\
                   default-terminal) echo tmux-256color;; *) exit 1;; esac\n";
    program(&home.path().join("bin/tmux"), answers);
    let ran = doctor_with(&home, &["--no-spawn", "--json"], &[("TMUX", "/x,1,0"), ("ZELLIJ", "0")]);
    assert_eq!(ran.code, 1);
    for (about, level, part) in [
        ("set-clipboard", "warn", "tmux set -s set-clipboard external"),
        ("focus-events", "warn", "tmux set -s focus-events on"),
        ("escape-time", "warn", "tmux set -s escape-time 20"),
        ("default-terminal", "ok", "tmux-256color"),
        ("allow-passthrough", "warn", "tmux did not say"),
        ("zellij", "warn", "noncolliding"),
    ] {
        let (is, words) = finding(&ran.out, "multiplexer", about);
        assert!(is == level && words.contains(part), "{about}: {is} {words}");
    }
    let (_, words) = finding(&ran.out, "terminal", "clipboard");
    assert!(words.contains("tmux load-buffer -w"), "{words}");
}

/// One owner a profile: the doctor does not disturb it.
#[test]
fn a_profile_that_another_hermux_runs_is_let_be() {
    let home = home(STAND_IN);
    let person = Person::at(home.hermux().env("PATH", path(&home)).start());
    person.send("hello");
    person.wait_text("I follow a script");
    let ran = doctor(&home, &["--json"]);
    let (level, words) = finding(&ran.out, "backends", "default");
    assert!(level == "ok" && words.contains("another hermux"), "{words}");
    let (level, words) = finding(&ran.out, "hermux", "hub");
    assert!(level == "ok" && words.contains("process") && words.contains("terminals: 1"), "{words}");
    assert_eq!(finding(&ran.out, "backends", "work").0, "ok");
    person.send("/demo stream 3 0 T1");
    person.wait_text("T1-0003");
    person.leave();
    person.wait_end(STOP);
}

/// UX-38: a terminal is asked what it can, and left as it was.
#[test]
fn a_terminal_is_asked_and_left_as_it_was() {
    let home = home(STAND_IN);
    let term = home.hermux().arg("doctor").arg("--no-spawn").env("PATH", path(&home)).size(80, 60).start();
    let status = term.wait_end(seconds(10));
    assert_eq!(status.exit_code(), 0);
    let screen = term.screen();
    assert!(screen.has("shown only when whole") && screen.has("kitty protocol"), "{}", screen.text());
    assert_eq!(screen.left_behind(), [] as [&str; 0]);
    drop(screen);
    assert_eq!(term.modes_changed(), None);
}

//! The command line of the real binary: what it prints where, and how it ends.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::cli::{command, hermux, run};
use common::home::Home;
use common::person::{Person, STOP};
use common::procs::signal;
use common::seconds;
use rustix::process::Signal;

/// What a person may ask hermux for, by name.
const SUBCOMMANDS: &[&str] = &[
    "attach", "config", "demo", "doctor", "keys", "logs", "ls", "profiles", "search", "server", "show",
    "stop",
];

/// UX-41: help and version are data, without colour, and fit.
#[test]
fn help_and_version_go_to_standard_output_and_fit_80_columns() {
    let home = Home::new();
    let mut asked = vec![vec!["-h"], vec!["--help"], vec!["--version"], vec!["-V"]];
    asked.extend(SUBCOMMANDS.iter().flat_map(|name| [vec![*name, "-h"], vec![*name, "--help"]]));
    for args in asked {
        let ran = hermux(&home, &args);
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{args:?}");
        assert!(!ran.out.contains('\x1b'), "{args:?}");
        for line in ran.out.lines() {
            assert!(line.chars().count() <= 80, "{args:?}: {line:?}");
        }
        assert!(!args.iter().any(|arg| arg.ends_with('h')) || ran.out.contains("Usage: hermux"), "{args:?}");
    }
    let short = hermux(&home, &["-h"]).out.lines().count();
    assert!(short < hermux(&home, &["--help"]).out.lines().count());
    for part in ["Examples:\n", "  hermux demo "] {
        assert!(hermux(&home, &["-h"]).out.contains(part), "{part}");
    }
    let listed = hermux(&home, &["-h"]).out;
    for name in SUBCOMMANDS {
        assert!(listed.contains(&format!("\n  {name} ")), "{name} is not in the help");
    }
    let long = hermux(&home, &["--version"]).out;
    for part in ["hermux ", "commit: ", "hub: contract ", "Hermes: 0.19.0 and newer"] {
        assert!(long.contains(part), "{part}: {long}");
    }
}

/// UX-40: 2 for a wrong usage, 3 for a wrong config, and the message on standard error alone.
#[test]
fn a_wrong_command_line_ends_with_2_and_a_wrong_config_with_3() {
    let home = Home::new();
    for args in [&["--nothing"][..], &["nothing"], &["--profile", "../x"], &["--log", "hermux=loud"]] {
        let ran = hermux(&home, args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains(args[args.len() - 1]), "{}", ran.err);
    }
    let config = home.path().join("config/hermux");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), "[ui]\nmuose = false\n").unwrap();
    let ran = hermux(&home, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{}", ran.err);
    assert!(ran.err.contains("config.toml") && ran.err.contains("muose"), "{}", ran.err);
}

/// UX-40, UX-41: without a terminal hermux says so, makes nothing and starts nothing.
#[test]
fn without_a_terminal_hermux_says_so_and_ends_with_2() {
    let home = Home::new();
    for args in [&[][..], &["demo"], &["attach"], &["--solo"]] {
        // `setsid` takes the controlling terminal of whoever runs the tests away.
        let ran = run(command(&home, "setsid").args(["--wait", env!("CARGO_BIN_EXE_hermux")]).args(args));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}: {}", ran.err);
        assert!(ran.err.contains("needs a terminal") && ran.err.contains("doctor"), "{}", ran.err);
    }
    assert!(!home.path().join("state/hermux").exists());
    assert_eq!(fs::read_dir(home.path().join("tmp")).unwrap().count(), 0);
}

/// UX-41: a reader that has read enough is no error.
#[test]
fn a_closed_pipe_is_quiet() {
    let home = Home::new();
    let logs = home.path().join("state/hermux/log");
    fs::create_dir_all(&logs).unwrap();
    fs::write(logs.join("hermux.log"), "a line of a log\n".repeat(20_000)).unwrap();
    let line = format!(
        "'{}' logs --tail 20000 | head -n 1; echo \"${{PIPESTATUS[0]}}\"",
        env!("CARGO_BIN_EXE_hermux")
    );
    let ran = run(command(&home, "bash").args(["-c", &line]));
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("a line of a log\n141\n", ""));
}

/// SEC-09, SEC-37: where the logs are by default, what is in them when asked, inert.
#[test]
fn logs_says_where_they_are_and_shows_them_only_when_asked() {
    let home = Home::new();
    let ran = hermux(&home, &["logs"]);
    let file = home.path().join("state/hermux/log/hermux.log");
    assert_eq!((ran.code, ran.out), (0, format!("{:<12} {}\n", "hermux", file.display())));
    let ran = hermux(&home, &["logs", "--tail", "3"]);
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("there is no log at"), "{}", ran.err);

    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, "one\ntwo \u{1b}]0;owned\u{7}\u{9b}2J\u{202e}\nthree\n").unwrap();
    fs::write(file.with_file_name("hermux.log.1"), "older\n").unwrap();
    fs::write(file.with_file_name("crash-1-2.txt"), "").unwrap();
    fs::create_dir_all(home.hermes().join("profiles/work/logs")).unwrap();
    let ran = hermux(&home, &["logs"]);
    let whose: Vec<_> = ran.out.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(whose, ["hermux", "hermux", "hermux", "work"], "{}", ran.out);
    assert!(!ran.out.contains("two"));
    let ran = hermux(&home, &["logs", "-n", "2"]);
    assert_eq!(ran.out, "two ␛]0;owned^G<U+009B>2J<U+202E>\nthree\n");
}

/// SEC-37: whatever the filter, no word of a session and no token is in the log; the file is its owner's alone.
#[test]
fn nothing_that_is_said_is_ever_logged() {
    let home = Home::new();
    let shared = home.path().join("kept");
    let demo = home.hermux().arg("demo").arg("--home").arg(&shared).arg("--log").arg("trace").start();
    let person = Person::at(demo);
    person.send("canary-4711 is what I say");
    person.wait_text("I follow a script");
    person.leave();
    person.wait_end(STOP);
    let ran = hermux(&home, &["stop", "--force", "--home", &shared.to_string_lossy()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let log = home.path().join("state/hermux/log/hermux.log");
    let text = fs::read_to_string(&log).unwrap();
    assert!(text.contains("a backend was started"), "nothing was logged: the test looks at nothing");
    for secret in ["canary-4711", "I follow a script", "?token="] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
    assert_eq!(log.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

/// A demo that was killed leaves its home; the next one removes it.
#[test]
fn a_demo_removes_the_home_of_one_that_was_killed() {
    let home = Home::new();
    let homes =
        || -> Vec<_> { fs::read_dir(home.path().join("tmp")).unwrap().flatten().map(|e| e.path()).collect() };
    let first = Person::at(home.hermux().arg("demo").start());
    let left = homes();
    assert_eq!(left.len(), 1);
    signal(first.pid().cast_signed(), Signal::KILL);
    first.wait_end(STOP);
    home.mark.assert_none_left(seconds(10));
    assert!(left[0].exists(), "nothing was left: the test looks at nothing");
    let second = Person::at(home.hermux().arg("demo").start());
    second.wait_for("the former home is gone", |_| !left[0].exists());
    second.leave();
    second.wait_end(STOP);
    assert_eq!(homes(), [] as [std::path::PathBuf; 0]);
}

/// An update puts another file in the place of the running program: backends still start.
#[test]
fn a_program_that_was_replaced_still_starts_backends() {
    let home = Home::new();
    let program = home.path().join("hermux");
    fs::copy(env!("CARGO_BIN_EXE_hermux"), &program).unwrap();
    let launch =
        common::pty::Launch::new(&program, &home.work()).envs(home.env()).log(home.path().join("state"));
    let person = Person::at(launch.arg("demo").start());
    fs::remove_file(&program).unwrap();
    fs::write(&program, "#!/bin/sh\necho another program\nexit 3\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    person.send("hello");
    person.wait_text("I follow a script");
    person.leave();
    person.wait_end(STOP);
}

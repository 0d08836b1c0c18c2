//! What a person sees who has just installed hermux, where something is missing or broken: one page in the running terminal that
//! says what happened, what hermux does, and what to do. The `hermes` here are scripts.

#![expect(clippy::unwrap_used, reason = "a test says so by failing")]
mod common;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use common::home::Home;
use common::person::{Person, STOP};
use common::pty::Launch;
use common::seconds;

/// The sizes in which each page is looked at.
const SIZES: [(u16, u16); 2] = [(120, 40), (40, 12)];

/// A folder to be the whole `PATH`, with `hermes` in it as a script, unless there is none, and a shell to run it.
fn path_with(home: &Home, script: Option<&str>, mode: u32) -> PathBuf {
    let dir = home.path().join("bin");
    fs::create_dir_all(&dir).unwrap();
    for tool in ["sh", "sleep", "cat"] {
        let _ = symlink(format!("/bin/{tool}"), dir.join(tool));
    }
    if let Some(script) = script {
        write_program(&dir.join("hermes"), script, mode);
    }
    dir
}

fn write_program(path: &Path, script: &str, mode: u32) {
    fs::write(path, script).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A home with the profiles `default` and `work`.
fn with_profiles() -> Home {
    let home = Home::new();
    fs::create_dir_all(home.hermes().join("profiles/work")).unwrap();
    home
}

/// A Hermes that is the demo's backend, under Hermes' own command line.
fn stand_in() -> String {
    format!("#!/bin/sh\nexec '{}' demo-backend \"$@\"\n", env!("CARGO_BIN_EXE_hermux"))
}

/// In one process, so that what is there counts anew with each start.
fn launch(home: &Home, path: &Path, (cols, rows): (u16, u16)) -> Launch {
    home.hermux().arg("--solo").env("PATH", path).size(cols, rows)
}

/// Starts hermux, types if `typed`, and waits for a page with all of `parts`.
#[track_caller]
fn page(home: &Home, path: &Path, size: (u16, u16), typed: &str, parts: &[&str]) -> Person {
    let person = Person::at(launch(home, path, size).start());
    person.keys(typed);
    // A long sentence is wrapped, and centred line by line.
    let joined = |s: &common::pty::Screen| s.text().split_whitespace().collect::<Vec<_>>().join(" ");
    person.wait_for(&format!("{parts:?} at {size:?}"), |s| parts.iter().all(|part| joined(s).contains(part)));
    person
}

fn leave(person: &Person) {
    person.leave();
    person.wait_end(STOP);
}

/// UX-34: no Hermes at all, said at once, before a key.
#[test]
fn without_hermes_the_page_says_how_to_get_it_and_offers_the_demo() {
    let home = with_profiles();
    let path = path_with(&home, None, 0);
    for size in SIZES {
        let does: &[&str] =
            if size.0 > 40 { &["not found in any directory of PATH", "has started nothing"] } else { &[] };
        let commands =
            ["default does not run", "pip install 'hermes-agent[web]'", "hermux demo", "tries again"];
        let person = page(&home, &path, size, "", &[&commands, does].concat());
        leave(&person);
    }
    // It is installed while hermux runs.
    let person = page(&home, &path, SIZES[0], "", &["does not run"]);
    path_with(&home, Some(&stand_in()), 0o755);
    person.keys("\x18s");
    person.wait_for("the page is gone", |s| !s.has("does not run"));
    person.send("hello");
    person.wait_text("I follow a script");
    leave(&person);
}

/// UX-34: from the page of a missing Hermes into the demo, and out of it to a terminal as it was.
#[test]
fn a_key_leads_from_the_page_into_the_demo() {
    let home = with_profiles();
    let person = page(&home, &path_with(&home, None, 0), SIZES[0], "", &["Ctrl-X D shows the demo"]);
    person.keys("\x18D");
    person.wait_for("the demo's profiles", |s| s.has("research"));
    person.send("hello");
    person.wait_text("I follow a script");
    leave(&person);
    assert_eq!(person.screen().left_behind(), [] as [&str; 0]);
    assert_eq!(person.modes_changed(), None);
    home.mark.assert_none_left(seconds(1));
}

#[test]
fn a_hermes_named_by_flag_or_config_is_the_one_that_runs() {
    let home = with_profiles();
    let path = path_with(&home, None, 0);
    let mine = home.path().join("my hermes");
    write_program(&mine, &stand_in(), 0o755);
    let person = Person::at(launch(&home, &path, SIZES[0]).arg("--hermes").arg(&mine).start());
    person.send("hello");
    person.wait_text("I follow a script");
    leave(&person);
    let config = home.path().join("config/hermux");
    fs::create_dir_all(&config).unwrap();
    fs::write(config.join("config.toml"), format!("hermes = {:?}\n", mine.display().to_string())).unwrap();
    let person = page(&home, &path, SIZES[0], "hello\r", &["I follow a script"]);
    leave(&person);
    fs::remove_file(&mine).unwrap();
    leave(&page(&home, &path, SIZES[0], "", &["there is no program", "my hermes"]));
}

#[test]
fn a_hermes_that_may_not_be_run_is_named() {
    let home = with_profiles();
    let path = path_with(&home, Some("#!/bin/sh\n"), 0o644);
    for size in SIZES {
        leave(&page(&home, &path, size, "", &["default does not run", "hermux demo"]));
    }
    leave(&page(&home, &path, SIZES[0], "", &["bin/hermes is there, but may not be run", "chmod +x"]));
}

#[test]
fn a_hermes_whose_interpreter_is_gone_is_told_from_one_that_is_missing() {
    let home = with_profiles();
    let path = path_with(&home, Some("#!/nowhere/python\n"), 0o755);
    let parts = ["is there, but the system cannot run it: No such file or directory", "--force-reinstall"];
    leave(&page(&home, &path, SIZES[0], "x", &parts));
}

/// UX-34: a Hermes from before `serve`.
#[test]
fn a_hermes_that_is_too_old_is_told_with_both_versions() {
    let home = with_profiles();
    let script = "#!/bin/sh\n[ \"$1\" = --version ] && echo 'Hermes Agent v0.15.2 (2026.2.1)' && exit 0\n\
                  echo \"hermes: error: argument command: invalid choice: 'serve'\" >&2\nexit 2\n";
    let path = path_with(&home, Some(script), 0o755);
    for size in SIZES {
        leave(&page(&home, &path, size, "x", &["default does not run", "hermes update", "hermux demo"]));
    }
    leave(&page(&home, &path, SIZES[0], "x", &["hermes is Hermes 0.15.2; hermux needs 0.19.0 or newer"]));
}

#[test]
fn another_program_of_that_name_is_told_by_what_it_says_of_itself() {
    let home = with_profiles();
    let script = "#!/bin/sh\necho 'JavaScript engine \x1b]0;owned\x07'\nexit 1\n";
    let path = path_with(&home, Some(script), 0o755);
    let parts =
        ["hermes is another program, not Hermes", "JavaScript engine ␛]0;owned^G", "hermux --hermes PATH"];
    leave(&page(&home, &path, SIZES[0], "x", &parts));
    leave(&page(&home, &path, SIZES[1], "x", &["default does not run", "hermux demo"]));
}

/// A program that says nothing and does not end is waited for, and leaves with hermux.
#[test]
fn a_hermes_that_hangs_is_waited_for_and_holds_nothing_up() {
    let home = with_profiles();
    let path = path_with(&home, Some("#!/bin/sh\nexec sleep 1000\n"), 0o755);
    let person = page(&home, &path, SIZES[0], "x", &["waking up default"]);
    person.wait_within(seconds(40), "it is said that this is unusual", |s| {
        s.has("slower than usual; hermux waits up to 3 minutes") && s.has("hermux doctor")
    });
    person
        .wait_within(seconds(20), "and that it does not answer", |s| s.has("does not even say its version"));
    person.leave();
    person.wait_end(STOP);
    home.mark.assert_none_left(seconds(1));
}

#[test]
fn a_home_that_is_not_there_yet_is_told() {
    let home = Home::new();
    let path = path_with(&home, Some(&stand_in()), 0o755);
    for size in SIZES {
        leave(&page(&home, &path, size, "", &["default does not run", "hermes setup", "hermux demo"]));
    }
    leave(&page(&home, &path, SIZES[0], "", &["there is no Hermes home at", ".hermes yet"]));
    assert!(!home.hermes().exists(), "hermux made a Hermes home");
}

/// UX-34: one profile's database is no database: it is told there, and the other profile works.
#[test]
fn with_one_broken_profile_the_others_work() {
    let home = with_profiles();
    let garbage = home.hermes().join("profiles/work/state.db");
    fs::write(&garbage, "this is no database, and hermux leaves it as it is".repeat(20)).unwrap();
    let before = fs::read(&garbage).unwrap();
    let path = path_with(&home, Some(&stand_in()), 0o755);
    for size in SIZES {
        let person = Person::at(launch(&home, &path, size).arg("--profile").arg("work").start());
        let parts = ["stored sessions cannot be read", "hermux doctor"];
        person.wait_for("the page of the broken one", |s| parts.iter().all(|part| s.has(part)));
        person.next_profile();
        person.wait_text("Write to default");
        person.send("hello");
        person.wait_text("I follow a script");
        leave(&person);
    }
    assert_eq!(fs::read(&garbage).unwrap(), before);
}

/// UX-34: Hermes runs and has no provider; what it says of a config that it cannot read is said, too.
#[test]
fn a_hermes_without_a_provider_says_how_to_choose_one() {
    let home = with_profiles();
    let broken =
        "echo \"hermes config: Failed to parse /h/config.yaml: line 2. Falling back to default config\"\n";
    let script = stand_in()
        .replace("exec", &format!("{broken}exec"))
        .replace("demo-backend", "demo-backend --no-provider");
    let path = path_with(&home, Some(&script), 0o755);
    for size in SIZES {
        let parts = ["default has no model yet", "hermes model", "hermux demo"];
        leave(&page(&home, &path, size, "x", &parts));
    }
    let parts = ["cannot read its config and goes on without it: /h/config.yaml: line 2", "mend the file"];
    leave(&page(&home, &path, SIZES[0], "x", &parts));
}

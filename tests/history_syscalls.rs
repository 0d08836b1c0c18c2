//! What reading asks of the system: the calls of a process that reads everything that can be read of a profile, recorded.
//!
//! `strace` records them. Where there is none, or where it may not, the test says so; `history_files` holds by other means that no
//! byte changes.
#![cfg(target_os = "linux")]

use hermux::{base::ids::ProfileName, history};
use rusqlite::Connection;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

const SQL: &str = include_str!("fixtures/state/state.sql");
const HOME: &str = "HERMUX_TEST_HOME";

/// Not a test of its own: what is recorded.
#[test]
#[ignore = "another test of this file starts it"]
fn child_reads_everything() {
    let Some(home) = std::env::var_os(HOME).map(PathBuf::from) else { return };
    let profile = ProfileName::default_profile();
    history::check(&home).unwrap();
    history::count(&home).unwrap();
    assert_eq!(history::scan(&home).unwrap().stamp, history::stamp(&home));
    for row in history::list(&home, &profile, 500).unwrap() {
        history::load(&home, &profile, &row.id).unwrap();
        history::older(&home, &profile, &row.id, 3).unwrap();
        history::peek(&home, &profile, &row.id).unwrap();
        history::find(&home, &profile, &row.id).unwrap();
    }
    for text in ["kettle", "你好世界", "->"] {
        history::search(&home, &profile, text, 100, &Arc::default(), &mut drop).unwrap();
    }
    println!("\nREAD EVERYTHING");
}

#[expect(clippy::disallowed_methods, reason = "this binary again, recorded")]
fn strace(args: &[&str]) -> Command {
    let mut strace = Command::new("strace");
    strace.args(args).stdin(Stdio::null());
    strace
}

/// The recorded calls that name the database itself, in which every descriptor has its path.
fn calls(log: &str, db: &Path) -> Vec<String> {
    let (named, opened) = (format!("\"{}\"", db.display()), format!("<{}>", db.display()));
    let ours = |line: &&str| line.contains(&named) || line.contains(&opened);
    log.lines().filter(ours).map(str::to_owned).collect()
}

/// REL-16. The database is opened for reading and in no other way, and no call that could change it or its name is made.
#[test]
fn reading_asks_the_system_for_nothing_but_to_read() {
    if !strace(&["-f", "-o", "/dev/null", "true"]).output().is_ok_and(|out| out.status.success()) {
        println!("no strace here, or it may not: nothing was recorded");
        return;
    }
    for live in [true, false] {
        let home = tempfile::tempdir().unwrap();
        let db = home.path().join("state.db");
        let writer = Connection::open(&db).unwrap();
        writer.execute_batch(SQL).unwrap();
        let writer = live.then_some(writer);
        let log = home.path().join("calls");
        let out = strace(&["-f", "-y", "-qq", "-s", "4096", "-o"])
            .arg(&log)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "child_reads_everything", "--ignored", "--nocapture"])
            .env(HOME, home.path())
            .output()
            .unwrap();
        assert!(String::from_utf8_lossy(&out.stdout).contains("READ EVERYTHING"), "{out:?}");
        drop(writer);
        let log = std::fs::read_to_string(&log).unwrap();
        let calls = calls(&log, &db.canonicalize().unwrap());
        assert!(calls.len() > 100, "{} calls", calls.len());
        let mut kinds: Vec<&str> = Vec::new();
        for call in &calls {
            let name = call.split_whitespace().nth(1).unwrap().split('(').next().unwrap();
            if name == "openat" || name == "open" {
                assert!(call.contains("O_RDONLY"), "{call}");
                assert!(
                    !["O_RDWR", "O_WRONLY", "O_CREAT", "O_TRUNC"].iter().any(|flag| call.contains(flag)),
                    "{call}"
                );
            }
            kinds.push(name);
        }
        kinds.sort_unstable();
        kinds.dedup();
        let harmless = [
            "access",
            "close",
            "faccessat",
            "faccessat2",
            "fcntl",
            "fstat",
            "lstat",
            "mmap",
            "newfstatat",
            "open",
            "openat",
            "pread64",
            "readlink",
            "stat",
            "statx",
        ];
        assert!(kinds.iter().all(|kind| harmless.contains(kind)), "{kinds:?}");
    }
}

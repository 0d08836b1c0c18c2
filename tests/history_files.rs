//! What may lie on disk where a `state.db` is expected, or beside one, and what reading does to it: nothing.
//!
//! | what is so | what is held |
//! |---|---|
//! | a live writer, all files readable, the directory not writable | `a_live_database_is_read_with_its_log_where_nothing_may_be_written` |
//! | the same, read as a snapshot: stale | never done: `a_log_that_cannot_be_read_is_never_passed_over` |
//! | a live writer, the files beside not readable | `files_that_may_not_be_read_are_said_to_be` |
//! | a crashed writer, both files left; or the index missing, the directory writable | `what_a_crashed_writer_left_is_read_with_its_log` |
//! | the same, the directory not writable; or the index empty | `a_log_that_cannot_be_read_is_never_passed_over` |
//! | no log, an index, the directory not writable; or neither | `a_closed_database_is_read_as_it_stands_where_nothing_may_be_made` |
//! | closed in order, the directory writable | `reading_changes_no_byte_of_the_database`, `reading_leaves_no_file_of_a_stranger_beside_a_database` |
//! | a writer has it to himself | `a_writer_who_locks_all_others_out_is_waited_for_with_a_bound` |
//! | a reader beside thousands of writes | `history::beside_tests`, in the crate |
//! | the writer closes while a reader has it open | `a_writer_that_leaves_during_a_read_loses_nothing` |
//! | another file in its place, before and during a read | `a_database_that_was_replaced_is_read_anew`, `a_database_that_is_replaced_during_a_search_harms_nobody` |
//!
//! Root may read everything: then a process of another user reads where permissions matter.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

use hermux::{
    base::ids::ProfileName,
    history::{self, HistoryError},
};
use pretty_assertions::assert_eq;
use rusqlite::Connection;
use std::{
    fs::{self, Permissions},
    os::unix::{fs::PermissionsExt as _, net::UnixListener, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tempfile::TempDir;

const SQL: &str = include_str!("fixtures/state/state.sql");
/// How many sessions of the fixture are listed.
const LISTED: usize = 61;
/// A session of the fixture that a test may hide, to see whether a write was seen.
const HIDE_ONE: &str = "UPDATE sessions SET archived = 1 WHERE id = '20231201_par_root'";

/// A home that every user may enter.
fn home() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    mode(home.path(), 0o755);
    home
}

fn db(home: &TempDir) -> PathBuf {
    home.path().join("state.db")
}

/// A home with the fixture, and the writer that has it open.
fn live() -> (TempDir, Connection) {
    let home = home();
    let writer = Connection::open(db(&home)).unwrap();
    writer.execute_batch(SQL).unwrap();
    (home, writer)
}

/// A home with the fixture, closed in order: nothing lies beside it.
fn closed() -> TempDir {
    let (home, writer) = live();
    writer.close().unwrap();
    assert_eq!(files(&home), ["state.db"]);
    home
}

/// A home whose writer died with a write in its log.
fn crashed() -> TempDir {
    let (source, writer) = live();
    let none: i64 = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0)).unwrap();
    assert_eq!(none, 0);
    writer.execute_batch(HIDE_ONE).unwrap();
    let home = home();
    for file in files(&source) {
        fs::copy(source.path().join(&file), home.path().join(&file)).unwrap();
    }
    assert_eq!(files(&home), ["state.db", "state.db-shm", "state.db-wal"]);
    home
}

fn files(home: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(home.path()).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn read(home: &Path) -> Result<usize, HistoryError> {
    history::list(home, &ProfileName::default_profile(), 500).map(|rows| rows.len())
}

const CHILD_HOME: &str = "HERMUX_TEST_HOME";
const STRANGER: u32 = 65_534;

/// Not a test of its own: what [`read_without_rights`] runs as another user.
#[test]
#[ignore = "the other tests of this file start it"]
fn child_reads() {
    if let Some(home) = std::env::var_os(CHILD_HOME) {
        println!("\nREAD {:?}", read(Path::new(&home)));
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Reads as a user whom permissions bind: this one, or a stranger when this one is root.
fn read_without_rights(home: &TempDir) -> String {
    if !is_root() {
        return format!("{:?}", read(home.path()));
    }
    let bin = self::home();
    let exe = bin.path().join("tests");
    fs::copy(std::env::current_exe().unwrap(), &exe).unwrap();
    mode(&exe, 0o755);
    #[expect(clippy::disallowed_methods, reason = "this binary again, as another user")]
    let mut child = Command::new(&exe);
    let out = child
        .args(["--exact", "child_reads", "--ignored", "--nocapture"])
        .env(CHILD_HOME, home.path())
        .uid(STRANGER)
        .gid(STRANGER)
        .output()
        .unwrap();
    let said = String::from_utf8(out.stdout).unwrap();
    said.lines().find_map(|line| line.strip_prefix("READ ")).unwrap_or(&said).to_owned()
}

fn ok(rows: usize) -> String {
    format!("{:?}", Ok::<_, HistoryError>(rows))
}

fn err(reason: HistoryError) -> String {
    format!("{:?}", Err::<usize, _>(reason))
}

/// FLT-35: each has its reason, and none makes anybody wait.
#[test]
fn what_is_no_database_is_named() {
    type Case<'a> = (&'a dyn Fn(&Path), HistoryError);
    let cases: [Case<'_>; 6] = [
        (&|path| fs::create_dir(path).unwrap(), HistoryError::NotAFile("directory")),
        (
            &|path| {
                let mode = rustix::fs::Mode::from_raw_mode(0o644);
                rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
            },
            HistoryError::NotAFile("pipe"),
        ),
        (&|path| drop(UnixListener::bind(path).unwrap()), HistoryError::NotAFile("device or socket")),
        (&|path| fs::write(path, "").unwrap(), HistoryError::Empty),
        (&|path| fs::write(path, "no database\n".repeat(1000)).unwrap(), HistoryError::NotADatabase),
        (
            &|path| Connection::open(path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap(),
            HistoryError::NotHermes,
        ),
    ];
    for (make, reason) in cases {
        let home = home();
        make(&db(&home));
        let before = files(&home);
        assert_eq!(read(home.path()), Err(reason.clone()));
        assert_eq!(files(&home), before, "{reason}");
    }
}

/// REL-19.
#[test]
fn another_schema_is_said_to_be_newer_or_older() {
    assert!(HistoryError::Newer(30).to_string().starts_with("newer Hermes: details off."));
    for (version, reason) in [(30, HistoryError::Newer(30)), (7, HistoryError::Older(7))] {
        let (home, writer) = live();
        writer.execute("UPDATE schema_version SET version = ?1", [version]).unwrap();
        assert_eq!(read(home.path()), Err(reason));
    }
}

/// FLT-35: wherever the damage is, there is an answer.
#[test]
fn damaged_pages_never_stop_or_hang_a_reader() {
    let home = closed();
    let whole = fs::read(db(&home)).unwrap();
    let mut damaged = 0;
    for page in 0..whole.len() / 4096 {
        let mut bytes = whole.clone();
        for (at, byte) in bytes.iter_mut().skip(page * 4096).take(4096).enumerate() {
            *byte = (at * 31 % 251) as u8;
        }
        fs::write(db(&home), bytes).unwrap();
        match read(home.path()) {
            Ok(_) => {}
            Err(HistoryError::Damaged | HistoryError::NotADatabase) => damaged += 1,
            Err(other) => panic!("page {page}: {other:?}"),
        }
    }
    assert!(damaged > 2);
    fs::write(db(&home), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(read(home.path()), Err(HistoryError::Damaged));
}

/// REL-16: the database is byte for byte what it was, and the next writer tidies what reading left beside it.
#[test]
fn reading_changes_no_byte_of_the_database() {
    let home = closed();
    let before = fs::read(db(&home)).unwrap();
    let profile = ProfileName::default_profile();
    for row in history::list(home.path(), &profile, 500).unwrap() {
        history::load(home.path(), &profile, &row.id).unwrap();
        history::older(home.path(), &profile, &row.id, 3).unwrap();
    }
    assert_eq!(fs::read(db(&home)).unwrap(), before);
    Connection::open(db(&home)).unwrap().execute_batch(HIDE_ONE).unwrap();
    assert_eq!(files(&home), ["state.db"]);
    assert_eq!(read(home.path()), Ok(LISTED - 1));
}

/// Fact 8: closing any other descriptor on a database drops the locks that this process has on it.
#[test]
fn nothing_in_history_opens_a_file_but_sqlite() {
    let sources = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/history")).unwrap();
    for path in sources.map(|entry| entry.unwrap().path()) {
        let text = fs::read_to_string(&path).unwrap();
        let tests = path.to_str().unwrap().ends_with("_tests.rs");
        for word in ["File::", "OpenOptions", "fs::read(", "fs::read_to", "fs::write", "fs::copy", "fs::open"]
        {
            assert!(tests || !text.contains(word), "{word} in {}", path.display());
        }
    }
}

/// Somebody writes all the time; he never waits for a reader, and his log can be merged whenever he likes.
#[test]
fn a_writer_beside_a_reader_never_waits() {
    let (home, writer) = live();
    writer.busy_timeout(Duration::ZERO).unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut reads = 0;
            while !done.load(Ordering::Relaxed) || reads < 3 {
                assert_eq!(read(home.path()), Ok(LISTED));
                reads += 1;
            }
        });
        for n in 0..300 {
            let touch = "UPDATE sessions SET input_tokens = ?1 WHERE id = '20231201_par_root'";
            writer.execute(touch, [n]).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    let busy: i64 = writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| row.get(0)).unwrap();
    assert_eq!(busy, 0);
}

/// REL-19.
#[test]
fn a_writer_who_locks_all_others_out_is_waited_for_with_a_bound() {
    let (home, writer) = live();
    writer.execute_batch("BEGIN EXCLUSIVE").unwrap();
    writer.execute_batch(HIDE_ONE).unwrap();
    // With a write-ahead log readers see what was before.
    assert_eq!(read(home.path()), Ok(LISTED));
    writer.execute_batch("ROLLBACK; PRAGMA journal_mode=DELETE; BEGIN EXCLUSIVE;").unwrap();
    assert_eq!(read(home.path()), Err(HistoryError::Busy));
    writer.execute_batch("ROLLBACK").unwrap();
    assert_eq!(read(home.path()), Ok(LISTED));
}

/// The writer's last checkpoint cannot empty the log then; the next writer does, and nobody misses a row.
#[test]
fn a_writer_that_leaves_during_a_read_loses_nothing() {
    let (home, writer) = live();
    let mut writer = Some(writer);
    let mut pieces = 0;
    let profile = ProfileName::default_profile();
    let searched = history::search(home.path(), &profile, "kettle", 1_000, &Arc::default(), &mut |_| {
        pieces += 1;
        if let Some(writer) = writer.take() {
            writer.execute_batch(HIDE_ONE).unwrap();
            writer.close().unwrap();
        }
    });
    assert!(searched.unwrap().whole && pieces > 1);
    assert_eq!(read(home.path()), Ok(LISTED - 1));
    Connection::open(db(&home)).unwrap().execute_batch("DELETE FROM messages WHERE id = 1").unwrap();
    assert_eq!(files(&home), ["state.db"]);
    assert_eq!(read(home.path()), Ok(LISTED - 1));
}

/// REL-18. A connection lives for one call: afterwards no descriptor is open on anything in the profile.
#[test]
#[cfg(target_os = "linux")]
fn nothing_stays_open_after_a_read() {
    let (home, writer) = live();
    let inside = || {
        let open = fs::read_dir("/proc/self/fd").unwrap();
        let paths = open.filter_map(|entry| fs::read_link(entry.unwrap().path()).ok());
        paths.filter(|path| path.starts_with(home.path())).count()
    };
    let before = inside();
    assert_eq!(read(home.path()), Ok(LISTED));
    let mut during = 0;
    let profile = ProfileName::default_profile();
    history::search(home.path(), &profile, "kettle", 10, &Arc::default(), &mut |_| during = inside())
        .unwrap();
    assert!(during > before);
    // Of this process: SQLite keeps a descriptor while another connection of it has locks on the same file.
    drop(writer);
    assert_eq!(inside(), 0);
}

/// REL-19. A repair or a restore puts another file in its place.
#[test]
fn a_database_that_was_replaced_is_read_anew() {
    let (home, _writer) = live();
    assert_eq!(read(home.path()), Ok(LISTED));
    let other = closed();
    Connection::open(db(&other)).unwrap().execute_batch(HIDE_ONE).unwrap();
    for beside in ["state.db-wal", "state.db-shm"] {
        fs::remove_file(home.path().join(beside)).unwrap();
    }
    fs::rename(db(&other), db(&home)).unwrap();
    assert_eq!(read(home.path()), Ok(LISTED - 1));
}

/// What was read of the old file may be wrong or refused; what is read next is right.
#[test]
fn a_database_that_is_replaced_during_a_search_harms_nobody() {
    let (home, writer) = live();
    let other = closed();
    Connection::open(db(&other)).unwrap().execute_batch(HIDE_ONE).unwrap();
    let mut writer = Some(writer);
    let profile = ProfileName::default_profile();
    let _ = history::search(home.path(), &profile, "kettle", 1_000, &Arc::default(), &mut |_| {
        if writer.take().is_some() {
            for beside in ["state.db-wal", "state.db-shm"] {
                let _ = fs::remove_file(home.path().join(beside));
            }
            fs::rename(db(&other), db(&home)).unwrap();
        }
    });
    assert_eq!(read(home.path()), Ok(LISTED - 1));
}

/// REL-17.
#[test]
fn a_live_database_is_read_with_its_log_where_nothing_may_be_written() {
    let (home, writer) = live();
    writer.execute_batch(HIDE_ONE).unwrap();
    mode(home.path(), 0o555);
    assert_eq!(read_without_rights(&home), ok(LISTED - 1));
    mode(home.path(), 0o755);
}

/// REL-17.
#[test]
fn files_that_may_not_be_read_are_said_to_be() {
    let (home, _writer) = live();
    mode(home.path(), 0o555);
    for file in ["state.db-shm", "state.db-wal"] {
        mode(&home.path().join(file), 0o000);
    }
    assert_eq!(read_without_rights(&home), err(HistoryError::CannotOpen));
    mode(&db(&home), 0o000);
    assert_eq!(read_without_rights(&home), err(HistoryError::NoPermission));
    mode(home.path(), 0o000);
    assert_eq!(read_without_rights(&home), err(HistoryError::NoPermission));
    mode(home.path(), 0o755);
}

/// REL-17.
#[test]
fn what_a_crashed_writer_left_is_read_with_its_log() {
    let home = crashed();
    assert_eq!(read(home.path()), Ok(LISTED - 1));
    // Without its index the log is indexed anew, in the owner's name.
    fs::remove_file(home.path().join("state.db-shm")).unwrap();
    assert_eq!(read(home.path()), Ok(LISTED - 1));
    assert_eq!(files(&home), ["state.db", "state.db-shm", "state.db-wal"]);
}

/// REL-17. A snapshot would not show the newest rows, and nobody would notice.
#[test]
fn a_log_that_cannot_be_read_is_never_passed_over() {
    let home = crashed();
    mode(home.path(), 0o555);
    assert_eq!(read_without_rights(&home), ok(LISTED - 1));
    mode(home.path(), 0o755);
    fs::write(home.path().join("state.db-shm"), "").unwrap();
    mode(&home.path().join("state.db-shm"), 0o444);
    mode(home.path(), 0o555);
    assert_eq!(read_without_rights(&home), ok(LISTED - 1));
    mode(home.path(), 0o755);
    fs::remove_file(home.path().join("state.db-shm")).unwrap();
    mode(home.path(), 0o555);
    assert_eq!(read_without_rights(&home), err(HistoryError::Unmerged));
    mode(home.path(), 0o755);
}

/// REL-17.
#[test]
fn a_closed_database_is_read_as_it_stands_where_nothing_may_be_made() {
    let home = closed();
    mode(home.path(), 0o555);
    assert_eq!(read_without_rights(&home), ok(LISTED));
    mode(home.path(), 0o755);
    fs::write(home.path().join("state.db-shm"), "").unwrap();
    mode(home.path(), 0o555);
    assert_eq!(read_without_rights(&home), ok(LISTED));
    mode(home.path(), 0o755);
}

/// REL-17. Files of a stranger beside somebody's database would lock its owner out.
#[test]
fn reading_leaves_no_file_of_a_stranger_beside_a_database() {
    let home = closed();
    if is_root() {
        mode(home.path(), 0o777);
        assert_eq!(read_without_rights(&home), err(HistoryError::NotOurs));
        assert_eq!(files(&home), ["state.db"]);
    }
    assert_eq!(read(home.path()), Ok(LISTED));
}

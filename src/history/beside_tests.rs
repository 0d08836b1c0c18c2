//! A process that writes as fast as it can, as Hermes writes, beside readers: it never waits for them, and its log is merged.

use super::{HistoryError, list, load, meter, scan, search, stage::Stage};
use crate::base::ids::{ProfileName, StoredId};
use pretty_assertions::assert_eq;
use rusqlite::Connection;
use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

const CHILD: &str = "HERMUX_TEST_WRITES";
const WRITES: i64 = 1_200;

/// Not a test of its own: the process that writes. It says how long its log became, in bytes, and how often it was kept waiting.
#[test]
#[ignore = "another test of this file starts it"]
fn child_writes() {
    let Some(home) = std::env::var_os(CHILD).map(PathBuf::from) else { return };
    let db = Connection::open(home.join("state.db")).unwrap();
    // As Hermes: every write a transaction of its own, safe on disk, and the log merged every fifty.
    db.busy_timeout(Duration::ZERO).unwrap();
    let text = "lorem ipsum dolor sit amet ".repeat(20);
    let (mut peak, mut busy) = (0, 0);
    for n in 0..WRITES {
        let write = || {
            db.execute_batch("BEGIN IMMEDIATE")?;
            db.execute(
                "INSERT INTO messages (session_id, role, content, timestamp) VALUES ('s', 'user', ?1, ?2)",
                (format!("{n} {text}"), 1_800_000_000 + n),
            )?;
            db.execute("UPDATE sessions SET message_count = message_count + 1 WHERE id = 's'", ())?;
            db.execute_batch("COMMIT")
        };
        let done = write();
        if n % 50 == 49 {
            db.query_row("PRAGMA wal_checkpoint(PASSIVE)", (), |_| Ok(())).unwrap();
        }
        busy += u64::from(done.is_err());
        peak = peak.max(std::fs::metadata(home.join("state.db-wal")).map_or(0, |log| log.len()));
    }
    println!("\nWROTE {peak} {busy}");
}

/// What the writer says of a run beside `readers`, and what a query of theirs was let take.
fn run(readers: usize) -> (u64, u64, u64) {
    let stage = Stage::new();
    stage.db.close().unwrap();
    let home = stage.home.path();
    let done = AtomicBool::new(false);
    #[expect(clippy::disallowed_methods, reason = "this binary again, as the process that writes")]
    let mut writer = Command::new(std::env::current_exe().unwrap());
    writer.args(["--exact", "history::tests::child_writes", "--ignored", "--nocapture"]).env(CHILD, home);
    std::thread::scope(|scope| {
        let reading: Vec<_> = (0..readers)
            .map(|n| {
                scope.spawn({
                    let done = &done;
                    move || read(home, n, done)
                })
            })
            .collect();
        let out = writer.stdin(Stdio::null()).output().unwrap();
        done.store(true, Ordering::Relaxed);
        let longest = reading.into_iter().map(|reader| reader.join().unwrap()).max();
        let said = String::from_utf8(out.stdout).unwrap();
        let wrote =
            said.lines().find_map(|line| line.strip_prefix("WROTE ")).unwrap_or_else(|| panic!("{said}"));
        let (peak, busy) = wrote.split_once(' ').unwrap();
        (peak.parse().unwrap(), busy.parse().unwrap(), longest.unwrap_or_default())
    })
}

/// Reads without a break until the writer is done. The longest that a query was let go on for, in milliseconds.
fn read(home: &Path, n: usize, done: &AtomicBool) -> u64 {
    let profile = ProfileName::default_profile();
    let long = StoredId::new("s").unwrap();
    meter::take();
    let mut rounds = 0;
    while !done.load(Ordering::Relaxed) || rounds < 3 {
        let read = match n % 2 {
            0 => list(home, &profile, 50)
                .map(|rows| assert_eq!(rows.len(), 50))
                .and_then(|()| scan(home))
                .map(drop),
            _ => search(home, &profile, "lorem", 100, &Arc::default(), &mut drop)
                .and_then(|_| load(home, &profile, &long))
                .map(drop),
        };
        // On a machine that is busy elsewhere a query may run out of its time: then it ended.
        assert!(matches!(read, Ok(()) | Err(HistoryError::Slow)), "{read:?}");
        rounds += 1;
    }
    meter::take().longest
}

/// C02, REL-18, INV22. Hermes at full speed beside readers that never pause: no write finds the database locked, no query goes on
/// beyond its budget, and the log becomes at most twice as long as without readers.
#[test]
fn a_writer_at_full_speed_never_waits_and_its_log_stays_short() {
    let (alone, _, _) = run(0);
    let (beside, busy, longest) = run(3);
    assert_eq!(busy, 0);
    assert!(longest <= 50, "{longest} ms");
    assert!(beside <= 2 * alone, "{beside} bytes beside readers, {alone} alone");
}

use super::*;
use pretty_assertions::assert_eq;
use std::fs;

#[test]
fn a_path_cannot_add_to_its_address() {
    let odd = Path::new("/a?mode=rwc&x#y%41/stäte.db");
    assert_eq!(address(odd, Route::Live), "file:/a%3Fmode%3Drwc%26x%23y%2541/st%C3%A4te.db?mode=ro");
    assert!(address(odd, Route::Snapshot).ends_with("?mode=ro&immutable=1"));
}

fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let db = Connection::open(home.path().join("state.db")).unwrap();
    db.execute_batch(include_str!("../../tests/fixtures/state/state.sql")).unwrap();
    home
}

/// REL-18.
#[test]
fn a_query_beyond_its_budget_ends() {
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n";
    let home = home();
    let got = read(home.path(), |db| db.one(endless, (), |row| row.get::<_, i64>(0)));
    assert_eq!(got, Err(HistoryError::Slow));
}

/// REL-16: not even by mistake.
#[test]
fn nothing_can_be_written_through_a_reader() {
    let home = home();
    for sql in ["DELETE FROM messages", "PRAGMA user_version = 3", "CREATE TEMP TABLE t (x)", "VACUUM"] {
        let look = || {
            let found = fs::metadata(home.path().join("state.db")).unwrap();
            (found.len(), found.modified().unwrap())
        };
        let before = look();
        let got = read(home.path(), |db| db.all(sql, (), |_| Ok(())));
        assert!(got.is_err() || sql.starts_with("PRAGMA"), "{sql}: {got:?}");
        assert_eq!(look(), before, "{sql}");
    }
}

/// REL-18. Where readers block the writer, a query gets less than half of the time.
#[test]
fn a_database_without_a_log_is_read_in_shorter_steps() {
    let home = home();
    let budget = |db: &Reader| Ok(db.spent.budget.load(Ordering::Relaxed));
    assert_eq!(read(home.path(), budget), Ok(Some(50)));
    let writer = Connection::open(home.path().join("state.db")).unwrap();
    writer.execute_batch("PRAGMA journal_mode=DELETE").unwrap();
    assert_eq!(read(home.path(), budget), Ok(Some(20)));
}

/// REL-19.
#[test]
fn who_waits_for_a_lock_waits_in_uneven_steps_and_not_for_long() {
    let mut patience = Patience::default();
    for seed in 0..100_u64 {
        let steps: Vec<u128> = (0..1_000)
            .map_while(|tries| {
                patience
                    .next(tries, (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(7 * tries as u32))
            })
            .map(|wait| wait.as_millis())
            .collect();
        assert!(steps.iter().sum::<u128>() <= 300);
        assert!(steps.len() >= 12 && steps.iter().any(|step| *step != steps[0]), "{steps:?}");
    }
}

/// REL-19. A repair or a restore puts another file in the place of the one that is open.
#[test]
fn a_database_that_is_replaced_while_it_is_read_is_read_again() {
    let home = home();
    let path = home.path().join("state.db");
    let mut tries = 0;
    let got = read(home.path(), |db| {
        tries += 1;
        if tries == 1 {
            fs::copy(&path, home.path().join("new")).unwrap();
            fs::rename(home.path().join("new"), &path).unwrap();
            return Err(HistoryError::Damaged);
        }
        db.one("SELECT 7", (), |row| row.get::<_, i64>(0))
    });
    assert_eq!((got, tries), (Ok(Some(Some(7))), 2));
    // What is wrong with the same file stays wrong.
    let got = read(home.path(), |_| -> Result<(), _> { Err(HistoryError::Damaged) });
    assert_eq!(got, Err(HistoryError::Damaged));
}

/// Between two looks at the clock, too: an endless query ends when nobody wants it.
#[test]
fn a_query_that_nobody_wants_ends() {
    let endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n WHERE x = 1 OR x < 0";
    let home = home();
    let stop = Arc::new(AtomicBool::new(false));
    let got = read_until(home.path(), &stop, |db| {
        db.spent.budget.store(u64::MAX, Ordering::Relaxed);
        db.all(endless, (), |_| {
            stop.store(true, Ordering::Relaxed);
            Ok(())
        })
    });
    assert_eq!(got, Err(HistoryError::Stopped));
}

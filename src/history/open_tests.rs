use super::*;
use pretty_assertions::assert_eq;

/// REL-17: what reading may leave beside a database, in every case.
#[test]
fn the_surroundings_decide_how_a_database_is_read() {
    use Route::{Live, Snapshot};
    let both = [false, true];
    for wal in both {
        for shm in both {
            for directory_writable in both {
                for ours in both {
                    let expected = match (wal, shm, directory_writable, ours) {
                        // Nothing needs to be made, or it is made in the owner's name.
                        (true, true, _, _) | (_, _, true, true) => Ok(Live),
                        // Made in a stranger's name.
                        (_, _, true, false) => Err(HistoryError::NotOurs),
                        // Nothing can be made, and nothing is missing from the file.
                        (false, _, false, _) => Ok(Snapshot),
                        // The newest rows are in a log that cannot be read: a snapshot would hide them.
                        (true, false, false, _) => Err(HistoryError::Unmerged),
                    };
                    let at = Surroundings { wal, shm, directory_writable, ours };
                    assert_eq!(route(at), expected, "{at:?}");
                }
            }
        }
    }
}

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
        let before = fs::metadata(home.path().join("state.db")).unwrap();
        let got = read(home.path(), |db| db.all(sql, (), |_| Ok(())));
        assert!(got.is_err() || sql.starts_with("PRAGMA"), "{sql}: {got:?}");
        assert_eq!(
            identity(&fs::metadata(home.path().join("state.db")).unwrap()),
            identity(&before),
            "{sql}"
        );
    }
}

/// A snapshot is worth nothing when somebody wrote meanwhile.
#[test]
fn a_snapshot_of_a_file_that_changed_is_thrown_away() {
    let home = home();
    let path = home.path().join("state.db");
    let before = fs::metadata(&path).unwrap();
    assert_eq!(still(&path, &before), Ok(()));
    fs::write(beside(&path, "-wal"), "x").unwrap();
    assert_eq!(still(&path, &before), Err(HistoryError::Changed));
    fs::remove_file(beside(&path, "-wal")).unwrap();
    assert_eq!(still(&path, &before), Ok(()));
    Connection::open(&path).unwrap().execute_batch("UPDATE sessions SET title = NULL").unwrap();
    assert_eq!(still(&path, &before), Err(HistoryError::Changed));
}

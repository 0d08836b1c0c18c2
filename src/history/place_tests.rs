use super::*;
use pretty_assertions::assert_eq;
use rusqlite::Connection;

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
                    let at = Surroundings { network: None, wal, shm, directory_writable, ours };
                    assert_eq!(route(at), expected, "{at:?}");
                    // REL-22: whatever else is so.
                    let away = Surroundings { network: Some("NFS"), ..at };
                    assert_eq!(route(away), Err(HistoryError::Network("NFS")));
                }
            }
        }
    }
}

/// A snapshot is worth nothing when somebody wrote meanwhile.
#[test]
fn a_snapshot_of_a_file_that_changed_is_thrown_away() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
    let place = || Place { route: Route::Snapshot, ..Place::look(home.path()).unwrap().unwrap() };
    let before = place();
    assert_eq!(before.believe(), Ok(()));
    fs::write(beside(&path, "-wal"), "x").unwrap();
    assert_eq!(before.believe(), Err(HistoryError::Changed));
    fs::remove_file(beside(&path, "-wal")).unwrap();
    assert_eq!(before.believe(), Ok(()));
    Connection::open(&path).unwrap().execute_batch("INSERT INTO t VALUES (1)").unwrap();
    assert_eq!(before.believe(), Err(HistoryError::Changed));
}

/// REL-22.
#[test]
#[cfg(target_os = "linux")]
fn a_network_file_system_is_known_by_its_number() {
    for (magic, kind) in
        [(0x6969, Some("NFS")), (0xff53_4d42, Some("SMB")), (0xef53, None), (0x0102_1994, None)]
    {
        assert_eq!(network_kind(magic), kind);
    }
    assert_eq!(network(Path::new("/proc")), None);
    assert!(HistoryError::Network("NFS").to_string().contains("network file system (NFS)"));
}

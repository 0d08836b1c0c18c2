//! Homes for the tests of this room: databases as Hermes makes them.

use crate::base::ids::ProfileName;
use rusqlite::Connection;
use std::{fs, path::Path};

pub(super) fn name(profile: &str) -> ProfileName {
    ProfileName::new(profile).unwrap()
}

/// A database in `home`, with the sessions of the fixture.
pub(super) fn database(home: &Path) -> Connection {
    fs::create_dir_all(home).unwrap();
    let db = Connection::open(home.join("state.db")).unwrap();
    let mode: String = db.query_row("PRAGMA journal_mode=WAL", (), |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    db.execute_batch(include_str!("../../tests/fixtures/state/state.sql")).unwrap();
    db
}

/// One session more, the newest, of one message.
pub(super) fn add(db: &Connection, id: &str, title: &str) {
    let session = "INSERT INTO sessions (id, source, started_at, title, message_count) VALUES (?1, 'tui', 4000000000, ?2, 1)";
    db.execute(session, [id, title]).unwrap();
    let message = "INSERT INTO messages (session_id, role, content, timestamp) VALUES (?1, 'user', 'hello', 4000000000)";
    db.execute(message, [id]).unwrap();
}

//! The file's tables, version by version. A file of an older version is brought up in one transaction; one of a newer version
//! is refused and left alone.

use super::file::Trouble;
use rusqlite::Connection;

/// Marks a file as hermux' own: "hrmx".
const APPLICATION: i32 = 0x6872_6d78;

/// What makes a file of each version from one of the version before; the first makes it from nothing. Never edited once
/// released: a new version is a new line.
const STEPS: &[&str] = &[
    "
    CREATE TABLE session (
        id INTEGER PRIMARY KEY,
        profile TEXT NOT NULL,
        stored TEXT,
        lineage TEXT,
        title TEXT,
        opening TEXT NOT NULL,
        cwd TEXT,
        unread TEXT NOT NULL,
        running INTEGER NOT NULL,
        touched INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE draft (session INTEGER PRIMARY KEY, revision INTEGER NOT NULL, pieces TEXT NOT NULL) STRICT;
    CREATE TABLE queue (
        session INTEGER NOT NULL,
        place INTEGER NOT NULL,
        id INTEGER NOT NULL,
        reference INTEGER NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (session, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE tab (place INTEGER PRIMARY KEY, session INTEGER NOT NULL) STRICT;
    CREATE TABLE directory (profile TEXT PRIMARY KEY, path TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE send (
        reference INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        text TEXT NOT NULL,
        digest INTEGER NOT NULL,
        at INTEGER NOT NULL,
        fate TEXT NOT NULL
    ) STRICT;
    CREATE TABLE highest (one INTEGER PRIMARY KEY CHECK (one = 1), session INTEGER NOT NULL) STRICT;
",
    "
    CREATE TABLE pin (
        profile TEXT NOT NULL,
        place INTEGER NOT NULL,
        lineage TEXT NOT NULL,
        PRIMARY KEY (profile, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE profile_order (place INTEGER PRIMARY KEY, profile TEXT NOT NULL) STRICT;
    CREATE TABLE colour (profile TEXT PRIMARY KEY, rgb INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE list (one INTEGER PRIMARY KEY CHECK (one = 1), prefs TEXT NOT NULL) STRICT;
",
];

/// The tables that hold rows.
pub(super) const TABLES: [&str; 11] = [
    "session",
    "draft",
    "queue",
    "tab",
    "directory",
    "pin",
    "profile_order",
    "colour",
    "list",
    "send",
    "highest",
];

/// The version that this hermux writes.
pub(super) fn version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// The file's version; a newer one than this hermux writes is refused, before anything is changed.
pub(super) fn check(db: &Connection) -> Result<i64, Trouble> {
    let found: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > version() { Err(Trouble::Newer { found, known: version() }) } else { Ok(found) }
}

/// Brings the file to the present version.
pub(super) fn migrate(db: &mut Connection) -> Result<(), Trouble> {
    let found = check(db)?;
    let Some(steps) = usize::try_from(found).ok().and_then(|found| STEPS.get(found..)) else {
        return Err(Trouble::Damaged(format!("it says that it is of version {found}")));
    };
    if !steps.is_empty() {
        let change = db.transaction()?;
        for step in steps {
            change.execute_batch(step)?;
        }
        change.pragma_update(None, "application_id", APPLICATION)?;
        change.pragma_update(None, "user_version", version())?;
        change.commit()?;
    }
    Ok(())
}

//! The file: opened in its private directory, checked, brought to the present version, and written in whole transactions.
//!
//! A file that is damaged is put aside, never deleted. One of a newer hermux is left alone.

use super::{
    FILE,
    image::{Changes, Image},
    rows,
    schema::{self, TABLES},
};
use crate::base::{clock::Clock, sys::files};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::{
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

/// How long somebody else may have the file to himself before it counts as locked. Nobody should: the hub's lock keeps other
/// hubs away.
const BUSY_WAIT: Duration = Duration::from_millis(500);

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(
        "what hermux keeps was written by a newer version of it (file version {found}, this one knows {known})"
    )]
    Newer { found: i64, known: i64 },
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// One row; the others are fine.
    #[error("a row cannot be read: {0}")]
    Row(String),
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Other(String),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        if matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..)
        ) {
            return Self::Row(error.to_string());
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            Some(ErrorCode::DiskFull) => Self::Other("the disk is full".to_owned()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::Other("another program has locked the file".to_owned())
            }
            Some(ErrorCode::ReadOnly) => Self::Other("the file may not be written".to_owned()),
            _ => Self::Other(error.to_string()),
        }
    }
}

/// The open file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) db: Connection,
    path: PathBuf,
    /// Device and number: that what is at `path` is still this file.
    identity: (u64, u64),
}

/// Opens the file in `dir`, or makes one. What is damaged is put aside first; where, is the second value.
pub(super) fn open(dir: &Path) -> Result<(File, Image, Option<PathBuf>), Trouble> {
    match File::open(dir) {
        Err(Trouble::Damaged(why)) => {
            let aside = put_aside(dir)?;
            tracing::error!(%why, aside = %aside.display(), "what was kept is damaged and was put aside");
            let (file, image) = File::open(dir)?;
            Ok((file, image, Some(aside)))
        }
        other => other.map(|(file, image)| (file, image, None)),
    }
}

impl File {
    fn open(dir: &Path) -> Result<(Self, Image), Trouble> {
        // SQLite would make it for others to read. Closed before SQLite locks it: closing it later would drop those locks.
        drop(files::private_file(dir, FILE)?);
        let path = dir.join(FILE);
        let mut db = Connection::open_with_flags(
            &path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        db.busy_timeout(BUSY_WAIT)?;
        // One hub, one connection: without shared memory beside the file, and nobody writes in between.
        db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        schema::check(&db)?;
        // Before there is a table: what was deleted leaves the file.
        db.pragma_update(None, "auto_vacuum", "FULL")?;
        db.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        // A commit is on disk when it is answered.
        db.pragma_update(None, "synchronous", "FULL")?;
        db.query_row("PRAGMA journal_size_limit = 1048576", [], |_| Ok(()))?;
        db.query_row("PRAGMA wal_autocheckpoint = 256", [], |_| Ok(()))?;
        db.pragma_update(None, "cache_size", -256)?;
        schema::migrate(&mut db)?;
        let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict != "ok" {
            return Err(Trouble::Damaged(verdict));
        }
        let image = rows::read(&db)?;
        let identity = identity(&path)?;
        Ok((Self { db, path, identity }, image))
    }

    /// Whether the file is still where it was opened.
    pub(super) fn is_there(&self) -> bool {
        identity(&self.path).is_ok_and(|found| found == self.identity)
    }

    /// Makes these changes in one transaction; `whole`: they are all there is to be.
    pub(super) fn commit(&mut self, changes: &Changes, whole: bool) -> Result<(), Trouble> {
        let change = self.db.transaction()?;
        if whole {
            for table in TABLES {
                change.execute(&format!("DELETE FROM {table}"), [])?;
            }
        }
        rows::write(&change, changes)?;
        change.commit()?;
        Ok(())
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let found = fs::symlink_metadata(path)?;
    Ok((found.dev(), found.ino()))
}

/// Renames a damaged file and what belongs to it.
fn put_aside(dir: &Path) -> io::Result<PathBuf> {
    let name = format!("{FILE}.damaged-{}", Clock::wall().0);
    let aside = dir.join(&name);
    fs::rename(dir.join(FILE), &aside)?;
    for end in ["-wal", "-shm"] {
        match fs::rename(dir.join(format!("{FILE}{end}")), dir.join(format!("{name}{end}"))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

//! Opening a profile's `state.db` for reading, or saying why not.
//!
//! The file is Hermes'. It is opened by SQLite alone and read-only (REL-16): closing any other descriptor on it would drop the
//! locks of this process, and Hermes' database was damaged that way before. What reading may leave on disk is decided before
//! it (REL-17). Every query is a short transaction of its own with a budget (REL-18), so that no checkpoint of Hermes waits
//! for hermux. A connection lives for one call.

use super::error::HistoryError;
use crate::base::clock::{Clock, WallMs};
use rusqlite::{Connection, OpenFlags, Params, Row, types::ValueRef};
use rustix::fs::{Access, AtFlags, CWD, accessat};
use std::{
    fs::{self, Metadata},
    io::ErrorKind,
    os::unix::{
        ffi::OsStrExt as _,
        fs::{FileTypeExt as _, MetadataExt as _},
    },
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// The schema that hermux reads: that of Hermes 0.19.
const SCHEMA: i64 = 22;
/// The most rows that one query gives.
pub(super) const MAX_ROWS: u32 = 500;
/// What one query may take, in milliseconds of its own work. Longer, and Hermes' log could grow for want of a checkpoint.
const BUDGET: u64 = 50;
/// The same where readers block the writer (a database without a write-ahead log).
const BUDGET_BLOCKING: u64 = 20;
/// How long a query waits for somebody who has the database to himself.
const BUSY_WAIT: Duration = Duration::from_millis(250);
/// How often a query is tried whose time was over.
const TRIES: u32 = 4;
/// Steps of SQLite's machine between two looks at the clock: some ten microseconds.
const STEPS: i32 = 1_000;

/// What the files of a database look like from outside: equal while nobody writes. Files on disk show two writes of equal length
/// within few milliseconds as one, so who was told of a write reads, whatever the stamp says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp {
    main: Option<Identity>,
    log: Option<Identity>,
}

/// Device, inode, length, and when it was written.
type Identity = (u64, u64, u64, i64, i64);

/// One open database.
pub(super) struct Reader {
    db: Connection,
    spent: Arc<Spent>,
    stamp: Stamp,
}

/// What the query at hand has used.
struct Spent {
    clock: Clock,
    budget: AtomicU64,
    /// The tick of its first look at the clock, plus one; 0 before that. Waiting for a lock is not counted.
    since: AtomicU64,
    /// Nobody wants the answer any more.
    stop: Arc<AtomicBool>,
}

/// How a database may be read without leaving anything that should not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    /// As SQLite does it; files beside it exist, or may be made.
    Live,
    /// As it stands on disk, taken for unchanging; valid only if it then did not change.
    Snapshot,
}

/// What decides the route.
#[derive(Debug, Clone, Copy)]
struct Surroundings {
    wal: bool,
    shm: bool,
    directory_writable: bool,
    ours: bool,
}

/// Reads the `state.db` in `home` by `work`. `None` when there is none: a new profile.
pub(super) fn read<T>(
    home: &Path,
    work: impl FnOnce(&Reader) -> Result<T, HistoryError>,
) -> Result<Option<T>, HistoryError> {
    read_until(home, &Arc::default(), work)
}

/// The same, until `stop` is set: the query at hand then ends with [`HistoryError::Stopped`].
pub(super) fn read_until<T>(
    home: &Path,
    stop: &Arc<AtomicBool>,
    work: impl FnOnce(&Reader) -> Result<T, HistoryError>,
) -> Result<Option<T>, HistoryError> {
    // The files beside a database are named after the file itself, not after a link to it.
    let path = match fs::canonicalize(home.join("state.db")) {
        Ok(path) => path,
        Err(error) => return missing(&error),
    };
    let before = match fs::metadata(&path) {
        Ok(found) => found,
        Err(error) => return missing(&error),
    };
    check_file(&path, &before)?;
    let route = route(look_around(&path, &before))?;
    let stamp = stamp_of(&path);
    let done = Reader::open(&path, route, stamp, stop).and_then(|reader| work(&reader))?;
    if route == Route::Snapshot {
        still(&path, &before)?;
    }
    Ok(Some(done))
}

/// The stamp of the `state.db` in `home`, without opening anything.
pub(super) fn stamp(home: &Path) -> Stamp {
    fs::canonicalize(home.join("state.db")).map(|path| stamp_of(&path)).unwrap_or_default()
}

fn stamp_of(path: &Path) -> Stamp {
    let look = |path: &Path| fs::metadata(path).ok().as_ref().map(identity);
    Stamp { main: look(path), log: look(&beside(path, "-wal")) }
}

/// Whether the file is as it was `before`, and all of it is in the file.
fn still(path: &Path, before: &Metadata) -> Result<(), HistoryError> {
    let after = fs::metadata(path).map_err(|_| HistoryError::Changed)?;
    let same = !beside(path, "-wal").exists() && identity(before) == identity(&after);
    if same { Ok(()) } else { Err(HistoryError::Changed) }
}

fn missing<T>(error: &std::io::Error) -> Result<Option<T>, HistoryError> {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(None),
        ErrorKind::PermissionDenied => Err(HistoryError::NoPermission),
        _ => Err(HistoryError::Other(error.to_string())),
    }
}

/// Everything that can be said without opening: opening a FIFO would wait for ever.
fn check_file(path: &Path, found: &Metadata) -> Result<(), HistoryError> {
    let kind = found.file_type();
    if kind.is_dir() {
        return Err(HistoryError::NotAFile("directory"));
    }
    if kind.is_fifo() {
        return Err(HistoryError::NotAFile("pipe"));
    }
    if !kind.is_file() {
        return Err(HistoryError::NotAFile("device or socket"));
    }
    if accessat(CWD, path, Access::READ_OK, AtFlags::EACCESS).is_err() {
        return Err(HistoryError::NoPermission);
    }
    if found.len() == 0 {
        return Err(HistoryError::Empty);
    }
    Ok(())
}

fn look_around(path: &Path, found: &Metadata) -> Surroundings {
    let directory = path.parent().unwrap_or(Path::new("/"));
    Surroundings {
        wal: beside(path, "-wal").exists(),
        shm: beside(path, "-shm").exists(),
        directory_writable: accessat(CWD, directory, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)
            .is_ok(),
        ours: found.uid() == rustix::process::geteuid().as_raw(),
    }
}

/// The rule of REL-17.
fn route(at: Surroundings) -> Result<Route, HistoryError> {
    // Reading makes the files that are missing, in the name of this user.
    match at {
        Surroundings { wal: true, shm: true, .. }
        | Surroundings { directory_writable: true, ours: true, .. } => Ok(Route::Live),
        Surroundings { directory_writable: true, .. } => Err(HistoryError::NotOurs),
        Surroundings { wal: false, .. } => Ok(Route::Snapshot),
        Surroundings { wal: true, .. } => Err(HistoryError::Unmerged),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// What is equal when a file is the same and nobody wrote to it.
fn identity(found: &Metadata) -> Identity {
    (found.dev(), found.ino(), found.len(), found.mtime(), found.mtime_nsec())
}

/// The path as a SQLite address.
fn address(path: &Path, route: Route) -> String {
    use std::fmt::Write as _;
    let mut address = String::from("file:");
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte) {
            address.push(char::from(*byte));
        } else {
            let _ = write!(address, "%{byte:02X}");
        }
    }
    address.push_str("?mode=ro");
    if route == Route::Snapshot {
        address.push_str("&immutable=1");
    }
    address
}

impl Reader {
    fn open(path: &Path, route: Route, stamp: Stamp, stop: &Arc<AtomicBool>) -> Result<Self, HistoryError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let mut db = Connection::open_with_flags(address(path, route), flags)?;
        db.busy_timeout(BUSY_WAIT)?;
        // The content is untrusted: nothing in its schema may run, no cell is believed. Sorting stays in memory.
        db.execute_batch(
            "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;",
        )?;
        let spent = Arc::new(Spent {
            clock: Clock::start(),
            budget: AtomicU64::new(BUDGET),
            since: AtomicU64::new(0),
            stop: Arc::clone(stop),
        });
        let watch = Arc::clone(&spent);
        db.progress_handler(STEPS, Some(move || watch.over()))?;
        let reader = Self { db, spent, stamp };
        let mode: String = reader.one("PRAGMA journal_mode", (), |row| row.get(0))?.unwrap_or_default();
        if mode != "wal" {
            reader.spent.budget.store(BUDGET_BLOCKING, Ordering::Relaxed);
        }
        match reader.one("SELECT version FROM schema_version LIMIT 1", (), |row| row.get(0))? {
            Some(SCHEMA) => Ok(reader),
            Some(newer) if newer > SCHEMA => Err(HistoryError::Newer(newer)),
            Some(older) => Err(HistoryError::Older(older)),
            None => Err(HistoryError::NotHermes),
        }
    }

    fn stopped(&self) -> bool {
        self.spent.stop.load(Ordering::Relaxed)
    }

    /// What the files looked like before they were opened.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The rows of one query, at most [`MAX_ROWS`], in a transaction of its own, within the budget.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        params: impl Params + Copy,
        mut of: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, HistoryError> {
        let mut tries = TRIES;
        loop {
            if self.stopped() {
                return Err(HistoryError::Stopped);
            }
            self.spent.since.store(0, Ordering::Relaxed);
            let mut statement = self.db.prepare_cached(sql)?;
            let rows = statement.query_map(params, &mut of)?;
            tries -= 1;
            let done = rows.take(MAX_ROWS as usize).collect::<Result<_, _>>().map_err(HistoryError::from);
            #[cfg(test)]
            meter::query(&statement);
            match done {
                // On a machine that is busy elsewhere the time may have gone to others. Between two tries the database is free.
                Err(HistoryError::Slow) if self.stopped() => return Err(HistoryError::Stopped),
                Err(HistoryError::Slow) if tries > 0 => {}
                done => return done,
            }
        }
    }

    /// The first row of one query.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params + Copy,
        of: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, HistoryError> {
        Ok(self.all(sql, params, of)?.into_iter().next())
    }
}

/// A cell as text, whatever was stored; `None` for `NULL`.
pub(super) fn text(row: &Row<'_>, at: usize) -> Option<String> {
    match row.get_ref(at).ok()? {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// A cell as a finite number; `None` for anything else.
pub(super) fn number(row: &Row<'_>, at: usize) -> Option<f64> {
    match row.get_ref(at).ok()? {
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) if number.is_finite() => Some(number),
        _ => None,
    }
}

/// Seconds since 1970, as Hermes stores times.
pub(super) fn wall(seconds: Option<f64>) -> WallMs {
    // A cast from a float saturates: a time before 1970 is 1970.
    WallMs((seconds.unwrap_or(0.0) * 1_000.0).round() as u64)
}

impl Spent {
    /// Whether the query at hand must end.
    fn over(&self) -> bool {
        if self.stop.load(Ordering::Relaxed) {
            return true;
        }
        let now = self.clock.now().0 + 1;
        match self.since.compare_exchange(0, now, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => false,
            Err(since) => {
                let over = now.saturating_sub(since) > self.budget.load(Ordering::Relaxed);
                #[cfg(test)]
                meter::check(now.saturating_sub(since), over);
                over
            }
        }
    }
}

/// What the queries of this thread cost.
#[cfg(test)]
pub(super) mod meter {
    use rusqlite::{Statement, StatementStatus};
    use std::cell::Cell;

    #[derive(Debug, Clone, Copy, Default)]
    pub(in super::super) struct Meter {
        pub queries: u64,
        /// Of one query, in steps of SQLite's machine.
        pub most_steps: i32,
        /// The longest that a query was let go on for, in milliseconds.
        pub longest: u64,
    }

    thread_local! {
        static METER: Cell<Meter> = const { Cell::new(Meter { queries: 0, most_steps: 0, longest: 0 }) };
    }

    pub(in super::super) fn take() -> Meter {
        METER.take()
    }

    pub(super) fn query(statement: &Statement<'_>) {
        let Meter { queries, most_steps, longest } = METER.get();
        let steps = statement.reset_status(StatementStatus::VmStep);
        METER.set(Meter { queries: queries + 1, most_steps: most_steps.max(steps), longest });
    }

    pub(super) fn check(went_on: u64, over: bool) {
        if !over {
            METER.set(Meter { longest: METER.get().longest.max(went_on), ..METER.get() });
        }
    }
}

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;

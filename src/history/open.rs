//! Opening a profile's `state.db` for reading, or saying why not.
//!
//! The file is Hermes'. It is opened by SQLite alone and read-only (REL-16): closing any other descriptor on it would drop the
//! locks of this process, and Hermes' database was damaged that way before. Every query is a short transaction of its own with a
//! budget (REL-18), so that no checkpoint of Hermes waits for hermux. A connection lives for one call. Not here: what may be
//! read at all (`place`).

#[cfg(test)]
use super::meter;
use super::{
    error::HistoryError,
    place::{self, Identity, Place, Route, Stamp},
};
use crate::base::clock::{Clock, Tick, WallMs};
use rusqlite::{Connection, OpenFlags, Params, Row, types::ValueRef};
use std::{
    cell::Cell,
    hash::{BuildHasher as _, RandomState},
    os::unix::ffi::OsStrExt as _,
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
/// How long a query waits for somebody who has the database to himself, in milliseconds.
const BUSY_WAIT: u64 = 300;
/// How often a query is tried whose time was over.
const TRIES: u32 = 4;
/// Steps of SQLite's machine between two looks at the clock: some ten microseconds.
const STEPS: i32 = 1_000;

/// Databases that this process has open.
static READERS: AtomicU64 = AtomicU64::new(0);

/// One open database.
pub(super) struct Reader {
    db: Connection,
    spent: Arc<Spent>,
    stamp: Stamp,
    /// Hermes' write-ahead log; `None` where there can be none.
    log: Option<PathBuf>,
    /// What the log looked like after the last query.
    seen: Cell<Option<Identity>>,
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

/// Reads the `state.db` in `home` by `work`. `None` when there is none: a new profile. Where another file was put in its place
/// meanwhile, that one is read.
pub(super) fn read<T>(
    home: &Path,
    mut work: impl FnMut(&Reader) -> Result<T, HistoryError>,
) -> Result<Option<T>, HistoryError> {
    let never = Arc::default();
    let Some(place) = Place::look(home)? else { return Ok(None) };
    match read_at(&place, &never, &mut work) {
        Err(_) if place.replaced() => read_until(home, &never, work),
        done => done.map(Some),
    }
}

/// Reads until `stop` is set: the query at hand then ends with [`HistoryError::Stopped`].
pub(super) fn read_until<T>(
    home: &Path,
    stop: &Arc<AtomicBool>,
    work: impl FnOnce(&Reader) -> Result<T, HistoryError>,
) -> Result<Option<T>, HistoryError> {
    let Some(place) = Place::look(home)? else { return Ok(None) };
    read_at(&place, stop, work).map(Some)
}

fn read_at<T>(
    place: &Place,
    stop: &Arc<AtomicBool>,
    work: impl FnOnce(&Reader) -> Result<T, HistoryError>,
) -> Result<T, HistoryError> {
    let done = work(&Reader::open(place, stop)?)?;
    place.believe()?;
    Ok(done)
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

impl Drop for Reader {
    fn drop(&mut self) {
        READERS.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Reader {
    fn open(place: &Place, stop: &Arc<AtomicBool>) -> Result<Self, HistoryError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
            | OpenFlags::SQLITE_OPEN_URI
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_EXRESCODE;
        let mut db = Connection::open_with_flags(address(&place.path, place.route), flags)?;
        let mut patience = Patience::default();
        #[expect(clippy::disallowed_methods, reason = "SQLite offers nothing to wait for: it tries again")]
        db.busy_handler(Some(move |tries| {
            let wait = patience.next(tries, RandomState::new().hash_one(tries));
            wait.map(std::thread::sleep).is_some()
        }))?;
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
        let reader =
            Self { db, spent, stamp: place.stamp, log: place.log(), seen: Cell::new(place.stamp.log) };
        READERS.fetch_add(1, Ordering::Relaxed);
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

    /// Leaves the database alone for a while where Hermes wrote during the query that began at `since`: the longer, the more readers
    /// there are. A log starts anew only at a moment at which nobody reads, and readers without a pause would leave none.
    fn rest(&self, since: Tick) {
        let Some(log) = &self.log else { return };
        let now = place::look(log);
        if self.seen.replace(now) != now {
            let took = self.spent.clock.now().since(since) * READERS.load(Ordering::Relaxed);
            #[expect(clippy::disallowed_methods, reason = "that nobody reads is the condition")]
            std::thread::sleep(Duration::from_millis(1 + 2 * took));
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
            let began = self.spent.clock.now();
            self.spent.since.store(0, Ordering::Relaxed);
            let mut statement = self.db.prepare_cached(sql)?;
            let rows = statement.query_map(params, &mut of)?;
            tries -= 1;
            let done = rows.take(MAX_ROWS as usize).collect::<Result<_, _>>().map_err(HistoryError::from);
            #[cfg(test)]
            meter::query(&statement);
            drop(statement);
            self.rest(began);
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

/// Waiting for somebody who has the database to himself: in short steps, never two of them alike, so that many who wait do not
/// come at once (REL-19).
#[derive(Debug, Default)]
struct Patience {
    waited: u64,
}

impl Patience {
    /// How long to wait before the next try, of which `tries` were made; `None`: no longer.
    fn next(&mut self, tries: i32, random: u64) -> Option<Duration> {
        self.waited = if tries == 0 { 0 } else { self.waited };
        let wait = 5 + random % 20;
        self.waited += wait;
        (self.waited <= BUSY_WAIT).then(|| Duration::from_millis(wait))
    }
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

#[cfg(test)]
#[path = "open_tests.rs"]
mod tests;

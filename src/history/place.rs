//! What lies where a `state.db` is expected, and how it may be read: decided before anything is opened (REL-17).
//!
//! What reading may leave on disk is decided by what lies beside the file, who owns it and what may be written there. Nothing here
//! opens a file.

use super::error::HistoryError;
use rustix::fs::{Access, AtFlags, CWD, accessat};
use std::{
    fs::{self, Metadata},
    io::ErrorKind,
    os::unix::fs::{FileTypeExt as _, MetadataExt as _},
    path::{Path, PathBuf},
};

/// A database that may be read.
#[derive(Debug)]
pub(super) struct Place {
    /// The file itself: the files beside a database are named after it, not after a link to it.
    pub path: PathBuf,
    pub route: Route,
    pub stamp: Stamp,
    before: Metadata,
}

/// What the files of a database look like from outside: equal while nobody writes. Files on disk show two writes of equal length
/// within few milliseconds as one, so who was told of a write reads, whatever the stamp says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp {
    main: Option<Identity>,
    pub(super) log: Option<Identity>,
}

/// Device, inode, length, and when it was written.
pub(super) type Identity = (u64, u64, u64, i64, i64);

/// How a database may be read without leaving anything that should not be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// As SQLite does it; files beside it exist, or may be made.
    Live,
    /// As it stands on disk, taken for unchanging; valid only if it then did not change.
    Snapshot,
}

/// What decides the route.
#[derive(Debug, Clone, Copy)]
struct Surroundings {
    network: Option<&'static str>,
    wal: bool,
    shm: bool,
    directory_writable: bool,
    ours: bool,
}

impl Place {
    /// Looks at the `state.db` in `home`. `None` when there is none: a new profile.
    pub(super) fn look(home: &Path) -> Result<Option<Self>, HistoryError> {
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
        Ok(Some(Self { path, route, stamp, before }))
    }

    /// Where the write-ahead log of a live database is.
    pub(super) fn log(&self) -> Option<PathBuf> {
        (self.route == Route::Live).then(|| beside(&self.path, "-wal"))
    }

    /// Whether what was read is to be believed: a snapshot is only when the file is as it was, and all of it is in the file.
    pub(super) fn believe(&self) -> Result<(), HistoryError> {
        if self.route == Route::Live {
            return Ok(());
        }
        let after = fs::metadata(&self.path).map_err(|_| HistoryError::Changed)?;
        let same = !beside(&self.path, "-wal").exists() && identity(&self.before) == identity(&after);
        if same { Ok(()) } else { Err(HistoryError::Changed) }
    }

    /// Whether another file was put in the place of this one: a repair or a restore does that.
    pub(super) fn replaced(&self) -> bool {
        let file = |of: &Metadata| (of.dev(), of.ino());
        fs::metadata(&self.path).is_ok_and(|now| file(&now) != file(&self.before))
    }
}

/// The stamp of the `state.db` in `home`, without opening anything.
pub(super) fn stamp(home: &Path) -> Stamp {
    fs::canonicalize(home.join("state.db")).map(|path| stamp_of(&path)).unwrap_or_default()
}

/// What a file looks like; `None` when it is not there.
pub(super) fn look(path: &Path) -> Option<Identity> {
    fs::metadata(path).ok().as_ref().map(identity)
}

fn stamp_of(path: &Path) -> Stamp {
    Stamp { main: look(path), log: look(&beside(path, "-wal")) }
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
        network: network(directory),
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
        // Writers and readers on two machines do not see each other's locks.
        Surroundings { network: Some(kind), .. } => Err(HistoryError::Network(kind)),
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

/// The kind of network file system that holds `path`; `None` for a disk of this machine (REL-22).
#[cfg(target_os = "linux")]
fn network(path: &Path) -> Option<&'static str> {
    let found = rustix::fs::statfs(path).ok()?;
    network_kind(found.f_type as u64 & 0xffff_ffff)
}

#[cfg(not(target_os = "linux"))]
fn network(_path: &Path) -> Option<&'static str> {
    None
}

/// By the number that Linux gives to a kind of file system.
#[cfg(target_os = "linux")]
fn network_kind(magic: u64) -> Option<&'static str> {
    Some(match magic {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "SMB",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x00c3_6400 => "Ceph",
        0x7375_7245 => "Coda",
        0x0bd0_0bd0 => "Lustre",
        0x4750_4653 => "GPFS",
        _ => return None,
    })
}

#[cfg(test)]
#[path = "place_tests.rs"]
mod tests;

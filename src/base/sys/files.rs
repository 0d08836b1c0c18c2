//! Private directories and files, and the lock that says whose they are.
//!
//! Private means: owned by this user, no rights for group or others, whatever the umask says. What is found otherwise is
//! refused, never repaired: somebody else may already hold it open.

use rustix::fs::{AtFlags, Mode, OFlags, openat, statat};
use std::fs::{DirBuilder, File, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;

/// Makes `dir` (and what is missing above it) with mode 0700, or checks that it is a directory of ours that nobody else
/// may write.
///
/// # Errors
/// When it cannot be made, is a link or no directory, belongs to another user, or group or others may write it.
pub fn private_dir(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let meta = std::fs::symlink_metadata(dir)?;
    let refuse = |what: &str| {
        Err(io::Error::new(io::ErrorKind::PermissionDenied, format!("{} {what}; not used", dir.display())))
    };
    if !meta.is_dir() {
        return refuse("is not a directory");
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return refuse("belongs to another user");
    }
    if meta.mode() & 0o022 != 0 {
        return refuse("can be written by other users");
    }
    Ok(())
}

/// Opens or makes the file `name` (one path component) in the private directory `dir`, for reading and writing, mode
/// 0600, never through a link.
pub fn private_file(dir: &Path, name: &str) -> io::Result<File> {
    open_private(dir, name, OFlags::RDWR)
}

/// The same, to add to its end, whoever else does.
pub fn private_log(dir: &Path, name: &str) -> io::Result<File> {
    open_private(dir, name, OFlags::WRONLY | OFlags::APPEND)
}

fn open_private(dir: &Path, name: &str, how: OFlags) -> io::Result<File> {
    if name.contains('/') {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "a file name holds no slash"));
    }
    private_dir(dir)?;
    let dir = File::open(dir)?;
    let flags = how | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(openat(&dir, name, flags, Mode::RUSR | Mode::WUSR)?);
    let meta = file.metadata()?;
    if !meta.is_file() || meta.uid() != rustix::process::geteuid().as_raw() || meta.mode() & 0o077 != 0 {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{name} is not private; not used"),
        ));
    }
    Ok(file)
}

/// Writes the private file `name` in `dir` anew: whole or not at all, by an exclusive temporary name and a rename.
pub fn replace_private(dir: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    private_dir(dir)?;
    let dir = File::open(dir)?;
    let temporary = format!(".{name}.{}", random_hex(8)?);
    let flags = OFlags::CREATE | OFlags::EXCL | OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let written = File::from(openat(&dir, &*temporary, flags, Mode::RUSR | Mode::WUSR)?)
        .write_all(content)
        .and_then(|()| Ok(rustix::fs::renameat(&dir, &*temporary, &dir, name)?));
    if written.is_err() {
        // The rename may have happened to fail after the write: leave nothing behind either way.
        let _ = rustix::fs::unlinkat(&dir, &*temporary, AtFlags::empty());
    }
    written
}

/// A file locked for as long as this value lives. The kernel lets go of it when the process ends, however it ends, so
/// there are no stale locks and no pid to compare.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held open: closing it would let go of the lock")] File);

/// Why a lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else holds it; what they wrote about themselves.
    #[error("held by {0}")]
    Held(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// How often somebody who looks at a lock is waited for: looking takes a few system calls.
const LOOKS: usize = 100_000;

/// Locks the private file `name` in `dir` and writes `who` into it, for others to read.
pub fn lock(dir: &Path, name: &str, who: &str) -> Result<Lock, LockError> {
    let file = private_file(dir, name)?;
    for _ in 0..LOOKS {
        match file.try_lock() {
            Ok(()) => return Ok(signed(file, who)?),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        // A share is given beside somebody who merely looks, never beside a holder.
        match file.try_lock_shared() {
            Ok(()) => file.unlock()?,
            Err(TryLockError::WouldBlock) => break,
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        std::thread::yield_now();
    }
    Err(LockError::Held(holder(file)))
}

/// The same, as soon as whoever has it lets go of it. Blocks.
pub fn lock_waiting(dir: &Path, name: &str, who: &str) -> io::Result<Lock> {
    let file = private_file(dir, name)?;
    file.lock()?;
    signed(file, who)
}

/// What the one who holds the lock at `path` wrote about themselves; `None` when nobody holds it.
pub fn held(path: &Path) -> Option<String> {
    let file = File::open(path).ok()?;
    matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)).then(|| holder(file))
}

fn signed(mut file: File, who: &str) -> io::Result<Lock> {
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(who.as_bytes())?;
    Ok(Lock(file))
}

fn holder(file: File) -> String {
    let mut holder = String::new();
    // At most a line; the holder may be about to write it.
    let _ = file.take(512).read_to_string(&mut holder);
    match holder.lines().next().unwrap_or_default().trim() {
        "" => "another hermux".into(),
        line => line.into(),
    }
}

/// A name for the directory `path` that is the same through every link to it.
pub fn identity(path: &Path) -> io::Result<String> {
    let meta = statat(rustix::fs::CWD, path, AtFlags::empty())?;
    Ok(format!("{:x}-{:x}", meta.st_dev, meta.st_ino))
}

/// A random number from the kernel.
pub fn random_u64() -> io::Result<u64> {
    let mut bytes = [0_u8; 8];
    // The kernel gives as few bytes as these at once.
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
    Ok(u64::from_le_bytes(bytes))
}

/// `bytes` random bytes from the kernel, in hexadecimal digits.
pub fn random_hex(bytes: usize) -> io::Result<String> {
    let mut buffer = vec![0_u8; bytes];
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        filled += rustix::rand::getrandom(rest, rustix::rand::GetRandomFlags::empty())?;
    }
    Ok(buffer
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|d| char::from_digit(d.into(), 16))
        .collect())
}

#[cfg(test)]
#[path = "files_tests.rs"]
mod tests;

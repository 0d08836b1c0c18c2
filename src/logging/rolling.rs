//! The log file: rolled over by size, private, and inert: whatever was logged, a terminal that shows the file obeys nothing in it
//! (SEC-09). Several hermux of one person write to the same file.

use crate::base::{
    sys::files,
    text::{self, Mode},
};
use std::{
    fs::File,
    io::{self, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

/// The file that is written now; older ones have a number after it, 1 the youngest.
pub const FILE: &str = "hermux.log";
/// Bytes after which a file is put aside. It is longer by its last line, so that all who write to it see that it is full.
const FULL: u64 = 5 * 1024 * 1024;
/// Files that are kept, the one that is written among them.
const KEPT: u32 = 5;

/// Writes lines to the log of `dir`.
#[derive(Debug)]
pub(super) struct Rolling {
    dir: PathBuf,
    file: File,
    full: u64,
}

impl Rolling {
    /// `dir` is there and private.
    pub(super) fn new(dir: &Path) -> io::Result<Self> {
        Ok(Self { dir: dir.to_owned(), file: files::private_log(dir, FILE)?, full: FULL })
    }

    /// Puts a full file aside. Somebody else may have done that while this one was looking: then theirs is taken.
    fn roll(&mut self) -> io::Result<()> {
        let current = self.dir.join(FILE);
        self.file.lock()?;
        if current
            .symlink_metadata()
            .is_ok_and(|now| self.file.metadata().is_ok_and(|ours| same(&now, &ours)))
        {
            for number in (1..KEPT).rev() {
                // The first ones are not there yet.
                let _ = std::fs::rename(aside(&self.dir, number - 1), aside(&self.dir, number));
            }
        }
        // Closing the former file lets go of its lock.
        self.file = files::private_log(&self.dir, FILE)?;
        Ok(())
    }
}

fn same(a: &std::fs::Metadata, b: &std::fs::Metadata) -> bool {
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// The place of the file that was put aside `number` times; 0 is the one that is written.
fn aside(dir: &Path, number: u32) -> PathBuf {
    if number == 0 { dir.join(FILE) } else { dir.join(format!("{FILE}.{number}")) }
}

/// The log files that are there, the one that is written first.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    (0..KEPT).map(|number| aside(dir, number)).filter(|path| path.exists()).collect()
}

impl Write for Rolling {
    /// Takes one event, which is one line.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        if self.file.metadata()?.len() >= self.full {
            self.roll()?;
        }
        let line = String::from_utf8_lossy(event);
        let mut line = text::drawable(line.trim_end_matches('\n'), Mode::Label);
        line.push('\n');
        self.file.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn dir() -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let dir = root.path().join("log");
        files::private_dir(&dir).unwrap();
        (root, dir)
    }

    /// SEC-37: rotation by size, a bounded number of files, mode 0600.
    #[test]
    fn a_log_never_outgrows_its_bound_and_only_its_owner_reads_it() {
        let (_root, dir) = dir();
        let mut log = Rolling { full: 100, ..Rolling::new(&dir).unwrap() };
        for n in 0..100 {
            log.write_all(format!("line {n:03} {}\n", "x".repeat(40)).as_bytes()).unwrap();
        }
        let files = super::files(&dir);
        assert_eq!(files.len(), 5);
        assert_eq!(std::fs::read_dir(&dir).unwrap().count(), 5);
        let all: String = files.iter().rev().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let kept: Vec<_> = all.lines().map(|line| line[..8].to_owned()).collect();
        let last: Vec<_> = (100 - kept.len()..100).map(|n| format!("line {n:03}")).collect();
        assert_eq!(kept, last, "the newest lines, in order, none lost");
        for file in files {
            let meta = file.metadata().unwrap();
            assert_eq!(meta.permissions().mode() & 0o777, 0o600);
            assert!(meta.len() < 100 + 60, "{}", meta.len());
        }
    }

    #[test]
    fn two_writers_of_one_log_lose_no_line_when_it_is_put_aside() {
        let (_root, dir) = dir();
        let new = || Rolling { full: 100, ..Rolling::new(&dir).unwrap() };
        let (mut a, mut b) = (new(), new());
        for n in 0..8 {
            a.write_all(format!("a{n} {}\n", "x".repeat(20)).as_bytes()).unwrap();
            b.write_all(format!("b{n} {}\n", "x".repeat(20)).as_bytes()).unwrap();
        }
        let all: String =
            super::files(&dir).iter().rev().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let got: Vec<_> = all.lines().map(|line| line[..2].to_owned()).collect();
        let want: Vec<_> = (0..8).flat_map(|n| [format!("a{n}"), format!("b{n}")]).collect();
        assert_eq!(got, want);
    }

    /// SEC-09: `cat` of a log is inert.
    #[test]
    fn nothing_in_a_log_is_obeyed_by_a_terminal() {
        let (_root, dir) = dir();
        let mut log = Rolling::new(&dir).unwrap();
        let hostile = "title \u{1b}]0;owned\u{7} \r\n second \u{9b}31m \u{202e}evil\u{2066} \u{7f}\u{200b}\n";
        log.write_all(hostile.as_bytes()).unwrap();
        let written = std::fs::read_to_string(dir.join(FILE)).unwrap();
        let (line, end) = written.split_at(written.len() - 1);
        assert_eq!(end, "\n");
        assert!(line.chars().all(|c| !c.is_control() && !"\u{202e}\u{2066}\u{200b}".contains(c)), "{line:?}");
        assert!(line.contains("␛]0;owned^G"), "{line:?}");
    }
}

//! Finding processes and signalling them without ever hitting a pid that was given to another one meanwhile.
//!
//! A process is named by its pid and its start time; a signal goes through a pidfd that is checked against that name. Where
//! there is no `/proc` (macOS) nothing is found, and the caller falls back to process groups.

use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// One process, as it was when looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Proc {
    pub pid: i32,
    /// When it started, in clock ticks since boot: with the pid, its name.
    pub start: u64,
    parent: i32,
    zombie: bool,
}

impl Proc {
    /// The process that has `pid` now.
    pub fn of(pid: i32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in brackets may hold anything; the fields after its last bracket may not.
        let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
        let zombie = matches!(fields.next()?, "Z" | "X");
        let parent = fields.next()?.parse().ok()?;
        let started = fields.nth(17)?.parse().ok()?;
        Some(Self { pid, start: started, parent, zombie })
    }

    /// The process that it is a child of.
    pub fn parent(&self) -> i32 {
        self.parent
    }

    /// It ended, and only waits for its parent to ask how.
    pub fn is_zombie(&self) -> bool {
        self.zombie
    }

    /// Sends `signal`, to exactly this process. False when it is gone or not ours to signal.
    pub fn signal(&self, signal: Signal) -> bool {
        let Some(pid) = Pid::from_raw(self.pid) else { return false };
        let Ok(pidfd) = pidfd_open(pid, PidfdFlags::empty()) else { return false };
        // Looked at after the pidfd was opened: if the start time is still the same, the pidfd is of that process.
        Self::of(self.pid).is_some_and(|now| now.start == self.start)
            && pidfd_send_signal(pidfd, signal).is_ok()
    }

    fn has_environment(&self, entry: &[u8]) -> bool {
        fs::read(format!("/proc/{}/environ", self.pid))
            .is_ok_and(|env| env.split(|b| *b == 0).any(|e| e == entry))
    }

    /// Whether it has the file with this device and inode open.
    pub fn has_open(&self, device: u64, inode: u64) -> bool {
        let Ok(dir) = fs::read_dir(format!("/proc/{}/fd", self.pid)) else { return false };
        dir.flatten().any(|entry| {
            fs::metadata(entry.path()).is_ok_and(|file| (file.dev(), file.ino()) == (device, inode))
        })
    }

    fn sockets(&self) -> BTreeSet<String> {
        let Ok(dir) = fs::read_dir(format!("/proc/{}/fd", self.pid)) else { return BTreeSet::new() };
        dir.filter_map(|entry| {
            let target = fs::read_link(entry.ok()?.path()).ok()?;
            Some(target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
        })
        .collect()
    }
}

fn all() -> Vec<Proc> {
    let Ok(dir) = fs::read_dir("/proc") else { return Vec::new() };
    dir.filter_map(|entry| Proc::of(entry.ok()?.file_name().to_str()?.parse().ok()?)).collect()
}

/// Memory of one process, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// With what it shares counted in part. Not told of other users' processes.
    pub pss: Option<u64>,
    pub rss: u64,
}

/// How much memory the process has that has `pid` now. Reading it takes up to a millisecond a process.
pub fn memory(pid: i32) -> Option<Size> {
    let sums = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok();
    let field = |name: &str| {
        let line = sums.as_ref()?.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1_024)
    };
    let resident = || {
        let pages = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
        let pages: u64 = pages.split_ascii_whitespace().nth(1)?.parse().ok()?;
        Some(pages * rustix::param::page_size() as u64).filter(|size| *size > 0)
    };
    Some(Size { pss: field("Pss:"), rss: field("Rss:").or_else(resident)? })
}

/// Every living process below `root`, not `root` itself.
pub fn descendants(root: i32) -> Vec<Proc> {
    let all = all();
    let mut family = BTreeSet::from([root]);
    // A child may be listed before its parent: go on until a round finds nobody new.
    loop {
        let before = family.len();
        family.extend(all.iter().filter(|p| family.contains(&p.parent)).map(|p| p.pid).collect::<Vec<_>>());
        if family.len() == before {
            break;
        }
    }
    family.remove(&root);
    all.into_iter().filter(|p| family.contains(&p.pid) && !p.zombie).collect()
}

/// Every living process that was started with `name=value` in its environment. Those of other users cannot be seen.
pub fn marked(name: &str, value: &str) -> Vec<Proc> {
    let entry = format!("{name}={value}");
    all().into_iter().filter(|p| !p.zombie && p.has_environment(entry.as_bytes())).collect()
}

/// True when a process below `root` listens on `127.0.0.1:port`; so a port that was closed and taken by somebody else is
/// told from our own. `None` where the system does not say.
pub fn listens(root: i32, port: u16) -> Option<bool> {
    let table = fs::read_to_string("/proc/net/tcp").ok()?;
    let local = format!("0100007F:{port:04X}");
    let inodes: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_ascii_whitespace();
            // sl local remote state(0A is listening) queues timer retransmits uid timeout inode
            let here = fields.nth(1)? == local && fields.nth(1)? == "0A";
            here.then(|| fields.nth(5)).flatten()
        })
        .collect();
    Some(descendants(root).iter().any(|p| p.sockets().iter().any(|socket| inodes.contains(socket.as_str()))))
}

/// This program, to be started again: the very file that runs, also when an update has put another in its place.
pub fn own_program() -> io::Result<PathBuf> {
    // Looked up by the child between fork and exec, where it still means this program.
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// Gives this process the name that `ps` and `top` show. One that was started from [`own_program`] has the link's otherwise.
pub fn name_process() {
    #[cfg(target_os = "linux")]
    // A name is not worth an error.
    let _ = rustix::thread::set_name(c"hermux");
}

/// Names this run of the machine; pids and start times mean nothing in another.
pub fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test's own child")]
    fn child() -> std::process::Child {
        std::process::Command::new("sleep").arg("1000").env("HERMUX_TEST_MARK", "yes").spawn().unwrap()
    }

    /// FLT-23
    #[test]
    fn a_reused_pid_is_never_signalled() {
        let mut child = child();
        let real = Proc::of(i32::try_from(child.id()).unwrap()).unwrap();
        let former = Proc { start: real.start - 1, ..real };
        assert!(!former.signal(Signal::KILL));
        assert_eq!(child.try_wait().unwrap(), None, "the one that has the pid now lives");
        assert!(real.signal(Signal::KILL));
        child.wait().unwrap();
        assert!(!real.signal(Signal::KILL), "nor one that is gone");
    }

    #[test]
    fn processes_are_found_below_a_parent_and_by_a_mark() {
        let mut child = child();
        let pid = i32::try_from(child.id()).unwrap();
        let me = i32::try_from(std::process::id()).unwrap();
        assert!(descendants(me).iter().any(|p| p.pid == pid));
        assert!(descendants(pid).is_empty());
        // The child has its environment only from exec on, which spawn waits for.
        assert!(marked("HERMUX_TEST_MARK", "yes").iter().any(|p| p.pid == pid));
        assert!(marked("HERMUX_TEST_MARK", "ye").is_empty());
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn memory_is_told_of_what_lives_and_shares_are_counted_once() {
        let me = memory(std::process::id().cast_signed()).unwrap();
        let pss = me.pss.unwrap();
        assert!((1 << 20..=me.rss).contains(&pss), "{me:?}");
        let mut child = child();
        let pid = child.id().cast_signed();
        assert!(memory(pid).unwrap().rss < me.rss, "a sleep is smaller than this test");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(memory(pid), None);
    }

    /// REL-05
    #[test]
    fn a_port_of_somebody_else_is_not_ours() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let parent = rustix::process::getppid().unwrap().as_raw_pid();
        assert_eq!(listens(parent, port), Some(true), "we are below our parent");
        let me = i32::try_from(std::process::id()).unwrap();
        assert_eq!(listens(me, port), Some(false), "nobody below us listens");
    }
}

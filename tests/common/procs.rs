//! Which processes live. A test puts a mark into the environment of what it starts; every process that
//! carries the mark, or works under the test's own folder, is one the test answers for.

use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};

use super::Deadline;

/// Not a `HERMUX_` or `HERMES_` name: those are kept from a backend's environment.
const VARIABLE: &str = "PTY_TEST_MARK";

/// Does what a destructor would, once the test's process has ended without running any: its end of the pipe closes.
const KEEPER: &str = r#"
trap '' HUP INT TERM
read -r word
[ "$word" = done ] && exit
while found=$(grep -lszxF -- "$1" /proc/[0-9]*/environ; :) && [ "$found" ]; do
    for file in $found; do
        pid=${file#/proc/}
        kill -KILL "${pid%/environ}"
    done
done
rm -rf -- "$2"
"#;

/// A mark of this test's own. What carries it ends with it, and with the test's process, whatever ended that.
pub struct Mark {
    value: String,
    dir: PathBuf,
    keeper: Child,
}

#[derive(Debug)]
pub struct Process {
    pub pid: i32,
    pub parent: i32,
    pub command: String,
}

impl Mark {
    /// `dir` is a folder that only this test uses.
    #[expect(clippy::disallowed_methods, reason = "it outlives the test's process")]
    pub fn new(dir: &Path) -> Self {
        let value = dir.to_string_lossy().into_owned();
        let keeper = Command::new("/bin/sh")
            .args(["-c", KEEPER, "keeper", &format!("{VARIABLE}={value}")])
            .arg(dir)
            .current_dir("/")
            .env_remove(VARIABLE)
            // Out of the group that a person or a stage's end kills.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        Self { value, dir: dir.into(), keeper }
    }

    pub fn env(&self) -> (OsString, OsString) {
        (VARIABLE.into(), self.value.clone().into())
    }

    /// The living processes that carry the mark; those that ended and wait to be collected do not count.
    pub fn living(&self) -> Vec<Process> {
        let entry = format!("{VARIABLE}={}", self.value);
        let all = fs::read_dir("/proc").expect("/proc").flatten();
        let pids = all.filter_map(|e| e.file_name().to_str()?.parse::<i32>().ok());
        pids.filter(|pid| *pid != std::process::id().cast_signed())
            .filter(|pid| {
                let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                let marked = environ.split(|b| *b == 0).any(|line| line == entry.as_bytes());
                let cwd = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
                marked || cwd.starts_with(&self.dir)
            })
            .filter_map(process)
            .collect()
    }

    pub fn find(&self, command: &str) -> Option<Process> {
        self.living().into_iter().find(|p| p.command.contains(command))
    }

    /// Waits until none lives, and fails with those that do.
    #[track_caller]
    pub fn assert_none_left(&self, promised: Duration) {
        let deadline = Deadline::after(promised);
        loop {
            let living = self.living();
            let Some(first) = living.first() else { return };
            assert!(!deadline.passed(), "{promised:?} later these processes still live: {living:#?}");
            wait_for_end(first.pid, deadline);
        }
    }

    /// Ends what is left. A test's last resort, so that a failed one leaves nothing.
    pub fn kill_all(&self) {
        let deadline = Deadline::after(Duration::from_secs(5));
        // Again and again: a terminal whose hub ends starts the next.
        loop {
            let living = self.living();
            if living.is_empty() || deadline.passed() {
                return;
            }
            for process in &living {
                signal(process.pid, Signal::KILL);
            }
            for process in living {
                wait_for_end(process.pid, deadline);
            }
        }
    }

    /// What the end of the test's process does, and no destructor with it.
    pub fn lose(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().expect("the keeper ends");
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.kill_all();
        if let Some(mut pipe) = self.keeper.stdin.take() {
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.keeper.wait();
    }
}

pub fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may have ended by itself meanwhile.
        let _ = kill_process(pid, signal);
    }
}

fn wait_for_end(pid: i32, deadline: Deadline) {
    let Some(fd) = Pid::from_raw(pid).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()) else {
        return;
    };
    let left = deadline.left().try_into().expect("a short time");
    let _ = poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&left));
}

fn process(pid: i32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may itself hold brackets and blanks.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let (state, parent) = (fields.next()?, fields.next()?.parse().ok()?);
    let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
    let command = String::from_utf8_lossy(&command).replace('\0', " ").trim_end().to_owned();
    (state != "Z").then_some(Process { pid, parent, command })
}

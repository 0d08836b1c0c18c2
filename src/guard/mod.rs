//! The small process between hub and backend: it ends the backend and everything below it when the hub is gone, however
//! the hub ended.
//!
//! One thread, no runtime, no allocation to speak of. Its standard input is a pipe whose other end only the hub has: end
//! of file there means the hub is gone. It is a child subreaper, so whoever forks away from the backend becomes its own
//! child. It knows nothing of profiles, ports or tokens; it prints only why a backend could not be started.

use crate::base::clock::{Clock, Tick};
use crate::base::sys::guarding::NOT_STARTED;
pub use crate::base::sys::guarding::{ASK, MARK, NOT_FOUND, NOT_RUN};
use crate::base::sys::{self, process};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::Mode;
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode, Stdio};

/// Milliseconds that a backend has to end after INT: it closes its sessions then, which took it 1 s in measurements.
const INTERRUPT_MS: u64 = 5_000;
/// Milliseconds that everything else has after TERM.
const TERM_MS: u64 = 2_000;
/// Milliseconds after which KILL is taken not to work (a process stuck in the kernel).
const KILL_MS: u64 = 700;
/// Milliseconds between two looks at what is left, while ending.
const LOOK_MS: u64 = 25;

/// How far the guard is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// INT was sent to the backend.
    Asked {
        until: Tick,
    },
    /// TERM goes to everyone below.
    Ending {
        until: Tick,
    },
    /// KILL goes to everyone below.
    Killing {
        until: Tick,
    },
}

struct Guard {
    clock: Clock,
    phase: Phase,
    backend: Pid,
    /// What the backend ended with, once it did.
    status: Option<WaitStatus>,
    /// Whom TERM was sent to: once each.
    told: BTreeSet<process::Proc>,
}

/// Runs `command` (a program and its arguments) until it or the hub ends, and ends everything below. The exit code is the
/// backend's own, or 128 and its signal's number.
pub fn run(command: impl IntoIterator<Item = OsString>) -> ExitCode {
    match start(command).and_then(|(mut guard, wake)| guard.watch(&wake).map(|()| guard.code())) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let _ = writeln!(io::stderr(), "hermux guard: {NOT_STARTED} {error}");
            ExitCode::from(if error.kind() == io::ErrorKind::NotFound { NOT_FOUND } else { NOT_RUN })
        }
    }
}

fn start(command: impl IntoIterator<Item = OsString>) -> io::Result<(Guard, OwnedFd)> {
    let mut words = command.into_iter();
    let program =
        words.next().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no program was named"))?;
    // Fails only for a group's leader, which then has what is wanted but the session: a person started it by hand.
    let _ = rustix::process::setsid();
    rustix::process::umask(Mode::from_raw_mode(0o077));
    sys::close_others_on_exec()?;
    #[cfg(target_os = "linux")]
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    let wake = sys::signals_to_pipe(&[Signal::CHILD, Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT])?;
    #[expect(
        clippy::disallowed_methods,
        reason = "the guard is the one place where a backend's process begins"
    )]
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).process_group(0);
    sys::die_with_parent(&mut command);
    let backend = Pid::from_child(&command.spawn()?);
    let clock = Clock::start();
    Ok((Guard { clock, phase: Phase::Running, backend, status: None, told: BTreeSet::new() }, wake))
}

impl Guard {
    fn watch(&mut self, wake: &OwnedFd) -> io::Result<()> {
        let hub = io::stdin();
        let mut hub_gone = false;
        loop {
            self.reap();
            if self.end() {
                return Ok(());
            }
            let mut fds = vec![PollFd::new(wake, PollFlags::IN)];
            if !hub_gone {
                fds.push(PollFd::new(&hub, PollFlags::IN));
            }
            match poll(&mut fds, self.pause().as_ref()) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
            let mut bytes = [0_u8; 64];
            if let Ok(count) = rustix::io::read(wake, &mut bytes) {
                let ends = |byte: &u8| i32::from(*byte) != Signal::CHILD.as_raw();
                if bytes.iter().take(count).any(ends) {
                    self.begin_ending();
                }
            }
            if fds.get(1).is_some_and(|fd| !fd.revents().is_empty()) {
                match rustix::io::read(&hub, &mut bytes) {
                    Ok(0) | Err(_) => {
                        hub_gone = true;
                        self.begin_ending();
                    }
                    Ok(_) => self.ask(),
                }
            }
        }
    }

    /// Milliseconds until the next look; none while nothing ends: then only an event wakes the guard.
    fn pause(&self) -> Option<Timespec> {
        let ms = match self.phase {
            Phase::Running => return None,
            Phase::Asked { until } => until.since(self.clock.now()).saturating_add(1),
            Phase::Ending { .. } | Phase::Killing { .. } => LOOK_MS,
        };
        let ms = i64::try_from(ms).unwrap_or(i64::MAX);
        Some(Timespec { tv_sec: ms / 1_000, tv_nsec: ms % 1_000 * 1_000_000 })
    }

    /// Takes the exit of every child, adopted ones too.
    fn reap(&mut self) {
        while let Ok(Some((pid, status))) = rustix::process::wait(WaitOptions::NOHANG) {
            if pid == self.backend {
                self.status = Some(status);
                self.begin_ending();
            }
        }
    }

    fn ask(&mut self) {
        if self.phase == Phase::Running && self.status.is_none() {
            // Not reaped yet, so the pid is still the backend's.
            let _ = rustix::process::kill_process(self.backend, Signal::INT);
            self.phase = Phase::Asked { until: self.clock.now().plus(INTERRUPT_MS) };
        }
    }

    fn begin_ending(&mut self) {
        if matches!(self.phase, Phase::Running | Phase::Asked { .. }) {
            self.phase = Phase::Ending { until: self.clock.now().plus(TERM_MS) };
        }
    }

    /// One look at what is left, with a signal for it. True when the guard's work is done.
    fn end(&mut self) -> bool {
        let now = self.clock.now();
        let signal = match self.phase {
            Phase::Running => return false,
            Phase::Asked { until } if now < until => return false,
            Phase::Asked { .. } => {
                self.begin_ending();
                Signal::TERM
            }
            Phase::Ending { until } if now < until => Signal::TERM,
            Phase::Ending { .. } => {
                self.phase = Phase::Killing { until: now.plus(KILL_MS) };
                Signal::KILL
            }
            Phase::Killing { .. } => Signal::KILL,
        };
        let left = left();
        for one in &left {
            if signal == Signal::KILL || self.told.insert(*one) {
                one.signal(signal);
            }
        }
        if cfg!(not(target_os = "linux")) {
            // Without /proc nobody is found; the backend's process group is what can be reached.
            let _ = rustix::process::kill_process_group(self.backend, signal);
        }
        if matches!(self.phase, Phase::Killing { until } if now >= until) {
            let pids: Vec<String> = left.iter().map(|p| p.pid.to_string()).collect();
            let _ = writeln!(io::stderr(), "hermux guard: could not end: {}", pids.join(" "));
            return true;
        }
        left.is_empty() && self.status.is_some()
    }

    fn code(&self) -> u8 {
        let raw = self.status.map_or(1, |status| {
            status
                .exit_status()
                .or_else(|| status.terminating_signal().map(|signal| 128 + signal))
                .unwrap_or(1)
        });
        u8::try_from(raw & 0xff).unwrap_or(1)
    }
}

/// Everyone below this guard, and everyone who carries its mark.
fn left() -> BTreeSet<process::Proc> {
    let me = rustix::process::getpid().as_raw_pid();
    let mut left: BTreeSet<_> = process::descendants(me).into_iter().collect();
    if let Ok(mark) = std::env::var(MARK) {
        left.extend(process::marked(MARK, &mark).into_iter().filter(|p| p.pid != me));
    }
    left
}

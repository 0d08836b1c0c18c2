//! The operating system: the only file with unsafe code, and beside it what processes and private files need.
//!
//! Here: signal handlers, descriptors of others, and the terminal's last restore. [`process`] finds and signals
//! processes without ever hitting a reused pid; [`files`] makes private directories and files and holds locks;
//! [`guarding`] is what a guard and its hub agree on. Nothing here decides when any of it happens.
#![expect(
    unsafe_code,
    reason = "signal handlers, pre-exec hooks and foreign descriptors have no safe interface"
)]

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::Signal;
use std::ffi::c_int;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};
use std::time::Duration;
use tokio::io::{Interest, unix::AsyncFd};

pub mod files;
pub mod guarding;
pub mod process;

/// Write end of the pipe that [`signals_to_pipe`] made; -1 before.
static WAKE: AtomicI32 = AtomicI32::new(-1);

extern "C" fn on_signal(signal: c_int) {
    let pipe = WAKE.load(Ordering::Relaxed);
    let byte = signal.to_ne_bytes()[usize::from(cfg!(target_endian = "big")) * 3];
    // SAFETY: write(2) is async-signal-safe and `byte` outlives the call; errno is put back for the code that was
    // interrupted. A full pipe drops the byte: its reader is then already awake.
    unsafe {
        let errno = errno_location();
        let saved = *errno;
        libc::write(pipe, (&raw const byte).cast(), 1);
        *errno = saved;
    }
}

fn errno_location() -> *mut c_int {
    // SAFETY: both return the calling thread's own errno, which lives as long as the thread.
    #[cfg(target_os = "linux")]
    unsafe {
        libc::__errno_location()
    }
    // SAFETY: as above.
    #[cfg(not(target_os = "linux"))]
    unsafe {
        libc::__error()
    }
}

/// From now on each of `signals` arrives as one byte, its number, in the pipe whose read end is returned. Once a
/// process: for a program without a runtime of its own, such as the guard.
pub fn signals_to_pipe(signals: &[Signal]) -> io::Result<OwnedFd> {
    let (read, write) = rustix::pipe::pipe()?;
    for end in [&read, &write] {
        rustix::io::fcntl_setfd(end, rustix::io::FdFlags::CLOEXEC)?;
        rustix::io::ioctl_fionbio(end, true)?;
    }
    WAKE.store(write.into_raw_fd(), Ordering::Relaxed);
    for signal in signals {
        handle(signal.as_raw(), on_signal, libc::SA_RESTART)?;
    }
    Ok(read)
}

fn handle(signal: c_int, handler: extern "C" fn(c_int), flags: c_int) -> io::Result<()> {
    // SAFETY: a zeroed sigaction is a valid one (no flags, empty mask), and `handler` is async-signal-safe: both
    // handlers of this file call only functions that POSIX lists as such.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as libc::sighandler_t;
        action.sa_flags = flags;
        libc::sigemptyset(&raw mut action.sa_mask);
        if libc::sigaction(signal, &raw const action, std::ptr::null_mut()) == 0 {
            return Ok(());
        }
    }
    Err(io::Error::last_os_error())
}

/// Marks every descriptor above standard error to close on exec, whoever opened it: a shell may have left some open,
/// and a backend must not inherit them. Only for a process with one thread.
pub fn close_others_on_exec() -> io::Result<()> {
    let list = if cfg!(target_os = "linux") { "/proc/self/fd" } else { "/dev/fd" };
    let open: Vec<i32> = std::fs::read_dir(list)?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|fd| *fd > 2)
        .collect();
    for fd in open {
        // SAFETY: the number was listed as open just now and this thread, the only one, closed nothing but the
        // directory since; for that one fcntl answers EBADF, which is right and ignored.
        let fd = unsafe { BorrowedFd::borrow_raw(fd) };
        match rustix::io::fcntl_setfd(fd, rustix::io::FdFlags::CLOEXEC) {
            Ok(()) | Err(Errno::BADF) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The child is killed when the *thread* that spawns it ends. So only a program with one thread may use it: there the
/// thread's end is the process' end. No effect outside Linux.
pub fn die_with_parent(command: &mut std::process::Command) {
    // SAFETY: between fork and exec the closure makes one system call and allocates nothing.
    unsafe {
        command.pre_exec(|| {
            #[cfg(target_os = "linux")]
            rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
            Ok(())
        });
    }
}

/// The child leads a session of its own: no terminal, and no signal of the one that it was started in.
pub fn own_session(command: &mut std::process::Command) {
    // SAFETY: between fork and exec the closure makes one system call and allocates nothing.
    unsafe {
        command.pre_exec(|| Ok(rustix::process::setsid().map(|_| ())?));
    }
}

/// No memory of this process, nor of what it starts, is ever written to a file when it crashes: it may hold a secret (SEC-27).
pub fn forbid_core_dumps() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

/// Lets this process open as many descriptors as the system allows it.
pub fn raise_descriptor_limit() -> io::Result<()> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    Ok(setrlimit(Resource::Nofile, limit)?)
}

/// A descriptor that a task can wait for until there is something to read. Needs a runtime.
pub fn awaitable(fd: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an owned descriptor stays open and the same until it is dropped, with what is made here.
    Ok(unsafe { AsyncFd::register_with_interest(fd, Interest::READABLE) }?)
}

/// Blocks until `tty` hung up (its other end is gone, by whatever way), or until `timeout` is over. True: hung up.
/// Needs no reader, so it also tells when whoever reads the terminal is stuck.
pub fn wait_hangup(tty: BorrowedFd<'_>, timeout: Option<Duration>) -> io::Result<bool> {
    let timeout = timeout.map(|t| Timespec {
        tv_sec: i64::try_from(t.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(t.subsec_nanos()),
    });
    loop {
        let mut fds = [PollFd::new(&tty, PollFlags::empty())];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(0) => return Ok(false),
            // Nothing but hang-up and error can be reported, since nothing else was asked for.
            Ok(_) => return Ok(true),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// What brings one terminal back. Leaked on purpose: a handler may read it at any time.
struct Restore {
    tty: c_int,
    termios: libc::termios,
    bytes: Vec<u8>,
}

static RESTORE: AtomicPtr<Restore> = AtomicPtr::new(std::ptr::null_mut());

/// Signals that end a program which no runtime catches. TERM, HUP and INT are the program's own to handle.
const FATAL: [c_int; 8] = [
    libc::SIGQUIT,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGABRT,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGSEGV,
    libc::SIGSYS,
];

/// Remembers how `tty` is set now, to be called *before* raw mode: [`restore_terminal`] will set it so again and write
/// `bytes`. Also arms the signals of a crash to do that and then to end the program as they would have. May be called
/// again after a restore (coming back from a suspend or an editor).
pub fn arm_restore(tty: BorrowedFd<'_>, bytes: Vec<u8>) -> io::Result<()> {
    // SAFETY: a zeroed termios is only ever handed on after tcgetattr filled it.
    let mut termios: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: the descriptor is borrowed, thus open, and `termios` is valid for writing.
    if unsafe { libc::tcgetattr(tty.as_raw_fd(), &raw mut termios) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let tty = tty.try_clone_to_owned()?.into_raw_fd();
    RESTORE.store(Box::into_raw(Box::new(Restore { tty, termios, bytes })), Ordering::SeqCst);
    for signal in FATAL {
        // The alternate stack, since a stack overflow comes as SEGV.
        handle(signal, on_fatal, libc::SA_ONSTACK)?;
    }
    Ok(())
}

/// From now on [`restore_terminal`] writes `first` ahead of the rest: for a mode that was set later than the others. Does
/// nothing when not armed.
pub fn restore_first(first: &[u8]) {
    let armed = RESTORE.load(Ordering::SeqCst);
    // SAFETY: the pointer is null or came from `Box::into_raw` and is never freed.
    let Some(old) = (unsafe { armed.as_ref() }) else { return };
    let bytes = [first, &old.bytes].concat();
    let new = Box::into_raw(Box::new(Restore { tty: old.tty, termios: old.termios, bytes }));
    if RESTORE.compare_exchange(armed, new, Ordering::SeqCst, Ordering::SeqCst).is_err() {
        // SAFETY: nobody else has seen this pointer.
        drop(unsafe { Box::from_raw(new) });
    }
}

/// Brings the terminal back as [`arm_restore`] found it. At most once per arming, from any thread, also from a signal
/// handler or a panic hook; does nothing when not armed.
pub fn restore_terminal() {
    let restore = RESTORE.swap(std::ptr::null_mut(), Ordering::SeqCst);
    // SAFETY: the pointer is null or came from `Box::into_raw` and is never freed. poll, write and tcsetattr are
    // async-signal-safe.
    unsafe {
        let Some(restore) = restore.as_ref() else { return };
        let mut fd = libc::pollfd { fd: restore.tty, events: libc::POLLOUT, revents: 0 };
        // A terminal stopped by ^S would hold a dying program for ever; 200 ms, then its modes alone are reset.
        if libc::poll(&raw mut fd, 1, 200) == 1 && fd.revents & libc::POLLOUT != 0 {
            libc::write(restore.tty, restore.bytes.as_ptr().cast(), restore.bytes.len());
        }
        libc::tcsetattr(restore.tty, libc::TCSANOW, &raw const restore.termios);
    }
}

extern "C" fn on_fatal(signal: c_int) {
    restore_terminal();
    // SAFETY: both are async-signal-safe. The signal is blocked while its handler runs, so it strikes on return, with
    // its default action: the parent sees the true cause.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsFd;

    #[test]
    fn a_hangup_is_told_without_reading() {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
        assert!(!wait_hangup(ours.as_fd(), Some(Duration::ZERO)).unwrap());
        drop(theirs);
        assert!(wait_hangup(ours.as_fd(), None).unwrap());
    }
}

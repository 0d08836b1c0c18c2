//! The thread that reads the terminal.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, pipe_with};
use tokio::sync::{Notify, mpsc};

use crate::base::clock::{Clock, Tick};

/// What the reader saw.
#[derive(Debug)]
pub enum Read {
    /// Bytes, and when they were read.
    Bytes(Tick, Vec<u8>),
    /// The terminal is gone; nothing comes after this.
    Gone,
}

/// Chunks under way to the loop. When full the reader waits, and the kernel holds what is typed.
const CHUNKS: usize = 64;
/// One chunk; a large paste comes in many.
const CHUNK_BYTES: usize = 64 * 1024;

/// Keeps the reader from reading while the terminal is somebody else's.
#[derive(Clone, Debug)]
pub struct Gate {
    inner: Arc<Standing>,
    ask: Arc<OwnedFd>,
}

#[derive(Debug, Default)]
struct Standing {
    closed: Mutex<bool>,
    opened: Condvar,
    stands: Notify,
}

impl Gate {
    /// Returns when the reader stands: what is typed from now on is not read here.
    pub async fn close(&self) {
        *self.inner.closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        if rustix::io::write(&*self.ask, b".").is_ok() {
            self.inner.stands.notified().await;
        }
    }

    /// The reader goes on.
    pub fn open(&self) {
        *self.inner.closed.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.inner.opened.notify_all();
    }
}

impl Standing {
    fn stand(&self) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        self.stands.notify_one();
        while *closed {
            closed = self.opened.wait(closed).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Reads `tty` for the life of the process, stamping bytes by `clock`. The thread ends with the receiver, at the next
/// byte, or with the terminal.
pub fn spawn(tty: OwnedFd, clock: Clock) -> std::io::Result<(mpsc::Receiver<Read>, Gate)> {
    let (sender, receiver) = mpsc::channel(CHUNKS);
    let (asked, ask) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    let gate = Gate { inner: Arc::default(), ask: Arc::new(ask) };
    let inner = gate.inner.clone();
    std::thread::Builder::new().name("hermux-tty".into()).spawn(move || {
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            let mut ready = [PollFd::new(&tty, PollFlags::IN), PollFd::new(&asked, PollFlags::IN)];
            // Whatever it fails for, reading says it better.
            let _ = poll(&mut ready, None);
            if !ready[1].revents().is_empty() && rustix::io::read(&asked, &mut [0; 8]).is_ok_and(|n| n > 0) {
                inner.stand();
                continue;
            }
            let read = match rustix::io::read(&tty, &mut buffer[..]) {
                Ok(0) => Read::Gone,
                Ok(count) => Read::Bytes(clock.now(), buffer.get(..count).unwrap_or_default().to_vec()),
                // The latter where somebody who shares the terminal made it non-blocking.
                Err(Errno::INTR | Errno::AGAIN) => continue,
                Err(_) => Read::Gone,
            };
            let gone = matches!(read, Read::Gone);
            if sender.blocking_send(read).is_err() || gone {
                return;
            }
        }
    })?;
    Ok((receiver, gate))
}

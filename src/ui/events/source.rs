//! The thread that reads the terminal.

use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::sync::mpsc;

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

/// Reads `tty` for the life of the process, stamping bytes by `clock`. The thread ends with the receiver, at the next
/// byte, or with the terminal.
pub fn spawn(tty: OwnedFd, clock: Clock) -> std::io::Result<mpsc::Receiver<Read>> {
    let (sender, receiver) = mpsc::channel(CHUNKS);
    std::thread::Builder::new().name("hermux-tty".into()).spawn(move || {
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            let read = match rustix::io::read(&tty, &mut buffer[..]) {
                Ok(0) => Read::Gone,
                Ok(count) => Read::Bytes(clock.now(), buffer.get(..count).unwrap_or_default().to_vec()),
                Err(Errno::INTR) => continue,
                // Somebody who shares the terminal made it non-blocking.
                Err(Errno::AGAIN) => {
                    let _ = poll(&mut [PollFd::new(&tty, PollFlags::IN)], None);
                    continue;
                }
                Err(_) => Read::Gone,
            };
            let gone = matches!(read, Read::Gone);
            if sender.blocking_send(read).is_err() || gone {
                return;
            }
        }
    })?;
    Ok(receiver)
}

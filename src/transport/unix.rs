//! The connection of a terminal and a hub in two processes: a unix socket that only this user can reach (SEC-33, SEC-34).
//!
//! Messages are JSON in [`super::framing`]'s frames. What does not fit ends that one connection, with one line in the log that says
//! nothing of its content. Who may replace a socket, and how many terminals there may be, is decided by the callers.

use super::{
    codec,
    framing::{self, MAX_TO_HUB, MAX_TO_TERMINAL, Malformed, Received},
    port::{Frame, HubPort, TO_HUB, TO_TERMINAL, TerminalPort},
    updates::{Queued, Updates},
};
use crate::{
    base::sys::files,
    proto::{ToHub, Update},
};
use std::{
    fs::{self, File, Permissions},
    io,
    os::{
        fd::AsRawFd,
        unix::{
            fs::{MetadataExt, PermissionsExt},
            net::SocketAddr,
        },
    },
    path::{Path, PathBuf},
};
use tokio::{
    io::{AsyncWriteExt, BufReader, BufWriter},
    net::{
        UnixListener, UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
};

/// Bytes read or written at once where no secret passes.
const BUFFER: usize = 64 << 10;

/// The hub's end of a socket in a file.
#[derive(Debug)]
pub struct Listener {
    inner: UnixListener,
    path: PathBuf,
    /// Device and inode of the socket made here.
    made: (u64, u64),
}

impl Listener {
    /// Listens at `path`, mode 0600, in its directory, which is made private or must be so. Replaces a socket that a dead hub left:
    /// only the holder of the hub's lock may call this. Needs a runtime. The socket is removed when this is dropped, which should
    /// come before the lock is let go.
    pub fn bind(path: &Path) -> io::Result<Self> {
        let (Some(dir), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no place for a socket"));
        };
        files::private_dir(dir)?;
        // Under another name until it has its mode, so that nobody ever meets one that has not. One that a hub left by dying just here
        // goes first.
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        let hidden = dir.join(hidden);
        match fs::remove_file(&hidden) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let (address, held) = address(&hidden)?;
        let inner = UnixListener::bind(address)?;
        drop(held);
        fs::set_permissions(&hidden, Permissions::from_mode(0o600))?;
        fs::rename(&hidden, path)?;
        Ok(Self { inner, path: path.to_owned(), made: identity(path)? })
    }

    /// The next terminal. An error is of one connection, or of a moment without descriptors or memory: the next call may go well.
    pub async fn accept(&self) -> io::Result<HubPort> {
        let (stream, _) = self.inner.accept().await?;
        same_user(&stream)?;
        let (read, write) = stream.into_split();
        let (frames, from_terminal) = mpsc::channel(TO_HUB);
        let (updates, queue) = Updates::to_socket();
        tokio::spawn(hub_reads(read, frames));
        tokio::spawn(hub_writes(write, queue));
        Ok(HubPort { from_terminal, updates })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|found| found == self.made) {
            // What is left is replaced by the next hub.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Connects to the hub that listens at `path`.
///
/// To leave without losing what was sent: send `ToHub::Bye`, then wait until `updates` ends, which is when the hub has taken everything.
///
/// # Errors
/// `NotFound` and `ConnectionRefused`: no hub is there. `PermissionDenied`: it is another user's.
pub async fn connect(path: &Path) -> io::Result<TerminalPort> {
    let (address, held) = address(path)?;
    let stream = UnixStream::connect(address).await?;
    drop(held);
    same_user(&stream)?;
    let (read, write) = stream.into_split();
    let (to_hub, frames) = mpsc::channel(TO_HUB);
    let (updates_in, updates) = mpsc::channel(TO_TERMINAL);
    tokio::spawn(async move {
        tokio::select! {
            () = terminal_reads(read, updates_in) => {}
            // What the hub has to say to the last words is still read.
            () = async { terminal_writes(write, frames).await; std::future::pending().await } => {}
        }
    });
    Ok(TerminalPort { to_hub, updates })
}

/// A path to the same socket that fits into a socket's address (108 bytes on Linux), and what must stay open for it to be one.
fn address(path: &Path) -> io::Result<(PathBuf, Option<File>)> {
    if SocketAddr::from_pathname(path).is_ok() {
        return Ok((path.to_owned(), None));
    }
    match (path.parent(), path.file_name()) {
        (Some(dir), Some(name)) if cfg!(target_os = "linux") => {
            let dir = File::open(dir)?;
            Ok((Path::new("/proc/self/fd").join(dir.as_raw_fd().to_string()).join(name), Some(dir)))
        }
        _ => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!(
                "the path {} is too long for a socket; set XDG_RUNTIME_DIR to a shorter directory",
                path.display()
            ),
        )),
    }
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let meta = fs::symlink_metadata(path)?;
    Ok((meta.dev(), meta.ino()))
}

/// Both ends look: a terminal hands secrets over, a hub carries out commands.
fn same_user(stream: &UnixStream) -> io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer == rustix::process::geteuid().as_raw() {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        format!("the other side is user {peer}; not spoken to"),
    ))
}

/// Hands on what a terminal sends, until it ends, sends what does not fit, or the hub wants no more.
async fn hub_reads(mut read: OwnedReadHalf, frames: mpsc::Sender<Frame>) {
    let reading = async {
        // No buffer: a secret would stay in it.
        while let Some(received) = framing::read(&mut read, MAX_TO_HUB).await? {
            let frame = match received {
                Received::Message(bytes) => Frame::Message(Box::new(codec::decode::<ToHub>(&bytes)?)),
                Received::Secret { handle, secret } => Frame::Secret { handle, secret },
            };
            if frames.send(frame).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    let ended = tokio::select! {
        ended = reading => ended,
        () = frames.closed() => Ok(()),
    };
    log("a terminal", ended);
}

/// Writes updates until the hub lets the terminal go or it is gone; ends after a goodbye.
async fn hub_writes(write: OwnedWriteHalf, mut queue: mpsc::Receiver<Queued>) {
    let mut write = BufWriter::with_capacity(BUFFER, write);
    let writing = async {
        while let Some(queued) = queue.recv().await {
            let last = match queued {
                // Its place is free when it was written.
                Queued::Encoded { json, _place } => {
                    framing::write(&mut write, &json).await?;
                    false
                }
                Queued::Last(json) => {
                    framing::write(&mut write, &json).await?;
                    true
                }
                Queued::Snapshot(update) => {
                    framing::write(&mut write, &codec::encode(&update)?).await?;
                    false
                }
            };
            if queue.is_empty() {
                write.flush().await?;
            }
            if last {
                break;
            }
        }
        write.flush().await?;
        Ok(())
    };
    let ended = writing.await;
    log("a terminal", ended);
}

/// Hands on what the hub sends, until either side is gone.
async fn terminal_reads(read: OwnedReadHalf, updates: mpsc::Sender<Update>) {
    let mut read = BufReader::with_capacity(BUFFER, read);
    let reading = async {
        while let Some(received) = framing::read(&mut read, MAX_TO_TERMINAL).await? {
            let Received::Message(bytes) = received else { return Err(Malformed::Secret.into()) };
            if updates.send(codec::decode::<Update>(&bytes)?).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    let ended = tokio::select! {
        ended = reading => ended,
        () = updates.closed() => Ok(()),
    };
    log("the hub", ended);
}

/// Writes what the terminal says until it lets go. No buffer: a secret would stay in it.
async fn terminal_writes(mut write: OwnedWriteHalf, mut frames: mpsc::Receiver<Frame>) {
    let writing = async {
        while let Some(frame) = frames.recv().await {
            match frame {
                Frame::Message(message) => framing::write(&mut write, &codec::encode(&*message)?).await?,
                Frame::Secret { handle, secret } => {
                    framing::write_secret(&mut write, handle, &secret).await?;
                }
            }
        }
        Ok(())
    };
    let ended = writing.await;
    log("the hub", ended);
}

/// Why one direction of a connection ended.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(transparent)]
    Message(#[from] codec::BadMessage),
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

/// The one line about a connection that ended otherwise than by one side's leaving.
fn log(peer: &str, ended: Result<(), Broken>) {
    let gone = [io::ErrorKind::BrokenPipe, io::ErrorKind::ConnectionReset];
    match ended {
        Ok(()) => {}
        Err(Broken::Io(error) | Broken::Malformed(Malformed::Io(error))) if gone.contains(&error.kind()) => {}
        Err(error) => tracing::warn!(%error, "the connection with {peer} was ended"),
    }
}

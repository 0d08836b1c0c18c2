//! Frames on a socket between terminal and hub: a length, a kind, bytes.
//!
//! A frame is a little-endian `u32` of its content's length (at most [`MAX_FRAME`]), a byte of its kind, and the content. A message
//! travels as one frame or in pieces; a secret in a frame of its own, whose memory is wiped on both sides (I12, SEC-33). Whatever
//! does not fit is [`Malformed`], and memory is taken only for bytes that came.

use crate::base::{ids::SecretHandle, secret::Secret};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::{Zeroize, Zeroizing};

/// The most bytes of one frame's content (SEC-33).
pub const MAX_FRAME: usize = 1 << 20;
/// The most bytes of a message to a hub: far more than the longest text that it takes.
pub const MAX_TO_HUB: usize = 16 << 20;
/// The most bytes of a message to a terminal: a snapshot of everything that a terminal can watch is far below.
pub const MAX_TO_TERMINAL: usize = 256 << 20;
/// The most bytes of a secret: a password or a key, not a document.
pub const MAX_SECRET: usize = 64 << 10;

/// Length and kind.
const HEADER: usize = 5;
/// A whole message, or its last piece.
const LAST: u8 = 0;
/// A piece of a message with more to follow; never empty.
const MORE: u8 = 1;
/// A secret: its handle in eight bytes, then its text.
const SECRET: u8 = 2;
const HANDLE: usize = 8;

/// What came.
#[derive(Debug)]
pub enum Received {
    /// A whole message, its pieces joined.
    Message(Vec<u8>),
    Secret {
        handle: SecretHandle,
        secret: Secret,
    },
}

/// Why a connection cannot go on. Says nothing of what was in it.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    #[error("a frame of {0} bytes, more than allowed")]
    Frame(usize),
    #[error("a message in pieces of more than {0} bytes")]
    Message(usize),
    #[error("a frame of the unknown kind {0}")]
    Kind(u8),
    #[error("an empty piece")]
    Empty,
    #[error("a secret that is too long, too short, in the wrong place or no text")]
    Secret,
    #[error("the connection ended within a frame or a message")]
    Half,
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
}

/// Reads the next message of at most `most` bytes, or a secret. `None`: the other side ended between two messages.
///
/// A secret leaves no copy behind only where `from` has no buffer of its own.
pub async fn read(from: &mut (impl AsyncRead + Unpin), most: usize) -> Result<Option<Received>, Malformed> {
    let mut message = Vec::new();
    loop {
        let mut header = [0; HEADER];
        match from.read(&mut header).await? {
            0 if message.is_empty() => return Ok(None),
            0 => return Err(Malformed::Half),
            some => exact(from, header.get_mut(some..).unwrap_or_default()).await?,
        }
        let [a, b, c, d, kind] = header;
        let len = u32::from_le_bytes([a, b, c, d]) as usize;
        if len > MAX_FRAME {
            return Err(Malformed::Frame(len));
        }
        match kind {
            LAST | MORE if message.len() + len > most => return Err(Malformed::Message(most)),
            MORE if len == 0 => return Err(Malformed::Empty),
            LAST | MORE => {
                // Grows with what comes, not with what was announced.
                let came = (&mut *from).take(len as u64).read_to_end(&mut message).await?;
                if came < len {
                    return Err(Malformed::Half);
                }
                if kind == LAST {
                    return Ok(Some(Received::Message(message)));
                }
            }
            SECRET if message.is_empty() => return read_secret(from, len).await.map(Some),
            SECRET => return Err(Malformed::Secret),
            other => return Err(Malformed::Kind(other)),
        }
    }
}

async fn read_secret(from: &mut (impl AsyncRead + Unpin), len: usize) -> Result<Received, Malformed> {
    let text = len.checked_sub(HANDLE).filter(|len| *len <= MAX_SECRET).ok_or(Malformed::Secret)?;
    let mut handle = [0; HANDLE];
    exact(from, &mut handle).await?;
    // Its full size from the start: a buffer that grows leaves copies behind.
    let mut bytes = Zeroizing::new(vec![0; text]);
    exact(from, &mut bytes).await?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Received::Secret {
            handle: SecretHandle(u64::from_le_bytes(handle)),
            secret: Secret::new(text),
        }),
        Err(error) => {
            error.into_bytes().zeroize();
            Err(Malformed::Secret)
        }
    }
}

async fn exact(from: &mut (impl AsyncRead + Unpin), into: &mut [u8]) -> Result<(), Malformed> {
    match from.read_exact(into).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(Malformed::Half),
        Err(error) => Err(error.into()),
    }
}

/// Writes a message, in as many frames as it takes.
pub async fn write(to: &mut (impl AsyncWrite + Unpin), message: &[u8]) -> io::Result<()> {
    let mut rest = message;
    while rest.len() > MAX_FRAME {
        let (piece, after) = rest.split_at(MAX_FRAME);
        to.write_all(&header(piece.len(), MORE)).await?;
        to.write_all(piece).await?;
        rest = after;
    }
    to.write_all(&header(rest.len(), LAST)).await?;
    to.write_all(rest).await
}

/// Writes a secret in a frame of its own and wipes what it made of it. One longer than [`MAX_SECRET`] is refused.
pub async fn write_secret(
    to: &mut (impl AsyncWrite + Unpin),
    handle: SecretHandle,
    secret: &Secret,
) -> io::Result<()> {
    let text = secret.expose().as_bytes();
    if text.len() > MAX_SECRET {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the secret is too long"));
    }
    let mut frame = Zeroizing::new(Vec::with_capacity(HEADER + HANDLE + text.len()));
    frame.extend_from_slice(&header(HANDLE + text.len(), SECRET));
    frame.extend_from_slice(&handle.0.to_le_bytes());
    frame.extend_from_slice(text);
    to.write_all(&frame).await
}

fn header(len: usize, kind: u8) -> [u8; HEADER] {
    // Never above `MAX_FRAME`.
    let [a, b, c, d] = (len as u32).to_le_bytes();
    [a, b, c, d, kind]
}

#[cfg(test)]
#[path = "framing_tests.rs"]
mod tests;

//! Messages as bytes: JSON, the way they cross a socket.

use serde::{Serialize, de::DeserializeOwned};
use std::io;

/// A message that cannot be encoded or decoded: a programming error or a foreign peer. Says where and in which way, never what: a
/// decoder's own words quote the message.
#[derive(Debug, thiserror::Error)]
#[error("not a message of this contract ({:?} at byte {})", .0.classify(), .0.column())]
pub struct BadMessage(serde_json::Error);

pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, BadMessage> {
    serde_json::to_vec(message).map_err(BadMessage)
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BadMessage> {
    serde_json::from_slice(bytes).map_err(BadMessage)
}

/// How many bytes a message is encoded; 0 for one that cannot be.
pub fn size<T: Serialize>(message: &T) -> usize {
    struct Count(usize);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    serde_json::to_writer(&mut count, message).map_or(0, |()| count.0)
}

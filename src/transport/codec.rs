//! Messages as bytes: JSON, the way they cross a socket.

use serde::{Serialize, de::DeserializeOwned};

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

//! Messages as bytes: JSON, the way they cross a socket.

use serde::{Serialize, de::DeserializeOwned};

/// A message that cannot be encoded or decoded: a programming error or a foreign peer.
#[derive(Debug, thiserror::Error)]
#[error("not a message of this contract: {0}")]
pub struct BadMessage(#[from] serde_json::Error);

pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, BadMessage> {
    Ok(serde_json::to_vec(message)?)
}

pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, BadMessage> {
    Ok(serde_json::from_slice(bytes)?)
}

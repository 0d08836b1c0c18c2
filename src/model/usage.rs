//! Tokens and context of a session, as its backend reports them.

use serde::{Deserialize, Serialize};

/// Counts are totals since the backend built the session's agent: they restart at zero after a resume. What the backend
/// has not said is `None` and shown as unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    pub input: Option<u64>,
    pub output: Option<u64>,
    pub total: Option<u64>,
    pub calls: Option<u64>,
    /// Tokens in the model's window; absent before the first call and just after a compression.
    pub context_used: Option<u64>,
    pub context_max: Option<u64>,
    /// 0 to 100.
    pub context_percent: Option<u8>,
    pub compressions: Option<u64>,
}

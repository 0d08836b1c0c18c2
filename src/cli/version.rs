//! What `hermux --version` says: which hermux, and what it speaks.

use crate::{base, proto, supervisor::version::LEAST};
use std::sync::LazyLock;

/// Version, commit, and the ranges of what is spoken with the hub and with Hermes.
pub(super) fn long() -> &'static str {
    static LONG: LazyLock<String> = LazyLock::new(|| {
        format!(
            "{}\ncommit: {}\nhub: contract {}\nHermes: {LEAST} and newer",
            base::VERSION,
            base::COMMIT.unwrap_or("unknown"),
            proto::CONTRACT
        )
    });
    &LONG
}

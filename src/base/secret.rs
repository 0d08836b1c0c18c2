//! Bytes that must not be seen.

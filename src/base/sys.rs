//! The operating system; the only file with unsafe code.

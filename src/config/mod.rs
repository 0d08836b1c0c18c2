//! Limits, paths, flags and the file that sets them.

//! The names of things.

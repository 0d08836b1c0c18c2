//! Where time comes from.

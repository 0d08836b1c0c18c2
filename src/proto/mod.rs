//! What terminal and hub say to each other.

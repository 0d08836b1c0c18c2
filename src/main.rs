//! The `hermux` program.

fn main() {}

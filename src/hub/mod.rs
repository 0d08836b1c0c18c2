//! Runs the registry against the world.

//! Bounded ports between terminal and hub.

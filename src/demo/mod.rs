//! The embedded backend of hermux demo.

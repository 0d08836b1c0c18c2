//! Untrusted text and how it becomes drawable.

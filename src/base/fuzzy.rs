//! Fuzzy matching of short lists.

//! What hermux knows, as plain serialisable data, and the one function that changes it.

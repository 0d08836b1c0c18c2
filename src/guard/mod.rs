//! The small process between hub and backend.

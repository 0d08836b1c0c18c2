//! Read-only view of every profile's state.db.

//! The session-keyed runtime registry: a pure reducer.

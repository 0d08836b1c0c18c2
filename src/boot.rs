//! Wiring: config, logging, hub, transport and terminal put together.

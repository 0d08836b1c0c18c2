//! Text laid out in cells, styles kept. Knows neither sessions nor areas.

pub mod ansi;
pub mod diff;
pub mod wrap;

//! Text laid out in cells, styles kept. Knows neither sessions nor areas.

pub mod ansi;
pub mod diff;
#[cfg(feature = "highlight")]
pub mod highlight;
pub mod markdown;
pub mod wrap;

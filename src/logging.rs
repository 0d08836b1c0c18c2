//! Logs go to a rolling file, never to the screen. No content of a conversation is ever logged.

use std::path::Path;
use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::EnvFilter;

/// Files that are kept; one a day.
const FILES: usize = 5;

/// Starts logging into `dir`, which is there and private. What is logged follows `HERMUX_LOG`, by default warnings and hermux'
/// own milestones. The guard writes the last lines when dropped.
pub(crate) fn start(dir: &Path) -> Result<WorkerGuard, rolling::InitError> {
    let appender = rolling::Builder::new()
        .rotation(rolling::Rotation::DAILY)
        .filename_prefix("hermux")
        .filename_suffix("log")
        .max_log_files(FILES)
        .build(dir)?;
    // When the disk stalls, lines are dropped rather than the program.
    let (writer, guard) = tracing_appender::non_blocking(appender);
    let filter = EnvFilter::try_from_env("HERMUX_LOG").unwrap_or_else(|_| EnvFilter::new("warn,hermux=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).init();
    Ok(guard)
}

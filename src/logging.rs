//! Logs and reports of crashes: in files of hermux' own, never on the screen. No content of a conversation is ever logged,
//! whatever the filter says (SEC-37).

mod rolling;

pub use rolling::{FILE, files};

use crate::base::{self, clock::Clock, sys::files as private};
use std::{
    backtrace::Backtrace,
    io::{self, Write},
    panic::PanicHookInfo,
    path::{Path, PathBuf},
};
use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, filter::ParseError};

/// The variable that a filter may stand in.
pub const FILTER: &str = "HERMUX_LOG";
/// What is logged when nobody says otherwise: warnings, and hermux' own milestones.
const USUAL: &str = "warn,hermux=info";
/// Lines that wait for the disk at most. Room for them all is taken at the start, and the library would take 4 MB.
const WAITING: usize = 1_000;
/// Reports of crashes that are kept.
const REPORTS: usize = 5;
/// Libraries that log the frames they carry: tokens and conversations. Their warnings are all that is ever taken.
const CARRIERS: [&str; 2] = ["tungstenite", "tokio_tungstenite"];

/// Reads a filter: levels by module, as in `info,hermux::supervisor=debug`.
pub fn filter(text: &str) -> Result<EnvFilter, ParseError> {
    let own = text.split(',').filter(|part| !CARRIERS.iter().any(|carrier| part.trim().starts_with(carrier)));
    let capped: Vec<String> =
        own.map(str::to_owned).chain(CARRIERS.iter().map(|carrier| format!("{carrier}=warn"))).collect();
    EnvFilter::builder().parse(capped.join(","))
}

/// Starts logging into `dir`, which is there and private, and prepares for reports of crashes. The guard writes the last lines
/// when dropped.
pub(crate) fn start(dir: &Path, wanted: Option<&str>) -> io::Result<WorkerGuard> {
    let appender = rolling::Rolling::new(dir)?;
    // When the disk stalls, lines are dropped rather than the program.
    let (writer, guard) = NonBlockingBuilder::default().buffered_lines_limit(WAITING).finish(appender);
    let filter = filter(wanted.unwrap_or(USUAL)).map_err(io::Error::other)?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).init();
    report_panics(dir);
    Ok(guard)
}

/// From now on a panic of any thread leaves a report in `dir`, and its place is told on standard error.
pub fn report_panics(dir: &Path) {
    let dir = dir.to_owned();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let _ = match report(&dir, info) {
            Ok(path) => writeln!(
                io::stderr(),
                "hermux failed at {place}. That is a fault of hermux; every backend is being stopped.\nA report without any \
                 text of yours is in {}",
                path.display()
            ),
            Err(error) => {
                writeln!(io::stderr(), "hermux failed at {place}. A report could not be written: {error}")
            }
        };
    }));
}

/// Versions, the place and the way there. The panic's message is left out: it may quote what was worked on.
fn report(dir: &Path, info: &PanicHookInfo<'_>) -> io::Result<PathBuf> {
    let thread = std::thread::current();
    let text = format!(
        "hermux {}, commit {}\nsystem: {} {}\nthread: {}\nat: {}\n\n{}\n",
        base::VERSION,
        base::COMMIT.unwrap_or("unknown"),
        std::env::consts::OS,
        std::env::consts::ARCH,
        thread.name().unwrap_or("?"),
        info.location().map(ToString::to_string).unwrap_or_default(),
        Backtrace::force_capture()
    );
    let name = format!("crash-{}-{}.txt", Clock::wall().0, std::process::id());
    private::replace_private(dir, &name, text.as_bytes())?;
    let mut reports = reports(dir);
    reports.truncate(reports.len().saturating_sub(REPORTS));
    for old in reports {
        // One more is no harm.
        let _ = std::fs::remove_file(old);
    }
    Ok(dir.join(name))
}

/// The reports of crashes that are there, oldest first.
pub fn reports(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let is_report = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("crash-");
    let mut reports: Vec<_> = entries.filter(is_report).map(|entry| entry.path()).collect();
    // The name begins with the time, whose number of digits stays the same for some centuries.
    reports.sort();
    reports
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::fmt::MakeWriter;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Kept {
        type Writer = Self;
        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    /// SEC-37: a library that logs the frames it carries would log tokens and conversations.
    #[test]
    fn what_carries_frames_logs_none_whatever_the_filter_says() {
        for wanted in
            ["trace", "tungstenite=trace", "trace,tungstenite::protocol=trace, tokio_tungstenite=debug"]
        {
            let kept = Kept::default();
            let subscriber = tracing_subscriber::fmt()
                .with_env_filter(filter(wanted).unwrap())
                .with_writer(kept.clone())
                .finish();
            tracing::subscriber::with_default(subscriber, || {
                tracing::trace!(target: "tungstenite::protocol", "canary");
                tracing::debug!(target: "tungstenite::protocol::frame", "canary");
                tracing::info!(target: "tokio_tungstenite::compat", "canary");
                tracing::warn!(target: "tungstenite", "heard");
            });
            let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
            assert!(!text.contains("canary") && text.contains("heard"), "{wanted}: {text}");
        }
        assert!(filter("hermux=loud").is_err());
    }
}

//! What a backend prints: both pipes are read for its whole life, the last of it is kept, and the ready line is found.
//!
//! A pipe that nobody reads stops its writer after 64 KiB, and Hermes prints events of closed sessions there for ever. So
//! the readers wait for nothing but the pipe.

use crate::base::{secret::Secret, text::Untrusted};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

/// Bytes of lines kept.
const KEPT: usize = 1024 * 1024;
/// Bytes of one line; a longer one is kept in pieces.
const LINE: usize = 4 * 1024;
/// What the ready line begins with: `hermes serve` says the first, older ones the second.
const READY: [&str; 2] = ["HERMES_BACKEND_READY", "HERMES_DASHBOARD_READY"];

/// The last lines of one backend's two pipes, in the order they came.
#[derive(Debug, Default)]
pub struct Log(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    lines: VecDeque<String>,
    bytes: usize,
}

impl Log {
    /// The last `count` lines, oldest first.
    pub fn tail(&self, count: usize) -> Vec<Untrusted> {
        let lines = self.lock();
        let skip = lines.lines.len().saturating_sub(count);
        lines.lines.iter().skip(skip).map(|line| line.as_str().into()).collect()
    }

    /// The last line that says something.
    pub fn last(&self) -> Untrusted {
        self.lock()
            .lines
            .iter()
            .rev()
            .find(|line| !line.trim().is_empty())
            .map(|line| line.as_str().into())
            .unwrap_or_default()
    }

    fn push(&self, line: String) {
        let mut kept = self.lock();
        kept.bytes += line.len();
        kept.lines.push_back(line);
        // An empty line costs its place, too.
        while kept.bytes + kept.lines.len() * size_of::<String>() > KEPT {
            let Some(oldest) = kept.lines.pop_front() else { return };
            kept.bytes -= oldest.len();
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads `pipe` to its end into `log`, with `token` blotted out, and says a port it announces, the first one, to `port`.
pub async fn drain(
    mut pipe: impl AsyncRead + Unpin,
    log: Arc<Log>,
    token: Arc<Secret>,
    port: watch::Sender<Option<u16>>,
) {
    let mut chunk = vec![0_u8; 16 * 1024];
    let mut line = Vec::with_capacity(LINE);
    loop {
        let count = match pipe.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(count) => count,
        };
        for byte in chunk.iter().take(count) {
            if *byte != b'\n' {
                line.push(*byte);
            }
            if *byte == b'\n' || line.len() >= LINE {
                keep(&mut line, &log, &token, &port);
            }
        }
    }
    if !line.is_empty() {
        keep(&mut line, &log, &token, &port);
    }
}

fn keep(line: &mut Vec<u8>, log: &Log, token: &Secret, port: &watch::Sender<Option<u16>>) {
    let text = String::from_utf8_lossy(line);
    let text = text.trim_end_matches('\r');
    if let Some(announced) = ready_port(text) {
        port.send_if_modified(|port| {
            let first = port.is_none();
            port.get_or_insert(announced);
            first
        });
    }
    log.push(if token.is_empty() { text.to_owned() } else { text.replace(token.expose(), "***") });
    line.clear();
}

/// The port of a ready line: one of the two words, a blank, `port=` and a number, each standing for itself.
pub fn ready_port(line: &str) -> Option<u16> {
    let mut words = line.split_ascii_whitespace();
    words.find(|word| READY.contains(word))?;
    words
        .next()?
        .strip_prefix("port=")
        .filter(|n| n.bytes().all(|b| b.is_ascii_digit()))?
        .parse()
        .ok()
        .filter(|port| *port != 0)
}

/// The port of a ready file's content: `{"port":N}`.
pub fn ready_file_port(content: &[u8]) -> Option<u16> {
    #[derive(serde::Deserialize)]
    struct Ready {
        port: u16,
    }
    serde_json::from_slice::<Ready>(content).ok().map(|ready| ready.port).filter(|port| *port != 0)
}

#[cfg(test)]
#[path = "log_tests.rs"]
mod tests;

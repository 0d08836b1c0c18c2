//! Asks a program for its version, to explain why it does not serve. Runs under a guard like a backend, so that nothing is left of
//! it whatever it is.

use super::{failure::Probe, version::Version};
use futures_util::future::BoxFuture;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// Hermes takes a second; what takes longer than this is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of the answer that are read.
const ANSWER: u64 = 4 * 1024;

/// What the program says that `guard` runs. Dropping the future ends it.
pub(super) fn ask(mut guard: Command) -> BoxFuture<'static, Probe> {
    Box::pin(async move {
        // The guard ends, and ends the program, when this handle, and with it the life line, is dropped.
        let Ok(mut child) = guard.stderr(Stdio::null()).spawn() else { return Probe::Unknown };
        let Some(out) = child.stdout.take() else { return Probe::Unknown };
        let (mut said, mut out) = (Vec::new(), out.take(ANSWER));
        let ended = tokio::time::timeout(PATIENCE, out.read_to_end(&mut said)).await.is_ok();
        meaning(&String::from_utf8_lossy(&said), ended)
    })
}

/// What an answer means.
fn meaning(said: &str, ended: bool) -> Probe {
    if let Some(version) = Version::read(said) {
        return Probe::Hermes(version);
    }
    match said.lines().map(str::trim).find(|line| !line.is_empty()) {
        Some(line) => Probe::Other(line.chars().take(200).collect()),
        // A Hermes that is broken says nothing here, either; why, its own log says.
        None if ended => Probe::Unknown,
        None => Probe::Silent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_not_of_hermes_is_quoted() {
        assert_eq!(meaning("Hermes Agent v0.12.3 (x)\n", true), Probe::Hermes(Version(0, 12, 3)));
        assert_eq!(meaning("\n hermes 1.0\n", true), Probe::Other("hermes 1.0".into()));
        assert_eq!(meaning("", true), Probe::Unknown);
        assert_eq!(meaning("", false), Probe::Silent);
    }
}

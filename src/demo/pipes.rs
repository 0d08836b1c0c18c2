//! What the process does outside the protocol: its two pipes, noise on them, and a child that will not go.
//!
//! A pipe that nobody reads blocks its writer for ever, so every write is on a thread of its own kind; a write to a pipe
//! that is gone is lost, which is no reason to stop.

use std::io::Write;

/// Writes to standard output, whole.
pub(super) async fn stdout(text: Vec<u8>) {
    let write = move || {
        let mut pipe = std::io::stdout().lock();
        pipe.write_all(&text).and_then(|()| pipe.flush())
    };
    let _ = tokio::task::spawn_blocking(write).await;
}

/// Writes to standard error.
pub(super) async fn stderr(text: Vec<u8>) {
    let _ = tokio::task::spawn_blocking(move || std::io::stderr().write_all(&text)).await;
}

/// Writes `bytes` of noise to both pipes, at once.
pub(super) async fn noise(bytes: u64) {
    // Lines of 80 bytes that are not UTF-8; the last one has no end.
    let mut block = "noise ".repeat(13).into_bytes();
    block.extend([0xff, b'\n']);
    let block = block.repeat(512);
    let mut left = bytes;
    while left > 0 {
        let part = block.get(..left.min(block.len() as u64) as usize).unwrap_or(&block).to_vec();
        left -= part.len() as u64;
        tokio::join!(stdout(part.clone()), stderr(part));
    }
}

/// Starts a process in a session of its own that ignores TERM, HUP and INT, as the tool of an agent may.
pub(super) fn stubborn_child() -> std::io::Result<()> {
    tokio::process::Command::new("setsid")
        .args(["sh", "-c", "trap '' TERM HUP INT; exec sleep 100000"])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .map(drop)
}

//! Giving text to a clipboard: inside tmux by asking tmux, else by the terminal's own sequence. Exactly one writer, and
//! words that say what was done, not what is hoped (UX-12). Nothing ever reads a clipboard.

use std::process::Stdio;

use crossterm::{Command, clipboard::CopyToClipboard};
use tokio::io::AsyncWriteExt;

/// The most that terminals of the xterm family take in one sequence, in bytes as sent.
const MOST: usize = 74_994;
/// How long tmux may take, in milliseconds.
const TMUX_MS: u64 = 2_000;

/// What has to be written to the terminal, if anything, and what to say.
pub struct Copied {
    pub bytes: Vec<u8>,
    pub says: String,
}

/// Copies `text`. `inside_tmux`: this terminal is tmux's.
pub async fn copy(text: String, inside_tmux: bool) -> Copied {
    let size = text.len();
    if inside_tmux {
        return match tmux(text).await {
            Ok(()) => {
                said(format!("{size} bytes sent to tmux's buffer, and by tmux to its terminal's clipboard"))
            }
            Err(why) => said(format!("tmux did not take the text: {why}")),
        };
    }
    let mut sequence = String::new();
    if CopyToClipboard::to_clipboard_from(&text).write_ansi(&mut sequence).is_err() || sequence.len() > MOST {
        return said(format!("{size} bytes are more than a terminal's clipboard takes; nothing was sent"));
    }
    let says = format!("{size} bytes sent to the terminal for its clipboard");
    Copied { bytes: sequence.into_bytes(), says }
}

fn said(says: String) -> Copied {
    Copied { bytes: Vec::new(), says }
}

/// `tmux load-buffer -w -`: works with tmux' default options, which neither form of the sequence does.
async fn tmux(text: String) -> Result<(), String> {
    let mut child = tokio::process::Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut stdin = child.stdin.take();
    let whole = async move {
        if let Some(stdin) = &mut stdin {
            stdin.write_all(text.as_bytes()).await?;
        }
        drop(stdin);
        child.wait().await
    };
    match tokio::time::timeout(std::time::Duration::from_millis(TMUX_MS), whole).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("it ended with {status}")),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("it did not answer".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX-12.
    #[tokio::test]
    async fn outside_tmux_one_sequence_is_written_and_nothing_is_promised() {
        let copied = copy("héllo".into(), false).await;
        assert_eq!(copied.bytes, b"\x1b]52;c;aMOpbGxv\x1b\\");
        assert_eq!(copied.says, "6 bytes sent to the terminal for its clipboard");
        let huge = copy("x".repeat(100_000), false).await;
        assert!(huge.bytes.is_empty() && huge.says.contains("nothing was sent"));
    }
}

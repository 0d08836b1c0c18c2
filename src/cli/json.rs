//! JSON for programs, on one line that a terminal can be shown (SEC-09): what it would obey or hide is written as `\uXXXX`.

use crate::base::text::{self, Mode};
use serde::Serialize;
use std::fmt::Write as _;

/// `value` on a line of its own.
///
/// # Errors
/// When it is not a value that JSON can hold.
pub(super) fn line(value: &impl Serialize) -> serde_json::Result<String> {
    let mut out = String::new();
    for c in serde_json::to_string(value)?.chars() {
        if plain(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out.push('\n');
    Ok(out)
}

/// Whether a character of a JSON text may stand as itself.
fn plain(c: char) -> bool {
    let mut own = [0; 4];
    let own: &str = c.encode_utf8(&mut own);
    text::drawable(own, Mode::Decide) == own
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SEC-09
    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_read_back_as_it_was() {
        let hostile = "a\u{1b}]0;x\u{7}\r\n\u{9b}2J\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{7f}é漢\"\\";
        let line = line(&hostile).unwrap();
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.trim_end().chars().all(|c| c.is_ascii_graphic() || c == 'é' || c == '漢'), "{line:?}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), hostile);
    }
}

//! The diff that Hermes draws for its own terminal, back to the unified diff that it was made from.
//!
//! Hermes puts a heading above it, replaces the two header lines of a file by one with an arrow, and colours each line as a
//! whole. Exactly that is undone: escapes within a line are the file's own and stay. What does not look so is left as it is.

use crate::base::text::colour;

/// What Hermes writes above a diff.
const HEADING: &str = "┊ review diff";
/// What stands between the old and the new name of a file.
const ARROW: &str = " → ";
const RESET: &str = "\u{1b}[0m";

/// The plain unified diff of an `inline_diff`.
pub(super) fn plain(inline: &str) -> String {
    let body = match inline.split_once('\n') {
        Some((first, rest)) if bare(first).trim() == HEADING => rest,
        None if bare(inline).trim() == HEADING => "",
        _ => inline,
    };
    let mut out = String::with_capacity(body.len());
    for line in body.split_terminator('\n') {
        let line = bare(line);
        match line.split_once(ARROW) {
            Some(_) if line.starts_with(['+', '-', ' ', '@']) => out.push_str(line),
            Some(_) => {
                let (old, new) = names(line);
                out.extend(["--- ", old, "\n+++ ", new]);
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// A line without the colour that it is in as a whole.
fn bare(line: &str) -> &str {
    match colour::leading(line) {
        Some((_, rest)) => rest.strip_suffix(RESET).unwrap_or(rest),
        None => line,
    }
}

/// The two names of a header line. A name may hold an arrow itself: then both are the same but for their first letter.
fn names(line: &str) -> (&str, &str) {
    let arrows: Vec<usize> = line.match_indices(ARROW).map(|(at, _)| at).collect();
    let cut =
        |at: usize| (line.get(..at).unwrap_or_default(), line.get(at + ARROW.len()..).unwrap_or_default());
    let same = |(old, new): (&str, &str)| {
        old.strip_prefix("a/").is_some_and(|path| new.strip_prefix("b/") == Some(path))
    };
    let pairs = || arrows.iter().map(|at| cut(*at));
    pairs().find(|pair| same(*pair)).or_else(|| pairs().next()).unwrap_or((line, ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::Value;

    /// CHECK 24: as Hermes 0.19 was heard to send them; the diff of `patch` comes both ways.
    #[test]
    fn a_recorded_inline_diff_becomes_the_diff_that_it_was_made_from() {
        let recorded = include_str!("../../tests/fixtures/transcripts/05-file-edit-diff.jsonl");
        let of = |tool: &str| {
            let frames = recorded.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let payloads = frames.map(|line| line["frame"]["params"]["payload"].clone());
            payloads.into_iter().find(|p| p["name"] == tool && p["inline_diff"].is_string()).unwrap()
        };
        let patch = of("patch");
        assert_eq!(plain(patch["inline_diff"].as_str().unwrap()), patch["result"]["diff"].as_str().unwrap());
        assert_eq!(
            plain(of("write_file")["inline_diff"].as_str().unwrap()),
            "--- a/demo.txt\n+++ b/demo.txt\n@@ -0,0 +1,3 @@\n+alpha\n+beta\n+gamma\n"
        );
    }

    #[rstest]
    #[case::nothing("", "")]
    #[case::heading_alone("  ┊ review diff", "")]
    #[case::not_a_heading("┊ review\n+a", "┊ review\n+a\n")]
    #[case::escapes_of_the_file("\u{1b}[1m+a\u{1b}[31mb\u{1b}[0m", "+a\u{1b}[31mb\n")]
    #[case::other_escapes("\u{1b}[2J+a", "\u{1b}[2J+a\n")]
    #[case::arrow_in_the_text("\u{1b}[1m+a → b\u{1b}[0m", "+a → b\n")]
    #[case::arrow_in_the_name("a/x → y → b/x → y", "--- a/x → y\n+++ b/x → y\n")]
    #[case::new_name("a/x → b/y", "--- a/x\n+++ b/y\n")]
    #[case::omitted("\u{1b}[2m… omitted 9 diff line(s)\u{1b}[0m", "… omitted 9 diff line(s)\n")]
    #[case::plain_already("--- a/x\n+++ b/x\n@@ -1 +1 @@", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n")]
    fn only_what_hermes_adds_is_taken_away(#[case] inline: &str, #[case] want: &str) {
        assert_eq!(plain(inline), want);
    }
}

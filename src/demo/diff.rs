//! What changed in a file, as the tools tell it: plain for the result, coloured for a terminal.

/// A unified diff of one hunk: the common head and tail, cut to three lines each, around what changed.
pub(super) fn diff(path: &str, before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same_head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - same_head;
    let same_tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    let first = same_head.saturating_sub(3);
    let until = |lines: &[&str]| (lines.len() - same_tail + 3).min(lines.len());
    let (old_end, new_end) = (until(&old), until(&new));
    let span = |end: usize| {
        let count = end - first;
        format!("{},{count}", if count == 0 { 0 } else { first + 1 })
    };
    let mut text = format!("--- a/{path}\n+++ b/{path}\n@@ -{} +{} @@\n", span(old_end), span(new_end));
    let mut put = |mark: char, lines: &[&str]| {
        for line in lines {
            text.push(mark);
            text.push_str(line);
            text.push('\n');
        }
    };
    put(' ', old.get(first..same_head).unwrap_or_default());
    put('-', old.get(same_head..old.len() - same_tail).unwrap_or_default());
    put('+', new.get(same_head..new.len() - same_tail).unwrap_or_default());
    put(' ', new.get(new.len() - same_tail..new_end).unwrap_or_default());
    text
}

/// A diff in Hermes' terminal colours.
pub(super) fn coloured(diff: &str) -> String {
    let mut text = String::from("  ┊ review diff");
    let mut name = "";
    for line in diff.lines() {
        let (style, shown) = if let Some(path) = line.strip_prefix("--- ") {
            name = path;
            continue;
        } else if let Some(path) = line.strip_prefix("+++ ") {
            ("38;2;218;165;32", format!("{name} → {path}"))
        } else if line.starts_with("@@") {
            ("38;2;139;134;130", line.to_owned())
        } else if line.starts_with('-') {
            ("38;2;255;255;255;48;2;119;20;20", line.to_owned())
        } else if line.starts_with('+') {
            ("38;2;255;255;255;48;2;19;87;20", line.to_owned())
        } else {
            ("38;2;184;134;11", line.to_owned())
        };
        text.extend(["\n\x1b[", style, "m", &shown, "\x1b[0m"]);
    }
    text
}

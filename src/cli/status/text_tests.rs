use super::super::samples::{NOW, busy, quiet};
use super::*;

/// SEC-09: whatever a title or a reason says, nothing in the text is obeyed, and no line is wider than a small terminal.
#[test]
fn the_text_is_inert_and_80_cells_wide() {
    let out = text(&busy(), NOW);
    let hidden = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{200b}\u{2066}".contains(c);
    assert_eq!(out.chars().find(|c| hidden(*c)), None, "{out}");
    for line in out.lines() {
        assert!(width::of(line) <= WIDTH, "{line:?}");
        assert_eq!(line.trim_end(), line);
    }
}

#[test]
fn a_busy_hub_is_told_whole() {
    insta::assert_snapshot!(text(&busy(), NOW));
}

#[test]
fn a_quiet_hub_is_told_in_few_lines() {
    insta::assert_snapshot!(text(&quiet(), NOW));
}

#[test]
fn what_needs_the_person_comes_first() {
    let out = text(&busy(), NOW);
    let place = |words| out.find(words).unwrap();
    assert!(
        place("needs a decision") < place("\n* unsure") && place("\n* unsure") < place("\n  working"),
        "{out}"
    );
    assert!(place("\n* finished") < place("\n  idle"), "{out}");
}

#[test]
fn stretches_of_time_have_two_units() {
    for (ms, says) in
        [(0, "0s"), (59_999, "59s"), (61_000, "1m 01s"), (3_600_000, "1h 00m"), (90_061_000, "1d 01h")]
    {
        assert_eq!(span(ms), says);
    }
}

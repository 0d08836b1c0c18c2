//! How a line begins: what it opens, by the rules of `CommonMark` and of GitHub's tables. Lines come drawable, tabs as blanks.

/// The first line of a text, or of one longer than `most` bytes a part; the bytes it takes, and whether it ends the line.
/// `None` as long as it may still grow.
pub(super) fn cut(text: &str, most: usize) -> Option<(&str, usize, bool)> {
    let near = text.as_bytes().get(..=most).unwrap_or(text.as_bytes());
    if let Some(end) = near.iter().position(|b| *b == b'\n') {
        return Some((text.get(..end)?, end + 1, true));
    }
    if text.len() <= most {
        return None;
    }
    let head = (0..=most).rev().find_map(|at| text.get(..at))?;
    let end = head.rfind(' ').filter(|at| *at > most / 2).map_or(head.len(), |at| at + 1);
    Some((text.get(..end)?, end, false))
}

/// Blanks at the beginning.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// What is quoted.
pub(super) fn quote(line: &str) -> Option<&str> {
    let rest = inner(line)?.strip_prefix('>')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// A marker of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker<'a> {
    /// The mark itself, or what stands behind the number: items of one list have the same.
    pub(super) kind: char,
    /// `None`: the list is not ordered.
    pub(super) number: Option<u32>,
    /// Cells before the item's text, counted from the beginning of the line.
    pub(super) width: usize,
    /// `- [ ]`, `- [x]`.
    pub(super) done: Option<bool>,
    pub(super) rest: &'a str,
}

/// The item that a line begins.
pub(super) fn item(line: &str) -> Option<Marker<'_>> {
    let text = inner(line)?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, mark) = match digits {
        0 => (None, text),
        1..=9 => (Some(text.get(..digits)?.parse().ok()?), text.get(digits..)?),
        _ => return None,
    };
    let kind = mark.chars().next()?;
    if !(if number.is_some() { matches!(kind, '.' | ')') } else { matches!(kind, '-' | '*' | '+') }) {
        return None;
    }
    let after = mark.get(1..)?;
    let before = line.len() - after.len();
    let blanks = indent(after);
    if after.is_empty() || blanks == after.len() {
        return Some(Marker { kind, number, width: before + 1, done: None, rest: "" });
    }
    // Five blanks and more: the item begins with indented code, behind one of them.
    let blanks = match blanks {
        0 => return None,
        1..=4 => blanks,
        _ => 1,
    };
    let rest = after.get(blanks..)?;
    let (done, rest) = match rest.split_at_checked(4) {
        Some(("[ ] ", text)) => (Some(false), text),
        Some(("[x] " | "[X] ", text)) => (Some(true), text),
        _ => (None, rest),
    };
    Some(Marker { kind, number, width: before + blanks, done, rest })
}

/// The level and text of a heading.
pub(super) fn heading(line: &str) -> Option<(usize, &str)> {
    let text = inner(line)?;
    let level = text.bytes().take_while(|b| *b == b'#').count();
    let rest = text.get(level..)?;
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with(' ')) {
        return None;
    }
    let rest = rest.trim();
    let bare = rest.trim_end_matches('#');
    Some((level, if bare.is_empty() || bare.ends_with(' ') { bare.trim_end() } else { rest }))
}

/// The level of the heading that this line makes of the one above it.
pub(super) fn underline(line: &str) -> Option<usize> {
    let text = inner(line)?.trim_end();
    let all = |mark: u8| text.len() >= 3 && text.bytes().all(|b| b == mark);
    if all(b'=') { Some(1) } else { all(b'-').then_some(2) }
}

/// Three or more of the same mark and nothing else.
pub(super) fn is_rule(line: &str) -> bool {
    let Some(text) = inner(line) else { return false };
    let mut marks = text.bytes().filter(|b| *b != b' ');
    let Some(mark @ (b'-' | b'*' | b'_')) = marks.next() else { return false };
    let rest = marks.try_fold(1, |count, b| (b == mark).then_some(count + 1));
    rest.is_some_and(|count| count >= 3)
}

/// The fence around a block of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    mark: u8,
    length: usize,
    /// Blanks before it, which its lines have too.
    pub(super) indent: usize,
}

impl Fence {
    /// The fence that a line opens, and what is said about the code.
    pub(super) fn open(line: &str) -> Option<(Self, &str)> {
        let text = inner(line)?;
        let mark = text.bytes().next().filter(|b| matches!(b, b'`' | b'~'))?;
        let length = text.bytes().take_while(|b| *b == mark).count();
        let info = text.get(length..)?.trim();
        let fits = length >= 3 && !(mark == b'`' && info.contains('`'));
        fits.then_some((Self { mark, length, indent: line.len() - text.len() }, info))
    }

    /// Whether `line` is its end.
    pub(super) fn closes(self, line: &str) -> bool {
        let Some(text) = inner(line).map(str::trim_end) else { return false };
        text.len() >= self.length && text.bytes().all(|b| b == self.mark)
    }
}

/// A line without the at most three blanks that mean nothing.
fn inner(line: &str) -> Option<&str> {
    let blanks = indent(line);
    if blanks > 3 { None } else { line.get(blanks..) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    type Item<'a> = (char, Option<u32>, usize, Option<bool>, &'a str);

    #[rstest]
    #[case("- a", Some(('-', None, 2, None, "a")))]
    #[case("  *  a", Some(('*', None, 5, None, "a")))]
    #[case("12. a", Some(('.', Some(12), 4, None, "a")))]
    #[case("3) a", Some((')', Some(3), 3, None, "a")))]
    #[case("-", Some(('-', None, 2, None, "")))]
    #[case("- [ ] a", Some(('-', None, 2, Some(false), "a")))]
    #[case("- [X] a", Some(('-', None, 2, Some(true), "a")))]
    #[case("-      code", Some(('-', None, 2, None, "     code")))]
    #[case("-a", None)]
    #[case("1.5 a", None)]
    #[case("1234567890. a", None)]
    #[case("    - a", None)]
    fn items_begin_with_a_mark_and_a_blank(#[case] line: &str, #[case] want: Option<Item<'_>>) {
        assert_eq!(item(line).map(|m| (m.kind, m.number, m.width, m.done, m.rest)), want);
    }

    #[rstest]
    #[case("# One", Some((1, "One")))]
    #[case("### Three ##", Some((3, "Three")))]
    #[case("## C#", Some((2, "C#")))]
    #[case("#", Some((1, "")))]
    #[case("#!/bin/sh", None)]
    #[case("####### Seven", None)]
    fn headings_have_one_to_six_marks_and_a_blank(#[case] line: &str, #[case] want: Option<(usize, &str)>) {
        assert_eq!(heading(line), want);
    }

    #[rstest]
    #[case("---", true)]
    #[case(" * * *", true)]
    #[case("___", true)]
    #[case("--", false)]
    #[case("--- a", false)]
    #[case("-*-", false)]
    fn rules_have_three_equal_marks(#[case] line: &str, #[case] want: bool) {
        assert_eq!(is_rule(line), want);
    }

    #[test]
    fn a_fence_ends_with_as_many_of_its_own_marks() {
        let (fence, info) = Fence::open("  ````py title=x").unwrap();
        assert_eq!((fence.indent, info), (2, "py title=x"));
        assert!(fence.closes("````") && fence.closes("  `````  "));
        assert!(!fence.closes("```") && !fence.closes("~~~~") && !fence.closes("````x"));
        assert_eq!(Fence::open("```a`b"), None);
        assert_eq!(Fence::open("``"), None);
    }
}

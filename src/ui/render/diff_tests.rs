use super::*;
use pretty_assertions::assert_eq;
use rstest::rstest;

fn same(old: usize, new: usize, text: &str) -> Row<'_> {
    Row::Same { old, new, text }
}

fn removed(old: usize, text: &str) -> Row<'_> {
    Row::Removed { old, text }
}

fn added(new: usize, text: &str) -> Row<'_> {
    Row::Added { new, text }
}

fn file<'a>(old: &'a str, new: &'a str) -> Row<'a> {
    Row::File { old, new }
}

#[test]
fn lines_have_their_numbers() {
    let text =
        "--- a/x.rs\n+++ b/x.rs\n@@ -9,4 +9,5 @@ fn main() {\n one\n-two\n+2\n+2b\n three\n\\ No newline\n";
    let diff = parse(text);
    let rows = [
        file("x.rs", "x.rs"),
        Row::Hunk("@@ -9,4 +9,5 @@ fn main() {"),
        same(9, 9, "one"),
        removed(10, "two"),
        added(10, "2"),
        added(11, "2b"),
        same(11, 12, "three"),
        Row::Other("\\ No newline"),
    ];
    assert_eq!(diff.rows, rows);
    assert_eq!((diff.added, diff.removed, diff.files), (2, 1, 1));
}

#[rstest]
#[case::nothing("", &[Row::Other("")])]
#[case::no_diff("just\n+text", &[Row::Other("just"), Row::Other("+text")])]
#[case::new_file("--- /dev/null\n+++ b/x", &[file("x", "x")])]
#[case::gone_file("--- a/x\n+++ /dev/null", &[file("x", "x")])]
#[case::renamed("--- a/x\t2026-11-21\n+++ b/y\t2026-11-21", &[file("x", "y")])]
#[case::one_header_line("--- a/x\nfoo", &[Row::Other("--- a/x"), Row::Other("foo")])]
#[case::header_without_counts("@@ -3 +4 @@\n-a\n+b", &[Row::Hunk("@@ -3 +4 @@"), removed(3, "a"), added(4, "b")])]
#[case::no_header("@@ foo @@\n+a", &[Row::Other("@@ foo @@"), Row::Other("+a")])]
#[case::header_beyond_numbers("@@ -99999999999999999999 +1 @@", &[Row::Other("@@ -99999999999999999999 +1 @@")])]
#[case::removed_comment("@@ -1,2 +1 @@\n--- x\n+++ y\n z", &[
    Row::Hunk("@@ -1,2 +1 @@"), removed(1, "-- x"), added(1, "++ y"), same(2, 2, "z"),
])]
#[case::header_that_promises_too_little("@@ -1 +1 @@\n-a\n+b\n c\n+d", &[
    Row::Hunk("@@ -1 +1 @@"), removed(1, "a"), added(1, "b"), same(2, 2, "c"), added(3, "d"),
])]
#[case::next_file("@@ -1 +1 @@\n-a\n+b\n--- a/x\n+++ b/x", &[
    Row::Hunk("@@ -1 +1 @@"), removed(1, "a"), added(1, "b"), file("x", "x"),
])]
#[case::empty_line_without_its_blank("@@ -1,2 +1,2 @@\n\n a", &[
    Row::Hunk("@@ -1,2 +1,2 @@"), same(1, 1, ""), same(2, 2, "a"),
])]
#[case::omitted("@@ -1,9 +1,9 @@\n a\n… omitted 8 diff line(s)", &[
    Row::Hunk("@@ -1,9 +1,9 @@"), same(1, 1, "a"), Row::Other("… omitted 8 diff line(s)"),
])]
fn what_is_no_diff_is_a_line_of_text(#[case] text: &str, #[case] want: &[Row<'_>]) {
    assert_eq!(parse(text).rows, want);
}

fn marked(rows: &[Row<'_>]) -> Vec<String> {
    let changed = Words::default().of(rows);
    let texts = rows.iter().map(|row| match row {
        Row::Same { text, .. } | Row::Removed { text, .. } | Row::Added { text, .. } => *text,
        _ => "",
    });
    texts
        .zip(changed)
        .map(|(text, changed)| {
            let mut out = text.to_owned();
            for range in changed.iter().rev() {
                out.insert(range.end, ']');
                out.insert(range.start, '[');
            }
            out
        })
        .collect()
}

#[rstest]
#[case(&[removed(1, "let x = old();"), added(1, "let x = fresh();")], &["let x = [old]();", "let x = [fresh]();"])]
#[case(&[removed(1, "a b c"), added(1, "a c")], &["a [b ]c", "a c"])]
#[case(&[removed(1, "let one = two;"), added(1, "let four = six;")], &["let [one] = [two];", "let [four] = [six];"])]
#[case(&[removed(1, "one two three four"), added(1, "one 2 3 four")], &["one [two three] four", "one [2 3] four"])]
#[case::unlike(&[removed(1, "alpha"), added(1, "omega")], &["alpha", "omega"])]
#[case::blanks_alone_are_no_likeness(&[removed(1, "    a"), added(1, "    b")], &["    a", "    b"])]
#[case::wide(&[removed(1, "漢字 は x"), added(1, "漢字 は y")], &["漢字 は [x]", "漢字 は [y]"])]
#[case::a_line_before(
    &[removed(1, "call(one)"), added(1, "// new"), added(2, "call(two)")],
    &["call([one])", "// new", "call([two])"]
)]
#[case::each_with_its_own(
    &[removed(1, "f(a, 1)"), removed(2, "g(b, 1)"), added(1, "f(a, 2)"), added(2, "g(b, 2)")],
    &["f(a, [1])", "g(b, [1])", "f(a, [2])", "g(b, [2])"]
)]
#[case::not_over_lines_that_stay(
    &[removed(1, "f(a, 1)"), same(2, 1, "x"), added(2, "f(a, 2)")],
    &["f(a, 1)", "x", "f(a, 2)"]
)]
fn changed_words_are_told(#[case] rows: &[Row<'_>], #[case] want: &[&str]) {
    assert_eq!(marked(rows), want);
}

/// SEC-45.
#[test]
fn comparing_ends_when_its_budget_is_spent() {
    let long = |end: &str| "word ".repeat(400) + end;
    let (old, new) = (long("a"), long("b"));
    assert_eq!(marked(&[removed(1, &old), added(1, &new)]), [old.as_str(), &new]);
    let rows: Vec<Row<'_>> =
        std::iter::repeat_n([removed(1, "f(a, 1)"), added(1, "f(a, 2)")], 10_000).flatten().collect();
    let mut words = Words::default();
    let told = words.of(&rows).iter().filter(|changed| !changed.is_empty()).count();
    assert!((2..BUDGET).contains(&told) && told < rows.len(), "{told}");
}

proptest::proptest! {
    /// Nothing of a text is lost, whatever it is.
    #[test]
    fn every_line_is_in_a_row(
        lines in proptest::collection::vec("@@ -1,2 \\+1,2 @@|--- a/x|\\+\\+\\+ b/x|[-+ ]?[a-c]{0,2}", 0..20)
    ) {
        let text = lines.join("\n");
        let mut back = String::new();
        for row in parse(&text).rows {
            match row {
                Row::File { .. } => back.push_str("--- a/x\n+++ b/x"),
                Row::Hunk(line) | Row::Other(line) => back.push_str(line),
                Row::Same { text: "", .. } => {}
                Row::Same { text, .. } => back.extend([" ", text]),
                Row::Removed { text, .. } => back.extend(["-", text]),
                Row::Added { text, .. } => back.extend(["+", text]),
            }
            back.push('\n');
        }
        let want = text.strip_suffix('\n').unwrap_or(&text);
        // An empty line of a file may have lost its blank.
        let bare = |text: &str| text.split('\n').map(|line| if line == " " { "" } else { line }.to_owned()).collect::<Vec<_>>();
        proptest::prop_assert_eq!(bare(back.strip_suffix('\n').unwrap_or(&back)), bare(want));
    }

    #[test]
    fn changed_stretches_lie_in_their_lines(old in "[a-c ,()漢é]{0,30}", new in "[a-c ,()漢é]{0,30}") {
        let rows = [removed(1, &old), added(1, &new)];
        for (changed, text) in Words::default().of(&rows).iter().zip([&old, &new]) {
            proptest::prop_assert!(changed.iter().all(|range| text.get(range.clone()).is_some_and(|part| !part.is_empty())));
            proptest::prop_assert!(changed.is_sorted_by(|a, b| a.end < b.start));
        }
    }
}

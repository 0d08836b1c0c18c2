use super::*;
use crate::base::text::width;
use proptest::prelude::*;
use rstest::rstest;

fn rows(source: &str, cells: usize) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    Flow::default().grow(source, Page { cells, theme: &Theme::ansi() }, &mut rows);
    rows
}

fn line(row: &Line<'_>) -> String {
    row.spans.iter().map(|span| span.content.as_ref()).collect()
}

fn text(source: &str, cells: usize) -> Vec<String> {
    rows(source, cells).iter().map(line).collect()
}

#[rstest]
#[case::paragraphs("one\ntwo\n\n\n\nthree", &["one", "two", "", "three"])]
#[case::headings("# One\ntext\n## Two ##\n\ntext", &["One", "text", "", "Two", "", "text"])]
#[case::underlined("One\n===\ntwo\n---\nx", &["One", "", "two", "x"])]
#[case::marks("**a** *b* _c_ `d` ~~e~~ \\*f\\*", &["a b c d e *f*"])]
#[case::over_lines("**a\nb** c", &["a", "b c"])]
#[case::no_marks("2*3*4 and snake_case_name and ~5 to ~6~ and **open", &["2*3*4 and", "snake_case_name and", "~5 to ~6~ and **open"])]
#[case::entities("a &amp; b &lt;c&gt;", &["a & b <c>"])]
#[case::bullets("- a\n- b\n  - c\n    - d", &["• a", "• b", "  – c", "    • d"])]
#[case::numbers("9. a\n9. b\n12. c", &["9. a", "10. b", "12. c"])]
#[case::mixed("1. a\n   - b\n\n   text\n2) c", &["1. a", "   • b", "", "   text", "2) c"])]
#[case::tasks("- [ ] a\n- [x] b\n1. [x] c", &["[ ] a", "[x] b", "1. [x] c"])]
#[case::loose("- a\n\n- b", &["• a", "", "• b"])]
#[case::empty_items("-\n- b\n-", &["• ", "• b", "• "])]
#[case::hanging("- one two three four five six", &["• one two three four", "  five six"])]
#[case::lazy("- one\ntwo\n\nthree", &["• one", "  two", "", "three"])]
#[case::not_a_list("in 1999\n2000. was next\n-5 degrees", &["in 1999", "2000. was next", "-5 degrees"])]
#[case::quotes("> a\n> b\n>\n> > c\n\nd", &["│ a", "│ b", "│ ", "│ │ c", "", "d"])]
#[case::quote_after_a_list("- a\n\n> b", &["• a", "", "│ b"])]
#[case::quoted_list("> - a\n>   b\n> ```\n> x\n> ```", &["│ • a", "│   b", "│ ", "│   x"])]
#[case::rules("a\n\n---\nb\n* * *", &["a", "", "────────────────────", "b", "────────────────────"])]
#[case::code("a\n```py\nx = 1\n\n  y\n```\nb", &["a", "", "py", "  x = 1", "", "    y", "", "b"])]
#[case::code_in_a_list("1. a\n   ```\n   x\n   ```\n2. b", &["1. a", "", "     x", "", "2. b"])]
#[case::code_that_is_open("```sh\nls\n\n", &["sh", "  ls"])]
#[case::code_holds_markdown("````\n```\n# a\n- **b**\n````", &["  ```", "  # a", "  - **b**"])]
#[case::tildes("~~~\n```\n~~~", &["  ```"])]
#[case::indented("a\n\n    b  c\n    d", &["a", "", "  b  c", "  d"])]
#[case::long_code("```\n  abcdefghijklmnopqrstuvwxyz\n```", &["    abcdefghijklmnop", "      qrstuvwxyz"])]
#[case::html("<b>x</b> <!-- y -->\n<script>", &["<b>x</b> <!-- y -->", "<script>"])]
#[case::definitions("[a]: http://b.c\n[^1]: d[^1]", &["[a]: http://b.c", "[^1]: d[^1]"])]
#[case::images("![pic](a.png)", &["[image: pic] (a.png)"])]
#[case::wide("漢字漢字漢字漢字漢字漢字", &["漢字漢字漢字漢字漢字", "漢字"])]
fn blocks_and_marks_become_rows(#[case] source: &str, #[case] want: &[&str]) {
    assert_eq!(text(source, 20), want, "{source}");
}

#[rstest]
#[case::fits("| a | b |\n|---|--:|\n| 1 | 22 |\n| 333 | 4 |", 20, &["a   │  b", "────┼───", "1   │ 22", "333 │  4"])]
#[case::after_text("see\na|b\n-|-\n1|2\n\nx", 20, &["see", "", "a │ b", "──┼──", "1 │ 2", "", "x"])]
#[case::wraps(
    "| name | what it is for |\n|---|---|\n| one | a long text that wraps |\n| two | short |", 24,
    &["name │ what it is for", "─────┼──────────────────", "one  │ a long text that", "     │ wraps", "╌╌╌╌╌┼╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌", "two  │ short"]
)]
#[case::a_list_where_it_is_narrow(
    "| name | kind | note |\n|-|-|-|\n| one | first | it is long |\n| two | second | b |", 20,
    &["name: one", "kind: first", "note: it is long", "╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌", "name: two", "kind: second", "note: b"]
)]
#[case::odd_rows("|a|b|\n|-|-|\n|1|\n|2|3|4|\n|`x\\|y`|z|", 20, &["a   │ b", "────┼────", "1   │ ", "2   │ 3|4", "x|y │ z"])]
#[case::breaks("|a|\n|-|\n|x<br>y|", 20, &["a", "─", "x", "y"])]
#[case::centred("|abcde|\n|:-:|\n|x|", 20, &["abcde", "─────", "  x"])]
#[case::keeps_its_widths(
    &("|a|\n|-|\n".to_owned() + &"|x|\n".repeat(16) + "|wide word|"), 12,
    &[&["a", "────────"][..], &["x"; 16], &["wide", "word"]].concat()
)]
#[case::ends_at_text("|a|\n|-|\n|x|\nafter", 20, &["a", "─", "x", "", "after"])]
#[case::no_table("a | b\nc | d\n|-|", 20, &["a | b", "c | d", "|-|"])]
fn tables_wrap_inside_their_cells(#[case] source: &str, #[case] cells: usize, #[case] want: &[&str]) {
    assert_eq!(text(source, cells), want, "{source}");
}

/// SEC-06: the target stands next to the text.
#[rstest]
#[case("[docs](https://a.b/c)", "docs (https://a.b/c)", Some("docs"))]
#[case("see https://a.b/c_d_e.", "see https://a.b/c_d_e.", Some("https://a.b/c_d_e"))]
#[case("<https://a.b>", "https://a.b", Some("https://a.b"))]
#[case("[run](javascript:x)", "run (javascript:x)", None)]
#[case("[https://a.b](https://c.d)", "https://a.b (⚠ leads to c.d: https://c.d)", None)]
#[case("go to https://a.b@c.d now", "go to https://a.b@c.d (⚠ leads to c.d) now", None)]
fn links_show_where_they_lead(#[case] source: &str, #[case] want: &str, #[case] link: Option<&str>) {
    let rows = rows(source, 80);
    assert_eq!(rows.iter().map(line).collect::<Vec<_>>(), [want]);
    let style = Theme::ansi().link;
    let styled = rows[0].spans.iter().find(|span| span.style == style).map(|span| span.content.as_ref());
    assert_eq!(styled, link);
}

#[test]
fn marks_become_styles() {
    let theme = Theme::ansi();
    let rows = rows("# A\n**b** `c` *d*\n> e", 20);
    let styled: Vec<(String, Style)> =
        rows.iter().flat_map(|row| row.spans.iter().map(|s| (s.content.to_string(), s.style))).collect();
    let find = |text: &str| styled.iter().find(|(content, _)| content == text).map(|(_, style)| *style);
    assert_eq!(find("A"), Some(theme.heading.add_modifier(Modifier::UNDERLINED)));
    assert_eq!(find("b"), Some(theme.strong));
    assert_eq!(find("c"), Some(theme.code));
    assert_eq!(find("d"), Some(Style::new().add_modifier(Modifier::ITALIC)));
    assert_eq!(find("e"), Some(theme.quote));
}

/// SEC-01: whatever the parser decodes or leaves whole, nothing but drawable text comes out.
#[test]
fn decoded_text_is_made_drawable_again() {
    for source in
        ["&#27;[31m", "`\u{1b}[0m`", "[a](http://x/\u{202e}y)", "```\u{9b}\n\u{1b}]0;x\u{7}\n```", "a\u{c}b"]
    {
        let out = text(source, 40).concat();
        assert!(out.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{out:?}");
    }
    assert_eq!(text("&#27;[31m", 40), ["␛[31m"]);
}

/// SEC-05: a line that no one reads is cut, and says so.
#[test]
fn a_giant_line_is_cut_and_counted() {
    let rows = text(&"x".repeat(50_000), 100);
    assert_eq!(rows.last().unwrap(), "… 29520 more characters");
    assert!(rows.len() < 220);
    let words = text(&"word ".repeat(3_000), 100);
    assert_eq!(words.iter().map(|row| row.matches("word").count()).sum::<usize>(), 3_000);
}

/// A piece of Markdown, whole or broken.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-d漢👍é ]{1,12}",
        3 => prop::sample::select(vec![
            "\n", "\n", "\n\n", "\n- ", "\n  - ", "\n1. ", "\n> ", "\n> > ", "\n```", "\n```rust\n", "\n~~~\n", "\n# ",
            "\n---\n", "\n===\n", "\n| a | b |\n|---|:-:|\n", "| x | y |\n", "|", "\n    ", "\t", "- [ ] ", "- [x] ",
        ]).prop_map(str::to_owned),
        3 => prop::sample::select(vec![
            "**", "*", "_", "`", "~~", "[x](http://a.b/c)", "![i](j)", "<b>", "&amp;", "\\", "http://a.b/c", "\u{1b}[1m",
            "\u{202e}", "e\u{301}\u{301}", "fn main() { \"x\" }", "/*", "*/", "'", "\"\"\"",
        ]).prop_map(str::to_owned),
        // Longer than the rows that a table's widths are taken from.
        1 => (10..40usize).prop_map(|n| format!("\n\n| a | b |\n|--|--|\n{}", "| x | *y* 漢 |\n".repeat(n))),
        1 => (4_000usize..5_000).prop_map(|n| "word ".repeat(n / 5)),
    ]
}

proptest! {
    /// However a text is cut while it streams, its rows are those of the text laid out at once; no row is too wide, and
    /// nothing is drawn that a terminal would obey.
    #[test]
    fn a_stream_is_laid_out_as_the_whole(
        pieces in proptest::collection::vec(piece(), 1..30), cells in 1..90usize, step in 1..40usize,
    ) {
        let source = pieces.concat();
        let theme = Theme::ansi();
        let page = Page { cells, theme: &theme };
        let (mut flow, mut grown, mut last) = (Flow::default(), Vec::new(), 0);
        let step = step * (1 + source.len() / 200);
        let mut ends: Vec<usize> = source.char_indices().map(|(at, _)| at).step_by(step).collect();
        ends.push(source.len());
        for end in ends {
            grown.truncate(last);
            last = flow.grow(&source[..end], page, &mut grown);
            prop_assert!(last <= grown.len());
        }
        let whole = rows(&source, cells);
        prop_assert_eq!(grown.len(), whole.len());
        for (n, (grown, whole)) in grown.iter().zip(&whole).enumerate() {
            prop_assert_eq!(grown, whole, "row {}", n);
            let row = line(whole);
            prop_assert!(width::of(&row) <= cells.max(2), "{row:?}");
            prop_assert!(row.chars().all(|c| !c.is_control()), "{row:?}");
        }
    }

    /// Words are neither lost nor moved.
    #[test]
    fn no_word_is_lost(words in proptest::collection::vec("[a-e]{1,8}", 1..40), seams in "[ \n]{40}", cells in 12..60usize) {
        let seams = seams.chars().map(String::from);
        let source: String = words.iter().cloned().zip(seams).flat_map(<[String; 2]>::from).collect();
        let letters = |text: &str| text.chars().filter(char::is_ascii_lowercase).collect::<String>();
        prop_assert_eq!(letters(&text(&source, cells).concat()), letters(&source));
    }
}

/// SEC-45: what a frame costs while a text streams does not depend on what is finished, whatever it is that grows.
#[rstest]
#[case::prose("A sentence of some length, with **marks** in it.\n\n")]
#[case::one_paragraph("A line of a paragraph that never ends.\n")]
#[case::one_line("word ")]
#[case::list("- an item\n")]
#[case::nested("1. a\n   - b\n     > c\n")]
#[case::quote("> a line\n")]
#[case::code("```rust\nfn main() {}\n")]
#[case::code_lines("let x = \"a\"; // b\n")]
#[case::table("| a | b |\n")]
#[case::open_comment("/* ")]
fn a_frame_costs_the_open_end(#[case] unit: &str) {
    let lead = match unit {
        "let x = \"a\"; // b\n" | "/* " => "```rust\n",
        "| a | b |\n" => "| a | b |\n|---|---|\n",
        _ => "",
    };
    let source = lead.to_owned() + &unit.repeat(60_000 / unit.len());
    let theme = Theme::ansi();
    let page = Page { cells: 80, theme: &theme };
    let (mut flow, mut out) = (Flow::default(), Vec::new());
    let mut worst = 0;
    for end in (1_000..source.len()).step_by(1_500) {
        out.clear();
        let last = flow.grow(&source[..end], page, &mut out);
        worst = worst.max(end - flow.bytes()).max((out.len() - last) * 40);
    }
    assert!(worst <= 2 * RUN, "{worst} bytes are open");
}

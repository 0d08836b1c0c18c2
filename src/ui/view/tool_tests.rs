use crate::ui::state::titles::Titles;

use super::*;
use crate::base::clock::Tick;
use crate::base::text::{Untrusted, colour};
use proptest::prelude::*;
use rstest::rstest;
use serde_json::json;

fn call(name: &str, args: &serde_json::Value, state: ToolState, output: &str) -> ToolCall {
    ToolCall {
        id: None,
        name: name.into(),
        context: "Running something".into(),
        args: args.to_string().into(),
        state,
        started: Tick(1_000),
        millis: Some(1_234),
        output: output.into(),
        output_len: output.len() as u64,
        diff: None,
    }
}

fn ran(command: &str, output: &str) -> ToolCall {
    call("terminal", &json!({ "command": command }), ToolState::Done, output)
}

fn edited(diff: &str) -> ToolCall {
    ToolCall { diff: Some(diff.into()), ..call("patch", &json!({"path": "src/a.rs"}), ToolState::Done, "{}") }
}

fn failed(why: &str) -> ToolState {
    ToolState::Failed(why.into())
}

fn drawn(tool: &ToolCall, cells: usize, unfolded: bool) -> Vec<Line<'static>> {
    drawn_in(tool, cells, unfolded, &Theme::ansi(), true)
}

fn drawn_in(
    tool: &ToolCall,
    cells: usize,
    unfolded: bool,
    theme: &Theme,
    colours: bool,
) -> Vec<Line<'static>> {
    let paper = Paper {
        accent: Style::new(),
        theme,
        key: Some("Alt-o"),
        colours,
        titles: &Titles::default(),
        now: Tick(13_500),
    };
    lines(tool, cells, unfolded, &paper)
}

fn text(rows: &[Line<'_>]) -> String {
    let rows = rows.iter().map(|row| row.spans.iter().map(|span| span.content.as_ref()).collect::<String>());
    rows.map(|row| row.trim_end().to_owned() + "\n").collect()
}

fn numbered(word: &str, lines: usize) -> String {
    let lines: Vec<String> = (1..=lines).map(|n| format!("{word} {n}\n")).collect();
    lines.concat()
}

#[rstest]
#[case::done(ran("ls -la", ""), "✓ terminal  ls -la  1.2s")]
#[case::running(ToolCall { millis: None, ..call("terminal", &json!({"command": "make"}), ToolState::Running, "") }, "◐ terminal  make  0:12")]
#[case::exit_code(call("terminal", &json!({"command": "false"}), failed("exit code 1"), ""), "✗ terminal  false  exit code 1 · 1.2s")]
#[case::blocked(call("terminal", &json!({"command": "rm x"}), ToolState::Blocked("".into()), ""), "⊘ terminal  rm x  not run")]
#[case::lost(call("terminal", &json!({"command": "ls"}), ToolState::Unknown, ""), "? terminal  ls  no result came")]
#[case::lines(ran("one\ntwo\nthree", ""), "✓ terminal  one +2 lines  1.2s")]
#[case::long(
    ran("echo one two three four five six seven eight", ""),
    "✓ terminal  echo one two three fo…  1.2s"
)]
#[case::path(call("read_file", &json!({"path": "/home/me/code/hermux/src/main.rs"}), ToolState::Done, "a\nb"), "✓ read_file  /home/…src/main.rs  2 lines")]
#[case::no_args(call("web_search", &json!({}), ToolState::Done, ""), "✓ web_search  Running something  1.2s")]
#[case::cut_args(ToolCall { args: "{\"path\":\"x".into(), ..ran("", "") }, "✓ terminal  Running something  1.2s")]
#[case::hostile(call("a\u{1b}[2J", &json!({"command": "b\u{1b}]0;x\u{7}\u{202e}"}), ToolState::Done, ""), "✓ a␛[2J  b␛]0;x^G<U+202E>  1.2s")]
fn one_line_says_what_ran_and_how_it_went(#[case] tool: ToolCall, #[case] want: &str) {
    assert_eq!(text(&drawn(&tool, 40, false)).lines().next().unwrap(), want);
}

#[test]
fn long_output_shows_its_ends_and_its_size_and_unfolds_whole() {
    let tool = ran("seq 100", &numbered("line", 100));
    let folded = "✓ terminal  seq 100  1.2s\n  │ line 1\n  │ line 2\n  ┆ … 96 lines, 761 B more · Alt-o\n  │ line 99\n  │ line 100\n";
    assert_eq!(text(&drawn(&tool, 60, false)), folded);
    let unfolded = text(&drawn(&tool, 60, true));
    assert_eq!(unfolded.lines().count(), 101);
    assert!(unfolded.ends_with("  │ line 99\n  │ line 100\n"), "{unfolded}");
}

/// A line more or less than what fits is worth no fold.
#[rstest]
#[case(0, 1)]
#[case(1, 2)]
#[case(5, 6)]
#[case(6, 6)]
#[case(7, 6)]
fn short_output_is_shown_as_it_is(#[case] lines: usize, #[case] rows: usize) {
    assert_eq!(drawn(&ran("x", &"a\n".repeat(lines)), 60, false).len(), rows);
}

#[test]
fn a_failure_shows_why_and_where_its_output_ends() {
    let output = numbered("line", 20);
    let tool = call("terminal", &json!({"command": "make"}), failed("exit code 2"), &output);
    let rows = drawn(&tool, 60, false);
    assert_eq!(
        text(&rows),
        "✗ terminal  make  exit code 2 · 1.2s\n  │ line 1\n  ┆ … 14 lines, 104 B more · Alt-o\n  │ line 16\n  │ line 17\n  │ line 18\n  │ line 19\n  │ line 20\n"
    );
    assert!(rows[0].spans.iter().any(|s| s.content == "exit code 2" && s.style == Theme::ansi().bad));
    let missing = call("read_file", &json!({"path": "x"}), failed("File not found: x"), "File not found: x");
    assert_eq!(text(&drawn(&missing, 40, false)), "✗ read_file  x  1.2s\n  └ File not found: x\n");
    assert_eq!(text(&drawn(&missing, 40, true)), text(&drawn(&missing, 40, false)), "told once");
}

#[test]
fn what_is_said_to_the_model_about_a_refusal_is_folded() {
    let why = "Command denied by user. The user has NOT consented to this action.";
    let tool = call(
        "terminal",
        &json!({"command": "rm x"}),
        ToolState::Blocked(why.into()),
        &format!("BLOCKED: {why}"),
    );
    assert_eq!(text(&drawn(&tool, 80, false)), "⊘ terminal  rm x  not run\n  └ Command denied by user.\n");
    assert!(text(&drawn(&tool, 80, true)).contains("consented"));
}

#[test]
fn a_progress_line_shows_its_last_state_and_unfolds_to_all() {
    let tool = ran("curl", "start\r\n10%\r50%\r100%\r\nend");
    assert_eq!(text(&drawn(&tool, 40, false)), "✓ terminal  curl  1.2s\n  │ start\n  │ 100%\n  │ end\n");
    let unfolded = drawn(&tool, 40, true);
    assert_eq!(text(&unfolded), "✓ terminal  curl  1.2s\n  │ start\n  │ 10%\n  │ 50%\n  │ 100%\n  │ end\n");
    let dim = |row: usize| unfolded[row].style == Theme::ansi().dim;
    assert!([2, 3].iter().all(|row| dim(*row)) && !dim(4), "what was written over is dim");
}

#[test]
fn output_beyond_what_is_kept_is_counted() {
    let tool = ToolCall { output_len: 2_000_000, ..ran("x", "a\nb\n") };
    assert_eq!(text(&drawn(&tool, 70, false)).lines().nth(2).unwrap(), "  │ b");
    let all = text(&drawn(&tool, 70, true));
    assert!(all.ends_with("… 1.9 MB more, in Hermes' own record of this session\n"), "{all}");
}

/// SEC-01.
#[test]
fn output_has_its_colours_and_keeps_them_over_what_is_folded() {
    let tool = ran("x", &format!("\u{1b}[31mred\n{}green\u{1b}[32m\nx\nlast\u{1b}[0m", "y\n".repeat(20)));
    let ink = |rows: &[Line<'_>], word: &str| {
        rows.iter().flat_map(|row| &row.spans).find(|span| span.content == word).map(|span| span.style.fg)
    };
    for unfolded in [false, true] {
        let rows = drawn(&tool, 40, unfolded);
        assert_eq!(ink(&rows, "red"), Some(Some(ratatui::style::Color::Red)));
        assert_eq!(ink(&rows, "last"), Some(Some(ratatui::style::Color::Green)));
        let plain = drawn_in(&tool, 40, unfolded, &Theme::ansi(), false);
        assert_eq!(ink(&plain, "red"), Some(None), "as the person set it");
        let mono = drawn_in(&tool, 40, unfolded, &Theme::mono(), true);
        let none = [None, Some(ratatui::style::Color::Reset)];
        assert!(
            mono.iter()
                .flat_map(|row| &row.spans)
                .all(|s| none.contains(&s.style.fg) && none.contains(&s.style.bg))
        );
    }
}

const DIFF: &str = "--- a/src/a.rs\n+++ b/src/a.rs\n@@ -9,3 +9,4 @@ fn main() {\n     let a = 1;\n-    let b = two();\n+    let b = three();\n+    let c = 4;\n }\n";

#[rstest]
#[case::wide(
    80,
    "✓ patch  src/a.rs  +2 −1 · 1.2s\n  │ @@ -9,3 +9,4 @@ fn main() {\n  │  9  9       let a = 1;\n  │ 10    -     let b = two();\n  │    10 +     let b = three();\n  │    11 +     let c = 4;\n  │ 11 12   }\n"
)]
#[case::narrow(
    30,
    "✓ patch  src/a.rs  +2 −1\n  │ @@ -9,3 +9,4 @@ fn main()…\n  │  9       let a = 1;\n  │ 10 -     let b = two();\n  │ 10 +     let b = three();\n  │ 11 +     let c = 4;\n  │ 12   }\n"
)]
#[case::slim(
    20,
    "✓ patch  +2 −1\n  │ src/a.rs\n  │ @@ -9,3 +9,4 @@…\n  │       let a = 1;\n  │ -     let b =\n  │   two();\n  │ +     let b =\n  │   three();\n  │ +     let c = 4;\n  │   }\n"
)]
fn a_diff_has_numbers_and_signs_as_far_as_there_is_room(#[case] cells: usize, #[case] want: &str) {
    assert_eq!(text(&drawn(&edited(DIFF), cells, false)), want);
}

#[test]
fn changed_words_stand_out_from_their_line() {
    for theme in [Theme::ansi(), Theme::mono()] {
        let rows = drawn_in(&edited(DIFF), 80, false, &theme, true);
        let style = |word: &str| {
            rows.iter().flat_map(|row| &row.spans).find(|span| span.content == word).map(|span| span.style)
        };
        assert_eq!(style("two"), Some(theme.removed.patch(theme.removed_word)));
        assert_eq!(style("three"), Some(theme.added.patch(theme.added_word)));
        assert_ne!(style("three"), Some(theme.added));
    }
}

#[test]
fn a_new_file_has_one_column_of_numbers() {
    let diff = "--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+one\n+two\n";
    assert_eq!(
        text(&drawn(&edited(diff), 80, false)),
        "✓ patch  src/a.rs  +2 · 1.2s\n  │ 1 + one\n  │ 2 + two\n"
    );
}

#[test]
fn files_of_a_diff_are_named_where_the_call_does_not() {
    let two = format!("{DIFF}--- a/b\n+++ b/c\n@@ -1 +1 @@\n-x\n+y\n");
    let shown = text(&drawn(&edited(&two), 80, true));
    assert!(shown.contains("  │ src/a.rs\n") && shown.contains("  │ b → c\n"), "{shown}");
    let unnamed = ToolCall { args: "".into(), ..edited(DIFF) };
    assert!(text(&drawn(&unnamed, 80, false)).contains("  │ src/a.rs\n"));
}

#[test]
fn a_long_diff_is_folded_with_its_count_and_unfolds_whole() {
    let body = numbered("+line", 40);
    let tool = edited(&format!("--- a/x\n+++ b/x\n@@ -0,0 +1,40 @@\n{body}"));
    let folded = text(&drawn(&tool, 60, false));
    assert_eq!(folded.lines().count(), 16);
    assert!(folded.ends_with("  │ 14 + line 14\n  └ … 26 more lines +26 · Alt-o\n"), "{folded}");
    assert!(text(&drawn(&tool, 60, true)).contains("  │ 40 + line 40\n"));
}

#[test]
fn what_is_no_diff_is_shown_as_text() {
    assert_eq!(
        text(&drawn(&edited("cannot say\n+what"), 60, false)),
        "✓ patch  src/a.rs  1.2s\n  │ cannot say\n  │ +what\n"
    );
}

#[test]
fn unfolded_arguments_and_results_are_told_by_name() {
    let args = json!({"path": "a", "mode": "replace", "deep": {"n": 1}});
    let tool = call("patch", &args, ToolState::Done, r#"{"lint":{"ok":true},"note":"two\nlines"}"#);
    assert_eq!(
        text(&drawn(&tool, 60, true)),
        "✓ patch  a  1 line · 1.2s\n  │ deep  {\"n\":1}\n  │ mode  replace\n  │ lint  {\"ok\":true}\n  │ note  two\n  │ lines\n"
    );
    let json = ran("curl x", "{ \"a\": 1 }");
    assert!(
        text(&drawn(&json, 60, true)).contains("  │ { \"a\": 1 }\n"),
        "what a command printed stays as it was"
    );
}

#[rstest]
#[case::answer(
    r#"{"choices_offered":["a"],"question":"Which?","user_response":"By train"}"#,
    "  └ By train\n"
)]
#[case::summary(r#"{"success":true,"summary":"three\nlines\nlong"}"#, "  └ three  +2 lines\n")]
#[case::scalars(r#"{"count":2,"deep":{"a":1},"ok":true}"#, "  └ count 2 · ok true\n")]
#[case::nothing_to_say(r#"{"deep":{"a":1},"user_response":""}"#, "")]
#[case::list("[1,2]", "  └ [1,2]\n")]
#[case::text("one\ntwo", "  └ one  +1 line\n")]
fn a_result_of_another_tool_is_folded_to_its_gist(#[case] output: &str, #[case] want: &str) {
    let tool = call("clarify", &json!({"question": "Which?"}), ToolState::Done, output);
    let rows = drawn(&tool, 60, false);
    assert_eq!(text(rows.get(1..).unwrap_or_default()), want);
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| matches!(c, 'a'..='z' | '漢' | 'é')).collect()
}

prop_compose! {
    fn hostile()(pieces in proptest::collection::vec(
        "\u{1b}\\[[0-9;:]{0,8}[mKJH]|\u{1b}\\]8;;|[\u{0}-\u{1f}\u{7f}-\u{9f}]|[a-z漢é ]{1,9}|\r|\n{1,12}|\t|[-+ ][a-z]|@@ -1,2 \\+1,2 @@\n|--- a/x\n\\+\\+\\+ b/x\n|👨‍👩‍👧|\u{202e}",
        0..60
    )) -> String { pieces.concat() }
}

proptest! {
    /// SEC-01: whatever a tool says, no cell holds a control character, no row is too wide, and unfolded nothing printable
    /// is lost.
    #[test]
    fn nothing_is_obeyed_and_nothing_is_lost(output in hostile(), cells in 8..60usize, unfolded: bool) {
        let rows = drawn(&call("terminal", &json!({}), ToolState::Done, &output), cells, unfolded);
        for row in &rows {
            prop_assert!(row.width() <= cells, "{row:?}");
            prop_assert!(row.spans.iter().all(|span| !span.content.chars().any(char::is_control)), "{row:?}");
        }
        if unfolded {
            let below = text(rows.get(1..).unwrap_or_default());
            prop_assert_eq!(printable(&below), printable(&colour::without(&output)));
        }
    }

    /// The same of a diff, whose colours are no colours: they are the file's own text.
    #[test]
    fn nothing_of_a_diff_is_obeyed_or_lost(diff in hostile(), cells in 8..100usize, unfolded: bool) {
        // The two lines that name a file are shown as one.
        let diff = diff.replace("--- ", "");
        let rows = drawn(&ToolCall { args: Untrusted::default(), ..edited(&diff) }, cells, unfolded);
        for row in &rows {
            prop_assert!(row.width() <= cells, "{row:?}");
            prop_assert!(row.spans.iter().all(|span| !span.content.chars().any(char::is_control)), "{row:?}");
        }
        if unfolded {
            prop_assert_eq!(printable(&text(rows.get(1..).unwrap_or_default())), printable(&diff));
        }
    }
}

/// Folding costs what is shown, so that a call of much output does not make a frame late.
#[test]
fn folded_output_is_few_rows_however_long_it_is() {
    for output in ["x\n".repeat(30_000), "x".repeat(60_000), "\r".repeat(60_000), "\n".repeat(60_000) + "x"] {
        let rows = drawn(&ran("x", &output), 80, false);
        assert!(rows.len() <= 7, "{}", rows.len());
        assert!(rows.iter().all(|row| row.width() <= 80));
    }
}

use super::*;
use crate::model::tool::ToolState;
use rstest::rstest;
use serde_json::{Value, json};

fn finish(payload: &Value) -> ToolResult {
    let odd = Oddities::default();
    let payload = payload.to_string();
    let fields = Fields::read(&payload, "tool.complete", FINISHED, &odd).unwrap();
    match finished(&fields) {
        Fact::ToolFinished(result) => *result,
        other => panic!("{other:?}"),
    }
}

fn failed(why: &str) -> ToolState {
    ToolState::Failed(why.into())
}

fn blocked(why: &str) -> ToolState {
    ToolState::Blocked(why.into())
}

/// CHECK 4, CHECK 22: there is no error flag, and a result can be any JSON value.
#[rstest]
#[case::fine(json!({"output": "hi", "exit_code": 0, "error": null}), ToolState::Done, "hi")]
#[case::exit_code(json!({"output": "a\nb", "exit_code": 3, "error": null}), failed("exit code 3"), "a\nb")]
#[case::error(json!({"content": "", "error": "File not found"}), failed("File not found"), "File not found")]
#[case::blocked(json!({"output": "", "exit_code": -1, "error": "BLOCKED: Command timed out", "status": "blocked"}), blocked("Command timed out"), "BLOCKED: Command timed out")]
#[case::hardline(json!({"output": "", "error": "BLOCKED (hardline): x"}), blocked("BLOCKED (hardline): x"), "BLOCKED (hardline): x")]
#[case::string(json!("plain"), ToolState::Done, "plain")]
#[case::list(json!([1, "é"]), ToolState::Done, r#"[1,"é"]"#)]
#[case::number(json!(7), ToolState::Done, "7")]
#[case::null(json!(null), ToolState::Done, "")]
#[case::odd_types(json!({"output": 7, "exit_code": "3", "status": 1}), ToolState::Done, r#"{"exit_code":"3","output":7,"status":1}"#)]
fn how_a_tool_ended_is_read_off_its_result(
    #[case] result: Value,
    #[case] state: ToolState,
    #[case] output: &str,
) {
    let read = finish(&json!({"tool_id": "t1", "name": "terminal", "duration_s": 0.25, "result": result}));
    assert_eq!((read.state, read.output.raw()), (state, output));
    assert_eq!(read.output_len, output.len() as u64);
    assert_eq!((read.millis, read.id.unwrap().as_str()), (Some(250), "t1"));
}

/// FLT-29: what is no number here, or no text, costs only its own reading.
#[test]
fn a_result_that_rust_cannot_hold_is_still_shown() {
    let odd = Oddities::default();
    let of = |result: &str| {
        let payload = format!(r#"{{"name":"x","result":{result}}}"#);
        match finished(&Fields::read(&payload, "tool.complete", FINISHED, &odd).unwrap()) {
            Fact::ToolFinished(result) => (result.state, result.output.into_raw()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(of(r#"{"n": 1e999}"#), (ToolState::Done, r#"{"n":1e999}"#.to_owned()));
    assert_eq!(
        of(r#"{"output": "a\udc80", "exit_code": 2}"#),
        (failed("exit code 2"), "a\u{fffd}\u{fffd}\u{fffd}".to_owned())
    );
}

/// SEC-40: a large result is not taken apart, and its end is read off all the same.
#[test]
fn how_a_giant_result_ended_is_read_all_the_same() {
    let much = vec![0; 2 * 1024 * 1024];
    let named = finish(&json!({"name": "x", "result": {"rows": &much, "output": "o", "error": "boom"}}));
    assert_eq!((named.state, named.output.raw()), (failed("boom"), "o"));
    let unnamed = finish(&json!({"name": "x", "result": {"rows": &much, "exit_code": 4}}));
    assert_eq!(unnamed.state, failed("exit code 4"));
    assert!(unnamed.output.raw().starts_with(r#"{"exit_code":4,"rows":[0,0,"#));
    assert!(unnamed.output_len > 4 * 1024 * 1024 && unnamed.output.len() == MAX_TOOL_TEXT);
    let list = finish(&json!({"name": "x", "result": &much}));
    assert_eq!((list.state, list.output.len()), (ToolState::Done, MAX_TOOL_TEXT));
    let text = finish(&json!({"name": "x", "result": "{".repeat(2 * 1024 * 1024)}));
    assert_eq!((text.state, text.output_len), (ToolState::Done, 2 * 1024 * 1024));
}

/// CHECK 24.
#[test]
fn the_plain_diff_is_taken_before_the_coloured_one() {
    let plain = finish(&json!({"name": "patch", "result": {"diff": "--- a"}, "inline_diff": "\u{1b}[1m┊"}));
    assert_eq!(plain.diff.unwrap().raw(), "--- a");
    let coloured = finish(
        &json!({"name": "write_file", "result": {}, "inline_diff": "  ┊ review diff\n\u{1b}[1m+a\u{1b}[0m"}),
    );
    assert_eq!(coloured.diff.unwrap().raw(), "+a\n");
    assert_eq!(finish(&json!({"name": "x", "result": {}, "inline_diff": ""})).diff, None);
}

/// SEC-40.
#[test]
fn a_giant_output_is_cut_and_its_length_kept() {
    let whole = "é".repeat(MAX_TOOL_TEXT);
    let args = json!({"a": &whole});
    let read =
        finish(&json!({"name": "terminal", "args": args, "result": {"output": &whole, "diff": &whole}}));
    assert_eq!(read.output_len, whole.len() as u64);
    assert_eq!(read.output.len(), MAX_TOOL_TEXT);
    assert!(read.args.unwrap().len() <= MAX_TOOL_TEXT);
    assert!(read.diff.unwrap().len() <= MAX_TOOL_TEXT);
}

#[test]
fn arguments_are_compact_json() {
    let read = finish(&json!({"name": "terminal", "args": {"command": "echo é", "n": 1}}));
    assert_eq!(read.args.unwrap().raw(), r#"{"command":"echo é","n":1}"#);
}

#[test]
fn todos_keep_their_order_and_state() {
    let read = finish(&json!({"name": "todo", "result": {}, "todos": [
        {"id": "1", "content": "a", "status": "completed"},
        {"id": "2", "content": "b", "status": "in_progress"},
        {"id": "3", "content": "c", "status": "pending"},
        {"id": "4", "content": "d", "status": "cancelled"},
        {"id": "5", "content": "e", "status": "dreamt"},
        7,
    ]}));
    let states: Vec<_> =
        read.todos.unwrap().into_iter().map(|todo| (todo.content.into_raw(), todo.state)).collect();
    let expected = [
        ("a", TodoState::Completed),
        ("b", TodoState::InProgress),
        ("c", TodoState::Pending),
        ("d", TodoState::Cancelled),
        ("e", TodoState::Pending),
        ("", TodoState::Pending),
    ];
    assert_eq!(states, expected.map(|(content, state)| (content.to_owned(), state)));
    assert_eq!(finish(&json!({"name": "terminal", "result": {}})).todos, None, "no list is not an empty one");
}

/// CHECK 23: its end could belong to any call of that name.
#[test]
fn a_start_without_an_id_only_announces() {
    let odd = Oddities::default();
    let fields = Fields::read(r#"{"name":"terminal","context":"x"}"#, "tool.start", STARTED, &odd).unwrap();
    assert_eq!(started(&fields), Fact::ToolAnnounced("terminal".into()));
}

#[test]
fn a_child_ends_as_its_status_says() {
    let odd = Oddities::default();
    let of = |step: &str, json: Value| {
        let json = json.to_string();
        match subagent(step, &Fields::read(&json, "subagent", SUBAGENT, &odd).unwrap()) {
            Fact::Subagent(child) => child,
            other => panic!("{other:?}"),
        }
    };
    let child = of(
        "tool",
        json!({"subagent_id": "sa-0", "goal": "g", "depth": 1, "tool_count": 2, "tool_name": "terminal", "tool_preview": "ls"}),
    );
    assert_eq!((child.tools, child.depth), (2, 1));
    assert_eq!(child.step, SubagentStep::Tool("terminal ls".into()));
    let end = |status: &str| {
        let json = json!({"status": status, "text": "cut", "summary": "whole", "duration_seconds": 1.5});
        match of("complete", json).step {
            SubagentStep::Ended { state, said, millis } => (state, said.into_raw(), millis),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(end("completed"), (SubagentState::Done, "whole".into(), Some(1_500)));
    assert_eq!(end("interrupted").0, SubagentState::Interrupted);
    assert_eq!(end("timeout").0, SubagentState::Failed("timeout".into()));
    let thinking = of("thinking", json!({"task_index": 3, "text": "hm"}));
    assert_eq!((thinking.id.raw(), thinking.step), ("#3", SubagentStep::Thinks("hm".into())));
    assert_eq!(of("progress", json!({"text": "terminal, terminal"})).step, SubagentStep::Progress);
}

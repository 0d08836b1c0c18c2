//! What a tool's result says of its call. Hermes has no error flag: how a call ended is read off the result, the same way from a
//! live event and from a stored row.

use super::tool::{MAX_TOOL_TEXT, ToolState};
use crate::base::text::Untrusted;
use serde_json::{Map, Value};

/// The most of a reason that a call's state carries, in bytes; the whole of it is in the output.
const MAX_REASON: usize = 240;
/// What begins the error of a command that was refused, or not consented in time.
const BLOCKED: &str = "BLOCKED";

/// How a call ended and what it gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// `Done`, `Failed` or `Blocked`.
    pub state: ToolState,
    /// The output as text, cut at [`MAX_TOOL_TEXT`].
    pub output: Untrusted,
    /// Bytes of the output before the cut.
    pub output_len: u64,
    /// The plain diff of a tool that edits files, cut at [`MAX_TOOL_TEXT`].
    pub diff: Option<Untrusted>,
}

/// Reads a result, which may be any JSON value. A string that holds a JSON object is read as that object: stored rows keep
/// results so.
pub fn outcome(result: &Value) -> Outcome {
    match result {
        Value::Object(fields) => of_object(fields),
        Value::String(text) => of_text(text),
        Value::Null => of_output(ToolState::Done, ""),
        other => of_output(ToolState::Done, &other.to_string()),
    }
}

/// Reads a result that came as text: a JSON object, or simply text.
pub fn of_text(text: &str) -> Outcome {
    if text.trim_start().starts_with('{')
        && let Ok(Value::Object(fields)) = serde_json::from_str(text)
    {
        return of_object(&fields);
    }
    of_output(ToolState::Done, text)
}

fn of_object(fields: &Map<String, Value>) -> Outcome {
    let error = match fields.get("error") {
        None | Some(Value::Null | Value::Bool(false)) => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(other) => Some(other.to_string()),
    };
    let diff = fields.get("diff").and_then(Value::as_str).filter(|diff| !diff.is_empty());
    let output = match (text_of(fields), &error) {
        (Some(text), _) if !text.is_empty() => text.to_owned(),
        (_, Some(error)) => error.clone(),
        (Some(_), None) => String::new(),
        (None, None) => {
            let rest: Map<_, _> = fields
                .iter()
                .filter(|(key, _)| *key != "diff")
                .map(|(k, v)| (k.clone(), v.clone()))
                .collect();
            Value::Object(rest).to_string()
        }
    };
    let state = state_of(fields, error.as_deref());
    Outcome { diff: diff.map(|diff| clip(diff, MAX_TOOL_TEXT).into()), ..of_output(state, &output) }
}

/// The field that holds what a person would call the output.
fn text_of(fields: &Map<String, Value>) -> Option<&str> {
    ["output", "content"].iter().find_map(|key| fields.get(*key).and_then(Value::as_str))
}

fn state_of(fields: &Map<String, Value>, error: Option<&str>) -> ToolState {
    let reason = |text: &str| Untrusted::from(clip(text, MAX_REASON));
    let blocked = fields.get("status").and_then(Value::as_str) == Some("blocked");
    if blocked || error.is_some_and(|error| error.starts_with(BLOCKED)) {
        let text = error.unwrap_or_default();
        return ToolState::Blocked(reason(text.strip_prefix("BLOCKED:").unwrap_or(text).trim_start()));
    }
    if let Some(error) = error {
        return ToolState::Failed(reason(error));
    }
    match fields.get("exit_code").and_then(Value::as_i64) {
        None | Some(0) => {}
        Some(code) => {
            let meaning = fields.get("exit_code_meaning").and_then(Value::as_str);
            let code = format!("exit code {code}");
            return ToolState::Failed(reason(
                &meaning.map_or(code.clone(), |said| format!("{code}: {said}")),
            ));
        }
    }
    if fields.get("success").and_then(Value::as_bool) == Some(false) {
        return ToolState::Failed(reason(fields.get("message").and_then(Value::as_str).unwrap_or_default()));
    }
    ToolState::Done
}

fn of_output(state: ToolState, output: &str) -> Outcome {
    Outcome { state, output: clip(output, MAX_TOOL_TEXT).into(), output_len: output.len() as u64, diff: None }
}

/// The longest beginning of `text` of at most `max` bytes that cuts no character.
pub fn clip(text: &str, max: usize) -> &str {
    let end = (0..=max.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// CHECK 22.
    #[test]
    fn how_a_call_ended_is_read_off_its_result() {
        let failed = |text: &str| ToolState::Failed(text.into());
        let cases = [
            (json!({"output": "hi", "exit_code": 0, "error": null}), ToolState::Done, "hi"),
            (json!({"output": "b", "exit_code": 3, "error": null}), failed("exit code 3"), "b"),
            (
                json!({"output": "", "exit_code": 6, "error": null, "exit_code_meaning": "no host"}),
                failed("exit code 6: no host"),
                "",
            ),
            (
                json!({"output": "", "exit_code": -1, "error": "BLOCKED: denied", "status": "blocked"}),
                ToolState::Blocked("denied".into()),
                "BLOCKED: denied",
            ),
            (json!({"content": "", "error": "not found"}), failed("not found"), "not found"),
            (
                json!({"success": false, "message": "no match"}),
                failed("no match"),
                r#"{"message":"no match","success":false}"#,
            ),
            (json!({"error": {"code": 4}}), failed(r#"{"code":4}"#), r#"{"code":4}"#),
            (json!("plain words"), ToolState::Done, "plain words"),
            (json!(r#"{"output": "x", "exit_code": 2}"#), failed("exit code 2"), "x"),
            (json!("{not json"), ToolState::Done, "{not json"),
            (json!([1, 2]), ToolState::Done, "[1,2]"),
            (Value::Null, ToolState::Done, ""),
        ];
        for (result, state, output) in cases {
            let got = outcome(&result);
            assert_eq!((&got.state, got.output.raw()), (&state, output), "{result}");
        }
    }

    /// CHECK 24.
    #[test]
    fn a_plain_diff_is_kept_apart_from_the_output() {
        let got = outcome(&json!({"success": true, "diff": "--- a\n+++ b\n"}));
        assert_eq!(got.diff, Some("--- a\n+++ b\n".into()));
        assert_eq!(got.output.raw(), r#"{"success":true}"#);
    }

    #[test]
    fn a_long_output_is_cut_between_characters_and_its_length_is_kept() {
        let text = "é".repeat(MAX_TOOL_TEXT);
        let got = of_text(&text);
        assert_eq!(got.output_len, 2 * MAX_TOOL_TEXT as u64);
        assert_eq!(got.output.len(), MAX_TOOL_TEXT);
        assert_eq!(clip("aé", 2), "a");
    }
}

//! What a call was told to do: in a few words beside its name, in full when unfolded.

use ratatui::text::{Line, Span};
use serde_json::{Map, Value};

use super::{behind, block};
use crate::base::text::{self, Mode, width};
use crate::model::tool::ToolCall;
use crate::ui::theme::Theme;

/// Cells of an argument's first line that are looked at: more than any screen has.
const LONGEST: usize = 1_000;
/// Arguments that say in one line what a call does, best first.
const TELLING: [&str; 10] =
    ["command", "code", "path", "file_path", "query", "pattern", "url", "goal", "question", "name"];
/// Those that name a file: the end of a name tells most.
const PATHS: [&str; 2] = ["path", "file_path"];
/// Fields of a result that say in one line what came of it, best first.
const TOLD_FIRST: [&str; 5] = ["user_response", "summary", "message", "note", "status"];
/// Those that a diff shows better.
const SHOWN_BY_DIFF: [&str; 5] = ["content", "old_string", "new_string", "patch", "file_content"];

/// What a call does, in one line.
pub(super) struct Telling {
    pub text: String,
    /// The argument that is shown, if it is one, and is shown whole.
    pub whole: Option<&'static str>,
    /// It names a file.
    pub path: bool,
}

/// What the call does, in at most `cells` cells.
pub(super) fn telling(tool: &ToolCall, cells: usize) -> Option<Telling> {
    let fields = fields(tool);
    let found = TELLING.iter().find_map(|key| Some((Some(*key), fields.get(*key)?.as_str()?.trim())));
    // Of what has no such argument, the words of the backend.
    let (key, said) = found.unwrap_or((None, tool.context.raw().trim()));
    let path = key.is_some_and(|key| PATHS.contains(&key));
    let mut lines = said.lines();
    let first = lines.next()?;
    let more = match lines.count() {
        0 => String::new(),
        1 => " +1 line".to_owned(),
        lines => format!(" +{lines} lines"),
    };
    let room = cells.saturating_sub(width::of(&more));
    let drawn = text::label(first, LONGEST);
    let text = if path { width::truncate_middle(&drawn, room) } else { width::truncate(&drawn, room) };
    let whole = key.filter(|_| more.is_empty() && text == drawn && width::of(&drawn) < LONGEST);
    Some(Telling { text: text + &more, whole, path })
}

/// All arguments, one below the other, less what is `shown` already; with a `diff`, less what that shows.
pub(super) fn all(
    tool: &ToolCall,
    shown: Option<&str>,
    diff: bool,
    cells: usize,
    theme: &Theme,
) -> Vec<Line<'static>> {
    let mut fields = fields(tool);
    if fields.is_empty() && !matches!(tool.args.raw().trim(), "" | "{}") {
        // No object, or one that was cut.
        fields.insert("arguments".to_owned(), tool.args.raw().into());
    }
    fields.retain(|key, _| shown != Some(key) && !(diff && SHOWN_BY_DIFF.contains(&key.as_str())));
    listing(&fields, cells, theme)
}

/// The fields of a result that is nothing but a compact object.
pub(super) fn object(output: &str) -> Option<Map<String, Value>> {
    let is_compact = output.starts_with('{') && !output.contains('\n');
    is_compact.then(|| serde_json::from_str(output).ok()).flatten()
}

/// What a person would be told of a result first.
pub(super) fn gist(fields: &Map<String, Value>) -> String {
    let said = |value: &Value| match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    TOLD_FIRST.iter().find_map(|key| said(fields.get(*key)?)).unwrap_or_else(|| {
        let all = fields.iter().filter_map(|(key, value)| Some(format!("{key} {}", said(value)?)));
        all.collect::<Vec<_>>().join(" · ")
    })
}

/// Names and values, one below the other.
pub(super) fn listing(fields: &Map<String, Value>, cells: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    for (key, value) in fields {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let drawn = text::drawable(&value, Mode::Prose);
        for (n, line) in drawn.split('\n').enumerate() {
            let name = if n == 0 { text::label(key, cells / 2) + "  " } else { String::new() };
            let line =
                Line::from(vec![Span::styled(name, theme.dim), Span::styled(line.to_owned(), theme.text)]);
            out.extend(block(&line, cells, theme.text).into_iter().map(|row| behind(row, theme)));
        }
    }
    out
}

fn fields(tool: &ToolCall) -> Map<String, Value> {
    serde_json::from_str(tool.args.raw()).unwrap_or_default()
}

//! The tools of the scripted agent: how a call is named, what it really does to the workspace, what it answers.
//!
//! Only files below the profile's own workspace are touched. No command is ever run: commands are pretended, so a demo
//! on somebody's machine does nothing but what is seen.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The one skill of the demo, which needs a key.
pub(super) const SKILL: &str = "weather-desk";

/// The variable that the skill needs.
pub(super) const SKILL_KEY: &str = "WEATHER_DESK_KEY";

/// A call of a tool, as a scene has it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Tool {
    /// A pretended command. `removes` is a directory of the workspace that exists while it waits and goes when it runs.
    Terminal {
        command: String,
        output: String,
        exit_code: i64,
        millis: u64,
        danger: Option<Danger>,
        sudo: bool,
    },
    WriteFile {
        path: String,
        content: String,
    },
    Patch {
        path: String,
        old: String,
        new: String,
    },
    ReadFile {
        path: String,
    },
    Clarify {
        question: String,
        choices: Option<Vec<String>>,
    },
    SkillView,
}

/// Why a command asks first, and which directory it takes away when it may.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Danger {
    pub(super) class: &'static str,
    pub(super) removes: String,
}

/// What a tool answered.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Done {
    pub(super) result: Value,
    /// The change as coloured text, for the tools that change files.
    pub(super) inline_diff: Option<String>,
}

impl Tool {
    /// Its name in Hermes.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Terminal { .. } => "terminal",
            Self::WriteFile { .. } => "write_file",
            Self::Patch { .. } => "patch",
            Self::ReadFile { .. } => "read_file",
            Self::Clarify { .. } => "clarify",
            Self::SkillView => "skill_view",
        }
    }

    /// The arguments of the call.
    pub(super) fn args(&self) -> Value {
        match self {
            Self::Terminal { command, .. } => json!({ "command": command }),
            Self::WriteFile { path, content } => json!({ "path": path, "content": content }),
            Self::Patch { path, old, new } => {
                json!({ "mode": "replace", "path": path, "old_string": old, "new_string": new })
            }
            Self::ReadFile { path } => json!({ "path": path }),
            Self::Clarify { question, choices: Some(choices) } => {
                json!({ "question": question, "choices": choices })
            }
            Self::Clarify { question, choices: None } => json!({ "question": question }),
            Self::SkillView => json!({ "name": SKILL }),
        }
    }

    /// How long it takes, for the tools that take no answer.
    pub(super) fn millis(&self) -> u64 {
        match self {
            Self::Terminal { millis, .. } => *millis,
            Self::WriteFile { .. } | Self::Patch { .. } | Self::ReadFile { .. } => 350,
            Self::Clarify { .. } | Self::SkillView => 30,
        }
    }

    /// Does it, in `workspace`. What goes wrong is the tool's result, as it is in Hermes.
    pub(super) fn perform(&self, workspace: &Path) -> Done {
        let done = match self {
            Self::Terminal { output, exit_code, danger, .. } => {
                if let Some(danger) = danger {
                    // The directory may be gone already; removing it was the point.
                    let _ = std::fs::remove_dir_all(workspace.join(&danger.removes));
                }
                Ok((json!({ "output": output, "exit_code": exit_code, "error": null }), None))
            }
            Self::WriteFile { path, content } => write(workspace, path, content),
            Self::Patch { path, old, new } => patch(workspace, path, old, new),
            Self::ReadFile { path } => read(workspace, path),
            Self::Clarify { question, choices } => Ok((clarified(question, choices.as_deref(), ""), None)),
            Self::SkillView => Ok((skill_view(workspace, false), None)),
        };
        match done {
            Ok((result, inline_diff)) => Done { result, inline_diff },
            Err(error) => Done { result: json!({ "error": error.to_string() }), inline_diff: None },
        }
    }
}

/// What the person is shown of a call.
pub(super) fn context(name: &str, args: &Value) -> String {
    let text = |key: &str| args.get(key).and_then(Value::as_str).unwrap_or_default();
    match name {
        "terminal" => {
            let mut commands =
                text("command").split([';', '\n']).flat_map(|part| part.split("&&")).map(str::trim);
            let first = commands.next().unwrap_or_default();
            match commands.filter(|part| !part.is_empty()).count() {
                0 => format!("Running {first}"),
                1 => format!("Running {first} + 1 command"),
                more => format!("Running {first} + {more} commands"),
            }
        }
        "write_file" => format!("Writing {}", text("path")),
        "patch" => format!("Editing {}", text("path")),
        "read_file" => format!("Reading {}", text("path")),
        "clarify" => format!("Asking {}", text("question")),
        "skill_view" => format!("Reading skill {}", text("name")),
        other => format!("Calling {other}"),
    }
}

/// A call as it stands in the `tool_calls` column.
pub(super) struct StoredCall {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) args: Value,
}

/// The `tool_calls` column of one call.
pub(super) fn stored_call(id: &str, tool: &Tool) -> String {
    json!([{
        "id": id, "type": "function",
        "function": { "name": tool.name(), "arguments": tool.args().to_string() },
    }])
    .to_string()
}

/// Reads a `tool_calls` column; what is not understood is left out.
pub(super) fn calls(column: &str) -> Vec<StoredCall> {
    let parsed: Vec<Value> = serde_json::from_str(column).unwrap_or_default();
    parsed
        .iter()
        .filter_map(|call| {
            let function = call.get("function")?;
            let args = function.get("arguments")?.as_str()?;
            Some(StoredCall {
                id: call.get("id")?.as_str()?.to_owned(),
                name: function.get("name")?.as_str()?.to_owned(),
                args: serde_json::from_str(args).unwrap_or_default(),
            })
        })
        .collect()
}

/// The result of a question that was answered; an empty answer is nobody's.
pub(super) fn clarified(question: &str, choices: Option<&[String]>, answer: &str) -> Value {
    json!({ "question": question, "choices_offered": choices, "user_response": answer })
}

/// The result of a command that was not allowed: `why` begins the sentence.
pub(super) fn blocked(why: &str) -> Value {
    let rest = "The user has NOT consented to this action. Do NOT retry this command, do NOT rephrase it, and do NOT attempt \
                the same outcome via a different command. Stop the current workflow and wait for the user to respond \
                before taking any further destructive or irreversible action.";
    json!({ "output": "", "exit_code": -1, "error": format!("BLOCKED: {why} {rest}"), "status": "blocked" })
}

/// The skill as the agent reads it, with or without its key.
pub(super) fn skill_view(workspace: &Path, has_key: bool) -> Value {
    let help = "https://example.com/weather-desk";
    let need = json!({
        "name": SKILL_KEY, "prompt": "Key of the weather desk", "help": help, "required_for": "forecasts",
    });
    let mut result = json!({
        "success": true, "name": SKILL, "description": "Forecasts from the weather desk.", "tags": [],
        "related_skills": [],
        "content": format!("---\nname: {SKILL}\n---\n# {SKILL}\nAsk for a place, answer in two lines.\n"),
        "path": format!("{SKILL}/SKILL.md"),
        "skill_dir": workspace.with_file_name("skills").join(SKILL).display().to_string(),
        "linked_files": null, "usage_hint": null, "required_environment_variables": [need],
        "required_commands": [], "missing_required_environment_variables": [],
        "missing_credential_files": [], "missing_required_commands": [], "setup_needed": !has_key,
        "setup_skipped": !has_key, "readiness_status": if has_key { "available" } else { "setup_needed" },
        "setup_help": help,
    });
    if let (false, Some(map)) = (has_key, result.as_object_mut()) {
        map.insert("missing_required_environment_variables".into(), json!([SKILL_KEY]));
        let note = format!("Setup needed before using this skill: missing env ${SKILL_KEY}. {help}");
        map.insert("setup_note".into(), note.into());
    }
    result
}

type Performed = std::io::Result<(Value, Option<String>)>;

/// A path of the workspace; scenes name plain files only.
fn within(workspace: &Path, path: &str) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(workspace)?;
    Ok(workspace.join(path))
}

fn lint(path: &str) -> Value {
    let kind = path.rsplit_once('.').map_or("these", |(_, suffix)| suffix);
    json!({ "status": "skipped", "message": format!("No linter for .{kind} files") })
}

fn write(workspace: &Path, path: &str, content: &str) -> Performed {
    let file = within(workspace, path)?;
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    std::fs::write(&file, content)?;
    let result = json!({
        "bytes_written": content.len(), "dirs_created": true, "lint": lint(path),
        "resolved_path": file.display().to_string(), "files_modified": [file.display().to_string()],
    });
    Ok((result, Some(coloured(&diff(path, &before, content)))))
}

fn patch(workspace: &Path, path: &str, old: &str, new: &str) -> Performed {
    let file = within(workspace, path)?;
    let before = std::fs::read_to_string(&file)?;
    let after = before.replacen(old, new, 1);
    std::fs::write(&file, &after)?;
    let change = diff(path, &before, &after);
    let result = json!({
        "success": true, "diff": change, "files_modified": [file.display().to_string()], "lint": lint(path),
        "resolved_path": file.display().to_string(),
    });
    Ok((result, Some(coloured(&change))))
}

fn read(workspace: &Path, path: &str) -> Performed {
    let text = std::fs::read_to_string(within(workspace, path)?)?;
    let numbered: Vec<String> =
        text.split('\n').enumerate().map(|(at, line)| format!("{}|{line}", at + 1)).collect();
    let result = json!({
        "content": numbered.join("\n"), "total_lines": text.lines().count(), "file_size": text.len(),
        "truncated": false, "is_binary": false, "is_image": false,
    });
    Ok((result, None))
}

/// A unified diff of one hunk: the common head and tail, cut to three lines each, around what changed.
fn diff(path: &str, before: &str, after: &str) -> String {
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
fn coloured(diff: &str) -> String {
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

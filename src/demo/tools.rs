//! The tools of the scripted agent: how a call is named, what it really does to the workspace, what it answers.
//!
//! Only files below the profile's own workspace are touched. No command is ever run: commands are pretended, so a demo
//! on somebody's machine does nothing but what is seen.

use super::delegation::Child;
use super::diff::{coloured, diff};
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
    /// Writes the todo list: all of it, or with `merge` only what changes.
    Todo {
        todos: Vec<Task>,
        merge: bool,
    },
    /// Sends child agents to work. They go on when the call has returned.
    Delegate {
        tasks: Vec<Child>,
    },
    /// A pretended process that goes on when the call has returned: what it prints, each after so many milliseconds.
    Background {
        command: String,
        output: Vec<(u64, String)>,
    },
}

/// An entry of a todo list: its id, what is to be done, how it stands.
pub(super) type Task = (&'static str, &'static str, &'static str);

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
    /// What some tools tell beside their result: the change as coloured text, the todo list.
    pub(super) extra: Option<(&'static str, Value)>,
}

impl Tool {
    /// Its name in Hermes.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Terminal { .. } | Self::Background { .. } => "terminal",
            Self::WriteFile { .. } => "write_file",
            Self::Patch { .. } => "patch",
            Self::ReadFile { .. } => "read_file",
            Self::Clarify { .. } => "clarify",
            Self::SkillView => "skill_view",
            Self::Todo { .. } => "todo",
            Self::Delegate { .. } => "delegate_task",
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
            Self::Todo { todos, merge } => {
                let todos: Vec<Value> = todos.iter().map(task).collect();
                if *merge { json!({ "merge": true, "todos": todos }) } else { json!({ "todos": todos }) }
            }
            Self::Delegate { tasks } => {
                let tasks: Vec<Value> = tasks.iter().map(|child| json!({ "goal": child.goal })).collect();
                json!({ "tasks": tasks })
            }
            Self::Background { command, .. } => {
                json!({ "command": command, "background": true, "notify_on_complete": true })
            }
        }
    }

    /// How long it takes, for the tools that take no answer.
    pub(super) fn millis(&self) -> u64 {
        match self {
            Self::Terminal { millis, .. } => *millis,
            Self::WriteFile { .. } | Self::Patch { .. } | Self::ReadFile { .. } => 350,
            Self::Clarify { .. } | Self::SkillView => 30,
            Self::Todo { .. } | Self::Delegate { .. } | Self::Background { .. } => 120,
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
            // They live in the session: see `ask` and `aside`.
            Self::Todo { .. } | Self::Delegate { .. } | Self::Background { .. } => Ok((Value::Null, None)),
        };
        match done {
            Ok((result, diff)) => Done { result, extra: diff.map(|diff| ("inline_diff", diff.into())) },
            Err(error) => Done { result: json!({ "error": error.to_string() }), extra: None },
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
        "todo" => {
            let count = args.get("todos").and_then(Value::as_array).map_or(0, Vec::len);
            let does = if args.get("merge").is_some() { "updating" } else { "planning" };
            format!("Updating tasks {does} {count} task(s)")
        }
        "delegate_task" => {
            let tasks = args.get("tasks").and_then(Value::as_array);
            let goals = tasks.into_iter().flatten().filter_map(|task| task.get("goal")?.as_str());
            let goals: Vec<String> = goals
                .map(|goal| match goal.char_indices().nth(37) {
                    Some((at, _)) if goal.chars().count() > 40 => {
                        format!("{}...", goal.get(..at).unwrap_or_default())
                    }
                    _ => goal.to_owned(),
                })
                .collect();
            format!("Delegating {} tasks: {}", goals.len(), goals.join(" | "))
        }
        other => format!("Calling {other}"),
    }
}

/// An entry of a todo list as it is sent.
fn task((id, content, status): &Task) -> Value {
    json!({ "id": id, "content": content, "status": status })
}

/// Writes `todos` into the list that `known` is, and says what the tool answers.
pub(super) fn write_todos(known: &mut Vec<Value>, todos: &[Task], merge: bool) -> Value {
    if !merge {
        known.clear();
    }
    for new in todos.iter().map(task) {
        match known.iter_mut().find(|old| old["id"] == new["id"]) {
            Some(old) => *old = new,
            None => known.push(new),
        }
    }
    let count = |status: &str| known.iter().filter(|one| one["status"] == status).count();
    json!({
        "todos": known,
        "summary": {
            "total": known.len(), "pending": count("pending"), "in_progress": count("in_progress"),
            "completed": count("completed"), "cancelled": count("cancelled"),
        },
    })
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

//! Slash commands: the list, the completion, and running them.

use super::{Answer, Call, history, sessions};
use crate::demo::config::PERSONALITIES;
use crate::demo::frames::refuse;
use crate::demo::replies::SCENES;
use serde_json::{Map, Value, json};

/// The commands that the demo knows, with Hermes' words; the alias, if there is one; the category.
const COMMANDS: [(&str, &str, Option<&str>, &str); 10] = [
    ("/help", "Show available commands", None, "Info"),
    ("/status", "Show session, model, token, and context info", None, "Info"),
    ("/usage", "Show token usage for the current session", None, "Info"),
    ("/model", "Switch model (usage: /model [model] [--global])", None, "Configuration"),
    ("/title", "Set a title for the current session (usage: /title [name])", None, "Session"),
    ("/undo", "Back up N user turns and re-prompt (default 1) (usage: /undo [N])", None, "Session"),
    ("/retry", "Retry the last message (resend to agent)", None, "Session"),
    ("/queue", "Queue a prompt for the next turn (usage: /queue <prompt>)", Some("/q"), "Session"),
    ("/compress", "Compress conversation context", Some("/compact"), "Session"),
    ("/demo", "Play a scene of the demo (usage: /demo <scene>)", None, "Demo"),
];

pub(super) fn catalog() -> Value {
    let pair = |(name, text, ..): &(&str, &str, Option<&str>, &str)| json!([name, text]);
    let mut categories: Vec<Value> = Vec::new();
    for category in ["Session", "Configuration", "Info", "Demo"] {
        let pairs: Vec<Value> = COMMANDS.iter().filter(|(.., of)| *of == category).map(pair).collect();
        categories.push(json!({ "name": category, "pairs": pairs }));
    }
    let mut canon = Map::new();
    for (name, _, alias, _) in COMMANDS {
        canon.insert(name.to_owned(), name.into());
        canon.extend(alias.map(|alias| (alias.to_owned(), name.into())));
    }
    let scenes: Vec<&str> = SCENES.iter().map(|(name, ..)| *name).collect();
    json!({
        "pairs": COMMANDS.iter().map(pair).collect::<Vec<_>>(), "sub": { "/demo": scenes }, "canon": canon,
        "categories": categories, "skill_count": 1, "warning": "",
    })
}

/// Completes the command's name, or the scene of `/demo`.
pub(super) fn complete(call: &mut Call<'_>) -> Value {
    let text = call.text("text");
    let Some(rest) = text.strip_prefix('/') else { return json!({ "items": [] }) };
    let item =
        |text: &str, display: &str, meta: &str| json!({ "text": text, "display": display, "meta": meta });
    if let Some((name, begun)) = rest.split_once(' ') {
        let words: Vec<(&str, &str)> = match name {
            "demo" => SCENES.iter().map(|(scene, _, shows)| (*scene, *shows)).collect(),
            "personality" => [("none", "clears it")].into_iter().chain(PERSONALITIES).collect(),
            _ => Vec::new(),
        };
        let items: Vec<Value> = words
            .into_iter()
            .filter(|(word, _)| word.starts_with(begun))
            .map(|(word, meta)| item(word, word, meta))
            .collect();
        return json!({ "items": items, "replace_from": name.chars().count() + 2 });
    }
    let items: Vec<Value> = COMMANDS
        .iter()
        .filter(|(name, ..)| name.strip_prefix('/').is_some_and(|name| name.starts_with(rest)))
        .map(|(name, meta, ..)| item(name.trim_start_matches('/'), name, meta))
        .collect();
    json!({ "items": items, "replace_from": 1 })
}

pub(super) fn dispatch(call: &mut Call<'_>) -> Answer {
    let (name, arg) = (call.text("name").to_owned(), call.text("arg").to_owned());
    match name.as_str() {
        "undo" => history::undo_stored(call, &arg),
        "retry" => history::retry(call),
        "queue" | "q" => Ok(json!({ "type": "send", "message": arg })),
        "demo" => Ok(json!({ "type": "send", "message": format!("/demo {arg}").trim_end() })),
        "goal" => Ok(json!({ "type": "exec", "output": "No active goal. Set one with /goal <text>." })),
        _ => Err(refuse(4018, format!("not a quick/plugin/bundle/skill command: {name}"))),
    }
}

pub(super) fn exec(call: &mut Call<'_>) -> Answer {
    let command = call.text("command").trim().trim_start_matches('/').to_owned();
    let (name, arg) = command.split_once(' ').unwrap_or((&command, ""));
    let output = match name {
        "" => return Err(refuse(4004, "empty command")),
        "demo" | "undo" | "retry" | "queue" | "q" => {
            return Err(refuse(4018, format!("skill command: use command.dispatch for /{name}")));
        }
        "help" => {
            let lines: Vec<String> =
                COMMANDS.iter().map(|(name, text, ..)| format!("  {name:<11} {text}")).collect();
            format!("Available commands\n\n{}", lines.join("\n"))
        }
        "status" => {
            let home = call.backend.home.display().to_string();
            let session = call.session()?;
            let running = if session.turn.is_some() { "Yes" } else { "No" };
            format!(
                "Hermes TUI Status\n\nSession ID: {}\nPath: {home}\nTitle: {}\nModel: {} ({})\nTokens: {}\nAgent Running: {running}",
                session.stored,
                session.title.as_deref().unwrap_or("(none)"),
                session.model,
                crate::demo::PROVIDER,
                session.usage.input + session.usage.output,
            )
        }
        "usage" => {
            let session = call.session()?;
            format!(
                "Session Token Usage\nModel: {}\nInput tokens: {}\nOutput tokens: {}\nAPI calls: {}\nCompressions: {}",
                session.model,
                session.usage.input,
                session.usage.output,
                session.usage.calls,
                session.usage.compressions
            )
        }
        "model" if arg.is_empty() => {
            format!("Current model: {} ({})", call.session()?.model, crate::demo::PROVIDER)
        }
        "model" => {
            let live = call.session()?.live.clone();
            arg.clone_into(&mut call.idle(" — /interrupt the current turn before switching models")?.model);
            call.push_info(&live);
            format!("  ✓ Model switched: {arg}")
        }
        "title" if !arg.is_empty() => {
            let live = call.session()?.live.clone();
            let title = sessions::rename(call, &live, arg)?;
            call.push_info(&live);
            format!("  Session title set: {title}")
        }
        "compress" | "compact" => {
            let done = history::compress(call)?;
            done.pointer("/summary/headline").and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        _ => format!("Unknown command: /{name}\nType /help for available commands"),
    };
    Ok(json!({ "output": output }))
}

//! Settings of sessions and of the profile, models, setup.

use super::{Answer, Call};
use crate::demo::backend::note;
use crate::demo::config::PERSONALITIES;
use crate::demo::frames::{Refusal, refuse};
use crate::demo::{MODELS, NO_PROVIDER, PROVIDER};
use serde_json::{Value, json};

pub(super) fn resize(call: &mut Call<'_>) -> Value {
    json!({ "cols": call.params.get("cols").and_then(Value::as_i64).unwrap_or(80) })
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let key = call.text("key").to_owned();
    let session_reasoning = call.session().ok().map(|session| session.reasoning.clone());
    let config = &call.state.config;
    Ok(match key.as_str() {
        "busy" => json!({ "value": config.busy }),
        "approvals.mode" => json!({ "value": config.approvals_mode }),
        "reasoning" => {
            let effort = session_reasoning.unwrap_or_else(|| config.reasoning.clone());
            let effort = if effort.is_empty() { "medium".to_owned() } else { effort };
            json!({ "value": effort, "display": "show" })
        }
        "fast" => json!({ "value": "normal" }),
        "personality" => {
            let set = config.personality.as_str();
            json!({ "value": if set.is_empty() { "none" } else { set } })
        }
        "skin" => json!({ "value": "default" }),
        "profile" => {
            let home = call.backend.home.display().to_string();
            json!({ "home": home, "display": home })
        }
        _ => return Err(unknown(&key)),
    })
}

fn unknown(key: &str) -> Refusal {
    refuse(4002, format!("unknown config key: {key}"))
}

pub(super) fn set(call: &mut Call<'_>) -> Answer {
    let (key, value) = (call.text("key").to_owned(), call.text("value").to_owned());
    let live = call.session().ok().map(|session| session.live.clone());
    match key.as_str() {
        "yolo" => yolo(call, live.as_deref(), &value),
        "model" => model(call, live.as_deref(), &value),
        "reasoning" => {
            match live {
                Some(live) if call.text("scope") != "global" => {
                    call.session()?.reasoning.clone_from(&value);
                    call.push_info(&live);
                }
                _ => call.state.config.reasoning.clone_from(&value),
            }
            save(call);
            Ok(json!({ "key": key, "value": value }))
        }
        "approvals.mode" => {
            approvals_mode(call, &value)?;
            Ok(json!({ "key": key, "value": value }))
        }
        "busy" => {
            if !["queue", "steer", "interrupt"].contains(&value.as_str()) {
                return Err(refuse(4002, format!("unknown busy mode: {value}")));
            }
            call.state.config.busy.clone_from(&value);
            save(call);
            Ok(json!({ "key": key, "value": value }))
        }
        "verbose" => {
            if !["off", "new", "all", "verbose"].contains(&value.as_str()) {
                return Err(refuse(4002, format!("unknown verbose mode: {value}")));
            }
            call.state.config.tool_progress.clone_from(&value);
            save(call);
            Ok(json!({ "key": key, "value": value }))
        }
        "personality" => personality(call, &value),
        "fast" => Err(refuse(4002, "fast mode is not available for this model")),
        _ => Err(unknown(&key)),
    }
}

fn save(call: &Call<'_>) {
    note(call.state.config.save(&call.backend.home));
}

/// Every live session shows the approval mode, so every one is told.
fn approvals_mode(call: &mut Call<'_>, mode: &str) -> Result<(), Refusal> {
    if !["manual", "smart", "off"].contains(&mode) {
        return Err(refuse(4002, format!("unknown approval mode: {mode}; pick one of manual|smart|off")));
    }
    mode.clone_into(&mut call.state.config.approvals_mode);
    save(call);
    let all: Vec<String> =
        call.state.sessions.values().filter(|one| !one.closed).map(|session| session.live.clone()).collect();
    for live in all {
        call.push_info(&live);
    }
    Ok(())
}

/// Like Hermes: for the profile, and at once for the session that is named.
fn personality(call: &mut Call<'_>, name: &str) -> Answer {
    if name != "none" && !PERSONALITIES.iter().any(|(known, _)| *known == name) {
        return Err(refuse(5001, format!("Unknown personality: `{name}`.")));
    }
    call.state.config.personality = if name == "none" { String::new() } else { name.to_owned() };
    save(call);
    if let Ok(live) = call.session().map(|session| session.live.clone()) {
        call.push_info(&live);
    }
    Ok(json!({ "key": "personality", "value": name, "history_reset": false }))
}

fn yolo(call: &mut Call<'_>, live: Option<&str>, value: &str) -> Answer {
    if call.text("scope") == "global" {
        let on = value != "off";
        approvals_mode(call, if on { "off" } else { "manual" })?;
        return Ok(json!({ "key": "yolo", "value": if on { "1" } else { "0" }, "scope": "global" }));
    }
    let Some(live) = live else { return Err(refuse(4001, "session not found")) };
    let session = call.session()?;
    session.yolo = match value {
        "on" => true,
        "off" => false,
        "" => !session.yolo,
        _ => return Err(refuse(4002, format!("unknown yolo value: {value}"))),
    };
    let value = if session.yolo { "1" } else { "0" };
    call.push_info(live);
    Ok(json!({ "key": "yolo", "value": value, "scope": "session" }))
}

fn model(call: &mut Call<'_>, live: Option<&str>, value: &str) -> Answer {
    let Some(name) = value.split_whitespace().next().map(str::to_owned) else {
        return Err(refuse(4002, "model value required"));
    };
    let global = value.split_whitespace().any(|word| word == "--global");
    if global {
        call.state.config.model.clone_from(&name);
        save(call);
    }
    if let Some(live) = live {
        call.idle(" — /interrupt the current turn before switching models")?.model.clone_from(&name);
        call.push_info(live);
    }
    Ok(json!({
        "key": "model", "value": name, "warning": "", "confirm_required": false, "confirm_message": "",
        "scope": if global { "global" } else { "session" },
    }))
}

pub(super) fn model_options(call: &mut Call<'_>) -> Value {
    let model = call.session().ok().map(|session| session.model.clone());
    let model = model.unwrap_or_else(|| call.state.config.model.clone());
    let capabilities: Value =
        MODELS.iter().map(|name| ((*name).to_owned(), json!({ "fast": false, "reasoning": true }))).collect();
    let provider = json!({
        "slug": PROVIDER, "name": "Demo", "is_current": true, "is_user_defined": true, "models": MODELS,
        "total_models": MODELS.len(), "source": "model-config", "api_url": "http://127.0.0.1/demo",
        "authenticated": true, "capabilities": capabilities,
    });
    json!({ "providers": [provider], "model": model, "provider": PROVIDER })
}

pub(super) fn setup_status(call: &mut Call<'_>) -> Value {
    json!({ "provider_configured": !call.backend.options.faults.no_provider })
}

pub(super) fn runtime_check(call: &mut Call<'_>) -> Value {
    if call.backend.options.faults.no_provider {
        json!({ "ok": false, "error": NO_PROVIDER })
    } else {
        json!({ "ok": true, "provider": PROVIDER, "model": null, "source": "env/config" })
    }
}

//! Sessions as such: making, finding, naming, closing.

use super::{After, Answer, Call};
use crate::demo::backend::note;
use crate::demo::frames::{bare_info, full_info, lazy_info, messages, refuse};
use crate::demo::home::{now, stamp};
use crate::demo::seed::fresh_hex;
use crate::demo::session::{Session, Usage};
use crate::demo::state::{Head, Row, StoreError};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::path::Path;

/// A database failure, in the range of Hermes' internal ones.
pub(super) fn failed(error: &StoreError) -> crate::demo::frames::Refusal {
    refuse(5000, error.to_string())
}

/// A live session of `head`, owned by the asking socket; not in the map yet.
pub(super) fn new_session(call: &mut Call<'_>, head: &Head) -> Session {
    let number = call.state.next_session;
    call.state.next_session += 1;
    let now = now();
    Session {
        live: fresh_hex(8),
        stored: head.id.clone(),
        number,
        owner: Some(call.socket),
        last_owner: call.socket,
        close_on_disconnect: call.flag("close_on_disconnect"),
        closed: false,
        title: head.title.clone(),
        source: head.source.clone(),
        model: head.model.clone(),
        reasoning: call.state.config.reasoning.clone(),
        branch: git_branch(Path::new(&head.cwd)),
        cwd: head.cwd.clone(),
        parent: head.parent.clone(),
        yolo: call.backend.environment.yolo,
        built: false,
        started_at: now,
        last_active: now,
        history: Vec::new(),
        usage: Usage::default(),
        turn: None,
        queued: None,
        steered: Vec::new(),
        notified: VecDeque::new(),
        todos: Vec::new(),
        children: 0,
        asks: VecDeque::new(),
    }
}

/// A stored id for a session that begins now.
pub(in crate::demo) fn stored_id() -> String {
    format!("{}_{}", stamp(now()), fresh_hex(6))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    call.check_cols()?;
    let text = |name: &str| Some(call.text(name)).filter(|text| !text.is_empty());
    // A directory that is none is silently another one, as in Hermes.
    let cwd = text("cwd").filter(|cwd| Path::new(cwd).is_dir()).map(str::to_owned);
    let fallback = || std::env::current_dir().unwrap_or_default().display().to_string();
    let head = Head {
        id: stored_id(),
        source: text("source").unwrap_or("tui").to_owned(),
        title: text("title").map(str::to_owned),
        model: text("model").unwrap_or(&call.state.config.model).to_owned(),
        cwd: cwd.unwrap_or_else(fallback),
        parent: text("parent_session_id").map(str::to_owned),
        ..Head::default()
    };
    let reasoning = text("reasoning_effort").map(str::to_owned);
    let seeds: Vec<Row> = call
        .params
        .get("messages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|message| {
            let role = message.get("role")?.as_str()?;
            let text = message.get("content").or_else(|| message.get("text"))?.as_str()?;
            matches!(role, "user" | "assistant" | "system").then(|| Row::new(role, text))
        })
        .collect();
    let mut session = new_session(call, &head);
    session.reasoning = reasoning.unwrap_or(session.reasoning);
    session.history = seeds;
    let shown = messages(&session.history);
    let answer = json!({
        "session_id": session.live, "stored_session_id": session.stored, "message_count": shown.len(),
        "messages": shown, "info": lazy_info(&session, &call.backend.profile),
    });
    call.left.after.push(After::Build(session.live.clone()));
    call.state.sessions.insert(session.live.clone(), session);
    Ok(answer)
}

pub(super) fn resume(call: &mut Call<'_>) -> Answer {
    call.check_cols()?;
    let wanted = call.text("session_id").to_owned();
    if wanted.is_empty() {
        return Err(refuse(4006, "session_id required"));
    }
    let store = &call.state.store;
    let head = store.find(&wanted).and_then(|head| head.map(|head| store.tip(head)).transpose());
    let head = head.map_err(|error| failed(&error))?;
    let stored = head.as_ref().map_or(&wanted, |head| &head.id);
    let live = call
        .state
        .sessions
        .values()
        .find(|session| !session.closed && session.stored == *stored)
        .map(|session| session.live.clone());
    if let Some(live) = live {
        let mut answer = bind(call, &live)?;
        if let Some(map) = answer.as_object_mut() {
            map.insert("resumed".into(), map.get("session_key").cloned().unwrap_or_default());
        }
        return Ok(answer);
    }
    let head = head.ok_or_else(|| refuse(4007, "session not found"))?;
    note(call.state.store.reopen(&head.id));
    let mut session = new_session(call, &head);
    session.history = call.state.store.messages(&head.id).map_err(|error| failed(&error))?;
    let shown = messages(&call.state.store.lineage(&head.id).map_err(|error| failed(&error))?);
    let answer = json!({
        "session_id": session.live, "resumed": session.stored, "session_key": session.stored,
        "message_count": shown.len(), "messages": shown,
        "info": lazy_info(&session, &call.backend.profile), "inflight": null, "running": false,
        "status": "idle", "started_at": session.started_at,
    });
    if !call.flag("lazy") {
        call.left.after.push(After::Build(session.live.clone()));
    }
    call.state.sessions.insert(session.live.clone(), session);
    Ok(answer)
}

pub(super) fn activate(call: &mut Call<'_>) -> Answer {
    let live = call.session()?.live.clone();
    bind(call, &live)
}

/// Gives the stream of `live` to the asking socket, and says where it stands.
fn bind(call: &mut Call<'_>, live: &str) -> Answer {
    let (socket, config) = (call.socket, call.state.config.clone());
    let session = call.state.session(live).ok_or_else(|| refuse(4001, "session not found"))?;
    session.owner = Some(socket);
    let info =
        if session.built { full_info(session, &call.backend.profile, &config) } else { bare_info(session) };
    Ok(session.activation(&info))
}

pub(super) fn active_list(call: &mut Call<'_>) -> Value {
    let current = Some(call.text("current_session_id")).filter(|id| !id.is_empty());
    let mut sessions: Vec<&Session> = call.state.sessions.values().filter(|one| !one.closed).collect();
    sessions.sort_by_key(|session| session.number);
    let rows: Vec<Value> = sessions.into_iter().map(|session| session.listed(current)).collect();
    json!({ "sessions": rows })
}

pub(super) fn close(call: &mut Call<'_>) -> Value {
    let live = call.text("session_id").to_owned();
    json!({ "closed": call.state.close(&live, "tui_close") })
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let stored = call.text("session_id").to_owned();
    if call.state.sessions.values().any(|session| session.stored == stored) {
        return Err(refuse(4023, "cannot delete an active session"));
    }
    match call.state.store.delete(&stored) {
        Ok(true) => Ok(json!({ "deleted": stored })),
        Ok(false) => Err(refuse(4007, "session not found")),
        Err(error) => Err(failed(&error)),
    }
}

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let limit = call.params.get("limit").and_then(Value::as_i64).unwrap_or(200).clamp(0, 10_000);
    let heads = call.state.store.list(limit).map_err(|error| failed(&error))?;
    let rows: Vec<Value> = heads
        .into_iter()
        .map(|head| {
            json!({
                "id": head.id, "title": head.title.unwrap_or_default(), "preview": head.preview,
                "started_at": head.started_at, "message_count": head.message_count, "source": head.source,
            })
        })
        .collect();
    Ok(json!({ "sessions": rows }))
}

pub(super) fn most_recent(call: &mut Call<'_>) -> Answer {
    let newest = call.state.store.list(1).map_err(|error| failed(&error))?.pop();
    Ok(match newest {
        Some(head) => json!({
            "session_id": head.id, "title": head.title.unwrap_or_default(), "started_at": head.started_at,
            "source": head.source,
        }),
        None => json!({ "session_id": null }),
    })
}

pub(super) fn title(call: &mut Call<'_>) -> Answer {
    let live = call.session()?.live.clone();
    let Some(wanted) = call.params.get("title").map(|title| title.as_str().unwrap_or_default().trim()) else {
        call.push_info(&live);
        let session = call.session()?;
        return Ok(
            json!({ "title": session.title.clone().unwrap_or_default(), "session_key": session.stored }),
        );
    };
    if wanted.is_empty() {
        return Err(refuse(4021, "title required"));
    }
    let wanted = wanted.to_owned();
    let title = rename(call, &live, &wanted)?;
    call.push_info(&live);
    Ok(json!({ "pending": false, "title": title }))
}

/// Names a session; one without a row gets its row by this.
pub(super) fn rename(
    call: &mut Call<'_>,
    live: &str,
    wanted: &str,
) -> Result<String, crate::demo::frames::Refusal> {
    let state = &mut *call.state;
    let session = state.sessions.get_mut(live).ok_or_else(|| refuse(4001, "session not found"))?;
    session.persist(&state.store).map_err(|error| failed(&error))?;
    let title =
        state.store.set_title(&session.stored, wanted).map_err(|error| refuse(4022, error.to_string()))?;
    session.title = Some(title.clone());
    Ok(title)
}

pub(super) fn set_cwd(call: &mut Call<'_>) -> Answer {
    let cwd = call.text("cwd").to_owned();
    let session = call.idle("")?;
    if cwd.is_empty() {
        return Err(refuse(4016, "cwd required"));
    }
    if !Path::new(&cwd).is_dir() {
        return Err(refuse(4017, format!("working directory does not exist: {cwd}")));
    }
    session.branch = git_branch(Path::new(&cwd));
    session.cwd = cwd;
    let live = session.live.clone();
    Ok(call.push_info(&live))
}

/// The branch that the repository of `cwd` is on; empty outside of one.
fn git_branch(cwd: &Path) -> String {
    let head = cwd.ancestors().find_map(|dir| std::fs::read_to_string(dir.join(".git/HEAD")).ok());
    let branch = head.as_deref().and_then(|head| head.trim().strip_prefix("ref: refs/heads/"));
    branch.unwrap_or_default().to_owned()
}

/// The pretended processes of one session.
pub(super) fn processes(call: &mut Call<'_>) -> Answer {
    let live = call.session()?.live.clone();
    let listed: Vec<Value> = call
        .state
        .processes
        .iter()
        .filter(|(_, one)| one.live == live)
        .map(|(id, one)| one.listed(id))
        .collect();
    Ok(json!({ "processes": listed }))
}

/// Those of the whole backend.
pub(super) fn all_processes(call: &Call<'_>) -> Value {
    let listed: Vec<Value> = call.state.processes.iter().map(|(id, one)| one.listed(id)).collect();
    json!({ "processes": listed })
}

/// Ends the pretended processes of the whole backend.
pub(super) fn stop_processes(call: &mut Call<'_>) -> Value {
    let killed = std::mem::take(&mut call.state.processes);
    json!({ "killed": killed.len() })
}

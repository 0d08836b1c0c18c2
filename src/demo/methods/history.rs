//! What a session holds: reading it, taking turns back, branching, compressing.

use super::sessions::{failed, new_session, stored_id};
use super::{Answer, Call};
use crate::demo::backend::note;
use crate::demo::frames::{self, messages, refuse};
use crate::demo::state::{Head, Row};
use serde_json::{Value, json};

/// What Hermes' summary of earlier turns begins with.
const COMPACTED: &str =
    "[CONTEXT COMPACTION — REFERENCE ONLY] Earlier turns were compacted into the summary below.";

/// The row that stands for `rows` when they are compressed.
pub(in crate::demo) fn summary(rows: &[Row]) -> Row {
    let asked: Vec<String> = rows
        .iter()
        .filter(|row| row.role == "user")
        .map(|row| format!("- {}", row.content.chars().take(80).collect::<String>()))
        .collect();
    Row::new("assistant", format!("{COMPACTED}\n\nAsked so far:\n{}", asked.join("\n")))
}

pub(super) fn usage(call: &mut Call<'_>) -> Answer {
    call.session().map(|session| frames::usage(session))
}

/// From the database, ancestors included: a branch repeats what it was branched with.
pub(super) fn history(call: &mut Call<'_>) -> Answer {
    let stored = call.session()?.stored.clone();
    let rows = call.state.store.lineage(&stored).map_err(|error| failed(&error))?;
    Ok(json!({ "count": rows.len(), "messages": messages(&rows) }))
}

/// In memory only: a resume brings the turn back.
pub(super) fn undo(call: &mut Call<'_>) -> Answer {
    if call.backend.options.faults.no_provider {
        return Err(refuse(5032, crate::demo::NO_PROVIDER));
    }
    let session = call.idle(" — /interrupt the current turn before /undo")?;
    let from = session.history.iter().rposition(|row| row.role == "user").unwrap_or(session.history.len());
    Ok(json!({ "removed": session.history.drain(from..).count() }))
}

/// `/undo N`: the rows stay, inactive; the text comes back to the editor.
pub(super) fn undo_stored(call: &mut Call<'_>, count: &str) -> Answer {
    let turns =
        match count.trim() {
            "" => 1,
            text => text.parse::<usize>().ok().filter(|&turns| turns > 0).ok_or_else(|| {
                refuse(4004, format!("undo: invalid count '{text}' — use /undo or /undo N"))
            })?,
        };
    let stored = call.idle(" — /interrupt the current turn before /undo")?.stored.clone();
    let rows = call.state.store.messages(&stored).map_err(|error| failed(&error))?;
    let users: Vec<&Row> = rows.iter().filter(|row| row.role == "user").collect();
    let undone = turns.min(users.len());
    let Some(first) = users.get(users.len() - undone).copied() else {
        return Err(refuse(4018, "nothing to undo"));
    };
    note(call.state.store.undo_from(&stored, first.id));
    let removed = rows.iter().filter(|row| row.id >= first.id).count();
    let session = call.session()?;
    session.history = rows.iter().take_while(|row| row.id < first.id).cloned().collect();
    let plural = if undone == 1 { "" } else { "s" };
    let notice = format!(
        "↶ Undid {undone} turn{plural} ({removed} message(s)). Edit and resubmit, or send a new message."
    );
    Ok(json!({ "type": "prefill", "message": first.content, "notice": notice }))
}

/// `/retry`: takes the last turn out of memory and gives its text to be sent again.
pub(super) fn retry(call: &mut Call<'_>) -> Answer {
    let session = call.idle(" — /interrupt the current turn before /retry")?;
    let from = session
        .history
        .iter()
        .rposition(|row| row.role == "user")
        .ok_or_else(|| refuse(4018, "no previous user message to retry"))?;
    let text = session.history.drain(from..).next().map(|row| row.content).unwrap_or_default();
    Ok(json!({ "type": "send", "message": text }))
}

pub(super) fn branch(call: &mut Call<'_>) -> Answer {
    let name = call.text("name").to_owned();
    let parent = call.idle("")?;
    if parent.history.is_empty() {
        return Err(refuse(4008, "nothing to branch — send a message first"));
    }
    let (stored, rows, title) = (parent.stored.clone(), parent.history.clone(), parent.title.clone());
    let head = Head {
        id: stored_id(),
        source: parent.source.clone(),
        model: parent.model.clone(),
        cwd: parent.cwd.clone(),
        parent: Some(stored.clone()),
        ..Head::default()
    };
    let base = if name.is_empty() { title.unwrap_or_else(|| "Branch".to_owned()) } else { name };
    let mut session = new_session(call, &head);
    session.built = true;
    session.title = note(call.state.store.free_title(&base));
    session.history = rows.into_iter().map(|row| Row { id: 0, ..row }).collect();
    session.persist(&call.state.store).map_err(|error| failed(&error))?;
    let answer = json!({ "session_id": session.live, "title": session.title, "parent": stored });
    let live = session.live.clone();
    call.state.sessions.insert(live.clone(), session);
    call.push_info(&live);
    Ok(answer)
}

pub(super) fn compress(call: &mut Call<'_>) -> Answer {
    let (live, stored, before) = {
        let session = call.idle(" — /interrupt the current turn before /compress")?;
        (session.live.clone(), session.stored.clone(), session.history.clone())
    };
    let tokens = |rows: &[Row]| 12_400 + rows.iter().map(|row| row.content.len()).sum::<usize>() / 4;
    let before_tokens = tokens(&before);
    let spinner = format!("⠋ compressing {} messages (~{before_tokens} tok)…", before.len());
    call.event(&live, "status.update", json!({ "kind": "compressing", "text": spinner }));
    // The newest two turns stay as they are; fewer than two before them are not worth a summary.
    let users: Vec<usize> =
        before.iter().enumerate().filter(|(_, row)| row.role == "user").map(|(at, _)| at).collect();
    let cut = users.len().checked_sub(2).and_then(|at| users.get(at)).copied().filter(|&at| at >= 2);
    let noop = cut.is_none();
    if let Some((cut, first)) = cut.and_then(|cut| Some((cut, before.get(cut)?.id))) {
        let text = "🗜️ Compacting context — summarizing earlier conversation so I can continue...";
        call.event(&live, "status.update", json!({ "kind": "compacting", "text": text }));
        let summary = summary(before.get(..cut).unwrap_or_default());
        let store = &call.state.store;
        store
            .compact_before(&stored, first, &summary, crate::demo::home::now())
            .map_err(|error| failed(&error))?;
        let after = store.messages(&stored).map_err(|error| failed(&error))?;
        let session = call.session()?;
        session.history = after;
        session.usage.compressions += 1;
        session.usage.context = None;
    }
    let info = call.push_info(&live);
    call.event(&live, "status.update", json!({ "kind": "status", "text": "ready" }));
    let session = call.session()?;
    let after = &session.history;
    let after_tokens = tokens(after);
    let (headline, token_line) = if noop {
        (
            format!("No changes from compression: {} messages", before.len()),
            format!("Approx request size: ~{before_tokens} tokens (unchanged)"),
        )
    } else {
        (
            format!("Compressed: {} → {} messages", before.len(), after.len()),
            format!("Approx request size: ~{before_tokens} → ~{after_tokens} tokens"),
        )
    };
    let raw: Vec<Value> =
        after.iter().map(|row| json!({ "role": row.role, "content": row.content })).collect();
    Ok(json!({
        "status": "compressed", "removed": before.len().saturating_sub(after.len()),
        "before_messages": before.len(), "after_messages": after.len(), "before_tokens": before_tokens,
        "after_tokens": after_tokens,
        "summary": {
            "noop": noop, "aborted": false, "fallback_used": false, "headline": headline,
            "token_line": token_line, "note": null,
        },
        "usage": frames::usage(session), "info": info, "messages": raw,
    }))
}

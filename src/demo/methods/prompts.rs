//! What the person says: prompts, interrupts, and answers to what the agent asked.

use super::{After, Answer, Call};
use crate::demo::faults::Point;
use crate::demo::frames::refuse;
use crate::demo::session::{AskKind, Session};
use serde_json::{Value, json};

/// How one kind of prompt is answered.
pub(super) struct Respond {
    kind: AskKind,
    /// The parameter that holds the answer.
    answer: &'static str,
    /// What Hermes calls it when no request is named.
    pending: &'static str,
    /// A late answer is a normal result (`expired`) and not an error.
    expires: bool,
}

pub(super) const CLARIFY: Respond =
    Respond { kind: AskKind::Clarify, answer: "answer", pending: "answer", expires: false };
pub(super) const SUDO: Respond =
    Respond { kind: AskKind::Sudo, answer: "password", pending: "password", expires: true };
pub(super) const SECRET: Respond =
    Respond { kind: AskKind::Secret, answer: "value", pending: "secret", expires: true };

pub(super) fn submit(call: &mut Call<'_>) -> Answer {
    call.backend.options.faults.at(Point::Submit);
    let text = call.text("text").to_owned();
    let (socket, busy) = (call.socket, call.state.config.busy.clone());
    let session = call.session()?;
    session.owner = Some(socket);
    if session.turn.is_some() {
        let steered = busy == "steer";
        if steered {
            session.steered.push(text);
        } else {
            session.queue(&text);
        }
        if busy == "interrupt" {
            session.interrupt();
        }
        return Ok(json!({ "status": if steered { "steered" } else { "queued" } }));
    }
    let live = session.live.clone();
    match call.params.get("truncate_before_user_ordinal") {
        None | Some(Value::Null) => {}
        Some(ordinal) => truncate(call, ordinal)?,
    }
    if call.backend.options.faults.no_provider {
        call.event(&live, "error", json!({ "message": crate::demo::NO_PROVIDER }));
        return Ok(json!({ "status": "streaming" }));
    }
    let state = &mut *call.state;
    let session = state.sessions.get_mut(&live).ok_or_else(|| refuse(4001, "session not found"))?;
    crate::demo::turn::begin(session, &state.store, &text);
    let built = session.built;
    if built {
        call.event(&live, "message.start", Value::Null);
    }
    call.left.after.push(After::Turn(live, built));
    Ok(json!({ "status": "streaming" }))
}

/// Deletes the user message with this ordinal and everything after it, for good.
fn truncate(call: &mut Call<'_>, ordinal: &Value) -> Result<(), crate::demo::frames::Refusal> {
    let ordinal =
        ordinal.as_i64().ok_or_else(|| refuse(4004, "truncate_before_user_ordinal must be an integer"))?;
    let gone = || refuse(4018, "target user message is no longer in session history");
    let session = call.session()?;
    let (stored, at) = {
        let mut users = session.history.iter().enumerate().filter(|(_, row)| row.role == "user");
        let nth = usize::try_from(ordinal).ok().and_then(|ordinal| users.nth(ordinal));
        (session.stored.clone(), nth.map(|(at, _)| at).ok_or_else(gone)?)
    };
    let first = session.history.get(at).map(|row| row.id).ok_or_else(gone)?;
    session.history.truncate(at);
    crate::demo::backend::note(call.state.store.delete_from(&stored, first));
    Ok(())
}

pub(super) fn interrupt(call: &mut Call<'_>) -> Answer {
    let session = call.session()?;
    session.queued = None;
    session.interrupt();
    Ok(json!({ "status": "interrupted" }))
}

pub(super) fn steer(call: &mut Call<'_>) -> Answer {
    let text = call.text("text").to_owned();
    if text.is_empty() {
        return Err(refuse(4002, "text is required"));
    }
    let no_agent = call.backend.options.faults.no_provider;
    let session = call.session()?;
    if no_agent {
        return Err(refuse(4010, "agent does not support steer"));
    }
    session.steered.push(text.clone());
    Ok(json!({ "status": "queued", "text": text }))
}

/// Answers the oldest approval of the session (or all): there are no ids, and every word but "deny" is a consent.
pub(super) fn approve(call: &mut Call<'_>) -> Answer {
    let (all, choice) = (call.flag("all"), call.params.get("choice").and_then(Value::as_str));
    let choice = choice.unwrap_or("deny").to_owned();
    let session = call.session()?;
    let mut resolved = 0;
    while let Some(at) = session.asks.iter().position(|ask| ask.kind == AskKind::Approval) {
        if resolved == 1 && !all {
            break;
        }
        if let Some(ask) = session.asks.remove(at) {
            // Sent to a tool that has just given up, it still counts as resolved: nobody can tell the difference.
            let _ = ask.answer.send(choice.clone());
        }
        resolved += 1;
    }
    Ok(json!({ "resolved": resolved }))
}

/// Answers the prompt with this request id, of whatever session.
pub(super) fn respond(call: &mut Call<'_>, how: &Respond) -> Answer {
    let nothing = || refuse(4009, format!("no pending {} request", how.pending));
    let request = call.text("request_id").to_owned();
    if request.is_empty() {
        return Err(nothing());
    }
    let answer = call.text(how.answer).to_owned();
    let take = |session: &mut Session| {
        let at = session.asks.iter().position(|ask| ask.kind == how.kind && ask.request_id == request)?;
        session.asks.remove(at)
    };
    match call.state.sessions.values_mut().find_map(take) {
        Some(ask) => {
            let _ = ask.answer.send(answer);
            Ok(json!({ "status": "ok" }))
        }
        None if how.expires => Ok(json!({ "status": "expired" })),
        None => Err(nothing()),
    }
}

//! The requests: what each method checks, changes and answers. One file a family.
//!
//! A method runs under the lock and sends nothing itself: it leaves events, which go out before its answer, and work
//! that starts after it.

mod commands;
mod history;
mod prompts;
mod sessions;
mod settings;

pub(super) use history::summary;
pub(super) use sessions::stored_id;

use super::backend::{Backend, State};
use super::frames::{self, Refusal, refuse};
use super::session::{Session, SocketId};
use serde_json::{Map, Value};

/// What starts after the answer is out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum After {
    /// The agent of a session is built.
    Build(String),
    /// A turn runs. Whether its `message.start` is out already.
    Turn(String, bool),
}

/// What a request left to do.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Events of sessions, in order.
    pub(super) events: Vec<(String, Value)>,
    pub(super) after: Vec<After>,
}

/// A request on its way through a method.
pub(super) struct Call<'a> {
    pub(super) backend: &'a Backend,
    pub(super) state: &'a mut State,
    pub(super) socket: SocketId,
    pub(super) params: &'a Map<String, Value>,
    pub(super) left: &'a mut Left,
}

type Answer = Result<Value, Refusal>;

impl Call<'_> {
    /// A text parameter; empty when it is missing or of another type.
    fn text(&self, name: &str) -> &str {
        self.params.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.params.get(name).and_then(Value::as_bool).unwrap_or_default()
    }

    /// The live session that `session_id` names.
    fn session(&mut self) -> Result<&mut Session, Refusal> {
        let live = self.text("session_id").to_owned();
        self.state.session(&live).ok_or_else(|| refuse(4001, "session not found"))
    }

    /// As [`Self::session`], while no turn runs.
    fn idle(&mut self, before: &str) -> Result<&mut Session, Refusal> {
        let session = self.session()?;
        if session.turn.is_some() { Err(refuse(4009, format!("session busy{before}"))) } else { Ok(session) }
    }

    fn event(&mut self, live: &str, kind: &str, payload: Value) {
        self.left.events.push((live.to_owned(), frames::event(live, kind, payload)));
    }

    /// The full info of `live`, also sent as an event.
    fn push_info(&mut self, live: &str) -> Value {
        let Some(session) = self.state.sessions.get(live) else { return Value::Null };
        let info = frames::full_info(session, &self.backend.profile, &self.state.config);
        self.event(live, "session.info", info.clone());
        info
    }

    fn check_cols(&self) -> Result<(), Refusal> {
        match self.params.get("cols") {
            None | Some(Value::Null | Value::Number(_)) => Ok(()),
            Some(_) => Err(refuse(-32603, "internal error")),
        }
    }
}

/// Runs `method`.
pub(super) fn dispatch(method: &str, call: &mut Call<'_>) -> Answer {
    match method {
        "session.create" => sessions::create(call),
        "session.resume" => sessions::resume(call),
        "session.activate" => sessions::activate(call),
        "session.active_list" => Ok(sessions::active_list(call)),
        "session.close" => Ok(sessions::close(call)),
        "session.delete" => sessions::delete(call),
        "session.list" => sessions::list(call),
        "session.most_recent" => sessions::most_recent(call),
        "session.title" => sessions::title(call),
        "session.cwd.set" => sessions::set_cwd(call),
        "session.usage" => history::usage(call),
        "session.history" => history::history(call),
        "session.undo" => history::undo(call),
        "session.branch" => history::branch(call),
        "session.compress" => history::compress(call),
        "session.interrupt" => prompts::interrupt(call),
        "session.steer" => prompts::steer(call),
        "prompt.submit" => prompts::submit(call),
        "approval.respond" => prompts::approve(call),
        "clarify.respond" => prompts::respond(call, &prompts::CLARIFY),
        "sudo.respond" => prompts::respond(call, &prompts::SUDO),
        "secret.respond" => prompts::respond(call, &prompts::SECRET),
        "terminal.resize" => Ok(settings::resize(call)),
        "config.get" => settings::get(call),
        "config.set" => settings::set(call),
        "model.options" => Ok(settings::model_options(call)),
        "setup.status" => Ok(settings::setup_status(call)),
        "setup.runtime_check" => Ok(settings::runtime_check(call)),
        "commands.catalog" => Ok(commands::catalog()),
        "complete.slash" => Ok(commands::complete(call)),
        "command.dispatch" => commands::dispatch(call),
        "slash.exec" => commands::exec(call),
        "process.list" => sessions::processes(call),
        "agents.list" => Ok(sessions::all_processes(call)),
        "process.stop" => Ok(sessions::stop_processes(call)),
        _ => Err(refuse(-32601, format!("unknown method: {method}"))),
    }
}

//! What goes on beside the turns: pretended background processes, and the turns that begin by themselves when one ends.

use super::backend::{Backend, note};
use super::home::{date_and_time, now, workspace};
use super::seed::fresh_hex;
use super::turn;
use serde_json::{Value, json};
use std::sync::Arc;

/// A pretended process.
#[derive(Debug)]
pub(super) struct Process {
    /// The session that started it.
    pub(super) live: String,
    command: String,
    cwd: String,
    pid: u32,
    started: f64,
    output: String,
}

impl Process {
    /// Its row of `process.list`.
    pub(super) fn listed(&self, id: &str) -> Value {
        let (date, time) = date_and_time(self.started);
        json!({
            "session_id": id, "command": self.command, "cwd": self.cwd, "pid": self.pid, "started_at": format!("{date}T{time}"),
            "uptime_seconds": (now() - self.started).max(0.0) as u64, "status": "running",
            "output_preview": self.output, "notify_on_complete": true, "output_tail": self.output,
        })
    }
}

/// Starts a pretended process and returns what the tool answers. Each piece of `output` comes so many milliseconds after
/// the one before it; with the last one it ends.
pub(super) fn process(backend: &Arc<Backend>, live: &str, command: &str, output: &[(u64, String)]) -> Value {
    let id = format!("proc_{}", fresh_hex(12));
    let process = Process {
        live: live.to_owned(),
        command: command.to_owned(),
        cwd: workspace(&backend.home).display().to_string(),
        // Nothing runs; this number is the demo's own.
        pid: std::process::id(),
        started: now(),
        output: String::new(),
    };
    let answer = json!({
        "output": "Background process started", "session_id": id, "pid": process.pid, "exit_code": 0, "error": null,
        "notify_on_complete": true,
    });
    backend.lock().processes.insert(id.clone(), process);
    let (backend, live, output) = (Arc::clone(backend), live.to_owned(), output.to_vec());
    tokio::spawn(async move { run_process(backend, live, id, output).await });
    answer
}

async fn run_process(backend: Arc<Backend>, live: String, id: String, output: Vec<(u64, String)>) {
    for (millis, chunk) in output {
        tokio::time::sleep(backend.paced(millis)).await;
        match backend.lock().processes.get_mut(&id) {
            Some(process) => process.output.push_str(&chunk),
            // It was stopped.
            None => return,
        }
        backend.emit(&live, "agent.terminal.output", json!({ "process_id": id, "chunk": chunk })).await;
    }
    let Some(process) = backend.lock().processes.remove(&id) else { return };
    let text = format!(
        "[IMPORTANT: Background process {id} completed normally (exit code 0).\nCommand: {}\nOutput:\n{}]",
        process.command, process.output
    );
    notify(backend, live, text).await;
}

/// Tells the agent, in a turn of its own: now when the session is idle, else after its turn.
pub(super) async fn notify(backend: Arc<Backend>, live: String, text: String) {
    let idle = {
        let mut state = backend.lock();
        let state = &mut *state;
        let Some(session) = state.sessions.get_mut(&live).filter(|session| !session.closed) else { return };
        let idle = session.turn.is_none();
        if idle {
            turn::begin(session, &state.store, &text);
        } else {
            session.notified.push_back(text.clone());
        }
        idle
    };
    if idle {
        announce(&backend, &live, &text).await;
        turn::run(backend, live, false).await;
    }
}

/// What comes before a turn that begins by itself; the second `message.start` is the turn's own.
pub(super) async fn announce(backend: &Backend, live: &str, text: &str) {
    backend.emit(live, "status.update", json!({ "kind": "process", "text": text })).await;
    backend.emit(live, "message.start", Value::Null).await;
}

/// Writes what a child agent did, where the notification says that it stands.
pub(super) fn write_log(path: &std::path::Path, text: &str) {
    note(path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, text)));
}

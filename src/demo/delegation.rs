//! Child agents: a delegation returns at once, its children work on beside the turns, and the agent is told when the last
//! one has ended.

use super::aside;
use super::backend::Backend;
use super::home::{date_and_time, now};
use super::methods::stored_id;
use super::seed::fresh_hex;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::time::Instant;

/// A child agent and what comes of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Child {
    pub(super) goal: &'static str,
    /// The tools it uses, each with its preview and the milliseconds it takes.
    pub(super) tools: Vec<(&'static str, &'static str, u64)>,
    /// Hermes' word for its end.
    pub(super) status: &'static str,
    /// What it found, or why it failed.
    pub(super) summary: &'static str,
    /// An agent of its own.
    pub(super) own: Option<Box<Child>>,
}

/// Sends `tasks` to work and returns what the tool answers.
pub(super) fn dispatch(backend: &Arc<Backend>, live: &str, tasks: &[Child]) -> Value {
    let id = format!("deleg_{}", fresh_hex(8));
    let logs = backend.home.join("cache/delegation/live").join(&id);
    let paths: Vec<PathBuf> = (0..tasks.len()).map(|at| logs.join(format!("task-{at}.log"))).collect();
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let goals: Vec<&str> = tasks.iter().map(|child| child.goal).collect();
    let answer = json!({
        "status": "dispatched", "mode": "background", "count": tasks.len(), "delegation_id": id, "goals": goals,
        "note": format!(
            "{} subagents are running in parallel in the background. You and the user can keep working; they wait on \
             each other and their consolidated results re-enter the conversation as a single message once ALL of them \
             finish. Do not wait or poll — just continue.",
            tasks.len()
        ),
        "live_transcripts": shown,
        "live_transcripts_hint": "Each subagent streams a human-readable transcript of its operations to the file listed \
            above (append-only, one per task). Read or `tail -f` these paths at any time to watch a child work while it \
            runs.",
    });
    let (backend, live, tasks) = (Arc::clone(backend), live.to_owned(), tasks.to_vec());
    tokio::spawn(async move { batch(backend, live, id, tasks, paths).await });
    answer
}

/// Runs all children of one delegation to their end.
async fn batch(backend: Arc<Backend>, live: String, id: String, tasks: Vec<Child>, logs: Vec<PathBuf>) {
    let (began, dispatched) = (Instant::now(), now());
    let count = tasks.len();
    let running: Vec<_> = tasks
        .iter()
        .enumerate()
        .map(|(at, child)| {
            let (backend, live, child) = (Arc::clone(&backend), live.clone(), child.clone());
            tokio::spawn(async move { Worker::new(&backend, &live, &child, (at, count), None).work().await })
        })
        .collect();
    let mut text = format!(
        "[ASYNC DELEGATION BATCH COMPLETE — {id}]\nA background fan-out of {count} subagent(s) you dispatched earlier has \
         finished. All ran in parallel and waited on each other; their consolidated results are below. You may have moved \
         on since dispatching — act on these or re-dispatch if things have changed.\n"
    );
    let mut ended = String::new();
    for (at, ((running, child), log)) in running.into_iter().zip(&tasks).zip(&logs).enumerate() {
        // A child that could not be run took no time.
        let seconds = running.await.unwrap_or_default();
        let done = child.status == "completed";
        let calls = child.tools.len() + 1;
        let log_text = format!("{}\n\n{}\n", child.goal, child.summary);
        aside::write_log(log, &log_text);
        // Writing into memory does not fail.
        let _ = writeln!(
            ended,
            "\n--- {} TASK {}/{count}: {}  (status={}, api_calls={calls}, {seconds:.2}s) ---\n{}\n\
             Full live transcript (complete tool/assistant trace): {}",
            if done { "✓" } else { "✗" },
            at + 1,
            child.goal,
            child.status,
            if done {
                child.summary.to_owned()
            } else {
                format!("(no summary — status={}: {})", child.status, child.summary)
            },
            log.display()
        );
    }
    let total = began.elapsed().as_secs_f64();
    let (date, time) = date_and_time(dispatched);
    let _ = write!(
        text,
        "\nDispatched: {date} {time} ({total:.0}s ago)\nRole: leaf   Model: ?   Total duration: {total:.2}s\n{}",
        ended.trim_end_matches('\n')
    );
    aside::notify(backend, live, text).await;
}

/// One child at work.
struct Worker<'a> {
    backend: &'a Arc<Backend>,
    live: &'a str,
    child: &'a Child,
    id: String,
    session: String,
    /// Its place among how many.
    place: (usize, usize),
    parent: Option<&'a str>,
    model: String,
    used: usize,
}

impl<'a> Worker<'a> {
    fn new(
        backend: &'a Arc<Backend>,
        live: &'a str,
        child: &'a Child,
        place: (usize, usize),
        parent: Option<&'a str>,
    ) -> Self {
        let model = backend.lock().sessions.get(live).map(|session| session.model.clone());
        Self {
            backend,
            live,
            child,
            id: format!("sa-{}-{}", place.0, fresh_hex(8)),
            session: stored_id(),
            place,
            parent,
            model: model.unwrap_or_default(),
            used: 0,
        }
    }

    /// Works to its end; how many seconds that took.
    async fn work(mut self) -> f64 {
        let began = Instant::now();
        self.count(1);
        self.tell("start", json!({ "text": self.child.goal })).await;
        self.tell("thinking", json!({ "text": "( •_•)>⌐■-■ musing..." })).await;
        for (tool, preview, millis) in &self.child.tools {
            self.pause(400).await;
            self.used += 1;
            self.tell("tool", json!({ "tool_name": tool, "text": preview, "tool_preview": preview })).await;
            self.pause(*millis).await;
        }
        if let Some(own) = &self.child.own {
            // Of an agent's own agents only the start and the end are told.
            let own = Worker::new(self.backend, self.live, own, (0, 1), Some(&self.id));
            own.tell("start", json!({ "text": own.child.goal })).await;
            own.pause(own.child.tools.iter().map(|(.., millis)| millis).sum()).await;
            own.complete(began).await;
        }
        if self.used > 0 {
            let names: Vec<&str> = self.child.tools.iter().map(|(tool, ..)| *tool).collect();
            let line = format!("🔀 [{}] {}", self.place.0 + 1, names.join(", "));
            self.tell("progress", json!({ "text": line })).await;
        }
        let seconds = self.complete(began).await;
        self.count(-1);
        seconds
    }

    async fn complete(&self, began: Instant) -> f64 {
        let seconds = began.elapsed().as_secs_f64();
        let calls = self.child.tools.len() as u64 + 1;
        let end = json!({
            "text": self.child.summary, "status": self.child.status, "summary": self.child.summary,
            "duration_seconds": (seconds * 100.0).round() / 100.0, "input_tokens": calls * 8_800,
            "output_tokens": calls * 40, "reasoning_tokens": 0, "api_calls": calls,
        });
        self.tell("complete", end).await;
        seconds
    }

    /// Says one thing of this child, with what every event of it has.
    async fn tell(&self, what: &str, more: Value) {
        let mut payload = json!({
            "goal": self.child.goal, "task_count": self.place.1, "task_index": self.place.0, "subagent_id": self.id,
            "child_session_id": self.session, "depth": u8::from(self.parent.is_some()), "model": self.model,
            "tool_count": self.used, "toolsets": ["file", "terminal", "todo", "web"],
        });
        if let (Some(map), Value::Object(more)) = (payload.as_object_mut(), more) {
            map.extend(self.parent.map(|parent| ("parent_id".to_owned(), parent.into())));
            map.extend(more);
        }
        self.backend.emit(self.live, &format!("subagent.{what}"), payload).await;
    }

    async fn pause(&self, millis: u64) {
        tokio::time::sleep(self.backend.paced(millis)).await;
    }

    fn count(&self, change: i32) {
        if let Some(session) = self.backend.lock().sessions.get_mut(self.live) {
            session.children = session.children.saturating_add_signed(change);
        }
    }
}

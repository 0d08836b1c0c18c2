//! What a tool does while it runs: its waiting time, and the prompts that it puts to the person.
//!
//! Lifetimes and odd rules are Hermes': an approval has no id and expires without an event; only sudo and secret
//! prompts say that they expired.

use super::home::workspace;
use super::script::Outcome;
use super::session::AskKind;
use super::tools::{self, Danger, Done, SKILL, SKILL_KEY, Tool};
use super::turn::Player;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Seconds that Hermes waits.
const SUDO_WAIT: u64 = 120;
const SECRET_WAIT: u64 = 300;
const CLARIFY_WAIT: u64 = 300;

/// What came of a tool.
pub(super) struct Worked {
    pub(super) done: Done,
    pub(super) outcome: Outcome,
    /// What the person answered.
    pub(super) answer: String,
}

impl Worked {
    fn of(result: Value, outcome: Outcome) -> Self {
        Self { done: Done { result, extra: None }, outcome, answer: String::new() }
    }
}

impl Player<'_> {
    /// Runs `tool` to its end, with its prompts. An interrupt makes it short.
    pub(super) async fn work(&self, tool: &Tool, space: &Path) -> Worked {
        match tool {
            Tool::Terminal { command, danger: Some(danger), .. } => {
                self.dangerous(tool, command, danger, space).await
            }
            Tool::Terminal { sudo: true, .. } => self.sudo(tool, space).await,
            Tool::Clarify { question, choices } => {
                let wait = self.prompt_wait(CLARIFY_WAIT);
                let request = json!({ "question": question, "choices": choices });
                let answer = self.ask(AskKind::Clarify, "clarify.request", request, wait).await;
                let outcome = outcome_of(answer.as_deref());
                let answer = answer.unwrap_or_default();
                let result = tools::clarified(question, choices.as_deref(), &answer);
                Worked { answer, ..Worked::of(result, outcome) }
            }
            Tool::SkillView => {
                let metadata = json!({
                    "skill_name": SKILL, "help": "https://example.com/weather-desk", "required_for": "forecasts",
                });
                let request = json!({ "prompt": "Key of the weather desk", "env_var": SKILL_KEY, "metadata": metadata });
                let wait = self.prompt_wait(SECRET_WAIT);
                let answer = self.ask(AskKind::Secret, "secret.request", request, wait).await;
                let outcome = outcome_of(answer.as_deref());
                Worked::of(tools::skill_view(space, outcome == Outcome::Done), outcome)
            }
            Tool::Todo { todos, merge } => {
                let mut worked = self.plain(tool, space).await;
                if let (Outcome::Done, Some(session)) =
                    (worked.outcome, self.backend.lock().sessions.get_mut(self.live))
                {
                    worked.done.result = tools::write_todos(&mut session.todos, todos, *merge);
                    worked.done.extra = Some(("todos", session.todos.clone().into()));
                }
                worked
            }
            Tool::Delegate { tasks } => {
                let mut worked = self.plain(tool, space).await;
                if worked.outcome == Outcome::Done {
                    worked.done.result = super::delegation::dispatch(self.backend, self.live, tasks);
                }
                worked
            }
            Tool::Background { command, output } => {
                let mut worked = self.plain(tool, space).await;
                if worked.outcome == Outcome::Done {
                    worked.done.result = super::aside::process(self.backend, self.live, command, output);
                }
                worked
            }
            _ => self.plain(tool, space).await,
        }
    }

    async fn plain(&self, tool: &Tool, space: &Path) -> Worked {
        tokio::select! {
            biased;
            () = self.interrupt.cancelled() => {
                let result = json!({ "output": "", "exit_code": 130, "error": "[interrupted]" });
                Worked::of(result, Outcome::Denied)
            }
            () = tokio::time::sleep(self.backend.paced(tool.millis())) => {
                Worked { done: tool.perform(space), outcome: Outcome::Done, answer: String::new() }
            }
        }
    }

    async fn dangerous(&self, tool: &Tool, command: &str, danger: &Danger, space: &Path) -> Worked {
        // What the command would take away must be there, so that everybody can see whether it ran.
        let target = workspace(&self.backend.home).join(&danger.removes);
        super::backend::note(
            std::fs::create_dir_all(&target)
                .and_then(|()| std::fs::write(target.join("app.log"), "old build\n")),
        );
        if self.allowed(danger.class) {
            return self.plain(tool, space).await;
        }
        let wait = {
            let state = self.backend.lock();
            let configured = Duration::try_from_secs_f64(state.config.approvals_timeout);
            self.backend.options.approvals_timeout.or(configured.ok()).unwrap_or(Duration::from_secs(60))
        };
        let request = json!({
            "command": command, "pattern_key": danger.class, "pattern_keys": [danger.class],
            "description": danger.class, "allow_permanent": true,
            "choices": ["once", "session", "always", "deny"],
        });
        match self.ask(AskKind::Approval, "approval.request", request, wait).await.as_deref() {
            None => Worked::of(tools::blocked("Command timed out without user response."), Outcome::Expired),
            Some("deny") => Worked::of(tools::blocked("Command denied by user."), Outcome::Denied),
            // Whatever else was said counts as consent: that is how Hermes reads it.
            Some(choice) => {
                self.grant(danger.class, choice);
                let mut worked = self.plain(tool, space).await;
                if let Some(map) = worked.done.result.as_object_mut() {
                    let class = danger.class;
                    let said = format!("Command required approval ({class}) and was approved by the user.");
                    map.insert("approval".into(), said.into());
                }
                worked
            }
        }
    }

    /// Whether this class of danger needs no question here.
    fn allowed(&self, class: &str) -> bool {
        let mut state = self.backend.lock();
        let free =
            state.config.approvals_mode == "off" || state.config.allowlist.iter().any(|one| one == class);
        let Some(session) = state.sessions.get(self.live) else { return free };
        let (yolo, stored) = (session.yolo, session.stored.clone());
        free || yolo || state.approved.entry(stored).or_default().contains(class)
    }

    /// Remembers a consent as far as it goes.
    fn grant(&self, class: &str, choice: &str) {
        let mut state = self.backend.lock();
        let state = &mut *state;
        match choice {
            "session" => {
                if let Some(session) = state.sessions.get(self.live) {
                    state.approved.entry(session.stored.clone()).or_default().insert(class.to_owned());
                }
            }
            "always" => {
                state.config.allowlist.push(class.to_owned());
                super::backend::note(state.config.save(&self.backend.home));
            }
            _ => {}
        }
    }

    async fn sudo(&self, tool: &Tool, space: &Path) -> Worked {
        let wait = self.prompt_wait(SUDO_WAIT);
        let password = self.ask(AskKind::Sudo, "sudo.request", json!({}), wait).await;
        let outcome = outcome_of(password.as_deref());
        if outcome == Outcome::Done {
            return self.plain(tool, space).await;
        }
        let refused = "sudo: a terminal is required to read the password";
        Worked::of(json!({ "output": refused, "exit_code": 1, "error": null }), outcome)
    }

    fn prompt_wait(&self, seconds: u64) -> Duration {
        self.backend.options.prompt_timeout.unwrap_or(Duration::from_secs(seconds))
    }

    /// Puts a prompt and waits for its answer; `None` when it expired.
    async fn ask(&self, kind: AskKind, event: &str, mut request: Value, wait: Duration) -> Option<String> {
        let (request_id, answer) = self.backend.park(self.live, kind);
        if let (true, Some(map)) = (kind != AskKind::Approval, request.as_object_mut()) {
            map.insert("request_id".into(), request_id.clone().into());
        }
        self.emit(event, request).await;
        // An interrupt answers what is parked, so it needs no branch here; one that came before parking does.
        let answer = tokio::select! {
            biased;
            answer = answer => answer.ok(),
            () = self.interrupt.cancelled() => {
                Some(if kind == AskKind::Approval { "deny".to_owned() } else { String::new() })
            }
            () = tokio::time::sleep(wait) => None,
        };
        self.backend.unpark(self.live, &request_id);
        let expiry = match kind {
            AskKind::Sudo => Some("sudo.expire"),
            AskKind::Secret => Some("secret.expire"),
            AskKind::Approval | AskKind::Clarify => None,
        };
        if let (None, Some(expiry)) = (&answer, expiry) {
            self.emit(expiry, json!({ "request_id": request_id })).await;
        }
        answer
    }
}

fn outcome_of(answer: Option<&str>) -> Outcome {
    match answer {
        None => Outcome::Expired,
        Some("") => Outcome::Skipped,
        Some(_) => Outcome::Done,
    }
}

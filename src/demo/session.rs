//! One live session of the backend: its ids, its history in memory, its turn, its waiting prompts.

use super::state::{Head, Row, Store, StoreError};
use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// Which socket; counted from 1 in each process.
pub(super) type SocketId = u64;

/// Totals since the agent was built.
#[derive(Debug, Clone, Default)]
pub(super) struct Usage {
    pub(super) input: i64,
    pub(super) output: i64,
    pub(super) calls: i64,
    pub(super) compressions: i64,
    /// Tokens in the model's window; unknown before the first call and after a compression.
    pub(super) context: Option<i64>,
}

impl Usage {
    /// The window of the demo's models, in tokens.
    pub(super) const CONTEXT_MAX: i64 = 200_000;
}

/// About how many tokens `bytes` of text are: four bytes one, and a few for the frame around it.
pub(super) fn tokens(bytes: usize) -> i64 {
    i64::try_from(bytes / 4 + 3).unwrap_or(i64::MAX)
}

/// A turn that runs.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) user: String,
    /// All answer text so far, over all steps.
    pub(super) assistant: String,
    pub(super) interrupt: CancellationToken,
}

/// Which kind of prompt waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AskKind {
    Approval,
    Clarify,
    Sudo,
    Secret,
}

/// A prompt that waits for an answer; dropping it answers "nobody".
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) kind: AskKind,
    pub(super) request_id: String,
    pub(super) answer: oneshot::Sender<String>,
}

/// A live session.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) live: String,
    pub(super) stored: String,
    /// The number of this session in this process, for the tags of streams.
    pub(super) number: u64,
    /// The socket that gets its events.
    pub(super) owner: Option<SocketId>,
    /// The socket that had it last, so that an old grace time does not end a younger one.
    pub(super) last_owner: SocketId,
    pub(super) close_on_disconnect: bool,
    /// Closed while a turn runs: only that turn still knows it.
    pub(super) closed: bool,
    pub(super) title: Option<String>,
    pub(super) source: String,
    pub(super) model: String,
    pub(super) reasoning: String,
    pub(super) cwd: String,
    pub(super) branch: String,
    pub(super) parent: Option<String>,
    pub(super) yolo: bool,
    /// The agent is built.
    pub(super) built: bool,
    pub(super) started_at: f64,
    pub(super) last_active: f64,
    /// What a model would see, without the turn that runs.
    pub(super) history: Vec<Row>,
    pub(super) usage: Usage,
    pub(super) turn: Option<Turn>,
    /// The one queue slot.
    pub(super) queued: Option<String>,
    /// Texts that go into the next tool result, or the next turn.
    pub(super) steered: Vec<String>,
    pub(super) asks: VecDeque<Ask>,
    /// What the agent is to be told when it is idle: something beside its turns has ended.
    pub(super) notified: VecDeque<String>,
    /// The agent's todo list, as it is sent.
    pub(super) todos: Vec<Value>,
    /// Child agents at work.
    pub(super) children: u32,
}

impl Session {
    /// `waiting` is only for prompts that are not approvals, as in Hermes.
    pub(super) fn status(&self) -> &'static str {
        match &self.turn {
            Some(_) if self.asks.iter().any(|ask| ask.kind != AskKind::Approval) => "waiting",
            Some(_) => "working",
            None => "idle",
        }
    }

    /// What `session.activate` answers, with the `info` that fits.
    pub(super) fn activation(&self, info: &Value) -> Value {
        let messages = super::frames::messages(&self.history);
        let mut answer = json!({
            "info": info, "message_count": messages.len(), "messages": messages,
            "running": self.turn.is_some(), "session_id": self.live, "session_key": self.stored,
            "started_at": self.started_at, "status": self.status(),
        });
        if let (Some(turn), Some(map)) = (&self.turn, answer.as_object_mut()) {
            map.insert(
                "inflight".into(),
                json!({ "assistant": turn.assistant, "streaming": true, "user": turn.user }),
            );
            if let Some(queued) = &self.queued {
                map.insert("queued".into(), json!({ "user": queued }));
            }
        }
        answer
    }

    /// This session's row of `session.active_list`.
    pub(super) fn listed(&self, current: Option<&str>) -> Value {
        let last =
            || self.history.iter().rev().find(|row| row.role == "assistant").map(|row| row.content.as_str());
        let preview = match &self.turn {
            Some(turn) if turn.assistant.is_empty() => Some(turn.user.as_str()),
            Some(turn) => Some(turn.assistant.as_str()),
            None => last(),
        };
        let preview: String = preview.unwrap_or_default().trim().chars().take(160).collect();
        json!({
            "current": current == Some(self.live.as_str()), "id": self.live, "last_active": self.last_active,
            "message_count": self.history.len(), "model": self.model, "preview": preview,
            "session_key": self.stored, "started_at": self.started_at, "status": self.status(),
            "title": self.title.clone().unwrap_or_default(),
        })
    }

    /// Joins `text` to what is queued: there is one slot.
    pub(super) fn queue(&mut self, text: &str) {
        let joined = match self.queued.take() {
            Some(first) => format!("{first}\n\n{text}"),
            None => text.to_owned(),
        };
        self.queued = Some(joined);
    }

    /// Interrupts the turn, if one runs; answers what waits as Hermes does.
    pub(super) fn interrupt(&mut self) {
        for ask in self.asks.drain(..) {
            let answer = if ask.kind == AskKind::Approval { "deny" } else { "" };
            // The turn may have stopped waiting in this very moment; then there is nobody to tell.
            let _ = ask.answer.send(answer.to_owned());
        }
        if let Some(turn) = &self.turn {
            turn.interrupt.cancel();
        }
    }
}

impl Session {
    /// Writes the session's row, and the messages it was born with, if they are not written yet.
    pub(super) fn persist(&mut self, store: &Store) -> Result<(), StoreError> {
        let now = super::home::now();
        let head = Head {
            id: self.stored.clone(),
            source: self.source.clone(),
            model: self.model.clone(),
            cwd: self.cwd.clone(),
            parent: self.parent.clone(),
            started_at: now,
            ..Head::default()
        };
        store.create(&head, self.parent.as_deref())?;
        for row in self.history.iter_mut().filter(|row| row.id == 0) {
            row.id = store.append(&self.stored, row, now)?;
        }
        if let Some(title) = &self.title {
            self.title = store.set_title(&self.stored, title).ok();
        }
        Ok(())
    }

    /// `text` with what was steered while nothing ran.
    pub(super) fn with_steered(&mut self, text: &str) -> String {
        let mut all = std::mem::take(&mut self.steered);
        all.push(text.to_owned());
        all.join("\n\n")
    }
}

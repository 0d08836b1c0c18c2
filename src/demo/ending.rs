//! How a turn ends: complete, interrupted, with an error, or refused before it began. Also what happens to the session's
//! rows then, and when the context is compressed.

use super::backend::note;
use super::frames;
use super::home::now;
use super::methods::{stored_id, summary};
use super::state::{Head, Row};
use super::turn::{Player, Stop};
use serde_json::{Value, json};

impl Player<'_> {
    pub(super) async fn finish(mut self, outcome: Result<(), Stop>) {
        let said = self.text.trim_end().to_owned();
        let interrupted = outcome == Err(Stop::Interrupted);
        let (text, status) = match &outcome {
            Ok(()) => {
                self.end_step(None).await;
                (said.into(), "complete")
            }
            Err(Stop::Interrupted) if said.is_empty() => (Value::Null, "interrupted"),
            Err(Stop::Interrupted) => {
                self.write(Row::new("assistant", said.clone()));
                (said.into(), "interrupted")
            }
            // Nothing of the answer is kept: the words are the error's.
            Err(Stop::Failed(why)) => (why.clone().into(), "error"),
            Err(Stop::Refused(_)) => (Value::Null, ""),
        };
        if let Err(Stop::Refused(why)) = &outcome {
            self.forget();
            self.emit("error", json!({ "message": why })).await;
        } else {
            let usage = {
                let mut state = self.backend.lock();
                state.sessions.get_mut(self.live).map(|session| frames::usage(session))
            };
            let mut complete = json!({ "text": text, "usage": usage, "status": status });
            if let (false, Some(map)) = (self.thoughts.is_empty(), complete.as_object_mut()) {
                map.insert("reasoning".into(), self.thoughts.trim_end().into());
            }
            self.emit("message.complete", complete).await;
        }
        let title = self.settle(interrupted || outcome.is_err());
        self.backend.emit_info(self.live).await;
        if let Some(title) = title {
            self.emit("session.title", json!({ "session_id": self.stored, "title": title })).await;
        }
    }

    /// The turn is over: its rows become history, and the first complete one gives the session its title.
    fn settle(&mut self, broken: bool) -> Option<String> {
        let mut state = self.backend.lock();
        let state = &mut *state;
        let session = state.sessions.get_mut(self.live)?;
        let user = session.turn.take()?.user;
        session.history.append(&mut self.rows);
        session.last_active = now();
        if broken || session.title.is_some() {
            return None;
        }
        let title = note(state.store.free_title(&super::replies::title(&user)))?;
        session.title = note(state.store.set_title(&session.stored, &title));
        session.title.clone()
    }

    /// A prompt that was refused leaves no row.
    fn forget(&mut self) {
        let state = self.backend.lock();
        if let Some(first) = self.rows.first() {
            note(state.store.delete_from(&self.stored, first.id));
        }
        self.rows.clear();
    }

    /// The session gets another name while the turn runs, as another client of it might give it.
    pub(super) async fn rename(&mut self, base: &str) {
        {
            let mut state = self.backend.lock();
            let state = &mut *state;
            let Some(session) = state.sessions.get_mut(self.live) else { return };
            if session.title.as_deref() != Some(base) {
                let title = note(state.store.free_title(base));
                let title = title.and_then(|title| note(state.store.set_title(&session.stored, &title)));
                session.title = title.or_else(|| session.title.take());
            }
        }
        self.backend.emit_info(self.live).await;
    }

    /// Compresses the context as the agent does by itself before a call, with `compression.in_place` off: the stored session
    /// ends and a child of it goes on. Clients learn the new id from the next `session.info`, and nowhere else.
    pub(super) async fn rotate(&mut self) -> Result<(), Stop> {
        let text = "📦 Preflight compression: ~150,420 tokens >= 150,000 threshold. This may take a moment.";
        self.emit("status.update", json!({ "kind": "lifecycle", "text": text })).await;
        self.pause(300).await?;
        let text = "🗜️ Compacting context — summarizing earlier conversation so I can continue...";
        self.emit("status.update", json!({ "kind": "compacting", "text": text })).await;
        self.pause(1_500).await?;
        let mut state = self.backend.lock();
        let state = &mut *state;
        let Some(session) = state.sessions.get_mut(self.live) else { return Ok(()) };
        let head = Head {
            id: stored_id(),
            source: session.source.clone(),
            model: session.model.clone(),
            cwd: session.cwd.clone(),
            parent: Some(session.stored.clone()),
            started_at: now(),
            ..Head::default()
        };
        if let Some(first) = self.rows.first() {
            note(state.store.delete_from(&self.stored, first.id));
        }
        note(state.store.end(&self.stored, "compression", now()));
        note(state.store.create(&head, None));
        let base = session.title.as_deref().map(|title| title.split(" #").next().unwrap_or(title));
        let title = base.and_then(|base| note(state.store.free_title(base)));
        session.title = title.and_then(|title| note(state.store.set_title(&head.id, &title)));
        session.history = vec![summary(&session.history)];
        for row in session.history.iter_mut().chain(&mut self.rows) {
            row.id = note(state.store.append(&head.id, row, now())).unwrap_or_default();
        }
        session.usage.compressions += 1;
        session.usage.context = None;
        session.stored.clone_from(&head.id);
        session.parent = head.parent;
        self.stored = head.id;
        Ok(())
    }
}

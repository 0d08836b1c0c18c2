//! Plays one turn after the other on a session: the events in Hermes' order, the rows as Hermes writes them.
//!
//! One task a running turn. What a step does is in `script`, what a tool asks in `ask`; here is only when and in which order.

use super::backend::{Backend, note};
use super::faults::Point;
use super::frames;
use super::home::{now, workspace};
use super::script::{Outcome, Step, scene};
use super::seed::{Seed, fresh_hex};
use super::session::{Session, Turn, tokens};
use super::state::{Row, Store};
use super::tools::{self, Tool};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// The turn was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interrupted;

/// Hermes cuts the repeated text of `reasoning.available` here.
const AVAILABLE_MAX: usize = 500;

/// What the model is said to read before the first word: the size of an empty context.
const BASE_TOKENS: i64 = 12_400;

/// Marks a session as running `text` and writes its row. It must be idle.
pub(super) fn begin(session: &mut Session, store: &Store, text: &str) {
    session.last_active = now();
    session.turn =
        Some(Turn { user: text.to_owned(), assistant: String::new(), interrupt: CancellationToken::new() });
    note(session.persist(store));
}

/// Runs the turn that [`begin`] has begun, then what was queued meanwhile. `started` is whether `message.start` is sent.
pub(super) async fn run(backend: Arc<Backend>, live: String, mut started: bool) {
    loop {
        if !backend.lock().sessions.get(&live).is_some_and(|session| session.built) {
            backend.build(&live).await;
        }
        if !started {
            backend.emit(&live, "message.start", Value::Null).await;
        }
        started = false;
        let Some(mut player) = Player::new(&backend, &live) else { return };
        super::garbage::send(&backend, &live).await;
        let outcome = player.play().await;
        player.finish(outcome).await;
        if !next(&backend, &live) {
            return;
        }
    }
}

/// Begins the queued prompt, if there is one. A closed session is forgotten with its last turn.
fn next(backend: &Backend, live: &str) -> bool {
    let mut state = backend.lock();
    let state = &mut *state;
    let Some(session) = state.sessions.get_mut(live) else { return false };
    let Some(text) = session.queued.take() else {
        if session.closed {
            state.sessions.remove(live);
        }
        return false;
    };
    begin(session, &state.store, &text);
    true
}

/// One turn on its way.
pub(super) struct Player<'a> {
    pub(super) backend: &'a Arc<Backend>,
    pub(super) live: &'a str,
    pub(super) interrupt: CancellationToken,
    stored: String,
    steps: Vec<Step>,
    seed: Seed,
    /// Rows of this turn, in the database already.
    rows: Vec<Row>,
    /// What this model step has said and thought so far.
    text: String,
    reasoning: String,
    /// A model step is open: its first word has been announced.
    open: bool,
    /// This is not the first model step.
    later: bool,
    /// All reasoning of the turn.
    thoughts: String,
    outcome: Outcome,
    answer: String,
    deltas: u64,
    /// `off`, `new`, `all` or `verbose`.
    detail: String,
}

impl<'a> Player<'a> {
    fn new(backend: &'a Arc<Backend>, live: &'a str) -> Option<Self> {
        let mut state = backend.lock();
        let state = &mut *state;
        let session = state.sessions.get_mut(live)?;
        let turn = session.turn.as_ref()?;
        let (user, interrupt) = (turn.user.clone(), turn.interrupt.clone());
        let first = session.history.is_empty();
        let mut row = Row::new("user", session.with_steered(&user));
        row.id = note(state.store.append(&session.stored, &row, now())).unwrap_or_default();
        Some(Self {
            backend,
            live,
            interrupt,
            stored: session.stored.clone(),
            steps: scene(backend.options.seed, &backend.options.profile, &user, first, session.number),
            seed: Seed::of(backend.options.seed, &["turn", &user]),
            rows: vec![row],
            text: String::new(),
            reasoning: String::new(),
            open: false,
            later: false,
            thoughts: String::new(),
            outcome: Outcome::Done,
            answer: String::new(),
            deltas: 0,
            detail: state.config.tool_progress.clone(),
        })
    }

    pub(super) async fn emit(&self, kind: &str, payload: Value) {
        self.backend.emit(self.live, kind, payload).await;
    }

    /// Waits, at this launch's pace.
    async fn pause(&self, millis: u64) -> Result<(), Interrupted> {
        self.until(Instant::now() + self.backend.paced(millis)).await
    }

    async fn until(&self, at: Instant) -> Result<(), Interrupted> {
        tokio::select! {
            biased;
            () = self.interrupt.cancelled() => Err(Interrupted),
            () = tokio::time::sleep_until(at) => Ok(()),
        }
    }

    async fn play(&mut self) -> Result<(), Interrupted> {
        for step in std::mem::take(&mut self.steps) {
            match step {
                Step::Pause(millis) => {
                    self.open().await;
                    self.pause(millis).await?;
                }
                Step::Reason(text) => self.reason(&text).await?,
                Step::Say(text) => self.say(&text).await?,
                Step::SayIf(outcome, text) if outcome == self.outcome => self.say(&text).await?,
                Step::SayIf(..) => {}
                Step::Stream { tag, lines, rate } => self.stream(&tag, lines, rate).await?,
                Step::Call(tool) => self.call(&tool).await?,
                Step::Crash => std::process::exit(1),
                Step::Hang => {
                    self.interrupt.cancelled().await;
                    return Err(Interrupted);
                }
            }
        }
        Ok(())
    }

    /// Opens a model step: a spinner word, as Hermes shows while it waits for the model.
    async fn open(&mut self) {
        if !std::mem::replace(&mut self.open, true) {
            let word =
                self.seed.pick(&["(⌐■_■) computing...", "( ˘⌣˘)♡ pondering...", "◉_◉ contemplating..."]);
            self.emit("thinking.delta", json!({ "text": word })).await;
        }
    }

    async fn reason(&mut self, text: &str) -> Result<(), Interrupted> {
        self.open().await;
        self.emit("thinking.delta", json!({ "text": "" })).await;
        for word in text.split_inclusive(' ') {
            self.emit("reasoning.delta", json!({ "text": word })).await;
            self.reasoning.push_str(word);
            self.pause(22).await?;
        }
        Ok(())
    }

    async fn say(&mut self, text: &str) -> Result<(), Interrupted> {
        for word in text.replace("{answer}", &self.answer).split_inclusive([' ', '\n']) {
            self.delta(word).await;
            self.pause(26).await?;
        }
        Ok(())
    }

    async fn stream(&mut self, tag: &str, lines: u64, rate: u64) -> Result<(), Interrupted> {
        const WORDS: [&str; 16] = [
            "amber", "bridge", "copper", "delta", "ember", "field", "garden", "harbor", "island", "juniper",
            "kettle", "lantern", "meadow", "north", "orchid", "paper",
        ];
        let start = Instant::now();
        for line in 1..=lines {
            let words = [self.seed.pick(&WORDS), self.seed.pick(&WORDS), self.seed.pick(&WORDS)].join(" ");
            self.delta(&format!("{tag}-{line:04} {words}\n")).await;
            // Measured from the start, so that the rate holds however late one line was.
            let due = (line * 1_000_000).checked_div(rate).unwrap_or_default();
            self.until(start + Duration::from_micros(due)).await?;
        }
        Ok(())
    }

    async fn delta(&mut self, words: &str) {
        self.open().await;
        let mut words = words.to_owned();
        if self.text.is_empty() {
            self.emit("thinking.delta", json!({ "text": "" })).await;
            self.text.clone_from(&words);
            if self.later {
                words.insert_str(0, "\n\n");
            }
        } else {
            self.text.push_str(&words);
        }
        if let Some(turn) =
            self.backend.lock().sessions.get_mut(self.live).and_then(|session| session.turn.as_mut())
        {
            turn.assistant.push_str(&words);
        }
        self.emit("message.delta", json!({ "text": words })).await;
        self.deltas += 1;
        if self.deltas == 4 {
            self.backend.options.faults.at(Point::MidStream);
        }
    }

    /// Ends a model step: what it said is written and repeated, its tokens are counted.
    async fn end_step(&mut self, call: Option<(&str, &Tool)>) {
        let text = std::mem::take(&mut self.text).trim_end().to_owned();
        let reasoning = std::mem::take(&mut self.reasoning);
        self.thoughts.push_str(&reasoning);
        self.emit("thinking.delta", json!({ "text": "" })).await;
        if self.detail != "off" && !text.is_empty() {
            let mut payload = json!({ "text": text.chars().take(AVAILABLE_MAX).collect::<String>() });
            if let (true, Some(map)) = (self.detail == "verbose", payload.as_object_mut()) {
                map.insert("verbose".into(), true.into());
            }
            self.emit("reasoning.available", payload).await;
        }
        if call.is_some() && !text.is_empty() {
            self.emit("message.interim", json!({ "text": text, "already_streamed": true })).await;
        }
        let said = text.len() + reasoning.len();
        self.write(Row {
            tool_calls: call.map(|(id, tool)| tools::stored_call(id, tool)),
            finish_reason: Some(if call.is_some() { "tool_calls" } else { "stop" }.into()),
            reasoning: Some(reasoning).filter(|reasoning| !reasoning.is_empty()),
            ..Row::new("assistant", text)
        });
        self.count(tokens(said));
        self.open = false;
        self.later = true;
    }

    fn write(&mut self, mut row: Row) {
        let state = self.backend.lock();
        row.id = note(state.store.append(&self.stored, &row, now())).unwrap_or_default();
        self.rows.push(row);
    }

    /// Counts a model call that wrote `output` tokens.
    fn count(&mut self, output: i64) {
        let mut state = self.backend.lock();
        let state = &mut *state;
        let Some(session) = state.sessions.get_mut(self.live) else { return };
        let read: usize = session.history.iter().chain(&self.rows).map(|row| row.content.len()).sum();
        let context = BASE_TOKENS + tokens(read);
        session.usage.input += context;
        session.usage.output += output;
        session.usage.calls += 1;
        session.usage.context = Some(context.min(super::session::Usage::CONTEXT_MAX));
        note(state.store.add_usage(&self.stored, context, output));
    }

    async fn call(&mut self, tool: &Tool) -> Result<(), Interrupted> {
        self.open().await;
        let id = format!("call_{}", fresh_hex(16));
        let (name, args) = (tool.name(), tool.args());
        self.emit("tool.generating", json!({ "name": name })).await;
        self.end_step(Some((&id, tool))).await;
        let verbose = self.detail == "verbose";
        if self.detail != "off" {
            let mut start = json!({ "tool_id": id, "name": name, "context": tools::context(name, &args) });
            if let (true, Some(map)) = (verbose, start.as_object_mut()) {
                map.insert("args_text".into(), format!("{args:#}").into());
            }
            self.emit("tool.start", start).await;
        }
        let began = Instant::now();
        let done = self.work(tool, &workspace(&self.backend.home)).await;
        (self.outcome, self.answer) = (done.outcome, done.answer);
        let mut result = done.done.result;
        if let (Some(steered), Some(Value::String(output))) = (self.steered(), result.get_mut("output")) {
            output.extend(["\n\n[OUT-OF-BAND USER MESSAGE: ", &steered, "]"]);
        }
        if self.detail != "off" || done.done.inline_diff.is_some() {
            let mut complete = json!({
                "tool_id": id, "name": name, "args": args, "duration_s": began.elapsed().as_secs_f64(),
                "result": result,
            });
            if let Some(map) = complete.as_object_mut() {
                if let Some(diff) = done.done.inline_diff {
                    map.insert("inline_diff".into(), diff.into());
                }
                if verbose {
                    map.insert("result_text".into(), result.to_string().into());
                }
            }
            self.emit("tool.complete", complete).await;
        }
        self.write(Row {
            tool_call_id: Some(id),
            tool_name: Some(name.to_owned()),
            ..Row::new("tool", result.to_string())
        });
        if self.interrupt.is_cancelled() { Err(Interrupted) } else { Ok(()) }
    }

    fn steered(&self) -> Option<String> {
        let mut state = self.backend.lock();
        let session = state.sessions.get_mut(self.live)?;
        let texts = std::mem::take(&mut session.steered);
        (!texts.is_empty()).then(|| texts.join("\n"))
    }

    async fn finish(mut self, outcome: Result<(), Interrupted>) {
        let said = self.text.trim_end().to_owned();
        let interrupted = outcome.is_err();
        if interrupted {
            if !said.is_empty() {
                self.write(Row::new("assistant", said.clone()));
            }
        } else {
            self.end_step(None).await;
        }
        let usage = {
            let mut state = self.backend.lock();
            state.sessions.get_mut(self.live).map(|session| frames::usage(&session.usage, &session.model))
        };
        let text = if interrupted && said.is_empty() { Value::Null } else { said.into() };
        let status = if interrupted { "interrupted" } else { "complete" };
        let mut complete = json!({ "text": text, "usage": usage, "status": status });
        if let (false, Some(map)) = (self.thoughts.is_empty(), complete.as_object_mut()) {
            map.insert("reasoning".into(), self.thoughts.trim_end().into());
        }
        self.emit("message.complete", complete).await;
        let title = self.settle(interrupted);
        self.backend.emit_info(self.live).await;
        if let Some(title) = title {
            self.emit("session.title", json!({ "session_id": self.stored, "title": title })).await;
        }
    }

    /// The turn is over: its rows become history, and the first complete one gives the session its title.
    fn settle(&mut self, interrupted: bool) -> Option<String> {
        let mut state = self.backend.lock();
        let state = &mut *state;
        let session = state.sessions.get_mut(self.live)?;
        let user = session.turn.take()?.user;
        session.history.append(&mut self.rows);
        session.last_active = now();
        if interrupted || session.title.is_some() {
            return None;
        }
        let title = note(state.store.free_title(&super::replies::title(&user)))?;
        session.title = note(state.store.set_title(&session.stored, &title));
        session.title.clone()
    }
}

//! Plays one turn after the other on a session: the events in Hermes' order, the rows as Hermes writes them.
//!
//! One task a running turn. What a step does is in `script`, what a tool asks in `ask`; here is only when and in which order.

use super::backend::{Backend, note};
use super::faults::Point;
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

/// Why a turn ended before its script did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    Interrupted,
    /// The provider failed: what Hermes says of it to people.
    Failed(String),
    /// The prompt was refused before a model saw it.
    Refused(String),
}

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
        match next(&backend, &live) {
            Some(Next::Queued) => {}
            Some(Next::Notified(text)) => super::aside::announce(&backend, &live, &text).await,
            None => return,
        }
    }
}

/// What a session goes on with after a turn.
enum Next {
    Queued,
    /// Something that ran beside the turns has ended.
    Notified(String),
}

/// Begins the queued prompt, if there is one, else what is to be told. A closed session is forgotten with its last turn.
fn next(backend: &Backend, live: &str) -> Option<Next> {
    let mut state = backend.lock();
    let state = &mut *state;
    let session = state.sessions.get_mut(live)?;
    let (text, next) = if let Some(text) = session.queued.take() {
        (text, Next::Queued)
    } else if let Some(text) = session.notified.pop_front() {
        (text.clone(), Next::Notified(text))
    } else {
        if session.closed {
            state.sessions.remove(live);
        }
        return None;
    };
    begin(session, &state.store, &text);
    Some(next)
}

/// One turn on its way.
pub(super) struct Player<'a> {
    pub(super) backend: &'a Arc<Backend>,
    pub(super) live: &'a str,
    pub(super) interrupt: CancellationToken,
    pub(super) stored: String,
    steps: Vec<Step>,
    seed: Seed,
    /// Rows of this turn, in the database already.
    pub(super) rows: Vec<Row>,
    /// What this model step has said and thought so far.
    pub(super) text: String,
    reasoning: String,
    /// A model step is open: its first word has been announced.
    open: bool,
    /// This is not the first model step.
    later: bool,
    /// All reasoning of the turn.
    pub(super) thoughts: String,
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
    pub(super) async fn pause(&self, millis: u64) -> Result<(), Stop> {
        self.until(Instant::now() + self.backend.paced(millis)).await
    }

    async fn until(&self, at: Instant) -> Result<(), Stop> {
        tokio::select! {
            biased;
            () = self.interrupt.cancelled() => Err(Stop::Interrupted),
            () = tokio::time::sleep_until(at) => Ok(()),
        }
    }

    async fn play(&mut self) -> Result<(), Stop> {
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
                Step::Flood(tokens) => self.flood(tokens).await?,
                Step::Bulk(mebibytes) => self.bulk(mebibytes).await?,
                Step::Call(tool) => self.call(&tool).await?,
                Step::Rename(title) => self.rename(&title).await,
                Step::Rotate => self.rotate().await?,
                Step::Fail { retries, error } => return self.fail(retries, error).await,
                Step::Refuse(why) => return Err(Stop::Refused(why)),
                Step::Crash => std::process::exit(1),
                Step::Hang => {
                    self.interrupt.cancelled().await;
                    return Err(Stop::Interrupted);
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

    async fn reason(&mut self, text: &str) -> Result<(), Stop> {
        self.open().await;
        self.emit("thinking.delta", json!({ "text": "" })).await;
        for word in text.split_inclusive(' ') {
            self.emit("reasoning.delta", json!({ "text": word })).await;
            self.reasoning.push_str(word);
            self.pause(22).await?;
        }
        Ok(())
    }

    async fn say(&mut self, text: &str) -> Result<(), Stop> {
        for word in text.replace("{answer}", &self.answer).split_inclusive([' ', '\n']) {
            self.delta(word).await;
            self.pause(26).await?;
        }
        Ok(())
    }

    async fn stream(&mut self, tag: &str, lines: u64, rate: u64) -> Result<(), Stop> {
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

    /// Words without a pause between them.
    async fn flood(&mut self, tokens: u64) -> Result<(), Stop> {
        for at in 1..=tokens {
            let end = if at % 12 == 0 { '\n' } else { ' ' };
            self.delta(&format!("token{at}{end}")).await;
            if at % 32 == 0 {
                self.pause(0).await?;
            }
        }
        Ok(())
    }

    /// Lines of 64 bytes, 64 at a time, each with its number.
    async fn bulk(&mut self, mebibytes: u64) -> Result<(), Stop> {
        for piece in 0..mebibytes * 256 {
            let lines = (1..=64).map(|line| format!("bulk-{:08} {:.<49}\n", piece * 64 + line, ""));
            self.delta(&lines.collect::<String>()).await;
            self.pause(0).await?;
        }
        Ok(())
    }

    /// The provider fails. Hermes keeps what it says of its tries to itself, and tells it at once when it gives up.
    async fn fail(&mut self, retries: Vec<(u64, String)>, error: String) -> Result<(), Stop> {
        self.open().await;
        let mut lines = Vec::new();
        for (millis, line) in retries {
            self.pause(millis).await?;
            self.emit("thinking.delta", json!({ "text": "" })).await;
            lines.push(line);
        }
        for line in lines {
            self.emit("status.update", json!({ "kind": "lifecycle", "text": line })).await;
        }
        Err(Stop::Failed(error))
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
    pub(super) async fn end_step(&mut self, call: Option<(&str, &Tool)>) {
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

    pub(super) fn write(&mut self, mut row: Row) {
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

    async fn call(&mut self, tool: &Tool) -> Result<(), Stop> {
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
        let diff = matches!(done.done.extra, Some(("inline_diff", _)));
        if self.detail != "off" || diff {
            let mut complete = json!({
                "tool_id": id, "name": name, "args": args, "duration_s": began.elapsed().as_secs_f64(),
                "result": result,
            });
            if let Some(map) = complete.as_object_mut() {
                map.extend(done.done.extra.map(|(name, value)| (name.to_owned(), value)));
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
        if self.interrupt.is_cancelled() { Err(Stop::Interrupted) } else { Ok(()) }
    }

    fn steered(&self) -> Option<String> {
        let mut state = self.backend.lock();
        let session = state.sessions.get_mut(self.live)?;
        let texts = std::mem::take(&mut session.steered);
        (!texts.is_empty()).then(|| texts.join("\n"))
    }
}

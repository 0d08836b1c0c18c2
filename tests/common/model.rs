//! A model on 127.0.0.1 that says exactly what the test's message tells it to: the chat-completions part of
//! the `OpenAI` interface, streamed and whole.
//!
//! The last user message holds the script, one step a line (or between ` ;; `); each answer of the model in that
//! turn is the next step, and `Done.` when they are over:
//!
//! ```text
//! STREAM tag=S3 n=40 [gate=NAME]    the lines S3-0001 … S3-0040; with a gate, line k waits for `allow(NAME, k)`
//! REASON tag=R1 n=3 [gate=NAME]     the same as reasoning, then a short text
//! TOOL [gate=NAME] name {"arg": "…"} [&& name {…}]   tool calls, after `allow(NAME, 1)` where there is a gate
//! SAY words                         the words
//! ERROR 500 words                   an HTTP error
//! ```
//!
//! Anything else is answered with `You said: …`. A request without tools is one of the agent's own (a title, a
//! summary, a judgement): it is told `Session about TAG`, with the first tag of its text, and counts as no turn.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::{Deadline, seconds};

/// What a request was, as the model understood it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The last user message.
    pub user: String,
    /// Every user message, oldest first.
    pub users: Vec<String>,
    /// What the tools of this turn answered, oldest first.
    pub results: Vec<String>,
    /// How many answers the model already gave in this turn.
    pub step: usize,
    pub auxiliary: bool,
    /// Whether the agent took the whole answer.
    pub finished: bool,
}

#[derive(Default)]
struct State {
    asked: Vec<Asked>,
    allowed: BTreeMap<String, usize>,
    over: bool,
}

type Shared = Arc<(Mutex<State>, Condvar)>;

pub struct Model {
    shared: Shared,
    address: SocketAddr,
}

impl Model {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Shared::default();
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&serving);
                if shared.0.lock().expect("state").over {
                    return;
                }
                // The agent may leave in the middle of an answer: that is its right.
                std::thread::spawn(move || drop(serve(&stream, &shared)));
            }
        });
        Self { shared, address }
    }

    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Lets the gate's stream go on up to line `lines`, counted from its first.
    pub fn allow(&self, gate: &str, lines: usize) {
        self.state().allowed.insert(gate.into(), lines);
        self.shared.1.notify_all();
    }

    /// The turns' requests so far, the agent's own calls left out.
    pub fn asked(&self) -> Vec<Asked> {
        self.state().asked.iter().filter(|a| !a.auxiliary).cloned().collect()
    }

    #[track_caller]
    pub fn wait_for(&self, name: &str, is: impl Fn(&[Asked]) -> bool) {
        let deadline = Deadline::after(seconds(30));
        let mut state = self.state();
        while !is(&state.asked) {
            assert!(!deadline.passed(), "{name}: the model was asked only {:#?}", state.asked);
            state = self.shared.1.wait_timeout(state, deadline.left()).expect("state").0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().expect("state")
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.state().over = true;
        self.shared.1.notify_all();
        // Wakes the listener, so that it sees the end.
        drop(TcpStream::connect(self.address));
    }
}

/// One piece of an answer.
enum Piece {
    Reasoning(String),
    Text(String),
    Tool { name: String, arguments: String },
    Gate { name: String, line: usize },
}

fn serve(stream: &TcpStream, shared: &Shared) -> Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let Some((method, path, body)) = read_request(&mut reader)? else { return Ok(()) };
        let listing =
            json!({"id": "fake-model", "object": "model", "owned_by": "test", "context_length": 200_000});
        match (method.as_str(), path.as_str()) {
            ("GET", "/v1/models") => respond(stream, 200, &json!({"object": "list", "data": [listing]}))?,
            ("GET", "/v1/models/fake-model") => respond(stream, 200, &listing)?,
            ("POST", "/v1/chat/completions") => complete(stream, &body, shared)?,
            _ => respond(stream, 404, &json!({"error": {"message": "not found"}}))?,
        }
    }
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Result<Option<(String, String, Value)>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        match header.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().unwrap_or(0);
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some((method, path, serde_json::from_slice(&body).unwrap_or(Value::Null))))
}

fn respond(mut stream: &TcpStream, status: u16, body: &Value) -> Result<()> {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes())
}

fn complete(stream: &TcpStream, body: &Value, shared: &Shared) -> Result<()> {
    let asked = understand(body);
    let plan = plan(&asked);
    let index = {
        let mut state = shared.0.lock().expect("state");
        state.asked.push(asked);
        state.asked.len() - 1
    };
    shared.1.notify_all();
    let done = match plan {
        Err((status, words)) => {
            respond(stream, status, &json!({"error": {"message": words, "type": "test"}}))
        }
        Ok(pieces) if body["stream"] == true => send_stream(stream, body, &pieces, shared),
        Ok(pieces) => send_whole(stream, body, &pieces),
    };
    shared.0.lock().expect("state").asked[index].finished = done.is_ok();
    shared.1.notify_all();
    done
}

fn understand(body: &Value) -> Asked {
    let messages = body["messages"].as_array().map_or(&[][..], Vec::as_slice);
    let users: Vec<String> =
        messages.iter().filter(|m| m["role"] == "user").map(|m| text(&m["content"])).collect();
    let last = messages.iter().rposition(|m| m["role"] == "user").unwrap_or(0);
    let step = messages.iter().skip(last).filter(|m| m["role"] == "assistant").count();
    let results =
        messages.iter().skip(last).filter(|m| m["role"] == "tool").map(|m| text(&m["content"])).collect();
    let auxiliary = body["tools"].as_array().is_none_or(Vec::is_empty);
    Asked {
        user: users.last().cloned().unwrap_or_default(),
        users,
        results,
        step,
        auxiliary,
        finished: false,
    }
}

fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|p| p["text"].as_str()).collect::<Vec<_>>().join("\n"),
        _ => String::new(),
    }
}

const WORDS: [&str; 5] = ["STREAM", "REASON", "TOOL", "SAY", "ERROR"];

fn plan(asked: &Asked) -> std::result::Result<Vec<Piece>, (u16, String)> {
    if asked.auxiliary {
        let tag = asked.user.split_whitespace().find_map(|word| word.strip_prefix("tag="));
        return Ok(vec![Piece::Text(format!("Session about {}", tag.unwrap_or("nothing")))]);
    }
    // An agent whose last turn ended without an answer puts that turn's message before this one's.
    let message = asked.user.rsplit("\n\n").next().unwrap_or_default();
    let steps: Vec<(&str, &str)> = message
        .split('\n')
        .flat_map(|line| line.split(" ;; "))
        .filter_map(|step| step.trim().split_once(' '))
        .filter(|(word, _)| WORDS.contains(word))
        .collect();
    let Some((word, rest)) = steps.get(asked.step) else {
        let said = if steps.is_empty() { format!("You said: {}", asked.user) } else { "Done.".into() };
        return Ok(vec![Piece::Text(said)]);
    };
    let value = |key: &str| {
        rest.split_whitespace().find_map(|w| w.strip_prefix(key)?.strip_prefix('=')).unwrap_or_default()
    };
    let lines = |make: fn(String) -> Piece| {
        let (tag, n, gate) = (value("tag"), value("n").parse().unwrap_or(1), value("gate"));
        (1..=n).flat_map(move |line| {
            let gate = (!gate.is_empty()).then(|| Piece::Gate { name: gate.into(), line });
            // Cut in the middle of a tag, where joining goes wrong first.
            let whole = format!("{tag}-{line:04}\n");
            let (head, rest) = whole.split_at(whole.len() / 2);
            gate.into_iter().chain([make(head.into()), make(rest.into())])
        })
    };
    Ok(match *word {
        "STREAM" => lines(Piece::Text).collect(),
        "REASON" => lines(Piece::Reasoning).chain([Piece::Text("Thought about it.".into())]).collect(),
        "TOOL" => {
            let gate = rest.strip_prefix("gate=").and_then(|rest| rest.split_once(' '));
            let (gate, calls) = gate.map_or((None, *rest), |(gate, calls)| (Some(gate), calls));
            let gate = gate.map(|name| Piece::Gate { name: name.into(), line: 1 });
            let calls = calls.split(" && ").filter_map(|call| call.trim().split_once(' '));
            let calls =
                calls.map(|(name, arguments)| Piece::Tool { name: name.into(), arguments: arguments.into() });
            gate.into_iter().chain(calls).collect()
        }
        "ERROR" => {
            let (code, words) = rest.split_once(' ').unwrap_or((rest, "as the test asked"));
            return Err((code.parse().unwrap_or(500), words.into()));
        }
        _ => vec![Piece::Text((*rest).into())],
    })
}

fn calls(pieces: &[Piece]) -> Vec<Value> {
    let tools = pieces.iter().filter_map(|piece| match piece {
        Piece::Tool { name, arguments } => Some((name, arguments)),
        _ => None,
    });
    tools
        .enumerate()
        .map(|(index, (name, arguments))| {
            let id = format!("call_{}_{index}", serial());
            json!({"index": index, "id": id, "type": "function",
                   "function": {"name": name, "arguments": arguments}})
        })
        .collect()
}

fn serial() -> usize {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

fn finish_reason(calls: &[Value]) -> &'static str {
    if calls.is_empty() { "stop" } else { "tool_calls" }
}

fn usage() -> Value {
    json!({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110})
}

fn send_whole(stream: &TcpStream, body: &Value, pieces: &[Piece]) -> Result<()> {
    let mut content = String::new();
    for piece in pieces {
        if let Piece::Text(text) = piece {
            content += text;
        }
    }
    let calls = calls(pieces);
    let finish = finish_reason(&calls);
    let mut message = json!({"role": "assistant", "content": content});
    if !calls.is_empty() {
        message["tool_calls"] = json!(calls);
    }
    let choice = json!({"index": 0, "message": message, "finish_reason": finish});
    let answer = json!({"id": format!("chat-{}", serial()), "object": "chat.completion", "created": 1,
                        "model": body["model"], "choices": [choice], "usage": usage()});
    respond(stream, 200, &answer)
}

fn send_stream(mut stream: &TcpStream, body: &Value, pieces: &[Piece], shared: &Shared) -> Result<()> {
    let id = format!("chat-{}", serial());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes())?;
    let mut send = |event: &str| {
        let data = format!("data: {event}\n\n");
        stream.write_all(format!("{:x}\r\n{data}\r\n", data.len()).as_bytes())
    };
    let chunk = |choices: Value, usage: Value| {
        json!({"id": id, "object": "chat.completion.chunk", "created": 1, "model": body["model"],
               "choices": choices, "usage": usage})
        .to_string()
    };
    let delta = |delta: Value, finish: Value| {
        chunk(json!([{"index": 0, "delta": delta, "finish_reason": finish}]), Value::Null)
    };
    send(&delta(json!({"role": "assistant", "content": ""}), Value::Null))?;
    for piece in pieces {
        match piece {
            Piece::Text(text) => send(&delta(json!({"content": text}), Value::Null))?,
            Piece::Reasoning(text) => send(&delta(json!({"reasoning_content": text}), Value::Null))?,
            Piece::Gate { name, line } => wait_at(name, *line, shared),
            Piece::Tool { .. } => {}
        }
    }
    let calls = calls(pieces);
    for call in &calls {
        send(&delta(json!({"tool_calls": [call]}), Value::Null))?;
    }
    send(&delta(json!({}), json!(finish_reason(&calls))))?;
    send(&chunk(json!([]), usage()))?;
    send("[DONE]")?;
    stream.write_all(b"0\r\n\r\n")
}

/// Waits until the gate is open for `line`, or the model is over.
fn wait_at(gate: &str, line: usize, shared: &Shared) {
    let shut =
        |state: &mut State| !state.over && state.allowed.get(gate).is_none_or(|allowed| *allowed < line);
    drop(shared.1.wait_while(shared.0.lock().expect("state"), shut).expect("state"));
}

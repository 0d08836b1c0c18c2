//! A demo backend as a child process, and a bare client that keeps every frame.

use crate::shape::Sent;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::{Notify, mpsc};
use tokio_tungstenite::tungstenite::Message;

pub(crate) const TOKEN: &str = "t0ken";

/// Where a launch says its port too, in its home.
pub(crate) const READY_FILE: &str = "ready.json";

/// How long anything may take: far more than it does.
pub(crate) fn deadline() -> Duration {
    Duration::from_secs(if std::env::var_os("CI").is_some() { 80 } else { 20 })
}

/// A running backend; killed when dropped.
pub(crate) struct Demo {
    pub(crate) child: Child,
    pub(crate) out: BufReader<ChildStdout>,
    pub(crate) port: u16,
}

/// A launch that was not waited for.
pub(crate) fn launch(home: &Path, args: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_hermux"))
        .arg("demo-backend")
        .args(args.split_whitespace())
        .args(["serve", "--isolated", "--host", "127.0.0.1", "--port", "0"])
        .current_dir(home)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HERMES_HOME", home)
        .env("HERMES_DASHBOARD_SESSION_TOKEN", TOKEN)
        .env("HERMES_DESKTOP_READY_FILE", home.join(READY_FILE))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

impl Demo {
    /// Launches and waits for the ready line.
    pub(crate) async fn start(home: &Path, args: &str) -> Self {
        let mut child = launch(home, args);
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        tokio::time::timeout(deadline(), out.read_line(&mut line)).await.expect("a ready line").unwrap();
        let port =
            line.trim().strip_prefix("HERMES_BACKEND_READY port=").unwrap_or_else(|| panic!("{line:?}"));
        Self { port: port.parse().unwrap(), child, out }
    }

    pub(crate) async fn connect(&self, name: &str) -> Client {
        let url = format!("ws://127.0.0.1:{}/api/ws?token={TOKEN}", self.port);
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        Client::of(name, socket)
    }

    /// The next line of standard output.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        tokio::time::timeout(deadline(), self.out.read_line(&mut line)).await.expect("a line").unwrap();
        line
    }
}

/// One socket. All frames of both directions are kept.
pub(crate) struct Client {
    name: String,
    log: Arc<Mutex<Vec<Sent>>>,
    news: Arc<Notify>,
    out: mpsc::Sender<Message>,
    next: u64,
    /// Frames before this were looked at by [`Client::event`].
    seen: usize,
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

impl Client {
    fn of(name: &str, socket: Socket) -> Self {
        let (log, news) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Notify::new()));
        // When full, the test waits.
        let (out, mut queue) = mpsc::channel::<Message>(16);
        let (mut sink, mut stream) = socket.split();
        let (kept, told, socket) = (Arc::clone(&log), Arc::clone(&news), name.to_owned());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    message = queue.recv() => match message {
                        Some(message) => drop(sink.send(message).await),
                        None => return,
                    },
                    message = stream.next() => {
                        let frame = match message {
                            Some(Ok(Message::Text(text))) => {
                                serde_json::from_str(&text).unwrap_or_else(|_| json!({ "garbage": text.len() }))
                            }
                            Some(Ok(Message::Binary(bytes))) => json!({ "garbage": bytes.len() }),
                            Some(Ok(Message::Close(close))) => {
                                json!({ "closed": close.map_or(0, |close| u16::from(close.code)) })
                            }
                            Some(Ok(_)) => continue,
                            Some(Err(_)) | None => json!({ "gone": true }),
                        };
                        let over = frame.get("gone").is_some();
                        kept.lock().unwrap().push(Sent { outgoing: false, socket: socket.clone(), frame });
                        told.notify_waiters();
                        if over {
                            return;
                        }
                    }
                }
            }
        });
        Self { name: name.to_owned(), log, news, out, next: 1, seen: 0 }
    }

    /// Every frame so far.
    pub(crate) fn log(&self) -> Vec<Sent> {
        self.log.lock().unwrap().clone()
    }

    /// The incoming frames so far.
    pub(crate) fn frames(&self) -> Vec<Value> {
        self.log().into_iter().filter(|sent| !sent.outgoing).map(|sent| sent.frame).collect()
    }

    /// Waits until `find` finds something in the log.
    pub(crate) async fn wait<T>(&self, what: &str, mut find: impl FnMut(&[Sent]) -> Option<T>) -> T {
        let end = tokio::time::Instant::now() + deadline();
        loop {
            let told = self.news.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if let Some(found) = find(&self.log.lock().unwrap()) {
                return found;
            }
            if tokio::time::timeout_at(end, told).await.is_err() {
                let tail: Vec<String> =
                    self.log().iter().rev().take(12).rev().map(|sent| sent.frame.to_string()).collect();
                panic!("no {what}; the last frames:\n{}", tail.join("\n"));
            }
        }
    }

    /// Sends a request without waiting; returns its id.
    pub(crate) async fn send(&mut self, method: &str, params: Value) -> String {
        let id = format!("r{}", self.next);
        self.next += 1;
        let frame = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.log.lock().unwrap().push(Sent {
            outgoing: true,
            socket: self.name.clone(),
            frame: frame.clone(),
        });
        self.out.send(Message::text(frame.to_string())).await.unwrap();
        id
    }

    pub(crate) async fn raw(&mut self, text: &str) {
        self.out.send(Message::text(text.to_owned())).await.unwrap();
    }

    /// Sends a request and waits for its answer: the whole frame.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        self.wait(&format!("answer to {method}"), |log| {
            let answer = log.iter().find(|sent| !sent.outgoing && sent.frame["id"] == id.as_str());
            answer.map(|sent| sent.frame.clone())
        })
        .await
    }

    /// The result of a request that must succeed.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The code of a request that must fail.
    pub(crate) async fn refused(&mut self, method: &str, params: Value) -> i64 {
        let answer = self.ask(method, params).await;
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method}: {answer}"))
    }

    /// The next event of this kind after the one found last: its `params`.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        let seen = self.seen;
        let (at, params) = self
            .wait(&format!("event {kind}"), |log| {
                log.iter().enumerate().skip(seen).find_map(|(at, sent)| {
                    let params = &sent.frame["params"];
                    (!sent.outgoing && params["type"] == kind).then(|| (at, params.clone()))
                })
            })
            .await;
        self.seen = at + 1;
        params
    }

    /// Forgets what [`Client::event`] has not looked at.
    pub(crate) fn skip(&mut self) {
        self.seen = self.log.lock().unwrap().len();
    }

    /// Runs a prompt to its end: the `message.complete`, with the `session.info` after it gone by.
    pub(crate) async fn turn(&mut self, session: &str, text: &str) -> Value {
        self.skip();
        self.call("prompt.submit", json!({ "session_id": session, "text": text })).await;
        let complete = self.event("message.complete").await;
        self.event("session.info").await;
        complete["payload"].clone()
    }

    /// A new session with its agent built: live id and stored id.
    pub(crate) async fn session(&mut self, params: Value) -> (String, String) {
        let made = self.call("session.create", params).await;
        self.event("session.info").await;
        let text = |key: &str| made[key].as_str().unwrap().to_owned();
        (text("session_id"), text("stored_session_id"))
    }
}

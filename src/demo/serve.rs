//! The listener: who may connect, the ready line, one task a socket, signals.

use super::backend::Backend;
use super::faults::{Point, Ready};
use super::frames::{self, refuse};
use super::methods::{self, After, Call, Left};
use super::{Start, pipes, rest, turn};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Map, Value};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::http::{HeaderName, StatusCode, header};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error as WsError, Message};

/// A request above this closes the socket, with 1009.
const REQUEST_MAX: usize = 16 << 20;

/// Frames that wait for one socket. When full, events wait up to ten seconds and are then lost; answers wait.
const SOCKET_QUEUE: usize = 256;

/// Binds, says that it is ready, and serves until it is told to stop.
pub(super) async fn serve(backend: Arc<Backend>) -> Result<(), Start> {
    let faults = &backend.options.faults;
    tokio::time::sleep(faults.ready_delay).await;
    faults.at(Point::BeforeReady);
    let address = (backend.options.host.as_str(), backend.options.port);
    let listener = TcpListener::bind(address).await.map_err(Start::Bind)?;
    let port = listener.local_addr().map_err(Start::Bind)?.port();
    if let Some(path) = &backend.environment.ready_file {
        write_ready_file(path, port).map_err(Start::ReadyFile)?;
    }
    say_ready(&backend, port).await;
    faults.at(Point::AfterReady);
    tokio::spawn(pipes::noise(faults.noise));
    loop {
        tokio::select! {
            () = backend.stop.cancelled() => return Ok(()),
            accepted = listener.accept() => {
                // One connection that fails is its own loss.
                if let Ok((stream, _)) = accepted {
                    tokio::spawn(welcome(Arc::clone(&backend), stream, port));
                }
            }
        }
    }
}

/// The file is complete whenever it can be seen.
fn write_ready_file(path: &Path, port: u16) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let temporary = path.with_extension("tmp");
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
    io::Write::write_all(&mut file, format!("{{\"port\":{port}}}").as_bytes())?;
    std::fs::rename(&temporary, path)
}

async fn say_ready(backend: &Backend, port: u16) {
    let told = if backend.options.faults.ready == Ready::WrongPort { port ^ 1 } else { port };
    let line = format!("HERMES_BACKEND_READY port={told}\n");
    let host = &backend.options.host;
    let second = format!("  Hermes backend listening on {host}:{told}\n");
    match backend.options.faults.ready {
        Ready::Sound | Ready::WrongPort => pipes::stdout(format!("{line}{second}").into_bytes()).await,
        Ready::Twice => pipes::stdout(format!("{line}{second}{line}{second}").into_bytes()).await,
        Ready::Stderr => pipes::stderr(format!("{line}{second}").into_bytes()).await,
        Ready::Split => {
            let (head, tail) = line.split_at(line.len() / 2);
            pipes::stdout(head.into()).await;
            tokio::time::sleep(Duration::from_millis(120)).await;
            pipes::stdout(format!("{tail}{second}").into_bytes()).await;
        }
        Ready::Never => {}
    }
}

/// Checks the handshake as Hermes does: every refusal is an HTTP answer before the upgrade.
#[expect(clippy::result_large_err, reason = "the signature is the websocket crate's")]
fn admit(
    backend: &Backend,
    port: u16,
    request: &Request,
    response: Response,
) -> Result<Response, ErrorResponse> {
    let refused = |status: StatusCode, body: &str| {
        let mut refusal = ErrorResponse::new(Some(body.to_owned()));
        *refusal.status_mut() = status;
        Err(refusal)
    };
    if request.uri().path() != "/api/ws" {
        return refused(StatusCode::NOT_FOUND, r#"{"error":"Headless backend: no such path"}"#);
    }
    let header = |name: HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let own = |host: &str| {
        [backend.options.host.as_str(), "127.0.0.1", "localhost"]
            .iter()
            .any(|name| host == format!("{name}:{port}"))
    };
    let host = header(header::HOST).is_some_and(own);
    let origin = header(header::ORIGIN).is_none_or(|origin| own(origin.trim_start_matches("http://")));
    let mut given =
        request.uri().query().unwrap_or_default().split('&').filter_map(|pair| pair.strip_prefix("token="));
    // Without a token of its own the real one makes one up that nobody can know.
    let known = backend.environment.token.as_deref().is_some_and(|token| given.next() == Some(token));
    if host && origin && known { Ok(response) } else { refused(StatusCode::FORBIDDEN, "") }
}

async fn welcome(backend: Arc<Backend>, stream: TcpStream, port: u16) {
    // Frames are small and often; waiting to fill a packet would make streams stutter.
    let _ = stream.set_nodelay(true);
    if rest::is_one(&stream).await {
        // A connection that breaks is its own loss.
        let _ = rest::answer(&backend, stream).await;
        return;
    }
    let config =
        WebSocketConfig::default().max_message_size(Some(REQUEST_MAX)).max_frame_size(Some(REQUEST_MAX));
    let checked = Arc::clone(&backend);
    #[expect(clippy::result_large_err, reason = "the signature is the websocket crate's")]
    let admit = move |request: &Request, response: Response| admit(&checked, port, request, response);
    let Ok(socket) = tokio_tungstenite::accept_hdr_async_with_config(stream, admit, Some(config)).await
    else {
        return;
    };
    let (frames, queue) = mpsc::channel(SOCKET_QUEUE);
    let id = {
        let mut state = backend.lock();
        let id = state.next_socket;
        state.next_socket += 1;
        state.sockets.insert(id, frames.clone());
        id
    };
    let (sink, mut stream) = socket.split();
    let mut writer = tokio::spawn(write(Arc::clone(&backend), sink, queue));
    // The queue has room for its first frame.
    let _ = frames.try_send(Message::text(frames::gateway_ready().to_string()));
    let mut requests = 0;
    loop {
        if backend.options.faults.stop_reading_after.is_some_and(|limit| requests >= limit) {
            // Never read again, but notice when the writing side fails.
            let _ = (&mut writer).await;
            break;
        }
        let message = tokio::select! {
            message = stream.next() => message,
            _ = &mut writer => break,
        };
        match message {
            Some(Ok(Message::Text(text))) => {
                requests += 1;
                answer(&backend, id, &frames, text.as_str()).await;
            }
            Some(Err(WsError::Capacity(_))) => {
                let close = CloseFrame { code: CloseCode::Size, reason: "message too big".into() };
                // It is being closed either way.
                let _ = frames.send(Message::Close(Some(close))).await;
                break;
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            Some(Ok(_)) => {}
        }
    }
    // Both halves must go for the connection to end; what follows waits out the grace time.
    drop((frames, stream));
    backend.socket_gone(id).await;
}

type Sink = futures_util::stream::SplitSink<WebSocketStream<TcpStream>, Message>;

/// Writes what is queued for one socket, until the socket or the backend ends.
async fn write(backend: Arc<Backend>, mut sink: Sink, mut queue: mpsc::Receiver<Message>) {
    let faults = &backend.options.faults;
    let mut written = 0;
    loop {
        let frame = tokio::select! {
            biased;
            () = backend.stop.cancelled() => {
                let close = CloseFrame { code: CloseCode::Restart, reason: "".into() };
                let _ = sink.send(Message::Close(Some(close))).await;
                return;
            }
            frame = queue.recv() => frame,
        };
        let Some(frame) = frame else { return };
        if !faults.frame_delay.is_zero() {
            tokio::time::sleep(faults.frame_delay).await;
        }
        if sink.send(frame).await.is_err() {
            return;
        }
        written += 1;
        let all = backend.frames.fetch_add(1, Ordering::Relaxed) + 1;
        faults.at(Point::Frames(all));
        if faults.drop_after.is_some_and(|limit| written >= limit) {
            return;
        }
    }
}

/// Answers one message: its events first, then the answer, then the work that it starts.
async fn answer(backend: &Arc<Backend>, socket: u64, frames: &mpsc::Sender<Message>, text: &str) {
    if text.trim().is_empty() {
        return;
    }
    let (id, outcome, left) = handle(backend, socket, text);
    for (live, frame) in left.events {
        backend.deliver(&live, frame).await;
    }
    // A socket that is gone needs no answer.
    let _ = frames.send(Message::text(frames::reply(&id, &outcome).to_string())).await;
    for after in left.after {
        let backend = Arc::clone(backend);
        match after {
            After::Build(live) => tokio::spawn(async move { backend.build(&live).await }),
            After::Turn(live, started) => tokio::spawn(turn::run(backend, live, started)),
        };
    }
}

fn handle(backend: &Arc<Backend>, socket: u64, text: &str) -> (Value, Result<Value, frames::Refusal>, Left) {
    let mut left = Left::default();
    let bad = |code, message: &str| Err(refuse(code, message));
    let Ok(request) = serde_json::from_str::<Value>(text) else {
        return (Value::Null, bad(-32700, "parse error"), left);
    };
    let Value::Object(request) = request else {
        return (Value::Null, bad(-32600, "invalid request: expected an object"), left);
    };
    let id = request.get("id").cloned().unwrap_or_default();
    let Some(method) = request.get("method").and_then(Value::as_str).filter(|method| !method.is_empty())
    else {
        return (id, bad(-32600, "invalid request: method must be a non-empty string"), left);
    };
    let none = Map::new();
    let params = match request.get("params") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(params)) => params,
        Some(_) => return (id, bad(-32602, "invalid params: expected an object"), left),
    };
    let mut state = backend.lock();
    let mut call = Call { backend, state: &mut state, socket, params, left: &mut left };
    let outcome = methods::dispatch(method, &mut call);
    (id, outcome, left)
}

/// Waits for a signal and ends the process' work as Hermes does: INT ends the sessions, TERM does not. Returns the exit code.
pub(super) async fn signals(backend: Arc<Backend>) -> io::Result<u8> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    loop {
        let interrupted = tokio::select! {
            _ = interrupt.recv() => true,
            _ = terminate.recv() => false,
        };
        if backend.options.faults.ignore_term {
            continue;
        }
        if interrupted {
            let mut state = backend.lock();
            let all: Vec<String> = state.sessions.keys().cloned().collect();
            for live in all {
                state.close(&live, "tui_shutdown");
            }
        }
        backend.stop.cancel();
        // Time for the close frames; a socket that does not take them gets none.
        tokio::time::sleep(Duration::from_millis(100)).await;
        return Ok(if interrupted { 130 } else { 143 });
    }
}

//! The supervisor against a launcher that starts nothing, loopback sockets, and a clock that only the tests move.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails in a helper fails the test")]

use futures_util::{SinkExt, StreamExt, future::BoxFuture};
use hermux::base::{clock::Clock, ids::ProfileName, text::Untrusted};
use hermux::model::profile::{BackendState, StuckReason};
use hermux::supervisor::{Event, Settings, Supervisor, failure::Failure, launch};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{
    Message,
    handshake::server::{ErrorResponse, Request, Response},
    http::StatusCode,
};

const GREETING: &str =
    r#"{"jsonrpc":"2.0","method":"event","params":{"type":"gateway.ready","payload":{"skin":{}}}}"#;

/// One process that the supervisor believes to run.
struct Process {
    profile: String,
    token: String,
    ready_file: PathBuf,
    stdout: DuplexStream,
    stderr: DuplexStream,
    control: Arc<Control>,
}

#[derive(Default)]
struct Control {
    exit: Mutex<Option<oneshot::Sender<Option<i32>>>>,
    foreign_port: AtomicBool,
    deaf: AtomicBool,
    asked: AtomicUsize,
    killed: AtomicUsize,
}

impl Control {
    fn end(&self, code: Option<i32>) {
        if let Some(exit) = self.exit.lock().unwrap().take() {
            let _ = exit.send(code);
        }
    }
}

impl launch::Control for Control {
    fn identity(&self) -> Option<(i32, u64)> {
        None
    }

    fn listens(&self, _port: u16) -> bool {
        !self.foreign_port.load(Ordering::SeqCst)
    }

    fn ask(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if !self.deaf.load(Ordering::SeqCst) {
            self.end(Some(130));
        }
    }

    fn kill(&self) {
        self.killed.fetch_add(1, Ordering::SeqCst);
        self.end(None);
    }
}

#[derive(Debug)]
struct Launcher(mpsc::Sender<Process>, Option<Failure>);

impl launch::Launcher for Launcher {
    fn launch(&self, order: &launch::Order<'_>) -> Result<launch::Running, Failure> {
        if let Some(failure) = &self.1 {
            return Err(failure.clone());
        }
        let (stdout, out) = tokio::io::duplex(1024);
        let (stderr, err) = tokio::io::duplex(1024);
        let (exit, ended) = oneshot::channel();
        let control = Arc::new(Control { exit: Mutex::new(Some(exit)), ..Control::default() });
        let process = Process {
            profile: order.profile.to_string(),
            token: order.token.expose().to_owned(),
            ready_file: order.ready_file.to_owned(),
            stdout,
            stderr,
            control: control.clone(),
        };
        self.0.try_send(process).unwrap();
        let exit: BoxFuture<'static, Option<i32>> = Box::pin(async move { ended.await.unwrap_or(None) });
        Ok(launch::Running { pipes: vec![Box::new(out), Box::new(err)], exit, control })
    }
}

/// A supervisor with its processes in the test's hand.
struct Rig {
    supervisor: Supervisor,
    events: mpsc::Receiver<(ProfileName, Event)>,
    processes: mpsc::Receiver<Process>,
    dir: tempfile::TempDir,
}

fn rig() -> Rig {
    rig_failing(None)
}

fn rig_failing(failure: Option<Failure>) -> Rig {
    let dir = tempfile::tempdir().unwrap();
    let (send, processes) = mpsc::channel(64);
    let (supervisor, events) = Supervisor::new(Settings {
        home: dir.path().to_owned(),
        runtime: dir.path().join("run"),
        launcher: Box::new(Launcher(send, failure)),
        program: "hermes".into(),
        clock: Clock::start(),
        seed: 1,
    });
    Rig { supervisor, events, processes, dir }
}

fn profile(name: &str) -> ProfileName {
    ProfileName::new(name).unwrap()
}

/// Virtual time: it passes at once when nothing else can happen, so this bounds a wait without making it.
const NEVER: Duration = Duration::from_secs(24 * 3600);

impl Rig {
    async fn event(&mut self) -> (ProfileName, Event) {
        tokio::time::timeout(NEVER, self.events.recv()).await.expect("an event in a day").unwrap()
    }

    /// Waits until `name` shows a state that `is` what is wanted; says every event before.
    async fn until(&mut self, name: &str, is: impl Fn(&BackendState) -> bool) -> (BackendState, Vec<Event>) {
        let mut before = Vec::new();
        loop {
            let (who, event) = self.event().await;
            match event {
                Event::State(state) if who.as_str() == name && is(&state) => return (state, before),
                event if who.as_str() == name => before.push(event),
                _ => {}
            }
        }
    }

    async fn process(&mut self) -> Process {
        tokio::time::timeout(NEVER, self.processes.recv()).await.expect("a process in a day").unwrap()
    }

    /// No process is begun, however long one waits.
    async fn no_process(&mut self) {
        assert!(tokio::time::timeout(NEVER, self.processes.recv()).await.is_err(), "a process was begun");
    }

    /// Starts `name` and brings it to life.
    async fn live(&mut self, name: &str) -> (Process, Server, Socket) {
        self.supervisor.start(&profile(name));
        let process = self.process().await;
        self.bring_up(name, process).await
    }

    async fn bring_up(&mut self, name: &str, mut process: Process) -> (Process, Server, Socket) {
        let server = Server::open().await;
        process.say_ready(server.port()).await;
        let socket = server.greet(&process.token).await;
        self.until(name, |state| *state == BackendState::Live).await;
        (process, server, socket)
    }
}

impl Process {
    async fn say_ready(&mut self, port: u16) {
        self.stdout.write_all(format!("HERMES_BACKEND_READY port={port}\n").as_bytes()).await.unwrap();
    }
}

type Socket = WebSocketStream<TcpStream>;

struct Server(TcpListener);

impl Server {
    async fn open() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// Takes a connection that shows `token`.
    #[expect(clippy::result_large_err, reason = "the callback's type is the library's")]
    async fn accept(&self, token: &str) -> Socket {
        let (stream, _) = tokio::time::timeout(NEVER, self.0.accept()).await.expect("a connection").unwrap();
        let check = |request: &Request, response: Response| {
            assert_eq!(request.uri().path(), "/api/ws");
            assert_eq!(request.uri().query(), Some(format!("token={token}").as_str()));
            assert_eq!(request.headers()["host"], format!("127.0.0.1:{}", self.port()).as_str());
            assert!(!request.headers().contains_key("origin"));
            Ok(response)
        };
        tokio_tungstenite::accept_hdr_async(stream, check).await.unwrap()
    }

    #[expect(clippy::result_large_err, reason = "the callback's type is the library's")]
    async fn refuse(&self) {
        let (stream, _) = tokio::time::timeout(NEVER, self.0.accept()).await.expect("a connection").unwrap();
        let refuse = |_: &Request, _: Response| -> Result<Response, ErrorResponse> {
            let mut response = ErrorResponse::new(None);
            *response.status_mut() = StatusCode::FORBIDDEN;
            Err(response)
        };
        assert!(tokio_tungstenite::accept_hdr_async(stream, refuse).await.is_err());
    }

    async fn greet(&self, token: &str) -> Socket {
        let mut socket = self.accept(token).await;
        socket.send(Message::text(GREETING)).await.unwrap();
        socket
    }
}

fn retrying(state: &BackendState) -> bool {
    matches!(state, BackendState::Retrying { .. })
}

fn stuck(state: &BackendState) -> bool {
    matches!(state, BackendState::Stuck(_))
}

/// REL-04, A18: the line, then the connection, then the greeting, and only then live; ten wishes are one process.
#[tokio::test(start_paused = true)]
async fn live_is_the_last_step_and_ten_wishes_are_one_process() {
    let mut rig = rig();
    for _ in 0..10 {
        rig.supervisor.start(&profile("work"));
    }
    let mut process = rig.process().await;
    assert_eq!(process.profile, "work");
    let server = Server::open().await;
    process.say_ready(server.port()).await;
    let mut socket = server.accept(&process.token).await;
    rig.supervisor.start(&profile("work"));
    socket.send(Message::text(GREETING)).await.unwrap();
    let (_, before) = rig.until("work", |state| *state == BackendState::Live).await;
    let mut before = before.into_iter().filter(|e| !matches!(e, Event::State(BackendState::Waking { .. })));
    assert!(matches!(before.next(), Some(Event::Connected { .. })));
    assert!(matches!(before.next(), Some(Event::Text { text, .. }) if text == GREETING));
    assert!(before.next().is_none());
    assert!(rig.processes.try_recv().is_err());
}

/// REL-04, FLT-18: on the other pipe, in the file, in two writes.
#[tokio::test(start_paused = true)]
async fn the_port_is_found_wherever_it_is_said() {
    for place in ["stderr", "file", "halves"] {
        let mut rig = rig();
        rig.supervisor.start(&profile("work"));
        let mut process = rig.process().await;
        let server = Server::open().await;
        let line = format!("HERMES_DASHBOARD_READY port={}\n", server.port());
        match place {
            "stderr" => process.stderr.write_all(line.as_bytes()).await.unwrap(),
            "file" => {
                std::fs::write(&process.ready_file, format!("{{\"port\":{}}}", server.port())).unwrap();
            }
            _ => {
                process.stdout.write_all(&line.as_bytes()[..25]).await.unwrap();
                tokio::time::advance(Duration::from_secs(3)).await;
                process.stdout.write_all(&line.as_bytes()[25..]).await.unwrap();
            }
        }
        let _socket = server.greet(&process.token).await;
        rig.until("work", |state| *state == BackendState::Live).await;
    }
}

/// REL-02, REL-04, ASK-71: slow, given up, stopped and seen to end before the next; three in a row are enough, then one each
/// 5 minutes, and the person's wish at once.
#[tokio::test(start_paused = true)]
async fn a_backend_that_never_gets_ready_is_given_up_and_three_are_enough() {
    let mut rig = rig();
    rig.supervisor.start(&profile("work"));
    for attempt in 1..=3 {
        let mut process = rig.process().await;
        process.stderr.write_all(b"still thinking\n").await.unwrap();
        let began = Instant::now();
        rig.until(
            "work",
            |s| matches!(s, BackendState::Waking { slow: true, line, .. } if line.raw() == "still thinking"),
        )
        .await;
        assert_eq!(began.elapsed().as_secs(), 20);
        rig.until("work", |s| *s == BackendState::Stopping).await;
        assert_eq!(began.elapsed().as_secs(), 180);
        assert_eq!(process.control.asked.load(Ordering::SeqCst), 1, "attempt {attempt}");
    }
    let (state, _) = rig.until("work", stuck).await;
    let BackendState::Stuck(why) = state else { unreachable!() };
    assert_eq!(why.reason, StuckReason::NotReady);
    assert_eq!(why.log.last().map(Untrusted::raw), Some("still thinking"));
    let since = Instant::now();
    let process = rig.process().await;
    assert_eq!(since.elapsed().as_secs(), 300, "by itself after 5 minutes");
    process.control.end(Some(1));
    rig.until("work", stuck).await;
    let since = Instant::now();
    rig.supervisor.start(&profile("work"));
    rig.process().await;
    assert_eq!(since.elapsed().as_secs(), 0, "at once when asked");
}

/// ASK-73: an end before the greeting is a failed start, whatever its code.
#[tokio::test(start_paused = true)]
async fn an_end_just_after_the_ready_line_is_a_failed_start() {
    let mut rig = rig();
    rig.supervisor.start(&profile("work"));
    let mut tokens = Vec::new();
    for _ in 0..3 {
        let mut process = rig.process().await;
        process.control.foreign_port.store(true, Ordering::SeqCst);
        process.say_ready(9).await;
        process.control.end(Some(0));
        tokens.push(process.token);
    }
    let (state, _) = rig.until("work", stuck).await;
    let BackendState::Stuck(why) = state else { unreachable!() };
    assert_eq!(why.reason, StuckReason::CrashAtStart);
    tokens.dedup();
    assert_eq!(tokens.len(), 3, "SEC-30: each start has a token of its own");
}

/// REL-02, FLT-15, FLT-17
#[tokio::test(start_paused = true)]
async fn a_crash_is_mended_at_once_and_five_in_a_minute_are_a_loop() {
    let mut rig = rig();
    let (mut process, _server, _socket) = rig.live("work").await;
    let other = rig.live("other").await;
    let mut held = None;
    let before = Instant::now();
    for crash in 1..=5 {
        process.control.end(Some(139));
        let (state, events) = rig.until("work", |state| retrying(state) || stuck(state)).await;
        match &state {
            BackendState::Stuck(why) => assert_eq!((crash, why.reason), (5, StuckReason::CrashLoop)),
            _ => assert!(crash < 5, "{state:?}"),
        }
        assert!(
            events.iter().any(|e| matches!(e, Event::Disconnected { process: true, .. })),
            "the end of the process is told"
        );
        if crash < 5 {
            let next = rig.process().await;
            if crash == 1 {
                assert_eq!(before.elapsed().as_secs(), 0, "the first at once");
            }
            let (next, ..) = held.insert(rig.bring_up("work", next).await);
            std::mem::swap(&mut process, next);
        }
    }
    // The other one noticed nothing.
    rig.supervisor.start(&profile("other"));
    while let Ok((who, event)) = rig.events.try_recv() {
        assert!(who.as_str() == "work", "{event:?}");
    }
    drop(other);
}

/// REL-07, A04, INV23: refused credentials are tried again for ever while the process lives, and change nothing else.
#[tokio::test(start_paused = true)]
async fn a_dropped_connection_is_made_again_with_patience() {
    let mut rig = rig();
    let (process, server, socket) = rig.live("work").await;
    drop(socket);
    let (_, before) = rig.until("work", retrying).await;
    assert!(before.iter().any(|e| matches!(e, Event::Disconnected { process: false, .. })));
    let since = Instant::now();
    for _ in 0..20 {
        server.refuse().await;
    }
    let waited = since.elapsed();
    assert!(waited > Duration::from_secs(20) && waited < Duration::from_secs(20 * 15), "{waited:?}");
    let _socket = server.greet(&process.token).await;
    rig.until("work", |state| *state == BackendState::Live).await;
    assert_eq!(
        process.control.asked.load(Ordering::SeqCst) + process.control.killed.load(Ordering::SeqCst),
        0
    );
    assert!(rig.processes.try_recv().is_err());
}

/// REL-05, SEC-32, FLT-25
#[tokio::test(start_paused = true)]
async fn a_port_that_is_not_the_backend_s_own_never_sees_the_token() {
    let mut rig = rig();
    rig.supervisor.start(&profile("work"));
    let mut process = rig.process().await;
    process.control.foreign_port.store(true, Ordering::SeqCst);
    let thief = Server::open().await;
    process.say_ready(thief.port()).await;
    rig.until("work", |state| *state == BackendState::Stopping).await;
    let connection = tokio::time::timeout(Duration::from_secs(1), thief.0.accept()).await;
    assert!(connection.is_err(), "it was connected to");
}

/// REL-06, FLT-16; CHECK fact 55: silence makes a backend degraded, never dead.
#[tokio::test(start_paused = true)]
async fn a_silent_backend_is_degraded_and_never_killed() {
    let mut rig = rig();
    let (process, _server, mut socket) = rig.live("work").await;
    let since = Instant::now();
    rig.until("work", |state| matches!(state, BackendState::Degraded(_))).await;
    assert_eq!(since.elapsed().as_secs(), 45);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert_eq!(
        process.control.asked.load(Ordering::SeqCst) + process.control.killed.load(Ordering::SeqCst),
        0
    );
    let ping = socket.next().await.unwrap().unwrap().into_text().unwrap();
    let ping: serde_json::Value = serde_json::from_str(&ping).unwrap();
    assert_eq!(ping["method"], "ping");
    let answer = serde_json::json!({"jsonrpc": "2.0", "id": ping["id"], "error": {"code": -32601, "message": "unknown method"}});
    socket.send(Message::text(answer.to_string())).await.unwrap();
    let (_, before) = rig.until("work", |state| *state == BackendState::Live).await;
    assert!(before.is_empty(), "the answer to our own question goes no further: {before:?}");
}

/// A09: nobody says which one is looked at; a backend in the background is asked like any other.
#[tokio::test(start_paused = true)]
async fn every_open_backend_is_asked_when_it_is_silent() {
    let mut rig = rig();
    let (_one, _first, one) = rig.live("one").await;
    let (_two, _second, two) = rig.live("two").await;
    for mut socket in [one, two] {
        for _ in 0..2 {
            let ping =
                tokio::time::timeout(NEVER, socket.next()).await.expect("a question").unwrap().unwrap();
            let ping: serde_json::Value = serde_json::from_str(&ping.into_text().unwrap()).unwrap();
            assert_eq!(ping["method"], "ping");
        }
    }
}

/// REL-03, A04: two start at a time, and two that hang do not hold up a third for longer than 20 s.
#[tokio::test(start_paused = true)]
async fn a_third_start_waits_for_its_turn_but_not_for_ever() {
    let mut rig = rig();
    for name in ["one", "two", "three"] {
        rig.supervisor.start(&profile(name));
    }
    let since = Instant::now();
    let first = [rig.process().await, rig.process().await];
    assert_eq!(since.elapsed().as_secs(), 0);
    let third = rig.process().await;
    assert_eq!(since.elapsed().as_secs(), 20);
    drop((first, third));
}

/// REL-25, FLT-24, ASK-70: after the word, nothing is begun, in whatever state it finds a backend.
#[tokio::test(start_paused = true)]
async fn nothing_is_begun_after_a_shutdown() {
    for case in ["starting", "live", "crashed", "reconnecting", "stuck", "waiting for a turn", "stopping"] {
        let mut rig = rig();
        let mut held = Vec::new();
        match case {
            "starting" => {
                rig.supervisor.start(&profile("work"));
                held.push(rig.process().await);
            }
            "waiting for a turn" => {
                for name in ["one", "two", "work"] {
                    rig.supervisor.start(&profile(name));
                }
                held.push(rig.process().await);
                held.push(rig.process().await);
            }
            _ => {
                let (process, server, socket) = rig.live("work").await;
                match case {
                    "crashed" => process.control.end(Some(1)),
                    "reconnecting" => drop((server, socket)),
                    "stopping" => {
                        process.control.deaf.store(true, Ordering::SeqCst);
                        rig.supervisor.stop(&profile("work"));
                        rig.supervisor.start(&profile("work"));
                    }
                    "stuck" => rig.supervisor.reject(&profile("work"), "other".into()),
                    _ => {}
                }
                held.push(process);
            }
        }
        let Rig { supervisor, mut processes, .. } = rig;
        let since = Instant::now();
        supervisor.shutdown().await;
        assert!(since.elapsed() <= Duration::from_secs(8), "{case}");
        for process in held {
            let over = process.control.exit.lock().unwrap().is_none();
            assert!(over, "{case}: its process goes on");
        }
        // A crashed one may have begun anew before the word came; that one has ended, too.
        while let Ok(process) = processes.try_recv() {
            assert!(process.control.exit.lock().unwrap().is_none(), "{case}");
        }
        assert!(processes.recv().await.is_none(), "{case}: nobody is left to begin one");
    }
}

/// REL-25: a guard that does not follow is killed.
#[tokio::test(start_paused = true)]
async fn a_stop_takes_eight_seconds_at_most_and_a_start_meanwhile_comes_after_it() {
    let mut rig = rig();
    let (process, _server, _socket) = rig.live("work").await;
    process.control.deaf.store(true, Ordering::SeqCst);
    let since = Instant::now();
    rig.supervisor.stop(&profile("work"));
    rig.until("work", |state| *state == BackendState::Stopping).await;
    rig.supervisor.start(&profile("work"));
    rig.process().await;
    assert_eq!(process.control.killed.load(Ordering::SeqCst), 1);
    assert!(since.elapsed() > Duration::from_secs(7) && since.elapsed() <= Duration::from_secs(8));
}

/// ASK-79
#[tokio::test(start_paused = true)]
async fn a_backend_of_another_profile_is_stopped_and_said_so() {
    let mut rig = rig();
    let (process, ..) = rig.live("work").await;
    rig.supervisor.reject(&profile("work"), "personal".into());
    let (state, _) = rig.until("work", stuck).await;
    let BackendState::Stuck(why) = state else { unreachable!() };
    assert_eq!(why.reason, StuckReason::WrongProfile);
    assert!(why.what.raw().contains("personal"));
    assert_eq!(process.control.asked.load(Ordering::SeqCst), 1);
    rig.no_process().await;
}

/// REL-02: what no second try can mend is not tried.
#[tokio::test(start_paused = true)]
async fn a_missing_program_is_said_once_and_not_tried_again() {
    let mut rig = rig_failing(Some(Failure::NoBinary("hermes".into())));
    rig.supervisor.start(&profile("work"));
    let (state, _) = rig.until("work", stuck).await;
    let BackendState::Stuck(why) = state else { unreachable!() };
    assert_eq!(why.reason, StuckReason::NoBinary);
    rig.no_process().await;
}

/// REL-02
#[tokio::test(start_paused = true)]
async fn an_unknown_profile_is_said_once_and_not_tried_again() {
    let mut rig = rig();
    rig.supervisor.start(&profile("work"));
    let mut process = rig.process().await;
    let said = b"Error: Profile 'work' does not exist. Create it with: hermes profile create work\n";
    process.stderr.write_all(said).await.unwrap();
    process.control.end(Some(1));
    drop(process);
    let (state, _) = rig.until("work", stuck).await;
    let BackendState::Stuck(why) = state else { unreachable!() };
    assert_eq!(why.reason, StuckReason::UnknownProfile);
    rig.no_process().await;
}

/// REL-27
#[tokio::test(start_paused = true)]
async fn a_profile_that_another_hermux_owns_is_not_started_and_its_owner_named() {
    let mut rig = rig();
    let (_process, _server, _socket) = rig.live("work").await;
    let (send, mut processes) = mpsc::channel(64);
    let (second, mut events) = Supervisor::new(Settings {
        home: rig.dir.path().to_owned(),
        runtime: rig.dir.path().join("run"),
        launcher: Box::new(Launcher(send, None)),
        program: "hermes".into(),
        clock: Clock::start(),
        seed: 2,
    });
    second.start(&profile("work"));
    let owner = loop {
        if let (_, Event::State(BackendState::Elsewhere(owner))) = events.recv().await.unwrap() {
            break owner;
        }
    };
    assert!(owner.raw().contains(&format!("process {}", std::process::id())), "{}", owner.raw());
    second.shutdown().await;
    assert!(processes.recv().await.is_none());
}

/// What became of the processes is remembered for whoever asks: what runs, what replaced one that fell, how the last one ended.
#[tokio::test(start_paused = true)]
async fn what_became_of_a_profiles_processes_is_remembered() {
    let mut rig = rig();
    let (first, server, _socket) = rig.live("work").await;
    let record = |rig: &Rig| rig.supervisor.records().remove(&profile("work")).unwrap();
    let running = record(&rig).running.unwrap();
    assert_eq!((running.port, record(&rig).restarts), (Some(server.port()), 0));
    tokio::time::advance(Duration::from_secs(5)).await;
    first.control.end(Some(3));
    let process = rig.process().await;
    let (_second, server, _socket) = rig.bring_up("work", process).await;
    let known = record(&rig);
    assert_eq!((known.running.unwrap().port, known.restarts), (Some(server.port()), 1));
    assert!(known.running.unwrap().since.since(running.since) >= 5_000);
    assert_eq!(known.last_exit.unwrap().0.raw(), "it ended with exit code 3");
    rig.supervisor.stop(&profile("work"));
    rig.until("work", |state| *state == BackendState::Cold).await;
    let known = record(&rig);
    assert_eq!((known.running, known.restarts), (None, 1));
    assert_eq!(known.last_exit.unwrap().0.raw(), "hermux stopped it");
    assert!(rig.supervisor.records().len() == 1, "no other profile ever had a process");
}

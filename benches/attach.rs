//! What it takes to attach to a hub that holds much: from the connection to the first full frame, over the real socket.
//!
//! The hub is the real one, with fifty stored sessions of four thousand messages, of which it holds what it holds of any
//! transcript (2,000). Each round is a terminal of its own, with the update and view of the program.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench says what is wrong by failing")]
#![expect(clippy::disallowed_methods, reason = "a bench measures real time")]

mod rig;

use hermux::{
    base::{
        clock::{Clock, Tick, WallMs},
        ids::{AskId, ClientId, MessageId, ProfileName, SessionId, StoredId},
        text::Untrusted,
    },
    config::limits::Limits,
    hub::{accept::accept, run},
    model::{
        body::Body,
        message::{Message, MessageState, Part, Role},
        profile::Profile,
    },
    proto::{Answer, CONTRACT, Command, ToHub, Update, report::Starter},
    registry::{Effect, Input, Registry, Settings, input::Loaded},
    supervisor::{
        self, Supervisor,
        launch::{Guarded, Program},
    },
    transport::{
        port::{Frame, TerminalPort},
        unix::{Listener, connect},
    },
    ui::state::Start,
};
use rig::screen::Screen;
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const SESSIONS: u64 = 50;
/// What a hub holds of a transcript.
const HELD: u64 = 2_000;

fn main() {
    let rounds = if rig::measuring() { 100 } else { 1 };
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("run/hub.sock");
    let clock = Clock::start();
    let registry = filled(clock);
    let bytes: u64 = registry
        .world()
        .sessions
        .values()
        .filter_map(|s| s.body.as_ref())
        .flat_map(|b| &b.messages)
        .map(Message::len)
        .sum();
    let stop = CancellationToken::new();
    let hub = std::thread::spawn({
        let (home, socket, stop) = (dir.path().to_owned(), socket.clone(), stop.clone());
        move || runtime().block_on(serve(registry, clock, &home, &socket, stop))
    });
    while !socket.exists() {
        std::thread::yield_now();
    }
    println!(
        "A hub with {SESSIONS} sessions, {} messages of {} MB in memory.",
        SESSIONS * HELD,
        bytes / 1_000_000
    );
    println!("  {:<44} {:>9} {:>9}", "from the connection to", "median", "p99");
    let mut times = runtime().block_on(async {
        // Somebody who stays, and whose session the others are shown.
        let (_stays, _) = attach(&socket, clock).await;
        let mut times = Vec::new();
        for _ in 0..rounds {
            let (port, marks) = attach(&socket, clock).await;
            times.push(marks);
            let TerminalPort { to_hub, mut updates } = port;
            to_hub.send(message(ToHub::Bye)).await.unwrap();
            drop(to_hub);
            while updates.recv().await.is_some() {}
        }
        times
    });
    for (at, name) in
        ["the welcome", "the shown transcript", "the first full frame, drawn"].iter().enumerate()
    {
        times.sort_by_key(|marks| marks[at]);
        let of = |share: usize| times[(times.len() - 1) * share / 100][at];
        println!("  {name:<44} {:>6.1} ms {:>6.1} ms", millis(of(50)), millis(of(99)));
    }
    stop.cancel();
    hub.join().unwrap();
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

fn message(message: ToHub) -> Frame {
    Frame::Message(Box::new(message))
}

/// A registry with all the sessions open, each as if it had been streamed.
fn filled(clock: Clock) -> Registry {
    let settings = Settings {
        primary: ProfileName::default_profile(),
        cwd: "/home/user/work".to_owned(),
        limits: Limits { linger: None, ..Limits::default() },
        first_id: 0,
    };
    let mut registry = Registry::new(settings);
    registry.step(Input::ProfilesSeen(profiles().into()), clock.now());
    for n in 0..SESSIONS {
        let stored = StoredId::new(&format!("20261121_040000_{n:08}")).unwrap();
        let profile = ProfileName::default_profile();
        let command = Command::OpenStored { profile, stored: stored.clone() };
        let input = Input::Command { client: ClientId(0), ask: AskId(n), command, wall: WallMs(0) };
        let step = registry.step(input, clock.now());
        let opened = step.effects.iter().find_map(|effect| match effect {
            Effect::Answer { answer: Answer::Opened(id), .. } => Some(*id),
            _ => None,
        });
        let loaded = Loaded { stored, row: None, body: body() };
        registry.step(Input::Loaded { session: opened.unwrap(), loaded }, clock.now());
    }
    assert!(registry.world().sessions.len() as u64 >= SESSIONS);
    registry
}

fn profiles() -> Vec<Profile> {
    vec![Profile::new(ProfileName::default_profile(), "/home/user/.hermes")]
}

fn body() -> Body {
    let messages = (0..HELD).map(|n| {
        let (role, text) = if n % 2 == 0 {
            (Role::User, format!("And how do we mend number {n}?"))
        } else {
            let line = "The **total** is rounded twice, once in `cart.rs` and once at the end; only the second is right.\n\n";
            (Role::Assistant, format!("## {n}\n\n{}", line.repeat(8)))
        };
        let parts = vec![Part::Text(Untrusted::new(text))];
        Message { id: MessageId(n), role, parts, state: MessageState::Done, at: None }
    });
    Body { older: true, messages: messages.collect(), ..Body::default() }
}

async fn serve(registry: Registry, clock: Clock, home: &Path, socket: &Path, stop: CancellationToken) {
    let program = Program::new("/bin/false".into(), Vec::new());
    let (supervisor, events) = Supervisor::new(supervisor::Settings {
        home: home.to_owned(),
        runtime: home.join("run"),
        program: "false".into(),
        launcher: Box::new(Guarded {
            hermux: "/bin/false".into(),
            program,
            home: home.into(),
            cwd: home.into(),
        }),
        clock,
        seed: 1,
    });
    let settings = run::Settings {
        root: home.to_owned(),
        profiles: profiles(),
        store: home.join("kept"),
        clock,
        starter: Starter { tty: None, directory: Untrusted::default() },
        socket: Some(socket.to_owned()),
    };
    let hub = run::Hub::new(settings, registry, supervisor, events);
    let (ports_in, ports) = mpsc::channel(4);
    tokio::spawn(accept(Listener::bind(socket).unwrap(), ports_in, stop.clone()));
    hub.run(ports, stop).await;
}

/// Attaches as the program does, until the session that the hub was left with is shown in full.
async fn attach(socket: &Path, clock: Clock) -> (TerminalPort, [Duration; 3]) {
    let begun = Instant::now();
    let mut port = connect(socket).await.unwrap();
    port.to_hub.send(message(ToHub::Hello { contract: CONTRACT, terminal: None })).await.unwrap();
    let mut screen = Screen::new(Start::Stored(
        ProfileName::default_profile(),
        StoredId::new("20261121_040000_00000025").unwrap(),
    ));
    let mut marks = [Duration::ZERO; 3];
    loop {
        let update = port.updates.recv().await.unwrap();
        let welcome = matches!(update, Update::Welcome(_));
        let mut say = screen.heard(update, clock.now());
        if welcome {
            marks[0] = begun.elapsed();
        }
        let whole = shown(&screen).is_some();
        if whole {
            marks[1] = begun.elapsed();
        }
        say.extend(screen.draw(Tick(clock.now().0), || {}).1);
        if whole {
            marks[2] = begun.elapsed();
            return (port, marks);
        }
        for said in say {
            port.to_hub.send(message(said)).await.unwrap();
        }
    }
}

/// The session whose transcript is here.
fn shown(screen: &Screen) -> Option<SessionId> {
    let all = &screen.mirror.world().sessions;
    all.values()
        .find(|session| session.body.as_ref().is_some_and(|body| body.messages.len() >= 200))
        .map(|session| session.id)
}

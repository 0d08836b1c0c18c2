//! The supervisor over real processes: the demo's backend, under the real guard.
#![expect(clippy::disallowed_methods, reason = "the processes of these tests are their subject")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails in a helper fails the test")]

use hermux::base::{
    clock::Clock,
    ids::{ProfileName, StoredId},
    sys::guarding::MARK,
    sys::process,
};
use hermux::model::{
    agent::{Reply, Rest},
    profile::BackendState,
};
use hermux::supervisor::{
    Event, Settings, Supervisor,
    launch::{Guarded, Program},
    rest::RestError,
};
use hermux::wire::rest;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc;

const HERMUX: &str = env!("CARGO_BIN_EXE_hermux");
const FIVE: Duration = Duration::from_secs(5);

struct Hub {
    supervisor: Supervisor,
    events: mpsc::Receiver<(ProfileName, Event)>,
    home: PathBuf,
}

/// A supervisor of the demo's profiles in `home`.
fn hub(home: &Path, flags: &[&str]) -> Hub {
    hermux::demo::prepare_home(home, 1).unwrap();
    let words = std::iter::once(&"demo-backend").chain(flags).map(Into::into).collect();
    let program = Program::new(HERMUX.into(), words);
    let launcher = Guarded { hermux: HERMUX.into(), program, home: home.to_owned(), cwd: home.to_owned() };
    let (supervisor, events) = Supervisor::new(Settings {
        home: home.to_owned(),
        runtime: home.join("run"),
        launcher: Box::new(launcher),
        program: "hermux".into(),
        clock: Clock::start(),
        seed: 1,
    });
    Hub { supervisor, events, home: home.to_owned() }
}

fn bound(promised: Duration) -> Duration {
    if std::env::var("CI").is_ok_and(|ci| ci == "true") { promised * 4 } else { promised * 2 }
}

impl Hub {
    fn start(&self, name: &str) {
        self.supervisor.start(&ProfileName::new(name).unwrap());
    }

    /// Waits for a state of `name`; gives it and the events before it.
    async fn until(&mut self, name: &str, is: impl Fn(&BackendState) -> bool) -> (BackendState, Vec<Event>) {
        let mut before = Vec::new();
        let wait = async {
            while let Some((who, event)) = self.events.recv().await {
                match event {
                    Event::State(state) if who.as_str() == name && is(&state) => return Some(state),
                    event => before.push(event),
                }
            }
            None
        };
        let state = tokio::time::timeout(bound(Duration::from_secs(10)), wait).await.ok().flatten();
        assert!(state.is_some(), "waited in vain for {name}; before that: {before:#?}");
        (state.unwrap(), before)
    }

    /// The notes of what runs.
    fn notes(&self) -> BTreeMap<String, serde_json::Value> {
        notes(&self.home)
    }

    fn note(&self, name: &str) -> serde_json::Value {
        let notes = self.notes();
        let (_, note) =
            notes.iter().find(|(file, _)| file.ends_with(&format!("-{name}.run"))).expect("a note");
        note.clone()
    }
}

fn notes(home: &Path) -> BTreeMap<String, serde_json::Value> {
    let files = std::fs::read_dir(home.join("run")).into_iter().flatten().flatten();
    let runs = files.filter(|f| {
        f.file_name().to_str().is_some_and(|n| n.strip_suffix(".run").is_some_and(|n| !n.starts_with('.')))
    });
    runs.filter_map(|f| {
        let content = std::fs::read(f.path()).ok()?;
        Some((f.file_name().to_string_lossy().into_owned(), serde_json::from_slice(&content).ok()?))
    })
    .collect()
}

fn marked(note: &serde_json::Value) -> Vec<process::Proc> {
    process::marked(MARK, note["mark"].as_str().unwrap())
}

/// The backend of a note: the guard's child.
fn backend(note: &serde_json::Value) -> process::Proc {
    let guard = i32::try_from(note["pid"].as_i64().unwrap()).unwrap();
    let below = process::descendants(guard);
    *below
        .iter()
        .find(|p| std::fs::read_to_string(format!("/proc/{}/cmdline", p.pid)).unwrap().contains("--port"))
        .unwrap()
}

async fn wait_until(what: &str, promised: Duration, mut condition: impl FnMut() -> bool) {
    let wait = async {
        let mut look = tokio::time::interval(Duration::from_millis(10));
        while !condition() {
            look.tick().await;
        }
    };
    assert!(tokio::time::timeout(bound(promised), wait).await.is_ok(), "waited in vain: {what}");
}

/// A02, A10, A18, A19, A20: a process for whom it is asked for, and nobody else; nothing is left after the shutdown.
#[tokio::test(flavor = "multi_thread")]
async fn each_wanted_profile_has_one_backend_and_a_shutdown_leaves_none() {
    let home = tempfile::tempdir().unwrap();
    let mut hub = hub(home.path(), &[]);
    assert!(hub.notes().is_empty(), "looking at profiles starts nothing");
    for _ in 0..10 {
        hub.start("work");
        hub.start("default");
    }
    let (_, mut before) = hub.until("work", |s| *s == BackendState::Live).await;
    if !before.iter().any(|e| matches!(e, Event::State(BackendState::Live))) {
        before = hub.until("default", |s| *s == BackendState::Live).await.1;
    }
    drop(before);
    let notes = hub.notes();
    assert_eq!(notes.len(), 2, "{notes:?}");
    for note in notes.values() {
        assert!(note["port"].is_u64());
        assert_eq!(marked(note).len(), 2, "a guard and its backend");
    }
    let Hub { supervisor, home, .. } = hub;
    let ended = tokio::time::timeout(bound(Duration::from_secs(8)), supervisor.shutdown()).await;
    assert!(ended.is_ok(), "the shutdown took longer than is promised");
    assert!(notes.values().all(|note| marked(note).is_empty()));
    assert!(self::notes(&home).is_empty(), "nothing runs, nothing is noted");
}

/// C23, DECISIONS 10: a write goes over HTTP to the profile's own backend, while it is connected, and is in the store when it is answered.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_reaches_the_store_of_its_profile() {
    let home = tempfile::tempdir().unwrap();
    let mut hub = hub(home.path(), &[]);
    let work = ProfileName::new("work").unwrap();
    let store = home.path().join("profiles/work");
    let rows = || hermux::history::list(&store, &work, 100).unwrap();
    let (first, others) = (rows()[0].clone(), rows().len() - 1);
    let ask = async |hub: &Hub, what: Rest| {
        let said = hub.supervisor.rest(&work, rest::encode(&what)).await;
        said.map(|said| rest::read(&what, &said))
    };
    let archive = |on| Rest::Archive { stored: first.id.clone(), on };
    assert_eq!(ask(&hub, archive(true)).await, Err(RestError::NotConnected));
    hub.start("work");
    hub.until("work", |s| *s == BackendState::Live).await;
    let title = |title: &str| Rest::Title { stored: first.id.clone(), title: title.to_owned() };
    let titled = Reply::Titled { title: "other".into(), pending: false };
    assert_eq!(ask(&hub, title(" other ")).await, Ok(titled));
    assert_eq!(rows()[0].title, Some("other".into()));
    let taken = rows()[1].title.clone().unwrap();
    let refused = ask(&hub, title(taken.raw())).await;
    assert!(matches!(&refused, Ok(Reply::Failed { code: 400, message }) if message.raw().contains("in use")));
    assert_eq!(ask(&hub, archive(true)).await, Ok(Reply::Done));
    assert_eq!(rows().len(), others);
    assert_eq!(ask(&hub, archive(false)).await, Ok(Reply::Done));
    assert_eq!(rows().len(), others + 1);
    let family = hermux::history::family(&store, &first.id).unwrap();
    assert_eq!((family.rows.as_slice(), family.archived), ([first.id.clone()].as_slice(), false));
    let delete = Rest::Delete { rows: vec![first.id.clone(), StoredId::new("no_such_row").unwrap()] };
    assert_eq!(ask(&hub, delete.clone()).await, Ok(Reply::Deleted(1)));
    assert_eq!(ask(&hub, delete).await, Ok(Reply::Deleted(0)), "no harm twice");
    assert_eq!(rows().len(), others);
    assert!(hermux::history::family(&store, &first.id).unwrap().rows.is_empty());
    hub.supervisor.shutdown().await;
}

/// SEC-30: the token is in no command line, no file of ours and nothing that is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_stands_in_the_environment_alone() {
    let home = tempfile::tempdir().unwrap();
    let mut hub = hub(home.path(), &[]);
    hub.start("work");
    let (_, events) = hub.until("work", |s| *s == BackendState::Live).await;
    let note = hub.note("work");
    let environ = std::fs::read(format!("/proc/{}/environ", backend(&note).pid)).unwrap();
    let environ = String::from_utf8_lossy(&environ).into_owned();
    let token = environ.split('\0').find_map(|e| e.strip_prefix("HERMES_DASHBOARD_SESSION_TOKEN=")).unwrap();
    assert_eq!(token.len(), 64, "256 bits");
    assert!(!format!("{events:?} {note}").contains(token));
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        assert!(!String::from_utf8_lossy(&line).contains(token), "{entry:?}");
    }
    let mut dirs = vec![home.path().to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                dirs.push(path);
            } else if let Ok(content) = std::fs::read(&path) {
                assert!(!String::from_utf8_lossy(&content).contains(token), "{}", path.display());
            }
        }
    }
    hub.supervisor.shutdown().await;
}

/// FLT-15: a backend that is killed is told, started anew, and connected to as a new connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_backend_comes_back_under_a_new_epoch() {
    let home = tempfile::tempdir().unwrap();
    let mut hub = hub(home.path(), &["--stubborn-child"]);
    hub.start("work");
    let (_, events) = hub.until("work", |s| *s == BackendState::Live).await;
    let epochs = |events: &[Event]| {
        events
            .iter()
            .filter_map(|e| if let Event::Connected { epoch } = e { Some(epoch.0) } else { None })
            .collect::<Vec<_>>()
    };
    let first = epochs(&events);
    let former = hub.note("work");
    assert!(backend(&former).signal(Signal::KILL));
    let (_, events) = hub.until("work", |s| *s == BackendState::Live).await;
    assert!(events.iter().any(|e| matches!(e, Event::Disconnected { process: true, .. })), "{events:?}");
    assert!(epochs(&events)[0] > first[0]);
    assert_eq!(marked(&former), [], "nothing of the former one is left before the next begins");
    assert_ne!(former["mark"], hub.note("work")["mark"]);
    hub.supervisor.shutdown().await;
}

/// FLT-19: the noise of both pipes holds nobody up.
#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_of_noise_do_not_keep_a_backend_from_getting_ready() {
    let home = tempfile::tempdir().unwrap();
    let mut hub = hub(home.path(), &["--noise", "10000000"]);
    hub.start("work");
    hub.until("work", |s| *s == BackendState::Live).await;
    hub.supervisor.shutdown().await;
}

/// REL-23: a guard that is killed leaves tools without a keeper; the hub ends them before it starts another.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_guard_leaves_the_hub_ends() {
    let home = tempfile::tempdir().unwrap();
    let mut hub = hub(home.path(), &["--stubborn-child"]);
    hub.start("work");
    hub.until("work", |s| *s == BackendState::Live).await;
    let note = hub.note("work");
    assert!(marked(&note).len() > 2, "a guard, a backend and its stubborn child");
    let guard = process::Proc::of(i32::try_from(note["pid"].as_i64().unwrap()).unwrap()).unwrap();
    assert!(guard.signal(Signal::KILL));
    hub.until("work", |s| matches!(s, BackendState::Retrying { .. } | BackendState::Live)).await;
    wait_until("nothing of it is left", FIVE, || marked(&note).is_empty()).await;
    hub.supervisor.shutdown().await;
}

/// What a hub is for the test below: this test binary, run again.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "the helper process of two tests below"]
async fn helper_hub() {
    // Run by itself it has nothing to do.
    let Some(home) = std::env::var_os("HELPER_HOME").map(PathBuf::from) else { return };
    let mut hub = hub(&home, &["--stubborn-child", "--ignore-term"]);
    hub.start("work");
    hub.start("research");
    while hub.events.recv().await.is_some() {}
}

struct Helper(std::process::Child);

impl Helper {
    /// A hub with two backends that are up and have a stubborn child each; and their notes.
    async fn start(home: &Path) -> (Self, Vec<serde_json::Value>) {
        let helper = Command::new(std::env::current_exe().unwrap())
            .args(["helper_hub", "--exact", "--ignored", "--nocapture"])
            .env("HELPER_HOME", home)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let helper = Self(helper);
        wait_until("both backends run", Duration::from_secs(15), || {
            let notes = notes(home);
            notes.len() == 2 && notes.values().all(|note| note["port"].is_u64() && marked(note).len() > 2)
        })
        .await;
        (helper, notes(home).into_values().collect())
    }

    fn end(&mut self, signal: Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.0), signal).unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// REL-23, REL-24, FLT-20, FLT-22, SYS-7: signals that end this program for certain, and nothing of ours after 5 s. (INT and
/// QUIT are ignored in what runs in the background; the first SEGV or BUS from outside is taken for a fault that comes again.)
#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_killed_leaves_nothing_behind() {
    for signal in [Signal::KILL, Signal::ABORT, Signal::TERM, Signal::HUP] {
        let home = tempfile::tempdir().unwrap();
        let (mut helper, notes) = Helper::start(home.path()).await;
        helper.end(signal);
        wait_until("nothing is left", FIVE, || notes.iter().all(|note| marked(note).is_empty())).await;
    }
}

/// REL-24: hub and guards killed at once, as by the system when memory runs out: the next hub ends what is left.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_hub_ends_what_a_violent_death_left() {
    let home = tempfile::tempdir().unwrap();
    let (mut helper, notes) = Helper::start(home.path()).await;
    let guard =
        |note: &serde_json::Value| process::Proc::of(i32::try_from(note["pid"].as_i64().unwrap()).unwrap());
    for note in &notes {
        guard(note).unwrap().signal(Signal::STOP);
    }
    helper.end(Signal::KILL);
    for note in &notes {
        guard(note).unwrap().signal(Signal::KILL);
    }
    wait_until("the guards are gone", FIVE, || {
        notes.iter().all(|note| guard(note).is_none_or(|g| g.is_zombie()))
    })
    .await;
    assert!(notes.iter().all(|note| !marked(note).is_empty()), "the stubborn children are left");
    let next = hub(home.path(), &[]);
    wait_until("nothing is left", FIVE, || notes.iter().all(|note| marked(note).is_empty())).await;
    assert!(next.notes().is_empty());
}

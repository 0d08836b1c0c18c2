//! What a hub says of itself, over real processes: the demo's backends under the real guard.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what fails in a helper fails the test"
)]

mod common;

use common::procs::Mark;
use common::{patience, seconds};
use hermux::base::{
    clock::Clock,
    ids::{AskId, ProfileName, SendRef},
    text::Untrusted,
};
use hermux::config::limits::Limits;
use hermux::hub::run::{Hub, Settings};
use hermux::model::{status::words, terminal::TerminalInfo};
use hermux::proto::{Answer, CONTRACT, Command, Report, ToHub, Update, report::Starter};
use hermux::registry::{self, Registry};
use hermux::supervisor::launch::{Guarded, Program};
use hermux::supervisor::{self, Supervisor};
use hermux::transport::{local, port::Frame, port::TerminalPort};
use std::path::Path;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const HERMUX: &str = env!("CARGO_BIN_EXE_hermux");

struct Rig {
    terminal: TerminalPort,
    asks: u64,
    stop: CancellationToken,
    hub: JoinHandle<()>,
}

fn name(profile: &str) -> ProfileName {
    ProfileName::new(profile).unwrap()
}

impl Rig {
    async fn new(home: &Path) -> Self {
        hermux::demo::prepare_home(home, 1).unwrap();
        let clock = Clock::start();
        let program = Program::new(HERMUX.into(), vec!["demo-backend".into(), "--pace".into(), "20".into()]);
        let (supervisor, events) = Supervisor::new(supervisor::Settings {
            home: home.to_owned(),
            runtime: home.join("run"),
            launcher: Box::new(Guarded {
                hermux: HERMUX.into(),
                program,
                home: home.to_owned(),
                cwd: home.to_owned(),
            }),
            program: "hermux".into(),
            clock,
            seed: 1,
        });
        let cwd = home.to_string_lossy().into_owned();
        let (primary, limits) = (name("default"), Limits::default());
        let registry =
            Registry::new(registry::Settings { primary: primary.clone(), cwd, limits, first_id: 0 });
        let settings = Settings {
            root: home.to_owned(),
            profiles: supervisor::profiles::discover(home).profiles,
            store: home.join("kept"),
            clock,
            starter: Starter { tty: Some("/dev/pts/7".into()), directory: "/there".into() },
            socket: None,
        };
        let (ports, attaching) = mpsc::channel(1);
        let stop = CancellationToken::new();
        let hub = tokio::spawn(Hub::new(settings, registry, supervisor, events).run(attaching, stop.clone()));
        let (terminal, port) = local::connect();
        ports.send(port).await.unwrap();
        let rig = Self { terminal, asks: 0, stop, hub };
        rig.say(ToHub::Hello {
            contract: CONTRACT,
            terminal: Some(TerminalInfo { pid: 9, ..TerminalInfo::default() }),
        })
        .await;
        rig
    }

    async fn say(&self, message: ToHub) {
        self.terminal.to_hub.send(Frame::Message(Box::new(message))).await.unwrap();
    }

    async fn ask(&mut self, command: Command) -> Answer {
        self.asks += 1;
        self.say(ToHub::Command { ask: AskId(self.asks), command }).await;
        loop {
            let update = tokio::time::timeout(patience(seconds(10)), self.terminal.updates.recv());
            match update.await.expect("an answer in time").expect("a hub") {
                Update::Answer { ask, answer } if ask.0 == self.asks => return answer,
                Update::Refused { ask, reason } if ask.0 == self.asks => panic!("refused: {reason}"),
                _ => {}
            }
        }
    }

    async fn report(&mut self, processes: bool) -> Report {
        match self.ask(Command::Status { processes }).await {
            Answer::Status(report) => *report,
            other => panic!("{other:?}"),
        }
    }

    /// Asks again until the report `is` as it should be.
    async fn until(&mut self, what: &str, is: impl Fn(&Report) -> bool) -> Report {
        let deadline = common::Deadline::after(seconds(20));
        loop {
            let report = self.report(true).await;
            if is(&report) {
                return report;
            }
            assert!(!deadline.passed(), "waited in vain for {what}: {report:#?}");
        }
    }
}

#[tokio::test]
async fn a_hub_says_how_everything_stands() {
    let home = tempfile::tempdir().unwrap();
    let mark = Mark::new(home.path());
    let mut rig = Rig::new(home.path()).await;
    let cold = rig.report(true).await;
    assert_eq!((cold.hub.pid, cold.hub.contract), (std::process::id(), CONTRACT));
    assert_eq!(cold.hub.environment.tty.as_ref().map(Untrusted::raw), Some("/dev/pts/7"));
    assert_eq!(
        (cold.hub.terminals.len(), cold.sessions.iter().filter(|s| s.profile == name("work")).count()),
        (1, 0)
    );
    assert!(cold.hub.memory.is_some_and(|memory| memory.processes == 1 && memory.rss_bytes > 1 << 20));
    assert!(cold.profiles.iter().all(|p| p.state == "cold" && p.pid.is_none() && p.memory.is_none()));
    assert_eq!(cold.profiles.len(), 3);

    let Answer::Opened(session) =
        rig.ask(Command::NewSession { profile: name("work"), cwd: "/".into() }).await
    else {
        panic!("no session");
    };
    rig.ask(Command::Send { session, text: "/demo approval".into(), reference: SendRef(1) }).await;
    let asked = rig.until("a question", |report| report.profiles.iter().any(|p| p.waiting == 1)).await;
    let work = asked.profiles.iter().find(|profile| profile.name == name("work")).unwrap();
    assert_eq!(
        (work.state.as_str(), work.open, work.built, work.working, work.restarts),
        ("live", 1, 1, 1, 0)
    );
    let pid = work.pid.unwrap();
    let cmdline = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
    assert!(cmdline.contains("demo-backend\0") && cmdline.contains("\0--profile\0work"), "{cmdline:?}");
    assert!(!cmdline.contains("guard\0"), "the backend, not its guard: {cmdline:?}");
    let memory = work.memory.unwrap();
    assert!(memory.processes >= 2 && memory.pss_bytes.unwrap() <= memory.rss_bytes, "{memory:?}");
    assert!(work.port.is_some() && work.age_ms.is_some() && work.last_exit.is_none());
    let only = asked.sessions.iter().find(|reported| reported.id == session).unwrap();
    assert_eq!((&only.profile, words(only.status)), (&name("work"), "needs a decision"));
    assert!(only.tab && only.stored.is_some());

    // Without a look at the system all but what only it knows is there.
    let quick = rig.report(false).await;
    let work = quick.profiles.iter().find(|profile| profile.name == name("work")).unwrap();
    assert_eq!((work.pid, work.memory, quick.hub.memory, work.waiting), (None, None, None, 1));
    assert!(work.port.is_some());

    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    let back = rig
        .until("another backend", |report| {
            report
                .profiles
                .iter()
                .any(|p| p.restarts == 1 && p.state == "live" && p.pid.is_some_and(|new| new != pid))
        })
        .await;
    let work = back.profiles.iter().find(|profile| profile.name == name("work")).unwrap();
    assert_eq!(work.last_exit.as_ref().unwrap().why.raw(), "it was ended by signal 9");
    rig.stop.cancel();
    rig.hub.await.unwrap();
    mark.assert_none_left(seconds(5));
}

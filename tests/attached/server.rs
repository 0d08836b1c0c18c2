//! The real hub in a process of its own, with the demo's backends, and who runs below it.

use crate::attached::Terminal;
use crate::common::home::Home;
use crate::common::procs::{self, Process};
use crate::common::pty::{Launch, Term};
use crate::common::{Deadline, seconds};
use rustix::process::Signal;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const HERMUX: &str = env!("CARGO_BIN_EXE_hermux");

pub(crate) struct Server {
    pub(crate) home: Home,
    hub: Option<Child>,
    flags: Vec<String>,
}

impl Server {
    /// `flags` are those of the demo's backend.
    pub(crate) fn start(flags: &[&str]) -> Self {
        let home = Home::new();
        std::fs::create_dir(home.hermes()).unwrap();
        hermux::demo::prepare_home(&home.hermes(), 1).unwrap();
        let mut server = Self { home, hub: None, flags: flags.iter().map(|&flag| flag.to_owned()).collect() };
        server.begin();
        server
    }

    /// Starts the hub, in the same home, and waits until it listens.
    #[expect(clippy::disallowed_methods, reason = "the hub's process is the subject")]
    pub(crate) fn begin(&mut self) {
        let mut command = Command::new(HERMUX);
        command.args(["server", "--demo", "1", "--home"]).arg(self.home.hermes());
        for flag in &self.flags {
            command.arg("--backend-arg").arg(flag);
        }
        command.env_clear().envs(self.home.env()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
            .current_dir(self.home.work())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        let mut hub = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(hub.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("hermux serves"), "{line:?}");
        self.hub = Some(hub);
    }

    pub(crate) fn pid(&self) -> u32 {
        self.hub.as_ref().expect("a hub that runs").id()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        let files = std::fs::read_dir(self.home.path().join("run/hermux")).unwrap().flatten();
        let mut paths = files.map(|file| file.path());
        paths.find(|path| path.extension().is_some_and(|end| end == "sock")).expect("a socket")
    }

    pub(crate) async fn join(&self) -> Terminal {
        Terminal::join(&self.socket()).await
    }

    /// The real terminal, attached.
    pub(crate) fn attach(&self, size: (u16, u16)) -> Term {
        let launch =
            Launch::new(HERMUX, &self.home.work()).envs(self.home.env()).log(self.home.path().join("state"));
        launch.arg("attach").arg("--home").arg(self.home.hermes()).size(size.0, size.1).start()
    }

    /// A process below the hub: `demo-backend` or `guard`.
    pub(crate) fn below(&self, what: &str) -> Option<Process> {
        let hub = self.pid().cast_signed();
        let all = self.home.mark.living();
        let guard = |process: &Process| process.parent == hub && process.command.contains(" guard ");
        if what == "guard" {
            return all.into_iter().find(guard);
        }
        let guards: Vec<i32> =
            all.iter().filter(|process| guard(process)).map(|process| process.pid).collect();
        all.into_iter().find(|process| guards.contains(&process.parent))
    }

    /// Kills the hub as nothing else can, and waits for its end.
    pub(crate) fn kill(&mut self) {
        let mut hub = self.hub.take().expect("a hub that runs");
        procs::signal(hub.id().cast_signed(), Signal::KILL);
        hub.wait().unwrap();
    }

    /// Asks it to end, and sees that nothing is left (SYS-7).
    pub(crate) fn end(mut self) {
        let mut hub = self.hub.take().expect("a hub that runs");
        procs::signal(hub.id().cast_signed(), Signal::TERM);
        let deadline = Deadline::after(seconds(8));
        while hub.try_wait().unwrap().is_none() {
            assert!(!deadline.passed(), "the hub has not ended");
            std::thread::yield_now();
        }
        self.home.mark.assert_none_left(seconds(5));
    }

    /// How often a text stands as the person's in what the backend stored.
    pub(crate) fn stored(&self, text: &str) -> usize {
        stored(&self.home.hermes(), text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut hub) = self.hub.take() {
            procs::signal(hub.id().cast_signed(), Signal::KILL);
            let _ = hub.wait();
        }
    }
}

fn stored(home: &Path, text: &str) -> usize {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let db = rusqlite::Connection::open_with_flags(home.join("state.db"), flags).unwrap();
    let count = "SELECT count(*) FROM messages WHERE role = 'user' AND content = ?1";
    let count: i64 = db.query_row(count, [text], |row| row.get(0)).unwrap();
    usize::try_from(count).unwrap()
}

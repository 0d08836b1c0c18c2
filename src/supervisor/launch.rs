//! How a backend is started: command line, environment, token, guard. `hermes` and the demo's backend are the same kind of
//! thing here.
//!
//! The token goes through the environment alone: a command line is for everyone to read, an environment for its owner.

use super::failure::{Failure, Probe};
use super::{operation, probe};
use crate::base::{
    ids::ProfileName,
    secret::Secret,
    sys::{
        files,
        guarding::{ASK, MARK},
        process::{self, Proc},
    },
    text::Untrusted,
};
use crate::model::fleet::Operation;
use futures_util::future::BoxFuture;
use rustix::fs::{Access, access};
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::AsyncRead;

/// Seconds that Hermes keeps a session without a socket, in place of its 20: a reconnect should find everything. Once hermux
/// is gone the guard ends the backend anyway.
const ORPHAN_GRACE_S: &str = "3600";

/// What to run as a backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    command: PathBuf,
    /// Before the arguments that every backend gets.
    args: Vec<OsString>,
}

impl Program {
    /// Hermes' own command: a name to be found in `PATH`, or a path.
    pub fn hermes(command: PathBuf) -> Self {
        Self { command, args: Vec::new() }
    }

    /// Another program that takes the same arguments after its own.
    pub fn new(command: PathBuf, args: Vec<OsString>) -> Self {
        Self { command, args }
    }

    /// What stands after the guard's `--`. `--isolated`: a named profile is otherwise served by the machine's one server.
    fn words(&self, profile: &ProfileName) -> Vec<OsString> {
        let fixed =
            ["--profile", profile.as_str(), "serve", "--isolated", "--host", "127.0.0.1", "--port", "0"];
        let mut words = vec![self.command.clone().into_os_string()];
        words.extend(self.args.iter().cloned());
        words.extend(fixed.map(OsString::from));
        words
    }

    /// The program's name, for messages.
    pub fn name(&self) -> String {
        self.command.display().to_string()
    }

    /// Where the program is, by a look at files alone: what is wrong is said at once and without a process.
    pub fn place(&self, path: Option<&OsStr>) -> Result<PathBuf, Failure> {
        let places: Vec<PathBuf> = if self.command.components().count() > 1 {
            vec![self.command.clone()]
        } else {
            let dirs = path.map(|path| std::env::split_paths(path).map(|dir| dir.join(&self.command)));
            dirs.map(Iterator::collect).unwrap_or_default()
        };
        let mut files = places.into_iter().filter(|place| place.is_file()).peekable();
        let first = files.peek().cloned().ok_or_else(|| Failure::NoBinary(self.name()))?;
        let may_run = |place: &PathBuf| access(place, Access::EXEC_OK).is_ok();
        files.find(may_run).ok_or_else(|| Failure::NotExecutable(first.display().to_string()))
    }
}

/// One start of one backend.
#[derive(Debug)]
pub struct Order<'a> {
    pub profile: &'a ProfileName,
    /// Fresh: never used for another process.
    pub token: &'a Secret,
    /// Random, this process' own: see [`MARK`].
    pub mark: &'a str,
    /// Where the backend may write its port as well.
    pub ready_file: &'a Path,
}

/// How a backend is run. One implementation starts processes; tests have others.
pub trait Launcher: fmt::Debug + Send + Sync + 'static {
    fn launch(&self, order: &Order<'_>) -> Result<Running, Failure>;

    /// Whether a launch can do anything at all. Looks at files alone.
    fn check(&self) -> Result<(), Failure> {
        Ok(())
    }

    /// Has the program change the profiles. An error is its words.
    fn operate(&self, _operation: &Operation) -> BoxFuture<'static, Result<(), Untrusted>> {
        Box::pin(std::future::ready(Err("it cannot change profiles".into())))
    }

    /// Asks the program what it is. Takes a second and more, so only where that explains a failure.
    fn probe(&self) -> BoxFuture<'static, Probe> {
        Box::pin(std::future::ready(Probe::Unknown))
    }
}

/// A process that was started. Dropping `control` makes its guard end it.
pub struct Running {
    pub pipes: Vec<Box<dyn AsyncRead + Send + Unpin>>,
    /// Resolves when the guard has ended, to its exit code, or `None` when it was killed.
    pub exit: BoxFuture<'static, Option<i32>>,
    pub control: Arc<dyn Control>,
}

/// What can be done with a running process.
pub trait Control: Send + Sync {
    /// The guard's pid and start time.
    fn identity(&self) -> Option<(i32, u64)>;
    /// Whether the backend, and nobody else, listens on this port of 127.0.0.1. Looks at the system: may take milliseconds.
    fn listens(&self, port: u16) -> bool;
    /// Asks for a stop in the backend's own way.
    fn ask(&self);
    /// Kills the guard.
    fn kill(&self);
}

/// Starts backends under `hermux guard`.
#[derive(Debug, Clone)]
pub struct Guarded {
    /// hermux' own program.
    pub hermux: PathBuf,
    pub program: Program,
    /// The Hermes root.
    pub home: PathBuf,
    /// The backend's working directory.
    pub cwd: PathBuf,
}

/// Whether a variable of hermux' own environment is kept from a backend: it could misdirect it (another profile, another
/// token), or says of a terminal that the backend does not have.
fn misleads(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    ["HERMES_", "HERMUX_", "TMUX", "ZELLIJ"].iter().any(|prefix| name.starts_with(prefix))
        || ["STY", "WINDOW", "TERMINAL_CWD"].contains(&name)
}

impl Guarded {
    /// The environment of a backend: hermux' own (`inherited`), less what misleads, and what Hermes is told.
    fn environment(
        &self,
        order: &Order<'_>,
        inherited: impl Iterator<Item = (OsString, OsString)>,
    ) -> Vec<(OsString, OsString)> {
        let set: [(&str, &OsStr); 5] = [
            ("HERMES_HOME", self.home.as_os_str()),
            ("HERMES_DASHBOARD_SESSION_TOKEN", order.token.expose().as_ref()),
            ("HERMES_DESKTOP_READY_FILE", order.ready_file.as_os_str()),
            ("HERMES_TUI_WS_ORPHAN_REAP_GRACE_S", ORPHAN_GRACE_S.as_ref()),
            (MARK, order.mark.as_ref()),
        ];
        let set = set.into_iter().map(|(name, value)| (name.into(), value.to_owned()));
        inherited.filter(|(name, _)| !misleads(name)).chain(set).collect()
    }
}

impl Guarded {
    /// A guard that will run `words`, with nothing but `environment`, and its three pipes.
    fn guard(
        &self,
        words: impl IntoIterator<Item = OsString>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(&self.hermux);
        command
            // What a person reads in a list of processes.
            .arg0("hermux")
            .args(["guard", "--"])
            .args(words)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

impl Guarded {
    /// The program with these words, under a guard.
    fn manage(&self, words: Vec<OsString>) -> Result<tokio::process::Command, Untrusted> {
        self.check().map_err(|failure| failure.what())?;
        let mark = files::random_hex(16).map_err(|error| error.to_string())?;
        let program = std::iter::once(self.program.command.clone().into_os_string());
        let all = program.chain(self.program.args.iter().cloned()).chain(words);
        let own = [("HERMES_HOME".into(), self.home.clone().into_os_string()), (MARK.into(), mark.into())];
        let environment = std::env::vars_os().filter(|(name, _)| !misleads(name)).chain(own);
        let mut command = self.guard(all, environment);
        command.current_dir(&self.cwd);
        Ok(command)
    }
}

impl Launcher for Guarded {
    fn check(&self) -> Result<(), Failure> {
        self.program.place(std::env::var_os("PATH").as_deref()).map(|_| ())
    }

    fn probe(&self) -> BoxFuture<'static, Probe> {
        if !self.program.args.is_empty() {
            return Box::pin(std::future::ready(Probe::Unknown));
        }
        let environment = std::env::vars_os().filter(|(name, _)| !misleads(name));
        let home = ("HERMES_HOME".into(), self.home.clone().into_os_string());
        let words = [self.program.command.clone().into_os_string(), "--version".into()];
        probe::ask(self.guard(words, environment.chain([home])))
    }

    fn operate(&self, operation: &Operation) -> BoxFuture<'static, Result<(), Untrusted>> {
        let home = std::env::var_os("HOME").unwrap_or_default();
        let (command, patience) = (self.manage(operation::words(operation)), operation::patience(operation));
        let after = operation::no_alias(operation, &home).map(|words| self.manage(words));
        Box::pin(async move {
            operation::run(command?, patience).await?;
            if let Some(Ok(command)) = after {
                // A command too many is no failure.
                let _ = operation::run(command, patience).await;
            }
            Ok(())
        })
    }

    fn launch(&self, order: &Order<'_>) -> Result<Running, Failure> {
        let environment = self.environment(order, std::env::vars_os());
        let mut command = self.guard(self.program.words(order.profile), environment);
        command.current_dir(&self.cwd);
        let system = |error: std::io::Error| Failure::System(error.to_string());
        let mut child = command.spawn().map_err(system)?;
        let guard = child.id().and_then(|pid| Proc::of(i32::try_from(pid).ok()?));
        let mut pipes: Vec<Box<dyn AsyncRead + Send + Unpin>> = Vec::new();
        pipes.extend(child.stdout.take().map(|pipe| Box::new(pipe) as _));
        pipes.extend(child.stderr.take().map(|pipe| Box::new(pipe) as _));
        // The life line stays in non-blocking mode: a byte always fits.
        let line =
            child.stdin.take().map(tokio::process::ChildStdin::into_owned_fd).transpose().map_err(system)?;
        let control = Guard { line: Mutex::new(line.map(File::from)), guard };
        let exit = Box::pin(async move { child.wait().await.ok().and_then(|status| status.code()) });
        Ok(Running { pipes, exit, control: Arc::new(control) })
    }
}

/// A running guard.
struct Guard {
    /// The pipe whose end of file tells the guard that hermux is gone.
    line: Mutex<Option<File>>,
    guard: Option<Proc>,
}

impl Control for Guard {
    fn identity(&self) -> Option<(i32, u64)> {
        self.guard.map(|guard| (guard.pid, guard.start))
    }

    fn listens(&self, port: u16) -> bool {
        // Where the system does not say, the word of our own child has to do.
        self.guard.is_none_or(|guard| process::listens(guard.pid, port).unwrap_or(true))
    }

    fn ask(&self) {
        if let Some(line) = self.line.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // A guard that is gone needs no asking.
            let _ = line.write_all(&[ASK]);
        }
    }

    fn kill(&self) {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(guard) = self.guard {
            guard.signal(rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn guarded(command: &str) -> Guarded {
        let program = Program::hermes(command.into());
        Guarded { hermux: "/x/hermux".into(), program, home: "/h".into(), cwd: "/".into() }
    }

    /// A15: the profile is always said, and goes before an inherited home.
    #[test]
    fn the_command_line_names_the_profile_and_no_secret() {
        let words = guarded("hermes").program.words(&ProfileName::new("work").unwrap());
        let words: Vec<_> = words.iter().map(|w| w.to_str().unwrap()).collect();
        assert_eq!(
            words,
            ["hermes", "--profile", "work", "serve", "--isolated", "--host", "127.0.0.1", "--port", "0"]
        );
    }

    /// SEC-38
    #[test]
    fn the_environment_is_the_person_s_less_what_misleads() {
        let token = Secret::new("fresh".into());
        let profile = ProfileName::default_profile();
        let order = Order { profile: &profile, token: &token, mark: "m", ready_file: Path::new("/r") };
        let inherited = [
            ("PATH", "/bin"),
            ("OPENAI_API_KEY", "k"),
            ("SSH_AUTH_SOCK", "s"),
            ("https_proxy", "p"),
            ("HERMES_HOME", "/other"),
            ("HERMES_DASHBOARD_SESSION_TOKEN", "another's"),
            ("HERMES_YOLO_MODE", "1"),
            ("HERMES_MODEL", "m"),
            ("HERMUX_MARK", "old"),
            ("TMUX", "t"),
            ("TMUX_PANE", "%1"),
            ("ZELLIJ_SESSION_NAME", "z"),
            ("STY", "s"),
            ("TERMINAL_CWD", "/elsewhere"),
        ];
        let inherited = inherited.into_iter().map(|(n, v)| (n.into(), v.into()));
        let got = guarded("hermes").environment(&order, inherited);
        let got: Vec<_> = got.iter().map(|(n, v)| (n.to_str().unwrap(), v.to_str().unwrap())).collect();
        assert_eq!(
            got,
            [
                ("PATH", "/bin"),
                ("OPENAI_API_KEY", "k"),
                ("SSH_AUTH_SOCK", "s"),
                ("https_proxy", "p"),
                ("HERMES_HOME", "/h"),
                ("HERMES_DASHBOARD_SESSION_TOKEN", "fresh"),
                ("HERMES_DESKTOP_READY_FILE", "/r"),
                ("HERMES_TUI_WS_ORPHAN_REAP_GRACE_S", "3600"),
                ("HERMUX_MARK", "m"),
            ]
        );
    }

    #[test]
    fn a_missing_program_is_told_without_a_process() {
        for name in ["hermes-that-is-nowhere", "/nowhere/hermes"] {
            assert_eq!(guarded(name).check(), Err(Failure::NoBinary(name.into())));
        }
    }

    #[test]
    fn a_program_that_may_not_be_run_is_passed_over_for_one_that_may_and_named_without_one() {
        let root = tempfile::tempdir().unwrap();
        let place = |dir: &str, mode: u32| {
            let dir = root.path().join(dir);
            std::fs::create_dir(&dir).unwrap();
            std::fs::write(dir.join("hermes"), "").unwrap();
            std::fs::set_permissions(dir.join("hermes"), std::fs::Permissions::from_mode(mode)).unwrap();
            dir
        };
        let (not, may) = (place("not", 0o644), place("may", 0o755));
        let path = |dirs: &[&Path]| std::env::join_paths(dirs).unwrap();
        let look = |path: OsString| Program::hermes("hermes".into()).place(Some(&path));
        assert_eq!(look(path(&[&not, &may])), Ok(may.join("hermes")));
        let named = not.join("hermes").display().to_string();
        assert_eq!(look(path(&[&not])), Err(Failure::NotExecutable(named.clone())));
        assert_eq!(Program::hermes(not.join("hermes")).place(None), Err(Failure::NotExecutable(named)));
    }
}

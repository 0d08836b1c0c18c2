//! Command line and environment of the demo backend: the real one's, and flags of its own for tests.
//!
//! More flags, one a line, may stand in `<profile home>/demo-backend.args`: so a test can give one profile's backend a
//! fault although all are launched alike. With `--once` among them the file is removed when it was read, and the next
//! launch is sound.

use super::faults::Faults;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file of further flags in a profile's home.
const ARGS_FILE: &str = "demo-backend.args";

/// The command line was not understood.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("hermux demo-backend: error: {0}")]
pub(super) struct UsageError(pub String);

/// What the command line says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Options {
    pub(super) profile: String,
    pub(super) host: String,
    /// 0 lets the system choose.
    pub(super) port: u16,
    /// Chooses texts; never ids.
    pub(super) seed: u64,
    /// How fast words come, in percent of the usual; 0 is as fast as can be.
    pub(super) pace: u32,
    /// What the building of an agent takes.
    pub(super) build_delay: Duration,
    /// Overrides `approvals.timeout`.
    pub(super) approvals_timeout: Option<Duration>,
    /// Overrides the waiting times of sudo, secret and clarify prompts.
    pub(super) prompt_timeout: Option<Duration>,
    /// Overrides `HERMES_TUI_WS_ORPHAN_REAP_GRACE_S`.
    pub(super) orphan_grace: Option<Duration>,
    pub(super) faults: Faults,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            profile: "default".into(),
            host: "127.0.0.1".into(),
            port: 0,
            seed: 1,
            pace: 100,
            build_delay: Duration::from_millis(200),
            approvals_timeout: None,
            prompt_timeout: None,
            orphan_grace: None,
            faults: Faults::default(),
        }
    }
}

impl Options {
    /// Reads an argument list (without the program's name). The word `serve` may stand anywhere, as in a real launch.
    pub(super) fn parse(args: &[String]) -> Result<Self, UsageError> {
        let mut options = Self::default();
        options.read(args)?;
        Ok(options)
    }

    /// Reads the profile's own flags, if there are some.
    pub(super) fn read_file(&mut self, profile_home: &Path) -> Result<(), UsageError> {
        let path = profile_home.join(ARGS_FILE);
        let Ok(text) = std::fs::read_to_string(&path) else { return Ok(()) };
        let args: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if args.iter().any(|arg| arg == "--once") {
            // A file that cannot be removed would make "once" a lie.
            std::fs::remove_file(&path)
                .map_err(|error| UsageError(format!("{}: {error}", path.display())))?;
        }
        self.read(&args)
    }

    fn read(&mut self, args: &[String]) -> Result<(), UsageError> {
        let mut rest = args.iter().map(String::as_str);
        while let Some(arg) = rest.next() {
            let mut value =
                || rest.next().ok_or_else(|| UsageError(format!("argument {arg}: expected one argument")));
            match arg {
                "serve" | "--isolated" | "--skip-build" | "--once" => {}
                "--profile" => value()?.clone_into(&mut self.profile),
                "--host" => value()?.clone_into(&mut self.host),
                "--port" => self.port = number(arg, value()?)?,
                "--seed" => self.seed = number(arg, value()?)?,
                "--pace" => self.pace = number(arg, value()?)?,
                "--build-delay" => self.build_delay = millis(arg, value()?)?,
                "--approvals-timeout" => self.approvals_timeout = Some(millis(arg, value()?)?),
                "--prompt-timeout" => self.prompt_timeout = Some(millis(arg, value()?)?),
                "--orphan-grace" => self.orphan_grace = Some(millis(arg, value()?)?),
                _ => {
                    if !self.faults.read(arg, &mut value)? {
                        return Err(UsageError(format!("unrecognized arguments: {arg}")));
                    }
                }
            }
        }
        Ok(())
    }
}

/// A whole number.
pub(super) fn number<T: std::str::FromStr>(arg: &str, text: &str) -> Result<T, UsageError> {
    text.parse().map_err(|_| UsageError(format!("argument {arg}: invalid int value: '{text}'")))
}

/// A number of milliseconds.
pub(super) fn millis(arg: &str, text: &str) -> Result<Duration, UsageError> {
    number(arg, text).map(Duration::from_millis)
}

/// What the environment says; the names are Hermes'.
#[derive(Debug, Clone, Default)]
pub(super) struct Environment {
    /// `HERMES_HOME`, else `~/.hermes`.
    pub(super) home: PathBuf,
    /// `HERMES_DASHBOARD_SESSION_TOKEN`.
    pub(super) token: Option<String>,
    /// `HERMES_DESKTOP_READY_FILE`.
    pub(super) ready_file: Option<PathBuf>,
    /// `HERMES_TUI_WS_ORPHAN_REAP_GRACE_S`: `None` keeps socketless sessions for ever.
    pub(super) orphan_grace: Option<Duration>,
    /// `HERMES_YOLO_MODE`.
    pub(super) yolo: bool,
}

impl Environment {
    /// Reads this process' environment.
    pub(super) fn read() -> Self {
        let var = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let home = var("HERMES_HOME").map(PathBuf::from);
        let grace = var("HERMES_TUI_WS_ORPHAN_REAP_GRACE_S")
            .and_then(|value| value.to_str()?.parse::<f64>().ok())
            .filter(|seconds| seconds.is_finite())
            .unwrap_or(20.0);
        Self {
            home: home.or_else(|| Some(PathBuf::from(var("HOME")?).join(".hermes"))).unwrap_or_default(),
            token: var("HERMES_DASHBOARD_SESSION_TOKEN").and_then(|value| value.into_string().ok()),
            ready_file: var("HERMES_DESKTOP_READY_FILE").map(PathBuf::from),
            orphan_grace: (grace > 0.0).then(|| Duration::from_secs_f64(grace.min(1e9))),
            yolo: var("HERMES_YOLO_MODE").is_some_and(|value| value == "1"),
        }
    }

    /// The home directory of the root profile: `HERMES_HOME` may also name `<root>/profiles/<name>`.
    pub(super) fn root(&self) -> &Path {
        match (self.home.parent(), self.home.parent().and_then(Path::parent)) {
            (Some(parent), Some(root)) if parent.file_name().is_some_and(|name| name == "profiles") => root,
            _ => &self.home,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Environment, Options, UsageError};
    use crate::demo::faults::{Faults, Point};
    use std::path::Path;
    use std::time::Duration;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_real_launch_line_is_understood() {
        let options =
            Options::parse(&words("--profile work serve --isolated --host 127.0.0.1 --port 0")).unwrap();
        assert_eq!(options, Options { profile: "work".into(), ..Options::default() });
    }

    #[test]
    fn flags_are_read_and_unknown_ones_refused() {
        let options = Options::parse(&words("--seed 9 --approvals-timeout 1500 --exit-at submit")).unwrap();
        assert_eq!(options.approvals_timeout, Some(Duration::from_millis(1500)));
        assert_eq!(options.faults, Faults { exit_at: Some(Point::Submit), ..Faults::default() });
        assert!(Options::parse(&words("--nope")).is_err());
        assert_eq!(
            Options::parse(&words("--port x")),
            Err(UsageError("argument --port: invalid int value: 'x'".into()))
        );
    }

    #[test]
    fn a_profile_can_have_flags_of_its_own_once() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(super::ARGS_FILE), "--once\n--pace 0\n").unwrap();
        let mut options = Options::default();
        options.read_file(dir.path()).unwrap();
        assert_eq!(options.pace, 0);
        let mut again = Options::default();
        again.read_file(dir.path()).unwrap();
        assert_eq!(again, Options::default());
    }

    #[test]
    fn the_root_is_found_from_a_profiles_home_too() {
        let root = |home: &str| Environment { home: home.into(), ..Environment::default() }.root().to_owned();
        assert_eq!(root("/a/b"), Path::new("/a/b"));
        assert_eq!(root("/a/b/profiles/work"), Path::new("/a/b"));
    }
}

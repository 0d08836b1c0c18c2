//! Homes to run in: a folder of the test's own, with what a program looks for in a person's.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::model::Model;
use super::procs::Mark;
use super::pty::Launch;

/// A person's home that ends with the test, and with it every process that works there.
pub struct Home {
    // Dropped in this order: first the processes, then the folder.
    pub mark: Mark,
    dir: TempDir,
}

impl Home {
    pub fn new() -> Self {
        let dir = tempfile::Builder::new().prefix("hermux-test-").tempdir().expect("a folder");
        for sub in ["work", "state", "run", "tmp"] {
            fs::create_dir(dir.path().join(sub)).expect("a folder");
        }
        Self { mark: Mark::new(dir.path()), dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Where the program is started.
    pub fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    pub fn hermes(&self) -> PathBuf {
        self.path().join(".hermes")
    }

    /// The environment that makes this the person's home, and no network but loopback theirs.
    pub fn env(&self) -> Vec<(OsString, OsString)> {
        let under = |sub: &str| self.path().join(sub).into_os_string();
        let pairs = [
            ("HOME", self.path().into()),
            ("XDG_CONFIG_HOME", under("config")),
            ("XDG_STATE_HOME", under("state")),
            ("XDG_DATA_HOME", under("data")),
            ("XDG_CACHE_HOME", under("cache")),
            ("XDG_RUNTIME_DIR", under("run")),
            ("TMPDIR", under("tmp")),
            ("HTTP_PROXY", "http://127.0.0.1:9".into()),
            ("HTTPS_PROXY", "http://127.0.0.1:9".into()),
            ("NO_PROXY", "127.0.0.1,localhost".into()),
        ];
        pairs.into_iter().map(|(n, v)| (n.into(), v)).chain([self.mark.env()]).collect()
    }

    /// The real binary in this home.
    pub fn hermux(&self) -> Launch {
        Launch::new(env!("CARGO_BIN_EXE_hermux"), &self.work())
            .envs(self.env())
            .log(self.path().join("state"))
    }

    /// The profiles `default` and `work`, and a `hermes` that is the demo's backend with these flags.
    pub fn with_demo(self, flags: &str) -> Self {
        fs::create_dir_all(self.hermes().join("profiles/work")).expect("a Hermes home");
        let program = env!("CARGO_BIN_EXE_hermux");
        let script = format!("#!/bin/sh\nexec '{program}' demo-backend {flags} \"$@\"\n");
        fs::write(self.stand_in(), script).expect("a stand-in for hermes");
        fs::set_permissions(self.stand_in(), fs::Permissions::from_mode(0o755)).expect("its mode");
        self
    }

    /// Where [`Home::with_demo`] puts its `hermes`.
    pub fn stand_in(&self) -> PathBuf {
        self.path().join("hermes")
    }

    /// The process of the hub that a terminal started here.
    pub fn hub(&self) -> Option<i32> {
        self.mark.find("hermux server").map(|hub| hub.pid)
    }

    /// Ends the hub in order, as a test does that looks for what is left.
    #[track_caller]
    pub fn stop_hub(&self) {
        let ran = super::cli::hermux(self, &["stop", "--force"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }

    /// Makes the Hermes home: the profiles `default` and `work`, both with the test's model, asking a person before
    /// anything dangerous.
    pub fn with_hermes(self, model: &Model) -> Self {
        for profile in [self.hermes(), self.hermes().join("profiles/work")] {
            fs::create_dir_all(&profile).expect("a folder");
            fs::write(profile.join("config.yaml"), hermes_config(&model.url())).expect("a file");
        }
        self
    }
}

fn hermes_config(url: &str) -> String {
    format!(
        "model:\n  default: fake-model\n  provider: custom\n  base_url: {url}\n  api_key: sk-test\n  \
         context_length: 200000\napprovals:\n  mode: manual\n  timeout: 60\nsecurity:\n  tirith_enabled: false\n  \
         allow_lazy_installs: false\n"
    )
}

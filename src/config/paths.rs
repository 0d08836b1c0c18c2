//! The places of one hermux: the Hermes home it serves, and its own directories by the XDG rules.

use crate::base::digest::Digest;
use etcetera::{BaseStrategy, base_strategy::Xdg};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Why the places could not be found.
#[derive(Debug, thiserror::Error)]
pub enum PathsError {
    #[error("no home directory: set HOME, or name the Hermes home with --home DIR")]
    NoHome,
    #[error(
        "the Hermes home {0} is not an absolute path: name it from the root, as in --home /home/me/.hermes"
    )]
    NotAbsolute(PathBuf),
}

/// The directories of one hermux. None is made here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// The Hermes root: the profile `default` is here, the others under `profiles/`.
    pub hermes: PathBuf,
    /// `config.toml`.
    pub config_file: PathBuf,
    /// Logs and what must outlive a reboot.
    pub state: PathBuf,
    /// Locks, run files, ready files: what means nothing after a reboot. Private.
    pub runtime: PathBuf,
}

/// What the places are found from; the environment is read by the caller.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// `--home`.
    pub home_flag: Option<PathBuf>,
    /// `$HERMES_HOME`.
    pub hermes_home: Option<PathBuf>,
    /// `$XDG_RUNTIME_DIR`, else the directory that it usually names.
    pub runtime_dir: Option<PathBuf>,
}

impl Given {
    /// Reads the environment; `home_flag` comes from the command line.
    pub fn from_env(home_flag: Option<PathBuf>) -> Self {
        let var = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // A login without a session of its own, as by `su` or `cron`, must find the hub of one that has: where systemd keeps these
        // directories, the person's is there all the same.
        let usual = || {
            let uid = rustix::process::geteuid();
            let dir = Path::new("/run/user").join(uid.as_raw().to_string());
            let meta = dir.symlink_metadata().ok()?;
            (meta.is_dir() && meta.uid() == uid.as_raw() && meta.mode() & 0o777 == 0o700).then_some(dir)
        };
        let runtime_dir = var("XDG_RUNTIME_DIR").or_else(usual);
        Self { home_flag, hermes_home: var("HERMES_HOME"), runtime_dir }
    }
}

impl Paths {
    pub fn find(given: &Given) -> Result<Self, PathsError> {
        let xdg = Xdg::new().map_err(|_| PathsError::NoHome)?;
        let stock = xdg.home_dir().join(".hermes");
        let hermes = match (&given.home_flag, &given.hermes_home) {
            (Some(flag), _) => flag.clone(),
            (None, Some(home)) => root_of(home, &stock),
            (None, None) => stock,
        };
        if !hermes.is_absolute() {
            return Err(PathsError::NotAbsolute(hermes));
        }
        let state = xdg.state_dir().unwrap_or_else(|| xdg.home_dir().join(".local/state")).join("hermux");
        let runtime = match &given.runtime_dir {
            Some(dir) if dir.is_absolute() => dir.join("hermux"),
            _ => state.join("run"),
        };
        Ok(Self { hermes, config_file: xdg.config_dir().join("hermux/config.toml"), state, runtime })
    }

    /// Where logs and reports of crashes are.
    pub fn logs(&self) -> PathBuf {
        self.state.join("log")
    }

    /// A name for the Hermes home that is the same through every link to it, and before it is there: what is hermux' own and
    /// belongs to one home has it in its file's name. It goes by the path: what stands at a path that was removed and made anew is
    /// the same home, and what came to be another's i-node is not.
    pub fn identity(&self) -> String {
        let home = &self.hermes;
        let whole = home.canonicalize().or_else(|error| match (home.parent(), home.file_name()) {
            (Some(parent), Some(name)) => Ok(parent.canonicalize()?.join(name)),
            _ => Err(error),
        });
        let mut digest = Digest::new();
        digest.write(&whole.unwrap_or_else(|_| home.clone()).to_string_lossy());
        format!("{:016x}", digest.finish())
    }

    /// Where the person's own themes are.
    pub fn themes(&self) -> PathBuf {
        self.config_file.with_file_name("themes")
    }

    /// Keeps hermux' own directories inside `dir`, for a throw-away home that must leave nothing behind.
    #[must_use]
    pub fn within(mut self, dir: &Path) -> Self {
        self.state = dir.join(".hermux");
        self.runtime = dir.join(".hermux/run");
        self
    }
}

/// The root that `HERMES_HOME` means: it may name a profile's own home, whose root is two levels up.
fn root_of(home: &Path, stock: &Path) -> PathBuf {
    let profiles = home.parent();
    if profiles.and_then(Path::file_name).is_some_and(|name| name == "profiles") {
        if home.starts_with(stock) {
            return stock.to_owned();
        }
        if let Some(root) = profiles.and_then(Path::parent) {
            return root.to_owned();
        }
    }
    home.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_of_a_profile_means_its_root() {
        let stock = Path::new("/home/me/.hermes");
        assert_eq!(root_of(Path::new("/srv/h/profiles/work"), stock), Path::new("/srv/h"));
        assert_eq!(root_of(Path::new("/home/me/.hermes/profiles/x"), stock), stock);
        assert_eq!(root_of(Path::new("/srv/h"), stock), Path::new("/srv/h"));
    }

    #[test]
    fn the_flag_goes_before_the_environment() {
        let given = Given {
            home_flag: Some("/a".into()),
            hermes_home: Some("/b".into()),
            runtime_dir: Some("/run/user/7".into()),
        };
        let paths = Paths::find(&given).expect("a home");
        assert_eq!(paths.hermes, Path::new("/a"));
        assert_eq!(paths.runtime, Path::new("/run/user/7/hermux"));
    }

    #[test]
    fn a_relative_home_is_refused() {
        let given = Given { home_flag: Some("here".into()), ..Given::default() };
        assert!(matches!(Paths::find(&given), Err(PathsError::NotAbsolute(_))));
    }

    #[test]
    fn a_home_has_one_name_through_links_and_before_and_after_it_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(dir.path(), &link).unwrap();
        let name = |home: PathBuf| {
            Paths::find(&Given { home_flag: Some(home), ..Given::default() }).unwrap().identity()
        };
        let home = dir.path().join("home");
        let before = name(home.clone());
        std::fs::create_dir(&home).unwrap();
        assert_eq!(name(home.clone()), before);
        assert_eq!(name(link.join("home")), before);
        std::fs::remove_dir(&home).unwrap();
        std::fs::create_dir(dir.path().join("takes its i-node")).unwrap();
        std::fs::create_dir(&home).unwrap();
        assert_eq!(name(home), before);
        assert_ne!(name(dir.path().join("takes its i-node")), before);
    }
}

//! `hermux demo`: three made-up profiles in a home of their own.

use super::{args::Demo, start};
use crate::{
    base::{
        ids::ProfileName,
        sys::{
            files::{self, Lock, LockError},
            process::own_program,
        },
    },
    boot::{self, Ended, Seat, hub::Serve},
    config::{
        limits::Limits,
        paths::{Given, Paths},
        source::Source,
    },
    demo,
    supervisor::launch::Program,
    ui::{setup, state::Start},
};
use anyhow::Context;
use std::{
    ffi::OsString,
    io,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::ExitCode,
};

/// What the name of a throw-away home begins with; random digits follow.
const PREFIX: &str = "hermux-demo-";
const DIGITS: usize = 16;
/// In a throw-away home: locked while its demo runs.
const LOCK: &str = "demo.lock";

pub(super) fn run(
    args: Demo,
    config: Option<PathBuf>,
    color: Option<String>,
    log: Option<String>,
) -> anyhow::Result<ExitCode> {
    let ended = match args.home {
        Some(dir) => {
            kept(&std::path::absolute(dir)?, args.seed, args.backend_arg, config.clone(), color.clone(), log)
        }
        None => thrown_away(args.seed, args.backend_arg, config.clone(), color.clone(), log),
    };
    after(ended?, config, color)
}

/// In a home that stays: with a hub of its own, as any home has.
fn kept(
    home: &Path,
    seed: u64,
    flags: Vec<OsString>,
    config: Option<PathBuf>,
    color: Option<String>,
    log: Option<String>,
) -> anyhow::Result<Ended> {
    files::private_dir(home).with_context(|| format!("the demo's home {}", home.display()))?;
    demo::prepare_home(home, seed)?;
    let paths = Paths::find(&Given::from_env(Some(home.to_owned())))?;
    let mut hub = start::server(home, config.as_deref(), log.as_deref())?;
    hub.extend(["--demo".into(), seed.to_string().into()]);
    for flag in flags {
        hub.extend(["--backend-arg".into(), flag]);
    }
    boot::attach::run(seat(paths, home, config, color, log)?, Some(hub))
}

/// In a home that is gone when it is left.
fn thrown_away(
    seed: u64,
    flags: Vec<OsString>,
    config: Option<PathBuf>,
    color: Option<String>,
    log: Option<String>,
) -> anyhow::Result<Ended> {
    let temp = std::env::temp_dir();
    let (home, _lock) =
        throw_away(&temp).with_context(|| format!("a home for the demo in {}", temp.display()))?;
    // Beside the start: nothing waits for it, and what it does not get done the next demo does.
    std::thread::spawn(move || sweep(&temp));
    let run = || {
        demo::prepare_home(&home, seed)?;
        let paths = Paths::find(&Given::from_env(Some(home.clone())))?.within(&home);
        let seat = seat(paths.clone(), &home, config, color, log)?;
        let limits = Limits { linger: None, ..Limits::of(seat.ready.config()) };
        let primary = ProfileName::default_profile();
        boot::solo::run(
            seat,
            Serve {
                paths,
                program: program(seed, flags)?,
                primary,
                cwd: workspace(&home),
                limits,
                tty: boot::tty(),
            },
        )
    };
    let ended = run();
    // What cannot be removed stays in the system's directory for such things.
    let _ = std::fs::remove_dir_all(&home);
    ended
}

fn seat(
    paths: Paths,
    home: &Path,
    config: Option<PathBuf>,
    color: Option<String>,
    log: Option<String>,
) -> anyhow::Result<Seat> {
    let mut source = Source::from_env(config, paths.config_file.clone());
    source.flags.extend(color.map(start::color_flag));
    let ready = setup::load(&source)?;
    Ok(Seat { paths, ready, source, start: Start::Draft, cwd: workspace(home), log })
}

/// The made-up agent, as a program that runs as a backend.
pub(super) fn program(seed: u64, flags: Vec<OsString>) -> anyhow::Result<Program> {
    let program = own_program().context("hermux cannot find its own program")?;
    let mut words = vec![OsString::from("demo-backend"), "--seed".into(), seed.to_string().into()];
    words.extend(flags);
    Ok(Program::new(program, words))
}

/// Where the sessions of a demo's home work.
pub(super) fn workspace(home: &Path) -> PathBuf {
    home.join("workspace")
}

/// What a run leads to: its exit code, or the demo in its place, with the config file `config` when one was named.
pub(super) fn after(
    ended: Ended,
    config: Option<PathBuf>,
    color: Option<String>,
) -> anyhow::Result<ExitCode> {
    let program = match ended {
        Ended::With(code) => return Ok(code),
        Ended::Demo => own_program().context("hermux cannot find its own program")?,
    };
    #[expect(clippy::disallowed_methods, reason = "no child: this process goes on as the demo")]
    let mut demo = std::process::Command::new(program);
    demo.arg0("hermux").arg("demo");
    if let Some(file) = config {
        demo.arg("--config").arg(file);
    }
    if let Some(which) = color {
        demo.arg("--color").arg(which);
    }
    Err(anyhow::Error::from(demo.exec()).context("the demo could not be started"))
}

/// A home that is gone when the demo ends, and the lock that says that it is in use.
fn throw_away(temp: &Path) -> Result<(PathBuf, Lock), LockError> {
    loop {
        let home = temp.join(format!("{PREFIX}{}", files::random_hex(DIGITS / 2)?));
        files::private_dir(&home)?;
        match files::lock(&home, LOCK, &format!("process {}\n", std::process::id())) {
            // Another demo looked at it in the moment before it was locked, and is removing it.
            Err(LockError::Held(_)) => {}
            locked => return locked.map(|lock| (home, lock)),
        }
    }
}

/// Homes that demos left behind which were killed.
pub(super) fn left_behind(temp: &Path) -> Vec<(PathBuf, Lock)> {
    let entries = std::fs::read_dir(temp).into_iter().flatten().flatten();
    let is_home = |name: &str| {
        name.strip_prefix(PREFIX)
            .is_some_and(|digits| digits.len() == DIGITS && digits.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let ours = |path: &Path| -> io::Result<bool> {
        let meta = path.symlink_metadata()?;
        Ok(meta.is_dir() && meta.uid() == rustix::process::geteuid().as_raw())
    };
    entries
        .filter(|entry| entry.file_name().to_str().is_some_and(is_home))
        .map(|entry| entry.path())
        // Without its lock file it is somebody's who is just beginning, or not a demo's at all.
        .filter(|path| ours(path).unwrap_or(false) && path.join(LOCK).is_file())
        .filter_map(|path| files::lock(&path, LOCK, "").ok().map(|lock| (path, lock)))
        .collect()
}

fn sweep(temp: &Path) {
    for (home, _lock) in left_behind(temp) {
        // The next demo tries again.
        let _ = std::fs::remove_dir_all(home);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_homes_of_dead_demos_are_removed_and_no_link_is_followed() {
        let temp = tempfile::tempdir().unwrap();
        let (living, _lock) = throw_away(temp.path()).unwrap();
        let (dead, lock) = throw_away(temp.path()).unwrap();
        std::fs::create_dir(dead.join("profiles")).unwrap();
        drop(lock);
        let strange = temp.path().join("hermux-demo-mine");
        let (new, target) = (temp.path().join("hermux-demo-0123456789abcdef"), temp.path().join("precious"));
        for dir in [&strange, &new, &target] {
            std::fs::create_dir(dir).unwrap();
        }
        std::fs::write(target.join(LOCK), "").unwrap();
        let link = temp.path().join("hermux-demo-aaaaaaaaaaaaaaaa");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        sweep(temp.path());
        assert!(!dead.exists());
        for kept in [&living, &strange, &new, &link, &target.join(LOCK)] {
            assert!(kept.exists(), "{}", kept.display());
        }
    }
}

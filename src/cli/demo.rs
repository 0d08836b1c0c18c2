//! `hermux demo`: three made-up profiles in a home of their own.

use super::args::Demo;
use crate::{
    base::{ids::ProfileName, sys},
    boot::{self, Plan},
    config::{
        paths::{Given, Paths},
        source::Source,
    },
    demo,
    supervisor::launch::Program,
    ui::setup,
};
use anyhow::Context;
use std::{ffi::OsString, path::PathBuf, process::ExitCode};

pub(super) fn run(args: Demo, config: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let (home, throw_away) = if let Some(dir) = args.home {
        (std::path::absolute(dir)?, false)
    } else {
        (std::env::temp_dir().join(format!("hermux-demo-{}", sys::files::random_hex(8)?)), true)
    };
    sys::files::private_dir(&home).with_context(|| format!("the demo's home {}", home.display()))?;
    let prepared = demo::prepare_home(&home, args.seed);
    let result = prepared.map_err(anyhow::Error::from).and_then(|()| {
        let given = Given { home_flag: Some(home.clone()), ..Given::from_env(None) };
        let paths = Paths::find(&given)?.within(&home);
        let source = Source::from_env(config, paths.config_file.clone());
        let ready = setup::load(&source)?;
        let program = std::env::current_exe().context("hermux cannot find its own program")?;
        let mut words = vec![OsString::from("demo-backend"), "--seed".into(), args.seed.to_string().into()];
        words.extend(args.backend_arg);
        boot::run(Plan {
            program: Program::new(program, words),
            cwd: home.join("workspace"),
            paths,
            ready,
            source,
            primary: ProfileName::default_profile(),
            open: None,
        })
    });
    if throw_away {
        // What cannot be removed stays in the system's directory for such things.
        let _ = std::fs::remove_dir_all(home);
    }
    result
}

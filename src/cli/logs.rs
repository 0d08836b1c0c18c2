//! `hermux logs`: where the log files are; what is in them only when asked.

use super::{
    args::{Logs, Place},
    print,
};
use crate::{
    base::text::{self, Mode},
    config::paths::{Given, Paths},
    logging,
    supervisor::profiles::{discover, home_of},
};
use anyhow::Context;
use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead, BufReader},
    process::ExitCode,
};

pub(super) fn run(args: Logs, before: Place) -> anyhow::Result<ExitCode> {
    let home = args.place.or(before).home.map(std::path::absolute).transpose()?;
    let paths = Paths::find(&Given::from_env(home))?;
    match args.tail {
        Some(count) => tail(&paths, count),
        None => list(&paths),
    }
}

/// One path a line: hermux' own, then where each profile's Hermes keeps its.
fn list(paths: &Paths) -> anyhow::Result<ExitCode> {
    let logs = paths.logs();
    let mut own = logging::files(&logs);
    if own.is_empty() {
        // What will be there.
        own.push(logs.join(logging::FILE));
    }
    own.extend(logging::reports(&logs).into_iter().rev());
    let mut out = String::new();
    for path in own {
        out += &line("hermux", &path);
    }
    for profile in discover(&paths.hermes).profiles {
        let logs = home_of(&paths.hermes, &profile.name).join("logs");
        if logs.is_dir() {
            out += &line(profile.name.as_str(), &logs);
        }
    }
    print(&out)
}

fn line(whose: &str, path: &std::path::Path) -> String {
    format!("{whose:<12} {}\n", text::drawable(&path.to_string_lossy(), Mode::Label))
}

fn tail(paths: &Paths, count: usize) -> anyhow::Result<ExitCode> {
    let path = paths.logs().join(logging::FILE);
    let file = File::open(&path).with_context(|| {
        format!("there is no log at {} yet; hermux makes it when it runs", path.display())
    })?;
    let mut last = VecDeque::new();
    for line in BufReader::new(file).split(b'\n') {
        last.push_back(line?);
        if last.len() > count {
            last.pop_front();
        }
    }
    let mut out = String::new();
    for line in last {
        // It was inert when it was written; nobody says that nobody else wrote there.
        out += &text::drawable(&String::from_utf8_lossy(&line), Mode::Label);
        out.push('\n');
    }
    print(&out)
}

//! What is hermux' own: its config, its directories, and what a hermux that was killed left behind.

use super::report::Report;
use crate::{
    cli::demo,
    config::{paths::Paths, problem::Broken, source::Source},
    supervisor::owner,
    ui::setup::Ready,
};
use std::{
    fs::Metadata,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

const AREA: &str = "hermux";

/// The config file, with everything that is wrong with it.
pub(super) fn config(report: &mut Report, source: &Source, ready: Result<&Ready, &Broken>) {
    let place = source.path.display();
    match ready {
        Ok(_) if source.path.exists() => report.ok(AREA, "config", &place.to_string()),
        Ok(_) => report.ok(AREA, "config", &format!("no {place}: the defaults hold")),
        Err(broken) => {
            let mend = "say all of it: hermux config check\nsee what is right: hermux config example";
            report.fail(AREA, "config", &format!("{place}: {}", broken.brief()), mend);
        }
    }
}

/// hermux' own directories: private, and its owner's.
pub(super) fn directories(report: &mut Report, paths: &Paths) {
    for (about, dir) in
        [("state", paths.state.clone()), ("logs", paths.logs()), ("runtime", paths.runtime.clone())]
    {
        let Ok(meta) = dir.symlink_metadata() else {
            report.ok(AREA, about, &format!("{}: made at the first start", dir.display()));
            continue;
        };
        if let Some((says, mend)) = wrong(&dir, &meta) {
            report.fail(AREA, about, &says, &mend);
            continue;
        }
        let open: Vec<String> = files_open_to_others(&dir);
        match open.first() {
            None => report.ok(AREA, about, &dir.display().to_string()),
            Some(first) => {
                let says = format!("{} of its files can be read by others, such as {first}", open.len());
                report.warn(AREA, about, &says, &format!("chmod go= {}/*", dir.display()));
            }
        }
    }
}

/// Why hermux would refuse a directory, and what mends it.
fn wrong(dir: &Path, meta: &Metadata) -> Option<(String, String)> {
    let place = dir.display();
    if !meta.is_dir() {
        return Some((format!("{place} is no directory"), format!("mv {place} {place}.old")));
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return Some((format!("{place} belongs to another user"), format!("mv {place} {place}.old")));
    }
    (meta.permissions().mode() & 0o022 != 0)
        .then(|| (format!("{place} can be written by others"), format!("chmod 700 {place}")))
}

fn files_open_to_others(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .filter(|entry| {
            entry.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o077 != 0)
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Backends and demo homes without a hermux.
pub(super) fn left_behind(report: &mut Report, paths: &Paths) {
    match owner::left_behind(&paths.runtime) {
        0 => report.ok(AREA, "orphans", "no backend runs without a hermux"),
        count => {
            let says = format!("{count} processes were left behind by a hermux that was killed");
            report.warn(AREA, "orphans", &says, "start hermux: it ends them");
        }
    }
    let homes = demo::left_behind(&std::env::temp_dir()).len();
    if homes > 0 {
        let says = format!("{homes} demo homes were left behind in {}", std::env::temp_dir().display());
        report.warn(AREA, "demo", &says, "start hermux demo: it removes them");
    }
}

//! Which Hermes there is, and which profiles.

use super::report::Report;
use crate::{
    base::ids::ProfileName,
    config::paths::Paths,
    history,
    model::profile::Profile,
    supervisor::{
        failure::Probe,
        launch::{Guarded, Launcher, Program},
        profiles::{discover, home_of},
        version::{KNOWN, LEAST},
    },
};
use std::path::PathBuf;

const AREA: &str = "Hermes";

/// What will be run: `named` by the settings, and by which (`origin`), else the one on `PATH`.
pub(super) fn program(report: &mut Report, named: &str, origin: Option<&str>) -> Program {
    let program = Program::hermes(PathBuf::from(if named.is_empty() { "hermes" } else { named }));
    let how = if named.is_empty() { "found on PATH" } else { origin.unwrap_or("named by the settings") };
    let path = std::env::var_os("PATH");
    match program.place(path.as_deref()) {
        Ok(place) => report.ok(AREA, "program", &format!("{} ({how})", place.display())),
        Err(failure) => report.fail(AREA, "program", &failure.what(), &fix(failure.can())),
    }
    program
}

/// What a person can do, as lines of a fix.
pub(super) fn fix(can: &str) -> String {
    can.replace(":  ", ": ")
}

/// Asks the program for its version. False when there is no use in starting it.
pub(super) async fn version(report: &mut Report, program: &Program, launcher: &Guarded) -> bool {
    if program.place(std::env::var_os("PATH").as_deref()).is_err() {
        return false;
    }
    let name = program.name();
    match launcher.probe().await {
        Probe::Hermes(found) if found < LEAST => {
            let says = format!("{found}, and hermux needs {LEAST} or newer");
            report.fail(AREA, "version", &says, "hermes update");
            return false;
        }
        Probe::Hermes(found) if found > KNOWN => {
            let says =
                format!("{found}, newer than hermux was tried with: it goes by what this Hermes offers");
            report.ok(AREA, "version", &says);
        }
        Probe::Hermes(found) => report.ok(AREA, "version", &found.to_string()),
        Probe::Other(says) => {
            report.fail(
                AREA,
                "version",
                &format!("{name} is not Hermes: {says}"),
                "hermux doctor --hermes PATH",
            );
            return false;
        }
        Probe::Silent => {
            let says = format!("{name} did not answer --version within 5 s");
            report.fail(AREA, "version", &says, "see what it is: hermes --version");
            return false;
        }
        Probe::Unknown => {
            let says = format!("{name} --version said nothing: it may be broken");
            report.warn(AREA, "version", &says, "see what it says: hermes --version");
        }
    }
    true
}

/// The profiles under the home, with what can be said of each from its files. Those that can be started.
pub(super) fn profiles(report: &mut Report, paths: &Paths, only: Option<&[ProfileName]>) -> Vec<ProfileName> {
    let root = &paths.hermes;
    if !root.is_dir() {
        let says = format!("there is no {} yet", root.display());
        report.fail(AREA, "home", &says, "make one: hermes setup\nor look around: hermux demo");
        return Vec::new();
    }
    report.ok(AREA, "home", &root.display().to_string());
    let found = discover(root);
    for name in &found.ignored {
        report.ok("profiles", name.raw(), "no name of a profile: neither Hermes nor hermux opens it");
    }
    let wanted = |profile: &&Profile| only.is_none_or(|only| only.contains(&profile.name));
    if let Some(missing) =
        only.and_then(|only| only.iter().find(|name| !found.profiles.iter().any(|p| p.name == **name)))
    {
        report.fail(
            "profiles",
            missing.as_str(),
            "there is no such profile",
            &format!("hermes profile create {missing}"),
        );
    }
    let mut able = Vec::new();
    for profile in found.profiles.iter().filter(wanted) {
        let name = profile.name.as_str();
        let home = home_of(root, &profile.name);
        if let Some(problem) = &profile.problem {
            report.fail("profiles", name, problem.raw(), "see what it is: ls -ld its directory");
            continue;
        }
        able.push(profile.name.clone());
        match history::list(&home, &profile.name, 1) {
            Ok(rows) if rows.is_empty() => report.ok("profiles", name, "no stored sessions yet"),
            Ok(_) => report.ok("profiles", name, "its stored sessions can be read"),
            Err(error) => {
                let mend = format!("hermes --profile {name} doctor");
                report.warn("profiles", name, &error.to_string(), &mend);
            }
        }
    }
    able
}

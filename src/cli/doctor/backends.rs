//! Starts each profile's backend as hermux does, asks it one thing, and ends it: how long that takes, and what is wrong.

use super::{hermes::fix, report::Report};
use crate::{
    base::{
        clock::{Clock, Tick},
        ids::{CallId, ProfileName},
        sys::process::own_program,
    },
    config::paths::Paths,
    model::{
        agent::{Call, Reply},
        profile::BackendState,
    },
    supervisor::{
        Event, Settings, Supervisor,
        launch::{Guarded, Program},
    },
    wire::{Feed, Out},
};
use std::{io, time::Duration};
use tokio::sync::mpsc;

const AREA: &str = "backends";
/// What a backend may take to start, answer and end; a cold disk takes some seconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// Milliseconds that its answer may take.
const ANSWER: u64 = 10_000;

pub(super) fn launcher(program: Program, paths: &Paths) -> io::Result<Guarded> {
    let cwd = std::env::current_dir()?;
    Ok(Guarded { hermux: own_program()?, program, home: paths.hermes.clone(), cwd })
}

/// What one backend came to.
#[derive(Debug, Default)]
struct Tried {
    /// Milliseconds until it was ready.
    ready: Option<u64>,
    /// Milliseconds that an answer took.
    round_trip: Option<u64>,
    provider: Option<bool>,
    bad_config: Option<String>,
    state: BackendState,
}

/// One after the other, so that their times are their own. `tell` hears whose turn it is. Nothing is left running.
pub(super) async fn try_all(
    report: &mut Report,
    paths: &Paths,
    launcher: Guarded,
    program: &Program,
    profiles: &[ProfileName],
    tell: impl Fn(&ProfileName),
) {
    let clock = Clock::start();
    let (supervisor, mut events) = Supervisor::new(Settings {
        home: paths.hermes.clone(),
        runtime: paths.runtime.clone(),
        launcher: Box::new(launcher),
        program: program.name(),
        clock,
        seed: Clock::wall().0,
    });
    for profile in profiles {
        tell(profile);
        let mut tried = Tried::default();
        let done = one(&supervisor, &mut events, profile, clock, &mut tried);
        let late = tokio::time::timeout(PATIENCE, done).await.is_err();
        supervisor.stop(profile);
        say(report, profile, &tried, late);
    }
    // Ends whatever did not end by itself.
    supervisor.shutdown().await;
}

/// Until `profile` answered, or is known not to.
async fn one(
    supervisor: &Supervisor,
    events: &mut mpsc::Receiver<(ProfileName, Event)>,
    profile: &ProfileName,
    clock: Clock,
    tried: &mut Tried,
) {
    let begun = clock.now();
    let mut feed = None;
    let mut asked = Tick(0);
    supervisor.start(profile);
    while let Some((whose, event)) = events.recv().await {
        if whose != *profile {
            // One that is still ending.
            continue;
        }
        match event {
            Event::State(state) => {
                tried.state = state;
                if matches!(
                    tried.state,
                    BackendState::Stuck(_) | BackendState::Elsewhere(_) | BackendState::Retrying { .. }
                ) {
                    return;
                }
            }
            Event::BadConfig(wrong) => tried.bad_config = Some(wrong.into_raw()),
            Event::Connected { epoch } => feed = Some(Feed::new(profile.clone(), epoch)),
            Event::Text { text, .. } => {
                let Some(feed) = &mut feed else { continue };
                let now = clock.now();
                for out in feed.text(&text, now) {
                    match out {
                        Out::Up { .. } => {
                            tried.ready = Some(now.since(begun));
                            asked = now;
                            if let Ok(frame) = feed.call(CallId(1), &Call::Setup, ANSWER, now, |_| None) {
                                supervisor.send(profile, frame);
                            }
                        }
                        Out::Reply { reply, .. } => {
                            tried.round_trip = Some(clock.now().since(asked));
                            if let Reply::ProviderConfigured(configured) = reply {
                                tried.provider = Some(configured);
                            }
                            return;
                        }
                        Out::Send(frame) => supervisor.send(profile, frame),
                        Out::WrongProfile { says } => supervisor.reject(profile, says.into_raw()),
                        Out::Learned { .. } | Out::Fact { .. } | Out::Disconnect { .. } | Out::Log { .. } => {
                        }
                    }
                }
            }
            Event::NotText { .. } | Event::Disconnected { .. } => {}
        }
    }
}

fn say(report: &mut Report, profile: &ProfileName, tried: &Tried, late: bool) {
    let name = profile.as_str();
    match (&tried.state, tried.ready, tried.round_trip) {
        (_, Some(ready), Some(round_trip)) => {
            let says = format!("ready after {ready} ms, answers within {round_trip} ms");
            report.ok(AREA, name, &says);
        }
        (BackendState::Stuck(stuck), ..) => {
            let last = stuck.log.iter().rev().find(|line| !line.raw().trim().is_empty());
            let log = last.map(|line| format!("; it last said: {}", line.raw().trim())).unwrap_or_default();
            report.fail(AREA, name, &format!("{}{log}", stuck.what.raw()), &fix(stuck.can.raw()));
        }
        (BackendState::Elsewhere(who), ..) => {
            report.ok(AREA, name, &format!("runs under another hermux ({}): not tried", who.raw()));
        }
        (BackendState::Retrying { why, .. }, ..) => {
            let mend =
                format!("see what it says: hermes --profile {name} serve\nask Hermes itself: hermes doctor");
            report.fail(AREA, name, &format!("it does not stay up: {}", why.raw()), &mend);
        }
        (_, ready, _) => {
            let says = match (ready, late) {
                (Some(ready), _) => format!("ready after {ready} ms, and does not answer"),
                (None, _) => format!("not ready within {} s; hermux itself waits longer", PATIENCE.as_secs()),
            };
            report.fail(AREA, name, &says, &format!("see what it says: hermes --profile {name} serve"));
        }
    }
    if let Some(wrong) = &tried.bad_config {
        let says = format!("Hermes ignores its config, and goes on with the defaults: {wrong}");
        report.warn(AREA, name, &says, "mend the file");
    }
    if tried.provider == Some(false) {
        let hermes = if profile.is_default() { "hermes".into() } else { format!("hermes --profile {name}") };
        report.warn(
            AREA,
            name,
            "no provider is set up: it refuses what is sent",
            &format!("choose one: {hermes} model"),
        );
    }
}

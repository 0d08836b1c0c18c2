//! How everything stands, for one who asks: what the world, the supervisor and the terminals say, and what the system says of
//! their processes. Status comes from `model::status` alone (I11).

use super::run::Hub;
use crate::{
    base::{
        clock::{Clock, Tick, WallMs},
        ids::{AskId, ClientId},
        sys::process,
        text::Untrusted,
    },
    model::{
        notice::{About, Notice},
        profile::Profile,
        session::Session,
        status,
        terminal::{Terminal, TerminalInfo},
        world::World,
    },
    proto::{
        Answer, CONTRACT,
        report::{
            HubReport, LastExit, Memory, NoticeReport, ProfileReport, Report, SessionReport, Starter,
            TerminalReport,
        },
    },
    registry::Input,
    supervisor::record::{Record, Running},
};
use std::path::PathBuf;

/// What a hub is, for as long as it lives.
#[derive(Debug)]
pub(super) struct Identity {
    starter: Starter,
    socket: Option<PathBuf>,
    since: WallMs,
}

impl Identity {
    pub(super) fn new(starter: Starter, socket: Option<PathBuf>) -> Self {
        Self { starter, socket, since: Clock::wall() }
    }
}

impl Hub {
    /// Answers with how everything stands. With `processes` a blocking thread looks at them first.
    pub(super) fn report(&mut self, client: ClientId, ask: AskId, processes: bool) {
        let (world, now) = (self.registry.world(), self.clock.now());
        let records = self.supervisor.records();
        let mut report = Report {
            hub: HubReport {
                version: crate::base::VERSION.to_owned(),
                contract: CONTRACT,
                pid: std::process::id(),
                since_ms: self.identity.since,
                uptime_ms: now.0,
                memory: None,
                socket: self.identity.socket.as_ref().map(|path| path.to_string_lossy().into_owned().into()),
                environment: self.identity.starter.clone(),
                linger_ms: self.registry.lingers(),
                ends_in_ms: self.registry.lingers_until().map(|at| at.since(now)),
                terminals: self.terminals(),
            },
            profiles: profiles(world),
            sessions: sessions(world),
            notices: notices(world),
        };
        for profile in &mut report.profiles {
            if let Some(record) = records.get(&profile.name) {
                add_record(profile, record, now);
            }
        }
        if !processes {
            let answer = Ok(Answer::Status(Box::new(report)));
            return self.inputs.push_back(Input::Answered { client, ask, answer });
        }
        self.reads.report(client, ask, move || {
            report.hub.memory = memory([i32::try_from(report.hub.pid).unwrap_or_default()]);
            for profile in &mut report.profiles {
                let running = records.get(&profile.name).and_then(|record| record.running);
                if let Some(guard) = running.and_then(|running| running.guard) {
                    add_processes(profile, guard);
                }
            }
            report
        });
    }

    fn terminals(&self) -> Vec<TerminalReport> {
        let shown = self.registry.terminals();
        let one = |terminal: &Terminal| {
            let (since_ms, lagging) = self.clients.standing(terminal.id)?;
            let TerminalInfo { pid, tty, multiplexer, size } = terminal.info.clone();
            Some(TerminalReport {
                id: terminal.id,
                pid,
                tty: tty.map(Into::into),
                pane: multiplexer.map(|at| at.pane.into()),
                size,
                shows: shown.get(&terminal.id).copied().flatten(),
                since_ms,
                lagging,
            })
        };
        self.registry.world().terminals.iter().filter_map(one).collect()
    }
}

/// What the world says of every profile, in the order of the strip.
pub fn profiles(world: &World) -> Vec<ProfileReport> {
    world.profiles.iter().map(|profile| of_profile(world, profile)).collect()
}

fn of_profile(world: &World, profile: &Profile) -> ProfileReport {
    let open = || world.sessions.values().filter(|session| session.profile == profile.name);
    let tally = status::tally(world, &profile.name);
    ProfileReport {
        name: profile.name.clone(),
        state: profile.backend.word().to_owned(),
        why: profile.backend.why().or(profile.problem.as_ref()).cloned(),
        pid: None,
        port: None,
        age_ms: None,
        memory: None,
        open: open().count(),
        built: open().filter(|session| session.built).count(),
        working: tally.working,
        waiting: tally.waiting,
        uncertain: tally.uncertain,
        failed: tally.failed,
        unread: tally.unread,
        restarts: 0,
        last_exit: None,
    }
}

/// What the world says of every open session: the tabs in their order, then the others.
pub fn sessions(world: &World) -> Vec<SessionReport> {
    let others = world.sessions.keys().filter(|id| !world.tabs.contains(id));
    let all = world.tabs.iter().chain(others).filter_map(|id| world.sessions.get(id));
    all.map(|session| of_session(session, world.tabs.contains(&session.id))).collect()
}

fn of_session(session: &Session, tab: bool) -> SessionReport {
    let named = |name: &&Untrusted| !name.is_empty();
    SessionReport {
        id: session.id,
        profile: session.profile.clone(),
        stored: session.stored.clone(),
        title: session.title.as_ref().filter(named).or(Some(&session.opening).filter(named)).cloned(),
        status: status::of(session),
        tab,
    }
}

fn notices(world: &World) -> Vec<NoticeReport> {
    let profile = |about: &About| match about {
        About::Everything => None,
        About::Profile(name) => Some(name.clone()),
        About::Session(id) => world.sessions.get(id).map(|session| session.profile.clone()),
    };
    let one = |notice: &Notice| NoticeReport {
        profile: profile(&notice.about),
        what: notice.what.clone(),
        does: notice.does.clone(),
        can: notice.can.clone(),
    };
    world.notices.iter().map(one).collect()
}

fn add_record(profile: &mut ProfileReport, record: &Record, now: Tick) {
    if let Some(Running { since, port, .. }) = record.running {
        profile.age_ms = Some(now.since(since));
        profile.port = port;
    }
    profile.restarts = record.restarts;
    profile.last_exit = record.last_exit.clone().map(|(why, at_ms)| LastExit { why, at_ms });
}

/// What the system says of a guard and all below it. May take milliseconds.
fn add_processes(profile: &mut ProfileReport, guard: i32) {
    let below = process::descendants(guard);
    profile.pid = below.iter().find(|process| process.parent() == guard).map(|backend| backend.pid);
    profile.memory = memory(std::iter::once(guard).chain(below.iter().map(|process| process.pid)));
}

/// The memory of all of `processes` together; one that ended meanwhile has none.
fn memory(processes: impl IntoIterator<Item = i32>) -> Option<Memory> {
    let sizes: Vec<_> = processes.into_iter().filter_map(process::memory).collect();
    (!sizes.is_empty()).then(|| Memory {
        pss_bytes: sizes.iter().map(|size| size.pss).sum(),
        rss_bytes: sizes.iter().map(|size| size.rss).sum(),
        processes: u32::try_from(sizes.len()).unwrap_or(u32::MAX),
    })
}

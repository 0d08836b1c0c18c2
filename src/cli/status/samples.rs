//! Reports to try text, JSON and format on.

use crate::{
    base::{
        clock::WallMs,
        ids::{ClientId, ProfileName, SessionId, StoredId},
    },
    model::status::Status,
    proto::report::{
        HubReport, LastExit, Memory, NoticeReport, ProfileReport, Report, SessionReport, Starter,
        TerminalReport,
    },
};

/// The time of day at which the samples were taken.
pub(super) const NOW: WallMs = WallMs(1_800_000_000_000);

fn ago(ms: u64) -> WallMs {
    WallMs(NOW.0 - ms)
}

pub(super) fn profile(name: &str, state: &str) -> ProfileReport {
    ProfileReport {
        name: ProfileName::new(name).unwrap(),
        state: state.to_owned(),
        why: None,
        pid: None,
        port: None,
        age_ms: None,
        memory: None,
        open: 0,
        built: 0,
        working: 0,
        waiting: 0,
        uncertain: 0,
        failed: 0,
        unread: 0,
        restarts: 0,
        last_exit: None,
    }
}

pub(super) fn session(id: u64, profile: &str, title: &str, status: Status) -> SessionReport {
    SessionReport {
        id: SessionId(id),
        profile: ProfileName::new(profile).unwrap(),
        stored: StoredId::new(&format!("20261121_0300{id:02}_abcdef")),
        title: (!title.is_empty()).then(|| title.into()),
        status,
        tab: id != 4,
    }
}

/// A hub that nobody is attached to and that runs nothing.
pub(super) fn quiet() -> Report {
    Report {
        hub: HubReport {
            version: "0.1.0".into(),
            contract: 2,
            pid: 4_711,
            since_ms: ago(65_000),
            uptime_ms: 65_000,
            memory: Some(Memory { pss_bytes: Some(9_400_000), rss_bytes: 14_000_000, processes: 1 }),
            socket: Some("/run/user/1000/hermux/803-1a2b3c.sock".into()),
            environment: Starter { tty: None, directory: "/home/me".into() },
            linger_ms: Some(600_000),
            ends_in_ms: Some(535_000),
            terminals: Vec::new(),
        },
        profiles: vec![profile("default", "cold")],
        sessions: vec![session(1, "default", "", Status::Idle)],
        notices: Vec::new(),
    }
}

/// Everything at once, with texts that mean no good.
pub(super) fn busy() -> Report {
    let mut report = quiet();
    report.hub.uptime_ms = 8_100_000;
    report.hub.ends_in_ms = None;
    report.hub.environment.tty = Some("/dev/pts/3".into());
    report.hub.environment.directory =
        "/home/me/a/very/long/way/to/where/the/work/is/done/today/really".into();
    let terminal = |id, tty: &str, shows, lagging| TerminalReport {
        id: ClientId(id),
        pid: 4_000,
        tty: Some(tty.into()),
        pane: (id == 1).then(|| "%4".into()),
        size: (120, 40),
        shows,
        since_ms: ago(id * 400_000),
        lagging,
    };
    report.hub.terminals = vec![
        terminal(1, "/dev/pts/3", Some(SessionId(2)), false),
        terminal(2, "/dev/\u{1b}]2;x\u{7}", None, true),
    ];
    let mut work = profile("work", "live");
    (work.pid, work.port, work.age_ms) = (Some(512_345), Some(40_123), Some(300_000));
    work.memory = Some(Memory { pss_bytes: Some(162_400_000), rss_bytes: 301_000_000, processes: 4 });
    (work.open, work.built, work.working, work.waiting, work.unread) = (3, 2, 2, 1, 1);
    work.restarts = 2;
    work.last_exit = Some(LastExit { why: "it was ended by signal 9".into(), at_ms: ago(301_000) });
    let mut research = profile("research-with-a-name-as-long-as-hermes-lets-one-be-0123456789", "stuck");
    research.why = Some("the program hermes was not found in any directory of PATH \u{9b}2J\u{202e}".into());
    (research.uncertain, research.failed) = (1, 1);
    report.profiles.extend([work, research]);
    report.sessions.extend([
        session(
            2,
            "work",
            "Clean up \u{1b}]0;owned\u{7}\u{202e} the build directory and everything that is in it",
            Status::NeedsDecision,
        ),
        session(3, "work", "移行 the database", Status::Working),
        session(4, "work", "Behind", Status::Finished),
        session(5, "default", "A title", Status::Uncertain),
    ]);
    report.notices.push(NoticeReport {
        profile: Some(ProfileName::new("work").unwrap()),
        what: "Its config cannot be read: \u{1b}[31mline 3".into(),
        does: "Hermes goes on without it.".into(),
        can: "Mend it.".into(),
    });
    report
}

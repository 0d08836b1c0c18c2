//! Every surface says the same of every session (I11, SYS-13): tabs, strip, list, palette, title, the badge of what waits, and the report
//! behind `hermux status`, over random worlds. What is compared is what is drawn, not what it is drawn from.

#![expect(clippy::expect_used, clippy::panic, reason = "what fails in a helper fails the test")]

mod stage;

use std::collections::BTreeMap;

use hermux::base::clock::Tick;
use hermux::base::ids::SessionId;
use hermux::hub::report;
use hermux::model::prompt::{PromptKind, PromptState};
use hermux::model::session::{Session, Unread};
use hermux::model::status::{Status, words};
use hermux::model::turn::{Turn, TurnState};
use hermux::model::world::World;
use hermux::proto::report::SessionReport;
use hermux::ui::state::Hit;
use hermux::ui::state::layer::{Layer, Target};
use hermux::ui::state::list::Row as ListRow;
use hermux::ui::state::picker::Mark;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use stage::Stage;
use stage::worlds::{NOW, add, approval, prompt, session, three_profiles, un};

/// Wide enough for every tab and every profile.
const SIZE: (u16, u16) = (300, 40);
const PROFILES: [&str; 3] = ["default", "work", "research"];

/// What a session is made of.
#[derive(Debug, Clone)]
struct Seed {
    profile: usize,
    turn: u8,
    quiet: bool,
    prompt: u8,
    dead_prompt: bool,
    unread: u8,
    tab: bool,
    touched: u64,
}

fn seeds() -> impl Strategy<Value = Vec<Seed>> {
    let one = (0..3_usize, 0..6_u8, any::<bool>(), 0..12_u8, any::<bool>(), 0..4_u8, 0..4_u8, 0..9_u64);
    let one = one.prop_map(|(profile, turn, quiet, prompt, dead_prompt, unread, tab, touched)| Seed {
        profile,
        turn,
        quiet,
        prompt,
        dead_prompt,
        unread,
        tab: tab > 0,
        touched,
    });
    proptest::collection::vec(one, 1..9)
}

fn grown(id: u64, seed: &Seed) -> Session {
    // A title that no word or mark of a status is in.
    let mut made = session(id, PROFILES[seed.profile], &format!("Ab{id}"));
    made.touched = Tick(NOW.0 - seed.touched);
    let state = match seed.turn {
        0 | 1 => TurnState::Idle,
        2 => TurnState::Sending,
        3 => TurnState::Running,
        4 => TurnState::Stopping,
        _ if seed.quiet => TurnState::Uncertain,
        _ => TurnState::Failed(un("no")),
    };
    let started = matches!(state, TurnState::Running | TurnState::Stopping).then_some(NOW);
    made.turn = Turn { quiet: seed.quiet && state == TurnState::Running, state, started };
    if seed.dead_prompt {
        let mut dead = approval(id * 10, "rm -rf old");
        dead.state = PromptState::Expired;
        made.prompts.push(dead);
    }
    let id = id * 10 + 1;
    made.prompts.extend(match seed.prompt {
        0 => Some(approval(id, "rm -rf build")),
        1 => Some(prompt(id, PromptKind::Clarify { question: un("Which?"), choices: Vec::new() })),
        2 => Some(prompt(id, PromptKind::Sudo)),
        3 => Some(prompt(id, PromptKind::TerminalRead { start: None, count: None })),
        4 => Some(prompt(id, PromptKind::Unknown { method: un("x"), summary: un("y") })),
        _ => None,
    });
    made.unread = [Unread::None, Unread::Output, Unread::Finished, Unread::Failed][usize::from(seed.unread)];
    made
}

fn world(seeds: &[Seed]) -> World {
    let mut world = three_profiles();
    for (place, seed) in seeds.iter().enumerate() {
        let made = grown(place as u64 + 1, seed);
        // The first is on the screen.
        if seed.tab || place == 0 {
            add(&mut world, made);
        } else {
            world.sessions.insert(made.id, made);
        }
    }
    world
}

/// The mark of a status, as the table in UI.md has it; a theme that holds still shows no spinner.
fn mark(status: Status) -> &'static str {
    match status {
        Status::NeedsDecision => "!",
        Status::NeedsAnswer => "?",
        Status::Uncertain => "~",
        Status::Failed => "✗",
        Status::Finished => "●",
        Status::Unread => "•",
        Status::Quiet => "◌",
        Status::Stopping => "◍",
        Status::Working => "▸",
        Status::Sending => "↑",
        Status::Idle => "",
    }
}

/// What every surface that is drawn says.
struct Seen {
    /// The marks of each tab, between its number and its title.
    tabs: BTreeMap<SessionId, String>,
    /// The counts of each profile.
    strip: BTreeMap<String, String>,
    /// The marks of each session's row in the list, before its title.
    list: BTreeMap<SessionId, String>,
    /// The words of each session's row.
    palette: BTreeMap<SessionId, String>,
    title: String,
    hint: Option<usize>,
}

fn see(world: &World) -> Seen {
    let mut stage = Stage::showing(world.clone(), 1, SIZE);
    stage.theme.still = true;
    let buffer = stage.buffer();
    let row = |area: ratatui::layout::Rect| -> String {
        (area.left()..area.right()).map(|x| buffer[(x, area.y)].symbol()).collect()
    };
    let (mut tabs, mut strip) = (BTreeMap::new(), BTreeMap::new());
    for (area, hit) in stage.ui.hits.clone() {
        match hit {
            Hit::Tab(id) => {
                let text = row(area);
                let (before, _) = text.split_once("Ab").expect("the title");
                tabs.insert(
                    id,
                    before.trim_start_matches(|c: char| "▎ ".contains(c) || c.is_ascii_digit()).trim().into(),
                );
            }
            Hit::Profile(name) => {
                let text = row(area);
                let (_, counts) = text.split_once(name.as_str()).expect("the name");
                strip.insert(name.to_string(), counts.trim().to_owned());
            }
            _ => {}
        }
    }
    let all: String = (0..SIZE.1).map(|y| row(ratatui::layout::Rect::new(0, y, SIZE.0, 1))).collect();
    let hint =
        all.split_once(" next of ").map(|(_, rest)| rest.split(' ').next().unwrap_or_default().to_owned());
    let title = stage.title.clone();
    let list = list(&mut stage);
    stage.keys("ctrl-p");
    let Some(Layer::Palette(palette)) = &stage.ui.layer else { panic!("no palette") };
    let rows = palette.picker.rows.iter().filter_map(|row| match (&row.what, &row.mark) {
        (Target::Session(id), Mark::Session(status)) => {
            assert!(row.note.starts_with(words(*status)), "{}", row.note);
            Some((*id, words(*status).to_owned()))
        }
        _ => None,
    });
    Seen {
        tabs,
        strip,
        list,
        palette: rows.collect(),
        title,
        hint: hint.map(|n| n.parse().expect("a number")),
    }
}

/// The marks of the open sessions in the list of all profiles.
fn list(stage: &mut Stage) -> BTreeMap<SessionId, String> {
    stage.keys("ctrl-x B");
    let buffer = stage.buffer();
    let hits = stage.ui.hits.clone();
    let rows = hits.into_iter().filter_map(|(area, hit)| {
        let Hit::ListRow(place) = hit else { return None };
        let ListRow::Session(entry) = stage.ui.list.rows.get(place)? else { return None };
        let text: String = (area.left()..area.right()).map(|x| buffer[(x, area.y)].symbol()).collect();
        let (before, _) = text.split_once("Ab").expect("the title");
        Some((entry.key.session?, before.trim_start_matches(['▎', '▏']).trim().to_owned()))
    });
    let rows = rows.collect();
    stage.keys("esc");
    rows
}

/// Marks of a tab: its status, and behind one that waits that it works.
fn marks(reported: &SessionReport, busy: bool) -> String {
    let works = matches!(reported.status, Status::NeedsDecision | Status::NeedsAnswer) && busy;
    format!("{}{}", mark(reported.status), if works { "▸" } else { "" })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// SYS-13, SYS-12, I11, UX-01.
    #[test]
    fn every_surface_says_the_same_of_every_session(seeds in seeds()) {
        let world = world(&seeds);
        let seen = see(&world);
        let sessions = report::sessions(&world);
        prop_assert_eq!(sessions.len(), world.sessions.len());
        for reported in &sessions {
            prop_assert_eq!(&seen.palette[&reported.id], words(reported.status));
            let busy = world.sessions[&reported.id].turn.is_busy();
            prop_assert_eq!(&seen.list[&reported.id], &marks(reported, busy));
            let tab = seen.tabs.get(&reported.id);
            prop_assert_eq!(tab.is_some(), reported.tab);
            if let Some(tab) = tab {
                prop_assert_eq!(tab, &marks(reported, busy));
            }
        }
        let count = |of: &dyn Fn(&SessionReport) -> bool| sessions.iter().filter(|s| of(s)).count();
        let waiting = count(&|s| s.status.needs_input());
        prop_assert_eq!(seen.title.contains(&format!(" {waiting}! ")), waiting > 0, "{}", seen.title);
        prop_assert_eq!(seen.title.contains('!'), waiting > 0);
        let attention = count(&|s| s.status <= Status::Unread);
        prop_assert_eq!(seen.hint, (attention > 0).then_some(attention));
        for profile in report::profiles(&world) {
            let own = |of: &dyn Fn(Status) -> bool| count(&|s| s.profile == profile.name && of(s.status));
            prop_assert_eq!(profile.waiting, own(&Status::needs_input));
            prop_assert_eq!(profile.uncertain, own(&|s| s == Status::Uncertain));
            prop_assert_eq!(profile.failed, own(&|s| s == Status::Failed));
            prop_assert_eq!(profile.unread, own(&|s| matches!(s, Status::Finished | Status::Unread)));
            prop_assert_eq!(profile.open, own(&|_| true));
            let counts = [
                (profile.waiting, "!"),
                (profile.working, "▸"),
                (profile.uncertain, "~"),
                (profile.failed, "✗"),
                (profile.unread, "•"),
            ];
            let drawn: Vec<_> = counts.iter().filter(|(n, _)| *n > 0).map(|(n, mark)| format!("{n}{mark}")).collect();
            prop_assert_eq!(&seen.strip[profile.name.as_str()], &drawn.join(" "));
        }
    }
}

/// The strategy reaches every status, or the property above would say less than it seems to.
#[test]
fn random_worlds_have_sessions_of_every_status() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut missing: Vec<Status> = Status::ALL.to_vec();
    for _ in 0..300 {
        let seeds = seeds().new_tree(&mut runner).expect("seeds").current();
        let sessions = report::sessions(&world(&seeds));
        missing.retain(|status| sessions.iter().all(|reported| reported.status != *status));
    }
    assert_eq!(missing, [], "no world has a session like this");
}

//! The list of sessions at the side: what it asks for, what it shows, what its keys and the mouse do.

#![expect(clippy::unwrap_used, clippy::panic, reason = "what fails in a helper fails the test")]

mod stage;

use std::collections::BTreeMap;

use hermux::base::clock::{Tick, WallMs};
use hermux::base::ids::{LineageRoot, ProfileName, SessionId, StoredId};
use hermux::model::agent::ActiveState;
use hermux::model::listing::{Cursor, Elsewhere, Filter, Page, Shown, Sort, StoredRow};
use hermux::model::patch::{Change, Patch};
use hermux::model::session::Unread;
use hermux::model::shelf::{Group, ListPrefs, StateFilter, Tomb, TombKind};
use hermux::model::world::World;
use hermux::proto::command::RowEdit;
use hermux::proto::{Answer, Command, Refusal, Update};
use hermux::ui::events::{Input, Mouse, MouseDeed};
use hermux::ui::state::list::Row;
use hermux::ui::state::{Focus, Hit};
use stage::Stage;
use stage::worlds::{self, add, approval, busy, name, session, three_profiles, un};

const SIZE: (u16, u16) = (120, 36);
const SIZES: [(u16, u16); 4] = [(140, 45), (100, 30), (60, 20), (40, 12)];
const NOW: u64 = 1_800_000_000_000;
const MINUTE: u64 = 60_000;

/// A stored session, the `n`-th newest of its profile.
fn row(profile: &str, n: usize, title: &str) -> StoredRow {
    let id = format!("20261120_{n:06}_{profile}");
    StoredRow {
        profile: name(profile),
        id: StoredId::new(&id).unwrap(),
        lineage: LineageRoot::new(&id).unwrap(),
        title: (!title.is_empty()).then(|| un(title)),
        preview: un("Have a look at it, please."),
        last_active: WallMs(NOW - n as u64 * 37 * MINUTE),
        started: WallMs(NOW - n as u64 * 41 * MINUTE),
        ended: true,
        archived: false,
        messages: 3 + n as u64,
        source: un("tui"),
        model: Some(un("claude-sonnet-4.6")),
        cwd: Some(un(if n.is_multiple_of(2) { "/home/me/code/hermux" } else { "/home/me/site" })),
    }
}

/// What stands in for the hub: the stored sessions of each profile.
#[derive(Default)]
struct Hub {
    rows: BTreeMap<ProfileName, Vec<StoredRow>>,
    /// Profiles that cannot be read.
    broken: Vec<ProfileName>,
}

impl Hub {
    fn with(counts: &[(&str, usize)]) -> Self {
        let of = |(profile, count): &(&str, usize)| {
            let rows = (1..=*count).map(|n| row(profile, n, &format!("{profile} task {n}")));
            (name(profile), rows.collect())
        };
        Self { rows: counts.iter().map(of).collect(), broken: Vec::new() }
    }

    fn page(&self, profile: &ProfileName, after: Option<&Cursor>, limit: usize) -> Page {
        if self.broken.contains(profile) {
            let problem = Some(un("state.db is not a database"));
            return Page { profile: profile.clone(), rows: Vec::new(), total: 0, next: None, problem };
        }
        let all = self.rows.get(profile).cloned().unwrap_or_default();
        let from = after.map_or(0, place);
        let rows: Vec<_> = all.iter().skip(from).take(limit).cloned().collect();
        let end = from + rows.len();
        let next = (end < all.len()).then(|| cursor(end));
        Page { profile: profile.clone(), rows, total: all.len() as u64, next, problem: None }
    }

    fn answer(&self, command: &Command) -> Option<Answer> {
        match command {
            Command::Page { profile, after, limit, .. } => {
                Some(Answer::Page(Box::new(self.page(profile, after.as_ref(), usize::from(*limit)))))
            }
            Command::Locate { id, near } => {
                let found =
                    self.rows.get(near).and_then(|rows| rows.iter().find(|row| row.lineage.as_str() == id));
                Some(Answer::Located(found.cloned().map(Box::new)))
            }
            _ => None,
        }
    }

    /// Answers every read, and those that follow. All commands that were given since the last look.
    fn serve(&self, stage: &mut Stage) -> Vec<Command> {
        let mut all = Vec::new();
        loop {
            let asked = stage.asked();
            stage.done.clear();
            if asked.is_empty() {
                return all;
            }
            for (ask, command) in asked {
                if let Some(answer) = self.answer(&command) {
                    stage.hear(Update::Answer { ask, answer });
                }
                all.push(command);
            }
        }
    }
}

fn cursor(at: usize) -> Cursor {
    serde_json::from_value(serde_json::json!({ "number": at, "second": 0, "text": "", "lineage": "x" }))
        .unwrap()
}

fn place(cursor: &Cursor) -> usize {
    let value = serde_json::to_value(cursor).unwrap();
    usize::try_from(value["number"].as_u64().unwrap()).unwrap()
}

/// A terminal that shows session `shown` of `world`, the list open and read.
fn listed(hub: &Hub, world: World, shown: u64, size: (u16, u16)) -> Stage {
    let mut world = world;
    world.shelf.list.open = false;
    let mut stage = Stage::showing(world, shown, size);
    stage.ui.wall = WallMs(NOW);
    stage.keys("alt-s");
    hub.serve(&mut stage);
    stage.draw();
    hub.serve(&mut stage);
    stage
}

fn arranged(world: World, prefs: ListPrefs) -> World {
    let mut world = world;
    world.shelf.list = prefs;
    world
}

fn everything() -> ListPrefs {
    ListPrefs { open: true, all: true, group: Group::Profile, ..ListPrefs::default() }
}

fn pages(commands: &[Command]) -> Vec<(String, bool, u16)> {
    let of = |command: &Command| match command {
        Command::Page { profile, after, limit, .. } => Some((profile.to_string(), after.is_some(), *limit)),
        _ => None,
    };
    commands.iter().filter_map(of).collect()
}

/// The rows as a person would name them.
fn told(stage: &Stage) -> Vec<String> {
    let of = |row: &Row| match row {
        Row::Header(profile) => format!("[{profile}]"),
        Row::Section(title) => format!("({title})"),
        Row::Session(entry) => {
            let live = entry.key.session.and_then(|id| stage.mirror.session(id));
            let title = live.and_then(|live| live.title.clone());
            let stored = entry.stored.as_ref().map(|row| row.name().clone());
            title.or(stored).unwrap_or_default().raw().to_owned()
        }
        Row::More(profile) => format!("more of {profile}"),
        Row::Skeleton => "…".to_owned(),
        Row::Problem(text) => format!("! {text}"),
        Row::Note(text) => format!("~ {text}"),
    };
    stage.ui.list.rows.iter().map(of).collect()
}

fn place_of(stage: &Stage, title: &str) -> usize {
    told(stage).iter().position(|row| row == title).unwrap_or_else(|| panic!("{title} in {:?}", told(stage)))
}

fn choose(stage: &mut Stage, title: &str) {
    let place = place_of(stage, title);
    stage.ui.list.choose(place);
}

fn listing(stage: &Stage, profile: &str, number: u64) -> Patch {
    let mut known = stage.mirror.world().profile(&name(profile)).unwrap().clone();
    known.listing = number;
    Patch::Profile(Box::new(known))
}

// --- what is asked for ---------------------------------------------------------------------------------------------

/// C06, C10: a page of fifty of the profile that is shown, and of no other.
#[test]
fn the_list_is_the_active_profiles_own() {
    let hub = Hub::with(&[("default", 60), ("work", 9)]);
    let mut stage = Stage::showing(busy(), 1, SIZE);
    assert_eq!(pages(&hub.serve(&mut stage)), [], "a closed list asks for nothing");
    stage.keys("alt-s");
    assert_eq!(pages(&hub.serve(&mut stage)), [("default".into(), false, 50)]);
    assert_eq!(stage.ui.list.rows.len(), 52, "the page, what is open, more");
    stage.keys("alt-2");
    assert_eq!(pages(&hub.serve(&mut stage)), [("work".into(), false, 50)]);
}

/// C25, C21: one profile, one page, no scope to choose; its own total is the only one.
#[test]
fn with_one_profile_there_is_no_scope_and_nothing_more_is_read() {
    let hub = Hub::with(&[("default", 3)]);
    let mut world = three_profiles();
    world.profiles.truncate(1);
    add(&mut world, session(1, "default", "Only"));
    let mut stage = Stage::showing(arranged(world, ListPrefs { open: false, ..everything() }), 1, SIZE);
    stage.keys("alt-s");
    let commands = hub.serve(&mut stage);
    assert_eq!(pages(&commands), [("default".into(), false, 50)]);
    stage.keys("ctrl-x B tab");
    assert!(hub.serve(&mut stage).is_empty());
    let screen = stage.draw();
    assert!(screen.contains("Sessions") && !screen.contains("All profiles"), "{screen}");
}

/// C26: until the first page is there the list says that it comes.
#[test]
fn rows_that_are_on_their_way_have_a_place() {
    let hub = Hub::with(&[("default", 2)]);
    let mut world = three_profiles();
    add(&mut world, session(1, "default", ""));
    world.sessions.get_mut(&SessionId(1)).unwrap().stored = None;
    let mut stage = Stage::showing(world, 1, SIZE);
    stage.keys("alt-s");
    assert_eq!(told(&stage), ["…", "…", "…"]);
    hub.serve(&mut stage);
    assert_eq!(told(&stage), ["default task 1", "default task 2"]);
}

/// C11, B11: what is stored changed, so it is read again: once for a burst, and not while nothing changed.
#[test]
fn a_change_of_what_is_stored_is_read_once_for_a_burst() {
    let mut hub = Hub::with(&[("default", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    hub.rows.get_mut(&name("default")).unwrap().insert(0, row("default", 0, "Fresh"));
    for number in 1..=5 {
        let patch = listing(&stage, "default", number);
        stage.patch(vec![patch]);
    }
    assert_eq!(pages(&hub.serve(&mut stage)), [], "it rests after the last reading");
    stage.wait(400);
    assert_eq!(pages(&hub.serve(&mut stage)), [("default".into(), false, 50)]);
    assert!(told(&stage).contains(&"Fresh".to_owned()));
    let made = stage.ui.list.made_of;
    for n in 0..20 {
        stage.wait(500);
        let preview = Change::Preview(un(&format!("word {n}")));
        stage.patch(vec![Patch::Session { session: SessionId(2), change: preview }]);
    }
    assert_eq!(hub.serve(&mut stage), []);
    assert_eq!(stage.ui.list.made_of, made, "the same rows are not made again");
}

/// C11: what is not shown is not read, however often it changes; nothing wakes for it.
#[test]
fn a_profile_that_is_not_shown_is_not_read() {
    let hub = Hub::with(&[("default", 3), ("work", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    let patch = listing(&stage, "work", 7);
    stage.patch(vec![patch]);
    stage.wait(1_000);
    assert_eq!(hub.serve(&mut stage), []);
    let due = hermux::ui::update::due(&stage.ui, &stage.mirror);
    assert!(due.is_none_or(|due| due > Tick(stage.now)), "{due:?}");
}

/// 5A 28: what could be read once is shown, with the reason why it is not newer.
#[test]
fn a_failed_read_never_replaces_good_rows() {
    let mut hub = Hub::with(&[("default", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    hub.broken.push(name("default"));
    let patch = listing(&stage, "default", 1);
    stage.wait(400);
    stage.patch(vec![patch]);
    hub.serve(&mut stage);
    let rows = told(&stage);
    assert!(rows[0].starts_with("! state.db is not a database"), "{rows:?}");
    assert_eq!(rows.iter().filter(|row| row.contains("task")).count(), 3);
    // The same for an answer that never came.
    let patch = listing(&stage, "default", 2);
    stage.wait(400);
    stage.patch(vec![patch]);
    let (ask, _) = stage.asked().into_iter().rfind(|(_, c)| matches!(c, Command::Page { .. })).unwrap();
    stage.hear(Update::Refused { ask, reason: Refusal::Unreadable(un("gone")) });
    assert_eq!(told(&stage).iter().filter(|row| row.contains("task")).count(), 3);
    assert!(told(&stage)[0].starts_with('!'), "{:?}", told(&stage));
}

/// 5A 28: nor does a hub that comes back, or one that takes its place.
#[test]
fn rows_stay_while_the_hub_is_away_and_are_read_anew_from_the_next() {
    let hub = Hub::with(&[("default", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    stage
        .link(hermux::transport::link::HubLink::Lost { why: "lost".into(), again_at: Tick(stage.now + 900) });
    assert_eq!(told(&stage).iter().filter(|row| row.contains("task")).count(), 3);
    stage.link(hermux::transport::link::HubLink::Up);
    stage.done.clear();
    stage.welcome(busy(), None);
    assert_eq!(told(&stage).iter().filter(|row| row.contains("task")).count(), 3);
    assert_eq!(pages(&hub.serve(&mut stage)), [("default".into(), false, 50)]);
}

/// C05, C20: pages come as the list is walked through, and the last one ends it.
#[test]
fn the_next_page_comes_before_the_last_row_is_reached() {
    let hub = Hub::with(&[("default", 120)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    stage.keys("end");
    assert_eq!(pages(&hub.serve(&mut stage)), [("default".into(), true, 50)]);
    stage.keys("end");
    hub.serve(&mut stage);
    stage.keys("end");
    assert_eq!(pages(&hub.serve(&mut stage)), []);
    let rows = told(&stage);
    assert_eq!((rows.len(), rows.last().unwrap().as_str()), (121, "default task 120"));
    assert!(stage.draw().contains(" 120"), "no more to load: the whole number alone");
}

/// C12: after a change the part that was walked through is read again, in as many pages as it takes, and shown at once.
#[test]
fn a_reading_of_many_pages_replaces_the_rows_when_it_is_whole() {
    let hub = Hub::with(&[("default", 500)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    for _ in 0..6 {
        stage.keys("end");
        hub.serve(&mut stage);
    }
    let before = told(&stage);
    assert!(before.len() > 300, "{}", before.len());
    stage.wait(400);
    let patch = listing(&stage, "default", 1);
    stage.patch(vec![patch]);
    let asked = pages(&hub.serve(&mut stage));
    assert_eq!(asked[0], ("default".into(), false, 200));
    assert!(asked.len() > 1 && asked[1].1, "{asked:?}");
    let after = told(&stage);
    assert!(after.len() > 300 && before.starts_with(&after[..300]), "{}", after.len());
}

// --- all profiles --------------------------------------------------------------------------------------------------

/// C03, C04, C05, C20: a part for each profile, each with its own count and pages; a folded one is not read.
#[test]
fn all_profiles_are_grouped_under_headers_that_fold() {
    let hub = Hub::with(&[("default", 340), ("work", 2), ("research", 1)]);
    let mut stage = Stage::showing(busy(), 1, SIZE);
    stage.keys("ctrl-x B");
    let mut asked = pages(&hub.serve(&mut stage));
    asked.sort();
    assert_eq!(
        asked,
        [("default".into(), false, 12), ("research".into(), false, 12), ("work".into(), false, 12)]
    );
    let rows = told(&stage);
    assert_eq!(rows.iter().filter(|row| row.starts_with('[')).count(), 3);
    let screen = stage.draw();
    assert!(screen.contains("All profiles") && screen.contains("12 of 340"), "{screen}");
    choose(&mut stage, "more of default");
    stage.keys("enter");
    assert_eq!(pages(&hub.serve(&mut stage)), [("default".into(), true, 50)]);
    choose(&mut stage, "[default]");
    stage.keys("enter");
    let folded = hub.serve(&mut stage);
    assert!(matches!(&folded[..], [Command::Arrange(prefs)] if prefs.folded.contains(&name("default"))));
    assert!(!told(&stage).iter().any(|row| row.starts_with("default task")));
    stage.wait(400);
    let patch = listing(&stage, "default", 3);
    stage.patch(vec![patch]);
    assert_eq!(hub.serve(&mut stage), [], "what is folded is not read");
    stage.keys("right");
    assert!(!pages(&hub.serve(&mut stage)).is_empty(), "unfolded, it is");
}

/// C07, M11: a session of another profile begins, by key or by mouse, and the view stays.
#[test]
fn the_plus_of_a_header_begins_a_session_there_and_keeps_all_profiles() {
    let hub = Hub::with(&[("default", 1), ("work", 1), ("research", 1)]);
    for mouse in [false, true] {
        let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
        stage.draw();
        if mouse {
            stage.click(&Hit::ListNew(name("research")));
        } else {
            choose(&mut stage, "[research]");
            stage.keys("n");
        }
        let fresh = Command::NewSession { profile: name("research"), cwd: "/home/me/code".into() };
        let asked = stage.asked();
        assert_eq!(asked.last().unwrap().1, fresh);
        let mut draft = session(9, "research", "");
        (draft.stored, draft.lineage) = (None, None);
        stage.patch(vec![
            Patch::SessionAdded(Box::new(draft)),
            Patch::Tabs([1, 2, 3, 9].map(SessionId).to_vec()),
        ]);
        stage.hear(Update::Answer { ask: asked.last().unwrap().0, answer: Answer::Opened(SessionId(9)) });
        assert_eq!(stage.ui.active, Some(SessionId(9)));
        assert!(stage.ui.list.prefs.all);
        assert!(told(&stage).contains(&"[work]".to_owned()));
    }
}

/// C08: who chooses a profile wants to see its sessions; who opens a session does not leave the view.
#[test]
fn choosing_a_profile_leaves_all_profiles_and_opening_a_session_does_not() {
    let hub = Hub::with(&[("default", 1), ("work", 1)]);
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    choose(&mut stage, "Migrate the database");
    stage.keys("enter");
    assert_eq!(stage.ui.active, Some(SessionId(2)));
    assert!(stage.ui.list.prefs.all);
    stage.keys("ctrl-x ]");
    assert!(!stage.ui.list.prefs.all);
    // The active one chosen again changes nothing but that (F02).
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    stage.click(&Hit::Profile(name("default")));
    assert!(!stage.ui.list.prefs.all);
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::NewSession { .. })));
}

/// C09, INV22: one profile is left, and with it nothing to choose between.
#[test]
fn with_one_profile_left_the_list_is_that_ones() {
    let hub = Hub::with(&[("default", 1), ("work", 1), ("research", 1)]);
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    let gone = ["work", "research"].map(|profile| Patch::ProfileRemoved(name(profile)));
    stage.patch(gone.to_vec());
    assert!(!told(&stage).iter().any(|row| row.starts_with('[')), "{:?}", told(&stage));
    assert!(stage.ui.list.prefs.all, "it is remembered for when there are more again");
}

// --- rows ----------------------------------------------------------------------------------------------------------

/// B03, B06, I08, ASK-25: a row stands as its session does, by the one function, in whatever profile.
#[test]
fn a_row_has_its_sessions_live_mark_and_title() {
    let mut hub = Hub::with(&[("work", 2)]);
    let mut stored = row("work", 3, "Old title");
    stored.id = StoredId::new("20261121_030002_abcdef").unwrap();
    stored.lineage = LineageRoot::new("20261121_030002_abcdef").unwrap();
    hub.rows.get_mut(&name("work")).unwrap().push(stored);
    let mut stage = listed(&hub, busy(), 2, SIZE);
    let line = |stage: &mut Stage, title: &str| {
        let screen = stage.draw();
        let of_list = screen.lines().skip(2).map(|line| line.chars().take(30).collect::<String>());
        of_list.into_iter().find(|line| line.contains(title)).unwrap_or_else(|| panic!("{title} in {screen}"))
    };
    assert!(line(&mut stage, "Migrate the da").starts_with("▎▸"), "{}", line(&mut stage, "Migrate"));
    assert!(line(&mut stage, "Clean up").starts_with("▏!▸"), "{}", line(&mut stage, "Clean up"));
    let title = Change::Title(Some(un("Migrate it all")));
    stage.patch(vec![Patch::Session { session: SessionId(2), change: title }]);
    line(&mut stage, "Migrate it all");
    stage.patch(vec![Patch::Session {
        session: SessionId(3),
        change: Change::PromptRemoved(hermux::base::ids::PromptId(1)),
    }]);
    assert!(line(&mut stage, "Clean up").starts_with("▏▸"));
}

/// C13: a session whose first turn is not stored yet is a row, and stays one when another one's turn ends.
#[test]
fn what_is_not_stored_yet_is_listed() {
    let hub = Hub::with(&[("work", 2)]);
    let mut world = busy();
    for (id, title) in [(7, "First new"), (8, "Second new")] {
        let mut new = session(id, "work", title);
        (new.stored, new.lineage) = (None, None);
        worlds::run(&mut new);
        add(&mut world, new);
    }
    let mut stage = listed(&hub, world, 2, SIZE);
    stage.patch(vec![Patch::Session {
        session: SessionId(7),
        change: Change::Turn(hermux::model::turn::Turn::default()),
    }]);
    let patch = listing(&stage, "work", 1);
    stage.wait(400);
    stage.patch(vec![patch]);
    hub.serve(&mut stage);
    assert!(told(&stage).contains(&"Second new".to_owned()), "{:?}", told(&stage));
}

/// C14, C18: pins stand first, by the chain's root, also those that no page has.
#[test]
fn pinned_sessions_stand_first_wherever_their_page_is() {
    let hub = Hub::with(&[("default", 200)]);
    let mut world = busy();
    let root = |n: usize| row("default", n, "").lineage;
    world.shelf.pins.insert(name("default"), vec![root(170), root(2)]);
    let mut stage = listed(&hub, world, 1, SIZE);
    assert_eq!(told(&stage)[..4], ["(pinned)", "default task 170", "default task 2", "(recent)"]);
    assert_eq!(told(&stage).iter().filter(|row| *row == "default task 2").count(), 1);
    choose(&mut stage, "default task 1");
    stage.keys("p");
    let pin = Command::Pin { profile: name("default"), lineage: root(1), on: true };
    assert_eq!(hub.serve(&mut stage), [pin]);
    choose(&mut stage, "default task 2");
    stage.keys("p");
    let unpin = Command::Pin { profile: name("default"), lineage: root(2), on: false };
    assert_eq!(hub.serve(&mut stage), [unpin]);
}

/// C17: a deleted row goes at once and no page brings it back; taken back, it is read again.
#[test]
fn a_deleted_row_is_gone_until_it_is_taken_back() {
    let hub = Hub::with(&[("default", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    let dead = row("default", 2, "");
    let tomb = Tomb {
        profile: name("default"),
        lineage: dead.lineage.clone(),
        stored: dead.id,
        name: un("default task 2"),
        kind: TombKind::Deleted,
        since: Tick(stage.now),
        sent: false,
    };
    stage.patch(vec![Patch::Tomb(Box::new(tomb))]);
    assert!(!told(&stage).contains(&"default task 2".to_owned()));
    stage.wait(400);
    let patch = listing(&stage, "default", 1);
    stage.patch(vec![patch]);
    hub.serve(&mut stage);
    assert!(!told(&stage).contains(&"default task 2".to_owned()), "a page does not bring it back");
    stage.patch(vec![Patch::TombRemoved { profile: name("default"), lineage: dead.lineage }]);
    hub.serve(&mut stage);
    assert!(told(&stage).contains(&"default task 2".to_owned()));
}

/// SEC-01: a title is text of cells, whatever it holds.
#[test]
fn a_hostile_title_is_drawn_as_text() {
    let mut hub = Hub::with(&[("default", 1)]);
    hub.rows.get_mut(&name("default")).unwrap()[0].title = Some(un("a\u{1b}[2Jb\u{202e}c\nd\u{9b}"));
    let mut stage = listed(&hub, busy(), 1, SIZE);
    let screen = stage.draw();
    assert!(screen.contains("a␛[2Jb<U+202E>c␤"), "{screen}");
}

// --- keys and the mouse --------------------------------------------------------------------------------------------

/// The list has a place beside the chat, or the keys: Esc leaves it where there is room, and away where there is none.
#[test]
fn the_list_opens_takes_the_keys_and_gives_them_back() {
    let hub = Hub::with(&[("default", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    assert_eq!((stage.ui.focus, stage.areas.list.width, stage.areas.chat.x), (Focus::List, 30, 30));
    stage.keys("esc");
    assert_eq!((stage.ui.focus, stage.areas.list.width), (Focus::Composer, 30));
    stage.type_text("hello");
    assert_eq!(stage.composed(), "hello");
    stage.keys("alt-s");
    assert_eq!(stage.ui.focus, Focus::List);
    stage.keys("alt-s");
    assert_eq!((stage.ui.focus, stage.areas.list.width), (Focus::Composer, 0));
    assert_eq!(stage.composed(), "hello");
    let mut small = listed(&hub, busy(), 1, (60, 20));
    assert_eq!((small.areas.list.width, small.areas.chat.width), (60, 60));
    small.keys("esc");
    assert_eq!((small.areas.list.width, small.ui.focus), (0, Focus::Composer));
    small.keys("alt-s");
    assert_eq!(small.areas.list.width, 60, "one key away");
}

/// G12: what is open is found, what is not is opened; both give the keys to its composer.
#[test]
fn enter_opens_a_row_and_finds_one_that_is_open() {
    let hub = Hub::with(&[("default", 2)]);
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    choose(&mut stage, "Clean up");
    stage.keys("enter");
    assert_eq!((stage.ui.active, stage.ui.focus), (Some(SessionId(3)), Focus::Composer));
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::OpenStored { .. })));
    stage.keys("alt-s");
    choose(&mut stage, "default task 2");
    stage.keys("enter enter");
    let open = Command::OpenStored { profile: name("default"), stored: row("default", 2, "").id };
    let commands = stage.commands();
    assert_eq!(commands.iter().filter(|command| **command == open).count(), 1, "{commands:?}");
    stage.keys("alt-s o");
    assert!(stage.commands().contains(&open), "behind this one");
    assert_eq!((stage.ui.active, stage.ui.focus), (Some(SessionId(3)), Focus::List));
}

/// I16, INV7, M15: the row's own turn, not the one that is on the screen.
#[test]
fn a_row_is_stopped_by_its_own_session() {
    let hub = Hub::with(&[("work", 2)]);
    let mut world = busy();
    worlds::run(world.sessions.get_mut(&SessionId(1)).unwrap());
    let mut stage = listed(&hub, arranged(world, everything()), 1, SIZE);
    stage.commands();
    choose(&mut stage, "Migrate the database");
    stage.keys("x");
    assert_eq!(stage.commands(), [Command::Interrupt { session: SessionId(2) }]);
    assert_eq!(stage.ui.active, Some(SessionId(1)));
}

/// 5A 27, I16: what another program runs is shown as such, and stopped as that row's own turn.
#[test]
fn what_another_program_runs_is_marked_and_can_be_stopped() {
    let mut hub = Hub::with(&[("default", 3)]);
    let rows = hub.rows.get_mut(&name("default")).unwrap();
    (rows[1].ended, rows[1].last_active) = (false, WallMs(NOW - MINUTE));
    let other = row("default", 3, "");
    let mut stage = listed(&hub, busy(), 1, SIZE);
    let works = Elsewhere { stored: other.id.clone(), state: ActiveState::Working };
    stage.patch(vec![Patch::Elsewhere { profile: name("default"), rows: vec![works] }]);
    choose(&mut stage, "default task 3");
    let screen = stage.draw();
    assert!(screen.contains(" ▹ default task 2") && screen.contains(" ▹ default task 3"), "{screen}");
    assert!(screen.contains("  default task 1") && screen.contains("another program works"), "{screen}");
    stage.commands();
    stage.keys("x");
    let stop = Command::StopStored { profile: name("default"), stored: other.id };
    assert_eq!(stage.commands(), [stop]);
    choose(&mut stage, "default task 1");
    stage.keys("x");
    assert_eq!(stage.commands(), [], "nothing runs there");
    stage.keys("f f");
    hub.serve(&mut stage);
    assert_eq!(told(&stage), ["default task 3"]);
}

/// D01: a link to the row stands in the composer, with its profile.
#[test]
fn a_row_is_linked_into_the_composer() {
    let hub = Hub::with(&[("default", 1), ("research", 1)]);
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    choose(&mut stage, "research task 1");
    stage.keys("@");
    let id = row("research", 1, "").id;
    assert_eq!(stage.composed().trim_end(), format!("@session:research/{}", id.as_str()));
    assert_eq!(stage.ui.focus, Focus::Composer);
    // The same by the mouse: carried over the composer and let go there.
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    let from = stage.place_of(&Hit::ListRow(place_of(&stage, "research task 1")));
    let to = stage.place_of(&Hit::Composer);
    stage.mouse(MouseDeed::Press, from.0, from.1);
    stage.mouse(MouseDeed::Drag, to.0 + 4, to.1 + 1);
    stage.mouse(MouseDeed::Release, to.0 + 4, to.1 + 1);
    assert_eq!(stage.composed().trim_end(), format!("@session:research/{}", id.as_str()));
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::OpenStored { .. })));
}

/// 5B: marked rows are meant together, of all profiles; Esc ends the marks first.
#[test]
fn what_is_marked_is_meant_together() {
    let hub = Hub::with(&[("default", 2), ("work", 2), ("research", 0)]);
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    for title in ["default task 1", "work task 2"] {
        choose(&mut stage, title);
        stage.keys("space");
    }
    assert!(stage.draw().contains("2 marked"));
    stage.commands();
    stage.keys("p");
    let pins = stage.commands().into_iter().map(|command| match command {
        Command::Pin { profile, on: true, .. } => profile.to_string(),
        other => panic!("{other:?}"),
    });
    assert_eq!(pins.collect::<Vec<_>>(), ["default", "work"]);
    choose(&mut stage, "default task 1");
    stage.keys("space esc");
    assert_eq!((stage.ui.list.marks.len(), stage.ui.focus), (0, Focus::List));
    stage.keys("esc");
    assert_eq!(stage.ui.focus, Focus::Composer);
}

/// ASK-42, K05, INV16: a question names what is deleted, and its mark stands on the safe answer; taken back while it can be.
#[test]
fn deleting_asks_names_what_and_can_be_taken_back() {
    let hub = Hub::with(&[("default", 3), ("work", 2)]);
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    for title in ["default task 1", "default task 2", "work task 2"] {
        choose(&mut stage, title);
        stage.keys("space");
    }
    stage.commands();
    stage.keys("d");
    let screen = stage.draw();
    for part in ["Delete 3 sessions?", "default · 2: default task 1, default task 2", "work · work task 2"]
    {
        assert!(screen.contains(part), "{part} in {screen}");
    }
    stage.keys("enter");
    assert_eq!(stage.commands(), [], "Enter takes the safe answer");
    choose(&mut stage, "default task 2");
    stage.keys("d d");
    let dead = row("default", 2, "");
    let edit = Command::EditStored {
        profile: name("default"),
        stored: dead.id.clone(),
        lineage: dead.lineage.clone(),
        name: un("default task 2"),
        edit: RowEdit::Delete,
    };
    assert_eq!(stage.commands(), [edit]);
    let since = stage.mirror.hub_time(Tick(stage.now));
    let tomb = Tomb {
        profile: name("default"),
        lineage: dead.lineage.clone(),
        stored: dead.id,
        name: un("default task 2"),
        kind: TombKind::Deleted,
        since,
        sent: false,
    };
    stage.patch(vec![Patch::Tomb(Box::new(tomb.clone()))]);
    let screen = stage.draw();
    assert!(screen.contains("✗ default") && screen.contains("u undoes 8s"), "{screen}");
    stage.keys("u");
    let undo = Command::UndoDelete { profile: name("default"), lineage: dead.lineage };
    assert_eq!(stage.commands(), [undo]);
    stage.patch(vec![Patch::Tomb(Box::new(Tomb { sent: true, ..tomb }))]);
    stage.keys("u");
    assert_eq!(stage.commands(), [], "what was sent cannot be taken back");
    assert!(!stage.draw().contains("undoes"));
}

/// C23, ASK-42: title and archive are the row's own, at its own profile, whatever is shown.
#[test]
fn a_row_is_renamed_and_archived_where_it_belongs() {
    let hub = Hub::with(&[("default", 3), ("work", 2)]);
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, SIZE);
    choose(&mut stage, "work task 2");
    stage.commands();
    let edit = |edit| Command::EditStored {
        profile: name("work"),
        stored: row("work", 2, "").id,
        lineage: row("work", 2, "").lineage,
        name: un("work task 2"),
        edit,
    };
    stage.keys("r");
    stage.type_text("!");
    stage.keys("enter");
    assert_eq!(stage.commands(), [edit(RowEdit::Title("work task 2!".into()))]);
    assert_eq!(stage.ui.focus, Focus::List);
    stage.keys("a");
    assert_eq!(stage.commands(), [edit(RowEdit::Archive(true))]);
    stage.keys("b");
    let branch = Command::Branch { profile: name("work"), stored: row("work", 2, "").id };
    assert_eq!(stage.commands(), [branch]);
}

/// C17: an archived row is one of the archive's list, and brought back from there.
#[test]
fn what_is_archived_is_brought_back_from_its_own_list() {
    let mut hub = Hub::with(&[("default", 1)]);
    hub.rows.get_mut(&name("default")).unwrap()[0].archived = true;
    let prefs =
        ListPrefs { filter: Filter { archived: Shown::Only, ..Filter::default() }, ..ListPrefs::default() };
    let mut stage = listed(&hub, arranged(busy(), prefs), 1, SIZE);
    assert_eq!(told(&stage), ["default task 1"], "what is open is not of the archive");
    stage.commands();
    stage.keys("a");
    let commands = stage.commands();
    assert!(
        matches!(&commands[..], [Command::EditStored { edit: RowEdit::Archive(false), .. }]),
        "{commands:?}"
    );
}

/// From the palette the session on the screen is meant, and none that a closed list had chosen.
#[test]
fn outside_of_the_list_the_session_on_the_screen_is_meant() {
    let hub = Hub::with(&[("default", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    choose(&mut stage, "default task 2");
    stage.keys("esc ctrl-p");
    stage.type_text("write this session as markdown");
    stage.commands();
    stage.keys("enter");
    let shown = StoredId::new("20261121_030001_abcdef").unwrap();
    let export = Command::Export { profile: name("default"), stored: shown, dir: "/home/me/code".into() };
    assert_eq!(stage.commands(), [export]);
}

/// UX-13: every deed of the mouse has a key, and these have a mouse.
#[test]
fn the_mouse_opens_folds_and_scrolls() {
    let hub = Hub::with(&[("default", 30), ("work", 30), ("research", 30)]);
    let mut stage = listed(&hub, arranged(busy(), everything()), 1, (120, 20));
    let column = stage.areas.list.x + 2;
    let wheel = Mouse { deed: MouseDeed::WheelDown, column, row: stage.areas.list.y + 3 };
    let top = stage.ui.list.top;
    stage.input(Input::Mouse(wheel));
    stage.draw();
    assert_eq!(stage.ui.list.top, top + 3);
    assert_eq!(stage.ui.pane().unwrap().scroll, 0, "the transcript stays");
    let place = place_of(&stage, "default task 6");
    stage.click(&Hit::ListRow(place));
    assert!(stage.commands().iter().any(|command| matches!(command, Command::OpenStored { .. })));
    stage.keys("alt-s home");
    stage.click(&Hit::ListRow(0));
    assert!(stage.ui.list.prefs.folded.contains(&name("default")));
}

/// C10: order, group and filter are asked of the hub, and remembered.
#[test]
fn order_group_and_filter_are_asked_for_and_remembered() {
    let hub = Hub::with(&[("default", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    stage.keys("s");
    let commands = hub.serve(&mut stage);
    assert!(commands.iter().any(|c| matches!(c, Command::Page { sort: Sort::Created, after: None, .. })));
    assert!(commands.iter().any(|c| matches!(c, Command::Arrange(prefs) if prefs.sort == Sort::Created)));
    stage.keys("t A");
    let filter = Filter { archived: Shown::Only, days: Some(1), ..Filter::default() };
    let commands = hub.serve(&mut stage);
    assert!(commands.iter().any(|c| matches!(c, Command::Page { filter: asked, .. } if *asked == filter)));
    stage.keys("c v");
    assert!(told(&stage).iter().any(|row| row.starts_with("(/home/me/")), "{:?}", told(&stage));
    stage.keys("v");
    assert_eq!(told(&stage)[0], "(last 24 hours)");
    // Another terminal begins so.
    let prefs = stage.ui.list.prefs.clone();
    let next = Stage::showing(arranged(busy(), prefs.clone()), 1, SIZE);
    assert_eq!(next.ui.list.prefs, prefs);
}

/// ASK-45: a filter that hides everything says which it is, and a key shows all again.
#[test]
fn a_filter_that_hides_everything_says_so_and_one_key_ends_it() {
    let hub = Hub::with(&[("default", 3)]);
    let mut world = three_profiles();
    add(&mut world, session(1, "default", "Idle"));
    let prefs = ListPrefs { open: true, state: Some(StateFilter::Waiting), ..ListPrefs::default() };
    let mut stage = listed(&hub, arranged(world, prefs), 1, SIZE);
    assert_eq!(told(&stage), ["~ Nothing matches.", "~ c shows all"]);
    assert!(stage.draw().contains("only needs me"));
    stage.keys("c");
    hub.serve(&mut stage);
    assert_eq!(told(&stage).iter().filter(|row| row.contains("task")).count(), 3);
}

/// The filter by state follows the sessions as they stand.
#[test]
fn a_filter_by_state_follows_what_is_live() {
    let hub = Hub::with(&[("default", 1), ("work", 2), ("research", 0)]);
    let prefs = ListPrefs { state: Some(StateFilter::Waiting), ..everything() };
    let mut stage = listed(&hub, arranged(busy(), prefs), 1, SIZE);
    let sessions = |stage: &Stage| -> Vec<String> {
        let named = |row: &String| !row.starts_with(['[', '~', '(']);
        told(stage).into_iter().filter(named).collect()
    };
    assert_eq!(sessions(&stage), ["Clean up"]);
    let prompt = hermux::model::patch::Change::Prompt(Box::new(approval(4, "rm -rf dist")));
    stage.patch(vec![Patch::Session { session: SessionId(2), change: prompt }]);
    assert_eq!(sessions(&stage).len(), 2);
    stage.ui.list.prefs.state = Some(StateFilter::Unread);
    stage.ui.list.data += 1;
    stage.patch(vec![Patch::Session { session: SessionId(1), change: Change::Unread(Unread::Finished) }]);
    assert_eq!(sessions(&stage), ["Fix the login page"]);
}

/// A name is looked for in all that the hub knows; the letters are text there, not keys.
#[test]
fn a_name_is_looked_for_and_the_answer_to_an_older_text_is_dropped() {
    let hub = Hub::with(&[("default", 3)]);
    let mut stage = listed(&hub, busy(), 1, SIZE);
    stage.keys("/");
    stage.type_text("xd");
    let asked: Vec<_> =
        stage.asked().into_iter().filter(|(_, command)| matches!(command, Command::Find { .. })).collect();
    assert_eq!(asked[1].1, Command::Find { query: "xd".into(), profile: Some(name("default")) });
    let found = |n| {
        vec![hermux::model::listing::Found {
            row: row("default", n, "Far away"),
            score: 1,
            positions: vec![],
        }]
    };
    stage.hear(Update::Answer { ask: asked[1].0, answer: Answer::Found { rows: found(90), of: 100 } });
    stage.hear(Update::Answer { ask: asked[0].0, answer: Answer::Found { rows: found(91), of: 100 } });
    assert_eq!(told(&stage), ["Far away"]);
    stage.done.clear();
    stage.keys("enter enter");
    let open = Command::OpenStored { profile: name("default"), stored: row("default", 90, "").id };
    assert!(stage.commands().contains(&open));
    stage.keys("alt-s / esc");
    assert_eq!(told(&stage).iter().filter(|row| row.contains("task")).count(), 3);
}

/// ASK-45: a name is found in a folded part, too, and parts without it are not in the way.
#[test]
fn a_name_is_found_in_a_folded_part() {
    let hub = Hub::with(&[("default", 3), ("work", 3), ("research", 3)]);
    let prefs = ListPrefs { folded: [name("research")].into(), ..everything() };
    let mut stage = listed(&hub, arranged(busy(), prefs), 1, SIZE);
    stage.keys("/");
    stage.type_text("zz");
    let (ask, command) = stage.asked().pop().unwrap();
    assert_eq!(command, Command::Find { query: "zz".into(), profile: None });
    stage.hear(Update::Answer { ask, answer: Answer::Found { rows: Vec::new(), of: 9 } });
    assert_eq!(told(&stage), ["~ Nothing matches.", "~ c shows all"]);
    stage.keys("backspace");
    let (ask, _) = stage.asked().pop().unwrap();
    let found =
        vec![hermux::model::listing::Found { row: row("research", 9, "Fizz"), score: 1, positions: vec![] }];
    stage.hear(Update::Answer { ask, answer: Answer::Found { rows: found, of: 9 } });
    assert_eq!(told(&stage), ["[research]", "Fizz"]);
    stage.keys("esc");
    assert_eq!(told(&stage).last().unwrap(), "[research]", "folded again");
}

/// I15, INV9: a plain start shows a draft; what runs is a row.
#[test]
fn what_runs_is_listed_at_the_start_and_not_shown() {
    let hub = Hub::with(&[("default", 1), ("work", 1)]);
    let mut stage = Stage::alone(hermux::ui::state::Start::Draft, SIZE);
    stage.welcome(arranged(busy(), everything()), None);
    hub.serve(&mut stage);
    assert_eq!(stage.ui.active, None);
    assert!(told(&stage).contains(&"Migrate the database".to_owned()), "{:?}", told(&stage));
}

/// F10: the list is where sessions begin and end; the chat has no header row for it.
#[test]
fn the_chat_begins_right_below_the_tabs() {
    let hub = Hub::with(&[("default", 1)]);
    let stage = listed(&hub, busy(), 1, SIZE);
    assert_eq!(stage.areas.chat.y, stage.areas.tabs.bottom() + stage.areas.rule.height);
    assert_eq!(stage.areas.list.y, stage.areas.chat.y);
}

// --- pictures ------------------------------------------------------------------------------------------------------

fn pictures(of: &str, hub: &Hub, world: &World, shown: u64, prepare: impl Fn(&mut Stage)) {
    for size in SIZES {
        let mut stage = listed(hub, world.clone(), shown, size);
        prepare(&mut stage);
        hub.serve(&mut stage);
        insta::assert_snapshot!(format!("{of}_{}", size.0), stage.draw());
    }
}

/// Three profiles of different sizes, one with a pin, a draft, a wide title.
fn lively() -> (Hub, World) {
    let mut hub = Hub::with(&[("default", 340), ("work", 5), ("research", 0)]);
    let of_default = hub.rows.get_mut(&name("default")).unwrap();
    of_default[1].title = Some(un("登录页面在最近一次部署之后显示空白屏幕"));
    of_default[2].source = un("telegram");
    let mut world = busy();
    world.shelf.pins.insert(name("default"), vec![row("default", 30, "").lineage]);
    let second = world.sessions.get_mut(&SessionId(2)).unwrap();
    second.draft.pieces.push(hermux::model::draft::Piece::Text("later".into()));
    (hub, world)
}

#[test]
fn a_profiles_own_list() {
    let (hub, world) = lively();
    pictures("own", &hub, &world, 1, |stage| stage.keys("down down"));
}

#[test]
fn all_profiles() {
    let (hub, world) = lively();
    pictures("all", &hub, &arranged(world, everything()), 1, |stage| stage.keys("down"));
}

#[test]
fn all_profiles_by_age() {
    let (hub, world) = lively();
    let prefs = ListPrefs { group: Group::Age, ..everything() };
    pictures("age", &hub, &arranged(world, prefs), 1, |_| {});
}

#[test]
fn marked_rows() {
    let (hub, world) = lively();
    pictures("marked", &hub, &arranged(world, everything()), 1, |stage| {
        choose(stage, "default task 4");
        stage.keys("space space");
    });
}

/// C28: the strip stays at the bottom.
#[test]
fn an_empty_list() {
    let hub = Hub::with(&[("research", 0)]);
    let mut world = three_profiles();
    let mut fresh = session(1, "research", "");
    (fresh.stored, fresh.lineage) = (None, None);
    add(&mut world, fresh);
    pictures("empty", &hub, &world, 1, |stage| {
        let strip = stage.areas.strip;
        assert_eq!(strip.bottom(), stage.ui.size.1);
    });
}

#[test]
fn a_list_that_is_being_read() {
    for size in SIZES {
        let mut stage = Stage::showing(arranged(busy(), everything()), 1, size);
        stage.keys("alt-s");
        insta::assert_snapshot!(format!("loading_{}", size.0), stage.draw());
    }
}

#[test]
fn a_profile_that_cannot_be_read() {
    let (mut hub, world) = lively();
    hub.broken.push(name("work"));
    pictures("unreadable", &hub, &arranged(world, everything()), 1, |stage| stage.keys("end"));
}

#[test]
fn a_filter_that_hides_all() {
    let (hub, world) = lively();
    let prefs = ListPrefs { open: true, state: Some(StateFilter::Unread), ..ListPrefs::default() };
    pictures("hidden", &hub, &arranged(world, prefs), 1, |_| {});
}

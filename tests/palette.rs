//! The palette: what it offers, what it asks the hub for and when, where its rows lead, and that looking starts nothing.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod stage;

use hermux::base::clock::{Tick, WallMs};
use hermux::base::ids::{AskId, LineageRoot, MessageId, SessionId, StoredId};
use hermux::model::body::Body;
use hermux::model::listing::{Found, Hit, Peek, StoredRow};
use hermux::model::message::{Message, MessageState, Role};
use hermux::model::patch::Patch;
use hermux::model::profile::Profile;
use hermux::model::session::Unread;
use hermux::model::slash::SlashCommand;
use hermux::model::world::World;
use hermux::proto::{Answer, Command, Refusal, Update};
use hermux::transport::link::HubLink;
use hermux::ui::events::Input;
use hermux::ui::intent::Intent;
use hermux::ui::keymap::{ACTIONS, Key, Meaning};
use hermux::ui::state::Focus;
use hermux::ui::state::layer::{Layer, Offer, Palette, Target};
use hermux::ui::update;
use stage::Stage;
use stage::worlds::{add, approval, busy, name, say, session, three_profiles, un};

const WIDE: (u16, u16) = (140, 45);
const WALL: u64 = 1_800_000_000_000;
const HOUR: u64 = 3_600_000;

fn stage(world: World, shown: u64) -> Stage {
    let mut stage = Stage::showing(world, shown, WIDE);
    stage.draw();
    stage.commands();
    stage
}

fn open(stage: &Stage) -> &Palette {
    match &stage.ui.layer {
        Some(Layer::Palette(open)) => open,
        other => panic!("no palette but {other:?}"),
    }
}

/// The texts of the rows, best first.
fn texts(stage: &Stage) -> Vec<String> {
    let picker = &open(stage).picker;
    picker.hits.iter().map(|hit| picker.rows[hit.row].text.clone()).collect()
}

fn chosen(stage: &Stage) -> String {
    open(stage).picker.chosen().map(|row| row.text.clone()).unwrap_or_default()
}

fn row(profile: &str, id: &str, title: &str, hours: u64) -> StoredRow {
    StoredRow {
        profile: name(profile),
        id: StoredId::new(id).unwrap(),
        lineage: LineageRoot::new(id).unwrap(),
        title: Some(un(title)),
        preview: un("p"),
        last_active: WallMs(WALL - hours * HOUR),
        started: WallMs(0),
        ended: false,
        archived: false,
        messages: 12,
        source: un("cli"),
        model: Some(un("some-model")),
        cwd: Some(un("/home/me/code/garden")),
    }
}

fn last_ask(stage: &Stage, which: impl Fn(&Command) -> bool) -> AskId {
    stage.asked().into_iter().rev().find(|(_, command)| which(command)).unwrap().0
}

fn found(stage: &mut Stage, ask: AskId, rows: Vec<StoredRow>) {
    let rows: Vec<Found> =
        rows.into_iter().map(|row| Found { row, score: 1, positions: Vec::new() }).collect();
    stage.hear(Update::Answer { ask, answer: Answer::Found { of: rows.len() as u64, rows } });
}

fn finds(command: &Command) -> bool {
    matches!(command, Command::Find { .. })
}

fn queries(commands: &[Command]) -> Vec<&str> {
    let of = |command: &'_ Command| match command {
        Command::Find { query, .. } => Some(query.as_str().to_owned()),
        _ => None,
    };
    let all: Vec<String> = commands.iter().filter_map(of).collect();
    all.into_iter().map(|query| &*query.leak()).collect()
}

/// What browsing may say to the hub: questions to what is stored, and nothing that wakes, marks or watches (A19).
fn only_looks(commands: &[Command]) {
    for command in commands {
        let looks = matches!(
            command,
            Command::Find { .. }
                | Command::Peek { .. }
                | Command::Search { .. }
                | Command::StopSearch
                | Command::Commands { .. }
                | Command::Choices { wake: false, .. }
        );
        assert!(looks, "{command:?}");
    }
}

// --- names -----------------------------------------------------------------------------------------------------------

/// ASK-92: every key asks the hub, and shows at once what is here.
#[test]
fn each_key_asks_for_stored_sessions_and_an_older_answer_is_none() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    let first = last_ask(&stage, finds);
    stage.type_text("ga");
    let last = last_ask(&stage, finds);
    assert_eq!(queries(&stage.commands()), ["", "g", "ga"]);
    found(&mut stage, last, vec![row("research", "20261001_1", "Quantum gardening", 2)]);
    assert!(texts(&stage).contains(&"Quantum gardening".to_owned()));
    found(&mut stage, first, vec![row("work", "20261001_2", "Game of life", 2)]);
    assert!(!texts(&stage).contains(&"Game of life".to_owned()), "it is not of the last question");
}

#[test]
fn what_was_found_stays_until_something_newer_comes() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    let ask = last_ask(&stage, finds);
    found(
        &mut stage,
        ask,
        vec![row("work", "20261001_1", "Gardening", 2), row("work", "20261001_2", "Zebra", 3)],
    );
    stage.type_text("g");
    assert!(texts(&stage).contains(&"Gardening".to_owned()), "no flicker");
    assert!(!texts(&stage).contains(&"Zebra".to_owned()), "what does not match is not shown");
    let ask = last_ask(&stage, finds);
    stage.hear(Update::Refused { ask, reason: Refusal::Unreadable(un("no")) });
    assert!(texts(&stage).contains(&"Gardening".to_owned()));
}

#[test]
fn a_choice_that_was_moved_does_not_jump_when_rows_come() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    stage.type_text("@");
    let ask = last_ask(&stage, finds);
    stage.keys("down");
    let held = chosen(&stage);
    let many = (0..20).map(|n| row("work", &format!("20261001_{n}"), &format!("Newer {n}"), 0)).collect();
    found(&mut stage, ask, many);
    assert_eq!(chosen(&stage), held);
}

/// A19, D02: a stored session of any profile is found and opened; no backend was asked for.
#[test]
fn a_stored_session_of_another_profile_opens_and_starts_nothing() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    stage.type_text("gardening");
    let ask = last_ask(&stage, finds);
    let garden = row("research", "20261001_1", "Quantum gardening", 2);
    found(&mut stage, ask, vec![garden.clone()]);
    assert_eq!(chosen(&stage), "Quantum gardening");
    assert!(stage.draw().contains("2 h"));
    stage.wait(200);
    only_looks(&stage.commands());
    stage.keys("enter");
    assert_eq!(stage.commands(), [Command::OpenStored { profile: garden.profile, stored: garden.id }]);
}

/// B03, UX-03: who waits stands first while nothing is typed, with its mark.
#[test]
fn who_needs_the_person_stands_first() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    let ask = last_ask(&stage, finds);
    found(&mut stage, ask, vec![row("work", "20261001_1", "Just now", 0)]);
    assert_eq!(chosen(&stage), "Clean up");
    let drawn = stage.draw();
    let line =
        drawn.lines().find(|line| line.contains("Clean up") && line.contains("needs a decision")).unwrap();
    assert!(line.contains('!'), "{line}");
    let all = texts(&stage);
    let place = |text: &str| all.iter().position(|row| row == text).unwrap();
    assert!(place("Just now") < place("New session in this profile"), "{all:?}");
    assert!(place("New session in this profile") < place("research"), "{all:?}");
}

/// The open session is one row, not also a stored one, whatever its id has become.
#[test]
fn an_open_session_is_not_listed_again_as_a_stored_one() {
    let mut stage = stage(busy(), 1);
    let known = stage.mirror.session(SessionId(2)).unwrap().clone();
    stage.keys("ctrl-p");
    let ask = last_ask(&stage, finds);
    let same =
        StoredRow { id: known.stored.unwrap(), ..row("work", "20261001_1", "Migrate the database", 1) };
    found(&mut stage, ask, vec![same]);
    assert_eq!(texts(&stage).iter().filter(|text| *text == "Migrate the database").count(), 1);
}

/// G14.
#[test]
fn a_prefix_narrows_to_one_kind() {
    let mut stage = stage(busy(), 1);
    let of = |stage: &mut Stage, prefix: &str| {
        stage.keys("ctrl-p");
        stage.type_text(prefix);
        let picker = &open(stage).picker;
        let all: Vec<Target> = picker.rows.iter().map(|row| row.what.clone()).collect();
        stage.keys("esc");
        all
    };
    assert!(of(&mut stage, ">").iter().all(|what| matches!(what, Target::Act(_))));
    assert!(of(&mut stage, "@").iter().all(|what| matches!(what, Target::Session(_))));
    assert!(of(&mut stage, "#").iter().all(|what| matches!(what, Target::Profile(_))));
    assert!(of(&mut stage, "/").iter().all(|what| matches!(what, Target::Slash(_))));
    stage.commands();
    stage.keys("ctrl-p");
    stage.type_text(">clo");
    assert_eq!(queries(&stage.commands()), [""], "what is not stored is not asked for");
}

/// Something was written by somebody else: what is listed is asked for anew.
#[test]
fn a_write_has_the_list_asked_for_anew() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    stage.commands();
    let written = Profile { listing: 1, ..Profile::new(name("work"), "") };
    stage.patch(vec![Patch::Profile(Box::new(written))]);
    assert_eq!(queries(&stage.commands()), [""]);
}

// --- actions ---------------------------------------------------------------------------------------------------------

/// ASK-37: pressing the key that a row shows, where the person is, means just that row.
#[test]
fn the_keys_shown_are_those_that_work_where_the_person_is() {
    type Go = fn(&mut Stage);
    let places: [(&str, Go); 4] = [
        ("empty composer", |_| {}),
        ("composer", |stage| stage.type_text("words")),
        ("transcript", |stage| stage.keys("alt-t")),
        ("card", |stage| stage.keys("alt-3 alt-r")),
    ];
    for (place, go) in places {
        let mut stage = stage(busy(), 1);
        go(&mut stage);
        stage.keys("ctrl-x p");
        let palette = open(&stage);
        let mut shown = 0;
        for row in &palette.picker.rows {
            let Target::Act(intent) = row.what else { continue };
            for key in row.note.split("  ").filter(|key| !key.is_empty()) {
                let (leader, key) = match key.strip_prefix("Ctrl-X ") {
                    Some(key) => (true, key),
                    None => (false, key),
                };
                let chord = stage
                    .ui
                    .keymap
                    .all()
                    .flat_map(|(_, chords, _)| chords)
                    .find(|chord| chord.leader == leader && chord.key.to_string() == key);
                let meaning = stage.ui.keymap.meaning(&palette.scopes, leader, chord.unwrap().key);
                assert_eq!(meaning, Meaning::Intent(intent), "{place}: {key}");
                shown += 1;
            }
        }
        assert!(shown > 20, "{place}: {shown}");
    }
    // With a text in the composer Ctrl-D removes a character: it is not said to leave.
    let mut stage = stage(busy(), 1);
    stage.type_text("words");
    stage.keys("ctrl-p");
    let keys = stage.ui.keymap.working(&open(&stage).scopes, Intent::Quit);
    assert!(!keys.contains(&"Ctrl-D".to_owned()), "{keys:?}");
}

/// KEY-06: from every state, and back out of it by what navigates.
#[test]
fn the_palette_opens_from_every_state_and_navigation_leaves_it() {
    let states = ["f1", "alt-p", "ctrl-x /", "alt-t", "alt-3 alt-r", "ctrl-x $", "ctrl-x q"];
    for state in states {
        let mut stage = stage(busy(), 1);
        stage.keys(state);
        stage.keys("ctrl-x p");
        assert_eq!(open(&stage).offer, Offer::Everything, "after {state}");
    }
    for keys in ["alt-2", "alt-a", "ctrl-x 2", "ctrl-x n", "alt-."] {
        let mut stage = stage(busy(), 1);
        stage.keys("ctrl-p");
        stage.type_text("words");
        stage.keys(keys);
        assert!(stage.ui.layer.is_none(), "{keys}");
    }
}

/// What is taken often comes first.
#[test]
fn what_was_taken_often_stands_before_what_was_not() {
    let mut stage = stage(busy(), 1);
    let take = |stage: &mut Stage| {
        stage.keys("ctrl-p");
        stage.type_text(">anew");
        stage.keys("enter");
    };
    take(&mut stage);
    take(&mut stage);
    stage.keys("ctrl-p");
    stage.type_text(">");
    assert_eq!(chosen(&stage), "Draw the screen anew");
}

/// J02, A19: the commands of the shown profile, asked for without starting anything; one begins a text and sends nothing.
#[test]
fn a_slash_command_begins_a_text() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    let asked = |command: &Command| *command == Command::Commands { profile: name("default") };
    let ask = last_ask(&stage, asked);
    only_looks(&stage.commands());
    let command = SlashCommand {
        name: un("queue"),
        about: un("Queue a prompt"),
        group: un("Session"),
        aliases: Vec::new(),
        words: Vec::new(),
    };
    stage.hear(Update::Answer { ask, answer: Answer::Commands(Some(vec![command])) });
    stage.type_text("/que");
    assert_eq!(texts(&stage), ["queue  Queue a prompt"]);
    stage.commands();
    stage.keys("enter");
    assert_eq!(stage.composed(), "/queue ");
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::Send { .. })));
    // Nothing that stands in a composer is lost for it.
    stage.keys("ctrl-p");
    stage.type_text("/que");
    stage.keys("enter");
    assert_eq!(stage.composed(), "/queue ");
    // Another profile's are others.
    stage.keys("ctrl-c alt-2 ctrl-p");
    stage.type_text("/que");
    assert_eq!(texts(&stage), [""; 0]);
}

// --- the look into a session -----------------------------------------------------------------------------------------

fn peek(of: StoredRow) -> Peek {
    let message = |id, role, text: &str| Message::text(MessageId(id), role, text, MessageState::Done);
    Peek {
        row: of,
        head: vec![message(0, Role::User, "How do I plant a qubit?")],
        tail: vec![message(1, Role::Assistant, "- in cold soil\n- and nowhere else")],
        skipped: 10,
    }
}

fn peeks(command: &Command) -> bool {
    matches!(command, Command::Peek { .. })
}

/// A19: a look asks for one thing, once the choice stands; it wakes nothing and marks nothing read.
#[test]
fn a_look_is_asked_for_when_the_choice_stands_and_marks_nothing_read() {
    let mut world = three_profiles();
    let mut first = session(1, "default", "One");
    say(&mut first, Role::User, "hello");
    add(&mut world, first);
    let mut unseen = session(2, "work", "Two");
    unseen.unread = Unread::Finished;
    add(&mut world, unseen);
    let mut stage = stage(world, 1);
    stage.keys("ctrl-p");
    stage.type_text("@");
    let ask = last_ask(&stage, finds);
    let rows: Vec<StoredRow> =
        (0..9).map(|n| row("research", &format!("20261001_{n}"), &format!("Stored {n}"), n + 1)).collect();
    found(&mut stage, ask, rows.clone());
    stage.wait(200);
    stage.commands();
    // Past many within a moment.
    for _ in 0..6 {
        stage.press(Key::parse("down").unwrap());
    }
    assert_eq!(stage.commands(), []);
    let here = chosen(&stage);
    stage.wait(60);
    let looked = stage.commands();
    let of = rows.iter().find(|row| row.name().raw() == here).unwrap().clone();
    assert_eq!(looked, [Command::Peek { profile: of.profile.clone(), stored: of.id.clone() }]);
    assert_eq!(stage.mirror.session(SessionId(2)).unwrap().unread, Unread::Finished);
    // What it says is laid out as in a transcript.
    stage.keys("up down");
    stage.wait(60);
    let ask = last_ask(&stage, peeks);
    stage.hear(Update::Answer { ask, answer: Answer::Peek(Box::new(peek(of))) });
    let drawn = stage.draw();
    for says in
        ["How do I plant a qubit?", "⋯ 10 messages ⋯", "• in cold soil", "12 messages", "~/code/garden"]
    {
        assert!(drawn.contains(says), "{says} in\n{drawn}");
    }
    only_looks(&stage.commands());
    // It is kept: going away and back asks for nothing.
    stage.keys("up");
    stage.wait(100);
    stage.commands();
    stage.keys("down");
    stage.wait(100);
    assert!(stage.draw().contains("in cold soil"));
    assert_eq!(stage.commands(), []);
}

#[test]
fn an_open_session_is_looked_into_where_it_is_in_memory() {
    let mut stage = stage(busy(), 3);
    stage.keys("ctrl-p");
    stage.type_text("fix the login");
    stage.wait(200);
    assert_eq!(chosen(&stage), "Fix the login page");
    assert!(stage.draw().contains("npm run build"), "its end");
    assert!(!stage.commands().iter().any(peeks));
}

#[test]
fn a_look_that_cannot_be_had_says_why() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    stage.type_text("gard");
    let ask = last_ask(&stage, finds);
    found(&mut stage, ask, vec![row("research", "20261001_1", "Gardening", 2)]);
    stage.wait(200);
    let ask = last_ask(&stage, peeks);
    stage.hear(Update::Refused { ask, reason: Refusal::Unreadable(un("the file is damaged")) });
    assert!(stage.draw().contains("the file is damaged"));
}

#[test]
fn nothing_is_looked_into_where_there_is_no_room() {
    let mut stage = Stage::showing(busy(), 1, (60, 20));
    stage.keys("ctrl-p");
    stage.type_text("gard");
    let ask = last_ask(&stage, finds);
    found(&mut stage, ask, vec![row("research", "20261001_1", "Gardening", 2)]);
    stage.wait(500);
    assert!(!stage.commands().iter().any(peeks));
}

// --- what was said ---------------------------------------------------------------------------------------------------

fn searches(command: &Command) -> bool {
    matches!(command, Command::Search { .. })
}

fn hit(of: StoredRow, snippet: &str, word: &str, back: u64, hours: u64) -> Hit {
    let at = snippet.split(word).next().unwrap().chars().count();
    let mark = (u32::try_from(at).unwrap(), u32::try_from(at + word.chars().count()).unwrap());
    Hit {
        row: of,
        snippet: un(snippet),
        marks: vec![mark],
        role: Role::User,
        at: WallMs(WALL - hours * HOUR),
        back,
    }
}

fn piece(stage: &mut Stage, ask: AskId, hits: Vec<Hit>, done: bool) {
    stage.hear(Update::Answer { ask, answer: Answer::Hits { hits, done, problems: Vec::new() } });
}

/// K06: it turns while it searches, and has a check when it is done.
#[test]
fn a_search_begins_when_nothing_is_typed_any_more_and_the_next_one_takes_its_place() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-x /");
    assert_eq!(open(&stage).offer, Offer::Search);
    stage.type_text("need");
    assert!(!stage.asked().iter().any(|(_, command)| searches(command)));
    stage.wait(120);
    let first = last_ask(&stage, searches);
    assert_eq!(stage.asked().last().unwrap().1, Command::Search { text: "need".into(), profile: None });
    assert!(stage.draw().contains("searching…"));
    let a = || row("work", "20261001_1", "Haystack", 2);
    piece(&mut stage, first, vec![hit(a(), "a needle here", "need", 3, 5)], false);
    stage.type_text("le");
    stage.wait(120);
    let second = last_ask(&stage, searches);
    assert!(stage.draw().contains("a needle here"), "until there is something newer");
    piece(&mut stage, first, vec![hit(a(), "no longer asked", "no", 3, 5)], false);
    assert!(!stage.draw().contains("no longer asked"));
    piece(&mut stage, second, vec![hit(a(), "the needle there", "needle", 1, 4)], false);
    piece(
        &mut stage,
        second,
        vec![hit(row("research", "20261001_2", "Barn", 1), "newest needle", "needle", 0, 1)],
        true,
    );
    let drawn = stage.draw();
    assert!(drawn.contains("✓ 2") && !drawn.contains("a needle here"), "{drawn}");
    assert_eq!(texts(&stage), ["Barn", "Haystack"], "newest first");
    only_looks(&stage.commands());
}

#[test]
fn a_search_that_nobody_sees_is_ended() {
    for keys in ["esc", "tab", "alt-2"] {
        let mut stage = stage(busy(), 1);
        stage.keys("ctrl-x /");
        stage.type_text("needle");
        stage.wait(120);
        stage.commands();
        stage.keys(keys);
        assert!(stage.commands().contains(&Command::StopSearch), "{keys}");
        stage.wait(1_000);
        assert!(!stage.commands().contains(&Command::StopSearch), "once");
    }
}

/// A profile that could not be searched says why, with what was found in the others.
#[test]
fn what_could_not_be_searched_says_why() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-x /");
    stage.type_text("needle");
    stage.wait(120);
    let ask = last_ask(&stage, searches);
    let problems = vec![(name("research"), un("its index is damaged"))];
    let hits = vec![hit(row("work", "20261001_1", "Haystack", 2), "a needle", "needle", 0, 2)];
    stage.hear(Update::Answer { ask, answer: Answer::Hits { hits, done: true, problems } });
    let drawn = stage.draw();
    assert!(drawn.contains("research could not be searched: its index is damaged"), "{drawn}");
    assert!(drawn.contains("a needle"));
}

#[test]
fn tab_searches_the_same_words_and_goes_back() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    stage.type_text("needle");
    stage.keys("tab");
    stage.wait(1);
    assert_eq!(stage.asked().last().unwrap().1, Command::Search { text: "needle".into(), profile: None });
    stage.keys("tab");
    assert_eq!(open(&stage).offer, Offer::Everything);
    assert_eq!(open(&stage).picker.query.text(), "needle");
}

/// The session opens at the message that was found, however far back it is.
#[test]
fn a_hit_opens_its_session_at_the_message() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-x /");
    stage.type_text("needle");
    stage.wait(120);
    let ask = last_ask(&stage, searches);
    let of = row("work", "20261001_1", "Haystack", 2);
    piece(&mut stage, ask, vec![hit(of.clone(), "the needle", "needle", 230, 9)], true);
    stage.commands();
    stage.keys("enter");
    let opens = Command::OpenStored { profile: of.profile.clone(), stored: of.id.clone() };
    assert_eq!(stage.asked().last().unwrap().1, opens);
    let ask = stage.asked().last().unwrap().0;
    let mut opened = session(9, "work", "Haystack");
    opened.stored = Some(of.id);
    opened.body = Some(Body { older: true, ..Body::default() });
    for n in 0..200 {
        say(&mut opened, Role::Assistant, &format!("hay {n}"));
    }
    let mut tabs = stage.mirror.world().tabs.clone();
    tabs.push(SessionId(9));
    stage.patch(vec![Patch::SessionAdded(Box::new(opened)), Patch::Tabs(tabs)]);
    stage.hear(Update::Answer { ask, answer: Answer::Opened(SessionId(9)) });
    stage.draw();
    let older = |command: &Command| matches!(command, Command::Older { session: SessionId(9), .. });
    let ask = last_ask(&stage, older);
    let page = (0..100).map(|n| {
        let text = if n == 69 { "here is the needle".to_owned() } else { format!("straw {n}") };
        Message::text(MessageId(n), Role::User, text, MessageState::Done)
    });
    stage.hear(Update::Answer { ask, answer: Answer::Older { messages: page.collect(), more: true } });
    let drawn = stage.draw();
    assert!(drawn.contains("here is the needle"), "{drawn}");
    let chosen = stage.ui.pane().unwrap().chosen.unwrap();
    let found = stage.ui.pane().unwrap().older.iter().find(|message| message.id == chosen).unwrap();
    assert_eq!((found.plain().as_str(), stage.ui.focus), ("here is the needle", Focus::Transcript));
    stage.commands();
    stage.wait(20);
    stage.draw();
    assert!(!stage.commands().iter().any(older), "it was reached");
}

#[test]
fn a_message_that_is_too_far_back_is_said_to_be_and_nothing_is_loaded_for_ever() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-x /");
    stage.type_text("needle");
    stage.wait(120);
    let ask = last_ask(&stage, searches);
    let of = row("work", "20261001_1", "Haystack", 2);
    piece(&mut stage, ask, vec![hit(of, "the needle", "needle", 90_000, 9)], true);
    stage.keys("enter");
    let mut opened = session(9, "work", "Haystack");
    opened.body = Some(Body { older: true, ..Body::default() });
    say(&mut opened, Role::Assistant, "hay");
    let ask = stage.asked().last().unwrap().0;
    stage.patch(vec![Patch::SessionAdded(Box::new(opened))]);
    stage.hear(Update::Answer { ask, answer: Answer::Opened(SessionId(9)) });
    assert!(stage.draw().contains("90000 messages back"), "{}", stage.draw());
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::Older { .. })));
}

// --- everything else -------------------------------------------------------------------------------------------------

#[test]
fn every_list_to_choose_from_is_the_same_widget() {
    let mut world = busy();
    let mut third = session(4, "work", "Waits");
    third.prompts.push(approval(7, "ls"));
    add(&mut world, third);
    let mut stage = stage(world, 1);
    stage.ui.themes = ["dark", "light"].map(str::to_owned).to_vec();
    for (keys, offer) in
        [("alt-p", Offer::Profiles), ("ctrl-x p", Offer::Everything), ("ctrl-x /", Offer::Search)]
    {
        stage.keys(keys);
        assert_eq!(open(&stage).offer, offer);
    }
    stage.keys("esc ctrl-p");
    stage.type_text(">choose a theme");
    stage.keys("enter");
    assert_eq!(
        (open(&stage).offer, texts(&stage)),
        (Offer::Themes, vec!["dark".to_owned(), "light".to_owned()])
    );
}

/// ASK-40: the foot of a list says the keys that are set.
#[test]
fn the_foot_says_the_keys_that_are_set() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    let drawn = stage.draw();
    let action = ACTIONS.iter().find(|action| action.id == "list.other").unwrap();
    assert!(
        drawn.contains(&format!("{} searches what was said", Key::parse(action.keys[0]).unwrap())),
        "{drawn}"
    );
}

#[test]
fn a_paste_is_a_query() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    stage.input(Input::Paste("garden\nparty".into()));
    stage.wait(1);
    assert_eq!(open(&stage).picker.query.text(), "garden party");
    assert_eq!(queries(&stage.commands()).last(), Some(&"garden party"));
}

/// K03: one line says what there is to say of the row that is chosen.
#[test]
fn the_chosen_row_is_explained_in_one_line() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    stage.type_text(">close this tab");
    assert!(stage.draw().contains("tab.close · Ctrl-X w"));
    stage.keys("ctrl-u");
    stage.type_text("#work");
    assert!(stage.draw().contains("backend "), "{}", stage.draw());
}

/// A hub that is away is not asked, and nothing wakes for it; the next one is asked what stands there.
#[test]
fn without_a_hub_nothing_is_due_and_the_next_one_is_asked() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-x /");
    stage.type_text("needle");
    let again_at = Tick(stage.now + 60_000);
    stage.link(HubLink::Lost { why: "lost".into(), again_at });
    stage.wait(500);
    assert!(!stage.asked().iter().any(|(_, command)| searches(command)));
    assert!(update::due(&stage.ui, &stage.mirror).is_none_or(|due| due.0 > stage.now));
    stage.welcome(busy(), Some(1));
    stage.wait(1);
    assert!(stage.asked().iter().any(|(_, command)| searches(command)));
}

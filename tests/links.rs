//! Links between sessions, and completion in the composer: keys and clicks in, commands and pictures out.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod stage;

use hermux::base::clock::WallMs;
use hermux::base::ids::{LineageRoot, SendRef, SessionId, StoredId};
use hermux::model::draft::{Draft, Piece};
use hermux::model::listing::{Found, StoredRow};
use hermux::model::message::Role;
use hermux::model::patch::{Change, Patch};
use hermux::model::slash::SlashCommand;
use hermux::model::world::World;
use hermux::proto::{Answer, Command, Refusal, Update};
use hermux::ui::events::{Input, Mouse, MouseDeed};
use hermux::ui::state::Hit;
use hermux::ui::state::layer::Layer;
use stage::Stage;
use stage::worlds::{add, busy, name, say, session, un};

/// Of the open session `id`, as `worlds::session` stores it.
fn link(profile: &str, id: u64) -> String {
    format!("@session:{profile}/20261121_0300{id:02}_abcdef")
}

fn row(profile: &str, id: &str, title: &str) -> StoredRow {
    StoredRow {
        profile: name(profile),
        id: StoredId::new(id).unwrap(),
        lineage: LineageRoot::new(id).unwrap(),
        title: Some(un(title)),
        preview: un(""),
        last_active: WallMs(1_800_000_000_000 - 3_600_000),
        messages: 4,
        source: un("cli"),
        model: None,
        cwd: None,
        archived: false,
        started: WallMs(0),
        ended: false,
    }
}

fn found(rows: Vec<StoredRow>) -> Answer {
    let of = rows.len() as u64;
    let found = |row| Found { row, score: 1, positions: Vec::new() };
    Answer::Found { rows: rows.into_iter().map(found).collect(), of }
}

fn stage(world: World, shown: u64) -> Stage {
    let mut stage = Stage::showing(world, shown, (80, 24));
    stage.draw();
    stage.commands();
    stage
}

/// Answers the last command of one kind.
fn answer(stage: &mut Stage, of: impl Fn(&Command) -> bool, answer: Answer) {
    let asked = stage.asked();
    let (ask, _) = asked.iter().rev().find(|(_, command)| of(command)).expect("it was asked");
    stage.hear(Update::Answer { ask: *ask, answer });
}

fn is_find(command: &Command) -> bool {
    matches!(command, Command::Find { .. })
}

fn sent(stage: &mut Stage) -> Vec<String> {
    let text = |command| match command {
        Command::Send { text, .. } => Some(text),
        _ => None,
    };
    stage.commands().into_iter().filter_map(text).collect()
}

fn click(stage: &mut Stage, hit: &Hit) {
    let (area, _) = stage.ui.hits.iter().rev().find(|(_, other)| other == hit).expect("it is on the screen");
    let at = |deed| Mouse { column: area.x, row: area.y, deed };
    for mouse in [MouseDeed::Press, MouseDeed::Release].map(at) {
        stage.input(Input::Mouse(mouse));
    }
    stage.draw();
}

/// A conversation in which the agent speaks of another session.
fn speaking_of(text: &str) -> World {
    let mut world = busy();
    let mut speaker = session(4, "default", "Notes");
    say(&mut speaker, Role::Assistant, text);
    add(&mut world, speaker);
    world
}

// --- typed ---------------------------------------------------------------------------------------------------------

/// D01, D02, D03, H09: letters after `@` find sessions of every profile, a key puts the link there, what is sent is its exact text.
#[test]
fn a_session_is_linked_by_typing_its_name() {
    let mut stage = stage(busy(), 1);
    stage.type_text("see @migr");
    let screen = stage.draw();
    assert!(screen.contains("Link a session") && screen.contains("@Migrate the database"), "{screen}");
    assert!(screen.contains("work"), "{screen}");
    stage.keys("tab");
    assert!(stage.draw().contains("see @Migrate the database"));
    stage.type_text("first");
    stage.keys("enter");
    assert_eq!(sent(&mut stage), [format!("see {} first", link("work", 2))]);
}

/// D03: it is one unit for keys, and the draft that the hub keeps has it as one.
#[test]
fn a_backspace_removes_the_whole_link() {
    let mut stage = stage(busy(), 1);
    stage.type_text("@migr");
    stage.keys("tab");
    stage.wait(300);
    let save = |command: &Command| match command {
        Command::SaveDraft { pieces, .. } => Some(pieces.clone()),
        _ => None,
    };
    let saved = stage.commands().iter().rev().find_map(save).unwrap();
    let id = StoredId::new("20261121_030002_abcdef").unwrap();
    let piece = Piece::Link { profile: name("work"), id, title: un("Migrate the database") };
    assert_eq!(saved, [piece, Piece::Text(" ".into())]);
    stage.keys("backspace backspace");
    assert_eq!(stage.composed(), "");
    stage.keys("ctrl-_");
    assert_eq!(stage.composed(), link("work", 2));
}

/// D03: another terminal's draft, or the one of the last hub, brings its links.
#[test]
fn a_draft_comes_back_with_its_links() {
    let mut stage = stage(busy(), 1);
    let id = StoredId::new("20261121_a1").unwrap();
    let pieces = vec![Piece::Link { profile: name("work"), id, title: un("Old \u{1b}[31mthing") }];
    let draft = Draft { pieces, revision: 9, author: None };
    stage.patch(vec![Patch::Session { session: SessionId(1), change: Change::Draft(draft) }]);
    assert_eq!(stage.composed(), "@session:work/20261121_a1");
    let screen = stage.draw();
    assert!(screen.contains("@Old ") && !screen.contains('\u{1b}'), "{screen}");
}

/// D02: stored sessions come from the hub, which is asked once a word; the newest answer counts.
#[test]
fn the_hub_finds_sessions_that_are_not_open() {
    let mut stage = stage(busy(), 1);
    stage.type_text("@inv");
    let asked: Vec<_> = stage.commands().into_iter().filter(is_find).collect();
    assert_eq!(asked.last(), Some(&Command::Find { query: "inv".into(), profile: None }));
    assert_eq!(asked.len(), 3, "a command a letter, none a frame");
    stage.type_text("o");
    answer(&mut stage, is_find, found(vec![row("research", "20261120_b2", "Invoice layout")]));
    let screen = stage.draw();
    assert!(screen.contains("@Invoice layout") && screen.contains("research · 1 h"), "{screen}");
    stage.keys("enter");
    assert_eq!(stage.composed(), "@session:research/20261120_b2 ");
    assert!(sent(&mut stage).is_empty(), "it took the choice");
    stage.keys("enter");
    assert_eq!(sent(&mut stage).len(), 1);
}

#[test]
fn the_list_closes_by_itself_and_stays_closed_when_it_was_closed() {
    let mut stage = stage(busy(), 1);
    let open = |stage: &Stage| stage.ui.completing.open.is_some();
    stage.type_text("@migr");
    assert!(open(&stage));
    stage.type_text("zzz");
    assert!(!open(&stage), "nothing matches");
    stage.keys("ctrl-c");
    stage.type_text("@mi");
    stage.keys("esc");
    stage.type_text("g");
    assert!(!open(&stage) && stage.composed() == "@mig", "closed for this word");
    stage.keys("enter");
    assert_eq!(sent(&mut stage), ["@mig"], "a closed list takes no Enter");
    stage.type_text("x @mi");
    assert!(open(&stage), "another word");
    stage.type_text(" ");
    assert!(!open(&stage));
    stage.keys("ctrl-c");
    stage.type_text("@mi");
    stage.keys("alt-2");
    assert!(!open(&stage), "another session");
    stage.keys("alt-1");
    assert!(!open(&stage) && stage.composed() == "@mi", "nobody types here now");
}

/// What is recalled, pasted or adopted is not being typed.
#[test]
fn only_typing_opens_the_list() {
    let mut stage = stage(busy(), 1);
    stage.input(Input::Paste("@migr".into()));
    assert!(stage.ui.completing.open.is_none());
    stage.type_text("a");
    assert!(stage.ui.completing.open.is_some());
    stage.keys("ctrl-c");
    stage.type_text("me@migr");
    assert!(stage.ui.completing.open.is_none(), "an address");
}

#[test]
fn the_list_is_walked_and_clicked() {
    let mut stage = stage(busy(), 4);
    stage.type_text("@i");
    let count = stage.ui.completing.open.as_ref().unwrap().hits.len();
    assert!(count >= 2);
    stage.keys("up");
    assert_eq!(stage.ui.completing.open.as_ref().unwrap().selected, count - 1);
    stage.keys("down down");
    assert_eq!(stage.ui.completing.open.as_ref().unwrap().selected, 1);
    click(&mut stage, &Hit::Candidate(0));
    assert!(stage.composed().starts_with("@session:"));
    assert!(stage.ui.completing.open.is_none());
}

// --- commands ------------------------------------------------------------------------------------------------------

fn slash(name: &str, aliases: &[&str]) -> SlashCommand {
    let aliases = aliases.iter().map(|alias| un(alias)).collect();
    SlashCommand { name: un(name), about: un("About \u{1b}[2Jit"), group: un(""), aliases, words: Vec::new() }
}

fn is_commands(command: &Command) -> bool {
    matches!(command, Command::Commands { .. })
}

/// DECISIONS 24.
#[test]
fn commands_are_completed_and_a_whole_one_is_sent() {
    let mut stage = stage(busy(), 1);
    stage.type_text("/");
    assert!(stage.draw().contains("/clear"), "hermux' own are known without a backend");
    let list =
        vec![slash("model", &["m"]), slash("memory", &[]), slash("bad name", &[]), slash("clear", &[])];
    answer(&mut stage, is_commands, Answer::Commands(Some(list)));
    stage.type_text("mo");
    let screen = stage.draw();
    assert!(
        screen.contains("/model") && !screen.contains("bad name") && !screen.contains('\u{1b}'),
        "{screen}"
    );
    stage.keys("enter");
    assert_eq!(stage.composed(), "/model ");
    stage.type_text("gpt");
    stage.keys("enter");
    assert_eq!(sent(&mut stage), ["/model gpt"]);
    for whole in ["/memory", "/m"] {
        stage.type_text(whole);
        assert!(stage.ui.completing.open.is_some());
        stage.keys("enter");
        assert_eq!(sent(&mut stage), [whole], "Enter is not taken from a whole command");
    }
    let asks = |stage: &mut Stage| stage.commands().iter().filter(|command| is_commands(command)).count();
    stage.type_text("/me");
    assert_eq!(asks(&mut stage), 1, "once a word");
}

/// Completion starts nothing by itself: a cold profile has hermux' own commands until its backend is up.
#[test]
fn a_backend_that_comes_up_is_asked_for_its_commands() {
    let mut world = busy();
    add(&mut world, session(4, "research", "Cold"));
    let mut stage = stage(world, 4);
    stage.type_text("/");
    answer(&mut stage, is_commands, Answer::Commands(None));
    stage.commands();
    let mut profile = stage.mirror.world().profile(&name("research")).unwrap().clone();
    profile.backend = hermux::model::profile::BackendState::Live;
    stage.patch(vec![Patch::Profile(Box::new(profile))]);
    answer(&mut stage, is_commands, Answer::Commands(Some(vec![slash("wait", &[])])));
    assert!(stage.draw().contains("/wait"));
}

// --- the palette ---------------------------------------------------------------------------------------------------

/// D01: from the palette, by keys alone.
#[test]
fn a_session_is_linked_from_the_palette() {
    let mut stage = stage(busy(), 1);
    stage.type_text("as in");
    stage.keys("ctrl-x @");
    stage.type_text("migrate");
    stage.keys("enter");
    assert_eq!(stage.composed(), format!("as in {} ", link("work", 2)));
    assert_eq!(stage.ui.active, Some(SessionId(1)), "nothing is opened");
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::OpenStored { .. })));
}

#[test]
fn a_draft_that_was_never_sent_cannot_be_linked() {
    let mut world = busy();
    let mut fresh = session(4, "work", "Fresh");
    fresh.stored = None;
    add(&mut world, fresh);
    let mut stage = stage(world, 1);
    stage.keys("ctrl-x @");
    stage.type_text("fresh");
    stage.keys("enter");
    assert_eq!(stage.composed(), "");
    assert!(stage.draw().contains("nothing to link to"));
}

// --- pasted --------------------------------------------------------------------------------------------------------

/// D01, D08: what says whose it is becomes a chip at once and gets its title; a bare one when the hub has found it.
#[test]
fn pasted_links_become_chips() {
    let mut stage = stage(busy(), 1);
    stage.input(Input::Paste(format!("see {} and\n@session:research/20261120_b2!", link("work", 2))));
    let screen = stage.draw();
    assert!(
        screen.contains("see @Migrate the database and") && screen.contains("@research/20261120_b2!"),
        "{screen}"
    );
    let located = |command: &Command| matches!(command, Command::Locate { .. });
    answer(&mut stage, located, Answer::Located(Some(Box::new(row("research", "20261120_b2", "Invoices")))));
    assert!(stage.draw().contains("@Invoices!"));
    stage.keys("ctrl-c");
    stage.input(Input::Paste("@session:20261120_c3, please".into()));
    assert_eq!(stage.composed(), "@session:20261120_c3, please");
    let ask = Command::Locate { id: "20261120_c3".into(), near: name("default") };
    assert!(stage.asked().iter().any(|(_, command)| *command == ask));
    answer(&mut stage, located, Answer::Located(Some(Box::new(row("research", "20261120_c3", "Taxes")))));
    assert_eq!(stage.composed(), "@session:research/20261120_c3, please");
    assert!(stage.draw().contains("@Taxes, please"));
    stage.wait(300);
    stage.keys("enter");
    assert_eq!(sent(&mut stage), ["@session:research/20261120_c3, please"]);
}

/// D01, D04: a tab is dragged into the composer, which says what would be dropped; elsewhere nothing comes of it.
#[test]
fn a_tab_dragged_into_the_composer_is_linked() {
    let mut stage = stage(busy(), 1);
    stage.type_text("as in");
    let place = |stage: &Stage, hit: &Hit| {
        let (area, _) = stage.ui.hits.iter().rev().find(|(_, other)| other == hit).unwrap();
        (area.x + 2, area.y)
    };
    let (tab, composer) = (place(&stage, &Hit::Tab(SessionId(2))), place(&stage, &Hit::Composer));
    let chat = place(&stage, &Hit::Transcript);
    for (to, dropped) in [(chat, false), (composer, true)] {
        let mut mouse = |deed, (column, row)| {
            stage.input(Input::Mouse(Mouse { column, row, deed }));
            stage.draw()
        };
        mouse(MouseDeed::Press, tab);
        let screen = mouse(MouseDeed::Drag, to);
        assert!(screen.contains("drop to link session Migrate the database"), "{screen}");
        let screen = mouse(MouseDeed::Release, to);
        assert!(!screen.contains("drop to link"), "{screen}");
        let want = if dropped { format!("as in {} ", link("work", 2)) } else { "as in".to_owned() };
        assert_eq!(stage.composed(), want);
        assert_eq!(stage.ui.active, Some(SessionId(1)), "a drag is no click");
    }
}

/// D04: hermux attaches no files, so it promises none.
#[test]
fn a_pasted_path_stays_text() {
    let mut stage = stage(busy(), 1);
    stage.input(Input::Paste("/home/me/picture.png".into()));
    assert_eq!(stage.composed(), "/home/me/picture.png");
    assert!(!stage.draw().to_lowercase().contains("attach"));
}

// --- followed ------------------------------------------------------------------------------------------------------

/// D09: named below the message, opened by a key; one that is open is only shown.
#[test]
fn enter_on_a_message_opens_what_it_links_to() {
    let mut stage = stage(speaking_of(&format!("It is in {}.", link("work", 2))), 4);
    assert!(stage.draw().contains("↗ Migrate the database · work"), "{}", stage.draw());
    stage.keys("alt-t enter");
    assert_eq!(stage.ui.active, Some(SessionId(2)));
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::OpenStored { .. })));
}

fn is_locate(command: &Command) -> bool {
    matches!(command, Command::Locate { .. })
}

/// D09: a bare id is looked for in every profile, and opened where it is.
#[test]
fn a_bare_link_opens_wherever_its_session_is() {
    let mut stage = Stage::showing(speaking_of("It is in @session:20261120_b2."), 4, (80, 24));
    stage.draw();
    answer(
        &mut stage,
        is_locate,
        Answer::Located(Some(Box::new(row("research", "20261120_b2", "Invoices")))),
    );
    assert!(stage.draw().contains("↗ Invoices · research"));
    stage.done.clear();
    stage.keys("alt-t enter");
    let asked = stage.asked();
    let want = Command::Locate { id: "20261120_b2".into(), near: name("default") };
    assert_eq!(asked.last().map(|(_, command)| command), Some(&want));
    answer(
        &mut stage,
        is_locate,
        Answer::Located(Some(Box::new(row("research", "20261120_b2", "Invoices")))),
    );
    let open =
        Command::OpenStored { profile: name("research"), stored: StoredId::new("20261120_b2").unwrap() };
    assert!(stage.commands().contains(&open));
}

/// D10.
#[test]
fn a_link_to_no_session_says_so_with_its_id() {
    let mut stage = Stage::showing(speaking_of("It is in @session:work/20261120_gone."), 4, (80, 24));
    stage.draw();
    answer(&mut stage, is_locate, Answer::Located(None));
    assert!(stage.draw().contains("↗ 20261120_gone · in no profile"));
    stage.keys("alt-t enter");
    answer(&mut stage, is_locate, Answer::Located(None));
    assert!(stage.draw().contains("Session 20261120_gone is in no profile"), "{}", stage.draw());
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::OpenStored { .. })));
}

/// D09: the same by a click, on the link itself and on its name.
#[test]
fn a_click_on_a_link_opens_it() {
    for last in [false, true] {
        let mut stage = stage(speaking_of(&format!("Look at {}", link("work", 2))), 4);
        stage.draw();
        let links: Vec<_> =
            stage.ui.hits.iter().filter(|(_, hit)| matches!(hit, Hit::Link(_))).cloned().collect();
        assert_eq!(links.len(), 2, "{links:?}");
        let (area, _) = if last { &links[1] } else { &links[0] };
        let at = |deed| Mouse { column: area.x, row: area.y, deed };
        for mouse in [MouseDeed::Press, MouseDeed::Release].map(at) {
            stage.input(Input::Mouse(mouse));
        }
        assert_eq!(stage.ui.active, Some(SessionId(2)));
    }
}

#[test]
fn of_several_links_one_is_chosen() {
    let text = format!("{} or {} or {}", link("work", 2), link("work", 3), link("work", 2));
    let mut stage = stage(speaking_of(&text), 4);
    stage.keys("alt-t enter");
    assert!(matches!(stage.ui.layer, Some(Layer::Palette(_))));
    let screen = stage.draw();
    assert!(screen.contains("Linked sessions") && screen.contains("Clean up"), "{screen}");
    stage.type_text("clean");
    stage.keys("enter");
    assert_eq!(stage.ui.active, Some(SessionId(3)));
}

#[test]
fn enter_on_a_message_without_links_unfolds_it() {
    let mut stage = stage(busy(), 1);
    stage.keys("alt-t enter");
    assert_eq!(stage.ui.pane().unwrap().unfolded.len(), 1);
    stage.keys("o");
    assert!(stage.ui.pane().unwrap().unfolded.is_empty());
}

/// D10: what the hub refuses to look for is not asked for with every frame.
#[test]
fn a_link_is_looked_up_once() {
    let mut stage = Stage::showing(speaking_of("It is in @session:work/20261120_b2."), 4, (80, 24));
    for _ in 0..3 {
        stage.draw();
    }
    let asked = stage.asked();
    let asked: Vec<_> = asked.iter().filter(|(_, command)| is_locate(command)).collect();
    assert_eq!(asked.len(), 1);
    stage.hear(Update::Refused { ask: asked[0].0, reason: Refusal::NoHub });
    stage.done.clear();
    stage.draw();
    assert!(!stage.commands().iter().any(is_locate));
    stage.type_text("x");
    stage.keys("enter");
    assert!(stage.commands().contains(&Command::Send {
        session: SessionId(4),
        text: "x".into(),
        reference: SendRef(1)
    }));
}

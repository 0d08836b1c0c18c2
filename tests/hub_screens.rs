//! What a terminal shows and does while its hub comes, goes and comes back: nothing that was written or looked at is lost by it.

mod stage;

use std::collections::BTreeMap;

use hermux::base::clock::{Tick, WallMs};
use hermux::base::ids::{ClientId, MessageId, PromptId, QueueId, SendRef, SessionId};
use hermux::model::draft::{Draft, Piece};
use hermux::model::listing::Found;
use hermux::model::message::{FIRST_ID, MessageState, Role};
use hermux::model::patch::{BodyChange, Change, Patch};
use hermux::model::prompt::PromptState;
use hermux::model::session::QueueEntry;
use hermux::model::terminal::{Multiplexer, Terminal, TerminalInfo};
use hermux::model::turn::TurnState;
use hermux::model::world::World;
use hermux::proto::command::{Command, Settle};
use hermux::proto::{Answer, CONTRACT, Refusal, ToHub, Update};
use hermux::transport::link::HubLink;
use hermux::ui::action::{Action, Next};
use hermux::ui::state::pane::Anchor;
use hermux::ui::state::{Focus, Start};
use hermux::ui::update;
use stage::Stage;
use stage::worlds::{self, add, busy, name, session, three_profiles};

const SIZE: (u16, u16) = (120, 40);
const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (40, 12), (20, 6)];

fn lost(stage: &Stage) -> HubLink {
    HubLink::Lost { why: "the connection to the hub was lost".into(), again_at: Tick(stage.now + 2_600) }
}

fn down() -> HubLink {
    let why = "the hub could not be started: it ended with code 1 before it was ready".into();
    HubLink::Down { why, log: Some("/home/me/.local/state/hermux/logs/hermux.log".into()) }
}

fn focused(stage: &mut Stage) -> Vec<u64> {
    let told = stage.commands().into_iter().filter_map(|command| match command {
        Command::Focus { session } => Some(session.0),
        _ => None,
    });
    told.collect()
}

fn saved(stage: &mut Stage) -> Vec<(u64, String)> {
    let saved = stage.commands().into_iter().filter_map(|command| match command {
        Command::SaveDraft { session, pieces, .. } => {
            Some((session.0, pieces.iter().map(Piece::text).collect()))
        }
        _ => None,
    });
    saved.collect()
}

// --- the beginning --------------------------------------------------------------------------------------------------

/// DECISIONS 2: on a living hub what was shown last, on a new one a fresh draft; what was asked for wins.
#[test]
fn an_attach_shows_what_was_shown_last_and_a_new_hub_a_fresh_draft() {
    let begun = |start: Start, last| {
        let mut stage = Stage::alone(start, SIZE);
        stage.welcome(busy(), last);
        (stage.ui.active, stage.commands())
    };
    let fresh = |profile: &str| Command::NewSession { profile: name(profile), cwd: "/home/me/code".into() };
    let (active, commands) = begun(Start::Draft, Some(3));
    assert_eq!(active, Some(SessionId(3)));
    assert!(commands.contains(&Command::Focus { session: SessionId(3) }), "{commands:?}");
    assert_eq!(begun(Start::Draft, None), (None, vec![fresh("default")]));
    assert_eq!(begun(Start::Draft, Some(99)), (None, vec![fresh("default")]), "it was closed meanwhile");
    assert_eq!(begun(Start::Profile(name("work")), Some(3)), (None, vec![fresh("work")]));
    let stored = session(7, "work", "").stored.unwrap();
    let (active, commands) = begun(Start::Stored(name("work"), stored.clone()), Some(3));
    assert_eq!((active, commands), (None, vec![Command::OpenStored { profile: name("work"), stored }]));
}

/// The hub is told of every session that is shown, once.
#[test]
fn the_hub_is_told_what_is_shown() {
    let mut stage = Stage::showing(busy(), 1, SIZE);
    stage.keys("alt-2");
    assert_eq!(focused(&mut stage), [2]);
    stage.keys("alt-2 a b");
    assert_eq!(focused(&mut stage), [0; 0]);
    stage.hear(Update::Show { session: SessionId(3) });
    assert_eq!((stage.ui.active, focused(&mut stage)), (Some(SessionId(3)), vec![3]));
}

/// H17: what is typed before there is a session is seen, kept, and never sent to one that was not seen.
#[test]
fn what_is_typed_before_there_is_a_session_is_kept_and_not_sent() {
    let mut stage = Stage::alone(Start::Draft, SIZE);
    stage.type_text("do it");
    stage.keys("enter");
    assert!(stage.draw().contains("› do it"));
    let mut world = busy();
    world.sessions.get_mut(&SessionId(2)).unwrap().draft =
        Draft { pieces: vec![Piece::Text("before".into())], revision: 3, author: None };
    stage.welcome(world, Some(2));
    assert_eq!(stage.composed(), "before\ndo it");
    stage.wait(300);
    let commands = stage.commands();
    assert!(commands.iter().all(|command| !matches!(command, Command::Send { .. })), "{commands:?}");
    let pieces = vec![Piece::Text("before\ndo it".into())];
    assert!(
        commands.contains(&Command::SaveDraft { session: SessionId(2), pieces, base: 3 }),
        "{commands:?}"
    );
}

// --- the hub is lost ------------------------------------------------------------------------------------------------

/// REL-10, UX-04: panes, scroll and focus survive, typing goes on, and what was not saved is saved on the next hub.
#[test]
fn a_lost_hub_costs_nothing_that_is_on_the_screen_or_was_written() {
    let mut stage = Stage::showing(busy(), 1, (80, 24));
    stage.keys("alt-o ctrl-home");
    stage.draw();
    let anchor = stage.ui.pane().unwrap().anchor;
    assert!(matches!(anchor, Anchor::At { .. }));
    stage.type_text("one ");
    stage.commands();
    let link = lost(&stage);
    stage.link(link);
    stage.type_text("two");
    stage.wait(1_000);
    assert_eq!(saved(&mut stage), [], "there is nobody to tell");
    assert_eq!(stage.composed(), "one two");
    stage.link(HubLink::Up);
    assert!(matches!(&stage.done[..], [Action::Tell(said)] if matches!(&said.0, ToHub::Hello { .. })));
    // As a hub greets: without transcripts.
    stage.welcome(busy().watched_by(&BTreeMap::new()), None);
    stage.draw();
    stage.wait(300);
    let commands = stage.commands();
    assert!(commands.contains(&Command::Focus { session: SessionId(1) }), "{commands:?}");
    assert!(commands.contains(&Command::Watch { session: SessionId(1) }), "{commands:?}");
    let pieces = vec![Piece::Text("one two".into())];
    assert!(
        commands.contains(&Command::SaveDraft { session: SessionId(1), pieces, base: 0 }),
        "{commands:?}"
    );
    assert!(!commands.iter().any(|command| matches!(command, Command::NewSession { .. })), "it is no start");
    let body = busy().sessions[&SessionId(1)].body.clone().unwrap();
    stage.patch(vec![Patch::Body { session: SessionId(1), change: BodyChange::Set(Box::new(body)) }]);
    stage.draw();
    assert_eq!((stage.ui.active, stage.ui.pane().unwrap().anchor), (Some(SessionId(1)), anchor));
    assert_eq!(stage.composed(), "one two");
}

/// A draft that the hub was told and did not take is told to the next one.
#[test]
fn a_draft_that_a_dying_hub_did_not_take_is_saved_again() {
    let mut stage = Stage::showing(busy(), 1, SIZE);
    stage.type_text("keep me");
    stage.wait(300);
    let ask = stage.asked().last().unwrap().0;
    assert_eq!(saved(&mut stage), [(1, "keep me".into())]);
    stage.hear(Update::Refused { ask, reason: Refusal::NoHub });
    let link = lost(&stage);
    stage.link(link);
    stage.wait(1_000);
    assert_eq!(saved(&mut stage), []);
    stage.link(HubLink::Up);
    stage.welcome(busy(), None);
    stage.wait(300);
    assert_eq!(saved(&mut stage), [(1, "keep me".into())]);
}

/// A hub that was killed before it wrote the last draft down is told it again by the terminal that has it.
#[test]
fn a_hub_that_knows_an_older_draft_is_told_the_newer_one() {
    let mut world = busy();
    let draft =
        |text: &str, revision| Draft { pieces: vec![Piece::Text(text.into())], revision, author: None };
    world.sessions.get_mut(&SessionId(1)).unwrap().draft = draft("new text", 9);
    let mut stage = Stage::showing(world.clone(), 1, SIZE);
    assert_eq!(stage.composed(), "new text");
    stage.link(HubLink::Up);
    world.sessions.get_mut(&SessionId(1)).unwrap().draft = draft("old", 4);
    stage.welcome(world, None);
    stage.wait(300);
    assert_eq!(saved(&mut stage), [(1, "new text".into())]);
}

/// A text whose session the next hub does not have gets a fresh draft of its profile.
#[test]
fn a_text_whose_session_is_gone_gets_a_new_one() {
    let mut stage = Stage::showing(busy(), 2, SIZE);
    stage.type_text("precious");
    stage.link(HubLink::Up);
    let mut world = three_profiles();
    add(&mut world, session(8, "default", "Another"));
    stage.welcome(world.clone(), None);
    let asked = stage.asked();
    let fresh = Command::NewSession { profile: name("work"), cwd: "/home/me/code".into() };
    let ask = asked.iter().find(|(_, command)| *command == fresh).expect("a draft for it").0;
    add(&mut world, session(9, "work", ""));
    let patches = vec![
        Patch::SessionAdded(Box::new(world.sessions[&SessionId(9)].clone())),
        Patch::Tabs(world.tabs.clone()),
    ];
    stage.patch(patches);
    stage.hear(Update::Answer { ask, answer: Answer::Opened(SessionId(9)) });
    assert_eq!(stage.ui.panes[&SessionId(9)].editor.text(), "precious");
    stage.wait(300);
    assert_eq!(saved(&mut stage), [(9, "precious".into())]);
}

/// The session that a carried text asked for.
fn opened(stage: &mut Stage, mut world: World) {
    let fresh = Command::NewSession { profile: name("work"), cwd: "/home/me/code".into() };
    let asked = stage.asked();
    let ask = asked.iter().rev().find(|(_, command)| *command == fresh).map(|(ask, _)| *ask);
    assert!(ask.is_some(), "a draft for it: {asked:?}");
    add(&mut world, session(9, "work", ""));
    let added = Patch::SessionAdded(Box::new(world.sessions[&SessionId(9)].clone()));
    stage.patch(vec![added, Patch::Tabs(world.tabs.clone())]);
    if let Some(ask) = ask {
        stage.hear(Update::Answer { ask, answer: Answer::Opened(SessionId(9)) });
    }
}

/// REL-10: it was sent, no hub took it, and its place is gone.
#[test]
fn a_sent_text_that_is_refused_when_its_session_is_gone_gets_a_new_one() {
    let mut stage = Stage::showing(busy(), 2, SIZE);
    stage.type_text("precious");
    stage.keys("enter");
    let send = |(_, command): &&(_, Command)| matches!(command, Command::Send { .. });
    let first = stage.asked().iter().find(send).cloned().unwrap();
    stage.link(HubLink::Up);
    let mut world = three_profiles();
    add(&mut world, session(8, "default", "Another"));
    stage.done.clear();
    stage.welcome(world.clone(), None);
    assert_eq!(stage.asked().iter().find(send), Some(&first), "handed over again, under the same reference");
    stage.hear(Update::Refused { ask: first.0, reason: Refusal::NoSession });
    let screen = stage.draw();
    assert!(screen.contains("Its session is gone, the text goes into a new draft"), "{screen}");
    opened(&mut stage, world);
    assert_eq!(stage.ui.panes[&SessionId(9)].editor.text(), "precious");
}

/// Another terminal closes what is written in here.
#[test]
fn an_unsaved_text_whose_session_is_closed_elsewhere_gets_a_new_one() {
    for saved in [false, true] {
        let mut stage = Stage::showing(busy(), 2, SIZE);
        stage.type_text("precious");
        if saved {
            stage.wait(300);
        }
        stage.done.clear();
        let mut world = busy();
        world.sessions.remove(&SessionId(2));
        world.tabs.retain(|id| *id != SessionId(2));
        stage.patch(vec![Patch::SessionRemoved(SessionId(2)), Patch::Tabs(world.tabs.clone())]);
        if saved {
            let asked = stage.asked();
            assert!(
                !asked.iter().any(|(_, command)| matches!(command, Command::NewSession { .. })),
                "{asked:?}"
            );
            continue;
        }
        opened(&mut stage, world);
        assert_eq!(stage.ui.panes[&SessionId(9)].editor.text(), "precious");
    }
}

/// A text is never in two places, and never in none.
#[test]
fn a_queued_text_is_taken_back_when_the_hub_has_taken_it_out() {
    let taken = |reason| {
        let mut stage = Stage::showing(queued(false), 1, SIZE);
        stage.keys("ctrl-x u");
        let ask = stage.asked().last().unwrap().0;
        stage.hear(Update::Refused { ask, reason });
        stage.composed()
    };
    assert_eq!(taken(Refusal::NotQueued), "", "it is on its way to the agent");
    assert_eq!(taken(Refusal::NoHub), "and write a\nchangelog", "nobody knows whether it was taken out");
    let mut stage = Stage::showing(queued(false), 1, SIZE);
    let link = lost(&stage);
    stage.link(link);
    stage.keys("ctrl-x u");
    assert_eq!((stage.commands(), stage.composed()), (vec![], String::new()));
}

/// SEC-22.
#[test]
fn nothing_is_answered_without_a_hub_and_the_guard_begins_anew_with_it() {
    let mut stage = Stage::showing(busy(), 3, SIZE);
    stage.keys("alt-r");
    stage.wait(400);
    stage.draw();
    let link = lost(&stage);
    stage.link(link);
    stage.wait(1_000);
    stage.keys("y");
    assert_eq!(stage.commands(), []);
    assert_eq!((stage.ui.focus, stage.composed()), (Focus::Card, String::new()));
    stage.wait(1_000);
    stage.draw();
    stage.link(HubLink::Up);
    stage.welcome(busy(), None);
    stage.draw();
    stage.commands();
    stage.wait(200);
    stage.keys("y");
    let answers = |stage: &mut Stage| {
        stage.commands().into_iter().filter(|command| matches!(command, Command::Answer { .. })).count()
    };
    assert_eq!(answers(&mut stage), 0, "it was not seen for long enough on this hub");
    stage.keys("alt-r");
    stage.wait(400);
    stage.draw();
    stage.keys("y");
    assert_eq!(answers(&mut stage), 1);
}

#[test]
fn the_person_has_it_tried_again() {
    let mut stage = Stage::showing(busy(), 1, SIZE);
    stage.link(down());
    stage.done.clear();
    stage.keys("ctrl-x s");
    assert_eq!(stage.done, [Action::Again]);
    stage.link(HubLink::Up);
    stage.welcome(busy(), None);
    stage.done.clear();
    stage.keys("ctrl-x s");
    assert!(!stage.done.contains(&Action::Again), "then it is the backend's key again");
}

// --- leaving and stopping -------------------------------------------------------------------------------------------

/// A terminal on a hub that stays when it leaves.
fn attached(world: World, shown: u64) -> Stage {
    let mut stage = Stage::showing(world, shown, SIZE);
    stage.ui.back = Some("hermux".into());
    stage.draw();
    stage.done.clear();
    stage
}

fn left(stage: &Stage) -> bool {
    stage.done.contains(&Action::Leave(Next::Nothing))
}

/// DECISIONS 23: with a hub to stay behind, leaving asks nothing; what was written is told before.
#[test]
fn leaving_a_hub_that_stays_asks_nothing() {
    for keys in ["ctrl-x d", "ctrl-x q", "ctrl-d"] {
        let mut stage = attached(busy(), 1);
        stage.keys(keys);
        assert!(left(&stage) && stage.ui.layer.is_none(), "{keys}");
    }
    let mut stage = attached(busy(), 1);
    stage.type_text("draft");
    stage.keys("ctrl-d ctrl-x d");
    assert!(left(&stage));
    assert_eq!(saved(&mut stage), [(1, "draft".into())]);
    let mut alone = Stage::showing(busy(), 1, SIZE);
    alone.keys("ctrl-x d");
    assert!(!left(&alone) && alone.ui.layer.is_some(), "it would stop them");
}

/// Nothing that was written is lost without a word.
#[test]
fn leaving_without_a_hub_asks_about_what_it_was_not_told() {
    let mut stage = attached(busy(), 1);
    let link = lost(&stage);
    stage.link(link);
    stage.type_text("unheard");
    stage.keys("ctrl-x d");
    assert!(
        !left(&stage) && stage.draw().contains("has not reached the hub, and would be lost"),
        "{}",
        stage.draw()
    );
    stage.keys("q");
    assert!(left(&stage));
    let mut stage = attached(busy(), 1);
    stage.type_text("sent");
    stage.keys("enter");
    let link = lost(&stage);
    stage.link(link);
    stage.keys("ctrl-x d");
    let screen = stage.draw();
    assert!(!left(&stage) && screen.contains("before it confirmed what you sent last"), "{screen}");
    let mut stage = attached(busy(), 1);
    stage.link(down());
    stage.keys("ctrl-x d");
    assert!(left(&stage), "nothing was written");
}

/// UX-29: what goes on, and how to come back.
#[test]
fn what_goes_on_is_said_on_the_normal_screen() {
    let stage = attached(busy(), 1);
    let said = update::left_behind(&stage.ui, stage.mirror.world());
    assert_eq!(
        said,
        [
            "hermux goes on without this terminal:",
            "    work · Migrate the database is at work",
            "    work · Clean up is at work",
            "Come back with: hermux",
        ]
    );
    let mut idle = three_profiles();
    add(&mut idle, session(1, "work", "Idle"));
    let stage = attached(idle, 1);
    let said = update::left_behind(&stage.ui, stage.mirror.world());
    assert_eq!(said, ["hermux waits in the background for a while. Come back with: hermux"]);
    let alone = Stage::showing(busy(), 1, SIZE);
    let said = update::left_behind(&alone.ui, alone.mirror.world()).join("\n");
    assert!(
        said.contains("was at work\n    hermux --session work/") && !said.contains("Come back"),
        "{said}"
    );
}

fn palette(stage: &mut Stage, query: &str) {
    stage.keys("ctrl-p");
    stage.type_text(query);
    stage.keys("enter");
}

#[test]
fn the_hub_is_stopped_after_a_question_that_names_what_that_stops() {
    let mut stage = attached(busy(), 1);
    palette(&mut stage, "stop hermux");
    let screen = stage.draw();
    assert!(screen.contains("work · Migrate the database is at work"), "{screen}");
    stage.commands();
    stage.keys("c");
    assert_eq!(stage.commands(), []);
    palette(&mut stage, "stop hermux");
    stage.keys("s");
    assert_eq!(stage.commands().last(), Some(&Command::Shutdown { force: true }));
    assert_eq!(update::left_behind(&stage.ui, stage.mirror.world()), ["hermux has stopped."]);
    let mut alone = Stage::showing(three_profiles(), 1, SIZE);
    palette(&mut alone, "stop hermux");
    assert!(left(&alone), "a hub in this process ends with its terminal");
}

/// One action, one question that names how many of which profiles, one word about what came of it.
#[test]
fn the_emergency_stop_interrupts_every_turn_after_one_question() {
    let mut world = busy();
    let mut other = session(4, "default", "Also at work");
    worlds::run(&mut other);
    add(&mut world, other);
    let mut stage = attached(world, 1);
    stage.keys("ctrl-x I");
    assert_eq!(stage.commands(), []);
    insta::assert_snapshot!("emergency_stop", stage.draw());
    stage.keys("s");
    assert_eq!(stage.commands(), [Command::StopAll]);
    stage.keys("ctrl-x I s");
    stage.answer_last(Answer::Stopped { turns: 3, texts: 1 });
    assert!(
        stage.draw().contains("3 turns are interrupted; 1 text that was on its way is back"),
        "{}",
        stage.draw()
    );
    let mut idle = attached(three_profiles(), 1);
    idle.keys("ctrl-x I");
    assert_eq!(idle.commands(), []);
    assert!(idle.draw().contains("Nothing is running in any profile"));
}

// --- several terminals ----------------------------------------------------------------------------------------------

/// Another terminal, on pts/3.
fn with_other(mut world: World) -> World {
    for (id, tty) in [(1, "/dev/pts/1"), (2, "/dev/pts/3")] {
        let info = TerminalInfo { pid: 7, tty: Some(tty.into()), ..TerminalInfo::default() };
        world.terminals.push(Terminal { id: ClientId(id), info });
    }
    world
}

fn writes(stage: &mut Stage, author: u64, text: &str, revision: u64) {
    let author = Some(ClientId(author));
    let draft = Draft { pieces: vec![Piece::Text(text.into())], revision, author };
    stage.patch(vec![Patch::Session { session: SessionId(1), change: Change::Draft(draft) }]);
}

/// DECISIONS 21, INV8: a foreign draft is taken when ours is told; whoever else writes is named; nothing is lost for good.
#[test]
fn a_draft_is_shared_and_who_else_writes_is_named() {
    let mut stage = Stage::showing(with_other(busy()), 1, (80, 24));
    writes(&mut stage, 2, "from there", 1);
    assert_eq!(stage.composed(), "from there");
    assert!(stage.draw().contains("pts/3 writes here, too"), "{}", stage.draw());
    stage.wait(11_000);
    assert!(!stage.draw().contains("writes here"));
    // Two at once: what is typed here is not taken away, and is saved over the other.
    stage.type_text(" and here");
    writes(&mut stage, 2, "from there!", 2);
    assert_eq!(stage.composed(), "from there and here");
    insta::assert_snapshot!("two_writers", stage.draw());
    stage.commands();
    stage.wait(300);
    assert_eq!(saved(&mut stage), [(1, "from there and here".into())]);
    // Our own echo names nobody; the other's last word is taken, and ours can be brought back.
    stage.wait(20_000);
    writes(&mut stage, 1, "from there and here", 3);
    assert!(!stage.draw().contains("writes here"));
    writes(&mut stage, 2, "theirs", 4);
    assert_eq!(stage.composed(), "theirs");
    stage.keys("ctrl-_");
    assert_eq!(stage.composed(), "from there and here");
}

fn prompt(stage: &mut Stage, becomes: Option<PromptState>) {
    let mut prompt = worlds::approval(1, "rm -rf build");
    let change = match becomes {
        Some(becomes) => {
            prompt.state = becomes;
            Change::Prompt(Box::new(prompt))
        }
        None => Change::PromptRemoved(PromptId(1)),
    };
    stage.patch(vec![Patch::Session { session: SessionId(3), change }]);
}

/// An answered prompt disappears everywhere, and where it was not answered that is said.
#[test]
fn a_question_that_another_terminal_answered_goes_with_a_word() {
    const SAID: &str = "This was answered in another terminal";
    for answering in [true, false] {
        let mut stage = Stage::showing(with_other(busy()), 3, SIZE);
        stage.keys("alt-r");
        if answering {
            prompt(&mut stage, Some(PromptState::Answering));
        } else {
            prompt(&mut stage, None);
        }
        assert!(stage.draw().contains(SAID), "{}", stage.draw());
        prompt(&mut stage, None);
        assert!(!stage.draw().contains("rm -rf build"));
    }
    // Answered here, it goes without one, also when the first answer did not arrive.
    let mut stage = Stage::showing(with_other(busy()), 3, SIZE);
    for again in [false, true] {
        stage.keys("alt-r");
        stage.wait(400);
        stage.draw();
        stage.keys("y");
        let answered =
            stage.commands().into_iter().filter(|command| matches!(command, Command::Answer { .. }));
        assert_eq!(answered.count(), 1);
        prompt(&mut stage, Some(PromptState::Answering));
        assert!(!stage.draw().contains(SAID), "{again}");
        prompt(&mut stage, (!again).then(|| PromptState::Unanswered(worlds::un("lost"))));
        assert!(!stage.draw().contains(SAID), "{again}");
    }
    // One that the backend takes back says so itself, and alone there is nobody else.
    let mut stage = Stage::showing(with_other(busy()), 3, SIZE);
    prompt(&mut stage, Some(PromptState::Expired));
    prompt(&mut stage, None);
    assert!(!stage.draw().contains(SAID));
    let mut alone = Stage::showing(busy(), 3, SIZE);
    prompt(&mut alone, None);
    assert!(!alone.draw().contains(SAID));
}

// --- what waits, and what is not known ------------------------------------------------------------------------------

fn queued(held: bool) -> World {
    let mut world = busy();
    if let Some(first) = world.sessions.get_mut(&SessionId(1)) {
        first.held = held;
        for (id, text) in [(1, "then run the tests"), (2, "and write a\nchangelog")] {
            first.queue.push(QueueEntry {
                id: QueueId(id),
                text: text.into(),
                at: WallMs(0),
                reference: SendRef(id),
            });
        }
    }
    world
}

/// UX-06: what is queued is seen in its order; a queue that waits for the person says so, and which key sends it.
#[test]
fn a_held_queue_says_so_and_is_sent_by_a_key() {
    for (size, name) in [((120, 40), "120"), ((80, 24), "80"), ((40, 14), "40")] {
        let mut stage = Stage::showing(queued(true), 1, size);
        insta::assert_snapshot!(format!("held_queue_{name}"), stage.draw());
    }
    let mut stage = Stage::showing(queued(true), 1, SIZE);
    stage.keys("ctrl-x c");
    assert_eq!(stage.commands(), [Command::GoOn { session: SessionId(1) }]);
    palette(&mut stage, "send what waits");
    assert_eq!(stage.commands().last(), Some(&Command::GoOn { session: SessionId(1) }));
    let mut going = Stage::showing(queued(false), 1, SIZE);
    going.keys("ctrl-x c");
    assert_eq!(going.commands(), []);
    assert!(going.draw().contains("It goes by itself when the turn is over"));
}

fn uncertain() -> World {
    let mut world = three_profiles();
    let mut doubt = session(1, "work", "Deploy");
    worlds::say(&mut doubt, Role::User, "Before.");
    worlds::say_as(&mut doubt, Role::User, "Deploy the site.", MessageState::Uncertain);
    doubt.turn.state = TurnState::Uncertain;
    add(&mut world, doubt);
    world
}

/// DECISIONS 12: what may not have arrived is put to the person, with keys that work from where they are.
#[test]
fn a_text_of_unknown_fate_is_resent_dropped_or_copied_by_a_key_or_from_the_palette() {
    for (size, name) in [((120, 40), "120"), ((80, 24), "80"), ((40, 14), "40")] {
        let mut stage = Stage::showing(uncertain(), 1, size);
        insta::assert_snapshot!(format!("uncertain_{name}"), stage.draw());
    }
    let message = MessageId(FIRST_ID + 1);
    let settled = |how| Command::Settle { session: SessionId(1), message, how };
    for (keys, query, how) in
        [("ctrl-x R", "send again what may", Settle::Resend), ("ctrl-x X", "drop what may", Settle::Discard)]
    {
        let mut stage = Stage::showing(uncertain(), 1, SIZE);
        stage.keys(keys);
        assert_eq!(stage.commands(), [settled(how)], "{keys}");
        palette(&mut stage, query);
        assert_eq!(stage.commands().last(), Some(&settled(how)), "{query}");
    }
    let mut stage = Stage::showing(uncertain(), 1, SIZE);
    stage.keys("ctrl-x C");
    assert!(stage.done.contains(&Action::Copy("Deploy the site.".into())));
    let mut known = Stage::showing(busy(), 1, SIZE);
    known.keys("ctrl-x X");
    assert_eq!(known.commands(), []);
}

// --- a choice for another terminal ----------------------------------------------------------------------------------

/// `hermux pick`, called from a pane of tmux.
fn picking(terminal: Option<u64>, pane: Option<&str>, size: (u16, u16)) -> Stage {
    let at = |pane: &str| Multiplexer { server: "/tmp/tmux".into(), pane: pane.into() };
    let start = Start::Pick { terminal: terminal.map(ClientId), pane: pane.map(at) };
    let mut stage = Stage::alone(start, size);
    let mut world = with_other(busy());
    for (terminal, pane) in world.terminals.iter_mut().zip(["%1", "%7"]) {
        terminal.info.multiplexer = Some(at(pane));
    }
    stage.link(HubLink::Up);
    assert!(
        matches!(&stage.done[..], [Action::Tell(said)]
        if matches!(&said.0, ToHub::Hello { terminal: None, .. })),
        "it is no terminal"
    );
    stage.welcome(world, Some(1));
    stage
}

/// ASK-31: the choice opens where it was called from, else where the person was last; Esc changes nothing.
#[test]
fn a_picked_session_opens_in_the_terminal_it_was_picked_for() {
    for (terminal, pane, shown) in [
        (Some(1), Some("%7"), Some(1)),
        (None, Some("%7"), Some(2)),
        (None, Some("%9"), None),
        (None, None, None),
    ] {
        let mut stage = picking(terminal, pane, (80, 24));
        stage.type_text("migrate");
        stage.done.clear();
        stage.keys("enter");
        let show = Command::Show { terminal: shown.map(ClientId), session: SessionId(2) };
        assert_eq!(stage.asked().last().map(|(_, command)| command.clone()), Some(show));
        assert!(!left(&stage), "not before it is done");
        stage.answer_last(Answer::Done);
        assert!(left(&stage));
    }
    let mut stage = picking(None, None, (80, 24));
    let stored = session(9, "work", "").stored.unwrap();
    let opens = Command::OpenStored { profile: name("work"), stored: stored.clone() };
    let rows = vec![hermux::model::listing::StoredRow {
        id: stored.clone(),
        lineage: session(9, "work", "").lineage.unwrap(),
        profile: name("work"),
        title: Some(worlds::un("An old talk")),
        preview: worlds::un(""),
        model: None,
        cwd: None,
        last_active: WallMs(0),
        started: WallMs(0),
        ended: false,
        archived: false,
        messages: 2,
        source: worlds::un("cli"),
    }];
    let ask = stage
        .asked()
        .iter()
        .find(|(_, c)| *c == Command::Find { query: String::new(), profile: None })
        .unwrap()
        .0;
    let found = |row| Found { row, score: 1, positions: Vec::new() };
    let rows: Vec<_> = rows.into_iter().map(found).collect();
    stage.hear(Update::Answer { ask, answer: Answer::Found { of: rows.len() as u64, rows } });
    stage.type_text("old talk");
    stage.keys("enter");
    assert_eq!(stage.asked().last().unwrap().1, opens);
    stage.answer_last(Answer::Opened(SessionId(9)));
    assert_eq!(stage.asked().last().unwrap().1, Command::Show { terminal: None, session: SessionId(9) });
}

#[test]
fn a_choice_that_is_not_made_changes_nothing() {
    for keys in ["esc", "alt-1", "ctrl-x n", "alt-a"] {
        let mut stage = picking(None, None, (80, 24));
        stage.done.clear();
        stage.keys(keys);
        assert_eq!(stage.asked(), [], "{keys}");
        assert!(stage.done.contains(&Action::Leave(Next::Declined)), "{keys}");
    }
    let mut stage = picking(None, None, (80, 24));
    let link = lost(&stage);
    stage.link(link);
    assert!(stage.done.contains(&Action::Leave(Next::Declined)), "there is nobody to tell");
}

#[test]
fn a_choice_is_the_palette_alone() {
    for size in [(120, 40), (80, 24), (40, 12)] {
        let mut stage = picking(None, None, size);
        stage.draw();
        insta::assert_snapshot!(format!("pick_{}", size.0), stage.draw());
    }
}

// --- pictures -------------------------------------------------------------------------------------------------------

fn pictures(what: &str, link: impl Fn(&Stage) -> HubLink) {
    for size in SIZES {
        for shown in [false, true] {
            let mut stage =
                if shown { Stage::showing(busy(), 1, size) } else { Stage::alone(Start::Draft, size) };
            let link = link(&stage);
            stage.link(link);
            stage.type_text("typed on");
            stage.wait(300);
            let place = if shown { "over_a_session" } else { "at_the_start" };
            insta::assert_snapshot!(format!("{what}_{place}_{}", size.0), stage.draw());
        }
    }
}

#[test]
fn a_hub_that_is_started() {
    pictures("starting", |_| HubLink::Starting);
}

/// Nothing flashes by that nobody can read.
#[test]
fn a_hub_that_is_there_at_once_is_not_talked_about() {
    let mut stage = Stage::alone(Start::Draft, SIZE);
    stage.link(HubLink::Connecting);
    stage.wait(100);
    assert!(!stage.draw().contains("reaching"));
    stage.wait(200);
    assert!(stage.draw().contains("reaching"));
}

#[test]
fn a_hub_that_is_lost() {
    pictures("lost", lost);
}

#[test]
fn a_hub_that_does_not_start() {
    pictures("down", |_| down());
}

#[test]
fn a_hub_of_another_version() {
    pictures("other_version", |_| HubLink::WrongContract(CONTRACT + 1));
}

/// UX-34: a hub that is lost again at once is not said to be connected, and the key that tries again is in sight.
#[test]
fn the_way_on_is_not_hidden_by_an_older_remark() {
    let mut stage = Stage::showing(busy(), 1, SIZE);
    let link = lost(&stage);
    stage.link(link);
    stage.link(HubLink::Up);
    stage.welcome(busy().watched_by(&BTreeMap::new()), None);
    assert!(stage.draw().contains("Connected to the hub again"));
    stage.link(down());
    stage.wait(1_000);
    let screen = stage.draw();
    assert!(screen.contains("tries again") && !screen.contains("Connected"), "{screen}");
}

//! (screen, keys) → (commands, screen): what keys do, from the bytes' meaning to what is said to the hub.

mod stage;

use hermux::base::clock::Tick;
use hermux::base::ids::{ClientId, MessageId, PromptId, QueueId, SecretHandle, SendRef, SessionId, StoredId};
use hermux::model::draft::{Draft, Piece};
use hermux::model::listing::{Filter, Page, Sort};
use hermux::model::message::{FIRST_ID, Message, MessageState, Role};
use hermux::model::patch::{BodyChange, Change, Patch};
use hermux::model::prompt::{PromptAnswer, PromptKind, PromptState};
use hermux::model::session::Unread;
use hermux::model::turn::Turn;
use hermux::model::world::World;
use hermux::proto::command::{CloseRunning, Settle};
use hermux::proto::update::Goodbye;
use hermux::proto::{Answer, CONTRACT, Command, Refusal, ToHub, Update};
use hermux::ui::action::{Action, Next};
use hermux::ui::events::Input;
use hermux::ui::keymap::{Key, Scope};
use hermux::ui::state::layer::{Layer, Target};
use hermux::ui::state::{Focus, Hit};
use proptest::prelude::*;
use rstest::rstest;
use stage::Stage;
use stage::worlds::{self, add, approval, busy, name, prompt, say, session, three_profiles, un};

const SIZE: (u16, u16) = (80, 24);

fn stage(world: World, shown: u64) -> Stage {
    let mut stage = Stage::showing(world, shown, SIZE);
    stage.draw();
    stage.commands();
    stage
}

/// `work` with session 1 that waits for `prompt`, `default` with an idle session 2.
fn asked(prompt: hermux::model::prompt::Prompt) -> World {
    let mut world = three_profiles();
    let mut waiting = session(1, "work", "Deploy");
    worlds::run(&mut waiting);
    waiting.prompts.push(prompt);
    add(&mut world, waiting);
    add(&mut world, session(2, "default", "Idle"));
    world
}

fn answers(commands: &[Command]) -> Vec<PromptAnswer> {
    let of = |command: &Command| match command {
        Command::Answer { answer, .. } => Some(answer.clone()),
        _ => None,
    };
    commands.iter().filter_map(of).collect()
}

fn change(session: u64, change: Change) -> Patch {
    Patch::Session { session: SessionId(session), change }
}

// --- the start -----------------------------------------------------------------------------------------------------

/// I15, INV9: a plain start lands on a fresh draft, whatever runs.
#[test]
fn a_plain_start_asks_for_a_fresh_draft_of_the_first_profile() {
    let stage = Stage::showing(busy(), 1, SIZE);
    assert_eq!(stage.ui.active, Some(SessionId(1)));
    let mut ui = hermux::ui::state::UiState::new(
        hermux::ui::keymap::Keymap::standard(),
        hermux::ui::state::Start::Draft,
        "/cwd".into(),
    );
    let mut mirror = hermux::ui::mirror::Mirror::default();
    let snapshot = hermux::proto::update::Snapshot {
        seq: 0,
        now: Tick(0),
        watched: std::collections::BTreeMap::new(),
        world: busy(),
    };
    let welcome = hermux::proto::update::Welcome {
        contract: CONTRACT,
        client: ClientId(1),
        primary: name("default"),
        last: None,
        snapshot,
    };
    let actions =
        hermux::ui::update::update(&mut ui, &mut mirror, Update::Welcome(Box::new(welcome)), Tick(0));
    let fresh = Command::NewSession { profile: name("default"), cwd: "/cwd".into() };
    assert!(actions.iter().any(|action| matches!(action, Action::Tell(said)
        if matches!(&said.0, ToHub::Command { command, .. } if *command == fresh))));
    assert_eq!(ui.active, None, "nothing that runs is projected");
}

/// I2: a gap asks for a snapshot once.
#[test]
fn a_gap_in_the_updates_asks_for_a_snapshot() {
    let mut stage = stage(busy(), 1);
    stage.hear(Update::Patches { seq: 5, list: Vec::new() });
    stage.hear(Update::Patches { seq: 6, list: Vec::new() });
    let resyncs =
        stage.done.iter().filter(|action| matches!(action, Action::Tell(said) if said.0 == ToHub::Resync));
    assert_eq!(resyncs.count(), 1);
}

// --- writing and sending -------------------------------------------------------------------------------------------

#[test]
fn enter_sends_to_the_session_that_is_shown() {
    let mut stage = stage(busy(), 1);
    stage.type_text("hello");
    stage.keys("enter");
    let sent = Command::Send { session: SessionId(1), text: "hello".into(), reference: SendRef(1) };
    assert!(stage.commands().contains(&sent));
    assert_eq!(stage.composed(), "");
}

/// INV28, I19: another session's turn holds nothing up; its own turn only queues, which is the hub's business.
#[test]
fn a_busy_session_never_disables_a_composer() {
    for shown in [1, 2] {
        let mut stage = stage(busy(), shown);
        stage.type_text("go on");
        stage.keys("enter");
        assert!(stage.commands().contains(&Command::Send {
            session: SessionId(shown),
            text: "go on".into(),
            reference: SendRef(1)
        }));
    }
}

#[test]
fn an_empty_text_is_not_sent() {
    let mut stage = stage(busy(), 1);
    stage.keys("enter");
    stage.type_text("  ");
    stage.keys("enter");
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::Send { .. })));
    assert_eq!(stage.composed(), "  ");
}

/// KEY-09.
#[rstest]
#[case("ctrl-j")]
#[case("alt-enter")]
#[case("shift-enter")]
#[case("\\ enter")]
fn a_line_is_broken_by_every_key_that_promises_it(#[case] keys: &str) {
    let mut stage = stage(busy(), 1);
    stage.type_text("one");
    stage.keys(keys);
    stage.type_text("two");
    assert_eq!(stage.composed(), "one\ntwo");
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::Send { .. })));
}

/// UX-11, FLT-41: a paste neither sends nor triggers; all of it is sent with the rest.
#[test]
fn a_paste_is_only_text() {
    let mut stage = stage(busy(), 1);
    let long = "line\r\n".repeat(100);
    stage.input(Input::Paste("?\n:\n".into()));
    assert!(stage.ui.layer.is_none());
    stage.input(Input::Paste(long));
    assert!(stage.commands().is_empty());
    assert!(stage.draw().contains("[paste 1: 100 lines]"));
    stage.keys("enter");
    let sent = Command::Send {
        session: SessionId(1),
        text: format!("?\n:\n{}", "line\n".repeat(100)),
        reference: SendRef(1),
    };
    assert!(stage.commands().contains(&sent));
}

#[test]
fn a_refused_text_comes_back() {
    let mut stage = stage(busy(), 1);
    stage.type_text("precious");
    stage.keys("enter");
    stage.type_text("later");
    let asked = stage.asked();
    let (ask, _) = asked.iter().find(|(_, command)| matches!(command, Command::Send { .. })).unwrap();
    stage.hear(Update::Refused { ask: *ask, reason: Refusal::Ending });
    assert_eq!(stage.composed(), "precious\nlater");
    assert!(stage.draw().contains("Not sent: hermux is ending"));
}

/// DECISIONS on leaving: text first, then the turn, then a word.
#[test]
fn ctrl_c_clears_then_interrupts_then_explains() {
    let mut stage = stage(busy(), 2);
    stage.type_text("draft");
    stage.keys("ctrl-c");
    assert_eq!(stage.composed(), "");
    assert!(!stage.commands().contains(&Command::Interrupt { session: SessionId(2) }));
    stage.keys("ctrl-_");
    assert_eq!(stage.composed(), "draft", "undo brings it back");
    stage.keys("ctrl-c ctrl-c");
    assert!(stage.commands().contains(&Command::Interrupt { session: SessionId(2) }));
    let mut idle = self::stage(busy(), 1);
    idle.keys("ctrl-c");
    assert!(idle.commands().is_empty());
    assert!(idle.draw().contains("leaves hermux"));
}

/// I16, INV7: an interrupt names the session that is shown and no other.
#[test]
fn an_interrupt_hits_only_its_session() {
    let mut stage = stage(busy(), 2);
    stage.keys("ctrl-x i");
    assert_eq!(stage.commands(), [Command::Interrupt { session: SessionId(2) }]);
    stage.keys("alt-1 ctrl-x i");
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::Interrupt { .. })));
}

/// KEY-08: a lone Esc neither interrupts nor loses a draft.
#[test]
fn escape_destroys_nothing() {
    let mut stage = stage(busy(), 2);
    stage.type_text("draft");
    stage.keys("esc esc esc");
    assert_eq!(stage.composed(), "draft");
    stage.wait(1_000);
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::Interrupt { .. })));
}

/// UX-08.
#[test]
fn up_in_an_empty_composer_brings_back_what_was_said_here() {
    let mut world = busy();
    let first = world.sessions.get_mut(&SessionId(1)).unwrap();
    say(first, Role::User, "second question");
    let mut stage = stage(world, 1);
    stage.keys("up");
    assert_eq!(stage.composed(), "second question");
    stage.keys("up");
    assert!(stage.composed().starts_with("The login page"));
    stage.keys("down down");
    assert_eq!(stage.composed(), "");
    stage.type_text("x");
    stage.keys("up");
    assert_eq!(stage.composed(), "x", "a text that was begun is not replaced");
}

/// UX-06.
#[test]
fn a_queued_text_can_be_taken_back() {
    let mut world = busy();
    let entry = hermux::model::session::QueueEntry {
        id: QueueId(9),
        reference: SendRef(9),
        text: "queued".into(),
        at: hermux::base::clock::WallMs(0),
    };
    world.sessions.get_mut(&SessionId(2)).unwrap().queue.push(entry);
    let mut stage = stage(world, 2);
    stage.type_text("x");
    stage.done.clear();
    stage.keys("ctrl-x u");
    assert_eq!(
        stage.asked().last().unwrap().1,
        Command::RemoveQueued { session: SessionId(2), entry: QueueId(9) }
    );
    assert_eq!(stage.composed(), "x", "it is the agent's until the hub has taken it out");
    stage.answer_last(Answer::Done);
    assert_eq!(stage.composed(), "queued\nx");
}

#[test]
fn interrupt_and_send_is_one_command() {
    let mut stage = stage(busy(), 2);
    stage.type_text("stop, do this");
    stage.keys("ctrl-x enter");
    let want = Command::InterruptAndSend {
        session: SessionId(2),
        text: "stop, do this".into(),
        reference: SendRef(1),
    };
    assert!(stage.commands().contains(&want));
}

/// The composer's first key wakes a cold backend, once.
#[test]
fn the_first_key_wakes_a_cold_backend_once() {
    let mut world = three_profiles();
    add(&mut world, session(1, "research", "Cold"));
    let mut stage = stage(world, 1);
    stage.type_text("several letters");
    let wakes = stage.commands().into_iter().filter(|c| matches!(c, Command::Wake { .. })).count();
    assert_eq!(wakes, 1);
}

// --- drafts --------------------------------------------------------------------------------------------------------

/// INV27, UX-04, I11.
#[test]
fn each_session_keeps_its_own_draft() {
    let mut stage = stage(busy(), 1);
    stage.type_text("for one");
    stage.keys("alt-2");
    assert_eq!(stage.composed(), "");
    stage.type_text("for two");
    stage.keys("alt-1");
    assert_eq!(stage.composed(), "for one");
    stage.keys("alt-2");
    assert_eq!(stage.composed(), "for two");
}

#[test]
fn a_draft_is_saved_soon_after_the_last_key_and_when_focus_leaves() {
    let mut stage = stage(busy(), 1);
    stage.type_text("abc");
    assert!(!stage.commands().iter().any(|command| matches!(command, Command::SaveDraft { .. })));
    stage.wait(200);
    let save = |text: &str| Command::SaveDraft {
        session: SessionId(1),
        pieces: vec![Piece::Text(text.into())],
        base: 0,
    };
    assert_eq!(stage.commands(), [save("abc")]);
    stage.wait(5_000);
    assert!(stage.commands().is_empty(), "saved once");
    stage.type_text("d");
    stage.keys("alt-2");
    assert!(stage.commands().contains(&save("abcd")));
}

/// A foreign draft is taken when ours is sent, our own echo is not.
#[test]
fn a_foreign_draft_is_taken_only_when_nothing_here_is_unsaved() {
    let draft = |text: &str, revision, author| {
        let pieces = vec![Piece::Text(text.into())];
        change(1, Change::Draft(Draft { pieces, revision, author: Some(ClientId(author)) }))
    };
    let mut stage = stage(busy(), 1);
    stage.patch(vec![draft("foreign", 1, 2)]);
    assert_eq!(stage.composed(), "foreign");
    stage.type_text("!");
    stage.patch(vec![draft("other", 2, 2)]);
    assert_eq!(stage.composed(), "foreign!", "what is being written is not replaced");
    stage.wait(200);
    stage.patch(vec![draft("an old echo", 3, 1)]);
    assert_eq!(stage.composed(), "foreign!");
}

// --- tabs and profiles ---------------------------------------------------------------------------------------------

/// INV14, G11, G12: opening what is open shows it; only the hub makes tabs.
#[test]
fn opening_a_session_twice_shows_one_tab() {
    let mut stage = stage(busy(), 1);
    for _ in 0..2 {
        stage.keys("ctrl-p");
        stage.type_text("migrate");
        stage.keys("enter");
    }
    assert_eq!(stage.ui.active, Some(SessionId(2)));
    let commands = stage.commands();
    assert_eq!(
        commands
            .iter()
            .filter(|c| matches!(c, Command::Watch { session } if *session == SessionId(2)))
            .count(),
        1
    );
    assert_eq!(stage.mirror.world().tabs.len(), 3);
}

/// G05, INV15.
#[test]
fn closing_a_running_tab_asks_and_an_idle_one_does_not() {
    let mut idle = stage(busy(), 1);
    idle.keys("ctrl-x w");
    assert_eq!(idle.commands(), [Command::CloseTab { session: SessionId(1), running: CloseRunning::Ask }]);
    for (key, running) in
        [("s", Some(CloseRunning::Stop)), ("k", Some(CloseRunning::Keep)), ("c", None), ("esc", None)]
    {
        let mut stage = stage(busy(), 2);
        stage.keys("ctrl-x w");
        assert!(stage.commands().is_empty());
        stage.keys(key);
        let want: Vec<_> =
            running.into_iter().map(|running| Command::CloseTab { session: SessionId(2), running }).collect();
        assert_eq!(stage.commands(), want, "{key}");
    }
}

/// A turn that began in between: the hub refuses, and the question comes.
#[test]
fn a_tab_that_began_to_run_while_closing_asks_after_all() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-x w");
    let ask = stage.asked().last().unwrap().0;
    stage.hear(Update::Refused { ask, reason: Refusal::Running });
    assert!(matches!(stage.ui.layer, Some(Layer::Dialog(_))));
}

/// G06, INV15: whatever is closed, something is shown.
#[test]
fn after_a_close_a_neighbour_or_a_fresh_draft_is_shown() {
    let mut stage = stage(busy(), 2);
    let mut tabs: Vec<SessionId> = [1, 3].map(SessionId).to_vec();
    stage.patch(vec![Patch::SessionRemoved(SessionId(2)), Patch::Tabs(tabs.clone())]);
    assert_eq!(stage.ui.active, Some(SessionId(3)));
    tabs.clear();
    let gone = [1, 3].map(|id| Patch::SessionRemoved(SessionId(id)));
    stage.patch(gone.into_iter().chain([Patch::Tabs(tabs)]).collect());
    let fresh = Command::NewSession { profile: name("work"), cwd: "/home/me/code".into() };
    assert!(stage.commands().contains(&fresh));
}

/// F01, F02, F07.
/// M9.
#[test]
fn switching_profile_is_a_fresh_draft_and_the_active_one_again_is_nothing() {
    let mut stage = stage(busy(), 1);
    stage.keys("alt-p");
    stage.type_text("work");
    stage.keys("enter");
    assert_eq!(
        stage.commands(),
        [Command::NewSession { profile: name("work"), cwd: "/home/me/code".into() }]
    );
    stage.keys("alt-p");
    stage.type_text("default");
    stage.keys("enter");
    assert!(stage.commands().is_empty());
    assert_eq!(stage.ui.active, Some(SessionId(1)));
}

/// KEY-04.
#[test]
fn tabs_are_reached_by_number_by_step_and_back() {
    let mut stage = stage(busy(), 1);
    for (keys, shown) in [
        ("alt-3", 3),
        ("alt-.", 1),
        ("alt-,", 3),
        ("ctrl-x l", 1),
        ("ctrl-x 2", 2),
        ("alt-9", 2),
        ("ctrl-x l", 1),
    ] {
        stage.keys(keys);
        assert_eq!(stage.ui.active, Some(SessionId(shown)), "{keys}");
    }
    stage.commands();
    stage.keys("ctrl-x >");
    assert_eq!(stage.commands(), [Command::MoveTab { session: SessionId(1), to: 1 }]);
    stage.keys("ctrl-x <");
    assert!(stage.commands().is_empty(), "the first tab cannot move left");
}

/// INV12: a rotated id moves nothing.
#[test]
fn a_rotated_session_stays_on_the_screen() {
    let mut stage = stage(busy(), 1);
    stage.type_text("draft");
    let stored = StoredId::new("20261121_040000_rotated");
    stage.patch(vec![change(1, Change::Ids { stored, lineage: None })]);
    assert_eq!((stage.ui.active, stage.composed()), (Some(SessionId(1)), "draft".into()));
}

/// KEY-05.
#[test]
fn the_walk_visits_everything_that_waits_once_most_urgent_first() {
    let mut world = three_profiles();
    add(&mut world, session(1, "default", "Here"));
    let unread = |id, unread| {
        let mut s = session(id, "work", "x");
        s.unread = unread;
        s
    };
    add(&mut world, unread(2, Unread::Output));
    add(&mut world, unread(3, Unread::Finished));
    let mut clarify = session(4, "research", "x");
    clarify.prompts.push(prompt(1, PromptKind::Clarify { question: un("?"), choices: Vec::new() }));
    add(&mut world, clarify);
    let mut decide = session(5, "work", "x");
    decide.prompts.push(approval(2, "rm"));
    add(&mut world, decide);
    add(&mut world, unread(6, Unread::Failed));
    let mut stage = stage(world, 1);
    let mut visited = Vec::new();
    for _ in 0..5 {
        stage.keys("alt-a");
        let shown = stage.ui.active.unwrap();
        visited.push(shown.0);
        // The hub clears what was read.
        for read in stage.commands() {
            if let Command::MarkRead { session } = read {
                stage.patch(vec![Patch::Session { session, change: Change::Unread(Unread::None) }]);
            }
        }
    }
    assert_eq!(visited, [5, 4, 6, 3, 2]);
    stage.keys("alt-a");
    assert_eq!(stage.ui.active, Some(SessionId(5)), "it wraps to what still waits");
}

#[test]
fn when_nothing_waits_the_walk_says_so_and_moves_nothing() {
    let mut world = three_profiles();
    add(&mut world, session(1, "default", "Here"));
    let mut stage = stage(world, 1);
    stage.type_text("draft");
    stage.keys("alt-a");
    assert_eq!((stage.ui.active, stage.composed()), (Some(SessionId(1)), "draft".into()));
    assert!(stage.draw().contains("Nothing needs you"));
}

/// KEY-06: from every state a way out works and leaves nothing behind.
#[rstest]
#[case("alt-r")]
#[case("ctrl-p")]
#[case("f1")]
#[case("ctrl-x q")]
#[case("ctrl-x w")]
#[case("alt-t")]
#[case("x y z")]
fn every_state_has_a_way_out(#[case] into: &str) {
    for out in ["alt-1", "ctrl-x 1"] {
        let mut stage = stage(busy(), 3);
        stage.keys(into);
        stage.keys(out);
        assert_eq!(stage.ui.active, Some(SessionId(1)), "{into} then {out}");
        assert!(stage.ui.layer.is_none() && stage.ui.focus == Focus::Composer);
        assert!(answers(&stage.commands()).is_empty());
    }
}

/// ASK-07: what is open takes the keys, and nothing behind it does.
#[test]
fn keys_reach_one_owner() {
    let mut stage = stage(busy(), 3);
    stage.keys("ctrl-p");
    stage.type_text("yyy");
    assert_eq!(stage.composed(), "");
    stage.keys("esc f1");
    stage.type_text("word");
    stage.keys("esc");
    assert_eq!(stage.composed(), "");
    assert!(answers(&stage.commands()).is_empty());
}

/// KEY-01: what works everywhere can be found without knowing its key.
#[test]
fn every_action_that_works_everywhere_is_in_the_palette() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    let Some(Layer::Palette(palette)) = &stage.ui.layer else { panic!("no palette") };
    for action in hermux::ui::keymap::ACTIONS.iter().filter(|action| action.scope == Scope::Global) {
        let what = Target::Act(action.intent);
        assert!(
            palette.picker.rows.iter().any(|row| row.what == what && row.text == action.help),
            "{}",
            action.id
        );
    }
}

// --- cards ---------------------------------------------------------------------------------------------------------

/// ASK-06: two keys, once it was seen.
#[rstest]
#[case("y", 0)]
#[case("n", 3)]
fn a_focused_card_is_answered_by_one_key(#[case] key: &str, #[case] place: usize) {
    let mut stage = stage(asked(approval(1, "rm -rf build")), 1);
    stage.keys("alt-r");
    stage.wait(300);
    stage.keys(key);
    let digest = approval(1, "rm -rf build").digest();
    let answer = PromptAnswer::Choice(place);
    let want = Command::Answer { session: SessionId(1), prompt: PromptId(1), digest, answer };
    assert_eq!(stage.commands(), [want]);
    assert_eq!(stage.ui.focus, Focus::Composer, "one answer, then the composer has the keys");
}

/// SEC-21, ASK-04: a letter that comes before the card was looked at belongs to the text.
#[rstest]
#[case(20, false)]
#[case(279, false)]
#[case(300, true)]
fn a_letter_right_after_the_focusing_key_is_text(#[case] wait: u64, #[case] answered: bool) {
    let mut stage = stage(asked(approval(1, "ls")), 1);
    stage.press(Key::parse("alt-r").unwrap());
    stage.wait(wait);
    stage.keys("y");
    assert_eq!(answers(&stage.commands()).len(), usize::from(answered));
    assert_eq!(stage.composed(), if answered { "" } else { "y" });
}

/// SEC-23: what reaches further wants a second, other key; a held key is not one.
#[rstest]
#[case("s", 1)]
#[case("a", 2)]
fn a_wide_permission_wants_a_second_key(#[case] key: &str, #[case] place: usize) {
    let mut stage = stage(asked(approval(1, "rm -rf build")), 1);
    stage.keys("alt-r");
    stage.wait(400);
    for _ in 0..5 {
        stage.keys(key);
        stage.wait(400);
    }
    assert!(answers(&stage.commands()).is_empty());
    assert!(stage.draw().contains("rm -r"), "the scope is named");
    stage.keys("y");
    assert_eq!(answers(&stage.commands()), [PromptAnswer::Choice(place)]);
}

/// SEC-23, ASK-02, ASK-08.
#[test]
fn enter_escape_and_stray_keys_neither_allow_nor_deny() {
    for key in ["enter", "esc", "space", "tab", "ctrl-c", "q", "Y", "up", "down", "backspace", "1"] {
        let mut stage = stage(asked(approval(1, "rm -rf build")), 1);
        stage.keys("alt-r");
        stage.wait(400);
        stage.keys(key);
        stage.wait(1_000);
        assert!(answers(&stage.commands()).is_empty(), "{key}");
    }
}

/// SEC-20: without the explicit step no key answers.
#[test]
fn an_unfocused_card_takes_no_key() {
    let mut stage = stage(asked(approval(1, "rm -rf build")), 1);
    stage.wait(5_000);
    stage.type_text("yes y n s a");
    assert_eq!(stage.composed(), "yes y n s a");
    stage.wait(1_000);
    assert!(answers(&stage.commands()).is_empty());
}

/// SEC-21, SEC-22: a card that changed under the eyes is another card.
#[test]
fn a_card_that_changed_wants_to_be_looked_at_again() {
    let mut stage = stage(asked(approval(1, "ls")), 1);
    stage.keys("alt-r");
    stage.wait(1_000);
    stage.patch(vec![change(1, Change::Prompt(Box::new(approval(1, "rm -rf ~"))))]);
    stage.keys("y");
    stage.wait(1_000);
    assert!(answers(&stage.commands()).is_empty());
    assert_eq!(stage.composed(), "y");
}

/// SEC-22: another session's card, or the next one of the same session, begins anew.
#[test]
fn leaving_and_coming_back_begins_the_guard_anew() {
    let mut stage = stage(asked(approval(1, "ls")), 1);
    stage.keys("alt-r");
    stage.wait(1_000);
    stage.keys("alt-2 alt-1");
    stage.wait(1_000);
    stage.keys("y");
    stage.wait(1_000);
    assert!(answers(&stage.commands()).is_empty());
    assert_eq!(stage.composed(), "y");
}

/// A second approval is not answered by the key of the first.
#[test]
fn a_late_key_never_answers_the_next_card() {
    let mut stage = stage(asked(approval(1, "ls")), 1);
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("y");
    assert_eq!(answers(&stage.commands()).len(), 1);
    stage.patch(vec![
        change(1, Change::PromptRemoved(PromptId(1))),
        change(1, Change::Prompt(Box::new(approval(2, "rm -rf ~")))),
    ]);
    stage.draw();
    stage.wait(500);
    stage.keys("y");
    stage.wait(1_000);
    assert!(answers(&stage.commands()).is_empty());
}

/// SEC-24.
#[test]
fn a_long_command_must_be_seen_to_its_end() {
    let mut stage = stage(asked(approval(1, &"echo line\n".repeat(60))), 1);
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("y");
    stage.wait(400);
    assert!(answers(&stage.commands()).is_empty());
    assert!(stage.draw().contains("Scroll to the end"));
    for _ in 0..60 {
        stage.keys("down");
    }
    stage.wait(400);
    stage.keys("y");
    assert_eq!(answers(&stage.commands()), [PromptAnswer::Choice(0)]);
    let mut deny = self::stage(asked(approval(1, &"echo line\n".repeat(60))), 1);
    deny.keys("alt-r");
    deny.wait(400);
    deny.keys("n");
    assert_eq!(answers(&deny.commands()), [PromptAnswer::Choice(3)], "a no needs no reading");
}

/// DECISIONS on answers: only what is offered is ever sent.
#[test]
fn what_is_not_offered_cannot_be_chosen() {
    let mut only = approval(1, "ls");
    if let PromptKind::Approval { choices, .. } = &mut only.kind {
        *choices = ["once", "deny"].map(un).to_vec();
    }
    let mut stage = stage(asked(only), 1);
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("a");
    stage.wait(400);
    stage.keys("s");
    stage.wait(400);
    assert!(answers(&stage.commands()).is_empty());
    assert!(stage.draw().contains("does not offer"));
}

#[test]
fn deny_with_a_reason_denies_and_gives_the_composer_the_keys() {
    let mut stage = stage(asked(approval(1, "ls")), 1);
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("N");
    stage.type_text("use trash instead");
    assert_eq!(answers(&stage.commands()), [PromptAnswer::Choice(3)]);
    assert_eq!(stage.composed(), "use trash instead");
}

/// ASK-09.
#[test]
fn a_question_has_its_own_text_and_an_empty_answer_is_asked_twice() {
    let kind = PromptKind::Clarify { question: un("Name?"), choices: Vec::new() };
    let mut stage = stage(asked(prompt(1, kind)), 1);
    stage.type_text("draft");
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("enter");
    stage.wait(400);
    assert!(answers(&stage.commands()).is_empty(), "once is no answer");
    stage.type_text("Tuesday");
    stage.wait(400);
    stage.keys("enter");
    assert_eq!(answers(&stage.commands()), [PromptAnswer::Text("Tuesday".into())]);
    assert_eq!(stage.composed(), "draft");
}

#[test]
fn an_offered_answer_is_chosen_by_its_digit() {
    let kind = PromptKind::Clarify { question: un("Which?"), choices: ["a", "b"].map(un).to_vec() };
    let mut stage = stage(asked(prompt(1, kind)), 1);
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("3");
    stage.wait(400);
    assert!(answers(&stage.commands()).is_empty());
    stage.keys("2");
    assert_eq!(answers(&stage.commands()), [PromptAnswer::Choice(1)]);
}

/// SEC-27, I12: the secret goes in its own frame, ahead of the answer; no command, draft or screen holds it.
#[test]
fn a_secret_travels_alone_and_is_wiped() {
    let mut stage = stage(asked(prompt(1, PromptKind::Sudo)), 1);
    stage.keys("alt-r");
    stage.type_text("hunter2");
    stage.wait(400);
    assert!(!stage.draw().contains("hunter2"));
    stage.keys("enter");
    let handed = stage
        .done
        .iter()
        .position(|action| matches!(action, Action::Hand { secret, .. } if secret.expose() == "hunter2"));
    let answered = stage.done.iter().position(|action| matches!(action, Action::Tell(_)));
    assert!(handed.unwrap() < answered.unwrap());
    assert_eq!(answers(&stage.commands()), [PromptAnswer::Secret(SecretHandle((1 << 32) | 1))]);
    assert!(stage.ui.secret.is_empty() && stage.composed().is_empty());
    assert!(!format!("{:?}", stage.ui).contains("hunter2"));
}

/// SEC-28: the field is emptied when the session is left.
#[test]
fn a_half_typed_secret_does_not_outlive_its_card() {
    let mut stage = stage(asked(prompt(1, PromptKind::Sudo)), 1);
    stage.keys("alt-r");
    stage.type_text("hunt");
    stage.keys("alt-2");
    assert!(stage.ui.secret.is_empty());
    stage.keys("alt-1 alt-r");
    stage.type_text("er2");
    assert_eq!(stage.ui.secret.chars(), 3);
}

#[test]
fn going_on_without_a_secret_is_asked_twice() {
    let mut stage = stage(asked(prompt(1, PromptKind::Sudo)), 1);
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("enter");
    stage.wait(400);
    assert!(answers(&stage.commands()).is_empty());
    stage.keys("enter");
    assert_eq!(answers(&stage.commands()), [PromptAnswer::Skip]);
}

/// B10: what is over says so, cannot be answered, and goes away with Esc.
#[test]
fn an_expired_card_can_only_be_put_away() {
    let mut expired = approval(1, "ls");
    expired.state = PromptState::Expired;
    let mut stage = stage(asked(expired), 1);
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("y");
    stage.wait(400);
    assert!(answers(&stage.commands()).is_empty());
    stage.keys("esc esc");
    assert_eq!(stage.commands(), [Command::DismissPrompt { session: SessionId(1), prompt: PromptId(1) }]);
}

/// B04, INV6: another session's question draws nothing here but its badge, and rings once.
#[test]
fn a_background_question_only_marks_and_rings() {
    let mut stage = stage(busy(), 1);
    stage.type_text("typing on");
    stage.done.clear();
    let before = stage.composed();
    stage.patch(vec![change(2, Change::Prompt(Box::new(approval(7, "drop table"))))]);
    let screen = stage.draw();
    assert!(!screen.contains("drop table") && screen.contains("2!"), "{screen}");
    assert_eq!((stage.composed(), stage.ui.focus), (before, Focus::Composer));
    assert_eq!(stage.done.iter().filter(|action| **action == Action::Bell).count(), 1);
    stage.patch(vec![change(2, Change::Prompt(Box::new(approval(7, "drop table"))))]);
    assert_eq!(stage.done.iter().filter(|action| **action == Action::Bell).count(), 1, "once");
    stage.keys("alt-2");
    assert!(stage.draw().contains("drop table"), "B05, B10: opening it shows it");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// FLT-11, SYS-6: an approval that comes up anywhere in a burst of keys gets no answer, and the burst is in the
    /// composer unchanged, whatever the pace, with or without frames in between.
    #[test]
    fn a_burst_of_keys_never_answers(
        burst in proptest::collection::vec(prop_oneof![Just('y'), Just('n'), Just('s'), Just('a'), Just('1'), Just(' '), Just('x')], 200),
        at in 0..200usize,
        pace in 1..140u64,
        draws in any::<bool>(),
    ) {
        let mut stage = stage(asked(approval(1, "ls")), 2);
        stage.patch(vec![change(1, Change::PromptRemoved(PromptId(1)))]);
        stage.keys("alt-1");
        stage.commands();
        for (n, c) in burst.iter().enumerate() {
            if n == at {
                stage.patch(vec![change(1, Change::Prompt(Box::new(approval(2, "rm -rf ~"))))]);
            }
            stage.input(Input::Key(Key::char(*c)));
            if draws {
                stage.draw();
            }
            stage.wait(pace);
        }
        prop_assert!(answers(&stage.commands()).is_empty());
        prop_assert_eq!(stage.composed(), burst.iter().collect::<String>());
    }

    /// SEC-20, SEC-21: whatever is pressed, an answer is preceded by a focusing key, a frame that shows the card in focus
    /// 300 ms before, and a pause of 150 ms.
    #[test]
    fn no_answer_without_a_fresh_focused_key(
        steps in proptest::collection::vec(("alt-r|tab|y|n|s|a|N|esc|enter|x|alt-2|alt-1|alt-a|ctrl-p|down", 0..500u64, any::<bool>()), 1..40),
    ) {
        let mut stage = stage(asked(approval(1, "ls")), 1);
        let mut last_key: Option<u64> = None;
        let mut seen: Option<u64> = None;
        for (name, wait, draw) in steps {
            stage.wait(wait);
            if draw {
                stage.buffer();
            }
            let focused = stage.ui.focus == Focus::Card && stage.ui.layer.is_none();
            if !focused {
                seen = None;
            } else if draw {
                seen = seen.or(Some(stage.now));
            }
            let rested = last_key.is_none_or(|last| stage.now - last >= 150);
            let may = seen.is_some_and(|at| stage.now >= at + 300) && rested;
            stage.done.clear();
            stage.input(Input::Key(Key::parse(&name).unwrap()));
            last_key = Some(stage.now);
            if !answers(&stage.commands()).is_empty() {
                prop_assert!(may && matches!(name.as_str(), "y" | "n" | "N"), "{name}");
                seen = None;
            }
        }
    }
}

// --- the transcript ------------------------------------------------------------------------------------------------

/// UX-12.
#[test]
fn y_copies_the_message_in_focus() {
    let mut stage = stage(busy(), 1);
    stage.keys("alt-t k y");
    let question = "The login page shows a blank screen after the last deploy. Can you find out why?";
    assert_eq!(stage.done, [Action::Copy(question.into())]);
    stage.done.clear();
    stage.keys("j Y");
    assert_eq!(stage.done, [Action::Copy("npm run build".into())]);
}

#[test]
fn an_uncertain_text_is_settled_by_a_key() {
    for (key, how) in [("s", Settle::Resend), ("d", Settle::Discard)] {
        let mut world = three_profiles();
        let mut sent = session(1, "work", "x");
        worlds::say_as(&mut sent, Role::User, "did it arrive?", MessageState::Uncertain);
        add(&mut world, sent);
        let mut stage = stage(world, 1);
        stage.keys("alt-t");
        stage.keys(key);
        let message = MessageId(FIRST_ID);
        assert_eq!(stage.commands(), [Command::Settle { session: SessionId(1), message, how }]);
    }
}

/// The end of a session on the screen is read; while the person looks elsewhere or further up it is not.
#[test]
fn only_what_is_seen_is_marked_read() {
    let unread = || vec![change(1, Change::Unread(Unread::Finished))];
    let read = Command::MarkRead { session: SessionId(1) };
    let mut stage = stage(busy(), 1);
    stage.patch(unread());
    assert_eq!(stage.commands(), std::slice::from_ref(&read));
    let mut away = self::stage(busy(), 1);
    away.input(Input::Focus(false));
    away.patch(unread());
    assert!(away.commands().is_empty());
    away.input(Input::Focus(true));
    assert_eq!(away.commands(), std::slice::from_ref(&read));
    let mut up = self::stage(busy(), 1);
    up.ui.size = (80, 12);
    up.draw();
    up.keys("pageup");
    up.commands();
    up.patch(unread());
    assert!(up.commands().is_empty());
    up.keys("ctrl-end");
    assert_eq!(up.commands(), [read]);
}

/// What comes between the word that a session is read and the hub's answer is told again: the mark may be back without ever
/// having been seen to go.
#[test]
fn a_mark_that_comes_back_before_the_answer_is_told_again() {
    let read = Command::MarkRead { session: SessionId(1) };
    let mut stage = stage(busy(), 1);
    stage.patch(vec![change(1, Change::Unread(Unread::Output))]);
    stage.patch(vec![change(1, Change::Unread(Unread::None)), change(1, Change::Unread(Unread::Finished))]);
    assert_eq!(stage.asked().len(), 1, "once until it is answered");
    stage.answer_last(Answer::Done);
    assert_eq!(stage.commands(), [read.clone(), read]);
}

/// KEY-05, B04: what runs on without a tab is not out of reach, least of all when it asks for something.
#[test]
fn a_session_without_a_tab_is_reached_by_attention_and_palette() {
    let mut world = busy();
    world.tabs.retain(|id| *id != SessionId(3));
    let open = Command::OpenStored {
        profile: name("work"),
        stored: StoredId::new("20261121_030003_abcdef").unwrap(),
    };
    let mut stage = stage(world, 1);
    stage.keys("alt-a");
    assert_eq!(stage.commands(), std::slice::from_ref(&open));
    stage.keys("ctrl-p");
    stage.type_text("clean up");
    stage.commands();
    stage.keys("enter");
    assert_eq!(stage.commands(), [open]);
}

/// G13: clearing binds the composer to a fresh session; the old one is given up when idle, and goes on when at work.
#[test]
fn clear_begins_anew_and_stops_nothing() {
    for (shown, profile, closes) in [(1, "default", true), (2, "work", false)] {
        let mut stage = stage(busy(), shown);
        stage.commands();
        stage.type_text("/clear");
        stage.keys("enter");
        let new = Command::NewSession { profile: name(profile), cwd: "/home/me/code".into() };
        let close = Command::CloseTab { session: SessionId(shown), running: CloseRunning::Ask };
        let expected: Vec<_> = [Some(new), closes.then_some(close)].into_iter().flatten().collect();
        let mut said = stage.commands();
        said.retain(|command| !matches!(command, Command::Commands { .. }));
        assert_eq!(said, expected);
        assert_eq!(stage.composed(), "");
    }
}

/// The other way of F01, for who asked for it: the profile's last session, open or stored.
#[test]
fn a_profile_shows_its_last_session_where_that_is_wanted() {
    let mut stage = stage(busy(), 2);
    stage.ui.config.restore_last = true;
    stage.keys("alt-1");
    stage.commands();
    stage.keys("alt-p");
    stage.type_text("work");
    stage.keys("enter");
    assert_eq!(stage.ui.active, Some(SessionId(2)), "the one that was shown last, not the first tab");
    stage.done.clear();
    stage.keys("alt-p");
    stage.type_text("research");
    stage.keys("enter");
    let newest = Command::Page {
        profile: name("research"),
        sort: Sort::Recent,
        filter: Filter::default(),
        after: None,
        limit: 1,
    };
    assert_eq!(stage.asked().last().unwrap().1, newest);
    let profile = name("research");
    let page = Page { profile, rows: Vec::new(), total: 0, next: None, problem: None };
    stage.answer_last(Answer::Page(Box::new(page)));
    assert_eq!(
        stage.asked().last().unwrap().1,
        Command::NewSession { profile: name("research"), cwd: "/home/me/code".into() },
        "a profile without sessions gets a draft"
    );
}

/// A18, A19, looking starts nothing, the first key starts one backend once; each way of warming as it says.
#[test]
fn a_cold_backend_is_woken_once_and_when_it_is_wanted() {
    use hermux::config::settings::Prewarm;
    for (warm, on_show, on_key) in [(Prewarm::Open, 1, 0), (Prewarm::Type, 0, 1), (Prewarm::Send, 0, 0)] {
        let mut world = busy();
        add(&mut world, session(4, "research", "Three papers"));
        let mut stage = stage(world, 1);
        stage.ui.config.prewarm = warm;
        let wakes = |stage: &mut Stage| {
            let commands = stage.commands();
            commands.iter().filter(|c| **c == Command::Wake { profile: name("research") }).count()
        };
        stage.keys("alt-4");
        assert_eq!(wakes(&mut stage), on_show, "{warm:?}");
        stage.type_text("hello");
        stage.keys("alt-1 alt-4");
        stage.type_text("hello");
        assert_eq!(wakes(&mut stage), on_key, "{warm:?}");
    }
}

/// Scrolling there and back shows every row once, in order, however it is done.
#[test]
fn paging_through_shows_every_line() {
    let mut world = three_profiles();
    let mut long = session(1, "work", "Long");
    for n in 0..60 {
        say(&mut long, Role::Assistant, &format!("row-{n:03}\nand more of {n}"));
    }
    add(&mut world, long);
    let mut stage = stage(world, 1);
    stage.keys("ctrl-home");
    let mut seen = Vec::new();
    for _ in 0..100 {
        let screen = stage.draw();
        for word in screen.split_whitespace().filter(|word| word.starts_with("row-")) {
            if !seen.contains(&word.to_owned()) {
                seen.push(word.to_owned());
            }
        }
        stage.keys("pagedown");
    }
    assert_eq!(seen, (0..60).map(|n| format!("row-{n:03}")).collect::<Vec<_>>());
    assert!(stage.draw().contains("row-059"));
}

#[test]
fn older_messages_are_asked_for_at_the_top_and_shown_above() {
    let mut world = three_profiles();
    let mut long = session(1, "work", "Long");
    for n in 20..40 {
        say(&mut long, Role::Assistant, &format!("row {n}"));
    }
    long.body.as_mut().unwrap().older = true;
    add(&mut world, long);
    let mut stage = stage(world, 1);
    for (from, skip) in [(10, 0), (0, 10)] {
        stage.keys("ctrl-home");
        stage.draw();
        assert_eq!(
            stage.commands().last(),
            Some(&Command::Older { session: SessionId(1), first: Some(MessageId(FIRST_ID)), skip })
        );
        stage.draw();
        assert!(stage.commands().is_empty(), "asked once");
        stage.keys("ctrl-home");
        let ask = hermux::base::ids::AskId(stage.ui.asks.keys().map(|ask| ask.0).max().unwrap());
        // As they are read from disk: ids count from 0 in every page.
        let row = |n: u64| {
            let text = format!("row {}", from + n);
            Message::text(MessageId(n), Role::Assistant, text, MessageState::Done)
        };
        let answer = Answer::Older { messages: (0..10).map(row).collect(), more: from > 0 };
        stage.hear(Update::Answer { ask, answer });
    }
    stage.keys("ctrl-home");
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..20 {
        let screen = stage.draw();
        let rows = screen.lines().filter(|line| line.trim().starts_with("row "));
        let rows = rows.filter_map(|line| line.split("  ").find(|word| word.starts_with("row ")));
        let new: Vec<_> = rows.filter(|row| !seen.iter().any(|old| old == row)).map(str::to_owned).collect();
        seen.extend(new);
        stage.keys("pagedown");
    }
    assert_eq!(seen, (0..40).map(|n| format!("row {n}")).collect::<Vec<_>>());
    assert!(stage.commands().is_empty(), "there is no more");
}

/// I4 of the loop: text that streams in while one reads further up does not move what is read.
#[test]
fn reading_further_up_is_not_disturbed_by_what_streams_in() {
    let mut world = three_profiles();
    let mut long = session(1, "work", "Long");
    for n in 0..40 {
        say(&mut long, Role::Assistant, &format!("row {n}"));
    }
    worlds::say_as(&mut long, Role::Assistant, "stream", MessageState::Streaming);
    add(&mut world, long);
    let mut stage = stage(world, 1);
    stage.keys("pageup pageup");
    let before = stage.draw();
    for n in 0..50u64 {
        let text = "\nmore".to_owned();
        let message = MessageId(FIRST_ID + 40);
        let change = BodyChange::Append { message, part: 0, at: 6 + n * 5, text };
        stage.patch(vec![Patch::Body { session: SessionId(1), change }]);
    }
    assert_eq!(stage.draw().replace(" new ↓", " ↓ end"), before, "but for the mark of what is new");
    assert!(stage.draw().contains(" new ↓"));
    stage.keys("ctrl-end");
    assert!(stage.draw().contains("more"));
}

// --- leaving -------------------------------------------------------------------------------------------------------

/// UX-32, SEC-23: leaving asks once when it would stop something, and answers nothing.
#[test]
fn leaving_asks_only_when_something_is_unfinished() {
    let mut world = three_profiles();
    add(&mut world, session(1, "default", "Idle"));
    let mut idle = stage(world, 1);
    idle.keys("ctrl-d");
    assert!(idle.done.contains(&Action::Leave(Next::Nothing)));
    let mut busy = stage(busy(), 1);
    busy.keys("ctrl-x q");
    assert!(!busy.done.contains(&Action::Leave(Next::Nothing)));
    busy.keys("q");
    assert!(busy.done.contains(&Action::Leave(Next::Nothing)));
    assert!(answers(&busy.commands()).is_empty());
    let mut written = self::stage(worlds::busy(), 1);
    written.type_text("ab");
    written.keys("ctrl-a ctrl-d");
    assert_eq!(written.composed(), "b", "in a text it removes a letter");
}

/// UX-29.
#[test]
fn what_was_left_running_is_named_with_the_way_back() {
    let lines = {
        let stage = Stage::showing(busy(), 1, (80, 24));
        hermux::ui::update::left_behind(&stage.ui, stage.mirror.world())
    }
    .join("\n");
    assert!(lines.contains("work · Migrate the database was at work"), "{lines}");
    assert!(lines.contains("hermux --session work/20261121_030002_abcdef"), "{lines}");
}

#[test]
fn a_farewell_of_the_hub_is_shown() {
    let mut stage = stage(busy(), 1);
    stage.hear(Update::Goodbye(Goodbye::Ending));
    assert!(stage.draw().contains("The hub of hermux has ended."));
}

// --- the bypass, the mouse -------------------------------------------------------------------------------------------

/// SEC-26: only a key and its confirmation switch it.
#[test]
fn the_bypass_is_confirmed() {
    let mut stage = stage(busy(), 1);
    stage.keys("ctrl-p");
    stage.type_text("bypass");
    stage.keys("enter");
    assert!(!stage.commands().iter().any(|c| matches!(c, Command::SetYolo { .. })));
    stage.input(Input::Paste("y".into()));
    assert!(stage.commands().is_empty(), "a paste confirms nothing");
    stage.keys("y");
    assert_eq!(stage.commands(), [Command::SetYolo { session: SessionId(1), on: true }]);
}

/// G04, UX-13.
/// Only what failed is tried again, and by Hermes' own command, which takes the failed prompt out of the context.
#[test]
fn a_failed_turn_is_tried_again_by_its_key_alone() {
    let mut stage = stage(asked(approval(1, "ls")), 2);
    stage.keys("ctrl-x e");
    assert_eq!(stage.commands(), []);
    assert!(stage.draw().contains("No turn has failed here"));
    let failed = hermux::model::turn::TurnState::Failed(un("HTTP 500"));
    stage.patch(vec![change(2, Change::Turn(Turn { state: failed, ..Turn::default() }))]);
    stage.wait(10_000);
    assert!(stage.draw().contains("✗ the turn failed  Ctrl-X e tries again"));
    stage.keys("ctrl-x e");
    assert_eq!(
        stage.commands(),
        [Command::Send { session: SessionId(2), text: "/retry".into(), reference: SendRef(1) }]
    );
}

/// A question that offers answers takes one of the person's own as well.
#[test]
fn a_question_with_choices_takes_an_own_answer() {
    let kind =
        PromptKind::Clarify { question: un("Where to?"), choices: ["north", "south"].map(un).to_vec() };
    let mut stage = stage(asked(prompt(1, kind)), 1);
    stage.keys("alt-r");
    stage.wait(400);
    stage.keys("o");
    stage.wait(400);
    stage.keys("enter");
    stage.wait(400);
    assert_eq!(answers(&stage.commands()), [], "an empty one is none");
    stage.type_text("1 mile east");
    stage.wait(400);
    assert_eq!(answers(&stage.commands()), [], "what is written chooses nothing");
    stage.keys("enter");
    assert_eq!(answers(&stage.commands()), [PromptAnswer::Text("1 mile east".into())]);
}

/// G03, G04.
#[test]
fn a_click_does_what_its_key_does() {
    let mut stage = stage(busy(), 1);
    stage.click(&Hit::Tab(SessionId(3)));
    assert_eq!(stage.ui.active, Some(SessionId(3)));
    stage.click(&Hit::Card);
    assert_eq!(stage.ui.focus, Focus::Card);
    stage.click(&Hit::Composer);
    assert_eq!(stage.ui.focus, Focus::Composer);
    stage.commands();
    stage.click(&Hit::Profile(name("research")));
    assert!(matches!(stage.commands().as_slice(), [Command::NewSession { .. }]));
    stage.click(&Hit::CloseTab(SessionId(3)));
    assert!(matches!(stage.ui.layer, Some(Layer::Dialog(_))));
}

/// INV1, INV5, I06: what happens in A changes nothing of what shows B.
#[test]
fn another_sessions_end_leaves_the_pane_alone() {
    let mut stage = stage(busy(), 1);
    stage.type_text("draft");
    let chat =
        |stage: &mut Stage| stage.draw().lines().skip(1).take(18).map(str::to_owned).collect::<Vec<_>>();
    let before = chat(&mut stage);
    stage.patch(vec![
        change(2, Change::Turn(Turn::default())),
        change(2, Change::Unread(Unread::Finished)),
        change(2, Change::Title(Some(un("Renamed")))),
    ]);
    assert_eq!(chat(&mut stage), before);
    assert_eq!((stage.ui.active, stage.composed()), (Some(SessionId(1)), "draft".into()));
    assert!(stage.draw().contains("2 ● Renamed"));
}

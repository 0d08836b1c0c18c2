//! Writes to stored sessions: what is shown at once, what is asked of whom and when, and what comes back when it is refused.

use super::{rig::*, shelf::root, tabs::loaded};
use crate::{
    base::ids::{CallId, StoredId},
    config::limits::Limits,
    model::{
        agent::{ActiveRow, ActiveState, Call, Fact, Reply, Rest},
        profile::{BackendState, Stuck, StuckReason},
        shelf::TombKind,
    },
    proto::{Answer, Command, Refusal, command::RowEdit},
    registry::{Effect, Input, input::Sought},
};

const UNDO: u64 = 8_000;

fn edit(id: &str, edit: RowEdit) -> Command {
    Command::EditStored {
        profile: profile("work"),
        stored: stored(id),
        lineage: root(id),
        name: format!("the {id}").into(),
        edit,
    }
}

fn undo(id: &str) -> Command {
    Command::UndoDelete { profile: profile("work"), lineage: root(id) }
}

fn pin(id: &str) -> Command {
    Command::Pin { profile: profile("work"), lineage: root(id), on: true }
}

fn pins(rig: &Rig) -> Vec<&str> {
    let pins = rig.reg.world().shelf.pins.get(&profile("work"));
    pins.into_iter().flatten().map(crate::base::ids::LineageRoot::as_str).collect()
}

/// Every tomb as its row, its kind, and whether it was sent.
fn tombs(rig: &Rig) -> Vec<(&str, TombKind, bool)> {
    rig.reg.world().tombs.iter().map(|tomb| (tomb.stored.as_str(), tomb.kind, tomb.sent)).collect()
}

fn rests(effects: &[Effect]) -> Vec<(CallId, Rest)> {
    let rests = effects.iter().filter_map(|effect| match effect {
        Effect::Rest { call, profile: name, what, .. } => {
            assert_eq!(*name, profile("work"), "a write goes to the owner of its row");
            Some((*call, what.clone()))
        }
        _ => None,
    });
    rests.collect()
}

fn one_rest(effects: &[Effect]) -> (CallId, Rest) {
    let mut all = rests(effects);
    assert_eq!(all.len(), 1, "{effects:#?}");
    all.remove(0)
}

fn seeks(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Seek { .. })).count()
}

fn sought(id: &str, rows: &[&str]) -> Input {
    let rows = rows.iter().map(|row| stored(row)).collect();
    let found = Sought { rows, archived: false };
    Input::Sought { profile: profile("work"), lineage: root(id), sought: Ok(found) }
}

pub(super) fn active(id: &str, row: &str, state: ActiveState) -> ActiveRow {
    ActiveRow { live: live(id), stored: StoredId::new(row), state }
}

fn notices(rig: &Rig) -> Vec<String> {
    rig.reg.world().notices.iter().map(|notice| notice.what.raw().to_owned()).collect()
}

fn failed(why: &str) -> Reply {
    Reply::Failed { code: 500, message: why.into() }
}

/// A backend of `work` that is up.
pub(super) fn rig() -> Rig {
    let mut rig = Rig::new();
    rig.ready("work", "l1");
    rig
}

/// A delete whose time is over, up to the rows that the backend is told to delete: it has built what `live` says.
fn sent(rig: &mut Rig, id: &str, rows: &[&str], live: Vec<ActiveRow>) -> Vec<Effect> {
    let effects = rig.wait(UNDO);
    assert_eq!(seeks(&effects), 1);
    let effects = rig.run(sought(id, rows));
    let asked = call_of(&effects, |what| *what == Call::ActiveList);
    rig.reply(asked, Reply::ActiveList(live))
}

/// C17: gone from every list at once, unpinned, and in its place again when it is taken back; nobody was asked anything.
#[test]
fn a_delete_can_be_taken_back_until_it_is_sent() {
    let mut rig = rig();
    for id in ["a", "b", "c"] {
        rig.ask(pin(id)).unwrap();
    }
    assert_eq!(rig.ask(edit("b", RowEdit::Delete)), Ok(Answer::Done));
    assert_eq!((tombs(&rig), pins(&rig)), (vec![("b", TombKind::Deleted, false)], vec!["a", "c"]));
    assert_eq!(rig.reg.world().tombs[0].name.raw(), "the b");
    let effects = rig.wait(UNDO - 1);
    assert!(rests(&effects).is_empty() && seeks(&effects) == 0);
    let before = rig.reg.world().profile(&profile("work")).unwrap().listing;
    assert_eq!(rig.ask(undo("b")), Ok(Answer::Done));
    assert_eq!((tombs(&rig), pins(&rig)), (Vec::new(), vec!["a", "b", "c"]));
    assert!(rig.reg.world().profile(&profile("work")).unwrap().listing > before, "lists ask for it again");
    let effects = rig.wait(10 * UNDO);
    assert!(rests(&effects).is_empty() && seeks(&effects) == 0, "nothing is sent later");
    assert_eq!(rig.ask(undo("b")), Ok(Answer::Done), "there is nothing to take back");
}

/// C17, DECISIONS 10: sent once its time is over, with every row of the conversation; the tomb stands until what is stored has lost it.
#[test]
fn a_delete_is_sent_and_its_tomb_stays_until_the_row_is_gone() {
    let mut rig = rig();
    rig.ask(edit("tip", RowEdit::Delete)).unwrap();
    let effects = sent(&mut rig, "tip", &["root", "tip"], vec![active("l1", "stored_l1", ActiveState::Idle)]);
    let (call, what) = one_rest(&effects);
    assert_eq!(what, Rest::Delete { rows: vec![stored("root"), stored("tip")] });
    assert_eq!(tombs(&rig), [("tip", TombKind::Deleted, true)]);
    assert_eq!(rig.ask(undo("tip")), Err(Refusal::Sent));
    assert_eq!(rig.ask(edit("tip", RowEdit::Archive(true))), Err(Refusal::Deleted));
    assert_eq!(rig.ask(edit("tip", RowEdit::Delete)), Ok(Answer::Done), "it is on its way already");
    let effects = rig.reply(call, Reply::Deleted(2));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Reread { .. })), "C11: lists are read anew");
    assert_eq!((seeks(&effects), tombs(&rig).len()), (1, 1));
    rig.run(sought("tip", &[]));
    assert_eq!(tombs(&rig), []);
    assert_eq!(notices(&rig), Vec::<String>::new());
}

/// C17, E31: a refused write is rolled back and said.
#[test]
fn a_refused_write_brings_row_and_pin_back_and_says_why() {
    for (change, done) in [(RowEdit::Delete, "deleted"), (RowEdit::Archive(true), "archived")] {
        let mut rig = rig();
        for id in ["a", "b"] {
            rig.ask(pin(id)).unwrap();
        }
        let mut effects = rig.command(edit("a", change.clone()));
        if change == RowEdit::Delete {
            effects = sent(&mut rig, "a", &["a"], Vec::new());
        }
        assert_eq!((tombs(&rig).len(), pins(&rig)), (1, vec!["b"]));
        let (call, _) = one_rest(&effects);
        rig.reply(call, failed("database is locked"));
        assert_eq!((tombs(&rig), pins(&rig)), (Vec::new(), vec!["a", "b"]));
        assert_eq!(notices(&rig), [format!("\"the a\" of profile work was not {done}: database is locked")]);
    }
}

/// CHECK 45, ASK-42: rows never vanish under a session, and nothing that runs is deleted.
#[test]
fn what_runs_is_not_deleted() {
    let mut rig = Rig::new();
    rig.running("work", "l1");
    assert_eq!(rig.ask(edit("stored_l1", RowEdit::Delete)), Err(Refusal::Running));
    assert_eq!(tombs(&rig), []);
    rig.end("work", "l1");
    // A turn of a background process begins while it could be taken back.
    rig.ask(edit("stored_l1", RowEdit::Delete)).unwrap();
    rig.fact("work", "l1", Fact::TurnStarted);
    let effects = rig.wait(UNDO);
    let effects = if seeks(&effects) == 1 { rig.run(sought("stored_l1", &["stored_l1"])) } else { effects };
    let asked = call_of(&effects, |what| *what == Call::ActiveList);
    let effects = rig.reply(asked, Reply::ActiveList(vec![active("l1", "stored_l1", ActiveState::Working)]));
    assert!(rests(&effects).is_empty() && calls_of(&effects).is_empty());
    assert_eq!(tombs(&rig), []);
    assert_eq!(notices(&rig), ["\"the stored_l1\" of profile work was not deleted: a turn runs in it"]);
    // One that another client of the backend began.
    rig.ask(edit("other", RowEdit::Delete)).unwrap();
    let effects = sent(&mut rig, "other", &["other"], vec![active("l9", "other", ActiveState::Waiting)]);
    assert!(rests(&effects).is_empty() && tombs(&rig).is_empty());
    assert_eq!(rig.ask(edit("other", RowEdit::Delete)), Err(Refusal::Running), "now it is known to run");
}

/// CHECK 45: what is built of a row is closed before it is deleted, whoever had it built; then its tab goes.
#[test]
fn a_built_session_is_closed_before_its_rows_go() {
    let mut rig = rig();
    let session = rig.reg.world().tabs.iter().copied().find(|id| rig.session(*id).stored.is_some()).unwrap();
    rig.ask(edit("stored_l1", RowEdit::Delete)).unwrap();
    let built = vec![
        active("l1", "stored_l1", ActiveState::Idle),
        active("l7", "stored_l1", ActiveState::Idle),
        active("l8", "other", ActiveState::Working),
    ];
    let effects = sent(&mut rig, "stored_l1", &["stored_l1"], built);
    let closes = calls_of(&effects);
    let whom: Vec<_> = closes.iter().map(|(_, what)| what.clone()).collect();
    assert_eq!(whom, [Call::Close { live: live("l1") }, Call::Close { live: live("l7") }]);
    let send = Command::Send { session, text: "x".into(), reference: reference() };
    assert_eq!(rig.ask(send), Err(Refusal::Deleted), "its text stays in the composer");
    assert!(
        rests(&rig.reply(closes[0].0, Reply::Closed(true))).is_empty(),
        "the other one is not closed yet"
    );
    let (call, what) = one_rest(&rig.reply(closes[1].0, Reply::Closed(false)));
    assert_eq!(what, Rest::Delete { rows: vec![stored("stored_l1")] });
    assert!(rig.reg.world().tabs.contains(&session), "a tab closes when it is confirmed");
    rig.reply(call, Reply::Deleted(1));
    assert!(!rig.reg.world().sessions.contains_key(&session) && !rig.reg.world().tabs.contains(&session));
    assert!(!rig.reg.world().tabs.is_empty(), "there is always a tab (INV15)");
}

/// Whoever sends a text into a session does not want it gone.
#[test]
fn a_text_takes_a_delete_back() {
    let mut rig = rig();
    let session = rig.reg.world().tabs.iter().copied().find(|id| rig.session(*id).stored.is_some()).unwrap();
    rig.ask(edit("stored_l1", RowEdit::Delete)).unwrap();
    rig.send(session, "one more thing");
    assert_eq!(tombs(&rig), []);
    assert!(rests(&rig.wait(UNDO)).is_empty());
}

/// C23, C24: archived at once and back again, in the order of the commands.
#[test]
fn the_writes_of_a_row_keep_their_order() {
    let mut rig = rig();
    let effects = rig.command(edit("a", RowEdit::Archive(true)));
    let (first, what) = one_rest(&effects);
    assert_eq!(what, Rest::Archive { stored: stored("a"), on: true });
    assert_eq!(tombs(&rig), [("a", TombKind::Archived, true)]);
    let effects = rig.command(edit("a", RowEdit::Archive(false)));
    assert!(rests(&effects).is_empty(), "not before the first is answered");
    assert_eq!(tombs(&rig), []);
    rig.command(edit("a", RowEdit::Title("t".into())));
    let effects = rig.command(edit("b", RowEdit::Title("u".into())));
    assert_eq!(
        one_rest(&effects).1,
        Rest::Title { stored: stored("b"), title: "u".into() },
        "other rows go on"
    );
    let effects = rig.reply(first, Reply::Done);
    assert_eq!(seeks(&effects), 0, "what the next write says counts");
    let (second, what) = one_rest(&effects);
    assert_eq!(what, Rest::Archive { stored: stored("a"), on: false });
    let effects = rig.reply(second, Reply::Done);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Answer { answer: Answer::Done, .. })));
    let (third, what) = one_rest(&effects);
    assert_eq!(what, Rest::Title { stored: stored("a"), title: "t".into() });
    let effects = rig.reply(third, failed("Title 't' is already in use"));
    let refused = Refusal::Backend("Title 't' is already in use".into());
    let is = |effect: &Effect| matches!(effect, Effect::Refuse { reason, .. } if *reason == refused);
    assert!(effects.iter().any(is), "who asked is told");
    assert_eq!(notices(&rig), Vec::<String>::new());
}

/// C23: a title that is written is the open session's.
#[test]
fn a_rename_is_shown_when_it_is_written() {
    let mut rig = rig();
    let session = rig.reg.world().tabs.iter().copied().find(|id| rig.session(*id).stored.is_some()).unwrap();
    let (call, _) = one_rest(&rig.command(edit("stored_l1", RowEdit::Title(" New ".into()))));
    assert_eq!(rig.session(session).title, None);
    rig.reply(call, Reply::Titled { title: "New".into(), pending: false });
    assert_eq!(rig.session(session).title, Some("New".into()));
    let (call, _) = one_rest(&rig.command(edit("stored_l1", RowEdit::Title(String::new()))));
    rig.reply(call, Reply::Titled { title: "".into(), pending: false });
    assert_eq!(rig.session(session).title, None);
}

/// DECISIONS 10, 16: a write is an explicit act, so it wakes a cold backend, and says so; one that does not come gives it back.
#[test]
fn a_write_wakes_a_cold_backend_and_waits_for_it() {
    let mut rig = Rig::new();
    let effects = rig.command(edit("a", RowEdit::Archive(true)));
    assert_eq!((starts(&effects), rests(&effects).len()), (1, 0));
    assert_eq!(starts(&rig.command(edit("b", RowEdit::Title("t".into())))), 0, "once");
    assert_eq!(notices(&rig), ["Something is to be written to a session of profile work."]);
    assert_eq!(tombs(&rig), [("a", TombKind::Archived, false)]);
    let effects = rig.up("work");
    assert_eq!(rests(&effects).len(), 2);
    assert_eq!(notices(&rig), Vec::<String>::new());

    let mut rig = Rig::new();
    rig.command(edit("a", RowEdit::Archive(true)));
    rig.command(edit("a", RowEdit::Delete));
    let stuck = Stuck {
        reason: StuckReason::NoBinary,
        what: "no hermes".into(),
        does: "waits".into(),
        can: "install it".into(),
        log: Vec::new(),
    };
    let effects = rig.state("work", BackendState::Stuck(Box::new(stuck)));
    assert_eq!(starts(&effects), 0, "it is not started for what was given back");
    let told: Vec<_> = notices(&rig).into_iter().filter(|what| what.starts_with('"')).collect();
    assert_eq!(told, ["\"the a\" of profile work was not archived: no hermes"]);
}

/// A delete wakes nobody before it is sent.
#[test]
fn a_delete_wakes_a_cold_backend_only_when_its_time_is_over() {
    let mut rig = Rig::new();
    assert_eq!(starts(&rig.command(edit("a", RowEdit::Delete))), 0);
    let effects = rig.wait(UNDO);
    assert_eq!((starts(&effects), seeks(&effects)), (1, 0));
    assert_eq!(tombs(&rig), [("a", TombKind::Deleted, false)]);
    let effects = rig.up("work");
    assert_eq!(seeks(&effects), 1);
}

/// A write whose answer is lost is made once more, and no third time: it does no harm twice.
#[test]
fn a_lost_write_is_made_once_more() {
    let mut rig = rig();
    let (call, what) = one_rest(&rig.command(edit("a", RowEdit::Archive(true))));
    let (again, same) = one_rest(&rig.reply(call, Reply::Lost));
    assert_eq!(what, same);
    assert_eq!(tombs(&rig), [("a", TombKind::Archived, true)]);
    let effects = rig.reply(again, Reply::Lost);
    assert!(rests(&effects).is_empty());
    assert_eq!(tombs(&rig), []);
    assert!(notices(&rig)[0].contains("its answer was lost"));

    let mut rig = self::rig();
    rig.command(edit("a", RowEdit::Archive(true)));
    assert!(rests(&rig.down("work", true)).is_empty(), "not without a connection");
    assert_eq!(tombs(&rig).len(), 1);
    assert_eq!(rests(&rig.up("work")).len(), 1);
}

/// C17: a hub that ends has not sent what could still be taken back: the row is where it was, pin and all.
#[test]
fn a_hub_that_ends_sends_no_delete_that_waits() {
    let mut rig = rig();
    rig.ask(pin("a")).unwrap();
    rig.ask(edit("a", RowEdit::Delete)).unwrap();
    let effects = rig.run(Input::Ending);
    assert!(rests(&effects).is_empty());
    assert_eq!((tombs(&rig), pins(&rig)), (Vec::new(), vec!["a"]), "what the next hub begins with");
    assert!(rests(&rig.wait(UNDO)).is_empty());
}

/// DECISIONS 9: the hub stays for a delete that nobody took back.
#[test]
fn a_hub_lingers_for_what_is_to_be_written() {
    let mut rig = Rig::with(Limits { linger: Some(1_000), first_terminal: 0, ..Limits::default() });
    rig.profiles(&["default", "research", "work"]);
    rig.command(edit("a", RowEdit::Delete));
    rig.wait(5_000);
    assert!(!rig.reg.is_ending());
    rig.wait(UNDO);
    rig.up("work");
    rig.run(sought("a", &[]));
    assert_eq!(tombs(&rig).len(), 1);
    let effects = rig.wait(2_000);
    rig.processes(&effects, 0, 0);
    assert!(rig.reg.is_ending(), "then it goes");
}

/// C14, C15, C18: a row is known by its conversation, whatever its id is now.
#[test]
fn a_row_is_deleted_by_its_conversation() {
    let mut rig = rig();
    let open = Command::OpenStored { profile: profile("work"), stored: stored("tip") };
    let session = rig.opened(open);
    rig.run(Input::Loaded { session, loaded: loaded("tip", "first") });
    let stale = Command::EditStored {
        profile: profile("work"),
        stored: stored("older_tip"),
        lineage: root("first"),
        name: "x".into(),
        edit: RowEdit::Delete,
    };
    rig.ask(stale).unwrap();
    let effects = sent(&mut rig, "first", &["first", "older_tip", "tip"], Vec::new());
    let (call, what) = one_rest(&effects);
    assert_eq!(what, Rest::Delete { rows: vec![stored("first"), stored("older_tip"), stored("tip")] });
    rig.reply(call, Reply::Deleted(3));
    assert!(!rig.reg.world().sessions.contains_key(&session), "its tab goes with it");
}

//! What a hub takes up of the one before it, and what it makes of texts on their way.

use super::rig::*;
use crate::{
    base::{
        clock::{Tick, WallMs},
        ids::{AskId, LineageRoot, MessageId, QueueId, SendRef, SessionId},
        text::Untrusted,
    },
    model::{
        agent::Call,
        body::{Body, BodyState},
        draft::{Draft, Piece},
        kept::{Fate, Kept, KeptHead, KeptSession, Sent},
        message::{Message, MessageState, Role},
        patch::Patch,
        profile::Profile,
        session::{QueueEntry, Unread},
        turn::TurnState,
    },
    proto::{Answer, Command, command::Settle},
    registry::{Effect, Input, input::Loaded},
};

const WALL: WallMs = WallMs(5_000_000);

pub(super) fn kept(id: u64, name: &str, stored_id: Option<&str>) -> KeptSession {
    KeptSession {
        head: KeptHead {
            id: SessionId(id),
            profile: profile(name),
            stored: stored_id.map(stored),
            lineage: stored_id.and_then(LineageRoot::new),
            title: None,
            opening: "how it began".into(),
            cwd: Some("/kept".into()),
            unread: Unread::None,
            running: false,
            touched: WallMs(id),
        },
        draft: Draft::default(),
        queue: Vec::new(),
    }
}

pub(super) fn sent(session: u64, reference: u64, text: &str, fate: Fate) -> Sent {
    Sent::new(SendRef(reference), SessionId(session), text.to_owned(), WallMs(1_000_000), fate)
}

/// A hub that begins with this, and what it did at once.
fn begin(kept: Kept) -> (Rig, Vec<Effect>) {
    let mut rig = Rig::empty();
    let mut effects = rig.run(Input::Restored { kept: Ok(Box::new(kept)), wall: WALL });
    effects.extend(rig.profiles(&["default", "research", "work"]));
    (rig, effects)
}

pub(super) fn one(session: KeptSession, sends: Vec<Sent>) -> (Rig, Vec<Effect>) {
    let tabs = vec![session.head.id];
    begin(Kept { tabs, sends, highest: session.head.id.0, sessions: vec![session], ..Kept::default() })
}

fn user(id: u64, text: &str, at: u64) -> Message {
    let message = Message::text(MessageId(id), Role::User, text, MessageState::Done);
    Message { at: Some(WallMs(at)), ..message }
}

fn loaded(session: u64, id: &str, messages: Vec<Message>) -> Input {
    let body = Body { messages, ..Body::default() };
    Input::Loaded { session: SessionId(session), loaded: Loaded { stored: stored(id), row: None, body } }
}

fn loads(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Load { .. })).count()
}

pub(super) fn fates(effects: &[Effect], reference: u64) -> Vec<Fate> {
    let fates = effects.iter().filter_map(|effect| match effect {
        Effect::Keep(sent) if sent.reference.0 == reference => Some(sent.fate.clone()),
        _ => None,
    });
    fates.collect()
}

pub(super) fn answers(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::Answer { answer: Answer::Done, .. })).count()
}

pub(super) fn said_by(session: SessionId, text: &str, reference: u64) -> Command {
    Command::Send { session, text: text.to_owned(), reference: SendRef(reference) }
}

pub(super) fn command(rig: &mut Rig, ask: u64, command: Command) -> Vec<Effect> {
    rig.step(Input::Command { client: CLIENT, ask: AskId(ask), command, wall: WALL }).effects
}

pub(super) fn jobs(effects: &[Effect]) -> Vec<crate::registry::effect::JobId> {
    effects.iter().filter_map(|e| if let Effect::Store { job } = e { Some(*job) } else { None }).collect()
}

/// REL-10, I10, DECISIONS 21, H01: tabs in their order, drafts, unread marks and directories are back; reading them starts nothing.
#[test]
fn a_new_hub_begins_where_the_last_one_ended() {
    let mut first = kept(7, "work", Some("s7"));
    first.head.unread = Unread::Finished;
    first.draft = Draft { pieces: vec![Piece::Paste("chip".into())], revision: 4, author: None };
    let second = kept(9, "default", None);
    let third = kept(8, "research", Some("s8"));
    let (mut rig, effects) = begin(Kept {
        tabs: vec![SessionId(9), SessionId(7), SessionId(8)],
        sessions: vec![first.clone(), third, second],
        directories: [(profile("work"), "/kept/here".to_owned())].into(),
        highest: 20_000,
        ..Kept::default()
    });
    assert_eq!(starts(&effects) + loads(&effects) + calls_of(&effects).len(), 0);
    assert_eq!(rig.reg.world().tabs, [9, 7, 8].map(SessionId));
    let session = rig.session(SessionId(7));
    assert_eq!((session.unread, &session.draft), (Unread::Finished, &first.draft));
    assert_eq!(session.info.cwd, Some("/kept".into()));
    assert_eq!(session.body.as_ref().unwrap().state, BodyState::Loading);
    let order = [7, 8, 9].map(|id| rig.session(SessionId(id)).touched);
    assert!(order.is_sorted() && order[2] < Tick(1_000), "the order of recency is kept: {order:?}");

    let fresh = rig.opened(Command::NewSession { profile: profile("default"), cwd: String::new() });
    assert_eq!(fresh, SessionId(9), "the empty draft is used again");
    let new = rig.opened(Command::NewSession { profile: profile("work"), cwd: String::new() });
    assert!(new.0 > 20_000, "no number means two sessions");
    assert_eq!(rig.session(new).info.cwd, Some("/kept/here".into()));

    let effects = rig.command(Command::Watch { session: SessionId(7) });
    assert_eq!(loads(&effects), 1, "its transcript is read when somebody looks");
    assert_eq!(loads(&rig.command(Command::Watch { session: SessionId(7) })), 0, "once");
    rig.run(loaded(7, "s7", vec![user(0, "hi", 1)]));
    assert_eq!(rig.lines(SessionId(7)), ["User: hi"]);
    assert_eq!(rig.session(SessionId(7)).touched, order[0], "to be read does not make it the latest");
    let again = rig.opened(Command::OpenStored { profile: profile("work"), stored: stored("s7") });
    assert_eq!(again, SessionId(7), "it is found, not opened twice");
}

/// DECISIONS 12, 22: nothing is sent by itself after a restart.
#[test]
fn a_queue_is_back_in_order_and_waits_for_the_person() {
    let mut session = kept(7, "work", Some("s7"));
    let entry = |n: u64| QueueEntry {
        id: QueueId(n),
        reference: SendRef(100 + n),
        text: format!("queued {n}"),
        at: WallMs(n),
    };
    session.queue = vec![entry(1), entry(2)];
    let waiting = sent(7, 50, "never left", Fate::Waiting);
    let (mut rig, effects) = one(session, vec![waiting]);
    assert_eq!((starts(&effects), submits(&effects)), (0, Vec::new()));
    let texts = |rig: &Rig| -> Vec<String> {
        rig.session(SessionId(7)).queue.iter().map(|entry| entry.text.clone()).collect()
    };
    assert_eq!(texts(&rig), ["never left", "queued 1", "queued 2"]);
    assert!(rig.lines(SessionId(7))[0].contains("waits until you send"), "{:?}", rig.lines(SessionId(7)));
    assert!(effects.contains(&Effect::Forget { reference: SendRef(50) }), "it is in one place only");

    let effects = rig.send(SessionId(7), "go on");
    assert_eq!(starts(&effects), 1);
    assert_eq!(texts(&rig), ["queued 1", "queued 2", "go on"]);
    let effects = rig.up("work");
    let resume = call_of(&effects, |what| matches!(what, Call::Resume { .. }));
    assert_eq!(submits(&rig.reply(resume, built("s7", None))), ["never left"]);
}

/// REL-10: exactly its words, and not older than it: an earlier text of the same words is another one.
#[test]
fn a_text_that_may_have_left_is_looked_for_in_the_history() {
    let session = || kept(7, "work", Some("s7"));
    for fate in [Fate::Sending, Fate::Uncertain, Fate::Queued] {
        let (mut rig, effects) = one(session(), vec![sent(7, 50, "go on", fate.clone())]);
        assert_eq!(loads(&effects), 1, "at once");
        assert_eq!(rig.turn(SessionId(7)), TurnState::Uncertain);
        let there = vec![user(0, "go on", 10), user(1, "go on", 1_000_500)];
        let effects = rig.run(loaded(7, "s7", there));
        assert_eq!(rig.lines(SessionId(7)), ["User: go on", "User: go on"], "{fate:?}");
        assert_eq!(rig.turn(SessionId(7)), TurnState::Idle);
        assert_eq!(fates(&effects, 50), [Fate::Accepted]);

        let (mut rig, _) = one(session(), vec![sent(7, 50, "go on", fate.clone())]);
        let effects = rig.run(loaded(7, "s7", vec![user(0, "go on", 10)]));
        assert_eq!(rig.turn(SessionId(7)), TurnState::Uncertain, "{fate:?}");
        assert_eq!(rig.last(SessionId(7)).state, MessageState::Uncertain);
        assert_eq!((submits(&effects), starts(&effects)), (Vec::new(), 0), "never again by itself");
        let message = rig.last(SessionId(7)).id;
        let settle = Command::Settle { session: SessionId(7), message, how: Settle::Discard };
        let effects = rig.command(settle);
        assert!(effects.contains(&Effect::Forget { reference: SendRef(50) }));
        assert_eq!(rig.turn(SessionId(7)), TurnState::Idle);
    }
}

/// Two of the same words are two.
#[test]
fn one_place_in_the_history_settles_one_text() {
    let sends = vec![sent(7, 50, "again", Fate::Sending), sent(7, 51, "again", Fate::Sending)];
    let (mut rig, _) = one(kept(7, "work", Some("s7")), sends);
    rig.run(loaded(7, "s7", vec![user(0, "again", 1_000_500)]));
    assert_eq!(rig.lines(SessionId(7)), ["User: again", "User: again"]);
    assert_eq!(rig.last(SessionId(7)).state, MessageState::Uncertain);
}

/// CHECK 41: the stored text of one that the backend has taken may differ.
#[test]
fn a_text_with_a_reference_is_known_by_its_place_when_the_backend_had_taken_it() {
    let there = || vec![user(0, "look at @file:a\n<file>…</file>", 1_000_500)];
    let (mut rig, _) = one(kept(7, "work", Some("s7")), vec![sent(7, 50, "look at @file:a", Fate::Accepted)]);
    rig.run(loaded(7, "s7", there()));
    assert_eq!(rig.turn(SessionId(7)), TurnState::Idle);
    assert_eq!(rig.lines(SessionId(7)).len(), 1);
    let (mut rig, _) = one(kept(7, "work", Some("s7")), vec![sent(7, 50, "look at @file:a", Fate::Sending)]);
    rig.run(loaded(7, "s7", there()));
    assert_eq!(rig.turn(SessionId(7)), TurnState::Uncertain, "of any other its words must be there");
}

/// SYS-1: what was refused is still there to be sent again or put away.
#[test]
fn a_refused_text_stays_visible() {
    let refused = Fate::Refused("no key".into());
    let (mut rig, effects) = one(kept(7, "work", Some("s7")), vec![sent(7, 50, "refused", refused.clone())]);
    assert_eq!(loads(&effects), 0);
    assert_eq!(rig.last(SessionId(7)).state, MessageState::Refused("no key".into()));
    let message = rig.last(SessionId(7)).id;
    let settle = Command::Settle { session: SessionId(7), message, how: Settle::Discard };
    assert!(rig.command(settle).contains(&Effect::Forget { reference: SendRef(50) }));
}

/// I12, SYS-1: a turn that ended with its hub is taken up by its stored id, and said to have ended.
#[test]
fn what_was_running_is_resumed_and_shown_as_it_is() {
    let mut session = kept(7, "work", Some("s7"));
    session.head.running = true;
    let (mut rig, effects) = one(session, Vec::new());
    assert_eq!(starts(&effects), 1, "its backend is woken");
    assert!(matches!(rig.turn(SessionId(7)), TurnState::Failed(_)));
    assert_eq!(rig.session(SessionId(7)).unread, Unread::Failed);
    let effects = rig.up("work");
    let resume = call_of(&effects, |what| matches!(what, Call::Resume { .. }));
    let messages = vec![user(0, "long work", 1)];
    rig.reply(resume, built("s7", Some(&|built| built.messages.clone_from(&messages))));
    let lines = rig.lines(SessionId(7));
    assert_eq!(lines[0], "User: long work");
    assert!(lines[1].contains("hermux ended in the middle of this turn"), "{lines:?}");
    assert_eq!(lines.len(), 2);
}

/// Its transcript is not looked at through a fate that is not known yet.
#[test]
fn a_session_is_not_built_before_its_text_was_looked_up() {
    let mut session = kept(7, "work", Some("s7"));
    session.head.running = true;
    let (mut rig, effects) = one(session, vec![sent(7, 50, "go on", Fate::Sending)]);
    assert_eq!(loads(&effects), 1);
    assert_eq!(calls_of(&rig.up("work")).iter().filter(|(_, c)| matches!(c, Call::Resume { .. })).count(), 0);
    let effects = rig.run(loaded(7, "s7", vec![user(0, "go on", 1_000_500)]));
    call_of(&effects, |what| matches!(what, Call::Resume { .. }));
}

/// A session of a profile that is gone stays on disk, and is no error.
#[test]
fn a_session_waits_for_its_profile() {
    let mut rig = Rig::empty();
    let all = vec![kept(7, "work", Some("s7")), kept(8, "default", Some("s8"))];
    let tabs = vec![SessionId(7), SessionId(8)];
    rig.run(Input::Restored {
        kept: Ok(Box::new(Kept { sessions: all, tabs, ..Kept::default() })),
        wall: WALL,
    });
    let step = rig.step(Input::ProfilesSeen(vec![Profile::new(profile("default"), "/home")].into()));
    assert_eq!(rig.reg.world().tabs, [SessionId(8)]);
    assert!(!step.patches.iter().any(|patch| matches!(patch, Patch::SessionRemoved(_))), "its rows stay");
    assert_eq!(rig.reg.world().notices, []);
    rig.profiles(&["default", "work"]);
    assert_eq!(rig.reg.world().tabs, [SessionId(8), SessionId(7)]);
}

/// REL-15.
#[test]
fn a_store_that_cannot_be_read_is_told_and_the_rest_goes_on() {
    let mut rig = Rig::empty();
    rig.run(Input::Restored { kept: Err("the disk does not answer".into()), wall: WALL });
    rig.profiles(&["default"]);
    assert_eq!(rig.reg.world().tabs.len(), 1);
    let notice = &rig.reg.world().notices[0];
    assert!(
        notice.what.raw().contains("Crash safety is off") && notice.what.raw().contains("does not answer")
    );
    rig.run(Input::Stored { jobs: Vec::new(), result: Err("still".into()) });
    assert_eq!(rig.reg.world().notices.len(), 1, "told once");
    rig.run(Input::PutAside(Untrusted::from("/x/hermux.db.damaged-1")));
    assert!(rig.reg.world().notices[1].does.raw().contains("/x/hermux.db.damaged-1"));
}

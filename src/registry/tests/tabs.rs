//! Opening, closing, drafts.

use super::rig::*;
use crate::{
    base::{
        clock::WallMs,
        ids::{ClientId, LineageRoot, MessageId},
    },
    model::{
        agent::{Call, Fact, TurnOutcome},
        body::{Body, BodyState},
        draft::Piece,
        listing::{Filter, Sort, StoredRow},
        message::{Message, MessageState, Role},
        turn::TurnState,
    },
    proto::{Answer, Command, Refusal, command::CloseRunning},
    registry::{Effect, Input, effect::Read, input::Loaded},
};

fn open(id: &str) -> Command {
    Command::OpenStored { profile: profile("work"), stored: stored(id) }
}

pub(super) fn loaded(id: &str, root: &str) -> Loaded {
    let row = StoredRow {
        profile: profile("work"),
        id: stored(id),
        lineage: LineageRoot::new(root).unwrap(),
        title: Some("Old".into()),
        preview: "hi".into(),
        last_active: WallMs(1),
        started: WallMs(0),
        ended: false,
        archived: false,
        messages: 2,
        source: "tui".into(),
        model: Some("m".into()),
        cwd: Some("/p".into()),
    };
    let message = |id, role, text: &str| Message::text(MessageId(id), role, text, MessageState::Done);
    let messages = vec![message(0, Role::User, "hi"), message(1, Role::Assistant, "hello")];
    Loaded {
        stored: stored(id),
        row: Some(row),
        body: Body { state: BodyState::Ready, older: true, messages },
    }
}

/// DECISIONS 21.
#[test]
fn an_empty_draft_is_used_again_and_one_with_text_is_not() {
    let mut rig = Rig::new();
    let first = rig.draft("work");
    assert_eq!(rig.draft("work"), first);
    let pieces = vec![Piece::Text("x".to_owned())];
    rig.ask(Command::SaveDraft { session: first, pieces, base: 0 }).unwrap();
    assert_ne!(rig.draft("work"), first);
}

/// I11, INV27.
/// H11, I11, INV27.
#[test]
fn each_session_keeps_its_own_draft_until_it_is_sent() {
    let mut rig = Rig::new();
    let (a, b) = (rig.draft("work"), rig.draft("research"));
    for (session, text) in [(a, "A"), (b, "B")] {
        let pieces = vec![Piece::Text(text.to_owned()), Piece::Paste("!".to_owned())];
        rig.ask(Command::SaveDraft { session, pieces, base: 0 }).unwrap();
    }
    assert_eq!(rig.session(a).draft.text(), "A!");
    assert_eq!(rig.session(a).draft.author, Some(CLIENT));
    rig.send(b, "B!");
    assert!(rig.session(b).draft.is_empty());
    assert!(rig.session(b).draft.revision > 1);
    assert_eq!(rig.session(a).draft.text(), "A!");
}

/// A client that leaves takes nothing with it.
/// A23, B07, INV8.
#[test]
fn a_client_that_leaves_takes_nothing_with_it() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let before = rig.session(session).clone();
    rig.run(Input::ClientLeft { client: ClientId(1) });
    assert_eq!(rig.session(session), &before);
}

/// INV14, DECISIONS 16.
#[test]
fn a_stored_session_is_opened_once_and_read_without_a_backend() {
    let mut rig = Rig::new();
    let effects = rig.command(open("s1"));
    assert_eq!((starts(&effects), calls_of(&effects).len()), (0, 0));
    let session = rig.opened(open("s1"));
    assert_eq!(rig.body(session).state, BodyState::Loading);
    rig.run(Input::Loaded { session, loaded: loaded("s1", "s1") });
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: hello"]);
    assert!(rig.body(session).older);
    assert_eq!(rig.session(session).title, Some("Old".into()));
    assert_eq!(rig.reg.world().tabs.iter().filter(|id| **id == session).count(), 1);
    assert_eq!(rig.opened(open("s1")), session);
}

/// CHECK 40, INV12: an old root and its tip are one conversation.
#[test]
fn a_root_and_its_tip_become_one_tab() {
    let mut rig = Rig::new();
    let tip = rig.opened(open("tip"));
    rig.run(Input::Loaded { session: tip, loaded: loaded("tip", "root") });
    assert_eq!(rig.opened(open("root")), tip);
    // The other way about, when the root was opened before it was known to be one.
    let mut rig = Rig::new();
    let (root, tip) = (rig.opened(open("root")), rig.opened(open("tip")));
    let pieces = vec![Piece::Text("mine".to_owned())];
    rig.command(Command::SaveDraft { session: root, pieces, base: 0 });
    rig.run(Input::Loaded { session: root, loaded: loaded("tip", "root") });
    assert!(!rig.reg.world().sessions.contains_key(&root));
    assert!(!rig.reg.world().tabs.contains(&root));
    assert_eq!(rig.session(tip).draft.text(), "mine");
}

/// A text that was sent before the transcript came stands after it, and goes its way.
#[test]
fn a_text_sent_while_the_transcript_loads_stands_after_it() {
    let mut rig = Rig::new();
    let session = rig.opened(open("s1"));
    rig.send(session, "next");
    rig.run(Input::Loaded { session, loaded: loaded("s1", "s1") });
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: hello", "User: next"]);
    let ids: Vec<_> = rig.body(session).messages.iter().map(|message| message.id).collect();
    assert!(ids.is_sorted());
    let effects = rig.up("work");
    let resume = call_of(&effects, |what| *what == Call::Resume { stored: stored("s1"), eager: true });
    let effects = rig.reply(resume, built("aa", Some(&|built| built.stored = Some(stored("s1")))));
    assert_eq!(submits(&effects), ["next"]);
    rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(rig.last(session).state, MessageState::Done);
}

/// A transcript that cannot be read says why, and the session can still be used.
#[test]
fn an_unreadable_transcript_says_why() {
    let mut rig = Rig::new();
    let session = rig.opened(open("s1"));
    let body = Body { state: BodyState::Unreadable("locked".into()), ..Body::default() };
    rig.run(Input::Loaded { session, loaded: Loaded { stored: stored("s1"), row: None, body } });
    assert_eq!(rig.body(session).state, BodyState::Unreadable("locked".into()));
    rig.send(session, "next");
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    let messages = loaded("s1", "s1").body.messages;
    rig.reply(resume, built("aa", Some(&|built| built.messages.clone_from(&messages))));
    assert_eq!(rig.lines(session), ["User: hi", "Assistant: hello", "User: next"]);
}

/// INV15, DECISIONS 4.
#[test]
fn the_last_tab_closed_leaves_a_draft() {
    let mut rig = Rig::new();
    let first = rig.reg.world().tabs[0];
    rig.ask(Command::CloseTab { session: first, running: CloseRunning::Ask }).unwrap();
    assert_eq!(rig.reg.world().tabs, [first], "an empty draft stays");
    let session = rig.ready("default", "aa");
    rig.ask(Command::CloseTab { session, running: CloseRunning::Ask }).unwrap();
    assert_eq!(rig.reg.world().tabs.len(), 1);
    assert!(rig.session(rig.reg.world().tabs[0]).is_fresh());
    assert!(!rig.reg.world().sessions.contains_key(&session));
}

/// INV15: exactly one interrupt when it was to be stopped; the session leaves when its turn has ended.
#[test]
fn a_running_tab_closed_with_stop_is_interrupted_once() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    assert_eq!(rig.ask(Command::CloseTab { session, running: CloseRunning::Ask }), Err(Refusal::Running));
    let effects = rig.command(Command::CloseTab { session, running: CloseRunning::Stop });
    let interrupts =
        calls_of(&effects).into_iter().filter(|(_, what)| matches!(what, Call::Interrupt { .. }));
    assert_eq!(interrupts.count(), 1);
    assert!(!rig.reg.world().tabs.contains(&session));
    assert_eq!(rig.turn(session), TurnState::Stopping);
    let effects = rig.fact("work", "aa", ended(TurnOutcome::Interrupted, None));
    assert_eq!(calls_of(&effects), [], "the backend's session stays (CHECK 44)");
    assert!(!rig.reg.world().sessions.contains_key(&session));
    assert!(!rig.reg.runs.contains_key(&session));
}

/// INV4, INV5, INV15, M2: kept running without a tab; it comes back by its stored id.
#[test]
fn a_running_tab_can_close_without_its_turn() {
    let mut rig = Rig::new();
    let session = rig.running("work", "aa");
    let effects = rig.command(Command::CloseTab { session, running: CloseRunning::Keep });
    assert_eq!(calls_of(&effects), []);
    rig.text("work", "aa", "on");
    assert_eq!(rig.lines(session)[1], "Assistant: on");
    assert_eq!(rig.opened(open("stored_aa")), session);
    assert!(rig.reg.world().tabs.contains(&session));
    rig.end("work", "aa");
    assert_eq!(rig.turn(session), TurnState::Idle);
}

/// The same before the turn has begun.
#[test]
fn a_tab_closed_with_stop_before_its_turn_began_is_interrupted_when_it_does() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    rig.send(session, "next");
    rig.command(Command::CloseTab { session, running: CloseRunning::Stop });
    let effects = rig.fact("work", "aa", Fact::TurnStarted);
    assert_eq!(calls_of(&effects)[0].1, Call::Interrupt { live: live("aa") });
    assert_eq!(calls_of(&rig.fact("work", "aa", Fact::TurnStarted)), []);
}

#[test]
fn tabs_move_by_the_persons_hand_alone() {
    let mut rig = Rig::new();
    let (a, b) = (rig.ready("work", "aa"), rig.ready("work", "bb"));
    let first = rig.reg.world().tabs[0];
    assert_eq!(rig.reg.world().tabs, [first, a, b]);
    rig.ask(Command::MoveTab { session: b, to: 0 }).unwrap();
    assert_eq!(rig.reg.world().tabs, [b, first, a]);
    rig.ask(Command::MoveTab { session: b, to: 99 }).unwrap();
    assert_eq!(rig.reg.world().tabs, [first, a, b]);
}

/// B05: what is read and what is not.
#[test]
fn watching_listing_and_paging_are_passed_on() {
    let mut rig = Rig::new();
    let session = rig.opened(open("s1"));
    rig.run(Input::Loaded { session, loaded: loaded("s1", "s1") });
    let effects = rig.command(Command::Watch { session });
    assert!(effects.contains(&Effect::Watch { client: CLIENT, session }));
    let (sort, filter, after) = (Sort::default(), Filter::default(), None);
    let effects = rig.command(Command::Page { profile: profile("work"), sort, filter, after, limit: 900 });
    assert!(matches!(effects[0], Effect::Read { read: Read::Page { limit: 200, .. }, .. }));
    let effects = rig.command(Command::Older { session, first: None, skip: 5 });
    let wanted = Read::Older { profile: profile("work"), stored: stored("s1"), skip: 7 };
    assert!(matches!(&effects[0], Effect::Read { read, .. } if *read == wanted));
    let effects = rig.run(Input::Answered {
        client: CLIENT,
        ask: crate::base::ids::AskId(1),
        answer: Err(Refusal::Unreadable("locked".into())),
    });
    assert!(matches!(&effects[0], Effect::Refuse { reason: Refusal::Unreadable(_), .. }));
    let gone = crate::base::ids::SessionId(1);
    assert_eq!(rig.ask(Command::Watch { session: gone }), Err(Refusal::NoSession));
    assert_eq!(rig.ask(Command::MarkRead { session }), Ok(Answer::Done));
}

/// Paging back goes on where the transcript in memory begins, as the store counts.
#[test]
fn older_messages_are_counted_as_the_store_counts_them() {
    let mut rig = Rig::new();
    let fresh = rig.draft("work");
    assert_eq!(
        rig.ask(Command::Older { session: fresh, first: None, skip: 0 }),
        Ok(Answer::Older { messages: vec![], more: false })
    );
    let session = rig.opened(open("s1"));
    rig.run(Input::Loaded { session, loaded: loaded("s1", "s1") });
    rig.send(session, "next");
    let resume = call_of(&rig.up("work"), |what| matches!(what, Call::Resume { .. }));
    rig.reply(resume, built("aa", Some(&|built| built.stored = Some(stored("s1")))));
    rig.fact("work", "aa", Fact::TurnStarted);
    rig.text("work", "aa", "answer");
    let skip = |rig: &mut Rig| match &rig.command(Command::Older { session, first: None, skip: 0 })[0] {
        Effect::Read { read: Read::Older { skip, .. }, .. } => *skip,
        other => panic!("{other:?}"),
    };
    assert_eq!(skip(&mut rig), 3, "what streams may not be stored yet");
    rig.end("work", "aa");
    assert_eq!(skip(&mut rig), 4);
    rig.fact("work", "aa", Fact::Failed("a line of hermux's own".into()));
    assert_eq!(skip(&mut rig), 4);
}

/// A terminal is sent a tail; what is before it in memory comes from there, what is before that from disk.
#[test]
fn older_messages_in_memory_are_not_skipped() {
    let mut rig = Rig::new();
    let session = rig.ready("work", "aa");
    for _ in 0..300 {
        rig.fact("work", "aa", Fact::Failed("a line".into()));
    }
    let ids: Vec<_> = rig.body(session).messages.iter().map(|message| message.id).collect();
    let first = Some(ids[250]);
    let mut page = |skip| match rig.ask(Command::Older { session, first, skip }) {
        Ok(Answer::Older { messages, more }) => (messages.iter().map(|m| m.id).collect::<Vec<_>>(), more),
        other => panic!("{other:?}"),
    };
    assert_eq!(page(0), (ids[50..250].to_vec(), true));
    assert_eq!(page(200), (ids[..50].to_vec(), false));
    assert_eq!(page(250), (vec![], false));
}

/// CHECK 52: a session that is created for nobody any more is closed again.
#[test]
fn a_session_whose_tab_closed_while_it_was_created_is_let_go() {
    let mut rig = Rig::new();
    let session = rig.draft("work");
    rig.send(session, "hi");
    let create = call_of(&rig.up("work"), |what| matches!(what, Call::Create { .. }));
    rig.ask(Command::CloseTab { session, running: CloseRunning::Stop }).unwrap();
    assert!(!rig.reg.world().sessions.contains_key(&session));
    let effects = rig.reply(create, built("aa", None));
    assert_eq!(calls_of(&effects)[0].1, Call::Close { live: live("aa") });
    assert!(!rig.reg.runs.contains_key(&session));
}

/// H01: what a person sets is where new sessions of that profile work, and an empty one is forgotten, not kept.
#[test]
fn a_working_directory_is_set_and_forgotten() {
    let mut rig = Rig::new();
    let set =
        |directory: &str| Command::SetDirectory { profile: profile("work"), directory: directory.into() };
    assert_eq!(rig.ask(set(" /srv/site ")), Ok(Answer::Done));
    let session = rig.opened(Command::NewSession { profile: profile("work"), cwd: String::new() });
    assert_eq!(rig.session(session).info.cwd, Some("/srv/site".into()));
    assert_eq!(rig.ask(set("site")), Err(Refusal::NotAPath));
    assert_eq!(rig.reg.world().directories[&profile("work")], "/srv/site");
    assert_eq!(rig.ask(set("  ")), Ok(Answer::Done));
    assert!(!rig.reg.world().directories.contains_key(&profile("work")));
    let nobody = Command::SetDirectory { profile: profile("nobody"), directory: "/x".into() };
    assert_eq!(rig.ask(nobody), Err(Refusal::NoProfile));
}

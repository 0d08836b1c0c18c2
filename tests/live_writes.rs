//! Writes to stored sessions, with the real Hermes: what becomes of them is read in its `state.db`, while another Hermes writes there, too.
//!
//! `.ci/run` installs Hermes and runs this; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_writes -- --ignored`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod common;
mod live;

use common::home::Home;
use common::model::Model;
use hermux::base::ids::{LineageRoot, ProfileName, SendRef, SessionId, StoredId};
use hermux::config::limits::Limits;
use hermux::model::{shelf::TombKind, turn::TurnState, world::World};
use hermux::proto::command::RowEdit;
use hermux::proto::{Answer, Command, Refusal};
use live::Rig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::process::Stdio;

fn work() -> ProfileName {
    ProfileName::new("work").unwrap()
}

/// Title, whether it is archived, its parent.
type Row = (Option<String>, bool, Option<String>);

/// A row as it is stored.
fn row(home: &Home, id: &StoredId) -> Option<Row> {
    let path = home.hermes().join("profiles/work/state.db");
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT title, archived, parent_session_id FROM sessions WHERE id = ?1";
    let row = db.query_row(sql, [id.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    row.optional().unwrap()
}

fn send(session: SessionId, text: &str) -> Command {
    let reference = SendRef(hermux::base::sys::files::random_u64().unwrap());
    Command::Send { session, text: text.to_owned(), reference }
}

fn stored(rig: &Rig, session: SessionId) -> StoredId {
    rig.world.sessions[&session].stored.clone().unwrap()
}

fn root(id: &StoredId) -> LineageRoot {
    LineageRoot::new(id.as_str()).unwrap()
}

fn edit(id: &StoredId, edit: RowEdit) -> Command {
    Command::EditStored { profile: work(), stored: id.clone(), lineage: root(id), name: "row".into(), edit }
}

/// A session of `profile` that was sent this and, with `ends`, has answered.
async fn talk(rig: &mut Rig, home: &Home, profile: ProfileName, text: &str, ends: bool) -> SessionId {
    let cwd = home.work().to_string_lossy().into_owned();
    let Answer::Opened(session) = rig.ask(Command::NewSession { profile, cwd }).await else {
        panic!("a tab")
    };
    rig.ask(Command::Watch { session }).await;
    rig.ask(send(session, text)).await;
    rig.until("the turn", |world| {
        let known = &world.sessions[&session];
        let idle = known.turn.state == TurnState::Idle && known.stored.is_some() && !known.preview.is_empty();
        if ends {
            idle && !known.preview.raw().contains("SAY")
        } else {
            known.turn.state == TurnState::Running
        }
    })
    .await;
    session
}

/// Another Hermes writes to the same profile, again and again, until the hub is done. How often it did, and what it complained of.
#[expect(clippy::disallowed_methods, reason = "another Hermes, as a person would start one beside hermux")]
fn other_hermes(
    home: &Home,
    id: &StoredId,
    stop: std::sync::mpsc::Receiver<()>,
) -> std::thread::JoinHandle<(usize, Vec<String>)> {
    let (env, root, id) = (home.env(), home.hermes(), id.as_str().to_owned());
    let hermes = std::env::var_os("HERMUX_TEST_HERMES").unwrap();
    std::thread::spawn(move || {
        let (mut times, mut wrong) = (0, Vec::new());
        while stop.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
            times += 1;
            let said = std::process::Command::new(&hermes)
                .args(["--profile", "work", "sessions", "rename", &id, &format!("named {times} times")])
                .env_clear()
                .env("PATH", std::env::var_os("PATH").unwrap_or_default())
                .envs(env.iter().cloned())
                .env("HERMES_HOME", &root)
                .stdin(Stdio::null())
                .output()
                .unwrap();
            if !said.status.success() {
                wrong.push(String::from_utf8_lossy(&said.stderr).into_owned());
            }
        }
        (times, wrong)
    })
}

/// C17, C18, C23, DECISIONS 10, CHECK 45, ASK-42, I16, INV7, M15: renamed, archived and back, deleted and taken back, deleted, branched and
/// stopped, each as `state.db` says; another Hermes that writes meanwhile meets no error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a real Hermes; .ci/run runs it"]
async fn every_write_to_a_row_is_in_the_store_and_disturbs_no_other_writer() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let mut rig = Rig::new(&home, Limits { undo: 1_500, ..Limits::default() }).await;
    let a = talk(&mut rig, &home, work(), "SAY alpha", true).await;
    let b = talk(&mut rig, &home, work(), "SAY beta", true).await;
    let c = talk(&mut rig, &home, work(), "SAY gamma", true).await;
    let (id_a, id_b, id_c) = (stored(&rig, a), stored(&rig, b), stored(&rig, c));
    let (done, stop) = std::sync::mpsc::channel();
    let other = other_hermes(&home, &id_c, stop);

    rig.ask(edit(&id_a, RowEdit::Title("  The first  one ".into()))).await;
    assert_eq!(row(&home, &id_a).unwrap().0.as_deref(), Some("The first one"));
    assert_eq!(rig.world.sessions[&a].title.as_ref().unwrap().raw(), "The first one");
    let taken = rig.try_ask(edit(&id_b, RowEdit::Title("The first one".into()))).await;
    assert!(
        matches!(&taken, Err(Refusal::Backend(why)) if why.raw().contains("already in use")),
        "{taken:?}"
    );

    let pin = Command::Pin { profile: work(), lineage: root(&id_a), on: true };
    rig.ask(pin).await;
    rig.ask(edit(&id_a, RowEdit::Archive(true))).await;
    assert_eq!(rig.world.tombs[0].kind, TombKind::Archived);
    assert!(rig.world.shelf.pins.is_empty(), "unpinned at once");
    rig.until("the listing has lost it", |world| world.tombs.is_empty()).await;
    assert!(row(&home, &id_a).unwrap().1);
    rig.ask(edit(&id_a, RowEdit::Archive(false))).await;
    assert!(!row(&home, &id_a).unwrap().1);

    rig.ask(edit(&id_a, RowEdit::Delete)).await;
    rig.ask(Command::UndoDelete { profile: work(), lineage: root(&id_a) }).await;
    assert!(rig.world.tombs.is_empty());
    rig.ask(edit(&id_b, RowEdit::Delete)).await;
    assert!(row(&home, &id_b).is_some(), "it is not sent yet");
    rig.until("the tab and the tomb of what is gone", |world: &World| {
        world.tombs.is_empty() && !world.sessions.contains_key(&b)
    })
    .await;
    assert_eq!(row(&home, &id_b), None);
    assert!(row(&home, &id_a).is_some(), "what was taken back is there");

    let branch = Command::Branch { profile: work(), stored: id_a.clone() };
    let Answer::Opened(copy) = rig.ask(branch).await else { panic!("a copy") };
    let id_copy = stored(&rig, copy);
    assert_eq!(row(&home, &id_copy).unwrap().2.as_deref(), Some(id_a.as_str()));
    rig.ask(Command::Watch { session: copy }).await;
    rig.until("its transcript", |world| {
        let body = world.sessions[&copy].body.as_ref();
        body.is_some_and(|body| body.messages.iter().any(|message| message.plain().contains("alpha")))
    })
    .await;
    rig.ask(send(copy, "SAY delta")).await;
    rig.until("the copy answers", |world| {
        let known = &world.sessions[&copy];
        known.turn.state == TurnState::Idle && known.preview.raw() == "delta"
    })
    .await;

    let runs = talk(&mut rig, &home, work(), "STREAM tag=R n=40 gate=never", false).await;
    let shown =
        talk(&mut rig, &home, ProfileName::default_profile(), "STREAM tag=V n=40 gate=never", false).await;
    rig.ask(Command::Focus { session: shown }).await;
    rig.until("its row", |world| world.sessions[&runs].stored.is_some()).await;
    let id = stored(&rig, runs);
    assert_eq!(rig.try_ask(edit(&id, RowEdit::Delete)).await, Err(Refusal::Running));
    rig.ask(Command::StopStored { profile: work(), stored: id }).await;
    rig.until("its end", |world| world.sessions[&runs].turn.state == TurnState::Idle).await;
    assert_eq!(rig.world.sessions[&shown].turn.state, TurnState::Running, "the one that is shown goes on");

    done.send(()).unwrap();
    let (times, wrong) = tokio::task::spawn_blocking(move || other.join()).await.unwrap().unwrap();
    assert!(times > 1, "{times} times");
    assert_eq!(wrong, Vec::<String>::new(), "of {times} writes of another Hermes");
    rig.close(&home).await;
}

//! One of every message, over the real socket: what arrives is what was sent (I5).
// One list of all samples is one macro.
#![recursion_limit = "512"]
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use common::{patience, seconds};
use hermux::base::clock::{Tick, WallMs};
use hermux::base::ids::{AskId, ClientId, MessageId, ProfileName, SessionId};
use hermux::base::name::NameProblem;
use hermux::model::fleet::{Details, EnvKey};
use hermux::model::listing::{Found, Hit, Page, Peek, StoredRow};
use hermux::model::message::{Message, MessageState, Role};
use hermux::model::patch::{BodyChange, Patch};
use hermux::model::session::Session;
use hermux::model::terminal::TerminalInfo;
use hermux::model::world::World;
use hermux::proto::update::{Goodbye, Snapshot, Welcome};
use hermux::proto::{Answer, CONTRACT, Command, Refusal, ToHub, Update};
use hermux::transport::port::{Frame, HubPort, TerminalPort};
use hermux::transport::unix::{Listener, connect};
use serde_json::{from_value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(patience(seconds(5)), future).await.unwrap()
}

async fn connected() -> (tempfile::TempDir, Listener, TerminalPort, HubPort) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run/1-2.sock");
    let listener = Listener::bind(&path).unwrap();
    let (terminal, hub) = within(async { tokio::join!(connect(&path), listener.accept()) }).await;
    (dir, listener, terminal.unwrap(), hub.unwrap())
}

/// A new command does not compile until it is here, and fails until it is among the samples.
fn name(command: &Command) -> &'static str {
    match command {
        Command::Watch { .. } => "Watch",
        Command::Unwatch { .. } => "Unwatch",
        Command::Show { .. } => "Show",
        Command::NewSession { .. } => "NewSession",
        Command::OpenStored { .. } => "OpenStored",
        Command::EditStored { .. } => "EditStored",
        Command::UndoDelete { .. } => "UndoDelete",
        Command::Branch { .. } => "Branch",
        Command::StopStored { .. } => "StopStored",
        Command::CloseTab { .. } => "CloseTab",
        Command::MoveTab { .. } => "MoveTab",
        Command::Pin { .. } => "Pin",
        Command::OrderProfiles { .. } => "OrderProfiles",
        Command::Recolour { .. } => "Recolour",
        Command::Arrange(_) => "Arrange",
        Command::Send { .. } => "Send",
        Command::SaveDraft { .. } => "SaveDraft",
        Command::Interrupt { .. } => "Interrupt",
        Command::InterruptAndSend { .. } => "InterruptAndSend",
        Command::GoOn { .. } => "GoOn",
        Command::EditQueued { .. } => "EditQueued",
        Command::RemoveQueued { .. } => "RemoveQueued",
        Command::Answer { .. } => "Answer",
        Command::DismissPrompt { .. } => "DismissPrompt",
        Command::Settle { .. } => "Settle",
        Command::MarkRead { .. } => "MarkRead",
        Command::Rename { .. } => "Rename",
        Command::SetYolo { .. } => "SetYolo",
        Command::Wake { .. } => "Wake",
        Command::StopBackend { .. } => "StopBackend",
        Command::DismissNotice { .. } => "DismissNotice",
        Command::Page { .. } => "Page",
        Command::Find { .. } => "Find",
        Command::Search { .. } => "Search",
        Command::StopSearch => "StopSearch",
        Command::Peek { .. } => "Peek",
        Command::Locate { .. } => "Locate",
        Command::Export { .. } => "Export",
        Command::Older { .. } => "Older",
        Command::Commands { .. } => "Commands",
        Command::Choices { .. } => "Choices",
        Command::Configure { .. } => "Configure",
        Command::SetDirectory { .. } => "SetDirectory",
        Command::Focus { .. } => "Focus",
        Command::StopAll => "StopAll",
        Command::Shutdown { .. } => "Shutdown",
        Command::Status { .. } => "Status",
        Command::CreateProfile(_) => "CreateProfile",
        Command::RenameProfile { .. } => "RenameProfile",
        Command::DeleteProfile { .. } => "DeleteProfile",
        Command::Describe { .. } => "Describe",
        Command::ReadSoul { .. } => "ReadSoul",
        Command::WriteSoul { .. } => "WriteSoul",
        Command::ProfileDetails { .. } => "ProfileDetails",
        Command::DropSecret { .. } => "DropSecret",
    }
}
const COMMANDS: usize = 55;

fn commands() -> Vec<Command> {
    let all = json!([
        {"Watch": {"session": 1}},
        {"Unwatch": {"session": 1}},
        {"Show": {"terminal": 3, "session": 1}},
        {"NewSession": {"profile": "work", "cwd": "/tmp/\u{6f22}"}},
        {"OpenStored": {"profile": "work", "stored": "20261121_040000_00000001"}},
        {"EditStored": {"profile": "work", "stored": "s", "lineage": "r", "name": "n", "edit": {"Title": "t"}}},
        {"UndoDelete": {"profile": "work", "lineage": "r"}},
        {"Branch": {"profile": "work", "stored": "s"}},
        {"StopStored": {"profile": "work", "stored": "s"}},
        {"CloseTab": {"session": 1, "running": "Keep"}},
        {"MoveTab": {"session": 1, "to": 4}},
        {"Pin": {"profile": "work", "lineage": "20261121_040000_00000001", "on": true}},
        {"OrderProfiles": {"order": ["work", "default"]}},
        {"Recolour": {"profile": "work", "colour": 0x0012_3456}},
        {"Arrange": {"open": true, "all": true, "group": "Age", "sort": "Created", "filter": {"archived": "Only",
            "workspace": "/code", "days": 7}, "state": "Waiting", "folded": ["work"]}},
        {"Send": {"session": 1, "text": "a \"text\"\n\u{7}", "reference": 7}},
        {"SetDirectory": {"profile": "work", "directory": "/home/me/code"}},
        {"SaveDraft": {"session": 1, "pieces": [{"Text": "a"}, {"Paste": "b\nc"},
            {"Link": {"profile": "work", "id": "20261121_a1", "title": "c"}}], "base": 9}},
        {"Interrupt": {"session": 1}},
        {"InterruptAndSend": {"session": 1, "text": "now", "reference": 8}},
        {"GoOn": {"session": 1}},
        {"EditQueued": {"session": 1, "entry": 2, "text": "other"}},
        {"RemoveQueued": {"session": 1, "entry": 2}},
        {"Answer": {"session": 1, "prompt": 5, "digest": u64::MAX, "answer": {"Choice": 2}}},
        {"DismissPrompt": {"session": 1, "prompt": 5}},
        {"Settle": {"session": 1, "message": 6, "how": "Discard"}},
        {"MarkRead": {"session": 1}},
        {"Rename": {"session": 1, "title": "t"}},
        {"SetYolo": {"session": 1, "on": true}},
        {"Wake": {"profile": "work"}},
        {"StopBackend": {"profile": "work", "force": true}},
        {"DismissNotice": {"notice": 7}},
        {"Page": {
            "profile": "work", "sort": "Messages", "limit": 50,
            "filter": {"archived": "Include", "workspace": "/tmp/\u{6f22}", "days": 7},
            "after": {"number": u64::MAX, "second": 7, "text": "\u{1b}[2J", "lineage": "20261121_040000_00000001"}
        }},
        {"Find": {"query": "fix \u{202e}", "profile": null}},
        {"Search": {"text": "\"quoted", "profile": "work"}},
        "StopSearch",
        {"Peek": {"profile": "work", "stored": "20261121_040000_00000001"}},
        {"Locate": {"id": "@session:work/20261121_040000_00000001", "near": "default"}},
        {"Export": {"profile": "work", "stored": "20261121_040000_00000001", "dir": "/tmp/a b"}},
        {"Older": {"session": 1, "first": 3, "skip": 400}},
        {"Commands": {"profile": "work"}},
        {"Choices": {"profile": "work", "session": 1, "topic": "Models", "wake": true}},
        {"Configure": {"profile": "work", "session": null, "setting": {"Model": {"model": "m", "provider": "p", "confirmed": false}}}},
        {"Focus": {"session": 1}},
        "StopAll",
        {"Shutdown": {"force": true}},
        {"Status": {"processes": true}},
        {"CreateProfile": {"name": "new", "clone": "work", "clone_all": true, "description": "d", "soul": "s"}},
        {"RenameProfile": {"profile": "work", "to": "play", "force": true}},
        {"DeleteProfile": {"profile": "work", "confirm": "work", "force": true}},
        {"Describe": {"profile": "work", "text": "for work"}},
        {"ReadSoul": {"profile": "work"}},
        {"WriteSoul": {"profile": "work", "text": "You are…"}},
        {"ProfileDetails": {"profile": "work"}},
        {"DropSecret": {"handle": 8}}
    ]);
    from_value(all).unwrap()
}

/// I5.
#[tokio::test]
async fn every_message_to_the_hub_arrives_as_it_was_sent() {
    let (_dir, _listener, terminal, mut hub) = connected().await;
    let commands = commands();
    let names: BTreeSet<_> = commands.iter().map(name).collect();
    assert_eq!((names.len(), commands.len()), (COMMANDS, COMMANDS), "one of each");
    let mut all = vec![
        ToHub::Hello { contract: CONTRACT, terminal: Some(TerminalInfo::default()) },
        ToHub::Hello { contract: CONTRACT, terminal: None },
        ToHub::Resync,
    ];
    all.extend((0..).zip(commands).map(|(ask, command)| ToHub::Command { ask: AskId(ask), command }));
    all.push(ToHub::Bye);
    for message in all {
        terminal.to_hub.send(Frame::Message(Box::new(message.clone()))).await.unwrap();
        let Some(Frame::Message(came)) = within(hub.from_terminal.recv()).await else {
            panic!("{message:?}")
        };
        assert_eq!(*came, message);
    }
}

fn details() -> Details {
    Details {
        profile: ProfileName::default_profile(),
        home: "/h".into(),
        description: "for all".into(),
        model: Some("m".into()),
        provider: None,
        sessions: Err("no such table".into()),
        keys: vec![EnvKey { name: "OPENROUTER_API_KEY".into(), set: true }],
        soul: Some(12),
        sticky: true,
        gateway: false,
        problems: vec!["config.yaml: it is a directory".into()],
    }
}

fn updates() -> Vec<Update> {
    let session = Session::new(SessionId(1 << 53), ProfileName::default_profile(), Tick(5));
    let id = session.id;
    let world =
        World { sessions: BTreeMap::from([(id, session.clone())]), tabs: vec![id], ..World::default() };
    let snapshot =
        Snapshot { seq: 9, now: Tick(77), watched: BTreeMap::from([(id, Some(MessageId(4)))]), world };
    let ask = AskId(3);
    let welcome = Welcome {
        contract: CONTRACT,
        client: ClientId(2),
        primary: ProfileName::default_profile(),
        last: Some(id),
        snapshot: snapshot.clone(),
    };
    let change = BodyChange::Append {
        message: MessageId(1),
        part: 0,
        at: 7,
        text: "\u{1b}[31m\"\\\u{6f22}".to_owned(),
    };
    let list = vec![
        Patch::SessionAdded(Box::new(session)),
        Patch::Body { session: id, change },
        Patch::Tabs(vec![id]),
    ];
    let row: StoredRow = from_value(json!({
        "profile": "work", "id": "20261121_040000_00000002", "lineage": "20261121_040000_00000001",
        "title": "\u{1b}]0;x\u{7}", "preview": "hi", "last_active": 7, "messages": 3, "source": "tui",
        "model": null, "cwd": "/p"
    }))
    .unwrap();
    let page = Page {
        profile: row.profile.clone(),
        rows: vec![row.clone()],
        total: 1 << 40,
        next: from_value(json!({"number": 7, "second": 0, "text": "", "lineage": "r"})).unwrap(),
        problem: Some("state.db is empty".into()),
    };
    let hit = Hit {
        row: row.clone(),
        snippet: "a \u{6f22} b".into(),
        marks: vec![(2, 3)],
        role: Role::User,
        at: WallMs(7),
        back: 1 << 40,
    };
    let said = Message::text(MessageId(0), Role::User, "hi", MessageState::Done);
    let peek = Peek { row: row.clone(), head: vec![said.clone()], tail: vec![said], skipped: 40 };
    let answers = [
        Answer::Done,
        Answer::Opened(id),
        Answer::Page(Box::new(page)),
        Answer::Found { rows: vec![Found { row: row.clone(), score: 9, positions: vec![0, 3] }], of: 50_000 },
        Answer::Hits {
            hits: vec![hit],
            done: false,
            problems: vec![(row.profile.clone(), "damaged".into())],
        },
        Answer::Peek(Box::new(peek)),
        Answer::Located(Some(Box::new(row))),
        Answer::Exported("/tmp/a b/\u{6f22}.md".into()),
        Answer::Older { messages: Vec::new(), more: true },
        Answer::Output { text: "out".into(), warning: Some("careful".into()) },
        Answer::Stopped { turns: 2, texts: 1 },
        Answer::Prefill("text".to_owned()),
        Answer::Commands(
            from_value(json!([{"name": "q", "about": "a", "group": "g", "aliases": ["x"], "words": []}]))
                .unwrap(),
        ),
        Answer::Details(Box::new(details())),
        Answer::Soul("You are…".into()),
        Answer::Choices(
            from_value(json!([{"value": "m", "group": "p", "group_name": "P", "about": "a", "on": true}]))
                .unwrap(),
        ),
        Answer::Unconfirmed("dear".into()),
    ];
    let mut all = vec![Update::Welcome(Box::new(welcome)), Update::Patches { seq: 10, list }];
    all.extend(answers.map(|answer| Update::Answer { ask, answer }));
    all.extend([
        Update::Refused { ask, reason: Refusal::Elsewhere(ProfileName::default_profile()) },
        Update::Refused { ask, reason: Refusal::Backend("no".into()) },
        Update::Refused { ask, reason: Refusal::Name(NameProblem::Beginning('-')) },
        Update::Show { session: id },
        Update::Lagged(Box::new(snapshot)),
        Update::Goodbye(Goodbye::Full(64)),
    ]);
    all
}

/// I5.
#[tokio::test]
async fn every_update_arrives_as_it_was_sent() {
    let (_dir, _listener, mut terminal, hub) = connected().await;
    for update in updates() {
        hub.updates.try_send(update.clone()).unwrap();
        assert_eq!(within(terminal.updates.recv()).await, Some(update));
    }
}

/// The encoding of these stays for ever: it is how hubs and terminals of other versions tell each other that they are.
#[test]
fn the_words_between_versions_keep_their_encoding() {
    let hello: ToHub = serde_json::from_str(r#"{"Hello":{"contract":1}}"#).unwrap();
    assert_eq!(hello, ToHub::Hello { contract: 1, terminal: None });
    let goodbye = serde_json::to_string(&Update::Goodbye(Goodbye::WrongContract(7))).unwrap();
    assert_eq!(goodbye, r#"{"Goodbye":{"WrongContract":7}}"#);
}

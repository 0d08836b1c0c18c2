//! A link from one profile's session to another's, as a person makes it, and the real agent that follows it.
#![expect(clippy::expect_used, reason = "a test says so by failing")]

mod common;

use std::path::PathBuf;

use common::home::Home;
use common::model::Model;
use common::person::Person;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

fn hermes() -> PathBuf {
    std::env::var_os("HERMUX_TEST_HERMES").expect("HERMUX_TEST_HERMES names the hermes program").into()
}

/// D01, D02, D05, D07, D12, M18: the session of the other profile is put into the composer from the palette, what the agent gets is
/// the exact link, and its own tool reads that session with it; an id that no profile has is an error.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn live_an_agent_reads_the_linked_session_of_the_other_profile() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let person =
        Person::at(home.hermux().arg("--hermes").arg(hermes()).env("HERMES_HOME", home.hermes()).start());
    person.send("quokka facts ;; SAY A quokka can climb.");
    person.wait_said("A quokka can climb.");
    person.wait_idle();
    let db = Connection::open_with_flags(home.hermes().join("state.db"), OpenFlags::SQLITE_OPEN_READ_ONLY);
    let id: String = db.unwrap().query_row("SELECT id FROM sessions", [], |row| row.get(0)).unwrap();
    person.next_profile();
    person.wait_for("a fresh draft", |screen| !common::person::chat_has(screen, "quokka"));
    let link = format!("@session:default/{id}");
    // Ctrl-X @ is the choice of a session; the other profile's is the only one with a name.
    person.keys(b"\x18@");
    person.wait_for("the sessions to link to", |screen| {
        screen.has("Link a session") && screen.has("Session about")
    });
    person.keys("about");
    person.enter();
    person.wait_for("the chip", |screen| screen.has("@Session about") && !screen.has("Link a session"));
    let call = |id: &str| format!(";; TOOL session_search {{\"session_id\": \"{id}\"}}");
    person.keys(format!("{} ;; SAY Read it.", call(&format!("default/{id}"))));
    person.enter();
    person.wait_said("Read it.");
    person.wait_idle();
    let asked = model.asked();
    let last = asked.last().unwrap();
    assert!(last.user.contains(&link), "{:?}", last.user);
    let read: Value = serde_json::from_str(last.results.last().unwrap()).unwrap();
    assert_eq!(
        (&read["success"], &read["mode"], &read["session_id"]),
        (&true.into(), &"read".into(), &id.into())
    );
    assert!(read["session_meta"].is_object(), "{read}");
    assert!(read["messages"].to_string().contains("A quokka can climb."), "{read}");
    person.send(&format!("gone {} ;; SAY Looked.", call("default/20990101_000000_aaaaaa")));
    person.wait_said("Looked.");
    let asked = model.asked();
    let gone: Value = serde_json::from_str(asked.last().unwrap().results.last().unwrap()).unwrap();
    assert_eq!(gone["success"], false, "{gone}");
    person.leave();
}

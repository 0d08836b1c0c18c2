//! The list and the transcripts of a `state.db`, row for row against what Hermes itself says of the same database, and what a
//! reader may never do to it.
#![expect(clippy::unwrap_used, reason = "a helper that cannot go on fails its test")]

use hermux::{
    base::{
        ids::{ProfileName, StoredId},
        text::Untrusted,
    },
    history::{self, HistoryError},
    model::{listing::StoredRow, message::Role},
};
use pretty_assertions::assert_eq;
use rusqlite::Connection;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

const SQL: &str = include_str!("fixtures/state/state.sql");
const EXPECTED: &str = include_str!("fixtures/state/expected.json");

fn profile() -> ProfileName {
    ProfileName::default_profile()
}

fn id(text: &str) -> StoredId {
    StoredId::new(text).unwrap()
}

/// A profile's home with the fixture, and the writer that still has it open.
fn fixture() -> (TempDir, Connection) {
    let home = tempfile::tempdir().unwrap();
    let writer = Connection::open(home.path().join("state.db")).unwrap();
    writer.execute_batch(SQL).unwrap();
    (home, writer)
}

fn expected() -> Value {
    serde_json::from_str(EXPECTED).unwrap()
}

fn listing<'a>(expected: &'a Value, name: &str) -> &'a Value {
    expected["listings"].as_array().unwrap().iter().find(|listing| listing["name"] == name).unwrap()
}

fn list(home: &Path, limit: usize) -> Vec<StoredRow> {
    history::list(home, &profile(), limit).unwrap()
}

/// A listed row as Hermes prints it, less the columns that hermux does not keep.
fn row(of: &StoredRow) -> Value {
    let lineage = (of.lineage.as_str() != of.id.as_str()).then(|| of.lineage.as_str());
    serde_json::json!({
        "id": of.id.as_str(),
        "lineage": lineage,
        "title": of.title.as_ref().map(Untrusted::raw),
        "preview": of.preview.raw(),
        "last_active": of.last_active.0,
        "started": of.started.0,
        "ended": of.ended,
        "archived": of.archived,
        "messages": of.messages,
        "source": of.source.raw(),
        "model": of.model.as_ref().map(Untrusted::raw),
        "cwd": of.cwd.as_ref().map(Untrusted::raw),
    })
}

fn hermes_row(of: &Value) -> Value {
    serde_json::json!({
        "id": of["id"],
        "lineage": of.get("_lineage_root_id"),
        "title": of["title"],
        "preview": of["preview"],
        "last_active": (of["last_active"].as_f64().unwrap() * 1000.0) as u64,
        "started": (of["started_at"].as_f64().unwrap() * 1000.0) as u64,
        "ended": !of["ended_at"].is_null(),
        "archived": of["archived"] == 1,
        "messages": of["message_count"],
        "source": of["source"],
        "model": of.get("model"),
        "cwd": of.get("cwd"),
    })
}

/// The rows of a scan that hermux shows when these archived ones are asked for, newest first, as Hermes prints them.
fn scanned(home: &Path, archived: impl Fn(bool) -> bool) -> Vec<StoredRow> {
    let entries = history::scan(home).unwrap().entries.into_iter().filter(|entry| archived(entry.archived));
    let ids: Vec<_> = entries.map(|entry| (entry.id, entry.lineage)).collect();
    let rows = history::rows(home, &profile(), &ids).unwrap();
    assert_eq!(rows.len(), ids.len());
    rows
}

fn ids(rows: &[StoredRow]) -> Value {
    rows.iter().map(row).map(|row| serde_json::json!([row["id"], row["lineage"]])).collect()
}

/// C01, C10. The order, the tips and every column, where Hermes' own listing has at least one message a row.
#[test]
fn the_list_is_hermes_list() {
    let (home, _writer) = fixture();
    let expected = expected();
    let rows = list(home.path(), 500);
    assert_eq!(&ids(&rows), &listing(&expected, "recent-min1")["ids_only"]);
    assert_eq!(rows, scanned(home.path(), |archived| !archived));
    let all = listing(&expected, "recent-all")["rows"].as_array().unwrap();
    for got in &rows {
        let hermes = all.iter().find(|row| row["id"] == got.id.as_str()).unwrap();
        assert_eq!(row(got), hermes_row(hermes));
    }
}

/// A page is the top of the whole list, whatever its length.
#[test]
fn a_shorter_list_is_the_beginning_of_the_longer() {
    let (home, _writer) = fixture();
    let all = list(home.path(), 500);
    for limit in [0, 1, 20, all.len()] {
        assert_eq!(list(home.path(), limit), all[..limit].to_vec());
    }
}

/// A stored id leads where Hermes resumes it (CHECK 40): from an old compression root to its tip, past branches, delegated
/// children and tool rows.
#[test]
fn a_stored_id_leads_where_hermes_resumes_it() {
    let (home, _writer) = fixture();
    for (asked, resumed) in expected()["resume_id"].as_object().unwrap() {
        let tail = history::load(home.path(), &profile(), &id(asked)).unwrap();
        assert_eq!(tail.stored.as_str(), resumed.as_str().unwrap(), "{asked}");
        assert_eq!(tail.row.unwrap().id, tail.stored);
    }
}

/// Rows that were compacted in place or undone are not shown.
#[test]
fn only_active_rows_are_shown() {
    let (home, _writer) = fixture();
    let tail = history::load(home.path(), &profile(), &id("20231201_inplace")).unwrap();
    let expected = expected();
    let rows = expected["get_messages_inplace_active"].as_array().unwrap();
    let roles: Vec<Role> =
        rows.iter().map(|row| if row[1] == "user" { Role::User } else { Role::Assistant }).collect();
    assert_eq!(tail.body.messages.iter().map(|message| message.role).collect::<Vec<_>>(), roles);
    assert!(!tail.body.older);
}

#[test]
fn a_profile_without_a_database_is_new_and_not_an_error() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(list(home.path(), 20), []);
    assert_eq!(list(&home.path().join("nothing"), 20), []);
    let gone = history::load(home.path(), &profile(), &id("x"));
    assert_eq!(gone.unwrap_err(), HistoryError::NoSession);
}

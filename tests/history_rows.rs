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

/// C10, C19, C24. Every choice that a list of hermux offers, against what Hermes itself answers to it: order, tips and totals.
/// Hermes lists sessions without a message too where it is not told otherwise; hermux never does.
#[test]
fn every_choice_of_a_list_is_hermes_own() {
    let (home, writer) = fixture();
    let expected = expected();
    let spoken: std::collections::HashSet<String> = {
        let rows = scanned(home.path(), |_| true);
        rows.iter().map(|row| row.lineage.as_str().to_owned()).collect()
    };
    // Hermes' answer to these options, as far as its roots have a message.
    let hermes = |name: &str| -> Vec<(String, String)> {
        let listing = listing(&expected, name);
        let rows = listing.get("ids_only").or(listing.get("rows")).unwrap().as_array().unwrap();
        let pair = |row: &Value| {
            let (id, root) =
                if row.is_array() { (&row[0], &row[1]) } else { (&row["id"], &row["_lineage_root_id"]) };
            let id = id.as_str().unwrap().to_owned();
            (root.as_str().map_or_else(|| id.clone(), str::to_owned), id)
        };
        rows.iter().map(pair).filter(|(root, _)| spoken.contains(root)).collect()
    };
    let scan = history::scan(home.path()).unwrap();
    let pairs = |mut entries: Vec<&history::Entry>, created: bool| -> Vec<(String, String)> {
        if created {
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.started));
        }
        entries
            .iter()
            .map(|entry| (entry.lineage.as_str().to_owned(), entry.id.as_str().to_owned()))
            .collect()
    };
    let all = |archived: fn(bool) -> bool| scan.entries.iter().filter(move |entry| archived(entry.archived));
    let recent = pairs(all(|archived| !archived).collect(), false);
    assert_eq!(recent, hermes("recent-all"));
    assert_eq!(recent, hermes("recent-min1"));
    assert_eq!(pairs(all(|archived| !archived).collect(), true), hermes("created-all"));
    assert_eq!(pairs(all(|archived| archived).collect(), false), hermes("recent-archived-only"));
    assert_eq!(pairs(all(|_| true).collect(), false), hermes("recent-archived-include"));
    // Pages are slices of the whole.
    let with_silent = listing(&expected, "recent-all")["rows"].as_array().unwrap();
    let pages = [("recent-page1", 0..20), ("recent-page2", 20..40)];
    for (name, range) in pages {
        let of_all: Vec<&str> = with_silent[range].iter().map(|row| row["id"].as_str().unwrap()).collect();
        let page = listing(&expected, name)["ids_only"].as_array().unwrap();
        assert_eq!(page.iter().map(|row| row[0].as_str().unwrap()).collect::<Vec<_>>(), of_all);
        assert!(hermes(name).iter().all(|pair| recent.contains(pair)));
    }
    // A directory and what is below it, by what the rows show.
    let below = |entry: &&history::Entry| {
        let cwd = entry.cwd.as_ref().map_or("", |cwd| cwd.raw());
        cwd == "/home/user/work" || cwd.starts_with("/home/user/work/")
    };
    let work = all(|archived| !archived).filter(below).collect();
    assert_eq!(pairs(work, false), hermes("recent-cwd-prefix"));
    let count = history::count(home.path()).unwrap();
    assert_eq!(count, scan.count());
    assert_eq!(listing(&expected, "recent-min1")["count"], count.listed);
    assert_eq!(count.listed + count.archived, spoken.len() as u64);
    for (name, rows) in [("recent-all", count.listed), ("recent-archived-only", count.archived)] {
        // What Hermes counts beyond are its sessions without a message.
        let silent = listing(&expected, name)["count"].as_u64().unwrap() - rows;
        let sql = "SELECT count(*) FROM sessions WHERE message_count = 0 AND archived = ?1 AND parent_session_id IS NULL";
        let stored: u64 = writer
            .query_row(sql, [name == "recent-archived-only"], |row| row.get::<_, i64>(0))
            .unwrap()
            .try_into()
            .unwrap();
        assert_eq!(silent, stored, "{name}");
    }
}

/// D08, D10. A bare id is found where it is, whichever of its conversation's rows it names, and nowhere else.
#[test]
fn an_id_is_found_in_its_profile_or_not_at_all() {
    let (home, _writer) = fixture();
    let find = |text: &str| history::find(home.path(), &profile(), &id(text)).unwrap();
    for (asked, resumed) in expected()["resume_id"].as_object().unwrap() {
        assert_eq!(find(asked).unwrap().id.as_str(), resumed.as_str().unwrap());
    }
    assert_eq!(find("20231201_four_2").unwrap().lineage.as_str(), "20231201_four_0");
    // A child of an agent is listed nowhere, and a link can lead to it.
    assert_eq!(find("20231201_par_sub1").unwrap().id.as_str(), "20231201_par_sub1");
    assert_eq!(find("20231201_four"), None);
    assert_eq!(history::find(&home.path().join("nothing"), &profile(), &id("x")), Ok(None));
}

/// D07, ASK-77. Rows are of the database that was asked, and say so; another profile's are another database's.
#[test]
fn every_row_carries_the_profile_whose_database_it_is_of() {
    let (home, _writer) = fixture();
    let work = ProfileName::new("work").unwrap();
    let rows = history::list(home.path(), &work, 500).unwrap();
    assert!(rows.len() > 10 && rows.iter().all(|row| row.profile == work));
    let peek = history::peek(home.path(), &work, &rows[0].id).unwrap();
    assert_eq!(peek.row, rows[0]);
}

/// A change of anything that a list shows makes another digest, and nothing else does; every write makes another stamp.
#[test]
fn what_changed_in_a_list_is_noticed() {
    let (home, writer) = fixture();
    let scan = || history::scan(home.path()).unwrap();
    let mut before = scan();
    assert_eq!(before.stamp, history::stamp(home.path()));
    assert_eq!(scan(), before);
    let changes = [
        ("UPDATE sessions SET title = 'new' WHERE id = '20231201_clock'", true),
        ("UPDATE sessions SET archived = 1 WHERE id = '20231201_clock'", true),
        (
            "UPDATE sessions SET ended_at = 1800000000, end_reason = 'tui_close' WHERE id = '20231201_clock'",
            true,
        ),
        (
            "INSERT INTO messages (session_id, role, content, timestamp) VALUES ('20231201_clock', 'user', 'x', 1800000000)",
            true,
        ),
        ("UPDATE sessions SET input_tokens = 77 WHERE id = '20231201_clock'", false),
        ("UPDATE messages SET content = 'y' WHERE content = 'x'", false),
        ("DELETE FROM sessions WHERE id = '20231201_clock'", true),
    ];
    for (sql, shown) in changes {
        writer.execute_batch(sql).unwrap();
        assert_ne!(history::stamp(home.path()), before.stamp, "{sql}");
        let after = scan();
        assert_eq!(after.digest != before.digest, shown, "{sql}");
        assert_eq!(after.entries != before.entries, shown, "{sql}");
        before = after;
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

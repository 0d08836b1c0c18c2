use super::{Head, Row, Store, StoreError};

fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("state.db")).unwrap();
    (dir, store)
}

fn session(store: &Store, id: &str, started_at: f64) {
    let head = Head { id: id.into(), source: "tui".into(), model: "m".into(), started_at, ..Head::default() };
    store.create(&head, None).unwrap();
}

#[test]
fn a_fresh_database_has_hermes_schema_and_opens_again() {
    let (dir, store) = store();
    drop(store);
    let store = Store::open(&dir.path().join("state.db")).unwrap();
    let version: i64 =
        store.db.query_row("SELECT version FROM schema_version", [], |row| row.get(0)).unwrap();
    let mode: String = store.db.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!((version, mode.as_str()), (22, "wal"));
}

#[test]
fn messages_are_found_by_full_text_and_counted() {
    let (_dir, store) = store();
    session(&store, "a", 1.0);
    store.append("a", &Row::new("user", "where is the kettle"), 2.0).unwrap();
    store.append("a", &Row { tool_name: Some("terminal".into()), ..Row::new("tool", "{}") }, 3.0).unwrap();
    let found: i64 = store
        .db
        .query_row("SELECT count(*) FROM messages_fts WHERE messages_fts MATCH 'kettle'", [], |r| r.get(0))
        .unwrap();
    let head = store.find("a").unwrap().unwrap();
    assert_eq!((found, head.message_count, head.preview.as_str()), (1, 2, "where is the kettle"));
}

#[test]
fn titles_are_unique_and_clean() {
    let (_dir, store) = store();
    session(&store, "a", 1.0);
    session(&store, "b", 2.0);
    assert_eq!(store.set_title("a", " two\u{200b}  words\n").unwrap(), "two words");
    assert!(matches!(store.set_title("b", "two words"), Err(StoreError::TitleTaken { by, .. }) if by == "a"));
    assert!(matches!(store.set_title("b", &"x".repeat(101)), Err(StoreError::TitleLong(101))));
    assert_eq!(store.free_title("two words").unwrap(), "two words #2");
    assert_eq!(store.find("two words").unwrap().unwrap().id, "a");
}

#[test]
fn the_listing_is_by_last_activity_and_a_branch_is_in_it() {
    let (_dir, store) = store();
    session(&store, "old", 1.0);
    session(&store, "new", 2.0);
    store.append("old", &Row::new("user", "again"), 9.0).unwrap();
    let branch = Head { parent: Some("old".into()), ..store.find("old").unwrap().unwrap() };
    store.create(&Head { id: "branch".into(), started_at: 5.0, ..branch.clone() }, Some("old")).unwrap();
    store.create(&Head { id: "child".into(), started_at: 6.0, ..branch }, None).unwrap();
    let ids: Vec<_> = store.list(10).unwrap().into_iter().map(|head| head.id).collect();
    assert_eq!(ids, ["old", "branch", "new"], "a plain child is hidden");
}

#[test]
fn undone_rows_stay_and_deleted_rows_go() {
    let (_dir, store) = store();
    session(&store, "a", 1.0);
    let ids: Vec<i64> =
        (0..4).map(|n| store.append("a", &Row::new("user", format!("m{n}")), 2.0).unwrap()).collect();
    store.undo_from("a", ids[3]).unwrap();
    store.delete_from("a", ids[2]).unwrap();
    let left: Vec<_> = store.messages("a").unwrap().into_iter().map(|row| row.content).collect();
    assert_eq!(left, ["m0", "m1"]);
}

#[test]
fn compaction_keeps_the_stored_id_and_the_old_rows() {
    let (_dir, store) = store();
    session(&store, "a", 1.0);
    let ids: Vec<i64> =
        (0..4).map(|n| store.append("a", &Row::new("user", format!("m{n}")), 2.0).unwrap()).collect();
    store.compact_before("a", ids[3], &Row::new("assistant", "summary"), 3.0).unwrap();
    let left: Vec<_> = store.messages("a").unwrap().into_iter().map(|row| row.content).collect();
    assert_eq!(left, ["summary", "m3"]);
    let kept: i64 = store
        .db
        .query_row("SELECT count(*) FROM messages WHERE active = 0 AND compacted = 1", [], |r| r.get(0))
        .unwrap();
    assert_eq!(kept, 4);
}

#[test]
fn an_ended_session_is_ended_once_and_a_resume_opens_it() {
    let (_dir, store) = store();
    session(&store, "a", 1.0);
    store.end("a", "tui_close", 5.0).unwrap();
    store.end("a", "tui_shutdown", 6.0).unwrap();
    let reason = |store: &Store| -> Option<String> {
        store.db.query_row("SELECT end_reason FROM sessions WHERE id = 'a'", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(reason(&store).as_deref(), Some("tui_close"));
    store.reopen("a").unwrap();
    assert_eq!(reason(&store), None);
}

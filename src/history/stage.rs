//! A database of a test's own making.

use super::{Tail, load, older};
use crate::{
    base::ids::{ProfileName, StoredId},
    model::message::Message,
};
use rusqlite::{Connection, params};
use tempfile::TempDir;

/// A home whose database the test writes.
pub(super) struct Stage {
    pub home: TempDir,
    pub db: Connection,
}

impl Stage {
    pub(super) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let db = Connection::open(home.path().join("state.db")).unwrap();
        db.execute_batch(include_str!("../../tests/fixtures/state/state.sql")).unwrap();
        let stage = Self { home, db };
        stage.session("s", None, None);
        stage
    }

    pub(super) fn session(&self, id: &str, parent: Option<&str>, config: Option<&str>) {
        let insert = "INSERT INTO sessions (id, source, started_at, parent_session_id, model_config)
            VALUES (?1, 'tui', 1800000000, ?2, ?3)";
        self.db.execute(insert, params![id, parent, config]).unwrap();
    }

    pub(super) fn end(&self, id: &str, reason: &str) {
        let end = "UPDATE sessions SET ended_at = 1800000000, end_reason = ?2 WHERE id = ?1";
        self.db.execute(end, [id, reason]).unwrap();
    }

    pub(super) fn row(&self, session: &str, role: &str, content: &str) {
        let insert =
            "INSERT INTO messages (session_id, role, content, timestamp) VALUES (?1, ?2, ?3, 1800000000)";
        self.db.execute(insert, [session, role, content]).unwrap();
    }

    /// A row of a column more.
    pub(super) fn row_with(
        &self,
        session: &str,
        role: &str,
        content: Option<&str>,
        column: &str,
        value: &str,
    ) {
        let insert = format!(
            "INSERT INTO messages (session_id, role, content, timestamp, {column}) VALUES (?1, ?2, ?3, 0, ?4)"
        );
        self.db.execute(&insert, params![session, role, content, value]).unwrap();
    }

    pub(super) fn talk(&self, session: &str, turns: &[(&str, &str)]) {
        for (user, assistant) in turns {
            self.row(session, "user", user);
            self.row(session, "assistant", assistant);
        }
    }

    pub(super) fn load(&self, id: &str) -> Tail {
        load(self.home.path(), &ProfileName::default_profile(), &StoredId::new(id).unwrap()).unwrap()
    }

    pub(super) fn older(&self, id: &str, skip: usize) -> (Vec<Message>, bool) {
        let id = StoredId::new(id).unwrap();
        older(self.home.path(), &ProfileName::default_profile(), &id, skip as u64).unwrap()
    }

    pub(super) fn texts(&self, id: &str) -> Vec<String> {
        self.load(id).body.messages.iter().map(Message::plain).collect()
    }

    /// What Hermes does when compression rotates the stored id: the summary in the middle, the last rows copied.
    pub(super) fn rotated(&self) {
        self.talk(
            "s",
            &[
                ("one", "Hello."),
                ("long 0", "lorem"),
                ("long 1", "lorem"),
                ("long 2", "lorem"),
                ("long 3", "lorem"),
            ],
        );
        self.end("s", "compression");
        self.session("s2", Some("s"), None);
        self.talk(
            "s2",
            &[("one", "Hello."), ("long 0", "[CONTEXT COMPACTION - REFERENCE ONLY] It was long.")],
        );
        self.talk("s2", &[("long 2", "lorem"), ("long 3", "lorem")]);
    }
}

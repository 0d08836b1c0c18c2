//! The `state.db` of one profile, written the way Hermes writes it: WAL, one commit a message, full-text tables kept by
//! triggers, unique titles.
//!
//! Not for reading other profiles' databases: that is `history`'s work, and this file is what its tests read.

use rusqlite::{Connection, OptionalExtension, params};
use std::path::Path;
use std::time::Duration;

/// Titles are at most this many characters, as in Hermes.
const TITLE_MAX: usize = 100;

/// Why the store refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another session has this title: its id.
    #[error("Title '{title}' is already in use by session {by}")]
    TitleTaken { title: String, by: String },
    /// The title is longer than Hermes allows.
    #[error("Title too long ({0} chars, max {TITLE_MAX})")]
    TitleLong(usize),
    /// `SQLite` said no.
    #[error("state.db: {0}")]
    Sql(#[from] rusqlite::Error),
}

type Result<T> = std::result::Result<T, StoreError>;

/// One session's row, as far as the demo uses it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Head {
    pub(super) id: String,
    pub(super) source: String,
    pub(super) title: Option<String>,
    pub(super) model: String,
    pub(super) cwd: String,
    pub(super) parent: Option<String>,
    /// Seconds since 1970.
    pub(super) started_at: f64,
    pub(super) message_count: i64,
    /// The first user message, cut as Hermes cuts it.
    pub(super) preview: String,
}

/// One row of `messages`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    /// Insert order; 0 before it is stored.
    pub(super) id: i64,
    pub(super) role: String,
    pub(super) content: String,
    pub(super) tool_calls: Option<String>,
    pub(super) tool_call_id: Option<String>,
    pub(super) tool_name: Option<String>,
    pub(super) finish_reason: Option<String>,
    pub(super) reasoning: Option<String>,
}

impl Row {
    /// A plain row of `role`.
    pub(super) fn new(role: &str, content: impl Into<String>) -> Self {
        Self { role: role.to_owned(), content: content.into(), ..Self::default() }
    }
}

/// An open `state.db`.
#[derive(Debug)]
pub(super) struct Store {
    db: Connection,
}

impl Store {
    /// Opens `path`, making the file and its tables when they are missing.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let db = Connection::open(path)?;
        db.busy_timeout(Duration::from_secs(5))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        // The bundled SQLite checks foreign keys by default; a parent that was deleted must not stop a write.
        db.pragma_update(None, "foreign_keys", false)?;
        let known: i64 =
            db.query_row("SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'", [], |row| {
                row.get(0)
            })?;
        if known == 0 {
            db.execute_batch(&format!("BEGIN; {} COMMIT;", include_str!("schema.sql")))?;
        }
        Ok(Self { db })
    }

    /// Writes the row of a session, if it has none yet. `branched_from` marks a branch as Hermes does.
    pub(super) fn create(&self, head: &Head, branched_from: Option<&str>) -> Result<()> {
        let config = serde_json::json!({ "model": head.model, "provider": super::PROVIDER });
        let config = match (config, branched_from) {
            (serde_json::Value::Object(mut map), Some(from)) => {
                map.insert("_branched_from".into(), from.into());
                serde_json::Value::Object(map)
            }
            (config, _) => config,
        };
        self.db.execute(
            "INSERT OR IGNORE INTO sessions (id, source, model, model_config, system_prompt, parent_session_id, started_at, cwd)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                head.id, head.source, head.model, config.to_string(), super::SYSTEM_PROMPT, head.parent,
                head.started_at, head.cwd
            ],
        )?;
        Ok(())
    }

    /// Appends a message at `at` (seconds since 1970) and returns its id.
    pub(super) fn append(&self, session: &str, row: &Row, at: f64) -> Result<i64> {
        self.db.execute(
            "INSERT INTO messages (session_id, role, content, tool_calls, tool_call_id, tool_name, finish_reason,
               reasoning, reasoning_content, timestamp) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9)",
            params![
                session, row.role, row.content, row.tool_calls, row.tool_call_id, row.tool_name,
                row.finish_reason, row.reasoning, at
            ],
        )?;
        let id = self.db.last_insert_rowid();
        self.db.execute(
            "UPDATE sessions SET message_count = message_count + 1, tool_call_count = tool_call_count + ?2 WHERE id = ?1",
            params![session, i64::from(row.role == "tool")],
        )?;
        Ok(id)
    }

    /// Adds one model call's tokens to the session's totals.
    pub(super) fn add_usage(&self, session: &str, input: i64, output: i64) -> Result<()> {
        self.db.execute(
            "UPDATE sessions SET input_tokens = input_tokens + ?2, output_tokens = output_tokens + ?3,
               api_call_count = api_call_count + 1 WHERE id = ?1",
            params![session, input, output],
        )?;
        Ok(())
    }

    /// Ends a session's row, if it has one and is not ended.
    pub(super) fn end(&self, session: &str, reason: &str, at: f64) -> Result<()> {
        self.db.execute(
            "UPDATE sessions SET ended_at = ?3, end_reason = ?2 WHERE id = ?1 AND ended_at IS NULL",
            params![session, reason, at],
        )?;
        Ok(())
    }

    /// A resumed session is not ended any more.
    pub(super) fn reopen(&self, session: &str) -> Result<()> {
        self.db.execute("UPDATE sessions SET ended_at = NULL, end_reason = NULL WHERE id = ?1", [session])?;
        Ok(())
    }

    /// Names a session. The title is cleaned first; what was stored is returned.
    pub(super) fn set_title(&self, session: &str, title: &str) -> Result<String> {
        let title = clean_title(title);
        let length = title.chars().count();
        if length > TITLE_MAX {
            return Err(StoreError::TitleLong(length));
        }
        if let Some(by) = self.titled(&title)?
            && by != session
        {
            return Err(StoreError::TitleTaken { title, by });
        }
        self.db
            .execute("UPDATE sessions SET title = nullif(?2, '') WHERE id = ?1", params![session, title])?;
        Ok(title)
    }

    /// Takes a conversation, with what it was compressed from, out of the listing or back into it.
    pub(super) fn set_archived(&self, session: &str, on: bool) -> Result<()> {
        self.db.execute(
            "WITH RECURSIVE chain(id) AS (SELECT ?1 UNION SELECT p.id FROM chain c JOIN sessions s ON s.id = c.id
               JOIN sessions p ON p.id = s.parent_session_id WHERE p.end_reason = 'compression')
             UPDATE sessions SET archived = ?2 WHERE id IN chain",
            params![session, on],
        )?;
        Ok(())
    }

    /// `base`, or `base #2`, `base #3`…: the first that no session has.
    pub(super) fn free_title(&self, base: &str) -> Result<String> {
        let base: String = clean_title(base).chars().take(TITLE_MAX - 6).collect();
        let mut title = base.clone();
        let mut number = 2_u32;
        while self.titled(&title)?.is_some() {
            title = format!("{base} #{number}");
            number += 1;
        }
        Ok(title)
    }

    fn titled(&self, title: &str) -> Result<Option<String>> {
        let found = self.db.query_row("SELECT id FROM sessions WHERE title = ?1", [title], |row| row.get(0));
        Ok(found.optional()?)
    }

    /// The session with this id, or else with exactly this title.
    pub(super) fn find(&self, id_or_title: &str) -> Result<Option<Head>> {
        let sql = format!("{HEAD} WHERE s.id = ?1 OR s.title = ?1 ORDER BY s.id = ?1 DESC LIMIT 1");
        Ok(self.db.query_row(&sql, [id_or_title], head_of).optional()?)
    }

    /// The session that goes on with what `head` was compressed away from, else `head` itself.
    pub(super) fn tip(&self, mut head: Head) -> Result<Head> {
        let sql = format!(
            "{HEAD} JOIN sessions p ON p.id = s.parent_session_id WHERE p.id = ?1 AND p.end_reason = 'compression'
               AND json_extract(s.model_config, '$._branched_from') IS NULL
             ORDER BY s.started_at DESC, s.id DESC LIMIT 1"
        );
        // As far as Hermes goes.
        for _ in 0..100 {
            let Some(next) = self.db.query_row(&sql, [&head.id], head_of).optional()? else { break };
            // A chain shows when it began and what it began with.
            head = Head { started_at: head.started_at, preview: head.preview, ..next };
        }
        Ok(head)
    }

    /// The newest sessions, by last activity, that a listing shows.
    pub(super) fn list(&self, limit: i64) -> Result<Vec<Head>> {
        let sql = format!(
            "{HEAD} WHERE s.archived = 0 AND s.source <> 'tool'
               AND (s.parent_session_id IS NULL OR json_extract(s.model_config, '$._branched_from') IS NOT NULL)
             ORDER BY coalesce((SELECT max(m.timestamp) FROM messages m WHERE m.session_id = s.id), s.started_at) DESC,
               s.started_at DESC, s.id DESC LIMIT ?1"
        );
        let mut statement = self.db.prepare(&sql)?;
        let heads = statement.query_map([limit], head_of)?.collect::<rusqlite::Result<Vec<_>>>()?;
        heads.into_iter().map(|head| self.tip(head)).collect()
    }

    /// The messages a model would see, oldest first.
    pub(super) fn messages(&self, session: &str) -> Result<Vec<Row>> {
        let mut statement = self.db.prepare(
            "SELECT id, role, coalesce(content, ''), tool_calls, tool_call_id, tool_name, finish_reason, reasoning
             FROM messages WHERE session_id = ?1 AND active = 1 ORDER BY id",
        )?;
        let rows = statement.query_map([session], |row| {
            Ok(Row {
                id: row.get(0)?,
                role: row.get(1)?,
                content: row.get(2)?,
                tool_calls: row.get(3)?,
                tool_call_id: row.get(4)?,
                tool_name: row.get(5)?,
                finish_reason: row.get(6)?,
                reasoning: row.get(7)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The messages of a session and of all it came from, oldest ancestor first.
    pub(super) fn lineage(&self, session: &str) -> Result<Vec<Row>> {
        let mut all = Vec::new();
        let mut at = Some(session.to_owned());
        // As deep as Hermes goes; a damaged database may hold a circle.
        for _ in 0..32 {
            let Some(id) = at else { break };
            let mut rows = self.messages(&id)?;
            rows.append(&mut all);
            all = rows;
            at = self.find(&id)?.and_then(|head| head.parent);
        }
        Ok(all)
    }

    /// Marks the messages from `first` on as undone: they stay, inactive.
    pub(super) fn undo_from(&self, session: &str, first: i64) -> Result<()> {
        self.db.execute(
            "UPDATE messages SET active = 0 WHERE session_id = ?1 AND id >= ?2",
            params![session, first],
        )?;
        self.db
            .execute("UPDATE sessions SET rewind_count = rewind_count + 1 WHERE id = ?1", params![session])?;
        Ok(())
    }

    /// Deletes the messages from `first` on, for good.
    pub(super) fn delete_from(&self, session: &str, first: i64) -> Result<()> {
        let gone = self
            .db
            .execute("DELETE FROM messages WHERE session_id = ?1 AND id >= ?2", params![session, first])?;
        self.db.execute(
            "UPDATE sessions SET message_count = max(0, message_count - ?2) WHERE id = ?1",
            params![session, i64::try_from(gone).unwrap_or_default()],
        )?;
        Ok(())
    }

    /// Compacts in place: the rows before `first` become history, `summary` stands for them.
    pub(super) fn compact_before(&self, session: &str, first: i64, summary: &Row, at: f64) -> Result<()> {
        let kept: Vec<Row> = self.messages(session)?.into_iter().filter(|row| row.id >= first).collect();
        self.db.execute(
            "UPDATE messages SET active = 0, compacted = 1 WHERE session_id = ?1 AND active = 1",
            params![session],
        )?;
        self.append(session, summary, at)?;
        for row in &kept {
            self.append(session, row, at)?;
        }
        Ok(())
    }

    /// Deletes a session and its messages; false when there is none.
    pub(super) fn delete(&self, session: &str) -> Result<bool> {
        self.db.execute(
            "UPDATE sessions SET parent_session_id = NULL WHERE parent_session_id = ?1",
            [session],
        )?;
        self.db.execute("DELETE FROM messages WHERE session_id = ?1", [session])?;
        Ok(self.db.execute("DELETE FROM sessions WHERE id = ?1", [session])? > 0)
    }
}

/// Hermes' preview: the first 63 characters without line ends, trimmed, cut to 60 and dots.
const HEAD: &str = "SELECT s.id, s.source, s.title, coalesce(s.model, ''), coalesce(s.cwd, ''), s.parent_session_id, s.started_at,
   s.message_count, coalesce((SELECT substr(replace(replace(m.content, char(10), ' '), char(13), ' '), 1, 63) FROM messages m
     WHERE m.session_id = s.id AND m.role = 'user' AND m.content IS NOT NULL ORDER BY m.timestamp, m.id LIMIT 1), '')
 FROM sessions s";

fn head_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Head> {
    let cut: String = row.get(8)?;
    let cut = cut.trim();
    let preview = if cut.chars().count() > 60 {
        format!("{}...", cut.chars().take(60).collect::<String>())
    } else {
        cut.to_owned()
    };
    Ok(Head {
        id: row.get(0)?,
        source: row.get(1)?,
        title: row.get(2)?,
        model: row.get(3)?,
        cwd: row.get(4)?,
        parent: row.get(5)?,
        started_at: row.get(6)?,
        message_count: row.get(7)?,
        preview,
    })
}

/// Control and zero-width characters go, runs of white space become one blank.
fn clean_title(title: &str) -> String {
    let visible: String = title
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
        .collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;

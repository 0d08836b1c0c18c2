//! Rows of a list as they are shown: what is known of a conversation, and how it began.

use super::{
    error::HistoryError,
    node::Node,
    open::{Reader, text, wall},
};
use crate::{
    base::{
        ids::{LineageRoot, ProfileName, StoredId},
        text::Untrusted,
    },
    model::listing::StoredRow,
};

/// Characters of a first message that Hermes reads for a preview, and that it keeps of a longer one.
const PREVIEW_READ: u32 = 63;
const PREVIEW_KEPT: usize = 60;

/// The first message of the person, read whole only when it is not absurdly long; Hermes' own cut is made below.
const FIRST: &str =
    "SELECT CASE WHEN octet_length(content) <= 4194304 THEN substr(content, 1, ?2) END FROM messages
    WHERE session_id = ?1 AND role = 'user' AND content IS NOT NULL ORDER BY timestamp, id LIMIT 1";

/// The row of `tip`, whose conversation began as `root`; `None` when it is gone.
pub(super) fn row(
    db: &Reader,
    profile: &ProfileName,
    tip: &StoredId,
    root: &StoredId,
) -> Result<Option<StoredRow>, HistoryError> {
    let Some(tip) = Node::one(db, tip)? else { return Ok(None) };
    // Hermes keeps the beginning, the source and whether it is archived of the root.
    let root = if root == &tip.id { None } else { Node::one(db, root)? };
    let root = root.as_ref().unwrap_or(&tip);
    let Some(lineage) = LineageRoot::new(root.id.as_str()) else { return Ok(None) };
    let first = db.one(FIRST, (tip.id.as_str(), PREVIEW_READ), |row| Ok(text(row, 0)))?;
    Ok(Some(StoredRow {
        profile: profile.clone(),
        lineage,
        preview: preview(&first.flatten().unwrap_or_default()).into(),
        last_active: wall(Some(tip.active())),
        started: wall(Some(root.started)),
        ended: tip.ended.is_some(),
        archived: root.archived,
        messages: tip.messages,
        source: Untrusted::clone(&root.source),
        model: tip.model.as_deref().cloned(),
        cwd: tip.cwd.as_deref().cloned(),
        title: tip.title,
        id: tip.id,
    }))
}

/// Hermes' own cut of a first message.
fn preview(first: &str) -> String {
    let line: String = first
        .chars()
        .take(PREVIEW_READ as usize)
        .map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c })
        .collect();
    // The separators U+001C to U+001F are blank to Hermes, and not to Rust.
    let line = line.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c));
    match line.char_indices().nth(PREVIEW_KEPT) {
        Some((at, _)) => format!("{}...", line.get(..at).unwrap_or(line)),
        None => line.to_owned(),
    }
}

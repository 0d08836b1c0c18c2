//! Rows as SQLite has them. Numbers of 64 bits without a sign are kept as their bits with one.

use super::{
    file::Trouble,
    image::{Changes, Image, Key, Row},
};
use crate::{
    base::{
        clock::WallMs,
        ids::{LineageRoot, ProfileName, QueueId, SendRef, SessionId, StoredId},
        text::Untrusted,
    },
    model::{
        draft::Draft,
        kept::{KeptHead, Sent},
        session::QueueEntry,
        shelf::Colour,
    },
};
use rusqlite::{Connection, params};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

/// Makes these changes.
pub(super) fn write(db: &Connection, changes: &Changes) -> Result<(), Trouble> {
    for (key, row) in changes {
        remove(db, key)?;
        if let Some(row) = row {
            insert(db, key, row)?;
        }
    }
    Ok(())
}

fn remove(db: &Connection, key: &Key) -> rusqlite::Result<usize> {
    match key {
        Key::Session(id) => db.execute("DELETE FROM session WHERE id = ?1", [bits(id.0)]),
        Key::Draft(id) => db.execute("DELETE FROM draft WHERE session = ?1", [bits(id.0)]),
        Key::Queue(id) => db.execute("DELETE FROM queue WHERE session = ?1", [bits(id.0)]),
        Key::Tabs => db.execute("DELETE FROM tab", []),
        Key::Directory(profile) => db.execute("DELETE FROM directory WHERE profile = ?1", [profile.as_str()]),
        Key::Pins(profile) => db.execute("DELETE FROM pin WHERE profile = ?1", [profile.as_str()]),
        Key::Order => db.execute("DELETE FROM profile_order", []),
        Key::Colour(profile) => db.execute("DELETE FROM colour WHERE profile = ?1", [profile.as_str()]),
        Key::List => db.execute("DELETE FROM list", []),
        Key::Send(id) => db.execute("DELETE FROM send WHERE reference = ?1", [bits(id.0)]),
        Key::Highest => db.execute("DELETE FROM highest", []),
    }
}

fn insert(db: &Connection, key: &Key, row: &Row) -> Result<(), Trouble> {
    match (key, row) {
        (_, Row::Session(head)) => {
            db.execute(
                "INSERT INTO session VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                params![
                    bits(head.id.0),
                    head.profile.as_str(),
                    head.stored.as_ref().map(StoredId::as_str),
                    head.lineage.as_ref().map(LineageRoot::as_str),
                    head.title.as_ref().map(Untrusted::raw),
                    head.opening.raw(),
                    head.cwd.as_ref().map(Untrusted::raw),
                    json(&head.unread)?,
                    head.running,
                    bits(head.touched.0),
                ],
            )?;
        }
        (Key::Draft(id), Row::Draft(draft)) => {
            let values = params![bits(id.0), bits(draft.revision), json(&draft.pieces)?];
            db.execute("INSERT INTO draft VALUES (?1, ?2, ?3)", values)?;
        }
        (Key::Queue(id), Row::Queue(queue)) => {
            for (place, entry) in (0_i64..).zip(queue) {
                db.execute(
                    "INSERT INTO queue VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        bits(id.0),
                        place,
                        bits(entry.id.0),
                        bits(entry.reference.0),
                        entry.text,
                        bits(entry.at.0)
                    ],
                )?;
            }
        }
        (_, Row::Tabs(tabs)) => {
            for (place, session) in (0_i64..).zip(tabs) {
                db.execute("INSERT INTO tab VALUES (?1, ?2)", params![place, bits(session.0)])?;
            }
        }
        (Key::Directory(profile), Row::Directory(path)) => {
            db.execute("INSERT INTO directory VALUES (?1, ?2)", params![profile.as_str(), path])?;
        }
        (Key::Pins(profile), Row::Pins(pins)) => {
            for (place, lineage) in (0_i64..).zip(pins) {
                let values = params![profile.as_str(), place, lineage.as_str()];
                db.execute("INSERT INTO pin VALUES (?1, ?2, ?3)", values)?;
            }
        }
        (_, Row::Order(order)) => {
            for (place, profile) in (0_i64..).zip(order) {
                let values = params![place, profile.as_str()];
                db.execute("INSERT INTO profile_order VALUES (?1, ?2)", values)?;
            }
        }
        (Key::Colour(profile), Row::Colour(colour)) => {
            db.execute("INSERT INTO colour VALUES (?1, ?2)", params![profile.as_str(), colour.0])?;
        }
        (_, Row::List(list)) => {
            db.execute("INSERT INTO list VALUES (1, ?1)", [json(list)?])?;
        }
        (_, Row::Send(sent)) => {
            db.execute(
                "INSERT INTO send VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    bits(sent.reference.0),
                    bits(sent.session.0),
                    sent.text,
                    bits(sent.digest),
                    bits(sent.at.0),
                    json(&sent.fate)?
                ],
            )?;
        }
        (_, Row::Highest(id)) => {
            db.execute("INSERT INTO highest VALUES (1, ?1)", [bits(*id)])?;
        }
        // A row stands under a key of its kind.
        (_, Row::Draft(_) | Row::Queue(_) | Row::Directory(_) | Row::Pins(_) | Row::Colour(_)) => {}
    }
    Ok(())
}

/// Everything that is in the file. A row that cannot be read is left out, and stays in the file.
pub(super) fn read(db: &Connection) -> Result<Image, Trouble> {
    let mut rows: Vec<(Key, Row)> = Vec::new();
    let mut each = |sql: &str, of: fn(&rusqlite::Row<'_>) -> Result<(Key, Row), Trouble>| {
        let mut statement = db.prepare(sql)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            rows.extend(readable(of(row))?);
        }
        Ok::<(), Trouble>(())
    };
    each(
        "SELECT id, profile, stored, lineage, title, opening, cwd, unread, running, touched FROM session",
        |row| {
            let head = head(row)?;
            Ok((Key::Session(head.id), Row::Session(head)))
        },
    )?;
    each("SELECT session, revision, pieces FROM draft", |row| {
        let pieces = parse(&row.get::<_, String>(2)?)?;
        let draft = Draft { pieces, revision: number(row, 1)?, author: None };
        Ok((Key::Draft(SessionId(number(row, 0)?)), Row::Draft(draft)))
    })?;
    each("SELECT profile, path FROM directory", |row| {
        Ok((Key::Directory(profile(row, 0)?), Row::Directory(row.get(1)?)))
    })?;
    each("SELECT profile, rgb FROM colour", |row| {
        Ok((Key::Colour(profile(row, 0)?), Row::Colour(Colour(row.get(1)?))))
    })?;
    each("SELECT prefs FROM list", |row| Ok((Key::List, Row::List(parse(&row.get::<_, String>(0)?)?))))?;
    each("SELECT reference, session, text, digest, at, fate FROM send", |row| {
        let sent = Sent {
            reference: SendRef(number(row, 0)?),
            session: SessionId(number(row, 1)?),
            text: row.get(2)?,
            digest: number(row, 3)?,
            at: WallMs(number(row, 4)?),
            fate: parse(&row.get::<_, String>(5)?)?,
        };
        Ok((Key::Send(sent.reference), Row::Send(sent)))
    })?;
    each("SELECT session FROM highest", |row| Ok((Key::Highest, Row::Highest(number(row, 0)?))))?;
    rows.extend(queues(db)?.into_iter().map(|(id, queue)| (Key::Queue(id), Row::Queue(queue))));
    let tabs = list(db, "SELECT session FROM tab ORDER BY place", |row| Ok(SessionId(number(row, 0)?)))?;
    rows.push((Key::Tabs, Row::Tabs(tabs)));
    let order = list(db, "SELECT profile FROM profile_order ORDER BY place", |row| profile(row, 0))?;
    if !order.is_empty() {
        rows.push((Key::Order, Row::Order(order)));
    }
    let pins = list(db, "SELECT profile, lineage FROM pin ORDER BY profile, place", |row| {
        let lineage = LineageRoot::new(&row.get::<_, String>(1)?);
        Ok((profile(row, 0)?, lineage.ok_or_else(|| Trouble::Row("not an id".to_owned()))?))
    })?;
    let mut by_profile: BTreeMap<ProfileName, Vec<LineageRoot>> = BTreeMap::new();
    for (profile, lineage) in pins {
        by_profile.entry(profile).or_default().push(lineage);
    }
    rows.extend(by_profile.into_iter().map(|(profile, pins)| (Key::Pins(profile), Row::Pins(pins))));
    Ok(Image::of(rows))
}

/// The rows of one query, in its order.
fn list<T>(
    db: &Connection,
    sql: &str,
    of: impl Fn(&rusqlite::Row<'_>) -> Result<T, Trouble>,
) -> Result<Vec<T>, Trouble> {
    let mut statement = db.prepare(sql)?;
    let mut found = statement.query([])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        rows.extend(readable(of(row))?);
    }
    Ok(rows)
}

/// The row, or `None` when it alone cannot be read: of a file that somebody edited, or of a hermux that wrote it otherwise.
fn readable<T>(row: Result<T, Trouble>) -> Result<Option<T>, Trouble> {
    match row {
        Err(Trouble::Row(why)) => {
            tracing::error!(%why, "something that was kept cannot be read and is left out");
            Ok(None)
        }
        other => other.map(Some),
    }
}

fn head(row: &rusqlite::Row<'_>) -> Result<KeptHead, Trouble> {
    let text = |at: usize| Ok::<_, Trouble>(row.get::<_, Option<String>>(at)?.map(Untrusted::from));
    Ok(KeptHead {
        id: SessionId(number(row, 0)?),
        profile: profile(row, 1)?,
        stored: row.get::<_, Option<String>>(2)?.and_then(|id| StoredId::new(&id)),
        lineage: row.get::<_, Option<String>>(3)?.and_then(|id| LineageRoot::new(&id)),
        title: text(4)?,
        opening: text(5)?.unwrap_or_default(),
        cwd: text(6)?,
        unread: parse(&row.get::<_, String>(7)?)?,
        running: row.get(8)?,
        touched: WallMs(number(row, 9)?),
    })
}

fn queues(db: &Connection) -> Result<BTreeMap<SessionId, Vec<QueueEntry>>, Trouble> {
    let mut queues: BTreeMap<SessionId, Vec<QueueEntry>> = BTreeMap::new();
    let mut statement =
        db.prepare("SELECT session, id, reference, text, at FROM queue ORDER BY session, place")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        if let Some((session, entry)) = readable(queued(row))? {
            queues.entry(session).or_default().push(entry);
        }
    }
    Ok(queues)
}

fn queued(row: &rusqlite::Row<'_>) -> Result<(SessionId, QueueEntry), Trouble> {
    let entry = QueueEntry {
        id: QueueId(number(row, 1)?),
        reference: SendRef(number(row, 2)?),
        text: row.get(3)?,
        at: WallMs(number(row, 4)?),
    };
    Ok((SessionId(number(row, 0)?), entry))
}

fn bits(number: u64) -> i64 {
    number.cast_signed()
}

fn number(row: &rusqlite::Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(row.get::<_, i64>(at)?.cast_unsigned())
}

fn profile(row: &rusqlite::Row<'_>, at: usize) -> Result<ProfileName, Trouble> {
    ProfileName::new(&row.get::<_, String>(at)?).map_err(|wrong| Trouble::Row(wrong.to_string()))
}

fn json(value: &impl Serialize) -> Result<String, Trouble> {
    serde_json::to_string(value).map_err(|wrong| Trouble::Other(wrong.to_string()))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Trouble> {
    serde_json::from_str(text).map_err(|wrong| Trouble::Row(wrong.to_string()))
}

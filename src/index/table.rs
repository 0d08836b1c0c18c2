//! The rows of one profile: their texts one after the other in one buffer, the rest in some sixty bytes a row.

use crate::{
    base::{
        clock::WallMs,
        ids::{LineageRoot, ProfileName, StoredId},
        text::Untrusted,
    },
    model::listing::StoredRow,
};
use std::{
    collections::HashMap,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// The longest name that is kept, in bytes: Hermes' titles and previews are shorter.
const MAX_NAME: usize = 1_024;
/// No text: a shared one that is not there.
const NONE: u32 = u32::MAX;

/// One conversation, as it is put into a table.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Its tip: where it goes on.
    pub id: &'a str,
    /// Where it began.
    pub lineage: &'a str,
    pub title: Option<&'a str>,
    /// How it began; wanted only where there is no title.
    pub preview: &'a str,
    /// The time that is sorted by, and the one that is shown.
    pub active: WallMs,
    pub last_active: WallMs,
    pub started: WallMs,
    pub ended: bool,
    pub archived: bool,
    pub messages: u64,
    pub source: &'a str,
    pub model: Option<&'a str>,
    pub cwd: Option<&'a str>,
}

/// All conversations of one profile, the newest activity first.
#[derive(Debug)]
pub struct Table {
    pub profile: ProfileName,
    /// Unlike that of every other table.
    pub(super) version: u64,
    /// Of each row its id, its lineage unless it is the same, and its name.
    text: String,
    pub(super) rows: Vec<Row>,
    /// Texts that many rows share.
    shared: Vec<Box<str>>,
    /// Every other order, made when it is first asked for.
    pub(super) orders: [OnceLock<Box<[u32]>>; 3],
}

#[derive(Debug)]
pub(super) struct Row {
    /// Where its texts begin, and how long they are.
    at: u32,
    name: u16,
    id: u8,
    /// 0: its lineage is its id.
    lineage: u8,
    titled: bool,
    ended: bool,
    pub archived: bool,
    pub messages: u32,
    source: u32,
    model: u32,
    pub cwd: u32,
    pub active: u64,
    last_active: u64,
    pub started: u64,
    /// Which letters and digits its name has, see [`letters`].
    pub letters: u64,
}

impl Table {
    /// A table of `entries`, in whatever order they come.
    pub fn new<'a>(profile: ProfileName, entries: impl IntoIterator<Item = Entry<'a>>) -> Self {
        static VERSIONS: AtomicU64 = AtomicU64::new(0);
        let mut table = Self {
            profile,
            version: VERSIONS.fetch_add(1, Ordering::Relaxed),
            text: String::new(),
            rows: Vec::new(),
            shared: Vec::new(),
            orders: [const { OnceLock::new() }; 3],
        };
        let mut known = HashMap::new();
        for entry in entries {
            table.push(entry, &mut known);
        }
        let mut rows = std::mem::take(&mut table.rows);
        rows.sort_by(|a, b| table.key(a).cmp(&table.key(b)));
        rows.shrink_to_fit();
        table.rows = rows;
        table.text.shrink_to_fit();
        table
    }

    fn push<'a>(&mut self, entry: Entry<'a>, known: &mut HashMap<&'a str, u32>) {
        let title = entry.title.filter(|title| !title.trim().is_empty());
        let name = crop(title.unwrap_or(entry.preview));
        let Entry { id, lineage, .. } = entry;
        // Longer ones are no ids, and gigabytes of names are no list: neither is taken.
        let (Ok(at), Ok(id_len), Ok(lineage_len)) =
            (u32::try_from(self.text.len()), u8::try_from(id.len()), u8::try_from(lineage.len()))
        else {
            return;
        };
        self.text.push_str(id);
        if lineage != id {
            self.text.push_str(lineage);
        }
        self.text.push_str(name);
        let mut share = |text: Option<&'a str>| {
            let Some(text) = text else { return NONE };
            *known.entry(text).or_insert_with(|| {
                self.shared.push(text.into());
                self.shared.len() as u32 - 1
            })
        };
        let row = Row {
            at,
            name: name.len() as u16,
            id: id_len,
            lineage: if lineage == id { 0 } else { lineage_len },
            titled: title.is_some(),
            ended: entry.ended,
            archived: entry.archived,
            messages: u32::try_from(entry.messages).unwrap_or(u32::MAX),
            source: share(Some(entry.source)),
            model: share(entry.model),
            cwd: share(entry.cwd),
            active: entry.active.0,
            last_active: entry.last_active.0,
            started: entry.started.0,
            letters: letters(name),
        };
        self.rows.push(row);
    }

    /// How many there are, archived ones too.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What it takes in memory, in bytes, but for the orders other than its own.
    pub fn bytes(&self) -> usize {
        let shared: usize = self.shared.iter().map(|text| text.len() + size_of::<Box<str>>()).sum();
        self.text.capacity() + self.rows.capacity() * size_of::<Row>() + shared
    }

    /// What a newer table may be made of.
    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.rows.iter().map(|row| Entry {
            id: self.id(row),
            lineage: self.lineage(row),
            title: row.titled.then(|| self.name(row)),
            preview: if row.titled { "" } else { self.name(row) },
            active: WallMs(row.active),
            last_active: WallMs(row.last_active),
            started: WallMs(row.started),
            ended: row.ended,
            archived: row.archived,
            messages: u64::from(row.messages),
            source: self.shared(row.source).unwrap_or_default(),
            model: self.shared(row.model),
            cwd: self.shared(row.cwd),
        })
    }

    /// A row as it is listed. Only one without a title has its preview.
    pub(super) fn stored(&self, row: &Row) -> Option<StoredRow> {
        let name = || Untrusted::from(self.name(row));
        Some(StoredRow {
            profile: self.profile.clone(),
            id: StoredId::new(self.id(row))?,
            lineage: LineageRoot::new(self.lineage(row))?,
            title: row.titled.then(name),
            preview: if row.titled { Untrusted::default() } else { name() },
            last_active: WallMs(row.last_active),
            started: WallMs(row.started),
            ended: row.ended,
            archived: row.archived,
            messages: u64::from(row.messages),
            source: self.shared(row.source).unwrap_or_default().into(),
            model: self.shared(row.model).map(Untrusted::from),
            cwd: self.shared(row.cwd).map(Untrusted::from),
        })
    }

    pub(super) fn shared(&self, at: u32) -> Option<&str> {
        self.shared.get(at as usize).map(|text| &**text)
    }

    pub(super) fn all_shared(&self) -> impl Iterator<Item = &str> {
        self.shared.iter().map(|text| &**text)
    }

    fn id(&self, row: &Row) -> &str {
        self.slice(row.at as usize, usize::from(row.id))
    }

    pub(super) fn lineage(&self, row: &Row) -> &str {
        match row.lineage {
            0 => self.id(row),
            len => self.slice(row.at as usize + usize::from(row.id), usize::from(len)),
        }
    }

    /// Its title, else how it began.
    pub(super) fn name(&self, row: &Row) -> &str {
        let before = usize::from(row.id) + usize::from(row.lineage);
        self.slice(row.at as usize + before, usize::from(row.name))
    }

    fn slice(&self, at: usize, len: usize) -> &str {
        self.text.get(at..at + len).unwrap_or_default()
    }
}

fn crop(name: &str) -> &str {
    let mut end = name.len().min(MAX_NAME);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or_default()
}

/// The letters and digits of a text, a bit each, without regard to case. A text beyond ASCII may match any of them: a letter with an
/// accent is found by the letter without.
pub(super) fn letters(text: &str) -> u64 {
    if !text.is_ascii() {
        return u64::MAX;
    }
    text.bytes().fold(0, |bits, byte| match byte {
        b'a'..=b'z' => bits | 1 << (byte - b'a'),
        b'A'..=b'Z' => bits | 1 << (byte - b'A'),
        b'0'..=b'9' => bits | 1 << (26 + byte - b'0'),
        _ => bits,
    })
}

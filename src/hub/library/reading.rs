//! What is done on a thread that may wait: the rows of a profile read into a table, and a page made of one.

use super::{News, PageAsk, Watch};
use crate::{
    base::{
        clock::Clock,
        ids::{LineageRoot, ProfileName, StoredId},
        text::Untrusted,
    },
    history::{self, Entry as Stored, HistoryError, Scan, Stamp},
    index::{Entry, Table},
    model::listing::Page,
};
use std::{collections::HashMap, path::Path};
use tokio::sync::mpsc;

/// Rows whose previews are read together.
const CHUNK: usize = 200;

/// What was read of a profile.
#[derive(Debug)]
pub(in crate::hub) struct Reading {
    pub profile: ProfileName,
    /// It is watched from before it was read.
    pub watched: bool,
    pub stamp: Stamp,
    /// With the digest of it.
    pub result: Result<(Table, u64), Untrusted>,
    /// Milliseconds.
    pub took: u64,
    /// Nothing more comes of this reading.
    pub last: bool,
}

/// Reads a profile, and says so. Names that only a first message can give come after the rest, if `old` does not know them.
pub(super) fn read(
    home: &Path,
    profile: &ProfileName,
    old: Option<&Table>,
    watch: &Watch,
    clock: Clock,
    news: &mpsc::Sender<News>,
) {
    let begun = clock.now();
    // First, so that no change falls between.
    let watched = watch.begin(profile, home);
    let scan = history::scan(home);
    let took = clock.now().since(begun);
    let tell = |stamp, result, last| {
        let reading = Reading { profile: profile.clone(), watched, stamp, result, took, last };
        // The hub has ended: nobody wants to know.
        let _ = news.blocking_send(News::Read(Box::new(reading)));
    };
    let scan = match scan {
        Ok(scan) => scan,
        Err(error) => return tell(history::stamp(home), Err(error.to_string().into()), true),
    };
    let mut previews: HashMap<String, String> = HashMap::new();
    if let Some(old) = old {
        let known = old.entries().filter(|entry| !entry.preview.is_empty());
        previews.extend(known.map(|entry| (entry.id.to_owned(), entry.preview.to_owned())));
    }
    let unnamed: Vec<(StoredId, LineageRoot)> = scan
        .entries
        .iter()
        .filter(|entry| title(entry).is_none() && !previews.contains_key(entry.id.as_str()))
        .map(|entry| (entry.id.clone(), entry.lineage.clone()))
        .collect();
    let table = |previews: &HashMap<String, String>| {
        let table = table(profile, &scan, previews);
        // With more names more can be found than before.
        let named = table.entries().filter(|entry| !entry.preview.is_empty()).count();
        Ok((table, scan.digest.wrapping_add(named as u64)))
    };
    tell(scan.stamp, table(&previews), unnamed.is_empty());
    if unnamed.is_empty() {
        return;
    }
    for chunk in unnamed.chunks(CHUNK) {
        match history::rows(home, profile, chunk) {
            Ok(rows) => previews
                .extend(rows.into_iter().map(|row| (row.id.as_str().to_owned(), row.preview.into_raw()))),
            Err(error) => {
                tracing::warn!(%profile, %error, "how some sessions began cannot be read");
                break;
            }
        }
    }
    tell(scan.stamp, table(&previews), true);
}

fn table(profile: &ProfileName, scan: &Scan, previews: &HashMap<String, String>) -> Table {
    let entries = scan.entries.iter().map(|stored| Entry {
        id: stored.id.as_str(),
        lineage: stored.lineage.as_str(),
        title: title(stored),
        preview: previews.get(stored.id.as_str()).map_or("", String::as_str),
        active: stored.active,
        last_active: stored.last_active,
        started: stored.started,
        ended: stored.ended,
        archived: stored.archived,
        messages: stored.messages,
        source: stored.source.raw(),
        model: stored.model.as_deref().map(Untrusted::raw),
        cwd: stored.cwd.as_deref().map(Untrusted::raw),
    });
    Table::new(profile.clone(), entries)
}

fn title(entry: &Stored) -> Option<&str> {
    entry.title.as_ref().map(Untrusted::raw).filter(|title| !title.trim().is_empty())
}

/// A page of a table, its rows as they are stored now. Where they cannot be read they are as the table has them.
pub(super) fn page(home: &Path, table: Option<&Table>, ask: PageAsk, mut problem: Option<Untrusted>) -> Page {
    let PageAsk { profile, sort, filter, after, limit, .. } = ask;
    let Some(table) = table else {
        return Page { profile, rows: Vec::new(), total: 0, next: None, problem };
    };
    let mut listed = table.page(sort, &filter, after.as_ref(), usize::from(limit), Clock::wall());
    let of: Vec<_> = listed.rows.iter().map(|row| (row.id.clone(), row.lineage.clone())).collect();
    if problem.is_none() {
        match history::rows(home, &profile, &of) {
            Ok(rows) => listed.rows = rows,
            // Somebody is at work in it: that passes.
            Err(HistoryError::Busy | HistoryError::Slow | HistoryError::Changed) => {}
            Err(error) => problem = Some(error.to_string().into()),
        }
    }
    Page { profile, rows: listed.rows, total: listed.total, next: listed.next, problem }
}

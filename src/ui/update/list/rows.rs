//! The rows of the list, made of what is stored, what is open, what is pinned and what is on its way out. Pure.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::base::clock::WallMs;
use crate::base::fuzzy;
use crate::base::ids::{LineageRoot, ProfileName, StoredId};
use crate::base::text;
use crate::model::listing::{Shown, Sort, StoredRow};
use crate::model::session::{Session, Unread};
use crate::model::shelf::{Group, StateFilter, TombKind};
use crate::model::status;
use crate::model::world::World;
use crate::ui::state::list::{Entry, Key, List, Row, words};

/// Rows that stand for a page that is not here yet.
const SKELETONS: usize = 3;
const DAY_MS: u64 = 86_400_000;
/// Cells of a heading at most.
const HEADING: usize = 60;

/// What rows are made of.
pub(super) struct Making<'a> {
    pub list: &'a List,
    pub world: &'a World,
    /// The profiles that are shown, in their order.
    pub shown: &'a [ProfileName],
    /// All profiles are shown, not the active one alone.
    pub all: bool,
    pub wall: WallMs,
    /// The key that shows everything again.
    pub clear: Option<&'a str>,
    /// The key that begins a session.
    pub begin: Option<&'a str>,
}

/// The open sessions, to be found by a stored row.
struct Open<'a> {
    ids: HashMap<&'a StoredId, &'a Session>,
    roots: HashMap<&'a LineageRoot, &'a Session>,
}

impl<'a> Open<'a> {
    fn of(world: &'a World) -> Self {
        let all = || world.sessions.values();
        Self {
            ids: all().filter_map(|session| Some((session.stored.as_ref()?, session))).collect(),
            roots: all().filter_map(|session| Some((session.lineage.as_ref()?, session))).collect(),
        }
    }

    fn session(&self, row: &StoredRow) -> Option<&'a Session> {
        let found = self.ids.get(&row.id).or_else(|| self.roots.get(&row.lineage));
        found.copied().filter(|session| session.profile == row.profile)
    }
}

impl Making<'_> {
    /// A number that changes with everything that the rows are made of: they are left alone while it does not (B11).
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        (self.list.data, self.all, self.shown, &self.world.shelf.pins, self.clear).hash(&mut hash);
        for tomb in &self.world.tombs {
            (&tomb.profile, &tomb.lineage).hash(&mut hash);
        }
        if self.list.prefs.group == Group::Age || self.list.prefs.filter.days.is_some() {
            (self.wall.0 / 3_600_000).hash(&mut hash);
        }
        if self.list.prefs.state.is_some() {
            for (profile, others) in &self.world.elsewhere {
                for other in others {
                    (profile, &other.stored, other.state as u8).hash(&mut hash);
                }
            }
        }
        for session in self.world.sessions.values().filter(|session| self.shown.contains(&session.profile)) {
            (session.id, &session.stored, &session.lineage, session.is_fresh()).hash(&mut hash);
            if self.list.prefs.state.is_some() {
                let open = self.world.tabs.contains(&session.id);
                (status::of(session), status::is_working(session), session.unread as u8, open)
                    .hash(&mut hash);
            }
            if !self.list.sought().is_empty() {
                status::name(session, HEADING).hash(&mut hash);
            }
        }
        hash.finish()
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        let open = Open::of(self.world);
        let prefs = &self.list.prefs;
        if !(self.all && prefs.group == Group::Profile) {
            return self.part(self.shown, prefs.group, &open);
        }
        let mut rows = Vec::new();
        let narrowed = words::filters(self.list).is_some();
        for profile in self.shown {
            let part = self.part(std::slice::from_ref(profile), Group::None, &open);
            // Who looks for something does not want to read where it is not.
            if narrowed && part.iter().all(|row| matches!(row, Row::Note(_))) {
                continue;
            }
            rows.push(Row::Header(profile.clone()));
            if !self.list.is_folded(profile) {
                rows.extend(part);
            }
        }
        if rows.is_empty() {
            rows.extend(self.nothing().map(Row::Note));
        }
        rows
    }

    /// The rows of some profiles, pinned ones first.
    fn part(&self, profiles: &[ProfileName], group: Group, open: &Open<'_>) -> Vec<Row> {
        let (mut pinned, mut rest, mut rows, mut tail) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let sought = !self.list.sought().is_empty();
        let mut known = !sought || self.list.query.as_ref().is_some_and(|query| query.found.is_some());
        for profile in profiles {
            let (pins, others) = self.entries(profile, open);
            pinned.extend(pins);
            rest.extend(others);
            let stored = self.list.stored.get(profile);
            let problem = stored.and_then(|stored| stored.problem.as_ref());
            if let Some(problem) = problem {
                let name = if profiles.len() > 1 { format!("{profile}: ") } else { String::new() };
                rows.push(Row::Problem(format!("{name}{}", problem.label(400))));
            }
            known &= sought || problem.is_some() || stored.is_some_and(|stored| stored.known);
            let pages = !sought && self.list.prefs.state.is_none();
            let more = stored.is_some_and(|stored| stored.next.is_some());
            tail.extend((more && pages).then(|| Row::More(profile.clone())));
        }
        if profiles.len() > 1 && !sought {
            sort(&mut rest, self.list.prefs.sort);
        }
        let unreadable = !rows.is_empty();
        let (some_pinned, empty) = (!pinned.is_empty(), pinned.is_empty() && rest.is_empty());
        if some_pinned {
            rows.push(Row::Section("pinned".into()));
            rows.extend(pinned.into_iter().map(Row::Session));
        }
        match group {
            Group::Workspace => sections(&mut rows, rest, workspace),
            Group::Age => sections(&mut rows, rest, |entry| self.age(entry)),
            Group::None | Group::Profile => {
                if some_pinned && !rest.is_empty() {
                    rows.push(Row::Section(words::sort(self.list.prefs.sort).into()));
                }
                rows.extend(rest.into_iter().map(Row::Session));
            }
        }
        if !known {
            rows.extend(std::iter::repeat_n(Row::Skeleton, SKELETONS));
        } else if empty && tail.is_empty() && !unreadable {
            rows.extend(self.nothing().map(Row::Note));
        }
        rows.extend(tail);
        rows
    }

    /// Why there is no row (ASK-45: a filter that hides everything says so, and the key that ends it).
    fn nothing(&self) -> impl Iterator<Item = String> {
        let hides = words::filters(self.list).is_some();
        let first = if hides { "Nothing matches." } else { "No sessions yet." };
        let key = if hides { (self.clear, "shows all") } else { (self.begin, "begins one") };
        let second = key.0.map(|bound| format!("{bound} {}", key.1));
        [Some(first.to_owned()), second].into_iter().flatten()
    }

    /// A profile's pinned rows, and the others: what is open and on no page, then the page (C12, DECISIONS 6).
    fn entries(&self, profile: &ProfileName, open: &Open<'_>) -> (Vec<Entry>, Vec<Entry>) {
        let of_profile = self.list.stored.get(profile);
        let none = Vec::new();
        let sought = self.list.sought();
        let paged = match self.list.query.as_ref().filter(|_| !sought.is_empty()) {
            Some(query) => query.found.as_ref().unwrap_or(&none),
            None => of_profile.map_or(&none, |stored| &stored.rows),
        };
        let rows = paged.iter().filter(|row| row.profile == *profile && !self.is_dead(row));
        let entry = |row: &Arc<StoredRow>| Entry {
            key: Key {
                profile: profile.clone(),
                session: open.session(row).map(|session| session.id),
                root: Some(row.lineage.clone()),
            },
            stored: Some(Arc::clone(row)),
            pinned: self.world.shelf.is_pinned(profile, &row.lineage),
        };
        let mut listed: Vec<Entry> = rows.map(entry).collect();
        let pins = self.world.shelf.pins.get(profile).filter(|_| sought.is_empty());
        let away = |root: &LineageRoot| of_profile?.pinned.get(root)?.as_ref();
        let is_listed = |listed: &[Entry], key: &Key| listed.iter().any(|entry| entry.key.is(key));
        for row in pins.into_iter().flatten().filter_map(away) {
            let entry = entry(row);
            if !self.is_dead(row) && self.lets_through(row) && !is_listed(&listed, &entry.key) {
                listed.push(entry);
            }
        }
        let live = self.world.sessions.values().filter(|session| session.profile == *profile);
        let live = live.filter(|session| !session.is_fresh() && self.lets_live_through(session, &sought));
        let mut live: Vec<(Key, &Session)> = live.map(|session| (key_of(session), session)).collect();
        live.retain(|(key, _)| !is_listed(&listed, key) && !self.is_away(key));
        live.sort_by_key(|(_, session)| std::cmp::Reverse(session.touched));
        let is_pinned =
            |key: &Key| key.root.as_ref().is_some_and(|root| self.world.shelf.is_pinned(profile, root));
        let fresh = live.into_iter().map(|(key, _)| Entry { pinned: is_pinned(&key), key, stored: None });
        let mut all: Vec<Entry> = fresh.chain(listed).collect();
        all.retain(|entry| self.stands_right(entry));
        if pins.is_none() {
            return (Vec::new(), all);
        }
        let (mut pinned, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|entry| entry.pinned);
        // In the order of the pins, which is the person's.
        pinned.sort_by_key(|entry| {
            pins.and_then(|pins| pins.iter().position(|pin| Some(pin) == entry.key.root.as_ref()))
        });
        (pinned, others)
    }

    /// Whether a row was deleted or archived here, whatever a page says (C17).
    fn is_dead(&self, row: &StoredRow) -> bool {
        self.is_buried(&row.profile, &row.lineage)
    }

    fn is_away(&self, key: &Key) -> bool {
        key.root.as_ref().is_some_and(|root| self.is_buried(&key.profile, root))
    }

    fn is_buried(&self, profile: &ProfileName, root: &LineageRoot) -> bool {
        let archived = self.list.prefs.filter.archived;
        self.world
            .tomb(profile, root)
            .is_some_and(|tomb| tomb.kind == TombKind::Deleted || archived == Shown::Exclude)
    }

    /// Whether the filter that pages are asked with lets a row through that came on none.
    fn lets_through(&self, row: &StoredRow) -> bool {
        let filter = &self.list.prefs.filter;
        let since = self.wall.0.saturating_sub(filter.days.map_or(u64::MAX, |days| u64::from(days) * DAY_MS));
        let kept = match filter.archived {
            Shown::Exclude => !row.archived,
            Shown::Only => row.archived,
            Shown::Include => true,
        };
        kept && row.last_active.0 >= since
            && is_below(row.cwd.as_ref().map(text::Untrusted::raw), filter.workspace.as_deref())
    }

    /// The same for what is open.
    fn lets_live_through(&self, session: &Session, sought: &str) -> bool {
        let filter = &self.list.prefs.filter;
        let cwd = session.info.cwd.as_ref().map(text::Untrusted::raw);
        let named = || !fuzzy::rank(sought, [status::name(session, HEADING).as_str()]).is_empty();
        filter.archived != Shown::Only
            && is_below(cwd, filter.workspace.as_deref())
            && (sought.is_empty() || named())
    }

    /// Whether a row stands as the person wants to see rows.
    fn stands_right(&self, entry: &Entry) -> bool {
        let Some(state) = self.list.prefs.state else { return true };
        let session = entry.key.session.and_then(|id| self.world.sessions.get(&id));
        match state {
            StateFilter::Working => {
                let other = |id| self.world.works_elsewhere(&entry.key.profile, id);
                session.is_some_and(status::is_working) || entry.stored_id().is_some_and(other)
            }
            StateFilter::Waiting => session.is_some_and(|session| status::of(session).needs_input()),
            StateFilter::Unread => session.is_some_and(|session| session.unread != Unread::None),
            StateFilter::Pinned => entry.pinned,
            StateFilter::Open => session.is_some_and(|session| self.world.tabs.contains(&session.id)),
        }
    }

    fn age(&self, entry: &Entry) -> String {
        let days =
            entry.stored.as_ref().map_or(0, |row| self.wall.0.saturating_sub(row.last_active.0) / DAY_MS);
        match days {
            0 => "last 24 hours",
            1..=6 => "last 7 days",
            7..=29 => "last 30 days",
            _ => "older",
        }
        .to_owned()
    }
}

/// Who an open session is in the list.
pub(super) fn key_of(session: &Session) -> Key {
    let root = session.lineage.clone();
    let stored = session.stored.as_ref().and_then(|id| LineageRoot::new(id.as_str()));
    Key { profile: session.profile.clone(), session: Some(session.id), root: root.or(stored) }
}

fn is_below(cwd: Option<&str>, workspace: Option<&str>) -> bool {
    let Some(workspace) = workspace else { return true };
    cwd.and_then(|cwd| cwd.strip_prefix(workspace.trim_end_matches('/')))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn workspace(entry: &Entry) -> String {
    let cwd = entry.stored.as_ref().and_then(|row| row.cwd.as_ref()).filter(|cwd| !cwd.is_empty());
    cwd.map_or_else(|| "no directory".to_owned(), |cwd| cwd.label(HEADING))
}

/// Rows of several profiles in one order; what is not stored yet is the newest of all.
fn sort(rows: &mut [Entry], by: Sort) {
    let newest = |stamp: fn(&StoredRow) -> u64| {
        move |entry: &Entry| std::cmp::Reverse(entry.stored.as_ref().map_or(u64::MAX, |row| stamp(row)))
    };
    match by {
        Sort::Recent => rows.sort_by_key(newest(|row| row.last_active.0)),
        Sort::Created => rows.sort_by_key(newest(|row| row.started.0)),
        Sort::Messages => rows.sort_by_key(newest(|row| row.messages)),
        Sort::Title => {
            rows.sort_by_cached_key(|entry| entry.stored.as_ref().map(|row| row.name().raw().to_lowercase()));
        }
    }
}

/// Rows under the headings that `of` gives them, in the order in which these are met.
fn sections(rows: &mut Vec<Row>, entries: Vec<Entry>, of: impl Fn(&Entry) -> String) {
    let mut groups: Vec<(String, Vec<Entry>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for entry in entries {
        let heading = of(&entry);
        let place = *places.entry(heading.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some((_, group)) => group.push(entry),
            None => groups.push((heading, vec![entry])),
        }
    }
    for (heading, group) in groups {
        rows.push(Row::Section(heading));
        rows.extend(group.into_iter().map(Row::Session));
    }
}

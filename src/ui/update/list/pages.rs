//! How the list's pages come: asked for when they are to be seen, anew when what is stored changed, and never for what is not shown
//! (C25). An answer that could not be read leaves the rows that were there.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::Step;
use crate::base::clock::Tick;
use crate::base::ids::{LineageRoot, ProfileName};
use crate::model::listing::merge::{self, RowSet};
use crate::model::listing::{Found, Page, Shown, StoredRow};
use crate::model::shelf::TombKind;
use crate::model::status;
use crate::proto::{Command, Refusal};
use crate::ui::mirror::Mirror;
use crate::ui::state::list::Row;
use crate::ui::state::{Ask, UiState};

/// Rows of a page (C10), and of the first one of a profile that shares the list with others.
const PAGE: usize = 50;
const SHARE: usize = 12;
/// The most rows that the hub gives at once.
const MOST: usize = 200;
/// Milliseconds between two readings of one profile: a busy one does not make the list read without end (B11).
const REST_MS: u64 = 400;
/// Rows below the last one in sight at which the next page is asked for.
const AHEAD: usize = 10;

impl Step<'_> {
    /// Asks for what is shown and not here, or not as it is now.
    pub(super) fn ask_pages(&mut self) {
        if !self.ui.online {
            return;
        }
        let (shared, mut shown) = (self.has_headers(), self.listed());
        shown.retain(|profile| !(shared && self.ui.list.prefs.folded.contains(profile)));
        self.ui.list.shown.clone_from(&shown);
        for profile in shown {
            let Some(listing) = self.mirror.world().profile(&profile).map(|known| known.listing) else {
                continue;
            };
            let seen = self.ui.list.at + self.ui.list.room;
            let stored = self.ui.list.stored.entry(profile.clone()).or_default();
            if stored.of != Some(listing) && !stored.asked && stored.rests <= self.now {
                let least = if shared { SHARE } else { PAGE };
                stored.of = Some(listing);
                stored.fresh.clear();
                stored.wanted = stored.rows.len().min(seen).max(least);
                let limit = stored.wanted;
                self.ask_page(&profile, None, limit);
            }
            self.locate_pins(&profile, false);
        }
        // A list of one goes on by itself; in one of many the next profile's header would run away.
        if let (false, Some(Row::More(profile))) = (shared, self.ui.list.rows.last()) {
            let place = self.ui.list.rows.len();
            if place <= self.ui.list.top + self.ui.list.room + AHEAD {
                let profile = profile.clone();
                self.ask_more(&profile);
            }
        }
    }

    /// The next page of a profile.
    pub(super) fn ask_more(&mut self, profile: &ProfileName) {
        let Some(stored) = self.ui.list.stored.get(profile).filter(|stored| !stored.asked) else { return };
        if let (Some(next), true) = (stored.next.clone(), self.ui.online) {
            self.ask_page(profile, Some(next), PAGE);
        }
    }

    fn ask_page(
        &mut self,
        profile: &ProfileName,
        after: Option<crate::model::listing::Cursor>,
        limit: usize,
    ) {
        let prefs = &self.ui.list.prefs;
        let (sort, filter) = (prefs.sort, prefs.filter.clone());
        if let Some(stored) = self.ui.list.stored.get_mut(profile) {
            stored.asked = true;
        }
        let ask = Ask::Page { profile: profile.clone(), question: self.ui.list.question };
        let limit = u16::try_from(limit.min(MOST)).unwrap_or(u16::MAX);
        self.command(ask, Command::Page { profile: profile.clone(), sort, filter, after, limit });
    }

    /// Another sort or filter: every page is another one. The rows stay until theirs come.
    pub(super) fn ask_otherwise(&mut self) {
        self.ui.list.question += 1;
        for stored in self.ui.list.stored.values_mut() {
            (stored.of, stored.asked, stored.next, stored.rests) = (None, false, None, Tick::default());
        }
    }

    /// A new hub, or one that was away: its numbers say nothing of what was read before.
    pub(in super::super) fn read_anew(&mut self) {
        self.ui.list.question += 1;
        for stored in self.ui.list.stored.values_mut() {
            (stored.of, stored.asked, stored.wanted, stored.rests) = (None, false, 0, Tick::default());
            stored.question += 1;
            stored.pinned.retain(|_, row| row.is_some());
        }
    }

    /// A page came.
    pub(in super::super) fn paged(&mut self, page: Page, question: u64) {
        if question != self.ui.list.question {
            return;
        }
        let (keep, dead) = (self.kept_rows(&page.profile), self.dead_rows(&page.profile));
        let Some(stored) = self.ui.list.stored.get_mut(&page.profile) else { return };
        self.ui.list.data += 1;
        stored.asked = false;
        let failed = page.problem.is_some();
        stored.problem = page.problem;
        if failed && page.rows.is_empty() && !stored.rows.is_empty() {
            // What could be read once is better than nothing.
            stored.wanted = 0;
            stored.rests = self.now.plus(REST_MS);
            return;
        }
        stored.total = page.total;
        stored.next = page.next;
        let rows = page.rows.into_iter().map(Arc::new);
        if stored.wanted == 0 {
            let mut here = RowSet::default();
            for row in &stored.rows {
                here.insert_root(row.lineage.clone());
            }
            stored.rows.extend(rows.filter(|row| !here.contains(row) && !dead.contains(row)));
            return;
        }
        stored.fresh.extend(rows);
        if let (true, Some(next)) = (stored.fresh.len() < stored.wanted, stored.next.clone()) {
            let left = stored.wanted - stored.fresh.len();
            return self.ask_page(&page.profile, Some(next), left);
        }
        let previous =
            if stored.question == question { std::mem::take(&mut stored.rows) } else { Vec::new() };
        stored.rows = merge::merge(previous, std::mem::take(&mut stored.fresh), &keep, &dead);
        (stored.known, stored.question, stored.wanted) = (true, question, 0);
        stored.rests = self.now.plus(REST_MS);
        self.locate_pins(&page.profile, true);
    }

    /// A page could not be had.
    pub(in super::super) fn not_paged(&mut self, profile: &ProfileName, question: u64, why: &Refusal) {
        if question != self.ui.list.question {
            return;
        }
        if let Some(stored) = self.ui.list.stored.get_mut(profile) {
            (stored.asked, stored.wanted) = (false, 0);
            stored.fresh.clear();
            stored.rests = self.now.plus(REST_MS);
            if *why != Refusal::NoHub {
                stored.problem = Some(why.to_string().into());
                self.ui.list.data += 1;
            }
        }
    }

    /// Rows that stay although no page has them: what is at work or waits, and what is pinned (C12).
    fn kept_rows(&self, profile: &ProfileName) -> RowSet {
        let world = self.mirror.world();
        let mut keep = RowSet::default();
        let live = world.sessions.values().filter(|session| session.profile == *profile);
        for session in live.filter(|s| status::is_working(s) || status::of(s).needs_input()) {
            session.stored.iter().for_each(|id| keep.insert_id(id.clone()));
            session.lineage.iter().for_each(|root| keep.insert_root(root.clone()));
        }
        for root in world.shelf.pins.get(profile).into_iter().flatten() {
            keep.insert_root(root.clone());
        }
        keep
    }

    /// Rows that were deleted, or archived where archived ones are not shown.
    fn dead_rows(&self, profile: &ProfileName) -> RowSet {
        let archived = self.ui.list.prefs.filter.archived == Shown::Exclude;
        let mut dead = RowSet::default();
        for tomb in self.mirror.world().tombs.iter().filter(|tomb| tomb.profile == *profile) {
            if tomb.kind == TombKind::Deleted || archived {
                dead.insert_root(tomb.lineage.clone());
                dead.insert_id(tomb.stored.clone());
            }
        }
        dead
    }

    /// Takes what was deleted out of the rows for good (C17); what was taken back is read again.
    pub(super) fn bury(&mut self) {
        let tombs = &self.mirror.world().tombs;
        if tombs.is_empty() && self.ui.list.buried.is_empty() {
            return;
        }
        let now: BTreeSet<(ProfileName, LineageRoot)> =
            tombs.iter().map(|tomb| (tomb.profile.clone(), tomb.lineage.clone())).collect();
        if now == self.ui.list.buried {
            return;
        }
        let before = std::mem::replace(&mut self.ui.list.buried, now);
        let names: Vec<ProfileName> = self.ui.list.stored.keys().cloned().collect();
        for name in names {
            let dead = self.dead_rows(&name);
            let back = before.iter().any(|tomb| tomb.0 == name && !self.ui.list.buried.contains(tomb));
            let Some(stored) = self.ui.list.stored.get_mut(&name) else { continue };
            stored.rows.retain(|row| !dead.contains(row));
            if back {
                (stored.of, stored.rests) = (None, Tick::default());
            }
        }
    }

    /// Has the hub tell of pinned sessions that no page had. `again`: also of those that it told of before.
    fn locate_pins(&mut self, profile: &ProfileName, again: bool) {
        let pins = self.mirror.world().shelf.pins.get(profile).map(Vec::as_slice).unwrap_or_default();
        let Some(stored) = self.ui.list.stored.get_mut(profile).filter(|stored| stored.known) else { return };
        if !again && stored.pins == pins {
            return;
        }
        stored.pins = pins.to_vec();
        stored.pinned.retain(|root, _| pins.contains(root));
        let away = |root: &&LineageRoot| !stored.rows.iter().any(|row| row.lineage == **root);
        let asked: Vec<LineageRoot> = pins.iter().filter(away).cloned().collect();
        for root in &asked {
            stored.pinned.entry(root.clone()).or_default();
        }
        for root in asked {
            let id = root.as_str().to_owned();
            let ask = Ask::Pinned { profile: profile.clone(), root };
            self.command(ask, Command::Locate { id, near: profile.clone() });
        }
    }

    /// Where a pinned session is, if it is.
    pub(in super::super) fn pin_located(
        &mut self,
        profile: &ProfileName,
        root: &LineageRoot,
        row: Option<StoredRow>,
    ) {
        let row = row.filter(|row| row.profile == *profile && row.lineage == *root).map(Arc::new);
        if let Some(known) =
            self.ui.list.stored.get_mut(profile).and_then(|stored| stored.pinned.get_mut(root))
            && *known != row
        {
            *known = row;
            self.ui.list.data += 1;
        }
    }

    /// Has the hub find sessions by their names.
    pub(super) fn ask_found(&mut self) {
        let query = self.ui.list.sought();
        if query.is_empty() {
            return;
        }
        let profile = (!self.shows_all()).then(|| self.list_profile());
        self.ui.list.lookup += 1;
        let ask = Ask::Found(self.ui.list.lookup);
        self.command(ask, Command::Find { query, profile });
    }

    pub(in super::super) fn found(&mut self, rows: Vec<Found>, number: u64) {
        if let (Some(query), true) = (&mut self.ui.list.query, number == self.ui.list.lookup) {
            query.found = Some(rows.into_iter().map(|found| Arc::new(found.row)).collect());
            self.ui.list.data += 1;
        }
    }
}

/// When the list wants to read anew what it had to let rest.
pub(in super::super) fn due(ui: &UiState, mirror: &Mirror) -> Option<Tick> {
    if !ui.online {
        return None;
    }
    let waits = |name: &ProfileName| {
        let (stored, listing) = (ui.list.stored.get(name)?, mirror.world().profile(name)?.listing);
        (!stored.asked && stored.of != Some(listing)).then_some(stored.rests)
    };
    ui.list.shown.iter().filter_map(waits).min()
}

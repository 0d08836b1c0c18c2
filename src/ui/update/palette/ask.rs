//! What the palette asks of the hub: stored sessions by name, what was said in them, a look into one. All of it is read from disk
//! or memory there, marks nothing read and starts no backend (A19).

use crate::base::clock::Tick;
use crate::base::ids::{AskId, ProfileName, StoredId};
use crate::base::text::Untrusted;
use crate::model::listing::{Found, Hit, Peek};
use crate::proto::Command;
use crate::ui::state::layer::Layer;
use crate::ui::state::palette::{Offer, Palette, Search, Seen};
use crate::ui::state::{Ask, UiState};
use crate::ui::update::Step;

/// How long nothing must be typed before what was said is searched, in milliseconds.
pub(super) const SEARCH_AFTER: u64 = 120;
/// How long a choice must stand before it is looked into, in milliseconds: walking past asks for nothing.
const LOOK_AFTER: u64 = 60;
/// Bytes of a text that is searched for at least: a letter is everywhere, a character of a wide script is a word.
const SHORTEST: usize = 2;

impl Step<'_> {
    /// Asks for stored sessions of this name, once a query, and anew when something was written.
    pub(super) fn seek_names(&mut self, open: &mut Palette) {
        let stored = self.mirror.world().profiles.iter().map(|profile| profile.listing).sum();
        if std::mem::replace(&mut open.written, stored) != stored {
            open.sought = None;
            open.preview.doubt();
        }
        if !self.ui.online {
            // The next hub is asked anew.
            open.sought = None;
        }
        let query = open.part().1;
        if !open.wants_stored() || !self.ui.online || open.sought.as_ref() == Some(&query) {
            return;
        }
        open.sought = Some(query.clone());
        open.finding = Some(self.ask(Ask::Find, Command::Find { query, profile: None }));
    }

    /// Stored sessions that were found. An older answer than that to the last question is none.
    pub(in crate::ui::update) fn names_found(&mut self, ask: AskId, rows: Vec<Found>) {
        if let Some(Layer::Palette(open)) = &mut self.ui.layer
            && open.finding == Some(ask)
        {
            open.finding = None;
            open.found = rows.into_iter().map(|found| found.row).collect();
        }
    }

    /// The question was not answered. What was found before stays.
    pub(in crate::ui::update) fn not_found(&mut self, ask: AskId) {
        if let Some(Layer::Palette(open)) = &mut self.ui.layer
            && open.finding == Some(ask)
        {
            open.finding = None;
        }
    }

    /// Searches for what stands in the query, when it has stood there long enough.
    pub(super) fn search_due(&mut self, open: &mut Palette) {
        if open.offer != Offer::Search || open.search.due.is_none_or(|due| due > self.now) || !self.ui.online
        {
            return;
        }
        open.search.due = None;
        let text = open.picker.query.text().trim().to_owned();
        if text == open.search.text {
            return;
        }
        open.search.text.clone_from(&text);
        open.search.begun = false;
        if text.len() < SHORTEST {
            open.search = Search { text, ..Search::default() };
            self.stop_search();
            return;
        }
        let ask = self.ask(Ask::Search, Command::Search { text, profile: None });
        open.search.asked = Some(ask);
        self.ui.searching = Some(ask);
    }

    /// A piece of what a search finds.
    pub(in crate::ui::update) fn searched(
        &mut self,
        ask: AskId,
        hits: Vec<Hit>,
        done: bool,
        problems: Vec<(ProfileName, Untrusted)>,
    ) {
        if done && self.ui.searching == Some(ask) {
            self.ui.searching = None;
        }
        let Some(Layer::Palette(open)) = &mut self.ui.layer else { return };
        if open.search.asked != Some(ask) {
            return;
        }
        let enough = !open.search.take(hits, done, problems);
        if enough {
            open.search.asked = None;
            self.stop_search();
        }
    }

    /// A search that ended otherwise: what was found before it is not of its text.
    pub(in crate::ui::update) fn not_searched(&mut self, ask: AskId, why: Option<String>) {
        if self.ui.searching == Some(ask) {
            self.ui.searching = None;
        }
        if let (Some(Layer::Palette(open)), Some(why)) = (&mut self.ui.layer, why)
            && open.search.asked == Some(ask)
        {
            open.search.asked = None;
            self.say(format!("Not searched: {why}"));
        }
    }

    fn stop_search(&mut self) {
        if self.ui.searching.take().is_some() {
            self.command(Ask::Quiet, Command::StopSearch);
        }
    }

    /// Nobody waits any more for a search whose palette is closed.
    pub(super) fn stop_unseen_search(&mut self) {
        let seen = matches!(&self.ui.layer, Some(Layer::Palette(open)) if open.offer == Offer::Search);
        if !seen {
            self.stop_search();
        }
    }

    /// Has what is chosen looked into, once the choice stands.
    pub(super) fn look_into(&mut self, open: &mut Palette) {
        let shown = open.preview_place(self.ui.size).and_then(|_| open.shows());
        if open.preview.of != shown {
            open.preview.of = shown;
            open.preview.failed = None;
            open.preview.scroll = 0;
            open.preview.due = self.unseen(open).map(|_| self.now.plus(LOOK_AFTER));
        } else if self.ui.online
            && open.preview.due.take_if(|due| *due <= self.now).is_some()
            && let Some((profile, stored)) = self.unseen(open)
        {
            self.command(Ask::Peek(profile.clone(), stored.clone()), Command::Peek { profile, stored });
        }
    }

    /// The stored session that is to be looked into and was not.
    fn unseen(&self, open: &Palette) -> Option<(ProfileName, StoredId)> {
        let (profile, stored) = match open.preview.of.as_ref()? {
            Seen::Stored(profile, stored) => (profile.clone(), stored.clone()),
            Seen::Open(id) => {
                let session = self.mirror.session(*id)?;
                // What is in memory is newer than what is on disk.
                if session.body.as_ref().is_some_and(|body| !body.messages.is_empty()) {
                    return None;
                }
                (session.profile.clone(), session.stored.clone()?)
            }
        };
        (!open.preview.is_fresh(&profile, &stored)).then_some((profile, stored))
    }

    pub(in crate::ui::update) fn peeked(&mut self, peek: Peek) {
        if let Some(Layer::Palette(open)) = &mut self.ui.layer {
            open.preview.keep(peek);
        }
    }

    /// It could not be read, or nobody could be asked.
    pub(in crate::ui::update) fn not_peeked(
        &mut self,
        profile: &ProfileName,
        stored: &StoredId,
        why: String,
    ) {
        let Some(Layer::Palette(open)) = &mut self.ui.layer else { return };
        let same = match &open.preview.of {
            Some(Seen::Stored(of, id)) => (of, id) == (profile, stored),
            Some(Seen::Open(id)) => {
                self.mirror.session(*id).is_some_and(|s| s.stored.as_ref() == Some(stored))
            }
            None => false,
        };
        if same {
            open.preview.failed = Some(why);
        }
    }

    /// The slash commands of the profile that is shown, if its backend runs.
    pub(super) fn ask_commands(&mut self) {
        let everything =
            matches!(&self.ui.layer, Some(Layer::Palette(open)) if open.offer == Offer::Everything);
        let Some(profile) = self.session().map(|session| session.profile.clone()) else { return };
        if everything && self.ui.online {
            self.command(Ask::Slash(profile.clone()), Command::Commands { profile });
            self.ask_models();
        }
    }
}

/// When the palette wants to be asked again, if nothing happens. Without a hub there is nobody to ask.
pub(in crate::ui::update) fn due(ui: &UiState) -> Option<Tick> {
    let Some(Layer::Palette(open)) = &ui.layer else { return None };
    [open.search.due, open.preview.due].into_iter().flatten().filter(|_| ui.online).min()
}

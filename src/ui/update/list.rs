//! The list of sessions: opened, walked through, folded, filtered. What its rows are made of is in `rows`, how pages come in
//! `pages`, what is done with a row in `acts`.

mod acts;
mod edits;
mod pages;
mod rows;

pub(super) use pages::due;

use super::{Step, keys};
use crate::base::ids::ProfileName;
use crate::base::text::Untrusted;
use crate::model::listing::{Filter, Shown, Sort};
use crate::model::shelf::{Group, StateFilter};
use crate::proto::Command;
use crate::ui::intent::{Intent, RowAct};
use crate::ui::state::list::{Query, Row, words};
use crate::ui::state::{Ask, Focus};
use rows::Making;

impl Step<'_> {
    /// Opens the list and turns the keys to it; from within it closes it.
    pub(super) fn toggle_list(&mut self) {
        self.ui.layer = None;
        if self.ui.focus == Focus::List {
            self.arrange(|prefs| prefs.open = false);
            self.focus_composer();
            return;
        }
        if !self.ui.list.prefs.open {
            self.arrange(|prefs| prefs.open = true);
        }
        self.focus_list();
        self.make_rows();
    }

    pub(super) fn focus_list(&mut self) {
        self.ui.guard.leave();
        self.ui.secret.clear();
        self.ui.focus = Focus::List;
    }

    /// A hub is there: the list is as it was left, and everything in it is read anew.
    pub(super) fn welcome_list(&mut self, again: bool) {
        if !again && !self.ui.list.arranged {
            self.ui.list.prefs = self.mirror.world().shelf.list.clone();
        }
        self.read_anew();
    }

    /// All profiles, or the active one alone. With one profile there is nothing to choose (C25).
    pub(super) fn toggle_scope(&mut self) {
        if self.mirror.world().profiles.len() < 2 {
            self.say("There is one profile only");
            return;
        }
        let opens = !self.ui.list.prefs.open;
        self.arrange(|prefs| {
            prefs.all = opens || !prefs.all;
            prefs.open = true;
        });
        if opens {
            self.ui.layer = None;
            self.focus_list();
        }
    }

    /// A profile was chosen: its own sessions are what is wanted (C08).
    pub(super) fn leave_all(&mut self) {
        if self.ui.list.prefs.all {
            self.arrange(|prefs| prefs.all = false);
        }
    }

    /// Changes how the list is shown, and has it remembered.
    pub(super) fn arrange(&mut self, change: impl FnOnce(&mut crate::model::shelf::ListPrefs)) {
        let before = self.ui.list.prefs.clone();
        change(&mut self.ui.list.prefs);
        let prefs = &self.ui.list.prefs;
        if *prefs == before {
            return;
        }
        self.ui.list.data += 1;
        self.ui.list.arranged = true;
        if (prefs.sort, &prefs.filter) != (before.sort, &before.filter) {
            self.ask_otherwise();
        }
        let prefs = Box::new(self.ui.list.prefs.clone());
        self.command(Ask::Quiet, Command::Arrange(prefs));
    }

    /// Whether every profile is shown. With one left there is only that one (C09, INV22).
    fn shows_all(&self) -> bool {
        self.ui.list.prefs.all && self.mirror.world().profiles.len() > 1
    }

    /// The profile whose sessions are shown when not all are.
    fn list_profile(&self) -> ProfileName {
        let shown = self.session().map(|session| &session.profile).or(self.ui.profile_before.as_ref());
        shown.unwrap_or_else(|| self.mirror.primary()).clone()
    }

    /// The profiles in the list, in their order.
    fn listed(&self) -> Vec<ProfileName> {
        if self.shows_all() {
            return self.mirror.world().profiles.iter().map(|profile| profile.name.clone()).collect();
        }
        vec![self.list_profile()]
    }

    /// Whether each profile has a part of the list of its own, with a header that folds it.
    fn has_headers(&self) -> bool {
        self.shows_all() && self.ui.list.prefs.group == Group::Profile
    }

    /// After every happening: what is shown is asked for, and rows are made anew where they are other ones.
    pub(super) fn tend_list(&mut self) {
        if !self.ui.shows_list() {
            self.ui.list.shown.clear();
            return;
        }
        self.bury();
        self.make_rows();
        self.ask_pages();
    }

    fn make_rows(&mut self) {
        let (shown, all) = (self.listed(), self.shows_all());
        let making = Making {
            list: &self.ui.list,
            world: self.mirror.world(),
            shown: &shown,
            all,
            wall: self.ui.wall,
            clear: self.ui.keymap.hint(Intent::Row(RowAct::ClearFilters)),
            begin: self.ui.keymap.hint(Intent::Row(RowAct::New)),
        };
        let made_of = making.fingerprint();
        if made_of == self.ui.list.made_of {
            return;
        }
        let rows = making.rows();
        self.ui.list.made_of = made_of;
        self.ui.list.all = all;
        self.ui.list.set_rows(rows);
        let rows = &self.ui.list.rows;
        let there = |key: &_| rows.iter().any(|row| matches!(row, Row::Session(entry) if entry.key.is(key)));
        self.ui.list.marks.retain(|mark| there(mark));
    }

    /// What a key means while the list has the keys. False: nothing of its own.
    pub(super) fn list_intent(&mut self, intent: Intent) -> bool {
        let page = isize::try_from(self.ui.list.room.max(2) - 1).unwrap_or(1);
        match intent {
            Intent::ListUp => self.ui.list.step(-1),
            Intent::ListDown => self.ui.list.step(1),
            Intent::PageUp => self.ui.list.step(-page),
            Intent::PageDown => self.ui.list.step(page),
            Intent::ScrollTop => self.ui.list.choose(0),
            Intent::ScrollEnd => self.ui.list.choose(usize::MAX),
            Intent::Accept => self.take_row(),
            Intent::Back => self.list_back(),
            Intent::Type(c) => self.seek(|text| text.insert(c.encode_utf8(&mut [0; 4]))),
            Intent::Edit(edit) => self.seek(|text| {
                keys::apply(text, edit, usize::MAX);
            }),
            _ => return false,
        }
        true
    }

    /// Ends the innermost thing: writing a text, marks, the list's hold of the keys.
    fn list_back(&mut self) {
        if self.ui.list.writes() {
            self.ui.list.query = None;
            self.ui.list.data += 1;
        } else if !self.ui.list.marks.is_empty() {
            self.ui.list.marks.clear();
        } else {
            self.focus_composer();
        }
    }

    /// Enter: a session opens, a header folds, a page comes.
    pub(super) fn take_row(&mut self) {
        if let Some(query) = self.ui.list.query.as_mut().filter(|query| query.writing) {
            query.writing = false;
            if query.text.is_empty() {
                self.ui.list.query = None;
            }
            return;
        }
        match self.ui.list.chosen().cloned() {
            Some(Row::Header(profile)) => self.fold(&profile, None),
            Some(Row::More(profile)) => self.ask_more(&profile),
            Some(Row::Session(entry)) => {
                self.open_entry(&entry);
                self.focus_composer();
            }
            _ => {}
        }
    }

    /// Folds a profile's part, or unfolds it.
    fn fold(&mut self, profile: &ProfileName, folds: Option<bool>) {
        if !self.has_headers() {
            return;
        }
        let folds = folds.unwrap_or(!self.ui.list.prefs.folded.contains(profile));
        self.arrange(|prefs| {
            prefs.folded.remove(profile);
            prefs.folded.extend(folds.then(|| profile.clone()));
        });
        self.make_rows();
        let header = |row: &Row| matches!(row, Row::Header(of) if of == profile);
        if let Some(place) = self.ui.list.rows.iter().position(header).filter(|_| folds) {
            self.ui.list.choose(place);
        }
    }

    /// What is done with the list itself, which is opened for it. False: it is about a row.
    pub(super) fn list_act(&mut self, act: RowAct) -> bool {
        if act.is_of_list() && self.ui.focus != Focus::List {
            self.toggle_list();
        }
        let row = self.ui.list.chosen().cloned();
        let profile = row.as_ref().and_then(Row::profile).cloned();
        match act {
            RowAct::New => self.fresh(profile.unwrap_or_else(|| self.list_profile())),
            RowAct::Fold | RowAct::Unfold => {
                if let Some(profile) = profile {
                    self.fold(&profile, Some(act == RowAct::Fold));
                }
            }
            RowAct::NextSort => {
                self.arrange(|prefs| {
                    prefs.sort = match prefs.sort {
                        Sort::Recent => Sort::Created,
                        Sort::Created => Sort::Title,
                        Sort::Title => Sort::Messages,
                        Sort::Messages => Sort::Recent,
                    }
                });
                self.say(format!("Sorted: {}", words::sort(self.ui.list.prefs.sort)));
            }
            RowAct::NextGroup => {
                let all = self.shows_all();
                self.arrange(|prefs| {
                    prefs.group = match prefs.group {
                        Group::Profile => Group::Workspace,
                        Group::Workspace => Group::Age,
                        Group::Age if all => Group::None,
                        Group::Age | Group::None => Group::Profile,
                    }
                });
                self.say(format!("Grouped: {}", words::group(self.ui.list.prefs.group)));
            }
            RowAct::NextState => self.narrow(|prefs| {
                prefs.state = match prefs.state {
                    None => Some(StateFilter::Waiting),
                    Some(StateFilter::Waiting) => Some(StateFilter::Working),
                    Some(StateFilter::Working) => Some(StateFilter::Unread),
                    Some(StateFilter::Unread) => Some(StateFilter::Pinned),
                    Some(StateFilter::Pinned) => Some(StateFilter::Open),
                    Some(StateFilter::Open) => None,
                }
            }),
            RowAct::NextAge => self.narrow(|prefs| {
                prefs.filter.days = match prefs.filter.days {
                    None => Some(1),
                    Some(1) => Some(7),
                    Some(7) => Some(30),
                    Some(_) => None,
                }
            }),
            RowAct::NextArchived => self.narrow(|prefs| {
                prefs.filter.archived = match prefs.filter.archived {
                    Shown::Exclude => Shown::Only,
                    Shown::Only => Shown::Include,
                    Shown::Include => Shown::Exclude,
                }
            }),
            RowAct::Workspace => {
                let set = self.ui.list.prefs.filter.workspace.is_some();
                let cwd = row.as_ref().and_then(|row| self.directory(row)).map(Untrusted::into_raw);
                if !set && cwd.is_none() {
                    self.say("This row names no directory");
                    return true;
                }
                self.narrow(|prefs| prefs.filter.workspace = cwd.filter(|_| !set));
            }
            RowAct::Seek => {
                self.ui.list.query.get_or_insert_with(Query::default).writing = true;
            }
            RowAct::ClearFilters => {
                self.ui.list.query = None;
                self.ui.list.data += 1;
                self.narrow(|prefs| (prefs.filter, prefs.state) = (Filter::default(), None));
            }
            RowAct::Mark => match row {
                Some(Row::Session(entry)) => {
                    self.ui.list.mark(&entry.key);
                    self.ui.list.step(1);
                }
                Some(Row::Header(profile)) => self.fold(&profile, None),
                _ => {}
            },
            RowAct::Undo => self.undo_delete(),
            _ => return false,
        }
        true
    }

    /// Changes what is left out, and says what is.
    fn narrow(&mut self, change: impl FnOnce(&mut crate::model::shelf::ListPrefs)) {
        self.arrange(change);
        self.say(match words::filters(&self.ui.list) {
            Some(words) => format!("Only: {words}"),
            None => "All sessions".to_owned(),
        });
    }

    pub(super) fn paste_into_list(&mut self, text: &str) {
        self.seek(|query| query.insert(&text.replace(['\n', '\r'], " ")));
    }

    /// Changes the text that is looked for.
    fn seek(&mut self, change: impl FnOnce(&mut crate::ui::state::editor::Editor)) {
        let Some(query) = &mut self.ui.list.query else { return };
        let before = query.text.revision();
        change(&mut query.text);
        if query.text.revision() == before {
            return;
        }
        self.ui.list.data += 1;
        self.ask_found();
        self.make_rows();
        self.ui.list.choose(0);
    }
}

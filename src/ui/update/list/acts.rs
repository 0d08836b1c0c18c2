//! What is done with a row, or with all that are marked. While the list has not got the keys, the session that is shown is meant.

use super::super::Step;
use super::rows::key_of;
use crate::base::ids::{LineageRoot, ProfileName};
use crate::base::text::{self, Untrusted};
use crate::model::status;
use crate::proto::Command;
use crate::ui::action::Action;
use crate::ui::intent::RowAct;
use crate::ui::state::editor::Linked;
use crate::ui::state::list::{Entry, Key, Meant, Row};
use crate::ui::state::{Ask, Focus};

/// Cells of a name in a sentence.
const NAME: usize = 40;

impl Step<'_> {
    pub(in super::super) fn row_act(&mut self, act: RowAct) {
        if self.list_act(act) {
            return;
        }
        let meant = self.meant();
        if meant.is_empty() {
            self.say("There is no session here");
            return;
        }
        match act {
            RowAct::Background => self.open_behind(&meant),
            RowAct::Stop => self.stop_rows(&meant),
            RowAct::Pin => self.pin_rows(&meant),
            RowAct::Rename => self.rename_row(&meant),
            RowAct::Archive => self.archive_rows(&meant),
            RowAct::Delete => self.ask_delete_rows(&meant),
            RowAct::Branch => self.branch_row(&meant),
            RowAct::CopyId => self.copy_ids(&meant),
            RowAct::Link => self.link_rows(&meant),
            RowAct::Export => self.export_rows(&meant),
            _ => {}
        }
        self.ui.list.marks.clear();
    }

    /// The marked rows, else the chosen one; outside of the list the session that is shown.
    fn meant(&self) -> Vec<Meant> {
        let list = &self.ui.list;
        if self.ui.focus != Focus::List {
            let shown = self.session().map(|session| (key_of(session), None));
            return shown.into_iter().map(|(key, row)| self.meant_by(&key, row)).collect();
        }
        let entries = list.rows.iter().filter_map(|row| match row {
            Row::Session(entry) => Some(entry),
            _ => None,
        });
        if !list.marks.is_empty() {
            let marked = entries.filter(|entry| list.is_marked(&entry.key));
            return marked.map(|entry| self.meant_by(&entry.key, Some(entry))).collect();
        }
        match list.chosen() {
            Some(Row::Session(entry)) => vec![self.meant_by(&entry.key, Some(entry))],
            _ => Vec::new(),
        }
    }

    fn meant_by(&self, key: &Key, entry: Option<&Entry>) -> Meant {
        let session = key.session.and_then(|id| self.mirror.session(id));
        let row = entry.and_then(|entry| entry.stored.as_ref());
        let stored =
            session.and_then(|session| session.stored.clone()).or_else(|| row.map(|row| row.id.clone()));
        let title = session.and_then(|session| session.title.clone());
        Meant {
            profile: key.profile.clone(),
            session: session.map(|session| session.id),
            stored,
            root: key.root.clone(),
            name: match (session, row) {
                (Some(session), _) => status::name(session, NAME),
                (None, Some(row)) => text::label(row.name().raw(), NAME),
                (None, None) => String::new(),
            },
            title: title.or_else(|| row.and_then(|row| row.title.clone())).unwrap_or_default(),
            archived: row.is_some_and(|row| row.archived),
            may_run: row.is_some_and(|row| row.may_run(self.ui.wall)),
        }
    }

    /// Where a row's tools run.
    pub(super) fn directory(&self, row: &Row) -> Option<Untrusted> {
        let Row::Session(entry) = row else { return None };
        let live = entry.key.session.and_then(|id| self.mirror.session(id));
        let cwd = live.and_then(|session| session.info.cwd.clone());
        cwd.or_else(|| entry.stored.as_ref()?.cwd.clone()).filter(|cwd| !cwd.is_empty())
    }

    /// Shows a row's session: one that is open is found, not opened again (G12).
    pub(super) fn open_entry(&mut self, entry: &Entry) {
        match (entry.key.session.filter(|id| self.mirror.session(*id).is_some()), entry.stored_id()) {
            (Some(id), _) => self.visit(id),
            (None, Some(stored)) => {
                let (profile, stored) = (entry.key.profile.clone(), stored.clone());
                self.command(Ask::Open, Command::OpenStored { profile, stored });
            }
            (None, None) => self.say("It is not open any more"),
        }
    }

    fn open_behind(&mut self, meant: &[Meant]) {
        let mut opened = 0;
        for row in meant {
            let tab = row.session.is_some_and(|id| self.mirror.world().tabs.contains(&id));
            if let (false, Some(stored)) = (tab, row.stored.clone()) {
                opened += 1;
                self.command(Ask::Plain, Command::OpenStored { profile: row.profile.clone(), stored });
            }
        }
        match (opened, meant) {
            (0, _) => self.say("It is open already"),
            (1, [one]) => self.say(format!("Opened behind this one: {}", one.name)),
            _ => self.say(format!("Opened behind this one: {opened} sessions")),
        }
    }

    /// Stops what each row's own session runs, and nothing else (I16, INV7). It asks nothing: what was done stays, and the next
    /// message goes on.
    fn stop_rows(&mut self, meant: &[Meant]) {
        let mut stopped = 0;
        for row in meant {
            let busy = row.session.and_then(|id| self.mirror.session(id)).is_some_and(status::is_working);
            let command = match (row.session, row.stored.clone()) {
                (Some(session), _) if busy => Command::Interrupt { session },
                // What another program has it run is known to the backend alone.
                (None, Some(stored))
                    if self.mirror.world().works_elsewhere(&row.profile, &stored) || row.may_run =>
                {
                    Command::StopStored { profile: row.profile.clone(), stored }
                }
                _ => continue,
            };
            stopped += 1;
            self.command(Ask::Plain, command);
        }
        match (stopped, meant) {
            (0, _) => self.say("Nothing runs there"),
            (1, [one]) => self.say(format!("Stopping {} · {}", one.profile, one.name)),
            _ => self.say(format!("Stopping {stopped} sessions")),
        }
    }

    /// Pins rows, or no longer when all of them are. Pins hold on to the chain's root (C18).
    fn pin_rows(&mut self, meant: &[Meant]) {
        let arranged = &self.mirror.world().shelf;
        let rows: Vec<(ProfileName, LineageRoot)> =
            meant.iter().filter_map(|row| Some((row.profile.clone(), row.root.clone()?))).collect();
        if rows.is_empty() {
            self.say("Nothing of it is stored yet: it can be pinned once it is");
            return;
        }
        let on = !rows.iter().all(|(profile, root)| arranged.is_pinned(profile, root));
        for (profile, lineage) in rows {
            self.command(Ask::Plain, Command::Pin { profile, lineage, on });
        }
    }

    fn copy_ids(&mut self, meant: &[Meant]) {
        let ids: Vec<&str> = meant.iter().filter_map(|row| Some(row.stored.as_ref()?.as_str())).collect();
        if ids.is_empty() {
            self.say("It has no id before it is stored");
        } else {
            self.out.push(Action::Copy(ids.join("\n")));
        }
    }

    /// A row as a link names it; `None`: nothing of it is stored yet.
    pub(in super::super) fn row_link(&self, place: usize) -> Option<Linked> {
        let Some(Row::Session(entry)) = self.ui.list.rows.get(place) else { return None };
        linked(&self.meant_by(&entry.key, Some(entry)))
    }

    /// Puts links to the rows where the caret of the composer is, and the keys into the composer.
    fn link_rows(&mut self, meant: &[Meant]) {
        let links: Vec<Linked> = meant.iter().filter_map(linked).collect();
        if links.is_empty() {
            self.say("It can be linked once it is stored");
        }
        for link in links {
            self.link_session(link);
        }
    }

    fn export_rows(&mut self, meant: &[Meant]) {
        for row in meant {
            let Some(stored) = row.stored.clone() else { continue };
            let (profile, dir) = (row.profile.clone(), self.ui.cwd.clone());
            self.command(Ask::Export, Command::Export { profile, stored, dir });
        }
    }
}

fn linked(row: &Meant) -> Option<Linked> {
    let title = if row.title.is_empty() { row.name.as_str().into() } else { row.title.clone() };
    Some(Linked { profile: row.profile.clone(), id: row.stored.clone()?, title })
}

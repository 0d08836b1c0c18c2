//! Links between sessions: into the composer, and from a message to the session that it names.

use super::Step;
use crate::base::ids::SessionId;
use crate::base::text;
use crate::model::link::{self, SessionLink};
use crate::model::listing::StoredRow;
use crate::model::message::Message;
use crate::model::session::Session;
use crate::proto::Command;
use crate::ui::state::editor::Linked;
use crate::ui::state::gesture::Place;
use crate::ui::state::layer::{Offer, Palette, Row, Target};
use crate::ui::state::pane::Pane;
use crate::ui::state::titles::{AT_ONCE, Known};
use crate::ui::state::{Ask, Focus, Hit};

/// Cells of a linked session's name in a list.
const NAME: usize = 60;

impl Step<'_> {
    /// Puts a link to a stored session into the composer that is shown (D01). Rows of lists, the palette and the mouse come
    /// here.
    pub(super) fn link_session(&mut self, linked: Linked) {
        self.ui.layer = None;
        self.focus_composer();
        self.write(|pane| pane.editor.insert_link(linked));
    }

    /// An open session as a link names it; `None`: nothing of it is stored yet.
    pub(super) fn as_link(&self, id: SessionId) -> Option<Linked> {
        let session = self.mirror.session(id)?;
        let title = session.title.clone().unwrap_or_else(|| session.opening.clone());
        Some(Linked { profile: session.profile.clone(), id: session.stored.clone()?, title })
    }

    /// Links to an open session, or says why not.
    pub(super) fn link_open(&mut self, id: SessionId) {
        match self.as_link(id) {
            Some(linked) => self.link_session(linked),
            None => self.say("Nothing was sent in that session yet, so there is nothing to link to"),
        }
    }

    /// The mouse carries a session, if anything of it is stored (D01, D04).
    pub(super) fn carry_link(&mut self, linked: Option<Linked>, to: Place) {
        let over = self.hit(to) == Some(Hit::Composer);
        self.ui.carried = linked.map(|linked| (linked, over));
    }

    /// It is let go: over the composer it is a link there, elsewhere nothing.
    pub(super) fn drop_link(&mut self, linked: Option<Linked>, at: Place) {
        self.ui.carried = None;
        if let (Some(linked), true) = (linked, self.hit(at) == Some(Hit::Composer)) {
            self.link_session(linked);
        }
    }

    /// The choice of a list of sessions to link to.
    pub(super) fn link_target(&mut self, target: &Target, chosen_in: &Palette) {
        match target {
            Target::Session(id) => self.link_open(*id),
            Target::Stored(profile, id) => {
                let rows = chosen_in.found.iter();
                let title = rows
                    .filter(|row| (&row.profile, &row.id) == (profile, id))
                    .map(|row| row.name().clone())
                    .next();
                let linked =
                    Linked { profile: profile.clone(), id: id.clone(), title: title.unwrap_or_default() };
                self.link_session(linked);
            }
            _ => {}
        }
    }

    /// A text was pasted: what its links are called is found out, and whose they are where they do not say.
    pub(super) fn name_pasted(&mut self, text: &str) {
        for (_, link) in link::links(text).take(AT_ONCE) {
            self.ask_name(link);
        }
    }

    /// The links of the messages on the screen, named.
    pub(super) fn name_links(&mut self) {
        if !self.ui.online {
            return;
        }
        let links = |pane: &Pane| -> Vec<SessionLink> {
            let shown = pane.visible.iter().flat_map(|visible| pane.lines.links(visible.message));
            shown.map(|(_, link)| link.clone()).collect()
        };
        for link in self.ui.pane().map(links).unwrap_or_default() {
            if self.ui.titles.get(&link.id).is_none() {
                self.ask_name(link);
            }
        }
    }

    fn ask_name(&mut self, link: SessionLink) {
        if let Some(Known::Session(profile, title)) = self.ui.titles.get(&link.id) {
            let linked = Linked { profile: profile.clone(), id: link.id.clone(), title: title.clone() };
            self.named(&link, &linked);
        } else if self.ui.online {
            self.ui.titles.set(&link.id, Known::Asked);
            let command = self.locate(&link);
            self.command(Ask::Name(link), command);
        }
    }

    fn locate(&self, link: &SessionLink) -> Command {
        let near =
            self.session().map_or_else(|| self.mirror.primary().clone(), |session| session.profile.clone());
        let id = match &link.profile {
            Some(profile) => link::text(profile, &link.id),
            None => link.id.as_str().to_owned(),
        };
        Command::Locate { id, near }
    }

    /// It is known what a link leads to: in messages, in the chips of what is written.
    fn named(&mut self, link: &SessionLink, linked: &Linked) {
        self.ui.titles.set(&link.id, Known::Session(linked.profile.clone(), linked.title.clone()));
        let now = self.now;
        if let Some(pane) = self.ui.pane_mut()
            && pane.editor.name_links(link, linked)
        {
            pane.mark_edited(now);
        }
    }

    /// The hub looked for what a link names.
    pub(super) fn located(&mut self, asked: Ask, row: Option<StoredRow>) {
        match (asked, row) {
            (Ask::Name(link), Some(row)) => {
                let title = row.name().clone();
                self.named(&link, &Linked { profile: row.profile, id: row.id, title });
            }
            (Ask::Name(link), None) => self.ui.titles.set(&link.id, Known::Absent),
            (Ask::Follow(_), Some(row)) => {
                self.command(Ask::Open, Command::OpenStored { profile: row.profile, stored: row.id });
            }
            (Ask::Follow(link), None) => {
                let id = text::label(link.id.as_str(), NAME);
                self.say(format!(
                    "Session {id} is in no profile: it was deleted, or is kept on another machine"
                ));
            }
            _ => {}
        }
    }

    /// An open session is new, or may be called something else now.
    pub(super) fn rename_links(&mut self, id: SessionId) {
        if let Some(Linked { profile, id, title }) = self.as_link(id) {
            self.ui.titles.set(&id, Known::Session(profile, title));
        }
    }

    /// What the chosen message links to, each once.
    fn chosen_links(&self) -> Vec<SessionLink> {
        self.chosen().map(Message::links).unwrap_or_default()
    }

    /// Opens what the chosen message links to: at once, or after a choice among several. Without a link, its details.
    pub(super) fn open_item(&mut self) {
        let mut links = self.chosen_links();
        match links.len() {
            0 => self.toggle_item(),
            1 => links.pop().into_iter().for_each(|link| self.follow(link)),
            _ => self.open_palette(Offer::Links),
        }
    }

    pub(super) fn linked_rows(&self) -> Vec<Row> {
        let row = |link: SessionLink| {
            let (text, note) = match self.ui.titles.get(&link.id) {
                Some(Known::Session(profile, title)) => (text::label(title.raw(), NAME), profile.to_string()),
                _ => (
                    link.id.as_str().to_owned(),
                    link.profile.as_ref().map(ToString::to_string).unwrap_or_default(),
                ),
            };
            Row { what: Target::Link(link), text, note, ..Row::default() }
        };
        self.chosen_links().into_iter().map(row).collect()
    }

    /// Shows the session that a link names, wherever it is (D09).
    pub(super) fn follow(&mut self, link: SessionLink) {
        let names = |session: &&Session| {
            session.stored.as_ref() == Some(&link.id)
                && link.profile.as_ref().is_none_or(|profile| *profile == session.profile)
        };
        let open = self.mirror.world().sessions.values().find(names).map(|session| session.id);
        if let Some(id) = open {
            self.visit(id);
            return;
        }
        let command = self.locate(&link);
        self.command(Ask::Follow(link), command);
        if self.ui.focus == Focus::Transcript {
            self.say("Looking for the session");
        }
    }
}

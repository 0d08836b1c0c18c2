//! Texts that hermux asks for: a session's title, a queued message.

use super::Step;
use crate::base::ids::{ProfileName, QueueId, SessionId};
use crate::base::text;
use crate::model::draft::Piece;
use crate::model::settings::Setting;
use crate::proto::Command;
use crate::proto::command::RowEdit;
use crate::ui::state::editor::{self, Editor};
use crate::ui::state::layer::{Entry, EntryOf, Layer, Offer};
use crate::ui::state::{Ask, Text};

impl Step<'_> {
    pub(super) fn rename(&mut self) {
        let Some(session) = self.session() else { return };
        let title = session.title.as_ref().map(|title| title.raw().to_owned()).unwrap_or_default();
        let of = EntryOf::Title(session.id);
        self.ask_text("Title of this session", "nothing changes", &title, of);
    }

    /// Where new sessions of this profile shall work (H01).
    pub(super) fn ask_directory(&mut self) {
        let Some(profile) = self.session().map(|session| session.profile.clone()) else { return };
        let known =
            self.ui.directories.get(&profile).or_else(|| self.mirror.world().directories.get(&profile));
        let known = known.cloned().unwrap_or_else(|| self.ui.cwd.clone());
        let empty = "forgets it; new sessions work where hermux was started";
        self.ask_text("Working directory of this profile", empty, &known, EntryOf::Directory(profile));
    }

    /// The hub remembers it: new sessions from here work there, too.
    pub(super) fn directory_set(&mut self, profile: ProfileName, directory: String) {
        if directory.is_empty() {
            self.say(format!("New sessions of {profile} work in {}", text::label(&self.ui.cwd, 60)));
            self.ui.directories.remove(&profile);
        } else {
            self.say(format!("New sessions of {profile} work in {}", text::label(&directory, 60)));
            self.ui.directories.insert(profile, directory);
        }
    }

    /// Asks where the session's tools shall run.
    pub(super) fn ask_session_directory(&mut self) {
        let Some(session) = self.session() else { return };
        let here = session.info.cwd.as_ref().map(|cwd| cwd.raw().to_owned()).unwrap_or_default();
        let of = EntryOf::SessionDirectory(session.id);
        self.ask_text("Working directory of this session", "nothing changes", &here, of);
    }

    /// Changes a message that waits: the one there is, else one of a list.
    pub(super) fn edit_queued(&mut self) {
        let Some(session) = self.session() else { return };
        match session.queue.as_slice() {
            [] => self.say("Nothing is queued here"),
            [only] => {
                let (session, entry) = (session.id, only.id);
                self.ask_queued(session, entry);
            }
            _ => self.open_palette(Offer::Queue),
        }
    }

    /// Sends a queue on that waits for the person.
    pub(super) fn send_queued(&mut self) {
        let Some(session) = self.session() else { return };
        let (id, empty, held) = (session.id, session.queue.is_empty(), session.held);
        match (empty, held) {
            (true, _) => self.say("Nothing is queued here"),
            (false, false) => self.say("It goes by itself when the turn is over"),
            (false, true) => self.command(Ask::Plain, Command::GoOn { session: id }),
        }
    }

    pub(super) fn ask_queued(&mut self, id: SessionId, entry: QueueId) {
        let queue = self.mirror.session(id).map(|session| session.queue.as_slice()).unwrap_or_default();
        let Some(text) = queue.iter().find(|known| known.id == entry).map(|known| known.text.clone()) else {
            self.say("It was sent meanwhile");
            return;
        };
        self.ask_text("Queued message", "takes it out of the queue", &text, EntryOf::Queued(id, entry));
    }

    pub(super) fn ask_text(&mut self, title: &'static str, empty: &'static str, text: &str, of: EntryOf) {
        let mut field = Editor::default();
        field.replace_all(editor::segment(text));
        self.ui.layer = Some(Layer::Entry(Entry { title, empty, text: field, of }));
    }

    /// The text is as it shall be.
    pub(super) fn give_entry(&mut self) {
        let Some(Layer::Entry(entry)) = self.ui.layer.take() else { return };
        let text = entry.text.text();
        match entry.of {
            EntryOf::Title(session) => {
                let title = one_line(&text);
                if !title.is_empty() {
                    self.command(Ask::Plain, Command::Rename { session, title });
                }
            }
            EntryOf::Directory(profile) => {
                let directory = text.trim().to_owned();
                let purpose = Ask::Directory(profile.clone(), directory.clone());
                self.command(purpose, Command::SetDirectory { profile, directory });
            }
            EntryOf::Row(row) => self.edit_rows(&[*row], &RowEdit::Title(one_line(&text))),
            EntryOf::SessionDirectory(session) => {
                let profile = self.mirror.session(session).map(|known| known.profile.clone());
                let path = text.trim().to_owned();
                if let Some(profile) = profile.filter(|_| !path.is_empty()) {
                    let whose = format!("this session of {profile}");
                    self.configure(profile, Some(session), Setting::Directory(path), &whose);
                }
            }
            EntryOf::Queued(session, entry) if text.trim().is_empty() => {
                self.command(Ask::Plain, Command::RemoveQueued { session, entry });
            }
            EntryOf::Queued(session, entry) => {
                // Sent meanwhile: what was written goes back to the composer.
                let pieces = vec![Piece::Text(text.clone())];
                let Some(known) = self.mirror.session(session) else { return self.put_here(&pieces) };
                let sent = Text { session, profile: known.profile.clone(), pieces };
                self.command(Ask::Send(sent), Command::EditQueued { session, entry, text });
            }
        }
    }
}

/// A title is one line, whatever was pasted.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

//! What changes a row at Hermes: its title, the archive, its end, a branch of it. A backend of its profile does it, which is started
//! for it: the person asked.

use super::super::Step;
use crate::base::ids::ProfileName;
use crate::base::text;
use crate::model::shelf::TombKind;
use crate::proto::Command;
use crate::proto::command::RowEdit;
use crate::ui::intent::{Intent, RowAct};
use crate::ui::state::Ask;
use crate::ui::state::layer::{Choice, Deed, EntryOf};
use crate::ui::state::list::Meant;

/// Cells of a name in a sentence.
const NAME: usize = 40;

impl Step<'_> {
    pub(super) fn rename_row(&mut self, meant: &[Meant]) {
        let [row] = meant else { return self.say("One title is for one session: end the marks first") };
        match row.session {
            _ if row.stored.is_some() && row.root.is_some() => {
                let of = EntryOf::Row(Box::new(row.clone()));
                self.ask_text("Title of this session", "its title is taken away", row.title.raw(), of);
            }
            Some(session) => {
                let of = EntryOf::Title(session);
                self.ask_text("Title of this session", "nothing changes", row.title.raw(), of);
            }
            None => {}
        }
    }

    pub(super) fn archive_rows(&mut self, meant: &[Meant]) {
        let on = !meant.iter().all(|row| row.archived);
        self.edit_rows(meant, &RowEdit::Archive(on));
        let done = if on { "Archived" } else { "Back from the archive" };
        match meant {
            [one] => self.say(format!("{done}: {}", one.name)),
            many => self.say(format!("{done}: {} sessions", many.len())),
        }
    }

    pub(in super::super) fn edit_rows(&mut self, meant: &[Meant], edit: &RowEdit) {
        for row in meant {
            if let (Some(stored), Some(lineage)) = (row.stored.clone(), row.root.clone()) {
                let (profile, name, edit) = (row.profile.clone(), row.name.as_str().into(), edit.clone());
                self.command(Ask::Plain, Command::EditStored { profile, stored, lineage, name, edit });
            }
        }
    }

    /// Asks before anything is deleted, and names what (ASK-42).
    pub(super) fn ask_delete_rows(&mut self, meant: &[Meant]) {
        let meant: Vec<Meant> = meant.iter().filter(|row| row.stored.is_some()).cloned().collect();
        let title = match meant.as_slice() {
            [] => return self.say("Nothing of it is stored"),
            [one] => format!("Delete {}?", text::label(&one.name, 30)),
            many => format!("Delete {} sessions?", many.len()),
        };
        let mut lines: Vec<String> = Vec::new();
        let mut profiles: Vec<&ProfileName> = meant.iter().map(|row| &row.profile).collect();
        profiles.dedup();
        for profile in profiles {
            let names: Vec<&str> =
                meant.iter().filter(|row| row.profile == *profile).map(|row| row.name.as_str()).collect();
            lines.push(match names.as_slice() {
                [one] => format!("{profile} · {one}"),
                [first, second, rest @ ..] if !rest.is_empty() => {
                    format!("{profile} · {}: {first}, {second} and {} more", names.len(), rest.len())
                }
                both => format!("{profile} · {}: {}", both.len(), both.join(", ")),
            });
        }
        lines.push("Hermes forgets it for good. For 8 seconds it can be taken back.".to_owned());
        let options = vec![
            Choice { key: 'd', label: "delete", does: Deed::DeleteRows(meant) },
            Choice { key: 'c', label: "cancel", does: Deed::Cancel },
        ];
        self.open_dialog(title, lines, options);
    }

    pub(in super::super) fn delete_rows(&mut self, meant: &[Meant]) {
        self.edit_rows(meant, &RowEdit::Delete);
        if !self.ui.shows_list() {
            let key = self.ui.keymap.hint(Intent::ToggleList).unwrap_or("the palette");
            let undo = self.ui.keymap.hint(Intent::Row(RowAct::Undo)).unwrap_or("the palette");
            self.say(format!("Deleted; for 8 seconds {key} {undo} takes it back"));
        }
    }

    /// Takes back what was deleted last, while it has not been sent.
    pub(super) fn undo_delete(&mut self) {
        let tombs = self.mirror.world().tombs.iter();
        let last = tombs.rev().find(|tomb| tomb.kind == TombKind::Deleted && !tomb.sent);
        match last.map(|tomb| (tomb.profile.clone(), tomb.lineage.clone(), tomb.name.label(NAME))) {
            Some((profile, lineage, name)) => {
                self.command(Ask::Plain, Command::UndoDelete { profile, lineage });
                self.say(format!("Taken back: {name}"));
            }
            None => self.say("There is nothing to take back"),
        }
    }

    pub(super) fn branch_row(&mut self, meant: &[Meant]) {
        match meant {
            [Meant { profile, stored: Some(stored), .. }] => {
                let (profile, stored) = (profile.clone(), stored.clone());
                self.command(Ask::Open, Command::Branch { profile, stored });
                self.focus_composer();
            }
            [_] => self.say("Nothing of it is stored yet"),
            _ => self.say("One session is branched at a time: end the marks first"),
        }
    }
}

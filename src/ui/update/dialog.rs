//! Questions of hermux itself; those about leaving are in `leaving`.

use super::Step;
use crate::base::ids::{ProfileName, SessionId};
use crate::model::profile::BackendState;
use crate::model::session::Session;
use crate::model::status;
use crate::model::world::World;
use crate::proto::Command;
use crate::proto::command::CloseRunning;
use crate::ui::intent::Intent;
use crate::ui::state::Ask;
use crate::ui::state::layer::{Choice, Deed, Dialog, Layer};

/// Sessions that a question names at most; the rest is counted.
pub(super) const NAMED: usize = 8;

impl Step<'_> {
    pub(super) fn open_dialog(&mut self, title: String, lines: Vec<String>, options: Vec<Choice>) {
        self.open_over(Layer::Dialog(Dialog::new(title, lines, options)));
    }

    /// What a key means to the open question.
    pub(super) fn dialog_intent(&mut self, intent: Intent) {
        let Some(Layer::Dialog(dialog)) = &mut self.ui.layer else { return };
        let deed = match intent {
            Intent::Type(c) => dialog.lettered(c),
            Intent::Accept => dialog.marked(),
            Intent::ListUp | Intent::FocusPrevious => return dialog.step(-1),
            Intent::ListDown | Intent::FocusNext => return dialog.step(1),
            _ => None,
        };
        self.give(deed);
    }

    /// An answer of the open question was clicked.
    pub(super) fn click_option(&mut self, place: usize) {
        let Some(Layer::Dialog(dialog)) = &mut self.ui.layer else { return };
        dialog.focus = place;
        let deed = dialog.marked();
        self.give(deed);
    }

    fn give(&mut self, deed: Option<Deed>) {
        let Some(deed) = deed else { return };
        self.close_layer();
        match deed {
            Deed::CloseAndStop(session) => {
                self.note_closed(session);
                self.save_draft(session);
                self.command(Ask::Plain, Command::CloseTab { session, running: CloseRunning::Stop });
            }
            Deed::CloseAndKeep(session) => {
                self.note_closed(session);
                self.save_draft(session);
                self.command(Ask::Plain, Command::CloseTab { session, running: CloseRunning::Keep });
            }
            Deed::CloseOthers(ids, running) => self.close_all(&ids, running),
            Deed::Leave(next) => self.leave(next),
            Deed::Bypass(session, on) => self.command(Ask::Plain, Command::SetYolo { session, on }),
            Deed::StopBackend(profile) => {
                self.command(Ask::Plain, Command::StopBackend { profile, force: true });
            }
            Deed::Configure(profile, session, setting) => {
                let whose = if session.is_some() { "this session of" } else { "profile" };
                let whose = format!("{whose} {profile}");
                self.configure(profile, session, setting, &whose);
            }
            Deed::StopAll => self.command(Ask::StopAll, Command::StopAll),
            Deed::StopHub => self.stop_hub(),
            Deed::Profile(profile, deed) => self.do_with(&profile, deed),
            Deed::DeleteProfile(profile, force) => self.delete_profile(profile, force),
            Deed::DeleteRows(rows) => self.delete_rows(&rows),
            Deed::Cancel => {}
        }
    }

    /// The tab of a running session is to be closed.
    pub(super) fn ask_close(&mut self, id: SessionId) {
        let Some(session) = self.mirror.session(id) else { return };
        let lines = vec![format!("{} is still at work.", name(session))];
        self.open_dialog(
            "Close this tab?".into(),
            lines,
            vec![
                Choice { key: 's', label: "stop it and close", does: Deed::CloseAndStop(id) },
                Choice { key: 'k', label: "close, keep it running", does: Deed::CloseAndKeep(id) },
                Choice { key: 'c', label: "cancel", does: Deed::Cancel },
            ],
        );
    }

    /// The approval bypass is switched only here: by a key and its confirmation (SEC-26).
    pub(super) fn ask_bypass(&mut self) {
        let Some(session) = self.session() else { return };
        let (id, on) = (session.id, !session.info.yolo);
        let lines = if on {
            vec![
                format!("{} will run dangerous commands without asking.", name(session)),
                "It holds for this session until it is switched off.".into(),
            ]
        } else {
            vec![format!("{} will ask before dangerous commands again.", name(session))]
        };
        self.open_dialog(
            if on { "Bypass approvals?".into() } else { "End the bypass?".into() },
            lines,
            vec![
                Choice { key: 'y', label: "yes", does: Deed::Bypass(id, on) },
                Choice { key: 'c', label: "cancel", does: Deed::Cancel },
            ],
        );
    }
}

impl Step<'_> {
    /// Ends the backend of what is shown; asks once when that would stop something.
    pub(super) fn ask_stop_backend(&mut self) {
        if let Some(profile) = self.session().map(|session| session.profile.clone()) {
            self.ask_stop(profile);
        }
    }

    pub(super) fn ask_stop(&mut self, profile: ProfileName) {
        let world = self.mirror.world();
        if world.profile(&profile).is_none_or(|known| known.backend == BackendState::Cold) {
            self.say(format!("The backend of {profile} does not run"));
            return;
        }
        let lines = self.running_in(&profile);
        if lines.is_empty() {
            self.say(format!("Stopping the backend of {profile}; the next message starts it again"));
            self.command(Ask::Plain, Command::StopBackend { profile, force: false });
            return;
        }
        self.open_dialog(
            format!("Stop the backend of {profile}?"),
            lines,
            vec![
                Choice { key: 's', label: "stop it", does: Deed::StopBackend(profile) },
                Choice { key: 'c', label: "cancel", does: Deed::Cancel },
            ],
        );
    }
}

/// A session as a sentence names it.
pub(super) fn name(session: &Session) -> String {
    format!("{} · {}", session.profile, crate::model::status::name(session, 40))
}

/// Sessions at work, and those that only wait.
pub(super) fn unfinished(world: &World) -> (Vec<&Session>, Vec<&Session>) {
    let open = world.sessions.values();
    let (running, rest): (Vec<_>, Vec<_>) = open.partition(|session| status::is_working(session));
    (running, rest.into_iter().filter(|session| status::of(session).needs_input()).collect())
}

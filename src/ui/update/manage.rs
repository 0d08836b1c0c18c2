//! What can be done with a profile, wherever it is asked for: on the strip, in its menu, in the Manage view, by the palette.

use super::Step;
use super::dialog::{NAMED, name, unfinished};
use crate::base::ids::ProfileName;
use crate::model::fleet::Details;
use crate::proto::{Answer, Command};
use crate::ui::action::{Action, Edited};
use crate::ui::intent::{Intent, ProfileDeed};
use crate::ui::state::confirm::{Choice, Deed, Dialog};
use crate::ui::state::layer::Layer;
use crate::ui::state::manage::{Known, Manage};
use crate::ui::state::{Ask, Errand, Focus};

impl Step<'_> {
    pub(super) fn open_manage(&mut self) {
        if matches!(self.ui.layer, Some(Layer::Manage(_))) {
            self.ui.layer = None;
            return;
        }
        self.ui.layer = Some(Layer::Manage(Manage { chosen: self.profile_here() }));
        self.ask_details();
    }

    /// Asks anew what can be said of all profiles, while the view is open.
    pub(super) fn ask_details(&mut self) {
        if self.ui.under.is_none() && !matches!(self.ui.layer, Some(Layer::Manage(_))) {
            return;
        }
        for profile in self.mirror.world().profiles.iter().map(|profile| profile.name.clone()) {
            self.command(Ask::Details(profile.clone()), Command::ProfileDetails { profile });
        }
    }

    /// What the hub said of a profile.
    pub(super) fn detailed(&mut self, profile: ProfileName, known: Known) {
        if let Some(Layer::Dialog(dialog)) = &mut self.ui.layer
            && dialog.options.iter().any(|option| {
                option.does == Deed::DeleteProfile(profile.clone(), true)
                    || option.does == Deed::DeleteProfile(profile.clone(), false)
            })
            && let Known::Is(details) = &known
            && let Some(line) = dialog.lines.first_mut()
        {
            *line = counted(&profile, details);
        }
        self.ui.known.insert(profile, known);
    }

    /// What an intent means to the open view. False: nothing, it is for the pane.
    pub(super) fn manage_intent(&mut self, intent: Intent) -> bool {
        let mirror = self.mirror;
        let Some(Layer::Manage(manage)) = &mut self.ui.layer else { return false };
        match intent {
            Intent::Back => self.ui.layer = None,
            Intent::ListUp => manage.step(mirror.world(), -1),
            Intent::ListDown => manage.step(mirror.world(), 1),
            Intent::Profile(_) | Intent::CreateProfile | Intent::Manage => return false,
            _ => return self.way_out(intent),
        }
        true
    }

    /// The profile that an action is about: the one that is marked where profiles are chosen, else the one of what is shown.
    pub(super) fn profile_in_question(&self) -> Option<ProfileName> {
        match &self.ui.layer {
            Some(Layer::Manage(manage)) => manage.at(self.mirror.world()).map(|at| at.name.clone()),
            _ if self.ui.focus == Focus::Strip => self.ui.strip.chosen.clone(),
            _ => self.profile_here(),
        }
    }

    /// Does something with the profile in question.
    pub(super) fn profile_intent(&mut self, deed: ProfileDeed) {
        if let Some(profile) = self.profile_in_question() {
            self.do_with(&profile, deed);
        }
    }

    pub(super) fn do_with(&mut self, profile: &ProfileName, deed: ProfileDeed) {
        match deed {
            ProfileDeed::Switch => {
                self.ui.layer = None;
                self.focus_composer();
                self.switch_profile(profile);
            }
            ProfileDeed::NewSession => {
                self.ui.layer = None;
                self.fresh(profile.clone());
            }
            ProfileDeed::Menu => self.open_menu(profile),
            ProfileDeed::Colour => self.open_swatch(profile),
            ProfileDeed::Rename => self.open_rename(profile),
            ProfileDeed::Describe => self.open_describe(profile),
            ProfileDeed::Soul => {
                let profile = profile.clone();
                self.command(Ask::Soul(profile.clone()), Command::ReadSoul { profile });
            }
            ProfileDeed::Settings => self.open_profile_settings(profile),
            ProfileDeed::Backend => self.switch_backend(profile),
            ProfileDeed::Delete => self.ask_delete(profile),
            ProfileDeed::MoveLeft => self.move_profile(profile, -1),
            ProfileDeed::MoveRight => self.move_profile(profile, 1),
        }
    }

    fn switch_backend(&mut self, profile: &ProfileName) {
        let Some(known) = self.mirror.world().profile(profile) else { return };
        if known.backend.is_running() {
            return self.ask_stop(profile.clone());
        }
        self.say(format!("Starting {profile}"));
        self.command(Ask::Plain, Command::Wake { profile: profile.clone() });
    }

    /// Sessions of a profile that are at work or wait, a line each.
    pub(super) fn running_in(&self, profile: &ProfileName) -> Vec<String> {
        let (running, waiting) = unfinished(self.mirror.world());
        let own: Vec<_> =
            running.iter().chain(&waiting).filter(|session| session.profile == *profile).collect();
        let mut lines: Vec<String> =
            own.iter().take(NAMED).map(|session| format!("{} would be stopped.", name(session))).collect();
        lines.extend((own.len() > NAMED).then(|| format!("and {} more", own.len() - NAMED)));
        lines
    }

    /// Deleting a profile: says what goes (K05, K07).
    fn ask_delete(&mut self, profile: &ProfileName) {
        if profile.is_default() {
            return self.say("default is the Hermes home itself; it cannot be deleted");
        }
        let known = match self.ui.known.get(profile) {
            Some(Known::Is(details)) => counted(profile, details),
            _ => format!("{profile} with all its sessions, as many as there are."),
        };
        let running = self.running_in(profile);
        let force = !running.is_empty();
        let mut lines = vec![
            known,
            "Its settings, keys, memories and skills go, too. Nothing of it can be had back.".to_owned(),
        ];
        lines.extend(running);
        let options = vec![
            Choice { key: 'd', label: "delete it", does: Deed::DeleteProfile(profile.clone(), force) },
            Choice { key: 'c', label: "cancel", does: Deed::Cancel },
        ];
        self.open_over(Layer::Dialog(Dialog::new(format!("Delete {profile}?"), lines, options)));
        let profile = profile.clone();
        self.command(Ask::Details(profile.clone()), Command::ProfileDetails { profile });
    }

    pub(super) fn delete_profile(&mut self, profile: ProfileName, force: bool) {
        let errand = Errand {
            done: format!("✓ {profile} is deleted"),
            ..Errand::of(format!("{profile} was not deleted"))
        };
        self.say(format!("Deleting {profile}"));
        let confirm = profile.clone();
        self.command(Ask::Errand(errand), Command::DeleteProfile { profile, confirm, force });
    }

    /// The hub gave a SOUL.md: it goes to the person's editor.
    pub(super) fn edit_soul(&mut self, profile: ProfileName, answer: Answer) {
        if let Answer::Soul(text) = answer {
            self.out.push(Action::Editor { text: text.into_raw(), of: Edited::Soul(profile) });
        }
    }

    /// The person's editor is done with a text; `None`: it is as it was.
    pub(super) fn edited(&mut self, of: Edited, text: Result<Option<String>, String>) {
        match (of, text) {
            (_, Err(why)) => self.say(why),
            (_, Ok(None)) => self.say("Nothing was changed"),
            (Edited::NewSoul, Ok(Some(text))) => self.new_soul(text),
            (Edited::Soul(profile), Ok(Some(text))) => {
                let errand = Errand {
                    done: format!("✓ SOUL.md of {profile} is written; new sessions have it"),
                    ..Errand::of(format!("SOUL.md of {profile} is as it was"))
                };
                self.command(Ask::Errand(errand), Command::WriteSoul { profile, text });
            }
        }
    }

    /// Puts something over what is there; a Manage view comes back after it.
    pub(super) fn open_over(&mut self, layer: Layer) {
        if let Some(Layer::Manage(manage)) = self.ui.layer.take() {
            self.ui.under = Some(manage);
        }
        self.ui.layer = Some(layer);
    }

    /// Closes what is open; what it stood over is there again.
    pub(super) fn close_layer(&mut self) {
        self.ui.layer = self.ui.under.take().map(Layer::Manage);
    }
}

/// What goes with a profile, in a sentence.
fn counted(profile: &ProfileName, details: &Details) -> String {
    match &details.sessions {
        Ok(0) => format!("{profile} has no sessions."),
        Ok(1) => format!("{profile} with its one session."),
        Ok(count) => format!("{profile} with its {count} sessions."),
        Err(_) => format!("{profile} with its sessions; how many cannot be read."),
    }
}

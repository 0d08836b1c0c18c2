//! The forms that make, rename and describe a profile: opened, filled in, handed over, and what the hub says to them.

use super::{Step, keys};
use crate::base::ids::{AskId, ProfileName};
use crate::model::fleet::NewProfile;
use crate::proto::{Command, ToHub};
use crate::ui::action::{Action, Edited};
use crate::ui::intent::{Edit, Intent};
use crate::ui::state::form::{ABOUT, EXTENT, Field, Form, FormOf, NAME, SOUL, SOURCE, Value};
use crate::ui::state::layer::Layer;
use crate::ui::state::{Ask, Errand};

impl Step<'_> {
    /// A new profile (E19).
    pub(super) fn open_create(&mut self) {
        let mut sources = vec!["nothing".to_owned()];
        sources.extend(self.sources().iter().map(ToString::to_string));
        let extents = ["settings, keys, SOUL.md, skills", "everything but past sessions"];
        let fields = vec![
            Field::text("Name", "", "small letters, digits, - and _"),
            Field::choice("Copy from", sources),
            Field::choice("Copy", extents.map(str::to_owned).to_vec()),
            Field::text("What for", "", "a few words, if you like"),
            Field::long("SOUL.md", "as Hermes has it; Enter writes one in your editor"),
        ];
        self.open_form(FormOf::Create, "New profile".into(), fields, Vec::new(), ("creates it", "create"));
    }

    /// Profiles that a new one can be copied from, the active one first.
    fn sources(&self) -> Vec<ProfileName> {
        let here = self.profile_here();
        let mut names: Vec<ProfileName> =
            self.mirror.world().profiles.iter().map(|profile| profile.name.clone()).collect();
        names.sort_by_key(|name| Some(name) != here.as_ref());
        names
    }

    pub(super) fn open_rename(&mut self, profile: &ProfileName) {
        if profile.is_default() {
            return self.say("default is the Hermes home itself; it cannot be renamed");
        }
        let mut notes =
            vec!["Its sessions, tabs, drafts and pins go with it; its backend ends first.".to_owned()];
        notes.extend(self.running_in(profile));
        let fields = vec![Field::text("New name", profile.as_str(), "small letters, digits, - and _")];
        let title = format!("Rename {profile}");
        self.open_form(FormOf::Rename(profile.clone()), title, fields, notes, ("renames it", "rename"));
    }

    pub(super) fn open_describe(&mut self, profile: &ProfileName) {
        let Some(known) = self.mirror.world().profile(profile) else { return };
        let text = known.description.as_ref().map(|text| text.label(400)).unwrap_or_default();
        let fields = vec![Field::text("What for", &text, "empty: nothing is said of it")];
        let title = format!("Describe {profile}");
        self.open_form(FormOf::Describe(profile.clone()), title, fields, Vec::new(), ("keeps it", "keep"));
    }

    fn open_form(
        &mut self,
        of: FormOf,
        title: String,
        fields: Vec<Field>,
        notes: Vec<String>,
        (does, button): (&'static str, &'static str),
    ) {
        let form = Form { of, title, fields, focus: 0, notes, does, button, error: None, busy: None };
        self.open_over(Layer::Form(Box::new(form)));
    }

    /// What an intent means to the open form. False: nothing, it is for the pane.
    pub(super) fn form_intent(&mut self, intent: Intent) -> bool {
        let width = self.ui.composer_width();
        let Some(Layer::Form(form)) = &mut self.ui.layer else { return false };
        match intent {
            Intent::Back => self.close_layer(),
            _ if form.busy.is_some() && !matches!(intent, Intent::Back) => return self.way_out(intent),
            Intent::FocusNext => form.step(1),
            Intent::FocusPrevious => form.step(-1),
            Intent::Accept => self.accept_form(),
            Intent::Edit(Edit::Left) if form.turn(-1) => {}
            Intent::Type(' ') | Intent::Edit(Edit::Right) if form.turn(1) => {}
            Intent::Type(' ') if form.editor().is_none() => self.accept_form(),
            Intent::Type(c) => {
                form.error = None;
                if let Some(editor) = form.editor() {
                    editor.insert(c.encode_utf8(&mut [0; 4]));
                }
            }
            Intent::Edit(edit) => {
                if let Some(editor) = form.editor() {
                    keys::apply(editor, edit, width);
                }
            }
            _ => return self.way_out(intent),
        }
        true
    }

    /// A field was clicked.
    pub(super) fn click_field(&mut self, place: usize) {
        let Some(Layer::Form(form)) = &mut self.ui.layer else { return };
        if form.busy.is_some() || !form.counts(place) {
            return;
        }
        let again = form.focus == place;
        form.focus = place;
        if !form.turn(1) && again && form.editor().is_none() {
            self.accept_form();
        }
    }

    /// Enter: a long text goes to the person's editor, else the form is handed over.
    fn accept_form(&mut self) {
        let Some(Layer::Form(form)) = &self.ui.layer else { return };
        match form.fields.get(form.focus).map(|field| &field.value) {
            Some(Value::Long(text)) => {
                let text = text.clone().unwrap_or_default();
                self.out.push(Action::Editor { text, of: Edited::NewSoul });
            }
            _ => self.submit_form(),
        }
    }

    pub(super) fn submit_form(&mut self) {
        let world = self.mirror.world();
        let sources = self.sources();
        let Some(Layer::Form(form)) = &mut self.ui.layer else { return };
        if form.busy.is_some() {
            return;
        }
        let taken = world.profiles.iter().map(|profile| &profile.name);
        let name = if form.names() { form.name(taken) } else { Ok(ProfileName::default_profile()) };
        let name = match name {
            Ok(name) => name,
            Err(wrong) => {
                (form.focus, form.error) = (NAME, Some(wrong));
                return;
            }
        };
        let (errand, command) = match form.of.clone() {
            FormOf::Create => {
                let soul = match form.fields.get(SOUL).map(|field| &field.value) {
                    Some(Value::Long(text)) => text.clone(),
                    _ => None,
                };
                let new = NewProfile {
                    name: name.clone(),
                    clone: form.chosen(SOURCE).checked_sub(1).and_then(|at| sources.get(at).cloned()),
                    clone_all: form.chosen(SOURCE) > 0 && form.chosen(EXTENT) > 0,
                    description: form.line(ABOUT),
                    soul,
                };
                let errand = Errand {
                    done: format!("✓ Profile {name} is there"),
                    then: Some(name.clone()),
                    ..Errand::of(format!("Profile {name} was not created"))
                };
                (errand, Command::CreateProfile(Box::new(new)))
            }
            FormOf::Rename(profile) => {
                let errand = Errand {
                    done: format!("✓ {profile} is called {name} now"),
                    ..Errand::of(format!("{profile} was not renamed"))
                };
                // What runs was named in the form.
                let force = form.notes.len() > 1;
                (errand, Command::RenameProfile { profile, to: name, force })
            }
            FormOf::Describe(profile) => {
                let errand = Errand {
                    done: format!("✓ {profile} is described"),
                    ..Errand::of(format!("{profile} keeps its description"))
                };
                let text = form.line(0);
                (errand, Command::Describe { profile, text })
            }
        };
        form.error = None;
        let ask = self.ui.ask(Ask::Errand(errand));
        self.out.push(Action::tell(ToHub::Command { ask, command }));
        if let Some(Layer::Form(form)) = &mut self.ui.layer {
            form.busy = Some(ask);
        }
    }

    /// The hub did what was asked: the form it was asked in closes, and what follows happens.
    pub(super) fn errand_done(&mut self, ask: AskId, errand: Errand) {
        if self.waits_for(ask) {
            self.close_layer();
        }
        self.ask_details();
        if !errand.done.is_empty() {
            self.say(errand.done);
        }
        if let Some(profile) = errand.then {
            self.switch_profile(&profile);
        }
    }

    /// The hub did not do it: what was written stays, with the reason (E31, E32).
    pub(super) fn errand_failed(&mut self, ask: AskId, errand: &Errand, why: &str) {
        let words = format!("{}: {why}", errand.failed);
        match &mut self.ui.layer {
            Some(Layer::Form(form)) if form.busy == Some(ask) => {
                (form.busy, form.error) = (None, Some(words));
            }
            _ => self.say(words),
        }
    }

    fn waits_for(&self, ask: AskId) -> bool {
        matches!(&self.ui.layer, Some(Layer::Form(form)) if form.busy == Some(ask))
    }

    /// The person's editor gave a text for the open form.
    pub(super) fn new_soul(&mut self, text: String) {
        if let Some(Layer::Form(form)) = &mut self.ui.layer
            && let Some(Field { value: Value::Long(soul), .. }) = form.fields.get_mut(SOUL)
        {
            *soul = Some(text).filter(|text| !text.trim().is_empty());
        }
    }
}

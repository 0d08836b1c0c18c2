//! Settings as lists to choose from: what is there to be set, what a backend offers for it, and the wish to have it.
//!
//! What was told last is shown at once, and asked anew. Opening one wakes a cold backend: it is the person's own wish. Nothing is
//! shown as set before the backend has said so.

use crate::base::ids::{AskId, ProfileName, SessionId};
use crate::base::text::Untrusted;
use crate::model::session::ApprovalMode;
use crate::model::settings::{Choice, Setting, Topic};
use crate::proto::Command;
use crate::ui::intent::Intent;
use crate::ui::state::Ask;
use crate::ui::state::confirm::{Choice as Reply, Deed};
use crate::ui::state::layer::Layer;
use crate::ui::state::palette::{Offer, Palette};
use crate::ui::state::picker::{Mark, Row, Target};
use crate::ui::state::setup::{self, Scope, Setup};
use crate::ui::update::Step;

/// Cells of a name or a word about it at most.
const NAME: usize = 120;

impl Step<'_> {
    /// Opens the settings of what is shown: all of them, or one.
    pub(in crate::ui::update) fn open_settings(&mut self, topic: Option<Topic>) {
        let Some((profile, session)) = self.session().map(|known| (known.profile.clone(), known.id)) else {
            return self.say("There is no session yet whose settings could be shown");
        };
        self.open_settings_of(Setup::of(profile, Some(session), topic));
    }

    /// Opens the settings of a profile, whatever is shown.
    pub(in crate::ui::update) fn open_profile_settings(&mut self, profile: &ProfileName) {
        self.open_settings_of(Setup::of(profile.clone(), None, None));
    }

    /// Opens these settings.
    fn open_settings_of(&mut self, setup: Setup) {
        let scopes = self.scopes_below();
        let palette = Palette { offer: Offer::Settings, setup: Some(setup), scopes, ..Palette::default() };
        self.ui.layer = Some(Layer::Palette(Box::new(palette)));
        self.ask_choices();
        self.refresh_palette();
    }

    fn setup(&mut self) -> Option<&mut Setup> {
        match &mut self.ui.layer {
            Some(Layer::Palette(open)) => open.setup.as_mut(),
            _ => None,
        }
    }

    /// Asks for what can be set of the topic that is open.
    fn ask_choices(&mut self) {
        let Some(setup) = self.setup() else { return };
        let Some((profile, session, topic)) = setup.scope() else { return };
        setup.failed = None;
        let scope = (profile.clone(), session, topic);
        let ask = self.ask(Ask::Choices(scope), Command::Choices { profile, session, topic, wake: true });
        if let Some(setup) = self.setup() {
            setup.asked = Some(ask);
        }
    }

    /// The rows of the settings that are open.
    pub(super) fn setting_rows(&self, setup: &Setup) -> Vec<Row> {
        let Some(topic) = setup.topic else { return self.overview(setup) };
        let known = setup.scope().and_then(|scope| self.ui.choices.get(&scope));
        let set = setup.setting.as_ref().map(|(_, setting)| setting);
        let row = |choice: &Choice| {
            let on = choice.on
                || topic == Topic::Personality && self.personality(setup) == Some(choice.value.raw());
            let wish = setup::wish(topic, choice);
            let state = match (topic.is_many(), on) {
                _ if set == Some(&wish) => "setting…",
                (true, true) => "on",
                (true, false) => "off",
                (false, true) => "in use",
                (false, false) => "",
            };
            let group = if choice.group_name.is_empty() {
                choice.group.label(30)
            } else {
                choice.group_name.label(30)
            };
            let note: Vec<&str> =
                [group.as_str(), state].into_iter().filter(|word| !word.is_empty()).collect();
            Row {
                what: Target::Set(wish),
                text: choice.value.label(NAME),
                note: note.join(" · "),
                mark: if on { Mark::Current } else { Mark::None },
                hint: choice.about.label(NAME),
                ..Row::default()
            }
        };
        known.into_iter().flatten().map(row).collect()
    }

    /// What a personality is called that the open session has.
    fn personality(&self, setup: &Setup) -> Option<&str> {
        let known = self.mirror.session(setup.session?)?.info.personality.as_ref()?;
        Some(if known.is_empty() { "none" } else { known.raw() })
    }

    fn overview(&self, setup: &Setup) -> Vec<Row> {
        let row = |topic: &Topic| Row {
            what: Target::Topic(*topic),
            text: setup::name(*topic).to_owned(),
            note: self.current(setup, *topic),
            hint: hint(*topic, setup.of_session && setup.session.is_some()).to_owned(),
            ..Row::default()
        };
        let mut rows: Vec<Row> = setup::TOPICS.iter().map(row).collect();
        let session = setup.session.filter(|_| setup.of_session).and_then(|id| self.mirror.session(id));
        if let Some(session) = session {
            rows.push(Row {
                what: Target::Act(Intent::ToggleBypass),
                text: "Approval bypass".to_owned(),
                note: if session.info.yolo { "on" } else { "off" }.to_owned(),
                hint: "for this session alone: every command runs without asking".to_owned(),
                ..Row::default()
            });
            rows.push(Row {
                what: Target::Act(Intent::SessionDirectory),
                text: "Working directory".to_owned(),
                note: session.info.cwd.as_ref().map_or_else(|| "?".to_owned(), |cwd| cwd.label(NAME)),
                hint: "where this session's tools run".to_owned(),
                ..Row::default()
            });
        }
        rows
    }

    /// What is in use, as far as anybody has said.
    fn current(&self, setup: &Setup, topic: Topic) -> String {
        let session = setup.session.filter(|_| setup.of_session).and_then(|id| self.mirror.session(id));
        if let Some(info) = session.map(|session| &session.info) {
            let word = |text: &Option<Untrusted>| text.as_ref().map(|text| text.label(NAME));
            let said = match topic {
                Topic::Models => word(&info.model),
                Topic::Effort => word(&info.reasoning_effort).filter(|word| !word.is_empty()),
                Topic::Fast => Some(if info.fast { "fast" } else { "normal" }.to_owned()),
                Topic::Approvals => {
                    info.approval_mode.as_ref().map(|mode| Untrusted::from(mode.word()).label(NAME))
                }
                Topic::Personality => self.personality(setup).map(|name| Untrusted::from(name).label(NAME)),
                Topic::Toolsets | Topic::Skills => None,
            };
            if let Some(said) = said {
                return said;
            }
        }
        let scope = (setup.profile.clone(), setup.session_for(topic), topic);
        let Some(known) = self.ui.choices.get(&scope) else { return String::new() };
        if topic.is_many() {
            let on = known.iter().filter(|choice| choice.on).count();
            return format!("{on} of {} on", known.len());
        }
        known.iter().find(|choice| choice.on).map(|choice| choice.value.label(NAME)).unwrap_or_default()
    }

    /// The models of the session that is shown, as far as its backend has told: nothing is woken for a list in passing.
    pub(super) fn models(&self, before: &str) -> Vec<Row> {
        let Some(session) = self.session() else { return Vec::new() };
        let scope = (session.profile.clone(), Some(session.id), Topic::Models);
        let row = |choice: &Choice| Row {
            what: Target::Set(setup::wish(Topic::Models, choice)),
            text: format!("{before}{}", choice.value.label(NAME)),
            note: choice.group_name.label(30),
            mark: if choice.on { Mark::Current } else { Mark::None },
            hint: format!("for this session alone · {}", choice.about.label(NAME)),
            ..Row::default()
        };
        self.ui.choices.get(&scope).into_iter().flatten().map(row).collect()
    }

    /// Asks for those models, if a backend that runs can tell.
    pub(super) fn ask_models(&mut self) {
        let Some(session) = self.session() else { return };
        let (profile, session) = (session.profile.clone(), Some(session.id));
        let scope = (profile.clone(), session, Topic::Models);
        self.ask(
            Ask::Choices(scope),
            Command::Choices { profile, session, topic: Topic::Models, wake: false },
        );
    }

    /// From the session's own to the profile's, and back.
    pub(super) fn other_scope(&mut self) {
        let Some(setup) = self.setup() else { return };
        if setup.session.is_some() {
            setup.of_session = !setup.of_session;
            self.ask_choices();
        }
    }

    /// From one setting back to their list. False: there is none.
    pub(super) fn back_to_settings(&mut self) -> bool {
        let Some(Layer::Palette(open)) = &mut self.ui.layer else { return false };
        let Some(setup) = open.setup.as_mut().filter(|setup| setup.from_list && setup.topic.is_some()) else {
            return false;
        };
        (setup.topic, setup.asked, setup.failed) = (None, None, None);
        open.picker.clear();
        true
    }

    /// Opens one of the list.
    pub(super) fn open_topic(&mut self, topic: Topic) {
        let Some(Layer::Palette(open)) = &mut self.ui.layer else { return };
        let Some(setup) = open.setup.as_mut() else { return };
        setup.topic = Some(topic);
        open.picker.clear();
        self.ask_choices();
    }

    /// What was chosen is to be set. What asks nobody any more is asked about once.
    pub(super) fn set(&mut self, setting: Setting) {
        if self.setup().is_none() {
            // A model of the palette.
            self.ui.layer = None;
            let here = self.session().map(|session| (session.profile.clone(), session.id));
            if let Some((profile, session)) = here {
                let whose = format!("this session of {profile}");
                self.configure(profile, Some(session), setting, &whose);
            }
            return;
        }
        let Some(setup) = self.setup() else { return };
        let topic = setup.topic.or(setting.topic());
        let session = topic.and_then(|topic| setup.session_for(topic));
        let (profile, whose) = (setup.profile.clone(), setup.whose());
        if setting == Setting::Approvals(ApprovalMode::Off) {
            let lines = vec![
                format!("Every command of every session of profile {profile} runs without asking you."),
                "It stays so until you set it back.".to_owned(),
            ];
            let does = Deed::Configure(profile, session, setting);
            return self.ask_setting("Turn approvals off?".to_owned(), lines, "turn them off", does);
        }
        self.configure(profile, session, setting, &whose);
    }

    fn ask_setting(&mut self, title: String, lines: Vec<String>, label: &'static str, does: Deed) {
        let options =
            vec![Reply { key: 's', label, does }, Reply { key: 'c', label: "cancel", does: Deed::Cancel }];
        self.open_dialog(title, lines, options);
    }

    /// Has something set.
    pub(in crate::ui::update) fn configure(
        &mut self,
        profile: ProfileName,
        session: Option<SessionId>,
        setting: Setting,
        whose: &str,
    ) {
        let wish = Box::new((profile.clone(), session, setting.clone(), whose.to_owned()));
        let ask =
            self.ask(Ask::Configure(wish), Command::Configure { profile, session, setting: setting.clone() });
        if let Some(setup) = self.setup() {
            (setup.setting, setup.failed) = (Some((ask, setting)), None);
        }
    }

    /// A backend told what can be set.
    pub(in crate::ui::update) fn offered(&mut self, ask: AskId, scope: Scope, list: Option<Vec<Choice>>) {
        if let Some(list) = list {
            self.ui.choices.insert(scope, list);
        }
        if let Some(setup) = self.setup().filter(|setup| setup.asked == Some(ask)) {
            setup.asked = None;
        }
    }

    pub(in crate::ui::update) fn not_offered(&mut self, ask: AskId, why: String) {
        if let Some(setup) = self.setup().filter(|setup| setup.asked == Some(ask)) {
            (setup.asked, setup.failed) = (None, Some(why));
        }
    }

    /// It is set. What was known of that profile is known no longer (J02).
    pub(in crate::ui::update) fn was_set(
        &mut self,
        ask: AskId,
        profile: &ProfileName,
        setting: &Setting,
        whose: &str,
    ) {
        let topic = setting.topic();
        self.ui
            .choices
            .retain(|(of, _, about), _| of != profile || topic.is_some_and(|topic| topic != *about));
        let what = topic.map_or("Working directory", setup::name);
        self.say(format!("{what} of {whose}: {}", said(setting)));
        let Some(Layer::Palette(open)) = &mut self.ui.layer else { return };
        let Some(setup) =
            open.setup.as_mut().filter(|setup| setup.setting.as_ref().is_some_and(|(of, _)| *of == ask))
        else {
            return;
        };
        setup.setting = None;
        if topic.is_some_and(Topic::is_many) {
            self.ask_choices();
        } else if !self.back_to_settings() {
            self.ui.layer = None;
        }
    }

    pub(in crate::ui::update) fn not_set(&mut self, ask: AskId, why: &str) {
        let shown = self.setup().filter(|setup| setup.setting.as_ref().is_some_and(|(of, _)| *of == ask));
        if let Some(setup) = shown {
            (setup.setting, setup.failed) = (None, Some(format!("not set: {why}")));
        } else {
            self.say(format!("Not set: {why}"));
        }
    }

    /// The backend warns of what was chosen: it is set once the person has seen that.
    pub(in crate::ui::update) fn unconfirmed(
        &mut self,
        warning: &Untrusted,
        profile: ProfileName,
        session: Option<SessionId>,
        setting: Setting,
    ) {
        let Setting::Model { model, provider, .. } = setting else { return };
        let title = format!("Use {}?", Untrusted::from(model.as_str()).label(60));
        let lines = vec![warning.label(400)];
        let does = Deed::Configure(profile, session, Setting::Model { model, provider, confirmed: true });
        self.ask_setting(title, lines, "use it", does);
    }
}

/// What a setting is set to, in a word.
fn said(setting: &Setting) -> String {
    let word = |text: &str| Untrusted::from(text).label(NAME);
    let switched = |name: &str, on: bool| format!("{} {}", word(name), if on { "on" } else { "off" });
    match setting {
        Setting::Model { model, .. } => word(model),
        Setting::Effort(text) | Setting::Personality(text) | Setting::Directory(text) => word(text),
        Setting::Fast(on) => if *on { "fast" } else { "normal" }.to_owned(),
        Setting::Approvals(mode) => word(mode.word()),
        Setting::Toolset { name, on } | Setting::Skill { name, on } => switched(name, *on),
    }
}

/// Whom a topic concerns.
fn hint(topic: Topic, of_session: bool) -> &'static str {
    match (topic.is_of_session(), of_session) {
        (true, true) => "for this session alone",
        (true, false) => "what new sessions of this profile begin with",
        (false, _) => "for every session of this profile",
    }
}

//! Settings of sessions and profiles: asked of the backend that they belong to, and set by it.
//!
//! Opening them is a person's explicit wish, so a cold backend is woken for it, unless the asker wants only what can be had at
//! once. What concerns one session waits until that is built, what concerns a profile until its backend is up.

use super::{
    Registry,
    effect::Effect,
    runtime::{Kind, Want, Wish},
};
use crate::{
    base::ids::{AskId, ClientId, ProfileName, SessionId},
    model::{
        agent::{Call, Reply, Rest},
        session::Session,
        settings::{Setting, Topic},
    },
    proto::{Answer, Refusal},
};

/// The longest word of a setting, in bytes; a path may have more.
const MAX_WORD: usize = 512;
const MAX_PATH: usize = 4096;

impl Registry {
    pub(super) fn on_choices(
        &mut self,
        (client, ask): (ClientId, AskId),
        profile: &ProfileName,
        session: Option<SessionId>,
        topic: Topic,
        wake: bool,
    ) -> Result<Option<Answer>, Refusal> {
        self.open_profile(profile)?;
        let session = self.of_profile(session, profile)?.filter(|_| topic.is_of_session());
        let built = session.is_none_or(|session| self.run(session).live.is_some());
        if !(wake || self.wire(profile).up && built) {
            return Ok(Some(Answer::Choices(None)));
        }
        self.errand((client, ask), profile, session, Wish::Choices(topic));
        Ok(None)
    }

    pub(super) fn on_configure(
        &mut self,
        (client, ask): (ClientId, AskId),
        profile: &ProfileName,
        session: Option<SessionId>,
        setting: Setting,
    ) -> Result<Option<Answer>, Refusal> {
        self.open_profile(profile)?;
        let session = self.of_profile(session, profile)?;
        if !is_sound(&setting) {
            return Err(Refusal::BadSetting);
        }
        if let (Setting::Directory(directory), Some(session)) = (&setting, session)
            && self.session(session).is_some_and(Session::is_fresh)
            && self.run(session).live.is_none()
            && self.run(session).build.is_none()
        {
            // Nothing runs there yet: it begins in the other place.
            self.set_cwd(session, directory.clone());
            return Ok(Some(Answer::Done));
        }
        let session = session.filter(|_| setting.topic().is_none_or(Topic::is_of_session));
        if session.is_none() && setting.topic().is_none() {
            return Err(Refusal::BadSetting);
        }
        self.errand((client, ask), profile, session, Wish::Configure(setting));
        Ok(None)
    }

    fn of_profile(
        &self,
        session: Option<SessionId>,
        profile: &ProfileName,
    ) -> Result<Option<SessionId>, Refusal> {
        match session {
            Some(id) if self.session(id).is_none_or(|known| known.profile != *profile) => {
                Err(Refusal::NoSession)
            }
            session => Ok(session),
        }
    }

    pub(super) fn errand(
        &mut self,
        (client, ask): (ClientId, AskId),
        profile: &ProfileName,
        session: Option<SessionId>,
        what: Wish,
    ) {
        if let Some(session) = session {
            return self.wish(session, client, ask, what);
        }
        self.wire(profile).wants.push(Want { client, ask, what, reference: None });
        self.run_errands(profile);
    }

    /// What waits for this profile's backend is asked of it, which is started for it where it does not run.
    pub(super) fn run_errands(&mut self, profile: &ProfileName) {
        let ending = self.ending;
        let wires = self.wire(profile);
        if wires.wants.is_empty() || wires.ending || ending {
            return;
        }
        if !wires.up {
            return self.wake(profile, true);
        }
        for want in std::mem::take(&mut self.wire(profile).wants) {
            if let Some(what) = request(profile, &want.what) {
                self.ask_rest(profile, what, Kind::Errand(want));
                continue;
            }
            let timeout = self.settings.limits.slash_call;
            let what = match want.what.clone() {
                Wish::Choices(topic) => Call::Choices { live: None, topic },
                Wish::Configure(setting) => Call::Configure { live: None, setting },
                // What is of a session never comes here; the others are requests.
                Wish::Title(_)
                | Wish::Yolo(_)
                | Wish::Slash(_)
                | Wish::Dispatch(_)
                | Wish::Branch
                | Wish::Describe(_)
                | Wish::Soul { .. } => continue,
            };
            self.call(profile, what, timeout, Kind::Errand(want));
        }
    }

    /// There will be no backend for what waits.
    pub(super) fn refuse_errands(&mut self, profile: &ProfileName, reason: &Refusal) {
        for want in std::mem::take(&mut self.wire(profile).wants) {
            self.settle_errand(profile, want, Err(reason.clone()));
        }
    }

    pub(super) fn on_errand(&mut self, profile: &ProfileName, want: Want, reply: Reply) {
        self.settle_errand(profile, want, configured(reply));
    }

    fn settle_errand(&mut self, profile: &ProfileName, want: Want, result: Result<Answer, Refusal>) {
        let Want { client, ask, what, .. } = want;
        let effect = match (what, result) {
            (Wish::Soul { new: true, .. }, result) => {
                if let Err(reason) = result {
                    self.tell_of_soul(profile, &reason);
                }
                Effect::Answer { client, ask, answer: Answer::Done }
            }
            (_, Err(reason)) => Effect::Refuse { client, ask, reason },
            (what, Ok(answer)) => {
                if matches!(what, Wish::Configure(_)) && answer == Answer::Done {
                    // A skill that is off has no command.
                    self.doubt_commands(profile);
                }
                if matches!(what, Wish::Describe(_)) {
                    // Where nobody watches the disk, too.
                    self.look_for_profiles();
                }
                Effect::Answer { client, ask, answer }
            }
        };
        self.effect(effect);
    }
}

/// What only a request of its own can do.
fn request(profile: &ProfileName, wish: &Wish) -> Option<Rest> {
    Some(match wish {
        Wish::Describe(text) => Rest::Describe { profile: profile.clone(), text: text.clone() },
        Wish::Soul { text, .. } => Rest::Soul { profile: profile.clone(), text: text.clone() },
        Wish::Choices(topic) if topic.is_many() => Rest::Switches { topic: *topic },
        Wish::Configure(Setting::Toolset { name, on }) => {
            Rest::Switch { topic: Topic::Toolsets, name: name.clone(), on: *on }
        }
        Wish::Configure(Setting::Skill { name, on }) => {
            Rest::Switch { topic: Topic::Skills, name: name.clone(), on: *on }
        }
        _ => return None,
    })
}

/// What a reply to a question for settings, or to a wish, means to the one who asked.
pub(super) fn configured(reply: Reply) -> Result<Answer, Refusal> {
    match reply {
        Reply::Choices(list) => Ok(Answer::Choices(Some(list))),
        Reply::Unconfirmed(warning) => Ok(Answer::Unconfirmed(warning)),
        Reply::Output { text, warning } => Ok(Answer::Output { text, warning }),
        Reply::Failed { message, .. } => Err(Refusal::Backend(message)),
        Reply::Lost => Err(Refusal::Backend("its answer was lost; it may have been done".into())),
        _ => Ok(Answer::Done),
    }
}

/// Whether it can be said to a backend without meaning something else: a word is one word and no flag, a path is absolute.
fn is_sound(setting: &Setting) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word.len() <= MAX_WORD
            && !word.starts_with('-')
            && !word.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    match setting {
        Setting::Model { model, provider, .. } => word(model) && (provider.is_empty() || word(provider)),
        Setting::Effort(text) | Setting::Personality(text) | Setting::Toolset { name: text, .. } => {
            word(text)
        }
        // A skill's name is a value of its own, which may have blanks.
        Setting::Skill { name, .. } => !name.is_empty() && name.len() <= MAX_WORD,
        Setting::Fast(_) | Setting::Approvals(_) => true,
        Setting::Directory(path) => {
            path.starts_with('/') && path.len() <= MAX_PATH && !path.contains(char::is_control)
        }
    }
}

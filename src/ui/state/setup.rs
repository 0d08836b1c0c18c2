//! The settings that are open: whose, which, and how far they are known. What can be set is kept as it was told last, and asked anew
//! whenever it is opened (J02).

use crate::base::ids::{AskId, ProfileName, SessionId};
use crate::model::settings::{Choice, Setting, Topic};

/// What a list of choices is of.
pub type Scope = (ProfileName, Option<SessionId>, Topic);

/// The settings of one profile, or of one of its sessions.
#[derive(Debug)]
pub struct Setup {
    pub profile: ProfileName,
    /// The session that was shown when they were opened.
    pub session: Option<SessionId>,
    /// Its own are edited, where Hermes keeps them apart; else the profile's, which new sessions begin with.
    pub of_session: bool,
    /// Which of them is open; `None`: their list.
    pub topic: Option<Topic>,
    /// There is a list to go back to.
    pub from_list: bool,
    /// The question for what can be set that is under way.
    pub asked: Option<AskId>,
    /// What is being set.
    pub setting: Option<(AskId, Setting)>,
    /// Why it could not be told, or was not set.
    pub failed: Option<String>,
}

impl Setup {
    /// Those of `session`, or of the profile; all of them, or one.
    pub fn of(profile: ProfileName, session: Option<SessionId>, topic: Option<Topic>) -> Self {
        let (of_session, from_list) = (session.is_some(), topic.is_none());
        Self { profile, session, of_session, topic, from_list, asked: None, setting: None, failed: None }
    }

    /// What the open list is of.
    pub fn scope(&self) -> Option<Scope> {
        let topic = self.topic?;
        Some((self.profile.clone(), self.session_for(topic), topic))
    }

    /// The session whose own is meant, where it has one.
    pub fn session_for(&self, topic: Topic) -> Option<SessionId> {
        self.session.filter(|_| self.of_session && topic.is_of_session())
    }

    /// Whether an answer of the backend is awaited.
    pub fn waits(&self) -> bool {
        self.asked.is_some() || self.setting.is_some()
    }

    /// Who is edited, in words: a person must never guess it.
    pub fn whose(&self) -> String {
        match (self.topic, self.of_session && self.session.is_some()) {
            (Some(topic), true) if !topic.is_of_session() => format!("profile {}", self.profile),
            (_, true) => format!("this session of {}", self.profile),
            (_, false) => format!("profile {}", self.profile),
        }
    }
}

/// What a topic is called.
pub fn name(topic: Topic) -> &'static str {
    match topic {
        Topic::Models => "Model",
        Topic::Effort => "Reasoning effort",
        Topic::Fast => "Speed tier",
        Topic::Approvals => "Approvals",
        Topic::Personality => "Personality",
        Topic::Toolsets => "Tools",
        Topic::Skills => "Skills",
    }
}

/// All of them, in the order in which they are listed.
pub const TOPICS: [Topic; 7] = [
    Topic::Models,
    Topic::Effort,
    Topic::Fast,
    Topic::Approvals,
    Topic::Personality,
    Topic::Toolsets,
    Topic::Skills,
];

/// The wish that choosing `choice` of `topic` is.
pub fn wish(topic: Topic, choice: &Choice) -> Setting {
    let value = choice.value.raw().to_owned();
    match topic {
        Topic::Models => {
            Setting::Model { model: value, provider: choice.group.raw().to_owned(), confirmed: false }
        }
        Topic::Effort => Setting::Effort(value),
        Topic::Fast => Setting::Fast(value == "fast"),
        Topic::Approvals => Setting::Approvals(crate::model::session::ApprovalMode::named(&value)),
        Topic::Personality => Setting::Personality(value),
        Topic::Toolsets => Setting::Toolset { name: value, on: !choice.on },
        Topic::Skills => Setting::Skill { name: value, on: !choice.on },
    }
}

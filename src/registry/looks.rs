//! What is wrong with a profile before anybody asked anything of it: told where the person looks, without starting anything.

use super::{Registry, effect::Effect, notices::Words, runtime::Kind};
use crate::{
    base::{
        ids::{ProfileName, SessionId},
        text::Untrusted,
    },
    model::{
        agent::Call,
        message::Level,
        notice::About,
        patch::Patch,
        profile::{BackendState, Profile},
    },
};

impl Registry {
    /// A draft of this profile is shown: have a look, unless its backend shows better how things are.
    pub(super) fn look(&mut self, name: &ProfileName) {
        if self.world.profile(name).is_some_and(|profile| !profile.backend.is_running()) {
            self.effect(Effect::Look { profile: name.clone() });
        }
    }

    pub(super) fn on_looked(
        &mut self,
        name: &ProfileName,
        stuck: Option<BackendState>,
        store: Option<Untrusted>,
    ) {
        self.change_profile(name, |profile| {
            profile.store = store;
            // A backend that was meanwhile asked for tells of itself.
            if let (BackendState::Cold | BackendState::Stuck(_), Some(stuck)) = (&profile.backend, stuck) {
                profile.backend = stuck;
            }
        });
    }

    /// Hermes goes on without a config file that it cannot read: what the person set there does not count.
    pub(super) fn on_bad_config(&mut self, name: &ProfileName, wrong: Untrusted) {
        let what = format!("Hermes cannot read the config of profile {name}: {}", wrong.raw());
        self.change_profile(name, |profile| profile.config = Some(wrong));
        let told = self.wire(name).bad_config;
        let id = self.tell(
            told,
            Level::Warning,
            About::Profile(name.clone()),
            Words {
                what: what.into(),
                does: "Hermes goes on with its defaults: model, keys and approvals set there do not count.",
                can: "Mend the file, then start the backend anew.",
            },
        );
        self.wire(name).bad_config = Some(id);
    }

    /// A backend begins: what its config is like, it will say.
    pub(super) fn forget_config(&mut self, name: &ProfileName) {
        self.change_profile(name, |profile| profile.config = None);
        if let Some(id) = self.wire(name).bad_config.take()
            && self.world.notices.iter().any(|notice| notice.id == id)
        {
            self.emit(Patch::NoticeRemoved(id));
        }
    }

    /// Asks a live backend whether it has a provider.
    pub(super) fn ask_provider(&mut self, name: &ProfileName) {
        let timeout = self.settings.limits.call;
        self.call(name, Call::Setup, timeout, Kind::Setup);
    }

    /// A text was taken although there was no provider: there may be one now.
    pub(super) fn look_for_provider(&mut self, session: SessionId) {
        let Some(name) = self.session(session).map(|known| known.profile.clone()) else { return };
        if self.world.profile(&name).is_some_and(|profile| profile.provider == Some(false)) {
            self.ask_provider(&name);
        }
    }

    pub(super) fn on_provider(&mut self, name: &ProfileName, configured: bool) {
        self.change_profile(name, |profile| profile.provider = Some(configured));
    }

    /// The person wants to know again what a live backend lacked. True when there was something.
    pub(super) fn look_again(&mut self, name: &ProfileName) -> bool {
        let Some(profile) = self.world.profile(name).filter(|profile| profile.backend.is_live()) else {
            return false;
        };
        if profile.config.is_some() && !self.works(name) {
            self.wire(name).anew = true;
            self.stop(name);
            return true;
        }
        let lacks = profile.provider == Some(false);
        if lacks {
            self.ask_provider(name);
        }
        lacks
    }

    pub(super) fn change_profile(&mut self, name: &ProfileName, change: impl FnOnce(&mut Profile)) {
        let Some(known) = self.world.profile(name) else { return };
        let mut new = known.clone();
        change(&mut new);
        if new != *known {
            self.emit(Patch::Profile(Box::new(new)));
        }
    }
}

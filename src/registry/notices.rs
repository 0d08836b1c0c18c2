//! What the person is told outside a transcript: at most one notice an episode of trouble (INV23), a bounded list of all.

use super::Registry;
use crate::{
    base::{
        ids::{NoticeId, ProfileName},
        text::Untrusted,
    },
    model::{
        message::Level,
        notice::{About, Notice},
        patch::Patch,
    },
};

/// What happened, what hermux does about it, what the person can do.
pub(super) struct Words<'a> {
    pub what: Untrusted,
    pub does: &'a str,
    pub can: &'a str,
}

impl Registry {
    /// Tells the person something. `id` replaces a notice that stands, in place.
    pub(super) fn tell(
        &mut self,
        id: Option<NoticeId>,
        level: Level,
        about: About,
        words: Words<'_>,
    ) -> NoticeId {
        let id = id.unwrap_or_else(|| NoticeId(self.mint()));
        let Words { what, does, can } = words;
        let notice = Notice { id, level, about, what, does: does.into(), can: can.into(), at: self.now };
        if self.world.notices.len() >= self.settings.limits.notices
            && let Some(oldest) = self.world.notices.first().map(|notice| notice.id)
            && oldest != id
        {
            self.emit(Patch::NoticeRemoved(oldest));
        }
        self.emit(Patch::Notice(Box::new(notice)));
        id
    }

    /// Trouble with a profile's backend: one notice an episode. One that got worse replaces it; one that the person put away
    /// does not come back until it got worse.
    pub(super) fn trouble(&mut self, profile: &ProfileName, level: Level, words: Words<'_>) {
        let told = self.wire(profile).trouble;
        if told.is_some_and(|(_, was)| was >= level) {
            return;
        }
        let id = self.tell(told.map(|(id, _)| id), level, About::Profile(profile.clone()), words);
        self.wire(profile).trouble = Some((id, level));
    }

    /// The trouble is over.
    pub(super) fn calm(&mut self, profile: &ProfileName) {
        if let Some((id, _)) = self.wire(profile).trouble.take()
            && self.world.notices.iter().any(|notice| notice.id == id)
        {
            self.emit(Patch::NoticeRemoved(id));
        }
    }
}

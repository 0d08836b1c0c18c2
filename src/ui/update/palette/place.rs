//! From a search to the message that it found: older pages are asked for until it is there.

use crate::base::ids::{MessageId, SessionId};
use crate::model::body::BodyState;
use crate::model::message::Message;
use crate::ui::state::Focus;
use crate::ui::state::pane::Anchor;
use crate::ui::state::picker::Place;
use crate::ui::update::Step;

/// Messages that are paged in to reach a place at most: each stays in this terminal's memory.
const FARTHEST: u64 = 4_000;
/// Messages around the counted place in which the words are looked for: what was written since moves it.
const AROUND: usize = 6;

impl Step<'_> {
    /// A session was opened for a place in it.
    pub(in crate::ui::update) fn aim(&mut self, session: SessionId, place: Place) {
        self.show(session);
        self.ui.aim = Some((session, place));
        self.approach();
    }

    /// Goes to the place that is aimed at, once its message is here. Whether older messages are wanted for it.
    pub(in crate::ui::update) fn approach(&mut self) -> bool {
        let Some((id, place)) = self.ui.aim.clone() else { return false };
        if self.ui.active != Some(id) {
            // Not shown yet, or the person has gone elsewhere.
            if self.ui.awaited != Some(id) {
                self.ui.aim = None;
            }
            return false;
        }
        let Some(body) = self.session().and_then(|session| session.body.as_ref()) else { return false };
        if body.state == BodyState::Loading {
            return false;
        }
        let older = body.older;
        let messages = self.messages();
        match found(&messages, &place) {
            Some(message) => {
                self.ui.aim = None;
                self.go_to(message);
                false
            }
            None if place.back >= FARTHEST || !older || self.ui.pane().is_none_or(|pane| pane.older_done) => {
                self.ui.aim = None;
                self.say(if place.back >= FARTHEST {
                    format!("That is {} messages back; scroll up to it from here", place.back)
                } else {
                    "That message is no longer here".to_owned()
                });
                false
            }
            None => true,
        }
    }

    fn go_to(&mut self, message: MessageId) {
        self.ui.guard.leave();
        self.ui.focus = Focus::Transcript;
        if let Some(pane) = self.ui.pane_mut() {
            pane.chosen = Some(message);
            pane.anchor = Anchor::At { message, row: 0 };
            pane.reveal = true;
        }
    }
}

/// The message that a place means, if it is here.
fn found(messages: &[&Message], place: &Place) -> Option<MessageId> {
    let back = usize::try_from(place.back).ok()?;
    let counted = messages.len().checked_sub(back + 1)?;
    let says = |message: &&&Message| {
        let text = message.plain().to_lowercase();
        place.words.iter().all(|word| text.contains(&word.to_lowercase()))
    };
    let around = counted.saturating_sub(AROUND)..(counted + AROUND + 1).min(messages.len());
    let near = messages.get(around).unwrap_or_default();
    let same = near.iter().filter(says).find(|message| message.at == Some(place.at));
    let same = same.or_else(|| messages.get(counted).filter(says));
    same.or_else(|| near.iter().find(says)).or_else(|| messages.get(counted)).map(|message| message.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::WallMs;
    use crate::base::ids::{ProfileName, StoredId};
    use crate::model::message::{MessageState, Role};

    fn message(id: u64, text: &str, at: u64) -> Message {
        Message { at: Some(WallMs(at)), ..Message::text(MessageId(id), Role::User, text, MessageState::Done) }
    }

    fn place(at: u64, back: u64, words: &[&str]) -> Place {
        Place {
            profile: ProfileName::default_profile(),
            stored: StoredId::new("a").unwrap(),
            at: WallMs(at),
            back,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        }
    }

    #[test]
    fn a_place_is_known_by_its_words_and_its_time_where_counting_is_off() {
        let all: Vec<Message> =
            (0..20).map(|n| message(n, if n % 3 == 0 { "the Needle" } else { "hay" }, 1_000 + n)).collect();
        let all: Vec<&Message> = all.iter().collect();
        // Two were written since.
        assert_eq!(found(&all, &place(1_012, 5, &["needle"])), Some(MessageId(12)));
        assert_eq!(found(&all, &place(0, 7, &["needle"])), Some(MessageId(12)), "counted right, no time");
        assert_eq!(found(&all, &place(0, 6, &["absent"])), Some(MessageId(13)), "at least near it");
        assert_eq!(found(&all, &place(0, 20, &["needle"])), None, "not here yet");
    }
}

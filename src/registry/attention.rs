//! What the head of a session says of what happened in it: unread, preview, touched. How urgent that is, `model::status` says.

use super::Registry;
use crate::{
    base::{ids::SessionId, text::Untrusted},
    model::{
        message::{Message, Part},
        patch::Change,
        session::{PREVIEW_CHARS, Unread},
    },
};

impl Registry {
    /// Raises the unread mark; only seeing the end lowers it.
    pub(super) fn raise_unread(&mut self, session: SessionId, to: Unread) {
        if self.session(session).is_some_and(|known| known.unread < to) {
            self.head(session, Change::Unread(to));
        }
    }

    pub(super) fn clear_unread(&mut self, session: SessionId) {
        if self.session(session).is_some_and(|known| known.unread != Unread::None) {
            self.head(session, Change::Unread(Unread::None));
        }
    }

    /// Keeps the first thing that the person said.
    pub(super) fn open_with(&mut self, session: SessionId, text: &str) {
        if self.session(session).is_some_and(|known| known.opening.is_empty()) {
            let line: Vec<&str> = text.split_whitespace().collect();
            let opening: String = line.join(" ").chars().take(PREVIEW_CHARS).collect();
            self.head(session, Change::Opening(opening.into()));
        }
    }

    /// Brings preview and recency up to date.
    pub(super) fn touch(&mut self, session: SessionId) {
        let now = self.now;
        self.run(session).previewed = now;
        self.preview(session);
        if self.session(session).is_some_and(|known| known.touched != now) {
            self.head(session, Change::Touched(now));
        }
    }

    /// Brings the preview up to date.
    pub(super) fn preview(&mut self, session: SessionId) {
        let Some(known) = self.session(session) else { return };
        let preview = known.body.as_ref().and_then(|body| body.messages.iter().rev().take(8).find_map(tail));
        if let Some(preview) = preview.filter(|new| *new != known.preview) {
            self.head(session, Change::Preview(preview));
        }
    }

    /// Brings both up to date for a stream, now and then: the last piece is shown at the turn's end at the latest.
    pub(super) fn touch_sometimes(&mut self, session: SessionId) {
        let (now, every) = (self.now, self.settings.limits.preview_every);
        if now.since(self.run(session).previewed) >= every {
            self.touch(session);
        }
    }
}

/// The end of a message's last text, on one line. Looks at its last few parts and their last characters only.
fn tail(message: &Message) -> Option<Untrusted> {
    let text = message.parts.iter().rev().take(16).find_map(|part| match part {
        Part::Text(text) | Part::Note { text, .. } if !text.raw().trim_end().is_empty() => {
            Some(text.raw().trim_end())
        }
        _ => None,
    })?;
    let from = text.char_indices().rev().nth(PREVIEW_CHARS - 1).map_or(0, |(at, _)| at);
    let line: Vec<&str> = text.get(from..)?.split_whitespace().collect();
    Some(line.join(" ").into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::ids::MessageId,
        model::message::{MessageState, Role},
    };

    #[test]
    fn a_preview_is_the_end_of_the_last_text_on_one_line() {
        let message = |text: &str| Message::text(MessageId(1), Role::Assistant, text, MessageState::Done);
        assert_eq!(tail(&message("a\n\n b\t c ")), Some("a b c".into()));
        assert_eq!(tail(&message(" \n ")), None);
        let long = tail(&message(&"é".repeat(1000))).unwrap();
        assert_eq!(long.raw().chars().count(), PREVIEW_CHARS);
    }
}

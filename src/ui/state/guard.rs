//! When a key may answer a card: only after the card was drawn in focus for a while, and after a pause of all keys.
//!
//! What is typed for the composer can then never approve or deny, however the card came under the fingers (SEC-20 to
//! SEC-22). The times are those at which bytes were read and frames were drawn.

use crate::base::clock::Tick;
use crate::base::ids::{PromptId, SessionId};

/// Milliseconds that a card must have been seen in focus.
pub const SEEN_MS: u64 = 300;
/// Milliseconds without any key before an answer.
pub const PAUSE_MS: u64 = 150;

/// Exactly what was drawn: another text on the same card is another card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardKey {
    pub session: SessionId,
    pub prompt: PromptId,
    pub digest: u64,
}

/// Watches one terminal's card focus.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    focused: Option<CardKey>,
    drawn: Option<Tick>,
    last_key: Option<Tick>,
    /// Whether the key that is being handled came after a pause.
    rested: bool,
}

impl Guard {
    /// A key or paste was read at `at`. To be called first, for every one, whatever it means.
    pub fn note_key(&mut self, at: Tick) {
        self.rested = self.last_key.is_none_or(|last| at.since(last) >= PAUSE_MS);
        self.last_key = Some(self.last_key.map_or(at, |last| last.max(at)));
    }

    /// The person turned to this card.
    pub fn focus(&mut self, card: CardKey) {
        self.focused = Some(card);
        self.drawn = None;
    }

    /// Focus is elsewhere.
    pub fn leave(&mut self) {
        self.focused = None;
        self.drawn = None;
    }

    /// Something lies over the card: what was seen of it before does not count, drawn over or not.
    pub fn cover(&mut self) {
        self.drawn = None;
    }

    /// A frame was finished at `now` that shows `card` in focus, or no card in focus.
    pub fn drawn(&mut self, card: Option<CardKey>, now: Tick) {
        if card.is_none() || card != self.focused {
            self.drawn = None;
        } else if self.drawn.is_none() {
            self.drawn = Some(now);
        }
    }

    /// The card that has focus.
    pub fn focused(&self) -> Option<CardKey> {
        self.focused
    }

    /// Whether the key read at `at` may answer `card`.
    pub fn admits(&self, card: CardKey, at: Tick) -> bool {
        self.rested && self.focused == Some(card) && self.opens().is_some_and(|open| at >= open)
    }

    /// When keys begin to count, if nothing is pressed meanwhile.
    pub fn opens(&self) -> Option<Tick> {
        self.drawn.map(|drawn| drawn.plus(SEEN_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: CardKey = CardKey { session: SessionId(1), prompt: PromptId(2), digest: 3 };

    fn focused_at(drawn: u64) -> Guard {
        let mut guard = Guard::default();
        guard.note_key(Tick(drawn));
        guard.focus(CARD);
        guard.drawn(Some(CARD), Tick(drawn));
        guard
    }

    /// SEC-21.
    #[test]
    fn a_key_counts_after_the_card_was_seen_and_the_keys_rested() {
        for (key, counts) in [(1_299, false), (1_300, true), (5_000, true)] {
            let mut guard = focused_at(1_000);
            guard.note_key(Tick(key));
            assert_eq!(guard.admits(CARD, Tick(key)), counts, "{key}");
        }
        let mut guard = focused_at(1_000);
        guard.note_key(Tick(1_400));
        guard.note_key(Tick(1_549));
        assert!(!guard.admits(CARD, Tick(1_549)), "another key was pressed just before");
        guard.note_key(Tick(1_699));
        assert!(guard.admits(CARD, Tick(1_699)));
    }

    /// SEC-21: what was read before the frame cannot have meant it.
    #[test]
    fn a_key_from_before_the_frame_never_counts() {
        let mut guard = Guard::default();
        guard.note_key(Tick(0));
        guard.focus(CARD);
        guard.note_key(Tick(900));
        assert!(!guard.admits(CARD, Tick(900)), "not drawn yet");
        guard.drawn(Some(CARD), Tick(1_000));
        guard.note_key(Tick(1_200));
        assert!(!guard.admits(CARD, Tick(1_200)));
    }

    /// SEC-22.
    #[test]
    fn a_card_that_changed_or_left_the_screen_starts_anew() {
        let other = CardKey { digest: 4, ..CARD };
        for shown in [Some(other), None] {
            let mut guard = focused_at(1_000);
            guard.drawn(shown, Tick(1_500));
            guard.drawn(Some(CARD), Tick(1_600));
            guard.note_key(Tick(1_800));
            assert!(!guard.admits(CARD, Tick(1_800)));
            guard.note_key(Tick(2_000));
            assert!(guard.admits(CARD, Tick(2_000)));
            assert!(!guard.admits(other, Tick(2_000)));
        }
    }

    proptest::proptest! {
        /// FLT-11, SYS-6: in whatever schedule, a key that counts was preceded by a focused frame 300 ms before and
        /// by no key for 150 ms.
        #[test]
        fn no_key_counts_without_a_fresh_look(steps in proptest::collection::vec((0..5u8, 0..400u64), 1..60)) {
            let mut guard = Guard::default();
            let (mut now, mut focused, mut seen, mut last) = (0, false, None::<u64>, None::<u64>);
            for (step, wait) in steps {
                now += wait;
                match step {
                    0 => { guard.focus(CARD); focused = true; seen = None; }
                    1 => { guard.leave(); focused = false; seen = None; }
                    2 => {
                        guard.drawn(Some(CARD), Tick(now));
                        if focused { seen = seen.or(Some(now)); }
                    }
                    _ => {
                        guard.note_key(Tick(now));
                        let want = seen.is_some_and(|s| now >= s + SEEN_MS) && last.is_none_or(|l| now - l >= PAUSE_MS);
                        proptest::prop_assert_eq!(guard.admits(CARD, Tick(now)), want);
                        last = Some(now);
                    }
                }
            }
        }
    }
}

//! When to draw: a key at once, streams at most sixty times a second, nothing when nothing changed.
//!
//! Pure; the loop asks it after every wake and sleeps until [`FrameClock::due`].

use crate::base::clock::Tick;

/// Milliseconds between frames that nobody waits for.
const FRAME: u64 = 16;

/// Merges requests for a frame into the fewest frames.
#[derive(Debug, Default)]
pub struct FrameClock {
    last: Option<Tick>,
    due: Option<Tick>,
}

impl FrameClock {
    /// Something streamed in: draw soon, together with what follows within a frame's time.
    pub fn soon(&mut self, now: Tick) {
        self.at(self.last.map_or(now, |last| last.plus(FRAME).max(now)));
    }

    /// A person waits for the answer to a key: draw now.
    pub fn now(&mut self, now: Tick) {
        self.at(now);
    }

    /// Something visible changes at `when` by itself: a clock, a spinner, a guard that opens.
    pub fn at(&mut self, when: Tick) {
        self.due = Some(self.due.map_or(when, |due| due.min(when)));
    }

    /// When to wake for a frame; `None`: not before something happens.
    pub fn due(&self) -> Option<Tick> {
        self.due
    }

    /// Whether a frame is due. If so it counts as drawn.
    pub fn take(&mut self, now: Tick) -> bool {
        let due = self.due.is_some_and(|due| due <= now);
        if due {
            self.due = None;
            self.last = Some(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of a minute of `requests` a millisecond apart.
    fn frames(step: u64, key: bool) -> usize {
        let mut clock = FrameClock::default();
        let mut drawn = 0;
        for now in (0..1_000).map(Tick) {
            if now.0.is_multiple_of(step) {
                if key { clock.now(now) } else { clock.soon(now) }
            }
            drawn += usize::from(clock.take(now));
        }
        drawn
    }

    /// UX-21.
    #[test]
    fn a_stream_draws_at_most_sixty_frames_a_second_or_so() {
        assert_eq!(frames(1, false), 63);
        assert_eq!(frames(100, false), 10);
    }

    #[test]
    fn a_key_is_drawn_at_once_even_right_after_a_frame() {
        let mut clock = FrameClock::default();
        clock.soon(Tick(0));
        assert!(clock.take(Tick(0)));
        clock.soon(Tick(1));
        assert!(!clock.take(Tick(1)));
        clock.now(Tick(2));
        assert!(clock.take(Tick(2)));
    }

    #[test]
    fn nothing_is_due_when_nothing_changed() {
        let mut clock = FrameClock::default();
        assert_eq!(clock.due(), None);
        clock.soon(Tick(5));
        assert_eq!(clock.due(), Some(Tick(5)));
        assert!(clock.take(Tick(7)));
        assert_eq!((clock.due(), clock.take(Tick(1_000))), (None, false));
    }
}

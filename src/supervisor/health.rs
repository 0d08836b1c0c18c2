//! Whether a connection still answers. Pure. Silence is no proof of death: a backend's loop may stand still for minutes, so
//! the worst that is said here is "quiet".

use crate::base::clock::Tick;

/// Milliseconds of silence after which a question is asked, and in which it should be answered.
pub const QUIET_MS: u64 = 15_000;
/// The longest silence of a connection that answers whenever it is asked and says nothing else: nothing runs there, and each
/// question wakes two programs.
pub const IDLE_MS: u64 = 60_000;
/// The moments at which questions are asked, in milliseconds. They are the same for all connections, so that those of many
/// idle backends are one wake-up and not one each; a question comes up to so much sooner for it.
const BEAT_MS: u64 = 5_000;
/// Questions without an answer that make a connection quiet.
const MISSES: u32 = 2;

/// What to do about a silent connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Ping,
    /// Ask again, and call it quiet.
    PingQuiet,
}

/// When one connection last said something.
#[derive(Debug, Clone)]
pub struct Health {
    /// The last frame, or the last question.
    last: Tick,
    /// Questions since the last frame.
    asked: u32,
    /// The silence after which it is asked, in milliseconds.
    patience: u64,
}

impl Health {
    pub fn new(now: Tick) -> Self {
        Self { last: now, asked: 0, patience: QUIET_MS }
    }

    /// Something came, whatever it was. An answer lengthens the time to the next question; what comes unasked shortens it.
    pub fn heard(&mut self, now: Tick) {
        let patience = if self.asked > 0 { (self.patience * 2).min(IDLE_MS) } else { QUIET_MS };
        *self = Self { last: now, asked: 0, patience };
    }

    /// When [`Health::on_time`] has something to say.
    pub fn due(&self) -> Tick {
        let patience = if self.asked > 0 { QUIET_MS } else { self.patience };
        Tick(self.last.plus(patience).0 / BEAT_MS * BEAT_MS)
    }

    pub fn on_time(&mut self, now: Tick) -> Option<Act> {
        if now < self.due() {
            return None;
        }
        self.last = now;
        self.asked = self.asked.saturating_add(1);
        Some(if self.asked > MISSES { Act::PingQuiet } else { Act::Ping })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// REL-06, A09; CHECK fact 55
    #[test]
    fn a_connection_is_quiet_after_two_questions_without_an_answer_and_never_worse() {
        let mut health = Health::new(Tick(0));
        assert_eq!(health.on_time(Tick(QUIET_MS - 1)), None);
        let acts: Vec<_> = (1..=5).map(|n| health.on_time(Tick(n * QUIET_MS))).collect();
        assert_eq!(
            acts,
            [
                Some(Act::Ping),
                Some(Act::Ping),
                Some(Act::PingQuiet),
                Some(Act::PingQuiet),
                Some(Act::PingQuiet)
            ]
        );
        health.heard(Tick(80_000));
        health.heard(Tick(81_000));
        assert_eq!(health.on_time(Tick(81_000 + QUIET_MS)), Some(Act::Ping));
    }

    #[test]
    fn a_connection_that_only_answers_is_asked_less_often_until_it_speaks() {
        let mut health = Health::new(Tick(0));
        let mut gaps = Vec::new();
        for _ in 0..4 {
            let (heard, asked) = (health.last, health.due());
            assert_eq!(health.on_time(asked), Some(Act::Ping));
            assert_eq!(health.due(), asked.plus(QUIET_MS), "what is asked is answered soon");
            health.heard(asked);
            gaps.push(asked.since(heard));
        }
        assert_eq!(gaps, [QUIET_MS, 2 * QUIET_MS, IDLE_MS, IDLE_MS]);
        let now = health.last;
        health.heard(now);
        assert_eq!(health.due(), now.plus(QUIET_MS));
    }

    #[test]
    fn connections_that_were_heard_at_about_the_same_time_are_asked_at_the_same_time() {
        let due = |heard| Health::new(Tick(heard)).due();
        assert_eq!([due(60_003), due(61_500), due(64_999)], [Tick(75_000); 3]);
        assert_eq!(due(65_000), Tick(80_000));
    }
}

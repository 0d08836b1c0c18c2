//! What reaches a person who looks elsewhere: the bell and the terminal's title, both at a bounded rate.

use std::collections::VecDeque;

use crate::base::clock::Tick;

/// Bells a second at most.
const BELLS: usize = 5;
/// Milliseconds between two titles: a badge is in the title 250 ms after its cause at the latest.
const TITLE_MS: u64 = 200;
/// The title when none is wanted any more.
const PLAIN: &str = "hermux";

/// What was rung and shown lately.
#[derive(Debug, Default)]
pub(super) struct Attention {
    bells: VecDeque<Tick>,
    title: String,
    titled: Option<Tick>,
}

/// What to do about a title.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Title {
    Keep,
    /// Ask again then.
    Later(Tick),
    Write(String),
}

impl Attention {
    /// Whether it may ring now.
    pub(super) fn ring(&mut self, now: Tick) -> bool {
        while self.bells.front().is_some_and(|at| now.since(*at) >= 1_000) {
            self.bells.pop_front();
        }
        let rings = self.bells.len() < BELLS;
        if rings {
            self.bells.push_back(now);
        }
        rings
    }

    /// What to do to have `title` shown, `None`: none. A terminal that never got one keeps its own.
    pub(super) fn title(&mut self, title: Option<String>, now: Tick) -> Title {
        let title = match title {
            Some(title) => title,
            None if self.title.is_empty() => return Title::Keep,
            None => PLAIN.to_owned(),
        };
        if title == self.title {
            return Title::Keep;
        }
        if let Some(next) = self.titled.map(|at| at.plus(TITLE_MS)).filter(|next| *next > now) {
            return Title::Later(next);
        }
        (self.title, self.titled) = (title.clone(), Some(now));
        Title::Write(super::term::titled(&title))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UX-18.
    #[test]
    fn a_title_changes_five_times_a_second_at_most_and_can_be_switched_off() {
        let mut attention = Attention::default();
        assert_eq!(attention.title(None, Tick(0)), Title::Keep);
        assert_eq!(attention.title(Some("a".into()), Tick(0)), Title::Write("\x1b]2;a\x07".into()));
        assert_eq!(attention.title(Some("a".into()), Tick(1)), Title::Keep);
        assert_eq!(attention.title(Some("b".into()), Tick(1)), Title::Later(Tick(200)));
        assert_eq!(attention.title(Some("b".into()), Tick(200)), Title::Write("\x1b]2;b\x07".into()));
        assert_eq!(attention.title(None, Tick(400)), Title::Write("\x1b]2;hermux\x07".into()));
        assert_eq!(attention.title(None, Tick(401)), Title::Keep);
    }

    /// K08, INV24.
    #[test]
    fn it_rings_five_times_a_second_at_most() {
        let mut attention = Attention::default();
        let rung: Vec<u64> = (0..300).map(|n| n * 10).filter(|at| attention.ring(Tick(*at))).collect();
        assert!(rung.len() >= 10, "a storm is still heard: {rung:?}");
        let within = |from: u64| rung.iter().filter(|at| (from..from + 1_000).contains(*at)).count();
        assert!(rung.iter().all(|at| within(*at) <= 5), "{rung:?}");
    }
}

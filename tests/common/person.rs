//! What a person does at hermux, in the words of a person. All that these tests know of hermux' keys and looks
//! stands here.

use std::ops::Deref;

use super::pty::{Screen, Term};
use super::seconds;

pub struct Person {
    pub term: Term,
}

impl Deref for Person {
    type Target = Term;
    fn deref(&self) -> &Term {
        &self.term
    }
}

impl Person {
    /// Sits down at a hermux that has just been started, and waits for its composer.
    pub fn at(term: Term) -> Self {
        let person = Self { term };
        person.wait_for("hermux is ready to type into", |s| s.has("Write to"));
        person
    }

    /// Types, sees it stand in the composer, and sends it.
    #[track_caller]
    pub fn send(&self, text: &str) {
        self.keys(text);
        let shown: String = text.chars().take(24).collect();
        self.wait_for(&format!("{shown:?} stands in the composer"), |s| s.has(&shown));
        self.enter();
    }

    fn leader(&self, key: &str) {
        self.ctrl('x');
        self.keys(key);
    }

    /// Goes to the profile after this one.
    pub fn next_profile(&self) {
        self.leader("]");
    }

    pub fn tab(&self, number: usize) {
        self.alt(char::from_digit(u32::try_from(number % 10).unwrap_or(0), 10).unwrap_or('0'));
    }

    pub fn next_that_needs_me(&self) {
        self.alt('a');
    }

    /// Turns to the card of the session on the screen, and waits until a key may answer it.
    #[track_caller]
    pub fn turn_to_card(&self) {
        self.alt('r');
        self.wait_for("the card takes keys", card_takes_keys);
    }

    #[track_caller]
    pub fn wait_said(&self, text: &str) {
        self.wait_for(&format!("the agent says {text:?}"), |s| says(s, text));
    }

    pub fn interrupt(&self) {
        self.leader("i");
    }

    /// Waits until no session of any profile is at work.
    #[track_caller]
    pub fn wait_idle(&self) {
        self.wait_for("nobody is at work", |s| !s.has("▸"));
    }

    #[track_caller]
    pub fn leave(&self) {
        self.wait_idle();
        self.leader("q");
    }

    /// Reads the transcript from its `begin` to its `end`, a row at a time, and gives every tagged line (`S3-0001`) in the order of
    /// the transcript, each as often as it stands there.
    #[track_caller]
    pub fn read_transcript(&self, begin: &str, end: &str) -> Vec<String> {
        self.keys("\x1b[1;5H");
        self.wait_for(&format!("{begin} at the top"), |s| shown(s).first().is_some_and(|tag| tag == begin));
        let mut all: Vec<String> = Vec::new();
        let mut last: Option<Vec<String>> = None;
        loop {
            self.wait_for("the transcript has moved", |s| Some(s.rows()) != last);
            let screen = self.screen();
            let rows = screen.rows();
            let seen = shown(&screen);
            drop(screen);
            let done = seen.iter().any(|tag| tag == end);
            stitch(&mut all, seen);
            if done {
                return all;
            }
            last = Some(rows);
            self.keys("\x1b[1;3B");
        }
    }
}

/// The rows of the transcript: those below the tabs and above the cards and the composer.
pub fn chat(rows: &[String]) -> &[String] {
    let end = rows.iter().position(|row| row.starts_with('╭')).unwrap_or(rows.len());
    rows[..end].get(2..).unwrap_or_default()
}

/// The tagged lines of the transcript that are on the screen.
fn shown(screen: &Screen) -> Vec<String> {
    chat(&screen.rows()).iter().flat_map(|row| tags(row)).collect()
}

/// Whether a row of the transcript holds `text`.
pub fn chat_has(screen: &Screen, text: &str) -> bool {
    chat(&screen.rows()).iter().any(|row| row.contains(text))
}

/// Whether a row of the transcript is `text` and nothing else: what the agent said, not what it was told to say.
pub fn says(screen: &Screen, text: &str) -> bool {
    chat(&screen.rows()).iter().any(|row| row.trim() == text)
}

/// Adds what is seen after a step down to what was seen before it: they overlap by all but the step.
pub fn stitch(all: &mut Vec<String>, seen: Vec<String>) {
    let begin = (0..=all.len()).find(|at| seen.starts_with(&all[*at..])).unwrap_or(all.len());
    all.truncate(begin);
    all.extend(seen);
}

/// The lines of the model's streams in a row of text.
pub fn tags(row: &str) -> Vec<String> {
    row.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| {
            word.split_once('-').is_some_and(|(tag, number)| {
                tag.len() == 2 && number.len() == 4 && number.bytes().all(|b| b.is_ascii_digit())
            })
        })
        .map(str::to_owned)
        .collect()
}

/// The lines that a whole stream has.
pub fn lines(tag: &str, n: usize) -> Vec<String> {
    (1..=n).map(|line| format!("{tag}-{line:04}")).collect()
}

/// Whether a card has focus and its keys count: they are bold then.
pub fn card_takes_keys(screen: &Screen) -> bool {
    screen
        .find("Esc back")
        .is_some_and(|(row, col)| screen.vt().cell(row, col).is_some_and(vt100::Cell::bold))
}

/// How long a badge may take.
pub const BADGE: std::time::Duration = std::time::Duration::from_millis(250);
/// How long hermux may take to end when its terminal is gone.
pub const HANG_UP: std::time::Duration = seconds(2);
/// How long hermux may take to end in order, its backends' tools included.
pub const STOP: std::time::Duration = seconds(8);
/// How long anything that hermux started may live after hermux was killed.
pub const AFTER_KILL: std::time::Duration = seconds(5);

/// Whether the strip says that something waits for the person.
pub fn needs_me(screen: &Screen) -> bool {
    screen.has(" next of ")
}

/// Whether the screen says that the profile's backend has ended.
pub fn says_backend_ended(screen: &Screen) -> bool {
    let text = screen.text().to_lowercase();
    ["ended", "died", "stopped", "restart"].iter().any(|word| text.contains(word))
}

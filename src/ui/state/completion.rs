//! What may complete the word before the caret: `@` and a session, `/` and a command. A list beside the composer that opens and
//! closes by itself.
//!
//! Pure. Not here: where the candidates come from, and the keys.

use std::ops::Range;

use super::editor::{Editor, Linked};
use crate::base::fuzzy;
use crate::model::link::{self, SessionLink};
use crate::model::listing::StoredRow;

/// Characters of a word that is completed at most: anything longer was not meant so.
const LONGEST: usize = 64;
/// Candidates that are kept at most; who wants more writes on.
const KEPT: usize = 50;

/// What a word asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Session,
    Command,
}

/// The word before the caret that can be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub kind: Kind,
    /// Its units, its mark included.
    pub units: Range<usize>,
    /// Without its mark.
    pub query: String,
}

impl Word {
    /// The word of `editor`'s caret, if it is one.
    pub fn at(editor: &Editor) -> Option<Self> {
        let head = editor.units().get(..editor.caret())?;
        let letters = head.iter().rev().take(LONGEST + 1);
        let letters = letters.map_while(|unit| unit.text().filter(|text| !text.trim().is_empty()));
        let length = letters.count();
        let start = head.len() - length;
        let word: String = head.get(start..)?.iter().filter_map(|unit| unit.text()).collect();
        let units = start..head.len();
        if let Some(query) = word.strip_prefix('@') {
            let session = format!("@{query}").strip_prefix(link::PREFIX).map(|rest| rest.replace('/', " "));
            let query = session.unwrap_or_else(|| query.to_owned());
            let meant = length <= LONGEST && query.chars().any(char::is_alphanumeric);
            return meant.then_some(Self { kind: Kind::Session, units, query });
        }
        // A command begins the text, and a path is none.
        let query = word.strip_prefix('/').filter(|query| start == 0 && !query.contains('/'))?;
        (length <= LONGEST).then(|| Self { kind: Kind::Command, units, query: query.to_owned() })
    }
}

/// What a candidate puts in the word's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Puts {
    Link(Linked),
    /// A command's name without its slash, and its other names.
    Command(String, Vec<String>),
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub puts: Puts,
    /// What is matched and shown; drawable.
    pub text: String,
    /// Matched, too, and not shown.
    pub more: String,
    /// Shown on the right, dim.
    pub note: String,
}

/// The open list.
#[derive(Clone, Debug)]
pub struct Completion {
    pub word: Word,
    pub candidates: Vec<Candidate>,
    /// Those that match, best first; never empty.
    pub hits: Vec<fuzzy::Hit>,
    /// Place among the hits.
    pub selected: usize,
}

impl Completion {
    /// The candidates that match `word`; `None` when none does.
    pub fn of(word: Word, candidates: Vec<Candidate>) -> Option<Self> {
        let texts: Vec<String> =
            candidates.iter().map(|one| format!("{} {}", one.text, one.more).trim_end().to_owned()).collect();
        let mut hits = fuzzy::rank(&word.query, texts.iter().map(String::as_str));
        hits.truncate(KEPT);
        (!hits.is_empty()).then_some(Self { word, candidates, hits, selected: 0 })
    }

    /// Moves the choice, round the ends.
    pub fn step(&mut self, by: isize) {
        let count = self.hits.len();
        self.selected = (self.selected + count).saturating_add_signed(by) % count.max(1);
    }

    /// The candidate that a key takes.
    pub fn chosen(&self) -> Option<&Candidate> {
        self.candidates.get(self.hits.get(self.selected)?.index)
    }

    /// Whether the word says all of it as it stands: Enter then means the text, not the list.
    pub fn is_complete(&self, written: &str) -> bool {
        match self.word.kind {
            Kind::Session => {
                written.starts_with(link::PREFIX)
                    && SessionLink::parse(written, None).is_some_and(|link| link.profile.is_some())
            }
            Kind::Command => self.candidates.iter().any(|one| match &one.puts {
                Puts::Command(name, others) => *name == self.word.query || others.contains(&self.word.query),
                Puts::Link(_) => false,
            }),
        }
    }
}

/// Completion in the composer that is shown.
#[derive(Debug, Default)]
pub struct Completing {
    /// A key wrote something since the caret came to this text: only then a list opens.
    pub typed: bool,
    /// Where the word begins whose list was closed by a key; it stays closed.
    pub closed: Option<usize>,
    pub open: Option<Completion>,
    /// The candidates changed since the list was made.
    pub stale: bool,
    /// The sessions that the hub found last, and for what.
    pub found: Vec<StoredRow>,
    pub asked: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::state::editor::segment;
    use rstest::rstest;

    #[rstest]
    #[case("@log", Some((Kind::Session, "log")))]
    #[case("see @log", Some((Kind::Session, "log")))]
    #[case("two\n@log", Some((Kind::Session, "log")))]
    #[case("@session:work/2026", Some((Kind::Session, "work 2026")))]
    #[case("@", None)]
    #[case("@session:", None)]
    #[case("me@log", None)]
    #[case("@log ", None)]
    #[case("/", Some((Kind::Command, "")))]
    #[case("/mod", Some((Kind::Command, "mod")))]
    #[case("/model gpt", None)]
    #[case(" /mod", None)]
    #[case("see /mod", None)]
    #[case("/home/me", None)]
    fn only_a_word_with_a_mark_before_it_is_completed(
        #[case] text: &str,
        #[case] want: Option<(Kind, &str)>,
    ) {
        let word = Word::at(&Editor::with_units(segment(text)));
        assert_eq!(word.as_ref().map(|word| (word.kind, word.query.as_str())), want);
        if let Some(word) = word {
            assert_eq!(word.units.end, segment(text).len());
        }
    }

    #[test]
    fn a_word_is_never_longer_than_anybody_types() {
        let long = format!("@{}", "x".repeat(100_000));
        assert_eq!(Word::at(&Editor::with_units(segment(&long))), None);
    }

    fn commands(names: &[&str]) -> Vec<Candidate> {
        let one = |name: &&str| Candidate {
            puts: Puts::Command((*name).into(), vec!["other".into()]),
            text: (*name).into(),
            more: String::new(),
            note: String::new(),
        };
        names.iter().map(one).collect()
    }

    fn word(query: &str) -> Word {
        Word { kind: Kind::Command, units: 0..query.len() + 1, query: query.into() }
    }

    #[test]
    fn the_choice_goes_round_and_a_whole_name_is_complete() {
        let mut list = Completion::of(word("c"), commands(&["clear", "compress"])).unwrap();
        list.step(-1);
        assert_eq!(list.chosen().unwrap().text, "compress");
        list.step(1);
        assert_eq!(list.chosen().unwrap().text, "clear");
        assert!(!list.is_complete("/c"));
        assert!(Completion::of(word("clear"), commands(&["clear"])).unwrap().is_complete("/clear"));
        assert!(Completion::of(word("zzz"), commands(&["clear"])).is_none());
    }
}

//! In which order rows stand: how well their text matches, how much they want the person, and how new they are. Pure.
//!
//! One measure for everything that a palette offers, so that actions, open and stored sessions stand in one list. A better match
//! always beats a newer row; what needs the person beats both while little is typed.

use super::picker::Row;
use crate::base::fuzzy;
use crate::model::status::Status;

/// A row that matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Its place among the rows.
    pub row: usize,
    /// The grapheme clusters of its text that matched, ascending.
    pub positions: Vec<u32>,
}

/// The rows that match `needle`, best first, in the order given among equals; all of them as they stand without one.
pub fn order(needle: &str, rows: &[Row]) -> Vec<Ranked> {
    let mut hits = fuzzy::rank(needle, rows.iter().map(|row| row.text.as_str()));
    if !needle.trim().is_empty() {
        let worth = |hit: &fuzzy::Hit| hit.score + rows.get(hit.index).map_or(0, |row| row.bonus);
        hits.sort_by(|a, b| worth(b).cmp(&worth(a)).then(a.index.cmp(&b.index)));
    }
    hits.into_iter().map(|hit| Ranked { row: hit.index, positions: hit.positions }).collect()
}

/// What a session counts beside its text. A letter that matches counts 16, and more at the beginning of a word. `status` is `None`
/// for one that is not open; `age` in milliseconds since something happened in it, where that is known.
pub fn bonus(status: Option<Status>, age: Option<u64>) -> u32 {
    const HOUR: u64 = 3_600_000;
    let state = match status {
        Some(Status::NeedsDecision | Status::NeedsAnswer) => 40,
        Some(Status::Uncertain | Status::Failed) => 30,
        Some(Status::Finished | Status::Unread) => 20,
        Some(Status::Quiet | Status::Stopping | Status::Working | Status::Sending) => 14,
        Some(Status::Idle) => 8,
        None => 0,
    };
    let new = match age {
        Some(age) if age < HOUR => 12,
        Some(age) if age < 24 * HOUR => 8,
        Some(age) if age < 7 * 24 * HOUR => 4,
        Some(age) if age < 30 * 24 * HOUR => 2,
        _ => 0,
    };
    state + new
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3_600_000;

    fn row(text: &str, bonus: u32) -> Row {
        Row { text: text.to_owned(), bonus, ..Row::default() }
    }

    fn best<'a>(needle: &str, rows: &'a [Row]) -> Vec<&'a str> {
        order(needle, rows).iter().map(|hit| rows[hit.row].text.as_str()).collect()
    }

    #[test]
    fn more_urgent_counts_more_whatever_its_age() {
        for (more, less) in Status::ALL.iter().zip(Status::ALL.iter().skip(1)) {
            assert!(bonus(Some(*more), None) >= bonus(Some(*less), None), "{more:?} {less:?}");
        }
        assert!(bonus(Some(Status::NeedsDecision), None) > bonus(Some(Status::Idle), Some(0)));
        assert!(bonus(Some(Status::Idle), None) > bonus(None, Some(25 * HOUR)));
        let ages = [0, HOUR, 25 * HOUR, 8 * 24 * HOUR, 31 * 24 * HOUR];
        assert!(ages.windows(2).all(|pair| bonus(None, Some(pair[0])) > bonus(None, Some(pair[1]))));
    }

    /// B03: what waits stands first among those that match as well.
    #[test]
    fn what_needs_the_person_comes_first_among_equal_matches_then_what_is_newer() {
        let waits = bonus(Some(Status::NeedsAnswer), Some(9 * 24 * HOUR));
        let rows = [
            row("Deploy the site", bonus(None, Some(HOUR / 2))),
            row("Deploy the shop", bonus(None, None)),
            row("Deploy the docs", waits),
        ];
        assert_eq!(best("deploy", &rows), ["Deploy the docs", "Deploy the site", "Deploy the shop"]);
    }

    #[test]
    fn a_word_beats_scattered_letters_however_urgent_they_are() {
        let urgent = bonus(Some(Status::NeedsDecision), Some(0));
        let rows = [row("simulating our drafted pages", urgent), row("Migrate the database", 0)];
        assert_eq!(best("migrate", &rows)[0], "Migrate the database");
    }

    #[test]
    fn without_a_query_everything_stands_as_it_was_given() {
        let rows = [row("b", 0), row("a", 90)];
        assert_eq!((best("", &rows), best("  ", &rows)), (vec!["b", "a"], vec!["b", "a"]));
    }
}

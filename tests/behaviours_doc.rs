//! `docs/BEHAVIOURS.md` names a test for every behaviour or says why there is none, and every test it names is there.

use std::{collections::BTreeSet, fs, path::Path};

/// How a row begins to say why no test is named.
const REASON: &str = "none: ";

/// The numbered rows of the document: the number, and the tests it names as `path::name`; none where it gives a reason.
fn rows() -> Vec<(String, Option<Vec<String>>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A document that cannot be read has no rows, which is what fails.
    let text = fs::read_to_string(root.join("docs/BEHAVIOURS.md")).unwrap_or_default();
    text.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim().trim_matches('|').split(" | ").map(str::trim).collect();
            let [number, _, tests] = cells.as_slice() else { return None };
            let is_number = number.starts_with(|c: char| c.is_ascii_uppercase())
                && number.ends_with(|c: char| c.is_ascii_digit());
            let reason = tests.strip_prefix(REASON).is_some_and(|why| why.len() > 20);
            let named = || tests.split('`').filter(|part| part.contains("::")).map(str::to_owned).collect();
            is_number.then(|| ((*number).to_owned(), (!reason).then(named)))
        })
        .collect()
}

#[test]
fn every_behaviour_is_listed_once_and_names_a_test_or_says_why_not() {
    let rows = rows();
    assert!(rows.len() > 60, "the document lost its rows: {}", rows.len());
    let mut seen = BTreeSet::new();
    for (number, tests) in &rows {
        assert!(seen.insert(number.as_str()), "{number} is listed twice");
        assert!(tests.as_ref().is_none_or(|tests| !tests.is_empty()), "{number} names no test");
    }
    // The whole of what it is specified by: nothing falls out unseen.
    let parts =
        [("A", 23), ("B", 11), ("C", 28), ("D", 12), ("E", 33), ("F", 10), ("G", 15), ("H", 17), ("I", 21)];
    let parts = parts.into_iter().chain([("J", 3), ("K", 13)]);
    let mut all: Vec<String> =
        parts.flat_map(|(part, last)| (1..=last).map(move |n| format!("{part}{n:02}"))).collect();
    all.extend((1..=28).map(|n| format!("INV{n}")));
    all.extend((1..=18).map(|n| format!("M{n}")));
    let lost: Vec<_> = all.iter().filter(|number| !seen.contains(number.as_str())).collect();
    assert!(lost.is_empty(), "not in the document: {lost:?}");
}

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (number, tests) in rows() {
        for test in tests.unwrap_or_default() {
            let (path, name) = test.split_once("::").expect("path::name");
            let source =
                fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{number}: {path}: {e}"));
            assert!(source.contains(&format!("fn {name}(")), "{number}: {path} has no test {name}");
        }
    }
}

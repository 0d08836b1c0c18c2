//! `docs/BEHAVIOURS.md` names a test for every behaviour, and every test it names is there.

use std::{collections::BTreeSet, fs, path::Path};

/// The numbered rows of the document: the number, and the tests it names as `path::name`.
fn rows() -> Vec<(String, Vec<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A document that cannot be read has no rows, which is what fails.
    let text = fs::read_to_string(root.join("docs/BEHAVIOURS.md")).unwrap_or_default();
    text.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.trim().trim_matches('|').split(" | ").map(str::trim).collect();
            let [number, _, tests] = cells.as_slice() else { return None };
            let is_number = number.starts_with(|c: char| c.is_ascii_uppercase())
                && number.ends_with(|c: char| c.is_ascii_digit());
            let tests = tests.split('`').filter(|part| part.contains("::")).map(str::to_owned).collect();
            is_number.then(|| ((*number).to_owned(), tests))
        })
        .collect()
}

#[test]
fn every_behaviour_is_listed_once_and_names_a_test() {
    let rows = rows();
    assert!(rows.len() > 60, "the document lost its rows: {}", rows.len());
    let mut seen = BTreeSet::new();
    for (number, tests) in &rows {
        assert!(seen.insert(number), "{number} is listed twice");
        assert!(!tests.is_empty(), "{number} names no test");
    }
}

#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (number, tests) in rows() {
        for test in tests {
            let (path, name) = test.split_once("::").expect("path::name");
            let source =
                fs::read_to_string(root.join(path)).unwrap_or_else(|e| panic!("{number}: {path}: {e}"));
            assert!(source.contains(&format!("fn {name}(")), "{number}: {path} has no test {name}");
        }
    }
}

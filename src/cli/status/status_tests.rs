use super::samples::{busy, quiet};
use super::*;
use crate::model::{profile::BackendState, status};
use serde_json::Value;
use std::collections::BTreeSet;

const DOC: &str = include_str!("../../../docs/STATUS.md");

/// Every path of a value, arrays as `[]`. A memory is described once for all places.
fn paths(value: &Value, at: &str, out: &mut BTreeSet<String>) {
    if !at.is_empty() && !at.ends_with("[]") {
        out.insert(at.to_owned());
    }
    match value {
        Value::Object(fields) => {
            let at = if at.ends_with(".memory") { "memory" } else { at };
            let dot = if at.is_empty() { "" } else { "." };
            fields.iter().for_each(|(name, value)| paths(value, &format!("{at}{dot}{name}"), out));
        }
        Value::Array(list) => list.iter().for_each(|value| paths(value, &format!("{at}[]"), out)),
        _ => {}
    }
}

/// The paths in the first column of the document's tables, with their types.
fn documented() -> Vec<(&'static str, &'static str)> {
    let (_, tables) = DOC.split_once("## JSON").expect("the section");
    let rows = tables.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| {
        let (path, rest) = row.split_once("` | ")?;
        Some((path, rest.split_once(" |")?.0))
    })
    .collect()
}

fn read(report: Option<&Report>) -> Value {
    serde_json::from_str(&json(report).unwrap()).unwrap()
}

#[test]
fn the_document_lists_every_field_and_no_other() {
    let mut real = BTreeSet::new();
    paths(&read(Some(&busy())), "", &mut real);
    // What is an array of numbers has no fields.
    let documented: BTreeSet<String> = documented().iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(real, documented);
}

#[test]
fn every_field_has_the_type_that_the_document_says() {
    fn check(value: &Value, at: &str, types: &[(&'static str, &'static str)]) {
        let kind = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) if at.ends_with("memory") => "memory",
            Value::Object(_) => "object",
        };
        if let Some((_, said)) = types.iter().find(|(path, _)| *path == at) {
            assert!(said.contains(kind), "{at} is documented as {said} and is {kind}");
        }
        let below = if at.ends_with(".memory") { "memory" } else { at };
        match value {
            Value::Object(fields) => {
                let dot = if below.is_empty() { "" } else { "." };
                fields.iter().for_each(|(name, value)| check(value, &format!("{below}{dot}{name}"), types));
            }
            Value::Array(list) => list.iter().for_each(|value| check(value, &format!("{at}[]"), types)),
            _ => {}
        }
    }
    for report in [Some(busy()), Some(quiet()), None] {
        check(&read(report.as_ref()), "", &documented());
    }
}

#[test]
fn the_document_has_every_word_for_a_status_and_a_backend() {
    let row = |field: &str| DOC.lines().find(|line| line.contains(field)).expect("a row");
    for status in status::Status::ALL {
        assert!(row("`sessions[].status`").contains(&format!("`{}`", status::words(status))));
    }
    for state in [BackendState::Cold, BackendState::Live, BackendState::Stopping] {
        assert!(row("`profiles[].state`").contains(&format!("`{}`", state.word())));
    }
}

#[test]
fn without_a_hub_the_object_says_so() {
    let none = read(None);
    assert_eq!(
        none,
        serde_json::json!({ "schema": 1, "hub": null, "profiles": [], "sessions": [], "notices": [] })
    );
}

/// SEC-09
#[test]
fn nothing_in_the_json_is_obeyed_by_a_terminal() {
    let line = json(Some(&busy())).unwrap();
    let inert = |c: char| !c.is_control() && !"\u{202e}\u{200b}".contains(c);
    assert!(line.trim_end_matches('\n').chars().all(inert), "{line}");
    assert!(line.contains("\\u001b]0;owned\\u0007\\u202e"), "{line}");
}

/// The example of the document is one that works.
#[test]
fn the_documents_line_for_tmux_is_a_format() {
    let (_, begin) = DOC.split_once("--format \"").expect("an example");
    let (format, _) = begin.split_once("\")'").expect("its end");
    assert_eq!(format.parse::<format::Format>().unwrap().line(&busy()), "!1 x1 2 working");
}

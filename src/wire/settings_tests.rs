use super::*;
use serde_json::{Value, json, value::to_raw_value};

fn read(topic: Topic, json: &Value) -> Option<Vec<(String, String, bool)>> {
    let list = choices(topic, &to_raw_value(json).unwrap(), &Oddities::default())?;
    Some(list.into_iter().map(|one| (one.value.into_raw(), one.group.into_raw(), one.on)).collect())
}

fn row(value: &str, group: &str, on: bool) -> (String, String, bool) {
    (value.to_owned(), group.to_owned(), on)
}

/// H10: the same model of two providers is set at one of them.
#[test]
fn models_are_of_their_provider_and_one_is_set() {
    let list = read(
        Topic::Models,
        &json!({"providers": [
            {"slug": "moa", "name": "Mixture", "is_current": false, "models": ["m-1"], "warning": "w"},
            {"slug": "custom", "name": "Own", "is_current": true, "models": ["m-1", 7, "m-2"], "capabilities": {}},
            {"name": "no slug", "models": ["x"]}, 3,
        ], "model": "m-1", "provider": "custom"}),
    );
    assert_eq!(list.unwrap(), [row("m-1", "moa", false), row("m-1", "", true), row("m-2", "", false)]);
}

/// H03, H04.
#[test]
fn what_is_set_is_marked_even_where_hermux_does_not_know_the_word() {
    let on = |topic, value: &str| {
        let list = read(topic, &json!({ "value": value })).unwrap();
        list.into_iter().filter(|(.., on)| *on).map(|(value, ..)| value).collect::<Vec<_>>()
    };
    assert_eq!(on(Topic::Effort, "medium"), ["medium"]);
    assert_eq!(on(Topic::Effort, "ultra"), ["ultra"]);
    assert_eq!(on(Topic::Fast, "normal"), ["normal"]);
    assert_eq!(on(Topic::Approvals, "off"), ["off"]);
    assert_eq!(on(Topic::Effort, ""), Vec::<String>::new());
}

/// H08.
#[test]
fn personalities_are_the_completions_of_hermes_own_command() {
    let list = read(
        Topic::Personality,
        &json!({"items": [{"text": "none", "display": "none", "meta": "clears it"}, {"text": ""}, {"text": "pirate"}],
            "replace_from": 13}),
    );
    assert_eq!(list.unwrap(), [row("none", "", false), row("pirate", "", false)]);
}

#[test]
fn tools_and_skills_are_each_on_or_off() {
    let list = read(
        Topic::Skills,
        &json!([{"name": "tidy", "category": "general", "enabled": true, "tools": []}, {"name": "b", "enabled": false},
            {"enabled": true}, "x"]),
    );
    assert_eq!(list.unwrap(), [row("tidy", "general", true), row("b", "", false)]);
}

/// Nothing is set before the person saw the warning.
#[test]
fn a_warning_that_wants_to_be_seen_is_no_success() {
    let names: &[&str] = &["value", "warning", "confirm_required", "confirm_message"];
    let reply = |json: &Value| {
        let raw = json.to_string();
        configured(&Fields::read(&raw, "config.set", names, &Oddities::default()).unwrap())
    };
    assert_eq!(reply(&json!({"value": "m"})), Reply::Done);
    assert_eq!(
        reply(&json!({"value": "m", "confirm_required": true, "confirm_message": "dear"})),
        Reply::Unconfirmed("dear".into())
    );
    assert!(matches!(
        reply(&json!({"value": "m", "warning": "slow"})),
        Reply::Output { warning: Some(_), .. }
    ));
}

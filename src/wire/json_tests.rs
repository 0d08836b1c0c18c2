use super::*;
use serde_json::value::to_raw_value;

fn raw(json: &str) -> Box<RawValue> {
    RawValue::from_string(json.to_owned()).unwrap()
}

#[test]
fn a_lone_surrogate_costs_itself_and_not_the_text() {
    for (json, plain) in [
        (r#""a\ud800b""#, "a\u{fffd}\u{fffd}\u{fffd}b"),
        (r#""\udc80""#, "\u{fffd}\u{fffd}\u{fffd}"),
        (r#""\ud83d\ude00""#, "😀"),
        (r#""plain""#, "plain"),
        (r#""nul \u0000 and esc \u001b""#, "nul \0 and esc \u{1b}"),
    ] {
        assert_eq!(text(&raw(json)).unwrap(), plain, "{json}");
    }
    assert_eq!(text(&raw("7")), None);
    assert_eq!(text(&raw("[\"a\"]")), None);
}

#[test]
fn a_field_of_another_type_costs_only_itself() {
    let odd = Oddities::default();
    let json = r#"{"text": 7, "n": "x", "list": {}, "flag": 1, "ok": "yes", "new": true, "nothing": null}"#;
    let fields = Fields::read(json, "it", &["text", "n", "list", "flag", "ok", "nothing"], &odd).unwrap();
    assert_eq!(fields.text("text"), None);
    assert_eq!(fields.int("n"), None);
    assert!(fields.tail("list", 3).is_none());
    assert_eq!(fields.flag("flag"), None);
    assert_eq!(fields.text("ok").unwrap().raw(), "yes");
    assert_eq!(fields.text("nothing"), None, "null is as good as absent");
    assert_eq!(odd.count(Oddity::Value), 4);
    assert_eq!(odd.all()[0], (Oddity::Field, "it.new".to_owned(), 1));
}

#[test]
fn of_a_key_that_stands_twice_the_last_counts() {
    let odd = Oddities::default();
    let fields = Fields::read(r#"{"a": "x", "a": "y"}"#, "it", &["a"], &odd).unwrap();
    assert_eq!(fields.text("a").unwrap().raw(), "y");
}

#[test]
fn only_an_object_is_read_as_one() {
    let odd = Oddities::default();
    for json in ["", " ", "[]", "7", "null", "{", "{}x", r#"{"a"}"#, r#"{"a":}"#, "\u{feff}{}", "NaN"] {
        assert!(Fields::read(json, "it", &["a"], &odd).is_none(), "{json:?}");
    }
}

#[test]
fn a_number_is_read_as_what_it_means() {
    let odd = Oddities::default();
    let of = |json: &str| {
        let json = format!(r#"{{"n":{json}}}"#);
        let fields = Fields::read(&json, "it", &["n"], &odd).unwrap();
        (fields.int("n"), fields.count("n"), fields.float("n"))
    };
    assert_eq!(of("3"), (Some(3), Some(3), Some(3.0)));
    assert_eq!(of("3.0"), (Some(3), Some(3), Some(3.0)));
    assert_eq!(of("-1"), (Some(-1), None, Some(-1.0)));
    assert_eq!(of("1e999"), (None, None, None));
    assert_eq!(of(&"9".repeat(5000)), (None, None, None));
    assert_eq!(of("1e30"), (None, None, Some(1e30)));
    assert_eq!(of("true"), (None, None, None), "a truth value is no number");
}

#[test]
fn the_tail_of_a_list_says_how_much_was_before_it() {
    let list = to_raw_value(&(0..10).collect::<Vec<_>>()).unwrap();
    let (items, dropped) = tail(&list, 3).unwrap();
    assert_eq!((items.iter().map(|item| item.get()).collect::<Vec<_>>(), dropped), (vec!["7", "8", "9"], 7));
    assert_eq!(tail(&list, 20).unwrap().1, 0);
    assert!(tail(&raw("{}"), 3).is_none());
}

#[test]
fn depth_counts_nesting_and_not_text() {
    assert_eq!(depth("7"), 0);
    assert_eq!(depth(r#"{"a":[1,{}]}"#), 3);
    assert_eq!(depth(r#"{"a":"[[[[\"[[["}"#), 1);
    assert_eq!(depth(&"[".repeat(100_000)), 100_000);
    assert_eq!(depth("]]]["), 1);
}

#[test]
fn compact_json_has_no_blanks_and_readable_letters() {
    let json = "{ \"a\" : [ 1 , \"b c\\u00e9\\n\" ],\n \"d\\\"\" : \"\\ud800\" }";
    assert_eq!(compact(&raw(json)), "{\"a\":[1,\"b cé\\n\"],\"d\\\"\":\"\u{fffd}\u{fffd}\u{fffd}\"}");
}

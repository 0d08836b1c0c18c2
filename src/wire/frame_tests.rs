use super::*;
use rstest::rstest;

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

#[rstest]
#[case::empty("", Fault::NotAnObject)]
#[case::blank("  \n", Fault::NotAnObject)]
#[case::text("hello", Fault::NotAnObject)]
#[case::cut_off(r#"{"jsonrpc":"2.0","method":"ev"#, Fault::NotAnObject)]
#[case::batch(r#"[{"id":1,"result":{}}]"#, Fault::NotAnObject)]
#[case::two(r#"{"id":1,"result":{}}{"id":2,"result":{}}"#, Fault::NotAnObject)]
#[case::nothing("{}", Fault::NoKind)]
#[case::no_params(r#"{"method":"event"}"#, Fault::NoKind)]
#[case::list_params(r#"{"method":"event","params":[]}"#, Fault::NoKind)]
#[case::no_type(r#"{"method":"event","params":{"session_id":"a"}}"#, Fault::NoKind)]
#[case::number_type(r#"{"method":"event","params":{"type":7}}"#, Fault::NoKind)]
#[case::no_outcome(r#"{"id":1}"#, Fault::NoKind)]
fn what_is_no_frame_is_malformed(#[case] text: &str, #[case] fault: Fault) {
    let odd = Oddities::default();
    assert!(matches!(parse(text, &odd), Frame::Malformed(is) if is == fault), "{text}");
}

/// FLT-28.
#[test]
fn a_frame_beyond_the_limit_is_not_looked_at() {
    let odd = Oddities::default();
    let text = " ".repeat(MAX_FRAME + 1);
    assert!(matches!(parse(&text, &odd), Frame::Malformed(Fault::TooLarge)));
}

/// FLT-29, SEC-40.
#[test]
fn an_event_nested_beyond_the_limit_is_malformed_however_deep() {
    let odd = Oddities::default();
    for depth in [MAX_DEPTH, 1_000, 100_000] {
        let text = format!(r#"{{"method":"event","params":{{"type":"x","payload":{}}}}}"#, nested(depth));
        assert!(matches!(parse(&text, &odd), Frame::Malformed(Fault::TooDeep)), "{depth}");
    }
    let text = format!(r#"{{"method":"event","params":{{"type":"x","payload":{}}}}}"#, nested(MAX_DEPTH - 2));
    assert!(matches!(parse(&text, &odd), Frame::Event { .. }));
}

/// SEC-40: its call still ends, and it is no strike.
#[test]
fn an_answer_nested_beyond_the_limit_still_says_whose_it_is() {
    let odd = Oddities::default();
    let text = format!(r#"{{"id":"h1","result":{}}}"#, nested(100_000));
    assert!(matches!(
        parse(&text, &odd),
        Frame::Response { id, outcome: Outcome::TooDeep } if id == "h1"
    ));
}

#[test]
fn an_event_of_the_whole_backend_names_no_session() {
    let odd = Oddities::default();
    for session in
        ["", r#","session_id":"""#, r#","session_id":null"#, r#","session_id":7"#, r#","session_id":"a b""#]
    {
        let text = format!(r#"{{"method":"event","params":{{"type":"skin.changed"{session}}}}}"#);
        assert!(matches!(parse(&text, &odd), Frame::Event { live: None, .. }), "{text}");
    }
    let text = r#"{"method":"event","params":{"type":"message.start","session_id":"24035877","seq":3}}"#;
    assert!(
        matches!(parse(text, &odd), Frame::Event { live: Some(live), payload: None, .. } if live.as_str() == "24035877")
    );
}

#[test]
fn an_id_and_a_method_make_a_server_request() {
    let odd = Oddities::default();
    for id in [r#""srq-0f""#, "7"] {
        let text = format!(r#"{{"id":{id},"method":"clarify","params":{{}}}}"#);
        assert!(matches!(parse(&text, &odd), Frame::ServerRequest { method, .. } if method == "clarify"));
    }
    let text = r#"{"id":null,"method":"later"}"#;
    assert!(matches!(parse(text, &odd), Frame::Notification { method } if method == "later"));
}

#[test]
fn an_answer_is_an_error_only_when_it_has_one() {
    let odd = Oddities::default();
    let text = r#"{"id":"r","result":{},"error":null}"#;
    assert!(matches!(parse(text, &odd), Frame::Response { outcome: Outcome::Result(_), .. }));
    let text = r#"{"id":"r","error":{"code":4001,"message":"session not found"}}"#;
    assert!(matches!(parse(text, &odd), Frame::Response { outcome: Outcome::Error { code: 4001, .. }, .. }));
    let text = r#"{"id":"r","error":"no"}"#;
    assert!(matches!(
        parse(text, &odd),
        Frame::Response { outcome: Outcome::Error { code: -32603, .. }, .. }
    ));
}

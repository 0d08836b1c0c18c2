//! Nothing that a backend sends can stop the program, and nothing that matters is lost by what is wrong beside it: random bytes,
//! and real frames with fields missing, added, doubled or of another type at random places (FLT-29, FLT-30).

#![expect(clippy::unwrap_used, reason = "a test program")]

#[cfg(test)]
#[path = "common/transcript.rs"]
mod transcript;

use hermux::{
    base::{
        clock::Tick,
        ids::{CallId, Epoch, LiveId, ProfileName, RequestId, StoredId},
    },
    model::agent::{Call, Fact, Reply},
    wire::{Feed, Out},
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Frames of every kind that was recorded, without the thousand repetitions of a delta.
static FRAMES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    let texts = transcript::Replay::all().into_iter().flat_map(|replay| replay.steps).map(|step| step.text);
    let frames =
        texts.filter(|text| !text.is_empty()).map(|text| serde_json::from_str::<Value>(&text).unwrap());
    let few = frames.filter(|frame| {
        let shape = match frame["params"]["type"].as_str() {
            Some(kind) => kind.to_owned(),
            None => frame["result"].as_object().map_or(String::new(), |result| {
                result.keys().map(String::as_str).collect::<Vec<_>>().join(",")
            }),
        };
        let count = seen.entry(shape).or_default();
        *count += 1;
        *count <= 12
    });
    few.collect()
});

/// One call of every kind that is answered differently.
fn calls() -> Vec<Call> {
    let live = || LiveId::new("24035877").unwrap();
    vec![
        Call::Resume { stored: StoredId::new("s").unwrap(), eager: false },
        Call::ActiveList,
        Call::Close { live: live() },
        Call::Submit { live: live(), text: String::new() },
        Call::Interrupt { live: live() },
        Call::Approve { live: live(), choice: "deny".into(), request: None },
        Call::Clarify { request: RequestId::new("r").unwrap(), answer: String::new() },
        Call::Title { live: live(), title: String::new() },
        Call::Setup,
        Call::Slash { live: live(), command: String::new() },
        Call::Dispatch { live: live(), name: String::new(), arg: String::new() },
        Call::Set { live: live(), key: String::new(), value: String::new() },
        Call::Processes { live: None },
        Call::StopProcesses,
    ]
}

/// A connection that is up, and the ids of its open calls.
fn feed() -> (Feed, Vec<String>) {
    let mut feed = Feed::new(ProfileName::new("default").unwrap(), Epoch(1));
    feed.text(r#"{"method":"event","params":{"type":"gateway.ready","payload":{}}}"#, Tick(0));
    let open = calls().into_iter().enumerate().map(|(n, call)| {
        let frame = feed.call(CallId(n as u64), &call, 1_000, Tick(0), |_| None).unwrap();
        serde_json::from_str::<Value>(frame.text()).unwrap()["id"].as_str().unwrap().to_owned()
    });
    let ids = open.collect();
    (feed, ids)
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        select(vec!["", "event", "error", "blocked", "once", "24035877", "\u{1b}[31m", "\u{0}"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((".{0,8}", inner), 0..4).prop_map(|list| Value::Object(list.into_iter().collect())),
        ]
    })
}

#[derive(Debug, Clone)]
enum Wrong {
    Remove,
    Replace(Value),
    Add(String, Value),
}

fn wrong() -> impl Strategy<Value = Wrong> {
    prop_oneof![
        Just(Wrong::Remove),
        any_json().prop_map(Wrong::Replace),
        (".{0,10}", any_json()).prop_map(|(key, value)| Wrong::Add(key, value)),
    ]
}

/// Every place in `value`, as pointers.
fn places(value: &Value, at: &str, list: &mut Vec<String>) {
    list.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let key = key.replace('~', "~0").replace('/', "~1");
                places(inner, &format!("{at}/{key}"), list);
            }
        }
        Value::Array(items) => {
            // The first ones stand for all.
            for (n, inner) in items.iter().enumerate().take(3) {
                places(inner, &format!("{at}/{n}"), list);
            }
        }
        _ => {}
    }
}

fn mutate(frame: &mut Value, at: Index, wrong: &Wrong) {
    let mut list = Vec::new();
    places(frame, "", &mut list);
    let place = at.get(&list);
    match wrong {
        Wrong::Remove => {
            let Some((parent, key)) = place.rsplit_once('/') else { return };
            match frame.pointer_mut(parent) {
                Some(Value::Object(map)) => drop(map.remove(&key.replace("~1", "/").replace("~0", "~"))),
                Some(Value::Array(items)) => drop(items.remove(key.parse().unwrap())),
                _ => {}
            }
        }
        Wrong::Replace(value) => *frame.pointer_mut(place).unwrap() = value.clone(),
        Wrong::Add(key, value) => match frame.pointer_mut(place) {
            Some(Value::Object(map)) => drop(map.insert(key.clone(), value.clone())),
            Some(Value::Array(items)) => items.push(value.clone()),
            _ => {}
        },
    }
}

fn asks(outs: &[Out]) -> bool {
    outs.iter().any(|out| matches!(out, Out::Fact { fact: Fact::Asked(_), .. }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_a_value(text in prop_oneof![
        any::<String>(),
        vec(any::<u8>(), 0..400).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        r#"[\{\}\[\]",:0-9a-z\\u ]{0,80}"#,
    ]) {
        let (mut feed, _) = feed();
        feed.text(&text, Tick(1));
        prop_assert!(feed.down().len() >= calls().len() - 1, "no call is lost unsettled");
    }

    #[test]
    fn a_frame_cut_anywhere_is_a_value(which in any::<Index>(), at in any::<Index>()) {
        let (mut feed, _) = feed();
        let text = which.get(&FRAMES).to_string();
        let cut: String = text.chars().take(at.index(text.chars().count())).collect();
        let outs = feed.text(&cut, Tick(1));
        prop_assert!(outs.iter().all(|out| matches!(out, Out::Log { .. })), "{outs:?}");
    }

    #[test]
    fn an_event_with_wrong_fields_is_a_value_and_a_request_in_it_is_seen(
        which in any::<Index>(),
        wrongs in vec((any::<Index>(), wrong()), 1..4),
    ) {
        let (mut feed, _) = feed();
        let mut frame = which.get(&FRAMES).clone();
        for (at, wrong) in &wrongs {
            mutate(&mut frame, *at, wrong);
        }
        let outs = feed.text(&frame.to_string(), Tick(1));
        let kind = frame["params"]["type"].as_str().unwrap_or("");
        let request = frame["method"] == "event" && frame["id"].is_null() && kind.ends_with(".request");
        let known = ["approval", "clarify", "sudo", "secret", "terminal.read"];
        if request && known.iter().any(|known| kind == format!("{known}.request")) {
            prop_assert!(asks(&outs), "{frame}");
        }
        let server = frame["method"].is_string() && frame["method"] != "event" && !frame["id"].is_null();
        prop_assert!(!server || asks(&outs), "{frame}");
    }

    #[test]
    fn a_wrong_answer_settles_its_call_all_the_same(
        which in any::<Index>(),
        whose in any::<Index>(),
        wrongs in vec((any::<Index>(), wrong()), 0..4),
    ) {
        let (mut feed, ids) = feed();
        let answers: Vec<_> = FRAMES.iter().filter(|frame| frame.get("id").is_some()).collect();
        let mut body = Map::new();
        for key in ["result", "error"] {
            if let Some(inner) = which.get(&answers).get(key) {
                let mut inner = inner.clone();
                for (at, wrong) in &wrongs {
                    mutate(&mut inner, *at, wrong);
                }
                body.insert(key.to_owned(), inner);
            }
        }
        prop_assume!(body.values().any(|inner| !inner.is_null()));
        let id = whose.get(&ids);
        body.insert("id".to_owned(), json!(id));
        let outs = feed.text(&Value::Object(body).to_string(), Tick(1));
        let replies = outs.iter().filter(|out| matches!(out, Out::Reply { .. })).count();
        prop_assert_eq!(replies, 1, "{:?}", outs);
        // A backend of another profile is cut off; else every other call still waits.
        let rest = feed.down();
        prop_assert_eq!(rest.len(), ids.len() - 1);
        let lost = |out: &Out| matches!(out, Out::Reply { reply: Reply::Lost, .. });
        prop_assert!(rest.iter().all(lost), "{rest:?}");
    }

    #[test]
    fn a_doubled_key_is_a_value(which in any::<Index>(), key in "(id|method|params|result|jsonrpc)", value in any_json()) {
        let (mut feed, _) = feed();
        let frame = which.get(&FRAMES).to_string();
        let doubled = format!("{},{}:{value}}}", &frame[..frame.len() - 1], json!(key));
        feed.text(&doubled, Tick(1));
    }
}

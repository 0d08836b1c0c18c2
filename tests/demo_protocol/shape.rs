//! The shape of frames: which keys an object has, and of which JSON type each value is. Learned from recordings, held
//! against what the demo backend sends.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Objects whose keys are names and not fields.
const NAMED: [&str; 9] = [
    ".info.tools",
    ".info.skills",
    ".tools",
    ".skills",
    ".capabilities",
    ".canon",
    ".sub",
    ".result.args",
    ".args",
];

/// Fields that the protocol marks optional although every recording has them.
const OPTIONAL: [&str; 2] = ["install_warning", "url"];

/// A frame in one direction of one socket.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// From the client.
    pub(crate) outgoing: bool,
    /// Names the socket, so that request ids do not mix.
    pub(crate) socket: String,
    pub(crate) frame: Value,
}

/// Names the kind of every frame that the backend sent, with the part that has the shape.
pub(crate) fn kinds(all: &[Sent]) -> Vec<(String, Value)> {
    let mut requests: BTreeMap<String, Value> = BTreeMap::new();
    let mut kinds = Vec::new();
    for sent in all {
        let frame = &sent.frame;
        let key = format!("{} {}", sent.socket, frame["id"]);
        if sent.outgoing {
            requests.insert(key, frame.clone());
        } else if frame["method"] == "event" {
            let kind = frame["params"]["type"].as_str().unwrap_or("?");
            let kind = if kind == "secret.expire" { "sudo.expire" } else { kind };
            // Arguments and results are the tool's own.
            let tool = frame["params"]["payload"]["name"].as_str().filter(|_| kind == "tool.complete");
            let mut body = frame.clone();
            if let Some(map) = body["params"].as_object_mut() {
                map.insert("type".into(), kind.into());
            }
            kinds.push((
                format!("event {kind}{}", tool.map(|tool| format!(" {tool}")).unwrap_or_default()),
                body,
            ));
        } else if frame.get("error").is_some() {
            kinds.push(("error".to_owned(), frame.clone()));
        } else if let Some(request) = requests.get(&key) {
            let method = request["method"].as_str().unwrap_or("?");
            let mut kind = format!("reply {method}");
            if method.starts_with("config.") {
                kind.extend([" ", request["params"]["key"].as_str().unwrap_or("?")]);
            }
            if let Some(variant) = frame["result"]["type"].as_str() {
                kind.extend([" ", variant]);
            }
            if frame["result"]["info"]["lazy"] == true {
                kind.push_str(" lazy");
            }
            if let Some(ok) = frame["result"]["ok"].as_bool() {
                kind.push_str(if ok { " true" } else { " false" });
            }
            let mut body = frame.clone();
            // Messages for display have one shape, whichever answer they stand in; compress answers raw ones.
            if let Some(messages) =
                body["result"]["messages"].as_array_mut().filter(|_| method != "session.compress")
            {
                for message in messages.drain(..) {
                    kinds.push((format!("message {}", message["role"].as_str().unwrap_or("?")), message));
                }
            }
            kinds.push((kind, body));
        }
    }
    kinds
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// What is known of one kind.
#[derive(Debug, Default)]
struct Kind {
    types: BTreeMap<String, BTreeSet<&'static str>>,
    /// How many objects were seen at a path, and how many of them had a key.
    objects: BTreeMap<String, u64>,
    keys: BTreeMap<String, BTreeMap<String, u64>>,
}

/// What is known of all kinds.
#[derive(Debug, Default)]
pub(crate) struct Shapes {
    kinds: BTreeMap<String, Kind>,
}

impl Shapes {
    pub(crate) fn learn(&mut self, kind: &str, frame: &Value) {
        let known = self.kinds.entry(kind.to_owned()).or_default();
        walk(frame, "", &mut |path, value| {
            known.types.entry(path.to_owned()).or_default().insert(type_of(value));
            if let Some(map) = value.as_object().filter(|_| !named(path)) {
                *known.objects.entry(path.to_owned()).or_default() += 1;
                for key in map.keys() {
                    *known.keys.entry(path.to_owned()).or_default().entry(key.clone()).or_default() += 1;
                }
            }
        });
    }

    /// What is wrong with a frame of this kind, in words; empty when nothing is.
    pub(crate) fn faults(&self, kind: &str, frame: &Value) -> Vec<String> {
        let Some(known) = self.kinds.get(kind) else { return vec![format!("{kind}: was never recorded")] };
        let mut faults = Vec::new();
        walk(frame, "", &mut |path, value| {
            match known.types.get(path) {
                None => faults.push(format!("{kind}: {path} is not in any recording")),
                Some(types) if !types.contains(type_of(value)) => {
                    faults.push(format!("{kind}: {path} is {} but was {types:?}", type_of(value)));
                }
                Some(_) => {}
            }
            let (Some(map), Some(seen)) = (value.as_object(), known.objects.get(path)) else { return };
            for (key, times) in known.keys.get(path).into_iter().flatten() {
                if times == seen && !map.contains_key(key) && !OPTIONAL.contains(&key.as_str()) {
                    faults.push(format!("{kind}: {path}.{key} is missing"));
                }
            }
        });
        faults
    }
}

/// Whether the keys at `path` are names.
pub(crate) fn named(path: &str) -> bool {
    NAMED.iter().any(|end| path.ends_with(end))
}

/// Visits every value with its path. Elements of an array share one path, split by their role if they have one.
pub(crate) fn walk<'a>(value: &'a Value, path: &str, visit: &mut impl FnMut(&str, &'a Value)) {
    visit(path, value);
    match value {
        Value::Object(map) if named(path) => {
            for inner in map.values() {
                walk(inner, &format!("{path}.*"), visit);
            }
        }
        Value::Object(map) => {
            for (key, inner) in map {
                walk(inner, &format!("{path}.{key}"), visit);
            }
        }
        Value::Array(list) => {
            for inner in list {
                let role = inner["role"].as_str().unwrap_or_default();
                walk(inner, &format!("{path}[{role}]"), visit);
            }
        }
        _ => {}
    }
}

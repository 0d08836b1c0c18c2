//! The demo backend speaks what the real one speaks: every frame it sends is held against the recordings, key by key, and
//! its rules are those that a client has to live with.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

#[path = "demo_protocol/client.rs"]
mod client;
#[path = "demo_protocol/faults.rs"]
mod faults;
#[path = "demo_protocol/prompts.rs"]
mod prompts;
#[path = "demo_protocol/rules.rs"]
mod rules;
#[path = "demo_protocol/scenes.rs"]
mod scenes;
#[path = "demo_protocol/shape.rs"]
mod shape;

use client::{Client, Demo};
use hermux::base::clock::Tick;
use hermux::base::ids::{Epoch, ProfileName};
use hermux::model::agent::Fact;
use hermux::wire::{Feed, Out, oddity::Oddity};
use serde_json::{Value, json};
use shape::{Sent, Shapes};
use std::collections::BTreeMap;

/// Everything that the recordings show.
fn recorded() -> Shapes {
    let mut shapes = Shapes::default();
    for file in std::fs::read_dir("tests/fixtures/transcripts").unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let sent: Vec<Sent> = text
            .lines()
            .filter_map(|line| {
                let line: Value = serde_json::from_str(line).unwrap();
                let frame = line.get("frame")?.clone();
                let socket = line["conn"].as_str().unwrap_or_default().to_owned();
                Some(Sent { outgoing: line["dir"] == "out", socket, frame })
            })
            .collect();
        for (kind, mut body) in shape::kinds(&sent) {
            shapes.learn(&kind, &body);
            // Documented, but no recording has an agent of an agent.
            if kind.starts_with("event subagent.") {
                body["params"]["payload"]["parent_id"] = "sa-0-1999f410".into();
                shapes.learn(&kind, &body);
            }
        }
    }
    shapes
}

fn home() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    hermux::demo::prepare_home(dir.path(), 7).unwrap();
    dir
}

/// Goes through every method and every scene, and returns all frames.
async fn grand_tour() -> Vec<Sent> {
    let home = home();
    let demo = Demo::start(home.path(), "--pace 0 --build-delay 1").await;
    let mut client = demo.connect("a").await;
    let cwd = home.path().join("workspace").display().to_string();
    let (live, stored) = client.session(json!({ "cols": 100, "cwd": cwd })).await;
    client.refused("session.branch", json!({ "session_id": live })).await;
    client.turn(&live, "hello").await;
    client.event("session.title").await;
    for text in ["is it a bug?", "/demo stream 5 0", "/demo tool", "/demo edit", "/demo help"] {
        client.turn(&live, text).await;
    }
    client.call("config.set", json!({ "session_id": live, "key": "verbose", "value": "verbose" })).await;
    client.turn(&live, "/demo tool").await;
    client.call("config.set", json!({ "session_id": live, "key": "verbose", "value": "all" })).await;
    tour_of_scenes(&mut client, &live).await;
    tour_of_prompts(&mut client, &live).await;
    tour_of_sessions(&mut client, &live, &stored, &cwd).await;
    tour_of_settings(&mut client, &live).await;
    let (plain, _) = client.session(json!({ "cwd": cwd })).await;
    client.call("session.compress", json!({ "session_id": plain })).await;
    for text in ["one", "two", "three", "four"] {
        client.turn(&plain, text).await;
    }
    let compressed = client.call("session.compress", json!({ "session_id": plain })).await;
    assert!(compressed["removed"].as_u64() > Some(0), "{compressed}");
    client.call("session.close", json!({ "session_id": live })).await;
    let mut all = client.log();
    all.extend(expiries(home.path()).await);
    all.extend(without_provider(home.path()).await);
    all
}

/// Scenes that do more than answer: what they start goes on when the turn is over.
async fn tour_of_scenes(client: &mut Client, live: &str) {
    for text in
        ["/demo markdown", "/demo reason", "/demo todo", "/demo title", "/demo flood 100", "/demo rotate"]
    {
        client.turn(live, text).await;
    }
    for kind in ["provider", "auth", "rate", "credit", "network", "cut"] {
        client.turn(live, &format!("/demo error {kind}")).await;
    }
    client.skip();
    client.call("prompt.submit", json!({ "session_id": live, "text": "/demo error refused" })).await;
    client.event("error").await;
    client.event("session.info").await;
    for scene in ["subagents", "background"] {
        client.turn(live, &format!("/demo {scene}")).await;
        client.call("process.list", json!({ "session_id": live })).await;
        client.event("message.complete").await;
        client.event("session.info").await;
    }
}

async fn tour_of_prompts(client: &mut Client, live: &str) {
    for choice in ["once", "deny", "session"] {
        client.skip();
        client.call("prompt.submit", json!({ "session_id": live, "text": "/demo approval" })).await;
        client.event("approval.request").await;
        client.call("session.active_list", json!({})).await;
        client.call("approval.respond", json!({ "session_id": live, "choice": choice })).await;
        client.event("session.info").await;
    }
    for (scene, event, method, answer) in [
        ("clarify", "clarify.request", "clarify.respond", "answer"),
        ("clarify open", "clarify.request", "clarify.respond", "answer"),
        ("sudo", "sudo.request", "sudo.respond", "password"),
        ("secret", "secret.request", "secret.respond", "value"),
    ] {
        for said in ["word", ""] {
            client.skip();
            client
                .call("prompt.submit", json!({ "session_id": live, "text": format!("/demo {scene}") }))
                .await;
            let request = client.event(event).await["payload"]["request_id"].clone();
            client.call("session.activate", json!({ "session_id": live })).await;
            client.call(method, json!({ "request_id": request, answer: said })).await;
            client.event("session.info").await;
            client.ask(method, json!({ "request_id": request, answer: "late" })).await;
        }
    }
    client.skip();
    client.call("prompt.submit", json!({ "session_id": live, "text": "/demo hang" })).await;
    client.event("message.delta").await;
    client.call("session.steer", json!({ "session_id": live, "text": "hi to Bob" })).await;
    client.call("config.set", json!({ "key": "busy", "value": "queue" })).await;
    client.call("prompt.submit", json!({ "session_id": live, "text": "later" })).await;
    client.call("session.activate", json!({ "session_id": live })).await;
    client.call("session.interrupt", json!({ "session_id": live })).await;
    client.event("session.info").await;
}

async fn tour_of_sessions(client: &mut Client, live: &str, stored: &str, cwd: &str) {
    let here = json!({ "session_id": live });
    client.call("session.title", here.clone()).await;
    client.call("session.title", json!({ "session_id": live, "title": "On tour" })).await;
    client.call("session.usage", here.clone()).await;
    client.call("session.history", here.clone()).await;
    client.call("session.list", json!({ "limit": 5 })).await;
    client.call("session.most_recent", json!({})).await;
    client.call("session.activate", here.clone()).await;
    client.call("session.resume", json!({ "session_id": stored, "cols": 90 })).await;
    client.call("session.cwd.set", json!({ "session_id": live, "cwd": cwd })).await;
    client.call("session.undo", here.clone()).await;
    client.call("command.dispatch", json!({ "session_id": live, "name": "undo", "arg": "" })).await;
    client.call("command.dispatch", json!({ "session_id": live, "name": "retry" })).await;
    client.call("command.dispatch", json!({ "session_id": live, "name": "goal", "arg": "status" })).await;
    let branch = client.call("session.branch", json!({ "session_id": live, "name": "Twig" })).await;
    let twig = branch["session_id"].as_str().unwrap().to_owned();
    client.call("session.close", json!({ "session_id": twig })).await;
    let resumed = client.call("session.resume", json!({ "session_id": "Twig" })).await;
    let again = json!({ "session_id": resumed["session_id"] });
    client.call("session.close", again.clone()).await;
    client.call("session.close", again).await;
    let lazy = client.call("session.resume", json!({ "session_id": "Twig", "lazy": true })).await;
    client.call("session.activate", json!({ "session_id": lazy["session_id"] })).await;
    client.turn(lazy["session_id"].as_str().unwrap(), "after lazy").await;
    client.refused("session.delete", json!({ "session_id": lazy["resumed"] })).await;
    client.call("session.close", json!({ "session_id": lazy["session_id"] })).await;
    client.call("session.delete", json!({ "session_id": lazy["resumed"] })).await;
}

async fn tour_of_settings(client: &mut Client, live: &str) {
    client.call("terminal.resize", json!({ "session_id": live, "cols": 77 })).await;
    for key in ["busy", "approvals.mode", "reasoning", "fast", "personality", "skin", "profile"] {
        client.call("config.get", json!({ "key": key, "session_id": live })).await;
    }
    for (key, value) in [
        ("yolo", ""),
        ("reasoning", "high"),
        ("approvals.mode", "smart"),
        ("model", "demo-mini"),
        ("busy", "interrupt"),
    ] {
        client.call("config.set", json!({ "session_id": live, "key": key, "value": value })).await;
    }
    client.call("model.options", json!({ "session_id": live })).await;
    client.call("setup.status", json!({})).await;
    client.call("setup.runtime_check", json!({})).await;
    client.call("commands.catalog", json!({})).await;
    for text in ["/mo", "/demo s", "x"] {
        client.call("complete.slash", json!({ "text": text })).await;
    }
    for command in ["/help", "/status", "/usage", "/model", "/nope"] {
        client.call("slash.exec", json!({ "session_id": live, "command": command })).await;
    }
    client.call("process.list", json!({ "session_id": live })).await;
    client.call("process.stop", json!({})).await;
}

async fn expiries(home: &std::path::Path) -> Vec<Sent> {
    let demo = Demo::start(home, "--profile research --pace 0 --build-delay 1 --prompt-timeout 20").await;
    let mut client = demo.connect("ex").await;
    let (live, _) = client.session(json!({})).await;
    for scene in ["sudo", "secret", "clarify"] {
        client.turn(&live, &format!("/demo {scene}")).await;
    }
    client.log()
}

async fn without_provider(home: &std::path::Path) -> Vec<Sent> {
    let demo = Demo::start(home, "--profile work --pace 0 --build-delay 1 --no-provider").await;
    let mut client = demo.connect("np").await;
    client.call("setup.status", json!({})).await;
    client.call("setup.runtime_check", json!({})).await;
    let made = client.call("session.create", json!({ "cols": 90 })).await;
    client.event("error").await;
    let live = json!({ "session_id": made["session_id"] });
    client.call("prompt.submit", json!({ "session_id": made["session_id"], "text": "hello" })).await;
    client.call("session.activate", live.clone()).await;
    assert_eq!(client.refused("session.undo", live).await, 5032);
    client.log()
}

/// What a client of the first slice must have seen, so that the comparison below is not empty.
const SEEN: [&str; 31] = [
    "event gateway.ready",
    "event session.info",
    "event session.title",
    "event message.start",
    "event message.delta",
    "event message.interim",
    "event message.complete",
    "event thinking.delta",
    "event reasoning.delta",
    "event reasoning.available",
    "event tool.generating",
    "event tool.start",
    "event tool.complete terminal",
    "event tool.complete write_file",
    "event tool.complete patch",
    "event tool.complete read_file",
    "event tool.complete clarify",
    "event tool.complete skill_view",
    "event approval.request",
    "event clarify.request",
    "event sudo.request",
    "event secret.request",
    "event sudo.expire",
    "event status.update",
    "event error",
    "event tool.complete todo",
    "event tool.complete delegate_task",
    "event subagent.start",
    "event subagent.tool",
    "event subagent.complete",
    "event agent.terminal.output",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_frame_has_the_keys_and_types_of_the_recordings() {
    let shapes = recorded();
    let tour = grand_tour().await;
    hermux_understands(&tour);
    let emitted = shape::kinds(&tour);
    let mut faults: Vec<String> = emitted.iter().flat_map(|(kind, body)| shapes.faults(kind, body)).collect();
    faults.sort();
    faults.dedup();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    for kind in SEEN {
        assert!(emitted.iter().any(|(seen, _)| seen == kind), "{kind} was never sent");
    }
    a_mutated_key_or_type_is_noticed(&shapes, &emitted);
}

/// The translator of hermux finds nothing odd in it, but for answers to calls that it did not make itself.
fn hermux_understands(tour: &[Sent]) {
    let mut feed = Feed::new(ProfileName::default_profile(), Epoch(1));
    let mut facts = 0;
    for sent in tour.iter().filter(|sent| !sent.outgoing && sent.socket == "a") {
        for out in feed.text(&sent.frame.to_string(), Tick(0)) {
            match out {
                Out::Fact { fact: Fact::Unknown { kind }, .. } => panic!("unknown {kind:?}"),
                Out::Fact { .. } => facts += 1,
                Out::WrongProfile { .. } | Out::Disconnect { .. } => panic!("{out:?}"),
                _ => {}
            }
        }
    }
    let odd: Vec<_> = feed.oddities().all().into_iter().filter(|(what, ..)| *what != Oddity::Reply).collect();
    assert!(odd.is_empty() && facts > 500, "{facts} facts, {odd:?}");
}

/// Renames each key and changes each type of one frame a kind: every change must be a fault.
fn a_mutated_key_or_type_is_noticed(shapes: &Shapes, emitted: &[(String, Value)]) {
    let mut one_each: BTreeMap<&str, &Value> = BTreeMap::new();
    for (kind, body) in emitted {
        one_each.insert(kind, body);
    }
    let mut mutated = 0;
    for (kind, body) in one_each {
        let mut paths = Vec::new();
        pointers(body, "", "", &mut paths);
        for (pointer, path) in paths {
            if shape::named(path.rsplit_once('.').map_or("", |(parent, _)| parent)) || path.contains(".*") {
                continue;
            }
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            let mut renamed = body.clone();
            let map = renamed.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
            let value = map.remove(key).unwrap();
            map.insert(format!("{key}_"), value);
            assert!(!shapes.faults(kind, &renamed).is_empty(), "{kind}: {path} renamed, and nothing noticed");
            let mut retyped = body.clone();
            *retyped.pointer_mut(&pointer).unwrap() = json!([[["no recording has this"]]]);
            assert!(!shapes.faults(kind, &retyped).is_empty(), "{kind}: {path} retyped, and nothing noticed");
            mutated += 1;
        }
    }
    assert!(mutated > 300, "only {mutated} keys were tried");
}

/// The pointer and the shape path of every key of every object.
fn pointers(value: &Value, pointer: &str, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let inner_path =
                    if shape::named(path) { format!("{path}.*") } else { format!("{path}.{key}") };
                let inner_pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                if !shape::named(path) {
                    found.push((inner_pointer.clone(), inner_path.clone()));
                }
                pointers(inner, &inner_pointer, &inner_path, found);
            }
        }
        Value::Array(list) => {
            for (at, inner) in list.iter().enumerate() {
                pointers(inner, &format!("{pointer}/{at}"), &format!("{path}[]"), found);
            }
        }
        _ => {}
    }
}

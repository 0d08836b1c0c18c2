//! Recorded conversations, fed through `wire::Feed` as the hub would.

#![allow(dead_code, reason = "each test program reads another part")]

use hermux::{
    base::{
        clock::Tick,
        ids::{CallId, Epoch, LiveId, ProfileName, RequestId, SecretHandle, StoredId},
        secret::Secret,
    },
    model::agent::{Call, Fact, Reply},
    wire::{Feed, Out, oddity::Oddity},
};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::PathBuf};

/// One frame from the backend, and what it came to.
pub(crate) struct Step {
    pub(crate) text: String,
    pub(crate) outs: Vec<Out>,
}

pub(crate) struct Replay {
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
    /// How many replies each registered call got, the ones lost with the connection included.
    pub(crate) answered: BTreeMap<CallId, usize>,
    pub(crate) oddities: Vec<(Oddity, String, u64)>,
}

impl Replay {
    /// All recordings, by name.
    pub(crate) fn all() -> Vec<Self> {
        paths().iter().map(Self::of).collect()
    }

    /// The recording whose name begins with `number`.
    pub(crate) fn numbered(number: &str) -> Self {
        let named = |path: &&PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(number);
        Self::of(paths().iter().find(named).unwrap())
    }

    /// Everything that came of it, in order.
    pub(crate) fn outs(&self) -> impl Iterator<Item = &Out> {
        self.steps.iter().flat_map(|step| &step.outs)
    }

    pub(crate) fn facts(&self) -> Vec<&Fact> {
        let facts = self.outs().filter_map(|out| match out {
            Out::Fact { fact, .. } => Some(fact),
            _ => None,
        });
        facts.collect()
    }

    pub(crate) fn replies(&self) -> Vec<&Reply> {
        let replies = self.outs().filter_map(|out| match out {
            Out::Reply { reply, .. } => Some(reply),
            _ => None,
        });
        replies.collect()
    }

    fn of(path: &PathBuf) -> Self {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let recorded = fs::read_to_string(path).unwrap();
        let mut lines = recorded.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let meta = lines.next().unwrap();
        let profile = ProfileName::new(meta["meta"]["profile"].as_str().unwrap_or("default")).unwrap();
        let mut replay = Self { name, steps: Vec::new(), answered: BTreeMap::new(), oddities: Vec::new() };
        let mut feeds: BTreeMap<String, Feed> = BTreeMap::new();
        // The recorder's ids, by connection, to the ids of hermux' own requests.
        let mut ids: BTreeMap<(String, String), Value> = BTreeMap::new();
        let mut epochs = 0;
        for line in lines {
            let now = Tick((line["t"].as_f64().unwrap_or(0.0) * 1000.0) as u64);
            let conn = line["conn"].as_str().unwrap_or("").to_owned();
            if line.get("close").is_some() {
                if let Some(mut feed) = feeds.remove(&conn) {
                    replay.take(String::new(), feed.down());
                    replay.oddities.extend(feed.oddities().all());
                }
                continue;
            }
            let Some(frame) = line.get("frame") else { continue };
            let feed = feeds.entry(conn.clone()).or_insert_with(|| {
                epochs += 1;
                Feed::new(profile.clone(), Epoch(epochs))
            });
            let key = (conn, frame["id"].to_string());
            if line["dir"] == "out" {
                if let Some(call) = call(frame) {
                    let id = CallId(replay.answered.len() as u64 + 1);
                    let redeem = |_| Some(Secret::new("typed".into()));
                    let sent = feed.call(id, &call, 600_000, now, redeem).unwrap();
                    let sent: Value = serde_json::from_str(sent.text()).unwrap();
                    ids.insert(key, sent["id"].clone());
                    replay.answered.insert(id, 0);
                }
                continue;
            }
            let mut frame = frame.clone();
            if let Some(id) = ids.remove(&key) {
                frame["id"] = id;
            }
            let text = frame.to_string();
            let outs = feed.text(&text, now);
            replay.take(text, outs);
        }
        for (_, mut feed) in feeds {
            replay.take(String::new(), feed.down());
            replay.oddities.extend(feed.oddities().all());
        }
        replay
    }

    fn take(&mut self, text: String, outs: Vec<Out>) {
        for out in &outs {
            if let Out::Reply { call, .. } = out {
                *self.answered.get_mut(call).unwrap() += 1;
            }
        }
        self.steps.push(Step { text, outs });
    }
}

pub(crate) fn paths() -> Vec<PathBuf> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
    let mut paths: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    paths.sort();
    paths
}

/// The call that a recorded request is, if hermux makes such calls.
fn call(frame: &Value) -> Option<Call> {
    let params = &frame["params"];
    let text = |name: &str| params[name].as_str().unwrap_or("").to_owned();
    let live = || LiveId::new(&text("session_id"));
    let request = || RequestId::new(&text("request_id"));
    let handle = Some(SecretHandle(1));
    Some(match frame["method"].as_str()? {
        "session.create" => Call::Create { cwd: text("cwd") },
        // Its answer has the same shape.
        "session.resume" | "session.activate" => {
            // A title can be asked for too; hermux does not.
            let stored = StoredId::new(&text("session_id")).or_else(|| StoredId::new("by-title"))?;
            Call::Resume { stored, eager: true }
        }
        "session.active_list" => Call::ActiveList,
        "session.close" => Call::Close { live: live()? },
        "prompt.submit" => Call::Submit { live: live()?, text: text("text") },
        "session.interrupt" => Call::Interrupt { live: live()? },
        "approval.respond" => Call::Approve { live: live()?, choice: text("choice"), request: None },
        "clarify.respond" => Call::Clarify { request: request()?, answer: text("answer") },
        "sudo.respond" => Call::Sudo { request: request()?, password: handle },
        "secret.respond" => Call::Secret { request: request()?, value: handle },
        "session.title" => Call::Title { live: live()?, title: text("title") },
        "process.stop" => Call::StopProcesses,
        "setup.status" => Call::Setup,
        "slash.exec" => Call::Slash { live: live()?, command: text("command") },
        "command.dispatch" => Call::Dispatch { live: live()?, name: text("name"), arg: text("arg") },
        "config.set" => Call::Set { live: live()?, key: text("key"), value: text("value") },
        _ => return None,
    })
}

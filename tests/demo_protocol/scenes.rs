//! The order of events in the scenes whose turns are not plain ones, as the recordings have it.

use crate::client::{Client, Demo};
use crate::home;
use crate::rules::{FAST, order};
use serde_json::{Value, json};

/// The payloads of a session's events of one kind.
fn payloads(client: &Client, live: &str, kind: &str) -> Vec<Value> {
    let frames = client.frames();
    let of = |frame: &&Value| frame["params"]["session_id"] == live && frame["params"]["type"] == kind;
    frames.iter().filter(of).map(|frame| frame["params"]["payload"].clone()).collect()
}

/// Plays a scene and, when it leaves something running, the turn that begins by itself.
async fn play(scene: &str, told: bool) -> (Client, String, Demo) {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, _) = client.session(json!({})).await;
    client.turn(&live, &format!("/demo {scene}")).await;
    if told {
        client.event("message.complete").await;
        client.event("session.info").await;
    }
    (client, live, demo)
}

#[tokio::test]
async fn a_todo_list_is_told_whole_with_every_call() {
    let (client, live, _) = play("todo", false).await;
    let calls = payloads(&client, &live, "tool.complete");
    let lists: Vec<&Value> = calls.iter().filter(|call| call["name"] == "todo").collect();
    assert_eq!(lists.len(), 6);
    for call in &lists {
        assert_eq!(call["todos"], call["result"]["todos"]);
        assert_eq!(call["todos"].as_array().unwrap().len(), 5, "a merge answers the whole list");
    }
    assert_eq!(lists[0]["result"]["summary"]["in_progress"], 1);
    assert_eq!(lists[1]["args"]["todos"].as_array().unwrap().len(), 2, "only what changes is sent");
    assert_eq!(lists[5]["result"]["summary"]["completed"], 5);
}

/// CHECK facts 18 and 19.
#[tokio::test]
async fn subagents_work_on_after_the_turn_and_then_a_turn_begins_by_itself() {
    let (client, live, _) = play("subagents", true).await;
    let started = payloads(&client, &live, "subagent.start");
    let ended = payloads(&client, &live, "subagent.complete");
    assert_eq!((started.len(), ended.len()), (4, 4));
    let failed: Vec<&Value> = ended.iter().filter(|one| one["status"] == "failed").collect();
    assert_eq!((failed.len(), &failed[0]["task_index"]), (1, &json!(1)));
    let nested: Vec<&Value> = started.iter().filter(|one| one["depth"] == 1).collect();
    assert_eq!(nested.len(), 1);
    assert!(started.iter().any(|one| one["subagent_id"] == nested[0]["parent_id"]), "its parent was told of");
    let kinds = order(&client, &live);
    let told = kinds.iter().position(|kind| kind == "status.update").unwrap();
    let last = kinds.iter().rposition(|kind| kind == "subagent.complete").unwrap();
    assert!(last < told && kinds[told + 1] == "message.start", "{kinds:?}");
    let text = payloads(&client, &live, "status.update")[0]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("[ASYNC DELEGATION BATCH COMPLETE"), "{text}");
    assert!(text.contains("✗ TASK 2/3") && text.contains("status=failed"), "{text}");
    assert_eq!(client.frames().iter().filter(|f| f["params"]["type"] == "message.start").count(), 3);
}

/// CHECK facts 18 and 21.
#[tokio::test]
async fn a_background_process_is_told_of_when_it_ends() {
    let (mut client, live, _demo) = play("background", true).await;
    let chunks = payloads(&client, &live, "agent.terminal.output");
    let text = payloads(&client, &live, "status.update")[0]["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("[IMPORTANT: Background process proc_"), "{text}");
    for chunk in &chunks {
        assert!(text.contains(chunk["chunk"].as_str().unwrap()));
    }
    let left = client.call("process.list", json!({ "session_id": live })).await;
    assert_eq!(left["processes"], json!([]));
}

#[tokio::test]
async fn a_stopped_process_ends_without_a_word() {
    let home = home();
    let demo = Demo::start(home.path(), "--build-delay 1").await;
    let mut client = demo.connect("a").await;
    let (live, _) = client.session(json!({})).await;
    client.turn(&live, "/demo background").await;
    let listed = client.call("process.list", json!({ "session_id": live })).await;
    assert_eq!(listed["processes"][0]["status"], "running");
    let all = client.call("agents.list", json!({})).await;
    assert_eq!(all["processes"][0]["status"], "running");
    assert_eq!(client.call("process.stop", json!({})).await["killed"], 1);
    let left = client.call("process.list", json!({ "session_id": live })).await;
    assert_eq!(left["processes"], json!([]));
}

/// CHECK facts 39 and 40.
#[tokio::test]
async fn a_rotation_is_learned_from_the_info_after_the_turn_alone() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, old) = client.session(json!({})).await;
    client.turn(&live, "what shall I cook?").await;
    client.event("session.title").await;
    client.turn(&live, "/demo rotate").await;
    let infos = payloads(&client, &live, "session.info");
    let info = infos.last().unwrap();
    let new = info["stored_session_id"].as_str().unwrap().to_owned();
    assert_ne!(new, old);
    assert_eq!(info["title"], "What shall I cook #2");
    assert_eq!(info["usage"]["compressions"], 1);
    let listed = client.call("session.list", json!({})).await;
    let ids: Vec<&str> =
        listed["sessions"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert!(ids.contains(&new.as_str()) && !ids.contains(&old.as_str()), "{ids:?}");
    let profile = hermux::base::ids::ProfileName::default_profile();
    let read = hermux::history::list(home.path(), &profile, 50).unwrap();
    let read: Vec<&str> = read.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(read, ids, "the reader of stored sessions sees the same chain");
    client.call("session.close", json!({ "session_id": live })).await;
    let resumed = client.call("session.resume", json!({ "session_id": old })).await;
    assert_eq!(resumed["resumed"], new.as_str());
}

/// CHECK facts 12 and 20.
#[tokio::test]
async fn a_failed_turn_ends_with_an_error_and_keeps_only_the_prompt() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, _) = client.session(json!({})).await;
    let end = client.turn(&live, "/demo error cut").await;
    assert_eq!(end["status"], "error");
    assert!(end["text"].as_str().unwrap().starts_with("API call failed after 3 retries: Network"), "{end}");
    let kept = client.call("session.history", json!({ "session_id": live })).await;
    assert_eq!(kept["messages"], json!([{ "role": "user", "text": "/demo error cut" }]));
    client.skip();
    client.call("prompt.submit", json!({ "session_id": live, "text": "/demo error refused" })).await;
    client.event("error").await;
    client.event("session.info").await;
    assert_eq!(payloads(&client, &live, "message.complete").len(), 1, "a refusal has none");
    assert_eq!(client.call("session.history", json!({ "session_id": live })).await["count"], 1);
}

#[tokio::test]
async fn a_title_changes_while_the_turn_runs_and_stays() {
    let (client, live, _) = play("title", false).await;
    let titles: Vec<String> = payloads(&client, &live, "session.info")
        .iter()
        .map(|info| info["title"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(titles[1..], ["Watch this tab", "Named twice", "Named twice"]);
}

#[tokio::test]
async fn a_flood_is_as_many_words_as_were_asked_for() {
    let (client, live, _) = play("flood 700", false).await;
    assert_eq!(payloads(&client, &live, "message.delta").len(), 700);
}

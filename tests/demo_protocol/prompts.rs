//! The odd rules of the prompts: who answers what, and what an answer that comes too late does.

use crate::client::{Client, Demo};
use crate::home;
use crate::rules::{FAST, order};
use serde_json::{Value, json};

pub(crate) async fn ask_approval(client: &mut Client, live: &str) {
    client.skip();
    client.call("prompt.submit", json!({ "session_id": live, "text": "/demo approval" })).await;
    client.event("approval.request").await;
}

pub(crate) async fn choose(client: &mut Client, live: &str, choice: &str) -> Value {
    client.call("approval.respond", json!({ "session_id": live, "choice": choice })).await["resolved"].clone()
}

/// CHECK facts 1 and 7; fact 2: the answer goes to the oldest, whoever was meant.
#[tokio::test]
async fn every_choice_but_deny_is_a_consent_and_a_session_consent_covers_the_class() {
    let home = home();
    let demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    let (live, _) = client.session(json!({})).await;
    let target = home.path().join("workspace/old-builds");
    ask_approval(&mut client, &live).await;
    assert!(target.exists());
    assert_eq!(choose(&mut client, &live, "deny").await, 1);
    let denied = client.event("tool.complete").await;
    assert_eq!(denied["payload"]["result"]["status"], "blocked");
    client.event("session.info").await;
    assert!(target.exists(), "denied, so it stays");
    ask_approval(&mut client, &live).await;
    assert_eq!(choose(&mut client, &live, "banana").await, 1);
    client.event("session.info").await;
    assert!(!target.exists(), "any unknown word counts as consent");
    ask_approval(&mut client, &live).await;
    choose(&mut client, &live, "session").await;
    client.event("session.info").await;
    client.turn(&live, "/demo approval").await;
    assert!(!target.exists(), "the class was allowed for this session");
    assert_eq!(choose(&mut client, &live, "once").await, 0);
}

/// CHECK fact 4: expiry is silent, and the late answer resolves nothing.
#[tokio::test]
async fn an_expired_approval_says_nothing_and_a_late_answer_finds_nothing() {
    let home = home();
    let demo = Demo::start(home.path(), &format!("{FAST} --approvals-timeout 80")).await;
    let mut client = demo.connect("a").await;
    let (live, _) = client.session(json!({})).await;
    ask_approval(&mut client, &live).await;
    let done = client.event("tool.complete").await;
    assert!(done["payload"]["result"]["error"].as_str().unwrap().starts_with("BLOCKED: Command timed out"));
    client.event("session.info").await;
    assert_eq!(choose(&mut client, &live, "once").await, 0);
    assert!(home.path().join("workspace/old-builds").exists());
    assert!(!order(&client, &live).iter().any(|kind| kind.ends_with(".expire")));
}

/// CHECK facts 5 and 6.
#[tokio::test]
async fn sudo_and_secret_say_that_they_expired_and_clarify_does_not() {
    let home = home();
    let demo = Demo::start(home.path(), &format!("{FAST} --prompt-timeout 60")).await;
    let mut client = demo.connect("a").await;
    let (live, _) = client.session(json!({})).await;
    for (scene, expire) in
        [("sudo", Some("sudo.expire")), ("secret", Some("secret.expire")), ("clarify", None)]
    {
        client.turn(&live, &format!("/demo {scene}")).await;
        let kinds = order(&client, &live);
        let expired = kinds.iter().rposition(|kind| kind.ends_with(".expire")).map(|at| kinds[at].as_str());
        assert_eq!(expired.filter(|_| expire.is_some()), expire);
    }
}

//! The real binary in a pseudo-terminal, the real Hermes, and a model on 127.0.0.1 that says what the test tells it.
//!
//! `.ci/run` installs Hermes and runs these; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_hermes
//! -- --ignored`.
#![expect(clippy::expect_used, reason = "a test says so by failing")]

mod common;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use common::home::Home;
use common::model::Model;
use common::{patience, seconds};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

fn hermes() -> PathBuf {
    std::env::var_os("HERMUX_TEST_HERMES").expect("HERMUX_TEST_HERMES names the hermes program").into()
}

/// The rig itself, without hermux: when this fails, Hermes, its home or the model is at fault.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
#[expect(clippy::disallowed_methods, reason = "starts Hermes as a person would, without hermux")]
fn a_real_backend_answers_with_this_home_and_model() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let mut backend = std::process::Command::new(hermes())
        .args(["--profile", "work", "serve", "--isolated", "--host", "127.0.0.1", "--port", "0"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .envs(home.env())
        .env("HERMES_HOME", home.hermes())
        .env("HERMES_DASHBOARD_SESSION_TOKEN", "token")
        .current_dir(home.work())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(backend.stdout.take().unwrap()).lines();
    let ready =
        lines.find_map(|line| line.unwrap().strip_prefix("HERMES_BACKEND_READY port=").map(str::to_owned));
    let port = ready.expect("the ready line");
    let talk = async {
        let url = format!("ws://127.0.0.1:{port}/api/ws?token=token");
        let (mut socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let call = |id: &str, method: &str, params: Value| {
            Message::text(json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}).to_string())
        };
        let cwd = home.work();
        socket.send(call("r1", "session.create", json!({"cwd": cwd}))).await.unwrap();
        let mut text = String::new();
        while let Some(message) = socket.next().await {
            let Ok(frame) = serde_json::from_str::<Value>(message.unwrap().to_text().unwrap()) else {
                continue;
            };
            if frame["id"] == "r1" {
                let id = frame["result"]["session_id"].clone();
                let params = json!({"session_id": id, "text": "STREAM tag=S3 n=3"});
                socket.send(call("r2", "prompt.submit", params)).await.unwrap();
            }
            let event = &frame["params"];
            match event["type"].as_str() {
                Some("message.delta") => text += event["payload"]["text"].as_str().unwrap(),
                Some("message.complete") => return text,
                _ => {}
            }
        }
        text
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let text = runtime.block_on(async { tokio::time::timeout(patience(seconds(60)), talk).await });
    let _ = backend.kill();
    let _ = backend.wait();
    assert_eq!(text.expect("a whole turn"), "S3-0001\nS3-0002\nS3-0003\n");
}

//! Each fault does what its flag says, and a launch without it is sound.

use crate::client::{Client, Demo, READY_FILE, TOKEN, deadline, launch};
use crate::home;
use crate::rules::FAST;
use serde_json::json;
use std::path::Path;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

/// The exit code and both pipes of a launch that must end by itself.
async fn ends(home: &Path, args: &str) -> (i32, String, String) {
    let child = launch(home, args);
    let output = tokio::time::timeout(deadline(), child.wait_with_output()).await.expect("an end").unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

async fn dies(demo: &mut Demo) -> i32 {
    let status = tokio::time::timeout(deadline(), demo.child.wait()).await.expect("an end").unwrap();
    status.code().unwrap()
}

async fn submit(client: &mut Client, text: &str) {
    let made = client.call("session.create", json!({})).await;
    client.send("prompt.submit", json!({ "session_id": made["session_id"], "text": text })).await;
}

#[tokio::test]
async fn a_launch_that_cannot_work_fails_with_hermes_words() {
    let home = home();
    let (code, out, err) = ends(home.path(), "--profile nosuch").await;
    assert_eq!((code, out.as_str()), (1, ""));
    assert_eq!(err, "Error: Profile 'nosuch' does not exist. Create it with: hermes profile create nosuch\n");
    let (code, out, err) = ends(home.path(), "--zap").await;
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("unrecognized arguments: --zap"), "{err}");
    assert_eq!(ends(home.path(), "--profile Bad.Name").await.0, 2);
}

#[tokio::test]
async fn the_process_ends_where_it_is_told_to() {
    let home = home();
    let (code, out, _) = ends(home.path(), "--exit-at before-ready --exit-code 75").await;
    assert_eq!((code, out.as_str()), (75, ""));
    let (code, out, _) = ends(home.path(), "--exit-at after-ready --exit-code 3").await;
    assert!(code == 3 && out.starts_with("HERMES_BACKEND_READY port="), "{code} {out}");
    for (fault, text) in [
        ("--exit-at submit --exit-code 4", "hello"),
        ("--exit-at mid-stream --exit-code 4", "hello"),
        ("--exit-at frames:9 --exit-code 4", "hello"),
    ] {
        let mut demo = Demo::start(home.path(), &format!("{FAST} {fault}")).await;
        let mut client = demo.connect("a").await;
        submit(&mut client, text).await;
        assert_eq!(dies(&mut demo).await, 4, "{fault}");
        let words = client.frames().iter().filter(|frame| frame["params"]["type"] == "message.delta").count();
        assert!(words < 10, "{fault}: {words} words");
    }
    let mut demo = Demo::start(home.path(), FAST).await;
    let mut client = demo.connect("a").await;
    submit(&mut client, "/demo crash").await;
    assert_eq!(dies(&mut demo).await, 1);
}

#[tokio::test]
async fn the_ready_line_is_as_bad_as_asked() {
    let home = home();
    for (kind, lines) in [("split", 1), ("twice", 2)] {
        let mut child = launch(home.path(), &format!("--ready {kind}"));
        let mut out = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..lines {
            let mut pair = [String::new(), String::new()];
            for line in &mut pair {
                tokio::time::timeout(deadline(), out.read_line(line)).await.expect("a line").unwrap();
            }
            assert!(pair[0].starts_with("HERMES_BACKEND_READY port="), "{kind}: {pair:?}");
            assert!(pair[1].starts_with("  Hermes backend listening on 127.0.0.1:"), "{kind}: {pair:?}");
        }
    }
    let mut child = launch(home.path(), "--ready stderr");
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    tokio::time::timeout(deadline(), err.read_line(&mut line)).await.expect("a line").unwrap();
    assert!(line.starts_with("HERMES_BACKEND_READY"), "{line}");
    let wrong = Demo::start(home.path(), "--ready wrong-port").await;
    assert!(tokio::net::TcpStream::connect(("127.0.0.1", wrong.port)).await.is_err());
}

#[tokio::test]
async fn a_backend_without_a_ready_line_still_writes_its_ready_file() {
    let home = home();
    let mut child = launch(home.path(), "--ready never");
    let mut out = child.stdout.take().unwrap();
    let file = home.path().join(READY_FILE);
    let end = tokio::time::Instant::now() + deadline();
    let text = loop {
        if let Ok(text) = std::fs::read_to_string(&file) {
            break text;
        }
        assert!(tokio::time::Instant::now() < end, "no ready file");
        tokio::task::yield_now().await;
    };
    let port = text.strip_prefix("{\"port\":").and_then(|rest| rest.strip_suffix('}')).unwrap();
    let url = format!("ws://127.0.0.1:{port}/api/ws?token={TOKEN}");
    tokio_tungstenite::connect_async(url).await.unwrap();
    child.kill().await.unwrap();
    let mut said = String::new();
    out.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "");
}

/// REL-25 needs a backend that only KILL ends.
#[tokio::test]
async fn a_backend_may_ignore_terminate_and_interrupt() {
    use rustix::process::{Pid, Signal, kill_process};
    let home = home();
    let demo = Demo::start(home.path(), &format!("{FAST} --ignore-term")).await;
    let mut client = demo.connect("a").await;
    let pid = Pid::from_raw(i32::try_from(demo.child.id().unwrap()).unwrap()).unwrap();
    for signal in [Signal::TERM, Signal::INT] {
        kill_process(pid, signal).unwrap();
    }
    // The answer comes after both signals were delivered: they interrupt the wait for it.
    client.call("setup.status", json!({})).await;
    let (live, _) = client.session(json!({})).await;
    client.turn(&live, "hello").await;
}

#[tokio::test]
async fn sockets_are_dropped_and_frames_spoiled_as_asked() {
    let home = home();
    let demo = Demo::start(home.path(), &format!("{FAST} --drop-after 6")).await;
    let mut client = demo.connect("a").await;
    submit(&mut client, "hello").await;
    client.wait("end", |log| log.iter().find(|sent| sent.frame.get("gone").is_some()).map(|_| ())).await;
    assert_eq!(client.frames().len(), 7, "six frames and the end, without a close frame");

    let garbage = "--garbage invalid-json --garbage wrong-types --garbage unknown-event --garbage huge --garbage deep --garbage binary";
    let demo = Demo::start(home.path(), &format!("{FAST} {garbage}")).await;
    let mut client = demo.connect("a").await;
    submit(&mut client, "hello").await;
    client.event("message.complete").await;
    let frames = client.frames();
    assert_eq!(
        frames.iter().filter(|frame| frame.get("garbage").is_some()).count(),
        3,
        "not JSON: three of six"
    );
    assert!(frames.iter().any(|frame| frame["params"]["type"] == "gremlin.seen"));
    assert!(frames.iter().any(|frame| frame.to_string().len() > 1 << 20));
    assert!(frames.iter().any(|frame| frame["params"]["payload"]["text"].is_array()));
}

#[tokio::test]
async fn a_socket_that_stops_reading_still_writes() {
    let home = home();
    let demo = Demo::start(home.path(), &format!("{FAST} --stop-reading-after 2")).await;
    let mut client = demo.connect("a").await;
    submit(&mut client, "hello").await;
    client.event("message.complete").await;
    let late = client.send("setup.status", json!({})).await;
    let mut other = demo.connect("b").await;
    other.call("setup.status", json!({})).await;
    assert!(!client.frames().iter().any(|frame| frame["id"] == late.as_str()));
}

/// FLT-19: noise on both pipes, to its last byte.
#[tokio::test]
async fn noise_fills_both_pipes() {
    let home = home();
    let mut child = launch(home.path(), "--noise 300000");
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let (mut one, mut two) = (vec![0; 300_000], vec![0; 300_000]);
    let both = async { tokio::try_join!(out.read_exact(&mut one), err.read_exact(&mut two)) };
    tokio::time::timeout(deadline(), both).await.expect("the noise").unwrap();
    assert!(one.starts_with(b"HERMES_BACKEND_READY") && std::str::from_utf8(&two).is_err());
}

/// ASK-79 needs a backend that says it is somebody else.
#[tokio::test]
async fn another_profile_is_reported_and_a_profile_has_flags_of_its_own() {
    let home = home();
    let demo = Demo::start(home.path(), &format!("{FAST} --report-profile work")).await;
    let made = demo.connect("a").await.call("session.create", json!({})).await;
    assert_eq!(made["info"]["profile_name"], "work");
    let args = home.path().join("profiles/research/demo-backend.args");
    std::fs::write(&args, "--once --exit-at before-ready --exit-code 9").unwrap();
    assert_eq!(ends(home.path(), "--profile research").await.0, 9);
    Demo::start(home.path(), "--profile research").await;
    Demo::start(home.path(), "--profile work").await;
}

/// FLT-20 and FLT-22 need a child that neither signals nor the group of its parent reach.
#[tokio::test]
async fn a_stubborn_child_outlives_its_backend() {
    use rustix::process::{Pid, Signal, kill_process, test_kill_process};
    let home = home();
    let mut demo = Demo::start(home.path(), "--stubborn-child").await;
    let parent = demo.child.id().unwrap();
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
    let child = Pid::from_raw(children.split_whitespace().next().unwrap().parse().unwrap()).unwrap();
    let _end = Ended(child);
    // It is stubborn once its shell has set the trap and become a sleep.
    let trapped = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.as_raw_nonzero())).unwrap();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t")).unwrap().to_owned();
        let term = u64::from_str_radix(&ignored, 16).unwrap() & (1 << 14) != 0;
        term && status.starts_with("Name:\tsleep")
    };
    let end = tokio::time::Instant::now() + deadline();
    while !trapped() {
        assert!(tokio::time::Instant::now() < end, "the trap was never set");
        tokio::task::yield_now().await;
    }
    demo.child.kill().await.unwrap();
    kill_process(child, Signal::TERM).unwrap();
    test_kill_process(child).unwrap();
}

/// Kills a process when the test is over, however it went.
struct Ended(rustix::process::Pid);

impl Drop for Ended {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = rustix::process::kill_process(self.0, rustix::process::Signal::KILL);
    }
}

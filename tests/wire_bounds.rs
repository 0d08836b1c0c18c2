//! What a giant answer costs. A program of its own, so that its memory is only what this test uses.

use hermux::{
    base::{
        clock::Tick,
        ids::{CallId, Epoch, ProfileName, StoredId},
    },
    model::agent::{Call, Reply},
    wire::{Feed, Out},
};
use std::fmt::Write as _;

/// The most memory this process ever had, in KiB.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse().unwrap_or(0)
}

/// SEC-40: a resumed session of 100,000 messages is decoded straight into what is kept of it.
#[test]
#[cfg(target_os = "linux")]
fn a_resume_of_100_000_messages_costs_200_of_them() {
    let mut feed = Feed::new(ProfileName::new("default").unwrap(), Epoch(1));
    let stored = StoredId::new("20261121_030012_7e329a").unwrap();
    let request =
        feed.call(CallId(1), &Call::Resume { stored, eager: false }, 1_000, Tick(0), |_| None).unwrap();
    let request: serde_json::Value = serde_json::from_str(request.text()).unwrap();

    let mut frame = String::with_capacity(48 * 1024 * 1024);
    write!(
        frame,
        r#"{{"jsonrpc":"2.0","id":{},"result":{{"session_id":"24035877","messages":["#,
        request["id"]
    )
    .unwrap();
    for n in 0..100_000 {
        let (comma, role) = (if n == 0 { "" } else { "," }, if n % 2 == 0 { "user" } else { "assistant" });
        write!(
            frame,
            r#"{comma}{{"role":"{role}","text":"message {n} {}"}}"#,
            "lorem ipsum \\u00e9 ".repeat(20)
        )
        .unwrap();
    }
    frame.push_str(r#"],"info":{"profile_name":"default"}}}"#);
    assert!(frame.len() > 30 * 1024 * 1024 && frame.len() < frame.capacity(), "{} bytes", frame.len());

    let before = peak();
    let outs = feed.text(&frame, Tick(1));
    let grown = peak() - before;

    let [Out::Reply { reply: Reply::Built(built), .. }] = &outs[..] else { panic!("{} outs", outs.len()) };
    assert_eq!((built.messages.len(), built.older), (200, true));
    assert!(built.messages[199].plain().starts_with("message 99999 "));
    assert!(before > 30 * 1024, "the peak is measured: {before} KiB");
    assert!(grown < 4 * 1024, "decoding cost {grown} KiB on top of the frame");
}

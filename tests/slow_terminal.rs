//! The real terminal, stopped for a long stream and continued: the hub's memory stays flat, the others are not held up, and the
//! screen is right after one snapshot.
//!
//! The long form is a measurement: `cargo test --release --test slow_terminal -- --ignored --nocapture`.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement prints its figures")]

mod attached;
mod common;

use attached::server::Server;
use common::{procs, seconds};
use hermux::model::session::Session;
use rustix::process::Signal;
use std::time::Instant;

/// What a turn can say at once, in mebibytes.
const TURN: u64 = 4;

fn idle(session: &Session) -> bool {
    !session.turn.is_busy()
}

/// The proportional and the resident set of a process, and its peak, in kilobytes.
fn memory(pid: u32) -> (u64, u64, u64) {
    let field = |file: &str, name: &str| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    (field("smaps_rollup", "Pss:"), field("status", "VmRSS:"), field("status", "VmHWM:"))
}

async fn stopped_for(megabytes: u64) {
    let server = Server::start(&["--pace", "10"]);
    let mut driver = server.join().await;
    let session = driver.open().await;
    driver.send(session, "/demo bulk 8").await;
    driver.until_session("one turn, so that what is needed once is there", session, idle).await;
    let screen = server.attach((110, 35));
    // It shows what was shown last: the driver's session.
    screen.wait_text("bulk-");
    driver.send(session, "/demo stream 3 0 before").await;
    screen.wait_text("before-0003");
    let report = |when: &str| {
        let (pss, rss, peak) = memory(server.pid());
        println!("{when:<28} PSS {pss:>7} kB  RSS {rss:>7} kB  peak {peak:>7} kB");
        pss
    };
    let before = report("before");
    let terminal = screen.pid().cast_signed();
    procs::signal(terminal, Signal::STOP);
    let began = Instant::now();
    let mut said = 0;
    let mut most = before;
    while said < megabytes {
        driver.send(session, &format!("/demo bulk {TURN}")).await;
        driver.until_session("the turn's end", session, idle).await;
        said += TURN;
        most = most.max(report(&format!("stopped, {said} MiB streamed")));
    }
    driver.send(session, "/demo stream 5 0 after").await;
    driver
        .until_session("the last words", session, |s| idle(s) && attached::said(s).contains("after-0005"))
        .await;
    println!(
        "the stream took {:.1} s; the other terminal got {} updates, {} snapshots",
        began.elapsed().as_secs_f64(),
        driver.updates,
        driver.lagged
    );
    procs::signal(terminal, Signal::CONT);
    let again = Instant::now();
    screen.wait_within(seconds(20), "the end of the stream", |s| s.has("after-0005"));
    println!("the screen was right {:.0} ms after it was continued", again.elapsed().as_secs_f64() * 1_000.0);
    report("continued");
    driver.send(session, "/demo stream 4 0 later").await;
    screen.wait_text("later-0004");
    // What a transcript holds, what waits for one terminal, and one frame of the backend's: far from what was streamed.
    assert!(most < before + 60_000, "{most} kB after {before}");
    drop(screen);
    server.end();
}

#[tokio::test]
async fn a_stopped_terminal_costs_the_hub_little_and_is_right_when_it_goes_on() {
    stopped_for(3 * TURN).await;
}

#[tokio::test]
#[ignore = "a measurement of 200 MB, to be run with --release"]
async fn a_terminal_stopped_for_200_megabytes() {
    stopped_for(200).await;
}

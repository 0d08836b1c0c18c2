//! hermux' own share of a token's way: from a frame that was received to the bytes for the terminal, in one thread, every
//! token with a frame of its own. The socket, the tasks between the pieces and the wait for a frame's time are not in it; that
//! wait is told apart, and so is what a stream's frames take for a token.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a bench says what is wrong by failing")]
#![expect(clippy::disallowed_methods, reason = "what is measured here is real time")]

mod rig;

use hermux::{base::clock::Tick, proto::Update, transport::codec, ui::frame::FrameClock};
use rig::Rig;
use std::{
    cell::Cell,
    time::{Duration, Instant},
};

const SESSIONS: usize = 10;
const MESSAGES: usize = 200;
const STAGES: [&str; 6] = [
    "decode: text to fact",
    "step: fact to patches",
    "mirror: patches to state",
    "view",
    "paint and write",
    "all",
];

fn main() {
    let tokens = if rig::measuring() { 3_000 } else { 3 };
    println!(
        "A token's way through hermux; {SESSIONS} sessions stream at once, each with {MESSAGES} messages, 120×40 cells."
    );
    way("a message of up to 4 KiB under way", 0, tokens);
    way("a message of 64 KiB under way", 64, tokens.min(600));
    waits();
    bytes(tokens);
}

/// Measures and prints, with a message under way that has so many KiB already.
fn way(name: &str, kib: usize, tokens: usize) {
    let mut rig = Rig::streaming(SESSIONS, MESSAGES);
    rig.lengthen(0, kib * 1024);
    let mut took: [Vec<Duration>; 6] = Default::default();
    let (mut coded, mut bytes) = (Vec::new(), 0);
    for _ in 0..tokens {
        for at in 1..SESSIONS {
            let frame = rig.delta(at);
            rig.frame(at, &frame);
        }
        let frame = rig.delta(0);
        let mut marks = [Instant::now(); 6];
        let outs = rig.decode(0, &frame);
        marks[1] = Instant::now();
        rig.decide(0, outs);
        let update = rig.seal().unwrap();
        marks[2] = Instant::now();
        let copy = update.clone();
        let copied = marks[2].elapsed();
        rig.heard(update);
        marks[3] = Instant::now();
        let viewed = Cell::new(marks[3]);
        let (now, screen) = (rig.now, rig.screen.as_mut().unwrap());
        bytes += screen.draw(now, || viewed.set(Instant::now())).0;
        marks[4] = viewed.get();
        marks[5] = Instant::now();
        let mut all = Duration::ZERO;
        for (stage, took) in took.iter_mut().take(5).enumerate() {
            let spent = marks[stage + 1] - marks[stage];
            // The copy for the measure below is none of hermux' work.
            let spent = if stage == 2 { spent.saturating_sub(copied) } else { spent };
            all += spent;
            took.push(spent);
        }
        took[5].push(all);
        coded.push(recode(&copy));
    }
    println!("\n{name}: {tokens} tokens, {} bytes written for one", bytes / tokens as u64);
    println!("  {:<34} {:>10} {:>10}", "", "median", "p99");
    for (name, took) in STAGES.iter().zip(&mut took) {
        row(name, took);
    }
    row("apart: to JSON and back, by socket", &mut coded);
}

/// What a terminal with synchronized output is sent for a token when frames are drawn as they are in the program, and nothing
/// else goes on.
fn bytes(tokens: usize) {
    let mut rig = Rig::streaming(1, MESSAGES);
    let (mut clock, mut written, mut text) = (FrameClock::default(), 0, 0);
    for _ in 0..tokens {
        let frame = rig.delta(0);
        text += rig.word().len();
        rig.frame(0, &frame);
        clock.soon(rig.now);
        if clock.take(rig.now) {
            written += rig.draw();
        }
    }
    println!(
        "\na token every {} ms, at most sixty frames a second: {:.1} bytes written for one of {:.1} bytes",
        rig::PACE,
        written as f64 / tokens as f64,
        text as f64 / tokens as f64
    );
}

/// An update as it crosses a socket.
fn recode(update: &Update) -> Duration {
    let start = Instant::now();
    let bytes = codec::encode(update).unwrap();
    let back: Update = codec::decode(&bytes).unwrap();
    let took = start.elapsed();
    assert_eq!(back, *update);
    took
}

fn row(name: &str, took: &mut [Duration]) {
    took.sort_unstable();
    let at = |percent: usize| took[(took.len() - 1) * percent / 100].as_secs_f64() * 1e6;
    println!("  {name:<34} {:>7.1} µs {:>7.1} µs", at(50), at(99));
}

/// How long a token waits for its frame, by the frame clock alone: streams draw at most sixty times a second.
fn waits() {
    println!("\nthe wait for a frame's time, which is in none of this:");
    for pace in [1, 7, 50] {
        let (mut clock, mut waiting, mut waited) = (FrameClock::default(), Vec::new(), Vec::new());
        for now in 0..10_000 {
            if now % pace == 0 {
                waiting.push(now);
                clock.soon(Tick(now));
            }
            if clock.take(Tick(now)) {
                waited.extend(waiting.drain(..).map(|since| now - since));
            }
        }
        waited.sort_unstable();
        let (median, most) = (waited[waited.len() / 2], waited[waited.len() - 1]);
        println!("  a token every {pace:>2} ms: median {median:>2} ms, at most {most:>2} ms");
    }
}

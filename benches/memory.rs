//! What a session costs in memory, in the hub and in a terminal's mirror: the resident set of a process of its own before and
//! after many of them, so that the allocator's own overhead is in it. Linux only.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a bench says what is wrong by failing")]

mod rig;

use rig::Rig;

/// Sessions opened before the measure begins, so that what is needed once is not counted.
const BEFORE: usize = 20;
const MESSAGES: usize = 200;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Case {
    /// Built, idle, one question and its answer said.
    Idle,
    /// The transcript came as a stream.
    Streamed,
    /// The transcript was read from disk.
    Read,
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, word, case, mirrored, sessions] = args.as_slice()
        && word == "one"
    {
        let case = [Case::Idle, Case::Streamed, Case::Read].into_iter().find(|c| format!("{c:?}") == *case);
        return println!("{}", measure(case.unwrap(), mirrored == "true", sessions.parse().unwrap()));
    }
    let few = if rig::measuring() { 1 } else { 100 };
    println!(
        "Resident memory for one session more, in bytes; {MESSAGES} messages have {} bytes of text.",
        text()
    );
    println!("  {:<44} {:>10} {:>10}", "", "hub", "mirror");
    for (name, case, sessions) in [
        ("idle, one question answered", Case::Idle, 2_000),
        ("transcript of 200 messages, streamed", Case::Streamed, 200),
        ("transcript of 200 messages, read from disk", Case::Read, 200),
    ] {
        let hub = in_child(case, false, sessions / few);
        let both = in_child(case, true, sessions / few);
        println!("  {name:<44} {hub:>10} {:>10}", both - hub);
    }
}

/// Text of the transcripts used here.
fn text() -> u64 {
    let mut rig = Rig::new(false);
    let at = rig.add();
    rig.talk(at, MESSAGES);
    rig.body(at).messages.iter().map(hermux::model::message::Message::len).sum()
}

/// Bytes a session in a fresh process.
#[expect(clippy::disallowed_methods, reason = "memory that was given back must not be counted as free")]
fn in_child(case: Case, mirrored: bool, sessions: usize) -> i64 {
    let me = std::env::current_exe().unwrap();
    let args = ["one".to_owned(), format!("{case:?}"), mirrored.to_string(), sessions.to_string()];
    let done = std::process::Command::new(me).args(args).output().unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    said.trim().parse().unwrap_or_else(|_| panic!("{said} {}", String::from_utf8_lossy(&done.stderr)))
}

fn measure(case: Case, mirrored: bool, sessions: usize) -> i64 {
    let mut rig = Rig::new(mirrored);
    let model = rig.add();
    rig.talk(model, MESSAGES);
    let body = rig.body(model).clone();
    let mut more = |count| {
        for _ in 0..count {
            match case {
                Case::Idle => {
                    rig.add();
                }
                Case::Streamed => {
                    let at = rig.add();
                    rig.watch(at);
                    rig.talk(at, MESSAGES);
                }
                Case::Read => rig.read(body.clone()),
            }
        }
    };
    more(BEFORE);
    let before = resident();
    more(sessions);
    (resident() - before) / i64::try_from(sessions).unwrap()
}

/// Bytes of this process in memory.
fn resident() -> i64 {
    let maps = std::fs::read_to_string("/proc/self/smaps_rollup").unwrap();
    let line = maps.lines().find_map(|line| line.strip_prefix("Rss:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<i64>().unwrap() * 1024
}

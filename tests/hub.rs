//! The hub as a process of its own, with the real binary and the demo's backends: who starts it, who shares it, what it outlives,
//! what ends it, and what is left then.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test says so by failing")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::cli::{Ran, command, hermux, run};
use common::home::Home;
use common::person::{AFTER_KILL, HANG_UP, Person, STOP, chat_has, lines, needs_me};
use common::procs::signal;
use common::pty::{Launch, Term};
use common::seconds;
use hermux::boot::place::Place;
use hermux::config::paths::{Given, Paths};
use hermux::proto::{ToHub, Update, update::Goodbye};
use hermux::transport::{port::Frame, unix::Listener};
use rustix::process::Signal;

fn home() -> Home {
    Home::new().with_demo("--pace 20 --stubborn-child")
}

fn launch(home: &Home) -> Launch {
    home.hermux().arg("--hermes").arg(home.stand_in())
}

fn sit_down(home: &Home) -> Person {
    Person::at(launch(home).start())
}

fn hubs(home: &Home) -> Vec<i32> {
    let living = home.mark.living();
    living.iter().filter(|process| process.command.starts_with("hermux server")).map(|hub| hub.pid).collect()
}

#[track_caller]
fn hub(home: &Home) -> i32 {
    home.hub().expect("a hub")
}

/// Where the hub of `home` is found.
fn place(home: &Home) -> Place {
    let given = Given {
        home_flag: Some(home.hermes()),
        hermes_home: None,
        runtime_dir: Some(home.path().join("run")),
    };
    Place::of(&Paths::find(&given).unwrap())
}

/// Whether the screen has all `parts`, which may run over a row's end.
#[track_caller]
fn assert_shows(term: &Term, parts: &[&str]) {
    let text = term.screen().text();
    let joined = text.replace('\n', "");
    for part in parts {
        assert!(joined.contains(part), "{part:?} is not in\n{text}");
    }
}

#[track_caller]
fn assert_restored(person: &Person) {
    let left = person.screen().left_behind();
    assert_eq!(left, [] as [&str; 0]);
    assert_eq!(person.modes_changed(), None);
}

/// Twenty windows that a session manager opens at once.
#[test]
fn twenty_terminals_started_at_once_share_one_hub() {
    let home = home();
    let terms: Vec<_> = (0..20).map(|_| launch(&home).size(60, 12).start()).collect();
    let people: Vec<_> = terms.into_iter().map(Person::at).collect();
    assert_eq!(hubs(&home).len(), 1);
    people[0].send("/demo stream 3 0 T1");
    people[0].wait_text("T1-0003");
    drop(people);
    assert_eq!(hubs(&home).len(), 1, "the hub outlives its terminals");
    home.stop_hub();
    home.mark.assert_none_left(AFTER_KILL);
}

#[test]
fn attach_without_a_hub_says_so_and_starts_none() {
    let home = home();
    let person = home.hermux().arg("attach").start();
    let status = person.wait_end(STOP);
    assert_eq!(status.exit_code(), 4);
    assert_shows(&person, &["no hub runs for the Hermes home"]);
    assert_eq!(hubs(&home), [] as [i32; 0]);
}

/// M4, I10, I13, FLT-21: what a terminal leaves goes on, and the next one, of another size, sees it in the middle of a sentence.
#[test]
fn a_terminal_that_is_killed_takes_nothing_with_it() {
    let home = home();
    let person = sit_down(&home);
    let hub = hub(&home);
    person.send("/demo stream 60 4 T1");
    person.wait_text("T1-0003");
    signal(person.pid().cast_signed(), Signal::KILL);
    person.wait_end(HANG_UP);
    assert_eq!(hubs(&home), [hub]);
    let again = Person { term: home.hermux().arg("attach").size(80, 24).start() };
    again.wait_for("it is drawn", |s| s.has("T1"));
    again.tab(1);
    again.wait_for("the turn, under way", |s| chat_has(s, "T1-00") && !chat_has(s, "T1-0060"));
    again.wait_within(seconds(40), "its end", |s| chat_has(s, "T1-0060"));
    assert_eq!(again.read_transcript("T1-0001", "T1-0060"), lines("T1", 60));
    home.stop_hub();
    again.wait_end(STOP);
    home.mark.assert_none_left(AFTER_KILL);
}

/// UX-30, FLT-21: a signal to the terminal detaches it, and its screen is as it was.
#[test]
fn a_terminal_that_gets_a_signal_detaches() {
    for end in [Signal::TERM, Signal::HUP, Signal::INT] {
        let home = home();
        let person = sit_down(&home);
        let hub = hub(&home);
        person.send("/demo stream 600 1 T1");
        person.wait_text("T1-0003");
        signal(person.pid().cast_signed(), end);
        person.wait_end(HANG_UP);
        assert_restored(&person);
        assert_eq!(hubs(&home), [hub]);
        let ran = stop(&home, &[]);
        assert_eq!(ran.code, 6, "the turn goes on: {}", ran.err);
    }
}

/// A lost connection: the pseudo-terminal is gone.
#[test]
fn a_terminal_that_vanishes_detaches() {
    let home = home();
    let mut person = sit_down(&home);
    person.send("/demo stream 3 0 T1");
    person.wait_text("T1-0003");
    let hub = hub(&home);
    person.term.hang_up();
    person.wait_end(HANG_UP);
    assert_eq!(hubs(&home), [hub]);
}

/// DECISIONS 9: it outlives its terminal as long as something runs, and where it is told so, no longer.
#[test]
fn a_hub_without_linger_ends_with_its_last_turn() {
    let home = home();
    let mut person = Person::at(launch(&home).env("HERMUX_HUB_LINGER", "0").start());
    person.send("/demo stream 20 4 T1");
    person.wait_text("T1-0003");
    let hub = hub(&home);
    person.term.hang_up();
    person.wait_end(HANG_UP);
    assert_eq!(hubs(&home), [hub], "its turn runs on");
    home.mark.assert_none_left(seconds(30));
}

/// I12, INV8, M14: one session in two terminals, both live.
#[test]
fn two_terminals_show_one_session_live() {
    let home = home();
    let first = sit_down(&home);
    first.send("/demo stream 3 0 T1");
    first.wait_text("T1-0003");
    let second = Person::at(launch(&home).size(80, 24).start());
    second.tab(1);
    second.wait_text("T1-0003");
    first.wait_idle();
    second.send("/demo stream 3 0 T2");
    first.wait_text("T2-0003");
    second.wait_text("T2-0003");
    assert_eq!(hubs(&home).len(), 1);
}

fn stop(home: &Home, args: &[&str]) -> Ran {
    hermux(home, &[&["stop"], args].concat())
}

#[test]
fn stop_ends_an_idle_hub_and_says_when_there_is_none() {
    let home = home();
    let person = sit_down(&home);
    person.send("/demo stream 3 0 T1");
    person.wait_text("T1-0003");
    person.wait_idle();
    let ran = stop(&home, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(hubs(&home), [] as [i32; 0]);
    let status = person.wait_end(STOP);
    assert_eq!(status.exit_code(), 1);
    assert_restored(&person);
    assert_shows(&person, &["the hub ended"]);
    home.mark.assert_none_left(seconds(1));
    let ran = stop(&home, &[]);
    assert_eq!((ran.code, ran.err.contains("No hub runs")), (0, true), "{}", ran.err);
}

#[test]
fn stop_names_what_waits_and_ends_nothing_unless_forced() {
    let home = home();
    let person = sit_down(&home);
    person.send("/demo approval");
    person.wait_for("the question waits", needs_me);
    let before = hub(&home);
    let ran = stop(&home, &[]);
    assert_eq!(ran.code, 6, "{}", ran.err);
    assert!(ran.err.contains("/demo approval") && ran.err.contains("needs a decision"), "{}", ran.err);
    assert!(ran.err.contains("Nothing was ended"), "{}", ran.err);
    let ran = stop(&home, &["--profile", "default"]);
    assert_eq!(ran.code, 6, "{}", ran.err);
    assert_eq!(hubs(&home), [before]);
    let waits = needs_me(&person.screen());
    assert!(waits);
    let ran = stop(&home, &["--profile", "work"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let ran = stop(&home, &["--profile", "default", "--force"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    person.wait_for("its backend is gone", |_| home.mark.find("demo-backend").is_none());
    assert_eq!(hubs(&home), [before], "the hub goes on");
    assert_eq!(stop(&home, &["--force"]).code, 0);
    home.mark.assert_none_left(AFTER_KILL);
}

/// REL-25, SYS-7: whatever its tools do.
#[test]
fn a_hub_that_gets_a_signal_ends_everything_in_time() {
    for end in [Signal::TERM, Signal::INT, Signal::HUP] {
        let home = home();
        let person = sit_down(&home);
        person.send("/demo stream 600 1 T1");
        person.wait_text("T1-0003");
        signal(hub(&home), end);
        home.mark.assert_none_left(STOP);
        person.wait_end(STOP);
        assert_restored(&person);
    }
}

/// REL-25: 8 s in all, the time that a backend gets to say farewell among them.
#[test]
fn a_hub_whose_backend_stands_still_ends_in_time() {
    let home = home();
    let person = sit_down(&home);
    person.send("/demo stream 600 1 T1");
    person.wait_text("T1-0003");
    let backend = home.mark.find("demo-backend --pace").expect("a backend");
    signal(backend.pid, Signal::STOP);
    signal(hub(&home), Signal::TERM);
    home.mark.assert_none_left(STOP);
}

/// It takes seconds to end; nobody waits for it who wants to begin.
#[test]
fn a_terminal_that_comes_while_a_hub_ends_gets_the_next_one() {
    let home = home();
    let first = sit_down(&home);
    first.send("/demo stream 600 1 T1");
    first.wait_text("T1-0003");
    let ending = hub(&home);
    let stopping = command(&home, env!("CARGO_BIN_EXE_hermux")).args(["stop", "--force"]).spawn();
    let socket = place(&home).socket();
    common::until("the hub takes nobody any more", || !socket.exists());
    assert_eq!(hubs(&home), [ending], "it had ended already: the test looks at nothing");
    let second = sit_down(&home);
    assert!(hubs(&home).iter().all(|hub| *hub != ending));
    second.send("/demo stream 3 0 T2");
    second.wait_text("T2-0003");
    assert!(stopping.unwrap().wait().unwrap().success());
    first.wait_end(STOP);
}

/// A hub that dies takes its backends with it; the terminal starts another, past the dead one's socket and lock.
#[test]
fn a_hub_that_is_killed_leaves_nothing_and_its_terminal_starts_another() {
    let home = home();
    let person = sit_down(&home);
    person.send("/demo stream 3 0 T1");
    person.wait_text("T1-0003");
    let dead = hub(&home);
    let backends: Vec<_> =
        home.mark.living().into_iter().filter(|process| process.command.contains("demo-backend")).collect();
    assert!(!backends.is_empty(), "no backend ran: the test looks at nothing");
    signal(dead, Signal::KILL);
    person.wait_for("another hub", |_| hubs(&home).iter().any(|hub| *hub != dead));
    person.wait_within(AFTER_KILL, "the old backends are gone", |_| {
        let living = home.mark.living();
        backends.iter().all(|old| living.iter().all(|now| now.pid != old.pid))
    });
    person.wait_text("Write to");
    person.send("/demo stream 3 0 T2");
    person.wait_text("T2-0003");
}

/// SYS-7, FLT-20: with nobody there to start another.
#[test]
fn a_hub_that_is_killed_without_a_terminal_leaves_no_process() {
    for end in [Signal::KILL, Signal::ABORT] {
        let home = home();
        let mut person = sit_down(&home);
        person.send("/demo stream 3 0 T1");
        person.wait_text("T1-0003");
        person.term.kill();
        person.wait_end(HANG_UP);
        signal(hub(&home), end);
        home.mark.assert_none_left(AFTER_KILL);
        drop(person);
        let again = sit_down(&home);
        again.send("/demo stream 3 0 T2");
        again.wait_text("T2-0003");
    }
}

/// Two processes that own everything would each own half.
#[test]
fn solo_beside_a_hub_says_so_and_a_hub_beside_solo_too() {
    let home = home();
    let _person = sit_down(&home);
    let solo = launch(&home).arg("--solo").start();
    assert_eq!(solo.wait_end(STOP).exit_code(), 1);
    assert_shows(&solo, &["runs already", "hermux attach", "hermux stop"]);
    let ran = hermux(&home, &["server"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("runs already"), "{}", ran.err);
    home.stop_hub();

    let solo = Person::at(launch(&home).arg("--solo").start());
    assert_eq!(hubs(&home), [] as [i32; 0]);
    let second = Person::at(home.hermux().arg("attach").start());
    second.send("/demo stream 3 0 T1");
    solo.wait_text("T1-0003");
    solo.wait_idle();
    second.wait_idle();
    solo.leave();
    solo.wait_end(STOP);
    second.wait_end(STOP);
    home.mark.assert_none_left(AFTER_KILL);
}

/// SEC-33, SEC-34: private, whatever the umask of the terminal that started it.
#[test]
fn a_hubs_files_are_its_owners_alone_whatever_the_umask() {
    let home = home();
    let line = "umask 000; exec \"$0\" --hermes \"$1\"";
    let term = Launch::new("sh", &home.work()).envs(home.env()).arg("-c").arg(line);
    let person = Person::at(term.arg(env!("CARGO_BIN_EXE_hermux")).arg(home.stand_in()).start());
    person.send("/demo stream 3 0 T1");
    person.wait_text("T1-0003");
    let mut seen = 0;
    let mut look = |dir: &Path| {
        for entry in fs::read_dir(dir).unwrap().flatten() {
            let mode = entry.path().symlink_metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", entry.path().display());
            seen += 1;
        }
    };
    look(&home.path().join("run"));
    look(&home.path().join("run/hermux"));
    look(&home.path().join("state/hermux"));
    look(&home.path().join("state/hermux/log"));
    assert!(seen >= 6, "{seen} files: the test looks at nothing");
    let limits = fs::read_to_string(format!("/proc/{}/limits", hub(&home))).unwrap();
    let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(cores.split_whitespace().nth(4), Some("0"), "SEC-27: {cores}");
}

/// Its own session, no terminal, nothing open of whoever started it.
#[test]
fn a_hub_keeps_nothing_of_the_terminal_that_started_it() {
    let home = home();
    let file = home.path().join("left open by a shell");
    let line = "exec 7>\"$2\"; exec \"$0\" --hermes \"$1\"";
    let term = Launch::new("sh", &home.work()).envs(home.env()).arg("-c").arg(line);
    let person = Person::at(term.arg(env!("CARGO_BIN_EXE_hermux")).arg(home.stand_in()).arg(&file).start());
    let hub = hub(&home);
    let stat = fs::read_to_string(format!("/proc/{hub}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit_once(')').unwrap().1.split_whitespace().collect();
    assert_eq!((fields[3], fields[4]), (hub.to_string().as_str(), "0"), "session and terminal");
    assert!(stat.contains("(hermux)"), "`ps` and `top` show its name: {stat}");
    assert_eq!(fs::read_link(format!("/proc/{hub}/cwd")).unwrap(), home.work());
    let open: Vec<_> = fs::read_dir(format!("/proc/{hub}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|entry| fs::read_link(entry.path()).ok())
        .collect();
    let strange = |path: &&PathBuf| path.starts_with("/dev/pts") || **path == file;
    assert_eq!(open.iter().find(strange), None, "{open:?}");
    drop(person);
}

#[test]
fn server_in_the_foreground_says_when_it_listens_and_ends_on_a_signal() {
    let home = home();
    let term = home.hermux().arg("server").arg("--hermes").arg(home.stand_in()).start();
    term.wait_text("hermux serves");
    let person = Person::at(home.hermux().arg("attach").start());
    person.send("/demo stream 3 0 T1");
    person.wait_text("T1-0003");
    term.ctrl('c');
    assert_eq!(term.wait_end(STOP).exit_code(), 0);
    person.wait_end(STOP);
    home.mark.assert_none_left(seconds(1));
}

/// UX-34: what keeps the hub from starting stands on the screen, with its log and a key that tries again.
#[test]
fn a_hub_that_cannot_start_is_told_with_its_reason() {
    let home = home();
    let blocked = place(&home).socket();
    fs::create_dir_all(blocked.join("in the way")).unwrap();
    fs::set_permissions(home.path().join("run/hermux"), fs::Permissions::from_mode(0o700)).unwrap();
    let term = launch(&home).start();
    term.wait_for("the reason", |s| s.has("has no hub") && s.has("the hub cannot listen at"));
    assert_shows(&term, &["hermux.log", "tries again"]);
    assert_eq!(hubs(&home), [] as [i32; 0]);
    term.keys("typed meanwhile");
    fs::remove_dir_all(&blocked).unwrap();
    term.keys("\x18s");
    term.wait_text("› typed meanwhile");
}

/// A hub that speaks another contract is named, and stopped by a signal to the process that holds its lock.
#[test]
fn a_hub_of_another_version_is_told_and_can_be_stopped() {
    let home = home();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let dir = home.path().join("run/hermux");
    fs::create_dir_all(&dir).unwrap();
    fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).unwrap();
    let socket = place(&home).socket();
    let at = socket.clone();
    runtime.spawn(async move {
        let listener = Listener::bind(&at).unwrap();
        loop {
            let mut port = listener.accept().await.unwrap();
            let Some(Frame::Message(hello)) = port.from_terminal.recv().await else { continue };
            assert!(matches!(*hello, ToHub::Hello { .. }));
            port.updates.try_send(Update::Goodbye(Goodbye::WrongContract(99))).unwrap();
        }
    });
    let lock = socket.with_extension("hub.lock");
    let script = "umask 077; exec flock \"$0\" sh -c 'echo \"hermux 9.9, process $$\" > \"$0\"; exec sleep 1000' \"$0\"";
    let mut holder = command(&home, "sh").arg("-c").arg(script).arg(&lock).spawn().unwrap();
    common::until("the other hub is there", || {
        socket.exists() && place(&home).holder().is_some_and(|holder| holder.pid().is_some())
    });
    let term = launch(&home).start();
    term.wait_for("the page says so", |s| s.has("another version") && s.has("99") && s.has("hermux stop"));
    let ran = stop(&home, &[]);
    assert_eq!(ran.code, 6, "{}", ran.err);
    for words in ["hermux 9.9", "contract 99", "Nothing was ended"] {
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    assert_eq!(holder.try_wait().unwrap(), None);
    let ran = stop(&home, &["--force"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    holder.wait().unwrap();
    runtime.shutdown_background();
    common::until("its socket is gone", || !socket.exists());
    term.keys("\x18s");
    term.wait_for("a hub of this version", |s| s.has("Write to"));
}

/// A throw-away demo leaves nothing; one with a home has a hub as any home has.
#[test]
fn a_demo_with_a_home_has_a_hub_of_its_own() {
    let home = Home::new();
    let kept = home.path().join("kept");
    let demo = || home.hermux().arg("demo").arg("--home").arg(&kept);
    let first = Person::at(demo().start());
    first.send("/demo stream 3 0 T1");
    first.wait_text("T1-0003");
    let second = Person::at(demo().size(80, 24).start());
    second.tab(1);
    second.wait_text("T1-0003");
    assert_eq!(hubs(&home).len(), 1);
    let ran =
        run(command(&home, env!("CARGO_BIN_EXE_hermux")).arg("stop").arg("--force").arg("--home").arg(&kept));
    assert_eq!(ran.code, 0, "{}", ran.err);
    first.wait_end(STOP);
    second.wait_end(STOP);
    home.mark.assert_none_left(AFTER_KILL);
}

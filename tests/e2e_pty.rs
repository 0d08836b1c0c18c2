//! The real binary in a pseudo-terminal, with the demo's backends: what a person sees, and what is left when it ends.

mod common;

use std::fs;
use std::path::Path;

use common::home::Home;
use common::person::{AFTER_KILL, HANG_UP, Person, STOP, lines, needs_me, says_backend_ended};
use common::procs::signal;
use common::pty::{Kind, Launch};
use common::seconds;
use rustix::process::Signal;

/// The demo, with flags for its backends.
fn demo(home: &Home, flags: &[&str]) -> Launch {
    let flags = ["--pace", "20"].iter().chain(flags);
    flags.fold(home.hermux().arg("demo"), |launch, flag| launch.arg("--backend-arg").arg(flag))
}

/// The demo, in use: a turn has run.
fn in_use(home: &Home) -> Person {
    let person = Person::at(demo(home, &["--stubborn-child"]).start());
    person.send("/demo stream 3 0 T1");
    person.wait_text("T1-0003");
    person
}

fn assert_restored(person: &Person) {
    assert_eq!(person.screen().left_behind(), [] as [&str; 0]);
    assert_eq!(person.modes_changed(), None);
}

/// A01, A06, A07, F01, I02, M7, M9.
#[test]
fn a_person_without_hermes_sees_two_profiles_at_work() {
    let home = Home::new();
    let person = Person::at(demo(&home, &[]).start());
    person.wait_for("three profiles", |s| ["default", "work", "research"].iter().all(|name| s.has(name)));
    person.send("hello");
    person.wait_text("I follow a script");
    person.next_profile();
    person.wait_for("another session is on the screen", |s| !s.has("I follow a script"));
    person.send("/demo approval");
    person.wait_for("the question waits", needs_me);
    person.tab(1);
    // An end that comes when nobody looks is something unread, and needs the person, too.
    person.wait_for("the greeting is over", |s| s.has("both keep running") && !s.has("working"));
    person.next_that_needs_me();
    person.turn_to_card();
    person.keys("y");
    person.wait_for("nothing needs me", |s| !needs_me(s));
    person.leave();
    person.wait_end(seconds(10));
    assert_restored(&person);
    home.mark.assert_none_left(seconds(1));
    let left: Vec<_> = fs::read_dir(home.path().join("tmp")).expect("the folder").flatten().collect();
    assert!(left.is_empty(), "the throw-away home is left: {left:?}");
}

/// CHECK 24, SEC-01: a diff without what Hermes draws around it; output in its colours, folded with its size, unfolded whole.
#[test]
fn what_tools_did_is_folded_and_unfolds() {
    let home = Home::new();
    let person = Person::at(demo(&home, &[]).size(100, 40).start());
    person.send("/demo edit");
    person.wait_text("Done:");
    person.wait_idle();
    let shown = person.screen().text();
    assert!(["packing.md  +2 −1", "five shirts"].iter().all(|text| shown.contains(text)), "{shown}");
    assert!(!shown.contains("review diff"), "{shown}");
    person.send("/demo tool");
    person.wait_text("sum first");
    person.wait_idle();
    let shown = person.screen().text();
    assert!(["exit code 101", " KB more · Alt-o"].iter().all(|text| shown.contains(text)), "{shown}");
    person.alt('o');
    person.wait_for("the last passed test is there", |s| s.has("... ok") && !s.has("KB more"));
    assert!(!person.screen().has("␛"), "colours are no text");
    person.leave();
    person.wait_end(seconds(10));
}

#[test]
fn a_long_transcript_is_read_from_its_top_to_its_end_without_loss() {
    let home = Home::new();
    let person = Person::at(demo(&home, &[]).start());
    person.send("/demo stream 90 0 T1");
    person.wait_text("T1-0090");
    assert_eq!(person.read_transcript("T1-0001", "T1-0090"), lines("T1", 90));
}

/// A question of `scene` arrives between any two keys of a burst: the burst lands in the composer, the question waits.
fn type_while_asked(scene: &str, kind: Kind) {
    // Every key that answers a card, and none that sends.
    const BURST: &str = "yes always no 1 2 3 yay nay saNy ays ynas";
    let home = Home::new();
    let person = Person::at(demo(&home, &[]).kind(kind).start());
    for position in 0..=BURST.len() {
        person.send(&format!("/demo {scene}"));
        person.keys(&BURST[..position]);
        person.wait_for("the question waits", needs_me);
        person.keys(&BURST[position..]);
        person.wait_for(&format!("the composer has the whole burst, cut at {position}"), |s| s.has(BURST));
        assert!(needs_me(&person.screen()), "a key of the burst, cut at {position}, answered");
        // The first clears the composer, the second interrupts the turn.
        person.ctrl('c');
        person.wait_for("the composer is empty", |s| !s.has(BURST));
        person.ctrl('c');
        person.wait_for("nothing needs me", |s| !needs_me(s));
    }
}

/// FLT-11, SEC-20, SEC-21.
/// B02, B04.
#[test]
fn an_approval_that_arrives_while_i_type_takes_no_key() {
    type_while_asked("approval", Kind::Modern);
    type_while_asked("approval", Kind::Plain);
}

/// FLT-11, SEC-27.
#[test]
fn a_question_or_password_prompt_that_arrives_while_i_type_takes_no_key() {
    type_while_asked("clarify", Kind::Modern);
    type_while_asked("sudo", Kind::Plain);
    type_while_asked("secret", Kind::Modern);
}

/// SEC-20 to SEC-23: it takes a step to the card, and then a fresh key.
#[test]
fn a_question_is_answered_by_a_step_and_a_fresh_key() {
    let home = Home::new();
    let person = Person::at(demo(&home, &[]).start());
    person.send("/demo approval");
    person.wait_for("the question waits", needs_me);
    // The step and the answer in one write: what was typed before the card was seen is text, no answer.
    person.keys("\x1bry");
    person.wait_text("› y");
    assert!(needs_me(&person.screen()));
    person.turn_to_card();
    person.keys("\r ");
    person.paste("y");
    person.wait_text("› yy");
    assert!(needs_me(&person.screen()), "Enter, a blank or a paste answered");
    person.turn_to_card();
    person.keys("y");
    person.wait_for("nothing needs me", |s| !needs_me(s));
}

/// A04, REL-02.
#[test]
fn a_backend_that_crashes_is_said_and_replaced() {
    let home = Home::new();
    let person = in_use(&home);
    person.send("/demo crash");
    person.wait_for("hermux says that the backend ended", says_backend_ended);
    person.send("/demo stream 5 0");
    person.wait_for("the session goes on", |s| {
        common::person::tags(&s.text()).iter().any(|t| t.ends_with("-0005"))
    });
}

#[test]
fn what_is_typed_before_hermux_is_ready_is_not_lost() {
    let home = Home::new();
    let term = demo(&home, &[]).start();
    term.keys("typed ahead");
    term.wait_text("› typed ahead");
}

/// 20×6 to 300×100.
#[test]
fn any_size_is_drawn() {
    let home = Home::new();
    let person = in_use(&home);
    for (cols, rows) in [(20, 6), (300, 100), (40, 12), (21, 40), (120, 7), (80, 24)] {
        person.resize(cols, rows);
        person.keys("x");
        person.wait_for(&format!("{cols}×{rows} is drawn with what was typed"), |s| s.has("x"));
        person.keys("\x7f");
    }
}

/// UX-30, SYS-7: what leaves, leaves the terminal as it was, and no process.
#[test]
fn the_terminal_is_as_it_was_and_no_process_is_left_when_a_signal_ends_hermux() {
    for end in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let home = Home::new();
        let person = in_use(&home);
        assert!(!person.screen().left_behind().is_empty(), "nothing to restore: the test looks at nothing");
        signal(person.pid().cast_signed(), end);
        person.wait_end(STOP);
        assert_restored(&person);
        home.mark.assert_none_left(AFTER_KILL);
    }
}

/// UX-31, fact 1: a closed window ends hermux and all below it.
/// A23.
#[test]
fn hermux_ends_when_its_terminal_vanishes() {
    let home = Home::new();
    let mut person = in_use(&home);
    person.term.hang_up();
    person.wait_end(HANG_UP);
    home.mark.assert_none_left(AFTER_KILL);
}

/// FLT-20, SYS-7: however hermux is killed, its backends end.
#[test]
fn no_process_is_left_when_hermux_is_killed() {
    for end in [Signal::KILL, Signal::ABORT, Signal::SEGV, Signal::BUS] {
        let home = Home::new();
        let person = in_use(&home);
        assert!(home.mark.find("demo-backend").is_some(), "no backend ran: the test looks at nothing");
        signal(person.pid().cast_signed(), end);
        home.mark.assert_none_left(AFTER_KILL);
    }
}

/// FLT-19: a backend that writes 10 MB of noise to both pipes is still served.
#[test]
fn a_noisy_backend_is_still_served() {
    let home = Home::new();
    let noisy = demo(&home, &[]).arg("--backend-arg").arg("--noise").arg("--backend-arg").arg("10000000");
    let person = Person::at(noisy.start());
    person.send("/demo stream 5 0");
    person
        .wait_for("the turn runs", |s| common::person::tags(&s.text()).iter().any(|t| t.ends_with("-0005")));
}

/// Every file under `dir`, with its bytes.
fn files(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![(path.clone(), fs::read(path).unwrap_or_default())]
            }
        })
        .collect()
}

#[track_caller]
fn assert_nowhere(secret: &str, person: &Person, home: &Home) {
    let held = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
    assert!(!held(person.screen().raw()), "the secret was written to the terminal");
    for (path, bytes) in files(home.path()) {
        assert!(!held(&bytes), "the secret is in {}", path.display());
    }
    for process in home.mark.living() {
        assert!(!process.command.contains(secret), "the secret is an argument of {process:?}");
    }
}

/// SEC-30: the token of a backend is in its environment alone.
#[test]
fn a_backends_token_is_in_no_argument_file_or_frame() {
    let home = Home::new();
    let person = in_use(&home);
    let backend = home.mark.find("demo-backend").expect("a backend");
    let environ = fs::read(format!("/proc/{}/environ", backend.pid)).expect("its environment");
    let environ = String::from_utf8_lossy(&environ).into_owned();
    let token = environ
        .split('\0')
        .find_map(|line| line.strip_prefix("HERMES_DASHBOARD_SESSION_TOKEN="))
        .expect("a token");
    assert!(token.len() >= 43, "256 bits do not fit into {} characters", token.len());
    assert_nowhere(token, &person, &home);
}

/// SEC-27, I12: a password reaches the backend that asked, and nothing else.
#[test]
fn a_password_is_on_no_screen_and_in_no_file() {
    let home = Home::new();
    let person = Person::at(demo(&home, &[]).start());
    person.send("/demo sudo");
    person.wait_for("the question waits", needs_me);
    person.turn_to_card();
    person.keys("canary4711secret");
    person.wait_text(&"•".repeat(16));
    // Right after a key it is no answer yet, and is said to be none.
    person.enter();
    person.wait_text("A moment");
    person.wait_for("the remark is over", |s| !s.has("A moment"));
    assert!(needs_me(&person.screen()));
    person.enter();
    person.wait_for("nothing needs me", |s| !needs_me(s));
    person.wait_idle();
    assert_nowhere("canary4711secret", &person, &home);
    person.leave();
    person.wait_end(STOP);
    assert_nowhere("canary4711secret", &person, &home);
}

/// SEC-02: the capture is read against the list when the terminal is dropped, as of every test.
#[test]
fn nothing_but_known_control_sequences_is_ever_written() {
    let home = Home::new();
    let person = in_use(&home);
    for scene in ["tool", "edit", "approval"] {
        person.wait_idle();
        person.send(&format!("/demo {scene}"));
        person.wait_for("the scene has begun", |s| s.has("▸"));
    }
    person.wait_for("the question waits", needs_me);
    person.turn_to_card();
    person.keys("y");
    person.wait_idle();
    // What a person pastes is as hostile as what a model says.
    person.paste("\x1b]52;c;aGk=\x07\x1b[5n\u{9b}6n\x1bP$q\x1b\\ \u{202e}pasted\x1bc");
    person.wait_text("pasted");
    person.enter();
    person.wait_idle();
    person.ctrl('p');
    person.keys("hello");
    person.resize(60, 20);
    person.wait_text("Esc closes");
    person.keys("\x1b");
    person.wait_for("the palette is closed", |s| !s.has("Esc closes"));
    person.leave();
    person.wait_end(STOP);
}

//! The real binary in a pseudo-terminal, with the demo's backends: what a person sees, and what is left when it ends.

mod common;

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
    person.wait_text("I follow a script");
    person.next_that_needs_me();
    person.turn_to_card();
    person.keys("y");
    person.wait_for("nothing needs me", |s| !needs_me(s));
    person.leave();
    person.wait_end(seconds(10));
    assert_restored(&person);
    home.mark.assert_none_left(seconds(1));
    let left: Vec<_> = std::fs::read_dir(home.path().join("tmp")).expect("the folder").flatten().collect();
    assert!(left.is_empty(), "the throw-away home is left: {left:?}");
}

#[test]
fn a_long_transcript_is_read_from_its_top_to_its_end_without_loss() {
    let home = Home::new();
    let person = Person::at(demo(&home, &[]).start());
    person.send("/demo stream 90 0 T1");
    person.wait_text("T1-0090");
    assert_eq!(person.read_transcript("T1-0001", "T1-0090"), lines("T1", 90));
}

/// FLT-11, SEC-20, SEC-21: a question arrives between any two keys of a burst.
#[test]
fn a_question_that_arrives_while_i_type_takes_no_key() {
    // Every key that answers a card, and none that sends.
    const BURST: &str = "yes always no 1 2 3 yay nay saNy ays ynas";
    for kind in [Kind::Modern, Kind::Plain] {
        let home = Home::new();
        let person = Person::at(demo(&home, &[]).kind(kind).start());
        for position in 0..=BURST.len() {
            person.send("/demo approval");
            person.keys(&BURST[..position]);
            person.wait_for("the question waits", needs_me);
            person.keys(&BURST[position..]);
            person
                .wait_for(&format!("the composer has the whole burst, cut at {position}"), |s| s.has(BURST));
            assert!(needs_me(&person.screen()), "a key of the burst, cut at {position}, answered");
            // The first clears the composer, the second interrupts the turn.
            person.ctrl('c');
            person.wait_for("the composer is empty", |s| !s.has(BURST));
            person.ctrl('c');
            person.wait_for("nothing needs me", |s| !needs_me(s));
        }
    }
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

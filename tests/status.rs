//! `hermux status` with the real binary: beside a hub that runs, whose terminal says the same (SYS-13), and without one.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use common::cli::hermux;
use common::home::Home;
use common::person::{AFTER_KILL, Person};
use common::pty::Screen;
use common::{Deadline, seconds};
use serde_json::Value;

fn home() -> Home {
    Home::new().with_demo("--pace 20")
}

fn json(home: &Home) -> Value {
    let ran = hermux(home, &["status", "--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    serde_json::from_str(&ran.out).unwrap()
}

/// Asks until the sessions, by their tabs, stand as in `wanted`.
#[track_caller]
fn until(home: &Home, wanted: &[&str]) -> Value {
    let deadline = Deadline::after(seconds(20));
    loop {
        let report = json(home);
        let sessions = report["sessions"].as_array().unwrap();
        let found: Vec<_> = sessions.iter().map(|session| session["status"].as_str().unwrap()).collect();
        if found == wanted {
            return report;
        }
        assert!(!deadline.passed(), "wanted {wanted:?}: {report:#}");
    }
}

/// The marks that may stand for a status in a tab.
fn marks(status: &str) -> &'static [&'static str] {
    match status {
        "needs a decision" => &["!"],
        "asks a question" => &["?"],
        "failed" => &["✗"],
        "finished" => &["●"],
        "working" => &["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "▸"],
        "idle" => &[""],
        other => unreachable!("no session of this test is {other}"),
    }
}

/// The row of tabs has the mark of each session, the strip the counts of each profile, the title those that wait.
fn says(screen: &Screen, report: &Value) -> bool {
    let rows = screen.rows();
    let sessions = report["sessions"].as_array().unwrap();
    let tabs = sessions.iter().enumerate().all(|(place, session)| {
        let marks = marks(session["status"].as_str().unwrap()).iter();
        let name: String = session["title"].as_str().unwrap().chars().take(8).collect();
        let mut begins = marks.map(|mark| format!("{} {mark}", place + 1));
        begins.any(|begin| {
            rows.iter().take(2).any(|row| {
                row.split_once(&begin)
                    .is_some_and(|(_, rest)| rest.trim_start_matches(['▸', ' ']).starts_with(&name))
            })
        })
    });
    let profiles = report["profiles"].as_array().unwrap();
    let strip = profiles.iter().all(|profile| {
        let counts =
            [("waiting", "!"), ("working", "▸"), ("uncertain", "~"), ("failed", "✗"), ("unread", "•")];
        let counts = counts.iter().filter(|(field, _)| profile[field] != 0);
        let counts: Vec<String> = counts.map(|(field, mark)| format!(" {}{mark}", profile[field])).collect();
        let chip = format!("{}{}  ", profile["name"].as_str().unwrap(), counts.concat());
        rows.iter().any(|row| format!("{row}  ").contains(&chip))
    });
    let waiting: u64 = profiles.iter().map(|profile| profile["waiting"].as_u64().unwrap()).sum();
    tabs && strip && screen.title().contains(&format!(" {waiting}! "))
}

/// SYS-13, I11.
#[test]
fn status_tabs_strip_palette_and_title_agree_on_every_session() {
    let home = home();
    let hermes = home.stand_in();
    let person = Person::at(home.hermux().arg("--hermes").arg(hermes).size(200, 44).start());
    person.send("/demo stream 2 0 A1");
    person.wait_text("A1-0002");
    person.wait_idle();
    // Each is left before it ends: a fresh session takes its place on the screen.
    let leave_for_a_new_one = || {
        person.wait_for("the text is the session's name", |s| !s.has("new session"));
        person.ctrl('x');
        person.keys("n");
        person.wait_for("a fresh session", |s| s.has("new session"));
    };
    leave_for_a_new_one();
    for text in ["/demo error auth", "/demo stream 20 50 B1", "/demo approval", "/demo clarify"] {
        person.send(text);
        leave_for_a_new_one();
    }
    person.send("/demo stream 3000 100 W1");
    person.wait_text("W1-0003");
    let stand = ["idle", "failed", "finished", "needs a decision", "asks a question", "working"];
    let report = until(&home, &stand);
    person.wait_for("tabs, strip and title say what the report says", |screen| says(screen, &report));
    person.ctrl('p');
    person.wait_for("the palette says it, too", |screen| {
        report["sessions"].as_array().unwrap().iter().all(|session| {
            let name: String = session["title"].as_str().unwrap().chars().take(16).collect();
            let note = session["status"].as_str().unwrap();
            screen.rows().iter().any(|row| row.contains(&name) && row.contains(note))
        })
    });
    person.keys("\x1b");

    let line = hermux(
        &home,
        &["status", "--format", "{waiting} {working} {failed} {unread}{stuck? stuck} {default:state}"],
    );
    assert_eq!((line.code, line.out.as_str(), line.err.as_str()), (0, "2 3 1 1 live\n", ""));
    let text = hermux(&home, &["status"]);
    assert!(stand.iter().all(|words| text.out.contains(words)), "{}", text.out);
    assert!(text.out.lines().all(|line| line.chars().count() <= 80), "{}", text.out);

    // Whoever asks is no terminal, and what the hub says of itself is so.
    let hub = &json(&home)["hub"];
    assert_eq!(hub["terminals"].as_array().unwrap().len(), 1, "{hub:#}");
    assert_eq!(hub["terminals"][0]["shows"], report["sessions"][5]["id"]);
    assert_eq!(hub["terminals"][0]["tty"], hub["environment"]["tty"]);
    assert_eq!(hub["pid"].as_u64(), home.hub().and_then(|pid| u64::try_from(pid).ok()));
    let doctor = hermux(&home, &["doctor", "--no-spawn", "--json"]);
    assert!(doctor.out.contains("terminals: 1, open sessions: 6"), "{}", doctor.out);
    home.stop_hub();
    let doctor = hermux(&home, &["doctor", "--no-spawn", "--json"]);
    assert!(doctor.out.contains("none runs; hermux starts one"), "{}", doctor.out);
    drop(person);
    home.mark.assert_none_left(AFTER_KILL);
}

/// UX-40, UX-41: without a hub it says so, starts none, and a status line stays clean.
#[test]
fn without_a_hub_status_says_so_and_starts_none() {
    let home = home();
    let plain = hermux(&home, &["status"]);
    assert_eq!((plain.code, plain.out.as_str()), (4, ""));
    assert!(plain.err.contains("no hub runs"), "{}", plain.err);
    let json = hermux(&home, &["status", "--json"]);
    assert_eq!(
        (json.code, json.out.as_str()),
        (4, "{\"schema\":1,\"hub\":null,\"profiles\":[],\"sessions\":[],\"notices\":[]}\n")
    );
    let line = hermux(&home, &["status", "--format", "{waiting} wait"]);
    assert_eq!((line.code, line.out.as_str(), line.err.as_str()), (0, "\n", ""));
    let bad = hermux(&home, &["status", "--format", "{wating}"]);
    assert_eq!((bad.code, bad.out.as_str()), (2, ""));
    assert!(bad.err.contains("{waiting}"), "{}", bad.err);
    home.mark.assert_none_left(seconds(0));
}

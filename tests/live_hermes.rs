//! The real binary in a pseudo-terminal, the real Hermes, and a model on 127.0.0.1 that says what the test tells it.
//!
//! `.ci/run` installs Hermes and runs these; by hand: `HERMUX_TEST_HERMES=…/bin/hermes cargo test --test live_hermes
//! -- --ignored`.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

use common::home::Home;
use common::model::Model;
use common::person::{
    AFTER_KILL, BADGE, Person, STOP, chat, chat_has, lines, needs_me, says, says_backend_ended,
};
use common::procs::signal;
use common::{patience, seconds};
use futures_util::{SinkExt, StreamExt};
use rusqlite::{Connection, OpenFlags};
use rustix::process::Signal;
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

/// Lines of a stream in the tests with long ones: more than a screen.
const LONG: usize = 60;

fn sit_down(home: &Home) -> Person {
    Person::at(home.hermux().arg("--hermes").arg(hermes()).env("HERMES_HOME", home.hermes()).start())
}

/// The finished messages of a role in a profile's `state.db`, oldest first, with their session.
fn stored(home: &Home, profile: &str, role: &str) -> Vec<(String, String)> {
    let dir = if profile == "default" { home.hermes() } else { home.hermes().join("profiles").join(profile) };
    let db = Connection::open_with_flags(dir.join("state.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let mut rows = db.prepare("SELECT session_id, content FROM messages WHERE role = ? ORDER BY id").unwrap();
    let rows =
        rows.query_map([role], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?.unwrap_or_default())));
    rows.unwrap().map(Result::unwrap).collect()
}

fn texts(rows: &[(String, String)]) -> Vec<&str> {
    rows.iter().map(|(_, text)| text.as_str()).collect()
}

/// M1, M6, INV1: two profiles at work, watched in turns.
/// A01, A02, A05–A07, F08, G08, I01–I05, INV3, M1, M7, M9.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn two_profiles_stream_at_once_and_no_line_is_lost_doubled_or_in_the_wrong_place() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let person = sit_down(&home);
    person.send(&format!("STREAM tag=D1 n={LONG} gate=d"));
    model.allow("d", 5);
    person.wait_said("D1-0005");
    person.next_profile();
    person.wait_for("another session is on the screen", |s| !chat_has(s, "D1-0005"));
    person.send(&format!("STREAM tag=W1 n={LONG} gate=w"));
    model.allow("w", 5);
    person.wait_said("W1-0005");
    for switch in 1..=10 {
        let (tab, shown, other) = if switch % 2 == 1 { (1, "D1-", "W1-") } else { (2, "W1-", "D1-") };
        let line = 5 + 4 * switch;
        person.tab(tab);
        model.allow("d", line);
        model.allow("w", line);
        let newest = format!("{shown}{line:04}");
        person.wait_for(&format!("{newest} and nothing of the other"), |s| {
            says(s, &newest) && !chat_has(s, other)
        });
    }
    model.allow("d", LONG);
    model.allow("w", LONG);
    for (tab, tag) in [(1, "D1"), (2, "W1")] {
        person.tab(tab);
        let end = format!("{tag}-{LONG:04}");
        person.wait_said(&end);
        assert_eq!(
            person.read_transcript(&format!("{tag}-0001"), &end),
            lines(tag, LONG),
            "the transcript of tab {tab}"
        );
    }
    person.wait_idle();
    for (profile, tag) in [("default", "D1"), ("work", "W1")] {
        let rows = stored(&home, profile, "assistant");
        let whole = lines(tag, LONG).join("\n");
        assert_eq!(
            texts(&rows).iter().map(|t| t.trim()).collect::<Vec<_>>(),
            [whole.as_str()],
            "stored in {profile}"
        );
    }
}

/// M3, INV10, SEC-20, SEC-21, DECISIONS on approvals: a background session of the other profile asks.
/// B02–B05, B08–B10, M3, M8.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn an_approval_raised_in_the_background_is_seen_opened_and_answered_alone() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    for dir in ["first", "second"] {
        fs::create_dir(home.work().join(dir)).unwrap();
    }
    let (first, second) = (home.work().join("first"), home.work().join("second"));
    let person = sit_down(&home);
    person.send("STREAM tag=D1 n=9 gate=d");
    model.allow("d", 3);
    person.wait_said("D1-0003");
    person.next_profile();
    person.wait_for("another session is on the screen", |s| !chat_has(s, "D1-0003"));
    let rm = |dir: &str| format!(r#"terminal {{"command":"rm -rf ./{dir}"}}"#);
    person.send(&format!("TOOL gate=w {} ;; TOOL {} ;; SAY all over", rm("first"), rm("second")));
    model.wait_for("the agent of the other profile has begun", |asked| {
        asked.iter().any(|a| a.user.contains("gate=w"))
    });
    person.tab(1);
    person.wait_said("D1-0003");
    model.allow("w", 1);
    person.wait_for("the other profile's session needs me", needs_me);
    person.wait_within(BADGE, "the title says so too", |s| s.title().contains('!'));
    assert!(!person.screen().has("▏ rm -rf ./first"), "a question of another session is on the screen");
    person.next_that_needs_me();
    person.wait_text("▏ rm -rf ./first");
    person.turn_to_card();
    assert!(first.exists());
    person.keys("yy");
    person.wait_text("▏ rm -rf ./second");
    assert!(!first.exists(), "the command that was allowed has not run");
    person.wait_for("the second question waits", needs_me);
    assert!(second.exists(), "the second command ran on the first one's key");
    person.turn_to_card();
    person.keys("n");
    person.wait_said("all over");
    assert!(second.exists(), "a denied command has run");
    person.wait_for("nothing needs me", |s| !needs_me(s));
    model.allow("d", 9);
    person.tab(1);
    person.wait_said("D1-0009");
}

/// G09: a question with choices, answered by one of them.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn a_question_is_answered_with_the_choice_that_was_chosen() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let person = sit_down(&home);
    person.send(r#"TOOL clarify {"question":"Which colour?","choices":["red","green"]} ;; SAY thank you"#);
    person.wait_text("▏ Which colour?");
    person.turn_to_card();
    person.keys("2");
    person.wait_said("thank you");
    let results = model.asked().last().unwrap().results.join("");
    assert!(results.contains("green") && !results.contains(r#""user_response": "red"#), "{results}");
}

/// INV5: an interrupt belongs to one session.
/// A21, A22, I16, INV7, M15.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn an_interrupt_stops_its_own_session_only() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let person = sit_down(&home);
    person.send("STREAM tag=D1 n=20 gate=d");
    model.allow("d", 3);
    person.wait_said("D1-0003");
    person.next_profile();
    person.wait_for("another session is on the screen", |s| !chat_has(s, "D1-0003"));
    person.send("STREAM tag=W1 n=20 gate=w");
    model.allow("w", 3);
    person.wait_said("W1-0003");
    person.interrupt();
    person.wait_for("the turn is interrupted", |s| s.text().to_lowercase().contains("interrupted"));
    model.allow("w", 20);
    model.allow("d", 20);
    person.tab(1);
    person.wait_said("D1-0020");
    assert_eq!(person.read_transcript("D1-0001", "D1-0020"), lines("D1", 20));
    person.tab(2);
    person.wait_said("W1-0003");
    assert!(!chat_has(&person.screen(), "W1-0020"), "an interrupted turn went on");
}

/// DECISIONS on the queue: what is sent while a turn runs waits its turn.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn two_messages_queued_while_busy_run_in_order_and_unmerged_after_the_whole_turn() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let person = sit_down(&home);
    person.send("STREAM tag=D1 n=9 gate=d");
    model.allow("d", 3);
    person.wait_said("D1-0003");
    for text in ["SAY one is answered", "SAY two is answered"] {
        person.send(text);
        person.wait_for("it is queued", |s| s.has("queued"));
    }
    assert_eq!(model.asked().len(), 1, "a queued message was sent while the turn ran");
    model.allow("d", 9);
    person.wait_said("one is answered");
    person.wait_said("two is answered");
    person.wait_idle();
    let said: Vec<String> = model.asked().into_iter().map(|a| a.user).collect();
    assert_eq!(said, ["STREAM tag=D1 n=9 gate=d", "SAY one is answered", "SAY two is answered"]);
    let rows = stored(&home, "default", "assistant");
    let whole = lines("D1", 9).join("\n");
    let told: Vec<&str> = texts(&rows).into_iter().map(str::trim).collect();
    assert_eq!(told, [whole.as_str(), "one is answered", "two is answered"]);
}

/// A04, REL-02: a backend that dies in the middle of a turn.
/// I10, I17.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn a_backend_that_dies_is_replaced_and_its_session_goes_on_with_nothing_twice() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let person = sit_down(&home);
    person.send("SAY before it died");
    person.wait_said("before it died");
    person.send("STREAM tag=D1 n=9 gate=d");
    model.allow("d", 3);
    person.wait_said("D1-0003");
    let backend = home
        .mark
        .living()
        .into_iter()
        .find(|p| p.command.contains(" serve ") && !p.command.contains("guard"));
    let backend = backend.expect("the backend's process");
    signal(backend.pid, Signal::KILL);
    person.wait_for("hermux says that the backend ended", says_backend_ended);
    person.wait_for("another backend runs", |_| {
        home.mark
            .living()
            .iter()
            .any(|p| p.pid != backend.pid && p.command.contains(" serve ") && !p.command.contains("guard"))
    });
    model.allow("d", 9);
    person.send("SAY after it came back");
    person.wait_said("after it came back");
    let rows = stored(&home, "default", "user");
    assert!(rows.iter().all(|(session, _)| *session == rows[0].0), "more than one session: {rows:?}");
    assert_eq!(texts(&rows), ["SAY before it died", "STREAM tag=D1 n=9 gate=d", "SAY after it came back"]);
    for text in ["SAY before it died", "STREAM tag=D1", "SAY after it came back"] {
        let count = chat(&person.screen().rows()).iter().filter(|row| row.contains(text)).count();
        assert_eq!(count, 1, "{text:?} stands {count} times in\n{}", person.screen().text());
    }
}

/// What a provider says is wrong reaches the person in words.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn an_error_of_the_provider_can_be_read() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    let person = sit_down(&home);
    person.send("ERROR 401 this key opens nothing");
    person.wait_for("the provider's words", |s| {
        s.rows().iter().any(|row| row.contains("this key opens nothing") && !row.contains("ERROR"))
    });
    person.send("SAY still here");
    person.wait_said("still here");
}

/// REL-23, SYS-7: nothing outlives the hub, however it ended.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn when_the_hub_is_killed_no_process_of_its_tools_lives_on() {
    let model = Model::start();
    let home = Home::new().with_hermes(&model);
    // In a file: Hermes refuses the word in a command.
    fs::write(home.work().join("stubborn.sh"), "trap '' TERM HUP INT\nsetsid sleep 1000\n").unwrap();
    let person = sit_down(&home);
    person.send(r#"TOOL terminal {"command":"sh stubborn.sh"}"#);
    person.wait_for("the tool runs", |_| home.mark.find("sleep 1000").is_some());
    // Its terminal would start another.
    signal(person.pid().cast_signed(), Signal::KILL);
    person.wait_end(STOP);
    signal(home.hub().unwrap(), Signal::KILL);
    home.mark.assert_none_left(AFTER_KILL);
}

/// UX-34: a home without a provider says so, and how to get one; once there is one it is found without a new start.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn a_home_without_a_provider_says_so_until_there_is_one() {
    let model = Model::start();
    let home = Home::new();
    fs::create_dir(home.hermes()).unwrap();
    let person = sit_down(&home);
    person.keys("x");
    person.wait_within(seconds(60), "the page says what to do", |s| {
        s.has("default has no model yet") && s.has("hermes model") && s.has("hermux demo")
    });
    let home = home.with_hermes(&model);
    person.keys("\x7f\x18s");
    person.wait_for("the page is gone", |s| !s.has("no model yet"));
    person.send("STREAM tag=P1 n=3");
    person.wait_said("P1-0003");
    person.wait_for("the turn is over", |s| !s.has("interrupts"));
    person.leave();
    person.wait_end(STOP);
    home.stop_hub();
    home.mark.assert_none_left(AFTER_KILL);
}

/// A config that is no YAML: Hermes goes on without it, and says so only in its log.
#[test]
#[ignore = "needs a real Hermes; .ci/run runs it"]
fn a_config_that_hermes_ignores_is_told_with_its_line() {
    let home = Home::new();
    fs::create_dir(home.hermes()).unwrap();
    fs::write(home.hermes().join("config.yaml"), "model:\n  default: [x\n  : :\n").unwrap();
    let person = sit_down(&home);
    person.keys("x");
    person.wait_within(seconds(60), "the page says what is wrong", |s| {
        s.has("Hermes cannot read its config") && s.text().contains("line 2") && s.has("mend the file")
    });
    person.leave();
    person.wait_end(STOP);
}

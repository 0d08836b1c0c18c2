//! The test support is held to what the tests rely on: a rig that cannot fail proves nothing.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;

use common::home::Home;
use common::model::Model;
use common::person::{lines, stitch, tags};
use common::pty::Launch;
use common::seconds;
use common::sequences::Allowed;

fn shell(home: &Home, script: &str) -> common::pty::Term {
    Launch::new("/bin/sh", &home.work()).arg("-c").arg(script).envs(home.env()).start()
}

#[test]
fn the_screen_is_what_a_person_sees() {
    let home = Home::new();
    let term = shell(&home, "read x; printf 'one\\033[2J\\033[3;5H[%s]\\007\\033]2;named\\007' $x; read y");
    term.keys("word\r");
    term.wait_for("the word stands in its place", |s| s.rows()[2] == "    [word]");
    term.wait_for("bell and title", |s| s.bells() == 1 && s.title() == "named");
    term.resize(80, 24);
    assert_eq!(term.screen().vt().size(), (24, 80));
    term.enter();
    assert!(term.wait_end(seconds(5)).success());
}

#[test]
#[should_panic(expected = "never drawn: the program has ended")]
fn a_wait_fails_at_once_when_the_program_has_ended() {
    let home = Home::new();
    shell(&home, "echo here").wait_for("never drawn", |s| s.has("there"));
}

#[test]
fn what_a_program_leaves_behind_is_named() {
    let home = Home::new();
    let term = shell(
        &home,
        "printf '\\033[?1049h\\033[?25l\\033[?2004h\\033[?1000h\\033[?1004h\\033[?7l\\033[>1u'; stty -echo",
    );
    term.wait_end(seconds(5));
    assert_eq!(term.screen().left_behind().len(), 7, "{:?}", term.screen().left_behind());
    assert!(term.modes_changed().is_some());
    let term = shell(&home, "printf '\\033[?1049h\\033[>1u\\033[<u\\033[?1049l'; stty -echo; stty echo");
    term.wait_end(seconds(5));
    assert!(term.screen().left_behind().is_empty() && term.modes_changed().is_none());
}

#[test]
fn questions_of_the_program_are_answered() {
    let home = Home::new();
    let term = shell(
        &home,
        "stty raw -echo; printf '\\033[?u\\033[?2026$p\\033[c'; dd bs=1 count=23 2>/dev/null | od -c",
    );
    term.wait_for("the three answers", |s| {
        let text: String = s.text().split_whitespace().filter(|w| w.len() < 4).collect();
        text.contains("[?0u") && text.contains("[?2026;2$y") && text.contains("[?62")
    });
}

#[test]
fn a_hang_up_reaches_the_program() {
    let home = Home::new();
    let mut term = shell(
        &home,
        "trap 'echo size' WINCH; trap 'touch hung; exit' HUP; echo up; while :; do sleep 0.1; done",
    );
    term.wait_text("up");
    term.hang_up();
    term.wait_end(seconds(5));
    assert!(home.work().join("hung").exists());
}

#[test]
fn a_process_that_left_its_group_is_still_found() {
    let home = Home::new();
    let term = shell(&home, "cd /; (trap '' TERM HUP; setsid sleep 1000 &) ; echo started; exit");
    term.wait_text("started");
    term.wait_end(seconds(5));
    assert!(home.mark.find("sleep 1000").is_some(), "{:?}", home.mark.living());
    home.mark.kill_all();
    home.mark.assert_none_left(seconds(5));
}

/// A killed run of the tests leaves no hub: it would linger for minutes in a home that nobody has.
#[test]
fn what_a_test_started_ends_with_its_process_even_if_no_destructor_ran() {
    let mut home = Home::new();
    let term = shell(&home, "cd /; (trap '' TERM HUP; setsid sleep 1000 &) ; echo started; exit");
    term.wait_text("started");
    term.wait_end(seconds(5));
    assert!(home.mark.find("sleep 1000").is_some(), "{:?}", home.mark.living());
    home.mark.lose();
    home.mark.assert_none_left(seconds(5));
    assert!(!home.path().exists());
}

fn post(model: &Model, message: &str, tools: &str) -> String {
    let body =
        format!(r#"{{"stream":true,"tools":{tools},"messages":[{{"role":"user","content":"{message}"}}]}}"#);
    let address = model.url().replace("http://", "").replace("/v1", "");
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("POST /v1/chat/completions HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut answer = String::new();
    let mut byte = [0];
    while !answer.ends_with("0\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
        answer.push(char::from(byte[0]));
    }
    answer
}

#[test]
fn the_model_follows_the_script_of_its_message() {
    let model = Model::start();
    let tools = r#"[{"type":"function"}]"#;
    model.allow("g", 2);
    let answer = post(&model, "STREAM tag=S3 n=2 gate=g", tools);
    for piece in ["\"S3-0\"", "001\\n", "002\\n", "\"stop\"", "[DONE]"] {
        assert!(answer.contains(piece), "{piece} is missing in {answer}");
    }
    let answer = post(&model, "TOOL terminal {} ;; SAY later", tools);
    assert!(answer.contains("\"tool_calls\"") && !answer.contains("later"), "{answer}");
    assert!(post(&model, "TOOL gate=g terminal {}", tools).contains("\"name\":\"terminal\""));
    assert!(post(&model, "User: STREAM tag=S3 n=2", "[]").contains("Session about S3"));
    assert_eq!(model.asked().len(), 3);
}

#[test]
fn what_a_person_scrolls_through_is_put_together_with_each_fault_left_in() {
    assert_eq!(
        tags(" │ S3-0001 and W1-0020, not s-1 nor S3-001 (D1-0003)"),
        ["S3-0001", "W1-0020", "D1-0003"]
    );
    let whole = lines("S3", 9);
    let [mut doubled, mut lost, mut again] = [whole.clone(), whole.clone(), whole.clone()];
    doubled.insert(4, doubled[4].clone());
    lost.remove(4);
    again.extend(whole.clone());
    for transcript in [whole, doubled, lost, again] {
        let mut all = Vec::new();
        for seen in transcript.windows(4) {
            stitch(&mut all, seen.to_vec());
        }
        assert_eq!(all, transcript);
    }
}

/// SEC-02: the reader of captures refuses what it is there to find.
#[test]
fn what_is_not_on_the_list_of_sequences_is_found() {
    let allowed = Allowed::documented();
    let start = "\x1b[?1049h\x1b[?u\x1b[c";
    let drawn = format!(
        "{start}\x1b[2;3H\x1b[38;5;6;1mtext 漢 👨‍👩‍👧\x1b[0m\x1b]2;hermux · a\x07\x1b]52;c;aGk=\x1b\\\x1b[?1049l\r\n"
    );
    assert!(
        allowed.read(drawn.as_bytes(), false).is_ok_and(|seen| seen.len() > 8),
        "{:?}",
        allowed.read(drawn.as_bytes(), false)
    );
    let long = format!("\x1b]2;{}\x07", "x".repeat(81));
    for wrong in [
        "\x1b[6n",
        "\x1b[c",
        "\x1b[>c",
        "\x1b[18t",
        "\x1b[21t",
        "\x1b[?1$p",
        "\x1b[3J",
        "\x1b[1;2;3H",
        "\x1b[;H",
        "\x1b[4:3m",
        "\x1b[38;5;300m",
        "\x1b[38;2;1;2m",
        "\x1b[5m",
        "\x1b[?1003h",
        "\x1b[>4;2m",
        "\x1b]52;c;?\x07",
        "\x1b]52;c;aGk=\x07",
        "\x1b]52;p;aGk=\x1b\\",
        "\x1b]8;;http://a\x07",
        "\x1b]0;t\x07",
        "\x1b]2;a\u{202e}b\x07",
        &long,
        "\x1b]10;?\x07",
        "\x1b]99;;x\x1b\\",
        "\x1bP$qm\x1b\\",
        "\x1b_Gi=1\x1b\\",
        "\x1b^x\x1b\\",
        "\x1bX",
        "\x1b(0",
        "\x1bc",
        "\x1bGQ",
        "\x1b7",
        "\u{9b}2J",
        "\u{202e}",
        "\u{200b}",
        "\u{7f}",
        "\t",
        "\x08",
        "\x0e",
        "\0",
        "\u{e0041}",
    ] {
        let read = allowed.read(format!("{start}x{wrong}y").as_bytes(), true);
        assert!(read.is_err(), "{wrong:?} passed as {read:?}");
    }
    for cut in ["\x1b", "\x1b[", "\x1b[38;5", "\x1b]2;a", "\x1b]2;a\x1b"] {
        let text = format!("{start}{cut}");
        assert!(
            allowed.read(text.as_bytes(), true).is_ok() && allowed.read(text.as_bytes(), false).is_err(),
            "{cut:?}"
        );
    }
    assert!(allowed.read(b"\xff\xff\xff\xff", true).is_err());
    assert!(
        allowed.read(b"x\x1b[?1049h\x1b[c", false).is_ok(),
        "what stands on the normal screen is no drawing"
    );
    assert!(allowed.read(b"\x1b[?1049h\x1b[cx\x1b[c", false).is_err());
}

/// SEC-02: every program that is hermux is read, whatever the test.
#[test]
#[should_panic(expected = "not on the list")]
fn no_test_of_the_terminal_can_forget_the_list() {
    let home = Home::new();
    let fake = home.work().join("hermux");
    std::fs::write(&fake, "#!/bin/sh\nprintf '\\033[6n'\n").unwrap();
    std::fs::set_permissions(&fake, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    Launch::new(&fake, &home.work()).start().wait_end(seconds(5));
}

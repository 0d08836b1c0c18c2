//! Several terminals on one hub, over its socket, with the demo's backends: what one does all see, and what one suffers no other
//! does.
#![expect(clippy::unwrap_used, reason = "a test says so by failing")]

mod attached;
mod common;

use attached::{Hub, Terminal, bounded, said};
use common::seconds;
use hermux::base::ids::SessionId;
use hermux::model::message::Role;
use hermux::model::session::Session;
use hermux::proto::{CONTRACT, Command, Refusal, ToHub, Update, update::Goodbye};
use hermux::transport::port::Frame;
use hermux::transport::unix::connect;

fn idle(session: &Session) -> bool {
    !session.turn.is_busy()
}

/// The tagged lines of a text, in their order.
fn tagged(text: &str, tag: &str) -> Vec<String> {
    let words = text
        .split_whitespace()
        .filter(|word| word.strip_prefix(tag).is_some_and(|rest| rest.starts_with('-')));
    words.map(str::to_owned).collect()
}

fn lines(tag: &str, n: usize) -> Vec<String> {
    (1..=n).map(|line| format!("{tag}-{line:04}")).collect()
}

/// I2: what a terminal has come to know by patches is what the hub tells one that comes now.
async fn assert_knows_what_the_hub_does(hub: &Hub, terminal: &mut Terminal, session: SessionId) {
    let mut fresh = Terminal::join(&hub.socket).await;
    fresh.watch(session).await;
    // The turn's last words may still be on their way to the older one.
    let want = fresh.mirror.session(session).unwrap().clone();
    terminal.until_session("what the hub knows", session, |known| *known == want).await;
}

/// INV8, M14, I12, I2: two terminals on one session through a whole turn with a prompt.
#[tokio::test]
async fn a_turn_with_a_prompt_is_seen_and_answered_in_every_terminal() {
    let hub = Hub::start(&["--pace", "10"]);
    let mut one = Terminal::join(&hub.socket).await;
    let mut other = Terminal::join(&hub.socket).await;
    let session = one.open().await;
    other.until("the other's tab", |mirror| mirror.world().tabs.contains(&session)).await;
    other.watch(session).await;
    one.send(session, "/demo approval").await;
    for terminal in [&mut one, &mut other] {
        terminal.until_session("the question", session, |session| session.current_prompt().is_some()).await;
    }
    assert_eq!(one.prompt(session), other.prompt(session));
    let asked = one.prompt(session).unwrap().clone();
    other.approve(session).await.unwrap();
    for terminal in [&mut one, &mut other] {
        terminal.until_session("no question", session, |session| session.current_prompt().is_none()).await;
        terminal
            .until_session("the end", session, |session| {
                idle(session) && said(session).contains("with your consent")
            })
            .await;
    }
    let late = one.ask(Command::Answer {
        session,
        prompt: asked.id,
        digest: asked.digest(),
        answer: hermux::model::prompt::PromptAnswer::Choice(0),
    });
    assert_eq!(late.await, Err(Refusal::PromptGone));
    let users = |terminal: &Terminal| {
        let body = terminal.mirror.session(session).unwrap().body.clone().unwrap();
        body.messages.iter().filter(|message| message.role == Role::User).count()
    };
    assert_eq!((users(&one), users(&other)), (1, 1));
    for terminal in [&mut one, &mut other] {
        assert_knows_what_the_hub_does(&hub, terminal, session).await;
        assert_eq!(terminal.lagged, 0);
    }
    hub.stop().await;
}

/// INV8: each terminal has its own focus; a session that is not shown travels as its head.
#[tokio::test]
async fn a_terminal_gets_only_the_transcripts_that_it_watches() {
    let hub = Hub::start(&["--pace", "10"]);
    let mut one = Terminal::join(&hub.socket).await;
    let mut other = Terminal::join(&hub.socket).await;
    let (first, second) = (one.open().await, one.open().await);
    // An empty draft is used again: the first has to be begun to get another.
    assert_eq!(first, second);
    one.send(first, "/demo stream 20 0 A").await;
    let second = other.open().await;
    other.send(second, "/demo stream 20 0 B").await;
    for (terminal, mine, theirs, tag) in [(&mut one, first, second, "A"), (&mut other, second, first, "B")] {
        terminal
            .until_session("its own lines", mine, |session| idle(session) && !said(session).is_empty())
            .await;
        terminal.until_session("the other's preview", theirs, |session| !session.preview.is_empty()).await;
        assert_eq!(tagged(&terminal.said(mine), tag), lines(tag, 20));
        assert!(terminal.mirror.session(theirs).unwrap().body.is_none());
    }
    hub.stop().await;
}

/// A terminal that dies in the middle of a turn takes nothing with it.
#[tokio::test]
async fn a_terminal_that_leaves_costs_the_turn_nothing() {
    let hub = Hub::start(&["--pace", "10"]);
    let mut one = Terminal::join(&hub.socket).await;
    let mut other = Terminal::join(&hub.socket).await;
    let session = one.open().await;
    other.until("the tab", |mirror| mirror.session(session).is_some()).await;
    other.watch(session).await;
    one.send(session, "/demo stream 150 150 T").await;
    one.until_session("a part of it", session, |session| tagged(&said(session), "T").len() > 20).await;
    drop(one);
    other
        .until_session("the end", session, |session| idle(session) && said(session).contains("T-0150"))
        .await;
    assert_eq!(tagged(&other.said(session), "T"), lines("T", 150));
    assert_knows_what_the_hub_does(&hub, &mut other, session).await;
    hub.stop().await;
}

/// I2: whoever comes in the middle of a sentence gets what stands and then each piece once.
#[tokio::test]
async fn terminals_that_come_mid_sentence_see_every_line_once() {
    let hub = Hub::start(&["--pace", "10"]);
    let mut first = Terminal::join(&hub.socket).await;
    let session = first.open().await;
    first.send(session, "/demo stream 300 300 M").await;
    let mut terminals = vec![first];
    for begun in [30, 90, 150, 210] {
        let first = &mut terminals[0];
        first.until_session("so much", session, |session| tagged(&said(session), "M").len() >= begun).await;
        let mut late = Terminal::join(&hub.socket).await;
        late.watch(session).await;
        assert!(!tagged(&late.said(session), "M").is_empty(), "what stands comes at once");
        terminals.push(late);
    }
    for terminal in &mut terminals {
        terminal
            .until_session("the end", session, |session| idle(session) && said(session).contains("M-0300"))
            .await;
        assert_eq!(tagged(&terminal.said(session), "M"), lines("M", 300));
        assert_eq!(terminal.lagged, 0);
        assert_knows_what_the_hub_does(&hub, terminal, session).await;
    }
    hub.stop().await;
}

/// A terminal that does not read costs the others nothing, and itself one snapshot.
#[tokio::test]
async fn a_terminal_that_does_not_read_gets_one_snapshot_when_it_does() {
    let hub = Hub::start(&["--pace", "10"]);
    let mut one = Terminal::join(&hub.socket).await;
    let mut stopped = Terminal::join(&hub.socket).await;
    let session = one.open().await;
    stopped.until("the tab", |mirror| mirror.session(session).is_some()).await;
    stopped.watch(session).await;
    // Far more than a socket, a terminal's queue and the hub's bound hold together.
    for _ in 0..3 {
        one.send(session, "/demo bulk 8").await;
        one.until_session("the end", session, idle).await;
    }
    assert!(one.said(session).ends_with(".\n") && one.said(session).contains("bulk-00131072 "));
    let want = one.mirror.session(session).unwrap();
    let tail = |session: &Session| session.body.as_ref().and_then(|body| body.messages.last().cloned());
    let end = tail(want);
    stopped.until_session("the end", session, |session| tail(session) == end).await;
    assert_eq!(stopped.lagged, 1, "exactly one snapshot");
    let body = stopped.mirror.session(session).unwrap().body.as_ref().unwrap();
    let all = want.body.as_ref().unwrap();
    let from = all.position(body.messages[0].id).unwrap();
    assert!(all.messages[from..] == body.messages[..], "its transcript is the end of what the other has");
    // And it is one like any other again.
    one.send(session, "/demo stream 30 0 Z").await;
    stopped.until_session("new lines", session, |session| tagged(&said(session), "Z").len() == 30).await;
    assert_eq!(stopped.lagged, 1);
    hub.stop().await;
}

#[tokio::test]
async fn the_hub_takes_so_many_terminals_and_tells_the_next() {
    let hub = Hub::start(&[]);
    let mut all = Vec::new();
    for _ in 0..64 {
        all.push(Terminal::join(&hub.socket).await);
    }
    let mut turned_away = connect(&hub.socket).await.unwrap();
    let hello = ToHub::Hello { contract: CONTRACT, terminal: None };
    // It may be turned away before it has said hello.
    let _ = turned_away.to_hub.send(Frame::Message(Box::new(hello))).await;
    let told = bounded("a word", seconds(5), turned_away.updates.recv()).await;
    assert_eq!(told, Some(Update::Goodbye(Goodbye::Full(64))));
    assert_eq!(bounded("the end", seconds(5), turned_away.updates.recv()).await, None);
    all.pop();
    bounded("a place", seconds(5), async {
        loop {
            let mut port = connect(&hub.socket).await.unwrap();
            let hello = ToHub::Hello { contract: CONTRACT, terminal: None };
            let _ = port.to_hub.send(Frame::Message(Box::new(hello))).await;
            if matches!(port.updates.recv().await, Some(Update::Welcome(_))) {
                break;
            }
        }
    })
    .await;
    hub.stop().await;
}

/// Its place is for terminals.
#[tokio::test]
async fn a_connection_that_does_not_say_who_it_is_is_ended() {
    let hub = Hub::start(&[]);
    let mut known = Terminal::join(&hub.socket).await;
    let mut silent = connect(&hub.socket).await.unwrap();
    assert_eq!(bounded("the end", seconds(10), silent.updates.recv()).await, None);
    known.open().await;
    hub.stop().await;
}

/// A terminal that is not told takes the hub for dead and starts another.
#[tokio::test]
async fn a_hub_that_ends_tells_every_terminal_that_reads() {
    let hub = Hub::start(&[]);
    let mut ports = Vec::new();
    for _ in 0..3 {
        let port = connect(&hub.socket).await.unwrap();
        let hello = ToHub::Hello { contract: CONTRACT, terminal: None };
        port.to_hub.send(Frame::Message(Box::new(hello))).await.unwrap();
        ports.push(port);
    }
    for port in &mut ports {
        assert!(matches!(port.updates.recv().await, Some(Update::Welcome(_))));
    }
    let socket = hub.socket.clone();
    hub.stop().await;
    for port in &mut ports {
        let mut last = None;
        while let Some(update) = bounded("the end", seconds(5), port.updates.recv()).await {
            last = Some(update);
        }
        assert_eq!(last, Some(Update::Goodbye(Goodbye::Ending)));
    }
    assert!(!socket.exists());
}

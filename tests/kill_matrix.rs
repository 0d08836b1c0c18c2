//! SIGKILL of hub, terminal, both, a backend and a guard, at random moments of streams and of sends: nothing lost, nothing doubled,
//! nothing left.
//!
//! `HERMUX_TEST_KILLS=20` sets how many rounds each pair gets, `HERMUX_TEST_SEED` where the random moments come from (printed).
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test says so by failing"
)]

mod attached;
mod common;

use attached::{Terminal, said, server::Server};
use common::{procs, pty::Term, seconds};
use hermux::base::ids::SessionId;
use hermux::model::draft::Piece;
use hermux::model::message::{Level, MessageState, Part, Role};
use hermux::model::session::Session;
use hermux::model::turn::TurnState;
use hermux::proto::Command;
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Hub,
    Terminal,
    Both,
    Backend,
    Guard,
}

/// Random moments from a seed: xorshift.
struct Moments(u64);

impl Moments {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

fn number(name: &str, other: u64) -> u64 {
    std::env::var(name).ok().map_or(other, |value| value.parse().expect("a number"))
}

/// How often a text of the person is to be seen in a session, whatever it says of it.
fn places(session: &Session, text: &str) -> Vec<String> {
    let messages =
        session.body.iter().flat_map(|body| &body.messages).filter(|message| message.role == Role::User);
    let said = messages
        .filter(|message| message.parts.iter().any(|part| matches!(part, Part::Text(t) if t.raw() == text)));
    let said = said.map(|message| format!("{:?}", message.state));
    let queued = session.queue.iter().filter(|entry| entry.text == text).map(|_| "Queued".to_owned());
    said.chain(queued).collect()
}

/// Nothing is on its way any more: the fate of every text is known, or said not to be.
fn settled(session: &Session) -> bool {
    let messages = session.body.iter().flat_map(|body| &body.messages);
    !session.turn.is_busy() && messages.into_iter().all(|message| message.state != MessageState::Sending)
}

/// Whether the session says that its turn did not end well.
fn is_told(session: &Session) -> bool {
    let mut messages = session.body.iter().flat_map(|body| &body.messages);
    let warned = messages.any(|message| {
        let mut parts = message.parts.iter();
        parts.any(|part| matches!(part, Part::Note { level: Level::Warning | Level::Error, .. }))
    });
    warned || matches!(session.turn.state, TurnState::Failed(_))
}

/// The numbers of the tagged lines, as they stand.
fn numbers(text: &str, tag: &str) -> Vec<u64> {
    let words = text.split_whitespace();
    words.filter_map(|word| word.strip_prefix(tag)?.strip_prefix('-')?.parse().ok()).collect()
}

struct Round {
    server: Server,
    /// Sees and sends, without a screen.
    driver: Terminal,
    /// The real program, looking on.
    screen: Term,
    session: SessionId,
    /// Another tab, with a draft.
    draft: SessionId,
    tag: String,
}

impl Round {
    async fn begin(tag: String) -> Self {
        let server = Server::start(&["--pace", "10"]);
        let mut driver = server.join().await;
        let draft = driver.open().await;
        let pieces = vec![Piece::Text(tag.clone())];
        driver.ask(Command::SaveDraft { session: draft, pieces, base: 0 }).await.unwrap();
        let session = driver.open().await;
        // The first answer of a session is a greeting; from here on every text is answered as asked.
        driver.send(session, "hello").await;
        driver
            .until_session("a greeting", session, |session| settled(session) && !said(session).is_empty())
            .await;
        let screen = server.attach((100, 30));
        screen.wait_text("default");
        Self { server, driver, screen, session, draft, tag }
    }

    fn kill(&mut self, victim: Victim) {
        let terminal = self.screen.pid().cast_signed();
        match victim {
            Victim::Hub => self.server.kill(),
            Victim::Terminal => procs::signal(terminal, Signal::KILL),
            Victim::Both => {
                procs::signal(terminal, Signal::KILL);
                self.server.kill();
            }
            Victim::Backend | Victim::Guard => {
                let what = if victim == Victim::Guard { "guard" } else { "backend" };
                let process = self.server.below(what).expect("one that runs");
                procs::signal(process.pid, Signal::KILL);
            }
        }
    }

    /// After the hub's death: nothing of it lives, and another has taken over.
    async fn recover(&mut self) {
        // The real terminal would start a hub by itself, and it is the rig that does.
        procs::signal(self.screen.pid().cast_signed(), Signal::KILL);
        self.server.home.mark.assert_none_left(seconds(5));
        self.server.begin();
        let before = std::mem::replace(&mut self.driver, self.server.join().await);
        self.driver.until_session("its tab", self.session, |_| true).await;
        let world = self.driver.mirror.world();
        assert_eq!(world.tabs, before.mirror.world().tabs);
        assert_eq!(
            self.driver.mirror.session(self.draft).unwrap().draft.pieces,
            [Piece::Text(self.tag.clone())]
        );
        self.driver.watch(self.session).await;
        self.driver.say_again(before).await;
    }

    /// Each text in one state, and in the backend's own transcript at most once (SYS-1, SYS-2). Counts the states.
    async fn assert_each_once(&mut self, texts: &[String], what: &str, states: &mut States) {
        let session = self.session;
        self.driver.until_session("a settled session", session, settled).await;
        let known = self.driver.mirror.session(session).unwrap();
        for text in texts {
            let mut found = places(known, text);
            let back = self.driver.given_back.iter().filter(|given| *given == text);
            found.extend(back.map(|_| "Refused: given back".to_owned()));
            assert_eq!(found.len(), 1, "{what}: {text:?} is {found:?}");
            let stored = self.server.stored(text);
            assert!(stored <= 1, "{what}: the backend has {text:?} {stored} times");
            if found[0] == "Queued" || found[0].starts_with("Refused") {
                assert_eq!(stored, 0, "{what}: {text:?} is {found:?} here and accepted there");
            }
            *states.entry(found[0].clone()).or_default() += 1;
        }
    }

    /// Every line from the first on, each once.
    fn assert_unbroken(&self, at_least: usize, what: &str) {
        let seen = numbers(&self.driver.said(self.session), &self.tag);
        let want: Vec<u64> = (1..=seen.len() as u64).collect();
        assert_eq!(seen, want, "{what}");
        assert!(seen.len() >= at_least, "{what}: {} lines, and {at_least} were seen before", seen.len());
    }

    fn end(mut self) {
        self.screen.kill();
        self.server.end();
    }
}

const LINES: usize = 120;

/// How many texts ended in which state.
type States = BTreeMap<String, usize>;

async fn while_streaming(victim: Victim, moment: Duration, tag: String, states: &mut States) {
    let what = format!("{victim:?} killed {moment:?} into the stream {tag}");
    let mut round = Round::begin(tag.clone()).await;
    let (session, text) = (round.session, format!("/demo stream {LINES} 300 {tag}"));
    round.driver.send(session, &text).await;
    round.driver.until_session("its first line", session, |s| said(s).contains(&tag)).await;
    round.driver.listen(moment).await;
    let before = numbers(&round.driver.said(session), &tag).len();
    round.kill(victim);
    let stays = match victim {
        // What came and was not yet stored by the backend died with it.
        Victim::Hub | Victim::Both => {
            round.recover().await;
            0
        }
        Victim::Terminal => LINES,
        Victim::Backend | Victim::Guard => before,
    };
    round.assert_each_once(&[text], &what, states).await;
    round.assert_unbroken(stays, &what);
    let known = round.driver.mirror.session(session).unwrap();
    let whole = numbers(&said(known), &tag).len() == LINES;
    assert!(whole || is_told(known), "{what}: a part is missing, and nothing says so: {:?}", known.turn);
    round.end();
}

async fn while_sending(victim: Victim, moment: Duration, tag: String, states: &mut States) {
    let what = format!("{victim:?} killed {moment:?} into sending {tag}");
    let mut round = Round::begin(tag.clone()).await;
    let session = round.session;
    let texts: Vec<String> = (1..=5).map(|n| format!("word {n} of {tag}")).collect();
    for text in &texts {
        round.driver.send_later(session, text).await;
    }
    round.driver.listen(moment).await;
    round.kill(victim);
    if matches!(victim, Victim::Hub | Victim::Both) {
        round.recover().await;
    }
    round.driver.until_answered().await;
    round.assert_each_once(&texts, &what, states).await;
    round.end();
}

async fn matrix(victim: Victim) {
    let rounds = number("HERMUX_TEST_KILLS", 1);
    let seed = number("HERMUX_TEST_SEED", u64::from(std::process::id()) | 1);
    println!("{victim:?}: {rounds} rounds of each, HERMUX_TEST_SEED={seed}");
    let mut moments = Moments(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let (mut streamed, mut sent) = (States::new(), States::new());
    for n in 0..rounds {
        let moment = Duration::from_millis(moments.below(400));
        while_streaming(victim, moment, format!("S{n}x"), &mut streamed).await;
        // Most of what a send does is done within a few milliseconds.
        let moment = Duration::from_micros(moments.below(150_000) >> moments.below(8));
        while_sending(victim, moment, format!("T{n}x"), &mut sent).await;
    }
    println!("{victim:?}: of the streams' prompts {streamed:?}, of the sent ones {sent:?}");
}

/// SYS-1, SYS-2, SYS-7.
#[tokio::test]
async fn a_killed_terminal_takes_nothing_with_it() {
    matrix(Victim::Terminal).await;
}

/// SYS-1, SYS-2, SYS-7.
#[tokio::test]
async fn a_killed_hub_leaves_nothing_running_and_loses_no_text() {
    matrix(Victim::Hub).await;
}

/// SYS-1, SYS-2, SYS-7.
#[tokio::test]
async fn hub_and_terminal_killed_together_leave_nothing_running_and_lose_no_text() {
    matrix(Victim::Both).await;
}

/// SYS-1, SYS-2, SYS-7.
#[tokio::test]
async fn a_killed_backend_loses_and_doubles_nothing() {
    matrix(Victim::Backend).await;
}

/// SYS-1, SYS-2, SYS-7.
#[tokio::test]
async fn a_killed_guard_loses_and_doubles_nothing() {
    matrix(Victim::Guard).await;
}

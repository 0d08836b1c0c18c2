//! Keeps a terminal's line to its hub: reaches a hub, hands messages on, and reaches one again when the connection is lost.
//!
//! Invariants: a terminal's hello is the first word of every connection; every command is answered or refused, here where no hub
//! can, except a text that was handed over and not answered, whose fate only the next hub can tell. A hub that said goodbye is
//! let go. Not for: how a hub is reached and started ([`Reach`]).

use crate::{
    base::{
        clock::{Clock, Tick},
        ids::AskId,
    },
    proto::{Command, Refusal, ToHub, Update, update::Goodbye},
    transport::{
        link::{FromHub, HubLink},
        port::{Frame, HANDED_ON, HubLine, TO_HUB, TerminalPort},
    },
};
use std::{
    collections::{BTreeMap, VecDeque},
    future::Future,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::sync::{Notify, mpsc};

/// How a hub is reached.
pub(super) trait Reach: Send + 'static {
    /// Makes a connection, starting a hub if that is the way; tells `say` what goes on meanwhile.
    fn reach(&mut self, say: Say) -> impl Future<Output = Result<TerminalPort, Unreached>> + Send;
}

/// Why there is no connection.
#[derive(Debug)]
pub(super) enum Unreached {
    /// There is none and will be none.
    Over,
    /// Until the person wants another try; `log` says more.
    Down { why: String, log: Option<PathBuf> },
}

/// Tells the terminal how its line stands.
#[derive(Debug, Clone)]
pub(super) struct Say(mpsc::Sender<FromHub>);

impl Say {
    pub(super) async fn link(&self, link: HubLink) {
        // A terminal that is gone is noticed by its commands.
        let _ = self.0.send(FromHub::Link(link)).await;
    }

    async fn update(&self, update: Update) {
        let _ = self.0.send(FromHub::Update(update)).await;
    }

    async fn refuse(&self, ask: AskId) {
        self.update(Update::Refused { ask, reason: Refusal::NoHub }).await;
    }
}

/// The only hub there will be: the one in this process.
#[derive(Debug)]
pub(super) struct Here(pub Option<TerminalPort>);

impl Reach for Here {
    async fn reach(&mut self, _: Say) -> Result<TerminalPort, Unreached> {
        self.0.take().ok_or(Unreached::Over)
    }
}

/// A terminal's line and the task that keeps it. The task ends when the line is dropped, and has then handed on everything that was
/// said on it, as far as the hub takes it within [`LAST_WORDS`].
pub(super) fn line<R: Reach>(clock: Clock, reach: R) -> (HubLine, impl Future<Output = ()>) {
    let (to_hub, frames) = mpsc::channel(TO_HUB);
    let (out, from_hub) = mpsc::channel(HANDED_ON);
    let again = Arc::new(Notify::new());
    let line = HubLine { to_hub, from_hub, again: again.clone() };
    let mut terminal = Terminal { frames, say: Say(out), again };
    let keep = async move {
        // What ends it is the terminal's end or the hub's; both know.
        let _ = keep(&mut terminal, clock, reach).await;
    };
    (line, keep)
}

/// The terminal's loop is gone.
struct Gone;

/// The terminal, as seen from its line.
struct Terminal {
    frames: mpsc::Receiver<Frame>,
    say: Say,
    again: Arc<Notify>,
}

/// How a connection ended.
enum Ended {
    Over,
    WrongContract(u32),
    Lost,
}

async fn keep<R: Reach>(terminal: &mut Terminal, clock: Clock, mut reach: R) -> Result<(), Gone> {
    let mut losses = Losses::default();
    loop {
        let say = terminal.say.clone();
        let (link, until) = match terminal.away(reach.reach(say)).await? {
            Err(Unreached::Over) => return Ok(()),
            Err(Unreached::Down { why, log }) => (HubLink::Down { why, log }, None),
            Ok(port) => match terminal.serve(port).await? {
                Ended::Over => return Ok(()),
                Ended::WrongContract(number) => (HubLink::WrongContract(number), None),
                Ended::Lost => losses.next(clock.now()).map_or_else(
                    || {
                        let why = format!("the hub was lost {MOST} times within a minute");
                        (HubLink::Down { why, log: None }, None)
                    },
                    |at| {
                        let why = "the connection to the hub was lost".to_owned();
                        (HubLink::Lost { why, again_at: at }, Some(at))
                    },
                ),
            },
        };
        terminal.say.link(link).await;
        terminal.wait(clock, until).await?;
    }
}

impl Terminal {
    /// Does `work` while there is no hub to talk to.
    async fn away<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Gone> {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                frame = self.frames.recv() => match frame {
                    Some(frame) => self.refuse(frame).await,
                    None => return Err(Gone),
                },
            }
        }
    }

    /// Waits until then, or until the person does not.
    async fn wait(&mut self, clock: Clock, until: Option<Tick>) -> Result<(), Gone> {
        let again = self.again.clone();
        let time = async {
            match until {
                Some(at) => tokio::time::sleep_until(clock.instant(at)).await,
                None => std::future::pending().await,
            }
        };
        self.away(async {
            tokio::select! {
                () = again.notified() => {}
                () = time => {}
            }
        })
        .await
    }

    /// Hands on what is said, until the connection or the terminal ends.
    async fn serve(&mut self, mut port: TerminalPort) -> Result<Ended, Gone> {
        let mut talk = Talk::default();
        self.say.link(HubLink::Up).await;
        let ended = loop {
            tokio::select! {
                update = port.updates.recv() => match update {
                    None => break Ok(Ended::Lost),
                    Some(Update::Goodbye(Goodbye::WrongContract(number))) => break Ok(Ended::WrongContract(number)),
                    Some(update) => {
                        talk.heard(&update);
                        let over = matches!(update, Update::Goodbye(Goodbye::Ending | Goodbye::Full(_)));
                        self.say.update(update).await;
                        if over {
                            break Ok(Ended::Over);
                        }
                    }
                },
                frame = self.frames.recv(), if talk.next.is_none() => match frame {
                    None => break Err(Gone),
                    Some(frame) if talk.greeted || is_hello(&frame) => {
                        talk.greeted = true;
                        talk.next = Some(frame);
                    }
                    Some(frame) => self.refuse(frame).await,
                },
                room = port.to_hub.reserve(), if talk.next.is_some() && !talk.deaf => match room {
                    Ok(room) => if let Some(frame) = talk.next.take() {
                        talk.said(&frame);
                        room.send(frame);
                    },
                    // Its last words may still come.
                    Err(_) => talk.deaf = true,
                },
            }
        };
        if ended.is_err() {
            part(port).await;
        }
        if let Some(frame) = talk.next {
            self.refuse(frame).await;
        }
        for ask in talk.asked.into_iter().filter_map(|(ask, text)| (!text).then_some(ask)) {
            self.say.refuse(ask).await;
        }
        ended
    }

    /// Answers what no hub will. A secret is wiped.
    async fn refuse(&self, frame: Frame) {
        if let Frame::Message(message) = frame
            && let ToHub::Command { ask, .. } = *message
        {
            self.say.refuse(ask).await;
        }
    }
}

/// What was said on one connection.
#[derive(Default)]
struct Talk {
    greeted: bool,
    /// What is to be said next, when the hub has room.
    next: Option<Frame>,
    /// The hub takes nothing any more.
    deaf: bool,
    /// What was asked and not answered, and whether it was a text for an agent.
    asked: BTreeMap<AskId, bool>,
}

impl Talk {
    fn said(&mut self, frame: &Frame) {
        if let Frame::Message(message) = frame
            && let ToHub::Command { ask, command } = &**message
        {
            let text = matches!(command, Command::Send { .. } | Command::InterruptAndSend { .. });
            self.asked.insert(*ask, text);
        }
    }

    fn heard(&mut self, update: &Update) {
        match update {
            Update::Answer { answer, .. } if answer.is_piece() => {}
            Update::Answer { ask, .. } | Update::Refused { ask, .. } => {
                self.asked.remove(ask);
            }
            _ => {}
        }
    }
}

fn is_hello(frame: &Frame) -> bool {
    matches!(frame, Frame::Message(message) if matches!(**message, ToHub::Hello { .. }))
}

/// Takes leave, and hangs up when the hub has taken what was said: it hangs up then, too.
async fn part(port: TerminalPort) {
    let TerminalPort { to_hub, mut updates } = port;
    let heard = async {
        // A hub that is gone already knows.
        let _ = to_hub.send(Frame::Message(Box::new(ToHub::Bye))).await;
        drop(to_hub);
        while updates.recv().await.is_some() {}
    };
    // The person is not kept waiting.
    let _ = tokio::time::timeout(LAST_WORDS, heard).await;
}

/// How long a hub may take to take a terminal's last words.
pub(super) const LAST_WORDS: Duration = Duration::from_millis(500);
/// Connections lost within [`WITHIN`] after which the person is asked.
const MOST: usize = 3;
/// In milliseconds. The same numbers as for backends that fail to start: more is a loop, not an accident.
const WITHIN: u64 = 60_000;
/// Milliseconds before the second try; the first comes at once.
const PAUSE: u64 = 1_000;

/// When connections were lost.
#[derive(Debug, Default)]
struct Losses(VecDeque<Tick>);

impl Losses {
    /// One more, at `now`. When to try again; `None`: not by itself.
    fn next(&mut self, now: Tick) -> Option<Tick> {
        self.0.retain(|at| now.since(*at) < WITHIN);
        self.0.push_back(now);
        match self.0.len() {
            1 => Some(now),
            few if few < MOST => Some(now.plus(PAUSE)),
            _ => {
                self.0.clear();
                None
            }
        }
    }
}

#[cfg(test)]
#[path = "connector_tests.rs"]
mod tests;

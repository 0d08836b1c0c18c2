//! A hub with the demo's backends in this process, and terminals that attach to it by its socket, without a screen.
#![allow(dead_code, reason = "each test binary uses a part of this")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a rig says what is wrong by failing the test"
)]

pub(crate) mod server;

use crate::common::{patience, seconds};
use hermux::base::clock::{Clock, Tick};
use hermux::base::ids::{AskId, ProfileName, SendRef, SessionId};
use hermux::base::text::Untrusted;
use hermux::config::limits::Limits;
use hermux::hub::{accept::accept, run};
use hermux::model::body::BodyState;
use hermux::model::message::{Part, Role};
use hermux::model::profile::Profile;
use hermux::model::prompt::{Prompt, PromptAnswer, PromptKind};
use hermux::model::session::Session;
use hermux::model::terminal::TerminalInfo;
use hermux::proto::report::Starter;
use hermux::proto::{Answer, CONTRACT, Command, Refusal, ToHub, Update};
use hermux::registry::{self, Registry};
use hermux::supervisor::{
    self, Supervisor,
    launch::{Guarded, Program},
};
use hermux::transport::port::{Frame, TerminalPort};
use hermux::transport::unix::{Listener, connect};
use hermux::ui::mirror::Mirror;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const HERMUX: &str = env!("CARGO_BIN_EXE_hermux");

/// A hub that ends, with all that it started, when it is stopped.
pub(crate) struct Hub {
    pub(crate) dir: tempfile::TempDir,
    pub(crate) socket: PathBuf,
    stop: CancellationToken,
    running: Option<JoinHandle<()>>,
}

impl Hub {
    /// `flags` are those of the demo's backend.
    pub(crate) fn start(flags: &[&str]) -> Self {
        let dir = tempfile::Builder::new().prefix("hermux-test-").tempdir().unwrap();
        let home = dir.path().join("home");
        std::fs::create_dir(&home).unwrap();
        hermux::demo::prepare_home(&home, 1).unwrap();
        let socket = dir.path().join("run/hub.sock");
        let clock = Clock::start();
        let words = std::iter::once(&"demo-backend").chain(flags).map(Into::into).collect();
        let program = Program::new(HERMUX.into(), words);
        let (supervisor, events) = Supervisor::new(supervisor::Settings {
            home: home.clone(),
            runtime: dir.path().join("run"),
            program: "hermux".into(),
            launcher: Box::new(Guarded {
                hermux: HERMUX.into(),
                program,
                home: home.clone(),
                cwd: home.clone(),
            }),
            clock,
            seed: 1,
        });
        let registry = Registry::new(registry::Settings {
            primary: ProfileName::default_profile(),
            cwd: home.display().to_string(),
            limits: Limits { linger: None, ..Limits::default() },
            first_id: 0,
        });
        let profiles: Vec<Profile> = supervisor::profiles::discover(&home).profiles;
        let settings = run::Settings {
            root: home,
            profiles,
            store: dir.path().join("kept"),
            clock,
            starter: Starter { tty: None, directory: Untrusted::default() },
            socket: Some(socket.clone()),
        };
        let hub = run::Hub::new(settings, registry, supervisor, events);
        let stop = CancellationToken::new();
        let (ports_in, ports) = mpsc::channel(4);
        let listener = Listener::bind(&socket).unwrap();
        tokio::spawn(accept(listener, ports_in, stop.clone()));
        let running = Some(tokio::spawn(hub.run(ports, stop.clone())));
        Self { dir, socket, stop, running }
    }

    /// Ends it and waits until everything that it started has ended.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        within("the hub's end", self.running.take().unwrap()).await.unwrap();
    }
}

/// Waits, at most as long as a person would.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    bounded(what, seconds(20), future).await
}

pub(crate) async fn bounded<T>(what: &str, bound: Duration, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(patience(bound), future).await.unwrap_or_else(|_| panic!("never: {what}"))
}

/// A terminal without a screen: it applies what it hears to its mirror as the real one does.
pub(crate) struct Terminal {
    port: TerminalPort,
    pub(crate) mirror: Mirror,
    /// How many snapshots came after the welcome.
    pub(crate) lagged: usize,
    pub(crate) updates: usize,
    asks: u64,
    answers: BTreeMap<AskId, Result<Answer, Refusal>>,
    /// Texts that were sent and not answered: what a terminal hands to the next hub.
    unanswered: Vec<(AskId, Command)>,
    /// Texts that the hub did not take: the real terminal has them in its composer again.
    pub(crate) given_back: Vec<String>,
}

impl Terminal {
    pub(crate) async fn join(socket: &Path) -> Self {
        let port = within("a connection", connect(socket)).await.unwrap();
        let hello = ToHub::Hello { contract: CONTRACT, terminal: Some(TerminalInfo::default()) };
        port.to_hub.send(Frame::Message(Box::new(hello))).await.unwrap();
        let (mirror, answers) = (Mirror::default(), BTreeMap::new());
        let mut terminal = Self {
            port,
            mirror,
            lagged: 0,
            updates: 0,
            asks: 0,
            answers,
            unanswered: Vec::new(),
            given_back: Vec::new(),
        };
        terminal.until("a welcome", |mirror| mirror.client().is_some()).await;
        terminal
    }

    /// Takes one update. Whatever the mirror does not understand fails the test: it was lost or came twice.
    pub(crate) async fn hear(&mut self) -> bool {
        let Some(update) = self.port.updates.recv().await else { return false };
        self.updates += 1;
        let applied = self.mirror.apply(&update, Tick(0));
        assert!(!applied.resync, "the mirror missed something");
        if let Update::Answer { ask, .. } | Update::Refused { ask, .. } = &update {
            for (_, command) in self.unanswered.extract_if(.., |(waiting, _)| waiting == ask) {
                if let (Update::Refused { reason, .. }, Command::Send { text, .. }) = (&update, command) {
                    // Nothing else may keep a text from being taken.
                    assert_eq!(*reason, Refusal::Unsettled, "{text:?}");
                    self.given_back.push(text);
                }
            }
        }
        match update {
            Update::Lagged(_) => self.lagged += 1,
            Update::Answer { ask, answer } => {
                self.answers.insert(ask, Ok(answer));
            }
            Update::Refused { ask, reason } => {
                self.answers.insert(ask, Err(reason));
            }
            _ => {}
        }
        true
    }

    /// Listens until `is`.
    pub(crate) async fn until(&mut self, what: &str, is: impl Fn(&Mirror) -> bool) {
        let heard = bounded(what, seconds(60), async {
            while !is(&self.mirror) {
                assert!(self.hear().await, "the connection ended before {what}");
            }
        });
        heard.await;
    }

    pub(crate) async fn until_session(&mut self, what: &str, id: SessionId, is: impl Fn(&Session) -> bool) {
        self.until(what, |mirror| mirror.session(id).is_some_and(&is)).await;
    }

    /// Sends a command without waiting for its answer.
    pub(crate) async fn say(&mut self, command: Command) -> AskId {
        self.asks += 1;
        let ask = AskId(self.asks);
        let message = Frame::Message(Box::new(ToHub::Command { ask, command }));
        within("room for a command", self.port.to_hub.send(message)).await.unwrap();
        ask
    }

    pub(crate) async fn ask(&mut self, command: Command) -> Result<Answer, Refusal> {
        let ask = self.say(command).await;
        let answered = bounded("an answer", seconds(30), async {
            loop {
                if let Some(answer) = self.answers.remove(&ask) {
                    return answer;
                }
                assert!(self.hear().await, "the connection ended before an answer");
            }
        });
        answered.await
    }

    pub(crate) async fn open(&mut self) -> SessionId {
        let profile = ProfileName::default_profile();
        let opened = self.ask(Command::NewSession { profile, cwd: "/".to_owned() }).await;
        let Ok(Answer::Opened(session)) = opened else { panic!("{opened:?}") };
        self.watch(session).await;
        // As a terminal that shows it: whoever attaches next begins there.
        self.ask(Command::Focus { session }).await.unwrap();
        session
    }

    pub(crate) async fn watch(&mut self, session: SessionId) {
        self.ask(Command::Watch { session }).await.unwrap();
        let here =
            |session: &Session| session.body.as_ref().is_some_and(|body| body.state == BodyState::Ready);
        self.until_session("the transcript", session, here).await;
    }

    pub(crate) async fn send(&mut self, session: SessionId, text: &str) {
        let reference = SendRef(hermux::base::sys::files::random_u64().unwrap());
        self.ask(Command::Send { session, text: text.to_owned(), reference }).await.unwrap();
    }

    /// Sends a text without waiting for the answer, which may be lost.
    pub(crate) async fn send_later(&mut self, session: SessionId, text: &str) {
        let reference = SendRef(hermux::base::sys::files::random_u64().unwrap());
        let command = Command::Send { session, text: text.to_owned(), reference };
        let ask = self.say(command.clone()).await;
        self.unanswered.push((ask, command));
    }

    /// Hands over what `before`, whose hub died, had sent and got no answer to, as the real terminal does.
    pub(crate) async fn say_again(&mut self, before: Self) {
        for (_, command) in before.unanswered {
            let ask = self.say(command.clone()).await;
            self.unanswered.push((ask, command));
        }
    }

    pub(crate) async fn until_answered(&mut self) {
        bounded("answers to all", seconds(30), async {
            while !self.unanswered.is_empty() {
                assert!(self.hear().await, "the connection ended before the answers came");
            }
        })
        .await;
    }

    /// Listens for so long, or until the connection ends.
    pub(crate) async fn listen(&mut self, time: Duration) {
        let _ = tokio::time::timeout(time, async { while self.hear().await {} }).await;
    }

    /// The agent's text in a session.
    pub(crate) fn said(&self, session: SessionId) -> String {
        said(self.mirror.session(session).expect("an open session"))
    }

    /// The prompt of a session that waits.
    pub(crate) fn prompt(&self, session: SessionId) -> Option<&Prompt> {
        self.mirror.session(session)?.current_prompt()
    }

    /// Says yes, once, to the approval that is shown.
    pub(crate) async fn approve(&mut self, session: SessionId) -> Result<Answer, Refusal> {
        let prompt = self.prompt(session).expect("a prompt").clone();
        let PromptKind::Approval { choices, .. } = &prompt.kind else { panic!("no approval: {prompt:?}") };
        let once =
            choices.iter().position(|choice| choice.raw() == "once").expect("an offer to say yes once");
        self.ask(Command::Answer {
            session,
            prompt: prompt.id,
            digest: prompt.digest(),
            answer: PromptAnswer::Choice(once),
        })
        .await
    }
}

pub(crate) fn said(session: &Session) -> String {
    let messages = session.body.iter().flat_map(|body| &body.messages);
    let parts = messages.filter(|message| message.role == Role::Assistant).flat_map(|message| &message.parts);
    let texts = parts.filter_map(|part| match part {
        Part::Text(text) => Some(text.raw()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

//! A model of one profile's backend: it takes calls, runs turns, asks, forgets what a dropped socket would have carried, and
//! dies. All its text is tagged with the stored id of the session that it belongs to.

use hermux::{
    base::clock::WallMs,
    base::ids::{CallId, LiveId, MessageId, RequestId, StoredId, ToolId},
    model::{
        agent::{
            ActiveRow, ActiveState, Built, Call, Fact, Inflight, InfoFact, Reply, Request, Submitted,
            ToolResult, TurnOutcome,
        },
        message::{Message, MessageState, Role},
        prompt::PromptKind,
        tool::ToolState,
    },
};
use std::collections::{BTreeMap, VecDeque};

/// What goes over the socket to hermux, in order.
#[derive(Debug)]
pub(crate) enum Frame {
    Event(LiveId, Fact),
    Reply(CallId, Reply),
}

#[derive(Debug, Default)]
pub(crate) struct Sim {
    pub(crate) name: String,
    pub(crate) running: bool,
    pub(crate) connected: bool,
    pub(crate) sessions: Vec<Session>,
    pub(crate) inbox: VecDeque<(CallId, Call)>,
    pub(crate) out: VecDeque<Frame>,
    /// The command of the approval that the person meant, by call.
    pub(crate) meant: BTreeMap<CallId, String>,
    /// How often each text was taken.
    pub(crate) taken: BTreeMap<String, usize>,
    pub(crate) ended: usize,
    pub(crate) next: u64,
    /// The time of day.
    pub(crate) now: u64,
}

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) stored: StoredId,
    pub(crate) live: Option<LiveId>,
    /// Who said what, and when it was written down.
    pub(crate) history: Vec<(Role, String, u64)>,
    pub(crate) turn: Option<Turn>,
    pub(crate) queued: Option<String>,
    /// It crashed in mid turn, so what streamed is not in its history.
    pub(crate) crashed: bool,
    /// It has an agent, and with it a worker.
    pub(crate) built: bool,
    /// Its agent left something running in the background; how often one has ended.
    pub(crate) process: bool,
    pub(crate) ended: usize,
    /// Its socket is gone and nobody resumed it since.
    detached: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Turn {
    user: String,
    at: u64,
    /// Of the steps that are over, and of this one.
    told: String,
    step: String,
    tool: Option<(String, usize)>,
    approval: Option<(String, u64)>,
    question: Option<(String, u64)>,
    words: usize,
    started: bool,
    by_itself: bool,
    ending: bool,
}

impl Turn {
    /// What a turn by itself was about is no person's text.
    fn role(&self) -> Role {
        if self.by_itself { Role::System } else { Role::User }
    }
}

impl Session {
    /// What is written down, as hermux reads it.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let messages = self.history.iter().zip(0..).map(|((role, text, at), id)| Message {
            at: Some(WallMs(*at)),
            ..Message::text(MessageId(id), *role, text.as_str(), MessageState::Done)
        });
        messages.collect()
    }
}

impl Sim {
    fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub(crate) fn session(&self, stored: &StoredId) -> Option<&Session> {
        self.sessions.iter().find(|session| session.stored == *stored)
    }

    fn by_live(&mut self, live: &LiveId) -> Option<usize> {
        self.sessions.iter().position(|session| session.live.as_ref() == Some(live))
    }

    fn event(&mut self, at: usize, fact: Fact) {
        if let Some(live) = self.sessions[at].live.clone()
            && self.connected
        {
            self.out.push_back(Frame::Event(live, fact));
        }
    }

    fn reply(&mut self, call: CallId, reply: Reply) {
        if self.connected {
            self.out.push_back(Frame::Reply(call, reply));
        }
    }

    /// The socket is gone: what was on it is lost, and so are the calls that were not taken yet.
    pub(crate) fn drop_socket(&mut self, taken: usize) {
        for _ in 0..taken {
            self.serve(0);
        }
        self.connected = false;
        self.inbox.clear();
        self.out.clear();
        for session in &mut self.sessions {
            session.detached = true;
        }
    }

    /// The backend ends sessions that nobody resumed for long (CHECK 49).
    pub(crate) fn reap_orphans(&mut self) {
        for session in self.sessions.iter_mut().filter(|session| session.detached && session.turn.is_none()) {
            session.live = None;
            session.built = false;
        }
    }

    pub(crate) fn crash(&mut self) {
        self.connected = false;
        self.running = false;
        self.inbox.clear();
        self.out.clear();
        for session in &mut self.sessions {
            session.live = None;
            session.queued = None;
            session.built = false;
            session.process = false;
            session.ended = 0;
            // The person's text and the steps that were over are in the store; what was streaming is not.
            if let Some(turn) = session.turn.take() {
                session.crashed = true;
                session.history.push((turn.role(), turn.user, turn.at));
                if !turn.told.trim().is_empty() {
                    session.history.push((Role::Assistant, turn.told.trim().to_owned(), self.now));
                }
            }
        }
    }

    /// Takes one call of those that wait; slow ones may be overtaken.
    pub(crate) fn serve(&mut self, which: usize) {
        if self.inbox.is_empty() {
            return;
        }
        // Only calls that Hermes runs on its pool may be overtaken.
        let slow = |call: &Call| matches!(call, Call::Resume { .. } | Call::ActiveList | Call::Setup);
        let mut at = which % self.inbox.len();
        while at > 0 && !self.inbox.iter().take(at).all(|(_, call)| slow(call)) {
            at -= 1;
        }
        let Some((call, what)) = self.inbox.remove(at) else { return };
        let reply = self.answer(call, what, which.is_multiple_of(2));
        self.reply(call, reply);
    }

    fn answer(&mut self, call: CallId, what: Call, early: bool) -> Reply {
        match what {
            Call::Create { .. } => {
                let id = self.id();
                let stored = StoredId::new(&format!("{}-{id}", self.name)).unwrap();
                let live = LiveId::new(&format!("{}-live-{id}", self.name)).unwrap();
                self.sessions.push(Session {
                    stored,
                    live: Some(live),
                    history: Vec::new(),
                    turn: None,
                    queued: None,
                    crashed: false,
                    built: true,
                    process: false,
                    ended: 0,
                    detached: false,
                });
                self.built(self.sessions.len() - 1)
            }
            Call::Resume { stored, eager } => {
                let Some(at) = self.sessions.iter().position(|session| session.stored == stored) else {
                    return Reply::Failed { code: 4007, message: "unknown".into() };
                };
                // A session without a text has no row.
                if self.sessions[at].live.is_none() && self.sessions[at].history.is_empty() {
                    return Reply::Failed { code: 4007, message: "unknown".into() };
                }
                if self.sessions[at].live.is_none() {
                    let id = self.id();
                    self.sessions[at].live = LiveId::new(&format!("{}-live-{id}", self.name));
                }
                self.sessions[at].built |= eager;
                self.sessions[at].detached = false;
                self.built(at)
            }
            Call::Submit { live, text } => self.submit(&live, text, early),
            Call::Interrupt { live } => {
                if let Some(at) = self.by_live(&live) {
                    self.sessions[at].queued = None;
                    if self.sessions[at].turn.is_some() {
                        self.end(at, TurnOutcome::Interrupted);
                    }
                }
                Reply::Interrupted
            }
            Call::Approve { live, choice, .. } => {
                assert!(
                    ["once", "deny"].contains(&choice.as_str()),
                    "only an offered choice is sent: {choice}"
                );
                let Some(at) = self.by_live(&live) else {
                    return Reply::Failed { code: 4001, message: "unknown".into() };
                };
                let meant = self.meant.remove(&call);
                let Some((command, _)) =
                    self.sessions[at].turn.as_mut().and_then(|turn| turn.approval.take())
                else {
                    return Reply::Approved(0);
                };
                assert_eq!(Some(command), meant, "an answer approves the command that was shown");
                Reply::Approved(1)
            }
            Call::Clarify { request, .. } => {
                let asked =
                    |turn: &mut Turn| turn.question.take_if(|(id, _)| *id == request.as_str()).is_some();
                let found = self.sessions.iter_mut().filter_map(|session| session.turn.as_mut()).any(asked);
                if found { Reply::Answered } else { Reply::TooLate }
            }
            Call::ActiveList => {
                let row = |session: &Session| {
                    let state = if session.turn.is_some() { ActiveState::Working } else { ActiveState::Idle };
                    Some(ActiveRow {
                        live: session.live.clone()?,
                        stored: Some(session.stored.clone()),
                        state,
                    })
                };
                Reply::ActiveList(self.sessions.iter().filter_map(row).collect())
            }
            Call::Close { live } => {
                let Some(at) = self.by_live(&live) else { return Reply::Closed(false) };
                let session = &mut self.sessions[at];
                let works = session.turn.as_ref().is_some_and(|turn| !turn.ending);
                assert!(!works && !session.process, "a close meets neither a turn nor a process (CHECK 44)");
                session.live = None;
                session.built = false;
                Reply::Closed(true)
            }
            Call::Setup => Reply::ProviderConfigured(true),
            Call::Processes { live } => {
                let of =
                    |session: &&Session| session.live.is_some() && (live.is_none() || session.live == live);
                Reply::Processes {
                    running: self.sessions.iter().filter(of).filter(|session| session.process).count(),
                    ended: self.sessions.iter().filter(of).map(|session| session.ended).sum(),
                }
            }
            _ => Reply::Done,
        }
    }

    fn built(&mut self, at: usize) -> Reply {
        let session = &self.sessions[at];
        let inflight = session.turn.as_ref().map(|turn| Inflight {
            user: (!turn.by_itself).then(|| turn.user.as_str().into()),
            assistant: format!("{}{}", turn.told, turn.step).into(),
        });
        Reply::Built(Box::new(Built {
            live: session.live.clone().unwrap(),
            stored: Some(session.stored.clone()),
            info: InfoFact { profile: Some(self.name.clone()), ..InfoFact::default() },
            messages: session.messages(),
            older: false,
            running: Some(session.turn.is_some()),
            waiting: session.turn.as_ref().is_some_and(|turn| turn.question.is_some()),
            inflight,
            queued: session.queued.as_deref().map(Into::into),
        }))
    }

    fn submit(&mut self, live: &LiveId, text: String, early: bool) -> Reply {
        let Some(at) = self.by_live(live) else {
            return Reply::Failed { code: 4001, message: "unknown".into() };
        };
        *self.taken.entry(text.clone()).or_default() += 1;
        self.sessions[at].built = true;
        if let Some(turn) = &self.sessions[at].turn {
            assert!(turn.by_itself, "nothing is submitted to a busy session: {text}");
            self.sessions[at].queued = Some(text);
            return Reply::Submitted(Submitted::Queued);
        }
        self.begin(at, text, false);
        if early {
            self.start(at);
        }
        Reply::Submitted(Submitted::Streaming)
    }

    fn begin(&mut self, at: usize, user: String, by_itself: bool) {
        // Every other turn of a person leaves a process behind.
        let session = &mut self.sessions[at];
        session.process |= !by_itself && user.len().is_multiple_of(2);
        session.turn = Some(Turn { user, by_itself, at: self.now, ..Turn::default() });
    }

    fn start(&mut self, at: usize) {
        let turn = self.sessions[at].turn.as_mut().unwrap();
        turn.started = true;
        let twice = turn.by_itself;
        self.event(at, Fact::TurnStarted);
        if twice {
            self.event(at, Fact::TurnStarted);
        }
    }

    /// A background process finished: the session works again by itself.
    pub(crate) fn wake_up(&mut self, at: usize) {
        let session = &mut self.sessions[at];
        if session.turn.is_none() && session.live.is_some() && std::mem::take(&mut session.process) {
            session.ended += 1;
            let id = self.id();
            self.begin(at, format!("{}:note{id}", self.sessions[at].stored.as_str()), true);
            self.start(at);
        }
    }

    /// The turn of one session goes on by one event.
    pub(crate) fn go_on(&mut self, at: usize, how: u16) {
        let stored = self.sessions[at].stored.as_str().to_owned();
        let id = self.id();
        let Some(turn) = &mut self.sessions[at].turn else {
            return;
        };
        if turn.ending {
            return self.rest(at);
        }
        if !turn.started {
            return self.start(at);
        }
        if turn.approval.is_some() || turn.question.is_some() {
            return;
        }
        if let Some((tool, left)) = turn.tool.take() {
            if left > 0 {
                turn.tool = Some((tool.clone(), left - 1));
                let fact = if how.is_multiple_of(2) {
                    turn.approval = Some((format!("{stored}:rm {id}"), 60_000));
                    let choices = vec!["once".into(), "deny".into()];
                    let command = format!("{stored}:rm {id}").into();
                    let kind = PromptKind::Approval {
                        command,
                        description: "d".into(),
                        pattern: "p".into(),
                        choices,
                    };
                    Request { id: None, kind, waits: None }
                } else {
                    turn.question = Some((format!("{stored}-q{id}"), 300_000));
                    let request = RequestId::new(&format!("{stored}-q{id}"));
                    let kind =
                        PromptKind::Clarify { question: format!("{stored}:?").into(), choices: vec![] };
                    Request { id: request, kind, waits: None }
                };
                return self.event(at, Fact::Asked(Box::new(fact)));
            }
            let result = ToolResult {
                id: ToolId::new(&tool),
                name: "terminal".into(),
                args: None,
                state: ToolState::Done,
                millis: None,
                output: format!("{stored}:out").into(),
                output_len: 0,
                diff: None,
                todos: None,
            };
            turn.told.push_str(&std::mem::take(&mut turn.step));
            return self.event(at, Fact::ToolFinished(Box::new(result)));
        }
        match how % 16 {
            0 => self.end(at, TurnOutcome::Complete),
            1 if !turn.step.is_empty() || turn.told.is_empty() => {
                let tool = format!("{stored}-t{id}");
                turn.tool = Some((tool.clone(), usize::from(how.is_multiple_of(5))));
                self.event(at, Fact::ToolAnnounced("terminal".into()));
                let id = ToolId::new(&tool).unwrap();
                let context = format!("{stored}:run").into();
                self.event(at, Fact::ToolStarted { id, name: "terminal".into(), context, args: None });
            }
            2 => {
                let text = turn.step.trim().to_owned();
                self.event(at, Fact::ReasoningWhole(text.into()));
            }
            3 => self.event(at, Fact::Reasoning(format!("{stored}:think").into())),
            4 => self.event(at, Fact::Activity(Some(format!("{stored}:spin").into()))),
            _ => {
                let first = turn.step.is_empty() && !turn.told.is_empty();
                turn.words += 1;
                let word = format!("{}{stored}:w{id} ", if first { "\n\n" } else { "" });
                turn.step.push_str(&word);
                self.event(at, Fact::Text { text: word.into(), step_break: first });
            }
        }
    }

    /// The first sign of the end.
    fn end(&mut self, at: usize, outcome: TurnOutcome) {
        let turn = self.sessions[at].turn.as_mut().unwrap();
        if turn.ending {
            return;
        }
        turn.ending = true;
        turn.approval = None;
        turn.question = None;
        let text = Some(turn.step.trim().into()).filter(|text: &String| !text.is_empty());
        let text = text.map(Into::into);
        self.ended += 1;
        self.event(at, Fact::TurnEnded { outcome, text, usage: None, warning: None });
    }

    /// The second: idle, and stored.
    fn rest(&mut self, at: usize) {
        let turn = self.sessions[at].turn.take().unwrap();
        let session = &mut self.sessions[at];
        let role = turn.role();
        session.history.push((role, turn.user, turn.at));
        let said = format!("{}{}", turn.told, turn.step).trim().to_owned();
        if !said.is_empty() {
            session.history.push((Role::Assistant, said, self.now));
        }
        let info =
            InfoFact { running: Some(false), stored: Some(session.stored.clone()), ..InfoFact::default() };
        self.event(at, Fact::Info(Box::new(info)));
        if let Some(text) = self.sessions[at].queued.take() {
            self.begin(at, text, false);
            self.start(at);
        }
    }

    /// Time passes at the backend: approvals end without a word, turns that ended become idle, those that
    /// were taken begin.
    pub(crate) fn wait(&mut self, ms: u64) {
        for at in 0..self.sessions.len() {
            if self.sessions[at].turn.as_ref().is_some_and(|turn| turn.ending) {
                self.rest(at);
            }
            if self.sessions[at].turn.as_ref().is_some_and(|turn| !turn.started) {
                self.start(at);
            }
        }
        let turns = self.sessions.iter_mut().filter_map(|session| session.turn.as_mut());
        for turn in turns {
            for asked in [&mut turn.approval, &mut turn.question] {
                asked.take_if(|(_, left)| {
                    *left = left.saturating_sub(ms);
                    *left == 0
                });
            }
        }
    }
}

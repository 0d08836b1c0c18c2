//! The numbers of the registry: each with its unit, its reason, and what breaks without it.

use super::settings::Config;

/// Every bound and time that the registry keeps. Times are milliseconds, sizes bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Backends beside the primary. A backend is a process of 84 to 140 MiB; the bound is exceeded rather than work stopped.
    pub pool: usize,
    /// A backend used within this time is not stopped to make room for another.
    pub pool_fresh: u64,
    /// A backend that is not the primary and was not used for so long is stopped; `None`: never.
    pub idle_reap: Option<u64>,
    /// Sessions that a backend keeps built. Each is a worker of 51 MiB; the bound is exceeded rather than one closed that is needed.
    pub built: usize,
    /// How long the hub stays with no terminal and nothing at work; `None`: for ever, as one in the process of its terminal does.
    pub linger: Option<u64>,
    /// How long a hub that never had a terminal waits for one, at least.
    pub first_terminal: u64,
    /// When something that kept a backend or a session from being put away is looked at again.
    pub look_again: u64,
    /// Silence of a running turn after which its backend is asked whether it still works. Tool calls of some minutes are
    /// usual, so less would clear turns that run.
    pub watchdog: u64,
    /// How long an interrupted turn may take to end before its backend is asked. An end comes within 20 ms as a rule.
    pub stop_wait: u64,
    /// How long after a turn's end the next text may have to wait for the backend to say that it is idle. A text that comes
    /// to a busy backend interrupts it; some failures are never followed by that word.
    pub settle: u64,
    /// Hermes' default for approvals; it does not say what is configured.
    pub approval_wait: u64,
    /// Fixed in Hermes.
    pub sudo_wait: u64,
    /// Fixed in Hermes, for questions and for secrets.
    pub question_wait: u64,
    /// Fixed in Hermes.
    pub terminal_wait: u64,
    /// How long before the end of a request's time hermux stops answering it: an answer on its way when the time ends would
    /// approve the next command.
    pub answer_margin: u64,
    /// Open requests a profile. More than a person can ever answer.
    pub open_prompts: usize,
    /// Dead cards kept on a session for the person to see.
    pub dead_prompts: usize,
    /// Events kept for a session that is being built and not yet known by its live id.
    pub early_bytes: usize,
    /// How long they are kept.
    pub early_wait: u64,
    /// Open sessions.
    pub sessions: usize,
    /// How long a delete can be taken back before it is sent.
    pub undo: u64,
    /// Writes to stored sessions that wait; more than a person can mark.
    pub writes: usize,
    /// Pinned conversations a profile: more than a list can show.
    pub pins: usize,
    /// Profiles that the person's order may name.
    pub ordered: usize,
    /// Texts that wait in one session's queue.
    pub queue: usize,
    /// Notices that stand at once; the oldest leaves.
    pub notices: usize,
    /// A person's text. Hermes closes the socket at a frame of 16 MiB, and a character may take six bytes in a frame.
    pub text: usize,
    /// Text of one message of a streaming turn, in bytes; the turn goes on in a new message. Keeps the cost of finishing a
    /// message and of trimming a transcript small.
    pub message_text: u64,
    /// Parts of one message of a streaming turn.
    pub message_parts: u32,
    /// The least time between two previews of a streaming session: a preview a delta would double the traffic.
    pub preview_every: u64,
    /// For a call that builds a session's agent.
    pub build_call: u64,
    /// For a submit: it may wait for the agent's build, up to 30 s in Hermes.
    pub submit_call: u64,
    /// For a slash command: 45 s in Hermes.
    pub slash_call: u64,
    /// For every other call. Fast ones wait behind slow ones of the same socket, seen up to 8 s.
    pub call: u64,
    /// For the calls before a backend is stopped on purpose; hermux itself ends within 2 s.
    pub stop_call: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            pool: 3,
            pool_fresh: 90_000,
            idle_reap: Some(10 * 60_000),
            built: 8,
            linger: None,
            first_terminal: 60_000,
            look_again: 90_000,
            watchdog: 8 * 60_000,
            stop_wait: 10_000,
            settle: 2_000,
            approval_wait: 60_000,
            sudo_wait: 120_000,
            question_wait: 300_000,
            terminal_wait: 30_000,
            answer_margin: 2_000,
            open_prompts: 64,
            dead_prompts: 8,
            early_bytes: 1024 * 1024,
            early_wait: 5_000,
            sessions: 200,
            undo: 8_000,
            writes: 1_000,
            pins: 500,
            ordered: 1_000,
            queue: 100,
            notices: 50,
            text: 2 * 1024 * 1024,
            message_text: 256 * 1024,
            message_parts: 200,
            preview_every: 250,
            build_call: 60_000,
            submit_call: 60_000,
            slash_call: 50_000,
            call: 20_000,
            stop_call: 1_500,
        }
    }
}

impl Limits {
    /// As the person has set them, for a hub with a process of its own.
    pub fn of(config: &Config) -> Self {
        let number = |within: u64| usize::try_from(within).unwrap_or(usize::MAX);
        Self {
            pool: number(config.pool.0),
            built: number(config.built.0),
            idle_reap: config.idle_reap.millis(),
            linger: config.hub.linger.millis(),
            ..Self::default()
        }
    }
}

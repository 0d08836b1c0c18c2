//! Requests to the person, parked on the session that owns them (B01): one is current at a time, an answer counts only for what
//! was drawn and in time, and only as one of the offered choices. Approvals of Hermes 0.19 have no id and no end (CHECK 1 to
//! 5): hermux runs their clock itself and holds a card for dead as soon as its command, its turn or its time has ended.

use super::{Registry, effect::Effect, runtime::Kind, timers::Key};
use crate::{
    base::{
        ids::{PromptId, RequestId, SecretHandle, SessionId, ToolId},
        text::Untrusted,
    },
    model::{
        agent::{Call, Reply, Request},
        message::{Level, Part},
        patch::Change,
        prompt::{Prompt, PromptAnswer, PromptKind, PromptState},
        tool::ToolState,
    },
    proto::{Answer, Refusal},
};

impl Registry {
    pub(super) fn on_asked(&mut self, session: SessionId, request: Request) {
        let Some(known) = self.session(session) else { return };
        let (profile, limits) = (known.profile.clone(), self.settings.limits.clone());
        let again = |prompt: &&Prompt| prompt.request.is_some() && prompt.request == request.id;
        if known.prompts.iter().any(|prompt| again(&prompt) && prompt.is_waiting()) {
            return;
        }
        if self.wire(&profile).open_prompts >= limits.open_prompts {
            self.log("a request to the person was dropped: too many are open", profile.to_string());
            return;
        }
        let waits = request.waits.or(match request.kind {
            PromptKind::Approval { .. } => Some(limits.approval_wait),
            PromptKind::Sudo => Some(limits.sudo_wait),
            PromptKind::Clarify { .. } | PromptKind::Secret { .. } => Some(limits.question_wait),
            PromptKind::TerminalRead { .. } => Some(limits.terminal_wait),
            PromptKind::Unknown { .. } => None,
        });
        // At most one field for a secret a session: a new request means that the old one is over (SEC-28).
        if is_secret(&request.kind) {
            self.withdraw_where(session, "it was asked anew", |prompt| is_secret(&prompt.kind));
        }
        self.bury(session);
        let id = PromptId(self.mint());
        let deadline = waits.map(|waits| self.now.plus(waits));
        if let PromptKind::Approval { command, .. } = &request.kind {
            let tool = self.tool_of(session, command);
            self.run(session).approvals.insert(id, tool);
        }
        if let Some(deadline) = deadline {
            let at = crate::base::clock::Tick(deadline.0.saturating_sub(limits.answer_margin));
            self.timers.set(Key::Prompt(session, id), at);
        }
        let state = PromptState::Open;
        self.set_prompt(
            session,
            Prompt { id, kind: request.kind, request: request.id, asked: self.now, deadline, state },
        );
        self.touch(session);
        self.use_session(session);
    }

    /// The running call that asks: by its words, else the one that started last.
    fn tool_of(&self, session: SessionId, command: &Untrusted) -> Option<ToolId> {
        let run = self.runs.get(&session)?;
        let asks = |tool: &&super::runtime::OpenTool| {
            let part = self.message(session, tool.message).and_then(|m| m.parts.get(tool.part as usize));
            matches!(part, Some(Part::Tool(call)) if call.context.raw().contains(command.raw()) || call.args.raw().contains(command.raw()))
        };
        run.tools.iter().rev().find(asks).or(run.tools.last()).map(|tool| tool.id.clone())
    }

    /// A call ended: an approval that it waited for is dead, for the next answer would go to the next command (CHECK 2, 4).
    pub(super) fn approvals_of_tool(&mut self, session: SessionId, tool: Option<&ToolId>, state: &ToolState) {
        let run = self.run(session);
        let dead: Vec<PromptId> = run
            .approvals
            .iter()
            .filter(|(_, of)| of.is_none() || tool.is_none() || of.as_ref() == tool)
            .map(|(id, _)| *id)
            .collect();
        for id in dead {
            let late = self.prompt(session, id).is_some_and(|p| p.deadline.is_some_and(|at| at <= self.now));
            let state = if late && matches!(state, ToolState::Blocked(_)) {
                PromptState::Expired
            } else {
                PromptState::Withdrawn("its command has ended".into())
            };
            self.close_prompt(session, id, state);
        }
    }

    pub(super) fn on_withdrawn(
        &mut self,
        session: SessionId,
        request: &RequestId,
        reason: Option<Untrusted>,
        expired: bool,
    ) {
        let found = self.session(session).and_then(|known| {
            known
                .prompts
                .iter()
                .find(|prompt| prompt.is_waiting() && prompt.request.as_ref() == Some(request))
        });
        let Some(id) = found.map(|prompt| prompt.id) else { return };
        let state = if expired {
            PromptState::Expired
        } else {
            PromptState::Withdrawn(reason.unwrap_or_else(|| "the backend no longer asks".into()))
        };
        self.close_prompt(session, id, state);
        self.leave_if_done(session);
    }

    pub(super) fn withdraw_prompts(&mut self, session: SessionId, why: &str) {
        self.withdraw_where(session, why, |_| true);
    }

    pub(super) fn withdraw_where(&mut self, session: SessionId, why: &str, which: impl Fn(&Prompt) -> bool) {
        let Some(known) = self.session(session) else { return };
        let ids: Vec<PromptId> =
            known.prompts.iter().filter(|p| p.is_waiting() && which(p)).map(|p| p.id).collect();
        for id in ids {
            self.close_prompt(session, id, PromptState::Withdrawn(why.into()));
        }
    }

    /// The time in which it may be answered is over.
    pub(super) fn expire_prompt(&mut self, session: SessionId, id: PromptId) {
        if self.prompt(session, id).is_some_and(Prompt::is_open) {
            self.close_prompt(session, id, PromptState::Expired);
            self.leave_if_done(session);
        }
    }

    fn prompt(&self, session: SessionId, id: PromptId) -> Option<&Prompt> {
        self.session(session)?.prompts.iter().find(|prompt| prompt.id == id)
    }

    /// Ends a waiting prompt: the card stays for the person to see, and can no longer be answered. One whose answer was on its
    /// way when its command or turn went on is answered.
    fn close_prompt(&mut self, session: SessionId, id: PromptId, state: PromptState) {
        let Some(prompt) = self.prompt(session, id).filter(|prompt| prompt.is_waiting()).cloned() else {
            return;
        };
        if prompt.state == PromptState::Answering && matches!(state, PromptState::Withdrawn(_)) {
            self.remove_prompt(session, id);
        } else {
            self.run(session).approvals.remove(&id);
            self.timers.cancel(&Key::Prompt(session, id));
            self.set_prompt(session, Prompt { state, ..prompt });
        }
    }

    /// The only place where a prompt is put or changed: open ones are counted here.
    fn set_prompt(&mut self, session: SessionId, prompt: Prompt) {
        self.count_prompt(session, prompt.id, prompt.is_waiting());
        self.head(session, Change::Prompt(Box::new(prompt)));
    }

    pub(super) fn remove_prompt(&mut self, session: SessionId, id: PromptId) {
        self.run(session).approvals.remove(&id);
        self.timers.cancel(&Key::Prompt(session, id));
        self.count_prompt(session, id, false);
        self.head(session, Change::PromptRemoved(id));
    }

    fn count_prompt(&mut self, session: SessionId, id: PromptId, waits: bool) {
        let waited = self.prompt(session, id).is_some_and(Prompt::is_waiting);
        let Some(profile) = self.session(session).map(|known| known.profile.clone()) else { return };
        let wires = self.wire(&profile);
        wires.open_prompts = (wires.open_prompts + usize::from(waits)).saturating_sub(usize::from(waited));
    }

    /// Removes the oldest dead cards beyond the bound.
    fn bury(&mut self, session: SessionId) {
        let Some(known) = self.session(session) else { return };
        let dead: Vec<PromptId> = known.prompts.iter().filter(|p| !p.is_waiting()).map(|p| p.id).collect();
        for id in dead.iter().take((dead.len() + 1).saturating_sub(self.settings.limits.dead_prompts)) {
            self.remove_prompt(session, *id);
        }
    }

    pub(super) fn on_answer(
        &mut self,
        session: SessionId,
        id: PromptId,
        digest: u64,
        answer: PromptAnswer,
    ) -> Result<Option<Answer>, Refusal> {
        let secret = match &answer {
            PromptAnswer::Secret(handle) => Some(*handle),
            _ => None,
        };
        let result = self.try_answer(session, id, digest, answer);
        // A secret that was not taken is wiped.
        if let (Err(_), Some(handle)) = (&result, secret) {
            self.effect(Effect::DropSecret { handle });
        }
        result
    }

    fn try_answer(
        &mut self,
        session: SessionId,
        id: PromptId,
        digest: u64,
        answer: PromptAnswer,
    ) -> Result<Option<Answer>, Refusal> {
        let known = self.session(session).ok_or(Refusal::NoSession)?;
        let prompt =
            self.prompt(session, id).filter(|prompt| prompt.is_open()).ok_or(Refusal::PromptGone)?.clone();
        if known.current_prompt().is_none_or(|current| current.id != id) {
            return Err(Refusal::PromptNotFirst);
        }
        if prompt.digest() != digest {
            return Err(Refusal::PromptChanged);
        }
        let margin = self.settings.limits.answer_margin;
        if prompt.deadline.is_some_and(|deadline| self.now.plus(margin) >= deadline) {
            self.expire_prompt(session, id);
            return Err(Refusal::PromptLate);
        }
        let profile = known.profile.clone();
        let live = self.run(session).live.clone();
        let (true, Some(live)) = (self.wire(&profile).up, live) else {
            return Err(Refusal::Backend("its backend is not connected".into()));
        };
        let what = answer_call(&prompt, answer, live).ok_or(Refusal::BadAnswer)?;
        let timeout = self.settings.limits.call;
        self.call(&profile, what, timeout, Kind::Prompt(session, id));
        self.set_prompt(session, Prompt { state: PromptState::Answering, ..prompt });
        Ok(Some(Answer::Done))
    }

    /// What became of an answer.
    pub(super) fn on_answered(&mut self, session: SessionId, id: PromptId, reply: Reply) {
        let Some(prompt) = self.prompt(session, id).filter(|p| p.state == PromptState::Answering).cloned()
        else {
            return;
        };
        let once = matches!(prompt.kind, PromptKind::Approval { .. }) && prompt.request.is_none();
        match reply {
            Reply::Approved(0) | Reply::TooLate => self.close_prompt(session, id, PromptState::Expired),
            Reply::Approved(_) | Reply::Answered | Reply::Done => {
                self.remove_prompt(session, id);
            }
            // A second answer to an approval without an id could meet the next command.
            Reply::Failed { code: crate::model::agent::UNREADABLE, .. } | Reply::Lost if once => {
                let state = PromptState::Withdrawn("whether the answer arrived is not known".into());
                self.set_prompt(session, Prompt { state, ..prompt });
            }
            Reply::Failed { message, .. } => {
                self.set_prompt(session, Prompt { state: PromptState::Unanswered(message), ..prompt });
            }
            Reply::Lost => {
                let why = "the answer did not reach the backend".into();
                self.set_prompt(session, Prompt { state: PromptState::Unanswered(why), ..prompt });
            }
            _ => self.close_prompt(
                session,
                id,
                PromptState::Withdrawn("the backend's answer was not understood".into()),
            ),
        }
        self.leave_if_done(session);
    }

    pub(super) fn on_dismiss(&mut self, session: SessionId, id: PromptId) -> Result<Option<Answer>, Refusal> {
        self.session(session).ok_or(Refusal::NoSession)?;
        let prompt = self.prompt(session, id).ok_or(Refusal::PromptGone)?;
        if prompt.is_waiting() && !matches!(prompt.kind, PromptKind::Unknown { .. }) {
            return Err(Refusal::BadAnswer);
        }
        self.remove_prompt(session, id);
        self.leave_if_done(session);
        Ok(Some(Answer::Done))
    }

    /// A risk that the backend sees in a tool's output.
    pub(super) fn on_tool_risk(
        &mut self,
        session: SessionId,
        name: &Untrusted,
        risk: &Untrusted,
        findings: &Untrusted,
    ) {
        if self.is_running(session) {
            let text = format!("{}: {} ({})", name.raw(), risk.raw(), findings.raw());
            self.add_note(session, Level::Warning, text);
        }
    }
}

fn is_secret(kind: &PromptKind) -> bool {
    matches!(kind, PromptKind::Sudo | PromptKind::Secret { .. })
}

/// The call that carries this answer; `None` when it is no answer to this prompt. Of an approval only an offered choice is ever
/// sent: the backend takes any other string as a yes (CHECK 1).
fn answer_call(prompt: &Prompt, answer: PromptAnswer, live: crate::base::ids::LiveId) -> Option<Call> {
    let request = prompt.request.clone();
    let value = |answer: PromptAnswer| -> Option<Option<SecretHandle>> {
        match answer {
            PromptAnswer::Secret(handle) => Some(Some(handle)),
            PromptAnswer::Skip => Some(None),
            _ => None,
        }
    };
    match (&prompt.kind, answer) {
        (PromptKind::Approval { choices, .. }, PromptAnswer::Choice(at)) => {
            Some(Call::Approve { live, choice: choices.get(at)?.raw().to_owned(), request })
        }
        (PromptKind::Clarify { choices, .. }, PromptAnswer::Choice(at)) => {
            Some(Call::Clarify { request: request?, answer: choices.get(at)?.raw().to_owned() })
        }
        (PromptKind::Clarify { .. }, PromptAnswer::Text(text)) if !text.trim().is_empty() => {
            Some(Call::Clarify { request: request?, answer: text })
        }
        (PromptKind::TerminalRead { .. }, PromptAnswer::Text(text)) => {
            Some(Call::TerminalRead { request: request?, text })
        }
        (PromptKind::Sudo, answer) => Some(Call::Sudo { request: request?, password: value(answer)? }),
        (PromptKind::Secret { .. }, answer) => {
            Some(Call::Secret { request: request?, value: value(answer)? })
        }
        _ => None,
    }
}

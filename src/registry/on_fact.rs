//! What backends tell: each fact goes to the session that owns its live id, and to no other.

use super::{Registry, notices::Words, runtime::Stage};
use crate::{
    base::{
        ids::{LiveId, NoticeId, ProfileName, SessionId},
        text::Untrusted,
    },
    model::{
        agent::{Fact, InfoFact},
        message::{Level, MessageState, Part, Role},
        notice::About,
        patch::{Change, Patch},
        session::{SessionInfo, Unread},
        turn::{Turn, TurnState},
    },
};

/// Standing notifications of one backend.
const MAX_NOTIFIED: usize = 16;

impl Registry {
    pub(super) fn on_fact(&mut self, profile: &ProfileName, live: Option<LiveId>, fact: Fact) {
        let Some(live) = live else { return self.on_backend_fact(profile, fact) };
        match self.owner(profile, &live) {
            Some(session) => self.on_session_fact(session, fact),
            None if self.on_left_fact(profile, &live, &fact) && self.wire(profile).builds == 0 => {}
            None => self.keep_early(profile, live, fact),
        }
    }

    fn on_backend_fact(&mut self, profile: &ProfileName, fact: Fact) {
        match fact {
            Fact::Notified { key, level, text } => {
                self.on_notified(profile, About::Profile(profile.clone()), key, level, text);
            }
            Fact::NotificationCleared { key } => self.on_notification_cleared(profile, &key),
            Fact::Unknown { kind } => {
                self.log("an event of an unknown kind", format!("{profile} {}", kind.label(60)));
            }
            Fact::Failed(text) => self.log("an error of a backend", format!("{profile} {}", text.label(200))),
            _ => self.log("an event without a session", profile.to_string()),
        }
    }

    pub(super) fn on_session_fact(&mut self, session: SessionId, fact: Fact) {
        let Some(profile) = self.session(session).map(|known| known.profile.clone()) else { return };
        self.heard(session);
        match fact {
            Fact::Info(info) => self.on_info(session, &profile, *info),
            Fact::Titled { stored, title } => {
                if let Some(stored) = stored {
                    self.bind_stored(session, &profile, &stored, None);
                }
                self.set_title(session, title);
            }
            Fact::TurnStarted => self.on_turn_started(session),
            Fact::Text { text, step_break } => self.on_text(session, text, step_break),
            Fact::StepText(text) => {
                self.ensure_turn(session);
                self.run(session).between_steps = true;
                self.on_text(session, text, false);
            }
            Fact::TurnEnded { outcome, text, usage, warning } => {
                self.on_turn_ended(session, outcome, text, usage, warning);
            }
            Fact::Activity(words) => self.set_activity(session, words),
            Fact::Reasoning(text) => self.on_reasoning(session, text),
            Fact::ReasoningWhole(text) => {
                if self.is_running(session) {
                    self.on_reasoning_whole(session, text);
                }
            }
            Fact::ToolAnnounced(name) => self.on_tool_announced(session, &name),
            Fact::ToolStarted { id, name, context, args } => {
                self.on_tool_started(session, id, name, context, args);
            }
            Fact::ToolFinished(result) => self.on_tool_finished(session, *result),
            Fact::ToolRisk { name, risk, findings, .. } => {
                self.on_tool_risk(session, &name, &risk, &findings);
            }
            Fact::Asked(request) => self.on_asked(session, *request),
            Fact::Withdrawn { request, reason, expired } => {
                self.on_withdrawn(session, &request, reason, expired);
            }
            Fact::Status { kind, text } => self.on_status(session, kind.raw(), text),
            Fact::Failed(text) => self.on_failed(session, text),
            Fact::Subagent(agent) => self.on_subagent(session, agent),
            Fact::BackgroundDone { text, .. } => {
                self.push_message(session, Role::System, vec![Part::Text(text)], MessageState::Done);
                self.raise_unread(session, Unread::Output);
                self.touch(session);
            }
            // Only that something happens counts here: the output itself belongs to no message.
            Fact::ProcessOutput { .. } => {}
            Fact::Notified { key, level, text } => {
                self.on_notified(&profile, About::Session(session), key, level, text);
            }
            Fact::NotificationCleared { key } => self.on_notification_cleared(&profile, &key),
            Fact::Unknown { kind } => {
                self.log("an event of an unknown kind", format!("{profile} {}", kind.label(60)));
            }
        }
    }

    /// Something was heard of a session: what runs in it is not stuck (H14).
    fn heard(&mut self, session: SessionId) {
        self.run(session).heard = self.now;
        if let Some(known) = self.session(session).filter(|known| known.turn.quiet) {
            let turn = Turn { quiet: false, ..known.turn.clone() };
            self.set_turn(session, turn);
        }
    }

    fn set_title(&mut self, session: SessionId, title: Untrusted) {
        let title = Some(title).filter(|title| !title.is_empty());
        if title.is_some() && self.session(session).is_some_and(|known| known.title != title) {
            self.head(session, Change::Title(title));
        }
    }

    pub(super) fn on_info(&mut self, session: SessionId, profile: &ProfileName, info: InfoFact) {
        let running = info.running;
        self.take_info(session, profile, info);
        let Some(state) = self.session(session).map(|known| known.turn.state.clone()) else { return };
        let run = self.run(session);
        let submitted = run.outgoing.as_ref().is_some_and(|out| out.stage == Stage::Called);
        match running {
            Some(true) if submitted || !state_is_busy(&state) && !run.settling => self.begin_turn(session),
            // A turn whose start nobody told yet is not ended by what was said before it.
            Some(false) if matches!(state, TurnState::Running | TurnState::Stopping) && run.begun => {
                self.end_turn(session, super::turns::End::Complete);
                self.settled(session);
            }
            Some(false) => self.settled(session),
            _ => {}
        }
    }

    /// Takes over what the backend says of a session; what it leaves out stays.
    pub(super) fn take_info(&mut self, session: SessionId, profile: &ProfileName, info: InfoFact) {
        if let Some(reported) = &info.profile
            && reported != profile.as_str()
        {
            return self.wrong_profile(profile, reported);
        }
        if let Some(stored) = &info.stored {
            self.bind_stored(session, profile, stored, None);
        }
        if let Some(title) = info.title {
            self.set_title(session, title);
        }
        self.set_usage(session, info.usage);
        let Some(known) = self.session(session) else { return };
        let old = &known.info;
        let new = SessionInfo {
            model: info.model.or_else(|| old.model.clone()),
            provider: info.provider.or_else(|| old.provider.clone()),
            reasoning_effort: info.reasoning_effort.or_else(|| old.reasoning_effort.clone()),
            cwd: info.cwd.or_else(|| old.cwd.clone()),
            branch: info.branch.or_else(|| old.branch.clone()),
            approval_mode: info.approval_mode.or_else(|| old.approval_mode.clone()),
            yolo: info.yolo.unwrap_or(old.yolo),
            fast: info.fast.unwrap_or(old.fast),
            personality: info.personality.or_else(|| old.personality.clone()),
            warnings: if info.warnings.is_empty() { old.warnings.clone() } else { info.warnings },
        };
        if new != *old {
            self.head(session, Change::Info(Box::new(new)));
        }
    }

    fn on_status(&mut self, session: SessionId, kind: &str, text: Untrusted) {
        match kind {
            "status" if text.raw() == "ready" => self.set_activity(session, None),
            // What a turn that begins by itself is about (CHECK 18): it is stored in the person's place.
            "process" => {
                self.push_message(session, Role::System, vec![Part::Text(text)], MessageState::Done);
                self.touch(session);
            }
            // Retries come in one burst when they are over: they belong to the turn, to be read later (CHECK 20).
            "lifecycle" if self.is_running(session) => {
                self.set_activity(session, Some(text.clone()));
                // The error that ends the turn says this again.
                if text.raw().starts_with('❌') {
                    self.run(session).verdict = Some(text);
                } else {
                    self.add_note(session, Level::Info, text);
                }
            }
            _ => self.set_activity(session, Some(text)),
        }
    }

    fn on_notified(
        &mut self,
        profile: &ProfileName,
        about: About,
        key: Untrusted,
        level: Level,
        text: Untrusted,
    ) {
        let standing: Option<NoticeId> = self.wire(profile).notified.get(&key).copied();
        let words = Words { what: text, does: "The backend says so; hermux does nothing about it.", can: "" };
        let id = self.tell(standing, level, about, words);
        let notified = &mut self.wire(profile).notified;
        if notified.len() >= MAX_NOTIFIED {
            notified.pop_first();
        }
        notified.insert(key, id);
    }

    fn on_notification_cleared(&mut self, profile: &ProfileName, key: &Untrusted) {
        if let Some(id) = self.wire(profile).notified.remove(key) {
            self.emit(Patch::NoticeRemoved(id));
        }
    }
}

fn state_is_busy(state: &TurnState) -> bool {
    matches!(state, TurnState::Sending | TurnState::Running | TurnState::Stopping)
}

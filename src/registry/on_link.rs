//! How the link to a backend stands, and what its coming and going means for the sessions of its profile, and of no other.

use super::{
    Registry,
    effect::Effect,
    notices::Words,
    runtime::{Outgoing, Stage},
    turns::End,
};
use crate::{
    base::{
        ids::{CallId, ProfileName, SessionId},
        text::Untrusted,
    },
    model::{
        agent::{Capabilities, Link, Reply},
        message::Level,
        profile::BackendState,
    },
    proto::Refusal,
};

impl Registry {
    pub(super) fn on_link(&mut self, profile: &ProfileName, link: Link) {
        if self.world.profile(profile).is_none() {
            return self.log("a link of an unknown profile", profile.to_string());
        }
        match link {
            Link::State(state) => self.on_state(profile, state),
            Link::Up { capabilities } => self.on_up(profile, capabilities),
            Link::Learned { capabilities } => self.set_capabilities(profile, capabilities),
            Link::BadConfig(wrong) => self.on_bad_config(profile, wrong),
            Link::Down { process, why } => self.on_down(profile, process, &why),
        }
    }

    fn on_state(&mut self, profile: &ProfileName, state: BackendState) {
        let Some(known) = self.world.profile(profile) else { return };
        let was = known.backend.clone();
        self.change_profile(profile, |known| known.backend = state.clone());
        if matches!(state, BackendState::Waking { .. }) {
            self.forget_config(profile);
        }
        self.wire(profile).starting = false;
        match state {
            BackendState::Live => {
                self.calm(profile);
                if self.world.profile(profile).is_some_and(|known| known.store.is_some()) {
                    // Hermes may have mended it.
                    self.effect(Effect::Look { profile: profile.clone() });
                }
            }
            BackendState::Retrying { why, .. } if !self.wire(profile).ending => self.trouble(
                profile,
                Level::Warning,
                Words {
                    what: format!("The backend of profile {profile} was lost: {}", why.raw()).into(),
                    does: "hermux tries again by itself and resumes its sessions by their stored ids.",
                    can: "Nothing need be done; what is sent meanwhile waits.",
                },
            ),
            BackendState::Stuck(stuck) => {
                self.wire(profile).ending = false;
                self.trouble(
                    profile,
                    Level::Error,
                    Words {
                        what: format!("The backend of profile {profile} does not run: {}", stuck.what.raw())
                            .into(),
                        does: &format!(
                            "{}; texts that were not sent are back in their sessions.",
                            stuck.does.raw()
                        ),
                        can: &stuck.can.raw().replace(":  ", ": ").replace('\n', ", "),
                    },
                );
                self.give_all_back(profile, &stuck.what);
            }
            BackendState::Elsewhere(who) => {
                let why = format!("another hermux holds this profile: {}", who.raw()).into();
                self.give_all_back(profile, &why);
            }
            BackendState::Cold => self.on_cold(profile, &was),
            _ => {}
        }
        self.go_on_with_operation();
    }

    /// The process is gone. After a stop on purpose somebody may have asked for it again meanwhile.
    fn on_cold(&mut self, profile: &ProfileName, was: &BackendState) {
        let on_purpose = std::mem::take(&mut self.wire(profile).ending) || *was == BackendState::Stopping;
        if on_purpose {
            self.calm(profile);
            for session in self.sessions_of(profile) {
                self.advance(session);
            }
            self.advance_writes(profile);
            if std::mem::take(&mut self.wire(profile).anew) {
                self.wake(profile, true);
            }
        } else if was.is_running() {
            self.give_all_back(profile, &"its backend did not start".into());
        }
        if self.wires.get(profile).is_some_and(|wires| wires.gone) {
            // Whether it is gone for good, or has another name, is seen now that nothing writes into it.
            self.look_for_profiles();
        }
    }

    /// There will be no backend: what waits for it goes back to the person.
    fn give_all_back(&mut self, profile: &ProfileName, why: &Untrusted) {
        self.give_writes_back(profile, why);
        self.refuse_errands(profile, &Refusal::Backend(why.clone()));
        for session in self.sessions_of(profile) {
            self.refuse_wishes(session, &Refusal::Backend(why.clone()));
            if self.run(session).outgoing.as_ref().is_some_and(|out| out.stage.is_here()) {
                self.give_back(session, why);
            }
        }
    }

    fn set_capabilities(&mut self, profile: &ProfileName, capabilities: Capabilities) {
        self.change_profile(profile, |known| known.capabilities = Some(capabilities));
    }

    fn on_up(&mut self, profile: &ProfileName, capabilities: Capabilities) {
        let wires = self.wire(profile);
        wires.up = true;
        wires.starting = false;
        self.doubt_commands(profile);
        self.set_capabilities(profile, capabilities);
        if self.world.profile(profile).is_some_and(|known| known.provider != Some(true)) {
            self.ask_provider(profile);
        }
        for session in self.sessions_of(profile) {
            self.advance(session);
        }
        self.run_errands(profile);
        self.writes_need_not_wait(profile);
        self.advance_writes(profile);
        self.ask_for_left(profile);
    }

    /// The connection is gone. Live ids mean nothing any more; turns and prompts outlive a socket, but not a process.
    fn on_down(&mut self, profile: &ProfileName, process: bool, why: &Untrusted) {
        let wires = self.wire(profile);
        wires.up = false;
        wires.asking = None;
        wires.early.clear();
        wires.early_bytes = 0;
        let on_purpose = wires.ending;
        if process {
            wires.left.clear();
            self.set_elsewhere(profile, Vec::new());
        }
        self.cut_farewell(profile);
        let sessions = self.sessions_of(profile);
        for session in &sessions {
            let waits = self.session(*session).is_some_and(|known| known.current_prompt().is_some());
            let running = self.is_running(*session);
            let run = self.run(*session);
            run.may_go_on |= std::mem::take(&mut run.settling);
            let had = run.live.is_some() && !run.closing || run.build.is_some();
            run.resume |= !on_purpose && (had || waits) || running;
            self.unbind_live(*session, profile);
            if process {
                self.set_built(*session, false);
            }
        }
        // Before the turns end: an answer that is lost may concern one.
        let lost: Vec<CallId> =
            self.calls.iter().filter(|(_, call)| call.profile == *profile).map(|(id, _)| *id).collect();
        for call in lost {
            self.on_reply(call, Reply::Lost);
        }
        for session in sessions {
            // Whether the backend still had it in its queue, or ran it, the next connection says.
            let kept = |out: &Outgoing| (out.stage == Stage::Kept).then_some(out.message);
            if let Some(message) = self.runs.get(&session).and_then(|run| kept(run.outgoing.as_ref()?)) {
                self.doubt(session, message);
            }
            if process {
                self.bury_turn(session, why, on_purpose);
            } else if self.is_running(session) {
                self.set_activity(session, Some("reconnecting".into()));
            }
        }
    }

    /// The process of a session is gone, and with it turn, prompts and children.
    fn bury_turn(&mut self, session: SessionId, why: &Untrusted, on_purpose: bool) {
        if self.session(session).is_none() {
            return;
        }
        self.withdraw_prompts(session, "its backend is gone");
        self.stop_subagents(session);
        if !self.is_running(session) {
            return self.leave_if_done(session);
        }
        if on_purpose {
            self.add_note(session, Level::Info, "its backend was stopped");
            self.end_turn(session, End::Interrupted);
        } else {
            let text = format!("the backend was lost in the middle of this turn: {}", why.raw());
            self.end_turn(session, End::Failed(text.into()));
        }
    }
}

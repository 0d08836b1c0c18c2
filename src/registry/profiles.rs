//! Profiles and their backends: which there are, when one is started, and how one is stopped on purpose (DECISIONS 20).

use super::{Registry, effect::Effect, notices::Words, runtime::Kind};
use crate::{
    base::{
        ids::{CallId, ProfileName, SessionId},
        text::Untrusted,
    },
    model::{agent::Call, message::Level, notice::About, profile::BackendState},
    proto::{Answer, Refusal},
};

impl Registry {
    /// There is always a tab (INV15): a new hub begins with a draft of the profile that it was started with (I15).
    pub(super) fn have_a_tab(&mut self) {
        let primary = self.settings.primary.clone();
        if self.world.tabs.is_empty() && self.open_profile(&primary).is_ok() {
            let cwd = self.usual_cwd(&primary);
            if let Err(reason) = self.add_draft(&primary, cwd) {
                self.log("there is no first draft", reason.to_string());
            }
        }
    }

    /// Has a backend running. `asked`: by the person, which ends the wait of one that retries or is stuck.
    pub(super) fn wake(&mut self, name: &ProfileName, asked: bool) {
        let (now, Some(profile)) = (self.now, self.world.profile(name)) else { return };
        // One whose directory is about to change is started when that is done, if something of it waits then.
        if self.ending || self.fleet.holds(name) {
            return;
        }
        let again = matches!(
            profile.backend,
            BackendState::Retrying { .. } | BackendState::Stuck(_) | BackendState::Elsewhere(_)
        );
        let cold = profile.backend == BackendState::Cold;
        let wires = self.wire(name);
        wires.spare.used = now;
        if !(cold || asked && again) || std::mem::replace(&mut wires.starting, true) {
            return;
        }
        self.effect(Effect::StartBackend { profile: name.clone() });
    }

    /// Whether something of a profile would be lost with its backend.
    pub(super) fn works(&self, profile: &ProfileName) -> bool {
        let left = self.wires.get(profile).is_some_and(|wires| wires.left.values().any(|left| left.running));
        left || self
            .world
            .sessions
            .values()
            .any(|known| known.profile == *profile && self.is_at_work(known.id))
    }

    pub(super) fn on_stop_backend(
        &mut self,
        profile: &ProfileName,
        force: bool,
    ) -> Result<Option<Answer>, Refusal> {
        self.world.profile(profile).ok_or(Refusal::NoProfile)?;
        if !force && self.works(profile) {
            return Err(Refusal::Running);
        }
        self.stop(profile);
        Ok(Some(Answer::Done))
    }

    /// Stops a backend on purpose: turns first, then processes and sessions, then the process itself.
    pub(super) fn stop(&mut self, profile: &ProfileName) {
        let timeout = self.settings.limits.stop_call;
        if std::mem::replace(&mut self.wire(profile).ending, true) {
            return;
        }
        if self.wire(profile).up {
            let sessions = self.sessions_of(profile);
            let live = |reg: &mut Self, id: &SessionId| reg.run(*id).live.clone();
            let built: Vec<_> =
                sessions.iter().filter_map(|id| live(self, id).map(|live| (*id, live))).collect();
            let mut farewell = Vec::new();
            for (id, live) in &built {
                if self.is_running(*id) {
                    farewell.push(Call::Interrupt { live: live.clone() });
                }
            }
            farewell.push(Call::StopProcesses);
            let left = self.wire(profile).left.keys().cloned().collect::<Vec<_>>();
            let lives = built.into_iter().map(|(_, live)| live).chain(left);
            farewell.extend(lives.map(|live| Call::Close { live }));
            for what in farewell {
                let call = self.call(profile, what, timeout, Kind::Farewell);
                self.wire(profile).farewell.insert(call);
            }
        }
        self.part(profile);
    }

    /// hermux ends: every backend is bidden farewell, and when the last one has had its time, the hub may go.
    pub(super) fn on_ending(&mut self) {
        if self.ending {
            return;
        }
        let up = self.wires.iter().filter(|(_, wires)| wires.up).map(|(name, _)| name.clone());
        for profile in up.collect::<Vec<_>>() {
            self.stop(&profile);
        }
        self.ending = true;
        for session in self.world.sessions.keys().copied().collect::<Vec<_>>() {
            self.refuse_wishes(session, &Refusal::Ending);
        }
        self.drop_writes(None);
        self.exit_if_parted();
    }

    /// The connection is gone: there is nobody to bid farewell to.
    pub(super) fn cut_farewell(&mut self, profile: &ProfileName) {
        let farewell = std::mem::take(&mut self.wire(profile).farewell);
        self.calls.retain(|call, _| !farewell.contains(call));
        if !farewell.is_empty() {
            self.part(profile);
        }
    }

    /// Stops a backend once its farewells are said.
    fn part(&mut self, profile: &ProfileName) {
        if self.wire(profile).farewell.is_empty() {
            self.effect(Effect::StopBackend { profile: profile.clone() });
            self.exit_if_parted();
        }
    }

    pub(super) fn exit_if_parted(&mut self) {
        if self.ending && !self.fleet.is_busy() && self.wires.values().all(|wires| wires.farewell.is_empty())
        {
            self.effect(Effect::Exit);
        }
    }

    pub(super) fn on_farewell(&mut self, profile: &ProfileName, call: CallId) {
        if self.wire(profile).farewell.remove(&call) {
            self.part(profile);
        }
    }

    pub(super) fn sessions_of(&self, profile: &ProfileName) -> Vec<SessionId> {
        self.world.sessions.values().filter(|known| known.profile == *profile).map(|known| known.id).collect()
    }

    /// The backend says that it is another profile's: nothing may be done through it.
    pub(super) fn wrong_profile(&mut self, profile: &ProfileName, reported: &str) {
        let what = format!("The backend of profile {profile} says that it is profile {reported}.");
        self.tell(
            None,
            Level::Error,
            About::Profile(profile.clone()),
            Words {
                what: Untrusted::from(what),
                does: "hermux stops it, so that nothing is written into the wrong profile.",
                can: "Check the Hermes home that hermux was started with.",
            },
        );
        self.stop(profile);
    }
}

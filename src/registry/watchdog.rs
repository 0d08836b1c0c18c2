//! A running turn of which nothing was heard for long (DECISIONS 3): its backend is asked. One that works is marked quiet and
//! watched on; one that is idle, or cannot be asked, has its running mark cleared, and the person is told.

use super::{Registry, runtime::Kind, timers::Key, turns::End};
use crate::{
    base::ids::{LiveId, ProfileName, SessionId},
    model::{
        agent::{ActiveRow, ActiveState, Call, Reply},
        message::Level,
        turn::{Turn, TurnState},
    },
};

impl Registry {
    /// The time of a turn's watch has come. What was heard since it was set counts; a turn that ended is nobody's concern.
    pub(super) fn on_silence(&mut self, session: SessionId) {
        if !self.is_running(session) {
            return;
        }
        let Some(known) = self.session(session) else { return };
        let profile = known.profile.clone();
        let waits = known.current_prompt().is_some();
        let due = self.silence_ends(session);
        // Who waits for the person is not stuck.
        if waits || due > self.now {
            let at = due.max(self.now.plus(1_000));
            return self.timers.set(Key::Watch(session), at);
        }
        if !self.wire(&profile).up {
            return self.give_up(session, "its backend cannot be asked");
        }
        if self.wire(&profile).asking.is_none() {
            let timeout = self.settings.limits.call;
            let call = self.call(&profile, Call::ActiveList, timeout, Kind::ActiveList);
            self.wire(&profile).asking = Some(call);
        }
    }

    /// Whether turns of closed tabs still run: their ends may have come while the connection was gone.
    pub(super) fn ask_for_left(&mut self, profile: &ProfileName) {
        if self.wire(profile).left.values().any(|left| left.running) && self.wire(profile).asking.is_none() {
            let timeout = self.settings.limits.call;
            let call = self.call(profile, Call::ActiveList, timeout, Kind::ActiveList);
            self.wire(profile).asking = Some(call);
        }
    }

    /// When the silence of a running turn has lasted too long.
    fn silence_ends(&mut self, session: SessionId) -> crate::base::clock::Tick {
        let stopping = self.session(session).is_some_and(|known| known.turn.state == TurnState::Stopping);
        let limits = &self.settings.limits;
        let silence = if stopping { limits.stop_wait } else { limits.watchdog };
        self.run(session).heard.plus(silence)
    }

    pub(super) fn on_active_list(&mut self, profile: &ProfileName, reply: Reply) {
        self.wire(profile).asking = None;
        // The answer went with the connection: the next one brings every session's state by itself.
        let up = self.wire(profile).up;
        let rows = match reply {
            Reply::ActiveList(rows) => Some(rows),
            _ => None,
        };
        if up {
            let works = |live: &LiveId| rows.as_ref().is_some_and(|rows| works(live, rows));
            for (live, left) in &mut self.wire(profile).left {
                left.running &= works(live);
            }
        }
        for session in self.sessions_of(profile) {
            if self.is_running(session) && self.silence_ends(session) <= self.now {
                match &rows {
                    Some(rows) if self.says_it_works(session, rows) => self.mark_quiet(session),
                    Some(_) => self.give_up(session, "its backend says that it is idle"),
                    None if up => self.give_up(session, "its backend did not say whether it works"),
                    None => self.watch_on(session),
                }
            }
        }
    }

    fn says_it_works(&mut self, session: SessionId, rows: &[ActiveRow]) -> bool {
        self.run(session).live.as_ref().is_some_and(|live| works(live, rows))
    }

    fn mark_quiet(&mut self, session: SessionId) {
        let Some(turn) = self.session(session).map(|known| known.turn.clone()) else { return };
        self.set_turn(session, Turn { quiet: true, ..turn });
        self.watch_on(session);
    }

    fn watch_on(&mut self, session: SessionId) {
        let at = self.now.plus(self.settings.limits.watchdog);
        self.run(session).heard = self.now;
        self.timers.set(Key::Watch(session), at);
    }

    fn give_up(&mut self, session: SessionId, why: &str) {
        let minutes = self.now.since(self.run(session).heard) / 60_000;
        let text = format!(
            "nothing was heard of this turn for {minutes} minutes and {why}: it is no longer held for running"
        );
        self.add_note(session, Level::Warning, text);
        self.run(session).may_go_on = true;
        self.end_turn(session, End::Interrupted);
    }
}

/// Whether the backend says that this session works, or waits.
fn works(live: &LiveId, rows: &[ActiveRow]) -> bool {
    rows.iter().any(|row| row.live == *live && row.state != ActiveState::Idle)
}

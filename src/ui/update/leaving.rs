//! Leaving, and stopping: what goes on without this terminal, what does not, and the words for either.

use super::Step;
use super::dialog::{NAMED, name, unfinished};
use crate::base::ids::SessionId;
use crate::model::session::Session;
use crate::model::status;
use crate::model::turn::TurnState;
use crate::model::world::World;
use crate::proto::{Answer, Command, ToHub};
use crate::ui::action::{Action, Next};
use crate::ui::state::layer::{Choice, Deed};
use crate::ui::state::{Ask, UiState};

const CANCEL: Choice = Choice { key: 'c', label: "cancel", does: Deed::Cancel };

impl Step<'_> {
    /// Leaves: at once where a hub stays behind. Else it asks once when that would stop something, leave a question open (UX-32),
    /// or lose a text that no hub has.
    pub(super) fn quit(&mut self, next: Next) {
        let mut lines = self.unsaved();
        if self.ui.back.is_none() {
            lines.extend(self.unfinished_lines());
            if !lines.is_empty() {
                lines.push(String::new());
                lines.push("Leaving stops them; each can be opened again where it stood.".into());
            }
        }
        if lines.is_empty() {
            return self.leave(next);
        }
        let leave = Choice { key: 'q', label: "leave", does: Deed::Leave(next) };
        self.open_dialog("Leave hermux?".into(), lines, vec![leave, CANCEL]);
    }

    /// Texts that would be lost with this terminal, as the hub cannot be told of them.
    fn unsaved(&self) -> Vec<String> {
        if self.ui.online || self.ui.back.is_none() {
            return Vec::new();
        }
        let early = Some(&self.ui.early).filter(|pane| !pane.editor.is_empty());
        let unsaved = self.ui.panes.values().filter(|pane| pane.is_unsaved() && !pane.editor.is_empty());
        let written = match unsaved.chain(early).count() {
            0 => None,
            1 => Some("What you wrote last has not reached the hub, and would be lost.".into()),
            more => Some(format!(
                "What you wrote last in {more} sessions has not reached the hub, and would be lost."
            )),
        };
        let sent = match self.ui.sends.len() {
            0 => None,
            1 => Some("The hub was lost before it confirmed what you sent last: it may be lost, too.".into()),
            more => Some(format!(
                "The hub was lost before it confirmed {more} texts that you sent: they may be lost, too."
            )),
        };
        written.into_iter().chain(sent).collect()
    }

    /// Sessions that are at work or wait for the person, a line each.
    fn unfinished_lines(&self) -> Vec<String> {
        let (running, waiting) = unfinished(self.mirror.world());
        let mut lines = Vec::new();
        for (what, list) in [("at work", &running), ("waiting for you", &waiting)] {
            lines.extend(list.iter().take(NAMED).map(|session| format!("{} is {what}", name(session))));
            if list.len() > NAMED {
                lines.push(format!("and {} more", list.len() - NAMED));
            }
        }
        lines
    }

    pub(super) fn leave(&mut self, next: Next) {
        let sessions: Vec<SessionId> = self.ui.panes.keys().copied().collect();
        for session in sessions {
            self.save_draft(session);
        }
        self.out.push(Action::tell(ToHub::Bye));
        self.out.push(Action::Leave(next));
    }

    /// Ends the hub; asks first, naming what that stops and whom it puts out.
    pub(super) fn ask_stop_hub(&mut self) {
        if self.ui.back.is_none() {
            return self.quit(Next::Nothing);
        }
        let mut lines = self.unfinished_lines();
        if lines.is_empty() {
            lines.push("Nothing is at work. The hub and every backend end.".into());
        } else {
            lines.push(String::new());
            lines.push(
                "The hub and every backend end, and stop them; each can be opened again where it stood."
                    .into(),
            );
        }
        let others = self.mirror.world().terminals.len().saturating_sub(1);
        lines.extend((others > 0).then(|| format!("Other terminals end with it: {others}.")));
        let stop = Choice { key: 's', label: "stop hermux", does: Deed::StopHub };
        self.open_dialog("Stop hermux?".into(), lines, vec![stop, CANCEL]);
    }

    pub(super) fn stop_hub(&mut self) {
        let sessions: Vec<SessionId> = self.ui.panes.keys().copied().collect();
        for session in sessions {
            self.save_draft(session);
        }
        self.ui.stopping = true;
        self.say("Stopping hermux");
        self.command(Ask::StopHub, Command::Shutdown { force: true });
    }

    /// The emergency stop; asks once, naming how many turns of which profiles run.
    pub(super) fn ask_stop_all(&mut self) {
        let world = self.mirror.world();
        let runs = |session: &&Session| {
            matches!(session.turn.state, TurnState::Running | TurnState::Sending)
                && status::is_working(session)
        };
        let lines: Vec<String> = world
            .profiles
            .iter()
            .filter_map(|profile| {
                let running = world.sessions.values().filter(|session| session.profile == profile.name);
                match running.filter(runs).count() {
                    0 => None,
                    1 => Some(format!("{}: 1 turn", profile.name)),
                    count => Some(format!("{}: {count} turns", profile.name)),
                }
            })
            .collect();
        if lines.is_empty() {
            self.say("Nothing is running in any profile");
            return;
        }
        let mut lines = lines;
        lines.push(String::new());
        lines.push("Every turn is interrupted, every queue waits for you.".into());
        let stop = Choice { key: 's', label: "stop them all", does: Deed::StopAll };
        self.open_dialog("Emergency stop".into(), lines, vec![stop, CANCEL]);
    }

    /// What the emergency stop came to.
    pub(super) fn stopped_all(&mut self, answer: &Answer) {
        let Answer::Stopped { turns, texts } = answer else { return };
        let turns = match turns {
            0 => "Nothing was running any more".to_owned(),
            1 => "1 turn is interrupted".to_owned(),
            more => format!("{more} turns are interrupted"),
        };
        let texts = match texts {
            0 => String::new(),
            1 => "; 1 text that was on its way is back".to_owned(),
            more => format!("; {more} texts that were on their way are back"),
        };
        self.say(format!("{turns}{texts}"));
    }
}

/// What leaving leaves behind, and how to come back: printed on the normal screen (UX-29).
pub fn left_behind(ui: &UiState, world: &World) -> Vec<String> {
    if ui.picks() {
        return Vec::new();
    }
    if ui.stopping {
        return vec!["hermux has stopped.".to_owned()];
    }
    let (running, waiting) = unfinished(world);
    let mut lines = Vec::new();
    for (what, gone, list) in
        [("is at work", "was at work", running), ("waits for you", "was waiting for you", waiting)]
    {
        for session in list {
            let what = if ui.back.is_some() { what } else { gone };
            lines.push(format!("{} {what}", name(session)));
            if let (Some(stored), None) = (&session.stored, &ui.back) {
                lines.push(format!("    hermux --session {}/{}", session.profile, stored.as_str()));
            }
        }
    }
    // Without a welcome nothing is known of what goes on.
    let Some(back) = ui.back.as_ref().filter(|_| !world.profiles.is_empty()) else { return lines };
    if lines.is_empty() {
        return vec![format!("hermux waits in the background for a while. Come back with: {back}")];
    }
    let more = lines.len().saturating_sub(NAMED);
    lines.truncate(NAMED);
    lines.extend((more > 0).then(|| format!("and {more} more")));
    lines.insert(0, "hermux goes on without this terminal:".to_owned());
    lines.iter_mut().skip(1).for_each(|line| line.insert_str(0, "    "));
    lines.push(format!("Come back with: {back}"));
    lines
}

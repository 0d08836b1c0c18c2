//! A profile that is no longer where it was: what was open in it moves with it, or closes. However it came about, and whoever did it,
//! this is the one place (F05).

use super::{Registry, effect::Effect, notices::Words};
use crate::{
    base::ids::{ClientId, ProfileName, SessionId},
    model::{
        draft::{Draft, Piece},
        message::{Level, MessageState, Role},
        notice::About,
        patch::{Change, Patch},
    },
    proto::Refusal,
};

impl Registry {
    /// The profile has another name: everything of it goes on under that one. Its backend is gone.
    pub(super) fn carry_profile(&mut self, from: &ProfileName, to: &ProfileName) {
        self.calm(from);
        self.drop_writes(Some(from));
        self.set_elsewhere(from, Vec::new());
        if let Some(mut wires) = self.wires.remove(from) {
            wires.gone = false;
            self.wires.insert(to.clone(), wires);
        }
        self.calls.retain(|_, call| call.profile != *from);
        self.timers.cancel(&super::timers::Key::Early(from.clone()));
        if self.settings.primary == *from {
            self.settings.primary.clone_from(to);
        }
        self.emit(Patch::ProfileRenamed { from: from.clone(), to: to.clone() });
    }

    /// The profile is gone, and its backend is. Its tabs close; what the person wrote in them and nobody has becomes drafts of
    /// `default`, and a terminal that showed one of them finds itself in a fresh one (F03, F04). Nothing that its backend may still
    /// say finds anybody.
    pub(super) fn lose_profile(&mut self, profile: &ProfileName, asked: bool) {
        let sessions = self.sessions_of(profile);
        let showing: Vec<ClientId> = self
            .terminals()
            .iter()
            .filter(|(_, shown)| shown.is_some_and(|shown| sessions.contains(&shown)))
            .map(|(client, _)| *client)
            .collect();
        let tabs = self.world.tabs.iter().filter(|tab| sessions.contains(tab)).count();
        let texts: Vec<Vec<Piece>> =
            sessions.iter().map(|session| self.unsent(*session)).filter(|text| !text.is_empty()).collect();
        self.calm(profile);
        self.drop_writes(Some(profile));
        self.set_elsewhere(profile, Vec::new());
        if tabs > 0 {
            let left = self.world.tabs.iter().filter(|tab| !sessions.contains(tab)).copied().collect();
            self.emit(Patch::Tabs(left));
        }
        for session in sessions {
            self.remove_session(session);
        }
        self.refuse_errands(profile, &Refusal::NoProfile);
        self.wires.remove(profile);
        self.fleet.places.remove(profile);
        self.calls.retain(|_, call| call.profile != *profile);
        self.timers.cancel(&super::timers::Key::Early(profile.clone()));
        if self.settings.primary == *profile {
            self.settings.primary = ProfileName::default_profile();
        }
        self.emit(Patch::ProfileRemoved(profile.clone()));
        self.forget_arrangement(profile);
        let moved = texts.len();
        for pieces in texts {
            self.draft_of_default(pieces);
        }
        if !showing.is_empty()
            && let Some(session) = self.draft_of_default(Vec::new())
        {
            for client in showing {
                self.effect(Effect::Show { client, session });
            }
        }
        self.have_a_tab();
        self.tell_of_loss(profile, asked, tabs, moved);
    }

    /// A draft of `default` with this text; an empty one that is there is used again.
    fn draft_of_default(&mut self, pieces: Vec<Piece>) -> Option<SessionId> {
        let default = ProfileName::default_profile();
        let cwd = self.usual_cwd(&default);
        let session = match self.empty_draft(&default) {
            Some(session) => session,
            None => match self.add_draft(&default, cwd) {
                Ok(session) => session,
                Err(reason) => {
                    self.log("there is no draft to fall back to", reason.to_string());
                    return None;
                }
            },
        };
        if !pieces.is_empty() {
            let revision = self.session(session).map_or(0, |known| known.draft.revision) + 1;
            self.head(session, Change::Draft(Draft { pieces, revision, author: None }));
        }
        Some(session)
    }

    /// What the person wrote in a session that has not gone its way, in the order in which it would have.
    fn unsent(&self, session: SessionId) -> Vec<Piece> {
        let Some(known) = self.session(session) else { return Vec::new() };
        let undecided = self.messages(session).iter().filter(|message| {
            let open = matches!(message.state, MessageState::Uncertain | MessageState::Refused(_));
            message.role == Role::User && open
        });
        let mut texts: Vec<String> = undecided.map(crate::model::message::Message::plain).collect();
        let out = self.runs.get(&session).and_then(|run| run.outgoing.as_ref());
        texts.extend(out.filter(|out| out.stage.is_here()).map(|out| out.text.clone()));
        texts.extend(known.queue.iter().map(|entry| entry.text.clone()));
        let mut pieces: Vec<Piece> = Vec::new();
        for text in texts {
            if !pieces.is_empty() {
                pieces.push(Piece::Text("\n\n".to_owned()));
            }
            pieces.push(Piece::Text(text));
        }
        if !known.draft.is_empty() {
            if !pieces.is_empty() {
                pieces.push(Piece::Text("\n\n".to_owned()));
            }
            pieces.extend(known.draft.pieces.iter().cloned());
        }
        pieces
    }

    fn tell_of_loss(&mut self, profile: &ProfileName, asked: bool, tabs: usize, texts: usize) {
        if asked && texts == 0 {
            return;
        }
        let count =
            |n: usize, one: &str, many: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {many}") };
        let what = if asked {
            format!("Profile {profile} is deleted.")
        } else {
            format!("Profile {profile} is no longer in the Hermes home: something else removed it.")
        };
        let closed = match tabs {
            0 => "hermux shows it no longer.".to_owned(),
            tabs => format!("hermux closed {} of it.", count(tabs, "tab", "tabs")),
        };
        let does = match texts {
            0 => closed,
            1 => format!("{closed} 1 text that had not been sent is a draft of profile default now."),
            n => format!("{closed} {n} texts that had not been sent are drafts of profile default now."),
        };
        let can = if texts > 0 { "Send them from there, or clear them." } else { "Nothing need be done." };
        let level = if asked { Level::Info } else { Level::Warning };
        self.tell(None, level, About::Everything, Words { what: what.into(), does: &does, can });
    }
}

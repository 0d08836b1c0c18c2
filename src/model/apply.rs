//! The only place where `World` changes (I1).

use super::{
    body::Body,
    message::{Message, Part},
    notice::About,
    patch::{BodyChange, Change, Patch},
    session::Session,
    world::World,
};
use crate::base::{
    ids::{ProfileName, SessionId},
    text::Untrusted,
};

/// A patch that does not fit what is known. The hub never makes one; a mirror that meets one has missed something and asks
/// for a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("the patch is for a session that is not open")]
    NoSession(SessionId),
    #[error("the patch is for a transcript, message or part that is not known")]
    NoPlace(SessionId),
    #[error("the text known is not the text that the patch continues")]
    Text(SessionId),
}

impl World {
    /// Applies one patch. On an error the world is as it was.
    pub fn apply(&mut self, patch: &Patch) -> Result<(), Mismatch> {
        match patch {
            Patch::SessionAdded(session) => {
                self.sessions.insert(session.id, (**session).clone());
            }
            Patch::SessionRemoved(id) => {
                self.sessions.remove(id);
            }
            Patch::Session { session: id, change } => {
                change_head(self.sessions.get_mut(id).ok_or(Mismatch::NoSession(*id))?, change);
            }
            Patch::Body { session: id, change } => {
                change_body(self.sessions.get_mut(id).ok_or(Mismatch::NoSession(*id))?, change)?;
            }
            Patch::Tabs(tabs) => self.tabs.clone_from(tabs),
            Patch::Profile(profile) => {
                replace_or_push(&mut self.profiles, profile, |p| p.name.clone());
                self.sort_profiles();
            }
            Patch::ProfileRenamed { from, to } => self.rename(from, to),
            Patch::ProfileRemoved(name) => self.profiles.retain(|profile| profile.name != *name),
            Patch::Notice(notice) => replace_or_push(&mut self.notices, notice, |n| n.id),
            Patch::NoticeRemoved(id) => self.notices.retain(|notice| notice.id != *id),
            Patch::Terminal(terminal) => replace_or_push(&mut self.terminals, terminal, |t| t.id),
            Patch::TerminalRemoved(id) => self.terminals.retain(|terminal| terminal.id != *id),
            Patch::Directory { profile, directory } => match directory.trim() {
                "" => {
                    self.directories.remove(profile);
                }
                trimmed => {
                    self.directories.insert(profile.clone(), trimmed.to_owned());
                }
            },
            Patch::Pins { profile, pins } if pins.is_empty() => {
                self.shelf.pins.remove(profile);
            }
            Patch::Pins { profile, pins } => {
                self.shelf.pins.insert(profile.clone(), pins.clone());
            }
            Patch::ProfileOrder(order) => {
                self.shelf.order.clone_from(order);
                self.sort_profiles();
            }
            Patch::Colour { profile, colour: Some(colour) } => {
                self.shelf.colours.insert(profile.clone(), *colour);
            }
            Patch::Colour { profile, colour: None } => {
                self.shelf.colours.remove(profile);
            }
            Patch::List(list) => self.shelf.list.clone_from(list),
            Patch::Tomb(tomb) => {
                replace_or_push(&mut self.tombs, tomb, |t| (t.profile.clone(), t.lineage.clone()));
            }
            Patch::Elsewhere { profile, rows } if rows.is_empty() => {
                self.elsewhere.remove(profile);
            }
            Patch::Elsewhere { profile, rows } => {
                self.elsewhere.insert(profile.clone(), rows.clone());
            }
            Patch::TombRemoved { profile, lineage } => {
                self.tombs.retain(|tomb| tomb.profile != *profile || tomb.lineage != *lineage);
            }
        }
        Ok(())
    }

    fn rename(&mut self, from: &ProfileName, to: &ProfileName) {
        let change = |name: &mut ProfileName| {
            if name == from {
                name.clone_from(to);
            }
        };
        self.profiles.retain(|profile| profile.name != *to);
        self.profiles.iter_mut().for_each(|profile| change(&mut profile.name));
        self.sessions.values_mut().for_each(|session| change(&mut session.profile));
        self.tombs.iter_mut().for_each(|tomb| change(&mut tomb.profile));
        for notice in &mut self.notices {
            if let About::Profile(name) = &mut notice.about {
                change(name);
            }
        }
        if let Some(directory) = self.directories.remove(from) {
            self.directories.insert(to.clone(), directory);
        }
        self.shelf.rename(from, to);
        self.sort_profiles();
    }

    fn sort_profiles(&mut self) {
        let order = &self.shelf;
        self.profiles.sort_by(|a, b| order.place(&a.name).cmp(&order.place(&b.name)));
    }
}

fn replace_or_push<T: Clone, K: PartialEq>(list: &mut Vec<T>, new: &T, key: impl Fn(&T) -> K) {
    match list.iter_mut().find(|old| key(old) == key(new)) {
        Some(old) => old.clone_from(new),
        None => list.push(new.clone()),
    }
}

fn change_head(session: &mut Session, change: &Change) {
    match change {
        Change::Ids { stored, lineage } => {
            session.stored.clone_from(stored);
            session.lineage.clone_from(lineage);
        }
        Change::Built(built) => session.built = *built,
        Change::Title(title) => session.title.clone_from(title),
        Change::Opening(opening) => session.opening.clone_from(opening),
        Change::Info(info) => session.info.clone_from(info),
        Change::Turn(turn) => session.turn.clone_from(turn),
        Change::Prompt(prompt) => replace_or_push(&mut session.prompts, prompt, |p| p.id),
        Change::PromptRemoved(id) => session.prompts.retain(|prompt| prompt.id != *id),
        Change::Queue(queue) => session.queue.clone_from(queue),
        Change::Held(held) => session.held = *held,
        Change::Usage(usage) => session.usage.clone_from(usage),
        Change::Unread(unread) => session.unread = *unread,
        Change::Draft(draft) => session.draft.clone_from(draft),
        Change::Preview(preview) => session.preview.clone_from(preview),
        Change::Activity(activity) => session.activity.clone_from(activity),
        Change::Todos(todos) => session.todos.clone_from(todos),
        Change::Subagents(subagents) => session.subagents.clone_from(subagents),
        Change::Touched(at) => session.touched = *at,
    }
}

fn change_body(session: &mut Session, change: &BodyChange) -> Result<(), Mismatch> {
    let id = session.id;
    match change {
        BodyChange::Set(body) => {
            session.body = Some((**body).clone());
            return Ok(());
        }
        BodyChange::Forget => {
            session.body = None;
            return Ok(());
        }
        _ => {}
    }
    let body = session.body.as_mut().ok_or(Mismatch::NoPlace(id))?;
    match change {
        BodyChange::Set(_) | BodyChange::Forget => {}
        BodyChange::Message(message) => {
            if body.messages.last().is_some_and(|last| last.id >= message.id) {
                return Err(Mismatch::NoPlace(id));
            }
            body.messages.push((**message).clone());
        }
        BodyChange::Part { message, part } => {
            body.get_mut(*message).ok_or(Mismatch::NoPlace(id))?.parts.push((**part).clone());
        }
        BodyChange::Append { message, part, at, text } => {
            let known = text_of(body, *message, *part).ok_or(Mismatch::NoPlace(id))?;
            if known.len() as u64 != *at {
                return Err(Mismatch::Text(id));
            }
            known.push_str(text);
        }
        BodyChange::ReasoningEnded { message, part, at } => match part_of(body, *message, *part) {
            Some(Part::Reasoning { ended, .. }) => *ended = Some(*at),
            _ => return Err(Mismatch::NoPlace(id)),
        },
        BodyChange::Tool { message, part, tool } => match part_of(body, *message, *part) {
            Some(Part::Tool(old)) => old.clone_from(tool),
            _ => return Err(Mismatch::NoPlace(id)),
        },
        BodyChange::State { message, state } => {
            body.get_mut(*message).ok_or(Mismatch::NoPlace(id))?.state = state.clone();
        }
        BodyChange::Finish { message, state, len, digest } => {
            let message: &mut Message = body.get_mut(*message).ok_or(Mismatch::NoPlace(id))?;
            if message.len() != *len || message.digest() != *digest {
                return Err(Mismatch::Text(id));
            }
            message.state = state.clone();
        }
        BodyChange::Removed(message) => {
            // It may lie before the tail that this mirror holds: then there is nothing to do.
            if let Some(at) = body.position(*message) {
                body.messages.remove(at);
            }
        }
        BodyChange::Trimmed { first } => {
            let keep = body.messages.partition_point(|message| message.id < *first);
            body.older |= keep > 0;
            body.messages.drain(..keep);
        }
    }
    Ok(())
}

fn part_of(body: &mut Body, message: crate::base::ids::MessageId, part: u32) -> Option<&mut Part> {
    body.get_mut(message)?.parts.get_mut(part as usize)
}

fn text_of(body: &mut Body, message: crate::base::ids::MessageId, part: u32) -> Option<&mut Untrusted> {
    match part_of(body, message, part)? {
        Part::Text(text) | Part::Reasoning { text, .. } | Part::Note { text, .. } => Some(text),
        Part::Tool(_) => None,
    }
}

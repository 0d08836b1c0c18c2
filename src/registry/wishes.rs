//! What a person wants of a session beside a turn: a title, the approval bypass, a slash command. Each needs the session built
//! and is asked for as soon as it is; its answer goes to the one who asked.

use super::{
    Registry,
    effect::Effect,
    runtime::{Kind, Want, Wish},
};
use crate::{
    base::ids::{AskId, ClientId, LiveId, SendRef, SessionId},
    model::{
        agent::{Call, Reply},
        kept::{Fate, Sent},
        message::Level,
        patch::Change,
        session::SessionInfo,
    },
    proto::{Answer, Refusal},
};

/// Hermes' answer to a slash command that takes its second route.
const OTHER_ROUTE: i64 = 4018;

/// Whether a text is a slash command: one word after a slash begins it, which a path is not.
pub(super) fn is_slash(text: &str) -> bool {
    let word = text.strip_prefix('/').and_then(|rest| rest.split_whitespace().next());
    word.is_some_and(|word| {
        text.get(1..).is_some_and(|rest| rest.starts_with(word))
            && word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
    })
}

impl Registry {
    pub(super) fn wish(&mut self, session: SessionId, client: ClientId, ask: AskId, what: Wish) {
        self.run(session).wants.push(Want { client, ask, what, reference: None });
        self.advance(session);
    }

    /// A slash command. Its reference is known only once it is called: should the hub end before, its terminal hands it to the
    /// next one.
    pub(super) fn wish_command(
        &mut self,
        (client, ask): (ClientId, AskId),
        session: SessionId,
        text: String,
        reference: SendRef,
    ) {
        let wants = &mut self.run(session).wants;
        if let Some(want) = wants.iter_mut().find(|want| want.reference == Some(reference)) {
            (want.client, want.ask) = (client, ask);
            return;
        }
        wants.push(Want { client, ask, what: Wish::Slash(text), reference: Some(reference) });
        self.advance(session);
    }

    fn note_command(&mut self, session: SessionId, want: &mut Want) {
        let (Some(reference), Wish::Slash(text)) = (want.reference.take(), &want.what) else { return };
        self.learn(reference);
        let sent = Sent::new(reference, session, text.clone(), self.wall(), Fate::Accepted);
        self.effect(Effect::Keep(Box::new(sent.settled(Fate::Accepted))));
    }

    pub(super) fn grant_wishes(&mut self, session: SessionId, live: &LiveId) {
        let wants = std::mem::take(&mut self.run(session).wants);
        if !wants.is_empty() {
            self.set_built(session, true);
        }
        for mut want in wants {
            self.note_command(session, &mut want);
            self.begin_copy(session, &want);
            let live = live.clone();
            let limits = &self.settings.limits;
            let (what, timeout) = match &want.what {
                Wish::Title(title) => (Call::Title { live, title: title.clone() }, limits.call),
                Wish::Yolo(on) => {
                    let value = if *on { "on" } else { "off" }.to_owned();
                    (Call::Set { live, key: "yolo".to_owned(), value }, limits.call)
                }
                Wish::Slash(command) => (Call::Slash { live, command: command.clone() }, limits.slash_call),
                Wish::Dispatch(command) => {
                    let (name, arg) = split(command);
                    (Call::Dispatch { live, name, arg }, limits.slash_call)
                }
                Wish::Branch => (Call::Branch { live }, limits.build_call),
                Wish::Choices(topic) => {
                    (Call::Choices { live: Some(live), topic: *topic }, limits.slash_call)
                }
                Wish::Configure(setting) => {
                    (Call::Configure { live: Some(live), setting: setting.clone() }, limits.slash_call)
                }
                // What is of a profile never comes here.
                Wish::Describe(_) | Wish::Soul { .. } => continue,
            };
            if let Some(profile) = self.session(session).map(|known| known.profile.clone()) {
                self.call(&profile, what, timeout, Kind::Wish(session, want));
            }
        }
    }

    /// Nothing can be had: everybody who waits is told.
    pub(super) fn refuse_wishes(&mut self, session: SessionId, reason: &Refusal) {
        for Want { client, ask, .. } in std::mem::take(&mut self.run(session).wants) {
            self.effect(Effect::Refuse { client, ask, reason: reason.clone() });
        }
    }

    pub(super) fn on_wish(&mut self, session: SessionId, want: Want, reply: Reply) {
        if matches!(want.what, Wish::Choices(_) | Wish::Configure(_)) {
            let profile = self.session(session).map(|known| known.profile.clone());
            return profile.map_or((), |profile| self.on_errand(&profile, want, reply));
        }
        if matches!(want.what, Wish::Branch) {
            return self.on_branched(session, want, reply);
        }
        let Want { client, ask, what, .. } = want;
        let done = |answer| Effect::Answer { client, ask, answer };
        let refuse = |reason| Effect::Refuse { client, ask, reason };
        let effect = match (reply, what) {
            (Reply::Failed { code: OTHER_ROUTE, .. }, Wish::Slash(command)) => {
                return self.wish(session, client, ask, Wish::Dispatch(command));
            }
            (Reply::Alias(target), Wish::Dispatch(command)) => {
                let (_, arg) = split(&command);
                return self.wish(
                    session,
                    client,
                    ask,
                    Wish::Slash(format!("/{target} {arg}").trim_end().to_owned()),
                );
            }
            (Reply::Failed { message, .. }, _) => refuse(Refusal::Backend(message)),
            (Reply::Lost, _) => refuse(Refusal::Backend("its answer was lost; it may have been done".into())),
            (Reply::Titled { title, .. }, Wish::Title(_)) => {
                self.head(session, Change::Title(Some(title)));
                done(Answer::Done)
            }
            (_, Wish::Yolo(on)) => {
                if let Some(info) = self.session(session).map(|known| known.info.clone()) {
                    self.head(session, Change::Info(Box::new(SessionInfo { yolo: on, ..info })));
                }
                done(Answer::Done)
            }
            (Reply::Output { text, warning }, _) => done(Answer::Output { text, warning }),
            (Reply::SendText { text, notice }, _) => {
                if let Some(notice) = notice.filter(|notice| !notice.is_empty()) {
                    self.push_note(session, Level::Info, notice);
                }
                self.send_from_command(session, text);
                done(Answer::Done)
            }
            (Reply::Prefill { text, notice }, _) => {
                if let Some(notice) = notice.filter(|notice| !notice.is_empty()) {
                    self.push_note(session, Level::Info, notice);
                }
                done(Answer::Prefill(text))
            }
            _ => done(Answer::Done),
        };
        self.effect(effect);
    }

    fn send_from_command(&mut self, session: SessionId, text: String) {
        let reference = SendRef(self.mint());
        if self.is_busy(session) {
            self.put_first(session, text, reference);
        } else {
            self.begin_send(session, text, reference);
        }
    }
}

/// A slash command's name and the rest.
fn split(command: &str) -> (String, String) {
    let bare = command.trim_start_matches('/');
    let (name, arg) = bare.split_once(char::is_whitespace).unwrap_or((bare, ""));
    (name.to_owned(), arg.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_no_slash_command() {
        for yes in ["/help", "/model x", "/a-b_c\nrest"] {
            assert!(is_slash(yes), "{yes}");
        }
        for no in ["", "/", "/ help", "/home/me", "//x", "x /help", "/9", "/a.b"] {
            assert!(!is_slash(no), "{no}");
        }
        assert_eq!(split("/goal  do it "), ("goal".to_owned(), "do it".to_owned()));
    }
}

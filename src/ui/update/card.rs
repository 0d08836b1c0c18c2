//! Cards: turning to one, and answering it. No answer leaves here that the guard did not admit (SEC-20 to SEC-28).

use super::{Step, keys};
use crate::base::text::Untrusted;
use crate::model::prompt::{Prompt, PromptAnswer, PromptKind, PromptState};
use crate::model::session::Session;
use crate::proto::Command;
use crate::ui::action::Action;
use crate::ui::intent::{Edit, Intent};
use crate::ui::keymap::{Key, Scope};
use crate::ui::state::guard::CardKey;
use crate::ui::state::pane::{CardView, Wide};
use crate::ui::state::{Ask, Focus};

/// What a terminal read is answered with: hermux shows the agent no screen.
const NO_TERMINAL: &str = "The person's terminal is not shared.";

impl Step<'_> {
    /// The card of the shown session: the first prompt that waits, else one that is over and not put away.
    pub(super) fn card(&self) -> Option<(&Session, &Prompt)> {
        let session = self.session()?;
        let prompt = session.current_prompt().or_else(|| session.prompts.last())?;
        Some((session, prompt))
    }

    fn card_key(&self) -> Option<CardKey> {
        let (session, prompt) = self.card()?;
        Some(CardKey { session: session.id, prompt: prompt.id, digest: prompt.digest() })
    }

    /// The explicit step that turns the keys to the card (SEC-20).
    pub(super) fn focus_card(&mut self) {
        let Some(key) = self.card_key() else {
            let waits = self.attention_key();
            self.say(format!("Nothing waits here; {waits} goes to what does"));
            return;
        };
        self.ui.layer = None;
        self.ui.secret.clear();
        if let Some(pane) = self.ui.pane_mut() {
            pane.card.own = false;
        }
        self.ui.focus = Focus::Card;
        self.ui.guard.focus(key);
    }

    /// Keeps the card's view on the prompt that is shown; another prompt begins anew and loses focus (SEC-22).
    pub(super) fn follow_card(&mut self) {
        let key = self.card_key();
        let id = key.map(|key| key.prompt);
        self.note_answer_elsewhere();
        if let Some(pane) = self.ui.pane_mut().filter(|pane| pane.card.prompt != id) {
            pane.card = CardView { prompt: id, ..CardView::default() };
        }
        if self.ui.focus == Focus::Card && (key.is_none() || key != self.ui.guard.focused()) {
            self.focus_composer();
        }
    }

    /// A question that was open here goes without an answer of this terminal: another one gave it (one that the backend takes
    /// back stays, and says so itself).
    fn note_answer_elsewhere(&mut self) {
        let Some(session) = self.session() else { return };
        let Some(view) = self.ui.pane().map(|pane| &pane.card) else { return };
        let Some(shown) = view.prompt else { return };
        let prompt = session.prompts.iter().find(|prompt| prompt.id == shown);
        let open = prompt.is_some_and(Prompt::is_open);
        let answered = prompt.is_none_or(|prompt| prompt.state == PromptState::Answering);
        let elsewhere = view.open && answered && !view.settled && self.ui.online;
        let others = self.mirror.world().terminals.len() > 1;
        if let Some(pane) = self.ui.pane_mut() {
            pane.card.open = open;
            // Should the answer not arrive, the next one counts anew.
            pane.card.settled &= !answered;
        }
        if elsewhere && others {
            self.say("This was answered in another terminal");
        }
    }

    pub(super) fn scroll_card(&mut self, by: isize) {
        if let Some(pane) = self.ui.pane_mut() {
            pane.card.scroll = pane.card.scroll.saturating_add_signed(by);
        }
    }

    pub(super) fn writes_own(&self) -> bool {
        self.ui.pane().is_some_and(|pane| pane.card.own)
    }

    /// In place of the answers that a question offers. It answers nothing yet.
    pub(super) fn own_answer(&mut self) {
        if let Some(pane) = self.ui.pane_mut() {
            pane.card.own = true;
        }
    }

    /// A deciding key. It counts only for what was seen, after a pause; else it was meant for the composer.
    pub(super) fn decide(&mut self, intent: Intent, key: Option<Key>) {
        let Some(card) = self.card_key() else { return };
        let Some((_, prompt)) = self.card() else { return };
        if !prompt.is_open() {
            self.say("This is over: nothing can be answered any more");
            return;
        }
        if !self.ui.online {
            self.say("Nothing can be answered until the hub is back");
            return;
        }
        if key.is_none() || !self.ui.guard.admits(card, self.now) {
            match key.and_then(|key| key.typed()) {
                Some(c) => self.typed_too_soon(c),
                None => self.say("A moment: the question must be seen before it is answered"),
            }
            return;
        }
        match prompt.kind.clone() {
            PromptKind::Approval { choices, .. } => self.decide_approval(intent, &choices),
            PromptKind::Clarify { choices, .. } => self.decide_clarify(intent, &choices),
            PromptKind::Sudo | PromptKind::Secret { .. } => self.submit_secret(intent),
            PromptKind::TerminalRead { .. } => {
                if intent == Intent::Deny {
                    self.answer(PromptAnswer::Text(NO_TERMINAL.to_owned()));
                }
            }
            PromptKind::Unknown { .. } => self.say("A newer Hermes asks this; it can only be answered there"),
        }
    }

    fn decide_approval(&mut self, intent: Intent, choices: &[Untrusted]) {
        let read = self.ui.pane().is_some_and(|pane| pane.card.read);
        let confirm = self.ui.pane().and_then(|pane| pane.card.confirm);
        let allows = matches!(intent, Intent::AllowOnce | Intent::AllowSession | Intent::AllowAlways);
        if allows && !read {
            self.say("Scroll to the end of the command first");
            return;
        }
        let (word, wide) = match (intent, confirm) {
            (Intent::AllowOnce, Some(Wide::Session)) => ("session", None),
            (Intent::AllowOnce, Some(Wide::Always)) => ("always", None),
            (Intent::AllowOnce, None) => ("once", None),
            (Intent::AllowSession, _) => ("session", Some(Wide::Session)),
            (Intent::AllowAlways, _) => ("always", Some(Wide::Always)),
            (Intent::Deny | Intent::DenyWithReason, _) => ("deny", None),
            _ => return,
        };
        let Some(place) = choices.iter().position(|choice| choice.raw() == word) else {
            self.say(format!("The backend does not offer \"{word}\" here"));
            return;
        };
        if wide.is_some() {
            if let Some(pane) = self.ui.pane_mut() {
                pane.card.confirm = wide;
            }
            return;
        }
        self.answer(PromptAnswer::Choice(place));
        if intent == Intent::DenyWithReason {
            self.focus_composer();
            self.say("Denied; write why, it is sent when the turn is over");
        }
    }

    fn decide_clarify(&mut self, intent: Intent, choices: &[Untrusted]) {
        match intent {
            Intent::Choose(place) if usize::from(place) < choices.len() => {
                self.answer(PromptAnswer::Choice(place.into()));
            }
            Intent::SubmitAnswer if choices.is_empty() || self.writes_own() => {
                let Some(pane) = self.ui.pane_mut() else { return };
                let text = pane.card.answer.text();
                if pane.card.own && text.trim().is_empty() {
                    self.say("Write an answer first");
                } else if text.trim().is_empty() && !pane.card.empty_once {
                    pane.card.empty_once = true;
                    self.say_again("gives an empty answer");
                } else {
                    self.answer(PromptAnswer::Text(text));
                }
            }
            _ => {}
        }
    }

    fn submit_secret(&mut self, intent: Intent) {
        if intent != Intent::SubmitAnswer {
            return;
        }
        if self.ui.secret.is_empty() {
            let Some(pane) = self.ui.pane_mut() else { return };
            if pane.card.empty_once {
                self.answer(PromptAnswer::Skip);
            } else {
                pane.card.empty_once = true;
                self.say_again("goes on without a value");
            }
            return;
        }
        let handle = self.ui.secret_handle(self.mirror.client());
        if let Some(secret) = self.ui.secret.take() {
            self.out.push(Action::Hand { handle, secret });
            self.answer_for(Ask::Secret(handle), PromptAnswer::Secret(handle));
        }
    }

    /// The same key once more does `what`.
    fn say_again(&mut self, what: &str) {
        let key = self.ui.keymap.hint_in(Scope::Field, Intent::SubmitAnswer).unwrap_or("The same").to_owned();
        self.say(format!("{key} again {what}"));
    }

    fn answer(&mut self, answer: PromptAnswer) {
        self.answer_for(Ask::Plain, answer);
    }

    /// The only place where an answer leaves this terminal.
    fn answer_for(&mut self, purpose: Ask, answer: PromptAnswer) {
        let Some(CardKey { session, prompt, digest }) = self.card_key() else { return };
        self.command(purpose, Command::Answer { session, prompt, digest, answer });
        self.focus_composer();
        if let Some(pane) = self.ui.pane_mut() {
            pane.card.settled = true;
            pane.card.answer.reset(Vec::new());
        }
    }

    /// A character that came too soon to be an answer belongs to the text being written (SEC-21).
    pub(super) fn typed_too_soon(&mut self, c: char) {
        self.focus_composer();
        self.type_into_composer(c);
        let key = self.ui.keymap.hint(Intent::FocusCard).unwrap_or("the palette").to_owned();
        self.say(format!("Typed into the composer; {key} turns to the question again"));
    }

    pub(super) fn type_into_card(&mut self, c: char) {
        let Some((_, prompt)) = self.card() else { return };
        let mut bytes = [0; 4];
        let text: &str = c.encode_utf8(&mut bytes);
        if matches!(prompt.kind, PromptKind::Sudo | PromptKind::Secret { .. }) {
            if !self.ui.secret.push(text) {
                self.say("That is longer than any secret");
            }
        } else if let Some(pane) = self.ui.pane_mut() {
            pane.card.answer.insert(text);
            pane.card.empty_once = false;
        }
    }

    pub(super) fn edit_card(&mut self, edit: Edit) {
        let width = self.ui.composer_width();
        let Some((_, prompt)) = self.card() else { return };
        match (&prompt.kind, edit) {
            (PromptKind::Sudo | PromptKind::Secret { .. }, Edit::Backspace) => self.ui.secret.pop(),
            (PromptKind::Sudo | PromptKind::Secret { .. }, Edit::KillToLineStart) => self.ui.secret.clear(),
            (PromptKind::Sudo | PromptKind::Secret { .. }, _) => {}
            _ => {
                if let Some(pane) = self.ui.pane_mut() {
                    keys::apply(&mut pane.card.answer, edit, width);
                }
            }
        }
    }

    pub(super) fn paste_into_card(&mut self, text: &str) {
        match self.card().map(|(_, prompt)| prompt.kind.clone()) {
            Some(PromptKind::Sudo | PromptKind::Secret { .. }) => {
                self.ui.secret.push(text.trim_end_matches(['\n', '\r']));
            }
            Some(PromptKind::Clarify { choices, .. }) if choices.is_empty() || self.writes_own() => {
                if let Some(pane) = self.ui.pane_mut() {
                    pane.card.answer.paste(text);
                }
            }
            _ => {
                self.focus_composer();
                self.paste_into_composer(text);
            }
        }
    }

    /// Puts a card away that is over. False when there is none.
    pub(super) fn dismiss_dead_card(&mut self) -> bool {
        let Some((session, prompt)) = self.card().filter(|(_, prompt)| !prompt.is_waiting()) else {
            return false;
        };
        let (session, prompt) = (session.id, prompt.id);
        self.command(Ask::Plain, Command::DismissPrompt { session, prompt });
        true
    }
}

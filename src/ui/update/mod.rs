//! What happens on input, on updates and with time: pure. `(state, mirror, input, now) → actions`.
//!
//! A [`Step`] is one such happening; its methods are split by what they are about. Every command names its session; keys
//! of the composer never answer a card.

mod answers;
mod card;
mod completion;
mod compose;
mod configure;
mod dialog;
mod drafts;
mod entry;
mod form;
mod keys;
mod layer;
mod leaving;
mod link;
mod links;
mod list;
mod manage;
mod mouse;
mod navigate;
mod palette;
mod pick;
mod recent;
mod settle;
mod strip;
mod swatch;
mod transcript;

pub use configure::offer_preset;
pub use leaving::left_behind;
pub use settle::due;

use super::action::{Action, Edited};
use super::events::Input;
use super::mirror::{Applied, Mirror};
use super::setup::Ready;
use super::state::guard::CardKey;
use super::state::{Ask, UiState};
use crate::base::clock::Tick;
use crate::base::ids::{AskId, SendRef, SessionId};
use crate::config::problem::Broken;
use crate::model::session::Session;
use crate::proto::{Command, ToHub, Update};
use crate::transport::link::HubLink;

/// One happening.
struct Step<'a> {
    ui: &'a mut UiState,
    mirror: &'a Mirror,
    now: Tick,
    out: Vec<Action>,
}

/// The person or the terminal did something; `at` is when its bytes were read.
pub fn input(ui: &mut UiState, mirror: &Mirror, input: Input, at: Tick) -> Vec<Action> {
    let mut step = Step { ui, mirror, now: at, out: Vec::new() };
    match input {
        Input::Key(key) => step.key(key),
        Input::Paste(text) => step.paste(&text),
        Input::Mouse(mouse) => step.mouse(mouse),
        Input::Focus(focused) => step.ui.terminal_focus = Some(focused),
        Input::Reply(_) => {}
    }
    step.settle();
    step.out
}

/// The hub said something.
pub fn update(ui: &mut UiState, mirror: &mut Mirror, update: Update, now: Tick) -> Vec<Action> {
    let back = link::Return::before(ui, mirror, &update);
    let Applied { touched, resync } = mirror.apply(&update, now);
    let mut step = Step { ui, mirror, now, out: Vec::new() };
    if resync {
        step.out.push(Action::tell(ToHub::Resync));
    }
    step.touched(&touched);
    step.heard(update, back);
    step.settle();
    step.out
}

/// The connection to the hub changed.
pub fn linked(ui: &mut UiState, mirror: &Mirror, link: HubLink, now: Tick) -> Vec<Action> {
    let mut step = Step { ui, mirror, now, out: Vec::new() };
    step.linked(link);
    step.settle();
    step.out
}

/// Time went on: a draft is due, a remark is over.
pub fn tick(ui: &mut UiState, mirror: &Mirror, now: Tick) -> Vec<Action> {
    let mut step = Step { ui, mirror, now, out: Vec::new() };
    let became = step.ui.gesture.tick(now);
    step.became(became);
    step.settle();
    step.out
}

/// The person's own editor is done with a text; `None`: it is as it was; or why there was no editing.
pub fn edited(
    ui: &mut UiState,
    mirror: &Mirror,
    of: Edited,
    text: Result<Option<String>, String>,
    now: Tick,
) -> Vec<Action> {
    let mut step = Step { ui, mirror, now, out: Vec::new() };
    step.edited(of, text);
    step.settle();
    step.out
}

/// The config file was read again.
pub fn configured(
    ui: &mut UiState,
    mirror: &Mirror,
    reread: Result<Box<Ready>, Broken>,
    now: Tick,
) -> Vec<Action> {
    let mut step = Step { ui, mirror, now, out: Vec::new() };
    step.configured(reread);
    step.settle();
    step.out
}

/// A frame was finished; `card` is the card that it shows in focus.
pub fn drawn(ui: &mut UiState, mirror: &Mirror, card: Option<CardKey>, now: Tick) -> Vec<Action> {
    // Nothing can be answered without a hub, and what was seen before it is back does not count (SEC-22).
    ui.guard.drawn(card.filter(|_| ui.online), now);
    let mut step = Step { ui, mirror, now, out: Vec::new() };
    step.ask_older();
    step.name_links();
    step.out
}

impl Step<'_> {
    /// Sends a text, and keeps it until the hub says that it is on disk.
    fn deliver(&mut self, purpose: Ask, of: impl FnOnce(SendRef) -> Command) {
        let command = of(self.ui.reference());
        let ask = self.ui.ask(purpose);
        self.ui.sends.insert(ask, command.clone());
        self.out.push(Action::tell(ToHub::Command { ask, command }));
    }

    /// Hands over again what no hub has answered. One that had it already knows the reference.
    fn redeliver(&mut self) {
        for (ask, command) in &self.ui.sends {
            self.out.push(Action::tell(ToHub::Command { ask: *ask, command: command.clone() }));
        }
    }

    /// Tells the hub to do something.
    fn command(&mut self, purpose: Ask, command: Command) {
        self.ask(purpose, command);
    }

    /// The same, where the answer must be told from an older one's.
    fn ask(&mut self, purpose: Ask, command: Command) -> AskId {
        let ask = self.ui.ask(purpose);
        self.out.push(Action::tell(ToHub::Command { ask, command }));
        ask
    }

    /// The session that is shown.
    fn session(&self) -> Option<&Session> {
        self.mirror.session(self.ui.active?)
    }

    /// The session that is shown, or a remark that there is none.
    fn active(&self) -> Option<SessionId> {
        self.ui.active.filter(|id| self.mirror.session(*id).is_some())
    }

    fn say(&mut self, text: impl Into<String>) {
        self.ui.say(text, self.now);
    }
}

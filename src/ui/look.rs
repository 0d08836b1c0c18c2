//! How everything looks: from the settings, the environment and what the terminal answers to one theme.

use std::io::ErrorKind;

use super::state::UiState;
use super::theme::depth::{Env, Rgb};
use super::theme::{BUILTIN, Choice, Depth, Own, Shade, Theme};
use crate::base::clock::Tick;
use crate::config::problem::meant;
use crate::config::settings::{Background, Colors, Ui};
use crate::config::source::{Source, is_theme_name};

/// How long the terminal's answer counts, in milliseconds. A later one changes nothing: the person reads already.
const ANSWER_MS: u64 = 150;

/// The theme called `name`: built in, or from its file. What is wrong, each in a line.
pub(super) fn choose(source: &Source, name: &str) -> Result<Choice, Vec<String>> {
    if let Some(choice) = Choice::builtin(name) {
        return Ok(choice);
    }
    let file = source.themes_dir().join(format!("{name}.toml"));
    let text =
        if is_theme_name(name) { std::fs::read_to_string(&file) } else { Err(ErrorKind::NotFound.into()) };
    match text {
        Ok(text) => Own::parse(&text).map(Choice::Own).map_err(|wrong| {
            wrong.iter().map(|(line, what)| format!("{}, line {line}: {what}", file.display())).collect()
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let own = source.themes();
            let near = meant(name, BUILTIN.into_iter().chain(own.iter().map(String::as_str)), "\"");
            let built_in = BUILTIN.join(", ");
            let place = if is_theme_name(name) {
                format!("an own one would be {}", file.display())
            } else {
                "the name of an own one has letters, digits, - and _ alone".to_owned()
            };
            Err(vec![format!("there is no theme \"{name}\": built in are {built_in}; {place}{near}")])
        }
        Err(error) => Err(vec![format!("the theme {} cannot be read: {error}", file.display())]),
    }
}

/// The names of all themes, the built-in ones first.
pub(super) fn names(source: &Source) -> Vec<String> {
    let own = source.themes().into_iter().filter(|name| !BUILTIN.contains(&name.as_str()));
    BUILTIN.into_iter().map(str::to_owned).chain(own).collect()
}

/// The theme, and what it follows from.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) theme: Theme,
    pub(super) choice: Choice,
    env: Env,
    asked: Option<Tick>,
    answered: Option<Shade>,
}

impl Look {
    pub(super) fn new(choice: Choice, env: Env, ui: &Ui) -> Self {
        let mut look = Self { theme: Theme::mono(), choice, env, asked: None, answered: None };
        look.theme = look.made(ui);
        look
    }

    fn made(&self, ui: &Ui) -> Theme {
        let shade = self.known(ui).or(self.answered).unwrap_or_default();
        let mut theme = self.choice.theme(shade, self.depth(ui));
        theme.still = ui.reduced_motion;
        theme
    }

    /// Something that the theme follows from may have changed. What was laid out in the colours of another one is laid
    /// out anew, all in the next frame.
    pub(super) fn refresh(&mut self, ui: &mut UiState) {
        let theme = self.made(&ui.config.ui);
        if theme != self.theme {
            self.theme = theme;
            ui.panes.values_mut().for_each(|pane| pane.lines.clear());
        }
    }

    /// Puts on the theme called `name`, or says why not and keeps the one there is.
    pub(super) fn wear(&mut self, source: &Source, name: String, ui: &mut UiState, now: Tick) {
        match choose(source, &name) {
            Ok(choice) => {
                self.choice = choice;
                ui.say(format!("Theme: {name}, until hermux ends. `ui.theme` in the config keeps it."), now);
                ui.config.ui.theme = name;
                self.refresh(ui);
            }
            Err(wrong) => ui.say(wrong.join("; "), now),
        }
    }

    /// Flag and config before the environment (UX-19).
    fn depth(&self, ui: &Ui) -> Depth {
        let asked = match ui.color {
            Colors::Auto => None,
            Colors::None => Some(Depth::None),
            Colors::Ansi => Some(Depth::Ansi),
            Colors::Indexed => Some(Depth::Indexed),
            Colors::True => Some(Depth::True),
        };
        Depth::choose(asked, &self.env)
    }

    /// The ground, where nobody has to be asked: flag and config, then the environment (UX-20).
    fn known(&self, ui: &Ui) -> Option<Shade> {
        match ui.background {
            Background::Dark => Some(Shade::Dark),
            Background::Light => Some(Shade::Light),
            Background::Auto => self.env.colorfgbg.as_deref().and_then(Shade::of_colorfgbg),
        }
    }

    /// Whether the terminal is to be asked for its background: once, at the start, where the answer could matter. The
    /// console of Linux knows no such question.
    pub(super) fn ask(&mut self, ui: &Ui, now: Tick) -> bool {
        let console = self.env.term.as_deref().is_some_and(|term| matches!(term, "linux" | "dumb"));
        let asks = self.known(ui).is_none() && self.depth(ui) != Depth::None && !console;
        self.asked = asks.then_some(now);
        asks
    }

    /// The terminal said what its background is.
    pub(super) fn answer(&mut self, background: Rgb, at: Tick) {
        if self.asked.take().is_some_and(|asked| at.since(asked) <= ANSWER_MS) {
            self.answered = Some(Shade::of(background));
        }
    }
}

#[cfg(test)]
#[path = "look_tests.rs"]
mod tests;

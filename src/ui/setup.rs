//! From settings to what a terminal runs with. What only the terminal can judge is judged here: at the start, by `hermux
//! config check`, and when the file changes while it runs.

use super::keymap::Keymap;
use super::look;
use super::theme::Choice;
use crate::config::problem::{Broken, Problem};
use crate::config::settings::Config;
use crate::config::source::{Read, Source};

/// Settings without a problem, and what was made of them.
#[derive(Debug, Clone)]
pub struct Ready {
    pub read: Read,
    pub keymap: Keymap,
    pub theme: Choice,
}

impl Ready {
    pub fn config(&self) -> &Config {
        &self.read.config
    }
}

/// Reads `source`. Everything that is wrong is in the error.
pub fn load(source: &Source) -> Result<Ready, Broken> {
    ready(source, source.read()?)
}

/// What was read from `source`, made ready.
pub fn ready(source: &Source, mut read: Read) -> Result<Ready, Broken> {
    let keymap = Keymap::of(&read);
    let theme = look::choose(source, &read.config.ui.theme);
    let mut problems = std::mem::take(&mut read.problems);
    match (keymap, theme) {
        (Ok(keymap), Ok(theme)) if problems.is_empty() => Ok(Ready { read, keymap, theme }),
        (keymap, theme) => {
            problems.extend(keymap.err().into_iter().flatten());
            let origin = read.origin("ui.theme");
            let wrong = theme.err().into_iter().flatten();
            problems.extend(wrong.map(|what| Problem::new(origin.clone(), what)));
            problems.sort();
            Err(Broken::Wrong { path: source.path.clone(), problems })
        }
    }
}

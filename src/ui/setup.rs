//! From settings to what a terminal runs with. What only the terminal can judge is judged here: at the start, by `hermux
//! config check`, and when the file changes while it runs.

use super::keymap::Keymap;
use crate::config::problem::Broken;
use crate::config::settings::Config;
use crate::config::source::{Read, Source};

/// Settings without a problem, and what was made of them.
#[derive(Debug, Clone)]
pub struct Ready {
    pub read: Read,
    pub keymap: Keymap,
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
    let mut problems = std::mem::take(&mut read.problems);
    match keymap {
        Ok(keymap) if problems.is_empty() => Ok(Ready { read, keymap }),
        keymap => {
            problems.extend(keymap.err().into_iter().flatten());
            problems.sort();
            Err(Broken::Wrong { path: source.path.clone(), problems })
        }
    }
}

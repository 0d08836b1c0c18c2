//! Settings that change while the terminal runs: the file was written, or the person chose other keys.
//!
//! Nothing here switches an approval mode: the config has none (SEC-26).

use super::Step;
use crate::base::clock::Tick;
use crate::config::problem::Broken;
use crate::config::settings::{Config, Preset, SETTINGS, When};
use crate::config::source::{Origin, Read};
use crate::ui::action::Action;
use crate::ui::keymap::Keymap;
use crate::ui::keymap::collide::Around;
use crate::ui::setup::Ready;
use crate::ui::state::UiState;

impl Step<'_> {
    /// The file was read again. What is wrong with it is told, and the old settings hold.
    pub(super) fn configured(&mut self, reread: Result<Box<Ready>, Broken>) {
        let Ready { read, keymap, .. } = match reread {
            Ok(ready) => *ready,
            Err(broken) => {
                self.say(format!("Config not taken over: {}", broken.brief()));
                return;
            }
        };
        let old = std::mem::replace(&mut self.ui.config, read.config);
        self.ui.keymap = keymap;
        let mouse = self.ui.config.ui.mouse;
        if mouse != old.ui.mouse && mouse != self.ui.mouse {
            self.ui.mouse = mouse;
            self.out.push(Action::Mouse(mouse));
        }
        let later = waiting(&old, &self.ui.config);
        let later = if later.is_empty() {
            String::new()
        } else {
            format!("; {} from the next start", later.join(", "))
        };
        self.say(format!("Config reloaded{later}"));
    }

    pub(super) fn switch_preset(&mut self) {
        let mut config = self.ui.config.clone();
        let (preset, name) = match config.keys.preset {
            Preset::Default => (Preset::Noncolliding, "noncolliding"),
            Preset::Noncolliding => (Preset::Default, "default"),
        };
        config.keys.preset = preset;
        let read = Read { config, ..Read::default() };
        // The same bindings were taken with the other preset; they do not depend on it.
        let Ok(keymap) = Keymap::of(&read) else { return };
        (self.ui.keymap, self.ui.config) = (keymap, read.config);
        self.say(format!("Keys: {name}; preset = \"{name}\" below [keys] in the config keeps them"));
    }
}

/// Says once that there are other keys, where zellij takes some of these and the person has not chosen.
pub fn offer_preset(ui: &mut UiState, around: &[Around], chosen: &Origin, now: Tick) {
    if !around.contains(&Around::Zellij) || *chosen != Origin::Default {
        return;
    }
    let palette =
        ui.keymap.keys_of("palette.open").iter().find(|key| key.starts_with(&ui.keymap.leader().to_string()));
    let palette = palette.map(|key| format!(", {key}")).unwrap_or_default();
    ui.say(
        format!("zellij takes some of these keys; \"Switch keys\" in the palette{palette}, avoids them"),
        now,
    );
}

/// The settings that differ and do not count yet.
fn waiting(old: &Config, new: &Config) -> Vec<&'static str> {
    let differs = |write: fn(&Config) -> String| write(old) != write(new);
    let later = SETTINGS.iter().filter(|setting| setting.when == When::Restart && differs(setting.write));
    later.map(|setting| setting.path).collect()
}

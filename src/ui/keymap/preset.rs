//! The two presets: all default keys, or those that nothing around hermux takes.
//!
//! `noncolliding` is what is left of the default keys without every Alt and Ctrl outside the leader, but for the editing of a
//! line and the ways to stop and to leave, which every program in a terminal has; and of these only what tmux, screen and
//! zellij leave alone.

use super::collide::Around;
use super::{Action, Chord, Key};
use crate::config::settings::Preset;

/// Ids of the actions that keep a key with Ctrl: `edit.…`, and these.
const KEEP: &[&str] = &["composer.newline", "composer.cancel", "app.quit_empty"];

/// Whether `preset` has the default key `chord` for `action`.
pub(super) fn has(preset: Preset, action: &Action, chord: Chord) -> bool {
    let key = chord.key;
    if preset == Preset::Default || chord.leader || !(key.ctrl || key.alt) {
        return true;
    }
    let stops = key == Key::char('c').ctrl();
    let edits = action.id.starts_with("edit.") || KEEP.contains(&action.id) || stops;
    // Some terminals send Ctrl-H for Backspace: without it there would be none.
    let backspace = action.id == "edit.backspace";
    let taken = Around::ALL.iter().any(|around| around.takes(key)) && !backspace;
    !key.alt && edits && !taken
}

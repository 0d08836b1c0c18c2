//! The table as a document, and as a part of the example config.

use std::fmt::Write as _;

use super::{ACTIONS, Keymap, Scope};
use crate::config::settings::Preset;

const HEAD: &str = "# Keys

Made from the table in `src/ui/keymap/table.rs`; a test compares them. Every action has an id, by which its keys can be
changed in the config (`[keys]`), and every action that makes sense without a key is in the palette. `hermux keys` prints the keys as
they are set, and marks those that tmux, screen, zellij or the terminal take for themselves.

`Ctrl-X` is the leader: press it, then the second key; after 300 ms hermux shows what may follow. `Esc` followed within 50 ms by a
key is the same as `Alt` with that key. What works everywhere works also while a card, a list or a half-written text is on the screen.

The preset `noncolliding` is the default keys without every Alt and Ctrl outside the leader, so that nothing around hermux can take
them. It keeps, with Ctrl, only what every program in a terminal has and what tmux, screen and zellij leave alone: the editing of a
line, a new line, Ctrl-C to stop, Ctrl-D to leave; and Ctrl-H, which some terminals send for Backspace. The palette switches presets.

The mouse wheel scrolls, a click chooses a tab, a profile or a card; `Ctrl-X m` gives the mouse back to the terminal, and
most terminals select text while Shift is held.
";

/// The default keys of every action, for the example config; it goes on where its `[keys]` ends.
pub fn example() -> String {
    let mut out = "\n# The keys of every action.\n".to_owned();
    for action in ACTIONS {
        let keys: Vec<String> =
            action.keys.iter().map(|key| toml::Value::String((*key).to_owned()).to_string()).collect();
        let _ = writeln!(
            out,
            "\n# {}. {}.\n#\"{}\" = [{}]",
            action.help,
            action.scope.title(),
            action.id,
            keys.join(", ")
        );
    }
    out
}

/// `docs/KEYS.md`.
pub fn markdown() -> String {
    let maps = [Preset::Default, Preset::Noncolliding].map(Keymap::preset);
    let mut out = HEAD.to_owned();
    let mut scope: Option<Scope> = None;
    let mut actions: Vec<_> = ACTIONS.iter().collect();
    actions.sort_by_key(|action| action.scope);
    for action in actions {
        if scope != Some(action.scope) {
            scope = Some(action.scope);
            let title = action.scope.title();
            let _ = write!(out, "\n## {title}\n\n| Keys | `noncolliding` | What | Id |\n|---|---|---|---|\n");
        }
        let [keys, other] = maps.each_ref().map(|map| {
            let keys = map.keys_of(action.id).iter().map(|key| format!("`{}`", key.replace('|', "\\|")));
            Some(keys.collect::<Vec<_>>().join(", ")).filter(|keys| !keys.is_empty()).unwrap_or("–".into())
        });
        let other = if other == keys && keys != "–" { "same".to_owned() } else { other };
        let _ = writeln!(out, "| {keys} | {other} | {} | `{}` |", action.help, action.id);
    }
    out
}

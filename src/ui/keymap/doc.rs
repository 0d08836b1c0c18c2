//! The table as a document, and as a part of the example config.

use std::fmt::Write as _;

use super::{ACTIONS, Keymap, Scope};

const HEAD: &str = "# Keys

Made from the table in `src/ui/keymap/table.rs`; a test compares them. Every action has an id, by which its keys can be
changed, and every action that makes sense without a key is in the palette (`Ctrl-P`).

`Ctrl-X` is the leader: press it, then the second key. `Esc` followed within 50 ms by a key is the same as `Alt` with that
key. What works everywhere works also while a card, a list or a half-written text is on the screen.

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
    let map = Keymap::standard();
    let mut out = HEAD.to_owned();
    let mut scope: Option<Scope> = None;
    let mut actions: Vec<_> = ACTIONS.iter().collect();
    actions.sort_by_key(|action| action.scope);
    for action in actions {
        if scope != Some(action.scope) {
            scope = Some(action.scope);
            let _ = write!(out, "\n## {}\n\n| Keys | What | Id |\n|---|---|---|\n", action.scope.title());
        }
        let keys: Vec<String> =
            map.keys_of(action.id).iter().map(|key| format!("`{}`", key.replace('|', "\\|"))).collect();
        let keys = if keys.is_empty() { "–".to_owned() } else { keys.join(", ") };
        let _ = writeln!(out, "| {keys} | {} | `{}` |", action.help, action.id);
    }
    out
}

//! From keys to intents: one table, resolved once, conflicts reported.
//!
//! What a key means depends on the scopes that are active, the innermost first. Ways out (`Global`) are never shadowed
//! by a card or a list, except where the table names the same meaning. Pure.

mod doc;
pub mod key;
pub mod table;

use std::collections::HashMap;

pub use doc::markdown;
pub use key::{Code, Key};
pub use table::{ACTIONS, Action};

use super::intent::Intent;

/// Where an action works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere, whatever is open.
    Global,
    /// The composer is empty and has focus.
    Empty,
    /// The composer has focus.
    Composer,
    /// Any text is being written.
    Text,
    /// The transcript has focus.
    Transcript,
    /// A card that asks for a decision has focus.
    Card,
    /// A card that offers answers has focus.
    Choice,
    /// A card with a text or password field has focus.
    Field,
    /// A palette, a picker or the help is open.
    List,
    /// A question of hermux itself is open.
    Dialog,
}

impl Scope {
    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Empty => "In an empty composer",
            Self::Composer => "In the composer",
            Self::Text => "In any text",
            Self::Transcript => "In the transcript",
            Self::Card => "On a card that asks for a decision",
            Self::Choice => "On a card that offers answers",
            Self::Field => "On a card with a field",
            Self::List => "In a list",
            Self::Dialog => "In a question of hermux",
        }
    }
}

/// What a key came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Intent(Intent),
    /// The leader: the next key decides.
    Leader,
    /// Nothing here.
    Nothing,
}

/// A binding of the configuration that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBinding {
    #[error("there is no action `{0}`")]
    NoAction(String),
    #[error("`{key}` of `{id}` is not a key; write it like ctrl-x, alt-a, f1 or leader x")]
    NoKey { id: String, key: String },
    #[error("`{key}` means both `{first}` and `{second}`")]
    Twice { key: String, first: String, second: String },
}

/// A key, after the leader or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Chord {
    leader: bool,
    key: Key,
}

/// The resolved table.
#[derive(Clone, Debug)]
pub struct Keymap {
    leader: Key,
    bindings: HashMap<(Scope, Chord), usize>,
    /// For each action, in the table's order, its keys as written for people.
    shown: Vec<Vec<String>>,
}

impl Keymap {
    /// The default keys, with the actions in `changes` bound to other keys; an empty list unbinds. All problems at once.
    pub fn build(leader: Key, changes: &[(String, Vec<String>)]) -> Result<Self, Vec<BadBinding>> {
        let mut problems = Vec::new();
        for (id, _) in changes {
            if !ACTIONS.iter().any(|action| action.id == id) {
                problems.push(BadBinding::NoAction(id.clone()));
            }
        }
        let mut map = Self { leader, bindings: HashMap::new(), shown: vec![Vec::new(); ACTIONS.len()] };
        for (at, action) in ACTIONS.iter().enumerate() {
            let own = changes.iter().rev().find(|(id, _)| id == action.id).map(|(_, keys)| keys);
            let keys: Vec<&str> = match own {
                Some(keys) => keys.iter().map(String::as_str).collect(),
                None => action.keys.to_vec(),
            };
            for text in keys {
                match parse(text) {
                    Some(chord) => map.bind(at, action, chord, text, &mut problems),
                    None => problems.push(BadBinding::NoKey { id: action.id.into(), key: text.into() }),
                }
            }
        }
        if problems.is_empty() { Ok(map) } else { Err(problems) }
    }

    /// The default keys.
    pub fn standard() -> Self {
        // The table is tested to have no conflict; an empty map would still let text be typed.
        Self::build(Key::char('x').ctrl(), &[]).unwrap_or_else(|_| Self {
            leader: Key::char('x').ctrl(),
            bindings: HashMap::new(),
            shown: vec![Vec::new(); ACTIONS.len()],
        })
    }

    fn bind(&mut self, at: usize, action: &Action, chord: Chord, text: &str, problems: &mut Vec<BadBinding>) {
        if let Some(first) =
            self.bindings.insert((action.scope, chord), at).and_then(|first| ACTIONS.get(first))
        {
            problems.push(BadBinding::Twice {
                key: text.into(),
                first: first.id.into(),
                second: action.id.into(),
            });
        }
        let prefix = if chord.leader { format!("{} ", self.leader) } else { String::new() };
        if let Some(shown) = self.shown.get_mut(at) {
            shown.push(format!("{prefix}{}", chord.key));
        }
    }

    /// What `key` means in `scopes`, innermost first. `after_leader`: the key before it was the leader.
    pub fn meaning(&self, scopes: &[Scope], after_leader: bool, key: Key) -> Meaning {
        let key = key.folded();
        let chord = Chord { leader: after_leader, key };
        let found = scopes.iter().find_map(|scope| self.bindings.get(&(*scope, chord)));
        if let Some(action) = found.and_then(|at| ACTIONS.get(*at)) {
            return Meaning::Intent(action.intent);
        }
        if !after_leader && key == self.leader {
            return Meaning::Leader;
        }
        let writes = scopes.iter().any(|scope| matches!(scope, Scope::Text | Scope::Field | Scope::Dialog));
        match key.typed() {
            Some(c) if writes && !after_leader => Meaning::Intent(Intent::Type(c)),
            _ => Meaning::Nothing,
        }
    }

    /// The keys of an action as written for people; empty when unbound.
    pub fn keys_of(&self, id: &str) -> &[String] {
        let at = ACTIONS.iter().position(|action| action.id == id);
        at.and_then(|at| self.shown.get(at)).map_or(&[], Vec::as_slice)
    }

    /// The first key of an intent, for hints.
    pub fn hint(&self, intent: Intent) -> Option<&str> {
        let mut rows = ACTIONS.iter().zip(&self.shown).filter(|(action, _)| action.intent == intent);
        rows.find_map(|(_, keys)| keys.first()).map(String::as_str)
    }

    /// What may follow the leader: key and help, in the table's order; the tabs' digits as one row.
    pub fn after_leader(&self) -> Vec<(String, &'static str)> {
        let mut rows: Vec<(usize, Key)> = self
            .bindings
            .iter()
            .filter(|((_, chord), _)| chord.leader)
            .map(|((_, chord), at)| (*at, chord.key))
            .collect();
        rows.sort_unstable();
        let one = |(at, key): &(usize, Key)| {
            let action = ACTIONS.get(*at)?;
            match action.intent {
                Intent::Tab(0) => Some((format!("{key}…"), "Go to a tab by its place")),
                Intent::Tab(_) => None,
                _ => Some((key.to_string(), action.help)),
            }
        };
        rows.iter().filter_map(one).collect()
    }
}

fn parse(text: &str) -> Option<Chord> {
    match text.strip_prefix("leader ") {
        Some(key) => Some(Chord { leader: true, key: Key::parse(key)? }),
        None => Some(Chord { leader: false, key: Key::parse(text)? }),
    }
}

#[cfg(test)]
#[path = "keymap_tests.rs"]
mod tests;

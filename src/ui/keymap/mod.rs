//! From keys to intents: one table, resolved once, conflicts reported.
//!
//! What a key means depends on the scopes that are active, the innermost first. Ways out (`Global`) are never shadowed
//! by a card or a list, except where the table names the same meaning. Pure.

pub mod collide;
mod doc;
pub mod key;
mod preset;
pub mod table;

use std::collections::HashMap;

pub use doc::{example, markdown};
pub use key::{Code, Key};
pub use table::{ACTIONS, Action};

use super::intent::Intent;
use crate::config::problem::{Problem, meant};
use crate::config::settings::Preset;
use crate::config::source::Read;

/// Where an action works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Everywhere, whatever is open.
    Global,
    /// The composer is empty and has focus.
    Empty,
    /// The word before the caret in the composer has candidates.
    Completion,
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
    /// The list of sessions has focus.
    Sessions,
    /// A palette, a picker or the help is open.
    List,
    /// A question of hermux itself is open.
    Dialog,
    /// A form is open.
    Form,
    /// The strip has focus, or the Manage view is open.
    Profiles,
}

impl Scope {
    /// As a heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Global => "Everywhere",
            Self::Empty => "In an empty composer",
            Self::Completion => "In the composer, with candidates for a word",
            Self::Composer => "In the composer",
            Self::Text => "In any text",
            Self::Transcript => "In the transcript",
            Self::Card => "On a card that asks for a decision",
            Self::Choice => "On a card that offers answers",
            Self::Field => "On a card with a field",
            Self::Sessions => "In the list of sessions",
            Self::List => "In a list",
            Self::Dialog => "In a question or menu of hermux",
            Self::Form => "In a form",
            Self::Profiles => "On the strip and in the Manage view",
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

/// A key, after the leader or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    pub leader: bool,
    pub key: Key,
}

impl Chord {
    /// As the config spells it.
    pub fn spelled(self) -> String {
        format!("{}{}", if self.leader { "leader " } else { "" }, self.key.spelled())
    }
}

/// The resolved table.
#[derive(Clone, Debug)]
pub struct Keymap {
    pub preset: Preset,
    leader: Key,
    bindings: HashMap<(Scope, Chord), usize>,
    /// For each action, in the table's order, its keys.
    chords: Vec<Vec<Chord>>,
    /// The same as written for people.
    shown: Vec<Vec<String>>,
}

impl Keymap {
    /// The preset's keys, with the actions that the config binds bound to other ones: what the person binds takes its key from
    /// the preset's action. All problems at once.
    pub fn of(read: &Read) -> Result<Self, Vec<Problem>> {
        let (keys, own) = (&read.config.keys, &read.config.bindings);
        let (leader, mut problems) = match leader(&keys.leader) {
            Ok(leader) => (leader, Vec::new()),
            Err(what) => (Key::char('x').ctrl(), vec![Problem::new(read.origin("keys.leader"), what)]),
        };
        let mut map = Self::empty(keys.preset, leader);
        for binding in own {
            let Some((at, action)) = find(&binding.id) else {
                let near = meant(&binding.id, ACTIONS.iter().map(|action| action.id), "`");
                let what = format!("there is no action `{}`{near}", binding.id);
                problems.push(Problem::new(binding.origin.clone(), what));
                continue;
            };
            for text in &binding.keys {
                let bound = chord(action, text).and_then(|chord| map.bind(at, action, chord, text));
                if let Err(what) = bound {
                    problems.push(Problem::new(binding.origin.clone(), what));
                }
            }
        }
        let preset =
            ACTIONS.iter().enumerate().filter(|(_, action)| !own.iter().any(|own| own.id == action.id));
        for (at, action) in preset {
            for chord in action.keys.iter().filter_map(|text| parse(text)) {
                // Taken by the person for something else.
                let taken = map.bindings.contains_key(&(action.scope, chord));
                if !taken && preset::has(map.preset, action, chord) {
                    let _ = map.bind(at, action, chord, "");
                }
            }
        }
        if problems.is_empty() { Ok(map) } else { Err(problems) }
    }

    /// The default keys.
    pub fn standard() -> Self {
        // The table is tested to have no conflict; an empty map would still let text be typed.
        Self::of(&Read::default()).unwrap_or_else(|_| Self::empty(Preset::Default, Key::char('x').ctrl()))
    }

    /// A preset's keys, as no config changes them.
    pub fn preset(preset: Preset) -> Self {
        let mut read = Read::default();
        read.config.keys.preset = preset;
        Self::of(&read).unwrap_or_else(|_| Self::standard())
    }

    fn empty(preset: Preset, leader: Key) -> Self {
        let (chords, shown) = (vec![Vec::new(); ACTIONS.len()], vec![Vec::new(); ACTIONS.len()]);
        Self { preset, leader, bindings: HashMap::new(), chords, shown }
    }

    fn bind(&mut self, at: usize, action: &Action, chord: Chord, text: &str) -> Result<(), String> {
        if !chord.leader && chord.key == self.leader {
            return Err(format!("`{text}` means both the leader and `{}`", action.id));
        }
        if let Some(first) = self.bindings.get(&(action.scope, chord)).and_then(|first| ACTIONS.get(*first)) {
            return Err(format!("`{text}` means both `{}` and `{}`", first.id, action.id));
        }
        self.bindings.insert((action.scope, chord), at);
        let prefix = if chord.leader { format!("{} ", self.leader) } else { String::new() };
        if let Some(chords) = self.chords.get_mut(at) {
            chords.push(chord);
        }
        if let Some(shown) = self.shown.get_mut(at) {
            shown.push(format!("{prefix}{}", chord.key));
        }
        Ok(())
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

    /// Every action with its keys and how these are written for people.
    pub fn all(&self) -> impl Iterator<Item = (&'static Action, &[Chord], &[String])> {
        let keys = self.chords.iter().zip(&self.shown);
        ACTIONS
            .iter()
            .zip(keys)
            .map(|(action, (chords, shown))| (action, chords.as_slice(), shown.as_slice()))
    }

    /// The key that comes before a second one.
    pub fn leader(&self) -> Key {
        self.leader
    }

    /// The first key of an intent, for hints.
    pub fn hint(&self, intent: Intent) -> Option<&str> {
        let mut rows = ACTIONS.iter().zip(&self.shown).filter(|(action, _)| action.intent == intent);
        rows.find_map(|(_, keys)| keys.first()).map(String::as_str)
    }

    /// The first key of an intent in one place.
    pub fn hint_in(&self, scope: Scope, intent: Intent) -> Option<&str> {
        let mut rows = ACTIONS.iter().zip(&self.shown);
        let found =
            rows.find(|(action, keys)| (action.scope, action.intent) == (scope, intent) && !keys.is_empty());
        found.and_then(|(_, keys)| keys.first()).map(String::as_str)
    }

    /// The keys that mean `intent` where these scopes are active, the innermost first; none that something else takes there.
    pub fn working(&self, scopes: &[Scope], intent: Intent) -> Vec<String> {
        let of = self.all().filter(|(action, ..)| action.intent == intent && scopes.contains(&action.scope));
        let keys = of.flat_map(|(_, chords, shown)| chords.iter().zip(shown));
        let works = |chord: &Chord| self.meaning(scopes, chord.leader, chord.key) == Meaning::Intent(intent);
        keys.filter(|(chord, _)| works(chord)).map(|(_, shown)| shown.clone()).collect()
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

fn find(id: &str) -> Option<(usize, &'static Action)> {
    ACTIONS.iter().enumerate().find(|(_, action)| action.id == id)
}

fn parse(text: &str) -> Option<Chord> {
    match text.strip_prefix("leader ") {
        Some(key) => Some(Chord { leader: true, key: Key::parse(key)? }),
        None => Some(Chord { leader: false, key: Key::parse(text)? }),
    }
}

/// The leader's key, or why it cannot be it.
fn leader(text: &str) -> Result<Key, String> {
    let key = Key::parse(text).ok_or_else(|| no_key("keys.leader", text))?;
    let free = key.ctrl || key.alt || key.sup || matches!(key.code, Code::F(_) | Code::Insert);
    if free {
        Ok(key)
    } else {
        Err(format!(
            "`{text}` cannot be the leader: it is needed for writing and moving; use a key with ctrl or alt, or a function key"
        ))
    }
}

/// A key that the person wants for an action, or why it cannot be that.
fn chord(action: &Action, text: &str) -> Result<Chord, String> {
    let chord = parse(text).ok_or_else(|| no_key(action.id, text))?;
    let writes = matches!(
        action.scope,
        Scope::Global | Scope::Composer | Scope::Text | Scope::Field | Scope::List | Scope::Form
    );
    if !chord.leader && writes && chord.key.typed().is_some() {
        return Err(format!(
            "`{text}` is typed where `{}` works; use it as \"leader {text}\", or with ctrl or alt",
            action.id
        ));
    }
    let allows = matches!(action.intent, Intent::AllowOnce | Intent::AllowSession | Intent::AllowAlways);
    if allows && matches!(chord.key.code, Code::Enter | Code::Esc) {
        return Err(format!("`{text}` never allows anything; give `{}` another key", action.id));
    }
    Ok(chord)
}

fn no_key(of: &str, text: &str) -> String {
    let name = text.rsplit(['-', ' ']).next().unwrap_or(text);
    let near = meant(name, key::names(), "`");
    format!("`{text}` of `{of}` is not a key; write it like ctrl-x, alt-a, f1 or leader w{near}")
}

#[cfg(test)]
#[path = "keymap_tests.rs"]
mod tests;

//! The list of slash commands, read leniently: what one entry lacks costs only that entry.

use super::{json::Fields, oddity::Oddities};
use crate::{
    base::text::Untrusted,
    model::{outcome::clip, slash::SlashCommand},
};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// The most commands that are kept, and of each the most aliases and following words.
const MAX_COMMANDS: usize = 1_000;
const MAX_WORDS: usize = 64;
/// The longest name and the longest description, in bytes.
const MAX_NAME: usize = 64;
const MAX_ABOUT: usize = 400;
/// What Hermes' own screen does for itself, which hermux has keys for.
const OWN_SCREEN: [&str; 2] = ["TUI", "Exit"];

type Pair = (String, String);

/// Reads `{pairs, categories, canon, sub}`.
pub(super) fn catalog(raw: &RawValue, odd: &Oddities) -> Option<Vec<SlashCommand>> {
    let names = &["pairs", "categories", "canon", "sub", "skill_count", "warning"];
    let fields = Fields::read(raw.get(), "commands.catalog", names, odd)?;
    let pairs = pairs(fields.raw("pairs")?)?;
    let mut groups: BTreeMap<String, Untrusted> = BTreeMap::new();
    for raw in fields.tail("categories", MAX_COMMANDS).unwrap_or_default().0 {
        let Some(group) = Fields::read(raw.get(), "commands.catalog.category", &["name", "pairs"], odd)
        else {
            continue;
        };
        let title = group.text_or_empty("name");
        for (name, _) in group.raw("pairs").and_then(self::pairs).unwrap_or_default() {
            groups.entry(name).or_insert_with(|| title.clone());
        }
    }
    let canon: BTreeMap<String, String> = map(&fields, "canon");
    let words: BTreeMap<String, Vec<String>> = map(&fields, "sub");
    let mut seen = BTreeSet::new();
    let commands = pairs.into_iter().filter_map(|(slashed, about)| {
        let name = slashed.strip_prefix('/').filter(|name| !name.is_empty())?;
        let group = groups.get(&slashed).cloned().unwrap_or_default();
        if OWN_SCREEN.contains(&group.raw()) || !seen.insert(slashed.clone()) {
            return None;
        }
        let aliases = canon.iter().filter(|(alias, of)| **of == slashed && **alias != slashed);
        Some(SlashCommand {
            name: short(name, MAX_NAME),
            about: short(&about, MAX_ABOUT),
            group,
            aliases: aliases.take(MAX_WORDS).map(|(alias, _)| short(bare(alias), MAX_NAME)).collect(),
            words: words
                .get(&slashed)
                .into_iter()
                .flatten()
                .take(MAX_WORDS)
                .map(|word| short(word, MAX_NAME))
                .collect(),
        })
    });
    Some(commands.take(MAX_COMMANDS).collect())
}

/// A list of `[name, description]`; an entry that is something else is left out.
fn pairs(raw: &RawValue) -> Option<Vec<Pair>> {
    let (items, _) = super::json::tail(raw, MAX_COMMANDS)?;
    Some(items.into_iter().filter_map(|item| serde_json::from_str(item.get()).ok()).collect())
}

fn map<T: serde::de::DeserializeOwned + Default>(fields: &Fields<'_>, name: &str) -> T {
    let Some(raw) = fields.raw(name) else { return T::default() };
    serde_json::from_str(raw.get()).unwrap_or_else(|_| {
        fields.wrong(name);
        T::default()
    })
}

fn bare(name: &str) -> &str {
    name.strip_prefix('/').unwrap_or(name)
}

fn short(text: &str, most: usize) -> Untrusted {
    Untrusted::new(clip(text, most))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, value::to_raw_value};

    fn read(json: &serde_json::Value) -> Option<Vec<SlashCommand>> {
        catalog(&to_raw_value(json).unwrap(), &Oddities::default())
    }

    #[test]
    fn commands_come_with_their_group_aliases_and_words_each_once() {
        let list = read(&json!({
            "pairs": [["/queue", "Queue a prompt"], ["/journey", "Timeline"], ["/queue", "again"], ["/tidy", "A skill"],
                ["/mouse", "Mouse tracking"], ["bare", "no command"], ["/", "nothing"], 7],
            "categories": [{"name": "Session", "pairs": [["/queue", "Queue a prompt"]]}, {"name": "TUI", "pairs": [["/mouse", ""]]}],
            "canon": {"/q": "/queue", "/queue": "/queue"},
            "sub": {"/journey": ["list", "edit"]},
            "skill_count": 1, "warning": "",
        }));
        let command = |name: &str, about: &str, group: &str, aliases: &[&str], words: &[&str]| SlashCommand {
            name: name.into(),
            about: about.into(),
            group: group.into(),
            aliases: aliases.iter().map(|alias| (*alias).into()).collect(),
            words: words.iter().map(|word| (*word).into()).collect(),
        };
        assert_eq!(
            list.unwrap(),
            [
                command("queue", "Queue a prompt", "Session", &["q"], &[]),
                command("journey", "Timeline", "", &[], &["list", "edit"]),
                command("tidy", "A skill", "", &[], &[]),
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_costs_only_itself() {
        let list = read(&json!({"pairs": [["/a", "b"]], "canon": 7, "sub": {"/a": "x"}, "categories": [3]}))
            .unwrap();
        assert_eq!(list.len(), 1);
        assert_eq!(read(&json!({"categories": []})), None);
        assert_eq!(read(&json!([])), None);
        let many: Vec<_> = (0..3_000).map(|n| json!([format!("/c{n}"), "x".repeat(9_000)])).collect();
        let list = read(&json!({ "pairs": many })).unwrap();
        assert!(
            list.len() <= MAX_COMMANDS && list.iter().all(|command| command.about.len() <= MAX_ABOUT + 4)
        );
    }
}

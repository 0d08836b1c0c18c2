//! The text of a config file: settings, bindings, and everything that is wrong with it.

use super::problem::{Problem, meant};
use super::settings::{Binding, SETTINGS, Setting, TABLES};
use super::source::{Origin, Read};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// The table that also holds the actions' keys.
const KEYS: &str = "keys";

/// Reads a whole file. Problems are in the order of its lines; a line that is no TOML hides what else is wrong with it.
pub(super) fn text(text: &str) -> Read {
    let mut parse = Parse { text, read: Read::default() };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = parse.line(&error.span().unwrap_or(text.len()..text.len()));
        parse.read.problems.push(Problem::new(line, error.message()));
    }
    let no_toml: Vec<Origin> = parse.read.problems.iter().map(|problem| problem.origin.clone()).collect();
    parse.table("", table.get_ref());
    let mut read = parse.read;
    let syntax = no_toml.len();
    let mut at = 0;
    read.problems.retain(|problem| {
        at += 1;
        at <= syntax || !no_toml.contains(&problem.origin)
    });
    read.problems.sort();
    read.bindings_in_order();
    read
}

impl Read {
    fn bindings_in_order(&mut self) {
        self.config.bindings.sort_by(|a, b| a.origin.cmp(&b.origin));
    }
}

/// Why `text` cannot be the value of `setting`.
pub(super) fn not_allowed(setting: &Setting, text: &str) -> String {
    let (allowed, words) = ((setting.allowed)(), (setting.words)());
    let bare = text.trim_matches(['"', '\'']);
    let shown: String = text.chars().take(60).map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("`{}` is {allowed}, not {shown}{}", setting.path, meant(bare, words, "\""))
}

struct Parse<'a> {
    text: &'a str,
    read: Read,
}

impl Parse<'_> {
    fn line(&self, span: &Range<usize>) -> Origin {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        Origin::Line(before.matches('\n').count() + 1)
    }

    fn wrong(&mut self, span: &Range<usize>, what: String) {
        let problem = Problem::new(self.line(span), what);
        self.read.problems.push(problem);
    }

    /// The settings of the table `name`; empty for the top.
    fn table(&mut self, name: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let (span, key) = (key.span(), key.get_ref().as_ref());
            let setting = SETTINGS.iter().find(|setting| setting.table == name && setting.key == key);
            if let Some(setting) = setting {
                if (setting.put)(&mut self.read.config, value.get_ref()).is_some() {
                    let line = self.line(&span);
                    self.read.origins.insert(setting.path, line);
                } else {
                    let text = self.text.get(value.span()).unwrap_or_default();
                    let text = if value.get_ref().is_table() { "a table" } else { text };
                    self.wrong(&span, not_allowed(setting, text));
                }
                continue;
            }
            match value.get_ref() {
                DeValue::Table(inner) if name.is_empty() && TABLES.iter().any(|(table, _)| *table == key) => {
                    self.table(key, inner);
                }
                DeValue::Table(_) if name.is_empty() => {
                    let near = meant(key, TABLES.iter().map(|(table, _)| *table), "");
                    // A table is named as people write it.
                    let near = near.replacen("mean ", "mean [", 1).replacen('?', "]?", 1);
                    self.wrong(&span, format!("unknown table [{key}]{near}"));
                }
                _ if name.is_empty() && TABLES.iter().any(|(table, _)| *table == key) => {
                    self.wrong(&span, format!("`{key}` is a table: write [{key}] and its keys below it"));
                }
                value if name == KEYS && (key.contains('.') || value.is_table()) => {
                    self.binding(&span, key, value);
                }
                _ => self.unknown(&span, name, key),
            }
        }
    }

    fn unknown(&mut self, span: &Range<usize>, table: &str, key: &str) {
        let place =
            |table: &str| if table.is_empty() { "the top of the file".into() } else { format!("[{table}]") };
        let here = SETTINGS.iter().filter(|setting| setting.table == table).map(|setting| setting.key);
        let mut near = meant(key, here, "`");
        if near.is_empty()
            && let Some(there) = SETTINGS.iter().find(|setting| setting.key == key)
        {
            near = format!("; `{key}` belongs to {}", place(there.table));
        }
        let at = if table.is_empty() { "at" } else { "in" };
        self.wrong(span, format!("unknown key `{key}` {at} {}{near}", place(table)));
    }

    /// `"tab.close" = ["f4"]`, and the same written without quotes, which TOML reads as tables in tables.
    fn binding(&mut self, span: &Range<usize>, id: &str, value: &DeValue<'_>) {
        let keys = match value {
            DeValue::Table(inner) => {
                for (key, value) in inner {
                    self.binding(&key.span(), &format!("{id}.{}", key.get_ref()), value.get_ref());
                }
                return;
            }
            DeValue::String(one) if one.is_empty() => Some(Vec::new()),
            DeValue::String(one) => Some(vec![one.to_string()]),
            DeValue::Array(list) => {
                list.iter().map(|key| key.get_ref().as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
            }
            _ => None,
        };
        let origin = self.line(span);
        match keys {
            Some(keys) => self.read.config.bindings.push(Binding { id: id.to_owned(), keys, origin }),
            None => self.wrong(
                span,
                format!("the keys of `{id}` are a text or a list of texts, as in [\"f4\", \"leader w\"]"),
            ),
        }
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;

//! `hermux keys`: the keys as they are set, which of them something around hermux takes, and what to do about it.

use super::args::Keys;
use crate::{
    config::settings::Preset,
    ui::{
        keymap::{
            Action, Chord, Keymap,
            collide::{Around, Terminal},
        },
        setup,
    },
};
use serde_json::json;
use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

pub(super) fn run(keys: Keys, config: Option<PathBuf>) -> anyhow::Result<ExitCode> {
    let (_, mut source) = super::config::source(keys.place, config)?;
    source.flags.extend(keys.preset.map(|preset| ("keys.preset", "--preset", preset)));
    let report = Report {
        map: setup::load(&source)?.keymap,
        around: Around::detect(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())),
        terminal: Terminal::detect(|name| std::env::var(name).ok()),
    };
    if keys.json { super::print(&format!("{:#}\n", report.json())) } else { super::print(&report.text()) }
}

struct Report {
    map: Keymap,
    around: Vec<Around>,
    terminal: Terminal,
}

impl Report {
    /// Why a key may never arrive: who takes it, or what the terminal cannot do. The leader is judged once, not with each key
    /// behind it.
    fn taken(&self, chord: Chord) -> Option<String> {
        let by: Vec<&str> =
            self.around.iter().filter(|around| around.takes(chord.key)).map(|around| around.name()).collect();
        match (chord.leader, by.is_empty()) {
            (true, _) => None,
            (false, false) => Some(format!("{} takes it for itself", by.join(" and "))),
            (false, true) => self.terminal.limit(chord.key).map(str::to_owned),
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let mut rows: Vec<_> = self.map.all().collect();
        rows.sort_by_key(|(action, ..)| action.scope);
        let mut scope = None;
        for (action, chords, shown) in &rows {
            if scope != Some(action.scope) {
                let gap = if scope.is_some() { "\n" } else { "" };
                scope = Some(action.scope);
                let _ = writeln!(out, "{gap}{}", action.scope.title());
            }
            let keys: Vec<String> = chords
                .iter()
                .zip(*shown)
                .map(|(chord, key)| {
                    format!("{key}{}", if self.taken(*chord).is_some() { " (!)" } else { "" })
                })
                .collect();
            let keys = if keys.is_empty() { "–".to_owned() } else { keys.join("  ") };
            let _ = writeln!(out, "  {keys:<32}  {}  [{}]", action.help, action.id);
        }
        self.remarks(&rows, &mut out);
        out
    }

    /// What the marks mean, and what helps.
    fn remarks(&self, rows: &[(&Action, &[Chord], &[String])], out: &mut String) {
        let mut why: Vec<(String, Vec<&str>)> = Vec::new();
        let mut lost = Vec::new();
        for (action, chords, shown) in rows {
            let taken: Vec<Option<String>> = chords.iter().map(|chord| self.taken(*chord)).collect();
            if !taken.is_empty() && taken.iter().all(Option::is_some) {
                lost.push(action.id);
            }
            for (reason, key) in
                taken.into_iter().zip(*shown).filter_map(|(reason, key)| Some((reason?, key)))
            {
                let at = why.iter().position(|(known, _)| *known == reason).unwrap_or_else(|| {
                    why.push((reason, Vec::new()));
                    why.len() - 1
                });
                let keys = why.get_mut(at).map(|(_, keys)| keys).filter(|keys| !keys.contains(&key.as_str()));
                if let Some(keys) = keys {
                    keys.push(key);
                }
            }
        }
        if !why.is_empty() {
            out.push_str("\n(!) may not arrive here:\n");
        }
        for (reason, keys) in &why {
            let _ = writeln!(out, "  {reason}: {}", keys.join("  "));
        }
        if !lost.is_empty() {
            let _ = writeln!(out, "These have no other key, but are in the palette: {}.", lost.join(", "));
        }
        if let Some(reason) = self.taken(Chord { leader: false, key: self.map.leader() }) {
            let _ = writeln!(
                out,
                "The leader {}: {reason}. Set another one: leader = \"f12\" below [keys].",
                self.map.leader()
            );
        }
        if self.map.preset == Preset::Default && !self.around.is_empty() {
            out.push_str(
                "preset = \"noncolliding\" below [keys] in the config does without what is taken.\n",
            );
        }
    }

    fn json(&self) -> serde_json::Value {
        let actions: Vec<_> = self
            .map
            .all()
            .map(|(action, chords, shown)| {
                let keys = chords.iter().zip(shown).map(|(chord, key)| {
                    json!({ "key": chord.spelled(), "shown": key, "taken": self.taken(*chord) })
                });
                json!({
                    "id": action.id,
                    "what": action.help,
                    "where": action.scope.title(),
                    "keys": keys.collect::<Vec<_>>(),
                })
            })
            .collect();
        json!({
            "schema": 1,
            "preset": crate::config::value::Value::write(&self.map.preset).trim_matches('"'),
            "leader": self.map.leader().spelled(),
            "around": self.around.iter().map(|around| around.name()).collect::<Vec<_>>(),
            "actions": actions,
        })
    }
}

//! The example config: every setting with its meaning and default, made from the list of settings.

use super::settings::{Config, SETTINGS, Setting, TABLES, When};
use std::fmt::Write as _;

const HEAD: &str = "\
# hermux: every setting with its default. Without this file all of it holds; take the # away from what you change.
# Place: $XDG_CONFIG_HOME/hermux/config.toml, else ~/.config/hermux/config.toml; --config or HERMUX_CONFIG name another.
# Each can be set by a variable too: HERMUX_UI_MOUSE=false. `hermux config check` says what is wrong with a file.
";

/// Columns of a comment.
const WIDE: usize = 120;

/// The settings as a file; a setting is behind `#`, a remark behind `# `. The actions' keys are not in it.
pub fn settings() -> String {
    let defaults = Config::default();
    let mut out = HEAD.to_owned();
    for setting in SETTINGS.iter().filter(|setting| setting.table.is_empty()) {
        write(&mut out, setting, &defaults);
    }
    for (table, about) in TABLES {
        out.push('\n');
        remark(&mut out, &about.concat());
        let _ = writeln!(out, "[{table}]");
        for setting in SETTINGS.iter().filter(|setting| setting.table == *table) {
            write(&mut out, setting, &defaults);
        }
    }
    out
}

fn write(out: &mut String, setting: &Setting, defaults: &Config) {
    let (doc, allowed) = (setting.doc.concat(), (setting.allowed)());
    let restart = if setting.when == When::Restart { " Counts from the next start." } else { "" };
    let mut first = allowed.chars();
    let allowed: String = first.next().into_iter().flat_map(char::to_uppercase).chain(first).collect();
    out.push('\n');
    remark(out, &doc);
    remark(out, &format!("{allowed}.{restart}"));
    let _ = writeln!(out, "#{} = {}", setting.key, (setting.write)(defaults));
}

/// Wrapped, each line behind `# `.
fn remark(out: &mut String, text: &str) {
    let mut line = "#".to_owned();
    for word in text.split_whitespace() {
        if line.chars().count() + 1 + word.chars().count() > WIDE {
            let _ = writeln!(out, "{line}");
            line = "#".into();
        }
        let _ = write!(line, " {word}");
    }
    let _ = writeln!(out, "{line}");
}

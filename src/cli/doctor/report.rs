//! What was found, as text for a person and as JSON for a program. Pure. Nothing in either is obeyed by a terminal (SEC-09).

use crate::base::{
    self,
    text::{self, Mode},
};
use crate::cli::json;
use crate::proto;
use serde::Serialize;
use std::fmt::Write as _;

/// The number of the JSON's shape. Fields are only ever added.
const SCHEMA: u32 = 1;
/// Cells of a line of text.
const WIDTH: usize = 80;
/// Cells before what is said.
const INDENT: usize = 24;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Ok,
    Warn,
    Fail,
}

#[derive(Debug, Serialize)]
struct Finding {
    area: &'static str,
    /// What it is about: a profile, an option, a place.
    about: String,
    level: Level,
    says: String,
    /// What mends it.
    fix: Option<String>,
}

/// All findings, in the order they were made.
#[derive(Debug, Default)]
pub(super) struct Report(Vec<Finding>);

impl Report {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn ok(&mut self, area: &'static str, about: &str, says: &str) {
        self.add(area, about, Level::Ok, says, "");
    }

    pub(super) fn warn(&mut self, area: &'static str, about: &str, says: &str, fix: &str) {
        self.add(area, about, Level::Warn, says, fix);
    }

    pub(super) fn fail(&mut self, area: &'static str, about: &str, says: &str, fix: &str) {
        self.add(area, about, Level::Fail, says, fix);
    }

    fn add(&mut self, area: &'static str, about: &str, level: Level, says: &str, fix: &str) {
        let fix = (!fix.is_empty()).then(|| fix.to_owned());
        self.0.push(Finding { area, about: about.to_owned(), level, says: says.to_owned(), fix });
    }

    pub(super) fn worst(&self) -> Level {
        self.0.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
    }

    /// Below one another, at most 80 cells wide, each problem with what mends it.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        let mut area = "";
        for finding in &self.0 {
            if finding.area != area {
                area = finding.area;
                let _ = writeln!(out, "{}{area}", if out.is_empty() { "" } else { "\n" });
            }
            let mark = match finding.level {
                Level::Ok => "ok",
                Level::Warn => "warn",
                Level::Fail => "FAIL",
            };
            let about = text::label(&finding.about, INDENT - 8);
            let pad = " ".repeat((INDENT - 7).saturating_sub(text::width::of(&about)));
            let _ = write!(out, "  {mark:<4} {about}{pad}");
            put(&mut out, &finding.says, INDENT);
            for fix in finding.fix.iter().flat_map(|fix| fix.lines()) {
                let _ = write!(out, "{}", " ".repeat(INDENT));
                put(&mut out, &format!("→ {fix}"), INDENT + 2);
            }
        }
        let count = |level| self.0.iter().filter(|finding| finding.level == level).count();
        let _ = match (count(Level::Fail), count(Level::Warn)) {
            (0, 0) => writeln!(out, "\nAll is well."),
            (fails, warns) => writeln!(out, "\n{fails} to mend, {warns} to look at."),
        };
        out
    }

    /// One object on one line.
    pub(super) fn json(&self) -> serde_json::Result<String> {
        json::line(&serde_json::json!({
            "schema": SCHEMA,
            "hermux": base::VERSION,
            "commit": base::COMMIT,
            "contract": proto::CONTRACT,
            "result": self.worst(),
            "findings": self.0,
        }))
    }
}

/// Puts `words` into lines that begin at `indent`; the first one is begun already.
fn put(out: &mut String, words: &str, indent: usize) {
    let words = text::drawable(words, Mode::Label);
    let room = WIDTH - indent;
    let mut used = 0;
    for word in words.split(' ') {
        let mut word = word;
        let cells = text::width::of(word);
        if used > 0 && used + 1 + cells > room {
            let _ = write!(out, "\n{}", " ".repeat(indent));
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        // A word longer than a line, such as a path, is broken: it can still be read.
        while text::width::of(word) > room - used {
            let fits = text::width::truncate(word, room - used + 1);
            let at = fits.trim_end_matches('…').len();
            let Some((head, rest)) = word.split_at_checked(at).filter(|(head, _)| !head.is_empty()) else {
                break;
            };
            let _ = write!(out, "{head}\n{}", " ".repeat(indent));
            (word, used) = (rest, 0);
        }
        out.push_str(word);
        used += text::width::of(word);
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hostile() -> Report {
        let mut report = Report::new();
        report.ok("a", "b", "fine");
        report.warn("a", "title \u{1b}]0;x\u{7}", &"/a/very/long/path".repeat(12), "mend \u{9b}2J\u{202e}it");
        report.fail("c", &"x".repeat(90), "says: \r\n and \u{7f} 漢字漢字 \u{200b} end", "one\ntwo");
        report
    }

    /// SEC-09
    #[test]
    fn no_control_or_hidden_character_is_in_either_form() {
        let hidden = |c: char| c.is_control() && c != '\n' || "\u{202e}\u{200b}".contains(c);
        let (text, json) = (hostile().text(), hostile().json().unwrap());
        assert_eq!(text.chars().chain(json.chars()).find(|c| hidden(*c)), None);
        assert!(json.contains("\\u009b2J\\u202eit") && json.contains("\\u007f"), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["findings"][1]["fix"], "mend \u{9b}2J\u{202e}it");
        assert_eq!((read["schema"].as_u64(), read["result"].as_str()), (Some(1), Some("fail")));
        assert_eq!(json.lines().count(), 1);
    }

    /// UX-38
    #[test]
    fn the_text_is_80_cells_wide_and_says_all() {
        let text = hostile().text();
        for line in text.lines() {
            assert!(text::width::of(line) <= 80, "{line:?}");
        }
        let joined: String = text.split_whitespace().collect();
        assert!(joined.contains(&"/a/very/long/path".repeat(12)), "{text}");
        for part in ["  ok   b  ", "  warn title ␛]0;x^G", "→ one", "→ two", "1 to mend, 1 to look at."]
        {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(Report::new().worst(), Level::Ok);
    }
}

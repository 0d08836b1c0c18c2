//! What a person should know about a text before deciding on it: remarks, never changes.

use unicode_segmentation::UnicodeSegmentation;

use super::classes;

/// Blanks in a row from which padding may push something out of sight.
pub const PADDING: usize = 8;

/// Something about a text that its drawing alone may not make plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// Characters that draw nothing or move others; they are spelled out where they stand.
    Hidden,
    /// Control characters, escape sequences among them.
    Control,
    /// A carriage return, which lets the rest of a line overwrite its beginning.
    CarriageReturn,
    /// Eight or more blanks, or empty lines, in a row.
    Padding,
    /// One word with letters of more than one alphabet.
    MixedScripts,
    /// The backend hid parts of it before sending.
    Redacted,
}

impl Oddity {
    /// The remark as a person reads it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Hidden => "hidden characters",
            Self::Control => "control characters",
            Self::CarriageReturn => "carriage return",
            Self::Padding => "long blanks",
            Self::MixedScripts => "mixed alphabets",
            Self::Redacted => "parts hidden by the backend",
        }
    }
}

/// All oddities of `text`, in a fixed order, each once.
pub fn oddities(text: &str) -> Vec<Oddity> {
    let mut found = Vec::new();
    let mut blanks = 0;
    let mut lines = 0;
    for grapheme in text.graphemes(true) {
        let mut previous = None;
        for c in grapheme.chars() {
            match c {
                '\r' => found.push(Oddity::CarriageReturn),
                '\n' | '\t' => {}
                _ if c.is_control() => found.push(Oddity::Control),
                _ if classes::is_mark(c) || previous.is_some_and(|p| classes::shapes_emoji(p, c)) => {}
                _ if !classes::is_plain(c, true) => found.push(Oddity::Hidden),
                _ => {}
            }
            blanks = if c == ' ' || c == '\t' { blanks + 1 } else { 0 };
            lines = if c == '\n' {
                lines + 1
            } else if c.is_whitespace() {
                lines
            } else {
                0
            };
            if blanks >= PADDING || lines >= PADDING {
                found.push(Oddity::Padding);
            }
            previous = Some(c);
        }
    }
    if text.unicode_words().any(mixes_scripts) {
        found.push(Oddity::MixedScripts);
    }
    if text.contains("[REDACTED]") || text.contains("***") {
        found.push(Oddity::Redacted);
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Latin, Greek and Cyrillic have look-alike letters; a word that mixes them is worth a second look.
fn mixes_scripts(word: &str) -> bool {
    let script = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => Some(1),
        '\u{370}'..='\u{3ff}' => Some(2),
        '\u{400}'..='\u{52f}' => Some(3),
        '\u{ff21}'..='\u{ff5a}' => Some(4),
        _ => None,
    };
    let mut scripts = word.chars().filter_map(script);
    let first = scripts.next();
    scripts.any(|s| Some(s) != first)
}

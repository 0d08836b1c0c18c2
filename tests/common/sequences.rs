//! Everything that hermux may write to a terminal beside plain text: the table of docs/UI.md, and a reader of captures that
//! accepts nothing else. It is strict where a terminal is lenient: a byte that a terminal would skip is refused too.

use std::collections::{BTreeMap, BTreeSet};

use hermux::base::text::width;

const DOC: &str = include_str!("../../docs/UI.md");
/// Above the table of docs/UI.md.
const HEADING: &str = "## What is written to the terminal";
/// Cells of a title at most (SEC-08).
const TITLE: usize = 80;
/// Bytes of a number in a sequence at most.
const DIGITS: usize = 5;

/// The table, by the sequence's pattern: whether it is a question, which is put once, before anything is drawn.
pub struct Allowed(BTreeMap<String, bool>);

impl Allowed {
    /// What docs/UI.md lists.
    pub fn documented() -> Self {
        let table = DOC.split_once(HEADING).expect("the table's heading").1;
        let table = table.split("\n## ").next().unwrap_or_default();
        let mut all = BTreeMap::new();
        for row in table.lines().filter(|line| line.starts_with("| `")) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [sequences, _, when] = cells[..] else { panic!("a row of three cells: {row}") };
            for sequence in sequences.split('`').skip(1).step_by(2) {
                let known = all.insert(sequence.to_owned(), when == "once, at the start");
                assert!(known.is_none(), "{sequence} is listed twice");
            }
        }
        Self(all)
    }

    /// Reads a capture: the patterns that occur in it, or what is wrong, where. `cut`: its last sequence may be unfinished.
    pub fn read(&self, bytes: &[u8], cut: bool) -> Result<BTreeSet<String>, String> {
        let mut seen = BTreeSet::new();
        let mut drawn = false;
        let mut asked = BTreeSet::new();
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let wrong = |what: &str| {
                let near = &bytes[at.saturating_sub(60)..bytes.len().min(at + 60)];
                format!("{what} at byte {at}, near {:?}", String::from_utf8_lossy(near))
            };
            match token(rest) {
                Token::Cut if cut => break,
                Token::Cut => return Err(wrong("an unfinished sequence")),
                Token::Wrong(what) => return Err(wrong(what)),
                Token::Text(length) => {
                    drawn = true;
                    at += length;
                }
                Token::Sequence(length, patterns) => {
                    for exact in patterns {
                        let pattern = if self.0.contains_key(&exact) { exact } else { numbers(&exact) };
                        let Some(question) = self.0.get(&pattern) else {
                            return Err(wrong(&format!("{pattern} is not on the list,")));
                        };
                        if *question && (drawn || !asked.insert(pattern.clone())) {
                            return Err(wrong(&format!("{pattern} is asked late or twice,")));
                        }
                        // What stands on the normal screen before is no part of the picture, and of another program's.
                        if pattern == "CSI ?1049h" {
                            drawn = false;
                            asked.clear();
                        }
                        seen.insert(pattern);
                    }
                    at += length;
                }
            }
        }
        Ok(seen)
    }
}

enum Token {
    /// So many bytes of what a terminal draws.
    Text(usize),
    /// So many bytes, and the patterns that they are.
    Sequence(usize, Vec<String>),
    /// The end is missing.
    Cut,
    Wrong(&'static str),
}

fn token(bytes: &[u8]) -> Token {
    match bytes {
        [0x07, ..] => Token::Sequence(1, vec!["BEL".into()]),
        [b'\r', ..] => Token::Sequence(1, vec!["CR".into()]),
        [b'\n', ..] => Token::Sequence(1, vec!["LF".into()]),
        [0x1b] => Token::Cut,
        [0x1b, b'[', rest @ ..] => control(rest),
        [0x1b, b']', rest @ ..] => string(rest),
        [0x1b, ..] => Token::Wrong("an escape that begins nothing of hermux"),
        _ => text(bytes),
    }
}

/// A control sequence behind its `CSI`.
fn control(rest: &[u8]) -> Token {
    let Some(length) = rest.iter().position(|byte| !(0x20..=0x3f).contains(byte)) else { return Token::Cut };
    let (body, last) = (&rest[..length], rest[length]);
    if !(0x40..=0x7e).contains(&last) {
        return Token::Wrong("a byte that no control sequence holds");
    }
    let body = std::str::from_utf8(body).unwrap_or("?");
    let patterns = if last == b'm' && body.bytes().all(|b| b.is_ascii_digit() || b == b';') {
        styles(body)
    } else {
        vec![format!("CSI {body}{}", char::from(last))]
    };
    Token::Sequence(2 + length + 1, patterns)
}

/// The styles that one `CSI … m` sets, each a pattern.
fn styles(body: &str) -> Vec<String> {
    let mut fields = body.split(';');
    let mut out = Vec::new();
    while let Some(field) = fields.next() {
        out.push(match field {
            "38" | "48" | "58" => {
                let kind = fields.next().unwrap_or("");
                let most = if kind == "2" { 3 } else { 1 };
                let parts: Vec<&str> = fields.by_ref().take(most).collect();
                let bytes = parts.len() == most && parts.iter().all(|part| part.parse::<u8>().is_ok());
                format!("SGR {field};{kind}{}", if bytes { ";#".repeat(most) } else { "?".into() })
            }
            "" => "SGR 0".into(),
            field => format!("SGR {field}"),
        });
    }
    out
}

/// A control sequence with a `#` for each of its numbers.
fn numbers(exact: &str) -> String {
    let Some((body, last)) =
        exact.strip_prefix("CSI ").and_then(|body| body.split_at_checked(body.len() - 1))
    else {
        return exact.to_owned();
    };
    let number = |part: &str| (1..=DIGITS).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !body.split(';').all(number) {
        return exact.to_owned();
    }
    format!("CSI {}{last}", vec!["#"; body.split(';').count()].join(";"))
}

/// A control string behind its `OSC`.
fn string(rest: &[u8]) -> Token {
    let Some(end) = rest.iter().position(|byte| matches!(byte, 0x07 | 0x1b)) else { return Token::Cut };
    let terminator = match rest.get(end..end + 2) {
        _ if rest[end] == 0x07 => "BEL",
        Some(b"\x1b\\") => "ST",
        Some(_) => return Token::Wrong("a control string that an escape cuts off"),
        None => return Token::Cut,
    };
    let length = 2 + end + if terminator == "BEL" { 1 } else { 2 };
    let Ok(body) = std::str::from_utf8(&rest[..end]) else {
        return Token::Wrong("a control string of no text");
    };
    let pattern = match body.split_once(';') {
        Some(("2", title)) if plain(title) && width::of(title) <= TITLE => "OSC 2;TITLE".to_owned(),
        Some(("52", copied)) if copied.strip_prefix("c;").is_some_and(base64) => "OSC 52;c;BASE64".to_owned(),
        _ => format!("OSC {}", body.escape_debug()),
    };
    Token::Sequence(length, vec![format!("{pattern} {terminator}")])
}

fn base64(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
}

/// One character that is drawn.
fn text(bytes: &[u8]) -> Token {
    let head = bytes.get(..bytes.len().min(4)).unwrap_or_default().utf8_chunks().next();
    let first = head.and_then(|chunk| chunk.valid().chars().next());
    let length = first.map_or(0, char::len_utf8);
    let drawn = first.map(String::from).unwrap_or_default();
    if drawn.is_empty() {
        // The end of a capture may stand within a character.
        return if bytes.len() < 4 { Token::Cut } else { Token::Wrong("bytes that are no text") };
    }
    if plain(&drawn) {
        Token::Text(length)
    } else {
        Token::Wrong("a character that a terminal obeys or hides")
    }
}

/// Whether every character of `text` is drawn as itself: no control, nothing that moves or hides what stands beside it, but what
/// joins an emoji.
fn plain(text: &str) -> bool {
    text.chars().all(|c| {
        !c.is_control()
            && !matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200c}' | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
    })
}

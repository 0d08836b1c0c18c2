//! Hostile texts, each with a name: those of the fixture, and those that can be counted out.

use std::collections::BTreeSet;

const FIXTURE: &str = include_str!("../fixtures/hostile.txt");

/// A text that means harm, or looks as if.
pub(crate) struct Payload {
    pub(crate) name: String,
    pub(crate) text: String,
    /// As it stands between the quotes of a JSON string.
    pub(crate) json: String,
    /// Counted out: one of many that differ in a byte.
    pub(crate) counted: bool,
}

impl Payload {
    fn of(name: String, text: String, counted: bool) -> Self {
        let quoted = serde_json::to_string(&text).expect("text is JSON");
        Self { name, text, json: quoted[1..quoted.len() - 1].to_owned(), counted }
    }
}

/// The whole corpus. Names are unique.
pub(crate) fn all() -> Vec<Payload> {
    let mut all: Vec<Payload> = FIXTURE.lines().filter_map(written).collect();
    all.extend(counted().into_iter().map(|(name, text)| Payload::of(name, text, true)));
    let names: BTreeSet<&str> = all.iter().map(|payload| payload.name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "two payloads have one name");
    all
}

/// A line of the fixture.
fn written(line: &str) -> Option<Payload> {
    assert!(line.is_ascii(), "the fixture is readable: {line:?}");
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (name, text) = line.split_once(' ').expect("a name and a text");
    let (name, text) = (name.to_owned(), text.trim_matches(' '));
    if !name.to_ascii_lowercase().ends_with(".json") {
        return Some(Payload::of(name, unescape(text), false));
    }
    let json = text.trim_matches('"').to_owned();
    // A lone surrogate is no text: it becomes replacement characters.
    let text = serde_json::from_str(text).unwrap_or_else(|_| "a\u{fffd}".to_owned());
    Some(Payload { name, text, json, counted: false })
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[1..];
        if c != '\\' {
            out.push(c);
            continue;
        }
        let kind = rest.chars().next().expect("an escape says which");
        rest = &rest[1..];
        match kind {
            'e' => out.push('\u{1b}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            '0' => out.push('\0'),
            's' => out.push(' '),
            '\\' => out.push('\\'),
            'x' => {
                let (digits, after) = rest.split_at(2);
                out.push(char::from(u8::from_str_radix(digits, 16).expect("two digits")));
                rest = after;
            }
            'u' => {
                let (digits, after) = rest[1..].split_once('}').expect("a brace");
                let code = u32::from_str_radix(digits, 16).expect("a number");
                rest = after;
                out.push(char::from_u32(code).expect("a character"));
            }
            '(' => {
                let bar = rest.find('|').expect("a bar");
                let count: usize = rest[..bar].parse().expect("a count");
                let (inner, after) = rest[bar + 1..].split_once(')').expect("an end");
                out.push_str(&unescape(inner).repeat(count));
                rest = after;
            }
            other => panic!("no escape: \\{other} in {text:?}"),
        }
    }
    out
}

/// What needs no imagination: every control character, every string in every form, every blank and every joiner.
fn counted() -> Vec<(String, String)> {
    let mut out = Vec::new();
    for code in (0..0x20).chain(0x7f..0xa0) {
        let c = char::from_u32(code).expect("a control character");
        out.push((format!("control-{code:02x}"), format!("a{c}b")));
        out.push((format!("control-{code:02x}-first"), format!("{c}[2J")));
    }
    for last in ' '..='~' {
        out.push((format!("escape-{:02x}", u32::from(last)), format!("\u{1b}{last}")));
        if last >= '@' {
            out.push((format!("csi-{:02x}", u32::from(last)), format!("\u{1b}[1;1{last}")));
            out.push((format!("csi-{:02x}-private", u32::from(last)), format!("\u{1b}[?1;1{last}")));
            out.push((format!("csi-{:02x}-8-bit", u32::from(last)), format!("\u{9b}1{last}")));
        }
    }
    let strings =
        [("dcs", 'P', 0x90), ("sos", 'X', 0x98), ("osc", ']', 0x9d), ("pm", '^', 0x9e), ("apc", '_', 0x9f)];
    let ends =
        [("st", "\u{1b}\\"), ("bell", "\u{7}"), ("st-8-bit", "\u{9c}"), ("cancel", "\u{18}"), ("none", "")];
    for (name, letter, code) in strings {
        let c1 = char::from_u32(code).expect("a control character");
        for (end, terminator) in ends {
            out.push((format!("{name}-{end}"), format!("\u{1b}{letter}0;owned{terminator}")));
            out.push((format!("{name}-8-bit-{end}"), format!("{c1}0;owned{terminator}")));
        }
    }
    for number in [0, 1, 2, 4, 7, 8, 9, 10, 11, 12, 17, 50, 52, 99, 104, 110, 133, 633, 777, 1337, 5113, 5522]
    {
        out.push((format!("osc-number-{number}"), format!("\u{1b}]{number};?\u{7}")));
    }
    out
}

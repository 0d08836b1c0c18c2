//! Reads one line after the other by the description of a language.

use super::Class;
use super::languages::{LANGUAGES, Language, Quote, Shape, Words};

/// Bytes of a line that is told apart; a longer one is data, not something to read, and stays plain.
const LONGEST: usize = 2_000;

/// A language, and what is open at the end of the last line.
#[derive(Clone, Debug)]
pub struct Lexer {
    language: &'static Language,
    open: Open,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    /// A comment, and how many are open within each other.
    Comment(usize),
    Text(&'static Quote),
    /// A tag of a markup language.
    Tag,
}

impl Lexer {
    /// For the name behind a fence; `None` if it is not in the table.
    pub fn of(name: &str) -> Option<Self> {
        let is =
            |language: &&Language| language.names.split(' ').any(|known| known.eq_ignore_ascii_case(name));
        LANGUAGES.iter().find(is).map(|language| Self { language, open: Open::Nothing })
    }

    /// Gives the stretches of `line` in their order, none empty; together they are the line.
    pub fn line<'a>(&mut self, line: &'a str, mut put: impl FnMut(&'a str, Class)) {
        if line.len() > LONGEST {
            return put(line, Class::Plain);
        }
        if self.language.shape == Shape::Diff {
            if !line.is_empty() {
                put(line, diff(line));
            }
            return;
        }
        let mut scan = Scan { line, at: 0, begun: 0, class: Class::Plain, defines: false, put: &mut put };
        while let Some(next) = scan.rest().chars().next() {
            self.step(&mut scan, next);
        }
        scan.mark(Class::Plain, 0);
        scan.flush();
        if matches!(self.open, Open::Text(quote) if !quote.lines) {
            self.open = Open::Nothing;
        }
    }

    /// Takes the next stretch, at least one character.
    fn step<'a>(&mut self, scan: &mut Scan<'a, '_, impl FnMut(&'a str, Class)>, next: char) {
        let language = self.language;
        match self.open {
            Open::Comment(depth) => return self.comment(scan, depth),
            Open::Text(quote) => return self.text(scan, quote, 0),
            Open::Tag => return self.tag(scan, next),
            Open::Nothing => {}
        }
        let rest = scan.rest();
        if next == ' ' {
            return scan.mark(Class::Plain, 1);
        }
        scan.defines &= is_word(next);
        let starts_word =
            !scan.line.get(..scan.at).is_some_and(|head| head.ends_with(|c: char| !c.is_whitespace()));
        let comment = language.comments.iter().any(|mark| rest.starts_with(mark));
        if comment && (starts_word || !language.comment_is_word) {
            return scan.mark(Class::Comment, rest.len());
        }
        if language.block.is_some_and(|(open, _)| rest.starts_with(open)) {
            self.open = Open::Comment(0);
            return self.comment(scan, 0);
        }
        if language.shape == Shape::Markup {
            return self.markup(scan, next);
        }
        let after_word = scan.line.get(..scan.at).is_some_and(|head| head.ends_with(is_word));
        if let Some(quote) = language.quotes.iter().find(|quote| rest.starts_with(quote.open))
            && !(after_word && language.quotes_part_words)
        {
            if quote.open == "'" && language.lifetimes && !is_character(rest) {
                let name = rest.get(1..).unwrap_or_default();
                let length = name.len() - name.trim_start_matches(is_word).len();
                return scan.mark(if length > 0 { Class::Kind } else { Class::Plain }, 1 + length);
            }
            return self.text(scan, quote, quote.open.len());
        }
        if next.is_ascii_digit() {
            let number = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
            // A range is not a part of a number.
            let length = rest.find(|c| !number(c)).unwrap_or(rest.len());
            let length = rest.find("..").map_or(length, |range| length.min(range.max(1)));
            return scan.mark(Class::Number, length);
        }
        if is_word(next) {
            return self.word(scan);
        }
        self.sign(scan, next);
    }

    fn word<'a>(&mut self, scan: &mut Scan<'a, '_, impl FnMut(&'a str, Class)>) {
        let language = self.language;
        let rest = scan.rest();
        let part = |c: char| is_word(c) || language.word_parts.contains(c);
        let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(length);
        if language.prefixes.split(' ').any(|prefix| prefix == word)
            && let Some(quote) = language.quotes.iter().find(|quote| after.starts_with(quote.open))
        {
            return self.text(scan, quote, length + quote.open.len());
        }
        let is = |words: Words| {
            let same = |known: &str| known == word || language.any_case && known.eq_ignore_ascii_case(word);
            words.split(' ').any(same)
        };
        let names = language.names_before.is_some_and(|mark| after.trim_start_matches(' ').starts_with(mark));
        let called = language.calls && ["(", "!(", "!["].iter().any(|mark| after.starts_with(mark));
        let class = if names || std::mem::take(&mut scan.defines) {
            Class::Function
        } else if is(language.keywords) {
            scan.defines = matches!(word, "fn" | "def" | "func" | "fun" | "function");
            Class::Keyword
        } else if is(language.constants) {
            Class::Number
        } else if is(language.kinds) {
            Class::Kind
        } else if called || is(language.functions) {
            Class::Function
        } else if language.capital_kinds && word.starts_with(char::is_uppercase) {
            // All capitals is a constant, but a single letter is a parameter of a type.
            if word.len() > 1 && !word.contains(char::is_lowercase) { Class::Number } else { Class::Kind }
        } else {
            Class::Plain
        };
        scan.mark(class, length);
    }

    /// A character that begins neither word nor number nor text.
    fn sign<'a>(&mut self, scan: &mut Scan<'a, '_, impl FnMut(&'a str, Class)>, next: char) {
        let rest = scan.rest();
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        let name = after.len() - after.trim_start_matches(is_word).len();
        let first = scan.line.get(..scan.at).is_some_and(|head| head.trim().is_empty());
        let (class, length) = match (self.language.shape, next) {
            (Shape::Shell, '$') | (Shape::Style, '#' | '.') if name > 0 => (Class::Kind, 1 + name),
            (Shape::Shell, '$') if after.starts_with('{') => {
                (Class::Kind, rest.find('}').map_or(rest.len(), |end| end + 1))
            }
            (Shape::Shell, '-') if name > 0 => (Class::Plain, 1 + name),
            (Shape::Code | Shape::Style, '@') if name > 0 => (Class::Function, 1 + name),
            // `#include`, `#[derive(…)]`.
            (Shape::Code, '#') if first && name > 0 => (Class::Keyword, 1 + name),
            (Shape::Code, '#') if first && (after.starts_with('[') || after.starts_with("![")) => {
                (Class::Comment, rest.rfind(']').map_or(rest.len(), |end| end + 1))
            }
            (Shape::Table, '[') if first => (Class::Kind, rest.rfind(']').map_or(rest.len(), |end| end + 1)),
            _ => (Class::Plain, next.len_utf8()),
        };
        scan.mark(class, length);
    }

    fn comment<'a>(&mut self, scan: &mut Scan<'a, '_, impl FnMut(&'a str, Class)>, depth: usize) {
        let rest = scan.rest();
        let Some((open, close)) = self.language.block else { return scan.mark(Class::Comment, rest.len()) };
        let end = rest.find(close);
        let inner = rest.find(open).filter(|at| self.language.block_nests && end.is_none_or(|end| *at < end));
        let length = match (inner, end) {
            // The first one opens the comment itself.
            (Some(at), _) => {
                self.open = Open::Comment(depth + 1);
                at + open.len()
            }
            (None, Some(at)) => {
                let left = depth.saturating_sub(usize::from(self.language.block_nests));
                self.open = if left > 0 { Open::Comment(left) } else { Open::Nothing };
                at + close.len()
            }
            (None, None) => rest.len(),
        };
        scan.mark(Class::Comment, length);
    }

    /// A text from `from` on, which is behind its opening mark.
    fn text<'a>(
        &mut self,
        scan: &mut Scan<'a, '_, impl FnMut(&'a str, Class)>,
        quote: &'static Quote,
        from: usize,
    ) {
        let rest = scan.rest();
        let body = rest.get(from..).unwrap_or_default();
        let mut escaped = false;
        for (at, c) in body.char_indices() {
            if escaped {
                escaped = false;
            } else if c == '\\' && quote.escapes {
                escaped = true;
            } else if body.get(at..).is_some_and(|tail| tail.starts_with(quote.close)) {
                let end = from + at + quote.close.len();
                self.open = Open::Nothing;
                let behind = rest.get(end..).unwrap_or_default().trim_start();
                let names = self.language.names_before.is_some_and(|mark| behind.starts_with(mark));
                return scan.mark(if names { Class::Function } else { Class::String }, end);
            }
        }
        self.open = Open::Text(quote);
        scan.mark(Class::String, rest.len());
    }

    fn markup<'a>(&mut self, scan: &mut Scan<'a, '_, impl FnMut(&'a str, Class)>, next: char) {
        let rest = scan.rest();
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        let name = |text: &str| {
            text.len() - text.trim_start_matches(|c| is_word(c) || matches!(c, '-' | ':' | '.')).len()
        };
        let mark = usize::from(after.starts_with(['/', '!', '?']));
        let length = name(after.get(mark..).unwrap_or_default());
        match next {
            '<' if length > 0 => {
                self.open = Open::Tag;
                scan.mark(Class::Keyword, 1 + mark + length);
            }
            '&' if rest.get(1 + name(after)..).is_some_and(|tail| tail.starts_with(';'))
                && name(after) > 0 =>
            {
                scan.mark(Class::Number, 2 + name(after));
            }
            '<' | '&' => scan.mark(Class::Plain, 1),
            _ => scan.mark(Class::Plain, rest.find(['<', '&']).unwrap_or(rest.len())),
        }
    }

    fn tag<'a>(&mut self, scan: &mut Scan<'a, '_, impl FnMut(&'a str, Class)>, next: char) {
        let rest = scan.rest();
        let (class, length) = match next {
            '>' => {
                self.open = Open::Nothing;
                (Class::Keyword, 1)
            }
            '/' if rest.starts_with("/>") => {
                self.open = Open::Nothing;
                (Class::Keyword, 2)
            }
            '"' | '\'' => {
                let end = rest.get(1..).and_then(|tail| tail.find(next));
                (Class::String, end.map_or(rest.len(), |end| end + 2))
            }
            c if is_word(c) => {
                let end = rest.find(|c: char| !is_word(c) && !matches!(c, '-' | ':' | '.'));
                (Class::Function, end.unwrap_or(rest.len()))
            }
            c => (Class::Plain, c.len_utf8()),
        };
        scan.mark(class, length);
    }
}

/// A line while it is read. Neighbours of one class are given as one.
struct Scan<'a, 'p, P: FnMut(&'a str, Class)> {
    line: &'a str,
    at: usize,
    /// Where the stretch of `class` begins.
    begun: usize,
    class: Class,
    /// The last word says that the next one names a function.
    defines: bool,
    put: &'p mut P,
}

impl<'a, P: FnMut(&'a str, Class)> Scan<'a, '_, P> {
    fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn mark(&mut self, class: Class, bytes: usize) {
        if class != self.class {
            self.flush();
            self.class = class;
        }
        self.at = (self.at + bytes).min(self.line.len());
    }

    fn flush(&mut self) {
        if let Some(piece) = self.line.get(self.begun..self.at).filter(|piece| !piece.is_empty()) {
            (self.put)(piece, self.class);
        }
        self.begun = self.at;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// `'a'`, `'\n'`, but not the lifetime `'a`.
fn is_character(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

fn diff(line: &str) -> Class {
    match line.as_bytes().first() {
        _ if line.starts_with("+++") || line.starts_with("---") => Class::Keyword,
        Some(b'+') => Class::Added,
        Some(b'-') => Class::Removed,
        Some(b'@') => Class::Function,
        Some(b' ') | None => Class::Plain,
        Some(_) => Class::Comment,
    }
}

#[cfg(test)]
#[path = "lexer_tests.rs"]
mod tests;

//! What a person typed into a search, as terms. Pure.
//!
//! Every term must be there; words in double quotes are one term. Nothing in it is an operator, so no text is an error.

/// The most terms of a query, and characters of one; what is beyond is left out.
const MAX_TERMS: usize = 16;
const MAX_TERM: usize = 200;
/// The characters of the shortest term that the index of parts of words can look up.
const TRIGRAM: usize = 3;
/// Around the first place that matched, this much is shown, in characters.
const BEFORE: usize = 40;
const SHOWN: usize = 200;

/// The terms of a search, folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    terms: Vec<String>,
    /// The last word may be the beginning of one: it is still being typed.
    open: bool,
}

/// By which index a query can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Words,
    Parts,
    /// By none: the texts are looked through.
    Texts,
}

/// A piece of a text, and which of its characters matched.
pub(super) type Snippet = (String, Vec<(u32, u32)>);

impl Query {
    /// `None` when there is nothing to look for.
    pub(super) fn new(text: &str) -> Option<Self> {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let mut terms = Vec::new();
        let mut open = false;
        for (n, part) in clean.split('"').enumerate() {
            let quoted = n % 2 == 1;
            let words: Vec<&str> = if quoted { vec![part.trim()] } else { part.split_whitespace().collect() };
            for word in words.into_iter().filter(|word| !word.is_empty()) {
                terms.push(fold(word).chars().take(MAX_TERM).collect());
                open = !quoted && !part.ends_with(char::is_whitespace);
            }
        }
        terms.truncate(MAX_TERMS);
        (!terms.is_empty()).then_some(Self { terms, open })
    }

    pub(super) fn by(&self) -> By {
        let word = |term: &String| term.chars().any(char::is_alphanumeric) && !term.chars().any(unspaced);
        if self.terms.iter().all(word) {
            By::Words
        } else if self.terms.iter().all(|term| term.chars().count() >= TRIGRAM) {
            By::Parts
        } else {
            By::Texts
        }
    }

    /// As the full-text index takes it: each term a phrase.
    pub(super) fn expression(&self, by: By) -> String {
        let quoted: Vec<String> =
            self.terms.iter().map(|term| format!("\"{}\"", term.replace('"', "\"\""))).collect();
        let open =
            by == By::Words && self.open && self.terms.last().is_some_and(|last| last.chars().count() > 1);
        quoted.join(" ") + if open { "*" } else { "" }
    }

    /// The place of the first term in a text that holds them all.
    pub(super) fn found_in(&self, text: &str) -> Option<Snippet> {
        let folded = fold(text);
        let first = folded.find(self.terms.first()?.as_str())?;
        let all = self.terms.iter().all(|term| folded.contains(term.as_str()));
        let at = folded.get(..first)?.chars().count();
        all.then(|| self.around(text, at))
    }

    /// The piece of `text` around the character `at`, and where the terms are in it.
    pub(super) fn around(&self, text: &str, at: usize) -> Snippet {
        let from = at.saturating_sub(BEFORE);
        let mut piece: String = text.chars().skip(from).take(SHOWN).collect();
        let more = text.chars().nth(from + SHOWN).is_some();
        if from > 0 {
            piece.insert(0, '…');
        }
        if more {
            piece.push('…');
        }
        let folded = fold(&piece);
        let mut marks = Vec::new();
        for term in &self.terms {
            let length = term.chars().count() as u32;
            for (byte, _) in folded.match_indices(term.as_str()) {
                let from = folded.get(..byte).map_or(0, |before| before.chars().count()) as u32;
                marks.push((from, from + length));
            }
        }
        (line(&piece), merged(marks))
    }
}

/// A piece of text in which `open` and `close` stand around what matched.
pub(super) fn marked(text: &str, open: char, close: char) -> Snippet {
    let mut piece = String::new();
    let mut marks = Vec::new();
    let mut from = None;
    let mut at: u32 = 0;
    for c in text.chars() {
        if c == open {
            from = Some(at);
        } else if c == close {
            marks.extend(from.take().map(|from| (from, at)));
        } else if at < 2 * SHOWN as u32 {
            piece.push(c);
            at += 1;
        }
    }
    (line(&piece), merged(marks))
}

/// Ascending, and none touches another; empty ones left out.
fn merged(mut marks: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    marks.sort_unstable();
    let mut apart: Vec<(u32, u32)> = Vec::new();
    for (from, to) in marks.into_iter().filter(|(from, to)| from < to) {
        match apart.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => apart.push((from, to)),
        }
    }
    apart
}

/// One line, character for character.
fn line(text: &str) -> String {
    text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t' | '\0') { ' ' } else { c }).collect()
}

/// Without regard to case, character for character.
fn fold(text: &str) -> String {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

/// Letters of scripts that put no blank between words: the index of words takes a whole sentence for one.
fn unspaced(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    fn expression(text: &str) -> Option<(By, String)> {
        Query::new(text).map(|query| (query.by(), query.expression(query.by())))
    }

    #[test]
    fn every_term_must_be_there_and_no_sign_is_an_operator() {
        let found = |by, text: &str| Some((by, text.to_owned()));
        assert_eq!(expression("Docker deploy"), found(By::Words, r#""docker" "deploy"*"#));
        assert_eq!(expression("deploy "), found(By::Words, r#""deploy""#));
        assert_eq!(expression(r#"a "b c" d"#), found(By::Words, r#""a" "b c" "d""#));
        assert_eq!(expression(r#"NOT x* OR (y: "z"#), found(By::Words, r#""not" "x*" "or" "(y:" "z""#));
        assert_eq!(expression("你好世界"), found(By::Parts, r#""你好世界""#));
        assert_eq!(expression("a 你好"), found(By::Texts, r#""a" "你好""#));
        assert_eq!(expression("->"), found(By::Texts, r#""->""#));
        assert_eq!(expression("=> }"), found(By::Texts, r#""=>" "}""#));
        assert_eq!(expression("\0 \" \n \"\" "), None);
    }

    /// Whatever is typed is bounded.
    #[test]
    fn a_giant_query_is_cut() {
        let query = Query::new(&"x".repeat(10_000)).unwrap();
        assert_eq!(query.terms[0].len(), MAX_TERM);
        assert_eq!(Query::new(&"x ".repeat(10_000)).unwrap().terms.len(), MAX_TERMS);
    }

    #[test]
    fn what_matched_is_marked_in_characters() {
        let query = Query::new("ÉCLAIR the").unwrap();
        let (text, marks) = query.found_in("ü the\néclair, the best").unwrap();
        assert_eq!(text, "ü the éclair, the best");
        assert_eq!(marks, [(2, 5), (6, 12), (14, 17)]);
        assert_eq!(query.found_in("éclair"), None);
        let long = format!("{}needle{}", "a".repeat(100), "b".repeat(300));
        let (text, marks) = Query::new("needle").unwrap().found_in(&long).unwrap();
        assert_eq!(marks, [(41, 47)]);
        assert_eq!((text.chars().count(), text.starts_with('…'), text.ends_with('…')), (202, true, true));
        assert_eq!(
            marked("a \u{2}b\u{3} c\u{3} \u{2}d", '\u{2}', '\u{3}'),
            ("a b c d".to_owned(), vec![(2, 3)])
        );
    }
}

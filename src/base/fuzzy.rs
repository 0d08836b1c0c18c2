//! Fuzzy matching of short lists: actions, open sessions, profiles, a page of stored sessions.
//!
//! Not for the index of every session, which matches in the background. The order is total and stable: best score
//! first, then the order given.

use nucleo::pattern::{CaseMatching, Normalization, Pattern};
use nucleo::{Config, Matcher, Utf32Str};
use unicode_segmentation::UnicodeSegmentation;

/// One row that matches, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Position in the list given.
    pub index: usize,
    /// Higher is better; comparable within one call only.
    pub score: u32,
    /// The grapheme clusters that matched, by their place in the text, ascending.
    pub positions: Vec<u32>,
}

/// The rows of `list` that match `query`, best first. An empty query matches everything in the order given.
/// Words of the query are matched each for itself, in any order; lower case ignores case.
pub fn rank<'a>(query: &str, list: impl IntoIterator<Item = &'a str>) -> Vec<Hit> {
    let pattern = Pattern::parse(query, CaseMatching::Smart, Normalization::Smart);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let mut buffer = Vec::new();
    let mut hits: Vec<Hit> = list
        .into_iter()
        .enumerate()
        .filter_map(|(index, text)| {
            let mut positions = Vec::new();
            let score = pattern.indices(clusters(text, &mut buffer), &mut matcher, &mut positions)?;
            positions.sort_unstable();
            positions.dedup();
            Some(Hit { index, score, positions })
        })
        .collect();
    hits.sort_by(|a, b| b.score.cmp(&a.score).then(a.index.cmp(&b.index)));
    hits
}

/// A text as the matcher sees it: the first character of each grapheme cluster. Left to itself it would count bytes where all of
/// these are ASCII and what follows them is not.
fn clusters<'a>(text: &'a str, buffer: &'a mut Vec<char>) -> Utf32Str<'a> {
    if text.is_ascii() {
        return Utf32Str::Ascii(text.as_bytes());
    }
    buffer.clear();
    buffer.extend(text.graphemes(true).filter_map(|cluster| cluster.chars().next()));
    Utf32Str::Unicode(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(query: &str, list: &[&'a str]) -> Vec<&'a str> {
        rank(query, list.iter().copied()).into_iter().map(|hit| list[hit.index]).collect()
    }

    #[test]
    fn an_empty_query_keeps_the_order_given() {
        assert_eq!(found("", &["b", "a", "c"]), ["b", "a", "c"]);
    }

    #[test]
    fn the_better_match_comes_first_and_words_match_in_any_order() {
        assert_eq!(found("close", &["enclosure", "Close tab"]), ["Close tab", "enclosure"]);
        assert_eq!(found("tab close", &["Close tab", "New tab"]), ["Close tab"]);
    }

    #[test]
    fn positions_name_the_clusters_that_matched() {
        assert_eq!(rank("ct", ["Close tab"])[0].positions, [0, 6]);
        assert_eq!(rank("b", ["日本 b"])[0].positions, [3]);
        assert_eq!(rank("ab", ["👩‍👩‍👧 a b"])[0].positions, [2, 4]);
        assert_eq!(rank("ab", ["e\u{301}a b"])[0].positions, [1, 3]);
        assert_eq!(rank("本", ["日本"])[0].positions, [1]);
    }
}

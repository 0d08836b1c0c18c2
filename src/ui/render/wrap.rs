//! Wrapping of styled lines by terminal cells.
//!
//! A row breaks behind a blank where there is one, or next to a wide character, else between grapheme clusters. Blanks at a break hang over and are
//! dropped; blanks at the beginning of a line, which mean something in code, stay.

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use crate::base::text;

/// What ends something does not begin a row, and what begins something does not end one.
const NEVER_FIRST: [char; 33] = [
    '、', '。', '，', '．', '・', '：', '；', '？', '！', '）', '］', '｝', '」', '』', '】', '〉', '》',
    '〕', 'ー', '々', '’', '”', '…', ',', '.', ';', ':', '!', '?', ')', ']', '}', '%',
];
const NEVER_LAST: [char; 14] =
    ['（', '［', '｛', '「', '『', '【', '〈', '《', '〔', '‘', '“', '(', '[', '{'];

/// One grapheme cluster of a line, its span's number and its cells.
struct Piece<'a> {
    text: &'a str,
    span: usize,
    cells: usize,
    blank: bool,
}

/// Wraps `line` to rows of at most `width` cells; rows after the first begin with `hang` blanks. A cluster wider than
/// the whole row stands alone. Never empty.
pub fn wrap(line: &Line<'_>, width: usize, hang: usize) -> Vec<Line<'static>> {
    if line.spans.iter().map(|span| text::width::of(&span.content)).sum::<usize>() <= width {
        let spans = line.spans.iter().filter(|span| !span.content.is_empty());
        let spans = spans.map(|span| Span::styled(span.content.clone().into_owned(), span.style)).collect();
        return vec![Line { spans, style: line.style, alignment: line.alignment }];
    }
    let hang = hang.min(width.saturating_sub(2) / 2);
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for (span, text) in line.spans.iter().enumerate() {
        let text = text.content.as_ref();
        if text.is_ascii() {
            let one = |at| text.get(at..=at).unwrap_or_default();
            pieces.extend((0..text.len()).map(one).map(|text| Piece {
                text,
                span,
                cells: 1,
                blank: text == " ",
            }));
        } else {
            pieces.extend(text.graphemes(true).map(|text| Piece {
                text,
                span,
                cells: text::width::of_cluster(text),
                blank: text == " ",
            }));
        }
    }
    let mut rows = Vec::new();
    let (mut start, mut used, mut gap) = (0, 0, None);
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let room = if rows.is_empty() { width } else { width - hang };
        if let Some(before) = at.checked_sub(1).filter(|before| *before >= start).and_then(|n| pieces.get(n))
            && parts(before, piece)
        {
            gap = Some(at);
        }
        let hangs = piece.blank && !pieces.get(start..at).unwrap_or_default().iter().all(|p| p.blank);
        if used + piece.cells > room && at > start && !hangs {
            let cut = gap.unwrap_or(at);
            rows.push(row(line, pieces.get(start..cut).unwrap_or_default(), rows.is_empty(), hang, true));
            // What goes over to the next row is measured anew: that row may be narrower.
            (start, at, used, gap) = (cut, cut, 0, None);
            continue;
        }
        used += piece.cells;
        if hangs {
            gap = Some(at + 1);
        }
        at += 1;
    }
    let room = if rows.is_empty() { width } else { width - hang };
    rows.push(row(line, pieces.get(start..).unwrap_or_default(), rows.is_empty(), hang, used > room));
    rows
}

/// Whether a row may break between two clusters although there is no blank: scripts of wide characters have none.
fn parts(before: &Piece<'_>, after: &Piece<'_>) -> bool {
    let wide = (before.cells == 2 || after.cells == 2) && !before.blank && !after.blank;
    wide && !after.text.starts_with(NEVER_FIRST) && !before.text.starts_with(NEVER_LAST)
}

fn row(line: &Line<'_>, pieces: &[Piece<'_>], first: bool, hang: usize, broken: bool) -> Line<'static> {
    let kept = if broken {
        pieces.len() - pieces.iter().rev().take_while(|p| p.blank).count()
    } else {
        pieces.len()
    };
    let mut spans: Vec<Span<'static>> = Vec::new();
    if !first && hang > 0 {
        spans.push(Span::raw(" ".repeat(hang)));
    }
    let mut current = None;
    for piece in pieces.get(..kept).unwrap_or_default() {
        if let (true, Some(span)) = (current == Some(piece.span), spans.last_mut()) {
            span.content.to_mut().push_str(piece.text);
        } else {
            let style = line.spans.get(piece.span).map(|span| span.style).unwrap_or_default();
            spans.push(Span::styled(piece.text.to_owned(), style));
            current = Some(piece.span);
        }
    }
    Line { spans, style: line.style, alignment: line.alignment }
}

/// The same line cut to `width` cells, with an ellipsis where something is missing.
pub fn clip(line: &Line<'_>, width: usize) -> Line<'static> {
    let total: usize = line.spans.iter().map(|span| text::width::of(&span.content)).sum();
    let mut left = if total > width { width.saturating_sub(1) } else { width };
    let mut spans = Vec::new();
    let mut last = line.style;
    for span in &line.spans {
        let (head, used) = text::width::fit(&span.content, left);
        last = span.style;
        spans.push(Span::styled(head.to_owned(), span.style));
        left -= used;
        if head.len() < span.content.len() {
            break;
        }
    }
    if total > width && width > 0 {
        spans.push(Span::styled("…", last));
    }
    Line { spans, style: line.style, alignment: line.alignment }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::text::width;
    use ratatui::style::Stylize;
    use rstest::rstest;

    fn text(rows: &[Line<'_>]) -> Vec<String> {
        rows.iter().map(|row| row.spans.iter().map(|s| s.content.as_ref()).collect()).collect()
    }

    #[rstest]
    #[case("", 5, 0, &[""])]
    #[case("hello", 5, 0, &["hello"])]
    #[case("hello big world", 6, 0, &["hello", "big", "world"])]
    #[case("hello big world", 9, 0, &["hello big", "world"])]
    #[case("hello big world", 10, 2, &["hello big", "  world"])]
    #[case("abcdefgh", 3, 0, &["abc", "def", "gh"])]
    #[case("    indented code", 10, 0, &["    indent", "ed code"])]
    #[case("漢字漢字", 5, 0, &["漢字", "漢字"])]
    #[case("in 漢字漢字", 8, 0, &["in 漢字", "漢字"])]
    #[case("漢字漢字。漢", 8, 0, &["漢字漢", "字。漢"])]
    #[case("漢字（漢字）", 6, 0, &["漢字", "（漢", "字）"])]
    #[case("ok👍👍", 5, 0, &["ok👍", "👍"])]
    #[case("漢字abc", 6, 0, &["漢字", "abc"])]
    #[case("a bcdefg hij", 8, 3, &["a bcdefg", "   hij"])]
    #[case("a bcdefghij", 8, 3, &["a", "   bcdef", "   ghij"])]
    #[case("ab     cd", 4, 0, &["ab", "cd"])]
    #[case("👨‍👩‍👧x", 2, 0, &["👨‍👩‍👧", "x"])]
    fn rows_break_at_blanks_and_between_clusters(
        #[case] line: &str,
        #[case] cells: usize,
        #[case] hang: usize,
        #[case] want: &[&str],
    ) {
        assert_eq!(text(&wrap(&Line::raw(line.to_owned()), cells, hang)), want);
    }

    #[test]
    fn styles_stay_on_their_text() {
        let rows = wrap(&Line::from(vec!["one ".red(), "two three".green()]), 7, 0);
        assert_eq!(rows[0], Line::from(vec!["one ".red(), "two".green()]));
        assert_eq!(rows[1], Line::from(vec!["three".green()]));
    }

    #[test]
    fn clipping_says_that_something_is_missing() {
        assert_eq!(text(&[clip(&Line::from(vec!["one ".red(), "two".into()]), 6)]), ["one t…"]);
        assert_eq!(text(&[clip(&Line::from("one"), 3)]), ["one"]);
    }

    proptest::proptest! {
        #[test]
        fn no_row_is_too_wide_and_no_letter_is_lost(line in "[a-c 漢é👍]{0,60}", cells in 2..20usize, hang in 0..4usize) {
            let rows = text(&wrap(&Line::raw(line.clone()), cells, hang));
            for row in &rows {
                proptest::prop_assert!(width::of(row) <= cells, "{row:?}");
            }
            let letters = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
            proptest::prop_assert_eq!(letters(&rows.concat()), letters(&line));
        }
    }
}

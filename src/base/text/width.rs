//! Sizes in terminal cells: what a grapheme cluster takes, and cutting text to a number of cells.
//!
//! The measure is the one the drawing library uses, so that what is planned is what is painted.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Cells of one grapheme cluster. The voice marks of half-width kana are letters of their own on every terminal.
pub fn of_cluster(cluster: &str) -> usize {
    let marks = if cluster.is_ascii() { 0 } else { cluster.chars().filter(|c| is_voice_mark(*c)).count() };
    cluster.width() + marks
}

/// Half-width kana's marks: they extend a cluster, and take a cell.
pub(super) fn is_voice_mark(c: char) -> bool {
    matches!(c, '\u{ff9e}' | '\u{ff9f}')
}

/// Cells that `text` takes when drawn on one line.
pub fn of(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(of_cluster).sum()
}

/// The longest head of `text` that fits into `cells`, and the cells it takes. Never splits a grapheme cluster.
pub fn fit(text: &str, cells: usize) -> (&str, usize) {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        let next = used + of_cluster(grapheme);
        if next > cells {
            return (text.get(..at).unwrap_or(""), used);
        }
        used = next;
    }
    (text, used)
}

/// `text` cut to `cells`, with an ellipsis in its last cell where something is missing.
pub fn truncate(text: &str, cells: usize) -> String {
    let (head, _) = fit(text, cells);
    if head.len() == text.len() {
        return text.to_owned();
    }
    match cells.checked_sub(1) {
        None => String::new(),
        Some(room) => format!("{}…", fit(text, room).0),
    }
}

/// `text` cut in the middle, keeping both ends: for paths, whose end says most.
pub fn truncate_middle(text: &str, cells: usize) -> String {
    if of(text) <= cells {
        return text.to_owned();
    }
    if cells < 3 {
        return truncate(text, cells);
    }
    let tail_cells = (cells - 1) * 2 / 3;
    let mut tail_at = text.len();
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        if used + of_cluster(grapheme) > tail_cells {
            break;
        }
        used += of_cluster(grapheme);
        tail_at = at;
    }
    let head = fit(text, cells - 1 - used).0;
    format!("{head}…{}", text.get(tail_at..).unwrap_or(""))
}
